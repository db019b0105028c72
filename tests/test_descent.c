/* SPDX-License-Identifier: MIT
 *
 * Quickprop and iRPROP+ against the programs of their papers in NumPy, and the cases that these do not reach; and
 * Rprop. */
#include <math.h>
#include <stdlib.h>

#include "vectors.h"

enum { STEPS = 100 };

/* ---- the cases */

static bp_net *net_of(const char *name, int32_t optimizer)
{
    const struct vector *units = vectors_need(name, "units"), *options = vectors_need(name, "options");
    const size_t last = units->count - 1;
    const size_t rows = vectors_need(name, "target")->count / (size_t)units->values[last];
    struct any_layer layers[4] = {{0, 0, 0, 0}};
    for (size_t i = 0; i <= last; i++)
        layers[i] = (struct any_layer){(size_t)units->values[i], i < last ? BP_ACT_TANH : BP_ACT_IDENTITY, 0, 0};
    bp_net *net = any_net(BP_F64, vectors_need(name, "x")->count / rows, layers, last + 1, 1);
    any_ok(bp_net_set(net, BP_OPT_RAW, 1));
    any_ok(bp_net_set(net, BP_OPT_OPTIMIZER, optimizer));
    for (size_t i = 0; i < options->count; i += 2)
        any_ok(bp_net_set(net, (int32_t)options->values[i], options->values[i + 1]));
    assert_int_equal(any_parameters(net), vectors_need(name, "start")->count);
    any_ok(any_set_parameters(net, vectors_need(name, "start")->values));
    return net;
}

static void is_near(const char *name, const char *what, size_t i, double value, double expected)
{
    if (!(fabs(value - expected) <= 1e-12 * (1 + fabs(expected))))
        fail_msg("%s: %s %zu is %.17g, NumPy has %.17g", name, what, i, value, expected);
}

static void ends_there(const char *name, const bp_net *net)
{
    const struct vector *end = vectors_need(name, "end");
    double *parameters = any_buffer(end->count);
    any_ok(any_get_parameters(net, parameters));
    for (size_t i = 0; i < end->count; i++)
        is_near(name, "parameter", i, parameters[i], end->values[i]);
    free(parameters);
}

static void every_branch_was_taken(const char *name)
{
    const struct vector *counts = vectors_need(name, "counts");
    for (size_t i = 0; i < counts->count; i++)
        assert_true(counts->values[i] >= 10);
}

/* ---- Quickprop */

static void check_quickprop(int32_t dtype, const char *name)
{
    const struct vector *course = vectors_need(name, "course"), *x = vectors_need(name, "x");
    const struct vector *target = vectors_need(name, "target");
    bp_net *net = net_of(name, BP_OPTIM_QUICKPROP);
    const size_t rows = x->count / bp_net_inputs(net);
    double loss;
    (void)dtype;
    assert_int_equal(course->count, STEPS + 1);
    every_branch_was_taken(name);
    for (size_t i = 0; i < STEPS; i++) {
        any_ok(any_train(net, x->values, target->values, rows, &loss));
        is_near(name, "loss", i, loss, course->values[i]);
    }
    ends_there(name, net);
    bp_net_destroy(net);
}

static void quickprop_takes_the_course_of_fahlmans_program(void **state)
{
    (void)state;
    any_need(BP_F64);
    vectors_each("quickprop", "course", BP_F64, check_quickprop);
}

