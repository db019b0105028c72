/* SPDX-License-Identifier: MIT
 *
 * What the reader of CSV files must refuse: the sentence in full, and the data set as it was. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "readers_fixture.h"
#include "read_file.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- sentences */

static void refuses(const char *text, size_t size, const char *targets, bp_status expected, const char *rest)
{
    struct set set;
    const char *path = file_of(0, text, size);
    set_begin(&set);
    errno = SENTINEL;
    set_refuses(&set, expected, read_csv(set.data, path, targets), "bp_data_next", path, rest);
    set_end(&set);
}

static void errors_name_line_and_column(void **state)
{
    static const struct {
        const char *text, *targets, *rest;
    } cases[] = {
        {"a,b,c\n1,2,3\n4,5,abc\n", NULL,
         ", line 3, column 3 (c): \"abc\" is no number: the first value of the column is a number"},
        {"1,2\n\n\n3,abc\n", NULL,
         ", line 4, column 2: \"abc\" is no number: the first value of the column is a number"},
        {"1,\"2\"\r\n3,\"4\r\n\"\r\n", NULL,
         ", line 2, column 2: \"4?\" is no number: the first value of the column is a number"},
        {"1,x\n\"3\",y\n\"\n\n\",z", "2",
         ", line 3, column 1: \"??\" is no number: the first value of the column is a number"},
        {"1;2\n1,5;3\n", NULL, ", line 2, column 1: \"1,5\" is no number: it needs a decimal point"},
        {"1;-12\n1;-12,\n", NULL,
         ", line 2, column 2: \"-12,\" is no number: the first value of the column is a number"},
        {"1,2\n3,0x10\n", "-1", ", line 2, column 2: \"0x10\" is no number: class=yes makes the target a class"},
        {"1,2,3\n3,4,x\n", "2,3", ", line 2, column 3: \"x\" is no number: a class must be the only target"},
        {"1,1\n1,inf\n", NULL, ", line 2, column 2: \"inf\" is no number: the first value of the column is a number"},
        {"1,1e309\n", NULL, ", line 1, column 2: \"1e309\" is too large for a double"},
        {"1,-1e99999999999999999999\n", "2",
         ", line 1, column 2: \"-1e99999999999999999999\" is too large for a double"},
        {"x,y\n1,2\n3,\n", NULL,
         ", line 3, column 2 (y): the value is missing (\"\"): set BP_DATA_MISSING to drop the row or take the mean"},
        {"x,y\n1,nUlL\n", "y",
         ", line 2, column 2 (y): the value is missing (\"nUlL\"): set BP_DATA_MISSING to drop the row or take the "
         "mean"},
        {"1,2,3\n4,5,6\n7,8\n", NULL, ", line 3: the line has 2 fields: the first line has 3"},
        {"a,b\n1,2,3\n", NULL, ", line 2: the line has 3 fields: the first line has 2"},
        {"1,2\n3,\"4\n5,6\n", NULL, ", line 2, column 2: the quote is never closed"},
        {"1,2\n3,\"4", NULL, ", line 2, column 2: the quote is never closed"},
        {"1,2\n\"3\"x,4\n", NULL, ", line 2, column 1: there is text after the closing quote"},
        {"", NULL, ": is empty"},
        {"\n \n\r\n", NULL, ": is empty"},
        {"\xef\xbb\xbf", NULL, ": is empty"},
        {"a,b\n", NULL, ": has no row"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        refuses(cases[i].text, strlen(cases[i].text), cases[i].targets, BP_ERR_FORMAT, cases[i].rest);
    refuses("1,2\n3,\0", 7, NULL, BP_ERR_FORMAT, ", line 2, column 2: a byte is 0: this is not text in UTF-8");
    refuses("1,2\n\"3\0\",4\n", 11, NULL, BP_ERR_FORMAT, ", line 2, column 1: a byte is 0: this is not text in UTF-8");
    refuses("\xff\xfe"
            "1\0,\0",
            6, NULL, BP_ERR_FORMAT, ", line 1, column 1: a byte is 0: this is not text in UTF-8");
}

static void errors_name_the_target(void **state)
{
    static const struct {
        const char *targets, *rest;
    } cases[] = {
        {"0", ": target: there is no column 0: they are 1 to 3, or -1 to -3"},
        {"4", ": target: there is no column 4: they are 1 to 3, or -1 to -3"},
        {"-4", ": target: there is no column -4: they are 1 to 3, or -1 to -3"},
        {"99999999999999999999999",
         ": target: there is no column 99999999999999999999999: they are 1 to 3, or -1 to -3"},
        {"x", ": target: no column is called \"x\": the first of 3 is \"a\", the last is \"b\""},
        {"\"1\"", ": target: no column is called \"1\": the first of 3 is \"a\", the last is \"b\""},
        {"A", ": target: no column is called \"A\": the first of 3 is \"a\", the last is \"b\""},
        {"b", ": target: 2 columns are called \"b\": give a number"},
        {"2,-2", ", column 2 (b): target names this column twice"},
        {"1,2,3", ": target \"1,2,3\" leaves none of the 3 columns for the inputs"},
        {"1,2 class=yes", ": target has 2 columns, and class=yes needs exactly one"},
        {"-", ": target: no column is called \"-\": the first of 3 is \"a\", the last is \"b\""},
    };
    static const char text[] = "a,b,b\n1,2,3\n";
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        refuses(text, strlen(text), cases[i].targets, BP_ERR_ARG, cases[i].rest);
    refuses("1,2\n3,4\n", 8, "a", BP_ERR_ARG,
            ": target: no column is called \"a\": line 1 is not read as names (BP_DATA_HEADER)");
}

static void long_texts_are_shortened(void **state)
{
    static char text[200000];
    (void)state;
    memset(text, 'x', sizeof(text));
    memcpy(text, "1,1\n1,", 6);
    refuses(text, sizeof(text), NULL, BP_ERR_FORMAT,
            ", line 2, column 2: \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...\" is no number: the first value of the column "
            "is a number");
    memcpy(text, "1,2\n2,3\n", 8); /* 31 letters and then a letter of two bytes: it is not cut */
    memset(text + 8, 'y', 31);
    memcpy(text + 39, "\xc3\xa4z\n", 4);
    memmove(text + 8 + 2, text + 8, 35);
    memcpy(text + 8, "4,", 2);
    refuses(text, 45, NULL, BP_ERR_FORMAT,
            ", line 3, column 2: \"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy...\" is no number: the first value of the column is "
            "a number");
}

static void every_row_may_be_missing(void **state)
{
    static const struct {
        int32_t policy;
        const char *text, *targets, *rest;
    } cases[] = {
        {BP_MISSING_DROP, "1,\n,2\n", NULL, ": every row has a missing value"},
        {BP_MISSING_MEAN, "1,\n2,\n", "2", ": every row has a missing value"},
        {BP_MISSING_MEAN, "a,b\n1,\n2,\n", NULL, ", column 2 (b): every value is missing: the column has no mean"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct set set;
        const char *path = text_file(cases[i].text);
        set_begin(&set);
        assert_int_equal(bp_data_set(set.data, BP_DATA_MISSING, cases[i].policy), BP_OK);
        errno = SENTINEL;
        set_refuses(&set, BP_ERR_FORMAT, read_csv(set.data, path, cases[i].targets), "bp_data_next", path,
                    cases[i].rest);
        set_end(&set);
    }
}

/* ---- files that cannot be read */

static void files_that_cannot_be_read(void **state)
{
    struct set set;
    char folders[3 * 64];
    (void)state;
    set_begin(&set);
    errno = SENTINEL;
    set_refuses(&set, BP_ERR_IO, read_csv(set.data, "/nowhere/at all", NULL), "bp_data_next", "/nowhere/at all",
                ": cannot be opened: No such file or directory");
    set_refuses(&set, BP_ERR_IO, read_csv(set.data, "/", NULL), "bp_data_next", "/",
                ": is a folder: only regular files are read");
    for (size_t i = 0; i + 1 < sizeof(folders); i++)
        folders[i] = "/some"[i % 5];
    folders[sizeof(folders) - 1] = '\0';
    set_refuses(&set, BP_ERR_IO, read_csv(set.data, folders, NULL), "bp_data_next", "...",
                "ome/some/some/some/some/some/some/some/some/some/some/some/some/: cannot be opened: No such file or "
                "directory");
    assert_int_equal(read_csv(NULL, "x", NULL), BP_ERR_ARG);
    assert_int_equal(read_csv(set.data, NULL, NULL), BP_ERR_ARG);
    assert_string_equal(bp_last_error(), "bp_data_open: path is NULL");
    set_is_unchanged(&set);
    const char *path = text_file("1\n");
    chmod(path, 0);
    if (access(path, R_OK) == 0)
        print_message("a file without permission was not tried: this is root\n");
    else
        set_refuses(&set, BP_ERR_IO, read_csv(set.data, path, NULL), "bp_data_next", path,
                    ": cannot be opened: Permission denied");
    chmod(path, 0600);
    set_end(&set);
}

/* ---- cut off, damaged, without memory */

static const char whole[] = "\xef\xbb\xbfname,\"x \"\"1\"\"\",kind\r\n1.5e2,-2,\"a\nb\"\r\n\r\n-.5,+4.25e-3,c\r\n";

/* Either a sentence and no change, or a table that is right up to the damage. */
static void read_part(const char *path, const char *what, size_t size)
{
    struct set set;
    set_begin(&set);
    errno = SENTINEL;
    const bp_status status = read_csv(set.data, path, "kind");
    assert_int_equal(errno, SENTINEL);
    if (status == BP_OK) {
        assert_in_range(bp_data_rows(set.data), 1, 2);
        assert_int_equal(bp_data_inputs(set.data), 2);
        assert_int_equal(bp_data_classes(set.data), 2);
        assert_true(input_at(set.data, 0, 0) == 150 && input_at(set.data, 0, 1) == -2);
        assert_in_range(label_at(set.data, 0), 0, 1);
    } else {
        if (status != BP_ERR_FORMAT && status != BP_ERR_ARG)
            fail_msg("%s of %zu bytes: %d", what, size, (int)status);
        assert_non_null(strstr(bp_last_error(), path));
        set_is_unchanged(&set);
    }
    set_end(&set);
}

static void a_file_may_end_anywhere(void **state)
{
    (void)state;
    for (size_t size = 0; size < sizeof(whole); size++)
        read_part(file_of(0, whole, size), "text", size);
}

/* The same table, deflated by zlib. */
static const unsigned char deflated[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x4b, 0xd4, 0x49,
                                         0xd2, 0x49, 0xe6, 0x32, 0xd4, 0x31, 0xd2, 0xa9, 0xe0, 0x32, 0xd6, 0x31, 0xd1,
                                         0xa9, 0xe4, 0x02, 0x00, 0x6a, 0xc5, 0xee, 0x6b, 0x12, 0x00, 0x00, 0x00};

static void needs_zlib(void)
{
    if (HAVE_ZLIB)
        return;
    print_message("skipped: built without zlib\n");
    skip();
}

static void gzipped_files_need_zlib(void **state)
{
    struct set set;
    (void)state;
    set_begin(&set);
    const char *path = file_of(0, deflated, sizeof(deflated));
    errno = SENTINEL;
    const bp_status status = read_csv(set.data, path, "c");
    if (HAVE_ZLIB) {
        assert_int_equal(status, BP_OK);
        assert_int_equal(bp_data_rows(set.data), 2);
        assert_true(input_at(set.data, 1, 1) == 4);
        assert_string_equal(bp_data_name(set.data, BP_TEXT_CLASS, (size_t)label_at(set.data, 1)), "y");
    } else {
        set_refuses(&set, BP_ERR_UNSUPPORTED, status, "bp_data_next", path,
                    ": is gzipped, and libbp was built without zlib: unpack it first");
    }
    set_end(&set);
}

/* Two members one after the other, the second within a field; then what must not follow. */
static void gzip_has_members(void **state)
{
    unsigned char packed[256];
    struct set set;
    (void)state;
    needs_zlib();
    size_t size = gzip_stored("1,2\n3", 5, packed);
    size += gzip_stored("4,5\n", 4, packed + size);
    set_begin(&set);
    set_reads(&set, file_of(0, packed, size), "2");
    assert_true(bp_data_rows(set.data) == 2 && input_at(set.data, 1, 0) == 34);
    set_end(&set);
    set_begin(&set);
    const char *path = file_of(0, memcpy(packed + size, "and more", 8) ? packed : NULL, size + 8);
    errno = SENTINEL;
    set_refuses(&set, BP_ERR_FORMAT, read_csv(set.data, path, "2"), "bp_data_next", path,
                ": its gzip data are damaged (incorrect header check)");
    set_end(&set);
}

static void gzip_may_end_or_be_damaged_anywhere(void **state)
{
    unsigned char packed[sizeof(whole) + 64];
    (void)state;
    needs_zlib();
    const size_t size = gzip_stored(whole, sizeof(whole) - 1, packed);
    for (size_t cut = 2; cut < size; cut++) {
        struct set set;
        const char *path = file_of(0, packed, cut);
        set_begin(&set);
        errno = SENTINEL;
        set_refuses(&set, BP_ERR_FORMAT, read_csv(set.data, path, "kind"), "bp_data_next", path,
                    ": ends in the middle of its gzip data");
        set_end(&set);
    }
    for (size_t at = 0; at < size; at++) {
        packed[at] ^= 0x10;
        read_part(file_of(0, packed, size), "gzip damaged at", at);
        packed[at] ^= 0x10;
    }
}

/* One reading with its n-th allocation failing. Returns whether any failed. */
static bool fails_cleanly(const char *path, size_t n, bool from_then_on)
{
    struct set set;
    set_begin(&set);
    assert_int_equal(bp_data_set(set.data, BP_DATA_MISSING, BP_MISSING_MEAN), BP_OK);
    assert_int_equal(open_csv(set.data, path, "k"), BP_OK);
    const size_t live = set.failing.live;
    set.failing.calls = 0;
    set.failing.fail_at = n;
    set.failing.from_then_on = from_then_on;
    errno = SENTINEL;
    const bp_status status = bp_data_next(set.data, 0);
    const bool failed = set.failing.failures > 0;
    set.failing.fail_at = 0;
    assert_int_equal(errno, SENTINEL);
    assert_int_equal(status, failed ? BP_ERR_MEMORY : BP_OK);
    if (failed) {
        assert_int_equal(set.failing.live, live);
        assert_non_null(strstr(bp_last_error(), "no memory"));
        set_is_unchanged(&set);
        assert_int_equal(bp_data_next(set.data, 0), BP_OK);
    }
    assert_int_equal(bp_data_rows(set.data), 200);
    assert_int_equal(bp_data_classes(set.data), 200);
    assert_int_equal(bp_data_inputs(set.data), 2 + 40);
    assert_string_equal(bp_data_name(set.data, BP_TEXT_INPUT, 41), "z=z9");
    set_end(&set);
    return failed;
}

static void every_allocation_may_fail(void **state)
{
    static char text[200 * 32];
    static unsigned char packed[sizeof(text) + 64];
    (void)state;
    size_t used = (size_t)snprintf(text, sizeof(text), "x,y,z,k\n");
    for (int i = 0; i < 200; i++)
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%d,%s,z%d,k%d\n", i, i % 9 ? "1.5" : "", i % 40, i);
    const size_t size = gzip_stored(text, used, packed);
    for (int gzipped = 0; gzipped <= HAVE_ZLIB; gzipped++)
        for (int from_then_on = 0; from_then_on < 2; from_then_on++) {
            const char *path = gzipped ? file_of(0, packed, size) : file_of(0, text, used);
            size_t n = 1;
            while (fails_cleanly(path, n, from_then_on))
                n++;
            assert_in_range(n, 30, 300); /* at less, some buffer never grew */
        }
}

const struct CMUnitTest csv_error_tests[] = {
    cmocka_unit_test(errors_name_line_and_column),
    cmocka_unit_test(errors_name_the_target),
    cmocka_unit_test(long_texts_are_shortened),
    cmocka_unit_test(every_row_may_be_missing),
    cmocka_unit_test(files_that_cannot_be_read),
    cmocka_unit_test(a_file_may_end_anywhere),
    cmocka_unit_test(gzipped_files_need_zlib),
    cmocka_unit_test(gzip_has_members),
    cmocka_unit_test(gzip_may_end_or_be_damaged_anywhere),
    cmocka_unit_test(every_allocation_may_fail),
};
const size_t csv_error_test_count = COUNT(csv_error_tests);
