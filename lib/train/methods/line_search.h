/* SPDX-License-Identifier: MIT
 *
 * A step along a direction that meets the strong Wolfe conditions (Nocedal, Wright: Numerical Optimization, 2nd
 * edition, 2006, equations 3.7): with phi(a) the value a step of a away and s = phi'(0) < 0,
 *
 *     phi(a) <= phi(0) + 1e-4 a s    and    |phi'(a)| <= 0.9 |s|. */
#ifndef BP_TRAIN_METHODS_LINE_SEARCH_H
#define BP_TRAIN_METHODS_LINE_SEARCH_H

#include "train/methods/point.h"

struct bp_line {
    const struct bp_objective *objective;
    const struct bp_point *from;
    const double *direction;
    double slope;            /* at `from`, below 0 */
    struct bp_point *trial;  /* buffer */
    struct bp_point *lowest; /* the answer */
};

/* Evaluates 20 points at most, first a step of `first` away. `found`: `lowest` is a point that meets both conditions,
 * or, if none was met with, the lowest that met the first one. */
bp_status bp_line_search(const struct bp_line *line, double first, bool *found);

#endif