/* With given slopes: a unit for each parameter, on the one input 1. */
static void check_slopes(int32_t dtype, const char *name)
{
    const struct vector *start = vectors_need(name, "start"), *slopes = vectors_need(name, "slopes");
    const struct vector *options = vectors_need(name, "options");
    const struct any_layer layer = {start->count, BP_ACT_IDENTITY, BP_BIAS_NONE, 0};
    const double one = 1;
    bp_net *net = any_net(dtype, 1, &layer, 1, 1);
    any_ok(bp_net_set(net, BP_OPT_OPTIMIZER, BP_OPTIM_QUICKPROP));
    for (size_t i = 2; i < options->count; i += 2) /* the first option is a penalty, which the slopes already contain */
        any_ok(bp_net_set(net, (int32_t)options->values[i], options->values[i + 1]));
    any_ok(any_set_parameters(net, start->values));
    assert_int_equal(slopes->count, STEPS * start->count);
    every_branch_was_taken(name);
    for (size_t i = 0; i < STEPS; i++) {
        any_ok(any_forward(net, &one, 1, NULL));
        any_ok(any_backward_from(net, slopes->values + i * start->count, 1));
        any_ok(bp_net_step(net));
    }
    ends_there(name, net);
    bp_net_destroy(net);
}

static void quickprop_takes_the_steps_of_fahlmans_program(void **state)
{
    (void)state;
    any_need(BP_F64);
    vectors_each("quickprop", "slopes", BP_F64, check_slopes);
}

/* One weight, with gradients from the caller, lr 1/4 and mu 2. All numbers are exact. */
static void quickprop_steps_as_its_formula_says(void **state)
{
    static const struct {
        double g, step;
    } steps[] = {
        {1, -0.25},          /* d = 0: -lr g */
        {0.5, -0.375},       /* r = 1/2: f = 1, and -lr g */
        {0.375, -0.84375},   /* r = 3/4, not below 2/3: f = mu */
        {-0.125, 0.2109375}, /* r = -1/3: f = -1/4 and no linear term */
        {-0.125, 0.453125},  /* r = 1: f = mu */
        {-0.25, 0.96875},    /* r = 2: f = mu */
        {0, 0},              /* r = 0: it stands still, */
        {-1, 0.25},          /* and begins again */
        {-0x1p-20, 0x1p-22}, /* almost no slope any more: f = 2^-20 / (1 - 2^-20) */
    };
    const int32_t dtype = any_dtype(state);
    const struct any_layer layer = {1, BP_ACT_IDENTITY, BP_BIAS_NONE, 0};
    const double one = 1;
    bp_net *net = any_net(dtype, 1, &layer, 1, 1);
    double w = 8, now;
    any_ok(bp_net_set(net, BP_OPT_OPTIMIZER, BP_OPTIM_QUICKPROP));
    any_ok(bp_net_set(net, BP_OPT_LEARNING_RATE, 0.25));
    any_ok(bp_net_set(net, BP_OPT_GROWTH, 2));
    any_ok(any_set_parameters(net, &w));
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        any_ok(any_forward(net, &one, 1, NULL));
        any_ok(any_backward_from(net, &steps[i].g, 1));
        any_ok(bp_net_step(net));
        any_ok(any_get_parameters(net, &now));
        if (fabs(now - w - steps[i].step) > 1e-6)
            fail_msg("step %zu is %.9g, not %.9g", i, now - w, steps[i].step);
        w = now;
    }
    bp_net_destroy(net);
}

/* With a constant slope each step is mu times the last. A step that would overflow is refused, and nothing has
 * changed. */
static void quickprop_never_makes_a_weight_infinite(void **state)
{
    const int32_t dtype = any_dtype(state);
    const struct any_layer layer = {1, BP_ACT_IDENTITY, BP_BIAS_NONE, 0};
    const double one = 1;
    bp_net *net = any_net(dtype, 1, &layer, 1, 1);
    double w, before = 0;
    bp_status status = BP_OK;
    any_ok(bp_net_set(net, BP_OPT_OPTIMIZER, BP_OPTIM_QUICKPROP));
    any_ok(bp_net_set(net, BP_OPT_GROWTH, 100));
    size_t steps = 0;
    for (; status == BP_OK && steps < 1000; steps++) {
        any_ok(any_get_parameters(net, &before));
        any_ok(any_forward(net, &one, 1, NULL));
        any_ok(any_backward_from(net, &one, 1));
        status = bp_net_step(net);
    }
    any_ok(any_get_parameters(net, &w));
    assert_int_equal(status, BP_ERR_NONFINITE);
    assert_in_range(steps, 10, 400);
    any_same_bits(&w, &before, 1);
    bp_net_destroy(net);
}

