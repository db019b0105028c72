/* SPDX-License-Identifier: MIT
 *
 * Levenberg-Marquardt and Bayesian regularisation as methods of a training: the minima of SciPy, the course of the
 * algorithm of Foresee and Hagan in NumPy, and the effect of weights, labels, frozen parameters and settings. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "trainers_fixture.h"
#include "vectors.h"

/* ---- against SciPy and NumPy */

/* A net with the units and the first parameters of the case: tanh below an identity. */
static bp_net *net_of(const char *name, int32_t dtype)
{
    const struct vector *units = vectors_need(name, "units"), *x = vectors_need(name, "x");
    const size_t last = units->count - 1, outputs = (size_t)units->values[last];
    const size_t rows = vectors_need(name, "target")->count / outputs;
    struct any_layer layers[4] = {{0, 0, 0, 0}};
    for (size_t i = 0; i <= last; i++)
        layers[i] = (struct any_layer){(size_t)units->values[i], i < last ? BP_ACT_TANH : BP_ACT_IDENTITY, 0, 0};
    bp_net *net = any_net(dtype, x->count / rows, layers, last + 1, 1);
    any_ok(bp_net_set(net, BP_OPT_L2, vectors_need(name, "l2")->values[0]));
    any_ok(bp_net_set(net, BP_OPT_DECAY_BIAS, 1));
    assert_int_equal(any_parameters(net), vectors_need(name, "start")->count);
    any_ok(any_set_parameters(net, vectors_need(name, "start")->values));
    return net;
}

static struct training case_of(const char *name, int32_t dtype, int32_t method)
{
    const struct vector *x = vectors_need(name, "x"), *target = vectors_need(name, "target");
    struct training t = {.net = net_of(name, dtype)};
    const size_t inputs = bp_net_inputs(t.net), outputs = bp_net_outputs(t.net);
    assert_int_equal(any_data(&t.data, BP_F64, x->values, x->count / inputs, inputs, target->values, outputs), BP_OK);
    any_ok(bp_train_create(&t.train, t.net, t.data, NULL));
    set(&t, BP_TRAIN_METHOD, method);
    return t;
}

static void check_fit(int32_t dtype, const char *name)
{
    const struct vector *found = vectors_need(name, "found");
    struct training t = case_of(name, dtype, BP_METHOD_LM);
    if (dtype == BP_F32) /* from near by: with rounding, f32 comes to other minima */
        any_ok(any_set_parameters(t.net, found->values));
    set(&t, BP_TRAIN_EPOCHS, 3000);
    any_ok(bp_train_run(t.train, NULL, NULL));
    const double off = training_value(&t, BP_RECORD_LOSS) / vectors_need(name, "least")->values[0] - 1;
    double *parameters = parameters_of(t.net);
    const double away = any_relative_difference(parameters, found->values, found->count, 0);
    if (!(fabs(off) <= (dtype == BP_F32 ? 1e-5 : 1e-10)))
        fail_msg("%s: the loss is %g of SciPy's too high", name, off);
    if (dtype == BP_F64 && !(training_value(&t, BP_RECORD_GRADIENT) <= 1e-8 && away <= 1e-4))
        fail_msg("%s: gradient %g, parameters off by %g", name, training_value(&t, BP_RECORD_GRADIENT), away);
    free(parameters);
    training_end(&t);
}

static void a_fit_comes_down_to_scipys_minimum(void **state)
{
    vectors_each("fit", "least", any_dtype(state), check_fit);
}

static void check_course(int32_t dtype, const char *name)
{
    static const struct {
        int32_t key;
        const char *what;
    } rows[] = {
        {BP_RECORD_LOSS, "loss"}, {BP_RECORD_ALPHA, "alpha"}, {BP_RECORD_BETA, "beta"}, {BP_RECORD_GAMMA, "gamma"}};
    const size_t epochs = vectors_need(name, "loss")->count;
    struct training t = case_of(name, dtype, BP_METHOD_BR);
    assert_true(epochs >= 20);
    for (size_t epoch = 0; epoch < epochs; epoch++) {
        any_ok(bp_train_epoch(t.train));
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            const double off = training_value(&t, rows[i].key) / vectors_need(name, rows[i].what)->values[epoch] - 1;
            if (!(fabs(off) <= 1e-7))
                fail_msg("%s: after epoch %zu %s is off by %g of it", name, epoch + 1, rows[i].what, off);
        }
    }
    training_end(&t);
}

