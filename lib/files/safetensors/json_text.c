/* SPDX-License-Identifier: MIT
 *
 * The texts of the header. bp_json_check() has read them, so that there is nothing left to go wrong. */
#include <string.h>

#include "base/utf8.h"
#include "files/safetensors/json.h"

static uint32_t hex(const char *digits)
{
    static const char all[] = "0123456789abcdef";
    uint32_t code = 0;
    for (int i = 0; i < 4; i++)
        code = code * 16 + (uint32_t)(strchr(all, digits[i] | ('a' ^ 'A')) - all); /* which makes no digit another */
    return code;
}

/* The character of an escape that begins at the backslash, which it passes over. */
static uint32_t take_escape(const char **at)
{
    static const char letters[] = "bfnrt", controls[] = "\b\f\n\r\t";
    const char letter = (*at)[1], *known = strchr(letters, letter);
    *at += 2;
    if (letter != 'u')
        return (uint32_t)(known ? controls[known - letters] : letter);
    const uint32_t first = hex(*at);
    *at += 4;
    if (first < 0xd800 || first > 0xdfff)
        return first;
    const uint32_t second = hex(*at + 2); /* the other half of a pair */
    *at += 6;
    return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
}

/* What stands between the quotes, in no more bytes; returns how many. */
static size_t decode(const char *at, const char *end, char *to)
{
    char *const start = to;
    while (at < end)
        if (*at == '\\')
            to += bp_utf8_put(to, take_escape(&at));
        else
            *to++ = *at++;
    return (size_t)(to - start);
}

bp_status bp_json_text(const struct bp_call *call, const struct bp_json_member *member, char **text, size_t *size)
{
    *text = NULL;
    if (*member->value != '"')
        return bp_fail(call, BP_ERR_FORMAT, "header: \"%s\" is not a text", bp_json_quote(member).text);
    if (member->value_size > BP_JSON_MOST_TEXT)
        return bp_fail(call, BP_ERR_FORMAT, "header: \"%s\" has more than %d bytes", bp_json_quote(member).text,
                       BP_JSON_MOST_TEXT);
    *text = bp_memory_allocate(call->allocator, member->value_size, 1); /* its quotes leave room for a NUL */
    if (!*text)
        return bp_fail_memory(call);
    *size = decode(member->value + 1, member->value + member->value_size - 1, *text);
    return BP_OK;
}

bp_status bp_json_short_text(const struct bp_call *call, const struct bp_json_member *member, char *text,
                             size_t capacity)
{
    char *whole;
    size_t size = 0;
    BP_TRY(bp_json_text(call, member, &whole, &size));
    const bool fits = size < capacity;
    if (fits)
        memcpy(text, whole, size + 1);
    bp_memory_release(call->allocator, whole);
    return fits ? BP_OK
                : bp_fail(call, BP_ERR_FORMAT, "header: \"%s\" is a text that is too long", bp_json_quote(member).text);
}
