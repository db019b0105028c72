/* SPDX-License-Identifier: MIT
 *
 * The network as the mathematics sees it: layers that own no memory, and the arenas in which their numbers lie. Nothing
 * here knows the number type; `void *` arenas hold numbers of it, and every offset counts numbers.
 *
 * Parameters, gradient and optimiser state are arenas of one shape: for each layer its weights, then its bias, each
 * beginning on a cache line. Weights lie in panels of `lanes` units, [units / lanes][columns][lanes], the last one
 * padded with zeros: a product then reads whole vectors of units. A bias is [units], padded likewise, or one number.
 *
 * z, a and delta are arenas in which each layer has a matrix [capacity][stride]; stride is its units rounded up to
 * whole vectors, and a vector more where the rows would else fall into the same few sets of the first-level cache. */
#ifndef BP_NN_MODEL_H
#define BP_NN_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bp/bp.h>

#include "base/parallel.h"
#include "base/row_set.h"
#include "nn/layer.h"
#include "nn/settings.h"

struct bp_ops;

/* Vectors of state that an optimiser needs at most. */
enum { BP_MODEL_STATES = 2 };

/* Sparse input that is kept, and the capacity for it. */
struct bp_kept {
    size_t rows, nonzeros;
    void *values, *columns, *starts;
    struct bp_sparse sparse; /* of the last forward, if its rows were sparse */
};

struct bp_workspace {
    size_t capacity; /* in rows */
    size_t x_rows;   /* and in x */
    void *x;         /* [x_rows][input_stride]: the input, where bp_model_copies_input() */
    void *z, *a, *delta;
    size_t packed_size; /* numbers for each thread in packed: see nn/dense_tmpl.c */
    void *packed;
    struct bp_kept kept;
    bool keeps_sparse; /* the last forward kept sparse rows; else x */
};

/* What the network sees of columns: (x - center) factor. One block has the numbers as they were given, [columns] of
 * center and as many of factor, and behind them both in the net's type. NULL: the columns as they are. */
struct bp_scaling {
    double *numbers;
    void *center, *factor;
    bool shifts;    /* a center is not 0 */
    double largest; /* |factor| */
};

struct bp_model {
    const struct bp_ops *ops;
    void *plan; /* typed: kernels, and what follows from the settings */
    struct bp_layer *layers;
    size_t count, inputs;
    size_t input_stride; /* of work.x */
    size_t most_rows;    /* whose matrices can be counted in bytes */
    struct bp_settings settings;
    struct bp_scaling of_inputs, of_targets; /* of [inputs] and [outputs] columns */

    uint64_t seed;
    uint64_t samples;       /* rows forwarded since init: the counter of dropout */
    uint64_t steps;         /* of the optimiser since its state was fresh */
    uint64_t gradient_rows; /* rows that the gradient has summed; while 0, whatever it holds is not read */
    double gradient_bound;  /* no number of it is larger */
    bool partial;         /* of the first layer's weights it has only the columns touched: see nn/sparse_layer_tmpl.c */
    bool negative;        /* and of these one may be -0 */
    bool first_is_normal; /* no weight of the first layer, and no state of one, is subnormal: see the same file */
    uint64_t *touched;    /* a bit for each input, all 0 unless `partial`; NULL before any sparse rows */
    bool check_finite;    /* the optimiser's state may have grown huge: see nn/optimizer_tmpl.c */
    size_t arena_size, row_size; /* numbers in a parameter arena; in a row of all layers */
    size_t states;               /* vectors of state that the optimiser needs */
    void *parameters, *gradient, *state[BP_MODEL_STATES];
    size_t threads;            /* that may work on one call, the caller's among them */
    struct bp_parallel *pool;  /* of them, if there are several */
    bp_parallel_for *host_for; /* the host's threads instead, if it has lent some */
    void *host;
    void *narrow;     /* typed, [layers]: see nn/narrow_net_tmpl.c */
    void *workspaces; /* typed, one for each of them */
    void *label_row;  /* [outputs, in whole vectors]: the target of a row */
    struct bp_workspace work;
};

static inline size_t bp_round_up(size_t n, size_t multiple) { return (n + multiple - 1) / multiple * multiple; }

/* One of the model's scalings, where it is in force; else NULL. */
static inline const struct bp_scaling *bp_model_scaling(const struct bp_model *model, const struct bp_scaling *scaling)
{
    return scaling->center && model->settings.raw == 0 ? scaling : NULL;
}

static inline struct bp_layer *bp_model_last(const struct bp_model *model) { return &model->layers[model->count - 1]; }
size_t bp_model_outputs(const struct bp_model *model);
size_t bp_model_parameters(const struct bp_model *model);
size_t bp_model_widest(const struct bp_model *model); /* stride of the widest layer */

/* The distance from row to row of a matrix of `count` numbers a row, at least that. */
size_t bp_row_stride(size_t count, size_t lanes, size_t size);

/* Whether dense rows go into work.x: to be kept, as some first layers always need it, or because they are apart or
 * their stride causes cache-set conflicts. */
bool bp_model_copies_input(const struct bp_model *model, const struct bp_rows *rows, bool keep);

/* Runs every part on the model's threads. */
void bp_model_run(const struct bp_model *model, size_t parts, bp_task_fn *task, void *context);

/* Words that hold a bit for each input. */
static inline size_t bp_touched_words(size_t inputs) { return (inputs - 1) / 64 + 1; }

/* How many parts so many multiply-adds are worth, up to `threads`; and a product of a layer for so many rows. */
size_t bp_model_parts_of(size_t threads, double multiply_adds);
size_t bp_model_parts(size_t threads, const struct bp_layer *layer, size_t rows);

/* Lays the arenas out; false if a size overflows. */
bool bp_model_plan(struct bp_model *model);

/* A vector that an optimiser steps as a whole: a layer's weights or its bias. */
struct bp_segment {
    size_t layer, at, size;
    bool bias;
};

/* The trained segments one after the other, from index 0; false past the last. Frozen ones are left out. */
bool bp_model_next_segment(const struct bp_model *model, size_t *index, struct bp_segment *segment);

#endif
