/* SPDX-License-Identifier: MIT */
#include "base/cpu.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define KNOWN (UINT32_C(1) << 31) /* set once the search has been made; 0 flags is an answer too */

static _Atomic uint32_t found;
static _Atomic uint32_t limit = UINT32_MAX;

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
#endif
    return flags;
}

/* What a person allows by BP_CPU; a name that is none allows all. */
static uint32_t allowed(void)
{
    static const struct {
        const char *name;
        uint32_t mask;
    } levels[] = {{"generic", 0}, {"avx2", BP_CPU_AVX2}, {"avx512", BP_CPU_AVX2 | BP_CPU_AVX512}};
    const char *wish = getenv("BP_CPU");
    for (size_t i = 0; wish && i < sizeof(levels) / sizeof(levels[0]); i++)
        if (strcmp(wish, levels[i].name) == 0)
            return levels[i].mask;
    return UINT32_MAX;
}

uint32_t bp_cpu_flags(void)
{
    uint32_t flags = atomic_load(&found);
    if (!(flags & KNOWN)) { /* several threads may get here at once; all find the same */
        flags = (search() & allowed()) | KNOWN;
        atomic_store(&found, flags);
    }
    return flags & ~KNOWN & atomic_load(&limit);
}

void bp_cpu_limit(uint32_t mask) { atomic_store(&limit, mask); }
