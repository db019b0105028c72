/* SPDX-License-Identifier: MIT
 *
 * Data sets from arrays: what goes in comes out, whatever the type of the array and of the request, copied or
 * borrowed. */
#include "data_fixture.h"

#include <float.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

/* ---- inputs and target of every type */

enum { TYPES = 5 };

static const int32_t types[TYPES] = {BP_F32, BP_F64, BP_U8, BP_I32, BP_I64};

static void inputs_of_every_type_come_out_as_every_type(void **state)
{
    const struct given g = make_given();
    (void)state;
    for (int type = 0; type < TYPES; type++)
        for (int hold = 0; hold < 2; hold++) {
            set_inputs(&g, types[type], holds[hold]);
            assert_int_equal(bp_data_rows(data), ROWS);
            assert_int_equal(bp_data_inputs(data), COLUMNS);
            expect_numbers(bp_data_copy_inputs, &g, types[type]);
        }
}

static void a_target_of_every_type_comes_out_as_every_type(void **state)
{
    const struct given g = make_given();
    (void)state;
    set_inputs(&g, BP_U8, BP_HOLD_BORROW);
    for (int type = 0; type < TYPES; type++)
        for (int hold = 0; hold < 2; hold++) {
            set_target(&g, types[type], holds[hold]);
            assert_int_equal(bp_data_outputs(data), COLUMNS);
            expect_numbers(bp_data_copy_target, &g, types[type]);
            expect_numbers(bp_data_copy_inputs, &g, BP_U8);
        }
}

/* If the caller changes its arrays later, a data set that borrows them shows this, and no other. */
static void only_a_borrowed_array_shows_what_is_done_to_it(void **state)
{
    const struct given before = make_given();
    (void)state;
    for (int type = 0; type < TYPES; type++)
        for (int hold = 0; hold < 2; hold++) {
            struct given g = before;
            const int32_t target = types[(type + 1) % TYPES];
            double weights[ROWS];
            int32_t labels[ROWS];
            set_inputs(&g, types[type], holds[hold]);
            set_target(&g, target, holds[hold]);
            ok(bp_data_set_weights(data, BP_F64, g.weights, holds[hold]));
            for (int i = 0; i < COUNT; i++) {
                g.f32[i] *= 2;
                g.f64[i] *= 2;
                g.u8[i] ^= 1;
                g.i32[i] ^= 1;
                g.i64[i] ^= 1 << 12;
            }
            g.weights[1] = 9;
            g.labels[1] = 2;
            const struct given *seen = holds[hold] == BP_HOLD_BORROW ? &g : &before;
            expect_numbers(bp_data_copy_inputs, seen, types[type]);
            expect_numbers(bp_data_copy_target, seen, target);
            ok(bp_data_copy_weights(data, 0, ROWS, weights));
            assert_memory_equal(weights, seen->weights, sizeof(weights));
            ok(bp_data_set_labels(data, BP_I32, g.labels, CLASSES, holds[hold]));
            memcpy(g.labels, before.labels, sizeof(g.labels));
            ok(bp_data_copy_labels(data, 1, 1, labels));
            assert_int_equal(labels[0], holds[hold] == BP_HOLD_BORROW ? before.labels[1] : 2);
        }
}

/* It is not the byte times the scale as a float, which is 1 off in the last place for half of the bytes. */
static void a_byte_is_the_float_nearest_to_its_worth(void **state)
{
    static const double scales[] = {1 / 255., 1 / 256., 0.1, 1e300, 1e-300};
    uint8_t bytes[256];
    float f32[256];
    double f64[256];
    (void)state;
    for (int i = 0; i < 256; i++)
        bytes[i] = (uint8_t)i;
    for (size_t k = 0; k < sizeof(scales) / sizeof(scales[0]); k++) {
        ok(bp_data_set(data, BP_DATA_BYTE, scales[k]));
        ok(bp_data_set_inputs(data, BP_U8, bytes, 1, 256, 0, BP_HOLD_BORROW));
        ok(bp_data_set(data, BP_DATA_BYTE, 3)); /* for the next array */
        host_mask(scales[k] > FLT_MAX);
        ok(bp_data_copy_inputs(data, 0, 1, BP_F32, f32));
        host_unmask(scales[k] > FLT_MAX);
        ok(bp_data_copy_inputs(data, 0, 1, BP_F64, f64));
        for (int i = 0; i < 256; i++)
            assert_true(f64[i] == i * scales[k] && f32[i] == (float)(i * scales[k]));
    }
}

