/* SPDX-License-Identifier: MIT
 *
 * What a call leaves for the next call: rows, a gradient, the state of an optimiser, a target; or nothing. */
#include "any.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { ROWS = 4, INPUTS = 3, OUTPUTS = 2, PARAMETERS = 25 };

/* The same for every test. */
static const double x[ROWS * INPUTS] = {0.5, -1, 2, 1.5, 0.25, -0.75, -2, 1, 0, 0.125, 0.5, 1};
static const double target[ROWS * OUTPUTS] = {0.25, 0.75, 1, 0, 0.5, 0.125, 0, 0.875};

static bp_net *net_of(int32_t dtype)
{
    static const struct any_layer layers[] = {{4, BP_ACT_TANH, 0, 0}, {OUTPUTS, BP_ACT_SIGMOID, BP_BIAS_SHARED, 0}};
    return any_net(dtype, INPUTS, layers, 2, 9);
}

static void assert_same_parameters(const bp_net *a, const bp_net *b)
{
    double of_a[PARAMETERS + 2 * 4], of_b[PARAMETERS + 2 * 4];
    assert_in_range(any_parameters(a), 1, COUNT(of_a));
    any_ok(any_get_parameters(a, of_a));
    any_ok(any_get_parameters(b, of_b));
    any_same_bits(of_a, of_b, any_parameters(a));
}

/* ---- rows and gradient */

/* Forward of two rows, and their gradient. */
static void pass_two_rows(bp_net *net)
{
    any_ok(any_forward(net, x, 2, NULL));
    any_ok(any_backward(net, target, 2, NULL));
}

static void reserve_more(bp_net *net)
{
    pass_two_rows(net);
    any_ok(bp_net_reserve(net, 64, 0));
}

static void reserve_more_after_forward(bp_net *net)
{
    any_ok(any_forward(net, x, 2, NULL));
    any_ok(bp_net_reserve(net, 64, 0));
}

static void set_scaling(bp_net *net)
{
    static const double center[3] = {1, 2, 3}, factor[3] = {2, 2, 2};
    pass_two_rows(net);
    any_ok(any_set_scaling(net, center, factor, NULL, NULL));
}

/* The gradient of the first weights, 1e10 times x, overflows. */
static void fail_at_the_step(bp_net *net)
{
    static const double none[3 * 4] = {0}, ones[4 * 2] = {1, 1, 1, 1, 1, 1, 1, 1}, far[2] = {1e10, 1e10};
    const double huge = any_type(net) == BP_F32 ? 1e30 : 1e300;
    double gradient[PARAMETERS];
    any_ok(any_set_weights(net, 0, none));
    any_ok(any_set_weights(net, 1, ones));
    assert_int_equal(any_train(net, (const double[]){huge, huge, huge}, far, 1, NULL), BP_ERR_NONFINITE);
    any_ok(any_get_gradient(net, gradient));
    assert_true(any_max_norm(gradient, any_parameters(net)) == 0);
}

static bp_status read_z(bp_net *net)
{
    double z[64 * 4];
    return any_get_z(net, 0, z);
}

static bp_status go_back(bp_net *net) { return any_backward(net, target, 2, NULL); }

static bp_status pass_down(bp_net *net)
{
    double dx[64 * 3];
    return any_input_gradient(net, dx);
}

static void a_call_that_takes_rows_or_a_gradient_away_is_seen_by_the_next(void **state)
{
    static const struct {
        void (*taken)(bp_net *net);
        bp_status (*next)(bp_net *net);
        size_t rows; /* that are left */
    } rows[] = {
        {reserve_more, read_z, 0},      {reserve_more_after_forward, go_back, 0},
        {reserve_more, pass_down, 0},   {set_scaling, go_back, 2},
        {set_scaling, pass_down, 2},    {fail_at_the_step, bp_net_step, 1},
        {fail_at_the_step, go_back, 1}, {fail_at_the_step, pass_down, 1},
    };
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < COUNT(rows); i++) {
        bp_net *net = net_of(dtype);
        rows[i].taken(net);
        assert_int_equal(any_rows(net), rows[i].rows);
        if (rows[i].next(net) != BP_ERR_STATE)
            fail_msg("row %zu is not refused", i);
        bp_net_destroy(net);
    }
}

