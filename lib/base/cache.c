/* SPDX-License-Identifier: MIT */
#include "base/cache.h"

#include <stdatomic.h>
#include <stdlib.h>

#if defined(__x86_64__) && defined(__GNUC__)
#include <cpuid.h>

/* The leaves of cpuid that list the caches: Intel's, and AMD's of the same form. */
static const unsigned leaves[] = {4, 0x8000001D};

/* Of the cache that a subleaf describes, by "Deterministic Cache Parameters" in Intel's manual, volume 2A, CPUID. */
static size_t second_level(unsigned leaf)
{
    unsigned a, b, c, d;
    for (unsigned i = 0; i < 16 && __get_cpuid_count(leaf, i, &a, &b, &c, &d); i++) {
        const unsigned type = a & 31, level = a >> 5 & 7; /* type 0: no more; 1: data, 3: both */
        if (type == 0)
            break;
        if (level == 2 && type != 2)
            return ((size_t)(b >> 22) + 1) * ((b >> 12 & 1023) + 1) * ((b & 4095) + 1) * ((size_t)c + 1);
    }
    return 0;
}

static size_t by_processor(void)
{
    size_t size = 0;
    for (size_t i = 0; size == 0 && i < sizeof(leaves) / sizeof(leaves[0]); i++)
        size = second_level(leaves[i]);
    return size;
}
#else
static size_t by_processor(void) { return 0; }
#endif

/* A number of digits alone; more than BP_CACHE_MOST counts as that. 0 for any other text. */
static size_t number_in(const char *text)
{
    size_t number = 0;
    for (; *text >= '0' && *text <= '9'; text++)
        number = number > BP_CACHE_MOST ? number : 10 * number + (size_t)(*text - '0');
    return *text == '\0' ? number : 0;
}

static size_t find(void)
{
    const char *text = getenv("BP_CACHE");
    size_t size = text ? number_in(text) : 0;
    if (size == 0)
        size = by_processor();
    if (size == 0)
        return BP_CACHE_USUAL;
    return size < BP_CACHE_LEAST ? BP_CACHE_LEAST : size > BP_CACHE_MOST ? BP_CACHE_MOST : size;
}

size_t bp_cache_size(void)
{
    static atomic_size_t found; /* several threads may get here at once; all find the same */
    size_t size = atomic_load(&found);
    if (size == 0) {
        size = find();
        atomic_store(&found, size);
    }
    return size;
}
