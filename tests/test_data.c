/* SPDX-License-Identifier: MIT
 *
 * Data sets from arrays: what goes in comes out, of whatever type it is asked for, copied or borrowed; what is wrong is
 * refused; what is read only is for any number of threads. */
#include <locale.h>
#include <float.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <bp/bp.h>

#include "failing_allocator.h"

enum { ROWS = 7, COLUMNS = 3, CLASSES = 4, COUNT = ROWS * COLUMNS };

#define SCALE (1 / 255.)

/* The same numbers in each type, as near as it can; and labels and weights. */
struct given {
    float f32[COUNT];
    double f64[COUNT];
    uint8_t u8[COUNT];
    int32_t i32[COUNT];
    int64_t i64[COUNT];
    int32_t labels[ROWS];
    double weights[ROWS];
};

static struct given make_given(void)
{
    struct given g;
    for (int i = 0; i < COUNT; i++) {
        g.f64[i] = 0.1 * (i * 7 % 23) - 0.7;
        g.f32[i] = (float)g.f64[i];
        g.u8[i] = (uint8_t)(i * 67);
        g.i32[i] = i % 5 == 0 ? INT32_MIN + i : i * 16777217;
        g.i64[i] = i % 5 == 0 ? INT64_MAX - i : i * ((int64_t)1 << 54) / 3;
    }
    for (int i = 0; i < ROWS; i++) {
        g.labels[i] = i * 3 % CLASSES;
        g.weights[i] = 0.3 * i;
    }
    return g;
}

/* ---- one data set for each test, on an allocator that sees what is lost */

static struct failing failing;
static bp_data *data;

static int begin(void **state)
{
    (void)state;
    failing = (struct failing){0};
    const bp_allocator allocator = failing_allocator(&failing);
    assert_int_equal(bp_data_create(&data, &allocator), BP_OK);
    return 0;
}

static int end(void **state)
{
    (void)state;
    bp_data_destroy(data);
    return failing.live != 0 || failing.wrong != 0;
}

static void ok(bp_status status)
{
    if (status != BP_OK)
        fail_msg("%s", bp_last_error());
}

/* The call is refused with a sentence that has these words. */
static void refused(bp_status status, bp_status expected, const char *words)
{
    assert_int_equal(status, expected);
    if (!strstr(bp_last_error(), words))
        fail_msg("\"%s\" says nothing of \"%s\"", bp_last_error(), words);
}

/* ---- inputs and target of every type */

static const void *array_of(const struct given *g, int32_t type)
{
    return type == BP_F32   ? (const void *)g->f32
           : type == BP_F64 ? (const void *)g->f64
           : type == BP_U8  ? (const void *)g->u8
           : type == BP_I32 ? (const void *)g->i32
                            : (const void *)g->i64;
}

static void set_inputs(const struct given *g, int32_t type, int32_t hold)
{
    ok(bp_data_set(data, BP_DATA_BYTE, SCALE));
    ok(bp_data_set_inputs(data, type, array_of(g, type), ROWS, COLUMNS, 0, hold));
}

static void set_target(const struct given *g, int32_t type, int32_t hold)
{
    ok(bp_data_set_target(data, type, array_of(g, type), COLUMNS, 0, hold));
}

/* What number i is worth, as a double, and as the float nearest to that, or to a whole number itself. */
static double worth(const struct given *g, int32_t type, size_t i)
{
    return type == BP_F32   ? (double)g->f32[i]
           : type == BP_F64 ? g->f64[i]
           : type == BP_U8  ? g->u8[i] * (double)SCALE
           : type == BP_I32 ? g->i32[i]
                            : (double)g->i64[i];
}

static float float_worth(const struct given *g, int32_t type, size_t i)
{
    return type == BP_I64 ? (float)g->i64[i] : (float)worth(g, type, i);
}

typedef bp_status copy_fn(const bp_data *data, size_t first, size_t rows, int32_t type, void *numbers);

/* Any rows come out as what was given: as doubles, and as the floats nearest to them. */
static void expect_numbers(copy_fn *copy, const struct given *g, int32_t type)
{
    for (size_t row = 0; row < ROWS; row++)
        for (size_t rows = 0; row + rows <= ROWS; rows++) {
            float f32[COUNT + 1] = {0};
            double f64[COUNT + 1] = {0};
            const size_t n = rows * COLUMNS;
            f32[n] = 5;
            f64[n] = 5;
            ok(copy(data, row, rows, BP_F32, f32));
            ok(copy(data, row, rows, BP_F64, f64));
            for (size_t i = 0; i < n; i++) {
                assert_true(f64[i] == worth(g, type, row * COLUMNS + i));
                assert_true(f32[i] == float_worth(g, type, row * COLUMNS + i));
            }
            assert_true(f32[n] == 5 && f64[n] == 5);
        }
}

