/* SPDX-License-Identifier: MIT
 *
 * Delicate cases of sparse rows: sums that become -0, scalings, steps that are not finite, and refusals. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sparse_fixture.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { ROWS = 12, INPUTS = 150, OUTPUTS = 3 };

/* Two equal nets, one for dense and one for sparse rows. */
struct pair {
    bp_net *dense, *sparse;
    struct sparse_rows rows;
};

static void end(struct pair *p)
{
    bp_net_destroy(p->dense);
    bp_net_destroy(p->sparse);
    sparse_free(&p->rows);
}

/* ---- -0 */

/* The smallest number of the type above 0. */
static double least_of(int32_t dtype) { return dtype == BP_F32 ? 0x1p-149 : 0x1p-1074; }

/* A sum that becomes -0 is 0 again when a column that was left out meets a weight, or a delta, that is not negative. */
static void negative_zeros_are_those_of_dense_rows(void **state)
{
    enum { WIDE = 5 };
    const int32_t dtype = any_dtype(state);
    const double tiny = least_of(dtype), half = 0.25;
    static const struct any_layer layers[] = {{.units = 2, .activation = BP_ACT_IDENTITY}};
    for (size_t signs = 0; signs < 1 << WIDE; signs++) {
        for (size_t at = 0; at < WIDE; at++) {
            struct pair p;
            double x[3 * WIDE] = {0}, w[2 * WIDE], b[2] = {-0.0, 0}, z[2][6];
            const double dy[6] = {signs & 1 ? -tiny : tiny, tiny, signs & 2 ? -1 : 1, -1, signs & 4 ? -1 : 0, -0.0};
            x[at] = half;
            x[WIDE + (at + 1) % WIDE] = -half;
            p.dense = any_net(dtype, WIDE, layers, 1, 1);
            for (size_t i = 0; i < WIDE; i++) {
                w[i] = (i == at ? tiny : 0) * (signs >> i & 1 ? -1 : 1);
                w[WIDE + i] = signs >> i & 1 ? -0.0 : 0.0;
            }
            any_ok(any_set_weights(p.dense, 0, w));
            any_ok(any_set_bias(p.dense, 0, b));
            any_ok(bp_net_clone(&p.sparse, p.dense));
            sparse_of(&p.rows, x, 3, WIDE);
            any_ok(any_forward(p.dense, x, 3, z[0]));
            any_ok(sparse_forward(p.sparse, &p.rows, 0, 3, z[1]));
            any_same_bits(z[0], z[1], 6);
            for (size_t i = 0; i < 2; i++) {
                any_ok(any_backward_from(p.dense, dy, 3));
                any_ok(any_backward_from(p.sparse, dy, 3));
                sparse_same_gradient(p.dense, p.sparse, "a gradient at -0");
            }
            any_ok(bp_net_step(p.dense));
            any_ok(bp_net_step(p.sparse));
            sparse_same_parameters(p.dense, p.sparse, "parameters at -0");
            end(&p);
        }
    }
}

/* ---- sums that are written */

/* A gradient of sparse rows exists for some columns only. When it is written, it exists for all of them, and a step
 * uses all. */
