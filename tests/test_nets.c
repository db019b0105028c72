/* SPDX-License-Identifier: MIT
 *
 * Random nets, options and batches. Each net is trained in three ways, with the same bits and the same statuses: by
 * train, which has its own ways for narrow nets, for plain descent and for steps known to be safe; by forward, backward
 * and step; and by train on several threads. `test_nets 1000 9000` takes the seeds from 1000 up to 9000. */
#include <math.h>
#include <stdlib.h>

#include "any.h"

enum { WAYS = 3, STEPS = 6, MOST_ROWS = 700, TRIALS = 500 };

static unsigned long seed = 0, end_seed = TRIALS;

struct trial {
    uint64_t seed; /* and state of what is drawn */
    bool narrow;
    bp_net *net[WAYS];
    double *x, *target, *parameters[WAYS], *y[WAYS];
};

static size_t below(struct trial *t, size_t n) { return (size_t)any_uniform(&t->seed, 0, (double)n); }
static bool one_in(struct trial *t, size_t n) { return below(t, n) == 0; }

/* Mostly of one or two panels; sometimes of more than one block. */
static size_t width(struct trial *t, size_t rarely)
{
    static const size_t wide[] = {100, 255, 256, 300, 512, 513, 784, 1024};
    if (t->narrow)
        return 1 + below(t, 12);
    return one_in(t, rarely) ? wide[below(t, sizeof(wide) / sizeof(wide[0]))] : 1 + below(t, one_in(t, 2) ? 8 : 40);
}

static void add_layer(struct trial *t, bp_net *net, bool last)
{
    if (!last && one_in(t, 5))
        any_ok(any_add_dropout(net, any_uniform(&t->seed, 0, 0.9)));
    size_t activations = 0;
    while (bp_key_at(BP_FAMILY_ACTIVATION, activations) != 0)
        activations++;
    const size_t units = width(t, 8);
    any_ok(bp_net_add_dense(net, units, bp_key_at(BP_FAMILY_ACTIVATION, below(t, activations))));
    const size_t layer = bp_net_layers(net) - 1;
    if (t->narrow && one_in(t, 2))
        return;
    if (one_in(t, 5))
        any_ok(bp_net_layer_set(net, layer, BP_LAYER_BIAS, one_in(t, 2) ? BP_BIAS_NONE : BP_BIAS_SHARED));
    if (one_in(t, 8))
        any_ok(bp_net_layer_set(net, layer, BP_LAYER_TRAIN_WEIGHTS, 0));
    if (one_in(t, 8))
        any_ok(bp_net_layer_set(net, layer, BP_LAYER_TRAIN_BIAS, 0));
}

/* A key of a family, each with the same chance. */
static int32_t draw(struct trial *t, int32_t family)
{
    size_t count = 0;
    while (bp_key_at(family, count) != 0)
        count++;
    return bp_key_at(family, below(t, count));
}

static void set_options(struct trial *t, bp_net *net)
{
    static const struct {
        int32_t option;
        size_t rarity;
        double most;
    } rows[] = {
        {BP_OPT_LEARNING_RATE, 1, 0.1}, {BP_OPT_MOMENTUM, 2, 0.9},   {BP_OPT_NESTEROV, 4, 1},
        {BP_OPT_L1, 4, 0.01},           {BP_OPT_L2, 4, 0.01},        {BP_OPT_WEIGHT_DECAY, 3, 0.01},
        {BP_OPT_DECAY_BIAS, 4, 1},      {BP_OPT_CLIP_VALUE, 5, 0.1}, {BP_OPT_CLIP_NORM, 5, 1},
        {BP_OPT_ETA_MINUS, 4, 0.9},     {BP_OPT_STEP_MAX, 4, 0.1},
    };
    const bool plain = one_in(t, 3); /* gradient descent by nothing but the learning rate */
    any_ok(bp_net_set(net, BP_OPT_LOSS, draw(t, BP_FAMILY_LOSS)));
    if (!plain)
        any_ok(bp_net_set(net, BP_OPT_OPTIMIZER, draw(t, BP_FAMILY_OPTIMIZER)));
    for (size_t i = 0; i < (plain ? 1 : sizeof(rows) / sizeof(rows[0])); i++) {
        const double value = rows[i].most == 1 ? 1 : any_uniform(&t->seed, 0, rows[i].most);
        if (one_in(t, rows[i].rarity))
            any_ok(bp_net_set(net, rows[i].option, value));
    }
}

/* The three nets; false if the loss does not fit the last layer. */
static void create(struct trial *t, int32_t dtype)
{
    bp_net *net = NULL;
    t->narrow = one_in(t, 3);
    any_ok(bp_net_create(&net, dtype, width(t, 4)));
    const size_t layers = 1 + below(t, 4);
    for (size_t i = 0; i < layers; i++)
        add_layer(t, net, i + 1 == layers);
    set_options(t, net);
    any_ok(bp_net_init(net, t->seed));
    t->net[0] = net;
    any_ok(bp_net_clone(&t->net[1], net));
    any_ok(bp_net_clone(&t->net[2], net));
    any_ok(bp_net_set(t->net[2], BP_OPT_THREADS, (double)(2 + below(t, 4))));
    t->x = any_buffer(MOST_ROWS * bp_net_inputs(net));
    t->target = any_buffer(MOST_ROWS * bp_net_outputs(net));
    for (size_t i = 0; i < WAYS; i++) {
        t->parameters[i] = any_buffer(any_parameters(net));
        t->y[i] = any_buffer(MOST_ROWS * bp_net_outputs(net));
    }
}

