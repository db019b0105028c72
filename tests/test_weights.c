/* SPDX-License-Identifier: MIT
 *
 * Weights of rows: the loss and the gradient of a row are multiplied by its weight. */
#include <math.h>
#include <string.h>

#include "any.h"

enum { ROWS = 6, INPUTS = 4, OUTPUTS = 3, PARAMETERS = 4 * 5 + 5 + 5 * 3 + 3 };

static const int32_t labels[ROWS] = {0, 2, 1, 1, 0, 2};
static double x[ROWS * INPUTS], target[ROWS * OUTPUTS];

static bp_net *net_of(int32_t dtype)
{
    const struct any_layer layers[] = {{5, BP_ACT_TANH, 0, 0}, {OUTPUTS, BP_ACT_SOFTMAX, 0, 0}};
    uint64_t seed = 3;
    bp_net *net = any_net(dtype, INPUTS, layers, 2, 1);
    any_ok(bp_net_set(net, BP_OPT_LOSS, BP_LOSS_CROSS_ENTROPY));
    any_fill(&seed, x, ROWS * INPUTS, -1, 1);
    memset(target, 0, sizeof(target));
    for (size_t i = 0; i < ROWS; i++)
        target[i * OUTPUTS + (size_t)labels[i]] = 1;
    return net;
}

/* The sum of the gradients of the rows from row `from` on, and the loss. */
static double backward(bp_net *net, size_t from, size_t rows, const double *weights, bool by_label, double *gradient)
{
    const struct any_rows some = {.rows = rows,
                                  .x = x + from * INPUTS,
                                  .target = by_label ? NULL : target + from * OUTPUTS,
                                  .labels = by_label ? labels + from : NULL,
                                  .weights = weights};
    double loss;
    any_ok(any_forward(net, some.x, rows, NULL));
    any_ok(weights ? any_backward_rows(net, &some, &loss) : any_backward(net, some.target, rows, &loss));
    any_ok(any_get_gradient(net, gradient));
    any_ok(bp_net_zero_gradient(net));
    return loss;
}

static void weights_of_one_change_no_bit(void **state)
{
    static const double ones[ROWS] = {1, 1, 1, 1, 1, 1};
    bp_net *net = net_of(any_dtype(state));
    double plain[PARAMETERS], weighted[PARAMETERS];
    const double loss = backward(net, 0, ROWS, NULL, false, plain);
    for (int by_label = 0; by_label < 2; by_label++) {
        const double same = backward(net, 0, ROWS, ones, by_label, weighted);
        any_same_bits(&same, &loss, 1);
        any_same_bits(weighted, plain, PARAMETERS);
    }
    bp_net_destroy(net);
}

/* The weighted mean of the rows' own gradients and losses. */
static void a_weight_multiplies_its_rows_loss_and_gradient(void **state)
{
    static const double weights[ROWS] = {0.5, 2, 0, 1, 3, 0.25};
    const int32_t dtype = any_dtype(state);
    bp_net *net = net_of(dtype);
    double got[PARAMETERS], one[PARAMETERS], expected[PARAMETERS] = {0}, sum = 0;
    for (size_t i = 0; i < ROWS; i++) {
        sum += weights[i] * backward(net, i, 1, NULL, false, one) / ROWS;
        for (size_t k = 0; k < PARAMETERS; k++)
            expected[k] += weights[i] * one[k] / ROWS;
    }
    const double loss = backward(net, 0, ROWS, weights, true, got), most = dtype == BP_F64 ? 1e-14 : 1e-6;
    assert_true(fabs(loss - sum) <= most);
    assert_true(any_relative_difference(got, expected, PARAMETERS, 1) <= most);
    bp_net_destroy(net);
}

static bp_status train(bp_net *net, size_t rows, const double *weights, double *loss)
{
    return any_train_rows(net, &(struct any_rows){.rows = rows, .x = x, .labels = labels, .weights = weights}, loss);
}

/* Also on one row, which this narrow net computes in a way of its own if it has no weights. */
static void train_is_forward_backward_and_step(void **state)
{
    static const double weights[ROWS] = {0.5, 2, 0, 1, 3, 0.25};
    bp_net *net = net_of(any_dtype(state)), *other = net_of(any_dtype(state));
    double a[PARAMETERS], b[PARAMETERS], loss[3];
    for (size_t rows = 1; rows <= ROWS; rows += ROWS - 1) {
        const struct any_rows some = {.rows = rows, .x = x, .labels = labels, .weights = weights};
        any_ok(any_loss_rows(net, &some, &loss[2], NULL));
        any_ok(train(net, rows, weights, &loss[0]));
        any_ok(any_forward(other, x, rows, NULL));
        any_ok(any_backward_rows(other, &some, &loss[1]));
        any_ok(bp_net_step(other));
        any_same_bits(&loss[0], &loss[1], 1);
        any_same_bits(&loss[0], &loss[2], 1);
        any_ok(any_get_parameters(net, a));
        any_ok(any_get_parameters(other, b));
        any_same_bits(a, b, PARAMETERS);
    }
    bp_net_destroy(net);
    bp_net_destroy(other);
}

static void weights_that_are_none_are_refused(void **state)
{
    static const double bad[][ROWS] = {{1, -1, 1, 1, 1, 1}, {NAN, 1, 1, 1, 1, 1}, {1, 1, 1, 1, 1, INFINITY}};
    bp_net *net = net_of(any_dtype(state));
    double before[PARAMETERS], after[PARAMETERS], weights[ROWS] = {0}, loss;
    bp_data *data = any_borrowed(net, &(struct any_rows){.rows = ROWS, .x = x, .labels = labels, .weights = weights});
    any_ok(any_get_parameters(net, before));
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(bp_data_set_weights(data, BP_F64, bad[i], BP_HOLD_COPY), BP_ERR_ARG);
        assert_non_null(strstr(bp_last_error(), "weights["));
        memcpy(weights, bad[i], sizeof(weights)); /* those that it borrowed are changed */
        assert_int_equal(bp_net_train_rows(net, data, 0, ROWS, &loss), BP_ERR_ARG);
        assert_non_null(strstr(bp_last_error(), "weights["));
    }
    bp_data_destroy(data);
    any_ok(any_get_parameters(net, after));
    any_same_bits(after, before, PARAMETERS);
    bp_net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(weights_of_one_change_no_bit),
        ANY_BOTH(a_weight_multiplies_its_rows_loss_and_gradient),
        ANY_BOTH(train_is_forward_backward_and_step),
        ANY_BOTH_MASKED(weights_that_are_none_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
