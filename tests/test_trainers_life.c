/* SPDX-License-Identifier: MIT
 *
 * L-BFGS, SCG and Levenberg-Marquardt within a training: what they minimise, what they refuse, when they stop, and
 * what they leave. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "trainers_fixture.h"

static double squares_of(const double *values, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i] * values[i];
    return sum;
}

/* ---- what they minimise */

static void the_loss_is_the_mean_over_all_rows_with_the_penalties(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct problem p = problem_repeated(problem_parity(), 10); /* more than go through the net at a time */
    for (int32_t method = BP_METHOD_LBFGS; method != BP_METHOD_BR; method = method_after(method)) {
        struct training t = training_by(dtype, &p, method, 3);
        any_ok(bp_net_set(t.net, BP_OPT_L2, 0.01));
        any_ok(bp_net_set(t.net, BP_OPT_WEIGHT_DECAY, 0.02));
        for (int bias = 0; bias < 2; bias++) {
            double loss, accuracy, w[8 * 16], b[16];
            any_ok(bp_net_set(t.net, BP_OPT_DECAY_BIAS, bias));
            any_ok(bp_train_epoch(t.train));
            assert_int_equal(bp_net_evaluate(t.net, t.data, BP_METRIC_LOSS, &loss), BP_OK);
            assert_int_equal(bp_net_evaluate(t.net, t.data, BP_METRIC_ACCURACY, &accuracy), BP_OK);
            assert_true(training_value(&t, BP_RECORD_ACCURACY) == accuracy);
            for (size_t layer = 0; layer < 2; layer++) {
                any_ok(any_get_weights(t.net, layer, w));
                any_ok(any_get_bias(t.net, layer, b));
                loss += 0.015 * squares_of(w, any_weights(t.net, layer));
                loss += bias * 0.015 * squares_of(b, any_biases(t.net, layer));
            }
            assert_true(fabs(training_value(&t, BP_RECORD_LOSS) / loss - 1) <= (dtype == BP_F32 ? 1e-6 : 1e-14));
        }
        training_end(&t);
    }
    problem_free(&p);
}

/* Rows with the weights 2 and 0 are like the first half of the rows alone. A balanced class counts as the weights of
 * its rows would. */
static void weights_of_rows_and_classes_are_in_the_loss(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct problem p = problem_parity(), half = p;
    double weights[256], balanced[256], ones = 0;
    half.rows = 100; /* of 200 */
    p.rows = 200;
    for (size_t i = 0; i < p.rows; i++)
        weights[i] = i < half.rows ? 2 : 0;
    for (size_t i = 0; i < half.rows; i++)
        ones += p.labels[i] = i % 7 == 0;
    for (size_t i = 0; i < half.rows; i++)
        balanced[i] = 100 / (2 * (p.labels[i] != 0 ? ones : 100 - ones));
    for (int balance = 0; balance < 2; balance++) {
        struct training a = training_by(dtype, balance != 0 ? &half : &p, BP_METHOD_LBFGS, 3);
        struct training b = training_by(dtype, &half, BP_METHOD_LBFGS, 3);
        bp_train_destroy(a.train);
        bp_data_destroy(a.data);
        const struct problem *of = balance != 0 ? &half : &p;
        assert_int_equal(any_labelled(&a.data, BP_F64, of->x, of->rows, of->inputs, of->labels, 2), BP_OK);
        assert_int_equal(bp_data_set_weights(a.data, BP_F64, balance != 0 ? balanced : weights, BP_HOLD_COPY), BP_OK);
        any_ok(bp_train_create(&a.train, a.net, a.data, NULL));
        set(&a, BP_TRAIN_METHOD, BP_METHOD_LBFGS);
        set(&b, BP_TRAIN_BALANCE, balance);
        for (int epoch = 0; epoch < 3; epoch++) {
            any_ok(bp_train_epoch(a.train));
            any_ok(bp_train_epoch(b.train));
            const double off = training_value(&a, BP_RECORD_LOSS) / training_value(&b, BP_RECORD_LOSS) - 1;
            assert_true(fabs(off) <= (dtype == BP_F32 ? 1e-4 : 1e-12));
        }
        training_end(&a);
        training_end(&b);
    }
    p.rows = 256;
    problem_free(&p);
}

