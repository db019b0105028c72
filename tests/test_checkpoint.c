/* SPDX-License-Identifier: MIT
 *
 * A training that is saved and gone on with, and a net that is saved with its optimiser. test_checkpoint --corpus FOLDER writes
 * the files of tests/vectors/files. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "checkpoint_fixture.h"

static const size_t to_the_end = SIZE_MAX;

/* Stops before each of its batches and behind the last, and once at every one of them. */
static void a_training_comes_to_the_same_bits_wherever_it_was_saved_and_resumed(void **state)
{
    const int32_t dtype = any_dtype(state);
    files_need_loading();
    for (const struct kind *kind = kinds; kind->name; kind++) {
        struct course whole = checkpoint_begin(kind, dtype), halting = checkpoint_begin(kind, dtype);
        checkpoint_go(&whole, to_the_end);
        size_t batches = 0;
        for (bp_status status = BP_OK; status == BP_OK; batches++) {
            struct course parted = checkpoint_begin(kind, dtype);
            checkpoint_go(&parted, batches);
            checkpoint_again(&parted);
            checkpoint_go(&parted, to_the_end);
            checkpoint_same(&parted, &whole);
            checkpoint_end(&parted);
            checkpoint_again(&halting);
            status = bp_train_batches(halting.train, 1);
        }
        checkpoint_same(&halting, &whole);
        assert_true(batches > 5);
        checkpoint_end(&halting);
        checkpoint_end(&whole);
    }
}

static void a_checkpoint_is_a_model_file_of_its_net_with_the_optimiser(void **state)
{
    const int32_t dtype = any_dtype(state);
    files_need_loading();
    for (const struct kind *kind = kinds; kind->name; kind++) {
        struct course course = checkpoint_begin(kind, dtype);
        checkpoint_go(&course, 4);
        const struct file file = checkpoint_save(course.train);
        struct course loaded = {.kind = kind, .train = course.train};
        assert_int_equal(bp_net_load_memory(&loaded.net, file.bytes, file.size), BP_OK);
        checkpoint_same(&loaded, &course);
        bp_net_destroy(loaded.net);
        free(file.bytes);
        checkpoint_end(&course);
    }
}

/* ---- what is set between two batches stays set */

static void set(struct course *c, int32_t key, double value)
{
    assert_int_equal(bp_train_set(c->train, key, value), BP_OK);
}

static void another_seed_is_for_the_next_epoch(struct course *c)
{
    set(c, BP_TRAIN_SEED, 99);
    set(c, BP_TRAIN_SHUFFLE, 0);
}

static void another_schedule_is_for_the_next_batch(struct course *c)
{
    set(c, BP_TRAIN_SCHEDULE, BP_SCHEDULE_ONE_CYCLE);
}

static void a_momentum_that_rests_is_there_again(struct course *c)
{
    any_ok(c->net, bp_net_set(c->net, BP_OPT_MOMENTUM, 0));
    checkpoint_go(c, 1);
    checkpoint_again(c);
    any_ok(c->net, bp_net_set(c->net, BP_OPT_MOMENTUM, 0.5));
}

static void a_frozen_layer_is_for_the_next_batch(struct course *c)
{
    any_ok(c->net, bp_net_layer_set(c->net, 0, BP_LAYER_TRAIN_WEIGHTS, 0));
}

static void another_method_begins_anew(struct course *c)
{
    checkpoint_go(c, 2); /* of an epoch of 3 */
    set(c, BP_TRAIN_METHOD, BP_METHOD_LBFGS);
    checkpoint_go(c, 1);
}

static void a_cancelled_training_goes_on(struct course *c)
{
    bp_train_cancel(c->train);
    assert_int_equal(bp_train_epoch(c->train), BP_ERR_CANCELLED);
}

