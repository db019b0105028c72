/* SPDX-License-Identifier: MIT
 *
 * Levenberg-Marquardt on plain functions: residuals and their derivatives by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "train/methods/br.h"
#include "train/symmetric.h"

enum { N = 4, RESIDUALS = 4 };

/* The residuals of a function of N numbers, the row of J of each, and the evaluation that fails. */
struct problem {
    void (*residuals)(const double *x, double r[RESIDUALS], double j[RESIDUALS][N]);
    size_t evaluations, fail_at;
    double buffer[BP_SYMMETRIC_ROWS * N];
};

static const size_t all[N] = {0, 1, 2, 3};
static const double no_decay[N] = {0};
static const struct bp_lm_rules rules = {1e-3, 0.1, 10, 1e10, false};
static const struct bp_lm_terms plain = {1, 0, no_decay};

static bp_status evaluate_for(struct problem *p, struct bp_point *at, double *jj)
{
    double r[RESIDUALS], j[RESIDUALS][N] = {{0}};
    if (++p->evaluations == p->fail_at) {
        if (jj)
            jj[0] = NAN; /* half done */
        return BP_ERR_CANCELLED;
    }
    p->residuals(at->x, r, j);
    at->value = 0;
    for (size_t k = 0; k < RESIDUALS; k++)
        at->value += r[k] * r[k] / 2;
    for (size_t a = 0; jj && a < N; a++) {
        at->gradient[a] = 0;
        for (size_t k = 0; k < RESIDUALS; k++)
            at->gradient[a] += j[k][a] * r[k];
        for (size_t b = a; b < N; b++) {
            jj[a * N + b] = 0;
            for (size_t k = 0; k < RESIDUALS; k++)
                jj[a * N + b] += j[k][a] * j[k][b];
        }
    }
    return BP_OK;
}

static bp_status evaluate(void *context, struct bp_point *at) { return evaluate_for(context, at, NULL); }
static bp_status evaluate_jacobian(void *context, struct bp_point *at, double *jj)
{
    return evaluate_for(context, at, jj);
}

static struct bp_squares squares_of(struct problem *p)
{
    return (struct bp_squares){N, N, all, p->buffer, evaluate, evaluate_jacobian, p};
}

static struct bp_lm begin(struct problem *p, const double *start)
{
    struct bp_lm lm;
    const struct bp_squares squares = squares_of(p);
    assert_true(bp_lm_make(&bp_memory_malloc, &lm, N, N));
    memcpy(lm.at.x, start, N * sizeof(*start));
    assert_int_equal(bp_lm_begin(&lm, &squares, &rules), BP_OK);
    return lm;
}

static bp_status iterate(struct bp_lm *lm, struct problem *p, const struct bp_lm_terms *terms)
{
    const struct bp_squares squares = squares_of(p);
    return bp_lm_iterate(lm, &squares, terms, &rules);
}

/* ---- functions */

/* Rosenbrock's valley, twice: 10 (x_2 - x_1^2) and 1 - x_1. */
static void rosenbrock(const double *x, double r[RESIDUALS], double j[RESIDUALS][N])
{
    for (size_t i = 0; i < N; i += 2) {
        r[i] = 10 * (x[i + 1] - x[i] * x[i]);
        j[i][i] = -20 * x[i];
        j[i][i + 1] = 10;
        r[i + 1] = 1 - x[i];
        j[i + 1][i] = -1;
    }
}

/* log x: not finite for x <= 0, where long steps end. Its least is at 1. */
static void fenced(const double *x, double r[RESIDUALS], double j[RESIDUALS][N])
{
    for (size_t i = 0; i < N; i++) {
        r[i] = x[i] > 0 ? log(x[i]) : (double)INFINITY;
        j[i][i] = 1 / x[i];
    }
}

/* x - i. */
static void linear(const double *x, double r[RESIDUALS], double j[RESIDUALS][N])
{
    for (size_t i = 0; i < N; i++) {
        r[i] = x[i] - (double)i;
        j[i][i] = 1;
    }
}

