/* SPDX-License-Identifier: MIT */

/* What the headers promise to the bit: results do not depend on how rows are split, nor on which of the calls is
 * used. */

#include "any.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { ROWS = 70, WIDEST = 100, MAX_PARAMETERS = 3 * WIDEST * (WIDEST + 1) };

/* Inputs, hidden units and outputs: below, at and above the widths of vectors and tiles. */
static const size_t widths[][3] = {{1, 1, 1},   {2, 3, 2},    {3, 7, 1},     {7, 2, 10},    {10, 16, 3},   {16, 17, 16},
                                   {17, 30, 7}, {30, 33, 17}, {33, 100, 30}, {100, 10, 33}, {16, 100, 100}};

/* Buffers for all tests; x and target are always the same numbers. */
static double x[ROWS * WIDEST], target[2 * ROWS * WIDEST], one[MAX_PARAMETERS], two[MAX_PARAMETERS];

static int fill_data(void **state)
{
    (void)state;
    uint64_t seed = 3;
    any_fill(&seed, x, COUNT(x), -2, 2);
    any_fill(&seed, target, COUNT(target), 0, 1);
    return 0;
}

/** Two dense layers of these widths with dropout between them if `rate` is not 0. */
static bp_net *net_of(int32_t dtype, const size_t width[3], double rate)
{
    struct any_layer layers[3] = {{width[1], BP_ACT_TANH, BP_BIAS_UNIT, 0}};
    layers[1] = (struct any_layer){0, 0, 0, rate};
    layers[rate != 0 ? 2 : 1] = (struct any_layer){width[2], BP_ACT_SIGMOID, BP_BIAS_SHARED, 0};
    return any_net(dtype, width[0], layers, rate != 0 ? 3 : 2, 9);
}

static void assert_same_parameters(const bp_net *a, const bp_net *b)
{
    any_ok(any_get_parameters(a, one));
    any_ok(any_get_parameters(b, two));
    any_same_bits(one, two, any_parameters(a));
}

static void assert_same_gradient(const bp_net *a, const bp_net *b)
{
    any_ok(any_get_gradient(a, one));
    any_ok(any_get_gradient(b, two));
    any_same_bits(one, two, any_parameters(a));
    assert_true(any_max_norm(one, any_parameters(a)) > 0);
}

/** One forward and backward of `rows` rows from row `first`. */
static void add_rows(bp_net *net, size_t first, size_t rows)
{
    any_ok(any_forward(net, x + first * bp_net_inputs(net), rows, NULL));
    any_ok(any_backward(net, target + first * bp_net_outputs(net), rows, NULL));
}

/* ---- rows */

static void check_rows_alone(bp_net *net)
{
    const size_t in = bp_net_inputs(net), out = bp_net_outputs(net);
    double *alone = any_buffer(ROWS * out), *batch = any_buffer(ROWS * out);
    for (size_t row = 0; row < ROWS; row++)
        any_ok(any_predict(net, x + row * in, 1, alone + row * out, NULL));
    for (size_t rows = 1; rows <= ROWS; rows++) {
        const size_t first = rows * 13 % (ROWS - rows + 1); /* so that a row may be anywhere in a batch */
        any_ok(any_predict(net, x + first * in, rows, batch, NULL));
        any_same_bits(batch, alone + first * out, rows * out);
        any_ok(any_forward(net, x + first * in, rows, batch));
        any_same_bits(batch, alone + first * out, rows * out);
    }
    free(alone);
    free(batch);
}

static void a_row_alone_equals_that_row_in_any_batch(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < COUNT(widths); i++) {
        bp_net *net = net_of(dtype, widths[i], 0);
        check_rows_alone(net);
        bp_net_destroy(net);
    }
}

