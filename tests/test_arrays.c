/* SPDX-License-Identifier: MIT
 *
 * The arrays of a net by key: their shapes; reading and writing in either number type; and sums of gradients that
 * machines add. */
#include <math.h>
#include <string.h>

#include "any.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { INPUTS = 3, OUTPUTS = 2, ROWS = 2, LAYERS = 4, MOST = 64 };

/* Layer 1 is dropout, layer 2 has no bias, layer 3 shares one. */
static const struct any_layer layers[LAYERS] = {{4, BP_ACT_TANH, 0, 0},
                                                {0, 0, 0, 0.5},
                                                {3, BP_ACT_TANH, BP_BIAS_NONE, 0},
                                                {OUTPUTS, BP_ACT_IDENTITY, BP_BIAS_SHARED, 0}};

enum { PARAMETERS = 4 * INPUTS + 4 + 3 * 4 + OUTPUTS * 3 + 1 };

static const double x[ROWS * INPUTS] = {0.5, -1, 2, 1, 0.25, -0.75}, target[ROWS * OUTPUTS] = {1, 0, -1, 0.5};

static bp_net *net_of(int32_t dtype) { return any_net(dtype, INPUTS, layers, LAYERS, 7); }

static void forward_and_backward(bp_net *net)
{
    any_ok(any_forward(net, x, ROWS, NULL));
    any_ok(any_backward(net, target, ROWS, NULL));
}

static bool is_of_layer(int32_t array)
{
    return array != BP_ARRAY_PARAMETERS && array != BP_ARRAY_GRADIENT && array != BP_ARRAY_GRADIENT_SUM &&
           array < BP_ARRAY_OUTPUTS;
}

static bool is_scaling(int32_t array) { return array >= BP_ARRAY_INPUT_CENTER; }

static bool is_written(int32_t array)
{
    return array == BP_ARRAY_PARAMETERS || array == BP_ARRAY_WEIGHTS || array == BP_ARRAY_BIAS ||
           array == BP_ARRAY_GRADIENT_SUM || is_scaling(array);
}

/* ---- shapes */

struct shape {
    size_t rows, columns;
};

static struct shape shape_of(const bp_net *net, int32_t array, size_t layer)
{
    struct shape shape = {99, 99};
    any_ok(bp_net_shape(net, array, layer, &shape.rows, &shape.columns));
    return shape;
}

static void shapes_are(const bp_net *net, int32_t array, const struct shape of_layers[LAYERS])
{
    for (size_t i = 0; i < LAYERS; i++) {
        const struct shape shape = shape_of(net, array, i);
        if (shape.rows != of_layers[i].rows || shape.columns != of_layers[i].columns)
            fail_msg("%s of layer %zu is [%zu][%zu]", bp_key_name(array), i, shape.rows, shape.columns);
    }
}

static void shape_is(const bp_net *net, int32_t array, size_t rows, size_t columns)
{
    const struct shape shape = shape_of(net, array, 0);
    if (shape.rows != rows || shape.columns != columns)
        fail_msg("%s is [%zu][%zu]", bp_key_name(array), shape.rows, shape.columns);
}

static const struct shape weights[LAYERS] = {{4, INPUTS}, {0, 0}, {3, 4}, {OUTPUTS, 3}};
static const struct shape biases[LAYERS] = {{1, 4}, {0, 0}, {0, 0}, {1, 1}};
static const struct shape passed[LAYERS] = {{ROWS, 4}, {ROWS, 4}, {ROWS, 3}, {ROWS, OUTPUTS}};
static const struct shape nothing[LAYERS] = {{0, 0}, {0, 0}, {0, 0}, {0, 0}};

static void shapes_of_parameters_are_those_of_the_layers(const bp_net *net)
{
    shapes_are(net, BP_ARRAY_WEIGHTS, weights);
    shapes_are(net, BP_ARRAY_WEIGHT_GRADIENT, weights);
    shapes_are(net, BP_ARRAY_BIAS, biases);
    shapes_are(net, BP_ARRAY_BIAS_GRADIENT, biases);
    shape_is(net, BP_ARRAY_PARAMETERS, 1, PARAMETERS);
    shape_is(net, BP_ARRAY_GRADIENT, 1, PARAMETERS);
    shape_is(net, BP_ARRAY_GRADIENT_SUM, 1, PARAMETERS);
}

