/* SPDX-License-Identifier: MIT
 *
 * NPY files: files of NumPy, every form of a header, every error, and every end. */
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "npy_fixture.h"
#include "vectors.h"
#include "read_file.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- known files */

static void check_known(int32_t dtype, const char *name)
{
    struct set set;
    (void)dtype;
    if (vectors_find(name, "target"))
        return; /* an archive, see npz.c */
    set_begin(&set);
    if (read_npy(set.data, known_file(0, name), NULL) != BP_OK)
        fail_msg("%s: %s", name, bp_last_error());
    known_is_read(set.data, name);
    assert_int_equal(bp_data_outputs(set.data), 0);
    set_end(&set);
}

static void what_numpy_writes_is_read(void **state)
{
    (void)state;
    vectors_each("", "file", BP_F64, check_known);
}

static void a_gzipped_file_is_read(void **state)
{
    const struct array array = array_of("{'descr': '<i2', 'fortran_order': False, 'shape': (2,)}", "\1\0\2\0", 4);
    unsigned char packed[ARRAY_CAPACITY + 64];
    struct set set;
    (void)state;
    const char *path = file_of(0, packed, gzip_stored(array.bytes, array.size, packed));
    set_begin(&set);
    assert_int_equal(read_npy(set.data, path, NULL), HAVE_ZLIB ? BP_OK : BP_ERR_UNSUPPORTED);
    assert_true(!HAVE_ZLIB || input_at(set.data, 1, 0) == 2);
    set_end(&set);
}

/* More numbers than are taken or converted at once; the width of a row does not divide the reader's buffer. */
static void long_files_are_read_in_either_order(void **state)
{
    enum { ROWS = 30000 };
    static const char *const headers[] = {"{'descr': '<f8', 'fortran_order': False, 'shape': (30000, 3)}",
                                          "{'descr': '<f8', 'fortran_order': True, 'shape': (30000, 3)}"};
    static double numbers[ROWS * 3];
    (void)state;
    for (size_t i = 0; i < COUNT(numbers); i++)
        numbers[i] = (double)i + 0.5;
    if (*(const unsigned char *)numbers != 0) /* 0.5 ends in zeros in the file's order */
        skip();
    for (size_t fortran = 0; fortran < 2; fortran++) {
        static unsigned char bytes[sizeof(numbers) + ARRAY_CAPACITY];
        const struct array head = array_of(headers[fortran], "", 0);
        struct set set;
        memcpy(bytes, head.bytes, head.size);
        memcpy(bytes + head.size, numbers, sizeof(numbers));
        set_begin(&set);
        assert_int_equal(read_npy(set.data, file_of(0, bytes, head.size + sizeof(numbers)), NULL), BP_OK);
        for (size_t row = 0; row < ROWS; row += 7)
            for (size_t i = 0; i < 3; i++)
                assert_true(input_at(set.data, row, i) == (double)(fortran ? i * ROWS + row : row * 3 + i) + 0.5);
        set_end(&set);
    }
}

static void a_header_may_be_written_otherwise(void **state)
{
    static const char *const headers[] = {
        "{'descr': '<i2', 'fortran_order': False, 'shape': (3, 1), }                   \n",
        "{\"shape\":(3,1),\"descr\":\"<i2\",\"fortran_order\":False}",
        "\n {\t'fortran_order'\n:\tFalse\n,\r\n 'shape' : ( 3\t,\n1 , ) , 'descr':'<i2'\n,\n}\n\n",
        "{'fortran_order': True, 'shape': (3,), 'descr': '<i2'}",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(headers); i++) {
        const struct array array = array_of(headers[i], "\1\0\2\0\3\0", 6);
        struct set set;
        set_begin(&set);
        if (read_npy(set.data, file_of(0, array.bytes, array.size), NULL) != BP_OK)
            fail_msg("%s", bp_last_error());
        assert_int_equal(bp_data_rows(set.data), 3);
        assert_int_equal(bp_data_inputs(set.data), 1);
        assert_true(input_at(set.data, 2, 0) == 3);
        set_end(&set);
    }
}

/* ---- targets */

