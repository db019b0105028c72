/* SPDX-License-Identifier: MIT */

/* What dropout drops, keeps and scales, in training and in prediction. test_contract.c tests that batches may be
 * split anywhere. */

#include "any.h"

#include <locale.h>
#include <math.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { ROWS = 70, WIDEST = 100 };

/* Buffers for all tests; x is always the same, and has no 0. */
static double x[ROWS * WIDEST], one[ROWS * WIDEST], two[ROWS * WIDEST];

static int fill_data(void **state)
{
    (void)state;
    uint64_t seed = 3;
    any_fill(&seed, x, COUNT(x), 0.25, 2);
    return 0;
}

/** Dropout of WIDEST inputs, then a unit: the activation of layer 0 is what dropout makes of x. */
static bp_net *dropping(int32_t dtype, double rate)
{
    bp_net *net = NULL;
    any_ok(bp_net_create(&net, dtype, WIDEST));
    any_ok(any_add_dropout(net, rate));
    any_ok(bp_net_add_dense(net, 1, BP_ACT_TANH));
    any_ok(bp_net_init(net, 42));
    return net;
}

/** x / (1 - rate). The library may take the reciprocal first: for 0, 0.5 and 0.75 that is exact. */
static bool is_kept(int32_t dtype, double rate, double from, double to)
{
    const double wanted = from / (1 - rate), epsilon = dtype == BP_F64 ? 0x1p-52 : 0x1p-23;
    return rate == 0 || rate == 0.5 || rate == 0.75 ? to == wanted : fabs(to - wanted) <= 2 * epsilon * fabs(wanted);
}

static void dropout_drops_the_share_and_scales_what_it_keeps(void **state)
{
    static const double rates[] = {0, 0.1, 0.25, 0.5, 0.75, 0.99};
    const int32_t dtype = any_dtype(state);
    const double count = ROWS * WIDEST;
    for (size_t k = 0; k < COUNT(rates); k++) {
        bp_net *net = dropping(dtype, rates[k]);
        double zeros = 0;
        any_ok(any_forward(net, x, ROWS, NULL));
        any_ok(any_get_activation(net, 0, one));
        any_ok(any_get_z(net, 0, two));
        any_same_bits(two, x, ROWS * WIDEST); /* what went in */
        for (size_t i = 0; i < ROWS * WIDEST; i++) {
            zeros += one[i] == 0;
            assert_true(one[i] == 0 || is_kept(dtype, rates[k], x[i], one[i]));
        }
        assert_true(fabs(zeros - count * rates[k]) <= 5 * sqrt(count * rates[k] * (1 - rates[k])));
        bp_net_destroy(net);
    }
}

/* 1: kept. From Philox4x32-10 by an independent program: word u % 4 of block {u / 4, row, 0, layer | 2^31} below
 * 2^31. */
static void seed_42_drops_the_golden_numbers(void **state)
{
    static const char *golden[3] = {"110000100100", "010100011101", "100101110110"};
    const int32_t dtype = any_dtype(state);
    bp_net *net = dropping(dtype, 0.5);
    any_ok(any_forward(net, x, 3, NULL));
    any_ok(any_get_activation(net, 0, one));
    for (size_t i = 0; i < 3 * 12; i++)
        assert_true((one[i / 12 * WIDEST + i % 12] != 0) == (golden[i / 12][i % 12] == '1'));
    bp_net_destroy(net);
}

static void dropout_goes_by_the_rows_forwarded_since_init(void **state)
{
    const int32_t dtype = any_dtype(state);
    bp_net *net = dropping(dtype, 0.25);
    any_ok(any_forward(net, x, ROWS, NULL));
    any_ok(any_get_activation(net, 0, one));
    any_ok(bp_net_init(net, 42));
    any_ok(any_forward(net, x, 30, NULL));
    any_ok(any_predict(net, x, ROWS, two, NULL)); /* does not count */
    any_ok(any_forward(net, x + 30 * WIDEST, ROWS - 30, NULL));
    any_ok(any_get_activation(net, 0, two));
    any_same_bits(two, one + 30 * WIDEST, (ROWS - 30) * WIDEST);
    any_ok(any_forward(net, x, ROWS, NULL));
    any_ok(any_get_activation(net, 0, two));
    assert_true(memcmp(one, two, ROWS * WIDEST * sizeof *one) != 0);
    bp_net_destroy(net);
}

