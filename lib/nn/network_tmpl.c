/* SPDX-License-Identifier: MIT
 *
 * The walks over the layers: forward up, backward down, and the evaluation pass. */
#include <string.h>

#include "nn/typed.h"

static void copy_matrix(const real *from, size_t from_row, size_t rows, size_t columns, real *to, size_t to_row)
{
    for (size_t row = 0; row < rows; row++)
        memcpy(to + row * to_row, from + row * from_row, columns * sizeof(real));
}

struct REAL(bp_units) REAL(bp_units_of)(const struct bp_model *model, const struct bp_layer *layer, size_t rows)
{
    return (struct REAL(bp_units)){
        .rows = rows,
        .units = layer->units,
        .stride = layer->stride,
        .z = REAL(bp_rows)(model, model->work.z, layer),
        .a = REAL(bp_rows)(model, model->work.a, layer),
        .delta = REAL(bp_rows)(model, model->work.delta, layer),
        .slope = (real)layer->set.slope,
    };
}

/* x stays where it is if its rows lie well, nothing scales it and it need not be kept. */
void REAL(bp_network_input)(struct bp_model *model, const void *x, size_t rows, bool keep)
{
    const bool scaled = bp_model_scaling(model, &model->of_inputs);
    const bool copied = keep || scaled || model->input_stride != model->inputs;
    if (copied)
        REAL(bp_scale_inputs)(model, x, rows, model->work.x, model->input_stride);
    model->work.input = copied ? model->work.x : x;
    model->work.input_row = copied ? model->input_stride : model->inputs;
}

/* z_l = W_l a_{l-1} + b_l, a_l = f(z_l) */
void REAL(bp_network_forward)(struct bp_model *model, size_t rows)
{
    for (size_t i = 0; i < model->count; i++) {
        const struct bp_layer *layer = &model->layers[i];
        const struct REAL(bp_matrix) in = REAL(bp_layer_input)(model, i);
        const struct REAL(bp_units) units = REAL(bp_units_of)(model, layer, rows);
        if (bp_layer_is_dense(layer))
            REAL(bp_dense_forward)(model, layer, model->threads, in, &units);
        else
            REAL(bp_dropout_forward)(model, i, rows, in, (real *)units.z, units.a);
    }
    model->samples += rows;
}

/* delta_l = dLoss/da_l f'(z_l, a_l), in place */
static void through_activation(const struct bp_model *model, const struct bp_layer *layer, size_t rows)
{
    const struct REAL(bp_units) units = REAL(bp_units_of)(model, layer, rows);
    if (bp_layer_is_dense(layer))
        REAL(bp_kernels_of)(model)->backward[layer->activation](&units);
    else
        REAL(bp_dropout_backward)(layer, rows, units.z, units.delta);
}

/* delta_{l-1} = (delta_l W_l) f'(z_{l-1}, a_{l-1}), from the last layer's down */
void REAL(bp_network_deltas)(struct bp_model *model, size_t rows)
{
    for (size_t i = model->count; i-- > 1;) {
        const struct bp_layer *layer = &model->layers[i], *below = layer - 1;
        const real *delta = REAL(bp_rows)(model, model->work.delta, layer);
        const struct REAL(bp_units) units = REAL(bp_units_of)(model, below, rows);
        if (bp_layer_is_dense(layer))
            REAL(bp_dense_delta_below)(model, layer, delta, &units);
        else
            copy_matrix(delta, layer->stride, rows, layer->units, units.delta, below->stride);
        if (!bp_layer_is_dense(layer) || !bp_layer_is_dense(below) || bp_layer_by_row(below))
            through_activation(model, below, rows);
    }
}

void REAL(bp_network_backward)(struct bp_model *model, size_t rows)
{
    REAL(bp_network_deltas)(model, rows);
    REAL(bp_gradient_add)(model, rows);
}

/* y = a_L, in the user's numbers */
void REAL(bp_network_outputs)(const struct bp_model *model, size_t rows, void *y)
{
    REAL(bp_rows_copy)(model, model->work.a, model->count - 1, rows, y);
    REAL(bp_unscale_rows)(bp_model_scaling(model, &model->of_targets), rows, bp_model_last(model)->units, y);
}

/* The first layer's delta through its weights, or through dropout, whose z is its input, as it is; then by the user's x. */
void REAL(bp_network_input_gradient)(const struct bp_model *model, void *dx, size_t rows)
{
    const struct bp_layer *first = &model->layers[0];
    const real *delta = REAL(bp_rows)(model, model->work.delta, first);
    if (bp_layer_is_dense(first))
        REAL(bp_dense_input_gradient)(model, first, rows, delta, dx, model->inputs);
    else
        copy_matrix(delta, first->stride, rows, first->units, dx, model->inputs);
    REAL(bp_scale_slopes)(bp_model_scaling(model, &model->of_inputs), rows, model->inputs, dx);
}

