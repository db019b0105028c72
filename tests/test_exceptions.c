/* SPDX-License-Identifier: MIT
 *
 * No call raises an invalid operation, a division by zero or an overflow if all its results are finite: a host may have
 * these exceptions unmasked. Here the flags are tested; BP_TEST_HOST=traps runs all other tests with traps. */
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "any.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define RAISED (FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW)

/* Fractions of the largest number, and numbers near which functions reach their limits. */
static const double sizes[] = {0,  1e-30, 0.3, 0.6, 0.9, 1,   3,   5,   8,   9.5, 11,   14,   19,   25,
                               30, 41,    88,  89,  104, 120, 709, 750, 1e3, 1e5, 1e10, 1e15, 1e19, 1e25};
static const double parts[] = {1e-30, 1e-20, 1e-10, 1e-4, 1e-3, 0.01, 0.24, 0.49, 0.51, 0.99, 1};

enum { SIZES = COUNT(sizes), PARTS = COUNT(parts), POINTS = 2 * (SIZES + PARTS) };

static double largest(int32_t dtype) { return dtype == BP_F32 ? (double)FLT_MAX : DBL_MAX; }

static double point(int32_t dtype, size_t i)
{
    const size_t k = i / 2;
    const double size = k < SIZES ? sizes[k] : parts[k - SIZES] * largest(dtype);
    return i % 2 ? -size : size;
}

static bool all_finite(const double *x, size_t n)
{
    size_t i = 0;
    while (i < n && isfinite(x[i]))
        i++;
    return i == n;
}

/* One unit that passes its input to the activation unchanged. */
static bp_net *mirror(int32_t dtype, int32_t activation)
{
    static const double one = 1, zero = 0;
    const struct any_layer layer = {1, activation, 0, 0};
    bp_net *net = any_net(dtype, 1, &layer, 1, 1);
    any_ok(any_set_weights(net, 0, &one));
    any_ok(any_set_bias(net, 0, &zero));
    return net;
}

static void try_point(bp_net *net, const char *name, double slope, double z)
{
    const double one = 1;
    double a[2], delta, gradient[2];
    any_ok(bp_net_zero_gradient(net));
    host_mask(true); /* flags are tested in place of traps */
    feclearexcept(FE_ALL_EXCEPT);
    any_ok(any_predict(net, &z, 1, &a[0], NULL));
    any_ok(any_forward(net, &z, 1, &a[1]));
    const bool forward = fetestexcept(RAISED) != 0;
    const bp_status status = any_backward_from(net, &one, 1);
    const bool backward = fetestexcept(RAISED) != 0;
    host_unmask(true);
    any_ok(status);
    any_ok(any_get_delta(net, 0, &delta));
    any_ok(any_get_gradient(net, gradient));
    if (all_finite(a, 2) && forward)
        fail_msg("%s of %g with a slope of %g is %g and raises an exception", name, z, slope, a[0]);
    if (all_finite(a, 2) && all_finite(gradient, 2) && backward)
        fail_msg("%s' at %g with a slope of %g is %g and raises an exception", name, z, slope, delta);
}

static void no_activation_raises_an_exception_where_it_is_finite(void **state)
{
    static const double slopes[] = {0, 1e-3, 1000};
    const int32_t dtype = any_dtype(state);
    int32_t activation;
    for (size_t i = 0; (activation = bp_key_at(BP_FAMILY_ACTIVATION, i)) != 0; i++) {
        bp_net *net = mirror(dtype, activation);
        for (size_t k = 0; k < COUNT(slopes); k++) {
            const bool set = slopes[k] > 0 && bp_net_layer_set(net, 0, BP_LAYER_SLOPE, slopes[k]) == BP_OK;
            for (size_t p = 0; p < POINTS && (k == 0 || set); p++)
                try_point(net, bp_key_name(activation), slopes[k], point(dtype, p));
        }
        bp_net_destroy(net);
    }
}

/* Rows of three outputs, as far apart as numbers can be. */
static const double rows[][3] = {{0, 0, 0},         {-1, 0, 1},      {1e3, -1e3, 0},        {-1e3, -1e3, -2e3},
                                 {-1e30, -1e30, 0}, {1e30, 0, 1e30}, {-1e30, -2e30, -3e30}, {1e30, 1e10, -1e30}};
static const double far_rows[][3] = {{0.9, -0.9, 0}, {-0.9, -0.9, -0.95}, {0.9, 0.9, 0.9}, {-0.99, 0.99, 0.99}};

