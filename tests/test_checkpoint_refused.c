/* SPDX-License-Identifier: MIT
 *
 * Checkpoints from which no training can continue. */
#include <stdlib.h>
#include <string.h>

#include "checkpoint_fixture.h"

/* A number of the state in the header. */
#define STATE(name) "\"bp.train.state." name "\":\""

struct refusal {
    const char *kind, *old, *new, *sentence;
    bp_status status;
};

/* Replaces this text of the file by another. */
static const struct refusal refusals[] = {
    {"momentum", "\"bp.train.rows\":\"90\"", "\"bp.train.rows\":\"91\"", "was saved with 91 rows", BP_ERR_SHAPE},
    {"momentum", "\"bp.train.valid_rows\":\"90\"", "\"bp.train.valid_rows\":\"0\"", "with 0 rows in the validation",
     BP_ERR_SHAPE},
    {"momentum", "\"bp.train.rows\"", "\"xp.train.rows\"", "is the file of a net", BP_ERR_FORMAT},
    {"momentum", "bp.train.option.batch\":\"", "bp.train.option.batch\":\"0.5", "batch: batch is 0.532", BP_ERR_FORMAT},
    {"momentum", "bp.train.option.batch", "bp.train.option.botch", "botch", BP_ERR_FORMAT},
    {"momentum", STATE("done"), STATE("done") "1", "state.done has a value", BP_ERR_FORMAT},
    {"momentum", STATE("done"), STATE("done") "-", "a whole number", BP_ERR_FORMAT},
    {"momentum", STATE("right"), STATE("right") "7", "state.right has a value", BP_ERR_FORMAT},
    {"momentum", STATE("scheduled") "0", STATE("scheduled") "2", "state.scheduled is 2", BP_ERR_FORMAT},
    {"momentum", STATE("scheduled") "0", STATE("scheduled") "1", "state.rate has a value", BP_ERR_FORMAT},
    {"momentum", STATE("rate") "nan", STATE("rate") "-1", "state.rate has a value", BP_ERR_FORMAT},
    {"momentum", STATE("rate") "nan", STATE("rate") "inf", "state.rate has a value", BP_ERR_FORMAT},
    {"momentum", STATE("rate") "nan", STATE("rate") "none", "rate is \"none\"", BP_ERR_FORMAT},
    {"momentum", STATE("order.seed"), STATE("order.seed") "-1", "order.seed has a value", BP_ERR_FORMAT},
    {"momentum", STATE("order.seed") "0", STATE("order.seed") "nan", "order.seed has a value", BP_ERR_FORMAT},
    {"momentum", STATE("scaling") "2", STATE("scaling") "3", "state.scaling has a value", BP_ERR_FORMAT},
    {"momentum", STATE("scaling") "2", STATE("scaling") "4294967296", "too large", BP_ERR_FORMAT},
    {"momentum", STATE("best_epoch") "1", STATE("best_epoch") "9", "best_epoch has a value", BP_ERR_FORMAT},
    {"momentum", STATE("best_epoch") "1", STATE("best_epoch") "0", "train.best", BP_ERR_FORMAT},
    {"momentum", STATE("stop") "0", STATE("stop") "9811", "state.stop has a value", BP_ERR_FORMAT},
    {"momentum", STATE("stop"), "\"bp.train.state.halt\":\"", "have no bp.train.state.stop", BP_ERR_FORMAT},
    {"momentum", "\"bp.train.begun\":\"0\"", "\"bp.train.begun\":\"1\"", "does not fit the method", BP_ERR_FORMAT},
    {"momentum", "\"bp.train.begun\":\"0\"", "\"bp.train.begun\":\"2\"", "begun is 2", BP_ERR_FORMAT},
    {"momentum", "\"train.best\"", "\"train.bast\"", "no tensor \"train.best\"", BP_ERR_FORMAT},
    {"momentum", "\"train.loss\"", "\"train.lass\"", "best_epoch has a value", BP_ERR_FORMAT},
    {"momentum", "\"train.accuracy\"", "\"train.accurate\"", "no tensor \"train.accuracy\"", BP_ERR_FORMAT},
    {"momentum", "\"optimizer.0.layers.1.bias\"", "\"optimizer.0.layers.1.bios\"", "optimizer.0.layers.1.bias",
     BP_ERR_FORMAT},
    {"momentum", "\"optimizer.0.layers.0.weight\"", "\"optimizer.2.layers.0.weight\"", "belongs to no layer",
     BP_ERR_FORMAT},
    {"momentum", "\"bp.optimizer.steps\":\"4\"", "\"bp.optimizer.steps\":\"0\"", "belongs to no layer", BP_ERR_FORMAT},
    {"momentum", "\"optimizer.0.layers.1.weight\"", "\"optimizer.0.layers.1.wait\"",
     "no tensor \"optimizer.0.layers.1.weight\"", BP_ERR_FORMAT},
    {"momentum", "\"train.accuracy\":{\"dtype\":\"F64\",\"shape\":[1]",
     "\"train.accuracy\":{\"dtype\":\"F32\",\"shape\":[2]",
     "\"train.accuracy\" has 2 numbers of F32: it must be [1] of F64", BP_ERR_FORMAT},
    {"momentum", "\"train.accuracy\":{\"dtype\":\"F64\",\"shape\":[1]",
     "\"train.accuracy\":{\"dtype\":\"F64\",\"shape\":[1,1]", "it must be [1] of F64", BP_ERR_FORMAT},
    {"gradient descent", "\"train.loss\"", "\"train.less\"", "\"train.less\" belongs to no training", BP_ERR_FORMAT},
    {"momentum", "\"bp.optimizer.steps\":\"", "\"bp.optimizer.steps\":\"9999999999999999999", "less than 2^64",
     BP_ERR_FORMAT},
    {"momentum", "\"bp.optimizer.steps\":\"4\"", "\"bp.optimizer.steps\":\"18446744073709551615\"",
     "no optimiser can have taken so many", BP_ERR_FORMAT},
    {"momentum", STATE("failure.row") "0", STATE("failure.row") "18446744073709551615", "failure.row has a value",
     BP_ERR_FORMAT},
    {"momentum", STATE("failure.layer") "0", STATE("failure.layer") "4000000000", "failure.layer has a value",
     BP_ERR_FORMAT},
    {"momentum", "bp.train.option.mu\"", "bp.train.option.lapack\"", "does not know", BP_ERR_FORMAT},
    {"l-bfgs", STATE("lbfgs.pairs"), STATE("lbfgs.pairs") "7", "lbfgs.pairs has a value", BP_ERR_FORMAT},
    {"l-bfgs", STATE("lbfgs.next"), STATE("lbfgs.next") "1", "lbfgs.next has a value", BP_ERR_FORMAT},
    {"l-bfgs", STATE("method.print"), STATE("method.print") "99999999999", "less than 2^64", BP_ERR_FORMAT},
    {"l-bfgs", STATE("done"), STATE("done") "1\",\"x\":\"", "state.done has a value", BP_ERR_FORMAT}, /* all or none */
    {"l-bfgs", "\"train.lbfgs.s\"", "\"train.lbfgs.t\"", "no tensor \"train.lbfgs.s\"", BP_ERR_FORMAT},
    {"l-bfgs", "\"bp.train.begun\":\"1\"", "\"bp.train.begun\":\"0\"", "\"train.point.x\" belongs to no",
     BP_ERR_FORMAT},
    {"levenberg-marquardt", STATE("squares.mu"), STATE("squares.mu") "-", "squares.mu has a value", BP_ERR_FORMAT},
    {"bayesian regularisation", STATE("squares.mu"), STATE("squares.mu") "0\",\"x\":\"", "squares.mu has a value",
     BP_ERR_FORMAT},
    {"scaled conjugate gradient", STATE("scg.fresh"), STATE("scg.fresh") "2", "scg.fresh is 2", BP_ERR_FORMAT},
};

