/* SPDX-License-Identifier: MIT
 *
 * What a layer reads, and the layer of dropout. The dense layer is nn/dense_tmpl.c. */
#include "base/random.h"
#include "nn/typed.h"

struct REAL(bp_matrix) REAL(bp_layer_input)(const struct bp_model *model, size_t layer)
{
    if (layer == 0)
        return (struct REAL(bp_matrix)){model->work.input, model->work.input_row};
    const struct bp_layer *below = &model->layers[layer - 1];
    return (struct REAL(bp_matrix)){REAL(bp_rows)(model, model->work.a, below), below->stride};
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
