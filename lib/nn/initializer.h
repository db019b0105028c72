/* SPDX-License-Identifier: MIT
 *
 * What each initialiser draws: its recipe for weights and for biases. */
#ifndef BP_NN_INITIALIZER_H
#define BP_NN_INITIALIZER_H

#include <stdbool.h>

#include <bp/bp.h>

#include "base/keys.h"
#include "base/random.h"
#include "nn/model.h"

extern const struct bp_family bp_initializers;

/* Whether it can draw a bias, which has no fan of its own. */
bool bp_initializer_suits_bias(int32_t initializer);

/* Draws the rows of weights of one layer, in order: begin, a row for each unit, end. */
struct bp_drawer {
    const struct bp_layer *layer;
    int32_t initializer;
    double spread; /* of the distribution: half its width, its standard deviation, or the constant */
    struct bp_random random;
    size_t unit;        /* the next row */
    double *orthogonal; /* all of the matrix, [units][inputs], for BP_INIT_ORTHOGONAL */
};

/* False if there is no memory. */
bool bp_drawer_begin(struct bp_drawer *drawer, const struct bp_layer *layer, uint64_t seed, uint32_t stream,
                     const bp_allocator *allocator);
/* row: [inputs] */
void bp_drawer_row(struct bp_drawer *drawer, double *row);
void bp_drawer_end(struct bp_drawer *drawer, const bp_allocator *allocator);

/* The biases of a layer, [units] or 1. */
void bp_initializer_bias(const struct bp_layer *layer, uint64_t seed, uint32_t stream, double *bias);

#endif
