/* SPDX-License-Identifier: MIT
 *
 * Dropout: a = in * mask, the mask 1 / (1 - rate) or 0. It lies where z of another layer would. */
#include <stdio.h>

#include "base/message.h"
#include "base/random.h"
#include "nn/typed.h"

static const int32_t options[] = {BP_LAYER_RATE, 0};

static bool is_random(const struct bp_layer *layer) { return layer->set.rate != 0; }

static void describe(const struct bp_layer *layer, char text[BP_LAYER_TEXT])
{
    snprintf(text, BP_LAYER_TEXT, "dropout of %s", bp_message_number(layer->set.rate).text);
}

/* Unit `unit` of sample s is dropped where its word of block {unit / 4, s, s >> 32, layer} is below rate * 2^32: by the
 * count of the sample, so that batches may be split anywhere. */
static void forward(const struct bp_model *model, const struct bp_layer *layer, const struct REAL(bp_matrix) *in,
                    const struct REAL(bp_units) *units)
{
    const uint32_t index = (uint32_t)(layer - model->layers), threshold = (uint32_t)(layer->set.rate * 0x1p32);
    const real keep = (real)(1 / (1 - layer->set.rate));
    real *mask = (real *)units->z;
    for (size_t row = 0; row < units->rows; row++) {
        const uint64_t sample = model->samples + row;
        struct bp_random_block block = {{0}};
        for (size_t unit = 0; unit < units->units; unit++) {
            if (unit % 4 == 0)
                block = bp_random_block(
                    model->seed, (struct bp_random_block){{(uint32_t)(unit / 4), (uint32_t)sample,
                                                           (uint32_t)(sample >> 32), BP_RANDOM_DROPOUT | index}});
            const size_t at = row * units->stride + unit;
            mask[at] = block.word[unit % 4] < threshold ? 0 : keep;
            units->a[at] = mask[at] > 0 ? REAL(bp_kept)(in->at[row * in->stride + unit] * keep) : 0;
        }
    }
}

/* delta *= mask */
static void delta(const struct bp_model *model, const struct bp_layer *layer, const struct REAL(bp_units) *units)
{
    (void)model;
    (void)layer;
    for (size_t row = 0; row < units->rows; row++)
        for (size_t at = row * units->stride; at < row * units->stride + units->units; at++)
            units->delta[at] = REAL(bp_kept)(units->delta[at] * units->z[at]);
}

/* dLoss/din = delta */
static void delta_below(const struct bp_model *model, const struct bp_layer *layer, const struct REAL(bp_units) *units,
                        const struct REAL(bp_units) *below, REAL(bp_units_fn) *block)
{
    (void)model;
    (void)layer;
    (void)block;
    for (size_t row = 0; row < units->rows; row++)
        for (size_t i = 0; i < units->units; i++)
            below->delta[row * below->stride + i] = units->delta[row * units->stride + i];
}

const struct REAL(bp_layer_kind) REAL(bp_kind_dropout) = {
    .facts = {.options = options, .is_random = is_random, .describe = describe, .z_is_input = true},
    .forward = forward,
    .delta = delta,
    .delta_below = delta_below,
};
