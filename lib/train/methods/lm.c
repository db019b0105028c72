/* SPDX-License-Identifier: MIT */
#include "train/methods/lm.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "data/data_set.h"
#include "train/methods/symmetric.h"

bool bp_lm_make(const bp_allocator *allocator, struct bp_lm *l, size_t n, size_t count)
{
    size_t size;
    *l = (struct bp_lm){0};
    if (!bp_symmetric_size(count, &size))
        return false;
    l->room = bp_memory_allocate(allocator, n, 5 * sizeof(double));
    l->step = bp_memory_allocate(allocator, bp_symmetric_stride(count), BP_SYMMETRIC_PANEL * sizeof(double));
    l->normal = bp_memory_allocate(allocator, size, sizeof(double));
    l->factor = bp_memory_allocate(allocator, size, sizeof(double));
    if (!l->room || !l->step || !l->normal || !l->factor)
        return false;
    l->at = bp_point_in(l->room, n);
    l->trial = bp_point_in(l->room + 2 * n, n);
    l->direction = l->room + 4 * n;
    return true;
}

void bp_lm_release(const bp_allocator *allocator, struct bp_lm *l)
{
    void *const rooms[] = {l->room, l->step, l->normal, l->factor};
    for (size_t i = 0; i < sizeof(rooms) / sizeof(rooms[0]); i++)
        bp_memory_release(allocator, rooms[i]);
    *l = (struct bp_lm){0};
}

/* Makes normal and the rest of `at` be of at's x. */
static bp_status know(struct bp_lm *l, const struct bp_squares *squares)
{
    if (!l->known)
        BP_TRY(squares->look_closely(squares->context, &l->at, l->normal));
    l->known = true;
    return BP_OK;
}

bp_status bp_lm_look(struct bp_lm *l, const struct bp_squares *squares)
{
    memset(l->direction, 0, squares->n * sizeof(*l->direction)); /* what is not trained stays */
    l->known = false;
    return know(l, squares);
}

bp_status bp_lm_begin(struct bp_lm *l, const struct bp_squares *squares, const struct bp_lm_rules *rules)
{
    l->mu = rules->first;
    return bp_lm_look(l, squares);
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

static bool factor(double *a, size_t n, double *room, bool lapack)
{
#ifdef BP_HAVE_LAPACK
    if (lapack)
        return bp_lapack_factor(a, n);
#endif
    (void)lapack;
    return bp_symmetric_factor(a, n, room);
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
    return factor(l->factor, count, squares->room, lapack);
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
    BP_TRY(squares->look(squares->context, &l->trial));
    if (!(cost(&l->trial, terms, n) < cost(&l->at, terms, n)))
        return BP_OK;
    l->known = false;
    BP_TRY(squares->look_closely(squares->context, &l->trial, l->normal));
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
