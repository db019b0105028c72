/* SPDX-License-Identifier: MIT
 *
 * Symmetric matrices: sums of outer products, Cholesky and what follows from it, compared with the plain formulas. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "train/symmetric.h"

static double *numbers(size_t count)
{
    double *numbers = calloc(count, sizeof(*numbers));
    assert_non_null(numbers);
    return numbers;
}

/* A matrix J^T J, the J of it as [rows][n], and a workspace. */
struct example {
    size_t n, rows;
    double *a, *j, *workspace;
};

static double next(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return (double)*seed / 4294967296.0 - 0.5;
}

/* `start` on the diagonal. */
static struct example example_of(size_t n, size_t rows, double start)
{
    size_t size = 0, workspace_size = 0;
    uint32_t seed = (uint32_t)(n + rows);
    assert_true(bp_symmetric_size(n, &size) && bp_symmetric_workspace(n, &workspace_size));
    struct example e = {n, rows, numbers(size), numbers(rows * n), numbers(workspace_size)};
    for (size_t i = 0; i < n; i++)
        e.a[i * bp_symmetric_stride(n) + i] = start;
    for (size_t i = 0; i < rows * n; i++)
        e.j[i] = next(&seed);
    for (size_t first = 0; first < rows; first += BP_SYMMETRIC_ROWS) {
        const size_t some = rows - first < BP_SYMMETRIC_ROWS ? rows - first : BP_SYMMETRIC_ROWS;
        memset(e.workspace, 0, workspace_size * sizeof(*e.workspace));
        for (size_t row = 0; row < some; row++)
            for (size_t i = 0; i < n; i++)
                e.workspace[bp_symmetric_place(some, row, i)] = e.j[(first + row) * n + i];
        bp_symmetric_add(e.a, n, e.workspace, some);
    }
    return e;
}

static void example_free(struct example *e)
{
    free(e->a);
    free(e->j);
    free(e->workspace);
}

static double *at(const struct example *e, size_t i, size_t j) { return e->a + i * bp_symmetric_stride(e->n) + j; }

static const size_t sizes[] = {1, 2, 3, 4, 5, 7, 8, 31, 32, 33, 64, 65, 66, 67, 100};
enum { SIZES = sizeof(sizes) / sizeof(sizes[0]) };

static void a_sum_of_outer_products_is_one_chain_in_the_order_of_the_rows(void **state)
{
    (void)state;
    for (size_t s = 0; s < SIZES; s++) {
        struct example e = example_of(sizes[s], 300, 0.25);
        for (size_t i = 0; i < e.n; i++)
            for (size_t j = i; j < e.n; j++) {
                double sum = i == j ? 0.25 : 0;
                for (size_t row = 0; row < e.rows; row++)
                    sum += e.j[row * e.n + i] * e.j[row * e.n + j];
                assert_memory_equal(at(&e, i, j), &sum, sizeof(sum));
            }
        example_free(&e);
    }
}

static void a_factor_squared_is_the_matrix(void **state)
{
    (void)state;
    for (size_t s = 0; s < SIZES; s++) {
        struct example e = example_of(sizes[s], 120, 0.01), whole = example_of(sizes[s], 120, 0.01);
        assert_true(bp_symmetric_factor(e.a, e.n, e.workspace));
        for (size_t i = 0; i < e.n; i++)
            for (size_t j = i; j < e.n; j++) {
                double sum = 0;
                for (size_t k = 0; k <= i; k++)
                    sum += *at(&e, k, i) * *at(&e, k, j);
                assert_true(fabs(sum - *at(&whole, i, j)) <= 1e-14 * *at(&whole, i, i) * (double)e.n);
            }
        example_free(&e);
        example_free(&whole);
    }
}

/* Blocks only make it faster: each number of R is one chain, in the order of the rows above it, as in the textbook. */
static void blocks_do_not_change_the_bits_of_a_factor(void **state)
{
    (void)state;
    for (size_t s = 0; s < SIZES; s++) {
        struct example e = example_of(sizes[s], 120, 0.01), plain = example_of(sizes[s], 120, 0.01);
        assert_true(bp_symmetric_factor(e.a, e.n, e.workspace));
        for (size_t i = 0; i < e.n; i++) {
            for (size_t j = i; j < e.n; j++)
                for (size_t k = 0; k < i; k++)
                    *at(&plain, i, j) -= *at(&plain, k, i) * *at(&plain, k, j);
            const double root = sqrt(*at(&plain, i, i));
            for (size_t j = i; j < e.n; j++)
                *at(&plain, i, j) /= root;
            assert_memory_equal(at(&e, i, i), at(&plain, i, i), (e.n - i) * sizeof(double));
        }
        example_free(&e);
        example_free(&plain);
    }
}