static void frozen_parameters_keep_their_bits(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct problem p = problem_xor();
    for (int32_t method = BP_METHOD_LBFGS; method != BP_METHOD_BR; method = method_after(method)) {
        struct training t = training_by(dtype, &p, method, 1);
        double before[8], after[8], bias[4], quarter = 0.25;
        any_ok(any_get_weights(t.net, 0, before));
        before[3] = -0.0;
        any_ok(any_set_weights(t.net, 0, before));
        any_ok(any_set_bias(t.net, 1, &quarter));
        any_ok(bp_net_layer_set(t.net, 0, BP_LAYER_TRAIN_WEIGHTS, 0));
        any_ok(bp_net_layer_set(t.net, 1, BP_LAYER_TRAIN_BIAS, 0));
        any_ok(bp_net_set(t.net, BP_OPT_L2, 0.001));
        any_ok(bp_net_set(t.net, BP_OPT_DECAY_BIAS, 1));
        set(&t, BP_TRAIN_EPOCHS, 15);
        any_ok(bp_train_run(t.train, NULL, NULL));
        any_ok(any_get_weights(t.net, 0, after));
        any_same_bits(after, before, 8);
        any_ok(any_get_bias(t.net, 1, after));
        any_same_bits(after, &quarter, 1);
        any_ok(any_get_bias(t.net, 0, bias));
        assert_true(squares_of(bias, 4) > 0); /* the others moved */
        training_end(&t);
    }
    problem_free(&p);
}

static void what_is_not_smooth_is_refused_with_a_sentence(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct problem p = problem_xor();
    for (int32_t method = BP_METHOD_LBFGS; method != BP_METHOD_BR; method = method_after(method)) {
        struct training t = training_by(dtype, &p, method, 1);
        any_ok(bp_net_set(t.net, BP_OPT_L1, 0.1));
        assert_int_equal(bp_train_run(t.train, NULL, NULL), BP_ERR_UNSUPPORTED);
        assert_non_null(strstr(bp_last_error(), "bp_train_run: BP_OPT_L1 is 0.1"));
        any_ok(bp_net_set(t.net, BP_OPT_L1, 0));
        any_ok(bp_train_epoch(t.train));
        training_end(&t);
        const struct any_layer layers[] = {{4, BP_ACT_TANH, 0, 0}, {0, 0, 0, 0.5}, {1, BP_ACT_SIGMOID, 0, 0}};
        t = training_by(dtype, &p, method, 1);
        bp_train_destroy(t.train);
        bp_net_destroy(t.net);
        t.net = any_net(dtype, 2, layers, 3, 1);
        any_ok(bp_train_create(&t.train, t.net, t.data, NULL));
        set(&t, BP_TRAIN_METHOD, method);
        assert_int_equal(bp_train_epoch(t.train), BP_ERR_UNSUPPORTED);
        assert_non_null(strstr(bp_last_error(), "layer 1 is dropout"));
        any_ok(bp_net_layer_set(t.net, 1, BP_LAYER_RATE, 0));
        any_ok(bp_train_epoch(t.train));
        training_end(&t);
    }
    problem_free(&p);
}

/* ---- the same bits */

static void threads_and_ways_of_driving_do_not_change_the_bits(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct problem p = problem_spirals();
    for (int32_t method = BP_METHOD_LBFGS; method != 0; method = method_after(method)) {
        p.hidden = method == BP_METHOD_LM || method == BP_METHOD_BR ? 12 : 64;
        struct training a = training_by(dtype, &p, method, 1), b = training_by(dtype, &p, method, 1);
        set(&a, BP_TRAIN_EPOCHS, 12);
        set(&b, BP_TRAIN_EPOCHS, 12);
        set(&b, BP_TRAIN_SEED, 5);
        set(&b, BP_TRAIN_BATCH, 7);
        any_ok(bp_net_set(b.net, BP_OPT_THREADS, 3));
        any_ok(bp_train_run(a.train, NULL, NULL));
        while (bp_train_batches(b.train, 1) == BP_OK)
            continue;
        assert_true(training_value(&b, BP_RECORD_EPOCH) == training_value(&a, BP_RECORD_EPOCH));
        assert_true(training_value(&b, BP_RECORD_EPOCH) == 12 || method == BP_METHOD_BR);
        any_same_parameters(a.net, b.net);
        training_end(&a);
        training_end(&b);
    }
    problem_free(&p);
}

