/* SPDX-License-Identifier: MIT
 *
 * Scalings that are made from a data set, by bp_net_take_columns() and by a training. */
#include "scaling_fixture.h"

#include <math.h>
#include <string.h>

static bp_data *data_of(const struct table *t)
{
    bp_data *data = NULL;
    assert_int_equal(any_data(&data, BP_F64, t->x, ROWS, INPUTS, t->target, OUTPUTS), BP_OK);
    return data;
}

static double column_of(const double *x, size_t columns, size_t column, double (*what)(double sum, double x))
{
    double sum = x[column];
    for (size_t row = 1; row < ROWS; row++)
        sum = what(sum, x[row * columns + column]);
    return sum;
}

static double add(double a, double b) { return a + b; }

static double deviation_of(const double *x, size_t columns, size_t column, double mean)
{
    double sum = 0;
    for (size_t row = 0; row < ROWS; row++)
        sum += pow(x[row * columns + column] - mean, 2);
    return sqrt(sum / ROWS);
}

static void expect_near(double value, double expected, int32_t dtype)
{
    const double tolerance = dtype == BP_F32 ? 1e-6 : 1e-14;
    if (!(fabs(value - expected) <= tolerance * fmax(1, fabs(expected))))
        fail_msg("%.17g is not %.17g", value, expected);
}

static void each_scale_is_its_formula(void **state)
{
    const int32_t dtype = any_dtype(state);
    const struct table t = table_of(6);
    double center[INPUTS], factor[INPUTS], largest = 0;
    bp_net *net = net_of(dtype, false, NULL);
    bp_data *data = data_of(&t);
    for (size_t i = 0; i < ROWS * INPUTS; i++)
        largest = fmax(largest, fabs(t.x[i]));
    for (int32_t scale = BP_SCALE_STANDARD; scale <= BP_SCALE_LARGEST; scale += 10) {
        any_ok(any_fit_scaling(net, data, scale, scale));
        any_ok(any_get_input_scaling(net, center, factor));
        for (size_t i = 0; i < INPUTS; i++) {
            const double mean = column_of(t.x, INPUTS, i, add) / ROWS, sd = deviation_of(t.x, INPUTS, i, mean);
            const double low = column_of(t.x, INPUTS, i, fmin), high = column_of(t.x, INPUTS, i, fmax);
            const double centers[] = {mean, (low + high) / 2, 0}, factors[] = {1 / sd, 2 / (high - low), 1 / largest};
            const size_t which = (size_t)(scale - BP_SCALE_STANDARD) / 10;
            expect_near(center[i], centers[which], dtype);
            expect_near(factor[i], i == 2 && which < 2 ? 0 : factors[which], dtype); /* the third is constant */
        }
        any_ok(any_get_target_scaling(net, center, factor));
        const double mean = column_of(t.target, OUTPUTS, 1, add) / ROWS;
        if (scale == BP_SCALE_STANDARD)
            expect_near(factor[1], 1 / deviation_of(t.target, OUTPUTS, 1, mean), dtype);
    }
    any_ok(any_fit_scaling(net, data, BP_SCALE_NONE, BP_SCALE_NONE));
    assert_false(any_scales_inputs(net) || any_scales_targets(net));
    bp_data_destroy(data);
    bp_net_destroy(net);
}

static void constant_columns_become_zeros(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct table t = table_of(7);
    double center[INPUTS], factor[INPUTS], y[2 * OUTPUTS];
    bp_net *net = net_of(dtype, false, NULL);
    for (size_t row = 0; row < ROWS; row++) {
        t.x[row * INPUTS + 1] = 0.1 * (1 + (double)(row % 3) * 1e-16); /* the same except the last digit */
        t.target[row * OUTPUTS + 2] = 42;
    }
    bp_data *data = data_of(&t);
    any_ok(any_fit_scaling(net, data, BP_SCALE_RANGE, BP_SCALE_RANGE));
    any_ok(any_get_input_scaling(net, center, factor));
    assert_true(factor[1] == 0 && factor[2] == 0 && factor[0] > 0);
    any_ok(any_get_target_scaling(net, center, factor));
    assert_true(center[2] == 42 && factor[2] == 1);
    any_ok(any_predict(net, t.x, 1, y, NULL));
    t.x[1] = t.x[2] = 1e6; /* these are not used */
    any_ok(any_predict(net, t.x, 1, y + OUTPUTS, NULL));
    any_same_bits(y, y + OUTPUTS, OUTPUTS);
    bp_data_destroy(data);
    bp_net_destroy(net);
}