static const char three_rows[] = "{'descr': '|u1', 'fortran_order': False, 'shape': (3, 2)}";

static const char *inputs_of_three_rows(void)
{
    const struct array array = array_of(three_rows, "\1\2\3\4\5\377", 6);
    return file_of(0, array.bytes, array.size);
}

static const char *target_file(const char *descr, const char *shape, const void *numbers, size_t size)
{
    char header[128];
    snprintf(header, sizeof(header), "{'descr': '%s', 'fortran_order': False, 'shape': %s}", descr, shape);
    const struct array array = array_of(header, numbers, size);
    return file_of(1, array.bytes, array.size);
}

static void the_type_of_a_target_says_what_it_is(void **state)
{
    static const struct {
        const char *descr, *shape, *numbers;
        size_t size;
        double option;
        size_t classes, outputs; /* classes 0: numbers */
        double last;
    } cases[] = {
        {"|u1", "(3,)", "\0\4\2", 3, -1, 5, 5, 2},
        {"|b1", "(3,)", "\0\1\1", 3, -1, 2, 2, 1},
        {"|b1", "(3,)", "\0\0\0", 3, -1, 2, 2, 0},
        {">i2", "(3,)", "\0\1\0\0\1\2", 6, -1, 259, 259, 258},
        {"|u1", "(3, 1)", "\0\4\2", 3, -1, 0, 1, 2},
        {"|i1", "(3, 2)", "\0\4\2\0\0\377", 6, -1, 0, 2, -1},
        {"<f4", "(3,)", "\0\0\0\0\0\0\200\77\0\0\100\100", 12, -1, 0, 1, 3},
        {"|u1", "(3,)", "\0\4\2", 3, 0, 0, 1, 2},
        {"|i1", "(3,)", "\0\4\376", 3, 0, 0, 1, -2},
        {"|u1", "(3, 1)", "\0\4\2", 3, 1, 5, 5, 2},
        {"<f4", "(3,)", "\0\0\0\0\0\0\200\77\0\0\100\100", 12, 1, 4, 4, 3},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct set set;
        set_begin(&set);
        assert_int_equal(bp_data_set(set.data, BP_DATA_CLASS, cases[i].option), BP_OK);
        const char *target = target_file(cases[i].descr, cases[i].shape, cases[i].numbers, cases[i].size);
        if (read_npy(set.data, inputs_of_three_rows(), target) != BP_OK)
            fail_msg("%s", bp_last_error());
        assert_true(input_at(set.data, 2, 1) == 255 && input_at(set.data, 0, 1) == 2); /* bytes are worth themselves */
        assert_int_equal(bp_data_classes(set.data), cases[i].classes);
        assert_int_equal(bp_data_outputs(set.data), cases[i].outputs);
        if (cases[i].classes > 0)
            assert_int_equal(label_at(set.data, 2), (int)cases[i].last);
        else
            assert_true(target_at(set.data, 2, cases[i].outputs - 1) == cases[i].last);
        set_end(&set);
    }
}

