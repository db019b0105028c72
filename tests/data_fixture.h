/* SPDX-License-Identifier: MIT
 *
 * For test_data*.c: a data set of each test's own, and the same numbers as arrays of every type. */
#ifndef DATA_FIXTURE_H
#define DATA_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <bp/bp.h>

#include "failing_allocator.h"

enum { ROWS = 7, COLUMNS = 3, CLASSES = 4, COUNT = ROWS * COLUMNS };

#define SCALE (1 / 255.) /* BP_DATA_BYTE of set_inputs() */

/* The same numbers in each type, or the nearest that it has; and labels and weights. */
struct given {
    float f32[COUNT];
    double f64[COUNT];
    uint8_t u8[COUNT];
    int32_t i32[COUNT];
    int64_t i64[COUNT];
    int32_t labels[ROWS];
    double weights[ROWS];
};

struct given make_given(void);

/* The data set of a test. Its allocator counts; a test fails if memory is left at its end. */
extern struct failing failing;
extern bp_data *data;

#define TEST(test) cmocka_unit_test_setup_teardown(test, data_begin, data_end)
int data_begin(void **state);
int data_end(void **state);

/* Fails the test with the sentence of the call, unless the status is BP_OK. */
void ok(bp_status status);

/* The call has returned this status, and its sentence contains these words. */
void refused(bp_status status, bp_status expected, const char *words);

extern const int32_t holds[2]; /* BP_HOLD_COPY and BP_HOLD_BORROW */

/* Gives the data set the numbers of this type. */
void set_inputs(const struct given *g, int32_t type, int32_t hold);
void set_target(const struct given *g, int32_t type, int32_t hold);

/* The number at place i of this type: as a double, and as the float nearest to it. */
double worth(const struct given *g, int32_t type, size_t i);
float float_worth(const struct given *g, int32_t type, size_t i);

/* Any rows are read as the numbers that were given: as doubles, and as the floats nearest to them. */
typedef bp_status copy_fn(const bp_data *data, size_t first, size_t rows, int32_t type, void *numbers);
void expect_numbers(copy_fn *copy, const struct given *g, int32_t type);

#endif
