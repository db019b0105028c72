/* SPDX-License-Identifier: MIT
 *
 * The library keeps no subnormal number: an activation, a loss or a step writes a zero of its sign instead. Numbers of
 * the caller stay as they are until a step. docs/numerics.md, "Subnormal numbers". */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "any.h"

enum { INPUTS = 3, MOST = 4096 };

static double smallest(int32_t dtype) { return dtype == BP_F32 ? (double)FLT_MIN : DBL_MIN; }

static bool is_subnormal(int32_t dtype, double x) { return x != 0 && fabs(x) < smallest(dtype); }

static size_t subnormals(int32_t dtype, const double *x, size_t count)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += is_subnormal(dtype, x[i]);
    return found;
}

static size_t subnormals_in(const bp_net *net, int32_t array, size_t layer)
{
    double numbers[MOST];
    const size_t count = any_numbers(net, array, layer);
    assert_true(count <= MOST);
    any_ok(bp_net_read_f64(net, array, layer, numbers, count));
    return subnormals(any_type(net), numbers, count);
}

/* Parameters and the optimiser's state, all of which are in a file after its header: BP_OPT_SAVE_STATE. */
static size_t subnormals_saved(bp_net *net)
{
    static unsigned char bytes[1 << 20];
    const int32_t dtype = any_type(net);
    size_t size = 0, found = 0;
    uint64_t header = 0;
    any_ok(bp_net_set(net, BP_OPT_SAVE_STATE, 1));
    any_ok(bp_net_save_memory(net, bytes, sizeof(bytes), &size));
    for (size_t i = 0; i < 8; i++)
        header |= (uint64_t)bytes[i] << 8 * i;
    const size_t step = dtype == BP_F32 ? sizeof(float) : sizeof(double);
    for (size_t at = 8 + (size_t)header; at + step <= size; at += step) {
        uint64_t bits = 0;
        for (size_t i = 0; i < step; i++)
            bits |= (uint64_t)bytes[at + i] << 8 * i;
        const unsigned fraction = dtype == BP_F32 ? 23 : 52;
        const uint64_t size_bits = bits & (((uint64_t)1 << (8 * step - 1)) - 1);
        found += size_bits != 0 && size_bits >> fraction == 0;
    }
    return found;
}

/* ---- activations */

/* Of one layer: `units` units, whose z is the bias alone. */
static bp_net *of_activation(int32_t dtype, int32_t activation, size_t units, const double *bias)
{
    const struct any_layer layer = {units, activation, 0, 0};
    bp_net *net = any_net(dtype, INPUTS, &layer, 1, 1);
    double *zeros = any_buffer(units * INPUTS);
    any_ok(any_set_weights(net, 0, zeros));
    any_ok(any_set_bias(net, 0, bias));
    free(zeros);
    return net;
}

/* From numbers whose exp is subnormal to numbers that are it themselves. */
static void fill_z(int32_t dtype, double *z, size_t units)
{
    const double tiny = smallest(dtype), deep = dtype == BP_F32 ? 104 : 746, low = dtype == BP_F32 ? 87 : 708;
    for (size_t i = 0; i < units; i++) {
        const double part = (double)(i / 4) / (double)(units / 4);
        const double by_kind[] = {-low - part * (deep - low), tiny * part, -tiny * part, tiny * (1 + part)};
        z[i] = by_kind[i % 4];
    }
}

static void no_activation_writes_one(void **state)
{
    enum { UNITS = 160 };
    const int32_t dtype = any_dtype(state);
    const double x[INPUTS] = {0};
    double z[UNITS], a[UNITS], same[UNITS];
    int32_t key;
    fill_z(dtype, z, UNITS);
    for (size_t i = 0; (key = bp_key_at(BP_FAMILY_ACTIVATION, i)) != 0; i++) {
        bp_net *net = of_activation(dtype, key, UNITS, z);
        any_ok(any_forward(net, x, 1, a));
        any_ok(any_predict(net, x, 1, same, NULL));
        assert_int_equal(subnormals(dtype, a, UNITS), 0);
        any_same_bits(a, same, UNITS);
        bp_net_destroy(net);
    }
}

static void identity_keeps_the_sign_of_what_becomes_0(void **state)
{
    const int32_t dtype = any_dtype(state);
    const double tiny = smallest(dtype), x[INPUTS] = {0};
    const double z[] = {tiny / 2, -tiny / 2, tiny, -tiny, 0}, expected[] = {0, -0.0, tiny, -tiny, 0};
    double a[5];
    bp_net *net = of_activation(dtype, BP_ACT_IDENTITY, 5, z);
    any_ok(any_forward(net, x, 1, a));
    any_same_bits(a, expected, 5);
    bp_net_destroy(net);
}

