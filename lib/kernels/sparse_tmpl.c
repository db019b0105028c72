/* SPDX-License-Identifier: MIT
 *
 * A row of sparse input against a panel of weights: every number that is not 0 meets one vector of units, in ascending
 * order of the columns. What is left out, fma(0, w, sum), would change no sum except one of -0, which the result
 * reports. */
#include "kernels/kernels.h"
#include "kernels/sgd.h"
#include "kernels/vector.h"

/* Whether a lane is -0. */
BP_INLINE bool is_negative_zero(vec_mask zero, vec_bits bits)
{
    return vec_any(vec_both(zero, vec_less(vec_sign(vec_all(1), vec_from_bits(bits)), vec_all(0))));
}

/* sum += the row's numbers times their columns' weights. The sums stay in registers. */
static bool sum(const struct REAL(bp_sparse_row) *row, const real *w, real *sums)
{
    const real *values = row->values;
    const int32_t *columns = row->columns;
    const size_t n = row->n;
    vec sum[PANEL_VECTORS];
    bool negative = false;
    BP_UNROLL
    for (size_t v = 0; v < PANEL_VECTORS; v++)
        sum[v] = vec_load(sums + v * VEC_LANES);
    for (size_t k = 0; k < n; k++) {
        const real *line = w + (size_t)columns[k] * BP_LANES;
        const vec x = vec_all(values[k]);
        BP_UNROLL
        for (size_t v = 0; v < PANEL_VECTORS; v++)
            sum[v] = vec_fma(x, vec_load(line + v * VEC_LANES), sum[v]);
    }
    BP_UNROLL
    for (size_t v = 0; v < PANEL_VECTORS; v++) {
        vec_store(sums + v * VEC_LANES, sum[v]);
        negative |= is_negative_zero(vec_equal(sum[v], vec_all(0)), vec_to_bits(sum[v]));
    }
    return negative;
}

/* dW += the row's delta times its numbers, in the columns that it has. */
static bool add(const struct REAL(bp_sparse_row) *row, const real *delta, real *dw)
{
    const real *values = row->values;
    const int32_t *columns = row->columns;
    const size_t n = row->n;
    vec d[PANEL_VECTORS];
    vec_bits seen = vec_word(0);
    BP_UNROLL
    for (size_t v = 0; v < PANEL_VECTORS; v++)
        d[v] = vec_load(delta + v * VEC_LANES);
    for (size_t k = 0; k < n; k++) {
        real *line = dw + (size_t)columns[k] * BP_LANES;
        const vec x = vec_all(values[k]);
        BP_UNROLL
        for (size_t v = 0; v < PANEL_VECTORS; v++) {
            const vec g = vec_fma(x, d[v], vec_load(line + v * VEC_LANES));
            seen |= vec_to_bits(vec_pick(vec_equal(g, vec_all(0)), g, vec_all(0)));
            vec_store(line + v * VEC_LANES, g);
        }
    }
    return is_negative_zero(vec_equal(vec_all(0), vec_all(0)), seen);
}

/* The step of plain gradient descent with the gradient of this one row, w = fma(-rate, g mean, w). */
static void plain_sgd(const struct REAL(bp_sparse_row) *row, const real *delta, real rate, real mean, real *w)
{
    const vec minus_rate = sgd_minus_rate(rate);
    const real *values = row->values;
    const int32_t *columns = row->columns;
    const size_t n = row->n;
    vec d[PANEL_VECTORS];
    BP_UNROLL
    for (size_t v = 0; v < PANEL_VECTORS; v++)
        d[v] = vec_load(delta + v * VEC_LANES);
    for (size_t k = 0; k < n; k++) {
        real *line = w + (size_t)columns[k] * BP_LANES;
        const vec x = vec_all(values[k]);
        BP_UNROLL
        for (size_t v = 0; v < PANEL_VECTORS; v++) {
            const vec sum = vec_fma(x, d[v], vec_all(0)), g = sum * mean; /* two roundings, as in dense rows */
            vec_keep(line + v * VEC_LANES, sgd_step(vec_load(line + v * VEC_LANES), minus_rate, g));
        }
    }
}

void KERNEL(bp_sparse_fill)(struct REAL(bp_kernels) *kernels)
{
    kernels->sparse.sum = sum;
    kernels->sparse.add = add;
    kernels->sparse.plain_sgd = plain_sgd;
}