/* Wrong derivatives, with the other sign: no step is lower. */
static void uphill(const double *x, double r[RESIDUALS], double j[RESIDUALS][N])
{
    linear(x, r, j);
    for (size_t i = 0; i < N; i++)
        j[i][i] = -1;
}

static const double valley[N] = {-1.2, 1, 3, -2}, far_off[N] = {9, 0.01, 40, 0.5};

/* ---- tests */

static void goes_down(struct problem p, const double *start, size_t most)
{
    struct bp_lm lm = begin(&p, start);
    size_t iterations = 0;
    for (double before = lm.at.value; before >= 1e-24 && iterations <= most; iterations++) {
        assert_int_equal(iterate(&lm, &p, &plain), BP_OK);
        assert_true(lm.at.value < before);
        before = lm.at.value;
    }
    assert_true(iterations <= most);
    bp_lm_release(&bp_memory_malloc, &lm);
}

static void it_goes_down_to_where_the_residuals_are_0(void **state)
{
    (void)state;
    goes_down((struct problem){.residuals = linear}, valley, 4);
    goes_down((struct problem){.residuals = rosenbrock}, valley, 40);
    goes_down((struct problem){.residuals = fenced}, far_off, 40);
}

/* (1 + decay penalty / data) x = i. */
static void terms_are_weighed_as_they_say(void **state)
{
    (void)state;
    static const double decay[N] = {0, 1, 2, 3};
    const struct bp_lm_terms terms = {.data = 4, .penalty = 0.5, .decay = decay};
    struct problem p = {.residuals = linear};
    struct bp_lm lm = begin(&p, valley);
    while (iterate(&lm, &p, &terms) == BP_OK)
        continue;
    for (size_t i = 0; i < N; i++)
        assert_true(fabs(lm.at.x[i] * (1 + decay[i] / 8) - (double)i) <= 1e-7);
    assert_true(bp_lm_gradient_norm(&lm, &terms, N) <= 1e-7);
    bp_lm_release(&bp_memory_malloc, &lm);
}

static void where_no_step_is_lower_it_says_so_and_stays(void **state)
{
    (void)state;
    struct problem p = {.residuals = uphill};
    struct bp_lm lm = begin(&p, valley);
    for (int i = 0; i < 2; i++) {
        p.evaluations = 0;
        assert_int_equal(iterate(&lm, &p, &plain), BP_DONE);
        assert_int_equal(p.evaluations, 14); /* mu from 1e-3 to 1e10 */
        assert_memory_equal(lm.at.x, valley, sizeof(valley));
        assert_true(lm.mu == rules.first);
    }
    bp_lm_release(&bp_memory_malloc, &lm);
}

/* Whichever evaluation fails, the point stays, and the course continues as if none had failed. */
static void an_iteration_that_failed_can_be_made_again(void **state)
{
    (void)state;
    for (size_t nth = 1; nth <= 3; nth++) {
        struct problem smooth = {.residuals = fenced}, rough = smooth;
        struct bp_lm a = begin(&smooth, far_off), b = begin(&rough, far_off);
        size_t failures = 0;
        while (a.at.value > 1e-20) {
            double x[N];
            memcpy(x, b.at.x, sizeof(x));
            rough.fail_at = rough.evaluations + nth;
            assert_int_equal(iterate(&a, &smooth, &plain), BP_OK);
            const bp_status status = iterate(&b, &rough, &plain);
            if (status != BP_OK) {
                failures++;
                assert_int_equal(status, BP_ERR_CANCELLED);
                assert_memory_equal(b.at.x, x, sizeof(x));
                assert_int_equal(iterate(&b, &rough, &plain), BP_OK);
            }
            assert_memory_equal(a.at.x, b.at.x, sizeof(x));
            assert_true(a.mu == b.mu);
        }
        assert_true(failures > 0);
        bp_lm_release(&bp_memory_malloc, &a);
        bp_lm_release(&bp_memory_malloc, &b);
    }
}

