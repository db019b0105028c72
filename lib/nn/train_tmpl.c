/* SPDX-License-Identifier: MIT
 *
 * The step of train. Where it is known beforehand that no gradient can be infinite or NaN, each block of the gradient
 * goes into the step while it is in the cache and is never written: |dW| <= rows max|delta| max|a|. Else, and where
 * there is a gradient already, backward and step follow one another. Both give the same bits. */
#include <math.h>
#include <string.h>

#include "nn/typed.h"

/* The rounding of the sums, which so many rows cannot use up. */
#define SLACK 4
#define FEW_ENOUGH 0x1p20

/* The largest |x| of n numbers, infinite if any is infinite or NaN. */
static double largest_of(const struct bp_model *model, size_t n, const real *x)
{
    const size_t whole = n - n % BP_LANES;
    real rest[BP_LANES] = {0};
    memcpy(rest, x + whole, (n - whole) * sizeof(real));
    const real most = REAL(bp_kernels_of)(model)->largest(whole, x);
    const real last = REAL(bp_kernels_of)(model)->largest(BP_LANES, rest);
    return (double)(most < last ? last : most);
}

static bool is_bounded(const struct bp_model *model, size_t rows)
{
    struct bp_segment segment;
    if (!REAL(bp_plan_of)(model)->at_once || model->careful || model->gradient_rows > 0 || (double)rows > FEW_ENOUGH)
        return false;
    for (size_t i = 0; bp_model_next_segment(model, &i, &segment);) {
        const struct bp_layer *layer = &model->layers[segment.layer];
        const struct REAL(bp_matrix) in = REAL(bp_layer_input)(model, segment.layer);
        const double sum =
            (double)rows * largest_of(model, rows * layer->stride, REAL(bp_rows)(model, model->work.delta, layer));
        const double bound =
            segment.bias ? sum * (double)(layer->units) : sum * largest_of(model, rows * in.stride, in.at);
        if (!(REAL(bp_optimizer_is_safe)(model, &segment, SLACK * bound)))
            return false;
    }
    return true;
}

/* Gradient and step of the last deltas. */
static bp_status step(struct bp_model *model, size_t rows, size_t *layer)
{
    if (is_bounded(model, rows)) {
        const struct REAL(bp_update) update = REAL(bp_optimizer_start)(model, rows);
        REAL(bp_network_gradient)(model, rows, &update);
        model->steps++;
        return BP_OK;
    }
    REAL(bp_network_gradient)(model, rows, NULL);
    model->gradient_rows += rows;
    return REAL(bp_optimizer_step)(model, layer);
}

enum bp_train_end REAL(bp_train)(struct bp_model *model, const void *x, struct bp_target target, size_t rows,
                                 double *loss, size_t *layer)
{
    const bool is_narrow =
        rows == 1 && REAL(bp_plan_of)(model)->is_narrow && !model->careful && model->gradient_rows == 0;
    const enum bp_narrow_end narrow = is_narrow ? REAL(bp_narrow_train)(model, x, target, loss) : BP_NARROW_UNSAFE;
    if (narrow != BP_NARROW_UNSAFE)
        return narrow == BP_NARROW_DONE ? BP_TRAIN_DONE : BP_TRAIN_LOSS;
    REAL(bp_network_input)(model, x, rows, false);
    if (!is_narrow) {
        REAL(bp_network_forward)(model, rows);
        *loss = REAL(bp_network_loss)(model, target, rows);
        if (!(*loss - *loss == 0)) /* infinite or NaN */
            return BP_TRAIN_LOSS;
        REAL(bp_network_loss_delta)(model, target, rows);
        REAL(bp_network_deltas)(model, rows);
    }
    return step(model, rows, layer) == BP_OK ? BP_TRAIN_DONE : BP_TRAIN_STEP;
}