/* With the same loss, another training from the same parameters takes the same steps. */
static void changes_between_epochs_are_seen(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct problem p = problem_xor();
    enum { PARAMETERS, PENALTY, FROZEN, BALANCE, SCALING, STEPS, CHANGES };
    for (int32_t method = BP_METHOD_LBFGS; method != BP_METHOD_BR; method = method_after(method))
        for (int change = 0; change < CHANGES; change++) {
            const double center[] = {0, 0}, as_it_is[] = {1, 1}, factor[] = {2, 0.5};
            struct training a = training_by(dtype, &p, method, 1), b = training_by(dtype, &p, method, 2);
            any_ok(bp_net_set(a.net, BP_OPT_RAW, 0));
            any_ok(any_set_scaling(a.net, center, as_it_is, NULL, NULL));
            for (int i = 0; i < 3; i++)
                any_ok(bp_train_epoch(a.train));
            double *parameters = parameters_of(a.net);
            parameters[0] = change == PARAMETERS ? 0.25 : parameters[0];
            any_ok(any_set_parameters(a.net, parameters));
            if (change == STEPS) {
                set(&a, BP_TRAIN_METHOD, BP_METHOD_STEPS);
                any_ok(bp_train_epoch(a.train));
                any_ok(any_get_parameters(a.net, parameters));
                set(&a, BP_TRAIN_METHOD, method);
            }
            any_ok(any_set_parameters(b.net, parameters));
            struct training *const both[] = {&a, &b};
            for (int i = 0; i < 2; i++) {
                any_ok(bp_net_set(both[i]->net, BP_OPT_L2, change == PENALTY ? 0.01 : 0));
                any_ok(bp_net_layer_set(both[i]->net, 0, BP_LAYER_TRAIN_BIAS, change != FROZEN));
                set(both[i], BP_TRAIN_BALANCE, change == BALANCE);
                any_ok(bp_net_set(both[i]->net, BP_OPT_RAW, 0));
                any_ok(any_set_scaling(both[i]->net, center, change == SCALING ? factor : as_it_is, NULL, NULL));
                for (int epoch = 0; epoch < 3; epoch++)
                    any_ok(bp_train_epoch(both[i]->train));
            }
            any_same_parameters(a.net, b.net);
            free(parameters);
            training_end(&a);
            training_end(&b);
        }
    problem_free(&p);
}

/* Two epochs, a change of an option, two more epochs. Another training with the option, from the same parameters,
 * takes the same steps. */
struct change {
    int32_t loss;
    struct {
        int32_t key; /* of the net, or of its first layer */
        double value;
    } before, change;
};

static const struct change changes[] = {
    {BP_LOSS_SQUARED, {0, 0}, {BP_OPT_LOSS, BP_LOSS_MSE}},
    {BP_LOSS_HUBER, {0, 0}, {BP_OPT_HUBER_DELTA, 0.125}},
    {BP_LOSS_QUANTILE, {0, 0}, {BP_OPT_QUANTILE, 0.875}},
    {BP_LOSS_CROSS_ENTROPY, {0, 0}, {BP_OPT_LABEL_SMOOTHING, 0.25}},
    {BP_LOSS_CROSS_ENTROPY, {0, 0}, {BP_OPT_L2, 0.0625}},
    {BP_LOSS_CROSS_ENTROPY, {0, 0}, {BP_OPT_WEIGHT_DECAY, 0.0625}},
    {BP_LOSS_CROSS_ENTROPY, {BP_OPT_L2, 0.0625}, {BP_OPT_DECAY_BIAS, 1}},
    {BP_LOSS_CROSS_ENTROPY, {BP_OPT_RAW, 1}, {BP_OPT_RAW, 0}},
    {BP_LOSS_CROSS_ENTROPY, {0, 0}, {BP_LAYER_TRAIN_WEIGHTS, 0}},
    {BP_LOSS_CROSS_ENTROPY, {0, 0}, {BP_LAYER_TRAIN_BIAS, 0}},
    {BP_LOSS_CROSS_ENTROPY, {0, 0}, {BP_LAYER_SLOPE, 2}},
};

