/* SPDX-License-Identifier: MIT
 *
 * What the typed sources of this floor share. */
#ifndef BP_NN_TYPED_H
#define BP_NN_TYPED_H

#include "base/arithmetic.h"
#include "base/parallel.h"
#include "kernels/kernels.h"
#include "nn/kinds.h"
#include "nn/ops.h"

#define BP_OWN_TYPE BY_PRECISION(BP_F32, BP_F64)

/* Numbers of a user's array are of the net's own type, or of the other. Each is rounded once, to the nearest. */
static inline void REAL(bp_put)(int32_t type, void *values, size_t index, real x)
{
    if (type == BP_OWN_TYPE)
        ((real *)values)[index] = x;
    else
        ((bp_other *)values)[index] = BY_PRECISION((double)x, bp_nearest_float((double)x));
}

static inline real REAL(bp_take)(int32_t type, const void *values, size_t index)
{
    if (type == BP_OWN_TYPE)
        return ((const real *)values)[index];
    const bp_other x = ((const bp_other *)values)[index];
    return BY_PRECISION(bp_nearest_float((double)x), (double)x);
}

/* What follows from the settings, so that no call has to ask again; made by ops->settle. */
enum { BP_NARROW_INPUTS = 64 };

struct REAL(bp_plan) {
    struct REAL(bp_kernels) kernels;
    void (*product)(const struct REAL(bp_product) *product); /* the kernels', or a CBLAS's */
    const struct REAL(bp_loss_kernel) *loss;
    real loss_parameter;
    REAL(bp_update_fn) *step;
    struct REAL(bp_update) update; /* all but what a step or a segment changes */
    struct bp_settings settings;   /* the optimiser's own values where an option follows it */
    bool corrected;                /* Adam's averages are, by the count of steps */
    bool plain_sgd;                /* plain gradient descent: neither state, clip nor penalty */
    bool decays;                   /* the weights pull at themselves */
    bool grows;                    /* a step may be greater than the last, without bound */
    bool lean;                     /* it leaves a parameter whose gradient is 0 as it is, with its state */
    bool fused;                    /* a step needs no check of the whole gradient first */
    bool is_narrow;                /* and the net is so small that this serves it: */
    const struct REAL(bp_narrow_kernel) *narrow_kernel;
    struct REAL(bp_narrow) narrow;
    real narrow_x[BP_NARROW_INPUTS];
};

static inline const struct REAL(bp_plan) *REAL(bp_plan_of)(const struct bp_model *model) { return model->plan; }

static inline const struct REAL(bp_kernels) *REAL(bp_kernels_of)(const struct bp_model *model)
{
    return &REAL(bp_plan_of)(model)->kernels;
}

/* A layer's matrix in z, a or delta. */
static inline real *REAL(bp_rows)(const struct bp_model *model, void *arena, const struct bp_layer *layer)
{
    return (real *)arena + layer->row_at * model->work.capacity;
}

/* A matrix [rows][...] whose rows are `stride` numbers apart; where `at` is NULL, sparse rows. */
struct REAL(bp_matrix) {
    const real *at;
    size_t stride;
    const struct bp_sparse *sparse;
};

/* What a layer reads: the activation of the layer below, or the input. */
static inline struct REAL(bp_matrix)
    REAL(bp_layer_input)(const struct bp_model *model, size_t layer, const struct REAL(bp_matrix) *input)
{
    if (layer == 0)
        return *input;
    const struct bp_layer *below = &model->layers[layer - 1];
    return (struct REAL(bp_matrix)){.at = REAL(bp_rows)(model, model->work.a, below), .stride = below->stride};
}

/* The input that the last forward kept. */
static inline struct REAL(bp_matrix) REAL(bp_kept_input)(const struct bp_model *model)
{
    const struct bp_workspace *work = &model->work;
    if (work->keeps_sparse)
        return (struct REAL(bp_matrix)){.sparse = &work->kept.sparse};
    return (struct REAL(bp_matrix)){.at = work->x, .stride = model->input_stride};
}

/* A layer's z, a and delta. */
static inline struct REAL(bp_units)
    REAL(bp_units_of)(const struct bp_model *model, const struct bp_layer *layer, size_t rows)
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

/* The typed half of a kind of layer. `in` is what the layer reads, [rows][inputs]; `units` are its own z, a and delta,
 * [rows][units]. A kind reads and writes so many numbers of each row, and leaves the rest of the stride as it is. Every
 * sum is a chain of fma() in ascending order, as docs/numerics.md promises. */
