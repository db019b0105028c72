/* SPDX-License-Identifier: MIT */

/*
 * bp_net_evaluate() and bp_net_confusion(). The values are scikit-learn's: tests/vectors/metrics.txt, written by
 * tests/vectors/make_metrics.py, which says what a case is made of. Nets that pass their inputs through make the
 * outputs that a case needs: no metric except the loss depends on where outputs come from.
 */

#include "metrics_fixture.h"
#include "vectors.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- scikit-learn's values */

static int read_file(void **state)
{
    (void)state;
    return vectors_read("metrics.txt");
}

/** The labels of a case as integers, or NULL. */
static int32_t *labels_of(const char *name)
{
    const struct vector *given = vectors_find(name, "labels");
    int32_t *labels = given != NULL ? malloc(given->count * sizeof *labels) : NULL;
    for (size_t i = 0; labels != NULL && i < given->count; i++)
        labels[i] = (int32_t)given->values[i];
    return labels;
}

/** The classes of the numbers of a case: the first of the greatest. For a single number: 1 from 0.5 on. */
static int32_t *classes_of(const struct vector *target, size_t outputs)
{
    const size_t rows = target->count / outputs;
    int32_t *classes = calloc(rows, sizeof *classes);
    assert_non_null(classes);
    for (size_t i = 0; i < rows; i++) {
        const double *row = target->values + i * outputs;
        for (size_t k = 1; k < outputs; k++)
            if (row[k] > row[classes[i]])
                classes[i] = (int32_t)k;
        if (outputs == 1)
            classes[i] = row[0] >= 0.5;
    }
    return classes;
}

/** The numbers of each label: 1 for its class and 0 for the others; with one output the label itself. */
static double *numbers_of(const int32_t *labels, size_t rows, size_t outputs)
{
    double *numbers = any_buffer(rows * outputs);
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < outputs; k++)
            numbers[i * outputs + k] = outputs == 1 ? labels[i] : (size_t)labels[i] == k;
    return numbers;
}

enum answer { CLASSES, NUMBERS };

/** With labels or with a target of numbers, whichever the case has. */
static bp_data *case_data(int32_t dtype, const char *name, size_t outputs, enum answer answer)
{
    const struct vector *y = vectors_need(name, "y"), *target = vectors_find(name, "target");
    const struct vector *weights = vectors_find(name, "weights");
    int32_t *labels = target != NULL ? classes_of(target, outputs) : labels_of(name);
    double *numbers = target != NULL ? NULL : numbers_of(labels, y->count / outputs, outputs);
    const struct content content = {.rows = y->count / outputs,
                                    .inputs = outputs,
                                    .x = y->values,
                                    .target = answer == CLASSES ? NULL
                                              : target != NULL  ? target->values
                                                                : numbers,
                                    .outputs = outputs,
                                    .labels = answer == CLASSES ? labels : NULL,
                                    .classes = outputs == 1 ? 2 : outputs,
                                    .weights = weights != NULL ? weights->values : NULL};
    bp_data *data = content_data(dtype, &content, NULL);
    free(labels);
    free(numbers);
    return data;
}

/**
 * The loss of f32 nets is computed in float; other metrics see the same numbers. The mean for R2 is updated with each
 * row, which loses digits if targets are far from 0.
 */
static double bound_of(int32_t dtype, int32_t metric)
{
    if (metric == BP_METRIC_LOSS && dtype == BP_F32)
        return 1e-6;
    return metric == BP_METRIC_R2 ? 1e-12 : 1e-14;
}

static void check_metric(const bp_net *net, const bp_data *data, const char *name, int32_t metric)
{
    char what[120];
    double value = -7;
    const int32_t dtype = any_type(net);
    const struct vector *expected = vectors_find(name, bp_key_name(metric));
    const bp_status status = bp_net_evaluate(net, data, metric, &value);
    snprintf(what, sizeof what, "%s %.*s: %s", bp_key_name(dtype), vectors_case(name), name, bp_key_name(metric));
    if (status != (expected != NULL ? BP_OK : BP_ERR_UNSUPPORTED))
        fail_msg("%s: %s: %s", what, bp_status_string(status), bp_last_error());
    assert_near(what, value, expected != NULL ? expected->values[expected->count == 2 && dtype == BP_F64] : -7,
                bound_of(dtype, metric));
}

static void check_confusion(const bp_net *net, const bp_data *data, const char *name)
{
    const struct vector *expected = vectors_find(name, "confusion");
    if (expected == NULL)
        return;
    size_t *counts = malloc(expected->count * sizeof *counts);
    assert_non_null(counts);
    memset(counts, 0xa5, expected->count * sizeof *counts);
    data_ok(data, bp_net_confusion(net, data, counts));
    for (size_t i = 0; i < expected->count; i++)
        if (counts[i] != (size_t)expected->values[i])
            fail_msg("%.*s: count %zu is %zu, not %g", vectors_case(name), name, i, counts[i], expected->values[i]);
    free(counts);
}

