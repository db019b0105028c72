/* SPDX-License-Identifier: MIT
 *
 * What the methods share: points of a function of n numbers, and sums in the order of the index. Of +, -, *,
 * / and sqrt alone, so that a course has the same bits on every machine. */
#ifndef BP_TRAIN_METHODS_POINT_H
#define BP_TRAIN_METHODS_POINT_H

#include "train/method.h"

/* A point in a workspace of 2 n numbers. */
struct bp_point bp_point_in(double *workspace, size_t n);
void bp_point_swap(struct bp_point *a, struct bp_point *b);

/* The value at a point and the norm of its gradient. */
void bp_point_report(const struct bp_point *at, size_t n, double *value, double *norm);

/* The sum of a_i b_i. */
double bp_dot(const double *a, const double *b, size_t n);

/* x of `to` becomes that of `from`, plus a step along a direction. Where the direction is 0, even a -0 stays. */
void bp_point_move(struct bp_point *to, const struct bp_point *from, double step, const double *direction, size_t n);

#endif