struct REAL(bp_layer_kind) {
    struct bp_layer_kind facts; /* first: REAL(bp_kind)() counts on it */

    /* Draws the parameters into an arena of zeros; false if there is no memory. NULL: they begin as zeros. */
    bool (*draw)(const struct bp_model *model, size_t layer, const bp_allocator *allocator, real *parameters);

    /* The training pass: computes a, and z if the kind needs it. */
    void (*forward)(const struct bp_model *model, const struct bp_layer *layer, const struct REAL(bp_matrix) *in,
                    const struct REAL(bp_units) *units);
    /* The evaluation pass: the same where z may be a. Several threads may be in it. NULL: `in` is passed on
     * unchanged. */
    void (*predict)(const struct bp_model *model, const struct bp_layer *layer, const struct REAL(bp_matrix) *in,
                    const struct REAL(bp_units) *units);

    /* Turns units->delta, which is dLoss/da, into what delta_below() and gradient() need. NULL: they need dLoss/da. */
    void (*delta)(const struct bp_model *model, const struct bp_layer *layer, const struct REAL(bp_units) *units);
    /* below->delta = dLoss/din, [rows][inputs]. Where below->a is NULL, it is a matrix of the user's, whose rows have
     * no padding. `block` is NULL, or if the kind fuses deltas the function to call for each block of below->delta. */
    void (*delta_below)(const struct bp_model *model, const struct bp_layer *layer, const struct REAL(bp_units) *units,
                        const struct REAL(bp_units) *below, REAL(bp_units_fn) *block);
    /* Adds the gradient of the weights, or of the bias, to model->gradient. `update` is NULL, or if the kind fuses
     * steps the optimiser's step to take in place of that. NULL: the kind has no parameters. */
    void (*gradient)(struct bp_model *model, const struct bp_layer *layer, bool bias, const struct REAL(bp_matrix) *in,
                     const struct REAL(bp_units) *units, const struct REAL(bp_update) *update);

    /* What a kind may offer to be faster. First: a function that does the work of delta() for any block of units. NULL,
     * or it returns NULL: there is none. */
    REAL(bp_units_fn) *(*block_delta)(const struct bp_model *model, const struct bp_layer *layer);
    bool fuses_delta; /* delta_below() takes a `block` */
    bool
        fuses_step; /* gradient() takes an `update`; and where model->gradient_rows is 0 it starts the sum from zeros */
    bool is_bounded; /* no number of the gradient is above rows * max|delta| * max(max|in|, units) */
    bool is_narrow;  /* if a panel holds all units, kernels/narrow_tmpl.c computes the same */
};

static inline const struct REAL(bp_layer_kind) *REAL(bp_kind)(const struct bp_layer *layer)
{
    return (const struct REAL(bp_layer_kind) *)layer->kind;
}

#define BP_KIND_DECLARATION(key, name, help) extern const struct REAL(bp_layer_kind) REAL(bp_kind_##name);
BP_LAYER_KINDS(BP_KIND_DECLARATION)

/* z = in W^T + b, a = f(z), on up to `threads` threads. z may be a. */
void REAL(bp_dense_forward)(const struct bp_model *model, const struct bp_layer *layer, size_t threads,
                            const struct REAL(bp_matrix) *in, const struct REAL(bp_units) *units);
/* below->delta = delta W, and block() of each block if it is not NULL. */
void REAL(bp_dense_delta_below)(const struct bp_model *model, const struct bp_layer *layer, const real *delta,
                                const struct REAL(bp_units) *below, REAL(bp_units_fn) *block);
/* out = delta W: dLoss by the layer's input, rows `out_row` apart. */
void REAL(bp_dense_input_gradient)(const struct bp_model *model, const struct bp_layer *layer, size_t rows,
                                   const real *delta, real *out, size_t out_row);
/* dW += delta^T in, db += the sum of delta over the rows; or with `update` that step, the gradient never written. */
void REAL(bp_dense_gradient)(const struct bp_model *model, const struct bp_layer *layer, size_t rows,
                             const struct REAL(bp_matrix) *in, const real *delta, const struct REAL(bp_update) *update);
void REAL(bp_dense_bias_gradient)(const struct bp_model *model, const struct bp_layer *layer, size_t rows,
                                  const real *delta, const struct REAL(bp_update) *update);
