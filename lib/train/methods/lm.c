/* SPDX-License-Identifier: MIT */
#include "train/methods/lm.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/try.h"
#include "train/methods/methods.h"
#include "train/symmetric.h"

bool bp_lm_make(const bp_allocator *allocator, struct bp_lm *l, size_t n, size_t count)
{
    size_t size;
    *l = (struct bp_lm){0};
    if (!bp_symmetric_size(count, &size))
        return false;
    l->workspace = bp_memory_allocate(allocator, n, 5 * sizeof(double));
    l->step = bp_memory_allocate(allocator, bp_symmetric_stride(count), BP_SYMMETRIC_PANEL * sizeof(double));
    l->normal = bp_memory_allocate(allocator, size, sizeof(double));
    l->factor = bp_memory_allocate(allocator, size, sizeof(double));
    if (!l->workspace || !l->step || !l->normal || !l->factor)
        return false;
    l->at = bp_point_in(l->workspace, n);
    l->trial = bp_point_in(l->workspace + 2 * n, n);
    l->direction = l->workspace + 4 * n;
    return true;
}

void bp_lm_release(const bp_allocator *allocator, struct bp_lm *l)
{
    void *const buffers[] = {l->workspace, l->step, l->normal, l->factor};
    for (size_t i = 0; i < sizeof(buffers) / sizeof(buffers[0]); i++)
        bp_memory_release(allocator, buffers[i]);
    *l = (struct bp_lm){0};
}

/* Makes normal and the rest of `at` be of at's x. */
static bp_status know(struct bp_lm *l, const struct bp_squares *squares)
{
    if (!l->known)
        BP_TRY(squares->evaluate_jacobian(squares->context, &l->at, l->normal));
    l->known = true;
    return BP_OK;
}

bp_status bp_lm_evaluate(struct bp_lm *l, const struct bp_squares *squares)
{
    memset(l->direction, 0, squares->n * sizeof(*l->direction)); /* what is not trained stays */
    l->known = false;
    return know(l, squares);
}

bp_status bp_lm_begin(struct bp_lm *l, const struct bp_squares *squares, const struct bp_lm_rules *rules)
{
    l->mu = rules->first;
    return bp_lm_evaluate(l, squares);
}

/* ---- what is minimised */

double bp_lm_decayed(const struct bp_point *at, const struct bp_lm_terms *terms, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += terms->decay[i] * at->x[i] * at->x[i];
    return sum;
}

static double cost(const struct bp_point *at, const struct bp_lm_terms *terms, size_t n)
{
    return terms->data * at->value + terms->penalty * bp_lm_decayed(at, terms, n) / 2;
}

static double slope(const struct bp_lm *l, const struct bp_lm_terms *terms, size_t i)
{
    return terms->data * l->at.gradient[i] + terms->penalty * terms->decay[i] * l->at.x[i];
}

double bp_lm_gradient_norm(const struct bp_lm *l, const struct bp_lm_terms *terms, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += slope(l, terms, i) * slope(l, terms, i);
    return sqrt(sum);
}

/* ---- the normal equations */

static bool factor(double *a, size_t n, double *workspace, bool lapack)
{
#ifdef BP_HAVE_LAPACK
    if (lapack)
        return bp_lapack_factor(a, n);
#endif
    (void)lapack;
    return bp_symmetric_factor(a, n, workspace);
}

static bool solve(const double *a, size_t n, double *b, bool lapack)
{
#ifdef BP_HAVE_LAPACK
    if (lapack)
        return bp_lapack_solve(a, n, b);
#endif
    (void)lapack;
    bp_symmetric_solve(a, n, b);
    return true;
}

bool bp_lm_factor(struct bp_lm *l, const struct bp_squares *squares, const struct bp_lm_terms *terms, double mu,
                  bool lapack)
{
    const size_t count = squares->count, stride = bp_symmetric_stride(count);
    for (size_t i = 0; i < count; i++) {
        double *row = l->factor + i * stride;
        for (size_t j = i; j < stride; j++)
            row[j] = terms->data * l->normal[i * stride + j];
        row[i] += terms->penalty * terms->decay[squares->trained[i]] + mu;
    }
    return factor(l->factor, count, squares->workspace, lapack);
}

/* The direction for this mu. */
static bool direct(struct bp_lm *l, const struct bp_squares *squares, const struct bp_lm_terms *terms, double mu,
                   bool lapack)
{
    if (!bp_lm_factor(l, squares, terms, mu, lapack))
        return false;
    for (size_t i = 0; i < squares->count; i++)
        l->step[i] = -slope(l, terms, squares->trained[i]);
    if (!solve(l->factor, squares->count, l->step, lapack))
        return false;
    for (size_t i = 0; i < squares->count; i++)
        l->direction[squares->trained[i]] = l->step[i];
    return true;
}

