/* SPDX-License-Identifier: MIT
 *
 * The layers, forward and backward. */
#include "base/random.h"
#include "nn/typed.h"

struct REAL(bp_matrix) REAL(bp_layer_input)(const struct bp_model *model, size_t layer, const real *x)
{
    if (layer == 0)
        return (struct REAL(bp_matrix)){x, model->inputs};
    const struct bp_layer *below = &model->layers[layer - 1];
    return (struct REAL(bp_matrix)){REAL(bp_rows)(model, model->work.a, below), below->stride};
}

/* Columns of a panel that begins at `at`. */
static size_t columns_from(size_t at, size_t count) { return count - at < BP_LANES ? count - at : BP_LANES; }

void REAL(bp_dense_forward)(const struct bp_model *model, const struct bp_layer *layer, size_t rows,
                            struct REAL(bp_matrix) in, real *z)
{
    const real *parameters = model->parameters, *bias = parameters + layer->bias_at;
    const bool per_unit = bp_layer_biases(layer) > 1;
    real level[BP_LANES]; /* the one bias for a whole panel, or zeros */
    for (size_t lane = 0; lane < BP_LANES; lane++)
        level[lane] = layer->bias_room > 0 ? *bias : 0;
    for (size_t unit = 0; unit < layer->units; unit += BP_LANES) {
        REAL(bp_kernels_of)(model)->panel(&(struct REAL(bp_panel)){
            .rows = rows,
            .columns = columns_from(unit, layer->units),
            .depth = layer->inputs,
            .a = in.at,
            .a_row = in.stride,
            .a_step = 1,
            .b = parameters + layer->weights_at + unit * layer->inputs,
            .b_step = BP_LANES,
            .start = per_unit ? bias + unit : level,
            .start_row = 0,
            .c = z + unit,
            .c_row = layer->stride,
        });
    }
}

/* db += the sum of delta over the rows: for a shared bias over the units of each row too. */
static void bias_gradient(const struct bp_layer *layer, size_t rows, const real *delta, real *db)
{
    const size_t step = bp_layer_biases(layer) > 1 ? 1 : 0;
    for (size_t row = 0; row < rows; row++)
        for (size_t unit = 0; unit < layer->units; unit++)
            db[unit * step] += delta[row * layer->stride + unit];
}

void REAL(bp_dense_gradient)(struct bp_model *model, const struct bp_layer *layer, size_t rows,
                             struct REAL(bp_matrix) in, const real *delta)
{
    real *gradient = model->gradient;
    if (layer->bias_room > 0 && layer->set.train_bias != 0)
        bias_gradient(layer, rows, delta, gradient + layer->bias_at);
    for (size_t unit = 0; layer->set.train_weights != 0 && unit < layer->units; unit += BP_LANES) {
        real *dw = gradient + layer->weights_at + unit * layer->inputs;
        REAL(bp_kernels_of)(model)->panel(&(struct REAL(bp_panel)){
            .rows = layer->inputs,
            .columns = columns_from(unit, layer->units),
            .depth = rows,
            .a = in.at,
            .a_row = 1,
            .a_step = in.stride,
            .b = delta + unit,
            .b_step = layer->stride,
            .start = dw,
            .start_row = BP_LANES,
            .c = dw,
            .c_row = BP_LANES,
        });
    }
}

/* The weights of BP_LANES inputs from `input` on, [units][lanes], zeros where there is no such input. */
static void transpose(const struct bp_layer *layer, const real *weights, size_t input, real *panel)
{
    const size_t columns = columns_from(input, layer->inputs);
    for (size_t unit = 0; unit < layer->units; unit++) {
        const real *w = weights + (unit - unit % BP_LANES) * layer->inputs + input * BP_LANES + unit % BP_LANES;
        for (size_t lane = 0; lane < BP_LANES; lane++)
            panel[unit * BP_LANES + lane] = lane < columns ? w[lane * BP_LANES] : 0;
    }
}

void REAL(bp_dense_input_delta)(const struct bp_model *model, const struct bp_layer *layer, size_t rows,
                                const real *delta, real *out, size_t out_row)
{
    static const real zeros[BP_LANES];
    for (size_t input = 0; input < layer->inputs; input += BP_LANES) {
        transpose(layer, (const real *)model->parameters + layer->weights_at, input, model->panel);
        REAL(bp_kernels_of)(model)->panel(&(struct REAL(bp_panel)){
            .rows = rows,
            .columns = columns_from(input, layer->inputs),
            .depth = layer->units,
            .a = delta,
            .a_row = layer->stride,
            .a_step = 1,
            .b = model->panel,
            .b_step = BP_LANES,
            .start = zeros,
            .start_row = 0,
            .c = out + input,
            .c_row = out_row,
        });
    }
}

/* Unit `unit` of sample s is dropped where its word of block {unit / 4, s, s >> 32, layer} is below rate * 2^32: by the
 * count of the sample, so that batches may be split anywhere. */
void REAL(bp_dropout_forward)(const struct bp_model *model, size_t layer, size_t rows, struct REAL(bp_matrix) in,
                              real *mask, real *a)
{
    const struct bp_layer *l = &model->layers[layer];
    const uint32_t threshold = (uint32_t)(l->set.rate * 0x1p32);
    const real keep = (real)(1 / (1 - l->set.rate));
    for (size_t row = 0; row < rows; row++) {
        const uint64_t sample = model->samples + row;
        struct bp_random_block block = {{0}};
        for (size_t unit = 0; unit < l->units; unit++) {
            if (unit % 4 == 0)
                block = bp_random_block(model->seed, (struct bp_random_block){{(uint32_t)(unit / 4), (uint32_t)sample,
                                                                               (uint32_t)(sample >> 32),
                                                                               BP_RANDOM_DROPOUT | (uint32_t)layer}});
            const size_t at = row * l->stride + unit;
            mask[at] = block.word[unit % 4] < threshold ? 0 : keep;
            a[at] = mask[at] > 0 ? in.at[row * in.stride + unit] * keep : 0;
        }
    }
}

void REAL(bp_dropout_backward)(const struct bp_layer *layer, size_t rows, const real *mask, real *delta)
{
    for (size_t row = 0; row < rows; row++)
        for (size_t at = row * layer->stride; at < row * layer->stride + layer->units; at++)
            delta[at] *= mask[at];
}