static void no_delta_is_one(void **state)
{
    enum { UNITS = 40 };
    const int32_t dtype = any_dtype(state);
    const double x[INPUTS] = {0.5, -1, 2};
    double dy[UNITS];
    int32_t key;
    for (size_t i = 0; i < UNITS; i++)
        dy[i] = smallest(dtype) * (double)(i + 1) / UNITS * (i % 2 == 0 ? 1 : -1);
    for (size_t i = 0; (key = bp_key_at(BP_FAMILY_ACTIVATION, i)) != 0; i++) {
        const struct any_layer layers[] = {{20, key, 0, 0}, {20, 0, 0, 0.25}, {UNITS, key, 0, 0}};
        bp_net *net = any_net(dtype, INPUTS, layers, 3, 1);
        any_ok(any_forward(net, x, 1, NULL));
        any_ok(any_backward_from(net, dy, 1));
        for (size_t layer = 0; layer < 3; layer++)
            assert_int_equal(subnormals_in(net, BP_ARRAY_DELTA, layer), 0);
        bp_net_destroy(net);
    }
}

/* ---- steps */

/* Nearly nothing is left of parameters and state: what a step writes is halfway to subnormal. */
static void no_step_leaves_one(void **state)
{
    const int32_t dtype = any_dtype(state);
    const double x[2 * INPUTS] = {1, 0.5, -1, 0.25, 1, 0.5}, tiny = smallest(dtype);
    int32_t key;
    for (size_t i = 0; (key = bp_key_at(BP_FAMILY_OPTIMIZER, i)) != 0; i++)
        for (size_t rows = 1; rows <= 2; rows++)
            for (size_t units = 2; units <= 20; units += 18) { /* narrow, and not */
                const struct any_layer layer = {units, BP_ACT_IDENTITY, 0, 0};
                bp_net *net = any_net(dtype, INPUTS, &layer, 1, 1);
                const size_t count = any_parameters(net);
                double numbers[MOST], target[2 * 20] = {0};
                any_ok(bp_net_set(net, BP_OPT_OPTIMIZER, key));
                any_ok(bp_net_set(net, BP_OPT_LEARNING_RATE, 0.25));
                for (size_t k = 0; k < count; k++)
                    numbers[k] = tiny * (k % 3 == 0 ? 0.4 : 1.25) * (k % 2 == 0 ? 1 : -1);
                any_ok(any_set_parameters(net, numbers));
                any_ok(any_train(net, x, target, rows, NULL));
                assert_int_equal(subnormals_saved(net), 0);
                any_ok(any_set_parameters(net, numbers));
                any_ok(any_forward(net, x, rows, NULL));
                any_ok(any_backward(net, target, rows, NULL));
                any_ok(bp_net_step(net));
                assert_int_equal(subnormals_saved(net), 0);
                bp_net_destroy(net);
            }
}

/* Units die and their gradients become 0: what is left of the moments is halved again and again. */
static void moments_that_fade_end_at_0(void **state)
{
    enum { STEPS = 12000, UNITS = 18 };
    const int32_t dtype = any_dtype(state);
    const double x[INPUTS] = {1, 0.5, -1}, none[INPUTS] = {0};
    const struct any_layer layer = {UNITS, BP_ACT_IDENTITY, BP_BIAS_NONE, 0};
    double target[UNITS];
    bp_net *net = any_net(dtype, INPUTS, &layer, 1, 1);
    for (size_t i = 0; i < UNITS; i++)
        target[i] = (double)i;
    any_ok(bp_net_set(net, BP_OPT_OPTIMIZER, BP_OPTIM_ADAM));
    any_ok(bp_net_set(net, BP_OPT_BETA2, 0.9));
    any_ok(any_train(net, x, target, 1, NULL));
    for (size_t i = 0; i < STEPS; i++) {
        any_ok(any_train(net, none, target, 1, NULL));
        if (i % 500 == 0)
            assert_int_equal(subnormals_saved(net), 0);
    }
    bp_net_destroy(net);
}

static void weights_that_fade_end_at_0(void **state)
{
    const int32_t dtype = any_dtype(state);
    const double none[INPUTS] = {0}, target[2] = {0};
    const struct any_layer layer = {2, BP_ACT_IDENTITY, 0, 0};
    bp_net *net = any_net(dtype, INPUTS, &layer, 1, 1);
    double w[2 * INPUTS];
    any_ok(bp_net_set(net, BP_OPT_LEARNING_RATE, 1));
    any_ok(bp_net_set(net, BP_OPT_L2, 0.5));
    for (size_t i = 0; i < 1200; i++) {
        any_ok(any_train(net, none, target, 1, NULL));
        assert_int_equal(subnormals_in(net, BP_ARRAY_WEIGHTS, 0), 0);
    }
    any_ok(any_get_weights(net, 0, w));
    for (size_t i = 0; i < 2 * INPUTS; i++)
        assert_true(w[i] == 0);
    bp_net_destroy(net);
}

