/* SPDX-License-Identifier: MIT */

/*
 * What PyTorch makes of small networks: tests/vectors/pytorch.txt, written by tests/vectors/make_pytorch.py, which says
 * what a case is made of. f64 nets agree to a relative 1e-12, f32 nets to 1e-5, and that over 100 steps of an
 * optimiser.
 */

#include "any.h"
#include "vectors.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static size_t rows_of(const char *name)
{
    return vectors_need(name, "x")->count / (size_t)vectors_need(name, "inputs")->values[0];
}

/* ---- a case */

enum { UNITS, ACTIVATION, BIAS, SLOPE, TRAIN_WEIGHTS, TRAIN_BIAS, LAYER_FIELDS };

static void add_layer(bp_net *net, const double *layer)
{
    const size_t at = bp_net_layers(net);
    any_ok(bp_net_add_dense(net, (size_t)layer[UNITS], (int32_t)layer[ACTIVATION]));
    any_ok(bp_net_layer_set(net, at, BP_LAYER_BIAS, layer[BIAS]));
    any_ok(bp_net_layer_set(net, at, BP_LAYER_TRAIN_WEIGHTS, layer[TRAIN_WEIGHTS]));
    any_ok(bp_net_layer_set(net, at, BP_LAYER_TRAIN_BIAS, layer[TRAIN_BIAS]));
    if (layer[SLOPE] != 0)
        any_ok(bp_net_layer_set(net, at, BP_LAYER_SLOPE, layer[SLOPE]));
}

static bp_net *net_of(int32_t dtype, const char *name)
{
    const struct vector *layers = vectors_need(name, "layers"), *options = vectors_need(name, "options");
    bp_net *net = NULL;
    any_ok(bp_net_create(&net, dtype, (size_t)vectors_need(name, "inputs")->values[0]));
    for (size_t i = 0; i < layers->count; i += LAYER_FIELDS)
        add_layer(net, &layers->values[i]);
    for (size_t i = 0; i < options->count; i += 2)
        any_ok(bp_net_set(net, (int32_t)options->values[i], options->values[i + 1]));
    any_ok(bp_net_init(net, 0));
    assert_int_equal(any_parameters(net), vectors_need(name, "start")->count);
    any_ok(any_set_parameters(net, vectors_need(name, "start")->values));
    return net;
}

/** The greatest relative error of the numbers that are no less than a hundredth of the greatest. */
static double elementwise(const double *got, const struct vector *expected)
{
    const double norm = any_max_norm(expected->values, expected->count);
    double worst = 0;
    for (size_t i = 0; i < expected->count; i++) {
        const double size = fabs(expected->values[i]);
        if (size > 0 && size >= norm / 100)
            worst = fmax(worst, fabs(got[i] - expected->values[i]) / size);
    }
    return worst;
}

/*
 * Relative to the vector's greatest number, with a floor, so that a vector that cancels to nothing may differ by
 * rounding. In f64 also number by number, except small ones, which are differences of large ones. In f32 there are not
 * enough digits for that: 1e-5 is 84 units in the last place even if nothing cancels.
 */
static void compare(int32_t dtype, const char *name, const char *what, const double *got)
{
    const struct vector *expected = vectors_need(name, what);
    const double bound = dtype == BP_F64 ? 1e-12 : 1e-5;
    const double overall = any_relative_difference(got, expected->values, expected->count, 1e-3);
    const double single = dtype == BP_F64 ? elementwise(got, expected) : 0;
    if (!(overall <= bound) || !(single <= bound))
        fail_msg("%s %.*s: %s is off by %.3g relative to its greatest number, and one number by %.3g of itself",
                 bp_key_name(dtype), vectors_case(name), name, what, overall, single);
}

static void check_pass(int32_t dtype, const char *name)
{
    bp_net *net = net_of(dtype, name);
    const size_t rows = rows_of(name);
    double *y = any_buffer(rows * bp_net_outputs(net)), *dx = any_buffer(rows * bp_net_inputs(net));
    double *gradient = any_buffer(any_parameters(net)), loss;

    any_ok(any_forward(net, vectors_need(name, "x")->values, rows, y));
    any_ok(any_backward(net, vectors_need(name, "target")->values, rows, &loss));
    any_ok(any_get_gradient(net, gradient));
    any_ok(any_input_gradient(net, dx));
    compare(dtype, name, "y", y);
    compare(dtype, name, "loss", &loss);
    compare(dtype, name, "gradient", gradient);
    compare(dtype, name, "dx", dx);

    any_ok(any_loss(net, vectors_need(name, "x")->values, vectors_need(name, "target")->values, rows, &loss, NULL));
    compare(dtype, name, "loss", &loss);
    free(y);
    free(dx);
    free(gradient);
    bp_net_destroy(net);
}