static void what_is_set_between_batches_stays_so(void **state)
{
    static void (*const changes[])(struct course *) = {
        another_seed_is_for_the_next_epoch,   another_schedule_is_for_the_next_batch,
        a_momentum_that_rests_is_there_again, a_frozen_layer_is_for_the_next_batch,
        another_method_begins_anew,           a_cancelled_training_goes_on};
    const int32_t dtype = any_dtype(state);
    files_need_loading();
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        struct course whole = checkpoint_begin(&kinds[1], dtype), parted = checkpoint_begin(&kinds[1], dtype);
        checkpoint_go(&whole, 4);
        changes[i](&whole);
        checkpoint_go(&parted, 4);
        checkpoint_again(&parted);
        changes[i](&parted);
        checkpoint_again(&parted);
        checkpoint_go(&whole, to_the_end);
        checkpoint_go(&parted, to_the_end);
        checkpoint_same(&parted, &whole);
        checkpoint_end(&whole);
        checkpoint_end(&parted);
    }
}

/* The loss has become another, so that the next iteration will refuse: the training can be opened all the same. */
static void a_method_that_can_no_longer_go_on_does_not_keep_the_file_shut(void **state)
{
    const int32_t dtype = any_dtype(state);
    files_need_loading();
    const struct kind *kind = kinds;
    while (strcmp(kind->name, "levenberg-marquardt") != 0)
        kind++;
    struct course course = checkpoint_begin(kind, dtype);
    checkpoint_go(&course, 3);
    any_ok(course.net, bp_net_set(course.net, BP_OPT_LOSS, BP_LOSS_CROSS_ENTROPY));
    const struct file file = checkpoint_save(course.train);
    bp_train_destroy(course.train);
    bp_net_destroy(course.net);
    assert_int_equal(checkpoint_load(&course.train, &course.net, file, course.data, NULL), BP_OK);
    free(file.bytes);
    assert_int_equal(bp_train_epoch(course.train), BP_ERR_UNSUPPORTED);
    set(&course, BP_TRAIN_METHOD, BP_METHOD_STEPS);
    assert_int_equal(bp_train_epoch(course.train), BP_OK);
    checkpoint_end(&course);
}

/* ---- a net that its user steps */

static void step(bp_net *net)
{
    const double x[8] = {0.1, -0.2, 0.3, 0.4, 0.5, -0.6, 0.7, 0.8}, target[2] = {0.5, -0.5};
    any_ok(net, any_train(net, x, target, 2, NULL));
}

static bp_net *stepped_net(int32_t dtype, int32_t optimizer)
{
    const struct any_layer layers[] = {{3, BP_ACT_TANH, 0, 0}, {0, 0, 0, 0.5}, {1, BP_ACT_IDENTITY, BP_BIAS_SHARED, 0}};
    bp_net *net = any_net(dtype, 4, layers, 3, 5);
    any_ok(net, bp_net_set(net, BP_OPT_OPTIMIZER, optimizer));
    any_ok(net, bp_net_set(net, BP_OPT_MOMENTUM, 0.9));
    for (int i = 0; i < 3; i++)
        step(net);
    return net;
}

static bp_net *again(const bp_net *net, int32_t flags)
{
    unsigned char bytes[8192];
    bp_net *copy = NULL;
    size_t size;
    any_ok(net, bp_net_save_memory_with(net, bytes, sizeof(bytes), &size, flags));
    any_ok(copy, bp_net_load_memory(&copy, bytes, size));
    return copy;
}

static bool same_after_steps(bp_net *a, bp_net *b)
{
    double of_a[64], of_b[64];
    for (int i = 0; i < 3; i++) {
        step(a);
        step(b);
    }
    any_ok(a, any_get_parameters(a, of_a));
    any_ok(b, any_get_parameters(b, of_b));
    return memcmp(of_a, of_b, bp_net_parameters(a) * sizeof(double)) == 0;
}

static void a_net_saved_with_its_optimiser_steps_on_as_if_it_had_not_stopped(void **state)
{
    const int32_t dtype = any_dtype(state);
    int32_t optimizer;
    files_need_loading();
    for (size_t i = 0; (optimizer = bp_optimizer_at(i)) != BP_ERR_ARG; i++)
        for (int32_t flags = 0; flags <= BP_SAVE_OPTIMIZER; flags++) {
            bp_net *net = stepped_net(dtype, optimizer), *copy = again(net, flags);
            assert_int_equal(same_after_steps(copy, net), flags == BP_SAVE_OPTIMIZER);
            bp_net_destroy(copy);
            bp_net_destroy(net);
        }
}