static void destroy(struct trial *t)
{
    for (size_t i = 0; i < WAYS; i++) {
        bp_net_destroy(t->net[i]);
        free(t->parameters[i]);
        free(t->y[i]);
    }
    free(t->x);
    free(t->target);
}

/* Changes an option of the net or of a layer, on all three nets. */
static void change(struct trial *t)
{
    const size_t layer = below(t, bp_net_layers(t->net[0]));
    const double rate = any_uniform(&t->seed, 0, 0.2), trained = (double)below(t, 2);
    const bool new_rate = one_in(t, 4), new_layer = one_in(t, 6);
    for (size_t i = 0; i < WAYS; i++) {
        if (new_rate)
            any_ok(bp_net_set(t->net[i], BP_OPT_LEARNING_RATE, rate));
        if (new_layer && any_units(t->net[i], layer) > 0)
            (void)bp_net_layer_set(t->net[i], layer, BP_LAYER_TRAIN_WEIGHTS, trained); /* which dropout refuses */
    }
}

static bp_status three_calls(const struct trial *t, size_t rows, double *loss)
{
    bp_net *net = t->net[1];
    bp_status status = any_forward(net, t->x, rows, NULL);
    if (status == BP_OK)
        status = any_backward(net, t->target, rows, loss);
    if (status == BP_OK)
        status = bp_net_step(net);
    if (status == BP_ERR_NONFINITE)
        any_ok(bp_net_zero_gradient(net)); /* as train does */
    return status;
}

static bool has_exponential(const bp_net *net)
{
    double activation;
    for (size_t i = 0; i < bp_net_layers(net); i++)
        if (any_units(net, i) > 0 && bp_net_layer_get(net, i, BP_LAYER_ACTIVATION, &activation) == BP_OK &&
            activation == BP_ACT_EXP)
            return true;
    return false;
}

/* Whether a number overflows in this step, which a copy of the net shows. */
static bool overflows(const struct trial *t, size_t rows, double size)
{
    bp_net *probe = NULL;
    host_mask(true);
    any_ok(bp_net_clone(&probe, t->net[0]));
    const bp_status status = any_train(probe, t->x, t->target, rows, NULL);
    any_ok(any_get_parameters(probe, t->parameters[0]));
    bool huge = size > 1e5;
    for (size_t i = 0; i < any_parameters(probe); i++)
        huge = huge || fabs(t->parameters[0][i]) > 1e10;
    bp_net_destroy(probe);
    host_unmask(true);
    return status != BP_OK || huge || has_exponential(t->net[0]);
}

/* Returns whether the training can continue. */
static bool step(struct trial *t)
{
    const size_t rows = one_in(t, 3) ? 1 : 1 + below(t, one_in(t, 4) ? MOST_ROWS : 40);
    const double size = one_in(t, 20) ? one_in(t, 2) ? 1e20 : 1e5 : 1; /* whose steps are not known to be safe */
    any_fill(&t->seed, t->x, rows * bp_net_inputs(t->net[0]), -size, size);
    any_fill(&t->seed, t->target, rows * bp_net_outputs(t->net[0]), 0, 1);
    change(t);
    double loss[WAYS] = {0};
    const bool masked = host_is_foreign() && overflows(t, rows, size);
    host_mask(masked);
    const bp_status status = any_train(t->net[0], t->x, t->target, rows, &loss[0]);
    assert_int_equal(three_calls(t, rows, &loss[1]), status);
    assert_int_equal(any_train(t->net[2], t->x, t->target, rows, &loss[2]), status);
    for (size_t i = 0; i < WAYS; i++) {
        any_ok(any_get_parameters(t->net[i], t->parameters[i]));
        any_same_bits(t->parameters[i], t->parameters[0], any_parameters(t->net[0]));
    }
    for (size_t i = 0; status == BP_OK && i < WAYS; i++) {
        any_same_bits(&loss[i], &loss[0], 1);
        any_ok(any_predict(t->net[i], t->x, rows, t->y[i], NULL));
        any_same_bits(t->y[i], t->y[0], rows * bp_net_outputs(t->net[0]));
    }
    host_unmask(masked);
    return status == BP_OK;
}

static void train_gives_the_bits_of_the_three_calls_and_of_any_number_of_threads(void **state)
{
    const int32_t dtype = any_dtype(state);
    size_t steps = 0;
    const unsigned long first = seed;
    for (; seed < end_seed; seed++) {
        struct trial t = {.seed = seed * UINT64_C(0x9e3779b97f4a7c15) + (uint64_t)dtype};
        create(&t, dtype);
        for (size_t i = 0; i < STEPS && step(&t); i++)
            steps++;
        destroy(&t);
    }
    seed = first;
    print_message("%zu steps\n", steps);
}

int main(int count, char **arguments)
{
    if (count == 3) {
        seed = strtoul(arguments[1], NULL, 10);
        end_seed = strtoul(arguments[2], NULL, 10);
    }
    const struct CMUnitTest tests[] = {
        ANY_BOTH(train_gives_the_bits_of_the_three_calls_and_of_any_number_of_threads),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    if (failed)
        print_error("the seed was %lu\n", seed);
    return failed;
}
