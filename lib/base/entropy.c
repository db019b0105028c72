/* SPDX-License-Identifier: MIT */
#include "base/entropy.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>

#include "base/platform.h"
#include "base/random.h"

/* Philox as a keyed permutation: each word changes every bit of the result. */
static uint64_t mix(uint64_t state, uint64_t word)
{
    const struct bp_random_block counter = {{(uint32_t)word, (uint32_t)(word >> 32), 0, 0}};
    const struct bp_random_block block = bp_random_block(state, counter);
    return block.word[0] | (uint64_t)block.word[1] << 32;
}

/* The counter separates calls within one tick of the clock, the process those of a parent and its child. */
static uint64_t from_surroundings(void)
{
    static _Atomic uint64_t calls;
    const uint64_t words[] = {
        atomic_fetch_add(&calls, 1),     (uint64_t)bp_platform_date(), (uint64_t)bp_platform_clock(),
        (uint64_t)bp_platform_process(), (uint64_t)(uintptr_t)&calls, /* where the library lies */
        (uint64_t)(uintptr_t)&errno,                                  /* this thread */
        (uint64_t)(uintptr_t)&words,                                  /* and its stack */
    };
    uint64_t state = 0;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        state = mix(state, words[i]);
    return state;
}

uint64_t bp_entropy(void)
{
    const int host = errno; /* is not ours to change */
    uint64_t bits = 0;
    if (!bp_platform_random(&bits))
        bits = from_surroundings();
    errno = host;
    return bits;
}
