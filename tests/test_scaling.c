/* SPDX-License-Identifier: MIT
 *
 * Scaling that travels with the net: what a net with one does to the user's numbers is what a net without does to numbers
 * that were scaled by hand. */
#include "any.h"

#include <math.h>
#include <string.h>

enum { ROWS = 70, INPUTS = 5, OUTPUTS = 3, BATCH = 7 };

/* Columns of very different size, the third constant; targets that are not of the size of anything either. */
struct table {
    double x[ROWS * INPUTS], target[ROWS * OUTPUTS];
    double center[INPUTS], factor[INPUTS], target_center[OUTPUTS], target_factor[OUTPUTS];
};

/* Numbers that are short in binary, so that f32 and f64 hold the same. */
static double rounded(double x) { return ldexp(floor(ldexp(x, 8)), -8); }

static struct table table_of(uint64_t seed)
{
    static const double size[INPUTS] = {1, 1000, 0, 0.0625, 30}, middle[INPUTS] = {0, 2000, 5, -1, 0.5};
    struct table t = {.factor = {2, 0.001953125, 0, 16, -0.125}, .center = {0.5, 2000, 5, -1, 0.25}};
    for (size_t i = 0; i < ROWS * INPUTS; i++)
        t.x[i] = rounded(middle[i % INPUTS] + size[i % INPUTS] * any_uniform(&seed, -1, 1));
    for (size_t i = 0; i < ROWS * OUTPUTS; i++)
        t.target[i] = rounded((double)(i % OUTPUTS) * 100 + any_uniform(&seed, -20, 20));
    for (size_t i = 0; i < OUTPUTS; i++) {
        t.target_center[i] = 100 * (double)i;
        t.target_factor[i] = 0.0625;
    }
    return t;
}

/* The same table as the network of a net that scales would see it. */
static struct table scaled(struct table t)
{
    for (size_t i = 0; i < ROWS * INPUTS; i++)
        t.x[i] = (t.x[i] - t.center[i % INPUTS]) * t.factor[i % INPUTS];
    for (size_t i = 0; i < ROWS * OUTPUTS; i++)
        t.target[i] = (t.target[i] - t.target_center[i % OUTPUTS]) * t.target_factor[i % OUTPUTS];
    return t;
}

/* The first is wide enough for panels and rows that lie badly are copied; the second is narrow. */
static bp_net *net_of(int32_t dtype, bool narrow, const struct table *scaling)
{
    const struct any_layer layers[] = {{narrow ? 4 : 40, BP_ACT_TANH, 0, 0}, {OUTPUTS, BP_ACT_IDENTITY, 0, 0}};
    bp_net *net = any_net(dtype, INPUTS, layers, 2, 3);
    any_ok(bp_net_set(net, BP_OPT_MOMENTUM, 0.5));
    if (scaling)
        any_ok(any_set_scaling(net, scaling->center, scaling->factor, scaling->target_center, scaling->target_factor));
    return net;
}

static void same_parameters(const bp_net *a, const bp_net *b)
{
    double of_a[512], of_b[512];
    assert_true(any_parameters(a) <= 512);
    any_ok(any_get_parameters(a, of_a));
    any_ok(any_get_parameters(b, of_b));
    any_same_bits(of_a, of_b, any_parameters(a));
}

