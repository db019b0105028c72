/* SPDX-License-Identifier: MIT
 *
 * The step of train. Where it is known beforehand that no gradient can be infinite or NaN, each block of the gradient
 * goes into the step while it is in the cache and is never written. Else, and where there is a gradient already, backward
 * and step follow one another. Both give the same bits. */
#include "nn/typed.h"

static bool is_known_to_be_safe(const struct bp_model *model, size_t rows)
{
    return REAL(bp_plan_of)(model)->fused && model->gradient_rows == 0 &&
           REAL(bp_optimizer_is_safe)(model, REAL(bp_gradient_bound)(model, rows));
}

/* Gradient and step of the last deltas. */
static enum bp_train_end step(struct bp_model *model, size_t rows, size_t *layer)
{
    if (is_known_to_be_safe(model, rows)) {
        REAL(bp_gradient_step)(model, rows);
        return BP_END_DONE;
    }
    REAL(bp_gradient_add)(model, rows);
    return REAL(bp_optimizer_step)(model, layer) == BP_OK ? BP_END_DONE : BP_END_STEP;
}

static enum bp_train_end train_rows(struct bp_model *model, struct bp_input in, struct bp_target target, size_t rows,
                                    double *loss, size_t *layer)
{
    REAL(bp_network_input)(model, in, rows, false);
    REAL(bp_network_forward)(model, rows);
    *loss = REAL(bp_network_loss)(model, target, rows);
    if (!(*loss - *loss == 0)) /* infinite or NaN */
        return BP_END_LOSS;
    REAL(bp_network_loss_delta)(model, target, rows);
    REAL(bp_network_deltas)(model, rows);
    return step(model, rows, layer);
}

enum bp_train_end REAL(bp_train)(struct bp_model *model, struct bp_input in, struct bp_target target, size_t rows,
                                 double *loss, size_t *layer)
{
    if (rows > 1 || !REAL(bp_plan_of)(model)->is_narrow || model->check_finite || model->gradient_rows > 0 ||
        model->weights || in.sparse)
        return train_rows(model, in, target, rows, loss, layer);
    const enum bp_narrow_end end = REAL(bp_narrow_train)(model, in.x, target, loss);
    if (end != BP_NARROW_UNSAFE)
        return end == BP_NARROW_DONE ? BP_END_DONE : BP_END_LOSS;
    REAL(bp_network_input)(model, in, 1, false);
    return step(model, 1, layer);
}