/* ---- an optimiser's state */

static void set_optimizer(bp_net *net, size_t index)
{
    any_ok(bp_net_set(net, BP_OPT_OPTIMIZER, bp_key_at(BP_FAMILY_OPTIMIZER, index)));
    any_ok(bp_net_set(net, BP_OPT_MOMENTUM, 0.75));
}

static void train_steps(bp_net *net, size_t steps)
{
    for (size_t step = 0; step < steps; step++)
        any_ok(any_train(net, x, target, 4, NULL));
}

/* From each optimiser to each other, and back: the steps are those from a fresh state. To set the same optimiser
 * again keeps its state. */
static void another_optimizer_takes_over_no_state(void **state)
{
    const int32_t dtype = any_dtype(state);
    double parameters[PARAMETERS];
    for (size_t from = 0; bp_key_at(BP_FAMILY_OPTIMIZER, from) != 0; from++)
        for (size_t to = 0; bp_key_at(BP_FAMILY_OPTIMIZER, to) != 0; to++)
            for (int back = 0; back < 2; back++) {
                bp_net *net = net_of(dtype), *fresh = net_of(dtype);
                const size_t last = back ? from : to;
                set_optimizer(net, from);
                train_steps(net, 3);
                set_optimizer(net, to);
                set_optimizer(net, last);
                set_optimizer(fresh, last);
                any_ok(any_get_parameters(net, parameters));
                if (from == to)
                    train_steps(fresh, 3);
                else
                    any_ok(any_set_parameters(fresh, parameters));
                train_steps(net, 3);
                train_steps(fresh, 3);
                assert_same_parameters(net, fresh);
                bp_net_destroy(net);
                bp_net_destroy(fresh);
            }
}

/* ---- a target */

/* Labels and numbers in turn: a row with labels leaves nothing for a row with numbers, and the reverse. */
static void a_narrow_net_takes_labels_and_numbers_in_turn(void **state)
{
    static const struct {
        size_t outputs;
        int32_t labels[6]; /* -1: the numbers of the target */
    } rows[] = {{3, {-1, 1, 2, -1, 0, 0}}, {3, {2, 1, -1, -1, 1, -1}}, {1, {-1, 0, 1, -1, 1, 0}}};
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct any_layer layers[] = {{4, BP_ACT_TANH, 0, 0}, {rows[i].outputs, BP_ACT_SIGMOID, 0, 0}};
        bp_net *net = any_net(dtype, 2, layers, 2, 1), *other = any_net(dtype, 2, layers, 2, 1);
        any_ok(bp_net_reserve(net, 1, 0)); /* from the first step on it is narrow */
        for (size_t step = 0; step < COUNT(rows[i].labels); step++) {
            const int32_t *label = rows[i].labels[step] < 0 ? NULL : &rows[i].labels[step];
            double loss[2];
            any_ok(label ? any_train_labels(net, x, label, 1, &loss[0]) : any_train(net, x, target, 1, &loss[0]));
            any_ok(any_forward(other, x, 1, NULL));
            any_ok(label ? bp_net_backward_labels(other, label, 1, &loss[1])
                         : any_backward(other, target, 1, &loss[1]));
            any_ok(bp_net_step(other));
            any_same_bits(&loss[0], &loss[1], 1);
            assert_same_parameters(net, other);
        }
        bp_net_destroy(net);
        bp_net_destroy(other);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH_MASKED(a_call_that_takes_rows_or_a_gradient_away_is_seen_by_the_next),
        ANY_BOTH(another_optimizer_takes_over_no_state),
        ANY_BOTH(a_narrow_net_takes_labels_and_numbers_in_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
