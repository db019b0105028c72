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

/* Starts count from 0 in what is kept. */
static void keep_sparse(struct bp_kept *kept, const struct bp_sparse *in, size_t rows)
{
    const size_t first = bp_sparse_start(in, 0), nonzeros = bp_sparse_nonzeros(in, rows);
    int64_t *starts = kept->starts;
    for (size_t row = 0; row <= rows; row++)
        starts[row] = in->starts[row] - in->starts[0];
    if (nonzeros > 0) {
        memcpy(kept->values, (const real *)in->values + first, nonzeros * sizeof(real));
        memcpy(kept->columns, in->columns + first, nonzeros * sizeof(*in->columns));
    }
    kept->sparse = (struct bp_sparse){kept->values, kept->columns, starts, in->largest};
}

/* x stays where it is if its rows lie well, nothing scales it and it need not be kept. */
struct REAL(bp_matrix) REAL(bp_network_input)(const struct bp_model *model, const struct bp_rows *rows)
{
    if (!rows->x)
        return (struct REAL(bp_matrix)){.sparse = &rows->sparse};
    if (!bp_model_copies_input(model, rows, false))
        return (struct REAL(bp_matrix)){.at = rows->x, .stride = rows->stride};
    REAL(bp_scale_inputs)(model, rows, model->work.x, model->input_stride);
    return (struct REAL(bp_matrix)){.at = model->work.x, .stride = model->input_stride};
}

void REAL(bp_network_pass)(struct bp_model *model, size_t rows, const struct REAL(bp_matrix) *input)
{
    for (size_t i = 0; i < model->count; i++) {
        const struct bp_layer *layer = &model->layers[i];
        const struct REAL(bp_units) units = REAL(bp_units_of)(model, layer, rows);
        const struct REAL(bp_matrix) in = REAL(bp_layer_input)(model, i, input);
        REAL(bp_kind)(layer)->forward(model, layer, &in, &units);
    }
    model->samples += rows;
}

void REAL(bp_network_forward)(struct bp_model *model, const struct bp_rows *rows)
{
    model->work.keeps_sparse = !rows->x;
    if (rows->x)
        REAL(bp_scale_inputs)(model, rows, model->work.x, model->input_stride);
    else
        keep_sparse(&model->work.kept, &rows->sparse, rows->count);
    const struct REAL(bp_matrix) input = REAL(bp_kept_input)(model);
    REAL(bp_network_pass)(model, rows->count, &input);
}

/* Turns dLoss/da into the layer's delta, in place. */
static void own_delta(const struct bp_model *model, const struct bp_layer *layer, const struct REAL(bp_units) *units)
{
    if (REAL(bp_kind)(layer)->delta)
        REAL(bp_kind)(layer)->delta(model, layer, units);
}

static REAL(bp_units_fn) *block_delta(const struct bp_model *model, const struct bp_layer *layer)
{
    return REAL(bp_kind)(layer)->block_delta ? REAL(bp_kind)(layer)->block_delta(model, layer) : NULL;
}

/* From the last layer's delta down. If both kinds offer it, the layer below turns each block of dLoss/da into its delta
 * while the block is in the cache. */
void REAL(bp_network_deltas)(struct bp_model *model, size_t rows)
{
    for (size_t i = model->count; i-- > 1;) {
        const struct bp_layer *layer = &model->layers[i], *below = layer - 1;
        const struct REAL(bp_layer_kind) *kind = REAL(bp_kind)(layer);
        const struct REAL(bp_units) units = REAL(bp_units_of)(model, layer, rows);
        const struct REAL(bp_units) units_below = REAL(bp_units_of)(model, below, rows);
        REAL(bp_units_fn) *block = kind->fuses_delta ? block_delta(model, below) : NULL;
        kind->delta_below(model, layer, &units, &units_below, block);
        if (!block)
            own_delta(model, below, &units_below);
    }
}

void REAL(bp_network_backward)(struct bp_model *model, size_t rows)
{
    const struct REAL(bp_matrix) input = REAL(bp_kept_input)(model);
    REAL(bp_network_deltas)(model, rows);
    REAL(bp_gradient_add)(model, rows, &input);
}

/* y = a_L, in the user's numbers */
void REAL(bp_network_outputs)(const struct bp_model *model, size_t rows, int32_t type, void *y)
{
    const struct bp_scaling *scaling = bp_model_scaling(model, &model->of_targets);
    const struct REAL(bp_units) units = REAL(bp_units_of)(model, bp_model_last(model), rows);
    if (type == BP_OWN_TYPE || !scaling) {
        REAL(bp_rows_copy)(rows, units.units, units.stride, units.a, type, y);
        REAL(bp_unscale_rows)(scaling, rows, units.units, y);
        return;
    }
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < units.units; i++)
            REAL(bp_put)(type, y, row * units.units + i,
                         REAL(bp_unscaled)(scaling, i, units.a[row * units.stride + i]));
}

/* The slopes by what the first layer reads, and from these the slopes by the user's x. */
void REAL(bp_network_input_gradient)(const struct bp_model *model, void *dx, size_t rows)
{
    const struct bp_layer *first = &model->layers[0];
    const struct REAL(bp_units) units = REAL(bp_units_of)(model, first, rows);
    const struct REAL(bp_units) out = {.rows = rows, .units = model->inputs, .stride = model->inputs, .delta = dx};
    REAL(bp_kind)(first)->delta_below(model, first, &units, &out, NULL);
    REAL(bp_scale_slopes)(bp_model_scaling(model, &model->of_inputs), rows, model->inputs, dx);
}

