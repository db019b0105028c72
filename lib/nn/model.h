/* SPDX-License-Identifier: MIT
 *
 * The network as the mathematics sees it: layers that own no memory, and the arenas in which their numbers lie. Nothing
 * here knows the number type; `void *` arenas hold numbers of it, and every offset counts numbers.
 *
 * Parameters, gradient and optimiser state are arenas of one shape: for each dense layer its weights, then its bias,
 * each beginning on a cache line. Weights lie in panels of `lanes` units, [units / lanes][inputs][lanes], the last one
 * padded with zeros: a product then reads whole vectors of units. A bias is [units], padded likewise, or one number.
 *
 * z, a and delta are arenas in which each layer has a matrix [capacity][stride]; stride is its units rounded up to whole
 * vectors. */
#ifndef BP_NN_MODEL_H
#define BP_NN_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nn/settings.h"

struct bp_ops;

struct bp_layer {
    struct bp_layer_settings set;
    size_t inputs, units;
    /* fixed by bp_model_plan() */
    size_t stride;
    size_t weights_at, weights_room; /* where they lie in the parameter arenas, padding included */
    size_t bias_at, bias_room;
    size_t row_at; /* the layer's matrix begins at row_at * capacity */
};

struct bp_workspace {
    size_t capacity; /* rows there is room for */
    void *x;         /* [capacity][inputs], the input of the last forward */
    void *z, *a, *delta;
};

struct bp_model {
    const struct bp_ops *ops;
    const void *kernels;
    struct bp_layer *layers;
    size_t count, inputs;
    struct bp_settings settings;

    uint64_t seed;
    uint64_t samples;       /* rows forwarded since init: the counter of dropout */
    uint64_t steps;         /* of the optimiser since its state was fresh */
    uint64_t gradient_rows; /* rows that the gradient has summed */
    bool careful;           /* the optimiser's state may have grown huge: see nn/optimizer_tmpl.c */
    size_t room, row_room;  /* numbers in a parameter arena; in a row of all layers */
    void *parameters, *gradient, *state[2];
    void *panel;     /* [widest layer][lanes]: a panel of transposed weights */
    void *label_row; /* [outputs]: a label as one-hot target */
    struct bp_workspace work;
};

/* Targets of a batch: numbers [rows][outputs], or labels [rows] where there are any. */
struct bp_target {
    const void *values;
    const int32_t *labels;
};

static inline size_t bp_round_up(size_t n, size_t multiple) { return (n + multiple - 1) / multiple * multiple; }

static inline int32_t bp_key(double setting) { return (int32_t)setting; }

bool bp_layer_is_dense(const struct bp_layer *layer);
size_t bp_layer_weights(const struct bp_layer *layer); /* as the user counts them, without padding */
size_t bp_layer_biases(const struct bp_layer *layer);

static inline struct bp_layer *bp_model_last(const struct bp_model *model) { return &model->layers[model->count - 1]; }
size_t bp_model_outputs(const struct bp_model *model);
size_t bp_model_parameters(const struct bp_model *model);
size_t bp_model_widest(const struct bp_model *model);     /* stride of the widest layer */
size_t bp_model_panel_room(const struct bp_model *model); /* numbers in model->panel */

/* Lays the arenas out; false if a size overflows. */
bool bp_model_plan(struct bp_model *model);

/* A vector that an optimiser steps as a whole: a layer's weights or its bias. */
struct bp_segment {
    size_t layer, at, room;
    bool bias;
};

/* The trained segments one after the other, from index 0; false past the last. Frozen ones are left out. */
bool bp_model_next_segment(const struct bp_model *model, size_t *index, struct bp_segment *segment);

#endif