static void bayesian_regularisation_takes_the_course_of_the_paper(void **state)
{
    (void)state;
    any_need(BP_F64);
    vectors_each("bayes", "gamma", BP_F64, check_course);
}

/* ---- what it is given */

/* Two trainings that differ only in the loss or the data end at the same parameters, or nearly. */
static void compare(struct training *a, struct training *b, int32_t method, int epochs, double tolerance)
{
    any_ok(bp_net_set(a->net, BP_OPT_RAW, 1)); /* a scaling does not see the weights */
    any_ok(bp_net_set(b->net, BP_OPT_RAW, 1));
    any_ok(bp_train_create(&a->train, a->net, a->data, NULL));
    any_ok(bp_train_create(&b->train, b->net, b->data, NULL));
    struct training *const both[] = {a, b};
    double *parameters[2];
    for (int i = 0; i < 2; i++) {
        set(both[i], BP_TRAIN_METHOD, method);
        for (int epoch = 0; epoch < epochs; epoch++)
            any_ok(bp_train_epoch(both[i]->train));
        parameters[i] = parameters_of(both[i]->net);
    }
    const size_t n = any_parameters(a->net);
    assert_true(any_relative_difference(parameters[0], parameters[1], n, 0) <= tolerance);
    for (int i = 0; i < 2; i++) {
        free(parameters[i]);
        training_end(both[i]);
    }
}

enum { POINTS = 12 };

static void a_label_is_its_target_and_a_weight_of_2_a_row_that_comes_twice(void **state)
{
    const int32_t dtype = any_dtype(state);
    const struct any_layer layers[] = {{3, BP_ACT_TANH, 0, 0}, {2, BP_ACT_SOFTMAX, 0, 0}};
    double x[2 * POINTS], twice[2 * POINTS], target[2 * 2 * POINTS], weights[POINTS];
    int32_t labels[2 * POINTS];
    for (int method = BP_METHOD_LM; method <= BP_METHOD_BR; method += 10)
        for (int weighted = 0; weighted < 2; weighted++) {
            struct training a = {.net = any_net(dtype, 1, layers, 2, 1)}, b = {.net = any_net(dtype, 1, layers, 2, 1)};
            size_t rows = 0;
            if (weighted != 0 && method == BP_METHOD_BR) { /* which counts rows */
                training_end(&a);
                training_end(&b);
                continue;
            }
            for (size_t i = 0; i < POINTS; i++) {
                x[i] = (double)i / 8 - 0.75;
                labels[i] = i % 5 < 2;
                weights[i] = weighted != 0 && i % 3 == 0 ? 2 : 1;
                for (int times = 0; times < (int)weights[i]; times++, rows++) {
                    twice[rows] = x[i];
                    target[2 * rows] = 1 - labels[i];
                    target[2 * rows + 1] = labels[i];
                }
            }
            assert_int_equal(any_labelled(&a.data, BP_F64, x, POINTS, 1, labels, 2), BP_OK);
            assert_int_equal(bp_data_set_weights(a.data, BP_F64, weights, BP_HOLD_COPY), BP_OK);
            assert_int_equal(any_data(&b.data, BP_F64, twice, rows, 1, target, 2), BP_OK);
            compare(&a, &b, method, 4, dtype == BP_F32 ? 1e-2 : 1e-9);
        }
}

/* 1/n sum e^2 is 2/n times half the sum: with n = 2 they are one. */
static void the_mean_of_two_squares_is_half_their_sum(void **state)
{
    const int32_t dtype = any_dtype(state);
    const struct any_layer layers[] = {{3, BP_ACT_TANH, 0, 0}, {2, BP_ACT_IDENTITY, 0, 0}};
    double x[POINTS], target[2 * POINTS];
    uint64_t seed = 3;
    any_fill(&seed, x, POINTS, -1, 1);
    any_fill(&seed, target, 2 * POINTS, -1, 1);
    for (int method = BP_METHOD_LM; method <= BP_METHOD_BR; method += 10) {
        struct training a = {.net = any_net(dtype, 1, layers, 2, 1)}, b = {.net = any_net(dtype, 1, layers, 2, 1)};
        any_ok(bp_net_set(b.net, BP_OPT_LOSS, BP_LOSS_MSE));
        assert_int_equal(any_data(&a.data, BP_F64, x, POINTS, 1, target, 2), BP_OK);
        assert_int_equal(any_data(&b.data, BP_F64, x, POINTS, 1, target, 2), BP_OK);
        compare(&a, &b, method, 4, dtype == BP_F32 ? 1e-2 : 1e-9);
    }
}

