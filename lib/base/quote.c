/* SPDX-License-Identifier: MIT */
#include "base/quote.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/platform.h"
#include "base/utf8.h"

static const char dots[] = "...";

enum { MOST_OF_CHARACTER = 4, MOST = BP_QUOTE_PATH };

_Static_assert(MOST + sizeof(dots) <= BP_QUOTE_SIZE, "there is room for the longest");

/* Those that no sentence may have: controls of C0, DEL and C1; line and paragraph separators; and all with the property
 * Bidi_Control (Unicode Standard Annex 9). */
static bool is_unsafe(uint32_t character)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {{0, 0x1f}, {0x7f, 0x9f}, {0x61c, 0x61c}, {0x200e, 0x200f}, {0x2028, 0x202e}, {0x2066, 0x2069}};
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
        if (character >= ranges[i].first && character <= ranges[i].last)
            return true;
    return false;
}

/* Copies the character that `size` bytes begin with, or a '?'. Returns how many of the bytes it took. */
static size_t copy_character(char **to, const char *from, size_t size)
{
    const size_t bytes = bp_utf8_character((const unsigned char *)from, size);
    if (bytes == 0 || is_unsafe(bp_utf8_code((const unsigned char *)from, bytes))) {
        *(*to)++ = '?';
        return bytes > 0 ? bytes : 1;
    }
    memcpy(*to, from, bytes);
    *to += bytes;
    return bytes;
}

/* As many characters as go into `most` bytes, and the dots where there are more. */
static void copy(char *to, const char *from, size_t size, size_t most)
{
    char *const start = to;
    while (size > 0) {
        char character[MOST_OF_CHARACTER], *end = character;
        const size_t took = copy_character(&end, from, size), bytes = (size_t)(end - character);
        if ((size_t)(to - start) + bytes > most) {
            memcpy(to, dots, sizeof(dots));
            return;
        }
        memcpy(to, character, bytes);
        to += bytes;
        from += took;
        size -= took;
    }
    *to = '\0';
}

/* So much of a text as decides what its first `most` bytes become. */
static size_t size_within(const char *text, size_t most)
{
    size_t size = 0;
    while (size < (most + 1) * MOST_OF_CHARACTER && text[size])
        size++;
    return size;
}

struct bp_quote bp_quote_bytes(const char *bytes, size_t size)
{
    struct bp_quote quote;
    copy(quote.text, bytes, size, BP_QUOTE_TEXT);
    return quote;
}

struct bp_quote bp_quote_text(const char *text) { return bp_quote_bytes(text, size_within(text, BP_QUOTE_TEXT)); }

struct bp_quote bp_quote_name(const char *name)
{
    struct bp_quote quote;
    copy(quote.text, name, size_within(name, BP_QUOTE_NAME), BP_QUOTE_NAME);
    return quote;
}

/* Whether a byte continues a character of UTF-8. */
static bool is_continuation(char c) { return ((unsigned char)c & 0xc0) == 0x80; }

struct bp_quote bp_quote_path(const char *path)
{
    struct bp_quote quote;
    const size_t size = strlen(path);
    size_t from = size > BP_QUOTE_PATH ? size - BP_QUOTE_PATH : 0;
    char *to = quote.text;
    if (from > 0) {
        for (size_t i = 1; i < MOST_OF_CHARACTER && is_continuation(path[from]); i++)
            from++;
        memcpy(to, dots, sizeof(dots) - 1);
        to += sizeof(dots) - 1;
    }
    copy(to, path + from, size - from, BP_QUOTE_PATH);
    return quote;
}

struct bp_quote bp_quote_errno(int number)
{
    char text[128];
    bp_platform_error_text(number, text, sizeof(text));
    return bp_quote_name(text);
}

void bp_quote_mend_end(char *text)
{
    const size_t size = strlen(text);
    size_t last = size;
    for (size_t i = 0; i < MOST_OF_CHARACTER && last > 0; i++) {
        last--;
        if (!is_continuation(text[last])) {
            if (bp_utf8_character((const unsigned char *)text + last, size - last) == 0)
                text[last] = '\0';
            return;
        }
    }
}
