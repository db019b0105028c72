/* SPDX-License-Identifier: MIT */

/*
 * Activations and losses at single points: where they have no derivative, and far out, where a formula written without
 * care makes NaN. The tables are in vectors/activations.h.
 */

#include "any.h"
#include "vectors/activations.h"

#include <locale.h>
#include <math.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { MAX_UNITS = 3 };

/** A net whose z is its input: as many units as inputs, weights 1, no bias. */
static bp_net *mirror(int32_t dtype, size_t units, int32_t activation)
{
    const struct any_layer layer = {units, activation, BP_BIAS_NONE, 0};
    double identity[MAX_UNITS * MAX_UNITS] = {0};
    for (size_t i = 0; i < units; i++)
        identity[i * units + i] = 1;
    bp_net *net = any_net(dtype, units, &layer, 1, 1);
    any_ok(any_set_weights(net, 0, identity));
    return net;
}

/** f(z), and f'(z) into *derivative: delta is dy f'(z), and dy is 1. */
static double f_at(bp_net *net, double z, double *derivative)
{
    const double dy = 1;
    double a;
    any_ok(any_forward(net, &z, 1, &a));
    any_ok(any_backward_from(net, &dy, 1));
    any_ok(any_get_delta(net, 0, derivative));
    return a;
}

/** At a kink, where the derivative may be taken from either side, `wanted` is NAN: any value between the two sides is
 *  right. Else `wanted` to 1e-5. */
static void assert_side(const char *name, double at, double got, const double wanted[3], size_t side)
{
    const bool is_free = isnan(wanted[side]);
    const double low = is_free ? fmin(wanted[0], wanted[2]) : wanted[side];
    const double high = is_free ? fmax(wanted[0], wanted[2]) : wanted[side];
    if (!(got >= low - (side == 1 ? 1e-7 : 1e-5) && got <= high + (side == 1 ? 1e-7 : 1e-5)))
        fail_msg("%s around %g, side %zu: %.9g", name, at, side, got);
}

static const double aside[3] = {-0x1p-20, 0, 0x1p-20};

static void activations_are_right_on_both_sides_of_a_kink_and_on_it(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < COUNT(kinks); i++) {
        const struct kink *kink = &kinks[i];
        bp_net *net = mirror(dtype, 1, kink->activation);
        if (kink->slope != 0)
            any_ok(bp_net_layer_set(net, 0, BP_LAYER_SLOPE, kink->slope));
        for (size_t side = 0; side < 3; side++) {
            double derivative;
            const double z = side == 1 ? kink->z : kink->z + aside[side];
            const double f = f_at(net, z, &derivative);
            assert_side(bp_key_name(kink->activation), kink->z, f, kink->f, side);
            assert_side(bp_key_name(kink->activation), kink->z, derivative, kink->derivative, side);
        }
        bp_net_destroy(net);
    }
}

static void losses_are_right_on_both_sides_of_a_kink_and_on_it(void **state)
{
    const int32_t dtype = any_dtype(state);
    bp_net *net = mirror(dtype, 1, BP_ACT_IDENTITY);
    any_ok(bp_net_set(net, BP_OPT_HUBER_DELTA, 0.5));
    any_ok(bp_net_set(net, BP_OPT_QUANTILE, 0.25));
    for (size_t i = 0; i < COUNT(loss_kinks); i++) {
        any_ok(bp_net_set(net, BP_OPT_LOSS, loss_kinks[i].loss));
        for (size_t side = 0; side < 3; side++) {
            const double target = 0.25, x = target + loss_kinks[i].e + aside[side];
            double delta;
            any_ok(any_forward(net, &x, 1, NULL));
            any_ok(any_backward(net, &target, 1, NULL));
            any_ok(any_get_delta(net, 0, &delta));
            assert_side(bp_key_name(loss_kinks[i].loss), loss_kinks[i].e, delta, loss_kinks[i].derivative, side);
        }
    }
    bp_net_destroy(net);
}

/** 0 and infinity must be exact. NAN stands for anything in [-1, 1]. The rest may differ by 1e-6 relative and by
 *  `small`. */
static void assert_far_out(const char *what, int32_t activation, double z, double got, double wanted, double small)
{
    bool met = got == wanted;
    if (isnan(wanted))
        met = fabs(got) <= 1;
    else if (wanted != 0 && !isinf(wanted))
        met = fabs(got - wanted) <= 1e-6 * fabs(wanted) + small;
    if (!met)
        fail_msg("%s at %g: %s is %.17g, not %.17g", bp_key_name(activation), z, what, got, wanted);
}

static void activations_and_derivatives_are_right_far_out(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < COUNT(facts); i++) {
        const int32_t activation = facts[i].activation;
        bp_net *net = mirror(dtype, 1, activation);
        for (size_t k = 0; k < EXTREMES; k++) {
            double derivative;
            const bool overflows = isinf(facts[i].f[k]) || isinf(facts[i].derivative[k]);
            host_mask(overflows);
            const double z = extreme_z[k], f = f_at(net, z, &derivative);
            host_unmask(overflows);
            assert_far_out("f", activation, z, f, facts[i].f[k], 1e-6);
            assert_far_out("f'", activation, z, derivative, facts[i].derivative[k], 1e-37);
        }
        bp_net_destroy(net);
    }
}

