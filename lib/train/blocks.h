/* SPDX-License-Identifier: MIT
 *
 * A net over a data set, block by block: what the metrics and a training's validation have in common. */
#ifndef BP_TRAIN_BLOCKS_H
#define BP_TRAIN_BLOCKS_H

#include "data/gather.h"

enum { BP_BLOCK_ROWS = 256 };

/* A net, a data set that fits it, and buffers for a block of its rows. One thread may use it any number of times. */
struct bp_blocks {
    const bp_net *net;
    const bp_data *data;
    const struct bp_call *call; /* that the sentence begins with */
    int32_t dtype;              /* the net's */
    size_t inputs, outputs, classes;
    bp_scratch *scratch;
    void *y;        /* [BP_BLOCK_ROWS][outputs], of the net's type */
    double *y_wide; /* the same y; NULL where y is double already */
    double *target; /* [BP_BLOCK_ROWS][outputs]; NULL where there are labels */
    struct bp_row_buffers buffers;
    struct bp_rows taken; /* the block's rows */
};

/* Rows `row` to row + rows - 1 of the data set, and the net's outputs for them. No number of y or target is NaN. */
struct bp_block {
    size_t row, rows, outputs;
    const double *y;      /* [rows][outputs] */
    const double *target; /* [rows][outputs]; NULL where there are labels */
    const int32_t *labels;
    const double *weights; /* NULL where all are 1 */
};

/* One row of a block. */
struct bp_sample {
    size_t outputs;
    const double *y, *target; /* [outputs]; target is NULL where there is a label */
    int32_t label;
    double weight;
};

/* Checks that net and data fit, and makes buffers, from the data set's allocator and for the scratch the net's. After a
 * failure there is nothing to be released. */
bp_status bp_blocks_create(struct bp_blocks *blocks, const struct bp_call *call, const bp_net *net,
                           const bp_data *data);
void bp_blocks_release(struct bp_blocks *blocks);

/* Predicts all rows, and shows every block to `visit`, which may end this with a status of its own. */
typedef bp_status bp_block_fn(void *context, const struct bp_block *block);
bp_status bp_blocks_visit(struct bp_blocks *blocks, bp_block_fn *visit, void *context);

/* The net's loss, the weighted mean over all rows; as it is, also if it is infinite or NaN. */
bp_status bp_blocks_loss(struct bp_blocks *blocks, double *loss);

/* Row i of a block. */
struct bp_sample bp_block_sample(const struct bp_block *block, size_t i);

/* The target of an output: a label is one-hot, and of one output the label itself. */
double bp_sample_target(const struct bp_sample *sample, size_t output);

#endif
