/* SPDX-License-Identifier: MIT
 *
 * The first rule of the numerics contract: every result is one chain. Here the chains are written down without any
 * kernel. */
#include <math.h>
#include <stdlib.h>

#include "any.h"
#include "base/fma.h"

/** first + the sum of a[i * a_step] b[i * b_step], as one chain of fused multiply-adds of the number type, i
 *  ascending. */
static double chain(int32_t dtype, double first, const double *a, size_t a_step, const double *b, size_t b_step,
                    size_t count)
{
    double sum = first;
    for (size_t i = 0; i < count; i++) {
        const double p = a[i * a_step], q = b[i * b_step];
        sum = dtype == BP_F64 ? bp_fma_f64(p, q, sum) : (double)bp_fma_f32((float)p, (float)q, (float)sum);
    }
    return sum;
}

enum { LONG = 1024, SHORT = 19, FEW = 8 }; /* LONG: two blocks of the depth of the product; its reciprocal is exact */

/** Rows and columns of a matrix that a chain runs over, with the result the library gave. */
static void assert_chain(int32_t dtype, double got, double first, const double *a, size_t a_step, const double *b,
                         size_t b_step, size_t count)
{
    const double wanted = chain(dtype, first, a, a_step, b, b_step, count);
    any_same_bits(&got, &wanted, 1);
}

static void check_chains(int32_t dtype, size_t in, size_t rows)
{
    const struct any_layer layers[] = {{SHORT, BP_ACT_IDENTITY, 0, 0}, {SHORT, BP_ACT_IDENTITY, 0, 0}};
    bp_net *net = any_net(dtype, in, layers, 2, 5);
    double *z = any_buffer(rows * SHORT), *delta = any_buffer(rows * SHORT), *below = any_buffer(rows * SHORT);
    double *x = any_buffer(rows * in), *target = any_buffer(rows * SHORT), b[SHORT], w_out[SHORT * SHORT];
    double *w = any_buffer(SHORT * in), *gradient = any_buffer(SHORT * in);
    uint64_t seed = 1;
    any_fill(&seed, x, rows * in, -1, 1);
    any_fill(&seed, target, rows * SHORT, -1, 1);
    any_ok(any_set_bias(net, 0, x));
    any_ok(any_forward(net, x, rows, NULL));
    any_ok(any_backward(net, target, rows, NULL));
    any_ok(any_get_weights(net, 0, w));
    any_ok(any_get_bias(net, 0, b));
    any_ok(any_get_weights(net, 1, w_out));
    any_ok(any_get_z(net, 0, z));
    any_ok(any_get_delta(net, 1, delta));
    any_ok(any_get_delta(net, 0, below));
    any_ok(any_get_weight_gradient(net, 0, gradient));
    for (size_t i = 0; i < rows * SHORT; i++) {
        const size_t row = i / SHORT, unit = i % SHORT;
        assert_chain(dtype, z[i], b[unit], w + unit * in, 1, x + row * in, 1, in);
        assert_chain(dtype, below[i], 0, w_out + unit, SHORT, delta + row * SHORT, 1, SHORT);
    }
    for (size_t i = 0; i < SHORT * in; i++)
        assert_chain(dtype, gradient[i] * (double)rows, 0, below + i / in, SHORT, x + i % in, in, rows);
    free(x);
    free(target);
    free(w);
    free(gradient);
    free(z);
    free(delta);
    free(below);
    bp_net_destroy(net);
}

static void every_sum_of_products_is_one_ascending_chain_of_fused_multiply_adds(void **state)
{
    const int32_t dtype = any_dtype(state);
    check_chains(dtype, LONG, FEW);
    check_chains(dtype, 13, LONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(every_sum_of_products_is_one_ascending_chain_of_fused_multiply_adds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
