/* SPDX-License-Identifier: MIT
 *
 * A net with a scaling computes from the user's numbers what a net without computes from numbers that were scaled by
 * hand. */
#include "scaling_fixture.h"

#include <string.h>

/* The outputs y for the user, from the outputs a of the network. */
static void expect_outputs(int32_t dtype, const struct table *t, const double *a, const double *y, size_t rows)
{
    for (size_t i = 0; i < rows * OUTPUTS; i++) {
        const double factor = t->target_factor[i % OUTPUTS], center = t->target_center[i % OUTPUTS];
        const double expected =
            dtype == BP_F32 ? (double)((float)a[i] / (float)factor + (float)center) : a[i] / factor + center;
        assert_true(y[i] == expected);
    }
}

static void a_scaled_net_is_one_on_scaled_numbers(void **state)
{
    const int32_t dtype = any_dtype(state);
    const struct table raw = table_of(1), by_hand = scaled(raw);
    for (int narrow = 0; narrow < 2; narrow++)
        for (size_t batch = 1; batch <= BATCH; batch += BATCH - 1) {
            bp_net *a = net_of(dtype, narrow, &raw), *b = net_of(dtype, narrow, NULL);
            for (size_t row = 0; row < ROWS; row += batch) {
                double loss_a, loss_b;
                any_ok(any_train(a, raw.x + row * INPUTS, raw.target + row * OUTPUTS, batch, &loss_a));
                any_ok(any_train(b, by_hand.x + row * INPUTS, by_hand.target + row * OUTPUTS, batch, &loss_b));
                assert_true(loss_a == loss_b);
            }
            any_same_parameters(a, b);
            double y[ROWS * OUTPUTS], hand[ROWS * OUTPUTS], loss_a, loss_b;
            any_ok(any_predict(a, raw.x, ROWS, y, NULL));
            any_ok(any_predict(b, by_hand.x, ROWS, hand, NULL));
            expect_outputs(dtype, &raw, hand, y, ROWS);
            any_ok(any_loss(a, raw.x, raw.target, ROWS, &loss_a, NULL));
            any_ok(any_loss(b, by_hand.x, by_hand.target, ROWS, &loss_b, NULL));
            assert_true(loss_a == loss_b);
            bp_net_destroy(a);
            bp_net_destroy(b);
        }
}

/* dx = dx' factor and dLoss/da = dy / factor, here all powers of two. */
static void gradients_are_by_the_users_numbers(void **state)
{
    const int32_t dtype = any_dtype(state);
    const struct table raw = table_of(2), by_hand = scaled(raw);
    bp_net *a = net_of(dtype, false, &raw), *b = net_of(dtype, false, NULL);
    double y[BATCH * OUTPUTS], hand[BATCH * OUTPUTS], dy[BATCH * OUTPUTS], dx[BATCH * INPUTS], hand_dx[BATCH * INPUTS];
    uint64_t seed = 5;
    any_fill(&seed, dy, BATCH * OUTPUTS, -1, 1);
    any_ok(any_forward(a, raw.x, BATCH, y));
    any_ok(any_forward(b, by_hand.x, BATCH, hand));
    expect_outputs(dtype, &raw, hand, y, BATCH);
    for (int from = 0; from < 2; from++) {
        any_ok(from ? any_backward_from(a, dy, BATCH) : any_backward(a, raw.target, BATCH, NULL));
        for (size_t i = 0; i < BATCH * OUTPUTS; i++)
            hand[i] = dy[i] / raw.target_factor[i % OUTPUTS];
        any_ok(from ? any_backward_from(b, hand, BATCH) : any_backward(b, by_hand.target, BATCH, NULL));
        any_ok(any_input_gradient(a, dx));
        any_ok(any_input_gradient(b, hand_dx));
        for (size_t i = 0; i < BATCH * INPUTS; i++)
            hand_dx[i] *= raw.factor[i % INPUTS];
        any_same_bits(dx, hand_dx, BATCH * INPUTS);
    }
    any_ok(bp_net_step(a));
    any_ok(bp_net_step(b));
    any_same_parameters(a, b);
    bp_net_destroy(a);
    bp_net_destroy(b);
}

