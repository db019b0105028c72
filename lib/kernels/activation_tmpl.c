/* SPDX-License-Identifier: MIT
 *
 * The activations: f and f' of each, side by side. f takes z and the slope s; f' takes z, a = f(z) and s, and uses
 * whichever is exact and cheap. docs/derivation.md derives them; bp.h gives the formulas and their sources. */
#include <tgmath.h>

#include "kernels/kernels.h"

/* All f and all f' have the same parameters, whether or not they use them. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define SQRT_HALF BY_PRECISION(0.70710678118654752440f, 0.70710678118654752440)

/* ---- one number at a time */

static real clamp(real z, real low, real high) { return z < low ? low : z > high ? high : z; }

static real identity(real z, real s) { return z; }
static real identity_prime(real z, real a, real s) { return 1; }

/* exp of a number <= 0 only, so that it cannot overflow. */
static real sigmoid(real z, real s)
{
    const real e = exp(-fabs(z));
    return (z >= 0 ? 1 : e) / (1 + e);
}
static real sigmoid_prime(real z, real a, real s) { return a * (1 - a); }

static real tanh_(real z, real s) { return tanh(z); }
static real tanh_prime(real z, real a, real s) { return (1 - a) * (1 + a); }

#define SCALE BY_PRECISION(1.7159f, 1.7159)
#define TWO_THIRDS BY_PRECISION(0.66666666666666666667f, 0.66666666666666666667)
static real scaled_tanh(real z, real s) { return SCALE * tanh(TWO_THIRDS * z); }
static real scaled_tanh_prime(real z, real a, real s) { return TWO_THIRDS / SCALE * ((SCALE - a) * (SCALE + a)); }

static real relu(real z, real s) { return z <= 0 ? 0 : z; } /* NaN stays NaN, here and below */
static real relu_prime(real z, real a, real s) { return z > 0 ? 1 : 0; }

static real leaky_relu(real z, real s) { return z > 0 ? z : s * z; }
static real leaky_relu_prime(real z, real a, real s) { return z > 0 ? 1 : s; }

static real elu(real z, real s) { return z > 0 ? z : s * expm1(z); }
static real elu_prime(real z, real a, real s) { return z > 0 ? 1 : a + s; }

#define SELU_LAMBDA BY_PRECISION(1.0507009873554804934f, 1.0507009873554804934)
#define SELU_ALPHA BY_PRECISION(1.6732632423543772848f, 1.6732632423543772848)
static real selu(real z, real s) { return SELU_LAMBDA * (z > 0 ? z : SELU_ALPHA * expm1(z)); }
static real selu_prime(real z, real a, real s) { return z > 0 ? SELU_LAMBDA : a + SELU_LAMBDA * SELU_ALPHA; }

static real celu(real z, real s) { return z > 0 ? z : s * expm1(z / s); }
static real celu_prime(real z, real a, real s) { return z > 0 ? 1 : a / s + 1; }

static real log_1_plus_exp(real z) { return relu(z, 0) + log1p(exp(-fabs(z))); }

static real softplus(real z, real s) { return log_1_plus_exp(s * z) / s; }
static real softplus_prime(real z, real a, real s) { return sigmoid(s * z, 0); }

static real softsign(real z, real s) { return isinf(z) ? clamp(z, -1, 1) : z / (1 + fabs(z)); }
static real softsign_prime(real z, real a, real s)
{
    const real q = 1 / (1 + fabs(z));
    return q * q;
}

/* Phi, by erfc so that it keeps its digits where it is small. */
static real normal_cdf(real z) { return erfc(-z * SQRT_HALF) / 2; }
static real normal_density(real z)
{
    return exp(-z * z / 2) * BY_PRECISION(0.39894228040143267794f, 0.39894228040143267794);
}

/* x f(x) for an f that vanishes faster than 1/x at -infinity: 0 there, where x f(x) would be NaN. */
static real times(real x, real f) { return f == 0 ? x < 0 ? -f : f : x * f; }

static real gelu(real z, real s) { return times(z, normal_cdf(z)); }
static real gelu_prime(real z, real a, real s) { return normal_cdf(z) + times(z, normal_density(z)); }