/* ---- Rprop */

/* Squares of these gradients underflow. When the sign turns, the step shrinks and is not taken. After that, and after
 * a gradient of 0, for which nothing moves, the step keeps its size. */
static void rprop_goes_by_the_signs_of_gradients_however_small(void **state)
{
    static const double signs[] = {1, 1, 1, -1, -1, -1, 0, -1}, steps[] = {0.25, 0.5, 1, 0, -0.125, -0.25, 0, -0.25};
    const int32_t dtype = any_dtype(state);
    const double tiny = dtype == BP_F32 ? 0x1p-120 : 0x1p-1000, x_one = 1;
    const struct any_layer layer = {1, BP_ACT_IDENTITY, BP_BIAS_NONE, 0};
    bp_net *net = any_net(dtype, 1, &layer, 1, 1);
    double w = 8, now;
    any_ok(bp_net_set(net, BP_OPT_OPTIMIZER, BP_OPTIM_RPROP));
    any_ok(bp_net_set(net, BP_OPT_LEARNING_RATE, 0.25));
    any_ok(bp_net_set(net, BP_OPT_ETA_PLUS, 2));
    any_ok(bp_net_set(net, BP_OPT_ETA_MINUS, 0.125));
    any_ok(any_set_parameters(net, &w));
    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
        const double dy = signs[i] * tiny;
        any_ok(any_forward(net, &x_one, 1, NULL));
        any_ok(any_backward_from(net, &dy, 1));
        any_ok(bp_net_step(net));
        any_ok(bp_net_set(net, BP_OPT_LEARNING_RATE, 3)); /* which is of the first step alone */
        any_ok(any_get_parameters(net, &now));
        w -= steps[i];
        any_same_bits(&now, &w, 1);
    }
    bp_net_destroy(net);
}

/* So it is for the first step, which is the learning rate. */
static void rprop_takes_step_max_where_step_min_is_above_it(void **state)
{
    static const double rates[] = {0.0625, 0.5, 4}, up = -1, x_one = 1;
    const int32_t dtype = any_dtype(state);
    const struct any_layer layer = {1, BP_ACT_IDENTITY, BP_BIAS_NONE, 0};
    for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
        bp_net *net = any_net(dtype, 1, &layer, 1, 1);
        double w = 0, now;
        any_ok(bp_net_set(net, BP_OPT_OPTIMIZER, BP_OPTIM_RPROP));
        any_ok(bp_net_set(net, BP_OPT_LEARNING_RATE, rates[i]));
        any_ok(bp_net_set(net, BP_OPT_STEP_MIN, 1));
        any_ok(bp_net_set(net, BP_OPT_STEP_MAX, 0.25));
        any_ok(any_set_parameters(net, &w));
        for (w = 0.25; w <= 0.75; w += 0.25) {
            any_ok(any_forward(net, &x_one, 1, NULL));
            any_ok(any_backward_from(net, &up, 1));
            any_ok(bp_net_step(net));
            any_ok(any_get_parameters(net, &now));
            any_same_bits(&now, &w, 1);
        }
        bp_net_destroy(net);
    }
}

/* ---- iRPROP+ */

static bp_data *data_of(const char *name, const bp_net *net)
{
    const struct vector *x = vectors_need(name, "x"), *target = vectors_need(name, "target");
    bp_data *data = NULL;
    assert_int_equal(any_data(&data, BP_F64, x->values, x->count / bp_net_inputs(net), bp_net_inputs(net),
                              target->values, bp_net_outputs(net)),
                     BP_OK);
    return data;
}

static bp_train *training_of(const char *name, bp_net *net)
{
    bp_data *data = data_of(name, net);
    bp_train *train;
    assert_int_equal(bp_train_create(&train, net, data, NULL), BP_OK);
    assert_int_equal(bp_train_set(train, BP_TRAIN_METHOD, BP_METHOD_IRPROP_PLUS), BP_OK);
    bp_data_destroy(data);
    return train;
}

