/* SPDX-License-Identifier: MIT
 *
 * The loss of all rows of a training's data as a sum of squares of residuals, with their derivatives by the trained
 * parameters: of a net's outputs y, r = sqrt(c w) (y - t), so that half the sum of r^2 is rows times the loss. c is
 * what the loss makes of an error in that output; w the row's weight. */
#ifndef BP_TRAIN_SQUARES_H
#define BP_TRAIN_SQUARES_H

#include "train/method.h"

/* Buffers for the residuals of a net. */
struct bp_residuals {
    size_t n, count;  /* for so many parameters, so many of them trained */
    size_t *trained;  /* [count] */
    double *rows;     /* of J: bp_symmetric_workspace() */
    double *of_row;   /* [BP_SYMMETRIC_ROWS]: their residuals */
    double *scale;    /* [outputs]: sqrt(c) */
    void *dy, *trial; /* [outputs] each, of the net's type */
    double number;    /* of residuals, in rows whose weight is not 0 */
};

/* Parameters that are trained, as the layers stand now. */
size_t bp_residuals_trained(const bp_train *train);

/* False if there is no memory. */
bool bp_residuals_make(const bp_train *train, struct bp_residuals *residuals);
void bp_residuals_release(const bp_allocator *allocator, struct bp_residuals *residuals);

/* What is trained, and how many residuals the data have. */
bp_status bp_residuals_count(bp_train *train, struct bp_residuals *residuals);

/* Asks the net for the c of its loss. In f32 its last bits depend on where the net stands. */
bp_status bp_residuals_measure(bp_train *train, struct bp_residuals *residuals);

/* After bp_objective_prepare() too. */
struct bp_squares bp_squares_of(bp_train *train);

#endif
