/* SPDX-License-Identifier: MIT
 *
 * A hash of texts with a secret key, for tables of names that a file gives: whoever does not know the key cannot choose names
 * that meet in one place. The key decides where a name is kept and no result of the library. */
#ifndef BP_BASE_HASH_H
#define BP_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

struct bp_hash_key {
    uint64_t word[2];
};

/* A key for a new table. */
struct bp_hash_key bp_hash_draw_key(void);

/* SipHash-2-4 (Aumasson, Bernstein: SipHash: a fast short-input PRF, 2012) of the 8 bytes of `number`, the lowest first,
 * followed by the text. */
uint64_t bp_hash(struct bp_hash_key key, uint64_t number, const void *text, size_t size);

#endif
