/* SPDX-License-Identifier: MIT
 *
 * The vector vocabulary in AVX2 and FMA: see kernels/vector.h. */
#ifndef BP_KERNELS_VECTOR_AVX2_H
#define BP_KERNELS_VECTOR_AVX2_H

#include <immintrin.h>

enum { VEC_LANES = 32 / sizeof(real), VEC_REGISTERS = 16 };

typedef bp_word vec_bits __attribute__((vector_size(32)));

#if BP_PRECISION == 32
typedef __m256 vec;
#define AVX2(operation) _mm256_##operation##_ps
#define AVX2_COMPARE(a, b, how) _mm256_cmp_ps(a, b, how)
#else
typedef __m256d vec;
#define AVX2(operation) _mm256_##operation##_pd
#define AVX2_COMPARE(a, b, how) _mm256_cmp_pd(a, b, how)
#endif
typedef vec vec_mask; /* all bits of a lane set, or none */

BP_INLINE vec vec_load(const real *p) { return AVX2(loadu)(p); }
BP_INLINE void vec_store(real *p, vec v) { AVX2(storeu)(p, v); }
BP_INLINE vec vec_all(real x) { return AVX2(set1)(x); }
BP_INLINE vec vec_fma(vec a, vec b, vec c) { return AVX2(fmadd)(a, b, c); }
BP_INLINE vec vec_sqrt(vec v) { return AVX2(sqrt)(v); }

BP_INLINE vec_mask vec_less(vec a, vec b) { return AVX2_COMPARE(a, b, _CMP_LT_OQ); }
BP_INLINE vec_mask vec_at_most(vec a, vec b) { return AVX2_COMPARE(a, b, _CMP_LE_OQ); }
BP_INLINE vec_mask vec_equal(vec a, vec b) { return AVX2_COMPARE(a, b, _CMP_EQ_OQ); }
BP_INLINE vec_mask vec_both(vec_mask p, vec_mask q) { return AVX2(and)(p, q); }
BP_INLINE vec_mask vec_either(vec_mask p, vec_mask q) { return AVX2(or)(p, q); }
BP_INLINE bool vec_any(vec_mask mask) { return AVX2(movemask)(mask) != 0; }
BP_INLINE vec vec_pick(vec_mask mask, vec yes, vec no) { return AVX2(blendv)(no, yes, mask); }
BP_INLINE vec vec_least(vec a, vec b) { return AVX2(min)(a, b); }
BP_INLINE vec vec_greatest(vec a, vec b) { return AVX2(max)(a, b); }

BP_INLINE vec_bits vec_to_bits(vec v) { return (vec_bits)v; }
BP_INLINE vec vec_from_bits(vec_bits b) { return (vec)b; }
BP_INLINE bool vec_any_subnormal(vec v)
{
    const vec_bits size = (vec_bits)v & ~BP_SIGN_BIT;
    return !_mm256_testz_si256((__m256i)size, (__m256i)((size & BP_EXPONENT_BITS) == 0));
}
BP_INLINE vec vec_kept(vec v)
{
    const vec_bits bits = (vec_bits)v, below = (vec_bits)((bits & BP_EXPONENT_BITS) == 0);
    return (vec)(bits & ~(below & ~BP_SIGN_BIT));
}

#if BP_PRECISION == 32
#define AVX2_HALVES(a, b, which) _mm256_permute2f128_ps(a, b, which)
#else
#define AVX2_HALVES(a, b, which) _mm256_permute2f128_pd(a, b, which)
#endif
BP_INLINE vec vec_zip_low(vec a, vec b) { return AVX2_HALVES(AVX2(unpacklo)(a, b), AVX2(unpackhi)(a, b), 0x20); }
BP_INLINE vec vec_zip_high(vec a, vec b) { return AVX2_HALVES(AVX2(unpacklo)(a, b), AVX2(unpackhi)(a, b), 0x31); }

#endif
