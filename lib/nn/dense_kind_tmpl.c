/* SPDX-License-Identifier: MIT
 *
 * The dense layer: z = in W^T + b, a = f(z). Its products are nn/dense_tmpl.c, those of sparse rows
 * nn/sparse_layer_tmpl.c, and those of narrow nets kernels/narrow_tmpl.c. */
#include <stdio.h>

#include "base/message.h"
#include "nn/activation.h"
#include "nn/typed.h"

static const int32_t options[] = {
    BP_LAYER_ACTIVATION, BP_LAYER_BIAS,      BP_LAYER_TRAIN_WEIGHTS,   BP_LAYER_TRAIN_BIAS, BP_LAYER_INIT,
    BP_LAYER_INIT_SCALE, BP_LAYER_BIAS_INIT, BP_LAYER_BIAS_INIT_SCALE, BP_LAYER_SLOPE,      0};

static size_t columns(size_t inputs) { return inputs; }

static size_t biases(const struct bp_layer *layer)
{
    const int32_t bias = bp_key(layer->set.bias);
    return bias == BP_BIAS_NONE ? 0 : bias == BP_BIAS_SHARED ? 1 : layer->units;
}

static void describe(const struct bp_layer *layer, char text[BP_LAYER_TEXT])
{
    const struct bp_layer_settings *set = &layer->set;
    const int32_t bias = bp_key(set->bias);
    snprintf(text, BP_LAYER_TEXT, "%s, %s%s%s%s", bp_message_count(layer->units, "unit").text,
             bp_family_name(&bp_activations, bp_key(set->activation)),
             bias == BP_BIAS_NONE     ? ", no bias"
             : bias == BP_BIAS_SHARED ? ", one bias for all"
                                      : "",
             set->train_weights == 0 ? ", weights frozen" : "", set->train_bias == 0 ? ", bias frozen" : "");
}

static void compute(const struct bp_model *model, const struct bp_layer *layer, size_t threads,
                    const struct REAL(bp_matrix) *in, const struct REAL(bp_units) *units)
{
    if (in->sparse)
        REAL(bp_sparse_forward)(model, layer, threads, in->sparse, units);
    else
        REAL(bp_dense_forward)(model, layer, threads, in, units);
}

static void forward(const struct bp_model *model, const struct bp_layer *layer, const struct REAL(bp_matrix) *in,
                    const struct REAL(bp_units) *units)
{
    compute(model, layer, model->threads, in, units);
}

static void predict(const struct bp_model *model, const struct bp_layer *layer, const struct REAL(bp_matrix) *in,
                    const struct REAL(bp_units) *units)
{
    compute(model, layer, 1, in, units);
}

/* delta = dLoss/da f'(z, a) */
static void delta(const struct bp_model *model, const struct bp_layer *layer, const struct REAL(bp_units) *units)
{
    REAL(bp_kernels_of)(model)->backward[layer->activation](units);
}

static REAL(bp_units_fn) *block_delta(const struct bp_model *model, const struct bp_layer *layer)
{
    return bp_layer_by_row(layer) ? NULL : REAL(bp_kernels_of)(model)->backward[layer->activation];
}

/* dLoss/din = delta W */
static void delta_below(const struct bp_model *model, const struct bp_layer *layer, const struct REAL(bp_units) *units,
                        const struct REAL(bp_units) *below, REAL(bp_units_fn) *block)
{
    if (below->a)
        REAL(bp_dense_delta_below)(model, layer, units->delta, below, block);
    else
        REAL(bp_dense_input_gradient)(model, layer, below->rows, units->delta, below->delta, below->stride);
}

/* dW += delta^T in, db += the sum of delta over the rows */
static void gradient(struct bp_model *model, const struct bp_layer *layer, bool bias, const struct REAL(bp_matrix) *in,
                     const struct REAL(bp_units) *units, const struct REAL(bp_update) *update)
{
    if (bias)
        REAL(bp_dense_bias_gradient)(model, layer, units->rows, units->delta, update);
    else if (in->sparse)
        REAL(bp_sparse_gradient)(model, units->rows, in->sparse, units->delta, update);
    else
        REAL(bp_dense_gradient)(model, layer, units->rows, in, units->delta, update);
}

const struct REAL(bp_layer_kind) REAL(bp_kind_dense) = {
    .facts =
        {
            .options = options,
            .columns = columns,
            .biases = biases,
            .describe = describe,
            .chooses_units = true,
            .may_end = true,
            .takes_sparse = true,
        },
    .draw = REAL(bp_parameters_draw),
    .forward = forward,
    .predict = predict,
    .delta = delta,
    .delta_below = delta_below,
    .gradient = gradient,
    .block_delta = block_delta,
    .fuses_delta = true,
    .fuses_step = true,
    .is_bounded = true,
    .is_narrow = true,
};