static void predict_passes_dropout_by(void **state)
{
    const int32_t dtype = any_dtype(state);
    const struct any_layer with[] = {{33, BP_ACT_TANH, 0, 0}, {0, 0, 0, 0.5}, {17, BP_ACT_SIGMOID, 0, 0}};
    const struct any_layer dense[] = {with[0], with[2]};
    bp_net *net = any_net(dtype, 30, with, 3, 9), *without = any_net(dtype, 30, dense, 2, 9);
    any_ok(any_get_parameters(net, one));
    any_ok(any_set_parameters(without, one));
    any_ok(any_predict(net, x, ROWS, one, NULL));
    any_ok(any_forward(without, x, ROWS, two));
    any_same_bits(one, two, ROWS * 17);
    bp_net_destroy(net);
    bp_net_destroy(without);
}

/* The input gradient is w f'(z) for what was kept, with the same factor, and 0 for what was dropped. */
static void the_gradient_passes_through_what_dropout_kept(void **state)
{
    const int32_t dtype = any_dtype(state);
    bp_net *net = dropping(dtype, 0.75);
    double w[WIDEST], delta[ROWS];
    any_ok(any_get_weights(net, 1, w));
    any_ok(any_forward(net, x, ROWS, NULL));
    any_ok(any_backward(net, x, ROWS, NULL)); /* any target will do */
    any_ok(any_get_activation(net, 0, one));
    any_ok(any_get_delta(net, 1, delta));
    any_ok(any_input_gradient(net, two));
    for (size_t i = 0; i < ROWS * WIDEST; i++) {
        const double wanted = one[i] == 0 ? 0 : 4 * w[i % WIDEST] * delta[i / WIDEST];
        assert_true(fabs(two[i] - wanted) <= (dtype == BP_F64 ? 0x1p-52 : 0x1p-23) * fabs(wanted));
    }
    bp_net_destroy(net);
}

/* Also of a first layer, and after train, which otherwise does not copy x. */
static void z_of_dropout_is_what_went_in(void **state)
{
    static const struct any_layer first[] = {{.rate = 0.5}, {.units = 1, .activation = BP_ACT_IDENTITY}};
    bp_net *net = any_net(any_dtype(state), WIDEST, first, 2, 9);
    any_ok(any_train(net, x, x, ROWS, NULL));
    any_ok(any_get_z(net, 0, one));
    any_same_bits(one, x, ROWS * WIDEST);
    bp_net_destroy(net);
}

static void another_rate_leaves_nothing_to_go_back_through(void **state)
{
    bp_net *net = dropping(any_dtype(state), 0.25);
    any_ok(any_forward(net, x, ROWS, NULL));
    any_ok(bp_net_layer_set(net, 0, BP_LAYER_RATE, 0.5));
    assert_int_equal(any_backward(net, x, ROWS, NULL), BP_ERR_STATE);
    bp_net_destroy(net);
}

static void a_layer_is_random_while_its_rate_is_not_0(void **state)
{
    bp_net *net = dropping(any_dtype(state), 0.25);
    double random;
    any_ok(bp_net_layer_get(net, 0, BP_LAYER_RANDOM, &random));
    assert_true(random == 1);
    any_ok(bp_net_layer_get(net, 1, BP_LAYER_RANDOM, &random));
    assert_true(random == 0);
    any_ok(bp_net_layer_set(net, 0, BP_LAYER_RATE, 0));
    any_ok(bp_net_layer_get(net, 0, BP_LAYER_RANDOM, &random));
    assert_true(random == 0);
    assert_int_equal(bp_net_layer_set(net, 0, BP_LAYER_RANDOM, 0), BP_ERR_ARG);
    assert_string_equal(bp_last_error(), "bp_net_layer_set: random can only be read");
    bp_net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(dropout_drops_the_share_and_scales_what_it_keeps), ANY_BOTH(seed_42_drops_the_golden_numbers),
        ANY_BOTH(dropout_goes_by_the_rows_forwarded_since_init),    ANY_BOTH(predict_passes_dropout_by),
        ANY_BOTH(the_gradient_passes_through_what_dropout_kept),    ANY_BOTH(z_of_dropout_is_what_went_in),
        ANY_BOTH(another_rate_leaves_nothing_to_go_back_through),   ANY_BOTH(a_layer_is_random_while_its_rate_is_not_0),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, fill_data, NULL);
}
