/* SPDX-License-Identifier: MIT
 *
 * The vector vocabulary in AVX-512 F, VL, BW and DQ: see kernels/vector.h. */
#ifndef BP_KERNELS_VECTOR_AVX512_H
#define BP_KERNELS_VECTOR_AVX512_H

#include <immintrin.h>

enum { VEC_LANES = 64 / sizeof(real), VEC_REGISTERS = 32 };

typedef bp_word vec_bits __attribute__((vector_size(64)));

#if BP_PRECISION == 32
typedef __m512 vec;
typedef __mmask16 vec_mask;
#define AVX512(operation) _mm512_##operation##_ps
#define AVX512_COMPARE(a, b, how) _mm512_cmp_ps_mask(a, b, how)
#else
typedef __m512d vec;
typedef __mmask8 vec_mask;
#define AVX512(operation) _mm512_##operation##_pd
#define AVX512_COMPARE(a, b, how) _mm512_cmp_pd_mask(a, b, how)
#endif

BP_INLINE vec vec_load(const real *p) { return AVX512(loadu)(p); }
BP_INLINE void vec_store(real *p, vec v) { AVX512(storeu)(p, v); }
BP_INLINE vec vec_all(real x) { return AVX512(set1)(x); }
BP_INLINE vec vec_fma(vec a, vec b, vec c) { return AVX512(fmadd)(a, b, c); }
BP_INLINE vec vec_sqrt(vec v) { return AVX512(sqrt)(v); }

BP_INLINE vec_mask vec_less(vec a, vec b) { return AVX512_COMPARE(a, b, _CMP_LT_OQ); }
BP_INLINE vec_mask vec_at_most(vec a, vec b) { return AVX512_COMPARE(a, b, _CMP_LE_OQ); }
BP_INLINE vec_mask vec_equal(vec a, vec b) { return AVX512_COMPARE(a, b, _CMP_EQ_OQ); }
BP_INLINE vec_mask vec_both(vec_mask p, vec_mask q) { return (vec_mask)(p & q); }
BP_INLINE vec_mask vec_either(vec_mask p, vec_mask q) { return (vec_mask)(p | q); }
BP_INLINE bool vec_any(vec_mask mask) { return mask != 0; }
BP_INLINE vec vec_pick(vec_mask mask, vec yes, vec no) { return AVX512(mask_blend)(mask, no, yes); }
BP_INLINE vec vec_least(vec a, vec b) { return AVX512(min)(a, b); }
BP_INLINE vec vec_greatest(vec a, vec b) { return AVX512(max)(a, b); }

BP_INLINE vec_bits vec_to_bits(vec v) { return (vec_bits)v; }
BP_INLINE vec vec_from_bits(vec_bits b) { return (vec)b; }

#if BP_PRECISION == 32
#define AVX512_TEST(how, v, bits) _mm512_##how##_epi32_mask((__m512i)(v), (__m512i)((vec_bits){0} + (bits)))
#else
#define AVX512_TEST(how, v, bits) _mm512_##how##_epi64_mask((__m512i)(v), (__m512i)((vec_bits){0} + (bits)))
#endif
BP_INLINE bool vec_any_subnormal(vec v)
{
    return (AVX512_TEST(testn, v, BP_EXPONENT_BITS) & AVX512_TEST(test, v, ~BP_SIGN_BIT)) != 0;
}
BP_INLINE vec vec_kept(vec v)
{
    return AVX512(mask_and)(v, AVX512_TEST(testn, v, BP_EXPONENT_BITS), v, (vec)((vec_bits){0} + BP_SIGN_BIT));
}

#if BP_PRECISION == 32
BP_INLINE vec vec_zip_low(vec a, vec b)
{
    return _mm512_permutex2var_ps(a, _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23), b);
}
BP_INLINE vec vec_zip_high(vec a, vec b)
{
    return _mm512_permutex2var_ps(a, _mm512_setr_epi32(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31),
                                  b);
}
#else
BP_INLINE vec vec_zip_low(vec a, vec b)
{
    return _mm512_permutex2var_pd(a, _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11), b);
}
BP_INLINE vec vec_zip_high(vec a, vec b)
{
    return _mm512_permutex2var_pd(a, _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15), b);
}
#endif

#endif
