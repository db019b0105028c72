/* SPDX-License-Identifier: MIT */
#include "base/hash.h"

#include "base/entropy.h"

struct bp_hash_key bp_hash_draw_key(void)
{
    const uint64_t first = bp_entropy();
    return (struct bp_hash_key){{first, bp_entropy()}};
}

uint64_t bp_hash(struct bp_hash_key key, uint64_t number, const void *text, size_t size)
{
    return bp_siphash(key, number, text, size, 1, 3);
}
