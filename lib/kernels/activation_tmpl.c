/* SPDX-License-Identifier: MIT
 *
 * The activations: f and f' of each, side by side, on a vector of units. f takes z and the slope s; f' takes z,
 * a = f(z) and s, and uses whichever is exact and cheap. docs/derivation.md derives them; bp.h gives the formulas and
 * their sources. Softmax and its logarithm, which take a whole row, are kernels/softmax_tmpl.c. */
#include "kernels/elementary.h"
#include "kernels/elementary_erf.h"
#include "kernels/elementary_trig.h"
#include "kernels/kernels.h"
#include "kernels/vector.h"

/* All f and all f' have the same parameters, whether or not they use them. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define K(x) BY_PRECISION(x##f, x)

static vec zero(void) { return vec_all(0); }
static vec one(void) { return vec_all(1); }

/* The part of z at or below 0: what the branch for negative z is computed of. */
static vec negative(vec z) { return vec_least(zero(), z); }

/* yes where z > 0, else no */
static vec positive(vec z, vec yes, vec no) { return vec_pick(vec_less(zero(), z), yes, no); }

/* yes where low < z < high, else no */
static vec between(vec z, real low, real high, vec yes, vec no)
{
    return vec_pick(vec_both(vec_less(vec_all(low), z), vec_less(z, vec_all(high))), yes, no);
}

static vec identity_f(vec z, vec s) { return z; }
static vec identity_prime(vec z, vec a, vec s) { return one(); }

static vec sigmoid_f(vec z, vec s) { return vec_sigmoid(z); }
static vec sigmoid_prime(vec z, vec a, vec s) { return a * (1 - a); }

static vec tanh_f(vec z, vec s) { return vec_tanh(z); }
static vec tanh_prime(vec z, vec a, vec s) { return (1 - a) * (1 + a); }

#define SCALE K(1.7159)
#define TWO_THIRDS K(0.66666666666666666667)
static vec scaled_tanh_f(vec z, vec s) { return SCALE * vec_tanh(TWO_THIRDS * z); }
static vec scaled_tanh_prime(vec z, vec a, vec s) { return TWO_THIRDS / SCALE * ((SCALE - a) * (SCALE + a)); }

/* NaN stays NaN, here and below */
static vec relu_f(vec z, vec s) { return vec_pick(vec_at_most(z, zero()), zero(), z); }
static vec relu_prime(vec z, vec a, vec s) { return positive(z, one(), zero()); }

static vec leaky_relu_f(vec z, vec s) { return positive(z, z, s * negative(z)); }
static vec leaky_relu_prime(vec z, vec a, vec s) { return positive(z, one(), s); }

static vec elu_f(vec z, vec s) { return positive(z, z, s * vec_expm1(negative(z))); }
static vec elu_prime(vec z, vec a, vec s) { return positive(z, one(), a + s); }

#define SELU_LAMBDA K(1.0507009873554804934)
#define SELU_ALPHA K(1.6732632423543772848)
static vec selu_f(vec z, vec s) { return SELU_LAMBDA * positive(z, z, SELU_ALPHA * vec_expm1(negative(z))); }
static vec selu_prime(vec z, vec a, vec s) { return positive(z, vec_all(SELU_LAMBDA), a + SELU_LAMBDA * SELU_ALPHA); }

/* Below LEAST s exp(z / s) is 0; the quotient stays in range for every slope. */
#define LEAST K(-50.0)
static vec celu_f(vec z, vec s) { return positive(z, z, s * vec_expm1(vec_greatest(LEAST * s, negative(z)) / s)); }
static vec celu_prime(vec z, vec a, vec s) { return positive(z, one(), negative(a) / s + 1); }

/* Slopes are 1000 at most: beyond HUGE_Z s z may overflow. */
#define HUGE_Z BY_PRECISION(1e35f, 1e305)
static vec softplus_f(vec z, vec s) { return vec_softplus(s * vec_greatest(vec_all(-HUGE_Z), z)) / s; }
static vec softplus_prime(vec z, vec a, vec s) { return vec_sigmoid(s * vec_clamp(z, -HUGE_Z, HUGE_Z)); }

static vec softsign_f(vec z, vec s)
{
    return vec_pick(vec_equal(vec_abs(z), vec_all(BP_INFINITY)), vec_clamp(z, -1, 1), z / (1 + vec_abs(z)));
}
static vec softsign_prime(vec z, vec a, vec s)
{
    const vec q = 1 / (1 + vec_abs(z));
    return q * q;
}