/* Each step divides mu by 1e9, or makes it 0. */
static void mu_falls_to_its_floor_and_no_further(void **state)
{
    static const double decreases[] = {1e-9, 0};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const struct bp_lm_rules falling = {1e-3, decreases[i], 10, 1e10, false};
        struct problem p = {.residuals = rosenbrock};
        const struct bp_squares squares = squares_of(&p);
        struct bp_lm lm = begin(&p, valley);
        double least = INFINITY;
        while (bp_lm_iterate(&lm, &squares, &plain, &falling) == BP_OK)
            least = fmin(least, lm.mu);
        assert_true(least == BP_LM_LEAST_MU);
        assert_true(lm.at.value <= 1e-24);
        bp_lm_release(&bp_memory_malloc, &lm);
    }
}

/* ---- Bayesian regularisation */

/* Residuals that no parameter changes: H is alpha times the unit matrix, and gamma is 0, except for rounding. */
static void blind(const double *x, double r[RESIDUALS], double j[RESIDUALS][N])
{
    (void)x;
    (void)j;
    for (size_t i = 0; i < RESIDUALS; i++)
        r[i] = 1;
}

/* If rounding makes gamma negative, it stays as it was: 2.5. */
static void gamma_is_never_negative(void **state)
{
    (void)state;
    size_t kept = 0;
    for (double alpha = 1; alpha < 100; alpha++) {
        struct problem p = {.residuals = blind};
        const struct bp_squares squares = squares_of(&p);
        struct bp_lm lm;
        struct bp_br br;
        assert_true(bp_lm_make(&bp_memory_malloc, &lm, N, N) && bp_br_make(&bp_memory_malloc, &br, N));
        memcpy(lm.at.x, valley, sizeof(valley));
        assert_int_equal(bp_br_begin(&br, &lm, &squares, &rules), BP_OK);
        br.alpha = alpha;
        br.gamma = 2.5;
        assert_int_equal(bp_br_iterate(&br, &lm, &squares, &rules, RESIDUALS), BP_OK);
        assert_true((br.gamma >= 0 && br.gamma <= 1e-14) || br.gamma == 2.5);
        kept += br.gamma == 2.5;
        bp_lm_release(&bp_memory_malloc, &lm);
        bp_br_release(&bp_memory_malloc, &br);
    }
    assert_in_range(kept, 1, 98);
}

/* x, whose least is 0 at 0. */
static void itself(const double *x, double r[RESIDUALS], double j[RESIDUALS][N])
{
    for (size_t i = 0; i < N; i++) {
        r[i] = x[i];
        j[i][i] = 1;
    }
}

/* A mu that is lost in a sum with 1 makes the first step exact, so that both quotients are by 0. */
static void where_nothing_is_left_alpha_and_beta_are_1(void **state)
{
    static const struct bp_lm_rules bold = {1e-20, 0.1, 10, 1e10, false};
    (void)state;
    struct problem p = {.residuals = itself};
    const struct bp_squares squares = squares_of(&p);
    struct bp_lm lm;
    struct bp_br br;
    assert_true(bp_lm_make(&bp_memory_malloc, &lm, N, N) && bp_br_make(&bp_memory_malloc, &br, N));
    memcpy(lm.at.x, valley, sizeof(valley));
    assert_int_equal(bp_br_begin(&br, &lm, &squares, &bold), BP_OK);
    assert_int_equal(bp_br_iterate(&br, &lm, &squares, &bold, 10), BP_OK);
    assert_true(lm.at.value == 0);
    assert_true(br.alpha == 1 && br.beta == 1);
    bp_lm_release(&bp_memory_malloc, &lm);
    bp_br_release(&bp_memory_malloc, &br);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_goes_down_to_where_the_residuals_are_0),
        cmocka_unit_test(terms_are_weighed_as_they_say),
        cmocka_unit_test(where_no_step_is_lower_it_says_so_and_stays),
        cmocka_unit_test(an_iteration_that_failed_can_be_made_again),
        cmocka_unit_test(mu_falls_to_its_floor_and_no_further),
        cmocka_unit_test(gamma_is_never_negative),
        cmocka_unit_test(where_nothing_is_left_alpha_and_beta_are_1),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
