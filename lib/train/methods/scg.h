/* SPDX-License-Identifier: MIT
 *
 * Scaled conjugate gradient (Moller: A scaled conjugate gradient algorithm for fast supervised learning, Neural
 * Networks 6, 1993): no line search, but the curvature along the direction from two gradients, and a scale lambda that
 * makes it positive and the step no longer than the quadratic model is good for. */
#ifndef BP_TRAIN_METHODS_SCG_H
#define BP_TRAIN_METHODS_SCG_H

#include "train/methods/point.h"

struct bp_scg {
    struct bp_point at, trial; /* where it stands, and the point that it tries */
    double *workspace;
    double *direction;     /* p */
    double lambda, raised; /* the paper's lambda, and lambda with a bar: how much of it is in delta already */
    double delta;          /* curvature along p, times p p; kept while steps fail */
    bool success;          /* of the last step */
    bool fresh;            /* nothing was gained since p was the gradient and lambda small */
    size_t iterations;     /* k */
};

/* False if there is no memory. */
bool bp_scg_make(const bp_allocator *allocator, struct bp_scg *scg, size_t n);
void bp_scg_release(const bp_allocator *allocator, struct bp_scg *scg);

/* Evaluates `at`, whose x is given, and forgets all else. */
bp_status bp_scg_begin(struct bp_scg *scg, const struct bp_objective *objective);

/* An iteration, with two evaluations, or one after a step that failed: `at` is then no higher than before, and the same
 * if the step failed. BP_DONE: steps have become too short to change a number, also down the gradient. After an error
 * the same iteration can be made again. */
bp_status bp_scg_iterate(struct bp_scg *scg, const struct bp_objective *objective);

#endif
