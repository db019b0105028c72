/* SPDX-License-Identifier: MIT
 *
 * LIBSVM files: what the reader reads, what it refuses, and files that are cut anywhere. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "readers_fixture.h"
#include "read_file.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void reads(struct set *set, const char *text, size_t inputs)
{
    const char *path = text_file(text);
    set_begin(set);
    errno = SENTINEL;
    if (read_libsvm(set->data, path, inputs) != BP_OK)
        fail_msg("%s", bp_last_error());
    assert_int_equal(errno, SENTINEL);
}

/* Rows, inputs, numbers given, and the sum of input x (column + 1) x (row + 1), which shows that each number is in
 * its place. */
static void shows(const char *text, size_t asked, size_t rows, size_t inputs, size_t nonzeros, double sum)
{
    struct set set;
    double found = 0, is_sparse = 0;
    reads(&set, text, asked);
    assert_int_equal(bp_data_get(set.data, BP_DATA_IS_SPARSE, &is_sparse), BP_OK);
    assert_true(is_sparse == 1);
    assert_int_equal(bp_data_rows(set.data), rows);
    assert_int_equal(bp_data_inputs(set.data), inputs);
    assert_int_equal(bp_data_nonzeros(set.data, 0, rows), nonzeros);
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < inputs; i++)
            found += input_at(set.data, row, i) * (double)((i + 1) * (row + 1));
    assert_true(found == sum);
    set_end(&set);
}

static void a_line_is_a_row(void **state)
{
    (void)state;
    shows("1 1:0.5 3:2\n-1 2:-1e1\n", 0, 2, 3, 3, 0.5 + 6 - 40);
    shows("1 1:0.5 3:2\n-1 2:-1e1", 5, 2, 5, 3, 0.5 + 6 - 40);
    shows("1\t1:0.5   3:2 \r\n\n\r\r-1 2:-1e1 # words 7:7\n#\n \t\n", 0, 2, 3, 3, 0.5 + 6 - 40);
    shows("\xef\xbb\xbf# of 2026\n1 qid:3 1:0.5 3:2#x\n+1 qid:4\n", 0, 2, 3, 2, 0.5 + 6);
}

/* As scikit-learn's zero_based="auto". */
static void indices_count_from_0_where_one_is_0(void **state)
{
    (void)state;
    shows("1 0:0.5 2:2\n-1 1:-1e1\n", 0, 2, 3, 3, 0.5 + 6 - 40);
    shows("1 1:0.5 2:2\n-1 0:1\n", 0, 2, 3, 3, 1 + 6 + 2);
    shows("1 1:1\n2 0:1\n", 2, 2, 2, 2, 2 + 2);
    shows("1 1:1\n2 1:1\n", 1, 2, 1, 2, 1 + 2);
}

