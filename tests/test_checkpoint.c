/* SPDX-License-Identifier: MIT
 *
 * A training that is saved, loaded and continued, and a net that is saved with the state of its optimiser. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "checkpoint_fixture.h"
#include "failing_allocator.h"

/* A number of the state in the header; and what gives the old number a name of another program. */
#define STATE(name) "\"bp.train.state." name "\":\""
#define ASIDE(name) "\",\"" name "\":\""

static const size_t to_the_end = SIZE_MAX;

/* A training that is saved and resumed after so many batches ends as `whole` does. */
static void stop_once(const struct course *whole, int32_t dtype, size_t batches)
{
    struct course parted = checkpoint_begin(whole->kind, dtype);
    checkpoint_go(&parted, batches);
    checkpoint_again(&parted);
    checkpoint_go(&parted, to_the_end);
    checkpoint_same(&parted, whole);
    checkpoint_end(&parted);
}

/* One stops at every batch and continues from there. Others stop once: at one of the first batches, at a fifth one,
 * or at the end. */
static void a_training_comes_to_the_same_bits_wherever_it_was_saved_and_resumed(void **state)
{
    enum { FIRST = 8 };
    const int32_t dtype = any_dtype(state);
    for (const struct kind *kind = kinds; kind->name; kind++) {
        struct course whole = checkpoint_begin(kind, dtype), halting = checkpoint_begin(kind, dtype);
        checkpoint_go(&whole, to_the_end);
        size_t batches = 0;
        for (bp_status status = BP_OK; status == BP_OK; batches++) {
            if (batches < FIRST || batches % 5 == 0)
                stop_once(&whole, dtype, batches);
            checkpoint_again(&halting);
            status = bp_train_batches(halting.train, 1);
        }
        stop_once(&whole, dtype, batches);
        checkpoint_same(&halting, &whole);
        assert_true(batches > 5);
        checkpoint_end(&halting);
        checkpoint_end(&whole);
    }
}

/* Whatever the training had done before, and whatever had been set in its net. */
static void a_training_continues_from_the_file_whatever_it_did_before(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (const struct kind *kind = kinds; kind->name; kind++) {
        const struct kind *other = kind[1].name ? &kind[1] : kinds;
        struct kind strayed = *other; /* but with the same layers and data */
        strayed.dropout = kind->dropout;
        strayed.judged = kind->judged;
        struct course whole = checkpoint_begin(kind, dtype), stray = checkpoint_begin(&strayed, dtype);
        checkpoint_go(&whole, 4);
        checkpoint_go(&stray, 7);
        const struct file file = checkpoint_save(whole.train);
        any_ok(bp_train_load_memory(stray.train, file.bytes, file.size));
        const struct file same = checkpoint_save(stray.train);
        assert_int_equal(same.size, file.size);
        assert_memory_equal(same.bytes, file.bytes, file.size);
        checkpoint_go(&whole, to_the_end);
        checkpoint_go(&stray, to_the_end);
        checkpoint_same(&stray, &whole);
        free(same.bytes);
        free(file.bytes);
        checkpoint_end(&stray);
        checkpoint_end(&whole);
    }
}

static void count_and_run(void *user, size_t count, bp_task *task, void *context)
{
    ++*(size_t *)user;
    for (size_t i = 0; i < count; i++)
        task(context, i);
}

/* The net is so large that two threads share a batch. */
static void what_belongs_to_the_machine_stays(void **state)
{
    enum { HIDDEN = 12000 };
    const int32_t dtype = any_dtype(state);
    struct course like = checkpoint_begin(&kinds[0], dtype);
    struct course course = checkpoint_begin_on(&kinds[0], dtype, like.data, NULL, HIDDEN);
    const struct file file = checkpoint_save(course.train);
    double threads, spin;
    size_t calls = 0;
    like.data = NULL;
    any_ok(bp_net_set(course.net, BP_OPT_THREADS, 2));
    any_ok(bp_net_set(course.net, BP_OPT_SPIN, 7));
    any_ok(bp_net_set_parallel_for(course.net, count_and_run, &calls));
    any_ok(bp_train_load_memory(course.train, file.bytes, file.size));
    any_ok(bp_net_get(course.net, BP_OPT_THREADS, &threads));
    any_ok(bp_net_get(course.net, BP_OPT_SPIN, &spin));
    assert_true(threads == 2 && spin == 7);
    checkpoint_go(&course, 1);
    assert_true(calls > 0);
    free(file.bytes);
    checkpoint_end(&course);
    checkpoint_end(&like);
}