static void every_array_has_its_shape_at_each_point_of_life(void **state)
{
    bp_net *net = NULL;
    any_ok(bp_net_create(&net, any_dtype(state), INPUTS));
    shape_is(net, BP_ARRAY_PARAMETERS, 0, 0); /* no layer yet */
    shape_is(net, BP_ARRAY_OUTPUTS, 0, 0);
    for (size_t i = 0; i < LAYERS; i++) {
        any_ok(layers[i].rate != 0 ? any_add_dropout(net, layers[i].rate)
                                   : bp_net_add_dense(net, layers[i].units, layers[i].activation));
        if (layers[i].bias != 0)
            any_ok(bp_net_layer_set(net, i, BP_LAYER_BIAS, layers[i].bias));
    }
    for (int initialised = 0; initialised < 2; initialised++) {
        shapes_of_parameters_are_those_of_the_layers(net);
        shapes_are(net, BP_ARRAY_Z, nothing);
        shapes_are(net, BP_ARRAY_ACTIVATION, nothing);
        shapes_are(net, BP_ARRAY_DELTA, nothing);
        shape_is(net, BP_ARRAY_OUTPUTS, 0, 0);
        for (int32_t array = BP_ARRAY_INPUT_CENTER; array <= BP_ARRAY_TARGET_FACTOR; array += 10)
            shape_is(net, array, 0, 0);
        if (!initialised)
            any_ok(bp_net_init(net, 1));
    }
    any_ok(any_forward(net, x, ROWS, NULL));
    shapes_are(net, BP_ARRAY_Z, passed);
    shapes_are(net, BP_ARRAY_ACTIVATION, passed);
    shapes_are(net, BP_ARRAY_DELTA, nothing);
    shape_is(net, BP_ARRAY_OUTPUTS, ROWS, OUTPUTS);
    any_ok(any_backward(net, target, ROWS, NULL));
    shapes_are(net, BP_ARRAY_DELTA, passed);
    any_ok(any_forward(net, x, 1, NULL));
    shapes_are(net, BP_ARRAY_DELTA, nothing);
    shape_is(net, BP_ARRAY_OUTPUTS, 1, OUTPUTS);
    bp_net_destroy(net);
}

/* ---- refusals */

/* In every layer, and in one that does not exist. */
static void only_right_counts_and_layers_are_taken(void **state)
{
    bp_net *net = net_of(any_dtype(state));
    int32_t array;
    double numbers[MOST] = {0};
    forward_and_backward(net);
    for (size_t i = 0; (array = bp_key_at(BP_FAMILY_ARRAY, i)) != 0; i++)
        for (size_t layer = 0; layer <= LAYERS; layer++) {
            const size_t count = any_numbers(net, array, layer);
            const bool there = is_of_layer(array) ? layer < LAYERS : layer == 0;
            if (!there) {
                assert_int_equal(bp_net_read_f64(net, array, layer, numbers, 1), BP_ERR_ARG);
                continue;
            }
            numbers[0] = 12345;
            assert_int_equal(bp_net_read_f64(net, array, layer, numbers, count + 1), BP_ERR_SHAPE);
            assert_non_null(strstr(bp_last_error(), bp_key_name(array)));
            assert_int_equal(strstr(bp_last_error(), " of layer ") != NULL, is_of_layer(array));
            if (count > 0)
                assert_int_equal(bp_net_read_f64(net, array, layer, numbers, count - 1), BP_ERR_SHAPE);
            assert_true(numbers[0] == 12345);
            if (is_written(array))
                assert_int_equal(bp_net_write_f64(net, array, layer, numbers, count + 1), BP_ERR_SHAPE);
            any_ok(bp_net_read_f64(net, array, layer, count > 0 ? numbers : NULL, count));
        }
    bp_net_destroy(net);
}

