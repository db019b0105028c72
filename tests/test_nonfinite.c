/* SPDX-License-Identifier: MIT
 *
 * A loss, a gradient or a step that is infinite or NaN is reported, with the layer, and the parameters stay. */
#include <float.h>
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "any.h"

enum { PARAMETERS = 2 * 2 + 2 + 2 + 1 };

/* 2 identity units, 1 identity output: whatever goes in comes out. */
static bp_net *make(int32_t dtype, int32_t optimizer)
{
    bp_net *net = NULL;
    any_ok(bp_net_create(&net, dtype, 2));
    any_ok(bp_net_add_dense(net, 2, BP_ACT_IDENTITY));
    any_ok(bp_net_add_dense(net, 1, BP_ACT_IDENTITY));
    any_ok(bp_net_set(net, BP_OPT_OPTIMIZER, optimizer));
    any_ok(bp_net_init(net, 1));
    return net;
}

static void expect_unchanged(const bp_net *net, const double *before)
{
    double now[PARAMETERS];
    any_ok(any_get_parameters(net, now));
    assert_memory_equal(now, before, sizeof(now));
}

static void a_loss_that_is_not_finite_is_refused_and_adds_nothing(void **state)
{
    static const double inputs[][2] = {{NAN, 1}, {INFINITY, 1}, {1, 1}, {1, 1}};
    static const double targets[] = {0, 0, NAN, INFINITY};
    static const char *const named[] = {"layer 0", "layer 0", "target", "target"};
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        bp_net *net = make(dtype, BP_OPTIM_ADAM);
        double before[PARAMETERS], gradient[PARAMETERS], loss = 7;
        any_ok(any_get_parameters(net, before));
        any_ok(any_forward(net, inputs[i], 1, NULL));
        assert_int_equal(any_backward(net, &targets[i], 1, &loss), BP_ERR_NONFINITE);
        assert_non_null(strstr(bp_last_error(), named[i]));
        assert_true(loss == 7);
        any_ok(any_get_gradient(net, gradient));
        for (size_t k = 0; k < PARAMETERS; k++)
            assert_true(gradient[k] == 0);
        assert_int_equal(bp_net_step(net), BP_ERR_STATE);
        assert_int_equal(any_train(net, inputs[i], &targets[i], 1, &loss), BP_ERR_NONFINITE);
        expect_unchanged(net, before);
        bp_net_destroy(net);
    }
}

/* However many layers are checked before: also as many as memory is allocated for, where the sanitiser would see one
 * more. */
static void a_target_is_named_after_every_layer(void **state)
{
    static const struct any_layer layers[9] = {
        {1, BP_ACT_IDENTITY, 0, 0}, {1, BP_ACT_IDENTITY, 0, 0}, {1, BP_ACT_IDENTITY, 0, 0},
        {1, BP_ACT_IDENTITY, 0, 0}, {1, BP_ACT_IDENTITY, 0, 0}, {1, BP_ACT_IDENTITY, 0, 0},
        {1, BP_ACT_IDENTITY, 0, 0}, {1, BP_ACT_IDENTITY, 0, 0}, {1, BP_ACT_IDENTITY, 0, 0}};
    const int32_t dtype = any_dtype(state);
    const double x = 1, target = NAN;
    for (size_t count = 1; count <= 9; count++) {
        char said[64];
        bp_net *net = any_net(dtype, 1, layers, count, 1);
        snprintf(said, sizeof(said), "layer %zu are: check the target", count - 1);
        any_ok(any_forward(net, &x, 1, NULL));
        assert_int_equal(any_backward(net, &target, 1, NULL), BP_ERR_NONFINITE);
        assert_non_null(strstr(bp_last_error(), said));
        bp_net_destroy(net);
    }
}

static void what_is_wrong_in_dy_is_named_by_its_place(void **state)
{
    const struct any_layer layer = {3, BP_ACT_TANH, 0, 0};
    bp_net *net = any_net(any_dtype(state), 1, &layer, 1, 1);
    const double x[3] = {1, 2, 3};
    double dy[9] = {0};
    dy[7] = INFINITY;
    host_mask(true);
    any_ok(any_forward(net, x, 3, NULL));
    assert_int_equal(any_backward_from(net, dy, 3), BP_ERR_NONFINITE);
    assert_non_null(strstr(bp_last_error(), ": dy is inf at row 2, output 1 of layer 0"));
    host_unmask(true);
    bp_net_destroy(net);
}