static double number_of(const bp_train *train, int32_t key)
{
    double value;
    assert_int_equal(any_ask(train, key, &value), BP_OK);
    return value;
}

static void check_irprop(int32_t dtype, const char *name)
{
    const struct vector *course = vectors_need(name, "course");
    bp_net *net = net_of(name, BP_OPTIM_SGD);
    bp_train *train = training_of(name, net);
    (void)dtype;
    assert_int_equal(course->count, STEPS + 1);
    every_branch_was_taken(name);
    for (size_t i = 1; i <= STEPS; i++) {
        if (bp_train_epoch(train) != BP_OK)
            fail_msg("%s", bp_last_error());
        is_near(name, "loss", i, number_of(train, BP_RECORD_LOSS), course->values[i]);
    }
    ends_there(name, net);
    bp_train_destroy(train);
    bp_net_destroy(net);
}

static void irprop_plus_takes_the_course_of_the_paper(void **state)
{
    (void)state;
    any_need(BP_F64);
    vectors_each("irprop+", "course", BP_F64, check_irprop);
}

/* A net of one weight on the input 1. */
static bp_net *net_of_one(int32_t dtype, double w, double rate)
{
    const struct any_layer layer = {1, BP_ACT_IDENTITY, BP_BIAS_NONE, 0};
    bp_net *net = any_net(dtype, 1, &layer, 1, 1);
    any_ok(bp_net_set(net, BP_OPT_RAW, 1));
    any_ok(bp_net_set(net, BP_OPT_LEARNING_RATE, rate));
    any_ok(any_set_parameters(net, &w));
    return net;
}

static bp_train *training_to(bp_net *net, double target)
{
    bp_data *data;
    bp_train *train;
    assert_int_equal(any_data(&data, BP_F64, (double[]){1}, 1, 1, &target, 1), BP_OK);
    assert_int_equal(bp_train_create(&train, net, data, NULL), BP_OK);
    assert_int_equal(bp_train_set(train, BP_TRAIN_METHOD, BP_METHOD_IRPROP_PLUS), BP_OK);
    bp_data_destroy(data);
    return train;
}

static void an_epoch_comes_to(bp_train *train, bp_net *net, double expected)
{
    double w;
    if (bp_train_epoch(train) != BP_OK)
        fail_msg("%s", bp_last_error());
    any_ok(any_get_parameters(net, &w));
    if (w != expected)
        fail_msg("w is %.17g, not %.17g", w, expected);
}

/* From 1 down to 0, with exact numbers. Beyond 0 and higher: back, and on with half the step. Beyond 0 and lower: it
 * waits. */
static void irprop_plus_goes_back_where_the_loss_has_risen(void **state)
{
    const int32_t dtype = any_dtype(state);
    bp_net *net = net_of_one(dtype, 1, 2.5);
    bp_train *train = training_to(net, 0);
    any_ok(bp_net_set(net, BP_OPT_ETA_PLUS, 1.5));
    an_epoch_comes_to(train, net, -1.5); /* s = 2.5: the loss rises */
    an_epoch_comes_to(train, net, 1);    /* turned and back, s = 1.25 */
    an_epoch_comes_to(train, net, -0.25);
    an_epoch_comes_to(train, net, -0.25);  /* turned and lower, s = 0.625 */
    an_epoch_comes_to(train, net, 0.375);  /* higher */
    an_epoch_comes_to(train, net, -0.25);  /* back, s = 0.3125 */
    an_epoch_comes_to(train, net, 0.0625); /* lower */
    bp_train_destroy(train);
    bp_net_destroy(net);
}

/* From 1 to -1: beyond 0, and as high as before. */
static void irprop_plus_waits_where_the_loss_is_the_same(void **state)
{
    const int32_t dtype = any_dtype(state);
    bp_net *net = net_of_one(dtype, 1, 2);
    bp_train *train = training_to(net, 0);
    an_epoch_comes_to(train, net, -1);
    an_epoch_comes_to(train, net, -1); /* turned, s = 1 */
    an_epoch_comes_to(train, net, 0);
    bp_train_destroy(train);
    bp_net_destroy(net);
}