static void raw_switches_the_scaling_off_and_on(void **state)
{
    const int32_t dtype = any_dtype(state);
    const struct table t = table_of(3);
    double y[3][ROWS * OUTPUTS];
    bp_net *a = net_of(dtype, false, &t), *b = net_of(dtype, false, NULL);
    bp_scratch *scratch = NULL;
    any_ok(bp_scratch_create(&scratch, b)); /* before there is a scaling */
    any_ok(bp_net_set(a, BP_OPT_RAW, 1));
    any_ok(any_predict(a, t.x, ROWS, y[0], NULL));
    any_ok(any_predict(b, t.x, ROWS, y[1], scratch));
    any_same_bits(y[0], y[1], ROWS * OUTPUTS);
    any_ok(any_forward(a, t.x, BATCH, NULL));
    any_ok(bp_net_set(a, BP_OPT_RAW, 0));
    assert_int_equal(any_backward(a, t.target, BATCH, NULL), BP_ERR_STATE); /* x was not scaled in that forward */
    any_ok(any_set_scaling(b, t.center, t.factor, t.target_center, t.target_factor));
    any_ok(any_predict(a, t.x, ROWS, y[0], NULL));
    any_ok(any_predict(b, t.x, ROWS, y[1], scratch));
    any_same_bits(y[0], y[1], ROWS * OUTPUTS);
    for (size_t row = 0; row < ROWS; row++) /* alone as in any batch */
        any_ok(any_predict(a, t.x + row * INPUTS, 1, y[2] + row * OUTPUTS, scratch));
    any_same_bits(y[0], y[2], ROWS * OUTPUTS);
    bp_scratch_destroy(scratch);
    bp_net_destroy(a);
    bp_net_destroy(b);
}

static void labels_and_scaled_targets_exclude_each_other(void **state)
{
    const struct table t = table_of(4);
    const int32_t labels[2] = {0, 2};
    const struct any_layer layer = {OUTPUTS, BP_ACT_SIGMOID, 0, 0};
    bp_net *net = any_net(any_dtype(state), INPUTS, &layer, 1, 1);
    any_ok(any_set_scaling(net, t.center, t.factor, t.target_center, t.target_factor));
    assert_int_equal(any_train_labels(net, t.x, labels, 2, NULL), BP_ERR_UNSUPPORTED);
    assert_non_null(strstr(bp_last_error(), "scales its targets"));
    any_ok(any_set_scaling(net, t.center, t.factor, NULL, NULL));
    any_ok(any_train_labels(net, t.x, labels, 2, NULL));
    bp_net_destroy(net);
}

static void bad_scalings_are_refused(void **state)
{
    const int32_t dtype = any_dtype(state);
    const struct table t = table_of(4);
    const double zero[OUTPUTS] = {1, 0, 1}, huge[INPUTS] = {1, 1, 1, 1e39, 1}, none[INPUTS] = {0};
    bp_net *net = net_of(dtype, false, &t);
    double center[INPUTS], factor[INPUTS];
    assert_int_equal(bp_net_write_f64(net, BP_ARRAY_TARGET_FACTOR, 0, zero, OUTPUTS), BP_ERR_ARG);
    assert_non_null(strstr(bp_last_error(), "the factor of column 1 is 0"));
    assert_int_equal(bp_net_write_f64(net, BP_ARRAY_INPUT_CENTER, 0, none, INPUTS - 1), BP_ERR_SHAPE);
    assert_int_equal(bp_net_write_f64(net, BP_ARRAY_INPUT_CENTER, 0, NULL, INPUTS), BP_ERR_ARG);
    const bp_status expected = dtype == BP_F32 ? BP_ERR_NONFINITE : BP_OK; /* in the net's type */
    any_ok(any_get_input_scaling(net, center, factor));
    any_same_bits(factor, t.factor, INPUTS); /* nothing has changed */
    any_ok(any_get_target_scaling(net, center, factor));
    any_same_bits(factor, t.target_factor, OUTPUTS);
    assert_int_equal(bp_net_write_f64(net, BP_ARRAY_INPUT_FACTOR, 0, huge, INPUTS), expected);
    bp_net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(a_scaled_net_is_one_on_scaled_numbers),
        ANY_BOTH(gradients_are_by_the_users_numbers),
        ANY_BOTH(raw_switches_the_scaling_off_and_on),
        ANY_BOTH(labels_and_scaled_targets_exclude_each_other),
        ANY_BOTH(bad_scalings_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