static void what_can_only_be_read_is_not_written(void **state)
{
    bp_net *net = net_of(any_dtype(state));
    int32_t array;
    double numbers[MOST] = {0};
    size_t refused = 0;
    forward_and_backward(net);
    for (size_t i = 0; (array = bp_key_at(BP_FAMILY_ARRAY, i)) != 0; i++) {
        if (is_written(array))
            continue;
        assert_int_equal(bp_net_write_f64(net, array, 0, numbers, any_numbers(net, array, 0)), BP_ERR_ARG);
        assert_non_null(strstr(bp_last_error(), "can only be read"));
        refused++;
    }
    assert_int_equal(refused, 7);
    bp_net_destroy(net);
}

static void what_a_pass_leaves_is_refused_before_it(void **state)
{
    static const int32_t of_forward[] = {BP_ARRAY_Z, BP_ARRAY_ACTIVATION, BP_ARRAY_OUTPUTS};
    bp_net *net = net_of(any_dtype(state));
    double numbers[MOST];
    for (size_t i = 0; i < COUNT(of_forward); i++) {
        assert_int_equal(bp_net_read_f64(net, of_forward[i], 0, numbers, 8), BP_ERR_STATE);
        assert_non_null(strstr(bp_last_error(), "there has been no forward"));
    }
    any_ok(any_forward(net, x, ROWS, NULL));
    assert_int_equal(bp_net_read_f64(net, BP_ARRAY_DELTA, 0, numbers, 8), BP_ERR_STATE);
    assert_non_null(strstr(bp_last_error(), "there has been no backward since the last forward"));
    bp_net_destroy(net);
}

/* ---- number types */

/* Every array, with a scaling that no float can hold. */
static void the_other_type_is_rounded_once_to_the_nearest(void **state)
{
    const double shift[OUTPUTS] = {0.1, -0.3}, by[OUTPUTS] = {0.7, 3};
    bp_net *net = net_of(any_dtype(state));
    int32_t array;
    double of_f64[MOST];
    float of_f32[MOST];
    any_ok(any_set_scaling(net, NULL, NULL, shift, by));
    forward_and_backward(net);
    for (size_t i = 0; (array = bp_key_at(BP_FAMILY_ARRAY, i)) != 0; i++)
        for (size_t layer = 0; layer < (is_of_layer(array) ? LAYERS : 1); layer++) {
            const size_t count = any_numbers(net, array, layer);
            any_ok(bp_net_read_f64(net, array, layer, of_f64, count));
            any_ok(bp_net_read_f32(net, array, layer, of_f32, count));
            for (size_t k = 0; k < count; k++)
                if ((float)of_f64[k] != of_f32[k])
                    fail_msg("%s: %.17g is read as %.9g", bp_key_name(array), of_f64[k], (double)of_f32[k]);
        }
    bp_net_destroy(net);
}

static void doubles_are_rounded_into_an_f32_net(void **state)
{
    double numbers[PARAMETERS], read[PARAMETERS];
    (void)state;
    any_need(BP_F32);
    bp_net *net = net_of(BP_F32);
    for (size_t i = 0; i < PARAMETERS; i++)
        numbers[i] = (double)(i + 1) / 3;
    any_ok(bp_net_write_f64(net, BP_ARRAY_PARAMETERS, 0, numbers, PARAMETERS));
    any_ok(bp_net_read_f64(net, BP_ARRAY_PARAMETERS, 0, read, PARAMETERS));
    for (size_t i = 0; i < PARAMETERS; i++)
        assert_true(read[i] == (double)(float)numbers[i]);
    numbers[5] = 1e39;
    assert_int_equal(bp_net_write_f64(net, BP_ARRAY_PARAMETERS, 0, numbers, PARAMETERS), BP_ERR_NONFINITE);
    assert_non_null(strstr(bp_last_error(), "number 5 is 1e+39, which is too large for a net of f32"));
    any_ok(bp_net_read_f64(net, BP_ARRAY_PARAMETERS, 0, numbers, PARAMETERS));
    any_same_bits(numbers, read, PARAMETERS); /* it is as it was */
    bp_net_destroy(net);
}

