/* SPDX-License-Identifier: MIT
 *
 * The vector vocabulary in plain C, one lane: see kernels/vector.h. */
#ifndef BP_KERNELS_VECTOR_GENERIC_H
#define BP_KERNELS_VECTOR_GENERIC_H

#include <tgmath.h>

#include "base/fma.h"

enum { VEC_LANES = 1, VEC_REGISTERS = 32 };

typedef real vec;
typedef bp_word vec_bits;
typedef bool vec_mask;

BP_INLINE vec vec_load(const real *p) { return *p; }
BP_INLINE void vec_store(real *p, vec v) { *p = v; }
BP_INLINE vec vec_all(real x) { return x; }
BP_INLINE vec vec_fma(vec a, vec b, vec c) { return REAL(bp_fma)(a, b, c); }
BP_INLINE vec vec_sqrt(vec v) { return sqrt(v); }

BP_INLINE vec_mask vec_less(vec a, vec b) { return a < b; }
BP_INLINE vec_mask vec_at_most(vec a, vec b) { return a <= b; }
BP_INLINE vec_mask vec_equal(vec a, vec b) { return a == b; }
BP_INLINE vec_mask vec_both(vec_mask p, vec_mask q) { return p && q; }
BP_INLINE vec_mask vec_either(vec_mask p, vec_mask q) { return p || q; }
BP_INLINE bool vec_any(vec_mask mask) { return mask; }
BP_INLINE vec vec_pick(vec_mask mask, vec yes, vec no) { return mask ? yes : no; }
BP_INLINE vec vec_least(vec a, vec b) { return a < b ? a : b; }
BP_INLINE vec vec_greatest(vec a, vec b) { return b < a ? a : b; }

BP_INLINE vec_bits vec_to_bits(vec v)
{
    vec_bits b;
    memcpy(&b, &v, sizeof(b));
    return b;
}

BP_INLINE vec vec_from_bits(vec_bits b)
{
    vec v;
    memcpy(&v, &b, sizeof(v));
    return v;
}

BP_INLINE bool vec_any_subnormal(vec v)
{
    const vec_bits size = vec_to_bits(v) & ~BP_SIGN_BIT;
    return size != 0 && (size & BP_EXPONENT_BITS) == 0;
}
BP_INLINE vec vec_kept(vec v) { return REAL(bp_kept)(v); }

/* Half a lane is none. */
BP_INLINE vec vec_zip_low(vec a, vec b)
{
    (void)b;
    return a;
}
BP_INLINE vec vec_zip_high(vec a, vec b)
{
    (void)a;
    return b;
}

#endif