static void a_target_that_does_not_fit_is_refused(void **state)
{
    static const struct {
        const char *descr, *shape, *numbers;
        size_t size;
        double option;
        const char *rest;
    } cases[] = {
        {"|i1", "(3,)", "\0\1\377", 3, -1,
         ", byte 67: a label is -1: it must be a whole number from 0 to 999999 (BP_DATA_MOST_CLASSES)"},
        {"<u4", "(3,)", "\0\0\0\0\377\377\377\177\0\0\0\0", 12, -1,
         ", byte 69: a label is 2.14748365e+09: it must be a whole number from 0 to 999999 (BP_DATA_MOST_CLASSES)"},
        {"<f4", "(3,)", "\0\0\0\0\0\0\0\77\0\0\0\0", 12, 1,
         ", byte 69: a label is 0.5: it must be a whole number from 0 to 999999 (BP_DATA_MOST_CLASSES)"},
        {"<f4", "(3,)", "\0\0\300\177\0\0\0\77\0\0\0\0", 12, 1,
         ", byte 65: a label is nan: it must be a whole number from 0 to 999999 (BP_DATA_MOST_CLASSES)"},
        {"|u1", "(3, 2)", "123456", 6, 1, ", byte 67: the shape has 2 numbers in a row, and a class is one number"},
        {"|u1", "(2,)", "\0\1", 2, -1, ", byte 65: the shape has 2 rows, and that of the inputs 3"},
        {"|u1", "(4,)", "\0\1\1\1", 4, -1, ", byte 65: the shape has 4 rows, and that of the inputs 3"},
        {"|u1", "(3,)", "\0\1", 2, -1, ", byte 67: ends after 2 of the header's 3 x 1 numbers"},
        {"|u1", "(3,)", "\0\1\1\1", 4, -1, ", byte 68: continues after the header's 3 x 1 numbers"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct set set;
        set_begin(&set);
        assert_int_equal(bp_data_set(set.data, BP_DATA_CLASS, cases[i].option), BP_OK);
        const char *target = target_file(cases[i].descr, cases[i].shape, cases[i].numbers, cases[i].size);
        errno = SENTINEL;
        set_refuses(&set, BP_ERR_FORMAT, read_npy(set.data, inputs_of_three_rows(), target), "bp_data_next", target,
                    cases[i].rest);
        set_end(&set);
    }
}

/* ---- errors */

/* The literal begins at byte 10. */
static void headers_that_are_wrong_are_refused_by_byte(void **state)
{
    static const struct {
        const char *header;
        bp_status status;
        const char *rest;
    } cases[] = {
        {"", BP_ERR_FORMAT, ", byte 10: ends within the header, before '{'"},
        {"[]", BP_ERR_FORMAT, ", byte 10: the header has '[' in place of '{'"},
        {"{}", BP_ERR_FORMAT, ", byte 12: the header has no descr"},
        {"{,}", BP_ERR_FORMAT, ", byte 11: the header has ',' in place of a key"},
        {"{'descr'", BP_ERR_FORMAT, ", byte 18: ends within the header, before a colon"},
        {"{'descr", BP_ERR_FORMAT, ", byte 17: ends within the header, before a quotation mark"},
        {"{'descr\":", BP_ERR_FORMAT, ", byte 19: ends within the header, before a quotation mark"},
        {"{'des\\x63r':", BP_ERR_FORMAT, ", byte 15: the header has '\\' in place of a quotation mark"},
        {"{'descr\1", BP_ERR_FORMAT, ", byte 17: the header has byte 01 in place of a quotation mark"},
        {"{'0123456789012345678901234567890123456789'", BP_ERR_FORMAT,
         ", byte 51: the header has '9' in place of a quotation mark"},
        {"{'Descr':", BP_ERR_FORMAT, ", byte 11: the header's key Descr is none of descr, fortran_order and shape"},
        {"{'descr': '<f4', 'descr': '<f4'}", BP_ERR_FORMAT, ", byte 27: the header's key descr is given twice"},
        {"{'descr': '<f4' 'shape': (2,)}", BP_ERR_FORMAT, ", byte 26: the header has ''' in place of a comma or '}'"},
        {"{'descr': <f4", BP_ERR_FORMAT, ", byte 20: the header has '<' in place of a type"},
        {"{'descr': [('x', '<f4')]", BP_ERR_UNSUPPORTED,
         ", byte 20: the header's descr is a list of fields: only numbers are read"},
        {"{'descr': '|O'}", BP_ERR_UNSUPPORTED,
         ", byte 20: the header's descr is |O: f2, f4, f8, i1 to i8, u1 to u8 and b1 can be read"},
        {"{'descr': '<c8'}", BP_ERR_UNSUPPORTED,
         ", byte 20: the header's descr is <c8: f2, f4, f8, i1 to i8, u1 to u8 and b1 can be read"},
        {"{'descr': '|f4'}", BP_ERR_UNSUPPORTED,
         ", byte 20: the header's descr is |f4: f2, f4, f8, i1 to i8, u1 to u8 and b1 can be read"},
        {"{'descr': '=f4'}", BP_ERR_UNSUPPORTED,
         ", byte 20: the header's descr is =f4: f2, f4, f8, i1 to i8, u1 to u8 and b1 can be read"},
        {"{'descr': '<f16'}", BP_ERR_UNSUPPORTED,
         ", byte 20: the header's descr is <f16: f2, f4, f8, i1 to i8, u1 to u8 and b1 can be read"},
        {"{'descr': '<U20'}", BP_ERR_UNSUPPORTED,
         ", byte 20: the header's descr is <U20: f2, f4, f8, i1 to i8, u1 to u8 and b1 can be read"},
        {"{'descr': '<f1'}", BP_ERR_UNSUPPORTED,
         ", byte 20: the header's descr is <f1: f2, f4, f8, i1 to i8, u1 to u8 and b1 can be read"},
        {"{'fortran_order': 0}", BP_ERR_FORMAT, ", byte 28: the header has '0' in place of True or False"},
        {"{'fortran_order': Frue}", BP_ERR_FORMAT, ", byte 29: the header has 'r' in place of True or False"},
        {"{'fortran_order': Falsey}", BP_ERR_FORMAT, ", byte 33: the header has 'y' in place of a comma or '}'"},
        {"{'shape': [2]}", BP_ERR_FORMAT, ", byte 20: the header has '[' in place of the shape's '('"},
        {"{'shape': (2)}", BP_ERR_FORMAT, ", byte 22: the header has ')' in place of a comma"},
        {"{'shape': (,)}", BP_ERR_FORMAT, ", byte 21: the header has ',' in place of a whole number"},
        {"{'shape': (2,,)}", BP_ERR_FORMAT, ", byte 23: the header has ',' in place of a whole number"},
        {"{'shape': (-1,)}", BP_ERR_FORMAT, ", byte 21: the header has '-' in place of a whole number"},
        {"{'shape': (02,)}", BP_ERR_FORMAT, ", byte 22: the header has '2' in place of a comma"},
        {"{'shape': (2L,)}", BP_ERR_FORMAT, ", byte 22: the header has 'L' in place of a comma"},
        {"{'shape': (2 3,)}", BP_ERR_FORMAT, ", byte 23: the header has '3' in place of a comma"},
        {"{'shape': (99999999999999999999,)}", BP_ERR_FORMAT,
         ", byte 21: the header's dimension does not fit in memory"},
        {"{'descr': '<f4', 'shape': (2,)}", BP_ERR_FORMAT, ", byte 41: the header has no fortran_order"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} x", BP_ERR_FORMAT,
         ", byte 66: the header has 'x' in place of blanks up to the header's end"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': ()}", BP_ERR_FORMAT,
         ", byte 63: the shape is (): an array of rows is needed"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (0, 2)}", BP_ERR_FORMAT,
         ", byte 67: dimension 1 of the shape's 2 is 0"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 0)}", BP_ERR_FORMAT,
         ", byte 67: dimension 2 of the shape's 2 is 0"},
