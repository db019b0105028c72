/* SPDX-License-Identifier: MIT */
#include "data/readers/crc.h"

void bp_crc_begin(struct bp_crc *crc)
{
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t rest = byte;
        for (int bit = 0; bit < 8; bit++)
            rest = rest & 1 ? rest >> 1 ^ UINT32_C(0xedb88320) : rest >> 1;
        crc->table[byte] = rest;
    }
    crc->rest = UINT32_MAX;
}

void bp_crc_add(struct bp_crc *crc, const void *bytes, size_t size)
{
    const unsigned char *byte = bytes;
    uint32_t rest = crc->rest;
    for (size_t i = 0; i < size; i++)
        rest = rest >> 8 ^ crc->table[(rest ^ byte[i]) & 0xff];
    crc->rest = rest;
}

uint32_t bp_crc_value(const struct bp_crc *crc) { return ~crc->rest; }