/* (1 + tanh u) / 2 = sigmoid(2u), which keeps its digits where it is small. */
#define GELU_K BY_PRECISION(1.5957691216057307117f, 1.5957691216057307117) /* 2 sqrt(2 / pi) */
#define GELU_C BY_PRECISION(0.044715f, 0.044715)
static real gelu_gate(real z) { return sigmoid(GELU_K * z * (1 + GELU_C * (z * z)), 0); }
static real gelu_tanh(real z, real s) { return times(z, gelu_gate(z)); }
static real gelu_tanh_prime(real z, real a, real s)
{
    const real gate = gelu_gate(z), slope = gate * (1 - gate);
    return gate + times(z * GELU_K * (1 + 3 * GELU_C * (z * z)), slope);
}

static real silu(real z, real s) { return times(z, sigmoid(z, s)); }
static real silu_prime(real z, real a, real s)
{
    const real gate = sigmoid(z, s);
    return gate + times(z, gate * (1 - gate));
}

/* tanh(log(1 + e^z)) = n / (n + 2) with n = e^z (e^z + 2), written in e^-|z| so that nothing overflows. */
static real mish_gate(real z)
{
    const real e = exp(-fabs(z)), n = z >= 0 ? 1 + 2 * e : e * (e + 2);
    return n / (n + 2 * (z >= 0 ? e * e : 1));
}
static real mish(real z, real s) { return times(z, mish_gate(z)); }
static real mish_prime(real z, real a, real s)
{
    const real gate = mish_gate(z);
    return gate + times(z, sigmoid(z, s) * ((1 - gate) * (1 + gate)));
}

static real hard_sigmoid(real z, real s) { return clamp(z / 6 + BY_PRECISION(0.5f, 0.5), 0, 1); }
static real hard_sigmoid_prime(real z, real a, real s) { return z > -3 && z < 3 ? BY_PRECISION(1.0f / 6, 1.0 / 6) : 0; }

static real hard_tanh(real z, real s) { return clamp(z, -1, 1); }
static real hard_tanh_prime(real z, real a, real s) { return z > -1 && z < 1 ? 1 : 0; }

static real hard_swish(real z, real s) { return times(z, hard_sigmoid(z, s)); }
static real hard_swish_prime(real z, real a, real s)
{
    return z <= -3 ? 0 : z >= 3 ? 1 : z / 3 + BY_PRECISION(0.5f, 0.5);
}

static real elliott(real z, real s) { return softsign(z, s) / 2 + BY_PRECISION(0.5f, 0.5); }
static real elliott_prime(real z, real a, real s) { return softsign_prime(z, a, s) / 2; }

static real gaussian(real z, real s) { return exp(-z * z); }
static real gaussian_prime(real z, real a, real s) { return -2 * times(z, a); }

static real triangular(real z, real s) { return fabs(z) >= 1 ? 0 : 1 - fabs(z); }
static real triangular_prime(real z, real a, real s) { return z > -1 && z < 0 ? 1 : z > 0 && z < 1 ? -1 : 0; }

static real sine(real z, real s) { return sin(z); }
static real sine_prime(real z, real a, real s) { return cos(z); }

static real cosine(real z, real s) { return cos(z); }
static real cosine_prime(real z, real a, real s) { return -sin(z); }

static real exp_(real z, real s) { return exp(z); }
static real exp_prime(real z, real a, real s) { return a; }

static real step(real z, real s) { return z >= 0 ? 1 : z < 0 ? 0 : z; }
static real step_prime(real z, real a, real s) { return 0; }

/* ---- a matrix of units; `f` is a constant at each call and folds into the loop */

BP_INLINE void map(const struct REAL(bp_units) *u, real f(real, real))
{
    const real slope = u->slope;
    for (size_t row = 0; row < u->rows; row++) {
        const real *z = u->z + row * u->stride;
        real *a = u->a + row * u->stride;
        for (size_t i = 0; i < u->units; i++)
            a[i] = f(z[i], slope);
    }
}