/* ---- what the caller hands in */

static void numbers_of_the_caller_stay_until_a_step(void **state)
{
    const int32_t dtype = any_dtype(state);
    const struct any_layer layer = {2, BP_ACT_IDENTITY, 0, 0};
    bp_net *net = any_net(dtype, INPUTS, &layer, 1, 1), *loaded = NULL;
    double given[8], read[8];
    size_t size = 0;
    for (size_t i = 0; i < 8; i++)
        given[i] = ldexp(1, dtype == BP_F32 ? -130 - (int)i : -1030 - (int)i);
    any_ok(any_set_parameters(net, given));
    any_ok(any_get_parameters(net, read));
    any_same_bits(read, given, 8);
    any_ok(bp_net_save_memory(net, NULL, 0, &size));
    void *bytes = malloc(size);
    assert_non_null(bytes);
    any_ok(bp_net_save_memory(net, bytes, size, NULL));
    any_ok(bp_net_load_memory(&loaded, bytes, size, NULL));
    any_ok(any_get_parameters(loaded, read));
    any_same_bits(read, given, 8);
    free(bytes);
    bp_net_destroy(loaded);
    bp_net_destroy(net);
}

/* A step with sparse rows may leave out columns that are 0; of what the caller gave, the first one leaves out none. */
static void sparse_rows_do_as_dense_ones(void **state)
{
    enum { ROWS = 2, UNITS = 3 };
    static const int32_t optimizers[] = {BP_OPTIM_SGD, BP_OPTIM_ADAGRAD, BP_OPTIM_ADAM};
    const int32_t dtype = any_dtype(state), columns[ROWS] = {1, 1};
    const double values[ROWS] = {2, -1}, x[ROWS * INPUTS] = {0, 2, 0, 0, -1, 0},
                 target[ROWS * UNITS] = {1, 2, 3, 4, 5, 6};
    const int64_t starts[ROWS + 1] = {0, 1, 2};
    const struct any_layer layer = {UNITS, BP_ACT_IDENTITY, 0, 0};
    bp_data *data = NULL;
    any_ok(bp_data_create(&data, NULL));
    any_ok(bp_data_set_sparse(data, BP_F64, values, columns, starts, ROWS, INPUTS, BP_HOLD_COPY));
    any_ok(bp_data_set_target(data, BP_F64, target, UNITS, 0, BP_HOLD_COPY));
    for (size_t i = 0; i < 3; i++)
        for (size_t rows = 1; rows <= ROWS; rows++)
            for (int parts = 0; parts < 2; parts++) {
                bp_net *nets[2] = {any_net(dtype, INPUTS, &layer, 1, 1), any_net(dtype, INPUTS, &layer, 1, 1)};
                for (size_t round = 0; round < 4; round++)
                    for (size_t n = 0; n < 2; n++) {
                        double given[UNITS * (INPUTS + 1)];
                        for (size_t k = 0; k < UNITS * (INPUTS + 1); k++)
                            given[k] = smallest(dtype) / (double)(k + 2);
                        any_ok(bp_net_set(nets[n], BP_OPT_OPTIMIZER, optimizers[i]));
                        if (round % 2 == 0)
                            any_ok(any_set_parameters(nets[n], given));
                        if (n == 0 && parts) {
                            any_ok(bp_net_forward_rows(nets[n], data, 0, rows));
                            any_ok(bp_net_backward_rows(nets[n], data, 0, rows, NULL));
                            any_ok(bp_net_step(nets[n]));
                        } else if (n == 0) {
                            any_ok(bp_net_train_rows(nets[n], data, 0, rows, NULL));
                        } else {
                            any_ok(any_train(nets[n], x, target, rows, NULL));
                        }
                    }
                any_same_parameters(nets[0], nets[1]);
                bp_net_destroy(nets[0]);
                bp_net_destroy(nets[1]);
            }
    bp_data_destroy(data);
}

/* ---- methods */

enum { METHOD_ROWS = 10, METHOD_UNITS = 2, METHOD_WEIGHTS = METHOD_UNITS * INPUTS };

/* A net with these weights in layer 0. */
static bp_net *of_method(int32_t dtype, const double *weights)
{
    const struct any_layer layers[] = {{METHOD_UNITS, BP_ACT_TANH, 0, 0}, {1, BP_ACT_IDENTITY, 0, 0}};
    bp_net *net = any_net(dtype, INPUTS, layers, 2, 1);
    any_ok(bp_net_set(net, BP_OPT_RAW, 1));
    any_ok(any_set_weights(net, 0, weights));
    return net;
}

