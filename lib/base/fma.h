/* SPDX-License-Identifier: MIT
 *
 * The fused multiply-add that docs/numerics.md promises. Where one instruction computes it, or the C library is known
 * to round it rightly, it is theirs; elsewhere the library's own (musl 1.2.3 is wrong for some results below the
 * smallest normal number, mingw-w64 for a fifth of all results). */
#ifndef BP_BASE_FMA_H
#define BP_BASE_FMA_H

#include <math.h>

/* x * y + z, rounded once, where the mode of the thread is to nearest. */
float bp_fma_own_f32(float x, float y, float z);
double bp_fma_own_f64(double x, double y, double z);

static inline float bp_fma_f32(float x, float y, float z)
{
#if defined(__FP_FAST_FMAF) || defined(__GLIBC__)
    return fmaf(x, y, z);
#else
    return bp_fma_own_f32(x, y, z);
#endif
}

static inline double bp_fma_f64(double x, double y, double z)
{
#if defined(__FP_FAST_FMA) || defined(__GLIBC__)
    return fma(x, y, z);
#else
    return bp_fma_own_f64(x, y, z);
#endif
}

#endif