/* Checks that the training refuses the file, and that it and its net are as they were. */
static void expect_refusal(bp_train *train, struct file file, bp_status status, const char *sentence)
{
    const struct file before = checkpoint_save(train);
    const bp_status got = bp_train_load_memory(train, file.bytes, file.size);
    if (got != status || !strstr(bp_last_error(), sentence))
        print_error("%s: %d, %s\n", sentence, (int)got, bp_last_error());
    assert_int_equal(got, status);
    assert_non_null(strstr(bp_last_error(), sentence));
    assert_memory_equal(bp_last_error(), "bp_train_load_memory: ", 22);
    const struct file after = checkpoint_save(train);
    assert_int_equal(after.size, before.size);
    assert_memory_equal(after.bytes, before.bytes, before.size);
    free(after.bytes);
    free(before.bytes);
}

static void try_refusal(const struct refusal *refusal, int32_t dtype)
{
    const struct kind *kind = kinds;
    while (strcmp(kind->name, refusal->kind) != 0)
        kind++;
    struct course course = checkpoint_begin(kind, dtype);
    checkpoint_go(&course, 4);
    const struct file good = checkpoint_save(course.train), bad = files_edit(good, refusal->old, refusal->new);
    expect_refusal(course.train, bad, refusal->status, refusal->sentence);
    free(bad.bytes);
    free(good.bytes);
    checkpoint_end(&course);
}