/* delta_l = (W_{l+1}^T delta_{l+1}) f'(z_l, a_l), the second factor */
BP_INLINE void chain(const struct REAL(bp_units) *u, real f_prime(real, real, real))
{
    const real slope = u->slope;
    for (size_t row = 0; row < u->rows; row++) {
        const real *z = u->z + row * u->stride, *a = u->a + row * u->stride;
        real *delta = u->delta + row * u->stride;
        for (size_t i = 0; i < u->units; i++)
            delta[i] *= f_prime(z[i], a[i], slope);
    }
}

static void identity_forward(const struct REAL(bp_units) *u) { map(u, identity); }
static void identity_backward(const struct REAL(bp_units) *u) { chain(u, identity_prime); }
static void sigmoid_forward(const struct REAL(bp_units) *u) { map(u, sigmoid); }
static void sigmoid_backward(const struct REAL(bp_units) *u) { chain(u, sigmoid_prime); }
static void tanh_forward(const struct REAL(bp_units) *u) { map(u, tanh_); }
static void tanh_backward(const struct REAL(bp_units) *u) { chain(u, tanh_prime); }
static void scaled_tanh_forward(const struct REAL(bp_units) *u) { map(u, scaled_tanh); }
static void scaled_tanh_backward(const struct REAL(bp_units) *u) { chain(u, scaled_tanh_prime); }
static void relu_forward(const struct REAL(bp_units) *u) { map(u, relu); }
static void relu_backward(const struct REAL(bp_units) *u) { chain(u, relu_prime); }
static void leaky_relu_forward(const struct REAL(bp_units) *u) { map(u, leaky_relu); }
static void leaky_relu_backward(const struct REAL(bp_units) *u) { chain(u, leaky_relu_prime); }
static void elu_forward(const struct REAL(bp_units) *u) { map(u, elu); }
static void elu_backward(const struct REAL(bp_units) *u) { chain(u, elu_prime); }
static void selu_forward(const struct REAL(bp_units) *u) { map(u, selu); }
static void selu_backward(const struct REAL(bp_units) *u) { chain(u, selu_prime); }
static void celu_forward(const struct REAL(bp_units) *u) { map(u, celu); }
static void celu_backward(const struct REAL(bp_units) *u) { chain(u, celu_prime); }
static void softplus_forward(const struct REAL(bp_units) *u) { map(u, softplus); }
static void softplus_backward(const struct REAL(bp_units) *u) { chain(u, softplus_prime); }
static void softsign_forward(const struct REAL(bp_units) *u) { map(u, softsign); }
static void softsign_backward(const struct REAL(bp_units) *u) { chain(u, softsign_prime); }
static void gelu_forward(const struct REAL(bp_units) *u) { map(u, gelu); }
static void gelu_backward(const struct REAL(bp_units) *u) { chain(u, gelu_prime); }
static void gelu_tanh_forward(const struct REAL(bp_units) *u) { map(u, gelu_tanh); }
static void gelu_tanh_backward(const struct REAL(bp_units) *u) { chain(u, gelu_tanh_prime); }
static void silu_forward(const struct REAL(bp_units) *u) { map(u, silu); }
static void silu_backward(const struct REAL(bp_units) *u) { chain(u, silu_prime); }
static void mish_forward(const struct REAL(bp_units) *u) { map(u, mish); }
static void mish_backward(const struct REAL(bp_units) *u) { chain(u, mish_prime); }
static void hard_sigmoid_forward(const struct REAL(bp_units) *u) { map(u, hard_sigmoid); }
static void hard_sigmoid_backward(const struct REAL(bp_units) *u) { chain(u, hard_sigmoid_prime); }
static void hard_tanh_forward(const struct REAL(bp_units) *u) { map(u, hard_tanh); }
static void hard_tanh_backward(const struct REAL(bp_units) *u) { chain(u, hard_tanh_prime); }
static void hard_swish_forward(const struct REAL(bp_units) *u) { map(u, hard_swish); }
static void hard_swish_backward(const struct REAL(bp_units) *u) { chain(u, hard_swish_prime); }
static void elliott_forward(const struct REAL(bp_units) *u) { map(u, elliott); }
static void elliott_backward(const struct REAL(bp_units) *u) { chain(u, elliott_prime); }
static void gaussian_forward(const struct REAL(bp_units) *u) { map(u, gaussian); }
static void gaussian_backward(const struct REAL(bp_units) *u) { chain(u, gaussian_prime); }
static void triangular_forward(const struct REAL(bp_units) *u) { map(u, triangular); }
static void triangular_backward(const struct REAL(bp_units) *u) { chain(u, triangular_prime); }
static void sine_forward(const struct REAL(bp_units) *u) { map(u, sine); }
static void sine_backward(const struct REAL(bp_units) *u) { chain(u, sine_prime); }
static void cosine_forward(const struct REAL(bp_units) *u) { map(u, cosine); }
static void cosine_backward(const struct REAL(bp_units) *u) { chain(u, cosine_prime); }
static void exp_forward(const struct REAL(bp_units) *u) { map(u, exp_); }
static void exp_backward(const struct REAL(bp_units) *u) { chain(u, exp_prime); }
static void step_forward(const struct REAL(bp_units) *u) { map(u, step); }
static void step_backward(const struct REAL(bp_units) *u) { chain(u, step_prime); }