static void predict_equals_forward_for_every_activation(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; bp_key_at(BP_FAMILY_ACTIVATION, i) != 0; i++) {
        const struct any_layer layers[] = {{17, bp_key_at(BP_FAMILY_ACTIVATION, i), 0, 0},
                                           {9, bp_key_at(BP_FAMILY_ACTIVATION, i), 0, 0}};
        bp_net *net = any_net(dtype, 5, layers, 2, i);
        any_ok(any_forward(net, x, ROWS, one));
        any_ok(any_predict(net, x, ROWS, two, NULL));
        any_same_bits(one, two, ROWS * 9);
        bp_net_destroy(net);
    }
}

static void predict_with_a_scratch_equals_predict_without(void **state)
{
    const int32_t dtype = any_dtype(state);
    bp_net *widest = net_of(dtype, (const size_t[]){WIDEST, WIDEST, WIDEST}, 0);
    bp_scratch *scratch = NULL;
    any_ok(bp_scratch_create(&scratch, widest));
    for (size_t i = 0; i < COUNT(widths); i++) {
        bp_net *net = net_of(dtype, widths[i], 0.5);
        any_ok(any_predict(net, x, ROWS, one, NULL));
        any_ok(any_predict(net, x, ROWS, two, scratch));
        any_same_bits(one, two, ROWS * widths[i][2]);
        bp_net_destroy(net);
    }
    bp_scratch_destroy(scratch);
    bp_net_destroy(widest);
}

/* ---- gradient */

static void check_split(int32_t dtype, const size_t width[3], double rate, size_t part)
{
    bp_net *whole = net_of(dtype, width, rate), *split = net_of(dtype, width, rate);
    for (int step = 0; step < 2; step++) { /* the second begins with a row count and a gradient of 0 */
        add_rows(whole, 0, 64);
        for (size_t first = 0; first < 64; first += part)
            add_rows(split, first, part < 64 - first ? part : 64 - first);
        assert_same_gradient(whole, split);
        any_ok(bp_net_step(whole));
        any_ok(bp_net_step(split));
        assert_same_parameters(whole, split);
    }
    bp_net_destroy(whole);
    bp_net_destroy(split);
}

static void one_backward_of_64_rows_equals_four_of_16_and_other_parts(void **state)
{
    static const size_t parts[] = {16, 1, 7, 33, 63};
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < COUNT(widths); i++)
        for (size_t k = 0; k < COUNT(parts); k++)
            check_split(dtype, widths[i], (i + k) % 2 == 0 ? 0 : 0.25, parts[k]);
}

static void two_backwards_of_one_forward_equal_one_of_the_rows_twice(void **state)
{
    const int32_t dtype = any_dtype(state);
    const size_t width[] = {10, 17, 7};
    bp_net *net = net_of(dtype, width, 0), *other = net_of(dtype, width, 0);
    add_rows(net, 0, 5);
    any_ok(any_backward(net, target, 5, NULL));
    add_rows(other, 0, 5);
    add_rows(other, 0, 5);
    assert_same_gradient(net, other);
    bp_net_destroy(net);
    bp_net_destroy(other);
}

static void the_gradient_is_a_mean_over_all_rows_until_a_step_or_zero_gradient(void **state)
{
    const int32_t dtype = any_dtype(state);
    const size_t width[] = {3, 4, 2};
    double sum[25] = {0}, all[25];
    bp_net *net = net_of(dtype, width, 0);
    static const size_t first[] = {0, 2, 8}, rows[] = {2, 6, 4};
    assert_int_equal(any_parameters(net), 25);
    for (size_t i = 0; i < 3; i++) {
        add_rows(net, first[i], rows[i]);
        any_ok(any_get_gradient(net, one));
        any_ok(bp_net_zero_gradient(net));
        for (size_t k = 0; k < 25; k++)
            sum[k] += one[k] * (double)rows[i] / 12;
    }
    for (size_t i = 0; i < 3; i++)
        add_rows(net, first[i], rows[i]);
    any_ok(any_get_gradient(net, all));
    assert_true(any_relative_difference(all, sum, 25, 0) <= (dtype == BP_F64 ? 1e-15 : 1e-6));
    any_ok(bp_net_step(net));
    any_ok(any_get_gradient(net, all));
    assert_true(any_max_norm(all, 25) == 0);
    bp_net_destroy(net);
}

