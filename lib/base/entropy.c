/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* getrandom, clock_gettime and getpid */
#include "base/entropy.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

#ifdef BP_HAVE_GETRANDOM
#include <sys/random.h>
#endif

#include "base/random.h"

/* No waiting: early at boot the system may have no entropy yet. */
static bool from_system(uint64_t *bits)
{
#ifdef BP_HAVE_GETRANDOM
    ssize_t got;
    do
        got = getrandom(bits, sizeof(*bits), GRND_NONBLOCK);
    while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof(*bits);
#else
    (void)bits;
    return false;
#endif
}

/* Philox as a keyed permutation: each word changes every bit of the result. */
static uint64_t mix(uint64_t state, uint64_t word)
{
    const struct bp_random_block counter = {{(uint32_t)word, (uint32_t)(word >> 32), 0, 0}};
    const struct bp_random_block block = bp_random_block(state, counter);
    return block.word[0] | (uint64_t)block.word[1] << 32;
}

static uint64_t nanoseconds(clockid_t clock)
{
    struct timespec now = {0, 0};
    (void)clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

/* The counter separates calls within one tick of the clock, the process those of a parent and its child. */
static uint64_t from_surroundings(void)
{
    static _Atomic uint64_t calls;
    const uint64_t words[] = {
        atomic_fetch_add(&calls, 1), nanoseconds(CLOCK_REALTIME), nanoseconds(CLOCK_MONOTONIC),
        (uint64_t)getpid(),          (uint64_t)(uintptr_t)&calls, /* where the library lies */
        (uint64_t)(uintptr_t)&errno,                              /* this thread */
        (uint64_t)(uintptr_t)&words,                              /* and its stack */
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
    if (!from_system(&bits))
        bits = from_surroundings();
    errno = host;
    return bits;
}
