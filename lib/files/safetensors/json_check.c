/* SPDX-License-Identifier: MIT
 *
 * Checks the header's text by RFC 8259 and the rules of files/safetensors/json.h. */
#include <string.h>

#include "base/utf8.h"
#include "files/safetensors/json.h"

enum { MOST_DEPTH = 3, MOST_DIGITS = 18 };

struct scan {
    const unsigned char *text;
    size_t size, at;
    const char *problem;
};

static bool refuse(struct scan *s, const char *problem)
{
    s->problem = problem;
    return false;
}

/* The byte that is next; 0, which no rule allows, at the end. */
static unsigned char peek(const struct scan *s) { return s->at < s->size ? s->text[s->at] : 0; }

static void skip_blanks(struct scan *s)
{
    while (peek(s) == ' ' || peek(s) == '\t' || peek(s) == '\n' || peek(s) == '\r')
        s->at++;
}

static int hex_digit(unsigned char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Four digits after \u. */
static bool scan_code(struct scan *s, uint32_t *code)
{
    *code = 0;
    for (int i = 0; i < 4; i++, s->at++) {
        const int digit = hex_digit(peek(s));
        if (digit < 0)
            return refuse(s, "an escape without four digits");
        *code = *code * 16 + (uint32_t)digit;
    }
    return true;
}

static bool is_between(uint32_t code, uint32_t low, uint32_t high) { return code >= low && code <= high; }

/* From the backslash on. */
static bool scan_escape(struct scan *s)
{
    uint32_t code, second;
    s->at++;
    if (peek(s) != 'u') {
        if (peek(s) == 0 || !strchr("\"\\/bfnrt", peek(s)))
            return refuse(s, "an unknown escape");
        s->at++;
        return true;
    }
    s->at++;
    if (!scan_code(s, &code))
        return false;
    if (code == 0)
        return refuse(s, "a text with a NUL");
    if (!is_between(code, 0xd800, 0xdfff))
        return true;
    const bool has_second = is_between(code, 0xd800, 0xdbff) && peek(s) == '\\' && s->text[s->at + 1] == 'u';
    if (!has_second)
        return refuse(s, "half of a surrogate pair");
    s->at += 2;
    if (!scan_code(s, &second))
        return false;
    if (!is_between(second, 0xdc00, 0xdfff))
        return refuse(s, "half of a surrogate pair");
    return true;
}

static bool scan_string(struct scan *s, bool is_key)
{
    const size_t start = s->at;
    if (peek(s) != '"')
        return refuse(s, "something else in place of a name in quotes"); /* a text is one by its quote */
    for (s->at++; peek(s) != '"';) {
        if (s->at == s->size)
            return refuse(s, "a text without a closing quote");
        if (peek(s) < ' ')
            return refuse(s, peek(s) == 0 ? "a text with a NUL" : "a control character in a text");
        if (is_key && (peek(s) == '\\' || s->at - start > BP_JSON_MOST_KEY))
            return refuse(s, peek(s) == '\\' ? "a name with an escape" : "a name of more than 1024 bytes");
        if (peek(s) == '\\') {
            if (!scan_escape(s))
                return false;
            continue;
        }
        const size_t bytes = bp_utf8_character(s->text + s->at, s->size - s->at);
        if (bytes == 0)
            return refuse(s, "a text that is not UTF-8");
        s->at += bytes;
    }
    s->at++;
    return true;
}

static bool scan_number(struct scan *s)
{
    const size_t start = s->at;
    if (peek(s) == '-')
        return refuse(s, "a negative number");
    while (peek(s) >= '0' && peek(s) <= '9')
        s->at++;
    if (peek(s) != 0 && strchr(".eE", peek(s)))
        return refuse(s, "a number with a fraction or an exponent");
    if (s->at - start > MOST_DIGITS)
        return refuse(s, "a number of more than 18 digits");
    if (s->at - start > 1 && s->text[start] == '0')
        return refuse(s, "a number that begins with 0");
    return true;
}

static bool scan_value(struct scan *s, int depth);

/* What a bracket opened, up to its end: members of an object, or elements. */
static bool scan_inside(struct scan *s, int depth, unsigned char end)
{
    if (depth > MOST_DEPTH)
        return refuse(s, "objects and lists that are nested deeper than 3");
    s->at++;
    skip_blanks(s);
    if (peek(s) == end) {
        s->at++;
        return true;
    }
    for (;; s->at++) {
        skip_blanks(s);
        if (end == '}') {
            if (!scan_string(s, true))
                return false;
            skip_blanks(s);
            if (peek(s) != ':')
                return refuse(s, "no colon after a name");
            s->at++;
            skip_blanks(s);
        }
        if (!scan_value(s, depth + 1))
            return false;
        skip_blanks(s);
        if (peek(s) != ',')
            break;
    }
    if (peek(s) != end)
        return refuse(s, s->at == s->size ? "the end of the header inside an object or a list"
                                          : "neither a comma nor a closing bracket");
    s->at++;
    return true;
}

/* `depth` is that of the value, if it is an object or a list. */
static bool scan_value(struct scan *s, int depth)
{
    const unsigned char c = peek(s);
    if (c == '{')
        return scan_inside(s, depth, '}');
    if (c == '[')
        return scan_inside(s, depth, ']');
    if (c == '"')
        return scan_string(s, false);
    if ((c >= '0' && c <= '9') || c == '-')
        return scan_number(s);
    return refuse(s, "something that is not an object, list, text or whole number");
}

bp_status bp_json_check(const struct bp_call *call, const char *text, size_t size)
{
    struct scan s = {.text = (const unsigned char *)text, .size = size};
    if (peek(&s) != '{')
        (void)refuse(&s, "something else in place of the { of an object");
    else if (scan_value(&s, 1)) {
        skip_blanks(&s);
        if (s.at == size)
            return BP_OK;
        (void)refuse(&s, "more bytes after the end of the object");
    }
    return bp_fail(call, BP_ERR_FORMAT, "header, byte %zu: %s", s.at, s.problem);
}
