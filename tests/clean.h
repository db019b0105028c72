/* SPDX-License-Identifier: MIT
 *
 * Whether a text is safe for a terminal or a log: it is UTF-8, every character can be printed, and none changes the
 * order or the lines of others. */
#ifndef TESTS_CLEAN_H
#define TESTS_CLEAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The character at *at, which then points behind it; UINT32_MAX if the bytes are no UTF-8. */
static inline uint32_t clean_take(const unsigned char **at)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *c = *at;
    const size_t size = *c < 0x80 ? 1 : *c >> 5 == 0x6 ? 2 : *c >> 4 == 0xe ? 3 : *c >> 3 == 0x1e ? 4 : 0;
    uint32_t character = size == 1 ? *c : *c & (0xffu >> (size + 1));
    for (size_t i = 1; i < size; i++) {
        if (c[i] >> 6 != 2) /* a NUL too */
            return UINT32_MAX;
        character = character << 6 | (c[i] & 0x3f);
    }
    *at += size;
    const bool half = character >= 0xd800 && character <= 0xdfff;
    return size == 0 || character < least[size] || character > 0x10ffff || half ? UINT32_MAX : character;
}

static inline bool clean_character(uint32_t c)
{
    const bool control = c < ' ' || (c >= 0x7f && c <= 0x9f);
    const bool line = c == 0x2028 || c == 0x2029;
    const bool direction =
        c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
    return c != UINT32_MAX && !control && !line && !direction;
}

/* The first place where a text is not clean; NULL if it is clean. `lines`: it may have line feeds. */
static inline const char *clean_fault(const char *text, bool lines)
{
    for (const unsigned char *at = (const unsigned char *)text; *at;) {
        const unsigned char *from = at;
        if (lines && *at == '\n')
            at++;
        else if (!clean_character(clean_take(&at)))
            return (const char *)from;
    }
    return NULL;
}

#endif