/* A column of 1 and 1 + n times the last digit, a column of minus that, and a column of 1 and 0. */
static void a_column_is_constant_up_to_8_of_the_last_digit(void **state)
{
    static const double digits[] = {0, 1, 4, 7, 8, 9, 16};
    const int32_t dtype = any_dtype(state);
    const struct any_layer layer = {1, BP_ACT_IDENTITY, 0, 0};
    const double epsilon = dtype == BP_F32 ? 0x1p-23 : 0x1p-52;
    for (size_t i = 0; i < sizeof(digits) / sizeof(digits[0]); i++)
        for (int32_t scale = BP_SCALE_STANDARD; scale <= BP_SCALE_RANGE; scale += 10) {
            const double low = 1 - digits[i] * epsilon, x[] = {1, -1, 1, low, -low, 0}, target[2] = {0, 1};
            double center[3], factor[3];
            bp_net *net = any_net(dtype, 3, &layer, 1, 1);
            bp_data *data = NULL;
            assert_int_equal(any_data(&data, BP_F64, x, 2, 3, target, 1), BP_OK);
            any_ok(any_fit_scaling(net, data, scale, BP_SCALE_NONE));
            any_ok(any_get_input_scaling(net, center, factor));
            assert_true((factor[0] == 0) == (digits[i] <= 8));
            assert_true((factor[1] == 0) == (digits[i] <= 8));
            assert_true(factor[2] == 2);
            bp_data_destroy(data);
            bp_net_destroy(net);
        }
}

static void what_cannot_be_scaled_is_named(void **state)
{
    /* Of the last two a sum would overflow, or the squares. */
    static const double bad[][2] = {{NAN, 1.7e308}, {INFINITY, 1.7e308}, {-1.7e308, 1.7e308}, {-1e200, 1e200}};
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        for (int target = 0; target < 2; target++) {
            struct table t = table_of(8);
            bp_net *net = net_of(dtype, false, NULL);
            t.x[3 * INPUTS + 4] = target ? 0 : bad[i][0];
            t.x[4 * INPUTS + 4] = target ? 0 : bad[i][1];
            t.target[3 * OUTPUTS + 1] = target ? bad[i][0] : 0;
            t.target[4 * OUTPUTS + 1] = target ? bad[i][1] : 0;
            bp_data *data = data_of(&t);
            assert_int_equal(any_fit_scaling(net, data, BP_SCALE_AUTO, BP_SCALE_AUTO), BP_ERR_NONFINITE);
            assert_non_null(strstr(bp_last_error(), target ? "target 1" : "input 4"));
            assert_false(any_scales_inputs(net) || any_scales_targets(net));
            bp_data_destroy(data);
            bp_net_destroy(net);
        }
}

static void bytes_have_one_factor_for_all(void **state)
{
    const int32_t dtype = any_dtype(state);
    const struct any_layer layer = {2, BP_ACT_SOFTMAX, 0, 0};
    const uint8_t x[] = {0, 1, 2, 16, 8, 4};
    const int32_t labels[] = {0, 1};
    double center[3], factor[3];
    bp_net *net = any_net(dtype, 3, &layer, 1, 1);
    bp_data *data = NULL;
    assert_int_equal(bp_data_create(&data, NULL), BP_OK);
    assert_int_equal(bp_data_set(data, BP_DATA_BYTE, 1.0 / 255), BP_OK);
    assert_int_equal(bp_data_set_inputs(data, BP_U8, x, 2, 3, 0, BP_HOLD_COPY), BP_OK);
    assert_int_equal(bp_data_set_labels(data, BP_I32, labels, 2, BP_HOLD_COPY), BP_OK);
    any_ok(any_fit_scaling(net, data, BP_SCALE_AUTO, BP_SCALE_AUTO));
    any_ok(any_get_input_scaling(net, center, factor));
    for (size_t i = 0; i < 3; i++) {
        assert_true(center[i] == 0);
        expect_near(factor[i], 255.0 / 16, dtype);
    }
    assert_false(any_scales_targets(net));
    bp_data_destroy(data);
    bp_net_destroy(net);
}

/* ---- training */

