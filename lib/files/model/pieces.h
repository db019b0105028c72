/* SPDX-License-Identifier: MIT
 *
 * Weights go between a net and a file in pieces that a cache holds: whole panels of units, at least one. */
#ifndef BP_FILES_MODEL_PIECES_H
#define BP_FILES_MODEL_PIECES_H

#include "nn/model.h"

struct bp_piece {
    struct bp_layer layer; /* with the piece's units alone */
    size_t at, count;      /* numbers of the weights or bias before it, and its own */
};

/* Numbers of the greatest piece. */
size_t bp_piece_largest(const struct bp_model *model);

/* The next piece of a layer's weights, or its bias, which is one; `piece` begins as zeros. False past the last. */
bool bp_piece_next(const struct bp_model *model, const struct bp_layer *layer, bool bias, struct bp_piece *piece);

#endif
