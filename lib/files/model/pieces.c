/* SPDX-License-Identifier: MIT */
#include "files/model/pieces.h"

#include "nn/ops.h"

enum { PIECE = 1 << 18 }; /* bytes, if a panel has not more */

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

static size_t units_of(const struct bp_model *model, const struct bp_layer *layer)
{
    const size_t panel = layer->columns * model->ops->lanes, panels = PIECE / model->ops->size / panel;
    return model->ops->lanes * (panels > 0 ? panels : 1);
}

size_t bp_piece_largest(const struct bp_model *model)
{
    size_t most = 0;
    for (size_t i = 0; i < 2 * model->count; i++) {
        struct bp_piece first = {.at = 0};
        if (bp_piece_next(model, &model->layers[i / 2], i % 2, &first) && first.count > most)
            most = first.count;
    }
    return most;
}

bool bp_piece_next(const struct bp_model *model, const struct bp_layer *layer, bool bias, struct bp_piece *piece)
{
    const size_t all = bias ? bp_layer_biases(layer) : bp_layer_weights(layer);
    piece->at += piece->count;
    piece->count = all - piece->at;
    piece->layer = *layer;
    if (piece->count == 0 || bias)
        return piece->count > 0;
    const size_t first = piece->at / layer->columns, units = least(units_of(model, layer), layer->units - first);
    piece->layer = bp_layer_part(layer, first, units);
    piece->count = units * layer->columns;
    return true;
}