size_t REAL(bp_dense_workspace_size)(void); /* bytes of one thread's workspace */
/* Numbers that a thread packs at most for a batch of so many rows. */
size_t REAL(bp_dense_packed_size)(const struct bp_model *model, size_t batch);

/* nn/sparse_layer_tmpl.c: the first layer on sparse rows; as bp_dense_forward() and bp_dense_gradient(). */
void REAL(bp_sparse_forward)(const struct bp_model *model, const struct bp_layer *layer, size_t threads,
                             const struct bp_sparse *in, const struct REAL(bp_units) *units);
void REAL(bp_sparse_gradient)(struct bp_model *model, size_t rows, const struct bp_sparse *in, const real *delta,
                              const struct REAL(bp_update) *update);
/* After the gradient of deltas of which one may be infinite or NaN: then as much of it is as would be of dense rows. */
void REAL(bp_sparse_spoil)(struct bp_model *model, size_t rows, const real *delta);
/* Begins a gradient: no column is touched. */
void REAL(bp_sparse_forget)(struct bp_model *model);
/* Makes a partial gradient whole, with zeros. */
void REAL(bp_sparse_spread)(struct bp_model *model);
bool REAL(bp_sparse_is_touched)(const struct bp_model *model, size_t column);
/* The first touched column from this one on; `inputs` if there is none. */
size_t REAL(bp_sparse_next)(const struct bp_model *model, size_t column);
/* Of a partial gradient: whether a step on the touched columns is enough, that step, and the chain of squares over
 * it. */
bool REAL(bp_sparse_is_enough)(const struct bp_model *model);
void REAL(bp_sparse_step)(const struct bp_model *model, const struct REAL(bp_update) *update);
double REAL(bp_sparse_sum_of_squares)(const struct bp_model *model, const struct REAL(bp_update) *whole, double start);

/* The last layer's units and the targets of a batch. */
struct REAL(bp_loss_batch) {
    const struct REAL(bp_loss_kernel) *kernel;
    real parameter;
    struct REAL(bp_units) units;
    const struct bp_rows *rows;
    size_t first;                     /* of the rows, for the first of the units */
    const struct bp_scaling *scaling; /* of the target; NULL: none */
    real *target_row;                 /* buffer for the target of a row, in whole vectors */
};

const struct REAL(bp_loss_kernel) *REAL(bp_loss_find)(const struct REAL(bp_loss_kernel) *losses, int32_t loss,
                                                      int32_t activation);
real REAL(bp_loss_parameter)(const struct bp_settings *settings);
/* start + the sum over rows. */
double REAL(bp_loss_sum)(const struct REAL(bp_loss_batch) *batch, double start);
/* delta = dLoss/dz where the kernel names an activation, else dLoss/da. */
void REAL(bp_loss_slopes)(const struct REAL(bp_loss_batch) *batch);

/* nn/optimizer_tmpl.c */
void REAL(bp_optimizer_plan)(struct REAL(bp_plan) *plan, const struct bp_settings *settings);
/* The update of the next step, for a gradient of so many rows; and of one segment of it. */
struct REAL(bp_update) REAL(bp_optimizer_start)(const struct bp_model *model, uint64_t rows);
struct REAL(bp_update) REAL(bp_optimizer_segment)(const struct REAL(bp_update) *update, const struct bp_model *model,
                                                  const struct bp_segment *segment);
/* Whether a step cannot make anything infinite or NaN, with gradients up to this size. */
bool REAL(bp_optimizer_is_safe)(const struct bp_model *model, double gradient);
bp_status REAL(bp_optimizer_step)(struct bp_model *model, size_t *layer);
/* The target of a row in whole vectors: numbers, scaled, or a label as a one-hot row, or for one output as itself. */
void REAL(bp_loss_put_target)(const struct bp_rows *rows, const struct bp_scaling *scaling, size_t row, size_t outputs,
                              real *target_row);
void REAL(bp_loss_take_target)(const struct bp_rows *rows, size_t row, size_t outputs, real *target_row);

/* nn/narrow_net_tmpl.c: the plan of a narrow net; a whole step on one row, with *end unless it is not known to be safe,
 * which leaves it to nn/train_tmpl.c; whether a step was made or refused. */
void REAL(bp_narrow_plan)(struct bp_model *model);
enum bp_narrow_end REAL(bp_narrow_train)(struct bp_model *model, const struct bp_rows *row, double *loss);

