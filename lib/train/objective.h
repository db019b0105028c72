/* SPDX-License-Identifier: MIT
 *
 * The loss and gradient of all rows of a training's data, with the penalties, as a function of the parameters. */
#ifndef BP_TRAIN_OBJECTIVE_H
#define BP_TRAIN_OBJECTIVE_H

#include "train/training.h"

/* Fills in train->full.decay and the rows' order, and makes buffers for blocks of rows, for objectives of this
 * training. */
bp_status bp_objective_prepare(bp_train *train);
struct bp_objective bp_objective_of(bp_train *train);

/* The net's parameters out of it and into it, as doubles. */
bp_status bp_objective_get(bp_train *train, double *x);
bp_status bp_objective_set(bp_train *train, const double *x);

/* A number that another follows as soon as parameters, or whatever else the objective depends on, have changed. */
bp_status bp_objective_fingerprint(bp_train *train, uint64_t *fingerprint);

#endif
