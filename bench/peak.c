/* SPDX-License-Identifier: MIT
 *
 * The FMA peak of one core with one instruction set: chains of fused multiply-adds that live in registers, more of them
 * than latency times units, and nothing else. Compiled once for each instruction set and number type. */
#include "peak.h"

#ifdef BP_ISA_GENERIC /* whose fma() the library keeps to itself */
#include <tgmath.h>

typedef REAL_TYPE vec;
enum { VEC_LANES = 1, VEC_REGISTERS = 32 };

static vec vec_all(REAL_TYPE x) { return x; }
static vec vec_fma(vec a, vec b, vec c) { return fma(a, b, c); }
static void vec_store(REAL_TYPE *p, vec v) { *p = v; }
#else
#include "kernels/vector.h"
#endif

#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 32")
#endif

/* As many as a tile of the product has. */
enum { CHAINS = VEC_REGISTERS * 3 / 4 };

double PEAK_NAME(size_t rounds, REAL_TYPE *sink)
{
    const vec a = vec_all(sink[0]), b = vec_all(sink[1]);
    vec sum[CHAINS];
    REAL_TYPE lanes[VEC_LANES];
    UNROLL
    for (size_t chain = 0; chain < CHAINS; chain++)
        sum[chain] = vec_all((REAL_TYPE)chain);
    for (size_t round = 0; round < rounds; round++) {
        UNROLL
        for (size_t chain = 0; chain < CHAINS; chain++)
            sum[chain] = vec_fma(sum[chain], a, b);
    }
    UNROLL
    for (size_t chain = 0; chain < CHAINS; chain++) {
        vec_store(lanes, sum[chain]);
        sink[2] += lanes[0];
    }
    return 2.0 * CHAINS * VEC_LANES * (double)rounds;
}
