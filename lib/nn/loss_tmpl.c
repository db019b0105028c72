/* SPDX-License-Identifier: MIT
 *
 * The losses: the value of a row and its derivative, side by side. bp.h gives the formulas and their sources. */
#include <string.h>
#include <tgmath.h>

#include "nn/typed.h"

/* A row: outputs, targets and what they have in common. `p` is the loss's own parameter. */
struct row {
    size_t n;
    const real *z, *a, *t;
    real p;
};

/* ---- sums over the outputs of a function of one output; `value` and `slope` (dLoss/da) are constants at each call */

BP_INLINE double sum_of(const struct row *r, real value(real a, real t, real p))
{
    double sum = 0;
    for (size_t i = 0; i < r->n; i++)
        sum += (double)value(r->a[i], r->t[i], r->p);
    return sum;
}

BP_INLINE void slopes_of(const struct row *r, real *delta, real slope(real a, real t, real p))
{
    const real p = r->p;
    for (size_t i = 0; i < r->n; i++)
        delta[i] = slope(r->a[i], r->t[i], p);
}

/* All values and all slopes have the same parameters, whether or not they use them. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

static real squared(real a, real t, real p) { return (a - t) * (a - t) / 2; }
static real squared_slope(real a, real t, real p) { return a - t; }

static real mse(real a, real t, real p) { return (a - t) * (a - t); }
static real mse_slope(real a, real t, real p) { return 2 * (a - t); }

static real mae(real a, real t, real p) { return fabs(a - t); }
static real mae_slope(real a, real t, real p) { return (real)((a > t) - (a < t)); }

static real huber(real a, real t, real p)
{
    const real e = fabs(a - t);
    return e <= p ? e * e / 2 : p * (e - p / 2);
}
static real huber_slope(real a, real t, real p)
{
    const real e = a - t;
    return e < -p ? -p : e > p ? p : e;
}

/* log cosh e = |e| + log(1 + exp(-2|e|)) - log 2, and near 0, where that cancels, log(1 + 2 sinh^2(e / 2)) */
static real log_cosh(real a, real t, real p)
{
    const real ln2 = BY_PRECISION(0.69314718055994530942f, 0.69314718055994530942), e = fabs(a - t);
    const real s = sinh((e < 1 ? e : 1) / 2);
    return e < 1 ? log1p(2 * s * s) : e - ln2 + log1p(exp(-2 * e));
}
static real log_cosh_slope(real a, real t, real p) { return tanh(a - t); }

/* Logarithms are kept above -100 and the divisor above 1e-12, as in PyTorch, for outputs that round to 0 or 1. */
static real log_of(real a) { return fmax(log(a), (real)-100); }
static real binary(real a, real t, real p) { return -(t * log_of(a) + (1 - t) * log_of(1 - a)); }
static real binary_slope(real a, real t, real p) { return (a - t) / fmax(a * (1 - a), BY_PRECISION(1e-12f, 1e-12)); }

#define TINY BY_PRECISION(1e-8f, 1e-8)
static real poisson(real a, real t, real p) { return a - t * log(a + TINY); }
static real poisson_slope(real a, real t, real p) { return 1 - t / (a + TINY); }

static real quantile(real a, real t, real p) { return t >= a ? p * (t - a) : (p - 1) * (t - a); }
static real quantile_slope(real a, real t, real p) { return t > a ? -p : t < a ? 1 - p : 0; }

static double squared_sum(const struct row *r) { return sum_of(r, squared); }
static void squared_slopes(const struct row *r, real *delta) { slopes_of(r, delta, squared_slope); }
static double mse_sum(const struct row *r) { return sum_of(r, mse); }
static void mse_slopes(const struct row *r, real *delta) { slopes_of(r, delta, mse_slope); }
static double mae_sum(const struct row *r) { return sum_of(r, mae); }
static void mae_slopes(const struct row *r, real *delta) { slopes_of(r, delta, mae_slope); }
static double huber_sum(const struct row *r) { return sum_of(r, huber); }
static void huber_slopes(const struct row *r, real *delta) { slopes_of(r, delta, huber_slope); }
static double log_cosh_sum(const struct row *r) { return sum_of(r, log_cosh); }
static void log_cosh_slopes(const struct row *r, real *delta) { slopes_of(r, delta, log_cosh_slope); }
static double binary_sum(const struct row *r) { return sum_of(r, binary); }
static void binary_slopes(const struct row *r, real *delta) { slopes_of(r, delta, binary_slope); }
static double poisson_sum(const struct row *r) { return sum_of(r, poisson); }
static void poisson_slopes(const struct row *r, real *delta) { slopes_of(r, delta, poisson_slope); }
static double quantile_sum(const struct row *r) { return sum_of(r, quantile); }
static void quantile_slopes(const struct row *r, real *delta) { slopes_of(r, delta, quantile_slope); }

/* ---- fused with the activation: the value from z, and dLoss/dz at once */

/* max(z, 0) - z t + log(1 + exp(-|z|)) */
static double sigmoid_binary_sum(const struct row *r)
{
    double sum = 0;
    for (size_t i = 0; i < r->n; i++)
        sum += (double)((r->z[i] <= 0 ? 0 : r->z[i]) - r->z[i] * r->t[i] + log1p(exp(-fabs(r->z[i]))));
    return sum;
}

static double exp_poisson_sum(const struct row *r)
{
    double sum = 0;
    for (size_t i = 0; i < r->n; i++)
        sum += (double)(r->a[i] - r->t[i] * r->z[i]);
    return sum;
}

/* Label smoothing: p of the target is shared out evenly. */
static real smoothed(const struct row *r, size_t i) { return r->t[i] * (1 - r->p) + r->p / (real)r->n; }

