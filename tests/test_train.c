/* SPDX-License-Identifier: MIT
 *
 * The loop gives the bits of the calls that it is made of, however it is called; when it stops, and what it leaves; the
 * record. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "failing_allocator.h"
#include "train_fixture.h"

/* ---- the same bits */

static void an_epoch_is_its_batches(void **state)
{
    const int32_t dtype = any_dtype(state);
    const struct heaps h = heaps_of(1, 0.8);
    struct training t = training_of(dtype, 0.8, false);
    bp_net *net = net_of(dtype);
    set_key(&t, BP_TRAIN_SHUFFLE, 0);
    for (size_t epoch = 1; epoch <= 3; epoch++) {
        double sum = 0, loss;
        for (size_t row = 0; row < ROWS; row += BATCH) {
            const size_t rows = ROWS - row < BATCH ? ROWS - row : BATCH;
            any_ok(any_train_labels(net, h.x + row * INPUTS, h.labels + row, rows, &loss));
            sum += loss * (double)rows;
        }
        any_ok(bp_train_epoch(t.train));
        any_same_parameters(t.net, net);
        loss = sum / ROWS;
        const double recorded = value_of(&t, BP_RECORD_LOSS);
        any_same_bits(&recorded, &loss, 1);
    }
    bp_net_destroy(net);
    end_training(&t);
}

/* One seed gives one course, however the training is called; another seed gives another. */
enum drive { BY_RUN, BY_EPOCH, BY_BATCH, BY_FIVE, ON_THREADS, CANCELLED, WAYS };

static int32_t stop_at_two(bp_train *train, void *user)
{
    double epoch;
    (void)user;
    assert_int_equal(bp_train_record(train, 0, BP_RECORD_EPOCH, &epoch), BP_OK);
    return epoch == 2;
}

static int32_t ask_for_nonsense(bp_train *train, void *user)
{
    double value;
    (void)user;
    return bp_train_get(train, -1, &value);
}

static void a_callback_that_fails_ends_the_sentence(void **state)
{
    struct training t = training_of(any_dtype(state), 2, true);
    assert_int_equal(bp_train_run(t.train, ask_for_nonsense, NULL), BP_ERR_CANCELLED);
    assert_string_equal(bp_last_error(), "bp_train_run: the callback returned -10 after epoch 1: "
                                         "bp_train_get: there is no key -1");
    end_training(&t);
}

static void drive(const struct training *t, enum drive way)
{
    bp_status status = BP_OK;
    if (way == ON_THREADS)
        any_ok(bp_net_set(t->net, BP_OPT_THREADS, 3));
    if (way == CANCELLED) { /* between two epochs, and within one */
        set_key(t, BP_TRAIN_RESTORE, 1);
        assert_int_equal(bp_train_run(t->train, stop_at_two, NULL), BP_ERR_CANCELLED);
        assert_non_null(strstr(bp_last_error(), "bp_train_run: the callback returned 1 after epoch 2"));
        assert_true(value_of(t, BP_RECORD_STOP) == BP_STOP_CANCELLED);
        assert_true(value_of(t, BP_RECORD_EPOCH) == 2);
        any_ok(bp_train_batches(t->train, 2));
        bp_train_cancel(t->train);
        assert_int_equal(bp_train_batches(t->train, 1), BP_ERR_CANCELLED);
        set_key(t, BP_TRAIN_RESTORE, 0);
    }
    while (status == BP_OK && way != BY_RUN)
        status = way == BY_BATCH  ? bp_train_batches(t->train, 1)
                 : way == BY_FIVE ? bp_train_batches(t->train, 5)
                                  : bp_train_epoch(t->train);
    if (way == BY_RUN)
        any_ok(bp_train_run(t->train, NULL, NULL));
    else
        assert_int_equal(status, BP_DONE);
    assert_true(value_of(t, BP_RECORD_EPOCH) == 4);
    assert_true(value_of(t, BP_RECORD_STOP) == BP_STOP_EPOCHS);
}

