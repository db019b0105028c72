/* SPDX-License-Identifier: MIT
 *
 * What bp_net_evaluate() and bp_net_confusion() refuse: with which status and sentence, without a change, and without a
 * leak. */
#include "failing_allocator.h"
#include "metrics_fixture.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/** Both functions refuse with this status and a sentence that contains `words`, and do not write the value. */
static void assert_refused(const bp_net *net, const bp_data *data, int32_t metric, bp_status expected,
                           const char *words)
{
    double value = -7;
    const bp_status status = bp_net_evaluate(net, data, metric, &value);
    if (status != expected || value != -7)
        fail_msg("%s: %s, and the value is %g", words, bp_status_string(status), value);
    if (data != NULL && (strstr(bp_last_error(), words) == NULL ||
                         strncmp(bp_last_error(), "bp_net_evaluate: ", strlen("bp_net_evaluate: ")) != 0))
        fail_msg("'%s' is not in '%s'", words, bp_last_error());
}

static void assert_both_refused(const bp_net *net, const bp_data *data, bp_status expected, const char *words)
{
    size_t counts[25];
    assert_refused(net, data, BP_METRIC_ACCURACY, expected, words);
    assert_refused(net, data, BP_METRIC_LOSS, expected, words);
    assert_int_equal(bp_net_confusion(net, data, counts), expected);
    if (data != NULL && strstr(bp_last_error(), words) == NULL)
        fail_msg("'%s' is not in '%s'", words, bp_last_error());
}

static const double one[] = {0.25, 0.5, 0.75, 1};

static void wrong_arguments_are_refused(void **state)
{
    const int32_t dtype = any_dtype(state);
    bp_net *net = through(dtype, 2, BP_ACT_IDENTITY, NULL);
    bp_data *data = content_data(dtype, &(struct content){2, 2, one, one, 2, NULL, 0, NULL}, NULL);
    assert_both_refused(NULL, data, BP_ERR_ARG, "net is NULL");
    assert_both_refused(net, NULL, BP_ERR_ARG, "");
    assert_refused(net, data, 10011, BP_ERR_ARG, "there is no metric 10011");
    assert_int_equal(bp_net_evaluate(net, data, BP_METRIC_LOSS, NULL), BP_ERR_ARG);
    assert_non_null(strstr(bp_last_error(), "value is NULL"));
    assert_int_equal(bp_net_confusion(net, data, NULL), BP_ERR_ARG);
    assert_non_null(strstr(bp_last_error(), "counts is NULL"));
    bp_data_destroy(data);
    bp_net_destroy(net);
}

static void what_is_not_ready_is_refused(void **state)
{
    const int32_t dtype = any_dtype(state);
    bp_net *net = through(dtype, 2, BP_ACT_IDENTITY, NULL), *raw = NULL;
    bp_data *data = content_data(dtype, &(struct content){2, 2, one, NULL, 0, NULL, 0, NULL}, NULL), *empty = NULL;
    assert_both_refused(net, data, BP_ERR_STATE, "no target and no labels");
    any_ok(bp_net_create(&raw, dtype, 2));
    assert_both_refused(raw, data, BP_ERR_STATE, "bp_net_init");
    data_ok(empty, bp_data_create(&empty, NULL));
    assert_both_refused(net, empty, BP_ERR_STATE, "no rows");
    bp_data_destroy(empty);
    bp_data_destroy(data);
    bp_net_destroy(raw);
    bp_net_destroy(net);
}

static void refuse_shape(int32_t dtype, size_t width, const struct content *content, const char *words)
{
    bp_net *net = through(dtype, width, BP_ACT_IDENTITY, NULL);
    bp_data *data = content_data(dtype, content, NULL);
    assert_both_refused(net, data, BP_ERR_SHAPE, words);
    bp_data_destroy(data);
    bp_net_destroy(net);
}

static void what_does_not_match_is_refused(void **state)
{
    const int32_t dtype = any_dtype(state);
    static const int32_t labels[] = {0, 1, 0, 1};
    refuse_shape(dtype, 4, &(struct content){2, 2, one, one, 2, NULL, 0, NULL}, "the data set has 2 inputs, the net 4");
    refuse_shape(dtype, 2, &(struct content){2, 2, one, one, 1, NULL, 0, NULL},
                 "the data set has 1 number in a target, the net 2 outputs");
    refuse_shape(dtype, 2, &(struct content){2, 2, one, NULL, 0, labels, 3, NULL}, "3 classes: the net has 2 outputs");
    refuse_shape(dtype, 1, &(struct content){4, 1, one, NULL, 0, labels, 3, NULL}, "for 2 classes");
}

