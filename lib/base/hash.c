/* SPDX-License-Identifier: MIT */
#include "base/hash.h"

#include "base/entropy.h"

enum { WORD = 8, ROUNDS = 2, LAST_ROUNDS = 4 };

struct bp_hash_key bp_hash_draw_key(void)
{
    const uint64_t first = bp_entropy();
    return (struct bp_hash_key){{first, bp_entropy()}};
}

static uint64_t rotate(uint64_t v, int by) { return v << by | v >> (64 - by); }

static void mix(uint64_t v[4], int rounds)
{
    for (int i = 0; i < rounds; i++) {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = rotate(v[1], 13) ^ v[0];
        v[3] = rotate(v[3], 16) ^ v[2];
        v[0] = rotate(v[0], 32) + v[3];
        v[2] += v[1];
        v[3] = rotate(v[3], 21) ^ v[0];
        v[1] = rotate(v[1], 17) ^ v[2];
        v[2] = rotate(v[2], 32);
    }
}

static void take(uint64_t v[4], uint64_t word)
{
    v[3] ^= word;
    mix(v, ROUNDS);
    v[0] ^= word;
}

static uint64_t whole_word(const unsigned char *at)
{
    return (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 | (uint64_t)at[3] << 24 |
           (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40 | (uint64_t)at[6] << 48 | (uint64_t)at[7] << 56;
}

uint64_t bp_hash(struct bp_hash_key key, uint64_t number, const void *text, size_t size)
{
    const unsigned char *at = text, *end = at + size / WORD * WORD;
    uint64_t last = (uint64_t)(size + WORD) << 56; /* the last word has the size, modulo 256, in its highest byte */
    uint64_t v[4] = {key.word[0] ^ UINT64_C(0x736f6d6570736575), key.word[1] ^ UINT64_C(0x646f72616e646f6d),
                     key.word[0] ^ UINT64_C(0x6c7967656e657261), key.word[1] ^ UINT64_C(0x7465646279746573)};
    take(v, number);
    for (; at < end; at += WORD)
        take(v, whole_word(at));
    for (size_t i = 0; i < size % WORD; i++)
        last |= (uint64_t)at[i] << 8 * i;
    take(v, last);
    v[2] ^= 0xff;
    mix(v, LAST_ROUNDS);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}
