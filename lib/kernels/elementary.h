/* SPDX-License-Identifier: MIT
 *
 * exp, log and related functions on a vector: the same fused operations on every instruction set and in every lane. f32
 * is within 2 units in the last place for every number, f64 on dense samples: tests/test_elementary.c. The coefficients
 * come from tests/vectors/make_elementary.py.
 *
 * Every branch of a function is computed in every lane. So that none of them overflows, divides by zero or is invalid
 * where the result is finite, each branch gets an argument inside its own range: a host may have these exceptions
 * unmasked. */
#ifndef BP_KERNELS_ELEMENTARY_H
#define BP_KERNELS_ELEMENTARY_H

#include "kernels/vector.h"

#define ELEMENTARY(x) BY_PRECISION(x##f, x)

/* Adding it rounds to a whole number, which then stands in the lowest bits. */
#define VEC_WHOLE BY_PRECISION(0x1.8p23f, 0x1.8p52)
enum { VEC_FRACTION_BITS = BY_PRECISION(23, 52), VEC_EXPONENT_BIAS = BY_PRECISION(127, 1023) };

#define LN2_HIGH BY_PRECISION(0x1.62e430p-1f, 0x1.62e42fefa39efp-1)
#define LN2_LOW BY_PRECISION(-0x1.05c610p-29f, 0x1.abc9e3b39803fp-56)
#define LOG2_E ELEMENTARY(1.44269504088896340736)

/* The polynomial with n <= 16 coefficients, lowest first, at x: halves that are halved again, with x, x^2, x^4 and x^8,
 * which is the shortest chain (Estrin 1960). n is a constant at each call, and folds. */
#define VEC_POLYNOMIAL(x, c) vec_polynomial(x, c, sizeof(c) / sizeof((c)[0]))
BP_INLINE vec vec_polynomial_2(vec x, const real *c, const size_t n)
{
    return n > 1 ? vec_fma(vec_all(c[1]), x, vec_all(c[0])) : vec_all(c[0]);
}
BP_INLINE vec vec_polynomial_4(vec x, vec square, const real *c, const size_t n)
{
    const vec low = vec_polynomial_2(x, c, n);
    return n > 2 ? vec_fma(vec_polynomial_2(x, c + 2, n - 2), square, low) : low;
}
BP_INLINE vec vec_polynomial_8(vec x, vec square, vec fourth, const real *c, const size_t n)
{
    const vec low = vec_polynomial_4(x, square, c, n);
    return n > 4 ? vec_fma(vec_polynomial_4(x, square, c + 4, n - 4), fourth, low) : low;
}
BP_INLINE vec vec_polynomial(vec x, const real *c, const size_t n)
{
    const vec square = x * x, fourth = square * square, low = vec_polynomial_8(x, square, fourth, c, n);
    return n > 8 ? vec_fma(vec_polynomial_8(x, square, fourth, c + 8, n - 8), fourth * fourth, low) : low;
}

/* The same in one chain. */
BP_INLINE vec vec_horner(vec x, const real *c, const size_t n)
{
    vec sum = vec_all(c[n - 1]);
    BP_UNROLL
    for (size_t i = n - 1; i > 0; i--)
        sum = vec_fma(sum, x, vec_all(c[i - 1]));
    return sum;
}

/* 2^n, where `whole` is n + VEC_WHOLE and n a normal exponent. */
BP_INLINE vec vec_power_of_two(vec whole)
{
    return vec_from_bits((vec_to_bits(whole) + VEC_EXPONENT_BIAS) << VEC_FRACTION_BITS);
}

/* 2^n as two factors, for any n that a result needs: the product with both is rounded once. */
struct vec_factors {
    vec first, second;
};

BP_INLINE struct vec_factors vec_halve(vec n)
{
    const vec half = vec_fma(n, vec_all(ELEMENTARY(0.5)), vec_all(VEC_WHOLE));
    const vec rest = n - (half - VEC_WHOLE) + VEC_WHOLE;
    return (struct vec_factors){vec_power_of_two(half), vec_power_of_two(rest)};
}

BP_INLINE vec vec_scale(vec x, vec n)
{
    const struct vec_factors power = vec_halve(n);
    return x * power.first * power.second;
}

#if BP_PRECISION == 32
static const real vec_exp_tail[] = {0.5f, 0.166665769896987756828f, 0.0416665546172045742025f,
                                    0.0083631790527225773704f, 0.0013926183587713494542f};