/* With everything that a cancellation could disturb: a best epoch that is not the last, and a rate that falls. */
static struct training course_of(int32_t dtype)
{
    struct training t = training_of(dtype, 2, true);
    any_ok(bp_net_set(t.net, BP_OPT_LEARNING_RATE, 0.3));
    set_key(&t, BP_TRAIN_EPOCHS, 4);
    set_key(&t, BP_TRAIN_SCHEDULE, BP_SCHEDULE_EXPONENTIAL);
    set_key(&t, BP_TRAIN_DECAY, 0.9);
    set_key(&t, BP_TRAIN_RESTORE, 0);
    return t;
}

static void a_seed_gives_one_course_however_it_is_driven(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct training first = course_of(dtype), other = course_of(dtype);
    double a[MOST_PARAMETERS], b[MOST_PARAMETERS];
    drive(&first, BY_RUN);
    for (enum drive way = BY_EPOCH; way < WAYS; way++) {
        struct training t = course_of(dtype);
        drive(&t, way);
        any_same_parameters(t.net, first.net);
        end_training(&t);
    }
    set_key(&other, BP_TRAIN_SEED, 1);
    drive(&other, BY_RUN);
    any_ok(any_get_parameters(first.net, a));
    any_ok(any_get_parameters(other.net, b));
    assert_true(memcmp(a, b, any_parameters(first.net) * sizeof(*a)) != 0);
    end_training(&first);
    end_training(&other);
}

/* The result of 8 epochs in f64, the same on every machine. */
static void a_course_is_the_same_on_every_machine(void **state)
{
    (void)state;
    any_need(BP_F64);
    struct training t = training_of(BP_F64, 0.8, true);
    const double expected[] = {0.055140628971653963, 0.47987257294251767, 0.08321224783680703};
    set_key(&t, BP_TRAIN_EPOCHS, 8);
    set_key(&t, BP_TRAIN_SCHEDULE, BP_SCHEDULE_ONE_CYCLE);
    any_ok(bp_train_run(t.train, NULL, NULL));
    const double got[] = {value_of(&t, BP_RECORD_LOSS), value_of(&t, BP_RECORD_VALID_LOSS),
                          value_of(&t, BP_RECORD_GRADIENT)};
    any_same_bits(got, expected, 3);
    end_training(&t);
}

/* Weights of rows, and of classes, are those of bp_net_train_rows(). */
static void weights_and_balance_reach_the_step(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct heaps h = heaps_of(1, 0.8);
    double weights[ROWS], both[ROWS], count[CLASSES] = {0};
    for (size_t i = 0; i < ROWS; i++) {
        h.labels[i] = i % 10 == 0 ? 2 : h.labels[i] % 2;
        weights[i] = (double)(i % 4) / 2;
        count[h.labels[i]]++;
    }
    for (size_t i = 0; i < ROWS; i++)
        both[i] = ROWS / (CLASSES * count[h.labels[i]]) * weights[i];
    for (int balance = 0; balance < 2; balance++) {
        bp_net *net = net_of(dtype), *other = net_of(dtype);
        bp_data *data = heaps_data(&h);
        bp_train *train = NULL;
        double loss;
        assert_int_equal(bp_data_set_weights(data, BP_F64, weights, BP_HOLD_COPY), BP_OK);
        any_ok(bp_train_create(&train, net, data, NULL));
        any_ok(bp_train_set(train, BP_TRAIN_BATCH, 0));
        any_ok(bp_train_set(train, BP_TRAIN_SHUFFLE, 0));
        any_ok(bp_train_set(train, BP_TRAIN_BALANCE, balance));
        any_ok(bp_train_epoch(train));
        const struct any_rows rows = {ROWS, h.x, NULL, h.labels, balance ? both : weights};
        any_ok(any_train_rows(other, &rows, &loss));
        any_same_parameters(net, other);
        bp_train_destroy(train);
        bp_data_destroy(data);
        bp_net_destroy(net);
        bp_net_destroy(other);
    }
}

/* ---- when it stops */

