/* SPDX-License-Identifier: MIT
 *
 * What the full-batch trainers share: points of a function of n numbers, and sums in the order of the index. Of +, -, *,
 * / and sqrt alone, so that a course has the same bits on every machine. */
#ifndef BP_TRAIN_METHODS_POINT_H
#define BP_TRAIN_METHODS_POINT_H

#include <stdbool.h>
#include <stddef.h>

#include <bp/bp.h>

/* The smooth function to be minimised, at a point. */
struct bp_point {
    double *x, *gradient; /* [n] */
    double value;
    size_t right; /* rows with the right answer, which the trainers only carry along */
};

/* It fills in the rest of a point whose x is given, which it may round to what the net can hold. A value that is infinite
 * is one to step back from; a status other than BP_OK ends the iteration. */
struct bp_objective {
    size_t n;
    bp_status (*look)(void *context, struct bp_point *at);
    void *context;
};

/* A point in room for 2 n numbers. */
struct bp_point bp_point_in(double *room, size_t n);
void bp_point_swap(struct bp_point *a, struct bp_point *b);

/* The sum of a_i b_i. */
double bp_dot(const double *a, const double *b, size_t n);

/* x of `to` becomes that of `from`, plus a step along a direction. Where the direction is 0, even a -0 stays. */
void bp_point_move(struct bp_point *to, const struct bp_point *from, double step, const double *direction, size_t n);

#endif
