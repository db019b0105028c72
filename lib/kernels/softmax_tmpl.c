/* SPDX-License-Identifier: MIT
 *
 * Softmax and its logarithm, which take a row of units at a time: a_i = exp(z_i) / sum_k exp(z_k), shifted by the
 * largest z, so that no exp overflows and the sum is at least 1. */
#include "base/fma.h"
#include "kernels/softmax.h"

#include <tgmath.h>

#include "kernels/kernels.h"

static void softmax_forward(const struct REAL(bp_units) *u)
{
    for (size_t row = 0; row < u->rows; row++) {
        const real *z = u->z + row * u->stride;
        real *a = u->a + row * u->stride;
        const real sum = softmax_sum(u->units, z, softmax_shift(u->units, z), a);
        for (size_t i = 0; i < u->units; i += VEC_LANES)
            vec_keep(a + i, vec_load(a + i) / sum);
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
            mean = REAL(bp_fma)(delta[i], a[i], mean);
        for (size_t i = 0; i < u->units; i++)
            delta[i] = REAL(bp_kept)(a[i] * (delta[i] - mean));
    }
}

static void log_softmax_forward(const struct REAL(bp_units) *u)
{
    for (size_t row = 0; row < u->rows; row++) {
        const real *z = u->z + row * u->stride;
        real *a = u->a + row * u->stride;
        const real shift = softmax_shift(u->units, z);
        const real log_sum = softmax_log(softmax_sum(u->units, z, shift, NULL));
        for (size_t i = 0; i < u->units; i++)
            a[i] = REAL(bp_kept)(z[i] - shift - log_sum);
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
        for (size_t i = 0; i < u->units; i += VEC_LANES) {
            const vec down = vec_load(delta + i) - vec_exp_falling(vec_load(a + i)) * sum;
            vec_keep(delta + i, vec_pick(vec_within(u->units, i), down, vec_all(0)));
        }
    }
}

void KERNEL(bp_softmax_fill)(struct REAL(bp_kernels) *kernels)
{
    kernels->forward[BP_INDEX(BP_ACT_SOFTMAX)] = softmax_forward;
    kernels->backward[BP_INDEX(BP_ACT_SOFTMAX)] = softmax_backward;
    kernels->forward[BP_INDEX(BP_ACT_LOG_SOFTMAX)] = log_softmax_forward;
    kernels->backward[BP_INDEX(BP_ACT_LOG_SOFTMAX)] = log_softmax_backward;
}
