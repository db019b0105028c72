/* SPDX-License-Identifier: MIT */
#include "checkpoint_fixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SGD                                                                                                            \
    {                                                                                                                  \
        BP_OPT_OPTIMIZER, BP_OPTIM_SGD                                                                                 \
    }
#define RATE(rate)                                                                                                     \
    {                                                                                                                  \
        BP_OPT_LEARNING_RATE, rate                                                                                     \
    }
#define METHOD(method)                                                                                                 \
    {                                                                                                                  \
        {BP_TRAIN_METHOD, method}, { BP_TRAIN_EPOCHS, 30 }                                                             \
    }
#define SCHEDULE(schedule)                                                                                             \
    {                                                                                                                  \
        BP_TRAIN_SCHEDULE, schedule                                                                                    \
    }

const struct kind kinds[] = {
    {"gradient descent", {SGD, RATE(0.1)}, {{0}}, 0, false},
    {"momentum", {SGD, RATE(0.1), {BP_OPT_MOMENTUM, 0.9}, {BP_OPT_NESTEROV, 1}}, {{0}}, 0, true},
    {"momentum that stands still", {SGD, RATE(0), {BP_OPT_MOMENTUM, 1}}, {{0}}, 0, false},
    {"adagrad", {{BP_OPT_OPTIMIZER, BP_OPTIM_ADAGRAD}}, {{0}}, 0, false},
    {"rmsprop", {{BP_OPT_OPTIMIZER, BP_OPTIM_RMSPROP}, {BP_OPT_MOMENTUM, 0.5}}, {{0}}, 0, false},
    {"adam", {{BP_OPT_OPTIMIZER, BP_OPTIM_ADAM}}, {{BP_TRAIN_BALANCE, 1}}, 0, true},
    {"adamw", {{BP_OPT_OPTIMIZER, BP_OPTIM_ADAMW}, RATE(0.02)}, {{BP_TRAIN_SEED, 12345678901}}, 0, false},
    {"rprop", {{BP_OPT_OPTIMIZER, BP_OPTIM_RPROP}}, {{BP_TRAIN_BATCH, 0}, {BP_TRAIN_EPOCHS, 20}}, 0, false},
    {"quickprop", {{BP_OPT_OPTIMIZER, BP_OPTIM_QUICKPROP}}, {{BP_TRAIN_BATCH, 45}, {BP_TRAIN_EPOCHS, 10}}, 0, false},
    {"dropout", {{BP_OPT_OPTIMIZER, BP_OPTIM_ADAM}}, {{BP_TRAIN_SHUFFLE, 0}}, 0.3, true},
    {"raw columns", {{BP_OPT_RAW, 1}, {BP_OPT_SCALE_INPUTS, BP_SCALE_NONE}}, {{0}}, 0, false},
    {"steps", {SGD, RATE(0.1)}, {SCHEDULE(BP_SCHEDULE_STEP), {BP_TRAIN_PERIOD, 2}}, 0, false},
    {"exponential", {SGD, RATE(0.1)}, {SCHEDULE(BP_SCHEDULE_EXPONENTIAL), {BP_TRAIN_DECAY, 0.7}}, 0, false},
    {"cosine", {SGD, RATE(0.1)}, {SCHEDULE(BP_SCHEDULE_COSINE), {BP_TRAIN_WARMUP, 1.5}}, 0, true},
    {"plateau", {SGD, RATE(0.5)}, {SCHEDULE(BP_SCHEDULE_PLATEAU), {BP_TRAIN_PERIOD, 1}}, 0, true},
    {"a longer plateau", {SGD, RATE(3)}, {SCHEDULE(BP_SCHEDULE_PLATEAU), {BP_TRAIN_PERIOD, 2}}, 0, false},
    {"one cycle", {SGD, RATE(0.1), {BP_OPT_MOMENTUM, 0.9}}, {SCHEDULE(BP_SCHEDULE_ONE_CYCLE)}, 0, false},
    {"impatient", {SGD, RATE(3)}, {{BP_TRAIN_PATIENCE, 2}, {BP_TRAIN_EPOCHS, 8}}, 0, true},
    {"l-bfgs", {{BP_OPT_L2, 1e-3}}, METHOD(BP_METHOD_LBFGS), 0, true},
    {"scaled conjugate gradient", {{0}}, {{BP_TRAIN_METHOD, BP_METHOD_SCG}, {BP_TRAIN_EPOCHS, 60}}, 0, false},
    {"irprop+", {RATE(1)}, METHOD(BP_METHOD_IRPROP_PLUS), 0, true},
    {"levenberg-marquardt", {{BP_OPT_LOSS, BP_LOSS_SQUARED}}, METHOD(BP_METHOD_LM), 0, false},
    {"bayesian regularisation", {{BP_OPT_LOSS, BP_LOSS_SQUARED}}, METHOD(BP_METHOD_BR), 0, false},
    {0},
};

