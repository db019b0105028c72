/* SPDX-License-Identifier: MIT
 *
 * Views of a data set: the rows that they show, in which order, and the memory that they take. */
#include "shown_fixture.h"

#include <locale.h>

static bp_data *empty(void)
{
    const bp_allocator allocator = failing_allocator(&failing);
    bp_data *view = NULL;
    assert_int_equal(bp_data_create(&view, &allocator), BP_OK);
    return view;
}

static void expect_shown(const bp_data *data, const size_t *row, size_t count)
{
    const struct shown s = shown_by(data);
    int32_t labels[MOST];
    assert_int_equal(s.count, count);
    assert_memory_equal(s.row, row, count * sizeof(*row));
    assert_int_equal(bp_data_copy_labels(data, 0, count, labels), BP_OK);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(labels[i], class_of(row[i]));
}

static void a_view_shows_the_rows_in_its_order(void **state)
{
    static const size_t chosen[] = {6, 0, 6, 6, 11, 3}, of_these[] = {5, 0}, of_all[] = {3, 6};
    bp_data *data = make(12, true), *view = empty(), *again = empty();
    (void)state;
    assert_int_equal(bp_data_show(view, data, chosen, COUNT(chosen)), BP_OK);
    expect_shown(view, chosen, COUNT(chosen));
    assert_int_equal(bp_data_show(again, view, of_these, COUNT(of_these)), BP_OK);
    bp_data_destroy(view);
    bp_data_destroy(data);
    expect_shown(again, of_all, COUNT(of_all));
    bp_data_destroy(again);
}

/* A training may show new rows in every epoch. */
static void a_view_of_no_more_rows_allocates_nothing(void **state)
{
    bp_data *data = make(MOST, true), *other = make(7, true), *view = empty();
    size_t row[MOST];
    (void)state;
    for (size_t i = 0; i < MOST; i++)
        row[i] = MOST - 1 - i;
    assert_int_equal(bp_data_show(view, data, row, MOST), BP_OK);
    failing.fail_at = failing.calls + 1;
    failing.from_then_on = true;
    for (size_t count = 1; count <= MOST; count++) {
        assert_int_equal(bp_data_show(view, data, row + MOST - count, count), BP_OK);
        expect_shown(view, row + MOST - count, count);
        assert_int_equal(bp_data_show(view, other, row + MOST - 7, 7), BP_OK);
        expect_shown(view, row + MOST - 7, 7);
    }
    assert_int_equal(failing.failures, 0);
    failing.fail_at = 0;
    bp_data_destroy(view);
    bp_data_destroy(other);
    bp_data_destroy(data);
}

/* The old rows, names and memory are released; options stay. */
static void a_view_takes_the_place_of_what_was_there(void **state)
{
    static const size_t chosen[] = {11, 2};
    bp_data *data = make(12, true), *view = make(101, false);
    const size_t bytes = failing.bytes;
    double header;
    (void)state;
    assert_int_equal(bp_data_set(view, BP_DATA_HEADER, 1), BP_OK);
    assert_int_equal(bp_data_show(view, data, chosen, COUNT(chosen)), BP_OK);
    expect_shown(view, chosen, COUNT(chosen));
    assert_int_equal(bp_data_get(view, BP_DATA_HEADER, &header), BP_OK);
    assert_true(header == 1 && failing.bytes + 101 * sizeof(float) < bytes);
    const float x = 5;
    assert_int_equal(bp_data_set_inputs(view, BP_F32, &x, 1, 1, 0, BP_HOLD_COPY), BP_OK);
    assert_int_equal(shown_by(view).row[0], 5);
    bp_data_destroy(data);
    bp_data_destroy(view);
}

static void a_refused_view_stays_as_it_was(void **state)
{
    static const size_t chosen[] = {6, 0}, no_such[] = {0, 12}, more[MOST] = {1, 2, 3};
    bp_data *data = make(12, true), *view = empty(), *nothing = empty();
    (void)state;
    assert_int_equal(bp_data_show(view, data, chosen, COUNT(chosen)), BP_OK);
    const struct {
        const bp_data *of;
        const size_t *rows;
        size_t count;
        bp_status status;
        const char *sentence;
    } cases[] = {
        {data, no_such, 2, BP_ERR_ARG, "bp_data_show: rows[1] is 12: the data set has 12 rows"},
        {nothing, chosen, 2, BP_ERR_ARG, "bp_data_show: rows[0] is 6: the data set has 0 rows"},
        {view, chosen, 1, BP_ERR_ARG, "bp_data_show: view and data are the same data set"},
        {data, NULL, 2, BP_ERR_ARG, "bp_data_show: rows is NULL"},
        {NULL, chosen, 2, BP_ERR_ARG, "bp_data_show: data is NULL"},
        {data, chosen, 0, BP_ERR_SHAPE, "bp_data_show: count is 0: it must be at least 1, and fit in memory"},
        {data, more, MOST, BP_ERR_MEMORY, "bp_data_show: no memory for 120 rows"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        failing.fail_at = cases[i].status == BP_ERR_MEMORY ? failing.calls + 1 : 0;
        assert_int_equal(bp_data_show(view, cases[i].of, cases[i].rows, cases[i].count), cases[i].status);
        assert_string_equal(bp_last_error(), cases[i].sentence);
        expect_shown(view, chosen, COUNT(chosen));
    }
    assert_int_equal(bp_data_show(NULL, data, chosen, 1), BP_ERR_ARG);
    assert_string_equal(bp_last_error(), "bp_data_show: view is NULL");
    bp_data_destroy(nothing);
    bp_data_destroy(view);
    bp_data_destroy(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_view_shows_the_rows_in_its_order),
        TEST(a_view_of_no_more_rows_allocates_nothing),
        TEST(a_view_takes_the_place_of_what_was_there),
        TEST(a_refused_view_stays_as_it_was),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
