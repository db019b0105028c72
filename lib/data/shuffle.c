/* SPDX-License-Identifier: MIT */
#include "data/shuffle.h"

#include "base/random.h"

void bp_shuffle(uint64_t seed, uint32_t stream, size_t *items, size_t count)
{
    struct bp_random random = bp_random_start(seed, stream, BP_RANDOM_SHUFFLE);
    for (size_t left = count; left > 1; left--) {
        const size_t chosen = (size_t)(bp_random_uniform(&random) * (double)left), last = items[left - 1];
        items[left - 1] = items[chosen];
        items[chosen] = last;
    }
}