static void patience_stops_and_the_best_parameters_are_back(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct training t = training_of(dtype, 2, true), until = training_of(dtype, 2, true);
    set_key(&t, BP_TRAIN_EPOCHS, 1000);
    set_key(&t, BP_TRAIN_PATIENCE, 5);
    any_ok(bp_train_run(t.train, NULL, NULL));
    const double best = value_of(&t, BP_RECORD_BEST_EPOCH), epochs = value_of(&t, BP_RECORD_EPOCH);
    assert_true(value_of(&t, BP_RECORD_STOP) == BP_STOP_PATIENCE);
    assert_true(best >= 1 && epochs == best + 5);
    for (size_t epoch = 1; epoch <= (size_t)epochs; epoch++) {
        double loss;
        any_ok(bp_train_record(t.train, epoch, BP_RECORD_VALID_LOSS, &loss));
        assert_true(epoch == (size_t)best ? loss == value_of(&t, BP_RECORD_BEST_LOSS)
                                          : loss >= value_of(&t, BP_RECORD_BEST_LOSS));
    }
    set_key(&until, BP_TRAIN_EPOCHS, best);
    any_ok(bp_train_run(until.train, NULL, NULL));
    any_same_parameters(t.net, until.net);
    assert_int_equal(bp_train_epoch(t.train), BP_DONE);
    end_training(&t);
    end_training(&until);
}

static void each_limit_stops_and_says_so(void **state)
{
    static const struct {
        int32_t key;
        double value;
        int32_t reason;
        double epochs;
    } rows[] = {
        {BP_TRAIN_EPOCHS, 0, BP_STOP_EPOCHS, 0}, {BP_TRAIN_EPOCHS, 3, BP_STOP_EPOCHS, 3},
        {BP_TRAIN_GOAL, 100, BP_STOP_GOAL, 1},   {BP_TRAIN_MIN_GRADIENT, 100, BP_STOP_GRADIENT, 1},
        {BP_TRAIN_TIME, 1e-9, BP_STOP_TIME, 0},
    };
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct training t = training_of(dtype, 0.8, false);
        set_key(&t, rows[i].key, rows[i].value);
        any_ok(bp_train_run(t.train, NULL, NULL));
        assert_true(value_of(&t, BP_RECORD_STOP) == rows[i].reason);
        assert_true(value_of(&t, BP_RECORD_EPOCH) == rows[i].epochs);
        assert_int_equal(bp_train_batches(t.train, 1), BP_DONE);
        set_key(&t, BP_TRAIN_EPOCHS, rows[i].epochs + 2); /* and there is more to do */
        set_key(&t, rows[i].key, rows[i].key == BP_TRAIN_GOAL ? -1e300 : rows[i].key == BP_TRAIN_EPOCHS ? 7 : 0);
        assert_int_equal(bp_train_epoch(t.train), BP_OK);
        end_training(&t);
    }
}

/* The weight is at the target: the gradient is 0. This is not below the least gradient, which is 0 until it is set. */
static void a_gradient_of_0_stops_only_who_asks_for_one(void **state)
{
    const int32_t dtype = any_dtype(state);
    const struct any_layer layer = {1, BP_ACT_IDENTITY, BP_BIAS_NONE, 0};
    const double x = 1, target = 3, least[] = {0, 1e-300};
    for (size_t i = 0; i < 2; i++) {
        struct training t = {.net = any_net(dtype, 1, &layer, 1, 1)};
        bp_data *data = NULL;
        any_ok(any_set_parameters(t.net, &target));
        any_ok(bp_net_set(t.net, BP_OPT_RAW, 1));
        assert_int_equal(any_data(&data, BP_F64, &x, 1, 1, &target, 1), BP_OK);
        assert_int_equal(bp_train_create(&t.train, t.net, data, NULL), BP_OK);
        bp_data_destroy(data);
        set_key(&t, BP_TRAIN_EPOCHS, 3);
        set_key(&t, BP_TRAIN_MIN_GRADIENT, least[i]);
        any_ok(bp_train_run(t.train, NULL, NULL));
        assert_true(value_of(&t, BP_RECORD_GRADIENT) == 0);
        assert_true(value_of(&t, BP_RECORD_STOP) == (i == 0 ? BP_STOP_EPOCHS : BP_STOP_GRADIENT));
        assert_true(value_of(&t, BP_RECORD_EPOCH) == (i == 0 ? 3 : 1));
        end_training(&t);
    }
}

