/* SPDX-License-Identifier: MIT
 *
 * iRPROP+ (Igel, Huesken: Improving the Rprop learning algorithm, 2000, algorithm 1): a step size for each number, by
 * whether the sign of its slope stays, and where it turned and the value rose, that number goes back to where it
 * was. */
#ifndef BP_TRAIN_METHODS_IRPROP_H
#define BP_TRAIN_METHODS_IRPROP_H

#include "train/methods/point.h"

struct bp_irprop_rules {
    double plus, minus, least, most; /* factors and bounds of the sizes */
    double first;                    /* size, which is brought between the bounds */
};

struct bp_irprop {
    struct bp_point at, trial; /* where it stands, and the point that it tries */
    double *workspace;
    double last_value;      /* of the point before */
    double *last_x, *slope; /* that point, and its gradient, 0 where the sign turned there */
    double *size;           /* of the steps */
};

/* False if there is no memory. */
bool bp_irprop_make(const bp_allocator *allocator, struct bp_irprop *irprop, size_t n);
void bp_irprop_release(const bp_allocator *allocator, struct bp_irprop *irprop);

/* Evaluates `at`, whose x is given, and forgets all else. */
bp_status bp_irprop_begin(struct bp_irprop *irprop, const struct bp_objective *objective,
                          const struct bp_irprop_rules *rules);

/* An iteration, with one evaluation, after which the value may be higher. Where it would be infinite it stays, with
 * lesser sizes. BP_DONE: the sizes have become too short to change a number. After an error the same iteration can be
 * made again. */
bp_status bp_irprop_iterate(struct bp_irprop *irprop, const struct bp_objective *objective,
                            const struct bp_irprop_rules *rules);

#endif