static void a_gradient_that_is_not_finite_stops_the_step(void **state)
{
    const int32_t dtype = any_dtype(state);
    const double huge = dtype == BP_F32 ? 3e38 : 1e308, x[2] = {huge, 1}, dy = huge, good = 1;
    bp_net *net = make(dtype, BP_OPTIM_SGD);
    double before[PARAMETERS];
    static const double small[PARAMETERS] = {1e-30, 1e-30, 1e-30, 1e-30, 0, 0, 1, 1, 0};
    any_ok(any_set_parameters(net, small));
    any_ok(any_get_parameters(net, before));
    any_ok(any_forward(net, x, 1, NULL));
    any_ok(any_backward_from(net, &dy, 1));
    assert_int_equal(bp_net_step(net), BP_ERR_NONFINITE);
    assert_non_null(strstr(bp_last_error(), "layer"));
    expect_unchanged(net, before);
    assert_int_equal(bp_net_step(net), BP_ERR_NONFINITE); /* it does not go away by itself */
    any_ok(bp_net_zero_gradient(net));
    any_ok(any_forward(net, (double[]){1, 1}, 1, NULL));
    any_ok(any_backward_from(net, &good, 1));
    any_ok(bp_net_step(net));
    bp_net_destroy(net);
}

/* Finite gradients whose step overflows: by the rate, by a square, or by a state that has grown. */
static void a_step_that_would_overflow_is_refused(void **state)
{
    const int32_t dtype = any_dtype(state);
    const double huge = dtype == BP_F32 ? 1e30 : 1e300, one[2] = {1, 1};
    int32_t optimizer;
    for (size_t i = 0; (optimizer = bp_key_at(BP_FAMILY_OPTIMIZER, i)) != 0; i++) {
        bp_net *net = make(dtype, optimizer);
        double before[PARAMETERS];
        any_ok(bp_net_set(net, BP_OPT_LEARNING_RATE, 1e30));
        any_ok(any_get_parameters(net, before));
        any_ok(any_forward(net, one, 1, NULL));
        any_ok(any_backward_from(net, &huge, 1));
        const bp_status status = bp_net_step(net);
        if (status != BP_OK) {
            assert_int_equal(status, BP_ERR_NONFINITE);
            expect_unchanged(net, before);
        }
        double after[PARAMETERS];
        any_ok(any_get_parameters(net, after));
        for (size_t k = 0; k < PARAMETERS; k++)
            assert_true(isfinite(after[k]));
        if (optimizer == BP_OPTIM_RPROP) /* it uses only the sign, and bounds the rate */
            assert_int_equal(status, BP_OK);
        else if (optimizer == BP_OPTIM_SGD || dtype == BP_F32)
            assert_int_equal(status, BP_ERR_NONFINITE);
        bp_net_destroy(net);
    }
}

static void momentum_that_has_grown_huge_never_makes_a_weight_infinite(void **state)
{
    const int32_t dtype = any_dtype(state);
    const double huge = dtype == BP_F32 ? 3e37 : 3e307, one[2] = {1, 1}, dys[] = {huge, 1, 1, 1, 1, 1, 1, 1};
    bp_net *net = make(dtype, BP_OPTIM_SGD);
    size_t refused = 0;
    any_ok(bp_net_set(net, BP_OPT_MOMENTUM, 1));
    any_ok(bp_net_set(net, BP_OPT_LEARNING_RATE, 2));
    for (size_t i = 0; i < sizeof(dys) / sizeof(dys[0]); i++) {
        double after[PARAMETERS];
        any_ok(any_set_parameters(net, (double[PARAMETERS]){0, 0, 0, 0, 0, 0, 1, 1, 0}));
        any_ok(any_forward(net, one, 1, NULL));
        any_ok(any_backward_from(net, &dys[i], 1));
        if (i == 1)
            any_ok(bp_net_set(net, BP_OPT_LEARNING_RATE, 1000)); /* huge momentum times this overflows */
        const bp_status status = bp_net_step(net);
        refused += status == BP_ERR_NONFINITE;
        any_ok(any_get_parameters(net, after));
        for (size_t k = 0; k < PARAMETERS; k++)
            assert_true(isfinite(after[k]));
        any_ok(bp_net_zero_gradient(net));
    }
    assert_int_equal(refused, sizeof(dys) / sizeof(dys[0]) - 1);
    bp_net_destroy(net);
}

