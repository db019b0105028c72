/* SPDX-License-Identifier: MIT
 *
 * Numbers as they lie in a file: little-endian on every host. */
#ifndef BP_FILES_BYTES_H
#define BP_FILES_BYTES_H

#include <stddef.h>
#include <stdint.h>

enum { BP_BYTES_U64 = 8 };

uint64_t bp_bytes_get_u64(const unsigned char *bytes);
void bp_bytes_put_u64(unsigned char *bytes, uint64_t value);

/* Turns `count` numbers of `size` bytes end for end, in place. */
void bp_bytes_turn(void *numbers, size_t count, size_t size);

/* The same where the host is big-endian: from its order to the file's, or back. */
void bp_bytes_order(void *numbers, size_t count, size_t size);

#endif