static void floats_are_taken_by_an_f64_net(void **state)
{
    float bias[4] = {0.1F, -2, 0x1p-149F, 3e38F};
    double read[4];
    (void)state;
    any_need(BP_F64);
    bp_net *net = net_of(BP_F64);
    any_ok(bp_net_write_f32(net, BP_ARRAY_BIAS, 0, bias, 4));
    any_ok(bp_net_read_f64(net, BP_ARRAY_BIAS, 0, read, 4));
    for (size_t i = 0; i < 4; i++)
        assert_true(read[i] == (double)bias[i]);
    read[1] = 1e300; /* too large for a float, so that it is read as infinite */
    any_ok(bp_net_write_f64(net, BP_ARRAY_BIAS, 0, read, 4));
    any_ok(bp_net_read_f32(net, BP_ARRAY_BIAS, 0, bias, 4));
    assert_true(isinf(bias[1]) && bias[1] > 0 && bias[0] == (float)0.1);
    bp_net_destroy(net);
}

/* ---- parameters and gradients */

static void is_joined_of(const bp_net *net, int32_t whole, int32_t of_weights, int32_t of_biases)
{
    double flat[PARAMETERS], parts[PARAMETERS];
    size_t at = 0;
    for (size_t layer = 0; layer < LAYERS; layer++) {
        const int32_t arrays[] = {of_weights, of_biases};
        for (size_t i = 0; i < 2; i++) {
            const size_t count = any_numbers(net, arrays[i], layer);
            any_ok(bp_net_read_f64(net, arrays[i], layer, parts + at, count));
            at += count;
        }
    }
    assert_int_equal(at, PARAMETERS);
    any_ok(bp_net_read_f64(net, whole, 0, flat, PARAMETERS));
    any_same_bits(flat, parts, PARAMETERS);
    assert_true(any_max_norm(flat, PARAMETERS) > 0);
}

static void vectors_join_weights_and_biases_layer_by_layer(void **state)
{
    bp_net *net = net_of(any_dtype(state));
    forward_and_backward(net);
    is_joined_of(net, BP_ARRAY_PARAMETERS, BP_ARRAY_WEIGHTS, BP_ARRAY_BIAS);
    is_joined_of(net, BP_ARRAY_GRADIENT, BP_ARRAY_WEIGHT_GRADIENT, BP_ARRAY_BIAS_GRADIENT);
    bp_net_destroy(net);
}

/* Two rows: the mean is half of the sum, exactly. */
static void the_gradient_is_the_sum_over_its_rows(void **state)
{
    bp_net *net = net_of(any_dtype(state));
    double mean[PARAMETERS], sum[PARAMETERS];
    any_ok(bp_net_read_f64(net, BP_ARRAY_GRADIENT_SUM, 0, sum, PARAMETERS));
    assert_true(any_max_norm(sum, PARAMETERS) == 0); /* no rows yet */
    forward_and_backward(net);
    any_ok(bp_net_read_f64(net, BP_ARRAY_GRADIENT, 0, mean, PARAMETERS));
    any_ok(bp_net_read_f64(net, BP_ARRAY_GRADIENT_SUM, 0, sum, PARAMETERS));
    for (size_t i = 0; i < PARAMETERS; i++)
        assert_true(sum[i] == 2 * mean[i]);
    bp_net_destroy(net);
}