static bp_train *train_of(bp_net *net, const bp_data *data, const bp_data *valid)
{
    bp_train *train = NULL;
    if (bp_train_create(&train, net, data, valid) != BP_OK)
        fail_msg("%s", bp_last_error());
    return train;
}

static void training_scales_by_the_rows_that_it_trains_on(void **state)
{
    for (int32_t method = BP_METHOD_STEPS; method <= BP_METHOD_LBFGS; method += 10) {
        const struct table t = table_of(9);
        bp_net *net = net_of(any_dtype(state), false, NULL), *by_hand = net_of(any_type(net), false, NULL);
        double seen[2][2 * INPUTS], of_targets[2][2 * OUTPUTS];
        bp_data *all = data_of(&t), *some = NULL, *others = NULL;
        assert_int_equal(bp_data_split(all, 0.5, 3, &some, &others), BP_OK);
        bp_train *train = train_of(net, some, others);
        assert_false(any_scales_inputs(net));
        assert_int_equal(bp_train_set(train, BP_TRAIN_METHOD, method), BP_OK);
        assert_int_equal(bp_train_epoch(train), BP_OK);
        any_ok(any_fit_scaling(by_hand, some, BP_SCALE_STANDARD, BP_SCALE_STANDARD));
        for (int i = 0; i < 2; i++) {
            const bp_net *of = i ? by_hand : net;
            any_ok(any_get_input_scaling(of, seen[i], seen[i] + INPUTS));
            any_ok(any_get_target_scaling(of, of_targets[i], of_targets[i] + OUTPUTS));
        }
        any_same_bits(seen[0], seen[1], 2 * INPUTS);
        any_same_bits(of_targets[0], of_targets[1], 2 * OUTPUTS);
        bp_train_destroy(train);
        train = train_of(by_hand, some, others); /* the same training, if the scaling was fitted before */
        assert_int_equal(bp_train_set(train, BP_TRAIN_METHOD, method), BP_OK);
        assert_int_equal(bp_train_epoch(train), BP_OK);
        any_same_parameters(net, by_hand);
        bp_train_destroy(train);
        bp_data_destroy(all);
        bp_data_destroy(some);
        bp_data_destroy(others);
        bp_net_destroy(net);
        bp_net_destroy(by_hand);
    }
}

enum before { NOTHING, STEPPED, SET, RAW, SCALED, SCALED_TARGETS, TURNED_OFF };

static void only_a_fresh_net_without_scaling_is_given_one(void **state)
{
    const int32_t dtype = any_dtype(state);
    const struct table t = table_of(10);
    for (enum before before = NOTHING; before <= TURNED_OFF; before++) {
        double flat[512], factor[INPUTS], center[INPUTS];
        bp_net *net = net_of(dtype, false, before == SCALED ? &t : NULL);
        bp_data *data = data_of(&t);
        if (before == STEPPED)
            any_ok(any_train(net, scaled(t).x, scaled(t).target, BATCH, NULL));
        any_ok(any_get_parameters(net, flat));
        if (before == SET)
            any_ok(any_set_parameters(net, flat));
        if (before == SCALED_TARGETS)
            any_ok(any_set_scaling(net, NULL, NULL, NULL, t.target_factor));
        any_ok(bp_net_set(net, BP_OPT_RAW, before == RAW));
        any_ok(bp_net_set(net, BP_OPT_LEARNING_RATE, 1e-12)); /* unscaled numbers are huge */
        bp_train *train = train_of(net, data, NULL);
        if (before == TURNED_OFF) {
            any_ok(bp_net_set(net, BP_OPT_SCALE_INPUTS, BP_SCALE_NONE));
            any_ok(bp_net_set(net, BP_OPT_SCALE_TARGETS, BP_SCALE_NONE));
        }
        assert_int_equal(bp_train_epoch(train), BP_OK);
        assert_int_equal(any_scales_inputs(net), before == NOTHING || before == SCALED);
        any_ok(any_get_input_scaling(net, center, factor));
        if (before == SCALED)
            any_same_bits(factor, t.factor, INPUTS);
        any_ok(any_get_target_scaling(net, center, factor));
        if (before == SCALED_TARGETS)
            any_same_bits(factor, t.target_factor, OUTPUTS);
        bp_train_destroy(train);
        bp_data_destroy(data);
        bp_net_destroy(net);
    }
}