/* ---- training */

static void set_optimizer(bp_net *net, size_t index)
{
    any_ok(bp_net_set(net, BP_OPT_OPTIMIZER, bp_key_at(BP_FAMILY_OPTIMIZER, index)));
    any_ok(bp_net_set(net, BP_OPT_MOMENTUM, 0.75));
    any_ok(bp_net_set(net, BP_OPT_WEIGHT_DECAY, 0.125));
    any_ok(bp_net_set(net, BP_OPT_DECAY_BIAS, 1));
}

static void check_train(int32_t dtype, const size_t width[3], double rate, size_t optimizer, bool plain)
{
    bp_net *net = net_of(dtype, width, rate), *other = net_of(dtype, width, rate);
    double loss[2];
    for (size_t i = 0; !plain && i < 2; i++)
        set_optimizer(i ? other : net, optimizer);
    for (size_t step = 0; step < 4; step++) {
        const size_t rows = 3 + 11 * step;
        if (step == 2) { /* train takes what backward has added before, as step does */
            add_rows(net, 50, 4);
            add_rows(other, 50, 4);
        }
        any_ok(any_train(net, x, target, rows, &loss[0]));
        any_ok(any_forward(other, x, rows, NULL));
        any_ok(any_backward(other, target, rows, &loss[1]));
        any_ok(bp_net_step(other));
        any_same_bits(&loss[0], &loss[1], 1);
        assert_same_parameters(net, other);
    }
    bp_net_destroy(net);
    bp_net_destroy(other);
}

/* Each optimiser with momentum and decay; and plain gradient descent, which the matrix product does itself. */
static void train_equals_forward_backward_and_step(void **state)
{
    const int32_t dtype = any_dtype(state);
    static const size_t width[] = {10, 17, 7};
    for (size_t i = 0; bp_key_at(BP_FAMILY_OPTIMIZER, i) != 0; i++)
        check_train(dtype, width, 0.25, i, false);
    for (size_t i = 0; i < COUNT(widths); i++)
        check_train(dtype, widths[i], i % 2 ? 0.25 : 0, 0, true);
}

/* Changes an option at some steps, each followed by a step on one row. Not every activation has a slope. */
static void change(bp_net *net, size_t step)
{
    bp_status status = BP_OK;
    if (step == 5)
        status = bp_net_set(net, BP_OPT_LEARNING_RATE, 0.02);
    else if (step == 6)
        bp_net_layer_set(net, 0, BP_LAYER_SLOPE, 1.5);
    else if (step == 10)
        status = bp_net_layer_set(net, 1, BP_LAYER_TRAIN_WEIGHTS, 0);
    else if (step == 12)
        status = bp_net_set(net, BP_OPT_L1, 0.01);
    any_ok(status);
}

/* Steps on one row, which a narrow net computes in a way of its own, between steps on several rows, which leave
 * other numbers in its workspaces. Options change on the way, and one x is too large for that way. */
static void check_narrow(int32_t dtype, int32_t activation, size_t optimizer)
{
    static const size_t rows[] = {1, 1, 9, 1, 40, 1, 1};
    const struct any_layer layers[] = {{6, activation, 0, 0}, {3, BP_ACT_TANH, 0, 0}, {4, BP_ACT_SIGMOID, 0, 0}};
    bp_net *net = any_net(dtype, 5, layers, 3, 1), *other = any_net(dtype, 5, layers, 3, 1);
    double loss[2], far[5] = {1e6, 0, -1e6, 3, 0};
    bp_net *const both[] = {net, other};
    for (size_t i = 0; i < 2; i++) {
        set_optimizer(both[i], optimizer);
        any_ok(bp_net_set(both[i], BP_OPT_WEIGHT_DECAY, 0)); /* it would check all weights first */
    }
    for (size_t step = 0; step < 14; step++) {
        const bool is_far = step == 8 && activation != BP_ACT_EXP;
        const size_t count = step == 8 ? 1 : rows[step % 7];
        const double *from = is_far ? far : x + 5 * step;
        change(net, step);
        change(other, step);
        any_ok(any_train(net, from, target, count, &loss[0]));
        any_ok(any_forward(other, from, count, NULL));
        any_ok(any_backward(other, target, count, &loss[1]));
        any_ok(bp_net_step(other));
        any_same_bits(&loss[0], &loss[1], 1);
        assert_same_parameters(net, other);
    }
    bp_net_destroy(net);
    bp_net_destroy(other);
}