/* One epoch. */
static bp_status train_by(bp_net *net, int32_t method, size_t rows, const double *x, size_t inputs,
                          const double *target)
{
    bp_data *data = NULL;
    bp_train *train = NULL;
    any_ok(any_data(&data, BP_F64, x, rows, inputs, target, 1));
    any_ok(bp_train_create(&train, net, data, NULL));
    any_ok(bp_train_set(train, BP_TRAIN_METHOD, method));
    const bp_status status = bp_train_epoch(train);
    bp_train_destroy(train);
    bp_data_destroy(data);
    return status;
}

/* The target of two rows is `huge`. */
static bp_status train_on_ten_rows(bp_net *net, int32_t method, double huge)
{
    double x[METHOD_ROWS * INPUTS], target[METHOD_ROWS];
    for (size_t i = 0; i < METHOD_ROWS * INPUTS; i++)
        x[i] = (double)(i * 7 % 11) / 5 - 1;
    for (size_t row = 0; row < METHOD_ROWS; row++)
        target[row] = row / 2 == 1 ? huge : (double)row / METHOD_ROWS;
    return train_by(net, method, METHOD_ROWS, x, INPUTS, target);
}

static void methods_keep_frozen_parameters(void **state)
{
    const int32_t dtype = any_dtype(state);
    const double tiny = smallest(dtype), given[METHOD_WEIGHTS] = {tiny / 4, 0.25, -tiny / 2, 0.75, -0.0, 0.5};
    double read[METHOD_WEIGHTS];
    int32_t method;
    for (size_t i = 0; (method = bp_key_at(BP_FAMILY_METHOD, i)) != 0; i++) {
        bp_net *net = of_method(dtype, given);
        any_ok(bp_net_layer_set(net, 0, BP_LAYER_TRAIN_WEIGHTS, 0));
        any_ok(train_on_ten_rows(net, method, 1));
        any_ok(any_get_weights(net, 0, read));
        any_same_bits(read, given, METHOD_WEIGHTS);
        bp_net_destroy(net);
    }
}

/* Of an f32 net the least-squares methods sum in double, in which nothing here overflows. */
static void a_first_epoch_that_fails_changes_nothing(void **state)
{
    const int32_t dtype = any_dtype(state);
    const double tiny = smallest(dtype), given[METHOD_WEIGHTS] = {tiny / 4, 0.25, -tiny / 2, 0.75, -0.0, 0.5};
    double read[METHOD_WEIGHTS];
    int32_t method;
    for (size_t i = 0; (method = bp_key_at(BP_FAMILY_METHOD, i)) != 0; i++) {
        if (dtype == BP_F32 && (method == BP_METHOD_LM || method == BP_METHOD_BR))
            continue;
        bp_net *net = of_method(dtype, given);
        assert_int_equal(train_on_ten_rows(net, method, dtype == BP_F32 ? 3e38 : 1e308), BP_ERR_NONFINITE);
        any_ok(any_get_weights(net, 0, read));
        any_same_bits(read, given, METHOD_WEIGHTS);
        bp_net_destroy(net);
    }
}

/* The least loss is at a subnormal weight. In f64 its square would be 0, and with it the loss. */
static void no_method_writes_one(void **state)
{
    const double x[] = {1}, target[] = {FLT_MIN / 2}, given[] = {4 * (double)FLT_MIN};
    const struct any_layer layer = {1, BP_ACT_IDENTITY, BP_BIAS_NONE, 0};
    size_t became_0 = 0;
    int32_t method;
    (void)state;
    any_need(BP_F32);
    for (size_t i = 0; (method = bp_key_at(BP_FAMILY_METHOD, i)) != 0; i++) {
        double weight;
        bp_net *net = any_net(BP_F32, 1, &layer, 1, 1);
        any_ok(bp_net_set(net, BP_OPT_RAW, 1));
        any_ok(any_set_weights(net, 0, given));
        assert_true(train_by(net, method, 1, x, 1, target) >= 0); /* L-BFGS stops at once */
        any_ok(any_get_weights(net, 0, &weight));
        assert_false(is_subnormal(BP_F32, weight));
        became_0 += weight == 0;
        bp_net_destroy(net);
    }
    assert_true(became_0 > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(no_activation_writes_one),
        ANY_BOTH(identity_keeps_the_sign_of_what_becomes_0),
        ANY_BOTH(no_delta_is_one),
        ANY_BOTH(no_step_leaves_one),
        ANY_BOTH(moments_that_fade_end_at_0),
        ANY_BOTH(weights_that_fade_end_at_0),
        ANY_BOTH(numbers_of_the_caller_stay_until_a_step),
        ANY_BOTH(sparse_rows_do_as_dense_ones),
        ANY_BOTH(methods_keep_frozen_parameters),
        ANY_BOTH_MASKED(a_first_epoch_that_fails_changes_nothing),
        cmocka_unit_test(no_method_writes_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
