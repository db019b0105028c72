/* SPDX-License-Identifier: MIT
 *
 * A scaling as arrays of a net: what is written is read back in every double, copied and saved, and half of one is
 * completed. */
#include <stdlib.h>

#include "any.h"
#include "failing_allocator.h"

enum { INPUTS = 3, OUTPUTS = 2, LAYERS = 2 };

static const struct any_layer layers[LAYERS] = {{4, BP_ACT_TANH, 0, 0}, {OUTPUTS, BP_ACT_IDENTITY, 0, 0}};

static bp_net *net_of(int32_t dtype) { return any_net(dtype, INPUTS, layers, LAYERS, 7); }

static void shape_is(const bp_net *net, int32_t array, size_t rows, size_t columns)
{
    size_t shape[2] = {99, 99};
    any_ok(bp_net_shape(net, array, 0, &shape[0], &shape[1]));
    assert_int_equal(shape[0], rows);
    assert_int_equal(shape[1], columns);
}

static void half_a_scaling_is_completed_by_0_or_1(void **state)
{
    static const int32_t arrays[2][2] = {{BP_ARRAY_INPUT_CENTER, BP_ARRAY_INPUT_FACTOR},
                                         {BP_ARRAY_TARGET_CENTER, BP_ARRAY_TARGET_FACTOR}};
    static const double first[2][INPUTS] = {{0.1, 0.2, 0.3}, {7, -0.1, 0.5}}, other[2] = {1, 0};
    bp_net *net = net_of(any_dtype(state));
    double read[INPUTS];
    for (size_t side = 0; side < 2; side++) {
        const size_t count = side == 0 ? INPUTS : OUTPUTS;
        for (size_t part = 0; part < 2; part++) {
            const int32_t written = arrays[side][part], missing = arrays[side][1 - part];
            any_ok(bp_net_write_f64(net, written, 0, first[part], count));
            shape_is(net, missing, 1, count);
            any_ok(bp_net_read_f64(net, written, 0, read, count));
            any_same_bits(read, first[part], count); /* kept as double */
            any_ok(bp_net_read_f64(net, missing, 0, read, count));
            for (size_t i = 0; i < count; i++)
                assert_true(read[i] == other[part]);
            any_ok(bp_net_write_f64(net, missing, 0, first[1 - part], count));
            any_ok(bp_net_read_f64(net, written, 0, read, count));
            any_same_bits(read, first[part], count); /* the other stays */
            any_ok(bp_net_write_f64(net, arrays[side][(side + part) % 2], 0, NULL, 0));
            shape_is(net, written, 0, 0);
            shape_is(net, missing, 0, 0);
        }
    }
    bp_net_destroy(net);
}

static void a_scaling_that_finds_no_memory_changes_nothing(void **state)
{
    const double factor[INPUTS] = {2, 3, 4}, other[INPUTS] = {5, 6, 7};
    struct failing failing = {0};
    const bp_allocator allocator = failing_allocator(&failing);
    double read[INPUTS];
    bp_net *net = NULL;
    any_ok(bp_net_create_with(&net, any_dtype(state), INPUTS, &allocator));
    any_ok(bp_net_add_dense(net, OUTPUTS, BP_ACT_TANH));
    any_ok(bp_net_init(net, 1));
    any_ok(bp_net_write_f64(net, BP_ARRAY_INPUT_FACTOR, 0, factor, INPUTS));
    failing.fail_at = failing.calls + 1;
    assert_int_equal(bp_net_write_f64(net, BP_ARRAY_INPUT_FACTOR, 0, other, INPUTS), BP_ERR_MEMORY);
    assert_int_equal(failing.failures, 1);
    any_ok(bp_net_read_f64(net, BP_ARRAY_INPUT_FACTOR, 0, read, INPUTS));
    any_same_bits(read, factor, INPUTS);
    bp_net_destroy(net);
    assert_int_equal(failing.live + failing.wrong, 0);
}

/* A clone, and a net from a file, have every double of it. */
static void scalings_are_copied_and_saved_as_doubles(void **state)
{
    const double center[INPUTS] = {0.1, 1.0 / 3, -7}, factor[INPUTS] = {0.3, 1e-3, 2};
    bp_net *net = net_of(any_dtype(state)), *others[2] = {NULL, NULL};
    double read[2][INPUTS];
    size_t size = 0;
    any_ok(any_set_scaling(net, center, factor, NULL, NULL));
    any_ok(bp_net_clone(&others[0], net));
    any_ok(bp_net_save_memory(net, NULL, 0, &size));
    void *bytes = malloc(size);
    assert_non_null(bytes);
    any_ok(bp_net_save_memory(net, bytes, size, NULL));
    any_ok(bp_net_load_memory(&others[1], bytes, size, NULL));
    free(bytes);
    for (size_t i = 0; i < 2; i++) {
        any_ok(any_get_input_scaling(others[i], read[0], read[1]));
        any_same_bits(read[0], center, INPUTS);
        any_same_bits(read[1], factor, INPUTS);
        bp_net_destroy(others[i]);
    }
    bp_net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(half_a_scaling_is_completed_by_0_or_1),
        ANY_BOTH(a_scaling_that_finds_no_memory_changes_nothing),
        ANY_BOTH(scalings_are_copied_and_saved_as_doubles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