static void labels_are_classes_or_numbers(void **state)
{
    static const struct {
        const char *text;
        int32_t numbers;
        const char *classes; /* the names in order; NULL: a target */
        double first, last;
    } cases[] = {
        {"+1 1:1\n-1 1:1\n1.0 1:1\n", -1, "-1 1", 1, 1},
        {"10 1:1\n9 1:1\n1e2 1:1\n", -1, "9 10 100", 1, 2},
        {"-0 1:1\n0 1:1\n", -1, "0", 0, 0},
        {"10 1:1\n9 1:1\n2.5 1:1\n", -1, NULL, 10, 2.5},
        {"10 1:1\n9 1:1\n", 1, NULL, 10, 9},
        {"1e300 1:1\n1 1:1\n", -1, NULL, 1e300, 1},
        {"3 1:1\n1 1:1\n", 0, "1 3", 1, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct set set;
        char names[64] = "";
        const char *path = text_file(cases[i].text);
        set_begin(&set);
        assert_int_equal(bp_data_set(set.data, BP_DATA_NUMBERS, cases[i].numbers), BP_OK);
        assert_int_equal(read_libsvm(set.data, path, 0), BP_OK);
        const size_t last = bp_data_rows(set.data) - 1;
        for (size_t label = 0; bp_data_name(set.data, BP_TEXT_CLASS, label); label++)
            strcat(strcat(names, label > 0 ? " " : ""), bp_data_name(set.data, BP_TEXT_CLASS, label));
        assert_string_equal(names, cases[i].classes ? cases[i].classes : "");
        if (cases[i].classes) {
            assert_true(label_at(set.data, 0) == cases[i].first && label_at(set.data, last) == cases[i].last);
            assert_true(bp_data_classes(set.data) >= 2);
        } else {
            assert_true(target_at(set.data, 0, 0) == cases[i].first && target_at(set.data, last, 0) == cases[i].last);
            assert_int_equal(bp_data_outputs(set.data), 1);
        }
        set_end(&set);
    }
}

static void numbers_are_the_nearest_doubles(void **state)
{
    struct set set;
    (void)state;
    reads(&set, "0.1 1:9007199254740993 2:2.4703282292062328e-324 3:.1\n", 0);
    assert_true(input_at(set.data, 0, 0) == 9007199254740992 && input_at(set.data, 0, 1) == 0x1p-1074);
    assert_true(input_at(set.data, 0, 2) == (double)0.1 && target_at(set.data, 0, 0) == (double)0.1);
    set_end(&set);
}

/* ---- sentences */

static void errors_name_line_and_column(void **state)
{
    static const struct {
        const char *text;
        size_t inputs;
        const char *rest;
    } cases[] = {
        {"1 1:1\n1 1:1 3:1 2:1\n", 0, ", line 2, column 11: index 2 comes after index 3: they must ascend"},
        {"1 1:1 1:1\n", 0, ", line 1, column 7: index 1 comes after index 1: they must ascend"},
        {"1 1:1\n\n\r\n 1  x:1\n", 0, ", line 4, column 5: \"x:1\" is no index:value"},
        {"1 1:1 7\n", 0, ", line 1, column 7: \"7\" is no index:value"},
        {"1 -1:1\n", 0, ", line 1, column 3: \"-1:1\" is no index:value"},
        {"1 :1\n", 0, ", line 1, column 3: \":1\" is no index:value"},
        {"1 1:\n", 0, ", line 1, column 3: \"\" is no number"},
        {"1 1:0x1\n", 0, ", line 1, column 3: \"0x1\" is no number"},
        {"1 1:1,5\n", 0, ", line 1, column 3: \"1,5\" is no number"},
        {"1 1:nan\n", 0, ", line 1, column 3: \"nan\" is no number"},
        {"1 1:1e999\n", 0, ", line 1, column 3: \"1e999\" is too large for a double"},
        {"a 1:1\n", 0, ", line 1, column 1: \"a\" is no number"},
        {"1,2 1:1\n", 0, ", line 1, column 1: \"1,2\": a row has only one label"},
        {"1:1 2:1\n", 0, ", line 1, column 1: \"1:1\" is no label: a line begins with its label"},
        {"1 2147483648:1\n", 0, ", line 1, column 3: \"2147483648:1\": the greatest index is 2147483647"},
        {"1 99999999999999999999:1\n", 0,
         ", line 1, column 3: \"99999999999999999999:1\": the greatest index is 2147483647"},
        {"1 1:1 4:1\n", 3, ", line 1, column 7: \"4:1\": the greatest index is 3"},
        {"1 1:1 3:1\n1 3:1\n1 0:1\n", 3,
         ", line 1, column 7: index 3 is too large for 3 inputs: the indices count from 0, because one of them is 0"},
        {"1\n2\n", 0, ": has no index: set width=N for N inputs"},
        {"", 0, ": has no row"},
        {"# nothing\n\n", 0, ": has no row"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct set set;
        const char *path = text_file(cases[i].text);
        set_begin(&set);
        errno = SENTINEL;
        set_refuses(&set, BP_ERR_FORMAT, read_libsvm(set.data, path, cases[i].inputs), "bp_data_next", path,
                    cases[i].rest);
        set_end(&set);
    }
}

static void some_errors_are_of_bytes_options_and_paths(void **state)
{
    struct set set;
    (void)state;
    set_begin(&set);
    const char *path = file_of(0, "1 1:1\n1\0 2:1\n", 13);
    errno = SENTINEL;
    set_refuses(&set, BP_ERR_FORMAT, read_libsvm(set.data, path, 0), "bp_data_next", path,
                ", line 2, column 2: a byte is 0: this is not text");
    assert_int_equal(bp_data_set(set.data, BP_DATA_NUMBERS, 0), BP_OK);
    path = text_file("1 1:1\n2.5 1:1\n");
    set_refuses(&set, BP_ERR_FORMAT, read_libsvm(set.data, path, 0), "bp_data_next", path,
                ", line 2, column 1: \"2.5\" is no whole number, and BP_DATA_NUMBERS is 0");
    set_refuses(&set, BP_ERR_IO, read_libsvm(set.data, "/nowhere", 0), "bp_data_next", "/nowhere",
                ": cannot be opened: No such file or directory");
    set_end(&set);
}

/* ---- cut off, damaged, without memory */

static const char whole[] = "# two\r\n-1 1:0.5 7:-2e1 12:3 # a\n+1 qid:1 2:1.25 7:1\n3 12:0.125\n";

/* Either a sentence and no change, or rows that are right up to the damage. */
static void read_part(const void *bytes, size_t size)
{
    struct set set;
    const char *path = file_of(0, bytes, size);
    set_begin(&set);
    const bp_status status = read_libsvm(set.data, path, 0);
    if (status == BP_OK) {
        assert_in_range(bp_data_rows(set.data), 1, 3);
        assert_in_range(bp_data_inputs(set.data), 1, 12);
    } else {
        assert_int_equal(status, BP_ERR_FORMAT);
        assert_non_null(strstr(bp_last_error(), path));
        set_is_unchanged(&set);
    }
    set_end(&set);
}

static void a_file_may_end_anywhere(void **state)
{
    unsigned char packed[sizeof(whole) + 64];
    (void)state;
    for (size_t size = 0; size < sizeof(whole); size++)
        read_part(whole, size);
    const size_t length = gzip_stored(whole, sizeof(whole) - 1, packed);
    if (!HAVE_ZLIB)
        return;
    for (size_t size = 0; size < length; size++)
        read_part(packed, size);
    struct set set;
    set_begin(&set);
    assert_int_equal(read_libsvm(set.data, file_of(0, packed, length), 0), BP_OK);
    assert_int_equal(bp_data_rows(set.data), 3);
    set_end(&set);
}

static void bytes_may_be_any(void **state)
{
    uint64_t seed = 3;
    (void)state;
    for (size_t i = 0; i < 3000; i++) {
        char bytes[sizeof(whole)];
        memcpy(bytes, whole, sizeof(whole));
        for (size_t k = 0; k < 3; k++)
            bytes[draw(&seed) % (sizeof(whole) - 1)] = "0:19 .-\n#,e"[draw(&seed) % 11];
        struct set set;
        const char *path = file_of(0, bytes, sizeof(whole) - 1);
        set_begin(&set);
        const bp_status status = read_libsvm(set.data, path, 0);
        assert_true(status == BP_OK || status == BP_ERR_FORMAT);
        if (status != BP_OK)
            set_is_unchanged(&set);
        set_end(&set);
    }
}

static void every_allocation_may_fail(void **state)
{
    bool failed = true;
    (void)state;
    for (size_t n = 1; failed; n++) {
        struct set set;
        const char *path = text_file(whole);
        set_begin(&set);
        set.failing.calls = 0;
        set.failing.fail_at = n;
        const bp_status status = read_libsvm(set.data, path, 0);
        failed = set.failing.failures > 0;
        set.failing.fail_at = 0;
        assert_int_equal(status, failed ? BP_ERR_MEMORY : BP_OK);
        if (failed)
            set_is_unchanged(&set);
        set_end(&set);
    }
}

/* An index says how many inputs there are, but allocates no memory for them: the allocator gives no more than a GiB. */
static void memory_is_for_what_was_read(void **state)
{
    struct set set;
    (void)state;
    const bool counts = SIZE_MAX > UINT32_MAX; /* the bytes of two rows of so many inputs */
    reads(&set, counts ? "1 2000000000:1\n2 2147483647:1\n" : "1 200000:1\n2 2147483:1\n", 0);
    assert_int_equal(bp_data_inputs(set.data), counts ? INT32_MAX : INT32_MAX / 1000);
    set_end(&set);
}

/* 2,000 reviews, if the file is there. */
static void the_polarity_reviews_are_read(void **state)
{
    bp_data *data;
    (void)state;
    if (!HAVE_ZLIB) {
        print_message("skipped: built without zlib\n");
        skip();
    }
    const char *path = source_file("../shared/data/polarity/reviews.libsvm.gz");
    assert_int_equal(load_libsvm(&data, path, 0), BP_OK);
    assert_int_equal(bp_data_rows(data), 2000);
    assert_int_equal(bp_data_inputs(data), 50920);
    assert_int_equal(bp_data_classes(data), 2);
    assert_true(label_at(data, 0) == 0 && label_at(data, 1) == 1);
    bp_data_destroy(data);
}

const struct CMUnitTest libsvm_tests[] = {
    cmocka_unit_test(a_line_is_a_row),
    cmocka_unit_test(indices_count_from_0_where_one_is_0),
    cmocka_unit_test(labels_are_classes_or_numbers),
    cmocka_unit_test(numbers_are_the_nearest_doubles),
    cmocka_unit_test(errors_name_line_and_column),
    cmocka_unit_test(some_errors_are_of_bytes_options_and_paths),
    cmocka_unit_test(a_file_may_end_anywhere),
    cmocka_unit_test(bytes_may_be_any),
    cmocka_unit_test(every_allocation_may_fail),
    cmocka_unit_test(memory_is_for_what_was_read),
    cmocka_unit_test(the_polarity_reviews_are_read),
};
const size_t libsvm_test_count = COUNT(libsvm_tests);
