/* SPDX-License-Identifier: MIT
 *
 * L-BFGS: Newton's step with an inverse Hessian made of the last steps and changes of the gradient (Nocedal, Wright:
 * Numerical Optimization, 2nd edition, 2006, algorithms 7.4 and 7.5). */
#ifndef BP_TRAIN_METHODS_LBFGS_H
#define BP_TRAIN_METHODS_LBFGS_H

#include "train/methods/point.h"

enum { BP_LBFGS_PAIRS = 10 };

struct bp_lbfgs {
    struct bp_point at; /* where it stands */
    double *workspace;
    struct bp_point trial, lowest; /* of a line search */
    double *direction;
    struct {
        double *s, *y; /* the step and the change of the gradient, [n]; those of the next pair follow them */
        double product;
    } pair[BP_LBFGS_PAIRS];
    size_t pairs, next; /* how many there are, and which is made next */
};

/* False if there is no memory. */
bool bp_lbfgs_make(const bp_allocator *allocator, struct bp_lbfgs *lbfgs, size_t n);
void bp_lbfgs_release(const bp_allocator *allocator, struct bp_lbfgs *lbfgs);

/* Evaluates `at`, whose x is given, and forgets all else. */
bp_status bp_lbfgs_begin(struct bp_lbfgs *lbfgs, const struct bp_objective *objective);

/* A step to a lower point, which is `at` then; it stays in every other case. BP_DONE: there is none, neither by Newton
 * nor down the gradient. After an error the same iteration can be made again. */
bp_status bp_lbfgs_iterate(struct bp_lbfgs *lbfgs, const struct bp_objective *objective);

#endif
