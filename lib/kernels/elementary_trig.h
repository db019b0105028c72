/* SPDX-License-Identifier: MIT
 *
 * Sine and cosine, as in kernels/elementary.h: x = n pi / 2 + r + low with |r| <= pi / 4, r by Cody and Waite's
 * subtraction in three parts, or for a large x by Payne and Hanek's product with enough bits of 2 / pi. */
#ifndef BP_KERNELS_ELEMENTARY_TRIG_H
#define BP_KERNELS_ELEMENTARY_TRIG_H

#include "base/fma.h"
#include "kernels/elementary.h"

#define HALF_PI_1 BY_PRECISION(0x1.921fb6p+0f, 0x1.921fb54442d18p+0)
#define HALF_PI_2 BY_PRECISION(-0x1.777a5cp-25f, 0x1.1a62633145c07p-54)
#define HALF_PI_3 BY_PRECISION(-0x1.ee59dap-50f, -0x1.f1976b7ed8fbcp-110)

/* From here on the parts of pi / 2 do not suffice. */
#define VEC_LARGE_TURN BY_PRECISION(0x1p15f, 0x1p20)

enum { TURN_LIMBS = 6, TURN_ZEROS = 2 };

/* The fraction of a quarter turn in 32-bit limbs, highest first, less two bits: m W mod 2^192, where W are the 192 bits
 * of 2 / pi from `first` on. */
static inline void vec_turn_limbs(uint64_t m, size_t first, uint32_t limbs[TURN_LIMBS])
{
    static const uint32_t two_over_pi[] = {
        0,          0,          0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab,
        0xdebbc561, 0xb7246e3a, 0x424dd2e0, 0x06492eea, 0x09d1921c, 0xfe1deb1c, 0xb129a73e, 0xe88235f5, 0x2ebb4484,
        0xe99c7026, 0xb45f7e41, 0x3991d639, 0x835339f4, 0x9c845f8b, 0xbdf9283b, 0x1ff897ff, 0xde05980f, 0xef2f118b,
        0x5a0a6d1f, 0x6d367ecf, 0x27cb09b7, 0x4f463f66, 0x9e5fea2d, 0x7527bac7, 0xebe5f17b, 0x3d0739f7, 0x8a5292ea,
        0x6bfb5fb1, 0x1f8d5d08, 0x56033046, 0xfc7b6bab, 0xf0cfbc20, 0x9af4361d};
    const uint64_t parts[] = {m & UINT32_MAX, m >> 32};
    uint64_t sum[TURN_LIMBS + 1] = {0};
    for (size_t i = TURN_LIMBS; i-- > 0;) {
        const size_t word = first / 32 + i, shift = first % 32;
        const uint64_t pair = (uint64_t)two_over_pi[word] << 32 | two_over_pi[word + 1];
        const uint64_t bits = pair << shift >> 32;
        for (size_t part = 0; part < 2 && part <= i; part++) { /* carries go up at once: no sum passes 64 bits */
            uint64_t carry = bits * parts[part];
            for (size_t k = i - part + 1; k-- > 0 && carry;) {
                carry += sum[k];
                sum[k] = carry & UINT32_MAX;
                carry >>= 32;
            }
        }
    }
    for (size_t i = 0; i < TURN_LIMBS; i++)
        limbs[i] = (uint32_t)sum[i];
}

/* r + low of a large finite x, and n mod 4. Sums carry what their rounding loses. */
static inline bp_word vec_turn(real x, real *r, real *low)
{
    int e;
    const double m = ldexp(frexp(fabs((double)x), &e), 53);
    uint32_t limbs[TURN_LIMBS];
    vec_turn_limbs((uint64_t)m, (size_t)(e - 53 - 2 + 32 * TURN_ZEROS), limbs);
    uint32_t n = limbs[0] >> 30;
    limbs[0] &= UINT32_MAX >> 2;
    double high = 0, rest = 0, weight = 0x1p-30;
    for (size_t i = 0; i < TURN_LIMBS; i++, weight *= 0x1p-32) {
        const double term = limbs[i] * weight, sum = high + term;
        rest += high >= term ? term - (sum - high) : high - (sum - term);
        high = sum;
    }
    if (high > 0.5 || (high == 0.5 && rest > 0)) { /* to the nearest quarter, exactly: high is close to 1 */
        n++;
        high -= 1;
    }
    const double first = 0x1.921fb54442d18p+0 * high;
    const double second =
        bp_fma_f64(0x1.921fb54442d18p+0, high, -first) + (0x1.1a62633145c07p-54 * high + 0x1.921fb54442d18p+0 * rest);
    const double sum = first + second;
    *r = (real)sum;
    *low = (real)((sum - (double)*r) + (first - sum + second));
    if (x < 0) {
        *r = -*r;
        *low = -*low;
        n = 0 - n;
    }
    return n & 3;
}

