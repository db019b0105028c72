/* SPDX-License-Identifier: MIT
 *
 * L-BFGS and SCG on plain functions. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "train/methods/lbfgs.h"
#include "train/methods/scg.h"

enum { N = 12 };

/* A function, and the evaluation that fails. */
struct problem {
    double (*value)(const double *x, double *gradient, size_t n);
    size_t n, evaluations, fail_at;
};

static bp_status evaluate(void *context, struct bp_point *at)
{
    struct problem *p = context;
    if (++p->evaluations == p->fail_at)
        return BP_ERR_CANCELLED;
    at->value = p->value(at->x, at->gradient, p->n);
    return BP_OK;
}

static struct bp_objective objective_of(struct problem *p)
{
    return (struct bp_objective){.n = p->n, .evaluate = evaluate, .context = p};
}

/* ---- functions; each has its least value 0, at 1 */

/* sum of k (x_k - 1)^2 / 2, k from 1. */
static double quadratic(const double *x, double *gradient, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        gradient[i] = (double)(i + 1) * (x[i] - 1);
        sum += gradient[i] * (x[i] - 1) / 2;
    }
    return sum;
}

/* Rosenbrock's valley, over pairs. */
static double rosenbrock(const double *x, double *gradient, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i + 1 < n; i += 2) {
        const double bend = x[i + 1] - x[i] * x[i], rest = 1 - x[i];
        sum += 100 * bend * bend + rest * rest;
        gradient[i] = -400 * x[i] * bend - 2 * rest;
        gradient[i + 1] = 200 * bend;
    }
    return sum;
}

/* sum of x - log x - 1: not finite for x <= 0, where long steps end. */
static double fenced(const double *x, double *gradient, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        if (!(x[i] > 0))
            return (double)INFINITY;
        gradient[i] = 1 - 1 / x[i];
        sum += x[i] - log(x[i]) - 1;
    }
    return sum;
}

/* A wrong gradient, which points uphill: no step lowers the value. */
static double uphill(const double *x, double *gradient, size_t n)
{
    const double value = quadratic(x, gradient, n);
    for (size_t i = 0; i < n; i++)
        gradient[i] = -gradient[i];
    return value;
}

/* ---- both methods behind one face */

struct method {
    bool scg;
    struct bp_lbfgs lbfgs;
    struct bp_scg conjugate;
    struct bp_point *at;
};

static struct method begin(bool scg, struct problem *p, const double *start)
{
    struct method m = {.scg = scg};
    assert_true(scg ? bp_scg_make(&bp_memory_malloc, &m.conjugate, p->n)
                    : bp_lbfgs_make(&bp_memory_malloc, &m.lbfgs, p->n));
    memcpy(scg ? m.conjugate.at.x : m.lbfgs.at.x, start, p->n * sizeof(*start));
    const struct bp_objective o = objective_of(p);
    assert_int_equal(scg ? bp_scg_begin(&m.conjugate, &o) : bp_lbfgs_begin(&m.lbfgs, &o), BP_OK);
    return m;
}

static bp_status iterate(struct method *m, struct problem *p)
{
    const struct bp_objective o = objective_of(p);
    return m->scg ? bp_scg_iterate(&m->conjugate, &o) : bp_lbfgs_iterate(&m->lbfgs, &o);
}

static const struct bp_point *at(const struct method *m) { return m->scg ? &m->conjugate.at : &m->lbfgs.at; }

static void end(struct method *m)
{
    bp_lbfgs_release(&bp_memory_malloc, &m->lbfgs);
    bp_scg_release(&bp_memory_malloc, &m->conjugate);
}

static const double starts[2][N] = {{-1.2, 1, -1.2, 1, -1.2, 1, -1.2, 1, -1.2, 1, -1.2, 1},
                                    {9, 0.01, 3, 0.5, 7, 2, 1, 4, 0.2, 0.3, 5, 6}};

/* Iterates until the value is below `goal`. The value must never rise, and must be there after `most` iterations. */
static size_t goes_down(bool scg, struct problem p, const double *start, double goal, size_t most)
{
    struct method m = begin(scg, &p, start);
    size_t iterations = 0;
    for (double before = at(&m)->value; at(&m)->value >= goal && iterations <= most; iterations++) {
        assert_int_equal(iterate(&m, &p), BP_OK);
        assert_true(at(&m)->value <= before);
        before = at(&m)->value;
    }
    if (iterations > most)
        fail_msg("%s: %g after %zu iterations", scg ? "scg" : "lbfgs", at(&m)->value, iterations);
    end(&m);
    return iterations;
}

static void a_quadratic_is_solved_in_about_as_many_iterations_as_dimensions(void **state)
{
    (void)state;
    goes_down(false, (struct problem){.value = quadratic, .n = N}, starts[0], 1e-20, 3 * N);
    goes_down(true, (struct problem){.value = quadratic, .n = N}, starts[0], 1e-20, 3 * N);
}

static void rosenbrocks_valley_is_followed_to_its_end(void **state)
{
    (void)state;
    goes_down(false, (struct problem){.value = rosenbrock, .n = 2}, starts[0], 1e-20, 50);
    goes_down(false, (struct problem){.value = rosenbrock, .n = N}, starts[0], 1e-20, 100);
    goes_down(true, (struct problem){.value = rosenbrock, .n = 2}, starts[0], 1e-16, 200);
    goes_down(true, (struct problem){.value = rosenbrock, .n = N}, starts[1], 1e-16, 500);
}

