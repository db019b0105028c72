/* SPDX-License-Identifier: MIT */
#include "train/methods/scg.h"

#include <math.h>

#include "base/memory.h"
#include "base/try.h"
#include "train/methods/methods.h"

/* MATLAB's trainscg has the same; the paper asks for no more than 1e-4 and 1e-6. */
static const double sigma = 5e-5, first_lambda = 5e-7;

bool bp_scg_make(const bp_allocator *allocator, struct bp_scg *s, size_t n)
{
    *s = (struct bp_scg){.workspace = bp_memory_allocate(allocator, n, 5 * sizeof(double))};
    if (!s->workspace)
        return false;
    s->at = bp_point_in(s->workspace, n);
    s->trial = bp_point_in(s->workspace + 2 * n, n);
    s->direction = s->workspace + 4 * n;
    return true;
}

void bp_scg_release(const bp_allocator *allocator, struct bp_scg *s)
{
    bp_memory_release(allocator, s->workspace);
    *s = (struct bp_scg){0};
}

/* Step 1: p = r = -gradient. */
static void restart(struct bp_scg *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        s->direction[i] = -s->at.gradient[i];
    s->lambda = first_lambda;
    s->raised = s->delta = 0;
    s->success = s->fresh = true;
    s->iterations = 0;
}

bp_status bp_scg_begin(struct bp_scg *s, const struct bp_objective *objective)
{
    BP_TRY(objective->evaluate(objective->context, &s->at));
    restart(s, objective->n);
    return BP_OK;
}

/* Step 2: p H p, from the gradient a little further along p. 0, as if unknown, where that is not finite. */
static bp_status measure_curvature(struct bp_scg *s, const struct bp_objective *objective, double *delta)
{
    const size_t n = objective->n;
    const double step = sigma / sqrt(bp_dot(s->direction, s->direction, n));
    bp_point_move(&s->trial, &s->at, step, s->direction, n);
    BP_TRY(objective->evaluate(objective->context, &s->trial));
    *delta = 0;
    if (isfinite(s->trial.value))
        for (size_t i = 0; i < n; i++)
            *delta += s->direction[i] * ((s->trial.gradient[i] - s->at.gradient[i]) / step);
    return BP_OK;
}

static bool has_moved(const struct bp_scg *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s->trial.x[i] != s->at.x[i])
            return true;
    return false;
}

/* Step 7: the next direction, conjugate to the last one, but the gradient after every n iterations. */
static void turn(struct bp_scg *s, double mu, size_t n)
{
    const double *now = s->trial.gradient, *before = s->at.gradient;
    const bool again = s->iterations % n == 0;
    const double beta = again ? 0 : (bp_dot(now, now, n) - bp_dot(now, before, n)) / mu;
    for (size_t i = 0; i < n; i++)
        s->direction[i] = again ? -now[i] : -now[i] + beta * s->direction[i];
}

/* Steps 7 and 8, for the step that `trial` is. */
static void judge(struct bp_scg *s, double share, double mu, double square, size_t n)
{
    s->iterations++;
    s->success = share >= 0;
    s->raised = s->success ? 0 : s->lambda;
    if (share < 0.25)
        s->lambda += s->delta * (1 - share) / square;
    else if (share >= 0.75)
        s->lambda /= 4;
    if (!s->success)
        return;
    s->fresh = s->fresh && !(s->trial.value < s->at.value);
    turn(s, mu, n);
    bp_point_swap(&s->at, &s->trial);
}

/* Step 6: of the fall that the quadratic model predicted, the share that there was. A loss that explodes, or is
 * infinite, does not show how much too long the step was: the next is about a hundredth, not less. */
static double share_of(const struct bp_scg *s, double mu)
{
    const double share = 2 * s->delta * (s->at.value - s->trial.value) / (mu * mu), least = -100;
    return share >= least ? share : least;
}

bp_status bp_scg_iterate(struct bp_scg *s, const struct bp_objective *objective)
{
    const size_t n = objective->n;
    const double square = bp_dot(s->direction, s->direction, n), mu = -bp_dot(s->direction, s->at.gradient, n);
    double lambda = s->lambda, raised = s->raised, delta = s->delta;
    if (!(square > 0))
        return BP_DONE;
    if (s->success)
        BP_TRY(measure_curvature(s, objective, &delta));
    delta += (lambda - raised) * square; /* step 3 */
    if (!(delta > 0)) {                  /* step 4 */
        raised = 2 * (lambda - delta / square);
        delta = -delta + lambda * square;
        lambda = raised;
    }
    const double step = mu / delta; /* step 5 */
    bp_point_move(&s->trial, &s->at, step, s->direction, n);
    BP_TRY(objective->evaluate(objective->context, &s->trial));
    if (!isfinite(step) || !has_moved(s, n)) {
        const bool stuck = s->fresh;
        restart(s, n);
        return stuck ? BP_DONE : BP_OK;
    }
    s->lambda = lambda;
    s->delta = delta;
    judge(s, share_of(s, mu), mu, square, n);
    return BP_OK;
}

/* ---- the method */

_Static_assert(offsetof(struct bp_scg, at) == 0, "a state begins with its point");

static bool make(void *state, const bp_allocator *allocator, const struct bp_problem *problem)
{
    return bp_scg_make(allocator, state, problem->n);
}

static void release(void *state, const bp_allocator *allocator) { bp_scg_release(allocator, state); }

static bp_status begin(void *state, const struct bp_problem *problem)
{
    return bp_scg_begin(state, &problem->objective);
}

static bp_status iterate(void *state, const struct bp_problem *problem)
{
    return bp_scg_iterate(state, &problem->objective);
}

static void report(const void *state, const struct bp_problem *problem, double *loss, double *norm)
{
    bp_point_report(&((const struct bp_scg *)state)->at, problem->n, loss, norm);
}

#define AT(member) offsetof(struct bp_scg, member)

static const struct bp_number_row numbers[] = {
    {"scg.lambda", BP_STATE_NUMBER, AT(lambda), 0}, {"scg.raised", BP_STATE_NUMBER, AT(raised), 0},
    {"scg.delta", BP_STATE_NUMBER, AT(delta), 0},   {"scg.success", BP_STATE_SWITCH, AT(success), 0},
    {"scg.fresh", BP_STATE_SWITCH, AT(fresh), 0},   {"scg.iterations", BP_STATE_SIZE, AT(iterations), 0},
};

static const struct bp_vector_row vectors[] = {{"scg.direction", AT(direction), 0, 1}};

const struct bp_method bp_method_scg = {
    .size = sizeof(struct bp_scg),
    .make = make,
    .release = release,
    .begin = begin,
    .iterate = iterate,
    .report = report,
    BP_NUMBER_ROWS(numbers),
    BP_VECTOR_ROWS(vectors),
};