static void a_step_that_is_not_finite_is_reported_with_its_epoch(void **state)
{
    struct training t = training_of(any_dtype(state), 0.8, false);
    double before[MOST_PARAMETERS], after[MOST_PARAMETERS];
    any_ok(bp_train_epoch(t.train));
    any_ok(bp_net_set(t.net, BP_OPT_OPTIMIZER, BP_OPTIM_SGD));
    any_ok(bp_net_set(t.net, BP_OPT_LEARNING_RATE, 1e30));
    any_ok(bp_net_set(t.net, BP_OPT_L2, 1));
    bp_status status = BP_OK;
    size_t batches = 0;
    char where[64];
    for (; status == BP_OK; batches++) {
        any_ok(any_get_parameters(t.net, before));
        status = bp_train_batches(t.train, 1);
    }
    assert_int_equal(status, BP_ERR_NONFINITE);
    batches += 5; /* those of the first epoch, without the one that failed */
    snprintf(where, sizeof(where), "bp_train_batches: epoch %zu, row %zu: ", batches / 6 + 1, batches % 6 * BATCH);
    assert_non_null(strstr(bp_last_error(), where));
    any_ok(any_get_parameters(t.net, after));
    any_same_bits(after, before, any_parameters(t.net));
    end_training(&t);
}

/* ---- the record, and what is refused */

static void the_record_has_a_row_for_each_epoch(void **state)
{
    struct training t = training_of(any_dtype(state), 0.3, true);
    double value, loss[2];
    assert_true(isnan(value_of(&t, BP_RECORD_LOSS)));
    set_key(&t, BP_TRAIN_EPOCHS, 40);
    any_ok(bp_train_run(t.train, NULL, NULL));
    any_ok(bp_train_record(t.train, 1, BP_RECORD_LOSS, &loss[0]));
    any_ok(bp_train_record(t.train, 40, BP_RECORD_LOSS, &loss[1]));
    assert_true(loss[1] < loss[0] / 4);
    assert_true(value_of(&t, BP_RECORD_ACCURACY) > 0.95 && value_of(&t, BP_RECORD_VALID_ACCURACY) > 0.95);
    assert_true(value_of(&t, BP_RECORD_SECONDS) > 0 && value_of(&t, BP_RECORD_GRADIENT) > 0);
    assert_int_equal(bp_train_record(t.train, 1, BP_RECORD_BEST_LOSS, &value), BP_ERR_ARG);
    assert_int_equal(bp_train_record(t.train, 41, BP_RECORD_LOSS, &value), BP_ERR_ARG);
    assert_int_equal(bp_train_record(t.train, 1, BP_TRAIN_EPOCHS, &value), BP_ERR_ARG);
    assert_int_equal(bp_train_record(t.train, 1, BP_RECORD_LOSS, NULL), BP_ERR_ARG);
    end_training(&t);
}

static void values_out_of_their_bounds_are_refused(void **state)
{
    static const struct {
        int32_t key;
        double value;
    } rows[] = {
        {BP_TRAIN_EPOCHS, -1},
        {BP_TRAIN_EPOCHS, 1.5},
        {BP_TRAIN_BATCH, NAN},
        {BP_TRAIN_SHUFFLE, 2},
        {BP_TRAIN_DECAY, 1.1},
        {BP_TRAIN_SCHEDULE, BP_SCHEDULE_CONSTANT + 5},
        {BP_TRAIN_SCHEDULE, 0},
        {BP_RECORD_LOSS, 1},
        {BP_TRAIN_PERIOD, 0},
        {BP_TRAIN_LEAST_RATE, -1},
        {0, 0},
        {BP_TRAIN_TIME, INFINITY},
        {BP_RECORD_STOP, 0},
    };
    struct training t = training_of(any_dtype(state), 0.8, false);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(bp_train_set(t.train, rows[i].key, rows[i].value), BP_ERR_ARG);
        assert_non_null(strstr(bp_last_error(), "bp_train_set: "));
    }
    any_ok(bp_train_batches(t.train, 1));
    assert_int_equal(bp_train_set(t.train, BP_TRAIN_BATCH, 3), BP_ERR_STATE);
    end_training(&t);
}