#else
static const real vec_exp_tail[] = {0.5,
                                    0.166666666666666709907,
                                    0.0416666666666666697546,
                                    0.00833333333332613512578,
                                    0.00138888888888837483046,
                                    0.000198412698748206252712,
                                    0.0000248015873255477412163,
                                    0.00000275572554002064244297,
                                    2.75572736431102953278e-7,
                                    2.51052170047207451643e-8,
                                    2.09146869680868772326e-9};
#endif

/* exp x = 2^n (1 + m + low) with |m| < 0.42, by x = n log 2 + r, |r| <= (log 2) / 2. */
BP_INLINE vec vec_exp_parts(vec x, vec *n, vec *low)
{
    *n = vec_fma(x, vec_all(LOG2_E), vec_all(VEC_WHOLE)) - VEC_WHOLE;
    const vec first = vec_fma(*n, vec_all(-LN2_HIGH), x); /* exact */
    const vec r = vec_fma(*n, vec_all(-LN2_LOW), first);
    const vec lost = vec_fma(*n, vec_all(-LN2_LOW), first - r);
    const vec tail = vec_fma(VEC_POLYNOMIAL(r, vec_exp_tail), r * r, lost), m = r + tail;
    *low = tail - (m - r);
    return m;
}

/* At these exp rounds to 0, and overflows to infinity. */
#define EXP_LEAST BY_PRECISION(-104, -746)
#define EXP_MOST BY_PRECISION(89, 710)

/* exp x for x from EXP_LEAST to EXP_MOST */
BP_INLINE vec vec_exp_within(vec x)
{
    vec n, low;
    const vec m = vec_exp_parts(x, &n, &low);
    const struct vec_factors power = vec_halve(n);
    return vec_fma(power.first, m, power.first) * power.second;
}

BP_INLINE vec vec_exp(vec x) { return vec_exp_within(vec_clamp(x, EXP_LEAST, EXP_MOST)); }

/* exp x for x <= 0 */
BP_INLINE vec vec_exp_falling(vec x) { return vec_exp_within(vec_greatest(vec_all(EXP_LEAST), x)); }

/* exp x - 1 = 2 (2^(n-1) m + 2^(n-1) - 1/2) */
BP_INLINE vec vec_expm1(vec x)
{
    vec n, low;
    const vec m = vec_exp_parts(vec_clamp(x, BY_PRECISION(-18, -40), BY_PRECISION(89, 710)), &n, &low);
    const vec half = vec_power_of_two(n - 1 + VEC_WHOLE);
    const vec y = vec_fma(half, low, vec_fma(half, m, half - ELEMENTARY(0.5))) * 2;
    const vec around_0 = vec_pick(vec_equal(x, vec_all(0)), x, m);
    return vec_pick(vec_equal(n, vec_all(0)), around_0, y);
}

/* 1 / (1 + e^-x), with e = e^-|x|, which cannot overflow. What the divisor loses comes off afterwards, for which
 * 1 - e / 2 is near enough to 1 / (1 + e). */
BP_INLINE vec vec_sigmoid(vec x)
{
    const vec minus = vec_greatest(vec_all(EXP_LEAST), vec_from_bits(vec_to_bits(x) | BP_SIGN_BIT));
    vec n, low;
    const vec m = vec_exp_parts(minus, &n, &low);
    const struct vec_factors power = vec_halve(n);
    const vec both = power.first * power.second;
    const vec e = vec_fma(both, m, both), d = vec_fma(both, m, 1 + both);
    const vec quotient = vec_pick(vec_less(x, vec_all(0)), e, vec_all(1)) / d;
    return vec_fma(quotient, (e - (d - 1)) * vec_fma(e, vec_all(ELEMENTARY(0.5)), vec_all(-1)), quotient);
}

#if BP_PRECISION == 32
static const real vec_tanh_tail[] = {-0.333333303327315470951f, 0.133329153669874533876f, -0.0538739488486433335861f,
                                     0.0211109590495147896461f, -0.00626911971964972917408f};
#else
static const real vec_tanh_tail[] = {
    -0.333333333333333331746,    0.133333333333332062768,      -0.0539682539680853062182,
    0.0218694885273681084139,    -0.00886323529280328939218,   0.00359212425000869238651,
    -0.00145579588557346344288,  0.000589768099468826772972,   -0.000237952013839249946671,
    0.0000933243223384744719101, -0.0000320866140379359905329, 0.00000693404642098895338539};
#endif

/* From here on tanh is 1. */
#define TANH_MOST BY_PRECISION(10, 20)

