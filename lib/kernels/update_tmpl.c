/* SPDX-License-Identifier: MIT
 *
 * The optimisers' formulas, a number at a time over flat vectors; bp.h gives them with their sources. Each function works
 * on a copy of its settings, which no store can change, so that the loop vectorises. */
#include <tgmath.h>

#include "kernels/kernels.h"

/* The gradient of parameter i as the formulas take it: mean over the rows, clipped, with the penalties. */
BP_INLINE real clipped(const struct REAL(bp_update) *u, size_t i)
{
    const real g = u->g[i] * u->mean;
    return g < -u->clip_value ? -u->clip_value : g > u->clip_value ? u->clip_value : g;
}

BP_INLINE real gradient(const struct REAL(bp_update) *u, size_t i)
{
    const real w = u->w[i], sign = (real)((w > 0) - (w < 0));
    return clipped(u, i) * u->clip_scale + u->l1 * sign + u->decay * w;
}

/* w -= lr g */
static void sgd(const struct REAL(bp_update) *update)
{
    const struct REAL(bp_update) u = *update;
    for (size_t i = 0; i < u.n; i++)
        u.w[i] -= u.rate * gradient(&u, i);
}

/* v = m v + g, w -= lr v, or Nesterov's w -= lr (g + m v) */
static void momentum(const struct REAL(bp_update) *update)
{
    const struct REAL(bp_update) u = *update;
    const real last = u.nesterov, ahead = last > 0 ? u.momentum : 1;
    for (size_t i = 0; i < u.n; i++) {
        const real g = gradient(&u, i), v = u.momentum * u.v[i] + g;
        u.v[i] = v;
        u.w[i] -= u.rate * (last * g + ahead * v);
    }
}

static void sgd_or_momentum(const struct REAL(bp_update) *u) { (u->v ? momentum : sgd)(u); }

/* v += g^2, w -= lr g / (sqrt v + eps) */
static void adagrad(const struct REAL(bp_update) *update)
{
    const struct REAL(bp_update) u = *update;
    for (size_t i = 0; i < u.n; i++) {
        const real g = gradient(&u, i), v = u.v[i] + g * g;
        u.v[i] = v;
        u.w[i] -= u.rate * g / (sqrt(v) + u.epsilon);
    }
}

/* v = rho v + (1 - rho) g^2, w -= lr g / (sqrt v + eps), or with momentum u = m u + g / (sqrt v + eps), w -= lr u */
static void rmsprop(const struct REAL(bp_update) *update)
{
    const struct REAL(bp_update) u = *update;
    for (size_t i = 0; i < u.n; i++) {
        const real g = gradient(&u, i), v = u.rho * u.v[i] + (1 - u.rho) * (g * g);
        real step = g / (sqrt(v) + u.epsilon);
        u.v[i] = v;
        if (u.u)
            u.u[i] = step = u.momentum * u.u[i] + step;
        u.w[i] -= u.rate * step;
    }
}

/* m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2, w -= lr / (1 - b1^t) m / (sqrt v / sqrt(1 - b2^t) + eps);
 * m is u, v is v. AdamW shrinks w first and has no decay in g; for Adam shrink is 1. */
static void adam(const struct REAL(bp_update) *update)
{
    const struct REAL(bp_update) u = *update;
    for (size_t i = 0; i < u.n; i++) {
        const real g = gradient(&u, i);
        const real m = u.beta1 * u.u[i] + (1 - u.beta1) * g;
        const real v = u.beta2 * u.v[i] + (1 - u.beta2) * (g * g);
        u.u[i] = m;
        u.v[i] = v;
        u.w[i] = u.w[i] * u.shrink - u.corrected_rate * m / (sqrt(v) / u.corrected_root + u.epsilon);
    }
}

/* A chain of maxima in each lane; `bad` turns NaN, and stays it, when a number is infinite or NaN. */
static real largest(size_t n, const real *g)
{
    real most[BP_LANES] = {0}, bad[BP_LANES] = {0};
    for (size_t i = 0; i < n; i += BP_LANES) {
        for (size_t lane = 0; lane < BP_LANES; lane++) {
            const real size = fabs(g[i + lane]);
            most[lane] = size > most[lane] ? size : most[lane];
            bad[lane] += size - size;
        }
    }
    for (size_t lane = 1; lane < BP_LANES; lane++) {
        most[0] = most[lane] > most[0] ? most[lane] : most[0];
        bad[0] += bad[lane];
    }
    return isnan(bad[0]) ? (real)INFINITY : most[0];
}

static double sum_of_squares(const struct REAL(bp_update) *update, double start)
{
    const struct REAL(bp_update) u = *update;
    double sum = start;
    for (size_t i = 0; i < u.n; i++) {
        const double g = (double)clipped(&u, i);
        sum = fma(g, g, sum);
    }
    return sum;
}

void KERNEL(bp_update_fill)(struct REAL(bp_kernels) *kernels)
{
    kernels->update[BP_INDEX(BP_OPTIM_SGD)] = sgd_or_momentum;
    kernels->update[BP_INDEX(BP_OPTIM_ADAGRAD)] = adagrad;
    kernels->update[BP_INDEX(BP_OPTIM_RMSPROP)] = rmsprop;
    kernels->update[BP_INDEX(BP_OPTIM_ADAM)] = adam;
    kernels->update[BP_INDEX(BP_OPTIM_ADAMW)] = adam;
    kernels->largest = largest;
    kernels->sum_of_squares = sum_of_squares;
}