static void data_that_do_not_fit_the_net_are_refused_with_a_sentence(void **state)
{
    const struct heaps h = heaps_of(1, 1);
    bp_net *net = net_of(any_dtype(state));
    bp_data *good = heaps_data(&h), *narrow = NULL, *few = NULL, *bare = NULL, *numbers = NULL;
    assert_int_equal(any_labelled(&narrow, BP_F64, h.x, ROWS, INPUTS - 1, h.labels, CLASSES), BP_OK);
    assert_int_equal(any_labelled(&few, BP_F64, h.x, ROWS, INPUTS, h.labels, CLASSES + 1), BP_OK);
    assert_int_equal(any_data(&bare, BP_F64, h.x, ROWS, INPUTS, NULL, 0), BP_OK);
    assert_int_equal(any_data(&numbers, BP_F64, h.x, ROWS, INPUTS, h.target, CLASSES), BP_OK);
    const struct {
        const bp_data *data, *valid;
        bp_status status;
        const char *said;
    } rows[] = {
        {narrow, NULL, BP_ERR_SHAPE, "inputs"},   {few, NULL, BP_ERR_SHAPE, "classes"},
        {bare, NULL, BP_ERR_STATE, "neither"},    {good, narrow, BP_ERR_SHAPE, "validation"},
        {good, numbers, BP_ERR_STATE, "has not"}, {numbers, good, BP_ERR_STATE, "has not"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bp_train *train = NULL;
        assert_int_equal(bp_train_create(&train, net, rows[i].data, rows[i].valid), rows[i].status);
        assert_null(train);
        assert_non_null(strstr(bp_last_error(), rows[i].said));
    }
    bp_data_destroy(good);
    bp_data_destroy(narrow);
    bp_data_destroy(few);
    bp_data_destroy(bare);
    bp_data_destroy(numbers);
    bp_net_destroy(net);
}

/* Each allocation fails once, in turn. Then the training continues, to the bits of one that was not disturbed. */
static void every_allocation_may_fail(void **state)
{
    const int32_t dtype = any_dtype(state);
    const struct heaps h = heaps_of(1, 0.8);
    struct training undisturbed = training_of(dtype, 0.8, true);
    const bp_net *whole = undisturbed.net;
    set_key(&undisturbed, BP_TRAIN_BATCH, 32);
    any_ok(bp_train_epoch(undisturbed.train));
    bool failed = true;
    for (size_t n = 1; failed; n++) {
        struct failing failing = {0};
        const bp_allocator allocator = failing_allocator(&failing);
        bp_net *net = net_of(dtype);
        bp_data *data = NULL;
        bp_train *train = NULL;
        assert_int_equal(bp_data_create(&data, &allocator), BP_OK);
        assert_int_equal(bp_data_set_inputs(data, BP_F64, h.x, ROWS, INPUTS, 0, BP_HOLD_COPY), BP_OK);
        assert_int_equal(bp_data_set_labels(data, BP_I32, h.labels, CLASSES, BP_HOLD_COPY), BP_OK);
        failing.calls = 0;
        failing.fail_at = n;
        bp_status status = bp_train_create(&train, net, data, data);
        const bool made = status == BP_OK;
        if (made)
            status = bp_train_epoch(train);
        failed = failing.failures > 0;
        failing.fail_at = 0;
        assert_int_equal(status, failed ? BP_ERR_MEMORY : BP_OK);
        if (!made) {
            assert_null(train);
            any_ok(bp_train_create(&train, net, data, data));
        }
        if (failed)
            any_ok(bp_train_epoch(train)); /* continues where it failed */
        any_same_parameters(net, whole);
        bp_train_destroy(train);
        bp_data_destroy(data);
        bp_net_destroy(net);
        assert_int_equal(failing.live, 0);
        assert_true(n < 100);
    }
    end_training(&undisturbed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(a_callback_that_fails_ends_the_sentence),
        ANY_BOTH(an_epoch_is_its_batches),
        ANY_BOTH(a_seed_gives_one_course_however_it_is_driven),
        ANY_BOTH(weights_and_balance_reach_the_step),
        cmocka_unit_test(a_course_is_the_same_on_every_machine),
        ANY_BOTH(patience_stops_and_the_best_parameters_are_back),
        ANY_BOTH(each_limit_stops_and_says_so),
        ANY_BOTH(a_gradient_of_0_stops_only_who_asks_for_one),
        ANY_BOTH_MASKED(a_step_that_is_not_finite_is_reported_with_its_epoch),
        ANY_BOTH(the_record_has_a_row_for_each_epoch),
        ANY_BOTH_MASKED(values_out_of_their_bounds_are_refused),
        ANY_BOTH(data_that_do_not_fit_the_net_are_refused_with_a_sentence),
        ANY_BOTH(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