static void only_trained_parameters_count_as_effective(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct training t = case_of("bayes/two", dtype, BP_METHOD_BR);
    any_ok(bp_net_layer_set(t.net, 0, BP_LAYER_TRAIN_WEIGHTS, 0));
    any_ok(bp_train_epoch(t.train));
    assert_true(training_value(&t, BP_RECORD_GAMMA) == 32 - 12);
    any_ok(bp_net_layer_set(t.net, 0, BP_LAYER_TRAIN_WEIGHTS, 1)); /* begins afresh */
    any_ok(bp_train_epoch(t.train));
    assert_true(training_value(&t, BP_RECORD_GAMMA) == 32);
    any_ok(bp_train_epoch(t.train));
    assert_true(training_value(&t, BP_RECORD_GAMMA) < 32 && training_value(&t, BP_RECORD_GAMMA) > 0);
    training_end(&t);
}

/* ---- settings */

static void mu_moves_as_it_is_set_to(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct training t = case_of("fit/surface", dtype, BP_METHOD_LM);
    double before = 2;
    assert_true(isnan(training_value(&t, BP_RECORD_MU)));
    set(&t, BP_TRAIN_MU, before);
    set(&t, BP_TRAIN_MU_DECREASE, 0.5);
    set(&t, BP_TRAIN_MU_INCREASE, 4);
    for (int epoch = 0; epoch < 20; epoch++) {
        any_ok(bp_train_epoch(t.train));
        const double steps = log2(training_value(&t, BP_RECORD_MU) / before); /* -1 + 2 failures */
        assert_true(steps == floor(steps) && steps >= -1 && fmod(steps + 1, 2) == 0);
        assert_true(isnan(training_value(&t, BP_RECORD_ALPHA)) && isnan(training_value(&t, BP_RECORD_GAMMA)));
        before = training_value(&t, BP_RECORD_MU);
    }
    set(&t, BP_TRAIN_MU_MAX, before / 2);
    assert_int_equal(bp_train_epoch(t.train), BP_DONE);
    assert_true(training_value(&t, BP_RECORD_STOP) == BP_STOP_STUCK && training_value(&t, BP_RECORD_EPOCH) == 20);
    assert_true(training_value(&t, BP_RECORD_MU) == 2);
    assert_int_equal(bp_train_set(t.train, BP_TRAIN_MU, 0), BP_ERR_ARG);
    assert_int_equal(bp_train_set(t.train, BP_TRAIN_MU_INCREASE, 1), BP_ERR_ARG);
    assert_int_equal(bp_train_set(t.train, BP_RECORD_GAMMA, 1), BP_ERR_ARG);
    training_end(&t);
}

/* Through the interface; test_symmetric.c compares LAPACK with our own factorisation, where it is built in. */
static void a_lapack_comes_to_the_same_or_is_refused(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (int32_t method = BP_METHOD_LM; method <= BP_METHOD_BR; method += 10) {
        struct training own = case_of("fit/sine", dtype, method), t = case_of("fit/sine", dtype, method);
        const bp_status status = bp_train_set(t.train, BP_TRAIN_LAPACK, 1);
        assert_int_equal(status, HAVE_LAPACK ? BP_OK : BP_ERR_ARG);
        for (int epoch = 0; epoch < 8 && HAVE_LAPACK; epoch++) {
            any_ok(bp_train_epoch(own.train));
            any_ok(bp_train_epoch(t.train));
            const double off = training_value(&t, BP_RECORD_LOSS) / training_value(&own, BP_RECORD_LOSS) - 1;
            assert_true(fabs(off) <= (dtype == BP_F32 ? 1e-3 : 1e-9));
        }
        training_end(&own);
        training_end(&t);
    }
}

/* ---- what is refused */

static void expect_refusal(struct training *t, const char *said)
{
    double *before = parameters_of(t->net), *after;
    assert_int_equal(bp_train_epoch(t->train), BP_ERR_UNSUPPORTED);
    if (!strstr(bp_last_error(), said))
        fail_msg("it said: %s", bp_last_error());
    after = parameters_of(t->net);
    any_same_bits(after, before, any_parameters(t->net));
    free(before);
    free(after);
}

