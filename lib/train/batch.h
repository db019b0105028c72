/* SPDX-License-Identifier: MIT
 *
 * Rows of a data set in buffers of the net's type, and through the net: the one place that knows f32 from f64. */
#ifndef BP_TRAIN_BATCH_H
#define BP_TRAIN_BATCH_H

#include "data/gather.h"

struct bp_batch {
    int32_t dtype;
    size_t rows, outputs; /* rows at most */
    size_t nonzeros;      /* and how many numbers these have at most, where they are sparse */
    void *y;              /* [rows][outputs] */
    size_t *row;
    const bp_allocator *allocator; /* of what it holds */
    struct bp_row_buffers buffers;
    struct bp_rows taken; /* those that it was filled with last */
};

/* As number i of an array of the net's type. */
static inline void bp_number_put(int32_t dtype, void *numbers, size_t i, double value)
{
    if (dtype == BP_F32)
        ((float *)numbers)[i] = (float)value;
    else
        ((double *)numbers)[i] = value;
}

/* Buffers for any `rows` rows of this data set and this net. False if there is no memory, or no such size. */
bool bp_batch_make(const bp_allocator *allocator, struct bp_batch *batch, const bp_net *net, const bp_data *data,
                   size_t rows);
/* The same, replaced unless they are for so many rows. BP_ERR_MEMORY; and BP_ERR_ARG as bp_batch_fill(). */
bp_status bp_batch_fit(const bp_allocator *allocator, struct bp_batch *batch, const bp_net *net, const bp_data *data,
                       size_t rows);
void bp_batch_release(const bp_allocator *allocator, struct bp_batch *batch);

/* Takes rows row[0..rows) out of the data set. With weights of classes (or NULL), each row's is multiplied with its.
 * BP_ERR_ARG where borrowed arrays have changed and do not fit any more. */
bp_status bp_batch_fill(struct bp_batch *batch, const bp_data *data, const double *class_weights, const size_t *row,
                        size_t rows);
/* The same without target, labels and weights. */
bp_status bp_batch_fill_inputs(struct bp_batch *batch, const struct bp_call *call, const bp_data *data,
                               const size_t *row, size_t rows);
/* The net's buffers to train on as many rows as there are at most. */
bp_status bp_batch_reserve(const struct bp_batch *batch, bp_net *net);

/* A training step on them; or the same step in three calls, with the 2-norm of the mean gradient on the way. */
bp_status bp_batch_train(struct bp_batch *batch, bp_net *net, double *loss);
bp_status bp_batch_train_measured(struct bp_batch *batch, bp_net *net, double *loss, double *norm);

bp_status bp_batch_forward(struct bp_batch *batch, bp_net *net);
/* Forward and backward: adds to the net's gradient. */
bp_status bp_batch_add_gradient(struct bp_batch *batch, bp_net *net, double *loss);
/* Forward of one of the rows alone, with its outputs in the first row of y; and backward from dy, [rows][outputs]. */
bp_status bp_batch_forward_row(struct bp_batch *batch, bp_net *net, size_t row);
bp_status bp_batch_backward_from(const struct bp_batch *batch, bp_net *net, const void *dy, size_t rows);
/* The net's mean gradient. */
bp_status bp_batch_get_gradient(const bp_net *net, void *gradient);

/* The evaluation pass of the first `rows` of them: the loss, and y. */
bp_status bp_batch_loss(const struct bp_batch *batch, const bp_net *net, size_t rows, double *loss,
                        bp_scratch *scratch);
/* The loss of the first row, for a target in place of its own. */
bp_status bp_batch_loss_of_row(const struct bp_batch *batch, const bp_net *net, const void *target, double *loss,
                               bp_scratch *scratch);
bp_status bp_batch_predict(struct bp_batch *batch, const bp_net *net, size_t rows, bp_scratch *scratch);
/* What the last training step or forward gave, into y. */
bp_status bp_batch_outputs(struct bp_batch *batch, const bp_net *net);
/* How many rows of y have their greatest number at the label, or for one output are on the label's side of 1/2. */
size_t bp_batch_right(const struct bp_batch *batch, size_t rows);

/* All parameters, out of the net and into it. */
bp_status bp_batch_get_parameters(const bp_net *net, void *parameters);
bp_status bp_batch_set_parameters(bp_net *net, const void *parameters);

#endif