/* nn/layer_tmpl.c, as struct bp_ops describes it. */
const struct bp_layer_kind *REAL(bp_kind_of)(int32_t kind);

/* nn/train_tmpl.c, as struct bp_ops describes it. */
enum bp_train_end REAL(bp_train)(struct bp_model *model, const struct bp_rows *rows, double *loss, size_t *layer);
bool REAL(bp_initializer_draw)(const struct bp_model *model, const bp_allocator *allocator, void *parameters);

/* nn/parameters_tmpl.c: draws weights and bias of a layer by its initialisers; the rest as struct bp_ops describes
 * it. */
bool REAL(bp_parameters_draw)(const struct bp_model *model, size_t layer, const bp_allocator *allocator,
                              real *parameters);
void REAL(bp_parameters_read)(const struct bp_model *model, const void *arena, const struct bp_layer *layer, bool bias,
                              double scale, int32_t type, void *values);
double REAL(bp_gradient_norm)(const struct bp_model *model, double scale);
void REAL(bp_parameters_write)(void *arena, const struct bp_layer *layer, bool bias, int32_t type, const void *values);
void REAL(bp_rows_copy)(size_t rows, size_t columns, size_t stride, const void *from, int32_t type, void *values);
size_t REAL(bp_first_misfit)(int32_t type, const void *values, size_t n);
double REAL(bp_number)(const void *values, size_t index);
size_t REAL(bp_first_nonfinite)(const void *values, size_t n);

/* nn/scaling_tmpl.c */
void REAL(bp_scale_inputs)(const struct bp_model *model, const struct bp_rows *rows, real *to, size_t to_row);
real REAL(bp_unscaled)(const struct bp_scaling *scaling, size_t column, real x);
void REAL(bp_unscale_rows)(const struct bp_scaling *scaling, size_t rows, size_t columns, real *values);
void REAL(bp_scale_slopes)(const struct bp_scaling *scaling, size_t rows, size_t columns, real *slopes);
void REAL(bp_unscale_slopes)(const struct bp_scaling *scaling, size_t rows, size_t columns, real *slopes,
                             size_t stride);
void REAL(bp_scaling_settle)(struct bp_scaling *scaling, size_t columns);

/* nn/gradient_tmpl.c: adds the gradient of the last deltas, of so many rows, to the sum, or begins one; or takes the
 * step of each segment at once. */
void REAL(bp_gradient_add)(struct bp_model *model, size_t rows, const struct REAL(bp_matrix) *input);
void REAL(bp_gradient_step)(struct bp_model *model, size_t rows, const struct REAL(bp_matrix) *input);
/* From here on its numbers may be written, whatever they will be. */
void REAL(bp_gradient_open)(struct bp_model *model);
/* No number of the gradient of these rows can be larger; infinite if that is not known. */
double REAL(bp_gradient_bound)(const struct bp_model *model, size_t rows, const struct REAL(bp_matrix) *input);

/* nn/network_tmpl.c: the walks over the layers, as struct bp_ops describes them. */
void REAL(bp_network_forward)(struct bp_model *model, const struct bp_rows *rows);
/* The input of a pass that keeps none: as it lies, or scaled or copied into work.x. */
struct REAL(bp_matrix) REAL(bp_network_input)(const struct bp_model *model, const struct bp_rows *rows);
void REAL(bp_network_pass)(struct bp_model *model, size_t rows, const struct REAL(bp_matrix) *input);
void REAL(bp_network_outputs)(const struct bp_model *model, size_t rows, int32_t type, void *y);
double REAL(bp_network_loss)(const struct bp_model *model, const struct bp_rows *rows);
void REAL(bp_network_loss_delta)(struct bp_model *model, const struct bp_rows *rows);
void REAL(bp_network_delta_from)(struct bp_model *model, const void *dy, size_t rows);
void REAL(bp_network_deltas)(struct bp_model *model, size_t rows);
void REAL(bp_network_backward)(struct bp_model *model, size_t rows);
void REAL(bp_network_input_gradient)(const struct bp_model *model, void *dx, size_t rows);
void REAL(bp_network_predict)(const struct bp_model *model, const struct bp_rows *rows, void *y,
                              const struct bp_scratch_buffers *buffers);
double REAL(bp_network_evaluate)(const struct bp_model *model, const struct bp_rows *rows,
                                 const struct bp_scratch_buffers *buffers);

#endif