static void a_written_sum_is_whole(void **state)
{
    static const struct any_layer layers[] = {{.units = 20, .activation = BP_ACT_TANH},
                                              {.units = 1, .activation = BP_ACT_IDENTITY}};
    enum { WIDE = 40, PARAMETERS = 20 * WIDE + 20 + 20 + 1 };
    const int32_t dtype = any_dtype(state);
    const double dy[3] = {1, -1, 0.5};
    double sum[PARAMETERS], read[PARAMETERS], rows;
    for (int forgotten = 0; forgotten < 2; forgotten++) {
        struct pair p;
        p.dense = any_net(dtype, WIDE, layers, COUNT(layers), 1);
        any_ok(bp_net_clone(&p.sparse, p.dense));
        sparse_make(&p.rows, 5, 3, WIDE, 0.1);
        for (size_t i = 0; i < PARAMETERS; i++)
            sum[i] = (double)(i % 17) - 8;
        any_ok(sparse_forward(p.sparse, &p.rows, 0, 2, NULL)); /* the third row has all columns */
        any_ok(any_backward_from(p.sparse, dy, 2));
        if (forgotten)
            any_ok(bp_net_zero_gradient(p.sparse));
        any_ok(bp_net_set(p.dense, BP_OPT_GRADIENT_ROWS, 2));
        if (forgotten) { /* it begins with zeros everywhere */
            any_ok(bp_net_set(p.sparse, BP_OPT_GRADIENT_ROWS, 2));
            any_ok(bp_net_read_f64(p.sparse, BP_ARRAY_GRADIENT_SUM, 0, read, PARAMETERS));
            assert_true(any_max_norm(read, PARAMETERS) == 0);
        }
        any_ok(bp_net_write_f64(p.dense, BP_ARRAY_GRADIENT_SUM, 0, sum, PARAMETERS));
        any_ok(bp_net_write_f64(p.sparse, BP_ARRAY_GRADIENT_SUM, 0, sum, PARAMETERS));
        any_ok(bp_net_read_f64(p.sparse, BP_ARRAY_GRADIENT_SUM, 0, read, PARAMETERS));
        any_same_bits(read, sum, PARAMETERS);
        any_ok(bp_net_get(p.sparse, BP_OPT_GRADIENT_ROWS, &rows));
        assert_true(rows == 2);
        sparse_same_gradient(p.dense, p.sparse, "a written gradient");
        any_ok(bp_net_step(p.dense));
        any_ok(bp_net_step(p.sparse));
        sparse_same_parameters(p.dense, p.sparse, "parameters after a written gradient");
        end(&p);
    }
}

/* ---- scalings */

/* Factors of any sign and size, also 0, on rows that are longer than the part that is scaled at a time. */
static void factors_scale_as_with_dense_rows(void **state)
{
    enum { WIDE = 400 };
    static const struct any_layer layers[] = {{.units = 20, .activation = BP_ACT_TANH},
                                              {.units = OUTPUTS, .activation = BP_ACT_IDENTITY}};
    const int32_t dtype = any_dtype(state);
    double center[WIDE] = {0}, factor[WIDE], target[ROWS * OUTPUTS], *dx = any_buffer((size_t)2 * ROWS * WIDE);
    double y[2][ROWS * OUTPUTS], loss[2];
    uint64_t seed = 8;
    for (size_t batch = 1; batch <= ROWS; batch += 11) {
        struct pair p;
        any_fill(&seed, factor, WIDE, -2, 2);
        any_fill(&seed, target, ROWS * OUTPUTS, -1, 1);
        factor[WIDE - 1] = 0;
        sparse_make(&p.rows, 3, ROWS, WIDE, 0.6);
        p.dense = any_net(dtype, WIDE, layers, 2, 1);
        any_ok(any_set_scaling(p.dense, center, factor, NULL, NULL));
        any_ok(bp_net_clone(&p.sparse, p.dense));
        for (size_t row = 0; row < ROWS; row += batch) {
            const double *x = p.rows.x + row * WIDE;
            any_ok(any_train(p.dense, x, target, batch, &loss[0]));
            any_ok(sparse_train(p.sparse, &p.rows, row, batch, target, NULL, NULL, &loss[1]));
            any_same_bits(&loss[0], &loss[1], 1);
        }
        sparse_same_parameters(p.dense, p.sparse, "parameters under a scaling");
        any_ok(any_forward(p.dense, p.rows.x, ROWS, y[0]));
        any_ok(sparse_forward(p.sparse, &p.rows, 0, ROWS, y[1]));
        any_same_bits(y[0], y[1], COUNT(y[0]));
        any_ok(sparse_predict(p.sparse, &p.rows, 0, ROWS, y[1], NULL));
        any_same_bits(y[0], y[1], COUNT(y[0]));
        any_ok(any_backward(p.dense, target, ROWS, NULL));
        any_ok(any_backward(p.sparse, target, ROWS, NULL));
        sparse_same_gradient(p.dense, p.sparse, "the gradient under a scaling");
        any_ok(any_input_gradient(p.dense, dx));
        any_ok(any_input_gradient(p.sparse, dx + (size_t)ROWS * WIDE));
        any_same_bits(dx, dx + (size_t)ROWS * WIDE, (size_t)ROWS * WIDE);
        end(&p);
    }
    free(dx);
}