/** A target of numbers has no classes. */
static void check_refused(const bp_net *net, const bp_data *data, const char *name, int32_t metric)
{
    double value = -7;
    size_t counts[100];
    if (bp_net_evaluate(net, data, metric, &value) != BP_ERR_UNSUPPORTED || value != -7 ||
        bp_net_confusion(net, data, counts) != BP_ERR_UNSUPPORTED)
        fail_msg("%.*s: %s of numbers is not refused", vectors_case(name), name, bp_key_name(metric));
}

/** Labels are measured like the numbers that they stand for, except by the loss: with labels it needs other outputs. */
static void check_case(int32_t dtype, const char *name)
{
    const size_t outputs = (size_t)vectors_need(name, "outputs")->values[0];
    bp_net *net = through(dtype, outputs, BP_ACT_IDENTITY, NULL);
    bp_data *classes = case_data(dtype, name, outputs, CLASSES), *numbers = case_data(dtype, name, outputs, NUMBERS);
    for (size_t i = 0; bp_key_at(BP_FAMILY_METRIC, i) != 0; i++) {
        const int32_t metric = bp_key_at(BP_FAMILY_METRIC, i);
        if (is_of_classes(metric))
            check_refused(net, numbers, name, metric);
        else
            check_metric(net, numbers, name, metric);
        if (is_of_classes(metric) || (metric != BP_METRIC_LOSS && vectors_find(name, "labels") != NULL))
            check_metric(net, classes, name, metric);
    }
    check_confusion(net, classes, name);
    bp_data_destroy(classes);
    bp_data_destroy(numbers);
    bp_net_destroy(net);
}

static void check_group(void **state, const char *group)
{
    vectors_each(group, "outputs", any_dtype(state), check_case);
}

static void two_classes_agree(void **state) { check_group(state, "binary/"); }
static void more_classes_agree(void **state) { check_group(state, "classes/"); }
static void ties_agree(void **state) { check_group(state, "ties/"); }
static void classes_that_do_not_occur_agree(void **state) { check_group(state, "absent/"); }
static void regressions_agree(void **state) { check_group(state, "regression/"); }
static void constant_targets_agree(void **state) { check_group(state, "constant/"); }
static void more_rows_than_a_block_agree(void **state) { check_group(state, "rows/"); }
static void weighted_rows_agree(void **state) { check_group(state, "weighted/"); }

static void every_metric_has_a_value(void **state)
{
    (void)state;
    for (size_t i = 0; bp_key_at(BP_FAMILY_METRIC, i) != 0; i++)
        vectors_need("rows/512_of_a_target:", i == 2 || i == 3 ? "mse" : bp_key_name(bp_key_at(BP_FAMILY_METRIC, i)));
}

/* ---- beyond the file */

static void names_are_found(void **state)
{
    (void)state;
    size_t i = 0;
    for (; bp_key_at(BP_FAMILY_METRIC, i) != 0; i++) {
        assert_int_equal(bp_key_at(BP_FAMILY_METRIC, i), BP_METRIC_LOSS + 10 * (int32_t)i);
        assert_int_equal(bp_key_find(BP_FAMILY_METRIC, bp_key_name(bp_key_at(BP_FAMILY_METRIC, i))),
                         bp_key_at(BP_FAMILY_METRIC, i));
    }
    assert_int_equal(i, 13);
    assert_int_equal(bp_key_find(BP_FAMILY_METRIC, "log_loss"), BP_METRIC_LOG_LOSS);
    assert_int_equal(bp_key_find(BP_FAMILY_METRIC, "Accuracy"), 0);
    assert_int_equal(bp_key_find(BP_FAMILY_METRIC, NULL), 0);
    assert_null(bp_key_name(BP_METRIC_LOSS + 5));
}

/** The softmax of the inputs, its loss and metrics, with labels; the log-loss is then the cross-entropy. */
static void the_loss_is_the_nets_own(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct content c = many(1);
    c.target = NULL, c.weights = NULL;
    bp_net *net = through(dtype, WIDTH, BP_ACT_SOFTMAX, NULL);
    bp_data *data = content_data(dtype, &c, NULL);
    any_ok(bp_net_set(net, BP_OPT_LOSS, BP_LOSS_CROSS_ENTROPY));
    const double loss = measure(net, data, BP_METRIC_LOSS);
    assert_near("cross-entropy", loss, measure(net, data, BP_METRIC_LOG_LOSS), dtype == BP_F64 ? 1e-13 : 1e-6);
    bp_data_destroy(data);

    double weighted = 0, weights = 0;
    c = many(1);
    c.labels = NULL;
    data = content_data(dtype, &c, NULL);
    for (size_t i = 0; i < ROWS; i++) {
        double one;
        any_ok(any_loss(net, c.x + i * WIDTH, c.target + i * WIDTH, 1, &one, NULL));
        weighted += c.weights[i] * one;
        weights += c.weights[i];
    }
    assert_near("weighted loss", measure(net, data, BP_METRIC_LOSS), weighted / weights, 1e-14);
    bp_data_destroy(data);
    bp_net_destroy(net);
}