enum { ROWS = 90, INPUTS = 4, CLASSES = 3, HIDDEN = 5 };

/* Three noisy heaps, which a net learns to separate, but never completely. */
static bp_data *heaps(uint64_t seed, const bp_allocator *allocator)
{
    double x[ROWS * INPUTS];
    int32_t labels[ROWS];
    bp_data *data = NULL;
    for (size_t i = 0; i < ROWS; i++) {
        labels[i] = (int32_t)(i % 7 % CLASSES); /* of classes that are not equally many */
        for (size_t k = 0; k < INPUTS; k++)
            x[i * INPUTS + k] = (labels[i] == (int32_t)k ? 3 : 2) + any_uniform(&seed, -1, 1);
    }
    assert_int_equal(bp_data_create(&data, allocator), BP_OK);
    assert_int_equal(bp_data_set_inputs(data, BP_F64, x, ROWS, INPUTS, 0, BP_HOLD_COPY), BP_OK);
    assert_int_equal(bp_data_set_labels(data, BP_I32, labels, CLASSES, BP_HOLD_COPY), BP_OK);
    return data;
}

static struct course begin_on(const struct kind *kind, int32_t dtype, bp_data *data, bp_data *validation, size_t hidden,
                              const bp_allocator *allocator)
{
    struct course c = {.kind = kind, .data = data, .validation = validation};
    any_ok(allocator ? bp_net_create_with(&c.net, dtype, bp_data_inputs(data), allocator)
                     : bp_net_create(&c.net, dtype, bp_data_inputs(data)));
    any_ok(bp_net_add_dense(c.net, hidden, BP_ACT_TANH));
    if (kind->dropout > 0)
        any_ok(any_add_dropout(c.net, kind->dropout));
    any_ok(bp_net_add_dense(c.net, bp_data_classes(data), BP_ACT_SOFTMAX));
    any_ok(bp_net_init(c.net, 7));
    any_ok(bp_net_set(c.net, BP_OPT_LOSS, BP_LOSS_CROSS_ENTROPY));
    for (size_t i = 0; i < MOST_SETTINGS && kind->net[i].key != 0; i++)
        any_ok(bp_net_set(c.net, kind->net[i].key, kind->net[i].value));
    assert_int_equal(bp_train_create(&c.train, c.net, data, validation), BP_OK);
    assert_int_equal(bp_train_set(c.train, BP_TRAIN_BATCH, 32), BP_OK);
    assert_int_equal(bp_train_set(c.train, BP_TRAIN_EPOCHS, 6), BP_OK);
    for (size_t i = 0; i < MOST_SETTINGS && kind->train[i].key != 0; i++)
        assert_int_equal(bp_train_set(c.train, kind->train[i].key, kind->train[i].value), BP_OK);
    return c;
}

struct course checkpoint_begin(const struct kind *kind, int32_t dtype)
{
    return checkpoint_begin_with(kind, dtype, NULL);
}

struct course checkpoint_begin_with(const struct kind *kind, int32_t dtype, const bp_allocator *allocator)
{
    return begin_on(kind, dtype, heaps(1, allocator), kind->judged ? heaps(2, allocator) : NULL, HIDDEN, allocator);
}

struct course checkpoint_begin_on(const struct kind *kind, int32_t dtype, bp_data *data, bp_data *validation,
                                  size_t hidden)
{
    return begin_on(kind, dtype, data, validation, hidden, NULL);
}

static void drop(struct course *course)
{
    bp_train_destroy(course->train);
    bp_net_destroy(course->net);
    course->train = NULL;
    course->net = NULL;
}