static void what_is_no_sum_of_squares_is_refused_with_a_sentence(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (int32_t method = BP_METHOD_LM; method <= BP_METHOD_BR; method += 10) {
        struct training t = case_of("fit/sine", dtype, method);
        any_ok(bp_net_set(t.net, BP_OPT_LOSS, BP_LOSS_HUBER));
        expect_refusal(&t, method == BP_METHOD_LM ? "the loss is huber: the method lm needs a sum of squares"
                                                  : "the loss is huber: the method br needs a sum of squares");
        any_ok(bp_net_set(t.net, BP_OPT_LOSS, BP_LOSS_MSE));
        any_ok(bp_train_epoch(t.train));
        training_end(&t);
    }
}

static void a_penalty_is_refused_by_who_finds_one(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct training t = case_of("fit/sine", dtype, BP_METHOD_BR);
    any_ok(bp_net_set(t.net, BP_OPT_OPTIMIZER, BP_OPTIM_ADAMW)); /* with its 0.01 */
    expect_refusal(&t, "BP_OPT_L2 and BP_OPT_WEIGHT_DECAY are 0.01 together: the method br finds a penalty by itself");
    any_ok(bp_net_set(t.net, BP_OPT_WEIGHT_DECAY, 0));
    any_ok(bp_net_set(t.net, BP_OPT_L2, 0.5));
    expect_refusal(&t, "0.5 together");
    any_ok(bp_net_set(t.net, BP_OPT_L2, 0));
    any_ok(bp_train_epoch(t.train));
    training_end(&t);
}

static void too_many_trained_parameters_are_refused(void **state)
{
    const int32_t dtype = any_dtype(state);
    const struct any_layer layers[] = {{101, BP_ACT_TANH, 0, 0}, {97, BP_ACT_TANH, 0, 0}, {1, BP_ACT_IDENTITY, 0, 0}};
    struct training t = {.net = any_net(dtype, 1, layers, 3, 1)};
    const double x[] = {-1, 1}, target[] = {0.5, 0};
    assert_int_equal(any_data(&t.data, BP_F64, x, 2, 1, target, 1), BP_OK);
    any_ok(bp_train_create(&t.train, t.net, t.data, NULL));
    set(&t, BP_TRAIN_METHOD, BP_METHOD_LM);
    expect_refusal(&t, "10194 parameters are trained: the method lm takes 10000 at most");
    any_ok(bp_net_layer_set(t.net, 1, BP_LAYER_TRAIN_WEIGHTS, 0)); /* 397 are left */
    any_ok(bp_train_epoch(t.train));
    training_end(&t);
}

static void a_net_that_is_frozen_whole_is_stuck(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (int32_t method = BP_METHOD_LM; method <= BP_METHOD_BR; method += 10) {
        struct training t = case_of("fit/sine", dtype, method);
        for (size_t layer = 0; layer < 2; layer++) {
            any_ok(bp_net_layer_set(t.net, layer, BP_LAYER_TRAIN_WEIGHTS, 0));
            any_ok(bp_net_layer_set(t.net, layer, BP_LAYER_TRAIN_BIAS, 0));
        }
        any_ok(bp_train_run(t.train, NULL, NULL));
        assert_true(training_value(&t, BP_RECORD_STOP) == BP_STOP_STUCK);
        training_end(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(a_fit_comes_down_to_scipys_minimum),
        cmocka_unit_test(bayesian_regularisation_takes_the_course_of_the_paper),
        ANY_BOTH(a_label_is_its_target_and_a_weight_of_2_a_row_that_comes_twice),
        ANY_BOTH(the_mean_of_two_squares_is_half_their_sum),
        ANY_BOTH(only_trained_parameters_count_as_effective),
        ANY_BOTH(mu_moves_as_it_is_set_to),
        ANY_BOTH(a_lapack_comes_to_the_same_or_is_refused),
        ANY_BOTH(what_is_no_sum_of_squares_is_refused_with_a_sentence),
        ANY_BOTH(a_penalty_is_refused_by_who_finds_one),
        ANY_BOTH(too_many_trained_parameters_are_refused),
        ANY_BOTH(a_net_that_is_frozen_whole_is_stuck),
    };
    if (vectors_read("least_squares.txt") != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, vectors_free);
}