/* ---- an iteration */

/* A step with this mu. It is taken if that is lower, and has derivatives. */
static bp_status try_step(struct bp_lm *l, const struct bp_squares *squares, const struct bp_lm_terms *terms, double mu,
                          bool lapack, bool *taken)
{
    const size_t n = squares->n;
    *taken = false;
    BP_TRY(know(l, squares));
    if (!direct(l, squares, terms, mu, lapack))
        return BP_OK;
    bp_point_move(&l->trial, &l->at, 1, l->direction, n);
    BP_TRY(squares->evaluate(squares->context, &l->trial));
    if (!(cost(&l->trial, terms, n) < cost(&l->at, terms, n)))
        return BP_OK;
    l->known = false;
    BP_TRY(squares->evaluate_jacobian(squares->context, &l->trial, l->normal));
    if (!isfinite(l->trial.value))
        return BP_OK;
    bp_point_swap(&l->at, &l->trial);
    *taken = l->known = true;
    return BP_OK;
}

bp_status bp_lm_iterate(struct bp_lm *l, const struct bp_squares *squares, const struct bp_lm_terms *terms,
                        const struct bp_lm_rules *rules)
{
    bool taken;
    for (double mu = l->mu; mu <= rules->most; mu *= rules->increase) {
        BP_TRY(try_step(l, squares, terms, mu, rules->lapack, &taken));
        if (taken) {
            l->mu = fmax(mu * rules->decrease, BP_LM_LEAST_MU);
            return BP_OK;
        }
    }
    l->mu = rules->first;
    return BP_DONE;
}

/* ---- the method; half the sum of squares is rows times the loss, and so are the penalties */

_Static_assert(offsetof(struct bp_lm, at) == 0, "a state begins with its point");

struct bp_lm_rules bp_lm_rules_of(const struct bp_problem *problem)
{
    return (struct bp_lm_rules){.first = bp_problem_option(problem, BP_TRAIN_MU),
                                .decrease = bp_problem_option(problem, BP_TRAIN_MU_DECREASE),
                                .increase = bp_problem_option(problem, BP_TRAIN_MU_INCREASE),
                                .most = bp_problem_option(problem, BP_TRAIN_MU_MAX),
                                .lapack = bp_problem_option(problem, BP_TRAIN_LAPACK) != 0};
}

bp_status bp_lm_restore(struct bp_lm *l, const struct bp_problem *problem, bool here)
{
    return here ? bp_lm_evaluate(l, &problem->squares) : BP_OK;
}

const char *bp_lm_fault(const struct bp_lm *l) { return l->mu >= BP_LM_LEAST_MU ? NULL : "squares.mu"; }

static struct bp_lm_terms terms_of(const struct bp_problem *problem)
{
    return (struct bp_lm_terms){.data = 1, .penalty = problem->rows, .decay = problem->decay};
}

static bool make(void *state, const bp_allocator *allocator, const struct bp_problem *problem)
{
    return bp_lm_make(allocator, state, problem->n, problem->squares.count);
}

static void release(void *state, const bp_allocator *allocator) { bp_lm_release(allocator, state); }

static bp_status begin(void *state, const struct bp_problem *problem)
{
    const struct bp_lm_rules rules = bp_lm_rules_of(problem);
    return bp_lm_begin(state, &problem->squares, &rules);
}

static bp_status iterate(void *state, const struct bp_problem *problem)
{
    const struct bp_lm_rules rules = bp_lm_rules_of(problem);
    const struct bp_lm_terms terms = terms_of(problem);
    return bp_lm_iterate(state, &problem->squares, &terms, &rules);
}

static bp_status restore(void *state, const struct bp_problem *problem, bool here)
{
    return bp_lm_restore(state, problem, here);
}

static void report(const void *state, const struct bp_problem *problem, double *loss, double *norm)
{
    const struct bp_lm *l = state;
    const struct bp_lm_terms terms = terms_of(problem);
    *loss = l->at.value / problem->rows + bp_lm_decayed(&l->at, &terms, problem->n) / 2;
    *norm = bp_lm_gradient_norm(l, &terms, problem->n) / problem->rows;
}

static const char *fault(const void *state) { return bp_lm_fault(state); }

static const struct bp_number_row numbers[] = {BP_LM_NUMBER_ROW};

const struct bp_method bp_method_lm = {
    .size = sizeof(struct bp_lm),
    .residuals = true,
    .make = make,
    .release = release,
    .begin = begin,
    .iterate = iterate,
    .restore = restore,
    .report = report,
    .fault = fault,
    BP_NUMBER_ROWS(numbers),
};