static void put(bp_net *net, int32_t key, double value)
{
    if (key >= BP_LAYER_ACTIVATION && key < BP_OPT_LOSS)
        any_ok(bp_net_layer_set(net, 0, key, value));
    else if (key != 0)
        any_ok(bp_net_set(net, key, value));
}

static struct training training_before(int32_t dtype, const struct problem *p, const struct change *change)
{
    static const struct any_layer layers[] = {{4, BP_ACT_SOFTPLUS, 0, 0}, {2, BP_ACT_SOFTMAX, 0, 0}};
    static const double center[2] = {0, 0}, factor[2] = {2, 0.5};
    struct training t = {.net = any_net(dtype, 2, layers, 2, 1)};
    any_ok(any_set_scaling(t.net, center, factor, NULL, NULL));
    put(t.net, BP_OPT_LOSS, change->loss);
    put(t.net, change->before.key, change->before.value);
    assert_int_equal(any_labelled(&t.data, BP_F64, p->x, p->rows, 2, p->labels, 2), BP_OK);
    assert_int_equal(bp_train_create(&t.train, t.net, t.data, NULL), BP_OK);
    return t;
}

static void two_epochs(const struct training *t, int32_t method)
{
    set(t, BP_TRAIN_METHOD, method);
    for (int epoch = 0; epoch < 2; epoch++)
        any_ok(bp_train_epoch(t->train));
}

/* Two epochs more of both give the same net; then they end. */
static void same_two_epochs(struct training *a, struct training *b, int32_t method)
{
    two_epochs(a, method);
    two_epochs(b, method);
    any_same_parameters(a->net, b->net);
    training_end(a);
    training_end(b);
}

static void each_option_of_the_objective_is_seen_when_it_changes(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct problem p = problem_xor();
    for (int32_t method = BP_METHOD_LBFGS; method != BP_METHOD_LM; method = method_after(method))
        for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
            struct training a = training_before(dtype, &p, &changes[i]), b = training_before(dtype, &p, &changes[i]);
            two_epochs(&a, method);
            double *parameters = parameters_of(a.net);
            any_ok(any_set_parameters(b.net, parameters));
            put(a.net, changes[i].change.key, changes[i].change.value);
            put(b.net, changes[i].change.key, changes[i].change.value);
            free(parameters);
            same_two_epochs(&a, &b, method);
        }
    problem_free(&p);
}

static struct training training_of_numbers(int32_t dtype, const struct problem *p)
{
    static const struct any_layer layers[] = {{4, BP_ACT_TANH, 0, 0}, {1, BP_ACT_IDENTITY, 0, 0}};
    static const double center = 0, factor = 1;
    double target[4];
    struct training t = {.net = any_net(dtype, 2, layers, 2, 1)};
    assert_int_equal(p->rows, 4);
    for (size_t i = 0; i < 4; i++)
        target[i] = p->labels[i];
    any_ok(any_set_scaling(t.net, NULL, NULL, &center, &factor));
    any_ok(bp_data_create(&t.data, NULL));
    any_ok(bp_data_set_inputs(t.data, BP_F64, p->x, p->rows, 2, 0, BP_HOLD_COPY));
    any_ok(bp_data_set_target(t.data, BP_F64, target, 1, 0, BP_HOLD_COPY));
    any_ok(bp_train_create(&t.train, t.net, t.data, NULL));
    return t;
}

