/* SPDX-License-Identifier: MIT
 *
 * Products by a CBLAS: a net that uses it computes nearly the same numbers; a library without one refuses it. */
#include "any.h"

#include <stdlib.h>

enum { INPUTS = 37, ROWS = 45, OUTPUTS = 5, STEPS = 20 };

static double highest(void)
{
    double high;
    bp_key_bounds(BP_OPT_BLAS, NULL, &high, NULL);
    return high;
}

static bp_net *make(int32_t dtype)
{
    const struct any_layer layers[] = {{50, BP_ACT_TANH, 0, 0}, {OUTPUTS, BP_ACT_SIGMOID, 0, 0}};
    bp_net *net = any_net(dtype, INPUTS, layers, 2, 1);
    any_ok(bp_net_set(net, BP_OPT_LEARNING_RATE, 0.5));
    return net;
}

static void a_cblas_gives_about_the_same(void **state)
{
    const int32_t dtype = any_dtype(state);
    if (highest() == 0)
        skip(); /* built without -Dblas= */
    bp_net *net = make(dtype), *own = make(dtype);
    const size_t count = any_parameters(net);
    double *x = any_buffer(ROWS * INPUTS), *target = any_buffer(ROWS * OUTPUTS), *dx[] = {x, any_buffer(ROWS * INPUTS)};
    double *got = any_buffer(count), *expected = any_buffer(count);
    uint64_t seed = 1;
    any_fill(&seed, x, ROWS * INPUTS, -1, 1);
    any_fill(&seed, target, ROWS * OUTPUTS, 0, 1);
    any_ok(bp_net_set(net, BP_OPT_BLAS, 1));
    for (size_t step = 0; step < STEPS; step++) {
        any_ok(any_train(net, x, target, ROWS, NULL));
        any_ok(any_train(own, x, target, ROWS, NULL));
    }
    any_ok(any_forward(net, x, ROWS, NULL));
    any_ok(any_backward(net, target, ROWS, NULL));
    any_ok(any_input_gradient(net, dx[1]));
    any_ok(any_get_parameters(net, got));
    any_ok(any_get_parameters(own, expected));
    assert_true(any_relative_difference(got, expected, count, 1e-3) <= (dtype == BP_F32 ? 1e-5 : 1e-13));
    assert_true(any_max_norm(dx[1], ROWS * INPUTS) > 0);
    free(x);
    free(target);
    free(dx[1]);
    free(got);
    free(expected);
    bp_net_destroy(net);
    bp_net_destroy(own);
}

static void without_a_cblas_it_is_refused(void **state)
{
    const int32_t dtype = any_dtype(state);
    bp_net *net = make(dtype);
    assert_int_equal(bp_net_set(net, BP_OPT_BLAS, 1), highest() == 1 ? BP_OK : BP_ERR_ARG);
    bp_net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(a_cblas_gives_about_the_same),
        ANY_BOTH(without_a_cblas_it_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
