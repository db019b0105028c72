/* SPDX-License-Identifier: MIT
 *
 * The FMA peak of one core with one instruction set: chains of fused multiply-adds that live in registers, more
 * vectors of them than latency times units and fewer than registers, and nothing else. Compiled once for each
 * instruction set and number type. */
#include <stddef.h>
#include <tgmath.h>

#include "peak.h"

/* 12 vectors of AVX-512 and of AVX2, which has 16 registers, or 24 vectors of NEON. */
#ifdef __AVX512F__
enum { CHAINS = 12 };
#else
enum { CHAINS = 6 };
#endif
enum { LANES = 64 / sizeof(REAL_TYPE) };

double PEAK_NAME(size_t rounds, REAL_TYPE *sink)
{
    REAL_TYPE sum[CHAINS][LANES], a[LANES], b[LANES];
    for (size_t lane = 0; lane < LANES; lane++) {
        a[lane] = sink[0];
        b[lane] = sink[1];
        for (size_t chain = 0; chain < CHAINS; chain++)
            sum[chain][lane] = (REAL_TYPE)(chain + lane);
    }
    for (size_t round = 0; round < rounds; round++) {
#if defined(__clang__)
#pragma clang loop unroll(full)
#else
#pragma GCC unroll 16
#endif
        for (size_t chain = 0; chain < CHAINS; chain++)
            for (size_t lane = 0; lane < LANES; lane++)
                sum[chain][lane] = fma(sum[chain][lane], a[lane], b[lane]);
    }
    for (size_t chain = 0; chain < CHAINS; chain++)
        for (size_t lane = 0; lane < LANES; lane++)
            sink[2] += sum[chain][lane];
    return 2.0 * CHAINS * LANES * (double)rounds;
}