static void irprop_plus_takes_step_max_where_step_min_is_above_it(void **state)
{
    const int32_t dtype = any_dtype(state);
    bp_net *net = net_of_one(dtype, 0, 4);
    bp_train *train = training_to(net, 10);
    any_ok(bp_net_set(net, BP_OPT_STEP_MIN, 1));
    any_ok(bp_net_set(net, BP_OPT_STEP_MAX, 0.25));
    for (double w = 0.25; w <= 1; w += 0.25)
        an_epoch_comes_to(train, net, w);
    bp_train_destroy(train);
    bp_net_destroy(net);
}

/* exp(w) from 1 towards 10 with a step of 1000, which is halved until the loss and its gradient are finite. They are
 * higher, so the next epoch goes back. */
static void irprop_plus_steps_back_from_what_is_not_finite(void **state)
{
    const int32_t dtype = any_dtype(state);
    const double far = dtype == BP_F32 ? 31.25 : 250;
    const struct any_layer layer = {1, BP_ACT_EXP, BP_BIAS_NONE, 0};
    bp_net *net = any_net(dtype, 1, &layer, 1, 1);
    any_ok(bp_net_set(net, BP_OPT_RAW, 1));
    any_ok(bp_net_set(net, BP_OPT_LEARNING_RATE, 1000));
    any_ok(bp_net_set(net, BP_OPT_STEP_MAX, 1000));
    any_ok(any_set_parameters(net, (double[]){0}));
    bp_train *train = training_to(net, 10);
    for (double size = 1000; size > far; size /= 2) {
        an_epoch_comes_to(train, net, 0);
        assert_true(number_of(train, BP_RECORD_LOSS) == 40.5);
    }
    an_epoch_comes_to(train, net, far);
    an_epoch_comes_to(train, net, 0);
    an_epoch_comes_to(train, net, far / 2);
    bp_train_destroy(train);
    bp_net_destroy(net);
}

/* At the target there is no sign to follow; and steps below the last digit move nothing. */
static void irprop_plus_is_stuck_where_no_weight_moves(void **state)
{
    const int32_t dtype = any_dtype(state);
    const double starts[] = {3, 0x1p40};
    for (size_t i = 0; i < 2; i++) {
        bp_net *net = net_of_one(dtype, starts[i], 1e-6);
        bp_train *train = training_to(net, 3);
        any_ok(bp_net_set(net, BP_OPT_STEP_MAX, 1e-6));
        assert_int_equal(bp_train_run(train, NULL, NULL), BP_OK);
        assert_true(number_of(train, BP_RECORD_STOP) == BP_STOP_STUCK);
        bp_train_destroy(train);
        bp_net_destroy(net);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quickprop_takes_the_course_of_fahlmans_program),
        cmocka_unit_test(quickprop_takes_the_steps_of_fahlmans_program),
        ANY_BOTH(quickprop_steps_as_its_formula_says),
        ANY_BOTH_MASKED(quickprop_never_makes_a_weight_infinite),
        ANY_BOTH(rprop_goes_by_the_signs_of_gradients_however_small),
        ANY_BOTH(rprop_takes_step_max_where_step_min_is_above_it),
        cmocka_unit_test(irprop_plus_takes_the_course_of_the_paper),
        ANY_BOTH(irprop_plus_goes_back_where_the_loss_has_risen),
        ANY_BOTH(irprop_plus_waits_where_the_loss_is_the_same),
        ANY_BOTH(irprop_plus_takes_step_max_where_step_min_is_above_it),
        ANY_BOTH_MASKED(irprop_plus_steps_back_from_what_is_not_finite),
        ANY_BOTH(irprop_plus_is_stuck_where_no_weight_moves),
    };
    if (vectors_read("descent.txt") != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, vectors_free);
}
