/* SPDX-License-Identifier: MIT */
#include "data_fixture.h"

#include <string.h>

struct failing failing;
bp_data *data;

const int32_t holds[2] = {BP_HOLD_COPY, BP_HOLD_BORROW};

struct given make_given(void)
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

int data_begin(void **state)
{
    (void)state;
    failing = (struct failing){0};
    const bp_allocator allocator = failing_allocator(&failing);
    assert_int_equal(bp_data_create(&data, &allocator), BP_OK);
    return 0;
}

int data_end(void **state)
{
    (void)state;
    bp_data_destroy(data);
    return failing.live != 0 || failing.wrong != 0;
}

void ok(bp_status status)
{
    if (status != BP_OK)
        fail_msg("%s", bp_last_error());
}

void refused(bp_status status, bp_status expected, const char *words)
{
    assert_int_equal(status, expected);
    if (!strstr(bp_last_error(), words))
        fail_msg("\"%s\" says nothing of \"%s\"", bp_last_error(), words);
}

static const void *array_of(const struct given *g, int32_t type)
{
    return type == BP_F32   ? (const void *)g->f32
           : type == BP_F64 ? (const void *)g->f64
           : type == BP_U8  ? (const void *)g->u8
           : type == BP_I32 ? (const void *)g->i32
                            : (const void *)g->i64;
}

void set_inputs(const struct given *g, int32_t type, int32_t hold)
{
    ok(bp_data_set(data, BP_DATA_BYTE, SCALE));
    ok(bp_data_set_inputs(data, type, array_of(g, type), ROWS, COLUMNS, 0, hold));
}

void set_target(const struct given *g, int32_t type, int32_t hold)
{
    ok(bp_data_set_target(data, type, array_of(g, type), COLUMNS, 0, hold));
}

double worth(const struct given *g, int32_t type, size_t i)
{
    return type == BP_F32   ? (double)g->f32[i]
           : type == BP_F64 ? g->f64[i]
           : type == BP_U8  ? g->u8[i] * SCALE
           : type == BP_I32 ? g->i32[i]
                            : (double)g->i64[i];
}

float float_worth(const struct given *g, int32_t type, size_t i)
{
    return type == BP_I64 ? (float)g->i64[i] : (float)worth(g, type, i);
}

void expect_numbers(copy_fn *copy, const struct given *g, int32_t type)
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
