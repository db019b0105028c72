/* SPDX-License-Identifier: MIT
 *
 * A layer, and its kind as far as no number type is needed to know it. A layer owns no memory: its numbers lie in the
 * arenas of nn/model.h. The typed half of a kind is in nn/typed.h, the rows of all kinds in nn/kinds.h. */
#ifndef BP_NN_LAYER_H
#define BP_NN_LAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bp/bp.h>

#include "base/keys.h"
#include "nn/settings.h"

struct bp_layer;

/* Bytes for the description of a layer, its NUL included. */
enum { BP_LAYER_TEXT = 160 };

/* What a zero or NULL stands for is what most kinds need: such a member may be left out. */
struct bp_layer_kind {
    /* The BP_LAYER_* that a layer of this kind has, then 0; what every layer has need not be listed. The
     * first one gets its value when the layer is added, and every file must have it. */
    const int32_t *options;
    /* The weights are [units][columns]; the bias is [biases]. NULL: no such parameters. */
    size_t (*columns)(size_t inputs);
    size_t (*biases)(const struct bp_layer *layer);
    /* Whether the training pass draws random numbers; then the kind has BP_LAYER_RATE, and none are drawn while that is
     * 0. NULL: never. */
    bool (*is_random)(const struct bp_layer *layer);
    /* "3 units, tanh", "dropout of 0.5": without a newline. */
    void (*describe)(const struct bp_layer *layer, char text[BP_LAYER_TEXT]);
    bool chooses_units; /* whoever adds the layer says how many units it has; else as many as inputs */
    bool may_end;       /* the last layer may be of this kind: a loss goes with its activation */
    bool takes_sparse;  /* as the first layer it reads sparse rows too */
    bool z_is_input;    /* its z, for a user, is what it read; its matrix in the arena of z is for its own use */
};

struct bp_layer {
    const struct bp_layer_kind *kind;
    struct bp_layer_settings set;
    size_t inputs, units;
    size_t columns; /* of its weights, [units][columns]; 0: it has none */
    /* fixed by bp_model_plan() */
    size_t panels;                   /* of units */
    size_t stride;                   /* from row to row of z, a and delta */
    size_t activation;               /* its row in the table of kernels */
    size_t weights_at, weights_size; /* where they lie in the parameter arenas, padding included */
    size_t biases, bias_at, bias_size;
    size_t row_at; /* the layer's matrix begins at row_at * capacity */
};

extern const struct bp_family bp_kinds;

static inline int32_t bp_key(double setting) { return (int32_t)setting; }

/* The option that a layer is made with: the first that its kind lists, or BP_LAYER_KIND if it lists none. */
int32_t bp_layer_first_option(const struct bp_layer_kind *kind);

const char *bp_layer_kind_name(const struct bp_layer *layer);
bool bp_layer_has(const struct bp_layer *layer, int32_t option);
bool bp_layer_is_random(const struct bp_layer *layer);

size_t bp_layer_weights(const struct bp_layer *layer); /* as the user counts them, without padding */
size_t bp_layer_biases(const struct bp_layer *layer);

/* Whether its activation takes a whole row of units at a time. */
bool bp_layer_by_row(const struct bp_layer *layer);

/* So many units of a layer from a whole panel on, as a layer whose weights are read and written. */
static inline struct bp_layer bp_layer_part(const struct bp_layer *layer, size_t first, size_t units)
{
    struct bp_layer part = *layer;
    part.units = units;
    part.weights_at += first * layer->columns;
    return part;
}

#endif