static struct REAL(bp_loss_batch) loss_batch(const struct bp_model *model, const struct REAL(bp_units) *units,
                                             const struct bp_rows *rows, size_t first, void *target_row)
{
    const struct REAL(bp_plan) *plan = REAL(bp_plan_of)(model);
    return (struct REAL(bp_loss_batch)){
        .kernel = plan->loss,
        .parameter = plan->loss_parameter,
        .units = *units,
        .rows = rows,
        .first = first,
        .scaling = bp_model_scaling(model, &model->of_targets),
        .target_row = target_row,
    };
}

double REAL(bp_network_loss)(const struct bp_model *model, const struct bp_rows *rows)
{
    const struct REAL(bp_units) units = REAL(bp_units_of)(model, bp_model_last(model), rows->count);
    const struct REAL(bp_loss_batch) batch = loss_batch(model, &units, rows, 0, model->label_row);
    return REAL(bp_loss_sum)(&batch, 0) / (double)rows->count;
}

/* delta_L = dLoss/da_L f'(z_L, a_L), which the fused pairs give at once */
void REAL(bp_network_loss_delta)(struct bp_model *model, const struct bp_rows *rows)
{
    const struct REAL(bp_units) units = REAL(bp_units_of)(model, bp_model_last(model), rows->count);
    const struct REAL(bp_loss_batch) batch = loss_batch(model, &units, rows, 0, model->label_row);
    REAL(bp_loss_slopes)(&batch);
    if (batch.kernel->activation == 0)
        own_delta(model, bp_model_last(model), &units);
}

void REAL(bp_network_delta_from)(struct bp_model *model, const void *dy, size_t rows)
{
    const struct bp_layer *last = bp_model_last(model);
    const struct REAL(bp_units) units = REAL(bp_units_of)(model, last, rows);
    copy_matrix(dy, last->units, rows, last->units, units.delta, last->stride);
    REAL(bp_unscale_slopes)(bp_model_scaling(model, &model->of_targets), rows, last->units, units.delta, last->stride);
    own_delta(model, last, &units);
}

/* The evaluation pass over up to BP_SCRATCH_ROWS rows: z and a of the last layer are left in the buffers, and z of the
 * others is overwritten by a. */
static struct REAL(bp_units) evaluate_rows(const struct bp_model *model, const struct bp_rows *rows,
                                           const struct bp_scratch_buffers *buffers)
{
    const struct bp_layer *last = bp_model_last(model);
    struct REAL(bp_matrix) in = {rows->x, rows->stride, rows->x ? NULL : &rows->sparse};
    struct REAL(bp_units) units = {0};
    if (buffers->x && rows->x) {
        REAL(bp_scale_inputs)(model, rows, buffers->x, model->input_stride);
        in = (struct REAL(bp_matrix)){.at = buffers->x, .stride = model->input_stride};
    }
    for (const struct bp_layer *layer = model->layers; layer <= last; layer++) {
        if (!REAL(bp_kind)(layer)->predict)
            continue;
        real *a = in.at == buffers->a ? buffers->b : buffers->a;
        units = (struct REAL(bp_units)){.rows = rows->count,
                                        .units = layer->units,
                                        .stride = layer->stride,
                                        .z = layer == last ? buffers->z : a,
                                        .a = a,
                                        .slope = (real)layer->set.slope};
        REAL(bp_kind)(layer)->predict(model, layer, &in, &units);
        in = (struct REAL(bp_matrix)){.at = a, .stride = layer->stride};
    }
    return units;
}

/* The input of up to BP_SCRATCH_ROWS rows from a row on. */
static struct bp_rows input_from(const struct bp_rows *rows, size_t row)
{
    const size_t left = rows->count - row;
    struct bp_rows some = {.count = left < BP_SCRATCH_ROWS ? left : BP_SCRATCH_ROWS, .stride = rows->stride};
    if (rows->x)
        some.x = (const real *)rows->x + row * rows->stride;
    else
        some.sparse = bp_sparse_from(&rows->sparse, row);
    return some;
}

void REAL(bp_network_predict)(const struct bp_model *model, const struct bp_rows *rows, void *y,
                              const struct bp_scratch_buffers *buffers)
{
    const size_t outputs = bp_model_last(model)->units;
    for (size_t row = 0; row < rows->count; row += BP_SCRATCH_ROWS) {
        const struct bp_rows some = input_from(rows, row);
        const struct REAL(bp_units) last = evaluate_rows(model, &some, buffers);
        copy_matrix(last.a, last.stride, some.count, outputs, (real *)y + row * outputs, outputs);
    }
    REAL(bp_unscale_rows)(bp_model_scaling(model, &model->of_targets), rows->count, outputs, y);
}

double REAL(bp_network_evaluate)(const struct bp_model *model, const struct bp_rows *rows,
                                 const struct bp_scratch_buffers *buffers)
{
    double sum = 0;
    for (size_t row = 0; row < rows->count; row += BP_SCRATCH_ROWS) {
        const struct bp_rows some = input_from(rows, row);
        const struct REAL(bp_units) last = evaluate_rows(model, &some, buffers);
        const struct REAL(bp_loss_batch) batch = loss_batch(model, &last, rows, row, buffers->label_row);
        sum = REAL(bp_loss_sum)(&batch, sum);
    }
    return sum / (double)rows->count;
}