/** A sum in the order of the rows, whatever the blocks are: it has the bits of a sum without blocks. */
static void sums_go_in_the_order_of_the_rows(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct content c = many(2);
    c.labels = NULL;
    bp_net *net = through(dtype, WIDTH, BP_ACT_TANH, NULL);
    bp_data *data = content_data(dtype, &c, NULL);
    double *y = any_buffer(ROWS * WIDTH), sum = 0, weights = 0;
    any_ok(any_predict(net, c.x, ROWS, y, NULL));
    for (size_t i = 0; i < ROWS; i++) {
        double errors = 0;
        for (size_t k = i * WIDTH; k < (i + 1) * WIDTH; k++)
            errors += fabs(y[k] - c.target[k]);
        sum += c.weights[i] * (errors / WIDTH);
        weights += c.weights[i];
    }
    const double expected = sum / weights, got = measure(net, data, BP_METRIC_MAE);
    any_same_bits(&got, &expected, 1);
    free(y);
    bp_data_destroy(data);
    bp_net_destroy(net);
}

/** A data set that shows some rows of another in another order is measured like a data set of those rows. */
static void shown_rows_are_measured(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct content c = many(3);
    c.target = NULL;
    bp_net *net = through(dtype, WIDTH, BP_ACT_TANH, NULL);
    bp_data *all = content_data(dtype, &c, NULL);
    size_t row[300];
    double x[300 * WIDTH], weights[300];
    int32_t labels[300];
    for (size_t i = 0; i < 300; i++) {
        row[i] = (i * 7 + 5) % ROWS;
        memcpy(x + i * WIDTH, c.x + row[i] * WIDTH, WIDTH * sizeof *x);
        labels[i] = c.labels[row[i]];
        weights[i] = c.weights[row[i]];
    }
    bp_data *shown = any_view(all, row, 300);
    bp_data_destroy(all);
    c.rows = 300, c.x = x, c.labels = labels, c.weights = weights;
    bp_data *same = content_data(dtype, &c, NULL);
    for (size_t i = 0; bp_key_at(BP_FAMILY_METRIC, i) != 0; i++) {
        if (bp_key_at(BP_FAMILY_METRIC, i) == BP_METRIC_TOP_5)
            continue;
        const double a = measure(net, shown, bp_key_at(BP_FAMILY_METRIC, i)),
                     b = measure(net, same, bp_key_at(BP_FAMILY_METRIC, i));
        any_same_bits(&a, &b, 1);
    }
    bp_data_destroy(shown);
    bp_data_destroy(same);
    bp_net_destroy(net);
}

static void a_constant_target_that_is_not_exact_is_constant(void **state)
{
    const int32_t dtype = any_dtype(state);
    double x[10], target[10], weights[10];
    for (size_t i = 0; i < 10; i++) {
        x[i] = (double)i;
        target[i] = 0.1; /* the mean of ten is not 0.1 if they are added up first */
        weights[i] = 0.3 + (double)i / 7;
    }
    bp_net *net = through(dtype, 1, BP_ACT_IDENTITY, NULL);
    bp_data *data = content_data(dtype, &(struct content){10, 1, x, target, 1, NULL, 0, NULL}, NULL);
    assert_true(measure(net, data, BP_METRIC_R2) == 0);
    data_ok(data, bp_data_set_weights(data, BP_F64, weights, BP_HOLD_COPY));
    assert_true(measure(net, data, BP_METRIC_R2) == 0);
    bp_data_destroy(data);
    data = content_data(dtype, &(struct content){1, 1, x, target, 1, NULL, 0, NULL}, NULL);
    assert_true(measure(net, data, BP_METRIC_R2) == 0);
    bp_data_destroy(data);
    data = content_data(dtype, &(struct content){1, 1, x, x, 1, NULL, 0, NULL}, NULL);
    assert_true(measure(net, data, BP_METRIC_R2) == 1);
    bp_data_destroy(data);
    bp_net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(two_classes_agree),
        ANY_BOTH(more_classes_agree),
        ANY_BOTH(ties_agree),
        ANY_BOTH(classes_that_do_not_occur_agree),
        ANY_BOTH(regressions_agree),
        ANY_BOTH(constant_targets_agree),
        ANY_BOTH(more_rows_than_a_block_agree),
        ANY_BOTH(weighted_rows_agree),
        cmocka_unit_test(every_metric_has_a_value),
        cmocka_unit_test(names_are_found),
        ANY_BOTH(the_loss_is_the_nets_own),
        ANY_BOTH(sums_go_in_the_order_of_the_rows),
        ANY_BOTH(shown_rows_are_measured),
        ANY_BOTH(a_constant_target_that_is_not_exact_is_constant),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, read_file, vectors_free);
}
