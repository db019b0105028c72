/* SPDX-License-Identifier: MIT
 *
 * What a data set from arrays refuses, and with which sentence. The data set stays as it was. */
#include "data_fixture.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static void a_label_that_is_no_class_is_refused(void **state)
{
    static const int32_t bad[] = {-1, INT32_MIN, CLASSES, INT32_MAX};
    const struct given g = make_given();
    (void)state;
    set_inputs(&g, BP_F32, BP_HOLD_COPY);
    ok(bp_data_set_labels(data, BP_I32, g.labels, CLASSES, BP_HOLD_COPY));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        int32_t labels[ROWS] = {0};
        char words[64];
        labels[ROWS - 1] = bad[i];
        snprintf(words, sizeof(words), "labels[6] is %d: it must be 0 to 3", (int)bad[i]);
        refused(bp_data_set_labels(data, BP_I32, labels, CLASSES, BP_HOLD_COPY), BP_ERR_ARG, words);
        ok(bp_data_copy_labels(data, 0, ROWS, labels));
        assert_memory_equal(labels, g.labels, sizeof(labels));
    }
}

static void a_weight_below_0_or_not_finite_is_refused(void **state)
{
    static const struct {
        double weight;
        const char *words;
    } bad[] = {{-0.5, "is -0.5"}, {-1e-300, "is -1e-300"}, {INFINITY, "is inf"}, {-INFINITY, "is -inf"}, {NAN, "nan"}};
    const struct given g = make_given();
    (void)state;
    set_inputs(&g, BP_F32, BP_HOLD_COPY);
    ok(bp_data_set_weights(data, BP_F64, g.weights, BP_HOLD_COPY));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        double weights[ROWS] = {0};
        weights[2] = bad[i].weight;
        host_mask(!isfinite(bad[i].weight));
        refused(bp_data_set_weights(data, BP_F64, weights, BP_HOLD_COPY), BP_ERR_ARG, "weights[2]");
        refused(bp_data_set_weights(data, BP_F64, weights, BP_HOLD_BORROW), BP_ERR_ARG, bad[i].words);
        host_unmask(!isfinite(bad[i].weight));
        ok(bp_data_copy_weights(data, 0, ROWS, weights));
        assert_memory_equal(weights, g.weights, sizeof(weights));
    }
}

static void rows_that_are_not_there_are_refused(void **state)
{
    static const size_t bad[][2] = {{0, ROWS + 1}, {ROWS, 1},     {ROWS + 1, 0},
                                    {1, SIZE_MAX}, {SIZE_MAX, 1}, {SIZE_MAX, 2}};
    const struct given g = make_given();
    float x[COUNT];
    (void)state;
    set_inputs(&g, BP_F32, BP_HOLD_COPY);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char words[96];
        snprintf(words, sizeof(words), "%zu row%s from row %zu on: the data set has 7", bad[i][1],
                 bad[i][1] == 1 ? "" : "s", bad[i][0]);
        refused(bp_data_copy_inputs(data, bad[i][0], bad[i][1], BP_F32, x), BP_ERR_ARG, words);
    }
}

static void rows_are_copied_as_real_numbers_alone(void **state)
{
    static const int32_t others[] = {BP_U8, BP_I32, BP_I64, 0, -1, INT32_MAX};
    const struct given g = make_given();
    double numbers[COUNT];
    (void)state;
    set_inputs(&g, BP_I32, BP_HOLD_COPY);
    set_target(&g, BP_I32, BP_HOLD_COPY);
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        char words[96];
        snprintf(words, sizeof(words), "type is %d: rows are copied as BP_F32 or BP_F64", (int)others[i]);
        refused(bp_data_copy_inputs(data, 0, 1, others[i], numbers), BP_ERR_ARG, words);
        refused(bp_data_copy_target(data, 0, 1, others[i], numbers), BP_ERR_ARG, words);
    }
}

/* Also if the numbers would fit as bytes: they can be read as doubles. */
static void more_numbers_than_memory_could_hold_are_refused(void **state)
{
    const uint8_t byte = 1;
    (void)state;
    refused(bp_data_set_inputs(data, BP_U8, &byte, SIZE_MAX / 8 + 1, 1, 0, BP_HOLD_BORROW), BP_ERR_SHAPE,
            "fit in memory");
    refused(bp_data_set_inputs(data, BP_U8, &byte, SIZE_MAX / 2, 3, 0, BP_HOLD_COPY), BP_ERR_SHAPE, "fit in memory");
#if SIZE_MAX > UINT32_MAX /* what 32 bits count the allocator has */
    refused(bp_data_set_inputs(data, BP_U8, &byte, SIZE_MAX / 16, 1, 0, BP_HOLD_COPY), BP_ERR_MEMORY, "no memory");
#endif
    assert_int_equal(bp_data_rows(data), 0);
}

