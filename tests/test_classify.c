/* SPDX-License-Identifier: MIT
 *
 * From outputs to classes, as bp_net_evaluate() and bp_net_confusion() count them. */
#include <math.h>
#include <string.h>

#include "any.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { MOST = 4, ROWS = 40 };

static bp_net *net_of(int32_t dtype, size_t outputs)
{
    const struct any_layer layer = {outputs, outputs == 1 ? BP_ACT_SIGMOID : BP_ACT_SOFTMAX, 0, 0};
    return any_net(dtype, 2, &layer, 1, 3);
}

static const struct {
    size_t outputs;
    double y[MOST];
    int32_t label;
} rows[] = {
    {3, {0.1, 0.7, 0.2}, 1},
    {3, {0.4, 0.4, 0.2}, 0}, /* the first of equals */
    {3, {0.2, 0.4, 0.4}, 1},
    {3, {0, -0.0, 0}, 0},
    {3, {-5, -4, -3}, 2},
    {4, {-INFINITY, 1, INFINITY, INFINITY}, 2},
    {1, {0.5}, 1},
    {1, {0.49999997}, 0}, /* the float below 0.5 */
    {1, {0}, 0},
    {1, {1}, 1},
    {1, {-INFINITY}, 0},
    {1, {INFINITY}, 1},
};

/* Both functions, whatever the type of the net. */
static void a_row_names_the_first_of_its_greatest_outputs(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < COUNT(rows); i++) {
        bp_net *net = net_of(dtype, rows[i].outputs);
        double y[2 * MOST];
        float y_f32[2 * MOST];
        int32_t labels[3] = {-1, -1, -1};
        for (size_t k = 0; k < 2 * rows[i].outputs; k++)
            y_f32[k] = (float)(y[k] = rows[i].y[k % rows[i].outputs]);
        any_ok(bp_net_classify_f64(net, y, 2, labels));
        assert_int_equal(labels[0], rows[i].label);
        assert_int_equal(labels[1], rows[i].label);
        any_ok(bp_net_classify_f32(net, y_f32, 1, labels + 2));
        assert_int_equal(labels[2], rows[i].label);
        bp_net_destroy(net);
    }
}

static void an_output_that_is_nan_is_refused(void **state)
{
    bp_net *net = net_of(any_dtype(state), 3);
    const double y[6] = {0.1, 0.7, 0.2, 0.3, 0.3, NAN};
    int32_t labels[2] = {-7, -7};
    assert_int_equal(bp_net_classify_f64(net, y, 2, labels), BP_ERR_NONFINITE);
    assert_string_equal(bp_last_error(), "bp_net_classify_f64: y is nan at row 1, output 2");
    assert_true(labels[0] == -7 && labels[1] == -7);
    bp_net_destroy(net);
}

/* With the classes as labels every row is right. */
static void evaluate_counts_the_same_classes(void **state)
{
    const int32_t dtype = any_dtype(state);
    uint64_t seed = 5;
    for (size_t outputs = 1; outputs <= 3; outputs += 2) {
        bp_net *net = net_of(dtype, outputs);
        double x[ROWS * 2], y[ROWS * 3], right;
        int32_t labels[ROWS];
        bool seen[3] = {false};
        bp_data *data = NULL;
        any_fill(&seed, x, COUNT(x), -3, 3);
        any_ok(any_predict(net, x, ROWS, y, NULL));
        any_ok(bp_net_classify_f64(net, y, ROWS, labels));
        for (size_t i = 0; i < ROWS; i++)
            seen[labels[i]] = true;
        assert_true(seen[0] && seen[1]); /* else it shows little */
        any_ok(any_labelled(&data, BP_F64, x, ROWS, 2, labels, outputs == 1 ? 2 : outputs));
        any_ok(bp_net_evaluate(net, data, BP_METRIC_ACCURACY, &right));
        assert_true(right == 1);
        bp_data_destroy(data);
        bp_net_destroy(net);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH_MASKED(a_row_names_the_first_of_its_greatest_outputs),
        ANY_BOTH_MASKED(an_output_that_is_nan_is_refused),
        ANY_BOTH(evaluate_counts_the_same_classes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
