/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

/* By the first byte: how many follow, and the bounds of the second one (RFC 3629, section 4). */
static const struct lead {
    unsigned char first, last, follow, low, high;
} leads[] = {
    {0x00, 0x7f, 0, 0, 0},       {0xc2, 0xdf, 1, 0x80, 0xbf}, {0xe0, 0xe0, 2, 0xa0, 0xbf},
    {0xe1, 0xec, 2, 0x80, 0xbf}, {0xed, 0xed, 2, 0x80, 0x9f}, {0xee, 0xef, 2, 0x80, 0xbf},
    {0xf0, 0xf0, 3, 0x90, 0xbf}, {0xf1, 0xf3, 3, 0x80, 0xbf}, {0xf4, 0xf4, 3, 0x80, 0x8f},
};

size_t bp_utf8_character(const unsigned char *text, size_t size)
{
    for (size_t i = 0; i < sizeof(leads) / sizeof(leads[0]); i++) {
        const struct lead *lead = &leads[i];
        if (text[0] < lead->first || text[0] > lead->last)
            continue;
        if (lead->follow >= size || (lead->follow > 0 && (text[1] < lead->low || text[1] > lead->high)))
            return 0;
        for (size_t k = 2; k <= lead->follow; k++)
            if ((text[k] & 0xc0) != 0x80)
                return 0;
        return 1 + (size_t)lead->follow;
    }
    return 0;
}

uint32_t bp_utf8_code(const unsigned char *text, size_t bytes)
{
    static const unsigned char payload[] = {0, 0x7f, 0x1f, 0x0f, 0x07}; /* of a first byte, by how many there are */
    uint32_t character = text[0] & payload[bytes];
    for (size_t i = 1; i < bytes; i++)
        character = character << 6 | (text[i] & 0x3f);
    return character;
}

size_t bp_utf8_put(char *to, uint32_t character)
{
    static const unsigned char marks[] = {0, 0, 0xc0, 0xe0, 0xf0}; /* of a first byte, by how many there are */
    const size_t bytes = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    for (size_t i = bytes - 1; i > 0; i--, character >>= 6)
        to[i] = (char)(0x80 | (character & 0x3f));
    to[0] = (char)(marks[bytes] | character);
    return bytes;
}