static void a_gradient_that_waits_for_a_step_is_not_lost_unsaid(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct course course = checkpoint_begin(&kinds[1], dtype);
    double y[3 * 90] = {0};
    const double x[4] = {1, 2, 3, 4};
    const int32_t label = 1;
    size_t size;
    any_ok(course.net, any_forward(course.net, x, 1, y));
    any_ok(course.net, bp_net_backward_labels(course.net, &label, 1, NULL));
    assert_int_equal(bp_train_save(course.train, "/tmp/bp-never-written"), BP_ERR_STATE);
    assert_non_null(strstr(bp_train_error(course.train), "the gradient of 1 rows waits"));
    assert_int_equal(bp_net_save_memory_with(course.net, NULL, 0, &size, BP_SAVE_OPTIMIZER), BP_ERR_STATE);
    assert_int_equal(bp_net_save_memory_with(course.net, NULL, 0, &size, 0), BP_OK);
    checkpoint_end(&course);
}

/* ---- files that cannot be */

#define STATE(name) "\"bp.train.state." name "\":\""

struct refusal {
    const char *kind, *old, *new, *sentence;
    bp_status status;
};

/* What stands there is made something else. */
static const struct refusal refusals[] = {
    {"momentum", "\"bp.train.rows\":\"90\"", "\"bp.train.rows\":\"91\"", "was saved with 91 rows", BP_ERR_SHAPE},
    {"momentum", "\"bp.train.valid_rows\":\"90\"", "\"bp.train.valid_rows\":\"0\"", "with 0 rows in the validation",
     BP_ERR_SHAPE},
    {"momentum", "\"bp.train.rows\"", "\"xp.train.rows\"", "is of a net alone", BP_ERR_FORMAT},
    {"momentum", "bp.train.option.batch\":\"", "bp.train.option.batch\":\"0.5", "batch: batch is 0.532", BP_ERR_FORMAT},
    {"momentum", "bp.train.option.batch", "bp.train.option.botch", "botch", BP_ERR_FORMAT},
    {"momentum", STATE("done"), STATE("done") "1", "state.done cannot be", BP_ERR_FORMAT},
    {"momentum", STATE("done"), STATE("done") "-", "a whole number", BP_ERR_FORMAT},
    {"momentum", STATE("right"), STATE("right") "7", "state.right cannot be", BP_ERR_FORMAT},
    {"momentum", STATE("scheduled") "0", STATE("scheduled") "2", "state.scheduled is 2", BP_ERR_FORMAT},
    {"momentum", STATE("scheduled") "0", STATE("scheduled") "1", "state.rate cannot be", BP_ERR_FORMAT},
    {"momentum", STATE("rate") "nan", STATE("rate") "-1", "state.rate cannot be", BP_ERR_FORMAT},
    {"momentum", STATE("rate") "nan", STATE("rate") "inf", "state.rate cannot be", BP_ERR_FORMAT},
    {"momentum", STATE("rate") "nan", STATE("rate") "none", "rate is \"none\"", BP_ERR_FORMAT},
    {"momentum", STATE("order.seed"), STATE("order.seed") "-1", "order.seed cannot be", BP_ERR_FORMAT},
    {"momentum", STATE("order.seed") "0", STATE("order.seed") "nan", "order.seed cannot be", BP_ERR_FORMAT},
    {"momentum", STATE("scaling") "2", STATE("scaling") "3", "state.scaling cannot be", BP_ERR_FORMAT},
    {"momentum", STATE("scaling") "2", STATE("scaling") "4294967296", "too large", BP_ERR_FORMAT},
    {"momentum", STATE("best_epoch") "1", STATE("best_epoch") "9", "best_epoch cannot be", BP_ERR_FORMAT},
    {"momentum", STATE("best_epoch") "1", STATE("best_epoch") "0", "train.best", BP_ERR_FORMAT},
    {"momentum", STATE("stop") "0", STATE("stop") "9811", "state.stop cannot be", BP_ERR_FORMAT},
    {"momentum", STATE("stop"), "\"bp.train.state.halt\":\"", "do not tell bp.train.state.stop", BP_ERR_FORMAT},
    {"momentum", "\"bp.train.begun\":\"0\"", "\"bp.train.begun\":\"1\"", "does not go with the method", BP_ERR_FORMAT},
    {"momentum", "\"bp.train.begun\":\"0\"", "\"bp.train.begun\":\"2\"", "begun is 2", BP_ERR_FORMAT},
    {"momentum", "\"train.best\"", "\"train.bast\"", "no tensor \"train.best\"", BP_ERR_FORMAT},
    {"momentum", "\"train.loss\"", "\"train.lass\"", "best_epoch cannot be", BP_ERR_FORMAT},
    {"momentum", "\"train.accuracy\"", "\"train.accurate\"", "no tensor \"train.accuracy\"", BP_ERR_FORMAT},
    {"momentum", "\"optimizer.0.layers.1.bias\"", "\"optimizer.0.layers.1.bios\"", "optimizer.0.layers.1.bias",
     BP_ERR_FORMAT},
    {"momentum", "\"optimizer.0.layers.0.weight\"", "\"optimizer.2.layers.0.weight\"", "belongs to no layer",
     BP_ERR_FORMAT},
    {"momentum", "\"bp.optimizer.steps\":\"4\"", "\"bp.optimizer.steps\":\"0\"", "belongs to no layer", BP_ERR_FORMAT},
    {"gradient descent", "\"train.loss\"", "\"train.less\"", "\"train.less\" belongs to no training", BP_ERR_FORMAT},
    {"l-bfgs", STATE("lbfgs.pairs"), STATE("lbfgs.pairs") "7", "lbfgs.pairs cannot be", BP_ERR_FORMAT},
    {"l-bfgs", STATE("lbfgs.next"), STATE("lbfgs.next") "1", "lbfgs.next cannot be", BP_ERR_FORMAT},
    {"l-bfgs", STATE("method.print"), STATE("method.print") "99999999999", "less than 2^64", BP_ERR_FORMAT},
    {"l-bfgs", "\"train.lbfgs.s\"", "\"train.lbfgs.t\"", "no tensor \"train.lbfgs.s\"", BP_ERR_FORMAT},
    {"l-bfgs", "\"bp.train.begun\":\"1\"", "\"bp.train.begun\":\"0\"", "lbfgs", BP_ERR_FORMAT},
    {"scaled conjugate gradient", STATE("scg.fresh"), STATE("scg.fresh") "2", "scg.fresh is 2", BP_ERR_FORMAT},
};

