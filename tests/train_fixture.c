/* SPDX-License-Identifier: MIT */
#include "train_fixture.h"

struct heaps heaps_of(uint64_t seed, double noise)
{
    struct heaps h = {0};
    for (size_t i = 0; i < ROWS; i++) {
        h.labels[i] = (int32_t)(i % CLASSES);
        h.target[i * CLASSES + i % CLASSES] = 1;
        for (size_t k = 0; k < INPUTS; k++)
            h.x[i * INPUTS + k] = (float)((i % CLASSES == k ? 1 : 0) + noise * any_uniform(&seed, -1, 1));
    }
    return h;
}

bp_net *net_of(int32_t dtype)
{
    const struct any_layer layers[] = {{HIDDEN, BP_ACT_TANH, 0, 0}, {CLASSES, BP_ACT_SOFTMAX, 0, 0}};
    bp_net *net = any_net(dtype, INPUTS, layers, 2, 7);
    any_ok(bp_net_set(net, BP_OPT_LOSS, BP_LOSS_CROSS_ENTROPY));
    any_ok(bp_net_set(net, BP_OPT_OPTIMIZER, BP_OPTIM_ADAM));
    any_ok(bp_net_set(net, BP_OPT_LEARNING_RATE, 0.02));
    any_ok(bp_net_set(net, BP_OPT_RAW, 1)); /* test_scaling_fit.c tests that */
    return net;
}

bp_data *heaps_data(const struct heaps *h)
{
    bp_data *data = NULL;
    assert_int_equal(any_labelled(&data, BP_F64, h->x, ROWS, INPUTS, h->labels, CLASSES), BP_OK);
    return data;
}

struct training training_of(int32_t dtype, double noise, bool validated)
{
    const struct heaps h = heaps_of(1, noise), other = heaps_of(2, noise);
    struct training t = {.net = net_of(dtype)};
    bp_data *data = heaps_data(&h), *valid = validated ? heaps_data(&other) : NULL;
    assert_int_equal(bp_train_create(&t.train, t.net, data, valid), BP_OK);
    bp_data_destroy(data); /* the training has its own handles */
    bp_data_destroy(valid);
    any_ok(bp_train_set(t.train, BP_TRAIN_BATCH, BATCH));
    return t;
}

void end_training(struct training *t)
{
    bp_train_destroy(t->train);
    bp_net_destroy(t->net);
}

double value_of(const struct training *t, int32_t key)
{
    double value;
    any_ok(any_ask(t->train, key, &value));
    return value;
}

void set_key(const struct training *t, int32_t key, double value) { any_ok(bp_train_set(t->train, key, value)); }
