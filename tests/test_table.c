/* SPDX-License-Identifier: MIT
 *
 * The parts of a data set that no array shows: names, and the bytes that grow under them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "data/data_set.h"
#include "failing_allocator.h"

static struct failing failing;
static bp_allocator allocator;

static int begin(void **state)
{
    (void)state;
    failing = (struct failing){0};
    allocator = failing_allocator(&failing);
    return 0;
}

static int end(void **state)
{
    (void)state;
    return failing.live != 0 || failing.wrong != 0;
}

static void bytes_are_kept_as_the_buffer_grows(void **state)
{
    enum { PIECES = 300, PIECE = 7 };
    struct bp_buffer buffer = {0};
    (void)state;
    for (int i = 0; i < PIECES; i++) {
        const unsigned char piece[PIECE] = {(unsigned char)i, 1, 2, 3, 4, 5, (unsigned char)(i / 2)};
        assert_true(bp_buffer_add(&allocator, &buffer, i % 3 ? piece : NULL, PIECE));
    }
    assert_int_equal(buffer.used, PIECES * PIECE);
    for (int i = 0; i < PIECES; i++) {
        assert_int_equal(buffer.bytes[i * PIECE], i % 3 ? i % 256 : 0);
        assert_int_equal(buffer.bytes[i * PIECE + PIECE - 1], i % 3 ? i / 2 : 0);
    }
    assert_true(failing.calls < 8); /* it doubles */
    bp_buffer_release(&allocator, &buffer);
}

static void a_buffer_without_memory_stays_as_it_was(void **state)
{
    struct bp_buffer buffer = {0};
    (void)state;
    assert_true(bp_buffer_add(&allocator, &buffer, "abc", 3));
    const struct bp_buffer before = buffer;
    assert_false(bp_buffer_add(&allocator, &buffer, NULL, SIZE_MAX));
    assert_false(bp_buffer_add(&allocator, &buffer, NULL, SIZE_MAX / 2));
    failing.fail_at = 1;
    failing.from_then_on = true;
    assert_false(bp_buffer_add(&allocator, &buffer, NULL, 1000));
    assert_memory_equal(&buffer, &before, sizeof(buffer));
    assert_memory_equal(buffer.bytes, "abc", 3);
    bp_buffer_release(&allocator, &buffer);
}

/* Name i of many. No name is the beginning of another. */
static size_t write_name(char name[16], int i) { return (size_t)snprintf(name, 16, "n%d%s", i, i % 5 ? "" : "ame"); }

static void a_name_is_where_it_was_added(void **state)
{
    enum { NAMES = 100 };
    struct bp_texts texts = {0};
    char name[16];
    (void)state;
    assert_null(bp_texts_at(&texts, 0));
    for (int i = 0; i < NAMES; i++)
        assert_true(bp_texts_add(&allocator, &texts, name, write_name(name, i)));
    assert_int_equal(bp_texts_count(&texts), NAMES);
    for (int i = 0; i < NAMES; i++) {
        (void)write_name(name, i);
        assert_string_equal(bp_texts_at(&texts, (size_t)i), name);
    }
    assert_null(bp_texts_at(&texts, NAMES));
    assert_null(bp_texts_at(&texts, SIZE_MAX));
    bp_texts_release(&allocator, &texts);
}

static void a_name_that_does_not_fit_is_not_there(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 2; n++) {
        struct bp_texts texts = {0};
        failing.calls = 0;
        failing.fail_at = n;
        assert_false(bp_texts_add(&allocator, &texts, "lost", 4));
        assert_int_equal(bp_texts_count(&texts) + texts.text.used, 0);
        failing.fail_at = 0;
        assert_true(bp_texts_add(&allocator, &texts, "found", 5));
        assert_string_equal(bp_texts_at(&texts, 0), "found");
        bp_texts_release(&allocator, &texts);
    }
}

static void name(bp_data *data)
{
    for (int kind = 0; kind < BP_NAME_KINDS; kind++)
        assert_true(bp_texts_add(&allocator, &data->table->texts[kind], "a", 1));
}

static void expect_names(const bp_data *data, bool inputs, bool outputs)
{
    assert_int_equal(bp_data_name(data, BP_TEXT_INPUT, 0) != NULL, inputs);
    assert_int_equal(bp_data_name(data, BP_TEXT_OUTPUT, 0) != NULL, outputs);
    assert_int_equal(bp_data_name(data, BP_TEXT_CLASS, 0) != NULL, outputs);
    assert_null(bp_data_name(data, BP_TEXT_INPUT, 1));
    assert_null(bp_data_name(data, BP_TEXT_OUTPUT, 1));
    assert_null(bp_data_name(data, BP_TEXT_CLASS, 1));
    assert_null(bp_data_name(data, BP_TEXT_CLASS, SIZE_MAX));
}

static void names_go_with_what_they_name(void **state)
{
    static const float x[4];
    static const int32_t labels[2];
    bp_data *data = NULL, *first = NULL, *second = NULL;
    (void)state;
    assert_int_equal(bp_data_create(&data, &allocator), BP_OK);
    assert_int_equal(bp_data_set_inputs(data, BP_F32, x, 2, 2, 0, BP_HOLD_COPY), BP_OK);
    name(data);
    expect_names(data, true, true);
    assert_int_equal(bp_data_set_labels(data, BP_I32, labels, 2, BP_HOLD_COPY), BP_OK);
    expect_names(data, true, false);
    assert_int_equal(bp_data_set_inputs(data, BP_F32, x, 2, 2, 0, BP_HOLD_COPY), BP_OK);
    expect_names(data, false, false);
    name(data);
    assert_int_equal(bp_data_split(data, 0.5, 1, &first, &second), BP_OK);
    bp_data_destroy(data);
    bp_data_destroy(first);
    expect_names(second, true, true);
    bp_data_destroy(second);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bytes_are_kept_as_the_buffer_grows), TEST(a_buffer_without_memory_stays_as_it_was),
        TEST(a_name_is_where_it_was_added),       TEST(a_name_that_does_not_fit_is_not_there),
        TEST(names_go_with_what_they_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