/* Near 0 x + x^3 P(x^2), else 1 - 2 / (e^2|x| + 1). */
BP_INLINE vec vec_tanh(vec x)
{
    const vec size = vec_abs(x), border = vec_all(ELEMENTARY(0.6)), small = vec_least(border, size);
    const vec square = small * small;
    const vec near = vec_fma(small * square, VEC_POLYNOMIAL(square, vec_tanh_tail), small);
    const vec far = 1 - 2 / (vec_exp_within(2 * vec_least(vec_all(TANH_MOST), size)) + 1);
    return vec_sign(vec_pick(vec_less(size, border), near, far), x);
}

#if BP_PRECISION == 32
static const real vec_log_tail[] = {0.666666665544061826397f, 0.400001219141492756395f, 0.285508123825901454396f,
                                    0.233306966724557811215f};
#else
static const real vec_log_tail[] = {0.666666666666666664646, 0.400000000000008782304, 0.285714285708028479843,
                                    0.222222223918870655974, 0.18181795621632782342,  0.153862407089696642448,
                                    0.132687461955965945702, 0.130869078879650274918};
#endif

/* log(2^k m) + low / m as fdlibm sums it: with f = m - 1, s = f / (2 + f) and h = f^2 / 2 that is
 * k log 2 + f - (h - s (h + R(s^2))). */
BP_INLINE vec vec_log_sum(vec k, vec m, vec low)
{
    const vec f = m - 1, h = f * f * ELEMENTARY(0.5), s = f / (2 + f), z = s * s;
    const vec tail = s * vec_fma(VEC_POLYNOMIAL(z, vec_log_tail), z, h);
    return vec_fma(k, vec_all(LN2_HIGH), f - (h - (tail + vec_fma(k, vec_all(LN2_LOW), low))));
}

/* x = 2^k m with sqrt(1/2) <= m < sqrt 2, for a normal x > 0. */
BP_INLINE vec vec_log_parts(vec x, vec *k)
{
    const bp_word root = BY_PRECISION(UINT32_C(0x3f3504f3), UINT64_C(0x3fe6a09e667f3bcd));
    const bp_word one = (bp_word)VEC_EXPONENT_BIAS << VEC_FRACTION_BITS,
                  fraction = ((bp_word)1 << VEC_FRACTION_BITS) - 1;
    const vec whole = vec_all(BY_PRECISION(0x1p23f, 0x1p52));
    const vec_bits shifted = vec_to_bits(x) + (one - root);
    *k = vec_from_bits((shifted >> VEC_FRACTION_BITS) | vec_to_bits(whole)) - (whole + VEC_EXPONENT_BIAS);
    return vec_from_bits((shifted & fraction) + root);
}

/* What log and log1p are at 0, below it, at infinity and of NaN; x is what the logarithm is of. */
BP_INLINE vec vec_log_ends(vec x, vec log_x)
{
    const vec low = vec_pick(vec_equal(x, vec_all(0)), vec_all(-BP_INFINITY), vec_all(BY_PRECISION(NAN, (double)NAN)));
    const vec above = vec_pick(vec_less(vec_all(0), x), log_x, low);
    return vec_pick(vec_equal(x, vec_all(BP_INFINITY)), x, above);
}

BP_INLINE vec vec_log(vec x)
{
    const vec_mask small = vec_less(x, vec_all(BY_PRECISION(0x1p-126f, 0x1p-1022)));
    const vec power = vec_pick(small, vec_all(BY_PRECISION(0x1p24f, 0x1p54)), vec_all(1));
    vec k;
    const vec m = vec_log_parts(x * power, &k);
    return vec_log_ends(x, vec_log_sum(k - vec_pick(small, vec_all(BY_PRECISION(24, 54)), vec_all(0)), m, vec_all(0)));
}

/* log of u = 1 + x, and what u lost of it. */
BP_INLINE vec vec_log1p(vec x)
{
    const vec u = 1 + x, lost = vec_pick(vec_less(vec_abs(x), vec_all(1)), x - (u - 1), 1 - (u - x));
    vec k;
    const vec m = vec_log_parts(u, &k);
    const vec sum = vec_log_ends(u, vec_log_sum(k, m, lost / u));
    return vec_pick(vec_equal(x, vec_all(0)), x, sum);
}

/* log(1 + e^x) */
BP_INLINE vec vec_softplus(vec x)
{
    return vec_greatest(vec_all(0), x) + vec_log1p(vec_exp_falling(vec_negate(vec_abs(x))));
}

#endif