static void try_refusal(const struct refusal *refusal, int32_t dtype)
{
    const struct kind *kind = kinds;
    while (strcmp(kind->name, refusal->kind) != 0)
        kind++;
    struct course course = checkpoint_begin(kind, dtype);
    checkpoint_go(&course, 4);
    const struct file good = checkpoint_save(course.train), bad = files_edit(good, refusal->old, refusal->new);
    bp_train *train = course.train;
    bp_net *net = course.net;
    const bp_status status = checkpoint_load(&train, &net, bad, course.data, course.validation);
    const char *sentence = bp_data_error(course.data);
    if (status != refusal->status || !strstr(sentence, refusal->sentence))
        print_error("%s to %s: %d, %s\n", refusal->old, refusal->new, (int)status, sentence);
    assert_int_equal(status, refusal->status);
    assert_non_null(strstr(sentence, refusal->sentence));
    assert_null(train);
    assert_null(net);
    free(bad.bytes);
    free(good.bytes);
    checkpoint_end(&course);
}

static void a_file_that_cannot_be_is_refused_with_a_sentence_that_says_where(void **state)
{
    const int32_t dtype = any_dtype(state);
    files_need_loading();
    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
        try_refusal(&refusals[i], dtype);
}

/* The last numbers of a file are those of the last vector; the best parameters come before. */
static void best_parameters_and_state_must_be_finite(void **state)
{
    const int32_t dtype = any_dtype(state);
    files_need_loading();
    struct course course = checkpoint_begin(&kinds[1], dtype);
    checkpoint_go(&course, 4);
    const struct file file = checkpoint_save(course.train);
    const size_t size = (size_t)dtype / 8, parameters = bp_net_parameters(course.net), record = 8 * sizeof(double);
    const size_t best = file.size - record - parameters * size, state_at = best - parameters * size;
    const size_t places[] = {best, state_at};
    for (size_t i = 0; i < 2; i++) {
        bp_train *train;
        bp_net *net;
        unsigned char kept[8];
        memcpy(kept, file.bytes + places[i], size);
        memset(file.bytes + places[i], 0xff, size);
        assert_int_equal(checkpoint_load(&train, &net, file, course.data, course.validation), BP_ERR_NONFINITE);
        assert_non_null(strstr(bp_data_error(course.data),
                               i == 0 ? "\"train.best\": number 0" : "\"optimizer.0.layers.0.weight\": number 0"));
        memcpy(file.bytes + places[i], kept, size);
    }
    free(file.bytes);
    checkpoint_end(&course);
}

