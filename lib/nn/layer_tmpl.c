/* SPDX-License-Identifier: MIT
 *
 * The kinds of layers by their keys, and what a layer reads and writes. */
#include "nn/typed.h"

#define ROW(key, name) {key, &REAL(bp_kind_##name)},
static const struct {
    int32_t key;
    const struct REAL(bp_layer_kind) *kind;
} kinds[] = {BP_LAYER_KINDS(ROW)};

const struct bp_layer_kind *REAL(bp_kind_of)(int32_t kind)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (kinds[i].key == kind)
            return &kinds[i].kind->facts;
    return NULL;
}

struct REAL(bp_matrix) REAL(bp_layer_input)(const struct bp_model *model, size_t layer)
{
    const struct bp_workspace *work = &model->work;
    if (layer == 0)
        return (struct REAL(bp_matrix)){
            .at = work->input, .stride = work->input_row, .sparse = work->input ? NULL : &work->sparse};
    const struct bp_layer *below = &model->layers[layer - 1];
    return (struct REAL(bp_matrix)){.at = REAL(bp_rows)(model, work->a, below), .stride = below->stride};
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