#if SIZE_MAX == UINT32_MAX
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (9, 9223372036854775807, 2)}", BP_ERR_FORMAT,
         ", byte 64: the header's dimension does not fit in memory"},
#else /* dimensions that 32 bits do not count */
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (9, 9223372036854775807, 2)}", BP_ERR_FORMAT,
         ", byte 88: a shape of 3 dimensions does not fit in memory"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (4294967296, 536870912)}", BP_ERR_FORMAT,
         ", byte 84: a shape of 2 dimensions does not fit in memory"},
        {"{'descr': '<f4', 'fortran_order': True, 'shape': (4294967296, 65536)}", BP_ERR_FORMAT,
         ", byte 79: ends after 0 of the header's 4294967296 x 65536 numbers"},
#endif
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct array array = array_of(cases[i].header, "", 0);
        const char *path = file_of(0, array.bytes, array.size);
        struct set set;
        set_begin(&set);
        errno = SENTINEL;
        set_refuses(&set, cases[i].status, read_npy(set.data, path, NULL), "bp_data_next", path, cases[i].rest);
        assert_int_equal(set.failing.failures, 0); /* no memory was allocated for what the header says */
        set_end(&set);
    }
}

static void beginnings_that_are_wrong_are_refused(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        bp_status status;
        const char *rest;
    } cases[] = {
        {"", 0, BP_ERR_FORMAT, ", byte 0: does not begin as an .npy file does, with 93 4e 55 4d 50 59"},
        {"\x93NUMPX\1\0", 8, BP_ERR_FORMAT, ", byte 0: does not begin as an .npy file does, with 93 4e 55 4d 50 59"},
        {"PK\3\4", 4, BP_ERR_FORMAT, ", byte 0: does not begin as an .npy file does, with 93 4e 55 4d 50 59"},
        {"\x93NUM", 4, BP_ERR_FORMAT, ", byte 4: ends within the header, before its version"},
        {"\x93NUMPY\1", 7, BP_ERR_FORMAT, ", byte 7: ends within the header, before its version"},
        {"\x93NUMPY\4\0", 8, BP_ERR_UNSUPPORTED, ", byte 6: the version is 4.0: 1.0, 2.0 and 3.0 can be read"},
        {"\x93NUMPY\0\0", 8, BP_ERR_UNSUPPORTED, ", byte 6: the version is 0.0: 1.0, 2.0 and 3.0 can be read"},
        {"\x93NUMPY\1\1", 8, BP_ERR_UNSUPPORTED, ", byte 6: the version is 1.1: 1.0, 2.0 and 3.0 can be read"},
        {"\x93NUMPY\1\0\5", 9, BP_ERR_FORMAT, ", byte 9: ends within the header, before its length"},
        {"\x93NUMPY\2\0\5\0\0", 11, BP_ERR_FORMAT, ", byte 11: ends within the header, before its length"},
        {"\x93NUMPY\2\0\377\377\377\0 ", 13, BP_ERR_FORMAT, ", byte 13: ends within the header, before '{'"},
        {"\x93NUMPY\2\0\1\0\0\1 ", 13, BP_ERR_FORMAT,
         ", byte 8: the header has 16777217 bytes: BP_DATA_MOST_RECORD allows more than 16777216"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *path = file_of(0, cases[i].bytes, cases[i].size);
        struct set set;
        set_begin(&set);
        errno = SENTINEL;
        set_refuses(&set, cases[i].status, read_npy(set.data, path, NULL), "bp_data_next", path, cases[i].rest);
        set_end(&set);
    }
}

