/* SPDX-License-Identifier: MIT
 *
 * The interface of data sets, trainings and options in use, as test_use.c has that of nets. */
#include "use_fixture.h"

#include <stdio.h>
#include <string.h>

#include "sparse_fixture.h"

/* ---- a callback that calls the library and stops the run */

static int32_t stop_when_good(bp_train *train, void *user)
{
    const void *const *both = user; /* net, data */
    double right;
    (void)train;
    if (bp_net_evaluate(both[0], both[1], BP_METRIC_ACCURACY, &right))
        return 1; /* bp_train_run: the callback returned 1 after epoch 3: bp_net_evaluate: ... */
    return right > 0.99;
}

static void with_callback(bp_train *train, const bp_net *net, const bp_data *test)
{
    const void *both[] = {net, test};
    const bp_status status = bp_train_run(train, stop_when_good, both);
    if (status != BP_ERR_CANCELLED)
        need(status);
}

enum { TABLE_ROWS = 90 };

/* Three classes of points around three corners. */
static bp_data *corners(void)
{
    static double x[TABLE_ROWS * 2];
    static int32_t class_of[TABLE_ROWS];
    uint64_t random = 8;
    bp_data *data;
    any_fill(&random, x, TABLE_ROWS * 2, -0.5, 0.5);
    for (size_t row = 0; row < TABLE_ROWS; row++) {
        class_of[row] = (int32_t)(row % CLASSES);
        x[row * 2] += class_of[row] == 1 ? 2 : 0;
        x[row * 2 + 1] += class_of[row] == 2 ? 2 : 0;
    }
    need(any_labelled(&data, BP_F64, x, TABLE_ROWS, 2, class_of, CLASSES));
    return data;
}

/* The sentence ends with the failure of the callback. */
static void a_run_ends_when_the_callback_has_seen_enough(void **state)
{
    bp_net *net = class_net(any_dtype(state), 2);
    bp_data *all = corners(), *rows = NULL, *test = NULL, *empty = NULL;
    bp_train *train = NULL;
    double right = 0, epochs = 0;
    need(bp_data_create(&empty, NULL));
    need(bp_data_split(all, 0.7, 1, &rows, &test));
    need(bp_net_set_text(net, "optimizer=adam learning_rate=0.05"));
    need(bp_train_create(&train, net, rows, NULL));
    with_callback(train, net, empty);
    assert_non_null(strstr(bp_last_error(), "bp_train_run: the callback returned 1 after epoch 1: bp_net_evaluate: "));
    with_callback(train, net, test);
    need(bp_net_evaluate(net, test, BP_METRIC_ACCURACY, &right));
    need(bp_train_record(train, 0, BP_RECORD_EPOCH, &epochs));
    assert_true(right > 0.99 && epochs > 1 && epochs < 200);
    bp_train_destroy(train);
    bp_data_destroy(empty);
    bp_data_destroy(test);
    bp_data_destroy(rows);
    bp_data_destroy(all);
    bp_net_destroy(net);
}

/* ---- own batches: any rows, nothing allocated */

enum { MOST_SAMPLED = 8, SAMPLES = 5 };

static size_t samples_taken;

/* Fewer and fewer rows, some of them twice. */
static size_t sample(size_t *rows, size_t most)
{
    const size_t count = samples_taken < SAMPLES ? most - samples_taken : 0;
    for (size_t i = 0; i < count; i++)
        rows[i] = (i * i * 11 + samples_taken * 7) % TABLE_ROWS;
    samples_taken++;
    return count;
}

static void own_batches(bp_net *net, const bp_data *data)
{
    size_t rows[MOST_SAMPLED], count;
    bp_data *view;
    need(bp_data_create(&view, NULL));
    while ((count = sample(rows, MOST_SAMPLED)) != 0) {
        need(bp_data_show(view, data, rows, count));
        need(bp_net_train_rows(net, view, 0, count, NULL));
    }
    bp_data_destroy(view);
}

static void own_batches_train_as_packed_ones_do(void **state)
{
    const int32_t dtype = any_dtype(state);
    bp_net *net = class_net(dtype, 2), *packed = class_net(dtype, 2);
    bp_data *data = corners();
    size_t row[MOST_SAMPLED], count;
    samples_taken = 0;
    own_batches(net, data);
    samples_taken = 0;
    while ((count = sample(row, MOST_SAMPLED)) != 0) {
        double x[MOST_SAMPLED * 2];
        int32_t class_of[MOST_SAMPLED];
        for (size_t i = 0; i < count; i++) {
            any_ok(bp_data_copy_inputs(data, row[i], 1, BP_F64, x + i * 2));
            any_ok(bp_data_copy_labels(data, row[i], 1, class_of + i));
        }
        any_ok(any_train_labels(packed, x, class_of, count, NULL));
    }
    sparse_same_parameters(packed, net, "packed");
    bp_data_destroy(data);
    bp_net_destroy(net);
    bp_net_destroy(packed);
}

/* ---- every option, for a help page */

static char page[16384];

__attribute__((format(printf, 1, 2))) static void print(const char *format, ...)
{
    const size_t used = strlen(page);
    va_list arguments;
    va_start(arguments, format);
    assert_in_range(vsnprintf(page + used, sizeof(page) - used, format, arguments), 1, sizeof(page) - used - 1);
    va_end(arguments);
}

static void help(void)
{
    int32_t key;
    double low, high, first;
    for (size_t i = 0; (key = bp_key_at(BP_FAMILY_NET_OPTION, i)) != 0; i++) {
        print("%s: %s", bp_key_name(key), bp_key_help(key));
        if (bp_key_domain(key) == BP_DOMAIN_MEMBER)
            for (size_t j = 0; bp_key_at(bp_key_members(key), j) != 0; j++)
                print(" %s", bp_key_name(bp_key_at(bp_key_members(key), j)));
        else if (bp_key_bounds(key, &low, &high, &first) == BP_OK)
            print(" [%g, %g], %g unless set", low, high, first);
        print("\n");
    }
}

static void a_help_page_has_a_line_for_every_option(void **state)
{
    size_t lines = 0, options = 0;
    (void)state;
    page[0] = '\0';
    help();
    for (size_t i = 0; page[i]; i++)
        lines += page[i] == '\n';
    while (bp_key_at(BP_FAMILY_NET_OPTION, options) != 0)
        options++;
    assert_int_equal(lines, options);
    assert_non_null(strstr(page, "with sgd and rmsprop [0, 1], 0 unless set\nnesterov: "));
    assert_non_null(strstr(page, "loss: The loss that the training lowers squared "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(a_run_ends_when_the_callback_has_seen_enough),
        ANY_BOTH(own_batches_train_as_packed_ones_do),
        cmocka_unit_test(a_help_page_has_a_line_for_every_option),
    };
    return cmocka_run_group_tests_name("the interface in use", tests, NULL, NULL);
}