/* The step does not check its result first: the bounds of its options make sure that it is finite. */
static void rprop_at_its_greatest_step_never_makes_a_bias_infinite(void **state)
{
    static const int32_t options[] = {BP_OPT_ETA_PLUS, BP_OPT_STEP_MAX};
    const int32_t dtype = any_dtype(state);
    const double most = (double)FLT_MAX, zero[2] = {0, 0}, up = -1;
    bp_net *net = make(dtype, BP_OPTIM_RPROP);
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        double high;
        bp_key_bounds(options[i], NULL, &high, NULL);
        any_ok(bp_net_set(net, options[i], high));
    }
    any_ok(bp_net_set(net, BP_OPT_LEARNING_RATE, 1000)); /* with more than that, a step would be checked first */
    any_ok(any_set_parameters(net, (double[PARAMETERS]){0, 0, 0, 0, 0, 0, 0, 0, most}));
    for (size_t i = 0; i < 100; i++) {
        double after[PARAMETERS];
        any_ok(any_forward(net, zero, 1, NULL));
        any_ok(any_backward_from(net, &up, 1));
        any_ok(bp_net_step(net));
        any_ok(any_get_parameters(net, after));
        assert_true(isfinite(after[PARAMETERS - 1]) && after[PARAMETERS - 1] >= most);
    }
    bp_net_destroy(net);
}

static void parameters_that_are_not_finite_are_not_taken(void **state)
{
    const int32_t dtype = any_dtype(state);
    bp_net *net = make(dtype, BP_OPTIM_SGD);
    double before[PARAMETERS], wrong[PARAMETERS] = {0};
    wrong[PARAMETERS - 1] = INFINITY;
    any_ok(any_get_parameters(net, before));
    assert_int_equal(any_set_parameters(net, wrong), BP_ERR_NONFINITE);
    assert_non_null(strstr(bp_last_error(), "number 8 is inf"));
    expect_unchanged(net, before);
    bp_net_destroy(net);
}

/* Numbers that are all finite, some of them only just. */
static void the_first_that_is_not_finite_is_found_wherever_it_is(void **state)
{
    enum { INPUTS = 41, UNITS = 40, COUNT = INPUTS * UNITS + UNITS };
    static const double bad[] = {(double)INFINITY, -(double)INFINITY, (double)NAN, -(double)NAN};
    static const struct any_layer layer = {UNITS, BP_ACT_IDENTITY, 0, 0};
    const int32_t dtype = any_dtype(state);
    const double largest = dtype == BP_F32 ? (double)FLT_MAX : DBL_MAX, least = dtype == BP_F32 ? 0x1p-149 : 0x1p-1074;
    const double good[] = {largest, -largest, 0, least, -0.0, -least, 1};
    bp_net *net = any_net(dtype, INPUTS, &layer, 1, 1);
    double values[COUNT];
    char sentence[64];
    for (size_t i = 0; i < COUNT; i++)
        values[i] = good[i % 7];
    any_ok(any_set_parameters(net, values));
    for (size_t i = COUNT; i-- > 0;) {
        values[i] = bad[i % 4];
        snprintf(sentence, sizeof(sentence), ": number %zu is ", i);
        assert_int_equal(any_set_parameters(net, values), BP_ERR_NONFINITE);
        assert_non_null(strstr(bp_last_error(), sentence));
        if (i % 3)
            values[i] = good[i % 7]; /* else it stays, behind the first */
    }
    bp_net_destroy(net);
}

/* The loss is finite, but delta times x overflows: on one row, which this net computes in its narrow way, and on
 * three rows. */
