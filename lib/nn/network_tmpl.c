/* SPDX-License-Identifier: MIT
 *
 * The walks over the layers: forward up, backward down, and the evaluation pass. */
#include <string.h>

#include "nn/typed.h"

static struct REAL(bp_units) units_of(const struct bp_model *model, const struct bp_layer *layer, size_t rows)
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

static size_t activation_index(const struct bp_layer *layer) { return (size_t)BP_INDEX(bp_key(layer->set.activation)); }

/* z_l = W_l a_{l-1} + b_l, a_l = f(z_l) */
void REAL(bp_network_forward)(struct bp_model *model, const void *x, size_t rows)
{
    for (size_t i = 0; i < model->count; i++) {
        const struct bp_layer *layer = &model->layers[i];
        const struct REAL(bp_matrix) in = REAL(bp_layer_input)(model, i, x);
        const struct REAL(bp_units) units = units_of(model, layer, rows);
        real *z = REAL(bp_rows)(model, model->work.z, layer);
        if (bp_layer_is_dense(layer)) {
            REAL(bp_dense_forward)(model, layer, rows, in, z);
            REAL(bp_kernels_of)(model)->forward[activation_index(layer)](&units);
        } else {
            REAL(bp_dropout_forward)(model, i, rows, in, z, units.a);
        }
    }
    model->samples += rows;
}

/* delta_l = dLoss/da_l f'(z_l, a_l), in place */
static void through_activation(const struct bp_model *model, const struct bp_layer *layer, size_t rows)
{
    const struct REAL(bp_units) units = units_of(model, layer, rows);
    if (bp_layer_is_dense(layer))
        REAL(bp_kernels_of)(model)->backward[activation_index(layer)](&units);
    else
        REAL(bp_dropout_backward)(layer, rows, units.z, units.delta);
}

static void copy_matrix(const real *from, size_t from_row, size_t rows, size_t columns, real *to, size_t to_row)
{
    for (size_t row = 0; row < rows; row++)
        memcpy(to + row * to_row, from + row * from_row, columns * sizeof(real));
}

/* dLoss by a layer's input: delta W, or through dropout, whose z is its input, delta itself. */
static void input_delta(const struct bp_model *model, const struct bp_layer *layer, size_t rows, real *out,
                        size_t out_row)
{
    const real *delta = REAL(bp_rows)(model, model->work.delta, layer);
    if (bp_layer_is_dense(layer))
        REAL(bp_dense_input_delta)(model, layer, rows, delta, out, out_row);
    else
        copy_matrix(delta, layer->stride, rows, layer->units, out, out_row);
}

/* delta_{l-1} = (delta_l W_l) f'(z_{l-1}, a_{l-1}), dW_l += delta_l^T a_{l-1}, db_l += sum delta_l */
void REAL(bp_network_backward)(struct bp_model *model, const void *x, size_t rows)
{
    for (size_t i = model->count; i-- > 0;) {
        const struct bp_layer *layer = &model->layers[i];
        if (bp_layer_is_dense(layer))
            REAL(bp_dense_gradient)(model, layer, rows, REAL(bp_layer_input)(model, i, x),
                                    REAL(bp_rows)(model, model->work.delta, layer));
        if (i == 0)
            break;
        const struct bp_layer *below = layer - 1;
        input_delta(model, layer, rows, REAL(bp_rows)(model, model->work.delta, below), below->stride);
        through_activation(model, below, rows);
    }
    model->gradient_rows += rows;
}

void REAL(bp_network_input_gradient)(const struct bp_model *model, void *dx, size_t rows)
{
    input_delta(model, &model->layers[0], rows, dx, model->inputs);
}

static struct REAL(bp_loss_batch) last_batch(const struct bp_model *model, struct bp_target target, size_t rows)
{
    const struct bp_layer *last = bp_model_last(model);
    return (struct REAL(bp_loss_batch)){
        .settings = &model->settings,
        .activation = bp_key(last->set.activation),
        .rows = rows,
        .outputs = last->units,
        .stride = last->stride,
        .z = REAL(bp_rows)(model, model->work.z, last),
        .a = REAL(bp_rows)(model, model->work.a, last),
        .target = target,
        .label_row = model->label_row,
    };
}

double REAL(bp_network_loss)(const struct bp_model *model, struct bp_target target, size_t rows)
{
    const struct REAL(bp_loss_batch) batch = last_batch(model, target, rows);
    return REAL(bp_loss_sum)(&batch, 0) / (double)rows;
}

/* delta_L = dLoss/da_L f'(z_L, a_L), which the fused pairs give at once */
void REAL(bp_network_loss_delta)(struct bp_model *model, struct bp_target target, size_t rows)
{
    const struct REAL(bp_loss_batch) batch = last_batch(model, target, rows);
    const struct bp_layer *last = bp_model_last(model);
    if (!REAL(bp_loss_gradient)(&batch, REAL(bp_rows)(model, model->work.delta, last)))
        through_activation(model, last, rows);
}

void REAL(bp_network_delta_from)(struct bp_model *model, const void *dy, size_t rows)
{
    const struct bp_layer *last = bp_model_last(model);
    real *delta = REAL(bp_rows)(model, model->work.delta, last);
    copy_matrix(dy, last->units, rows, last->units, delta, last->stride);
    through_activation(model, last, rows);
}

/* The evaluation pass over up to BP_SCRATCH_ROWS rows: z and a of the last layer are left in the room. */
static struct REAL(bp_units) evaluate_rows(const struct bp_model *model, const real *x, size_t rows,
                                           const struct bp_scratch_room *room)
{
    struct REAL(bp_matrix) in = {x, model->inputs};
    struct REAL(bp_units) units = {0};
    for (size_t i = 0; i < model->count; i++) {
        const struct bp_layer *layer = &model->layers[i];
        if (!bp_layer_is_dense(layer))
            continue;
        real *a = in.at == room->a ? room->b : room->a;
        units = (struct REAL(bp_units)){.rows = rows,
                                        .units = layer->units,
                                        .stride = layer->stride,
                                        .z = room->z,
                                        .a = a,
                                        .slope = (real)layer->set.slope};
        REAL(bp_dense_forward)(model, layer, rows, in, room->z);
        REAL(bp_kernels_of)(model)->forward[activation_index(layer)](&units);
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
}

double REAL(bp_network_evaluate)(const struct bp_model *model, const void *x, struct bp_target target, size_t rows,
                                 const struct bp_scratch_room *room)
{
    double sum = 0;
    for (size_t row = 0; row < rows; row += BP_SCRATCH_ROWS) {
        const size_t some = rows_from(row, rows);
        const struct REAL(bp_units) last = evaluate_rows(model, (const real *)x + row * model->inputs, some, room);
        const struct REAL(bp_loss_batch) batch = {
            .settings = &model->settings,
            .activation = bp_key(bp_model_last(model)->set.activation),
            .rows = some,
            .outputs = last.units,
            .stride = last.stride,
            .z = last.z,
            .a = last.a,
            .target = {target.values ? (const real *)target.values + row * last.units : NULL,
                       target.labels ? target.labels + row : NULL},
            .label_row = room->label_row,
        };
        sum = REAL(bp_loss_sum)(&batch, sum);
    }
    return sum / (double)rows;
}
