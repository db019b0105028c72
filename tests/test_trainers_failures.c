/* SPDX-License-Identifier: MIT
 *
 * L-BFGS, SCG and Levenberg-Marquardt when something fails or cancels: the net is where the last epoch left it, and
 * the training can continue. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "failing_allocator.h"
#include "trainers_fixture.h"

/* ---- cancelling */

struct canceller {
    bp_train *train;
    size_t left; /* calls */
    bool done;
};

/* Runs the parts itself, and cancels in the middle. */
static void cancel_on_the_way(void *user, size_t count, bp_task *task, void *context)
{
    struct canceller *c = user;
    if (c->left > 0 && --c->left == 0) {
        bp_train_cancel(c->train);
        c->done = true;
    }
    for (size_t i = 0; i < count; i++)
        task(context, i);
}

static void cancelled_between_evaluations_it_continues_to_the_same_bits(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct problem p = problem_spirals();
    size_t at_once = 0, later_epochs = 0;
    p.hidden = 128; /* wide enough to be divided */
    for (int32_t method = BP_METHOD_LBFGS; method != BP_METHOD_LM; method = method_after(method))
        for (size_t calls = 1; calls < 60; calls += 3) {
            struct training a = training_by(dtype, &p, method, 1), b = training_by(dtype, &p, method, 1);
            struct canceller c = {b.train, calls, false};
            any_ok(bp_net_set(b.net, BP_OPT_THREADS, 2));
            any_ok(bp_net_set_parallel_for(b.net, cancel_on_the_way, &c));
            for (int epoch = 0; epoch < 4; epoch++) {
                double *before = parameters_of(b.net);
                c.done = false;
                const bp_status status = bp_train_epoch(b.train);
                if (status == BP_ERR_CANCELLED) {
                    double *after = parameters_of(b.net);
                    any_same_bits(after, before, any_parameters(b.net));
                    free(after);
                    at_once += c.done;
                    later_epochs += c.done && epoch > 0;
                    assert_true(training_value(&b, BP_RECORD_STOP) == BP_STOP_CANCELLED);
                    assert_true(training_value(&b, BP_RECORD_EPOCH) == epoch);
                    any_ok(bp_train_epoch(b.train));
                } else
                    any_ok(status);
                free(before);
                any_ok(bp_train_epoch(a.train));
                any_same_parameters(a.net, b.net);
            }
            training_end(&a);
            training_end(&b);
        }
    assert_true(at_once > 4 && later_epochs > 0);
    problem_free(&p);
}

/* ---- numbers that are not finite */

static void a_start_that_is_not_finite_is_reported(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct problem p = problem_xor();
    for (int32_t method = BP_METHOD_LBFGS; method != BP_METHOD_LM; method = method_after(method)) {
        struct training t = training_by(dtype, &p, method, 1);
        double *parameters = parameters_of(t.net), *after;
        for (size_t i = 8; i < 16; i++) /* biases that saturate tanh, and weights whose sum overflows */
            parameters[i] = i < 12 ? 20 : dtype == BP_F32 ? (double)3e38f : 1e308;
        any_ok(any_set_parameters(t.net, parameters));
        assert_int_equal(bp_train_epoch(t.train), BP_ERR_NONFINITE);
        assert_non_null(strstr(bp_last_error(), "not finite"));
        after = parameters_of(t.net);
        any_same_bits(after, parameters, any_parameters(t.net));
        for (size_t i = 8; i < 16; i++)
            after[i] = 0.5;
        any_ok(any_set_parameters(t.net, after));
        any_ok(bp_train_epoch(t.train));
        free(parameters);
        free(after);
        training_end(&t);
    }
    problem_free(&p);
}

