/* SPDX-License-Identifier: MIT */
#include "base/cpu.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/build.h"

#define KNOWN (UINT32_C(1) << 31)   /* set once the search has been made; 0 flags is an answer too */
#define REFUSED (UINT32_C(1) << 30) /* BP_CPU is not the name of a level */

static _Atomic uint32_t found;
static _Atomic uint32_t limit = UINT32_MAX;

#define LEVEL(name, flags)                                                                                             \
    {                                                                                                                  \
        name, flags, { BP_BUILD_INFO(name), BP_BUILD_INFO(name) BP_BUILD_INFO_REFUSED }                                \
    }

static const struct bp_cpu_level levels[] = {
    LEVEL("generic", 0),
#ifdef BP_HAVE_AVX2
    LEVEL("avx2", BP_CPU_AVX2),
#endif
#ifdef BP_HAVE_AVX512
    LEVEL("avx512", BP_CPU_AVX2 | BP_CPU_AVX512),
#endif
#ifdef BP_HAVE_NEON
    LEVEL("neon", BP_CPU_NEON),
#endif
};

enum { LEVELS = sizeof(levels) / sizeof(levels[0]) };

static uint32_t search(void)
{
    uint32_t flags = 0;
#if defined(__x86_64__) && defined(__GNUC__)
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
        return flags;
    flags |= BP_CPU_AVX2;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq"))
        flags |= BP_CPU_AVX512;
#elif defined(__aarch64__)
    flags |= BP_CPU_NEON;
#endif
    return flags;
}

/* What BP_CPU leaves of the flags. Another word than the name of a level leaves all, and is refused. */
static uint32_t limit_by_environment(uint32_t flags)
{
    const char *word = getenv("BP_CPU");
    if (!word || *word == '\0')
        return flags;
    for (size_t i = 0; i < LEVELS; i++)
        if (strcmp(word, levels[i].name) == 0)
            return flags & levels[i].flags;
    return flags | REFUSED;
}

static uint32_t find(void)
{
    uint32_t flags = atomic_load(&found);
    if (!(flags & KNOWN)) { /* several threads may get here at once; all find the same */
        flags = limit_by_environment(search()) | KNOWN;
        atomic_store(&found, flags);
    }
    return flags;
}

uint32_t bp_cpu_flags(void) { return find() & ~(KNOWN | REFUSED) & atomic_load(&limit); }

void bp_cpu_limit(uint32_t mask) { atomic_store(&limit, mask); }

const struct bp_cpu_level *bp_cpu_level(size_t index) { return index < LEVELS ? &levels[index] : NULL; }

const struct bp_cpu_level *bp_cpu_active(void)
{
    const uint32_t flags = bp_cpu_flags();
    size_t active = LEVELS - 1;
    while (levels[active].flags & ~flags) /* level 0 needs none */
        active--;
    return &levels[active];
}

const char *bp_cpu_build_info(void) { return bp_cpu_active()->build_info[find() & REFUSED ? 1 : 0]; }
