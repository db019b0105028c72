/* SPDX-License-Identifier: MIT
 *
 * What the typed sources of this floor share. */
#ifndef BP_NN_TYPED_H
#define BP_NN_TYPED_H

#include "kernels/kernels.h"
#include "nn/ops.h"

static inline const struct REAL(bp_kernels) *REAL(bp_kernels_of)(const struct bp_model *model)
{
    return model->kernels;
}

/* A layer's matrix in z, a or delta. */
static inline real *REAL(bp_rows)(const struct bp_model *model, void *arena, const struct bp_layer *layer)
{
    return (real *)arena + layer->row_at * model->work.capacity;
}

/* A matrix [rows][...] whose rows are `stride` numbers apart. */
struct REAL(bp_matrix) {
    const real *at;
    size_t stride;
};

/* What a layer reads: the activation of the layer below, or x. */
struct REAL(bp_matrix) REAL(bp_layer_input)(const struct bp_model *model, size_t layer, const real *x);

/* z = in W^T + b, [rows][stride]. */
void REAL(bp_dense_forward)(const struct bp_model *model, const struct bp_layer *layer, size_t rows,
                            struct REAL(bp_matrix) in, real *z);
/* dW += delta^T in, db += the sum of delta over the rows, where they are trained. */
void REAL(bp_dense_gradient)(struct bp_model *model, const struct bp_layer *layer, size_t rows,
                             struct REAL(bp_matrix) in, const real *delta);
/* out = delta W: dLoss by the layer's input, rows `out_row` apart. Uses model->panel. */
void REAL(bp_dense_input_delta)(const struct bp_model *model, const struct bp_layer *layer, size_t rows,
                                const real *delta, real *out, size_t out_row);

/* a = in * mask; the mask, 1 / (1 - rate) or 0, stays where z of another layer would. */
void REAL(bp_dropout_forward)(const struct bp_model *model, size_t layer, size_t rows, struct REAL(bp_matrix) in,
                              real *mask, real *a);
/* delta *= mask */
void REAL(bp_dropout_backward)(const struct bp_layer *layer, size_t rows, const real *mask, real *delta);

/* The last layer's matrices and the targets of a batch. */
struct REAL(bp_loss_batch) {
    const struct bp_settings *settings;
    int32_t activation;
    size_t rows, outputs, stride;
    const real *z, *a;
    struct bp_target target;
    real *label_row; /* room for a label as a target, [outputs] */
};

/* start + the sum over rows. */
double REAL(bp_loss_sum)(const struct REAL(bp_loss_batch) *batch, double start);
/* delta = dLoss/dz for the fused pairs, and true; else dLoss/da, and false. */
bool REAL(bp_loss_gradient)(const struct REAL(bp_loss_batch) *batch, real *delta);

bp_status REAL(bp_optimizer_step)(struct bp_model *model, size_t *layer);
bool REAL(bp_initializer_draw)(const struct bp_model *model, const bp_allocator *allocator, void *parameters);

/* nn/parameters_tmpl.c, as struct bp_ops describes them. */
void REAL(bp_parameters_read)(const struct bp_model *model, const void *arena, const struct bp_layer *layer, bool bias,
                              double scale, void *values);
void REAL(bp_parameters_write)(void *arena, const struct bp_layer *layer, bool bias, const void *values);
void REAL(bp_rows_copy)(const struct bp_model *model, const void *arena, size_t layer, size_t rows, void *values);
double REAL(bp_number)(const void *values, size_t index);
size_t REAL(bp_first_nonfinite)(const void *values, size_t n);

/* nn/network_tmpl.c: the walks over the layers. */
void REAL(bp_network_forward)(struct bp_model *model, const void *x, size_t rows);
double REAL(bp_network_loss)(const struct bp_model *model, struct bp_target target, size_t rows);
void REAL(bp_network_loss_delta)(struct bp_model *model, struct bp_target target, size_t rows);
void REAL(bp_network_delta_from)(struct bp_model *model, const void *dy, size_t rows);
void REAL(bp_network_backward)(struct bp_model *model, const void *x, size_t rows);
void REAL(bp_network_input_gradient)(const struct bp_model *model, void *dx, size_t rows);
void REAL(bp_network_predict)(const struct bp_model *model, const void *x, size_t rows, void *y,
                              const struct bp_scratch_room *room);
double REAL(bp_network_evaluate)(const struct bp_model *model, const void *x, struct bp_target target, size_t rows,
                                 const struct bp_scratch_room *room);

#endif
