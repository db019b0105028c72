/* SPDX-License-Identifier: MIT */
#include "train/methods/point.h"

#include <math.h>

struct bp_point bp_point_in(double *workspace, size_t n)
{
    return (struct bp_point){.x = workspace, .gradient = workspace + n};
}

void bp_point_swap(struct bp_point *a, struct bp_point *b)
{
    const struct bp_point c = *a;
    *a = *b;
    *b = c;
}

double bp_dot(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

void bp_point_move(struct bp_point *to, const struct bp_point *from, double step, const double *direction, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to->x[i] = direction[i] != 0 ? from->x[i] + step * direction[i] : from->x[i];
}

void bp_point_report(const struct bp_point *at, size_t n, double *value, double *norm)
{
    *value = at->value;
    *norm = sqrt(bp_dot(at->gradient, at->gradient, n));
}