/* Of what `whole` is, times x. */
static double product(const struct example *whole, size_t row, const double *x)
{
    double sum = 0;
    for (size_t i = 0; i < whole->n; i++)
        sum += (i < row ? *at(whole, i, row) : *at(whole, row, i)) * x[i];
    return sum;
}

/* The trace of the inverse: the sum of the x_i of a x = e_i. */
static void equations_are_solved_and_the_trace_of_the_inverse_found(void **state)
{
    (void)state;
    for (size_t s = 0; s < SIZES; s++) {
        struct example e = example_of(sizes[s], 200, 0.1), whole = example_of(sizes[s], 200, 0.1);
        double *x = numbers(e.n), *trace_workspace = numbers(bp_symmetric_stride(e.n) * BP_SYMMETRIC_PANEL), trace = 0;
        assert_true(bp_symmetric_factor(e.a, e.n, e.workspace));
        for (size_t column = 0; column < e.n; column++) {
            memset(x, 0, e.n * sizeof(*x));
            x[column] = 1;
            bp_symmetric_solve(e.a, e.n, x);
            for (size_t i = 0; i < e.n; i++)
                assert_true(fabs(product(&whole, i, x) - (i == column ? 1 : 0)) <= 1e-12);
            trace += x[column];
        }
        assert_true(fabs(bp_symmetric_inverse_trace(e.a, e.n, trace_workspace) / trace - 1) <= 1e-13);
        free(x);
        free(trace_workspace);
        example_free(&e);
        example_free(&whole);
    }
}

static void what_is_not_positive_definite_is_refused(void **state)
{
    (void)state;
    static const double wrong[] = {0, -1, NAN, INFINITY};
    for (size_t s = 0; s < SIZES; s++)
        for (size_t w = 0; w < sizeof(wrong) / sizeof(wrong[0]); w++) {
            struct example e = example_of(sizes[s], 0, 1);
            *at(&e, e.n - 1, e.n - 1) = wrong[w];
            assert_false(bp_symmetric_factor(e.a, e.n, e.workspace));
            example_free(&e);
        }
}

static void a_size_that_overflows_is_refused(void **state)
{
    (void)state;
    size_t size = 0;
    assert_false(bp_symmetric_size(SIZE_MAX, &size) || bp_symmetric_workspace(SIZE_MAX, &size));
    assert_false(bp_symmetric_size((size_t)1 << sizeof(size_t) * 4, &size)); /* its square is a size too many */
    assert_true(bp_symmetric_size(0, &size) && size > 0);
}

#ifdef BP_HAVE_LAPACK
static void a_lapack_has_the_same_factor_and_solution(void **state)
{
    (void)state;
    for (size_t s = 0; s < SIZES; s++) {
        struct example e = example_of(sizes[s], 200, 0.1), its = example_of(sizes[s], 200, 0.1);
        double *x = numbers(e.n), *y = numbers(e.n);
        assert_true(bp_symmetric_factor(e.a, e.n, e.workspace) && bp_lapack_factor(its.a, e.n));
        for (size_t i = 0; i < e.n; i++) {
            for (size_t j = i; j < e.n; j++)
                assert_true(fabs(*at(&e, i, j) - *at(&its, i, j)) <= 1e-13 * *at(&e, 0, 0));
            x[i] = y[i] = (double)i - 3;
        }
        bp_symmetric_solve(e.a, e.n, x);
        assert_true(bp_lapack_solve(its.a, e.n, y));
        for (size_t i = 0; i < e.n; i++)
            assert_true(fabs(x[i] - y[i]) <= 1e-11);
        *at(&its, 0, 0) = -1;
        assert_false(bp_lapack_factor(its.a, e.n));
        free(x);
        free(y);
        example_free(&e);
        example_free(&its);
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sum_of_outer_products_is_one_chain_in_the_order_of_the_rows),
        cmocka_unit_test(a_factor_squared_is_the_matrix),
        cmocka_unit_test(blocks_do_not_change_the_bits_of_a_factor),
        cmocka_unit_test(equations_are_solved_and_the_trace_of_the_inverse_found),
        cmocka_unit_test(what_is_not_positive_definite_is_refused),
        cmocka_unit_test(a_size_that_overflows_is_refused),
#ifdef BP_HAVE_LAPACK
        cmocka_unit_test(a_lapack_has_the_same_factor_and_solution),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