/* Phi, by erfc so that it keeps its digits where it is small. */
static vec normal_cdf(vec z) { return vec_erfc(z * -K(0.70710678118654752440)) * K(0.5); }

/* exp(-z^2) and exp(-z^2 / 2) are 0 beyond these sizes of z. */
#define GAUSSIAN_MOST BY_PRECISION(11, 28)
#define NORMAL_MOST BY_PRECISION(15, 40)
static vec normal_density(vec z)
{
    const vec size = vec_least(vec_all(NORMAL_MOST), vec_abs(z));
    return vec_exp_falling(vec_negate(size) * size * K(0.5)) * K(0.39894228040143267794);
}

/* x f(x) for an f that vanishes faster than 1/x at -infinity: 0 there, where x f(x) would be NaN. */
static vec times(vec x, vec f)
{
    return vec_pick(vec_equal(f, zero()), vec_pick(vec_less(x, zero()), vec_negate(f), f), x * f);
}

static vec gelu_f(vec z, vec s) { return times(z, normal_cdf(z)); }
static vec gelu_prime(vec z, vec a, vec s) { return normal_cdf(z) + times(z, normal_density(z)); }

/* (1 + tanh u) / 2 = sigmoid(2u), which keeps its digits where it is small. */
#define GELU_K K(1.5957691216057307117) /* 2 sqrt(2 / pi) */
#define GELU_C K(0.044715)
/* The gate is 0 or 1, and its slope 0, beyond this size of z. */
#define GELU_MOST BY_PRECISION(12, 25)
static vec gelu_gate(vec z) { return vec_sigmoid(GELU_K * z * (1 + GELU_C * (z * z))); }
static vec gelu_tanh_f(vec z, vec s) { return times(z, gelu_gate(vec_clamp(z, -GELU_MOST, GELU_MOST))); }
static vec gelu_tanh_prime(vec z, vec a, vec s)
{
    const vec inner = vec_clamp(z, -GELU_MOST, GELU_MOST), gate = gelu_gate(inner), slope = gate * (1 - gate);
    return gate + times(inner * GELU_K * (1 + 3 * GELU_C * (inner * inner)), slope);
}

static vec silu_f(vec z, vec s) { return times(z, vec_sigmoid(z)); }
static vec silu_prime(vec z, vec a, vec s)
{
    const vec gate = vec_sigmoid(z);
    return gate + times(z, gate * (1 - gate));
}

/* tanh(log(1 + e^z)) = n / (n + 2) with n = e^z (e^z + 2), written in e^-|z| so that nothing overflows. */
static vec mish_gate(vec z)
{
    const vec e = vec_exp_falling(vec_negate(vec_abs(z)));
    const vec_mask left = vec_less(z, zero());
    const vec n = vec_pick(left, e * (e + 2), 1 + 2 * e);
    return n / (n + 2 * vec_pick(left, one(), e * e));
}
static vec mish_f(vec z, vec s) { return times(z, mish_gate(z)); }
static vec mish_prime(vec z, vec a, vec s)
{
    const vec gate = mish_gate(z);
    return gate + times(z, vec_sigmoid(z) * ((1 - gate) * (1 + gate)));
}

static vec hard_sigmoid_f(vec z, vec s) { return vec_clamp(z / 6 + K(0.5), 0, 1); }
static vec hard_sigmoid_prime(vec z, vec a, vec s) { return between(z, -3, 3, vec_all(K(1.0) / 6), zero()); }

static vec hard_tanh_f(vec z, vec s) { return vec_clamp(z, -1, 1); }
static vec hard_tanh_prime(vec z, vec a, vec s) { return between(z, -1, 1, one(), zero()); }

static vec hard_swish_f(vec z, vec s) { return times(z, hard_sigmoid_f(z, s)); }
static vec hard_swish_prime(vec z, vec a, vec s)
{
    const vec outside = vec_pick(vec_less(vec_all(-3), z), one(), zero());
    return between(z, -3, 3, z / 3 + K(0.5), outside);
}

static vec elliott_f(vec z, vec s) { return softsign_f(z, s) / 2 + K(0.5); }
static vec elliott_prime(vec z, vec a, vec s) { return softsign_prime(z, a, s) / 2; }

static vec gaussian_f(vec z, vec s)
{
    const vec size = vec_least(vec_all(GAUSSIAN_MOST), vec_abs(z));
    return vec_exp_falling(vec_negate(size) * size);
}
static vec gaussian_prime(vec z, vec a, vec s) { return -2 * times(z, a); }

static vec triangular_f(vec z, vec s) { return vec_pick(vec_at_most(one(), vec_abs(z)), zero(), 1 - vec_abs(z)); }
static vec triangular_prime(vec z, vec a, vec s)
{
    return between(z, -1, 0, one(), between(z, 0, 1, vec_all(-1), zero()));
}