static void a_narrow_net_steps_on_one_row_with_the_bits_of_the_three_calls(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; bp_key_at(BP_FAMILY_OPTIMIZER, i) != 0; i++)
        for (size_t k = 0; bp_key_at(BP_FAMILY_ACTIVATION, k) != 0; k++)
            check_narrow(dtype, bp_key_at(BP_FAMILY_ACTIVATION, k), i);
}

/* Enough work for several threads; a host that runs the parts backwards. */
static void backwards(void *user, size_t count, bp_task *task, void *context)
{
    *(size_t *)user += count;
    while (count-- > 0)
        task(context, count);
}

static void any_number_of_threads_gives_the_same_bits(void **state)
{
    const int32_t dtype = any_dtype(state);
    static const double threads[] = {1, 2, 3, 7};
    const struct any_layer layers[] = {{70, BP_ACT_TANH, 0, 0}, {90, BP_ACT_RELU, 0, 0}, {3, BP_ACT_SOFTMAX, 0, 0}};
    enum { INPUTS = 60, MANY = 700 };
    double *wide = any_buffer(INPUTS * MANY), *labels = any_buffer(3 * MANY), *dx[2];
    size_t parts = 0;
    dx[0] = any_buffer(INPUTS * MANY);
    dx[1] = any_buffer(INPUTS * MANY);
    for (size_t i = 0; i < INPUTS * MANY; i++)
        wide[i] = (double)(i * 7919 % 1000) / 1000;
    for (size_t i = 0; i < MANY; i++)
        labels[3 * i + i % 3] = 1;
    bp_net *nets[5];
    for (size_t i = 0; i < 5; i++) {
        nets[i] = any_net(dtype, INPUTS, layers, 3, 1);
        any_ok(bp_net_set(nets[i], BP_OPT_THREADS, i < 4 ? threads[i] : 5));
        any_ok(bp_net_set(nets[i], BP_OPT_LOSS, BP_LOSS_CROSS_ENTROPY));
        any_ok(bp_net_set(nets[i], BP_OPT_OPTIMIZER, BP_OPTIM_ADAM));
    }
    any_ok(bp_net_set_parallel_for(nets[4], backwards, &parts));
    for (size_t i = 0; i < 5; i++) {
        for (size_t step = 0; step < 3; step++)
            any_ok(any_train(nets[i], wide, labels, MANY, NULL));
        any_ok(any_forward(nets[i], wide, MANY, NULL));
        any_ok(any_backward(nets[i], labels, MANY, NULL));
        any_ok(any_input_gradient(nets[i], dx[i > 0]));
        assert_same_parameters(nets[0], nets[i]);
        assert_same_gradient(nets[0], nets[i]);
        if (i > 0)
            any_same_bits(dx[0], dx[1], INPUTS * MANY);
    }
    assert_true(parts > 0);
    for (size_t i = 0; i < 5; i++)
        bp_net_destroy(nets[i]);
    free(wide);
    free(labels);
    free(dx[0]);
    free(dx[1]);
}