/* Two machines with a row each, against one with the sum of both. */
static void machines_add_their_sums_and_rows(void **state)
{
    const int32_t dtype = any_dtype(state);
    bp_net *machine[2] = {net_of(dtype), net_of(dtype)}, *one = net_of(dtype);
    double sum[2][PARAMETERS], rows[2], parameters[2][PARAMETERS], rate = 0.5;
    for (size_t i = 0; i < 2; i++) {
        any_ok(any_forward(machine[i], x + i * INPUTS, 1, NULL));
        any_ok(any_backward(machine[i], target + i * OUTPUTS, 1, NULL));
        any_ok(bp_net_read_f64(machine[i], BP_ARRAY_GRADIENT_SUM, 0, sum[i], PARAMETERS));
        any_ok(bp_net_get(machine[i], BP_OPT_GRADIENT_ROWS, &rows[i]));
    }
    for (size_t i = 0; i < PARAMETERS; i++)
        sum[0][i] = dtype == BP_F32 ? (double)(float)((float)sum[0][i] + (float)sum[1][i]) : sum[0][i] + sum[1][i];
    for (size_t i = 0; i < 3; i++) { /* `one` has no rows of its own: so the count is written first */
        bp_net *net = i < 2 ? machine[i] : one;
        any_ok(bp_net_set(net, BP_OPT_LEARNING_RATE, rate));
        any_ok(bp_net_set(net, BP_OPT_GRADIENT_ROWS, rows[0] + rows[1]));
        any_ok(bp_net_write_f64(net, BP_ARRAY_GRADIENT_SUM, 0, sum[0], PARAMETERS));
        any_ok(bp_net_read_f64(net, BP_ARRAY_GRADIENT_SUM, 0, sum[1], PARAMETERS));
        any_same_bits(sum[1], sum[0], PARAMETERS);
        any_ok(bp_net_read_f64(net, BP_ARRAY_PARAMETERS, 0, parameters[0], PARAMETERS));
        any_ok(bp_net_step(net));
        any_ok(bp_net_read_f64(net, BP_ARRAY_PARAMETERS, 0, parameters[1], PARAMETERS));
        for (size_t k = 0; k < PARAMETERS; k++) /* w -= rate * sum / rows, with powers of two: a single rounding */
            assert_true(parameters[1][k] == (dtype == BP_F32 ? (double)(float)(parameters[0][k] - sum[0][k] / 4)
                                                             : (double)(parameters[0][k] - sum[0][k] / 4)));
        bp_net_destroy(net);
    }
}

static void rows_of_a_gradient_begin_and_forget_it(void **state)
{
    bp_net *net = net_of(any_dtype(state));
    double sum[PARAMETERS], rows;
    for (size_t i = 0; i < PARAMETERS; i++)
        sum[i] = 1;
    assert_int_equal(bp_net_write_f64(net, BP_ARRAY_GRADIENT_SUM, 0, sum, PARAMETERS), BP_ERR_STATE);
    assert_non_null(strstr(bp_last_error(), "BP_OPT_GRADIENT_ROWS"));
    forward_and_backward(net);
    any_ok(bp_net_step(net)); /* what it leaves in memory is no sum */
    any_ok(bp_net_read_f64(net, BP_ARRAY_GRADIENT_SUM, 0, sum, PARAMETERS));
    assert_true(any_max_norm(sum, PARAMETERS) == 0);
    any_ok(bp_net_set(net, BP_OPT_GRADIENT_ROWS, 3));
    any_ok(bp_net_read_f64(net, BP_ARRAY_GRADIENT_SUM, 0, sum, PARAMETERS));
    assert_true(any_max_norm(sum, PARAMETERS) == 0);
    any_ok(bp_net_set(net, BP_OPT_GRADIENT_ROWS, 0));
    assert_int_equal(bp_net_step(net), BP_ERR_STATE);
    any_ok(bp_net_get(net, BP_OPT_GRADIENT_ROWS, &rows));
    assert_true(rows == 0);
    sum[2] = NAN;
    any_ok(bp_net_set(net, BP_OPT_GRADIENT_ROWS, 3));
    assert_int_equal(bp_net_write_f64(net, BP_ARRAY_GRADIENT_SUM, 0, sum, PARAMETERS), BP_ERR_NONFINITE);
    bp_net_destroy(net);
}

static void rows_of_a_gradient_need_init(void **state)
{
    bp_net *net = NULL;
    any_ok(bp_net_create(&net, any_dtype(state), INPUTS));
    any_ok(bp_net_add_dense(net, 1, BP_ACT_TANH));
    assert_int_equal(bp_net_set(net, BP_OPT_GRADIENT_ROWS, 1), BP_ERR_STATE);
    bp_net_destroy(net);
}