static void more_dimensions_than_numpy_has_are_refused(void **state)
{
    char header[512] = "{'descr': '|u1', 'fortran_order': False, 'shape': (";
    const size_t begin = strlen(header);
    (void)state;
    for (size_t dimensions = 64; dimensions <= 65; dimensions++) {
        struct set set;
        for (size_t i = 0; i < dimensions; i++)
            memcpy(header + begin + 2 * i, "1,", 3);
        strcpy(header + begin + 2 * dimensions, ")}");
        const struct array array = array_of(header, "\7", 1);
        const char *path = file_of(0, array.bytes, array.size);
        set_begin(&set);
        errno = SENTINEL;
        const bp_status status = read_npy(set.data, path, NULL);
        if (dimensions == 64)
            assert_true(status == BP_OK && input_at(set.data, 0, 0) == 7);
        else
            set_refuses(&set, BP_ERR_UNSUPPORTED, status, "bp_data_next", path,
                        ", byte 189: the header's shape has more than 64 dimensions");
        set_end(&set);
    }
}

static void files_that_are_not_there(void **state)
{
    struct set set;
    bp_data *data = NULL;
    (void)state;
    const char *inputs = inputs_of_three_rows();
    set_begin(&set);
    errno = SENTINEL;
    set_refuses(&set, BP_ERR_IO, read_npy(set.data, "/nowhere", NULL), "bp_data_next", "/nowhere",
                ": cannot be opened: No such file or directory");
    set_refuses(&set, BP_ERR_IO, read_npy(set.data, inputs, "/nowhere"), "bp_data_next", "/nowhere",
                ": cannot be opened: No such file or directory");
    set_refuses(&set, BP_ERR_IO, read_npy(set.data, "/", NULL), "bp_data_next", "/",
                ": is a folder: only regular files are read");
    assert_int_equal(read_npy(set.data, NULL, NULL), BP_ERR_ARG);
    assert_string_equal(bp_last_error(), "bp_data_open: path is NULL");
    assert_int_equal(read_npy(NULL, inputs, NULL), BP_ERR_ARG);
    set_is_unchanged(&set);
    set_end(&set);
    assert_int_equal(load_npy(NULL, inputs, NULL), BP_ERR_ARG);
    assert_int_equal(load_npy(&data, "/nowhere", NULL), BP_ERR_IO);
    assert_string_equal(bp_last_error(), "bp_data_load: /nowhere: cannot be opened: No such file or directory");
    bp_data_destroy(data);
    assert_int_equal(load_npy(&data, inputs, NULL), BP_OK);
    assert_int_equal(bp_data_rows(data), 3);
    bp_data_destroy(data);
}

