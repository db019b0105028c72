/* SPDX-License-Identifier: MIT
 *
 * CRC-32 as ZIP has it: polynomial 0xedb88320, bits reflected (ISO 3309). */
#ifndef BP_DATA_READERS_CRC_H
#define BP_DATA_READERS_CRC_H

#include <stddef.h>
#include <stdint.h>

struct bp_crc {
    uint32_t table[256]; /* what each byte makes of the rest */
    uint32_t rest;
};

void bp_crc_begin(struct bp_crc *crc);
void bp_crc_add(struct bp_crc *crc, const void *bytes, size_t size);
uint32_t bp_crc_value(const struct bp_crc *crc);

#endif