/* A loss of e^2 / 2 is finite where its derivative by w, e x, is not. */
static void a_gradient_that_is_not_finite_is_reported(void **state)
{
    const int32_t dtype = any_dtype(state);
    const struct any_layer layers[] = {{1, BP_ACT_IDENTITY, BP_BIAS_NONE, 0}};
    const int32_t last = dtype == BP_F32 ? BP_METHOD_LM : 0; /* for least squares, in double, it is finite */
    const double x = dtype == BP_F32 ? (double)1e30f : 1e300, target = dtype == BP_F32 ? (double)1e15f : 1e150, w = 0;
    for (int32_t method = BP_METHOD_LBFGS; method != last; method = method_after(method)) {
        struct training t = {.net = any_net(dtype, 1, layers, 1, 1)};
        any_ok(any_set_parameters(t.net, &w));
        assert_int_equal(any_data(&t.data, BP_F64, &x, 1, 1, &target, 1), BP_OK);
        any_ok(bp_train_create(&t.train, t.net, t.data, NULL));
        set(&t, BP_TRAIN_METHOD, method);
        assert_int_equal(bp_train_epoch(t.train), BP_ERR_NONFINITE);
        training_end(&t);
    }
}

/* exp() of outputs: long steps have an infinite loss, and a shorter one is tried. */
static void an_infinite_trial_is_no_error(void **state)
{
    const int32_t dtype = any_dtype(state);
    const struct any_layer layers[] = {{1, BP_ACT_EXP, BP_BIAS_NONE, 0}};
    const double x[] = {1, 40, -3, 2}, target[] = {1e4, 1e30, 0, 3e4}, start = 0.7;
    for (int32_t method = BP_METHOD_LBFGS; method <= BP_METHOD_SCG; method += 10) {
        struct training t = {.net = any_net(dtype, 1, layers, 1, 1)};
        double before = INFINITY;
        any_ok(any_set_parameters(t.net, &start));
        any_ok(bp_net_set(t.net, BP_OPT_LOSS, BP_LOSS_POISSON));
        assert_int_equal(any_data(&t.data, BP_F64, x, 4, 1, target, 1), BP_OK);
        any_ok(bp_train_create(&t.train, t.net, t.data, NULL));
        set(&t, BP_TRAIN_METHOD, method);
        while (bp_train_epoch(t.train) == BP_OK && training_value(&t, BP_RECORD_STOP) == BP_STOP_NONE) {
            assert_true(training_value(&t, BP_RECORD_LOSS) <= before);
            before = training_value(&t, BP_RECORD_LOSS);
        }
        assert_true(training_value(&t, BP_RECORD_STOP) == BP_STOP_STUCK);
        double w;
        any_ok(any_get_parameters(t.net, &w));
        assert_true(fabs(w - log(1e30) / 40) < 1e-4);
        training_end(&t);
    }
}

/* ---- settings */

static void a_method_is_one_of_a_few_and_stays_for_an_epoch(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct problem p = problem_parity();
    struct training t = training_by(dtype, &p, BP_METHOD_STEPS, 1);
    double method;
    assert_int_equal(bp_train_set(t.train, BP_TRAIN_METHOD, 14005), BP_ERR_ARG);
    assert_int_equal(bp_train_set(t.train, BP_TRAIN_METHOD, 9915), BP_ERR_ARG);
    assert_int_equal(bp_train_set(t.train, BP_TRAIN_METHOD, 9985), BP_ERR_ARG);
    any_ok(bp_train_batches(t.train, 1));
    assert_int_equal(bp_train_set(t.train, BP_TRAIN_METHOD, BP_METHOD_SCG), BP_ERR_STATE);
    assert_true(bp_train_get(t.train, BP_TRAIN_METHOD, &method) == BP_OK && method == BP_METHOD_STEPS);
    training_end(&t);
    problem_free(&p);
}

static void gradients_added_outside_are_not_mixed_in_and_none_is_left(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct problem p = problem_xor();
    const double target[] = {1, 1, 0, 1};
    for (int32_t method = BP_METHOD_LBFGS; method != 0; method = method_after(method)) {
        struct training a = training_by(dtype, &p, method, 1), b = training_by(dtype, &p, method, 1);
        any_ok(any_forward(a.net, p.x, 4, NULL));
        any_ok(any_backward(a.net, target, 4, NULL));
        any_ok(bp_train_epoch(a.train));
        any_ok(bp_train_epoch(b.train));
        any_same_parameters(a.net, b.net);
        assert_int_equal(bp_net_step(a.net), BP_ERR_STATE);
        training_end(&a);
        training_end(&b);
    }
    problem_free(&p);
}