static vec sine_f(vec z, vec s) { return vec_sin(z); }
static vec sine_prime(vec z, vec a, vec s) { return vec_cos(z); }

static vec cosine_f(vec z, vec s) { return vec_cos(z); }
static vec cosine_prime(vec z, vec a, vec s) { return vec_negate(vec_sin(z)); }

static vec exp_f(vec z, vec s) { return vec_exp(z); }
static vec exp_prime(vec z, vec a, vec s) { return a; }

static vec step_f(vec z, vec s)
{
    return vec_pick(vec_at_most(zero(), z), one(), vec_pick(vec_less(z, zero()), zero(), z));
}
static vec step_prime(vec z, vec a, vec s) { return zero(); }

/* ---- a matrix of units, padding included; `f` is a constant at each call and folds into the loop */

BP_INLINE void map(const struct REAL(bp_units) *u, vec f(vec, vec))
{
    const vec slope = vec_all(u->slope);
    for (size_t row = 0; row < u->rows; row++) {
        const real *z = u->z + row * u->stride;
        real *a = u->a + row * u->stride;
        for (size_t i = 0; i < u->units; i += VEC_LANES)
            vec_store(a + i, vec_kept(f(vec_load(z + i), slope)));
    }
}

/* delta_l = (W_{l+1}^T delta_{l+1}) f'(z_l, a_l), the second factor */
BP_INLINE void chain(const struct REAL(bp_units) *u, vec f_prime(vec, vec, vec))
{
    const vec slope = vec_all(u->slope);
    for (size_t row = 0; row < u->rows; row++) {
        const real *z = u->z + row * u->stride, *a = u->a + row * u->stride;
        real *delta = u->delta + row * u->stride;
        for (size_t i = 0; i < u->units; i += VEC_LANES)
            vec_store(delta + i, vec_kept(vec_load(delta + i) * f_prime(vec_load(z + i), vec_load(a + i), slope)));
    }
}

static void identity_forward(const struct REAL(bp_units) *u) { map(u, identity_f); }
static void identity_backward(const struct REAL(bp_units) *u) { chain(u, identity_prime); }
static void sigmoid_forward(const struct REAL(bp_units) *u) { map(u, sigmoid_f); }
static void sigmoid_backward(const struct REAL(bp_units) *u) { chain(u, sigmoid_prime); }
static void tanh_forward(const struct REAL(bp_units) *u) { map(u, tanh_f); }
static void tanh_backward(const struct REAL(bp_units) *u) { chain(u, tanh_prime); }
static void scaled_tanh_forward(const struct REAL(bp_units) *u) { map(u, scaled_tanh_f); }
static void scaled_tanh_backward(const struct REAL(bp_units) *u) { chain(u, scaled_tanh_prime); }
static void relu_forward(const struct REAL(bp_units) *u) { map(u, relu_f); }
static void relu_backward(const struct REAL(bp_units) *u) { chain(u, relu_prime); }
static void leaky_relu_forward(const struct REAL(bp_units) *u) { map(u, leaky_relu_f); }
static void leaky_relu_backward(const struct REAL(bp_units) *u) { chain(u, leaky_relu_prime); }
static void elu_forward(const struct REAL(bp_units) *u) { map(u, elu_f); }
static void elu_backward(const struct REAL(bp_units) *u) { chain(u, elu_prime); }
static void selu_forward(const struct REAL(bp_units) *u) { map(u, selu_f); }
static void selu_backward(const struct REAL(bp_units) *u) { chain(u, selu_prime); }
static void celu_forward(const struct REAL(bp_units) *u) { map(u, celu_f); }
static void celu_backward(const struct REAL(bp_units) *u) { chain(u, celu_prime); }
static void softplus_forward(const struct REAL(bp_units) *u) { map(u, softplus_f); }
static void softplus_backward(const struct REAL(bp_units) *u) { chain(u, softplus_prime); }
static void softsign_forward(const struct REAL(bp_units) *u) { map(u, softsign_f); }
static void softsign_backward(const struct REAL(bp_units) *u) { chain(u, softsign_prime); }
static void gelu_forward(const struct REAL(bp_units) *u) { map(u, gelu_f); }
static void gelu_backward(const struct REAL(bp_units) *u) { chain(u, gelu_prime); }
static void gelu_tanh_forward(const struct REAL(bp_units) *u) { map(u, gelu_tanh_f); }
static void gelu_tanh_backward(const struct REAL(bp_units) *u) { chain(u, gelu_tanh_prime); }
static void silu_forward(const struct REAL(bp_units) *u) { map(u, silu_f); }
static void silu_backward(const struct REAL(bp_units) *u) { chain(u, silu_prime); }
static void mish_forward(const struct REAL(bp_units) *u) { map(u, mish_f); }
static void mish_backward(const struct REAL(bp_units) *u) { chain(u, mish_prime); }
static void hard_sigmoid_forward(const struct REAL(bp_units) *u) { map(u, hard_sigmoid_f); }
static void hard_sigmoid_backward(const struct REAL(bp_units) *u) { chain(u, hard_sigmoid_prime); }
static void hard_tanh_forward(const struct REAL(bp_units) *u) { map(u, hard_tanh_f); }
static void hard_tanh_backward(const struct REAL(bp_units) *u) { chain(u, hard_tanh_prime); }
static void hard_swish_forward(const struct REAL(bp_units) *u) { map(u, hard_swish_f); }
static void hard_swish_backward(const struct REAL(bp_units) *u) { chain(u, hard_swish_prime); }
static void elliott_forward(const struct REAL(bp_units) *u) { map(u, elliott_f); }
static void elliott_backward(const struct REAL(bp_units) *u) { chain(u, elliott_prime); }
static void gaussian_forward(const struct REAL(bp_units) *u) { map(u, gaussian_f); }
static void gaussian_backward(const struct REAL(bp_units) *u) { chain(u, gaussian_prime); }
static void triangular_forward(const struct REAL(bp_units) *u) { map(u, triangular_f); }
static void triangular_backward(const struct REAL(bp_units) *u) { chain(u, triangular_prime); }
static void sine_forward(const struct REAL(bp_units) *u) { map(u, sine_f); }
static void sine_backward(const struct REAL(bp_units) *u) { chain(u, sine_prime); }
static void cosine_forward(const struct REAL(bp_units) *u) { map(u, cosine_f); }
static void cosine_backward(const struct REAL(bp_units) *u) { chain(u, cosine_prime); }
static void exp_forward(const struct REAL(bp_units) *u) { map(u, exp_f); }
static void exp_backward(const struct REAL(bp_units) *u) { chain(u, exp_prime); }
static void step_forward(const struct REAL(bp_units) *u) { map(u, step_f); }
static void step_backward(const struct REAL(bp_units) *u) { chain(u, step_prime); }