static void train_refuses_a_gradient_that_overflows(void **state)
{
    const int32_t dtype = any_dtype(state);
    const double large = dtype == BP_F32 ? 1e35 : 1e300, z = dtype == BP_F32 ? 1e5 : 1e10;
    const double parameters[PARAMETERS] = {z / large, 0, 0, 0, 0, 0, 1, 0, 0}, inputs[3][2] = {{large}};
    const double targets[3] = {0};
    double before[PARAMETERS], loss;
    for (size_t rows = 1; rows <= 3; rows += 2) {
        bp_net *net = make(dtype, BP_OPTIM_SGD);
        any_ok(any_set_parameters(net, parameters));
        any_ok(any_get_parameters(net, before));
        for (size_t again = 0; again < 2; again++) {
            assert_int_equal(any_train(net, inputs[0], targets, rows, &loss), BP_ERR_NONFINITE);
            assert_non_null(strstr(bp_last_error(), "step of layer 0"));
            assert_true(isfinite(loss));
            expect_unchanged(net, before);
        }
        bp_net_destroy(net);
    }
}

/* Weights of the rows make delta so large that the gradient of the one bias of 16 units overflows; the gradient of
 * the weights is tiny. Neither train nor a step after backward may take the step for safe. */
static void a_bias_gradient_that_overflows_is_refused_however_small_the_inputs(void **state)
{
    enum { UNITS = 16, COUNT = 2 * UNITS + 1 };
    static const struct any_layer layer = {UNITS, BP_ACT_IDENTITY, BP_BIAS_SHARED, 0};
    static const double zeros[COUNT] = {0};
    const int32_t dtype = any_dtype(state);
    const bool f32 = dtype == BP_F32;
    const double large = f32 ? 3e38 : 1.7e308, tiny = f32 ? 1e-30 : 1e-300, weights[2] = {large, large};
    double x[4], target[2 * UNITS], loss, after[COUNT];
    const struct any_rows rows = {2, x, target, NULL, weights};
    for (size_t i = 0; i < 4; i++)
        x[i] = tiny;
    for (size_t i = 0; i < 2 * UNITS; i++)
        target[i] = tiny;
    for (int in_one = 0; in_one < 2; in_one++) {
        bp_net *net = any_net(dtype, 2, &layer, 1, 1);
        any_ok(bp_net_set(net, BP_OPT_LOSS, BP_LOSS_MAE)); /* its slope does not depend on the size of the error */
        any_ok(any_set_parameters(net, zeros));
        if (in_one) {
            assert_int_equal(any_train_rows(net, &rows, &loss), BP_ERR_NONFINITE);
        } else {
            any_ok(any_forward(net, x, 2, NULL));
            any_ok(any_backward_rows(net, &rows, &loss));
            assert_int_equal(bp_net_step(net), BP_ERR_NONFINITE);
        }
        assert_non_null(strstr(bp_last_error(), "step of layer 0"));
        any_ok(any_get_parameters(net, after));
        any_same_bits(after, zeros, COUNT);
        bp_net_destroy(net);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH_MASKED(a_loss_that_is_not_finite_is_refused_and_adds_nothing),
        ANY_BOTH_MASKED(a_target_is_named_after_every_layer),
        ANY_BOTH(what_is_wrong_in_dy_is_named_by_its_place),
        ANY_BOTH_MASKED(a_gradient_that_is_not_finite_stops_the_step),
        ANY_BOTH_MASKED(train_refuses_a_gradient_that_overflows),
        ANY_BOTH_MASKED(a_bias_gradient_that_overflows_is_refused_however_small_the_inputs),
        ANY_BOTH_MASKED(a_step_that_would_overflow_is_refused),
        ANY_BOTH_MASKED(momentum_that_has_grown_huge_never_makes_a_weight_infinite),
        ANY_BOTH_MASKED(rprop_at_its_greatest_step_never_makes_a_bias_infinite),
        ANY_BOTH_MASKED(parameters_that_are_not_finite_are_not_taken),
        ANY_BOTH_MASKED(the_first_that_is_not_finite_is_found_wherever_it_is),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