static struct REAL(bp_loss_batch) loss_batch(const struct bp_model *model, const struct REAL(bp_units) *units,
                                             struct bp_target target, const double *weights, void *target_row)
{
    const struct REAL(bp_plan) *plan = REAL(bp_plan_of)(model);
    return (struct REAL(bp_loss_batch)){
        .kernel = plan->loss,
        .parameter = plan->loss_parameter,
        .units = *units,
        .target = target,
        .scaling = bp_model_scaling(model, &model->of_targets),
        .weights = weights,
        .target_row = target_row,
    };
}

double REAL(bp_network_loss)(const struct bp_model *model, struct bp_target target, size_t rows)
{
    const struct REAL(bp_units) units = REAL(bp_units_of)(model, bp_model_last(model), rows);
    const struct REAL(bp_loss_batch) batch = loss_batch(model, &units, target, model->weights, model->label_row);
    return REAL(bp_loss_sum)(&batch, 0) / (double)rows;
}

/* delta_L = dLoss/da_L f'(z_L, a_L), which the fused pairs give at once */
void REAL(bp_network_loss_delta)(struct bp_model *model, struct bp_target target, size_t rows)
{
    const struct REAL(bp_units) units = REAL(bp_units_of)(model, bp_model_last(model), rows);
    const struct REAL(bp_loss_batch) batch = loss_batch(model, &units, target, model->weights, model->label_row);
    REAL(bp_loss_slopes)(&batch);
    if (batch.kernel->activation == 0)
        through_activation(model, bp_model_last(model), rows);
}

void REAL(bp_network_delta_from)(struct bp_model *model, const void *dy, size_t rows)
{
    const struct bp_layer *last = bp_model_last(model);
    real *delta = REAL(bp_rows)(model, model->work.delta, last);
    copy_matrix(dy, last->units, rows, last->units, delta, last->stride);
    REAL(bp_unscale_slopes)(bp_model_scaling(model, &model->of_targets), rows, last->units, delta, last->stride);
    through_activation(model, last, rows);
}

/* The evaluation pass over up to BP_SCRATCH_ROWS rows: z and a of the last layer are left in the room, and z of the
 * others is overwritten by a. */
static struct REAL(bp_units) evaluate_rows(const struct bp_model *model, const real *x, size_t rows,
                                           const struct bp_scratch_room *room)
{
    const struct bp_layer *last = bp_model_last(model);
    struct REAL(bp_matrix) in = {x, model->inputs};
    struct REAL(bp_units) units = {0};
    if (room->x) {
        REAL(bp_scale_inputs)(model, x, rows, room->x, model->input_stride);
        in = (struct REAL(bp_matrix)){room->x, model->input_stride};
    }
    for (const struct bp_layer *layer = model->layers; layer <= last; layer++) {
        if (!bp_layer_is_dense(layer))
            continue;
        real *a = in.at == room->a ? room->b : room->a;
        units = (struct REAL(bp_units)){.rows = rows,
                                        .units = layer->units,
                                        .stride = layer->stride,
                                        .z = layer == last ? room->z : a,
                                        .a = a,
                                        .slope = (real)layer->set.slope};
        REAL(bp_dense_forward)(model, layer, 1, in, &units);
        in = (struct REAL(bp_matrix)){a, layer->stride};
    }
    return units;
}

static size_t rows_from(size_t row, size_t rows) { return rows - row < BP_SCRATCH_ROWS ? rows - row : BP_SCRATCH_ROWS; }

void REAL(bp_network_predict)(const struct bp_model *model, const void *x, size_t rows, void *y,
                              const struct bp_scratch_room *room)
{
    const size_t outputs = bp_model_last(model)->units;
    for (size_t row = 0; row < rows; row += BP_SCRATCH_ROWS) {
        const size_t some = rows_from(row, rows);
        const struct REAL(bp_units) last = evaluate_rows(model, (const real *)x + row * model->inputs, some, room);
        copy_matrix(last.a, last.stride, some, outputs, (real *)y + row * outputs, outputs);
    }
    REAL(bp_unscale_rows)(bp_model_scaling(model, &model->of_targets), rows, outputs, y);
}

double REAL(bp_network_evaluate)(const struct bp_model *model, const void *x, struct bp_target target,
                                 const double *weights, size_t rows, const struct bp_scratch_room *room)
{
    double sum = 0;
    for (size_t row = 0; row < rows; row += BP_SCRATCH_ROWS) {
        const size_t some = rows_from(row, rows);
        const struct REAL(bp_units) last = evaluate_rows(model, (const real *)x + row * model->inputs, some, room);
        const struct bp_target part = {target.values ? (const real *)target.values + row * last.units : NULL,
                                       target.labels ? target.labels + row : NULL};
        const struct REAL(bp_loss_batch) batch =
            loss_batch(model, &last, part, weights ? weights + row : NULL, room->label_row);
        sum = REAL(bp_loss_sum)(&batch, sum);
    }
    return sum / (double)rows;
}