static void a_file_that_cannot_be_is_refused_with_a_sentence_that_says_where(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
        try_refusal(&refusals[i], dtype);
}

/* The last numbers of a file are those of the last vector; the best parameters come before them. */
static void best_parameters_and_state_must_be_finite(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct course course = checkpoint_begin(&kinds[1], dtype);
    checkpoint_go(&course, 4);
    const struct file file = checkpoint_save(course.train);
    const size_t size = dtype == BP_F32 ? sizeof(float) : sizeof(double), parameters = any_parameters(course.net),
                 record = 8 * sizeof(double);
    const size_t best = file.size - record - parameters * size, state_at = best - parameters * size;
    const size_t places[] = {best, state_at};
    for (size_t i = 0; i < 2; i++) {
        unsigned char kept[8];
        memcpy(kept, file.bytes + places[i], size);
        memset(file.bytes + places[i], 0xff, size);
        expect_refusal(course.train, file, BP_ERR_NONFINITE,
                       i == 0 ? "\"train.best\": number 0" : "\"optimizer.0.layers.0.weight\": number 0");
        memcpy(file.bytes + places[i], kept, size);
    }
    free(file.bytes);
    checkpoint_end(&course);
}

/* Two vectors of L-BFGS change their names. */
static void a_vector_of_another_length_is_refused(void **state)
{
    const int32_t dtype = any_dtype(state);
    const struct kind *kind = kinds;
    while (strcmp(kind->name, "l-bfgs") != 0)
        kind++;
    struct course course = checkpoint_begin(kind, dtype);
    checkpoint_go(&course, 4);
    const struct file good = checkpoint_save(course.train);
    const struct file one = files_edit(good, "\"train.lbfgs.y\"", "\"train.lbfgs.z\"");
    const struct file two = files_edit(one, "\"train.lbfgs.product\"", "\"train.lbfgs.y\"");
    const struct file bad = files_edit(two, "\"train.lbfgs.z\"", "\"train.lbfgs.product\"");
    bp_train *alone; /* without validation data, which the file's training has */
    any_ok(bp_train_create(&alone, course.net, course.data, NULL));
    expect_refusal(alone, bad, BP_ERR_SHAPE, "90 rows in the validation data, which now has 0");
    bp_train_destroy(alone);
    expect_refusal(course.train, bad, BP_ERR_FORMAT,
                   "\"train.lbfgs.y\" has 10 numbers of F64: it must be [430] of F64");
    free(bad.bytes);
    free(two.bytes);
    free(one.bytes);
    free(good.bytes);
    checkpoint_end(&course);
}

/* The number is finite, but would not be after a step: the step is not made. */
static void a_state_that_has_grown_huge_lets_no_weight_become_infinite(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct course course = checkpoint_begin(&kinds[1], dtype);
    checkpoint_go(&course, 4);
    const struct file file = checkpoint_save(course.train);
    const size_t size = dtype == BP_F32 ? sizeof(float) : sizeof(double), parameters = any_parameters(course.net),
                 record = 8 * sizeof(double);
    unsigned char *at = file.bytes + file.size - record - 2 * parameters * size;
    for (size_t i = 0; i < parameters; i++)
        memcpy(at + i * size, dtype == BP_F32 ? (const void *)&(float){-3e38f} : (const void *)&(double){-1.7e308},
               size);
    struct course huge = {.kind = course.kind, .data = course.data, .validation = course.validation};
    assert_int_equal(checkpoint_load(&huge.train, &huge.net, file, course.data, course.validation), BP_OK);
    any_ok(bp_net_set(huge.net, BP_OPT_LEARNING_RATE, 100));
    assert_int_equal(bp_train_batches(huge.train, 1), BP_ERR_NONFINITE);
    double before[64], after[64];
    any_ok(any_get_parameters(course.net, before));
    any_ok(any_get_parameters(huge.net, after));
    any_same_bits(before, after, parameters);
    bp_train_destroy(huge.train);
    bp_net_destroy(huge.net);
    free(file.bytes);
    checkpoint_end(&course);
}

