/* SPDX-License-Identifier: MIT
 *
 * The losses: the value of a row and its derivative, side by side, on a vector of outputs. bp.h gives the formulas and
 * their sources. */
#include "kernels/kernels.h"
#include "kernels/softmax.h"

#define K(x) BY_PRECISION(x##f, x)

typedef struct REAL(bp_loss_row) row_of_loss;

/* ---- passes over a row; `term` and `slope` are constants at each call. All have the same parameters, whether or not
 * they use them: z, a and the target t of an output, and the loss's own parameter p. */

#pragma GCC diagnostic ignored "-Wunused-parameter"

/* The terms one after the other in double. */
BP_INLINE double sum_of(const row_of_loss *r, vec term(vec z, vec a, vec t, vec p))
{
    const vec p = vec_all(r->p);
    real terms[VEC_LANES];
    double sum = 0;
    for (size_t i = 0; i < r->n; i += VEC_LANES) {
        vec_store(terms, term(vec_load(r->z + i), vec_load(r->a + i), vec_load(r->t + i), p));
        for (size_t lane = 0; lane < VEC_LANES && i + lane < r->n; lane++)
            sum += (double)terms[lane];
    }
    return r->mean ? sum / (double)r->n : sum;
}

/* delta's padding stays zero. */
BP_INLINE void slopes_of(const row_of_loss *r, real *delta, vec slope(vec a, vec t, vec p))
{
    const vec p = vec_all(r->p);
    for (size_t i = 0; i < r->n; i += VEC_LANES) {
        vec d = slope(vec_load(r->a + i), vec_load(r->t + i), p);
        if (r->mean)
            d = d / (real)r->n;
        vec_keep(delta + i, vec_pick(vec_within(r->n, i), d, vec_all(0)));
    }
}

/* yes where a < b, else no */
static vec less(vec a, vec b, vec yes, vec no) { return vec_pick(vec_less(a, b), yes, no); }

static vec squared(vec z, vec a, vec t, vec p) { return (a - t) * (a - t) * K(0.5); }
static vec squared_slope(vec a, vec t, vec p) { return a - t; }

static vec mse(vec z, vec a, vec t, vec p) { return (a - t) * (a - t); }
static vec mse_slope(vec a, vec t, vec p) { return 2 * (a - t); }

static vec mae(vec z, vec a, vec t, vec p) { return vec_abs(a - t); }
static vec mae_slope(vec a, vec t, vec p) { return less(t, a, vec_all(1), less(a, t, vec_all(-1), vec_all(0))); }

static vec huber(vec z, vec a, vec t, vec p)
{
    const vec e = vec_abs(a - t), near = vec_least(p, e);
    return vec_pick(vec_at_most(e, p), near * near * K(0.5), p * (e - p * K(0.5)));
}
static vec huber_slope(vec a, vec t, vec p)
{
    const vec e = a - t;
    return less(e, vec_negate(p), vec_negate(p), less(p, e, p, e));
}

/* log cosh e = |e| + log(1 + exp(-2|e|)) - log 2, and near 0, where that cancels, log(1 + m^2 / (2 (1 + m))) with
 * m = exp(|e|) - 1 */
static vec log_cosh(vec z, vec a, vec t, vec p)
{
    const vec e = vec_abs(a - t), m = vec_expm1(vec_least(vec_all(1), e));
    const vec far = e - K(0.69314718055994530942) + vec_log1p(vec_exp_falling(-2 * vec_least(vec_all(-EXP_LEAST), e)));
    return less(e, vec_all(1), vec_log1p(m * m / (2 * (1 + m))), far);
}
static vec log_cosh_slope(vec a, vec t, vec p) { return vec_tanh(a - t); }

/* Logarithms are kept above -100 and the divisor above 1e-12, as in PyTorch, for outputs that round to 0 or 1. */
static vec log_of(vec a)
{
    const vec log_a = vec_log(a);
    return less(log_a, vec_all(-100), vec_all(-100), log_a);
}
static vec binary(vec z, vec a, vec t, vec p) { return vec_negate(t * log_of(a) + (1 - t) * log_of(1 - a)); }
static vec binary_slope(vec a, vec t, vec p)
{
    const vec width = a * (1 - a);
    return (a - t) / less(width, vec_all(K(1e-12)), vec_all(K(1e-12)), width);
}

/* Fused with sigmoid: max(z, 0) - z t + log(1 + exp(-|z|)); dLoss/dz is squared's slope. */
static vec sigmoid_binary(vec z, vec a, vec t, vec p)
{
    return vec_greatest(vec_all(0), z) - z * t + vec_log1p(vec_exp_falling(vec_negate(vec_abs(z))));
}

#define TINY K(1e-8)
static vec poisson(vec z, vec a, vec t, vec p) { return a - t * vec_log(a + TINY); }
static vec poisson_slope(vec a, vec t, vec p) { return 1 - t / (a + TINY); }

/* Fused with exp, whose logarithm is z; dLoss/dz is squared's slope. */
static vec exp_poisson(vec z, vec a, vec t, vec p) { return a - t * z; }

static vec quantile(vec z, vec a, vec t, vec p) { return vec_pick(vec_at_most(a, t), p * (t - a), (p - 1) * (t - a)); }
static vec quantile_slope(vec a, vec t, vec p) { return less(a, t, vec_negate(p), less(t, a, 1 - p, vec_all(0))); }

