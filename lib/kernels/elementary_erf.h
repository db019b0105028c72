/* SPDX-License-Identifier: MIT
 *
 * The error function and what it lacks of 1, as in kernels/elementary.h. */
#ifndef BP_KERNELS_ELEMENTARY_ERF_H
#define BP_KERNELS_ELEMENTARY_ERF_H

#include "kernels/elementary.h"

#if BP_PRECISION == 32
static const real vec_erfcx_flat[] = {
    1.27697838172345008451f,    -0.0927638110897356695577f,   -0.166030435030597223814f,   0.164050787242764628044f,
    -0.0542191498657340755049f, -0.00802927548511710846692f,  0.00871649690877614431339f,  0.00125025156899631643933f,
    -0.001438331163603669812f,  -0.000404323928481001863719f, 0.000184308386239925013123f, 0.000087644657927726664903f};
#else
static const real vec_erfcx_flat[] = {
    1.23299511862555251039,     -0.139621116840562512532,    0.0153796521026195221907,    0.0680970542546925896475,
    -0.101039066036292659234,   0.0937328349983536086455,    -0.0663303658124467237499,   0.037167515537377855461,
    -0.0161977340556792813455,  0.0050319699793993848037,    -0.000757773298363529851294, -0.000199256704747883119958,
    0.00015062169462125236698,  -0.000024399172870686759013, -0.000011222015496282596981, 0.00000570962967526191865776,
    2.93668803067607315011e-7,  -8.2527274933507010579e-7,   7.4917891350825374947e-8,    1.09939806408404637257e-7,
    -1.81841998069716247546e-8, -1.40892273096166212592e-8,  1.93895659912751757844e-9,   1.28681863914842455304e-9};
#endif

/* With a = |x|, (1 + 2 a) e^(a^2) erfc a is nearly flat in q = (a - K) / (a + K) (Shepherd, Laframboise: Chebyshev
 * approximation of (1 + 2x) exp(x^2) erfc x, 1981). Quotient and square carry what their rounding loses. */
BP_INLINE vec vec_erfc_of_size(vec a)
{
    const real middle = BY_PRECISION(2, 4);
    const vec twice = 2 * a, d = 1 + twice, inverse = 1 / d;
    const vec d_lost = vec_pick(vec_less(twice, vec_all(1)), twice - (d - 1), 1 - (d - twice));
    const size_t count = sizeof(vec_erfcx_flat) / sizeof(vec_erfcx_flat[0]);
    const vec q = (a - middle) / (a + middle), slope = vec_horner(q, vec_erfcx_flat + 1, count - 1) * q;
    const vec flat = slope + vec_erfcx_flat[0], flat_lost = slope - (flat - vec_erfcx_flat[0]);
    const vec quotient = flat * inverse, minus = vec_negate(quotient);
    const vec left = (vec_fma(minus, d, flat) + flat_lost + minus * d_lost) * inverse;
    const vec square = a * a, square_lost = vec_fma(a, a, vec_negate(square));
    vec n, low;
    const vec m = vec_exp_parts(vec_negate(square), &n, &low), power = 1 + m;
    const vec rest = power * (left - quotient * square_lost);
    return vec_scale(quotient + vec_fma(quotient, m, rest), n);
}

#if BP_PRECISION == 32
static const real vec_erf_slope[] = {
    0.128379165848350946026f,   -0.376126266667203310234f,    0.112835947151602177319f,    -0.0268542120106264124435f,
    0.00518908742343397398608f, -0.000801686428716586952931f, 0.0000787587506268548834106f};
#else
static const real vec_erf_slope[] = {
    0.128379167095512573766,     -0.376126389031837480557,    0.112837916709548786662,    -0.0268661706450767932482,
    0.00522397762481801446725,   -0.000854832698083378990518, 0.000120553311116427109225, -0.0000149255952668311815652,
    0.0000016461000484121368033, -1.63503127010546950107e-7,  1.46597752740474358138e-8,  -1.13728488567916736704e-9,
    5.95717614774891140443e-11};
#endif

/* erf x for |x| < 1 */
BP_INLINE vec vec_erf_near(vec x)
{
    const vec small = vec_clamp(x, -1, 1);
    return vec_fma(small, VEC_POLYNOMIAL(small * small, vec_erf_slope), small);
}

BP_INLINE vec vec_erfc(vec x)
{
    const vec a = vec_abs(x), size = vec_erfc_of_size(vec_least(vec_all(BY_PRECISION(11, 28)), a));
    const vec far = vec_pick(vec_less(x, vec_all(0)), 2 - size, size);
    return vec_pick(vec_less(a, vec_all(ELEMENTARY(0.5))), 1 - vec_erf_near(x), far);
}

BP_INLINE vec vec_erf(vec x)
{
    const vec size = vec_abs(x);
    const vec far = vec_sign(1 - vec_erfc_of_size(vec_least(vec_all(BY_PRECISION(11, 28)), size)), x);
    return vec_pick(vec_less(size, vec_all(1)), vec_erf_near(x), far);
}

#endif