/* A net's threads sleep at once, or spin through all of the test; the option changes while they wait, too. */
static void however_long_threads_spin_gives_the_same_bits(void **state)
{
    const int32_t dtype = any_dtype(state);
    static const double spins[] = {50, 0, 10000, 1};
    const struct any_layer layers[] = {{70, BP_ACT_TANH, 0, 0}, {90, BP_ACT_RELU, 0, 0}, {3, BP_ACT_SOFTMAX, 0, 0}};
    enum { INPUTS = 60, MANY = 700, NETS = sizeof(spins) / sizeof(spins[0]) };
    double *wide = any_buffer(INPUTS * MANY), *one_hot = any_buffer(3 * MANY), spin;
    bp_net *nets[NETS], *copy;
    for (size_t i = 0; i < INPUTS * MANY; i++)
        wide[i] = (double)(i * 7919 % 1000) / 1000;
    for (size_t i = 0; i < MANY; i++)
        one_hot[3 * i + i % 3] = 1;
    for (size_t i = 0; i < NETS; i++) {
        nets[i] = any_net(dtype, INPUTS, layers, 3, 1);
        any_ok(bp_net_set(nets[i], BP_OPT_SPIN, spins[i]));
        any_ok(bp_net_set(nets[i], BP_OPT_THREADS, i == 0 ? 1 : 2));
        any_ok(bp_net_set(nets[i], BP_OPT_LOSS, BP_LOSS_CROSS_ENTROPY));
        for (size_t step = 0; step < 4; step++) {
            any_ok(bp_net_set(nets[i], BP_OPT_SPIN, step % 2 == 0 ? spins[i] : 10000 - spins[i]));
            any_ok(any_train(nets[i], wide, one_hot, MANY, NULL));
        }
        assert_same_parameters(nets[0], nets[i]);
    }
    any_ok(bp_net_set(nets[1], BP_OPT_SPIN, 123));
    any_ok(bp_net_clone(&copy, nets[1]));
    any_ok(bp_net_get(copy, BP_OPT_SPIN, &spin));
    assert_true(spin == 123);
    any_ok(any_train(copy, wide, one_hot, MANY, NULL));
    any_ok(any_train(nets[0], wide, one_hot, MANY, NULL));
    assert_same_parameters(nets[0], copy);
    bp_net_destroy(copy);
    for (size_t i = 0; i < NETS; i++)
        bp_net_destroy(nets[i]);
    free(wide);
    free(one_hot);
}

static void labels_equal_one_hot_targets(void **state)
{
    const int32_t dtype = any_dtype(state), labels[] = {2, 0, 1, 1};
    const double one_hot[] = {0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 1, 0};
    const struct any_layer layers[] = {{6, BP_ACT_TANH, 0, 0}, {3, BP_ACT_SOFTMAX, 0, 0}};
    bp_net *net = any_net(dtype, 5, layers, 2, 1), *other = any_net(dtype, 5, layers, 2, 1);
    double loss[4];
    any_ok(bp_net_set(net, BP_OPT_LOSS, BP_LOSS_CROSS_ENTROPY));
    any_ok(bp_net_set(other, BP_OPT_LOSS, BP_LOSS_CROSS_ENTROPY));
    any_ok(any_forward(net, x, 4, NULL));
    any_ok(any_forward(other, x, 4, NULL));
    any_ok(bp_net_backward_labels(net, labels, 4, &loss[0]));
    any_ok(any_backward(other, one_hot, 4, &loss[1]));
    assert_same_gradient(net, other);
    any_ok(any_train_labels(net, x, labels, 4, &loss[2]));
    any_ok(any_train(other, x, one_hot, 4, &loss[3]));
    assert_same_parameters(net, other);
    any_same_bits(&loss[0], &loss[1], 1);
    any_same_bits(&loss[2], &loss[3], 1);
    bp_net_destroy(net);
    bp_net_destroy(other);
}

static void a_clone_continues_with_the_same_bits(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; bp_key_at(BP_FAMILY_OPTIMIZER, i) != 0; i++) {
        bp_net *net = net_of(dtype, (const size_t[]){7, 16, 3}, 0.25), *clone = NULL;
        set_optimizer(net, i);
        for (size_t step = 0; step < 3; step++)
            any_ok(any_train(net, x, target, 5, NULL));
        add_rows(net, 10, 6);
        any_ok(bp_net_clone(&clone, net));
        assert_same_gradient(net, clone);
        assert_same_parameters(net, clone);
        for (size_t step = 0; step < 3; step++) /* first the clone alone, because it shares nothing with the net */
            any_ok(any_train(clone, x, target, 9, NULL));
        any_ok(any_get_parameters(clone, two));
        for (size_t step = 0; step < 3; step++)
            any_ok(any_train(net, x, target, 9, NULL));
        assert_same_parameters(net, clone);
        bp_net_destroy(net);
        bp_net_destroy(clone);
    }
}