static void a_type_that_a_part_does_not_take_is_refused(void **state)
{
    static const struct {
        int32_t type;
        const char *inputs, *target, *labels, *weights, *sparse; /* of the sentence; NULL: it is taken */
    } rows[] = {
        {BP_F32, NULL, NULL, "labels may be of BP_U8, BP_I32 or BP_I64", NULL, NULL},
        {BP_F64, NULL, NULL, "labels may be of", NULL, NULL},
        {BP_U8, NULL, NULL, NULL, "weights may be of BP_F32 or BP_F64", "sparse values may be of BP_F32 or BP_F64"},
        {BP_I32, NULL, NULL, NULL, "weights may be of", "sparse values may be of"},
        {BP_I64, NULL, NULL, NULL, "weights may be of", "sparse values may be of"},
        {0, "x may be of BP_F32, BP_F64, BP_U8, BP_I32 or BP_I64", "target may be of", "labels may", "weights may",
         "sparse"},
        {BP_FAMILY_TYPE, "x may be of", "target may be of", "labels may", "weights may", "sparse"},
        {BP_I64 + 10, "x may be of", "target may be of", "labels may", "weights may", "sparse"},
    };
    static const int64_t zeros[COUNT], starts[ROWS + 1];
    static const int32_t columns[1];
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const int32_t type = rows[i].type;
        if (rows[i].sparse)
            refused(bp_data_set_sparse(data, type, zeros, columns, starts, ROWS, COLUMNS, BP_HOLD_COPY), BP_ERR_ARG,
                    rows[i].sparse);
        else
            ok(bp_data_set_sparse(data, type, zeros, columns, starts, ROWS, COLUMNS, BP_HOLD_COPY));
        if (rows[i].inputs)
            refused(bp_data_set_inputs(data, type, zeros, ROWS, COLUMNS, 0, BP_HOLD_COPY), BP_ERR_ARG, rows[i].inputs);
        else
            ok(bp_data_set_inputs(data, type, zeros, ROWS, COLUMNS, 0, BP_HOLD_COPY));
        if (rows[i].target)
            refused(bp_data_set_target(data, type, zeros, COLUMNS, 0, BP_HOLD_COPY), BP_ERR_ARG, rows[i].target);
        else
            ok(bp_data_set_target(data, type, zeros, COLUMNS, 0, BP_HOLD_COPY));
        if (rows[i].labels)
            refused(bp_data_set_labels(data, type, zeros, 2, BP_HOLD_COPY), BP_ERR_ARG, rows[i].labels);
        else
            ok(bp_data_set_labels(data, type, zeros, 2, BP_HOLD_COPY));
        if (rows[i].weights)
            refused(bp_data_set_weights(data, type, zeros, BP_HOLD_COPY), BP_ERR_ARG, rows[i].weights);
        else
            ok(bp_data_set_weights(data, type, zeros, BP_HOLD_COPY));
    }
}

static void a_stride_below_the_columns_or_too_large_is_refused(void **state)
{
    const struct given g = make_given();
    (void)state;
    set_inputs(&g, BP_F64, BP_HOLD_COPY);
    for (int hold = 0; hold < 2; hold++) {
        refused(bp_data_set_inputs(data, BP_F64, g.f64, ROWS, COLUMNS, COLUMNS - 1, holds[hold]), BP_ERR_SHAPE,
                "stride is 2: a row has 3 numbers");
        refused(bp_data_set_target(data, BP_F64, g.f64, COLUMNS, COLUMNS - 1, holds[hold]), BP_ERR_SHAPE,
                "stride is 2");
        refused(bp_data_set_inputs(data, BP_F64, g.f64, ROWS, COLUMNS, SIZE_MAX / 8, holds[hold]), BP_ERR_SHAPE,
                "fit in memory");
        refused(bp_data_set_target(data, BP_F64, g.f64, COLUMNS, SIZE_MAX, holds[hold]), BP_ERR_SHAPE, "fit in memory");
        expect_numbers(bp_data_copy_inputs, &g, BP_F64); /* nothing is lost */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_label_that_is_no_class_is_refused),
        TEST(a_weight_below_0_or_not_finite_is_refused),
        TEST(rows_that_are_not_there_are_refused),
        TEST(rows_are_copied_as_real_numbers_alone),
        TEST(more_numbers_than_memory_could_hold_are_refused),
        TEST(a_type_that_a_part_does_not_take_is_refused),
        TEST(a_stride_below_the_columns_or_too_large_is_refused),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