static void a_mean_of_squares_must_not_be_negative(void **state)
{
    static const char *const names[] = {"adam", "rmsprop", "adagrad"};
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < 3; i++) {
        const struct kind *kind = kinds;
        while (strcmp(kind->name, names[i]) != 0)
            kind++;
        struct course course = checkpoint_begin(kind, dtype);
        checkpoint_go(&course, 4);
        const struct file file = checkpoint_save(course.train);
        const size_t size = dtype == BP_F32 ? sizeof(float) : sizeof(double), parameters = any_parameters(course.net),
                     record = 8 * sizeof(double);
        const size_t states = i == 2 ? 1 : 2, best = kind->judged ? parameters : 0;
        unsigned char *first = file.bytes + file.size - record - (best + states * parameters) * size;
        memcpy(first, dtype == BP_F32 ? (const void *)&(float){-1} : (const void *)&(double){-1}, size);
        expect_refusal(course.train, file, BP_ERR_FORMAT,
                       "\"optimizer.0.layers.0.weight\": number 0 is -1: a square cannot be negative");
        free(file.bytes);
        checkpoint_end(&course);
    }
}

static void data_that_do_not_fit_are_refused(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct course course = checkpoint_begin(&kinds[1], dtype);
    const struct file file = checkpoint_save(course.train);
    bp_train *train;
    bp_data *few, *others;
    assert_int_equal(bp_data_split(course.data, 0.5, 1, &few, &others), BP_OK);
    any_ok(bp_train_create(&train, course.net, few, course.validation));
    expect_refusal(train, file, BP_ERR_SHAPE, "was saved with 90 rows in the data set, which now has 45");
    bp_train_destroy(train);
    any_ok(bp_train_create(&train, course.net, course.data, NULL));
    expect_refusal(train, file, BP_ERR_SHAPE, "90 rows in the validation data, which now has 0");
    bp_train_destroy(train);
    bp_data_destroy(few);
    bp_data_destroy(others);
    free(file.bytes);
    checkpoint_end(&course);
}

/* A net of another number type, or of other layers, for the rows of a course. */
static void nets_that_do_not_fit_are_refused(void **state)
{
    static const struct {
        struct any_layer layers[3];
        size_t count;
        const char *sentence;
    } rows[] = {
        {{{6, BP_ACT_TANH, 0, 0}, {3, BP_ACT_SOFTMAX, 0, 0}},
         2,
         "layer 0 is 5 units, tanh, and that of the training's net is 6 units, tanh"},
        {{{5, BP_ACT_RELU, 0, 0}, {3, BP_ACT_SOFTMAX, 0, 0}}, 2, "that of the training's net is 5 units, relu"},
        {{{5, BP_ACT_TANH, BP_BIAS_NONE, 0}, {3, BP_ACT_SOFTMAX, 0, 0}}, 2, "layer 0 is 5 units, tanh, and that"},
        {{{0, 0, 0, 0.5}, {3, BP_ACT_SOFTMAX, 0, 0}}, 2, "layer 0 is 5 units, tanh, and that of the training's net is"},
        {{{5, BP_ACT_TANH, 0, 0}, {0, 0, 0, 0.5}, {3, BP_ACT_SOFTMAX, 0, 0}},
         3,
         "has 4 inputs and 2 layers, and the net of the training has 4 inputs and 3 layers"},
    };
    const int32_t dtype = any_dtype(state), other = dtype == BP_F32 ? BP_F64 : BP_F32;
    struct course course = checkpoint_begin(&kinds[1], dtype);
    const struct file file = checkpoint_save(course.train);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bp_net *net = any_net(dtype, 4, rows[i].layers, rows[i].count, 1);
        bp_train *train;
        any_ok(bp_net_set(net, BP_OPT_LOSS, BP_LOSS_CROSS_ENTROPY));
        any_ok(bp_train_create(&train, net, course.data, course.validation));
        expect_refusal(train, file, BP_ERR_SHAPE, rows[i].sentence);
        bp_train_destroy(train);
        bp_net_destroy(net);
    }
    bp_data *narrow;
    const double x[3] = {1, 2, 3};
    const int32_t labels[3] = {0, 1, 2};
    any_ok(bp_data_create(&narrow, NULL));
    any_ok(bp_data_set_inputs(narrow, BP_F64, x, 3, 1, 0, BP_HOLD_COPY));
    any_ok(bp_data_set_labels(narrow, BP_I32, labels, 3, BP_HOLD_COPY));
    struct course of_narrow = checkpoint_begin_on(&kinds[0], dtype, narrow, NULL, 5);
    expect_refusal(of_narrow.train, file, BP_ERR_SHAPE,
                   "has 4 inputs and 2 layers, and the net of the training has 1 input and 2 layers");
    checkpoint_end(&of_narrow);
    if (dtype_built(other)) {
        struct course of_other = checkpoint_begin(&kinds[1], other);
        expect_refusal(of_other.train, file, BP_ERR_UNSUPPORTED,
                       dtype == BP_F32 ? "is of f32, and the net of the training is of f64"
                                       : "is of f64, and the net of the training is of f32");
        checkpoint_end(&of_other);
    }
    free(file.bytes);
    checkpoint_end(&course);
}

