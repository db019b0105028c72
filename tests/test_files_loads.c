/* SPDX-License-Identifier: MIT
 *
 * Each system call of a load fails in turn: with each error that it may have, as interrupted, or after a part of its
 * work. Then all was loaded, or nothing has changed. No descriptor and no memory is left. */
#define _GNU_SOURCE
#include "failing_allocator.h"
#include "plans_fixture.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "files/model/load.h"

struct load {
    bp_net *net;
    struct failing failing;
};

static bp_status load(void *context)
{
    struct load *l = context;
    const bp_allocator allocator = failing_allocator(&l->failing);
    return bp_load_path(&l->net, "load", saves_path, &allocator);
}

/* Loads weights into a net, which stays as it was if the load fails. */
static bp_status load_weights(void *context)
{
    struct load *l = context;
    return bp_net_load_weights(l->net, saves_path, NULL);
}

static void check_sentence(bp_status status, struct plan wanted)
{
    const char *sentence = bp_last_error();
    if (is_borne(wanted) || wanted.fails == CLOSE || plan.failed == 0)
        any_ok(status);
    else if (wanted.by == NOTHING) /* the file has shrunk */
        assert_true(status == BP_ERR_FORMAT && strstr(sentence, "net.safetensors: ends after "));
    else
        assert_true(status == BP_ERR_IO && strstr(sentence, "net.safetensors: cannot be "));
}

static bool check_load(void *context, struct plan wanted)
{
    struct load l = {0};
    if (wanted.by < 0 && wanted.fails == WRITE)
        return false;
    const size_t before = count_descriptors();
    const bp_status status = watched(load, &l, wanted);
    assert_int_equal(count_descriptors(), before);
    check_sentence(status, wanted);
    if (status == BP_OK)
        files_same_nets(context, l.net);
    bp_net_destroy(l.net);
    assert_int_equal(l.failing.live + l.failing.wrong, 0);
    return plan.failed > 0;
}

/* The numbers, with which a file ends. */
static void same_numbers(const bp_net *a, const bp_net *b)
{
    const struct file first = files_save(a), second = files_save(b);
    const size_t size = any_parameters(a) * (any_type(a) == BP_F32 ? sizeof(float) : sizeof(double));
    assert_memory_equal(first.bytes + first.size - size, second.bytes + second.size - size, size);
    free(first.bytes);
    free(second.bytes);
}

static bool check_load_weights(void *context, struct plan wanted)
{
    if (wanted.by < 0 && wanted.fails == WRITE)
        return false;
    bp_net *before = saves_large_net(3);
    struct load l = {.net = saves_large_net(3)};
    const size_t open = count_descriptors();
    const bp_status status = watched(load_weights, &l, wanted);
    assert_int_equal(count_descriptors(), open);
    check_sentence(status, wanted);
    same_numbers(l.net, status == BP_OK ? context : before);
    bp_net_destroy(l.net);
    bp_net_destroy(before);
    return plan.failed > 0;
}

/* ---- a training and its net, which stay as they were if the file does not come */

struct training {
    bp_data *data;
    bp_net *net;
    bp_train *train;
};

static struct training training_of(uint64_t seed)
{
    struct training t = {.net = saves_large_net(seed)};
    const size_t inputs = bp_net_inputs(t.net), outputs = bp_net_outputs(t.net);
    double *numbers = any_buffer(inputs + outputs);
    any_fill(&seed, numbers, inputs + outputs, 0, 1);
    any_ok(bp_data_create(&t.data, NULL));
    any_ok(bp_data_set_inputs(t.data, BP_F64, numbers, 1, inputs, 0, BP_HOLD_COPY));
    any_ok(bp_data_set_target(t.data, BP_F64, numbers + inputs, outputs, 0, BP_HOLD_COPY));
    any_ok(bp_train_create(&t.train, t.net, t.data, NULL));
    free(numbers);
    return t;
}

static void end(struct training *t)
{
    bp_train_destroy(t->train);
    bp_net_destroy(t->net);
    bp_data_destroy(t->data);
}

static bp_status load_training(void *context)
{
    const struct training *t = context;
    return bp_train_load(t->train, saves_path);
}

static bool check_load_training(void *context, struct plan wanted)
{
    if (wanted.by < 0 && wanted.fails == WRITE)
        return false;
    struct training t = training_of(3);
    bp_net *before = saves_large_net(3);
    const size_t open = count_descriptors();
    const bp_status status = watched(load_training, &t, wanted);
    assert_int_equal(count_descriptors(), open);
    check_sentence(status, wanted);
    same_numbers(t.net, status == BP_OK ? context : before);
    bp_net_destroy(before);
    end(&t);
    return plan.failed > 0;
}

static void each_call_of_a_load_of_a_training_fails(void **state)
{
    struct training t = training_of(1);
    (void)state;
    any_ok(bp_train_save(t.train, saves_path));
    assert_true(try_plans(check_load_training, t.net) > 1000);
    end(&t);
}

static void each_call_of_a_load_fails(void **state)
{
    bp_net *net = saves_large_net(1);
    (void)state;
    any_ok(bp_net_save(net, saves_path));
    assert_true(try_plans(check_load, net) > 1000);
    assert_true(try_plans(check_load_weights, net) > 1000);
    bp_net_destroy(net);
}

/* The file is read by read(). If it were mapped, the missing pages would be a signal. */
static void a_file_that_shrinks_while_it_is_read_is_an_error(void **state)
{
    bp_net *net = saves_large_net(1);
    const struct file file = files_save(net);
    const off_t sizes[] = {0, 5, 100, (off_t)file.size / 2, (off_t)file.size - 1};
    (void)state;
    cut.path = saves_path;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        for (cut.before = 1;; cut.before++) {
            struct load l = {0};
            cut.size = sizes[i];
            any_ok(bp_net_save(net, saves_path));
            const bp_status status = watched(load, &l, (struct plan){0});
            if (plan.calls[READ] < cut.before) { /* that was the last of them */
                assert_true(cut.before > 4);
                any_ok(status);
                bp_net_destroy(l.net);
                break;
            }
            assert_int_equal(status, BP_ERR_FORMAT);
            assert_non_null(strstr(bp_last_error(), "net.safetensors: ends after "));
            bp_net_destroy(l.net);
            assert_int_equal(l.failing.live + l.failing.wrong, 0);
        }
    cut.before = 0;
    free(file.bytes);
    bp_net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_call_of_a_load_fails),
        cmocka_unit_test(each_call_of_a_load_of_a_training_fails),
        cmocka_unit_test(a_file_that_shrinks_while_it_is_read_is_an_error),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, saves_begin, saves_end);
}