/* A written sum may be larger than any sum that backward leaves: its step is checked. */
static void a_huge_sum_is_refused_by_the_step(void **state)
{
    const int32_t dtype = any_dtype(state);
    bp_net *net = net_of(dtype);
    double sum[PARAMETERS] = {0}, before[PARAMETERS], after[PARAMETERS];
    sum[0] = dtype == BP_F32 ? 3e38 : 1.5e308;
    any_ok(bp_net_set(net, BP_OPT_LEARNING_RATE, 16)); /* of two rows: eight times the sum is too large */
    any_ok(any_get_parameters(net, before));
    forward_and_backward(net);
    any_ok(bp_net_write_f64(net, BP_ARRAY_GRADIENT_SUM, 0, sum, PARAMETERS));
    assert_int_equal(bp_net_step(net), BP_ERR_NONFINITE);
    any_ok(any_get_parameters(net, after));
    any_same_bits(after, before, PARAMETERS);
    bp_net_destroy(net);
}

/* ---- outputs and scaling */

/* So many inputs that the net spreads their rows in memory. */
static void what_dropout_reads_is_the_input_however_wide(void **state)
{
    enum { WIDE = 512 };
    const int32_t dtype = any_dtype(state);
    bp_net *net = NULL;
    double wide[ROWS * WIDE], z[ROWS * WIDE];
    uint64_t seed = 4;
    any_fill(&seed, wide, COUNT(wide), -1, 1);
    for (size_t i = 0; i < COUNT(wide); i++)
        wide[i] = (double)(float)wide[i];
    any_ok(bp_net_create(&net, dtype, WIDE));
    any_ok(any_add_dropout(net, 0.5));
    any_ok(bp_net_add_dense(net, 1, BP_ACT_TANH));
    any_ok(bp_net_init(net, 1));
    any_ok(any_forward(net, wide, ROWS, NULL));
    any_ok(bp_net_read_f64(net, BP_ARRAY_Z, 0, z, COUNT(z)));
    any_same_bits(z, wide, COUNT(z));
    bp_net_destroy(net);
}

static void outputs_are_those_of_the_last_forward(void **state)
{
    const double shift[OUTPUTS] = {0.1, -0.3}, by[OUTPUTS] = {0.7, 3};
    bp_net *net = net_of(any_dtype(state));
    double y[ROWS * OUTPUTS], outputs[ROWS * OUTPUTS];
    for (int scaled = 0; scaled < 2; scaled++) {
        if (scaled)
            any_ok(any_set_scaling(net, NULL, NULL, shift, by));
        any_ok(any_forward(net, x, ROWS, y));
        any_ok(bp_net_read_f64(net, BP_ARRAY_OUTPUTS, 0, outputs, ROWS * OUTPUTS));
        any_same_bits(outputs, y, ROWS * OUTPUTS);
    }
    any_ok(any_train(net, x, target, ROWS, NULL));
    any_ok(bp_net_read_f64(net, BP_ARRAY_OUTPUTS, 0, outputs, ROWS * OUTPUTS));
    assert_true(any_max_norm(outputs, ROWS * OUTPUTS) < 100);
    bp_net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(every_array_has_its_shape_at_each_point_of_life),
        ANY_BOTH(only_right_counts_and_layers_are_taken),
        ANY_BOTH(what_can_only_be_read_is_not_written),
        ANY_BOTH(what_a_pass_leaves_is_refused_before_it),
        ANY_BOTH(the_other_type_is_rounded_once_to_the_nearest),
        cmocka_unit_test(doubles_are_rounded_into_an_f32_net),
        cmocka_unit_test(floats_are_taken_by_an_f64_net),
        ANY_BOTH(vectors_join_weights_and_biases_layer_by_layer),
        ANY_BOTH(the_gradient_is_the_sum_over_its_rows),
        ANY_BOTH(machines_add_their_sums_and_rows),
        ANY_BOTH_MASKED(rows_of_a_gradient_begin_and_forget_it),
        ANY_BOTH(rows_of_a_gradient_need_init),
        ANY_BOTH_MASKED(a_huge_sum_is_refused_by_the_step),
        ANY_BOTH(what_dropout_reads_is_the_input_however_wide),
        ANY_BOTH(outputs_are_those_of_the_last_forward),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