static void data_that_do_not_fit_are_refused(void **state)
{
    const int32_t dtype = any_dtype(state);
    files_need_loading();
    struct course course = checkpoint_begin(&kinds[1], dtype);
    const struct file file = checkpoint_save(course.train);
    bp_train *train;
    bp_net *net;
    bp_data *few, *others;
    assert_int_equal(bp_data_split(course.data, 0.5, 1, &few, &others), BP_OK);
    assert_int_equal(checkpoint_load(&train, &net, file, few, course.validation), BP_ERR_SHAPE);
    assert_non_null(strstr(bp_data_error(few), "was saved with 90 rows in the data set, and now there are 45"));
    assert_int_equal(checkpoint_load(&train, &net, file, course.data, NULL), BP_ERR_SHAPE);
    assert_non_null(strstr(bp_data_error(course.data), "90 rows in the validation data, and now there are 0"));
    assert_null(train);
    assert_null(net);
    bp_data_destroy(few);
    bp_data_destroy(others);
    free(file.bytes);
    checkpoint_end(&course);
}

/* ---- files of all versions */

/* With dropout, Adam and validation data, saved in its second epoch. */
static struct course corpus_course(int32_t dtype)
{
    const struct kind *kind = kinds;
    while (strcmp(kind->name, "dropout") != 0)
        kind++;
    return checkpoint_begin(kind, dtype);
}

static void trainings_of_every_version_go_on(void **state)
{
    static const char *const versions[] = {"1.0"};
    const int32_t dtype = any_dtype(state);
    files_need_loading();
    struct course whole = corpus_course(dtype);
    checkpoint_go(&whole, to_the_end);
    for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
        struct course parted = {.kind = whole.kind};
        char name[64];
        snprintf(name, sizeof(name), "v%s-training-f%d.safetensors", versions[i], (int)dtype);
        assert_int_equal(bp_train_resume(&parted.train, &parted.net, files_path(name), whole.data, whole.validation),
                         BP_OK);
        checkpoint_go(&parted, to_the_end);
        checkpoint_same(&parted, &whole);
        checkpoint_end(&parted);
    }
    checkpoint_end(&whole);
}

static int write_corpus(const char *folder)
{
    const int32_t dtypes[] = {BP_F32, BP_F64};
    bp_status status = BP_OK;
    for (size_t i = 0; i < 2 && status == BP_OK; i++) {
        char path[4096];
        struct course course = corpus_course(dtypes[i]);
        checkpoint_go(&course, 5);
        snprintf(path, sizeof(path), "%s/v1.0-training-f%d.safetensors", folder, (int)dtypes[i]);
        status = bp_train_save(course.train, path);
        checkpoint_end(&course);
    }
    return status == BP_OK ? 0 : 1;
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(a_training_comes_to_the_same_bits_wherever_it_was_saved_and_resumed),
        ANY_BOTH(a_checkpoint_is_a_model_file_of_its_net_with_the_optimiser),
        ANY_BOTH(what_is_set_between_batches_stays_so),
        ANY_BOTH(a_method_that_can_no_longer_go_on_does_not_keep_the_file_shut),
        ANY_BOTH(a_net_saved_with_its_optimiser_steps_on_as_if_it_had_not_stopped),
        ANY_BOTH(a_gradient_that_waits_for_a_step_is_not_lost_unsaid),
        ANY_BOTH(a_file_that_cannot_be_is_refused_with_a_sentence_that_says_where),
        ANY_BOTH(best_parameters_and_state_must_be_finite),
        ANY_BOTH(data_that_do_not_fit_are_refused),
        ANY_BOTH(trainings_of_every_version_go_on),
    };
    if (count > 2)
        return write_corpus(arguments[2]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