/* Replaces r, low and n in the lanes of large x. */
static inline void vec_turn_large(vec x, vec *r, vec *low, vec_bits *n)
{
    real xs[VEC_LANES], rs[VEC_LANES], lows[VEC_LANES];
    bp_word ns[VEC_LANES];
    vec_store(xs, x);
    vec_store(rs, *r);
    vec_store(lows, *low);
    memcpy(ns, n, sizeof(ns));
    for (size_t i = 0; i < VEC_LANES; i++)
        if (fabs((double)xs[i]) > (double)VEC_LARGE_TURN && fabs((double)xs[i]) < (double)BP_INFINITY)
            ns[i] = vec_turn(xs[i], &rs[i], &lows[i]);
    *r = vec_load(rs);
    *low = vec_load(lows);
    memcpy(n, ns, sizeof(ns));
}

BP_INLINE vec vec_quarter_turns(vec x, vec *low, vec_bits *n)
{
    const vec whole = vec_fma(x, vec_all(ELEMENTARY(0.63661977236758134308)), vec_all(VEC_WHOLE)),
              turns = whole - VEC_WHOLE;
    const vec first = vec_fma(turns, vec_all(-HALF_PI_1), x); /* exact */
    const vec second = turns * HALF_PI_2, second_low = vec_fma(turns, vec_all(HALF_PI_2), vec_negate(second));
    const vec rough = first - second, back = rough - first; /* and what it loses, whichever is larger: */
    const vec lost = (first - (rough - back)) - (second + back) - second_low;
    const vec rest = vec_fma(turns, vec_all(-HALF_PI_3), lost);
    vec r = rough + rest;
    *low = rest - (r - rough);
    *n = vec_to_bits(whole);
    if (vec_any(vec_less(vec_all(VEC_LARGE_TURN), vec_abs(x))))
        vec_turn_large(x, &r, low, n);
    return r;
}

#if BP_PRECISION == 32
static const real vec_sin_tail[] = {-0.16666666663853044094f, 0.0083333318738370880387f, -0.000198400862637554419682f,
                                    0.00000272498646551395836971f};
#else
static const real vec_sin_tail[] = {
    -0.166666666666666666655,   0.00833333333333333148988,  -0.00019841269841265060174, 0.00000275573192193354534288,
    -2.50521062311579054867e-8, 1.60585314145890107574e-10, -7.58668507009126715961e-13};
#endif

#if BP_PRECISION == 32
static const real vec_cos_tail[] = {0.0416666646583004209798f, -0.00138883028023091604422f,
                                    0.0000245478916198138609473f};
#else
static const real vec_cos_tail[] = {0.041666666666666666666,    -0.00138888888888888878641, 0.0000248015873015846437748,
                                    -2.75573192214007600153e-7, 2.08767557903633961287e-9,  -1.14704607739693246267e-11,
                                    4.74586520378745510726e-14};
#endif

/* The sine of r + low where n is even, the cosine where it is odd, negative in the half turns that are. */
BP_INLINE vec vec_sine_of(vec r, vec low, vec_bits n)
{
    const vec z = r * r, half = z * ELEMENTARY(0.5), w = 1 - half;
    const vec sine = r + vec_fma(r * z, VEC_POLYNOMIAL(z, vec_sin_tail), low * w);
    const vec cosine = w + ((1 - w - half) + vec_fma(z * z, VEC_POLYNOMIAL(z, vec_cos_tail), vec_negate(r * low)));
    const vec_bits odd = 0 - (n & 1);
    const vec_bits size = (vec_to_bits(cosine) & odd) | (vec_to_bits(sine) & ~odd);
    return vec_from_bits(size ^ ((n & 2) << (8 * sizeof(real) - 2)));
}

BP_INLINE vec vec_sin(vec x)
{
    vec low;
    vec_bits n;
    const vec r = vec_quarter_turns(x, &low, &n);
    return vec_pick(vec_equal(x, vec_all(0)), x, vec_sine_of(r, low, n));
}

BP_INLINE vec vec_cos(vec x)
{
    vec low;
    vec_bits n;
    const vec r = vec_quarter_turns(x, &low, &n);
    return vec_sine_of(r, low, n + 1);
}

#endif