#define ROW(act, name)                                                                                                 \
    {                                                                                                                  \
        BP_INDEX(act), name##_forward, name##_backward, { (void (*)(void)) name##_f, (void (*)(void))name##_prime }    \
    }

void KERNEL(bp_activation_fill)(struct REAL(bp_kernels) *kernels)
{
    static const struct {
        int32_t index;
        REAL(bp_units_fn) *forward, *backward;
        struct bp_unit_activation unit;
    } rows[] = {
        ROW(BP_ACT_IDENTITY, identity),
        ROW(BP_ACT_SIGMOID, sigmoid),
        ROW(BP_ACT_TANH, tanh),
        ROW(BP_ACT_SCALED_TANH, scaled_tanh),
        ROW(BP_ACT_RELU, relu),
        ROW(BP_ACT_LEAKY_RELU, leaky_relu),
        ROW(BP_ACT_ELU, elu),
        ROW(BP_ACT_SELU, selu),
        ROW(BP_ACT_CELU, celu),
        ROW(BP_ACT_SOFTPLUS, softplus),
        ROW(BP_ACT_SOFTSIGN, softsign),
        ROW(BP_ACT_GELU, gelu),
        ROW(BP_ACT_GELU_TANH, gelu_tanh),
        ROW(BP_ACT_SILU, silu),
        ROW(BP_ACT_MISH, mish),
        ROW(BP_ACT_HARD_SIGMOID, hard_sigmoid),
        ROW(BP_ACT_HARD_TANH, hard_tanh),
        ROW(BP_ACT_HARD_SWISH, hard_swish),
        ROW(BP_ACT_ELLIOTT, elliott),
        ROW(BP_ACT_GAUSSIAN, gaussian),
        ROW(BP_ACT_TRIANGULAR, triangular),
        ROW(BP_ACT_SINE, sine),
        ROW(BP_ACT_COSINE, cosine),
        ROW(BP_ACT_EXP, exp),
        ROW(BP_ACT_STEP, step),
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        kernels->forward[rows[i].index] = rows[i].forward;
        kernels->backward[rows[i].index] = rows[i].backward;
        kernels->narrow.unit[rows[i].index] = rows[i].unit;
    }
}