static void a_value_that_is_not_finite_is_stepped_back_from(void **state)
{
    (void)state;
    goes_down(false, (struct problem){.value = fenced, .n = N}, starts[1], 1e-14, 100);
    goes_down(true, (struct problem){.value = fenced, .n = N}, starts[1], 1e-14, 300);
}

static void who_finds_no_lower_point_says_so_and_stays(void **state)
{
    (void)state;
    for (int scg = 0; scg < 2; scg++)
        for (int flat = 0; flat < 2; flat++) {
            const double ones[N] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, *start = flat ? ones : starts[1];
            struct problem p = {.value = uphill, .n = N};
            struct method m = begin(scg != 0, &p, start);
            bp_status status = BP_OK;
            for (int i = 0; status == BP_OK && i < 300; i++)
                status = iterate(&m, &p);
            assert_int_equal(status, BP_DONE);
            double gradient[N];
            assert_true(at(&m)->value == uphill(start, gradient, N));
            for (size_t i = 0; i < N; i++) /* SCG may take a step whose gain is lost in rounding */
                assert_true(fabs(at(&m)->x[i] - start[i]) <= (scg ? 1e-12 : 0));
            end(&m);
        }
}

/* Whichever evaluation fails, the point stays, and the course continues as if none had failed. */
static void an_iteration_that_failed_can_be_made_again(void **state)
{
    (void)state;
    for (int scg = 0; scg < 2; scg++) {
        struct problem smooth = {.value = rosenbrock, .n = N}, rough = smooth;
        struct method a = begin(scg != 0, &smooth, starts[1]), b = begin(scg != 0, &rough, starts[1]);
        for (size_t i = 0; i < 40; i++) {
            double x[N];
            memcpy(x, at(&b)->x, sizeof(x));
            rough.fail_at = rough.evaluations + 1 + i % 3;
            assert_int_equal(iterate(&a, &smooth), BP_OK);
            const bp_status status = iterate(&b, &rough);
            if (status == BP_ERR_CANCELLED) {
                assert_memory_equal(at(&b)->x, x, sizeof(x));
                assert_int_equal(iterate(&b, &rough), BP_OK);
            }
            assert_memory_equal(at(&a)->x, at(&b)->x, sizeof(x));
        }
        end(&a);
        end(&b);
    }
}

static double dome(const double *x, double *gradient, size_t n)
{
    for (size_t i = 0; i < n; i++)
        gradient[i] = -x[i];
    return -bp_dot(x, x, n) / 2;
}

static void a_step_over_negative_curvature_is_taken_but_not_kept(void **state)
{
    (void)state;
    struct problem p = {.value = dome, .n = N};
    struct method m = begin(false, &p, starts[1]);
    const double before = at(&m)->value;
    assert_int_equal(iterate(&m, &p), BP_OK);
    assert_true(at(&m)->value < before);
    assert_int_equal(m.lbfgs.pairs, 0);
    end(&m);
}

/* A wrong gradient, by which the value should fall. */
static double level(const double *x, double *gradient, size_t n)
{
    (void)x;
    for (size_t i = 0; i < n; i++)
        gradient[i] = 1;
    return 7;
}

/* Its comparison parameter is 0, which counts as a success in step 7 of Moller. */
static void scg_takes_a_step_to_the_same_value(void **state)
{
    (void)state;
    struct problem p = {.value = level, .n = N};
    struct method m = begin(true, &p, starts[0]);
    assert_int_equal(iterate(&m, &p), BP_OK);
    assert_true(m.conjugate.success);
    for (size_t i = 0; i < N; i++)
        assert_true(at(&m)->x[i] < starts[0][i]);
    end(&m);
}

/* The ring is full of pairs of the quadratic. The pair that the dome refuses has overwritten the oldest one. */
static void a_refused_pair_takes_the_oldest_of_a_full_ring_with_it(void **state)
{
    (void)state;
    struct problem p = {.value = quadratic, .n = N};
    struct method m = begin(false, &p, starts[1]);
    while (m.lbfgs.pairs < BP_LBFGS_PAIRS)
        assert_int_equal(iterate(&m, &p), BP_OK);
    for (size_t left = BP_LBFGS_PAIRS; left-- > BP_LBFGS_PAIRS - 3;) {
        p.value = left % 2 ? dome : quadratic;
        assert_int_equal(evaluate(&p, &m.lbfgs.at), BP_OK);
        assert_int_equal(iterate(&m, &p), BP_OK);
        const size_t kept = left % 2 ? BP_LBFGS_PAIRS - 1 : BP_LBFGS_PAIRS;
        assert_int_equal(m.lbfgs.pairs, kept);
        for (size_t age = 0; age < kept; age++) {
            const size_t at = (m.lbfgs.next + 2 * BP_LBFGS_PAIRS - 1 - age) % BP_LBFGS_PAIRS;
            assert_true(m.lbfgs.pair[at].product == bp_dot(m.lbfgs.pair[at].s, m.lbfgs.pair[at].y, N));
        }
    }
    end(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quadratic_is_solved_in_about_as_many_iterations_as_dimensions),
        cmocka_unit_test(rosenbrocks_valley_is_followed_to_its_end),
        cmocka_unit_test(a_value_that_is_not_finite_is_stepped_back_from),
        cmocka_unit_test(who_finds_no_lower_point_says_so_and_stays),
        cmocka_unit_test(an_iteration_that_failed_can_be_made_again),
        cmocka_unit_test(a_step_over_negative_curvature_is_taken_but_not_kept),
        cmocka_unit_test(scg_takes_a_step_to_the_same_value),
        cmocka_unit_test(a_refused_pair_takes_the_oldest_of_a_full_ring_with_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
