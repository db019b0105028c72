/* SPDX-License-Identifier: MIT
 *
 * Shared calls from many threads at once: they give the bits of one thread, and each thread has its own sentence. */
#define _POSIX_C_SOURCE 200809L /* pthread_barrier_t */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "any.h"

enum { THREADS = 64, ROWS = 70, INPUTS = 19, OUTPUTS = 3, ROUNDS = 10 };

struct shared {
    const bp_net *net;
    double x[ROWS * INPUTS], target[ROWS * OUTPUTS], y[ROWS * OUTPUTS], loss;
};

struct worker {
    pthread_t thread;
    const struct shared *shared;
    size_t number;
    bool right;
};

static void *predict_over_and_over(void *argument)
{
    struct worker *w = argument;
    const struct shared *s = w->shared;
    bp_scratch *scratch = NULL;
    if (w->number % 3 != 0 && bp_scratch_create(&scratch, s->net) != BP_OK)
        return NULL;
    w->right = true;
    for (int round = 0; round < ROUNDS; round++) {
        double y[ROWS * OUTPUTS], loss;
        w->right = w->right && any_predict(s->net, s->x, ROWS, y, scratch) == BP_OK &&
                   any_loss(s->net, s->x, s->target, ROWS, &loss, scratch) == BP_OK &&
                   memcmp(y, s->y, sizeof(y)) == 0 && loss == s->loss;
    }
    bp_scratch_destroy(scratch);
    return NULL;
}

/* Asks for a layer with the number of the thread, which does not exist, and reads the sentence. */
static void *fail_over_and_over(void *argument)
{
    struct worker *w = argument;
    char expected[64];
    snprintf(expected, sizeof(expected), "there is no layer %zu:", 100 + w->number);
    w->right = true;
    for (int round = 0; round < 100 * ROUNDS; round++) {
        double value;
        w->right = w->right && bp_net_layer_get(w->shared->net, 100 + w->number, BP_LAYER_KIND, &value) == BP_ERR_ARG;
        w->right = w->right && strstr(bp_last_error(), expected);
    }
    return NULL;
}

static void run(struct shared *shared, size_t threads, void *work(void *))
{
    static struct worker workers[THREADS];
    for (size_t i = 0; i < threads; i++) {
        workers[i] = (struct worker){.shared = shared, .number = i};
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (size_t i = 0; i < threads; i++)
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
    for (size_t i = 0; i < threads; i++)
        assert_true(workers[i].right);
}

static bp_net *make(int32_t dtype, struct shared *shared)
{
    bp_net *net = NULL;
    any_ok(bp_net_create(&net, dtype, INPUTS));
    any_ok(bp_net_add_dense(net, 33, BP_ACT_GELU));
    any_ok(any_add_dropout(net, 0.5));
    any_ok(bp_net_add_dense(net, OUTPUTS, BP_ACT_SOFTMAX));
    any_ok(bp_net_set(net, BP_OPT_LOSS, BP_LOSS_CROSS_ENTROPY));
    any_ok(bp_net_init(net, 5));
    for (size_t i = 0; i < ROWS * INPUTS; i++)
        shared->x[i] = (double)(i * 29 % 31) / 32 - 0.5;
    for (size_t i = 0; i < ROWS * OUTPUTS; i++)
        shared->target[i] = i % OUTPUTS == i / OUTPUTS % OUTPUTS;
    any_ok(any_predict(net, shared->x, ROWS, shared->y, NULL));
    any_ok(any_loss(net, shared->x, shared->target, ROWS, &shared->loss, NULL));
    shared->net = net;
    return net;
}

static void many_threads_predict_the_bits_of_one(void **state)
{
    static struct shared shared;
    bp_net *net = make(any_dtype(state), &shared);
    run(&shared, THREADS, predict_over_and_over);
    bp_net_destroy(net);
}

static void each_thread_reads_the_sentence_of_its_own_failure(void **state)
{
    static struct shared shared;
    bp_net *net = make(any_dtype(state), &shared);
    assert_int_equal(bp_net_set(net, -1, 0), BP_ERR_ARG);
    run(&shared, THREADS, fail_over_and_over);
    assert_string_equal(bp_last_error(), "bp_net_set: there is no option -1");
    bp_net_destroy(net);
}

#define BOTH(test)                                                                                                     \
    {#test "_f32", test, NULL, NULL, &f32}, { #test "_f64", test, NULL, NULL, &f64 }

int main(void)
{
    static int32_t f32 = BP_F32, f64 = BP_F64;
    const struct CMUnitTest tests[] = {
        BOTH(many_threads_predict_the_bits_of_one),
        BOTH(each_thread_reads_the_sentence_of_its_own_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