static void a_clone_of_a_net_that_has_no_layer_takes_some(void **state)
{
    bp_net *net = NULL, *clone = NULL;
    any_ok(bp_net_create(&net, any_dtype(state), 3));
    any_ok(bp_net_clone(&clone, net));
    bp_net_destroy(net);
    any_ok(bp_net_add_dense(clone, 2, BP_ACT_TANH));
    any_ok(bp_net_init(clone, 1));
    assert_int_equal(any_parameters(clone), 8);
    bp_net_destroy(clone);
}

static void check_frozen(bp_net *net, size_t optimizer)
{
    double weights[2][3 * 8], bias[2][8];
    set_optimizer(net, optimizer);
    any_ok(bp_net_layer_set(net, 0, BP_LAYER_TRAIN_WEIGHTS, 0));
    any_ok(bp_net_layer_set(net, 1, BP_LAYER_TRAIN_BIAS, 0));
    any_ok(any_set_bias(net, 1, &x[1]));
    any_ok(any_get_weights(net, 0, weights[0]));
    any_ok(any_get_weights(net, 1, weights[1]));
    any_ok(any_get_bias(net, 0, bias[0]));
    any_ok(any_get_bias(net, 1, bias[1]));
    any_same_bits(bias[1], &x[1], 1); /* frozen or not, it can be set */
    for (size_t step = 0; step < 5; step++)
        any_ok(any_train(net, x, target, step % 2 ? 4 : 1, NULL));
    any_ok(any_get_weights(net, 0, one));
    any_same_bits(one, weights[0], 3 * 8);
    any_ok(any_get_bias(net, 1, one));
    any_same_bits(one, bias[1], 1);
    any_ok(any_get_weights(net, 1, one));
    for (size_t i = 0; i < 8 * 2; i++)
        assert_true(one[i] != weights[1][i]);
    any_ok(any_get_bias(net, 0, one));
    for (size_t i = 0; i < 8; i++)
        assert_true(one[i] != bias[0][i]);
}

static void frozen_parameters_keep_their_bits_and_others_move(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; bp_key_at(BP_FAMILY_OPTIMIZER, i) != 0; i++) {
        bp_net *net = net_of(dtype, (const size_t[]){3, 8, 2}, 0);
        check_frozen(net, i);
        bp_net_destroy(net);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(a_row_alone_equals_that_row_in_any_batch),
        ANY_BOTH(predict_equals_forward_for_every_activation),
        ANY_BOTH(predict_with_a_scratch_equals_predict_without),
        ANY_BOTH(one_backward_of_64_rows_equals_four_of_16_and_other_parts),
        ANY_BOTH(two_backwards_of_one_forward_equal_one_of_the_rows_twice),
        ANY_BOTH(the_gradient_is_a_mean_over_all_rows_until_a_step_or_zero_gradient),
        ANY_BOTH(train_equals_forward_backward_and_step),
        ANY_BOTH(a_narrow_net_steps_on_one_row_with_the_bits_of_the_three_calls),
        ANY_BOTH(any_number_of_threads_gives_the_same_bits),
        ANY_BOTH(however_long_threads_spin_gives_the_same_bits),
        ANY_BOTH(labels_equal_one_hot_targets),
        ANY_BOTH(a_clone_continues_with_the_same_bits),
        ANY_BOTH(a_clone_of_a_net_that_has_no_layer_takes_some),
        ANY_BOTH(frozen_parameters_keep_their_bits_and_others_move),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, fill_data, NULL);
}