static void a_first_epoch_that_fails_leaves_no_scaling(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct table t = table_of(11);
    bp_net *net = net_of(dtype, false, NULL);
    t.x[12] = NAN;
    bp_data *data = data_of(&t);
    bp_train *train = train_of(net, data, NULL);
    assert_int_equal(bp_train_epoch(train), BP_ERR_NONFINITE);
    assert_non_null(strstr(bp_last_error(), "input 2 has a number that is not finite"));
    assert_false(any_scales_inputs(net));
    bp_train_destroy(train);
    bp_data_destroy(data);
    bp_net_destroy(net);
}

static void so_does_one_whose_loss_is_not_finite(void **state)
{
    const struct any_layer layers[] = {{4, BP_ACT_TANH, 0, 0}, {OUTPUTS, BP_ACT_EXP, 0, 0}};
    for (int32_t method = BP_METHOD_STEPS; method <= BP_METHOD_LBFGS; method += 10) {
        const struct table t = table_of(13);
        bp_net *net = any_net(any_dtype(state), INPUTS, layers, 2, 1);
        bp_data *data = data_of(&t);
        any_ok(bp_net_layer_set(net, 1, BP_LAYER_BIAS_INIT, BP_INIT_CONSTANT));
        any_ok(bp_net_layer_set(net, 1, BP_LAYER_BIAS_INIT_SCALE, 1e6));
        any_ok(bp_net_set(net, BP_OPT_SCALE_TARGETS, BP_SCALE_STANDARD));
        any_ok(bp_net_init(net, 1));
        bp_train *train = train_of(net, data, NULL);
        assert_int_equal(bp_train_set(train, BP_TRAIN_METHOD, method), BP_OK);
        assert_int_equal(bp_train_epoch(train), BP_ERR_NONFINITE);
        assert_false(any_scales_inputs(net) || any_scales_targets(net));
        any_ok(bp_net_layer_set(net, 1, BP_LAYER_BIAS_INIT_SCALE, 1));
        any_ok(bp_net_set(net, BP_OPT_LEARNING_RATE, 1e-9));
        any_ok(bp_net_init(net, 1));
        assert_int_equal(bp_train_epoch(train), BP_OK);
        assert_true(any_scales_inputs(net) && any_scales_targets(net)); /* now it is there */
        bp_train_destroy(train);
        bp_data_destroy(data);
        bp_net_destroy(net);
    }
}

static void a_net_is_fresh_until_it_learns(void **state)
{
    const struct table t = table_of(12);
    bp_net *net = net_of(any_dtype(state), true, NULL), *copy = NULL;
    double flat[64];
    any_ok(any_get_parameters(net, flat));
    any_ok(any_forward(net, t.x, BATCH, NULL));
    assert_true(any_is_fresh(net));
    any_ok(any_set_parameters(net, flat));
    assert_false(any_is_fresh(net));
    any_ok(bp_net_init(net, 1));
    assert_true(any_is_fresh(net));
    any_ok(bp_net_set(net, BP_OPT_LEARNING_RATE, 0));
    any_ok(any_train(net, t.x, t.target, 1, NULL)); /* the narrow way */
    assert_false(any_is_fresh(net));
    any_ok(bp_net_init(net, 1));
    any_ok(any_forward(net, t.x, BATCH, NULL));
    any_ok(any_backward(net, t.target, BATCH, NULL));
    assert_true(any_is_fresh(net));
    any_ok(bp_net_step(net));
    assert_false(any_is_fresh(net));
    any_ok(bp_net_clone(&copy, net));
    assert_false(any_is_fresh(copy));
    bp_net_destroy(net);
    bp_net_destroy(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(each_scale_is_its_formula),
        ANY_BOTH(constant_columns_become_zeros),
        ANY_BOTH(a_column_is_constant_up_to_8_of_the_last_digit),
        ANY_BOTH_MASKED(what_cannot_be_scaled_is_named),
        ANY_BOTH(bytes_have_one_factor_for_all),
        ANY_BOTH(training_scales_by_the_rows_that_it_trains_on),
        ANY_BOTH(only_a_fresh_net_without_scaling_is_given_one),
        ANY_BOTH_MASKED(a_first_epoch_that_fails_leaves_no_scaling),
        ANY_BOTH_MASKED(so_does_one_whose_loss_is_not_finite),
        ANY_BOTH(a_net_is_fresh_until_it_learns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