/* ---- what belongs to what */

static void expect_sizes(size_t outputs, size_t classes, int32_t weighted)
{
    double is_weighted, is_sparse;
    assert_int_equal(bp_data_outputs(data), outputs);
    assert_int_equal(bp_data_classes(data), classes);
    ok(bp_data_get(data, BP_DATA_IS_WEIGHTED, &is_weighted));
    ok(bp_data_get(data, BP_DATA_IS_SPARSE, &is_sparse));
    assert_true(is_weighted == weighted && is_sparse == 0);
}

static void outputs_are_the_targets_or_the_classes(void **state)
{
    const struct given g = make_given();
    (void)state;
    expect_sizes(0, 0, 0);
    assert_int_equal(bp_data_rows(data) + bp_data_inputs(data), 0);
    set_inputs(&g, BP_F32, BP_HOLD_COPY);
    expect_sizes(0, 0, 0);
    set_target(&g, BP_F32, BP_HOLD_COPY);
    expect_sizes(COLUMNS, 0, 0);
    ok(bp_data_set_weights(data, BP_F64, g.weights, BP_HOLD_COPY));
    expect_sizes(COLUMNS, 0, 1);
    ok(bp_data_set_labels(data, BP_I32, g.labels, CLASSES, BP_HOLD_COPY));
    expect_sizes(CLASSES, CLASSES, 1);
    set_inputs(&g, BP_F32, BP_HOLD_COPY);
    expect_sizes(0, 0, 0);
}

static void target_and_labels_take_each_others_place(void **state)
{
    const struct given g = make_given();
    double target[COUNT];
    int32_t labels[ROWS];
    (void)state;
    set_inputs(&g, BP_F64, BP_HOLD_COPY);
    for (int hold = 0; hold < 4; hold++) { /* a copy takes the place of a borrowed array, and the reverse */
        ok(bp_data_set_labels(data, BP_I32, g.labels, CLASSES, holds[hold % 2]));
        refused(bp_data_copy_target(data, 0, 1, BP_F64, target), BP_ERR_STATE, "no target");
        ok(bp_data_copy_labels(data, 0, ROWS, labels));
        assert_memory_equal(labels, g.labels, sizeof(labels));
        expect_sizes(CLASSES, CLASSES, 0);
        set_target(&g, BP_F64, holds[hold / 2]);
        expect_sizes(COLUMNS, 0, 0);
        refused(bp_data_copy_labels(data, 0, 1, labels), BP_ERR_STATE, "no labels");
        ok(bp_data_copy_target(data, 0, ROWS, BP_F64, target));
        assert_memory_equal(target, g.f64, sizeof(target));
    }
}

/* ---- labels and weights of every type */

static void labels_of_every_whole_type_come_out_as_they_are(void **state)
{
    static const uint8_t u8[] = {0, 3, 2, 1, 1, 0, 3};
    static const int32_t i32[] = {0, 3, 2, 1, 1, 0, 3};
    static const int64_t i64[] = {0, 3, 2, 1, 1, 0, 3}, bad[] = {(int64_t)1 << 32, INT64_MIN, -1, CLASSES};
    const struct given g = make_given();
    int32_t labels[ROWS];
    (void)state;
    set_inputs(&g, BP_F32, BP_HOLD_COPY);
    for (int hold = 0; hold < 2; hold++)
        for (int type = 0; type < 3; type++) {
            ok(type == 0   ? bp_data_set_labels(data, BP_U8, u8, CLASSES, holds[hold])
               : type == 1 ? bp_data_set_labels(data, BP_I32, i32, CLASSES, holds[hold])
                           : bp_data_set_labels(data, BP_I64, i64, CLASSES, holds[hold]));
            ok(bp_data_copy_labels(data, 0, ROWS, labels));
            assert_memory_equal(labels, i32, sizeof(i32));
        }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        int64_t with_bad[ROWS] = {0};
        char words[64];
        with_bad[4] = bad[i];
        snprintf(words, sizeof(words), "labels[4] is %lld: it must be 0 to 3", (long long)bad[i]);
        refused(bp_data_set_labels(data, BP_I64, with_bad, CLASSES, BP_HOLD_COPY), BP_ERR_ARG, words);
    }
    refused(bp_data_set_labels(data, BP_U8, u8, 3, BP_HOLD_COPY), BP_ERR_ARG, "labels[1] is 3: it must be 0 to 2");
}

