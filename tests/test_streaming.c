/* SPDX-License-Identifier: MIT
 *
 * Large data: borrowed arrays are not copied, and what is read is held about once. An allocator of this test counts the
 * allocated bytes, and the most that there ever were. `test_streaming --all` takes a million rows and prints its
 * measurements. */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "any.h"
#include "read_file.h"

enum { COLUMNS = 100, BATCH = 64, MEMORY_OF_TRAINING = 4 << 20 };

static size_t rows_of_arrays = 100000, rows_of_file = 12000;
static bool prints;

/* ---- an allocator that counts */

struct counter {
    size_t out, most;
};

static void *count_allocate(void *user, size_t size)
{
    struct counter *c = user;
    c->out += size;
    c->most = c->out > c->most ? c->out : c->most;
    return malloc(size);
}

static void count_release(void *user, void *memory, size_t size)
{
    struct counter *c = user;
    c->out -= size;
    free(memory);
}

static bp_allocator counting(struct counter *c)
{
    return (bp_allocator){sizeof(bp_allocator), c, count_allocate, count_release};
}

/* ---- what is printed */

static double now(void)
{
    struct timespec t = {0};
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void report(const char *what, double seconds, const struct counter *c, size_t numbers)
{
    struct rusage usage;
    if (!prints || getrusage(RUSAGE_SELF, &usage) != 0)
        return;
    print_message(
        "%s: %.1f s, %.1f MB of our own at most, beside %.1f MB of numbers; the process had %.1f MB at most\n", what,
        seconds, (double)c->most / 1e6, (double)numbers / 1e6, (double)usage.ru_maxrss / 1e3);
}

/* ---- arrays */

/* Ones and zeros; the label is one of them, so that a net learns it at once. */
static float *make_rows(size_t rows, int32_t *labels)
{
    float *x = malloc(rows * COLUMNS * sizeof(*x));
    assert_non_null(x);
    for (size_t row = 0; row < rows; row++) {
        labels[row] = (int32_t)(row * 7 % 13 % 2);
        for (size_t i = 0; i < COLUMNS; i++)
            x[row * COLUMNS + i] = (float)((row * 31 + i * 17) % 8) / 8 - 0.5f;
        x[row * COLUMNS] = (float)labels[row];
    }
    return x;
}

static bp_net *make_net(const bp_allocator *allocator)
{
    bp_net *net = NULL;
    any_ok(bp_net_create_with(&net, BP_F32, COLUMNS, allocator));
    any_ok(bp_net_add_dense(net, 8, BP_ACT_TANH));
    any_ok(bp_net_add_dense(net, 2, BP_ACT_SOFTMAX));
    any_ok(bp_net_set(net, BP_OPT_LOSS, BP_LOSS_CROSS_ENTROPY));
    any_ok(bp_net_init(net, 1));
    return net;
}

/* An epoch over borrowed rows, which are split, shuffled, scaled, validated and examined. */
static void train_on(const float *x, const int32_t *labels, size_t rows, const bp_allocator *allocator)
{
    bp_data *data = NULL, *learn = NULL, *judge = NULL;
    bp_net *net = make_net(allocator);
    bp_train *train = NULL;
    size_t findings;
    double accuracy;
    assert_int_equal(bp_data_create(&data, allocator), BP_OK);
    assert_int_equal(bp_data_set_inputs(data, BP_F32, x, rows, COLUMNS, 0, BP_HOLD_BORROW), BP_OK);
    assert_int_equal(bp_data_set_labels(data, BP_I32, labels, 2, BP_HOLD_BORROW), BP_OK);
    assert_int_equal(bp_data_split(data, 0.9, 1, &learn, &judge), BP_OK);
    assert_int_equal(bp_train_create(&train, net, learn, judge), BP_OK);
    assert_int_equal(bp_train_set(train, BP_TRAIN_BATCH, BATCH), BP_OK);
    assert_int_equal(bp_train_set(train, BP_TRAIN_EPOCHS, 1), BP_OK);
    assert_int_equal(bp_train_diagnose(train, &findings), BP_OK);
    assert_int_equal(bp_train_run(train, NULL, NULL), BP_OK);
    assert_int_equal(bp_train_record(train, 0, BP_RECORD_VALID_ACCURACY, &accuracy), BP_OK);
    assert_true(accuracy > 0.9); /* it has seen the rows */
    bp_train_destroy(train);
    bp_net_destroy(net);
    bp_data_destroy(data);
    bp_data_destroy(learn);
    bp_data_destroy(judge);
}

/* The memory for indices of the split, of the handles and order of the training, and a few megabytes. */
static void borrowed_rows_are_not_copied(void **state)
{
    (void)state;
    any_need(BP_F32);
    const size_t rows = rows_of_arrays, numbers = rows * COLUMNS * sizeof(float);
    struct counter counter = {0};
    const bp_allocator allocator = counting(&counter);
    int32_t *labels = calloc(rows, sizeof(*labels));
    assert_non_null(labels);
    float *x = make_rows(rows, labels);
    const double start = now();
    train_on(x, labels, rows, &allocator);
    report("an epoch over borrowed rows", now() - start, &counter, numbers);
    assert_true(counter.most <= 4 * rows * sizeof(size_t) + MEMORY_OF_TRAINING);
    assert_true(counter.most < numbers / 4);
    assert_int_equal(counter.out, 0);
    free(x);
    free(labels);
}

/* ---- files */

static char path[64];

static void remove_file(void) { (void)unlink(path); }

static void write_file(size_t rows)
{
    snprintf(path, sizeof(path), "/tmp/bp-streaming-XXXXXX");
    const int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    FILE *file = fdopen(descriptor, "w");
    assert_non_null(file);
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i <= COLUMNS; i++)
            assert_true(fprintf(file, "%u.%03u%c", (unsigned)(row + i) % 10, (unsigned)(row * 31 + i * 17) % 1000,
                                i < COLUMNS ? ',' : '\n') > 0);
    assert_int_equal(fclose(file), 0);
}

static void a_file_is_held_about_once(void **state)
{
    (void)state;
    const size_t rows = rows_of_file, numbers = rows * (COLUMNS + 1) * sizeof(double);
    struct counter counter = {0};
    const bp_allocator allocator = counting(&counter);
    bp_data *data = NULL;
    write_file(rows);
    atexit(remove_file);
    assert_int_equal(bp_data_create(&data, &allocator), BP_OK);
    const double start = now();
    assert_int_equal(read_csv(data, path, "-1"), BP_OK);
    report("a CSV file", now() - start, &counter, numbers);
    assert_int_equal(bp_data_rows(data), rows);
    assert_true(counter.most <= numbers + numbers / 10 + (1 << 20));
    assert_true(counter.out <= numbers + numbers / 10 + (1 << 20));
    bp_data_destroy(data);
    assert_int_equal(counter.out, 0);
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(borrowed_rows_are_not_copied),
        cmocka_unit_test(a_file_is_held_about_once),
    };
    if (count > 1 && strcmp(arguments[1], "--all") == 0) {
        rows_of_arrays = rows_of_file = 1000000;
        prints = true;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