static void try_row(int32_t dtype, int32_t loss, int32_t activation, const double z[3])
{
    static const double identity[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1}, zeros[3] = {0}, target[3] = {0, 1, 0};
    const struct any_layer layer = {3, activation, 0, 0};
    bp_net *net = any_net(dtype, 3, &layer, 1, 1);
    double value = 0, a[3], delta[3], gradient[12];
    any_ok(any_set_weights(net, 0, identity));
    any_ok(any_set_bias(net, 0, zeros));
    any_ok(bp_net_set(net, BP_OPT_LOSS, loss));
    host_mask(true);
    feclearexcept(FE_ALL_EXCEPT);
    any_ok(any_forward(net, z, 1, a));
    const bp_status status = any_backward(net, target, 1, &value);
    const bool raised = fetestexcept(RAISED) != 0;
    host_unmask(true);
    if (status == BP_OK) {
        any_ok(any_get_delta(net, 0, delta));
        any_ok(any_get_gradient(net, gradient));
        if (raised && all_finite(a, 3) && all_finite(delta, 3) && all_finite(gradient, 12))
            fail_msg("%s on %s of %g, %g and %g raises an exception", bp_key_name(loss), bp_key_name(activation), z[0],
                     z[1], z[2]);
    } else if (status != BP_ERR_UNSUPPORTED)
        assert_int_equal(status, BP_ERR_NONFINITE);
    bp_net_destroy(net);
}

static void no_loss_raises_an_exception_where_it_is_finite(void **state)
{
    const int32_t dtype = any_dtype(state);
    int32_t loss, activation;
    for (size_t l = 0; (loss = bp_key_at(BP_FAMILY_LOSS, l)) != 0; l++)
        for (size_t i = 0; (activation = bp_key_at(BP_FAMILY_ACTIVATION, i)) != 0; i++) {
            for (size_t row = 0; row < COUNT(rows); row++)
                try_row(dtype, loss, activation, rows[row]);
            for (size_t row = 0; row < COUNT(far_rows); row++) {
                double z[3];
                for (size_t k = 0; k < 3; k++)
                    z[k] = far_rows[row][k] * largest(dtype);
                try_row(dtype, loss, activation, z);
            }
        }
}

/* In f64 the square of a gradient may overflow where the gradient and its norm do not. */
/* Subnormal numbers are recognised by their bits, without a comparison. */
static void nan_passes_through_the_identity_without_an_exception(void **state)
{
    const double x = NAN;
    double a[2];
    bp_net *net = mirror(any_dtype(state), BP_ACT_IDENTITY);
    host_mask(true);
    feclearexcept(FE_ALL_EXCEPT);
    any_ok(any_predict(net, &x, 1, &a[0], NULL));
    any_ok(any_forward(net, &x, 1, &a[1]));
    const int raised = fetestexcept(RAISED);
    host_unmask(true);
    assert_int_equal(raised, 0);
    assert_true(isnan(a[0]) && isnan(a[1]));
    bp_net_destroy(net);
}

static void the_norm_of_a_huge_gradient_is_finite(void **state)
{
    const int32_t dtype = any_dtype(state);
    const double huge = dtype == BP_F32 ? 1e30 : 1e200, dy[2] = {3 * huge, 4 * huge}, x = 1;
    const struct any_layer layer = {2, BP_ACT_IDENTITY, BP_BIAS_NONE, 0};
    bp_net *net = any_net(dtype, 1, &layer, 1, 1);
    double norm = 0, before[2], after[2];
    any_ok(bp_net_set(net, BP_OPT_CLIP_NORM, 1));
    any_ok(bp_net_set(net, BP_OPT_LEARNING_RATE, 1));
    any_ok(any_get_parameters(net, before));
    host_mask(true);
    any_ok(any_forward(net, &x, 1, NULL));
    feclearexcept(FE_ALL_EXCEPT);
    any_ok(any_backward_from(net, dy, 1));
    any_ok(any_get_gradient_norm(net, &norm));
    any_ok(bp_net_step(net));
    const bool raised = fetestexcept(RAISED) != 0;
    host_unmask(true);
    any_ok(any_get_parameters(net, after));
    assert_true(fabs(norm / (5 * huge) - 1) < 1e-6);
    assert_false(raised);
    assert_true(fabs(before[0] - after[0] - 0.6) < 1e-6 && fabs(before[1] - after[1] - 0.8) < 1e-6);
    bp_net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(no_activation_raises_an_exception_where_it_is_finite),
        ANY_BOTH(no_loss_raises_an_exception_where_it_is_finite),
        ANY_BOTH(nan_passes_through_the_identity_without_an_exception),
        ANY_BOTH(the_norm_of_a_huge_gradient_is_finite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