void checkpoint_end(struct course *course)
{
    drop(course);
    bp_data_destroy(course->data);
    bp_data_destroy(course->validation);
}

/* ---- files in memory */

struct file checkpoint_save(const bp_train *train)
{
    struct file file = {NULL, 0};
    any_ok(bp_train_save_memory(train, NULL, 0, &file.size));
    file.bytes = malloc(file.size);
    assert_non_null(file.bytes);
    any_ok(bp_train_save_memory(train, file.bytes, file.size, NULL));
    return file;
}

bp_status checkpoint_load(bp_train **train, bp_net **net, struct file file, const bp_data *data,
                          const bp_data *validation)
{
    *train = NULL;
    bp_status status = bp_net_load_memory(net, file.bytes, file.size, NULL);
    if (status == BP_OK)
        status = bp_train_create(train, *net, data, validation);
    if (status == BP_OK)
        status = bp_train_load_memory(*train, file.bytes, file.size);
    if (status == BP_OK)
        return BP_OK;
    bp_train_destroy(*train);
    bp_net_destroy(*net);
    *train = NULL;
    *net = NULL;
    return status;
}

void checkpoint_again(struct course *course)
{
    const struct file file = checkpoint_save(course->train);
    drop(course);
    const bp_status status = checkpoint_load(&course->train, &course->net, file, course->data, course->validation);
    if (status != BP_OK)
        print_error("%s\n", bp_last_error());
    assert_int_equal(status, BP_OK);
    const struct file same = checkpoint_save(course->train);
    assert_int_equal(same.size, file.size);
    assert_memory_equal(same.bytes, file.bytes, file.size);
    free(same.bytes);
    free(file.bytes);
}

/* ---- courses */

void checkpoint_go(struct course *course, size_t batches)
{
    const bp_status status = bp_train_batches(course->train, batches);
    if (status != BP_OK && status != BP_DONE)
        print_error("%s\n", bp_last_error());
    assert_true(status == BP_OK || status == BP_DONE);
}

static double value_of(const bp_train *train, int32_t key)
{
    double value;
    assert_int_equal(any_ask(train, key, &value), BP_OK);
    return value;
}

static void same_value(double a, double b)
{
    if (!isnan(a) || !isnan(b))
        assert_memory_equal(&a, &b, sizeof(a));
}

static void same_values(const bp_train *a, const bp_train *b)
{
    static const int32_t keys[] = {BP_RECORD_EPOCH, BP_RECORD_BEST_EPOCH, BP_RECORD_BEST_LOSS, BP_RECORD_STOP,
                                   BP_RECORD_MU,    BP_RECORD_ALPHA,      BP_RECORD_BETA,      BP_RECORD_GAMMA};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        same_value(value_of(a, keys[i]), value_of(b, keys[i]));
}

static void same_records(const bp_train *a, const bp_train *b)
{
    static const int32_t columns[] = {BP_RECORD_LOSS,           BP_RECORD_ACCURACY, BP_RECORD_VALID_LOSS,
                                      BP_RECORD_VALID_ACCURACY, BP_RECORD_RATE,     BP_RECORD_GRADIENT,
                                      BP_RECORD_WARNING};
    const size_t epochs = (size_t)value_of(a, BP_RECORD_EPOCH);
    for (size_t epoch = 1; epoch <= epochs; epoch++)
        for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
            double of_a, of_b;
            assert_int_equal(bp_train_record(a, epoch, columns[i], &of_a), BP_OK);
            assert_int_equal(bp_train_record(b, epoch, columns[i], &of_b), BP_OK);
            same_value(of_a, of_b);
        }
}

void checkpoint_same(const struct course *a, const struct course *b)
{
    const struct file of_a = files_save_state(a->net), of_b = files_save_state(b->net);
    const bool same = of_a.size == of_b.size && memcmp(of_a.bytes, of_b.bytes, of_a.size) == 0;
    if (!same)
        print_error("%s, after epoch %g\n", a->kind->name, value_of(a->train, BP_RECORD_EPOCH));
    assert_true(same);
    free(of_a.bytes);
    free(of_b.bytes);
    same_values(a->train, b->train);
    same_records(a->train, b->train);
}
