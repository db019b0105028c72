/* SPDX-License-Identifier: MIT */
#include "train/methods/br.h"

#include <math.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "base/try.h"
#include "train/methods/methods.h"
#include "train/symmetric.h"

bool bp_br_make(const bp_allocator *allocator, struct bp_br *b, size_t n)
{
    *b = (struct bp_br){.ones = bp_memory_allocate(allocator, n, sizeof(double))};
    return b->ones != NULL;
}

void bp_br_release(const bp_allocator *allocator, struct bp_br *b)
{
    bp_memory_release(allocator, b->ones);
    *b = (struct bp_br){0};
}

/* F / 2. */
struct bp_lm_terms bp_br_terms(const struct bp_br *b) { return (struct bp_lm_terms){b->beta, b->alpha, b->ones}; }

/* 1 where a quotient makes no sense: of 0 residuals, or fewer of them than effective parameters. */
static double quotient(double a, double b)
{
    const double q = a > 0 ? bp_quotient(a, b) : 0;
    return q > 0 && isfinite(q) ? q : 1;
}

/* alpha = gamma / (2 E_W), beta = (N - gamma) / (2 E_D), with E_D twice the value. */
static void weigh(struct bp_br *b, const struct bp_lm *lm, size_t n, double number)
{
    const struct bp_lm_terms terms = bp_br_terms(b);
    b->alpha = quotient(b->gamma, 2 * bp_lm_decayed(&lm->at, &terms, n));
    b->beta = quotient(number - b->gamma, 4 * lm->at.value);
}

void bp_br_mark(struct bp_br *b, const struct bp_squares *squares)
{
    for (size_t i = 0; i < squares->n; i++)
        b->ones[i] = 0;
    for (size_t i = 0; i < squares->count; i++)
        b->ones[squares->trained[i]] = 1;
}

bp_status bp_br_begin(struct bp_br *b, struct bp_lm *lm, const struct bp_squares *squares,
                      const struct bp_lm_rules *rules)
{
    b->gamma = (double)squares->count;
    b->alpha = 0; /* for the first step, as Foresee and Hagan */
    b->beta = 1;
    bp_br_mark(b, squares);
    return bp_lm_begin(lm, squares, rules);
}

/* gamma = P - 2 alpha tr H^-1, with H = 2 beta J^T J + 2 alpha I. As it was where rounding leaves no such trace. */
static double effective(struct bp_br *b, struct bp_lm *lm, const struct bp_squares *squares, bool lapack)
{
    const struct bp_lm_terms terms = bp_br_terms(b);
    if (b->alpha == 0 || !bp_lm_factor(lm, squares, &terms, 0, lapack))
        return b->gamma;
    const double trace = bp_symmetric_inverse_trace(lm->factor, squares->count, lm->step);
    const double gamma = (double)squares->count - b->alpha * trace;
    return gamma >= 0 ? gamma : b->gamma;
}

bp_status bp_br_iterate(struct bp_br *b, struct bp_lm *lm, const struct bp_squares *squares,
                        const struct bp_lm_rules *rules, double number)
{
    const struct bp_lm_terms terms = bp_br_terms(b);
    BP_TRY(bp_lm_iterate(lm, squares, &terms, rules));
    b->gamma = effective(b, lm, squares, rules->lapack);
    weigh(b, lm, squares->n, number);
    return BP_OK;
}

/* ---- the method */

struct state {
    struct bp_lm lm; /* first, as its point and BP_LM_NUMBER_ROW want it */
    struct bp_br br;
};

static bool make(void *state, const bp_allocator *allocator, const struct bp_problem *problem)
{
    struct state *s = state;
    return bp_lm_make(allocator, &s->lm, problem->n, problem->squares.count) &&
           bp_br_make(allocator, &s->br, problem->n);
}

static void release(void *state, const bp_allocator *allocator)
{
    struct state *s = state;
    bp_lm_release(allocator, &s->lm);
    bp_br_release(allocator, &s->br);
}

static bp_status begin(void *state, const struct bp_problem *problem)
{
    struct state *s = state;
    const struct bp_lm_rules rules = bp_lm_rules_of(problem);
    return bp_br_begin(&s->br, &s->lm, &problem->squares, &rules);
}

static bp_status iterate(void *state, const struct bp_problem *problem)
{
    struct state *s = state;
    const struct bp_lm_rules rules = bp_lm_rules_of(problem);
    return bp_br_iterate(&s->br, &s->lm, &problem->squares, &rules, problem->residuals);
}

static bp_status restore(void *state, const struct bp_problem *problem, bool here)
{
    struct state *s = state;
    bp_br_mark(&s->br, &problem->squares);
    return bp_lm_restore(&s->lm, problem, here);
}

/* The penalty is no part of the loss, which is the user's; the gradient is of F as it would be with a beta of 1. */
static void report(const void *state, const struct bp_problem *problem, double *loss, double *norm)
{
    const struct state *s = state;
    const struct bp_lm_terms terms = bp_br_terms(&s->br);
    *loss = s->lm.at.value / problem->rows;
    *norm = bp_lm_gradient_norm(&s->lm, &terms, problem->n) / (problem->rows * terms.data);
}

static const char *fault(const void *state) { return bp_lm_fault(&((const struct state *)state)->lm); }

static const struct bp_number_row numbers[] = {
    BP_LM_NUMBER_ROW,
    {"br.alpha", BP_STATE_NUMBER, offsetof(struct state, br.alpha), BP_RECORD_ALPHA},
    {"br.beta", BP_STATE_NUMBER, offsetof(struct state, br.beta), BP_RECORD_BETA},
    {"br.gamma", BP_STATE_NUMBER, offsetof(struct state, br.gamma), BP_RECORD_GAMMA},
};

const struct bp_method bp_method_br = {
    .size = sizeof(struct state),
    .residuals = true,
    .regularises = true,
    .make = make,
    .release = release,
    .begin = begin,
    .iterate = iterate,
    .restore = restore,
    .report = report,
    .fault = fault,
    BP_NUMBER_ROWS(numbers),
};