/* A target of 0 counts as 0, even if the logarithm is infinite. */
static double cross_entropy_term(real t, real log_a) { return t == 0 ? 0 : -(double)(t * log_a); }

static double log_softmax_sum(const struct row *r)
{
    double sum = 0;
    for (size_t i = 0; i < r->n; i++)
        sum += cross_entropy_term(smoothed(r, i), r->a[i]);
    return sum;
}

/* log softmax = z - max z - log sum exp(z - max z) */
static double softmax_sum(const struct row *r)
{
    real shift = r->z[0], total = 0;
    double sum = 0;
    for (size_t i = 1; i < r->n; i++)
        shift = r->z[i] > shift ? r->z[i] : shift;
    for (size_t i = 0; i < r->n; i++)
        total += exp(r->z[i] - shift);
    const real log_total = log(total);
    for (size_t i = 0; i < r->n; i++)
        sum += cross_entropy_term(smoothed(r, i), r->z[i] - shift - log_total);
    return sum;
}

/* softmax(z) sum(t) - t, where a is softmax(z) or its logarithm */
BP_INLINE void cross_entropy_delta(const struct row *r, real *delta, real probability(real a))
{
    real weight = 0;
    for (size_t i = 0; i < r->n; i++)
        weight += smoothed(r, i);
    for (size_t i = 0; i < r->n; i++)
        delta[i] = fma(probability(r->a[i]), weight, -smoothed(r, i));
}

static real itself(real a) { return a; }
static real exp_of(real a) { return exp(a); }
static void softmax_delta(const struct row *r, real *delta) { cross_entropy_delta(r, delta, itself); }
static void log_softmax_delta(const struct row *r, real *delta) { cross_entropy_delta(r, delta, exp_of); }

/* ---- the table */

struct loss {
    int32_t loss, activation; /* 0: any that is not named */
    bool mean;                /* over the outputs */
    double (*sum)(const struct row *r);
    void (*slopes)(const struct row *r, real *delta); /* dLoss/dz where an activation is named, else dLoss/da */
};

/* delta = a - t is squared's slope. */
static const struct loss losses[] = {
    {BP_LOSS_SQUARED, 0, false, squared_sum, squared_slopes},
    {BP_LOSS_MSE, 0, true, mse_sum, mse_slopes},
    {BP_LOSS_MAE, 0, true, mae_sum, mae_slopes},
    {BP_LOSS_HUBER, 0, true, huber_sum, huber_slopes},
    {BP_LOSS_LOG_COSH, 0, true, log_cosh_sum, log_cosh_slopes},
    {BP_LOSS_BINARY_CROSS_ENTROPY, BP_ACT_SIGMOID, false, sigmoid_binary_sum, squared_slopes},
    {BP_LOSS_BINARY_CROSS_ENTROPY, 0, false, binary_sum, binary_slopes},
    {BP_LOSS_CROSS_ENTROPY, BP_ACT_SOFTMAX, false, softmax_sum, softmax_delta},
    {BP_LOSS_CROSS_ENTROPY, BP_ACT_LOG_SOFTMAX, false, log_softmax_sum, log_softmax_delta},
    {BP_LOSS_POISSON, BP_ACT_EXP, false, exp_poisson_sum, squared_slopes},
    {BP_LOSS_POISSON, 0, false, poisson_sum, poisson_slopes},
    {BP_LOSS_QUANTILE, 0, true, quantile_sum, quantile_slopes},
};

static const struct loss *find(const struct REAL(bp_loss_batch) *batch)
{
    const struct loss *loss = losses;
    while (loss->loss != bp_key(batch->settings->loss) ||
           (loss->activation != 0 && loss->activation != batch->activation))
        loss++;
    return loss;
}

static real parameter(const struct bp_settings *settings)
{
    switch (bp_key(settings->loss)) {
    case BP_LOSS_HUBER:
        return (real)settings->huber_delta;
    case BP_LOSS_QUANTILE:
        return (real)settings->quantile;
    case BP_LOSS_CROSS_ENTROPY:
        return (real)settings->label_smoothing;
    default:
        return 0;
    }
}

/* A label as a target: one-hot, or for one output itself. */
static const real *label_target(const struct REAL(bp_loss_batch) *batch, int32_t label)
{
    if (batch->outputs == 1) {
        batch->label_row[0] = (real)label;
    } else {
        memset(batch->label_row, 0, batch->outputs * sizeof(real));
        batch->label_row[label] = 1;
    }
    return batch->label_row;
}

static struct row row_of(const struct REAL(bp_loss_batch) *batch, size_t row, real p)
{
    const real *values = batch->target.values;
    return (struct row){
        .n = batch->outputs,
        .z = batch->z + row * batch->stride,
        .a = batch->a + row * batch->stride,
        .t = batch->target.labels ? label_target(batch, batch->target.labels[row]) : values + row * batch->outputs,
        .p = p,
    };
}

double REAL(bp_loss_sum)(const struct REAL(bp_loss_batch) *batch, double start)
{
    const struct loss *loss = find(batch);
    const real p = parameter(batch->settings);
    double sum = start;
    for (size_t i = 0; i < batch->rows; i++) {
        const struct row row = row_of(batch, i, p);
        sum += loss->mean ? loss->sum(&row) / (double)row.n : loss->sum(&row);
    }
    return sum;
}

bool REAL(bp_loss_gradient)(const struct REAL(bp_loss_batch) *batch, real *delta)
{
    const struct loss *loss = find(batch);
    const real p = parameter(batch->settings);
    for (size_t i = 0; i < batch->rows; i++, delta += batch->stride) {
        const struct row row = row_of(batch, i, p);
        loss->slopes(&row, delta);
        for (size_t j = 0; loss->mean && j < row.n; j++)
            delta[j] /= (real)row.n;
    }
    return loss->activation != 0;
}
