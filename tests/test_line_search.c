/* SPDX-License-Identifier: MIT
 *
 * The line search of L-BFGS on functions of one number. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "train/methods/line_search.h"

/* A function, and how often it was evaluated. */
struct problem {
    double (*value)(const double *x, double *gradient, size_t n);
    size_t evaluations;
};

static bp_status evaluate(void *context, struct bp_point *at)
{
    struct problem *p = context;
    p->evaluations++;
    at->value = p->value(at->x, at->gradient, 1);
    return BP_OK;
}

static double quadratic(const double *x, double *gradient, size_t n)
{
    (void)n;
    gradient[0] = x[0] - 1;
    return (x[0] - 1) * (x[0] - 1) / 2;
}

/* Not finite for x <= 0, where long steps end. */
static double fenced(const double *x, double *gradient, size_t n)
{
    (void)n;
    gradient[0] = 1 - 1 / x[0];
    return x[0] > 0 ? x[0] - log(x[0]) - 1 : (double)INFINITY;
}

static double steep(const double *x, double *gradient, size_t n)
{
    (void)n;
    gradient[0] = -1 / (1 + x[0] * x[0]) + 0.02 * x[0];
    return -atan(x[0]) + 0.01 * x[0] * x[0];
}

static double wavy(const double *x, double *gradient, size_t n)
{
    (void)n;
    gradient[0] = 0.1 * x[0] - 2 + 3 * cos(7 * x[0]);
    return 0.05 * x[0] * x[0] - 2 * x[0] + 3 * sin(7 * x[0]) / 7;
}

static double steps_to_zero(const double *x, double *gradient, size_t n)
{
    (void)n;
    gradient[0] = x[0] < 0.001 ? -1 : 0;
    return x[0] < 0.001 ? -x[0] : (double)NAN;
}

/* Far from 0 it is almost flat, and almost as high as at 0. */
static double shelf(const double *x, double *gradient, size_t n)
{
    (void)n;
    gradient[0] = (20 * x[0] - 1) * exp(-20 * x[0]);
    return -x[0] * exp(-20 * x[0]);
}

/* The cubic through a point near the top is least almost at 0. */
static double cliff(const double *x, double *gradient, size_t n)
{
    (void)n;
    gradient[0] = x[0] < 2 ? 2 * x[0] - 1 : 0;
    return x[0] < 2 ? x[0] * x[0] - x[0] : 1e30;
}

/* Whether both conditions hold at the end of the search; `found` is what the search returned. */
static bool meets_wolfe(double (*value)(const double *, double *, size_t), double start, double first, bool *found)
{
    double numbers[6], direction;
    struct problem p = {value, 0};
    const struct bp_objective o = {.n = 1, .evaluate = evaluate, .context = &p};
    struct bp_point from = bp_point_in(numbers, 1), trial = bp_point_in(numbers + 2, 1),
                    lowest = bp_point_in(numbers + 4, 1);
    from.x[0] = start;
    assert_int_equal(evaluate(&p, &from), BP_OK);
    direction = -from.gradient[0];
    const double slope = from.gradient[0] * direction;
    const struct bp_line line = {&o, &from, &direction, slope, &trial, &lowest};
    assert_int_equal(bp_line_search(&line, first, found), BP_OK);
    assert_true(p.evaluations <= 21);
    if (!*found)
        return false;
    const double step = (lowest.x[0] - start) / direction;
    assert_true(step > 0 && lowest.value <= from.value + 1e-4 * step * slope); /* the first holds in any case */
    return fabs(lowest.gradient[0] * direction) <= -(double)0.9 * slope;
}

static void a_line_search_ends_where_both_wolfe_conditions_hold(void **state)
{
    static const double firsts[] = {1e-5, 1e-3, 0.1, 1, 10, 1e3, 1e5};
    bool found;
    (void)state;
    for (size_t i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++) {
        assert_true(meets_wolfe(steep, 0, firsts[i], &found));
        assert_true(meets_wolfe(quadratic, -3, firsts[i], &found));
        assert_true(meets_wolfe(fenced, 3, firsts[i], &found));
        assert_true(meets_wolfe(wavy, 0.5, firsts[i], &found) || firsts[i] > 10);
    }
    assert_true(meets_wolfe(shelf, 0, 1, &found));
    assert_true(meets_wolfe(cliff, 0, 3, &found));
}

static void a_line_search_without_a_flat_point_takes_the_lowest(void **state)
{
    bool found;
    (void)state;
    assert_false(meets_wolfe(steps_to_zero, 0, 1, &found));
    assert_true(found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_search_ends_where_both_wolfe_conditions_hold),
        cmocka_unit_test(a_line_search_without_a_flat_point_takes_the_lowest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