static void a_checkpoint_is_a_model_file_of_its_net_with_the_optimiser(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (const struct kind *kind = kinds; kind->name; kind++) {
        struct course course = checkpoint_begin(kind, dtype);
        checkpoint_go(&course, 4);
        const struct file file = checkpoint_save(course.train);
        struct course loaded = {.kind = kind, .train = course.train};
        assert_int_equal(bp_net_load_memory(&loaded.net, file.bytes, file.size, NULL), BP_OK);
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

static double asked(const bp_train *train, int32_t key)
{
    double value;
    assert_int_equal(any_ask(train, key, &value), BP_OK);
    return value;
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
    any_ok(bp_net_set(c->net, BP_OPT_MOMENTUM, 0));
    checkpoint_go(c, 1);
    checkpoint_again(c);
    any_ok(bp_net_set(c->net, BP_OPT_MOMENTUM, 0.5));
}

static void a_frozen_layer_is_for_the_next_batch(struct course *c)
{
    any_ok(bp_net_layer_set(c->net, 0, BP_LAYER_TRAIN_WEIGHTS, 0));
}

static void another_method_begins_again(struct course *c)
{
    checkpoint_go(c, 2); /* of an epoch of 3 */
    set(c, BP_TRAIN_METHOD, BP_METHOD_LBFGS);
    checkpoint_go(c, 1);
}

static void a_cancelled_training_continues(struct course *c)
{
    bp_train_cancel(c->train);
    assert_int_equal(bp_train_epoch(c->train), BP_ERR_CANCELLED);
}

static void what_is_set_between_batches_stays_so(void **state)
{
    static void (*const changes[])(struct course *) = {
        another_seed_is_for_the_next_epoch,   another_schedule_is_for_the_next_batch,
        a_momentum_that_rests_is_there_again, a_frozen_layer_is_for_the_next_batch,
        another_method_begins_again,          a_cancelled_training_continues};
    const int32_t dtype = any_dtype(state);
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

/* ---- what is changed while it is saved, and put back afterwards */

/* Only parameters and losses are compared: least squares evaluate once more, and dropout would count that. */
static void same_numbers(const struct course *a, const struct course *b)
{
    double of_a[64], of_b[64];
    any_ok(any_get_parameters(a->net, of_a));
    any_ok(any_get_parameters(b->net, of_b));
    any_same_bits(of_a, of_b, any_parameters(a->net));
    assert_true(asked(a->train, BP_RECORD_LOSS) == asked(b->train, BP_RECORD_LOSS));
}

static void scale_parameters(struct course *c, double by)
{
    double parameters[64];
    any_ok(any_get_parameters(c->net, parameters));
    for (size_t i = 0; i < any_parameters(c->net); i++)
        parameters[i] *= by;
    any_ok(any_set_parameters(c->net, parameters));
}

static void weights_away(struct course *c) { scale_parameters(c, 2); }
static void weights_back(struct course *c) { scale_parameters(c, 0.5); }
static void penalty_away(struct course *c) { any_ok(bp_net_set(c->net, BP_OPT_L2, 0.5)); }
static void penalty_back(struct course *c) { any_ok(bp_net_set(c->net, BP_OPT_L2, 0)); }
static void balance_away(struct course *c) { set(c, BP_TRAIN_BALANCE, 1); }
static void balance_back(struct course *c) { set(c, BP_TRAIN_BALANCE, 0); }
static void smoothness_away(struct course *c) { any_ok(bp_net_set(c->net, BP_OPT_L1, 0.5)); }
static void smoothness_back(struct course *c) { any_ok(bp_net_set(c->net, BP_OPT_L1, 0)); }

static void a_method_continues_from_its_own_point_and_not_from_the_net(void **state)
{
    static const struct {
        void (*away)(struct course *), (*back)(struct course *);
    } detours[] = {{weights_away, weights_back},
                   {penalty_away, penalty_back},
                   {balance_away, balance_back},
                   {smoothness_away, smoothness_back}};
    const int32_t dtype = any_dtype(state);
    for (const struct kind *kind = kinds; kind->name; kind++)
        for (size_t i = 0; i < sizeof(detours) / sizeof(detours[0]) && kind->train[0].key == BP_TRAIN_METHOD; i++) {
            struct course whole = checkpoint_begin(kind, dtype), parted = checkpoint_begin(kind, dtype);
            any_ok(bp_net_set(whole.net, BP_OPT_L2, 0));
            any_ok(bp_net_set(parted.net, BP_OPT_L2, 0));
            checkpoint_go(&whole, 5);
            detours[i].away(&whole);
            detours[i].back(&whole);
            checkpoint_go(&whole, 5);
            checkpoint_go(&parted, 5);
            detours[i].away(&parted);
            checkpoint_again(&parted);
            detours[i].back(&parted);
            checkpoint_go(&parted, 5);
            same_numbers(&parted, &whole);
            checkpoint_end(&whole);
            checkpoint_end(&parted);
        }
}

/* The loss was changed, so that the next iteration will be refused. The training can be opened all the same. */
static void a_file_opens_though_its_method_can_no_longer_continue(void **state)
{
    const int32_t dtype = any_dtype(state);
    const struct kind *kind = kinds;
    while (strcmp(kind->name, "levenberg-marquardt") != 0)
        kind++;
    struct course course = checkpoint_begin(kind, dtype);
    checkpoint_go(&course, 3);
    any_ok(bp_net_set(course.net, BP_OPT_LOSS, BP_LOSS_CROSS_ENTROPY));
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

static void seconds_are_counted_on(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct course course = checkpoint_begin(&kinds[1], dtype);
    checkpoint_go(&course, 4); /* of an epoch of 3 */
    const struct file file = checkpoint_save(course.train);
    const struct file later = files_edit(file, STATE("seconds_before"), STATE("seconds_before") "500" ASIDE("x"));
    const struct file late = files_edit(later, STATE("seconds"), STATE("seconds") "100" ASIDE("y"));
    bp_train_destroy(course.train);
    bp_net_destroy(course.net);
    assert_int_equal(checkpoint_load(&course.train, &course.net, late, course.data, course.validation), BP_OK);
    assert_int_equal(bp_train_epoch(course.train), BP_OK);
    assert_true(asked(course.train, BP_RECORD_SECONDS) >= 100);
    set(&course, BP_TRAIN_TIME, 600);
    checkpoint_go(&course, 1);
    assert_int_equal((int)asked(course.train, BP_RECORD_STOP), BP_STOP_TIME);
    free(late.bytes);
    free(later.bytes);
    free(file.bytes);
    checkpoint_end(&course);
}

/* What bp_train_diagnose() says first. */
static void diagnose(bp_train *train, char *text, size_t capacity)
{
    size_t count;
    assert_int_equal(bp_train_diagnose(train, &count), BP_OK);
    const char *first = bp_train_finding_text(train, 0);
    assert_non_null(first);
    snprintf(text, capacity, "%s", first);
}

/* In the first batch of an epoch of 3 batches, and in the middle of one. */
static void fail_and_diagnose(int32_t dtype, size_t batches)
{
    struct course course = checkpoint_begin(&kinds[0], dtype);
    char before[1024], after[1024];
    double parameters[64];
    checkpoint_go(&course, batches);
    for (size_t i = 0; i < any_parameters(course.net); i++)
        parameters[i] = dtype == BP_F32 ? 3e38 : 1.7e308; /* the sum of two is infinite */
    any_ok(any_set_parameters(course.net, parameters));
    assert_int_equal(bp_train_run(course.train, NULL, NULL), BP_ERR_NONFINITE);
    diagnose(course.train, before, sizeof(before));
    assert_non_null(strstr(before, "not finite"));
    checkpoint_again(&course);
    diagnose(course.train, after, sizeof(after));
    assert_string_equal(after, before);
    checkpoint_end(&course);
}

static void the_doctor_knows_of_a_failure_before_it(void **state)
{
    if (host_is_foreign()) {
        print_message("skipped: in a foreign rounding mode nothing need become infinite\n");
        skip();
    }
    const int32_t dtype = any_dtype(state);
    fail_and_diagnose(dtype, 3);
    fail_and_diagnose(dtype, 4);
}

/* There was no memory to record the epoch whose last iteration is done: its end is due. */
static void an_end_of_an_epoch_that_is_due_comes_after_it(void **state)
{
    const int32_t dtype = any_dtype(state);
    const struct kind *kind = kinds;
    while (strcmp(kind->name, "irprop+") != 0)
        kind++;
    struct course whole = checkpoint_begin(kind, dtype);
    checkpoint_go(&whole, to_the_end);
    for (size_t fail_at = 1, failures = 1; failures > 0; fail_at++) {
        struct failing failing = {0};
        const bp_allocator allocator = failing_allocator(&failing);
        struct course course = checkpoint_begin_with(kind, dtype, &allocator);
        failing.fail_at = failing.calls + fail_at;
        bp_status status = BP_OK;
        while (status == BP_OK)
            status = bp_train_batches(course.train, 1);
        failures = failing.failures;
        failing.fail_at = 0;
        assert_int_equal(status, failures > 0 ? BP_ERR_MEMORY : BP_DONE);
        checkpoint_again(&course);
        checkpoint_go(&course, to_the_end);
        checkpoint_same(&course, &whole);
        checkpoint_end(&course);
        assert_int_equal(failing.live + failing.wrong, 0);
    }
    checkpoint_end(&whole);
}

/* ---- a net that its user steps */

static void step(bp_net *net)
{
    const double x[8] = {0.1, -0.2, 0.3, 0.4, 0.5, -0.6, 0.7, 0.8}, target[2] = {0.5, -0.5};
    any_ok(any_train(net, x, target, 2, NULL));
}

static bp_net *stepped_net(int32_t dtype, int32_t optimizer)
{
    const struct any_layer layers[] = {{3, BP_ACT_TANH, 0, 0}, {0, 0, 0, 0.5}, {1, BP_ACT_IDENTITY, BP_BIAS_SHARED, 0}};
    bp_net *net = any_net(dtype, 4, layers, 3, 5);
    any_ok(bp_net_set(net, BP_OPT_OPTIMIZER, optimizer));
    any_ok(bp_net_set(net, BP_OPT_MOMENTUM, 0.9));
    for (int i = 0; i < 3; i++)
        step(net);
    return net;
}

static bp_net *again(const bp_net *net, bool with_state)
{
    bp_net *copy = NULL;
    const struct file file = (with_state ? files_save_state : files_save)(net);
    any_ok(bp_net_load_memory(&copy, file.bytes, file.size, NULL));
    free(file.bytes);
    return copy;
}

/* Whether the optimiser has more to remember than parameters: without it, the steps are the same anyway. */
static bool has_state(const bp_net *net)
{
    static const char tensor[] = "\"optimizer.0.";
    const struct file file = files_save_state(net);
    bool found = false;
    for (size_t at = 0; !found && at + sizeof(tensor) <= file.size; at++)
        found = memcmp(file.bytes + at, tensor, sizeof(tensor) - 1) == 0;
    free(file.bytes);
    return found;
}

static bool same_after_steps(bp_net *a, bp_net *b)
{
    double of_a[64], of_b[64];
    for (int i = 0; i < 3; i++) {
        step(a);
        step(b);
    }
    any_ok(any_get_parameters(a, of_a));
    any_ok(any_get_parameters(b, of_b));
    return memcmp(of_a, of_b, any_parameters(a) * sizeof(double)) == 0;
}

static void a_net_saved_with_its_optimiser_steps_on_as_if_it_had_not_stopped(void **state)
{
    const int32_t dtype = any_dtype(state);
    int32_t optimizer;
    for (size_t i = 0; (optimizer = bp_key_at(BP_FAMILY_OPTIMIZER, i)) != 0; i++)
        for (int with_state = 0; with_state < 2; with_state++) {
            bp_net *net = stepped_net(dtype, optimizer), *copy = again(net, with_state);
            double saves_state;
            any_ok(bp_net_get(copy, BP_OPT_SAVE_STATE, &saves_state));
            assert_true(saves_state == with_state);
            assert_int_equal(same_after_steps(copy, net), with_state || !has_state(net));
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
    any_ok(any_forward(course.net, x, 1, y));
    any_ok(bp_net_backward_labels(course.net, &label, 1, NULL));
    assert_int_equal(bp_train_save(course.train, "/tmp/bp-never-written"), BP_ERR_STATE);
    assert_non_null(strstr(bp_last_error(), "the gradient of 1 row waits"));
    any_ok(bp_net_save_memory(course.net, NULL, 0, &size));
    any_ok(bp_net_set(course.net, BP_OPT_SAVE_STATE, 1));
    assert_int_equal(bp_net_save_memory(course.net, NULL, 0, &size), BP_ERR_STATE);
    checkpoint_end(&course);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(a_training_comes_to_the_same_bits_wherever_it_was_saved_and_resumed),
        ANY_BOTH(a_training_continues_from_the_file_whatever_it_did_before),
        ANY_BOTH(what_belongs_to_the_machine_stays),
        ANY_BOTH(a_checkpoint_is_a_model_file_of_its_net_with_the_optimiser),
        ANY_BOTH(what_is_set_between_batches_stays_so),
        ANY_BOTH(a_method_continues_from_its_own_point_and_not_from_the_net),
        ANY_BOTH(a_file_opens_though_its_method_can_no_longer_continue),
        ANY_BOTH(seconds_are_counted_on),
        ANY_BOTH_MASKED(the_doctor_knows_of_a_failure_before_it),
        ANY_BOTH(an_end_of_an_epoch_that_is_due_comes_after_it),
        ANY_BOTH(a_net_saved_with_its_optimiser_steps_on_as_if_it_had_not_stopped),
        ANY_BOTH(a_gradient_that_waits_for_a_step_is_not_lost_unsaid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