/* ---- refusals */

static void refuses(bp_status expected, bp_status got, const char *rest)
{
    if (got != expected || !strstr(bp_last_error(), rest))
        fail_msg("expected %d and \"%s\", got %d and \"%s\"", (int)expected, rest, (int)got, bp_last_error());
}

static void malformed_rows_are_named(void **state)
{
    static const struct {
        int64_t starts[4];
        int32_t columns[4];
        double values[4];
        const char *rest;
    } cases[] = {
        {{0, 2, 1, 4}, {0, 1, 0, 1}, {1, 1, 1, 1}, "row 1 starts at 2 and ends at 1: starts must ascend"},
        {{0, 2, 3, 4}, {0, 1, 5, 1}, {1, 1, 1, 1}, "row 1, number 0: the column is 5, and the inputs are 0 to 4"},
        {{0, 1, 3, 4}, {0, 1, 6, 1}, {1, 1, 1, 1}, "row 1, number 1: the column is 6, and the inputs are 0 to 4"},
        {{0, 1, 3, 4}, {0, -1, 2, 1}, {1, 1, 1, 1}, "row 1, number 0: the column is -1, and the inputs are 0 to 4"},
        {{0, 1, 3, 4}, {4, 2, 1, 1}, {1, 1, 1, 1}, "row 1, number 1: column 1 comes after column 2: they must ascend"},
        {{0, 0, 4, 4}, {0, 3, 3, 4}, {1, 1, 1, 1}, "row 1, number 2: column 3 comes after column 3: they must ascend"},
        {{0, 1, 2, 4}, {0, 1, 2, 3}, {1, 1, 1, NAN}, "row 2, number 1: the value is nan: it must be finite"},
        {{0, 1, 2, 4}, {0, 1, 2, 3}, {1, 1, -INFINITY, 1}, "row 2, number 0: the value is -inf: it must be finite"},
    };
    const int32_t dtype = any_dtype(state);
    bp_data *data = NULL;
    any_ok(bp_data_create(&data, NULL));
    for (size_t i = 0; i < 2 * COUNT(cases); i++) {
        const int32_t hold = i < COUNT(cases) ? BP_HOLD_COPY : BP_HOLD_BORROW;
        struct sparse_rows rows;
        sparse_make(&rows, 1, 3, 5, 1);
        memcpy(rows.starts, cases[i % COUNT(cases)].starts, sizeof(cases[0].starts));
        memcpy(rows.columns, cases[i % COUNT(cases)].columns, sizeof(cases[0].columns));
        memcpy(rows.values, cases[i % COUNT(cases)].values, sizeof(cases[0].values));
        for (size_t k = 0; k < 4; k++)
            rows.values_f32[k] = (float)rows.values[k];
        const void *values = dtype == BP_F32 ? (const void *)rows.values_f32 : (const void *)rows.values;
        refuses(BP_ERR_ARG, bp_data_set_sparse(data, dtype, values, rows.columns, rows.starts, 3, 5, hold),
                cases[i % COUNT(cases)].rest);
        sparse_free(&rows);
    }
    bp_data_destroy(data);
}

static void dropout_takes_no_sparse_rows(void **state)
{
    static const struct any_layer layers[] = {{.rate = 0.5}, {.units = OUTPUTS, .activation = BP_ACT_SIGMOID}};
    bp_net *net = any_net(any_dtype(state), INPUTS, layers, 2, 1);
    struct sparse_rows rows;
    double y[ROWS * OUTPUTS];
    sparse_make(&rows, 1, ROWS, INPUTS, 0.1);
    refuses(BP_ERR_UNSUPPORTED, sparse_forward(net, &rows, 0, ROWS, NULL),
            "layer 0 is dropout: sparse rows need a dense layer");
    refuses(BP_ERR_UNSUPPORTED, sparse_predict(net, &rows, 0, ROWS, y, NULL), "layer 0 is dropout");
    sparse_free(&rows);
    bp_net_destroy(net);
}