/* ---- over the units of a row */

static real largest_of(size_t n, const real *z)
{
    real largest = z[0];
    for (size_t i = 1; i < n; i++)
        largest = z[i] > largest ? z[i] : largest;
    return largest;
}

/* Shifted by the largest z, so that no exp overflows and the sum is at least 1. */
static void softmax_forward(const struct REAL(bp_units) *u)
{
    for (size_t row = 0; row < u->rows; row++) {
        const real *z = u->z + row * u->stride;
        real *a = u->a + row * u->stride;
        const real shift = largest_of(u->units, z);
        real sum = 0;
        for (size_t i = 0; i < u->units; i++)
            sum += a[i] = exp(z[i] - shift);
        for (size_t i = 0; i < u->units; i++)
            a[i] /= sum;
    }
}

/* delta_j = a_j (d_j - sum_k d_k a_k) with d = dLoss/da */
static void softmax_backward(const struct REAL(bp_units) *u)
{
    for (size_t row = 0; row < u->rows; row++) {
        const real *a = u->a + row * u->stride;
        real *delta = u->delta + row * u->stride;
        real mean = 0;
        for (size_t i = 0; i < u->units; i++)
            mean = fma(delta[i], a[i], mean);
        for (size_t i = 0; i < u->units; i++)
            delta[i] = a[i] * (delta[i] - mean);
    }
}

static void log_softmax_forward(const struct REAL(bp_units) *u)
{
    for (size_t row = 0; row < u->rows; row++) {
        const real *z = u->z + row * u->stride;
        real *a = u->a + row * u->stride;
        const real shift = largest_of(u->units, z);
        real sum = 0;
        for (size_t i = 0; i < u->units; i++)
            sum += exp(z[i] - shift);
        const real log_sum = log(sum);
        for (size_t i = 0; i < u->units; i++)
            a[i] = z[i] - shift - log_sum;
    }
}

/* delta_j = d_j - exp(a_j) sum_k d_k */
static void log_softmax_backward(const struct REAL(bp_units) *u)
{
    for (size_t row = 0; row < u->rows; row++) {
        const real *a = u->a + row * u->stride;
        real *delta = u->delta + row * u->stride;
        real sum = 0;
        for (size_t i = 0; i < u->units; i++)
            sum += delta[i];
        for (size_t i = 0; i < u->units; i++)
            delta[i] -= exp(a[i]) * sum;
    }
}

#define ROW(act, name)                                                                                                 \
    {                                                                                                                  \
        BP_INDEX(act), name##_forward, name##_backward                                                                 \
    }

void KERNEL(bp_activation_fill)(struct REAL(bp_kernels) *kernels)
{
    static const struct {
        int32_t index;
        REAL(bp_units_fn) *forward, *backward;
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
        ROW(BP_ACT_SOFTMAX, softmax),
        ROW(BP_ACT_LOG_SOFTMAX, log_softmax),
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        kernels->forward[rows[i].index] = rows[i].forward;
        kernels->backward[rows[i].index] = rows[i].backward;
    }
}
