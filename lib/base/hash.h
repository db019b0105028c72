/* SPDX-License-Identifier: MIT
 *
 * A hash of texts with a secret key, for tables of names that a file gives: whoever does not know the key cannot choose
 * names that meet in one place. The key decides where a name is kept and no result of the library.
 *
 * SipHash-c-d (Aumasson, Bernstein: SipHash: a fast short-input PRF, 2012), of which tables use 1-3: so do those of
 * Rust and Python. */
#ifndef BP_BASE_HASH_H
#define BP_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

struct bp_hash_key {
    uint64_t word[2];
};

/* A key for a new table. */
struct bp_hash_key bp_hash_draw_key(void);

/* SipHash-1-3 of the 8 bytes of `number`, the lowest first, followed by the text. */
uint64_t bp_hash(struct bp_hash_key key, uint64_t number, const void *text, size_t size);

/* ---- the function itself, here so that a test can compare more rounds with the paper's */

static inline uint64_t bp_siphash_rotate(uint64_t v, int by) { return v << by | v >> (64 - by); }

static inline void bp_siphash_mix(uint64_t v[4], int rounds)
{
    for (int i = 0; i < rounds; i++) {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = bp_siphash_rotate(v[1], 13) ^ v[0];
        v[3] = bp_siphash_rotate(v[3], 16) ^ v[2];
        v[0] = bp_siphash_rotate(v[0], 32) + v[3];
        v[2] += v[1];
        v[3] = bp_siphash_rotate(v[3], 21) ^ v[0];
        v[1] = bp_siphash_rotate(v[1], 17) ^ v[2];
        v[2] = bp_siphash_rotate(v[2], 32);
    }
}

static inline void bp_siphash_take(uint64_t v[4], uint64_t word, int rounds)
{
    v[3] ^= word;
    bp_siphash_mix(v, rounds);
    v[0] ^= word;
}

static inline uint64_t bp_siphash_word(const unsigned char *at)
{
    return (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 | (uint64_t)at[3] << 24 |
           (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40 | (uint64_t)at[6] << 48 | (uint64_t)at[7] << 56;
}

static inline uint64_t bp_siphash(struct bp_hash_key key, uint64_t number, const void *text, size_t size, int rounds,
                                  int last_rounds)
{
    enum { WORD = 8 };
    const unsigned char *at = text, *end = at + size / WORD * WORD;
    uint64_t last = (uint64_t)(size + WORD) << 56; /* the last word has the size, modulo 256, in its highest byte */
    uint64_t v[4] = {key.word[0] ^ UINT64_C(0x736f6d6570736575), key.word[1] ^ UINT64_C(0x646f72616e646f6d),
                     key.word[0] ^ UINT64_C(0x6c7967656e657261), key.word[1] ^ UINT64_C(0x7465646279746573)};
    bp_siphash_take(v, number, rounds);
    for (; at < end; at += WORD)
        bp_siphash_take(v, bp_siphash_word(at), rounds);
    for (size_t i = 0; i < size % WORD; i++)
        last |= (uint64_t)at[i] << 8 * i;
    bp_siphash_take(v, last, rounds);
    v[2] ^= 0xff;
    bp_siphash_mix(v, last_rounds);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

#endif
