/* SPDX-License-Identifier: MIT
 *
 * bp_train_cross_validate(): it gives the values of the calls that it stands for, and a least-squares solution that is
 * known without it; it leaves its training as it was. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "train_fixture.h"

enum { MOST_FOLDS = 7, EPOCHS = 4 };

/* A training of a net that scales, on heaps. */
static struct training likely(int32_t dtype, bool validated)
{
    struct training t = training_of(dtype, 1, validated);
    any_ok(bp_net_set(t.net, BP_OPT_RAW, 0));
    set_key(&t, BP_TRAIN_EPOCHS, EPOCHS);
    return t;
}

static void validate(const struct training *t, size_t folds, uint64_t seed, int32_t metric, double *values)
{
    any_ok(bp_train_cross_validate(t->train, folds, seed, metric, values));
}

/* ---- the same by hand */

struct settings {
    int32_t key;
    double value;
};

static void by_hand(const bp_net *like, const struct settings *settings, size_t folds, uint64_t seed, int32_t metric,
                    double *values)
{
    const struct heaps h = heaps_of(1, 1);
    bp_data *data = heaps_data(&h);
    for (size_t i = 0; i < folds; i++) {
        struct training t = {0};
        bp_data *others, *held;
        assert_int_equal(bp_data_fold(data, folds, i, seed, &others, &held), BP_OK);
        any_ok(bp_net_clone(&t.net, like));
        assert_int_equal(bp_train_create(&t.train, t.net, others, NULL), BP_OK);
        set_key(&t, BP_TRAIN_BATCH, BATCH);
        set_key(&t, BP_TRAIN_EPOCHS, EPOCHS);
        set_key(&t, settings->key, settings->value);
        any_ok(bp_train_run(t.train, NULL, NULL));
        assert_int_equal(bp_net_evaluate(t.net, held, metric, &values[i]), BP_OK);
        end_training(&t);
        bp_data_destroy(others);
        bp_data_destroy(held);
    }
    bp_data_destroy(data);
}

static void it_is_what_the_same_calls_by_hand_are(void **state)
{
    static const struct {
        size_t folds;
        int32_t metric;
        struct settings settings;
    } cases[] = {
        {2, BP_METRIC_ACCURACY, {BP_TRAIN_SEED, 5}},
        {5, BP_METRIC_LOSS, {BP_TRAIN_BALANCE, 1}},
        {3, BP_METRIC_LOG_LOSS, {BP_TRAIN_SHUFFLE, 0}},
        {MOST_FOLDS, BP_METRIC_F1, {BP_TRAIN_BATCH, 0}},
        {3, BP_METRIC_LOSS, {BP_TRAIN_METHOD, BP_METHOD_LBFGS}},
        {3, BP_METRIC_LOSS, {BP_TRAIN_SCHEDULE, BP_SCHEDULE_COSINE}},
        {3, BP_METRIC_LOSS, {BP_TRAIN_GOAL, 0.9}},
    };
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct training t = likely(dtype, false);
        double values[MOST_FOLDS], expected[MOST_FOLDS];
        set_key(&t, cases[i].settings.key, cases[i].settings.value);
        by_hand(t.net, &cases[i].settings, cases[i].folds, i, cases[i].metric, expected);
        validate(&t, cases[i].folds, i, cases[i].metric, values);
        any_same_bits(values, expected, cases[i].folds);
        assert_true(values[0] != values[1]);
        end_training(&t);
    }
}

static void it_is_the_same_for_a_seed_with_any_threads(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct training t = likely(dtype, false);
    double values[3], again[3];
    validate(&t, 3, 1, BP_METRIC_LOSS, values);
    for (int threads = 1; threads <= 3; threads++) {
        any_ok(bp_net_set(t.net, BP_OPT_THREADS, threads));
        validate(&t, 3, 1, BP_METRIC_LOSS, again);
        any_same_bits(again, values, 3);
    }
    validate(&t, 3, 2, BP_METRIC_LOSS, again);
    assert_true(again[0] != values[0]);
    end_training(&t);
}

/* ---- a number known without it */

static double squares_of_a_line(const bp_data *others, const bp_data *held)
{
    double x, y, n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0, sum = 0;
    for (size_t i = 0; i < bp_data_rows(others); i++, n++) {
        assert_int_equal(bp_data_copy_inputs(others, i, 1, BP_F64, &x), BP_OK);
        assert_int_equal(bp_data_copy_target(others, i, 1, BP_F64, &y), BP_OK);
        sx += x;
        sy += y;
        sxx += x * x;
        sxy += x * y;
    }
    const double slope = (n * sxy - sx * sy) / (n * sxx - sx * sx), start = (sy - slope * sx) / n;
    for (size_t i = 0; i < bp_data_rows(held); i++) {
        assert_int_equal(bp_data_copy_inputs(held, i, 1, BP_F64, &x), BP_OK);
        assert_int_equal(bp_data_copy_target(held, i, 1, BP_F64, &y), BP_OK);
        sum += (start + slope * x - y) * (start + slope * x - y);
    }
    return sum / (double)bp_data_rows(held);
}

