/* SPDX-License-Identifier: MIT */
#include "train/methods/lbfgs.h"

#include <float.h>
#include <math.h>

#include "base/memory.h"
#include "base/try.h"
#include "train/methods/methods.h"
#include "train/methods/line_search.h"

bool bp_lbfgs_make(const bp_allocator *allocator, struct bp_lbfgs *l, size_t n)
{
    enum { VECTORS = 3 * 2 + 1 + 2 * BP_LBFGS_PAIRS };
    *l = (struct bp_lbfgs){.workspace = bp_memory_allocate(allocator, n, VECTORS * sizeof(double))};
    if (!l->workspace)
        return false;
    l->at = bp_point_in(l->workspace, n);
    l->trial = bp_point_in(l->workspace + 2 * n, n);
    l->lowest = bp_point_in(l->workspace + 4 * n, n);
    l->direction = l->workspace + 6 * n;
    for (size_t i = 0; i < BP_LBFGS_PAIRS; i++) {
        l->pair[i].s = l->workspace + (7 + i) * n;
        l->pair[i].y = l->workspace + (7 + BP_LBFGS_PAIRS + i) * n;
    }
    return true;
}

void bp_lbfgs_release(const bp_allocator *allocator, struct bp_lbfgs *l)
{
    bp_memory_release(allocator, l->workspace);
    *l = (struct bp_lbfgs){0};
}

bp_status bp_lbfgs_begin(struct bp_lbfgs *l, const struct bp_objective *objective)
{
    l->pairs = l->next = 0;
    return objective->evaluate(objective->context, &l->at);
}

/* The place of a pair, the newest being 0. */
static size_t place_of(const struct bp_lbfgs *l, size_t age)
{
    return (l->next + 2 * BP_LBFGS_PAIRS - 1 - age) % BP_LBFGS_PAIRS;
}

static void add(double *to, double factor, const double *vector, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] += factor * vector[i];
}

static void descend(struct bp_lbfgs *l, size_t n)
{
    for (size_t i = 0; i < n; i++)
        l->direction[i] = -l->at.gradient[i];
}

/* Algorithm 7.4 with q = -gradient: the direction is -H gradient. H_0 is s y / y y of the newest pair (equation
 * 7.20). */
static void direct(struct bp_lbfgs *l, size_t n)
{
    double a[BP_LBFGS_PAIRS], *q = l->direction;
    descend(l, n);
    for (size_t age = 0; age < l->pairs; age++) {
        const size_t i = place_of(l, age);
        a[i] = bp_dot(l->pair[i].s, q, n) / l->pair[i].product;
        add(q, -a[i], l->pair[i].y, n);
    }
    const size_t newest = place_of(l, 0);
    const double scale = l->pair[newest].product / bp_dot(l->pair[newest].y, l->pair[newest].y, n);
    for (size_t i = 0; i < n; i++)
        q[i] *= scale;
    for (size_t age = l->pairs; age > 0; age--) {
        const size_t i = place_of(l, age - 1);
        add(q, a[i] - bp_dot(l->pair[i].y, q, n) / l->pair[i].product, l->pair[i].s, n);
    }
}

/* Keeps the pair of the step to `lowest`, if it has positive curvature: H stays positive definite. */
static void keep_pair(struct bp_lbfgs *l, size_t n)
{
    double *s = l->pair[l->next].s, *y = l->pair[l->next].y;
    for (size_t i = 0; i < n; i++) {
        s[i] = l->lowest.x[i] - l->at.x[i];
        y[i] = l->lowest.gradient[i] - l->at.gradient[i];
    }
    const double product = bp_dot(s, y, n), square = bp_dot(y, y, n);
    const bool overwritten = l->pairs == BP_LBFGS_PAIRS;
    if (product > DBL_EPSILON * square && isfinite(square)) {
        l->pair[l->next].product = product;
        l->next = (l->next + 1) % BP_LBFGS_PAIRS;
        l->pairs += !overwritten;
    } else if (overwritten)
        l->pairs--; /* the oldest lay here */
}

static bp_status search(struct bp_lbfgs *l, const struct bp_objective *objective, double first, bool *found)
{
    const struct bp_line line = {
        .objective = objective,
        .from = &l->at,
        .direction = l->direction,
        .slope = bp_dot(l->at.gradient, l->direction, objective->n),
        .trial = &l->trial,
        .lowest = &l->lowest,
    };
    *found = false;
    return line.slope < 0 ? bp_line_search(&line, first, found) : BP_OK;
}

bp_status bp_lbfgs_iterate(struct bp_lbfgs *l, const struct bp_objective *objective)
{
    const size_t n = objective->n;
    bool found = false;
    if (l->pairs > 0) {
        direct(l, n);
        BP_TRY(search(l, objective, 1, &found));
    }
    if (!found) {
        const double norm = sqrt(bp_dot(l->at.gradient, l->at.gradient, n));
        l->pairs = l->next = 0;
        descend(l, n);
        BP_TRY(search(l, objective, norm > 1 ? 1 / norm : 1, &found));
    }
    if (!found)
        return BP_DONE;
    keep_pair(l, n);
    bp_point_swap(&l->at, &l->lowest);
    return BP_OK;
}

/* ---- the method */

_Static_assert(offsetof(struct bp_lbfgs, at) == 0, "a state begins with its point");

static bool make(void *state, const bp_allocator *allocator, const struct bp_problem *problem)
{
    return bp_lbfgs_make(allocator, state, problem->n);
}

static void release(void *state, const bp_allocator *allocator) { bp_lbfgs_release(allocator, state); }

static bp_status begin(void *state, const struct bp_problem *problem)
{
    return bp_lbfgs_begin(state, &problem->objective);
}

static bp_status iterate(void *state, const struct bp_problem *problem)
{
    return bp_lbfgs_iterate(state, &problem->objective);
}

static void report(const void *state, const struct bp_problem *problem, double *loss, double *norm)
{
    bp_point_report(&((const struct bp_lbfgs *)state)->at, problem->n, loss, norm);
}

static const char *fault(const void *state)
{
    const struct bp_lbfgs *l = state;
    return l->pairs > BP_LBFGS_PAIRS ? "lbfgs.pairs" : l->next >= BP_LBFGS_PAIRS ? "lbfgs.next" : NULL;
}

#define AT(member) offsetof(struct bp_lbfgs, member)

static const struct bp_number_row numbers[] = {
    {"lbfgs.pairs", BP_STATE_SIZE, AT(pairs), 0},
    {"lbfgs.next", BP_STATE_SIZE, AT(next), 0},
};

/* The pairs of s lie one after the other, and those of y. */
static const struct bp_vector_row vectors[] = {
    {"lbfgs.s", AT(pair[0].s), 0, BP_LBFGS_PAIRS},
    {"lbfgs.y", AT(pair[0].y), 0, BP_LBFGS_PAIRS},
    {"lbfgs.product", AT(pair[0].product), sizeof(((struct bp_lbfgs *)NULL)->pair[0]), BP_LBFGS_PAIRS},
};

const struct bp_method bp_method_lbfgs = {
    .size = sizeof(struct bp_lbfgs),
    .make = make,
    .release = release,
    .begin = begin,
    .iterate = iterate,
    .report = report,
    .fault = fault,
    BP_NUMBER_ROWS(numbers),
    BP_VECTOR_ROWS(vectors),
};
