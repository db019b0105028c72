/* SPDX-License-Identifier: MIT
 *
 * The step of train. Where it is known beforehand that no gradient can be infinite or NaN, each block of the gradient
 * goes into the step while it is in the cache and is never written. Else, and where there is a gradient already,
 * backward and step follow one another. Both give the same bits. */
#include "nn/typed.h"

static bool is_known_to_be_safe(const struct bp_model *model, size_t rows, const struct REAL(bp_matrix) *input)
{
    return REAL(bp_plan_of)(model)->fused && model->gradient_rows == 0 &&
           REAL(bp_optimizer_is_safe)(model, REAL(bp_gradient_bound)(model, rows, input));
}

/* Gradient and step of the last deltas. */
static enum bp_train_end step(struct bp_model *model, size_t rows, const struct REAL(bp_matrix) *input, size_t *layer)
{
    if (is_known_to_be_safe(model, rows, input)) {
        REAL(bp_gradient_step)(model, rows, input);
        return BP_END_DONE;
    }
    REAL(bp_gradient_add)(model, rows, input);
    return REAL(bp_optimizer_step)(model, layer) == BP_OK ? BP_END_DONE : BP_END_STEP;
}

static enum bp_train_end train_rows(struct bp_model *model, const struct bp_rows *rows, double *loss, size_t *layer)
{
    const struct REAL(bp_matrix) input = REAL(bp_network_input)(model, rows);
    REAL(bp_network_pass)(model, rows->count, &input);
    *loss = REAL(bp_network_loss)(model, rows);
    if (!(*loss - *loss == 0)) /* infinite or NaN */
        return BP_END_LOSS;
    REAL(bp_network_loss_delta)(model, rows);
    REAL(bp_network_deltas)(model, rows->count);
    return step(model, rows->count, &input, layer);
}

enum bp_train_end REAL(bp_train)(struct bp_model *model, const struct bp_rows *rows, double *loss, size_t *layer)
{
    if (rows->count > 1 || !REAL(bp_plan_of)(model)->is_narrow || model->check_finite || model->gradient_rows > 0 ||
        rows->weights || !rows->x)
        return train_rows(model, rows, loss, layer);
    const enum bp_narrow_end end = REAL(bp_narrow_train)(model, rows, loss);
    if (end != BP_NARROW_UNSAFE)
        return end == BP_NARROW_DONE ? BP_END_DONE : BP_END_LOSS;
    const struct REAL(bp_matrix) input = REAL(bp_network_input)(model, rows);
    return step(model, 1, &input, layer);
}