enum { TYPES = 5 };

static const int32_t types[TYPES] = {BP_F32, BP_F64, BP_U8, BP_I32, BP_I64}, holds[] = {BP_HOLD_COPY, BP_HOLD_BORROW};

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

/* What the caller does to the arrays later shows in a data set that borrows them, and in no other. */
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

/* And not that of its scale as a float, which is 1 off the last place for half of the bytes. */
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
            assert_true(f64[i] == (double)(i * scales[k]) && f32[i] == (float)(i * scales[k]));
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
    for (int hold = 0; hold < 4; hold++) { /* a copy in the place of a borrowed array and the reverse, too */
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

/* ---- refusals */

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

/* Also of numbers that would fit as bytes: they can be asked for as doubles. */
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

/* The first columns of a table as inputs and the last as target, copied or not: for every type the same rows as packed ones. */
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

/* ---- memory is used again */

static void set_all(const struct given *g, size_t rows, int32_t hold, bool sparse)
{
    static const float values[COUNT];
    int64_t starts[ROWS + 1];
    int32_t columns[ROWS];
    for (int i = 0; i <= ROWS; i++)
        starts[i] = i;
    for (int i = 0; i < ROWS; i++)
        columns[i] = i % COLUMNS;
    if (sparse)
        ok(bp_data_set_sparse(data, BP_F32, values, columns, starts, rows, COLUMNS, hold));
    else
        ok(bp_data_set_inputs(data, BP_F64, g->f64, rows, COLUMNS, 0, hold));
    ok(bp_data_set_target(data, BP_F64, g->f64, COLUMNS, 0, hold));
    ok(bp_data_set_labels(data, BP_I32, g->labels, CLASSES, hold));
    ok(bp_data_set_weights(data, BP_F64, g->weights, hold));
}

static void arrays_of_no_greater_size_allocate_nothing(void **state)
{
    const struct given g = make_given();
    (void)state;
    for (int sparse = 0; sparse < 2; sparse++)
        set_all(&g, ROWS, BP_HOLD_COPY, sparse);
    const size_t calls = failing.calls;
    for (int round = 0; round < 16; round++) {
        set_all(&g, (size_t)(ROWS - round % 3), holds[round / 4 % 2], round % 2);
        assert_int_equal(failing.calls, calls);
    }
    set_inputs(&g, BP_F64, BP_HOLD_COPY);
    expect_numbers(bp_data_copy_inputs, &g, BP_F64);
    assert_int_equal(failing.calls, calls);
}

static void inputs_begin_anew_and_leave_other_data_sets_theirs(void **state)
{
    static const double zeros[COUNT];
    const struct given g = make_given();
    bp_data *first = NULL, *second = NULL;
    double x[COLUMNS];
    (void)state;
    set_all(&g, ROWS, BP_HOLD_COPY, false);
    ok(bp_data_split(data, 0.5, 1, &first, &second));
    ok(bp_data_copy_inputs(first, 0, 1, BP_F64, x));
    const double was = x[0];
    ok(bp_data_set_inputs(data, BP_F64, zeros, ROWS, COLUMNS, 0, BP_HOLD_COPY));
    assert_int_equal(bp_data_outputs(data), 0);
    assert_int_equal(bp_data_classes(first), CLASSES);
    ok(bp_data_copy_inputs(first, 0, 1, BP_F64, x));
    assert_true(was != 0 && x[0] == was);
    ok(bp_data_set_inputs(first, BP_F64, zeros, 1, COLUMNS, 0,
                          BP_HOLD_COPY)); /* also one that showed rows of another */
    assert_int_equal(bp_data_rows(first), 1);
    assert_int_equal(bp_data_rows(second), 4);
    bp_data_destroy(first);
    bp_data_destroy(second);
}

/* Each failing allocation leaves the data set as it was. */
static void a_failed_allocation_changes_nothing(void **state)
{
    static const double many[4 * COUNT];
    const struct given g = make_given();
    (void)state;
    set_inputs(&g, BP_F64, BP_HOLD_COPY);
    ok(bp_data_set_labels(data, BP_I32, g.labels, CLASSES, BP_HOLD_COPY));
    failing.fail_at = failing.calls + 1;
    refused(bp_data_set_inputs(data, BP_F64, many, 4 * ROWS, COLUMNS, 0, BP_HOLD_COPY), BP_ERR_MEMORY, "no memory");
    expect_numbers(bp_data_copy_inputs, &g, BP_F64);
    assert_int_equal(bp_data_classes(data), CLASSES);
}

/* ---- threads */

enum { THREADS = 12, ROUNDS = 200 };

struct worker {
    pthread_t thread;
    size_t number;
    bool right;
};

static void check(struct worker *w, bool right) { w->right = w->right && right; }

/* Takes rows, splits and destroys, and, in the first few threads, fails and reads of its own failure. */
static void *read_over_and_over(void *argument)
{
    struct worker *w = argument;
    const struct given g = make_given();
    char words[32];
    snprintf(words, sizeof(words), "from row %zu on", 100 + w->number);
    w->right = true;
    for (size_t round = 0; round < ROUNDS; round++) {
        const size_t row = (round + w->number) % ROWS;
        float x[COLUMNS], again[COLUMNS];
        int32_t label;
        bp_data *first = NULL, *second = NULL, *one = NULL;
        check(w, bp_data_copy_inputs(data, row, 1, BP_F32, x) == BP_OK &&
                     x[1] == (float)(g.u8[row * COLUMNS + 1] * SCALE));
        check(w, bp_data_copy_labels(data, row, 1, &label) == BP_OK && label == g.labels[row]);
        check(w, bp_data_split(data, 0.5, round, &first, &second) == BP_OK && bp_data_rows(first) == 3);
        check(w, bp_data_create(&one, NULL) == BP_OK && bp_data_show(one, data, &row, 1) == BP_OK &&
                     bp_data_copy_inputs(one, 0, 1, BP_F32, again) == BP_OK);
        check(w, memcmp(x, again, sizeof(x)) == 0);
        bp_data_destroy(first);
        bp_data_destroy(one);
        bp_data_destroy(second);
        if (w->number < 8)
            check(w, bp_data_copy_labels(data, 100 + w->number, 1, &label) == BP_ERR_ARG &&
                         strstr(bp_last_error(), words));
    }
    return NULL;
}

static void many_threads_read_one_data_set(void **state)
{
    static struct worker workers[THREADS];
    const struct given g = make_given();
    (void)state;
    bp_data_destroy(data);
    ok(bp_data_create(&data, NULL)); /* on malloc: the allocator of the other tests is for one thread */
    set_inputs(&g, BP_U8, BP_HOLD_BORROW);
    ok(bp_data_set_labels(data, BP_I32, g.labels, CLASSES, BP_HOLD_COPY));
    for (size_t i = 0; i < THREADS; i++) {
        workers[i].number = i;
        assert_int_equal(pthread_create(&workers[i].thread, NULL, read_over_and_over, &workers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
    for (size_t i = 0; i < THREADS; i++)
        assert_true(workers[i].right);
    ok(bp_data_set_weights(data, BP_F64, g.weights, BP_HOLD_COPY)); /* it is alone again */
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(inputs_of_every_type_come_out_as_every_type),
        TEST(a_target_of_every_type_comes_out_as_every_type),
        TEST(only_a_borrowed_array_shows_what_is_done_to_it),
        TEST(a_byte_is_the_float_nearest_to_its_worth),
        TEST(outputs_are_the_targets_or_the_classes),
        TEST(target_and_labels_take_each_others_place),
        TEST(a_label_that_is_no_class_is_refused),
        TEST(a_weight_below_0_or_not_finite_is_refused),
        TEST(rows_that_are_not_there_are_refused),
        TEST(rows_are_copied_as_real_numbers_alone),
        TEST(more_numbers_than_memory_could_hold_are_refused),
        TEST(a_type_that_a_part_does_not_take_is_refused),
        TEST(labels_of_every_whole_type_come_out_as_they_are),
        TEST(weights_may_be_floats),
        TEST(some_columns_of_a_table_are_inputs_and_target),
        TEST(a_stride_below_the_columns_or_too_large_is_refused),
        TEST(arrays_of_no_greater_size_allocate_nothing),
        TEST(inputs_begin_anew_and_leave_other_data_sets_theirs),
        TEST(a_failed_allocation_changes_nothing),
        TEST(many_threads_read_one_data_set),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