static void activations_reach_their_limits_at_infinity(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < COUNT(limits); i++) {
        bp_net *net = mirror(dtype, 1, limits[i].activation);
        for (size_t k = 0; k < 2; k++) {
            const double z = k == 0 ? -INFINITY : INFINITY;
            double f;
            any_ok(any_predict(net, &z, 1, &f, NULL));
            assert_far_out("f", limits[i].activation, z, f, limits[i].f[k], 0);
        }
        bp_net_destroy(net);
    }
}

static void check_wide(int32_t dtype, int32_t activation, const double z[3], const double wanted[3])
{
    bp_net *net = mirror(dtype, 3, activation);
    double a[3];
    any_ok(any_predict(net, z, 1, a, NULL));
    for (size_t i = 0; i < 3; i++)
        assert_far_out("f", activation, z[i], a[i], wanted[i], 0);
    bp_net_destroy(net);
}

static void softmax_takes_exponentials_that_overflow(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < COUNT(wide_softmaxes); i++) {
        check_wide(dtype, BP_ACT_SOFTMAX, wide_softmaxes[i].z, wide_softmaxes[i].softmax);
        check_wide(dtype, BP_ACT_LOG_SOFTMAX, wide_softmaxes[i].z, wide_softmaxes[i].log_softmax);
    }
}

/** As the header says: logarithms stay above -100, and a (1 - a) above 1e-12. */
static void check_binary(bp_net *net, double z, double t)
{
    double derivative, loss, delta;
    const double a = f_at(net, z, &derivative), width = fmax(a * (1 - a), 1e-12);
    const double wanted_loss = -(t * fmax(log(a), -100) + (1 - t) * fmax(log(1 - a), -100));
    const double wanted_delta = (a - t) / width * derivative;
    any_ok(any_forward(net, &z, 1, NULL));
    any_ok(any_backward(net, &t, 1, &loss));
    any_ok(any_get_delta(net, 0, &delta));
    if (!(fabs(loss - wanted_loss) <= 1e-5 * (1 + wanted_loss)))
        fail_msg("z is %g, target %g: the loss is %.9g, not %.9g", z, t, loss, wanted_loss);
    if (!(fabs(delta - wanted_delta) <= 1e-5 * fabs(wanted_delta)))
        fail_msg("z is %g, target %g: delta is %.9g, not %.9g", z, t, delta, wanted_delta);
}

/** The outputs of Elliott: at 1e7 about 5e-8 from 0 or 1, and at 1e17 exactly 0 or 1. */
static void binary_cross_entropy_keeps_outputs_away_from_0_and_1(void **state)
{
    static const double sizes[] = {3, 1e7, 1e9, 1e10, 1e11, 3e11, 1e13, 1e17}, targets[] = {0, 0.25, 1};
    const int32_t dtype = any_dtype(state);
    bp_net *net = mirror(dtype, 1, BP_ACT_ELLIOTT);
    any_ok(bp_net_set(net, BP_OPT_LOSS, BP_LOSS_BINARY_CROSS_ENTROPY));
    for (size_t i = 0; i < COUNT(sizes); i++)
        for (size_t k = 0; k < COUNT(targets); k++) {
            check_binary(net, sizes[i], targets[k]);
            check_binary(net, -sizes[i], targets[k]);
        }
    bp_net_destroy(net);
}

/** The logarithm of a probability of 0 is -infinity; with a target of 0 it adds nothing to the loss. */
static void cross_entropy_takes_no_part_from_a_target_of_0(void **state)
{
    static const int32_t activations[] = {BP_ACT_SOFTMAX, BP_ACT_LOG_SOFTMAX}, label = 1;
    static const double target[2] = {0, 1};
    const int32_t dtype = any_dtype(state);
    const double most = dtype == BP_F32 ? 3e38 : 1.7e308, z[2] = {-most, most};
    for (size_t i = 0; i < COUNT(activations); i++)
        for (int labels = 0; labels < 2; labels++) {
            bp_net *net = mirror(dtype, 2, activations[i]);
            double loss, delta[2], a[2];
            any_ok(bp_net_set(net, BP_OPT_LOSS, BP_LOSS_CROSS_ENTROPY));
            host_mask(i == 1); /* the logarithm overflows */
            any_ok(any_forward(net, z, 1, a));
            assert_true(i == 0 ? a[0] == 0 : isinf(a[0]));
            any_ok(labels ? bp_net_backward_labels(net, &label, 1, &loss) : any_backward(net, target, 1, &loss));
            host_unmask(i == 1);
            any_ok(any_get_delta(net, 0, delta));
            assert_true(loss == 0 && delta[0] == 0 && delta[1] == 0);
            bp_net_destroy(net);
        }
}

static void the_table_of_facts_has_every_activation(void **state)
{
    (void)state;
    size_t count = 0;
    while (bp_key_at(BP_FAMILY_ACTIVATION, count) != 0)
        assert_int_equal(bp_key_at(BP_FAMILY_ACTIVATION, count), facts[count].activation), count++;
    assert_int_equal(count, COUNT(facts));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(activations_are_right_on_both_sides_of_a_kink_and_on_it),
        ANY_BOTH(losses_are_right_on_both_sides_of_a_kink_and_on_it),
        ANY_BOTH(activations_and_derivatives_are_right_far_out),
        ANY_BOTH_MASKED(activations_reach_their_limits_at_infinity),
        ANY_BOTH(softmax_takes_exponentials_that_overflow),
        ANY_BOTH(binary_cross_entropy_keeps_outputs_away_from_0_and_1),
        ANY_BOTH(cross_entropy_takes_no_part_from_a_target_of_0),
        cmocka_unit_test(the_table_of_facts_has_every_activation),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