/* A net of one unit without activation is fitted to the line of least squares of the other rows, which is known. */
static void a_line_is_judged_as_least_squares_are(void **state)
{
    const int32_t dtype = any_dtype(state);
    double x[30], y[30], values[5];
    uint64_t seed = 4;
    struct training t = {0};
    bp_data *data, *others, *held;
    for (size_t i = 0; i < 30; i++) {
        x[i] = 50 + any_uniform(&seed, -3, 3);
        y[i] = 1000 - 7 * x[i] + any_uniform(&seed, -1, 1);
    }
    assert_int_equal(any_data(&data, BP_F64, x, 30, 1, y, 1), BP_OK);
    any_ok(bp_net_create(&t.net, dtype, 1));
    any_ok(bp_net_add_dense(t.net, 1, BP_ACT_IDENTITY));
    any_ok(bp_net_init(t.net, 1));
    assert_int_equal(bp_train_create(&t.train, t.net, data, NULL), BP_OK);
    set_key(&t, BP_TRAIN_METHOD, BP_METHOD_LBFGS);
    validate(&t, 5, 9, BP_METRIC_MSE, values);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(bp_data_fold(data, 5, i, 9, &others, &held), BP_OK);
        const double expected = squares_of_a_line(others, held);
        if (!(fabs(values[i] - expected) <= (dtype == BP_F32 ? 1e-3 : 1e-9) * expected))
            fail_msg("fold %zu: %.17g, least squares have %.17g", i, values[i], expected);
        bp_data_destroy(others);
        bp_data_destroy(held);
    }
    end_training(&t);
    bp_data_destroy(data);
}

/* ---- what it leaves alone */

static void the_training_continues_as_if_nothing_had_happened(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (int epochs = 0; epochs < 3; epochs++) {
        struct training a = likely(dtype, true), b = likely(dtype, true);
        double values[3];
        set_key(&a, BP_TRAIN_SCHEDULE, BP_SCHEDULE_EXPONENTIAL);
        set_key(&b, BP_TRAIN_SCHEDULE, BP_SCHEDULE_EXPONENTIAL);
        for (int i = 0; i < epochs; i++) {
            any_ok(bp_train_epoch(a.train));
            any_ok(bp_train_epoch(b.train));
        }
        any_ok(bp_train_batches(a.train, 2));
        any_ok(bp_train_batches(b.train, 2));
        validate(&b, 3, 1, BP_METRIC_ACCURACY, values);
        any_same_parameters(a.net, b.net);
        any_ok(bp_train_run(a.train, NULL, NULL));
        any_ok(bp_train_run(b.train, NULL, NULL));
        any_same_parameters(a.net, b.net);
        assert_true(value_of(&a, BP_RECORD_LOSS) == value_of(&b, BP_RECORD_LOSS));
        assert_true(value_of(&a, BP_RECORD_EPOCH) == value_of(&b, BP_RECORD_EPOCH));
        end_training(&a);
        end_training(&b);
    }
}

/* A fold does not begin with the rate that a schedule has reached. */
static void a_schedule_begins_again_in_each_fold(void **state)
{
    const int32_t dtype = any_dtype(state);
    const struct settings schedule = {BP_TRAIN_SCHEDULE, BP_SCHEDULE_EXPONENTIAL};
    struct training t = likely(dtype, false);
    double values[3], expected[3], rate;
    bp_net *net;
    any_ok(bp_net_get(t.net, BP_OPT_LEARNING_RATE, &rate));
    set_key(&t, schedule.key, schedule.value);
    any_ok(bp_train_epoch(t.train));
    any_ok(bp_train_batches(t.train, 1));
    any_ok(bp_net_clone(&net, t.net));
    double moved;
    any_ok(bp_net_get(net, BP_OPT_LEARNING_RATE, &moved));
    assert_true(moved < rate);
    any_ok(bp_net_set(net, BP_OPT_LEARNING_RATE, rate));
    by_hand(net, &schedule, 3, 1, BP_METRIC_LOSS, expected);
    validate(&t, 3, 1, BP_METRIC_LOSS, values);
    any_same_bits(values, expected, 3);
    bp_net_destroy(net);
    end_training(&t);
}