static void what_makes_no_sense_is_refused(void **state)
{
    const int32_t dtype = any_dtype(state);
    static const double nothing[2];
    bp_net *net = through(dtype, 2, BP_ACT_LOG_SOFTMAX, NULL);
    static const int32_t labels[] = {1, 1};
    bp_data *data = content_data(dtype, &(struct content){2, 2, one, NULL, 0, labels, 2, NULL}, NULL);
    assert_refused(net, data, BP_METRIC_LOG_LOSS, BP_ERR_UNSUPPORTED, "log-softmax");
    assert_refused(net, data, BP_METRIC_LOSS, BP_ERR_UNSUPPORTED, "log-softmax"); /* SQUARED */
    assert_refused(net, data, BP_METRIC_TOP_3, BP_ERR_UNSUPPORTED, "top_3 needs 3 classes");
    assert_refused(net, data, BP_METRIC_AUC, BP_ERR_UNSUPPORTED, "class 1 has none, or all");
    assert_true(measure(net, data, BP_METRIC_ACCURACY) == 1);
    data_ok(data, bp_data_set_weights(data, BP_F64, nothing, BP_HOLD_COPY));
    assert_refused(net, data, BP_METRIC_ACCURACY, BP_ERR_UNSUPPORTED, "the weights of all rows are 0");
    assert_refused(net, data, BP_METRIC_R2, BP_ERR_UNSUPPORTED, "the weights of all rows are 0");
    any_ok(bp_net_set(net, BP_OPT_LOSS, BP_LOSS_CROSS_ENTROPY));
    assert_refused(net, data, BP_METRIC_LOSS, BP_ERR_UNSUPPORTED, "the weights of all rows are 0");
    bp_data_destroy(data);
    bp_net_destroy(net);
}

static void nan_is_reported(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct content c = many(4);
    double *x = any_buffer(ROWS * WIDTH), *target = any_buffer(ROWS * WIDTH);
    size_t counts[WIDTH * WIDTH];
    memcpy(x, c.x, ROWS * WIDTH * sizeof *x);
    memcpy(target, c.target, ROWS * WIDTH * sizeof *target);
    const int32_t *labels = c.labels;
    c.labels = NULL, c.weights = NULL, c.x = x, c.target = target;
    bp_net *net = through(dtype, WIDTH, BP_ACT_IDENTITY, NULL);

    target[300 * WIDTH + 2] = NAN;
    bp_data *data = content_data(dtype, &c, NULL);
    assert_refused(net, data, BP_METRIC_MSE, BP_ERR_NONFINITE, "target 2 of row 300 is NaN");
    bp_data_destroy(data);

    x[299 * WIDTH] = NAN;
    data = content_data(dtype, &c, NULL);
    assert_true(isnan(measure(net, data, BP_METRIC_LOSS)));
    bp_data_destroy(data);
    c.target = NULL, c.labels = labels;
    data = content_data(dtype, &c, NULL);
    for (size_t i = 0; bp_key_at(BP_FAMILY_METRIC, i) != 0; i++)
        if (bp_key_at(BP_FAMILY_METRIC, i) != BP_METRIC_LOSS && bp_key_at(BP_FAMILY_METRIC, i) != BP_METRIC_TOP_5)
            assert_refused(net, data, bp_key_at(BP_FAMILY_METRIC, i), BP_ERR_NONFINITE, "output 0 of row 299 is NaN");
    assert_int_equal(bp_net_confusion(net, data, counts), BP_ERR_NONFINITE);
    bp_data_destroy(data);
    bp_net_destroy(net);
    free(x);
    free(target);
}

/* ---- memory */

/** Makes each allocation of a call fail in turn. Returns how many there are. */
static size_t fail_each(const bp_net *net, const bp_data *data, struct failing *failing, int32_t metric)
{
    const size_t live = failing->live;
    for (size_t fail_at = 1;; fail_at++) {
        size_t counts[WIDTH * WIDTH];
        double value = -7;
        failing->calls = failing->failures = 0;
        failing->fail_at = fail_at;
        const bp_status status =
            metric != 0 ? bp_net_evaluate(net, data, metric, &value) : bp_net_confusion(net, data, counts);
        assert_int_equal(failing->live, live);
        assert_int_equal(failing->wrong, 0);
        failing->fail_at = 0;
        if (failing->failures == 0) {
            assert_int_equal(status, BP_OK);
            return fail_at - 1;
        }
        assert_int_equal(status, BP_ERR_MEMORY);
        assert_true(value == -7);
        assert_non_null(strstr(bp_last_error(), "no memory"));
    }
}

static void no_memory_is_reported_and_nothing_leaks(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct failing failing = {0};
    const bp_allocator allocator = failing_allocator(&failing);
    for (size_t with_labels = 0; with_labels < 2; with_labels++) {
        struct content c = many(5);
        if (with_labels == 1)
            c.target = NULL;
        else
            c.labels = NULL;
        bp_net *net = through(dtype, WIDTH, BP_ACT_TANH, &allocator);
        bp_data *data = content_data(dtype, &c, &allocator);
        const size_t fewest = fail_each(net, data, &failing, with_labels == 1 ? 0 : BP_METRIC_MSE);
        assert_true(fewest > 4);
        for (size_t i = 0; bp_key_at(BP_FAMILY_METRIC, i) != 0; i++) {
            const int32_t metric = bp_key_at(BP_FAMILY_METRIC, i);
            if (metric != BP_METRIC_TOP_5 && (with_labels == 1 || !is_of_classes(metric)))
                assert_true(fail_each(net, data, &failing, metric) >= fewest);
        }
        assert_int_equal(fail_each(net, data, &failing, with_labels == 1 ? BP_METRIC_AUC : BP_METRIC_R2), fewest + 1);
        bp_data_destroy(data);
        bp_net_destroy(net);
    }
    assert_int_equal(failing.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(wrong_arguments_are_refused),
        ANY_BOTH(what_is_not_ready_is_refused),
        ANY_BOTH(what_does_not_match_is_refused),
        ANY_BOTH(what_makes_no_sense_is_refused),
        ANY_BOTH(nan_is_reported),
        ANY_BOTH(no_memory_is_reported_and_nothing_leaks),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