/* y as the user has it, of a that the network gave. */
static void expect_outputs(int32_t dtype, const struct table *t, const double *a, const double *y, size_t rows)
{
    for (size_t i = 0; i < rows * OUTPUTS; i++) {
        const double factor = t->target_factor[i % OUTPUTS], center = t->target_center[i % OUTPUTS];
        const double expected =
            dtype == BP_F32 ? (double)(float)((float)a[i] / (float)factor + (float)center) : a[i] / factor + center;
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
            same_parameters(a, b);
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
    same_parameters(a, b);
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

/* ---------------------------------------------------------------------------------------------------------- fitting */

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

static void columns_that_tell_nothing_become_zeros(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct table t = table_of(7);
    double center[INPUTS], factor[INPUTS], y[2 * OUTPUTS];
    bp_net *net = net_of(dtype, false, NULL);
    for (size_t row = 0; row < ROWS; row++) {
        t.x[row * INPUTS + 1] = 0.1 * (1 + (double)(row % 3) * 1e-16); /* the same but for the last digit */
        t.target[row * OUTPUTS + 2] = 42;
    }
    bp_data *data = data_of(&t);
    any_ok(any_fit_scaling(net, data, BP_SCALE_RANGE, BP_SCALE_RANGE));
    any_ok(any_get_input_scaling(net, center, factor));
    assert_true(factor[1] == 0 && factor[2] == 0 && factor[0] > 0);
    any_ok(any_get_target_scaling(net, center, factor));
    assert_true(center[2] == 42 && factor[2] == 1);
    any_ok(any_predict(net, t.x, 1, y, NULL));
    t.x[1] = t.x[2] = 1e6; /* it is not looked at */
    any_ok(any_predict(net, t.x, 1, y + OUTPUTS, NULL));
    any_same_bits(y, y + OUTPUTS, OUTPUTS);
    bp_data_destroy(data);
    bp_net_destroy(net);
}

/* A column of 1 and 1 + n of the last digit, a column of minus that, and one of 1 and 0. */
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
    static const double bad[] = {NAN, INFINITY, -1.7e308};
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        for (int target = 0; target < 2; target++) {
            struct table t = table_of(8);
            bp_net *net = net_of(dtype, false, NULL);
            t.x[3 * INPUTS + 4] = target ? 0 : bad[i];
            t.x[4 * INPUTS + 4] = target ? 0 : 1.7e308;
            t.target[3 * OUTPUTS + 1] = target ? bad[i] : 0;
            t.target[4 * OUTPUTS + 1] = target ? 1.7e308 : 0;
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

/* --------------------------------------------------------------------------------------------------------- training */

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
        train = train_of(by_hand, some, others); /* the same course where the scaling was fitted before */
        assert_int_equal(bp_train_set(train, BP_TRAIN_METHOD, method), BP_OK);
        assert_int_equal(bp_train_epoch(train), BP_OK);
        same_parameters(net, by_hand);
        bp_train_destroy(train);
        bp_data_destroy(all);
        bp_data_destroy(some);
        bp_data_destroy(others);
        bp_net_destroy(net);
        bp_net_destroy(by_hand);
    }
}

enum before { NOTHING, STEPPED, SET, RAW, SCALED, TURNED_OFF };

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
    assert_non_null(strstr(bp_last_error(), "input 2 is not finite"));
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
        any_ok(bp_net_init(net, 1));
        bp_train *train = train_of(net, data, NULL);
        assert_int_equal(bp_train_set(train, BP_TRAIN_METHOD, method), BP_OK);
        assert_int_equal(bp_train_epoch(train), BP_ERR_NONFINITE);
        assert_false(any_scales_inputs(net));
        any_ok(bp_net_layer_set(net, 1, BP_LAYER_BIAS_INIT_SCALE, 1));
        any_ok(bp_net_set(net, BP_OPT_LEARNING_RATE, 1e-9));
        any_ok(bp_net_init(net, 1));
        assert_int_equal(bp_train_epoch(train), BP_OK);
        assert_true(any_scales_inputs(net)); /* now it is there */
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
        ANY_BOTH(a_scaled_net_is_one_on_scaled_numbers),
        ANY_BOTH(gradients_are_by_the_users_numbers),
        ANY_BOTH(raw_switches_the_scaling_off_and_on),
        ANY_BOTH(labels_and_scaled_targets_exclude_each_other),
        ANY_BOTH(bad_scalings_are_refused),
        ANY_BOTH(each_scale_is_its_formula),
        ANY_BOTH(columns_that_tell_nothing_become_zeros),
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