static void check_steps(int32_t dtype, const char *name)
{
    bp_net *net = net_of(dtype, name);
    const size_t batches = (size_t)vectors_need(name, "batches")->values[0], rows = rows_of(name) / batches;
    const size_t steps = vectors_need(name, "losses")->count;
    double *parameters = any_buffer(any_parameters(net)), *losses = any_buffer(steps);

    for (size_t step = 0; step < steps; step++) {
        const size_t row = step % batches * rows;
        const double *x = vectors_need(name, "x")->values + row * bp_net_inputs(net);
        const double *target = vectors_need(name, "target")->values + row * bp_net_outputs(net);
        any_ok(any_train(net, x, target, rows, &losses[step]));
        if (step > 0)
            continue;
        any_ok(any_get_parameters(net, parameters));
        compare(dtype, name, "first", parameters);
    }
    any_ok(any_get_parameters(net, parameters));
    compare(dtype, name, "last", parameters);
    compare(dtype, name, "losses", losses);
    free(parameters);
    free(losses);
    bp_net_destroy(net);
}

/* ---- tests */

static void activations_agree(void **state) { vectors_each("activation/", "inputs", any_dtype(state), check_pass); }

static void losses_agree(void **state) { vectors_each("loss/", "inputs", any_dtype(state), check_pass); }

static void bias_modes_agree(void **state) { vectors_each("bias/", "inputs", any_dtype(state), check_pass); }

static void frozen_layers_agree(void **state) { vectors_each("frozen/", "inputs", any_dtype(state), check_pass); }

static void a_hundred_steps_of_every_optimizer_agree(void **state)
{
    vectors_each("optimizer/", "inputs", any_dtype(state), check_steps);
}

static void assert_has_case(const char *format, const char *name)
{
    char wanted[80];
    snprintf(wanted, sizeof wanted, format, name);
    if (vectors_find(wanted, "inputs") == NULL)
        fail_msg("no case %s: add it to make_pytorch.py", wanted);
}

static void every_activation_and_optimizer_has_a_case(void **state)
{
    (void)state;
    for (size_t i = 0; bp_key_at(BP_FAMILY_ACTIVATION, i) != 0; i++)
        assert_has_case("activation/%s", bp_key_name(bp_key_at(BP_FAMILY_ACTIVATION, i)));
    for (size_t i = 0; bp_key_at(BP_FAMILY_OPTIMIZER, i) != 0; i++)
        if (bp_key_at(BP_FAMILY_OPTIMIZER, i) != BP_OPTIM_QUICKPROP) /* PyTorch has none: see test_descent.c */
            assert_has_case("optimizer/%s/plain", bp_key_name(bp_key_at(BP_FAMILY_OPTIMIZER, i)));
}

static bp_status use_loss(int32_t dtype, int32_t loss, int32_t activation)
{
    static const double x[] = {0.5, 0.25}, target[] = {0, 1, 0};
    const struct any_layer layer = {3, activation, BP_BIAS_UNIT, 0};
    bp_net *net = any_net(dtype, 2, &layer, 1, 1);
    double value;
    any_ok(bp_net_set(net, BP_OPT_LOSS, loss));
    const bp_status status = any_loss(net, x, target, 1, &value, NULL);
    bp_net_destroy(net);
    return status;
}

static void every_loss_has_a_case_for_each_activation_it_takes(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; bp_key_at(BP_FAMILY_LOSS, i) != 0; i++) {
        for (size_t k = 0; bp_key_at(BP_FAMILY_ACTIVATION, k) != 0; k++) {
            char name[80];
            const int32_t loss = bp_key_at(BP_FAMILY_LOSS, i), activation = bp_key_at(BP_FAMILY_ACTIVATION, k);
            snprintf(name, sizeof name, "loss/%s/%s", bp_key_name(loss), bp_key_name(activation));
            const bp_status status = use_loss(dtype, loss, activation);
            if (status != (vectors_find(name, "inputs") != NULL ? BP_OK : BP_ERR_UNSUPPORTED))
                fail_msg("%s: %s", name, bp_status_string(status));
        }
    }
}

static int read_file(void **state)
{
    (void)state;
    return vectors_read("pytorch.txt");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(activations_agree),
        ANY_BOTH(losses_agree),
        ANY_BOTH(bias_modes_agree),
        ANY_BOTH(frozen_layers_agree),
        ANY_BOTH(a_hundred_steps_of_every_optimizer_agree),
        cmocka_unit_test(every_activation_and_optimizer_has_a_case),
        ANY_BOTH(every_loss_has_a_case_for_each_activation_it_takes),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, read_file, vectors_free);
}