/* When the patience has run out, the best parameters are restored. */
static void patience_and_the_best_parameters_work_as_with_steps(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct problem p = problem_parity();
    bp_data *valid = NULL;
    assert_int_equal(any_labelled(&valid, BP_F64, p.x + 60 * 8, 100, 8, p.labels + 60, 2), BP_OK);
    p.rows = 60;
    for (int32_t method = BP_METHOD_LBFGS; method != BP_METHOD_BR; method = method_after(method)) {
        struct training t = training_by(dtype, &p, method, 1);
        double loss;
        bp_train_destroy(t.train);
        any_ok(bp_train_create(&t.train, t.net, t.data, valid));
        set(&t, BP_TRAIN_METHOD, method);
        any_ok(bp_train_run(t.train, NULL, NULL));
        assert_true(training_value(&t, BP_RECORD_STOP) == BP_STOP_PATIENCE);
        assert_true(training_value(&t, BP_RECORD_EPOCH) == training_value(&t, BP_RECORD_BEST_EPOCH) + 6);
        assert_int_equal(bp_net_evaluate(t.net, valid, BP_METRIC_LOSS, &loss), BP_OK);
        assert_true(fabs(loss / training_value(&t, BP_RECORD_BEST_LOSS) - 1) <= 1e-6);
        training_end(&t);
    }
    bp_data_destroy(valid);
    problem_free(&p);
}

/* ---- memory */

/* Each allocation fails once, in turn. Then the training continues to the same bits. */
static void every_allocation_may_fail(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct problem p = problem_xor();
    for (int32_t method = BP_METHOD_LBFGS; method != 0; method = method_after(method)) {
        struct training whole = training_by(dtype, &p, method, 1);
        size_t in_epochs = 0;
        bool failed = true;
        for (int i = 0; i < 3; i++)
            any_ok(bp_train_epoch(whole.train));
        for (size_t n = 1; failed; n++) {
            struct failing failing = {.fail_at = n};
            const bp_allocator allocator = failing_allocator(&failing);
            struct training t;
            bp_status status = training_make(&t, dtype, &p, method, 1, &allocator);
            const bool made = status == BP_OK;
            for (int tries = 0; made && tries < 4 && training_value(&t, BP_RECORD_EPOCH) < 3; tries++)
                while (training_value(&t, BP_RECORD_EPOCH) < 3 && (status = bp_train_epoch(t.train)) == BP_OK)
                    continue;
            failed = failing.failures > 0;
            in_epochs += made && failed;
            assert_int_equal(made ? BP_OK : BP_ERR_MEMORY, status);
            if (made)
                any_same_parameters(t.net, whole.net);
            training_end(&t);
            assert_int_equal(failing.live, 0);
            assert_int_equal(failing.wrong, 0);
            assert_true(n < 200);
        }
        assert_true(in_epochs >= 8); /* the buffers of a batch, of the method, and of the net */
        training_end(&whole);
    }
    problem_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(cancelled_between_evaluations_it_continues_to_the_same_bits),
        ANY_BOTH_MASKED(a_start_that_is_not_finite_is_reported),
        ANY_BOTH_MASKED(a_gradient_that_is_not_finite_is_reported),
        ANY_BOTH_MASKED(an_infinite_trial_is_no_error),
        ANY_BOTH(a_method_is_one_of_a_few_and_stays_for_an_epoch),
        ANY_BOTH(gradients_added_outside_are_not_mixed_in_and_none_is_left),
        ANY_BOTH(patience_and_the_best_parameters_work_as_with_steps),
        ANY_BOTH(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
