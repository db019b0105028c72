/* SPDX-License-Identifier: MIT
 *
 * The vector vocabulary: what an instruction set must offer, so that vector code is written once. A `vec` holds
 * VEC_LANES numbers; + - * / work on it and on a `vec_bits`, unsigned words of the same width, which has & | ^ << >>
 * too. The reference has one lane. docs/add-an-isa.md says what a new set needs.
 *
 *   vec_load(p), vec_store(p, v)          p need not be aligned
 *   vec_all(x)                            x in every lane
 *   vec_fma(a, b, c)                      a b + c, rounded once
 *   vec_sqrt(v)
 *   vec_less(a, b), vec_at_most(a, b),    a vec_mask: a < b, a <= b, a == b in each lane, false for NaN
 *   vec_equal(a, b)
 *   vec_both(p, q), vec_either(p, q)      of two masks
 *   vec_any(mask)                         whether it is true in a lane
 *   vec_pick(mask, yes, no)
 *   vec_least(a, b), vec_greatest(a, b)   of the two in each lane; b where either is NaN
 *   vec_to_bits(v), vec_from_bits(b)      the same bits
 *   vec_kept(v)                           as bp_kept() in kernels/real.h, in each lane
 *   vec_any_subnormal(v)                  whether that changes a lane, by the bits, which no mode changes
 *   vec_zip_low(a, b), vec_zip_high(a, b) a0 b0 a1 b1 ... of the lower, or the upper, halves of the lanes
 *
 * The rest of this file is made of these. */
#ifndef BP_KERNELS_VECTOR_H
#define BP_KERNELS_VECTOR_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "kernels/real.h"

#if defined(BP_ISA_AVX512)
#include "kernels/vector_avx512.h"
#elif defined(BP_ISA_AVX2)
#include "kernels/vector_avx2.h"
#elif defined(BP_ISA_NEON)
#include "kernels/vector_neon.h"
#else
#include "kernels/vector_generic.h"
#endif

/* Vectors in a panel. */
enum { PANEL_VECTORS = BP_LANES / VEC_LANES };

#define BP_INFINITY BY_PRECISION(HUGE_VALF, HUGE_VAL)

BP_INLINE vec_bits vec_word(bp_word word) { return (vec_bits){0} + word; }

BP_INLINE vec vec_abs(vec v) { return vec_from_bits(vec_to_bits(v) & ~BP_SIGN_BIT); }
BP_INLINE vec vec_negate(vec v) { return vec_from_bits(vec_to_bits(v) ^ BP_SIGN_BIT); }

/* |size| with the sign of `sign`. */
BP_INLINE vec vec_sign(vec size, vec sign)
{
    return vec_from_bits((vec_to_bits(size) & ~BP_SIGN_BIT) | (vec_to_bits(sign) & BP_SIGN_BIT));
}

/* Stores vec_kept(v), for numbers that somebody waits for: he does not wait for the test. Where nobody does,
 * vec_store(p, vec_kept(v)) takes less time. */
BP_INLINE void vec_keep(real *p, vec v)
{
    vec_store(p, v);
    if (BP_RARELY(vec_any_subnormal(v)))
        vec_store(p, vec_kept(v));
}

/* NaN stays NaN. */
BP_INLINE vec vec_clamp(vec x, real low, real high) { return vec_least(vec_all(high), vec_greatest(vec_all(low), x)); }

/* True in the lanes of the vector at `at` that belong to a row of n numbers. */
BP_INLINE vec_mask vec_within(size_t n, size_t at)
{
    static const real numbers[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const size_t left = n > at ? n - at : 0;
    return vec_less(vec_load(numbers), vec_all((real)(left < VEC_LANES ? left : VEC_LANES)));
}

#endif