static void weights_may_be_floats(void **state)
{
    float weights[ROWS];
    double out[ROWS];
    const struct given g = make_given();
    (void)state;
    set_inputs(&g, BP_F32, BP_HOLD_COPY);
    for (int i = 0; i < ROWS; i++)
        weights[i] = (float)g.weights[i];
    for (int hold = 0; hold < 2; hold++) {
        ok(bp_data_set_weights(data, BP_F32, weights, holds[hold]));
        ok(bp_data_copy_weights(data, 0, ROWS, out));
        for (int i = 0; i < ROWS; i++)
            assert_true(out[i] == (double)weights[i]);
    }
    weights[2] = -1;
    refused(bp_data_set_weights(data, BP_F32, weights, BP_HOLD_BORROW), BP_ERR_ARG, "weights[2] is -1");
}

/* ---- columns of a table */

enum { WIDE = COLUMNS + 1 };

/* The first columns of a table are the inputs, and the last is the target, copied or borrowed. For every type the
 * rows are those of packed arrays. */
static void some_columns_of_a_table_are_inputs_and_target(void **state)
{
    const struct given g = make_given();
    double table[ROWS * WIDE], x[COUNT], target[ROWS];
    float narrow[ROWS * WIDE], x_f32[COUNT];
    (void)state;
    for (size_t i = 0; i < ROWS * WIDE; i++) {
        table[i] = i % WIDE < COLUMNS ? g.f64[i / WIDE * COLUMNS + i % WIDE] : g.weights[i / WIDE];
        narrow[i] = (float)table[i];
    }
    for (int hold = 0; hold < 2; hold++) {
        ok(bp_data_set_inputs(data, BP_F64, table, ROWS, COLUMNS, WIDE, holds[hold]));
        ok(bp_data_set_target(data, BP_F64, table + COLUMNS, 1, WIDE, holds[hold]));
        ok(bp_data_copy_inputs(data, 0, ROWS, BP_F64, x));
        ok(bp_data_copy_target(data, 0, ROWS, BP_F64, target));
        assert_memory_equal(x, g.f64, sizeof(x));
        assert_memory_equal(target, g.weights, sizeof(target));
        ok(bp_data_set_inputs(data, BP_F32, narrow, ROWS, COLUMNS, WIDE, holds[hold]));
        ok(bp_data_set_target(data, BP_F32, narrow + COLUMNS, 1, WIDE, holds[hold]));
        ok(bp_data_copy_inputs(data, 0, ROWS, BP_F32, x_f32));
        ok(bp_data_copy_target(data, 0, ROWS, BP_F64, target));
        assert_memory_equal(x_f32, g.f32, sizeof(x_f32));
        for (int i = 0; i < ROWS; i++)
            assert_true(target[i] == (double)(float)g.weights[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(inputs_of_every_type_come_out_as_every_type),     TEST(a_target_of_every_type_comes_out_as_every_type),
        TEST(only_a_borrowed_array_shows_what_is_done_to_it),  TEST(a_byte_is_the_float_nearest_to_its_worth),
        TEST(outputs_are_the_targets_or_the_classes),          TEST(target_and_labels_take_each_others_place),
        TEST(labels_of_every_whole_type_come_out_as_they_are), TEST(weights_may_be_floats),
        TEST(some_columns_of_a_table_are_inputs_and_target),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