static void patience_does_nothing_in_a_fold(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct training a = likely(dtype, false), b = likely(dtype, true);
    double values[3], expected[3];
    set_key(&b, BP_TRAIN_PATIENCE, 1);
    validate(&a, 3, 1, BP_METRIC_LOSS, expected);
    validate(&b, 3, 1, BP_METRIC_LOSS, values);
    any_same_bits(values, expected, 3);
    end_training(&a);
    end_training(&b);
}

/* ---- failures */

static void a_cancellation_is_heard_once(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct training t = likely(dtype, false);
    double values[3] = {-1, -1, -1};
    bp_train_cancel(t.train);
    assert_int_equal(bp_train_cross_validate(t.train, 3, 1, BP_METRIC_LOSS, values), BP_ERR_CANCELLED);
    assert_string_equal(bp_last_error(), "bp_train_cross_validate: fold 0: cancelled in epoch 1");
    assert_true(values[0] == -1 && value_of(&t, BP_RECORD_STOP) == BP_STOP_NONE);
    validate(&t, 3, 1, BP_METRIC_LOSS, values);
    any_ok(bp_train_epoch(t.train));
    end_training(&t);
}

/* A number that is not finite is among the other rows of all folds except one: so the first or the second fold
 * fails. */
static void a_failure_names_its_fold(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct heaps h = heaps_of(1, 1);
    double values[3];
    size_t later = 0;
    h.x[7 * INPUTS] = INFINITY;
    for (uint64_t seed = 0; seed < 8; seed++) {
        struct training t = {.net = net_of(dtype)};
        bp_data *data = heaps_data(&h), *others, *held;
        char expected[64];
        double x = 0;
        assert_int_equal(bp_data_fold(data, 3, 0, seed, &others, &held), BP_OK);
        for (size_t i = 0; i < bp_data_rows(held) && !isinf(x); i++) {
            double row[INPUTS];
            assert_int_equal(bp_data_copy_inputs(held, i, 1, BP_F64, row), BP_OK);
            x = row[0];
        }
        assert_int_equal(bp_train_create(&t.train, t.net, data, NULL), BP_OK);
        snprintf(expected, sizeof(expected), "bp_train_cross_validate: fold %d: epoch ", isinf(x) ? 1 : 0);
        assert_int_equal(bp_train_cross_validate(t.train, 3, seed, BP_METRIC_ACCURACY, values), BP_ERR_NONFINITE);
        assert_memory_equal(bp_last_error(), expected, strlen(expected));
        later += isinf(x) ? 1 : 0;
        end_training(&t);
        bp_data_destroy(data);
        bp_data_destroy(others);
        bp_data_destroy(held);
    }
    assert_in_range(later, 1, 7);
}

static void what_is_out_of_bounds_is_refused(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct training t = likely(dtype, false);
    double values[3];
    assert_int_equal(bp_train_cross_validate(t.train, ROWS + 1, 1, BP_METRIC_LOSS, values), BP_ERR_ARG);
    assert_string_equal(bp_last_error(),
                        "bp_train_cross_validate: fold 0: folds is 91: it must be 2 to the number of rows, 90");
    assert_int_equal(bp_train_cross_validate(t.train, 3, 1, 1, values), BP_ERR_ARG);
    assert_string_equal(bp_last_error(), "bp_train_cross_validate: there is no metric 1");
    assert_int_equal(bp_train_cross_validate(t.train, 3, 1, BP_METRIC_LOSS, NULL), BP_ERR_ARG);
    assert_string_equal(bp_last_error(), "bp_train_cross_validate: values is NULL");
    assert_int_equal(bp_train_cross_validate(t.train, 3, 1, BP_METRIC_TOP_5, values), BP_ERR_UNSUPPORTED);
    static const char evaluate[] = "bp_train_cross_validate: fold 0: top_5 ";
    assert_memory_equal(bp_last_error(), evaluate, sizeof(evaluate) - 1);
    end_training(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(it_is_what_the_same_calls_by_hand_are), ANY_BOTH(it_is_the_same_for_a_seed_with_any_threads),
        ANY_BOTH(a_line_is_judged_as_least_squares_are), ANY_BOTH(the_training_continues_as_if_nothing_had_happened),
        ANY_BOTH(a_schedule_begins_again_in_each_fold),  ANY_BOTH(patience_does_nothing_in_a_fold),
        ANY_BOTH(a_cancellation_is_heard_once),          ANY_BOTH_MASKED(a_failure_names_its_fold),
        ANY_BOTH(what_is_out_of_bounds_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