/* ---- cross-entropy: the target smoothed, p of it shared out evenly; one of 0 counts as 0, even if the logarithm is
 * infinite */

static vec smoothed(const row_of_loss *r, vec t) { return t * (1 - r->p) + r->p / (real)r->n; }

/* -sum t (z - shift): for log-softmax a - 0, for softmax z - shift, whose constant part is the log of the sum. */
static double entropy(const row_of_loss *r, const real *z, real shift, real log_sum)
{
    real terms[VEC_LANES];
    double sum = 0;
    for (size_t i = 0; i < r->n; i += VEC_LANES) {
        const vec t = smoothed(r, vec_load(r->t + i));
        const vec_mask none = vec_equal(t, vec_all(0));
        const vec log_a = vec_pick(none, vec_all(shift), vec_load(z + i)) - shift - log_sum;
        vec_store(terms, vec_pick(none, vec_all(0), t * log_a));
        for (size_t lane = 0; lane < VEC_LANES && i + lane < r->n; lane++)
            sum -= (double)terms[lane];
    }
    return sum;
}

static double log_softmax_value(const row_of_loss *r) { return entropy(r, r->a, 0, 0); }

/* log softmax = z - max z - log sum exp(z - max z) */
static double softmax_value(const row_of_loss *r)
{
    const real shift = softmax_shift(r->n, r->z);
    return entropy(r, r->z, shift, softmax_log(softmax_sum(r->n, r->z, shift, NULL)));
}

/* softmax(z) sum(t) - t, where a is softmax(z) or its logarithm */
BP_INLINE void cross_entropy_delta(const row_of_loss *r, real *delta, vec probability(vec a))
{
    real weight = 0, targets[VEC_LANES];
    for (size_t i = 0; i < r->n; i += VEC_LANES) {
        vec_store(targets, smoothed(r, vec_load(r->t + i)));
        for (size_t lane = 0; lane < VEC_LANES && i + lane < r->n; lane++)
            weight += targets[lane];
    }
    for (size_t i = 0; i < r->n; i += VEC_LANES) {
        const vec t = smoothed(r, vec_load(r->t + i));
        const vec d = vec_fma(probability(vec_load(r->a + i)), vec_all(weight), vec_negate(t));
        vec_keep(delta + i, vec_pick(vec_within(r->n, i), d, vec_all(0)));
    }
}

static vec itself(vec a) { return a; }
static vec exp_of(vec a) { return vec_exp_falling(a); }
static void softmax_slopes(const row_of_loss *r, real *delta) { cross_entropy_delta(r, delta, itself); }
static void log_softmax_slopes(const row_of_loss *r, real *delta) { cross_entropy_delta(r, delta, exp_of); }

/* ---- the table */

#define VALUE(name)                                                                                                    \
    static double name##_value(const row_of_loss *r) { return sum_of(r, name); }
#define SLOPES(name)                                                                                                   \
    static void name##_slopes(const row_of_loss *r, real *delta) { slopes_of(r, delta, name##_slope); }

VALUE(squared)
VALUE(mse)
VALUE(mae)
VALUE(huber)
VALUE(log_cosh)
VALUE(binary)
VALUE(sigmoid_binary)
VALUE(poisson)
VALUE(exp_poisson)
VALUE(quantile)
SLOPES(squared)
SLOPES(mse)
SLOPES(mae)
SLOPES(huber)
SLOPES(log_cosh)
SLOPES(binary)
SLOPES(poisson)
SLOPES(quantile)

void KERNEL(bp_loss_fill)(struct REAL(bp_kernels) *kernels)
{
    /* A pair with its activation stands before the loss for any other. */
    static const struct REAL(bp_loss_kernel) losses[] = {
        {BP_LOSS_SQUARED, 0, false, squared_value, squared_slopes},
        {BP_LOSS_MSE, 0, true, mse_value, mse_slopes},
        {BP_LOSS_MAE, 0, true, mae_value, mae_slopes},
        {BP_LOSS_HUBER, 0, true, huber_value, huber_slopes},
        {BP_LOSS_LOG_COSH, 0, true, log_cosh_value, log_cosh_slopes},
        {BP_LOSS_BINARY_CROSS_ENTROPY, BP_ACT_SIGMOID, false, sigmoid_binary_value, squared_slopes},
        {BP_LOSS_BINARY_CROSS_ENTROPY, 0, false, binary_value, binary_slopes},
        {BP_LOSS_CROSS_ENTROPY, BP_ACT_SOFTMAX, false, softmax_value, softmax_slopes},
        {BP_LOSS_CROSS_ENTROPY, BP_ACT_LOG_SOFTMAX, false, log_softmax_value, log_softmax_slopes},
        {BP_LOSS_POISSON, BP_ACT_EXP, false, exp_poisson_value, squared_slopes},
        {BP_LOSS_POISSON, 0, false, poisson_value, poisson_slopes},
        {BP_LOSS_QUANTILE, 0, true, quantile_value, quantile_slopes},
        {0, 0, false, NULL, NULL},
    };
    kernels->losses = kernels->narrow.losses = losses;
}