static void a_scaling_of_targets_is_seen_when_it_changes(void **state)
{
    static const double center = 0.5, factor = 2;
    const int32_t dtype = any_dtype(state);
    struct problem p = problem_xor();
    for (int32_t method = BP_METHOD_LBFGS; method != BP_METHOD_BR; method = method_after(method)) {
        struct training a = training_of_numbers(dtype, &p), b = training_of_numbers(dtype, &p);
        two_epochs(&a, method);
        double *parameters = parameters_of(a.net);
        any_ok(any_set_parameters(b.net, parameters));
        any_ok(any_set_scaling(a.net, NULL, NULL, &center, &factor));
        any_ok(any_set_scaling(b.net, NULL, NULL, &center, &factor));
        free(parameters);
        same_two_epochs(&a, &b, method);
    }
    problem_free(&p);
}

/* ---- when they stop */

static void each_limit_stops_and_says_so(void **state)
{
    static const struct {
        int32_t key;
        double value;
        int32_t reason;
        double least, most; /* epochs */
    } rows[] = {
        {BP_TRAIN_EPOCHS, 3, BP_STOP_EPOCHS, 3, 3},
        {BP_TRAIN_GOAL, 0.1, BP_STOP_GOAL, 2, 60},
        {BP_TRAIN_MIN_GRADIENT, 1e-3, BP_STOP_GRADIENT, 2, 100},
        {BP_TRAIN_TIME, 1e-9, BP_STOP_TIME, 1, 1},
    };
    const int32_t dtype = any_dtype(state);
    struct problem p = problem_xor();
    for (int32_t method = BP_METHOD_LBFGS; method != BP_METHOD_BR; method = method_after(method))
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            struct training t = training_by(dtype, &p, method, 1);
            set(&t, rows[i].key, rows[i].value);
            any_ok(bp_train_run(t.train, NULL, NULL));
            assert_true(training_value(&t, BP_RECORD_STOP) == rows[i].reason);
            assert_true(training_value(&t, BP_RECORD_EPOCH) >= rows[i].least &&
                        training_value(&t, BP_RECORD_EPOCH) <= rows[i].most);
            assert_true(isnan(training_value(&t, BP_RECORD_RATE)));
            training_end(&t);
        }
    problem_free(&p);
}

/* With a penalty there is a least loss. It is reached, and more epochs stay there. */
static void where_no_step_lowers_the_loss_it_is_stuck(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct problem p = problem_xor();
    for (int32_t method = BP_METHOD_LBFGS; method <= BP_METHOD_LM; method += 10) {
        struct training t = training_by(dtype, &p, method, 1);
        double before = INFINITY, loss;
        any_ok(bp_net_set(t.net, BP_OPT_L2, 0.01));
        set(&t, BP_TRAIN_EPOCHS, 5000);
        any_ok(bp_train_run(t.train, NULL, NULL));
        assert_true(training_value(&t, BP_RECORD_STOP) == BP_STOP_STUCK);
        assert_true(training_value(&t, BP_RECORD_GRADIENT) <= (dtype == BP_F32 ? 1e-4 : 1e-7));
        assert_int_equal(bp_train_epoch(t.train), BP_DONE);
        for (size_t epoch = 1; epoch <= (size_t)training_value(&t, BP_RECORD_EPOCH); epoch++, before = loss) {
            any_ok(bp_train_record(t.train, epoch, BP_RECORD_LOSS, &loss));
            assert_true(loss <= before);
        }
        training_end(&t);
    }
    problem_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(the_loss_is_the_mean_over_all_rows_with_the_penalties),
        ANY_BOTH(weights_of_rows_and_classes_are_in_the_loss),
        ANY_BOTH(frozen_parameters_keep_their_bits),
        ANY_BOTH(what_is_not_smooth_is_refused_with_a_sentence),
        ANY_BOTH(threads_and_ways_of_driving_do_not_change_the_bits),
        ANY_BOTH(changes_between_epochs_are_seen),
        ANY_BOTH(each_option_of_the_objective_is_seen_when_it_changes),
        ANY_BOTH(a_scaling_of_targets_is_seen_when_it_changes),
        ANY_BOTH(each_limit_stops_and_says_so),
        ANY_BOTH(where_no_step_lowers_the_loss_it_is_stuck),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
