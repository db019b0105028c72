/* SPDX-License-Identifier: MIT */
#include "train/methods/line_search.h"

#include <math.h>

#include "base/try.h"

enum { MOST_EVALUATIONS = 20 };
static const double decrease = 1e-4, curvature = 0.9; /* c1 and c2 */

/* phi and phi' a step away. Where phi is infinite phi' means nothing, and there is no cubic. */
struct place {
    double step, value, slope;
};

static bp_status evaluate(const struct bp_line *l, double step, struct place *seen)
{
    const size_t n = l->objective->n;
    bp_point_move(l->trial, l->from, step, l->direction, n);
    BP_TRY(l->objective->evaluate(l->objective->context, l->trial));
    *seen = (struct place){step, l->trial->value, bp_dot(l->trial->gradient, l->direction, n)};
    return BP_OK;
}

/* Where the cubic through both places, with their slopes, is least (equation 3.59). False where it has no such
 * place. */
static bool cubic(struct place a, struct place b, double *least)
{
    if (!isfinite(a.value) || !isfinite(b.value) || !isfinite(a.slope) || !isfinite(b.slope) || a.step == b.step)
        return false;
    const double d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.step - b.step);
    const double square = d1 * d1 - a.slope * b.slope;
    if (!(square >= 0))
        return false;
    const double root = sqrt(square), d2 = b.step > a.step ? root : -root, divisor = b.slope - a.slope + 2 * d2;
    if (divisor == 0)
        return false;
    *least = b.step - (b.step - a.step) * ((b.slope + d2 - d1) / divisor);
    return true;
}

/* Between two places: by the cubic, or in the middle if that is nearer to an end than a tenth of the way. */
static double between(struct place low, struct place high)
{
    const double width = high.step - low.step;
    double step;
    if (cubic(low, high, &step)) {
        const double share = (step - low.step) / width;
        if (share >= 0.1 && share <= 0.9)
            return step;
    }
    return low.step + width / 2;
}

/* Beyond two places: by the cubic, but twice to ten times as far. */
static double beyond(struct place before, struct place last)
{
    double step = 2 * last.step;
    if (!cubic(before, last, &step) || !(step >= 2 * last.step))
        return 2 * last.step;
    return step <= 10 * last.step ? step : 10 * last.step;
}

/* Algorithms 3.5, until `high` is there, and 3.6: a step that meets the conditions lies between `low`, the lowest place
 * so far that meets the first of them, and `high`. */
bp_status bp_line_search(const struct bp_line *l, double first, bool *found)
{
    struct place low = {0, l->from->value, l->slope}, high = low, seen;
    bool bracketed = false;
    double step = first;
    *found = false;
    for (int count = 0; count < MOST_EVALUATIONS; count++) {
        BP_TRY(evaluate(l, step, &seen));
        if (!(seen.value <= l->from->value + decrease * step * l->slope) || seen.value >= low.value) {
            high = seen;
            bracketed = true;
        } else {
            const struct place before = low;
            bp_point_swap(l->trial, l->lowest);
            *found = true;
            if (fabs(seen.slope) <= -curvature * l->slope)
                return BP_OK;
            if (seen.slope * (bracketed ? high.step - low.step : 1) >= 0) {
                high = low;
                bracketed = true;
            }
            low = seen;
            step = beyond(before, seen);
        }
        if (bracketed)
            step = between(low, high);
    }
    return BP_OK;
}