static void a_center_takes_no_sparse_rows(void **state)
{
    static const struct any_layer layers[] = {{.units = OUTPUTS, .activation = BP_ACT_SIGMOID}};
    bp_net *net = any_net(any_dtype(state), INPUTS, layers, 1, 1), *clone;
    struct sparse_rows rows;
    double center[INPUTS] = {0}, factor[INPUTS];
    for (size_t i = 0; i < INPUTS; i++)
        factor[i] = 1;
    center[7] = 0.5;
    sparse_make(&rows, 1, ROWS, INPUTS, 0.1);
    any_ok(any_set_scaling(net, center, factor, NULL, NULL));
    any_ok(bp_net_clone(&clone, net));
    refuses(BP_ERR_UNSUPPORTED, sparse_forward(net, &rows, 0, ROWS, NULL),
            "the net's scaling has a center that is not 0, which would change the zeros of sparse rows");
    refuses(BP_ERR_UNSUPPORTED, sparse_forward(clone, &rows, 0, ROWS, NULL), "a center that is not 0");
    any_ok(bp_net_set(net, BP_OPT_RAW, 1));
    any_ok(sparse_forward(net, &rows, 0, ROWS, NULL));
    sparse_free(&rows);
    bp_net_destroy(net);
    bp_net_destroy(clone);
}

static void same_numbers_are_finite(const struct pair *p)
{
    double dense[12], sparse[12];
    any_ok(any_get_gradient(p->dense, dense));
    any_ok(any_get_gradient(p->sparse, sparse));
    for (size_t i = 0; i < 12; i++)
        if (isfinite(dense[i]) != isfinite(sparse[i]))
            fail_msg("number %zu of the gradient is %g of dense rows and %g of sparse ones", i, dense[i], sparse[i]);
}

/* With a delta that is not finite, dense rows have an infinite or NaN gradient in every column: that of the row that
 * has a number, or that of the empty row, whichever is first. */
static void steps_that_are_not_finite_are_refused(void **state)
{
    static const struct any_layer layers[] = {{.units = 2, .activation = BP_ACT_IDENTITY, .bias = BP_BIAS_NONE},
                                              {.units = 1, .activation = BP_ACT_IDENTITY, .bias = BP_BIAS_NONE}};
    const int32_t dtype = any_dtype(state);
    const double huge = dtype == BP_F32 ? 0x1p127 : 0x1p1023;
    const double w[2] = {huge, 1};
    for (size_t i = 0; i < 4; i++) {
        struct pair p;
        const size_t row = i % 2, filled = i / 2;
        const double dy[2] = {row == 0 ? 4 : 0, row == 1 ? 4 : 0};
        double before[12], after[12], x[10] = {0};
        x[5 * filled + 2] = 1;
        p.dense = any_net(dtype, 5, layers, 2, 1);
        any_ok(any_set_weights(p.dense, 1, w));
        any_ok(bp_net_clone(&p.sparse, p.dense));
        sparse_of(&p.rows, x, 2, 5);
        any_ok(any_get_parameters(p.dense, before));
        any_ok(any_forward(p.dense, x, 2, NULL));
        any_ok(sparse_forward(p.sparse, &p.rows, 0, 2, NULL));
        any_ok(any_backward_from(p.dense, dy, 2));
        any_ok(any_backward_from(p.sparse, dy, 2));
        same_numbers_are_finite(&p);
        assert_int_equal(bp_net_step(p.dense), BP_ERR_NONFINITE);
        refuses(BP_ERR_NONFINITE, bp_net_step(p.sparse), "the step of layer 0 is not finite");
        any_ok(any_get_parameters(p.sparse, after));
        any_same_bits(before, after, 12);
        end(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(negative_zeros_are_those_of_dense_rows),
        ANY_BOTH(a_written_sum_is_whole),
        ANY_BOTH(factors_scale_as_with_dense_rows),
        ANY_BOTH(malformed_rows_are_named),
        ANY_BOTH(dropout_takes_no_sparse_rows),
        ANY_BOTH(a_center_takes_no_sparse_rows),
        ANY_BOTH_MASKED(steps_that_are_not_finite_are_refused),
    };
    return cmocka_run_group_tests_name("sparse rows, delicate", tests, NULL, NULL);
}
