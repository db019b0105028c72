/* SPDX-License-Identifier: MIT
 *
 * The vector vocabulary in aarch64's Advanced SIMD: see kernels/vector.h. */
#ifndef BP_KERNELS_VECTOR_NEON_H
#define BP_KERNELS_VECTOR_NEON_H

#include <arm_neon.h>

enum { VEC_LANES = 16 / sizeof(real), VEC_REGISTERS = 32 };

#if BP_PRECISION == 32
typedef float32x4_t vec;
typedef uint32x4_t vec_bits;
#define NEON(operation) operation##_f32
#else
typedef float64x2_t vec;
typedef uint64x2_t vec_bits;
#define NEON(operation) operation##_f64
#endif
typedef vec_bits vec_mask; /* all bits of a lane set, or none */

BP_INLINE vec vec_load(const real *p) { return NEON(vld1q)(p); }
BP_INLINE void vec_store(real *p, vec v) { NEON(vst1q)(p, v); }
BP_INLINE vec vec_all(real x) { return NEON(vdupq_n)(x); }
BP_INLINE vec vec_fma(vec a, vec b, vec c) { return NEON(vfmaq)(c, a, b); }
BP_INLINE vec vec_sqrt(vec v) { return NEON(vsqrtq)(v); }

BP_INLINE vec_mask vec_less(vec a, vec b) { return NEON(vcltq)(a, b); }
BP_INLINE vec_mask vec_at_most(vec a, vec b) { return NEON(vcleq)(a, b); }
BP_INLINE vec_mask vec_equal(vec a, vec b) { return NEON(vceqq)(a, b); }
BP_INLINE vec_mask vec_both(vec_mask p, vec_mask q) { return p & q; }
BP_INLINE vec_mask vec_either(vec_mask p, vec_mask q) { return p | q; }
BP_INLINE bool vec_any(vec_mask mask) { return vmaxvq_u32((uint32x4_t)mask) != 0; }
BP_INLINE vec vec_pick(vec_mask mask, vec yes, vec no) { return NEON(vbslq)(mask, yes, no); }
BP_INLINE vec vec_least(vec a, vec b) { return vec_pick(vec_less(a, b), a, b); } /* vminq would give NaN */
BP_INLINE vec vec_greatest(vec a, vec b) { return vec_pick(vec_less(b, a), a, b); }

BP_INLINE vec_bits vec_to_bits(vec v) { return (vec_bits)v; }
BP_INLINE vec vec_from_bits(vec_bits b) { return (vec)b; }
BP_INLINE bool vec_any_subnormal(vec v)
{
    const vec_bits size = (vec_bits)v & ~BP_SIGN_BIT;
    return vmaxvq_u32((uint32x4_t)(size & (vec_bits)((size & BP_EXPONENT_BITS) == 0))) != 0;
}
BP_INLINE vec vec_kept(vec v)
{
    const vec_bits bits = (vec_bits)v, below = (vec_bits)((bits & BP_EXPONENT_BITS) == 0);
    return (vec)(bits & ~(below & ~BP_SIGN_BIT));
}

BP_INLINE vec vec_zip_low(vec a, vec b) { return NEON(vzip1q)(a, b); }
BP_INLINE vec vec_zip_high(vec a, vec b) { return NEON(vzip2q)(a, b); }

#endif
