/* SPDX-License-Identifier: MIT
 *
 * The memory of data sets: it is used again, other data sets keep theirs, and a failed allocation changes nothing. */
#include "data_fixture.h"

#include <locale.h>
#include <stdbool.h>

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

static void new_inputs_replace_all_and_leave_other_data_sets_alone(void **state)
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(arrays_of_no_greater_size_allocate_nothing),
        TEST(new_inputs_replace_all_and_leave_other_data_sets_alone),
        TEST(a_failed_allocation_changes_nothing),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