static void a_file_of_a_net_alone_is_refused(void **state)
{
    struct course course = checkpoint_begin(&kinds[1], any_dtype(state));
    const struct file file = files_save_state(course.net);
    expect_refusal(course.train, file, BP_ERR_FORMAT, "is the file of a net");
    free(file.bytes);
    checkpoint_end(&course);
}

/* ---- every truncation, and changes of every byte */

/* A training that loads files in turn, and the file that it saves now. */
struct trial {
    bp_train *train;
    struct file now;
};

/* Whether the file was refused; then nothing has changed. If not, the training continues and can be saved. */
static bool is_refused(struct trial *trial, struct file file)
{
    const bp_status status = bp_train_load_memory(trial->train, file.bytes, file.size);
    if (status == BP_OK)
        (void)bp_train_batches(trial->train, 1);
    else if (strncmp(bp_last_error(), "bp_train_load_memory: ", 22) != 0)
        fail_msg("%d without a sentence", (int)status);
    const struct file after = checkpoint_save(trial->train);
    if (status != BP_OK) {
        assert_int_equal(after.size, trial->now.size);
        assert_memory_equal(after.bytes, trial->now.bytes, after.size);
    }
    free(trial->now.bytes);
    trial->now = after;
    return status != BP_OK;
}

static void a_damaged_file_is_refused_or_another_training(void **state)
{
    const int32_t dtype = any_dtype(state);
    size_t refused = 0, taken = 0;
    struct course course = checkpoint_begin(&kinds[1], dtype);
    checkpoint_go(&course, 4);
    const struct file file = checkpoint_save(course.train);
    struct trial trial = {course.train, checkpoint_save(course.train)};
    for (size_t size = 0; size < file.size; size++)
        assert_true(is_refused(&trial, (struct file){file.bytes, size}));
    for (size_t at = 0; at < file.size; at++) {
        const unsigned char kept = file.bytes[at];
        for (int bit = 0; bit < 8; bit += 4) {
            file.bytes[at] = (unsigned char)(kept ^ 1u << bit);
            *(is_refused(&trial, file) ? &refused : &taken) += 1;
        }
        file.bytes[at] = kept;
    }
    assert_true(refused > file.size && taken > file.size / 4); /* most of the header; numbers, and digits of others */
    free(trial.now.bytes);
    free(file.bytes);
    checkpoint_end(&course);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(a_file_that_cannot_be_is_refused_with_a_sentence_that_says_where),
        ANY_BOTH(best_parameters_and_state_must_be_finite),
        ANY_BOTH(a_vector_of_another_length_is_refused),
        ANY_BOTH_MASKED(a_state_that_has_grown_huge_lets_no_weight_become_infinite),
        ANY_BOTH(a_mean_of_squares_must_not_be_negative),
        ANY_BOTH(data_that_do_not_fit_are_refused),
        ANY_BOTH(nets_that_do_not_fit_are_refused),
        ANY_BOTH(a_file_of_a_net_alone_is_refused),
        ANY_BOTH(a_damaged_file_is_refused_or_another_training),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