/* ---- cut off, and without memory */

static void both_files_may_end_anywhere(void **state)
{
    const struct array inputs = array_of(three_rows, "\1\2\3\4\5\6", 6);
    const struct array target = array_of("{'descr': '>i2', 'fortran_order': True, 'shape': (3,)}", "\0\1\0\0\0\2", 6);
    (void)state;
    for (size_t cut = 0; cut <= inputs.size + target.size; cut++) {
        const size_t inputs_size = cut < inputs.size ? cut : inputs.size,
                     target_size = cut < inputs.size ? 0 : cut - inputs.size;
        struct set set;
        set_begin(&set);
        const char *path = file_of(0, inputs.bytes, inputs_size), *other = file_of(1, target.bytes, target_size);
        errno = SENTINEL;
        const bp_status status = read_npy(set.data, path, other);
        assert_int_equal(errno, SENTINEL);
        if (target_size == target.size) {
            assert_int_equal(status, BP_OK);
            assert_int_equal(bp_data_classes(set.data), 3);
        } else {
            assert_int_equal(status, BP_ERR_FORMAT);
            assert_non_null(strstr(bp_last_error(), inputs_size < inputs.size ? path : other));
            set_is_unchanged(&set);
        }
        set_end(&set);
    }
}

static bp_status open_both(bp_data *data) { return open_npy(data, path_of(0), path_of(1)); }

static void every_allocation_may_fail(void **state)
{
    static char numbers[4 * 9000];
    struct array inputs = array_of("{'descr': '<f4', 'fortran_order': True, 'shape': (3000, 3)}", "", 0);
    static unsigned char bytes[sizeof(numbers) + ARRAY_CAPACITY], packed[sizeof(bytes) + 64];
    (void)state;
    memcpy(bytes, inputs.bytes, inputs.size);
    const struct array labels = array_of("{'descr': '|u1', 'fortran_order': True, 'shape': (3000,)}", numbers, 3000);
    (void)file_of(1, labels.bytes, labels.size);
    for (int gzipped = 0; gzipped <= HAVE_ZLIB; gzipped++) {
        const size_t size = inputs.size + sizeof(numbers);
        if (gzipped)
            (void)file_of(0, packed, gzip_stored(bytes, size, packed));
        else
            (void)file_of(0, bytes, size);
        allocations_may_fail(open_both, 3000, 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_numpy_writes_is_read),
        cmocka_unit_test(a_gzipped_file_is_read),
        cmocka_unit_test(long_files_are_read_in_either_order),
        cmocka_unit_test(a_header_may_be_written_otherwise),
        cmocka_unit_test(the_type_of_a_target_says_what_it_is),
        cmocka_unit_test(a_target_that_does_not_fit_is_refused),
        cmocka_unit_test(headers_that_are_wrong_are_refused_by_byte),
        cmocka_unit_test(beginnings_that_are_wrong_are_refused),
        cmocka_unit_test(more_dimensions_than_numpy_has_are_refused),
        cmocka_unit_test(files_that_are_not_there),
        cmocka_unit_test(both_files_may_end_anywhere),
        cmocka_unit_test(every_allocation_may_fail),
    };
    setlocale(LC_NUMERIC, "");
    if (vectors_read("numpy.txt") != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, vectors_free);
}
