/* SPDX-License-Identifier: MIT
 *
 * The memory that a reader takes for files that are made to take all memory, or that never end: long records, files
 * that unpack to much more, and paths that are no files. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "readers_fixture.h"
#include "read_file.h"

#if HAVE_ZLIB
#include <zlib.h>
#endif

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MIB ((size_t)1 << 20)

/* Whatever reads the file of number 0 into the set. */
typedef bp_status read_fn(bp_data *data);

static bp_status read_table(bp_data *data) { return read_csv(data, path_of(0), NULL); }
static bp_status read_svm(bp_data *data) { return read_libsvm(data, path_of(0), 0); }
static bp_status read_array(bp_data *data) { return read_npy(data, path_of(0), NULL); }
static bp_status open_table(bp_data *data) { return open_csv(data, path_of(0), NULL); }
static bp_status open_svm(bp_data *data) { return open_libsvm(data, path_of(0), 0); }
static bp_status open_array(bp_data *data) { return open_npy(data, path_of(0), NULL); }

static const struct reader {
    const char *name;
    read_fn *read, *open;
} csv = {"bp_data_next", read_table, open_table}, svm = {"bp_data_next", read_svm, open_svm},
  npy = {"bp_data_next", read_array, open_array};

static void refuses(struct set *set, const struct reader *reader, const char *rest)
{
    errno = SENTINEL;
    set_refuses(set, BP_ERR_FORMAT, reader->read(set->data), reader->name, path_of(0), rest);
}

/* ---- records */

static char *append(char *to, const char *text, size_t count)
{
    const size_t size = strlen(text);
    for (; count > 0; count--, to += size)
        memcpy(to, text, size);
    return to;
}

/* A record: its beginning, `count` times its middle, and its end; lines before it and after. */
static const struct record {
    const struct reader *reader;
    const char *before, *begin, *middle, *end, *after, *place;
} records[] = {
    {&csv, "", "1,0.", "0", "5", "\n", ", line 1, column 2"},
    {&csv, "a,b\n\n", "1,0.", "0", "5", "\r\n", ", line 3, column 2 (b)"},
    {&csv, "a\n", "\"x", "y", "\"", "\nz\n", ", line 2, column 1 (a)"},
    {&csv, "a\n", "\"x", "\n", "\"", "\nz\n", ", line 2, column 1 (a)"},
    {&csv, "a\n", "\"x", "\"\"", "\"", "\nz\n", ", line 2, column 1 (a)"},
    {&csv, "a\n", "\"xx", "\"\"", "\"", "\nz\n", ", line 2, column 1 (a)"},
    {&csv, "", "1", " ", "2", "\n", ", line 1, column 2"}, /* separated by blanks */
    {&csv, "", "1", ",1", ",1", "", ", line 1, column "},
    {&csv, "", "n", ",n", ",n", "\n", ", line 1, column "},
    {&svm, "# a comment\n", "1 1:0.", "0", "5", "\n", ", line 2, column 3"},
    {&svm, "1 1:1\n", "1 1:1", " ", "2:1", " # a comment\n", ", line 2, column "},
    {&svm, "", "0", "0", " 1:1", "\n", ", line 1, column "},
};

static bool is_header(const struct record *record) { return *record->begin == 'n'; }

/* Makes a file whose record has `bytes` bytes. If the middle is longer than one byte, it returns the exact number. */
static size_t write_record(const struct record *record, size_t bytes)
{
    static char text[4 * 1048576];
    const size_t rest = strlen(record->begin) + strlen(record->end), count = (bytes - rest) / strlen(record->middle);
    char *at = append(append(append(text, record->before, 1), record->begin, 1), record->middle, count);
    at = append(append(at, record->end, 1), record->after, 1);
    if (is_header(record)) /* and a row */
        at = append(append(append(at, "1", 1), ",1", count + 1), "\n", 1);
    (void)file_of(0, text, (size_t)(at - text));
    return rest + count * strlen(record->middle);
}

static void a_record_has_a_bound(void **state)
{
    static const size_t sizes[] = {20, 1000, 32768, 70000};
    (void)state;
    for (size_t i = 0; i < COUNT(records) * COUNT(sizes); i++) {
        const struct record *record = &records[i / COUNT(sizes)];
        char rest[160];
        struct set set;
        const bool is_text = record->begin[0] == '"'; /* of which a name is made */
        const size_t bytes = write_record(record, is_text ? sizes[i % 2] : sizes[i % COUNT(sizes)]);
        set_begin(&set);
        assert_int_equal(bp_data_set(set.data, BP_DATA_MOST_RECORD, (double)bytes), BP_OK);
        if (record->reader->read(set.data) != BP_OK)
            fail_msg("%zu bytes: %s", bytes, bp_last_error());
        set_end(&set);
        set_begin(&set);
        assert_int_equal(bp_data_set(set.data, BP_DATA_MOST_RECORD, (double)bytes - 1), BP_OK);
        assert_int_equal(record->reader->read(set.data), BP_ERR_FORMAT);
        snprintf(rest, sizeof(rest), ": the record has more than %zu bytes: BP_DATA_MOST_RECORD allows more",
                 bytes - 1);
        if (!strstr(bp_last_error(), rest) || !strstr(bp_last_error(), record->place))
            fail_msg("%zu bytes: %s", bytes, bp_last_error());
        set_is_unchanged(&set);
        set_end(&set);
    }
}

/* A file with one endless record: the memory does not grow with its size. */
static void no_more_is_taken_than_a_record_may_have(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(records); i++) {
        struct set set;
        (void)write_record(&records[i], 3 * MIB / 2);
        set_begin(&set);
        assert_int_equal(bp_data_set(set.data, BP_DATA_MOST_RECORD, 65536), BP_OK);
        assert_int_equal(records[i].reader->read(set.data), BP_ERR_FORMAT);
        assert_in_range(set.failing.peak, 32768, 100 * 65536);
        if (i < 6) /* of one field */
            assert_in_range(set.failing.peak, 32768, 5 * 65536);
        set_end(&set);
    }
}

/* One reading with its n-th allocation failing. Returns whether an allocation failed. */
static bool fails_cleanly(const struct reader *reader, size_t n)
{
    struct set set;
    set_begin(&set);
    assert_int_equal(reader->open(set.data), BP_OK);
    set.failing.calls = 0;
    set.failing.fail_at = n;
    errno = SENTINEL;
    const bp_status status = bp_data_next(set.data, 0);
    const bool failed = set.failing.failures > 0;
    assert_int_equal(errno, SENTINEL);
    assert_int_equal(status, failed ? BP_ERR_MEMORY : BP_OK);
    if (failed) {
        assert_non_null(strstr(bp_last_error(), "no memory"));
        set_is_unchanged(&set);
    }
    set_end(&set);
    return failed;
}

/* The buffers begin with 256 bytes. They grow within a field, at its end, and for its place; and for row 33. */
static void each_allocation_of_a_long_record_fails(void **state)
{
    static const struct {
        const struct reader *reader;
        const char *begin, *middle, *end;
        size_t count;
    } rows[] = {
        {&csv, "", "0", "1\n2\n", 255},        {&csv, "", "0", "1\n2\n", 256}, {&csv, "\"t", "x", "\"\na\n", 400},
        {&csv, "\"t", "\"\"", "\"\na\n", 400}, {&csv, "1", ",1", "\n", 200},   {&svm, "0", "0", " 1:1\n", 255},
        {&svm, "", "1 1:1\n", "2 1:1\n", 50},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[2048];
        char *at = append(append(append(text, rows[i].begin, 1), rows[i].middle, rows[i].count), rows[i].end, 1);
        size_t n = 1;
        (void)file_of(0, text, (size_t)(at - text));
        while (fails_cleanly(rows[i].reader, n))
            n++;
        assert_in_range(n, 5, 100);
    }
}

/* ---- what bp.h promises */

static char whole[8 * 1048576];

/* A line of `count` fields; %d in a field is the number of the field. */
static char *put_line(char *at, const char *field, int count)
{
    for (int i = 0; i < count; i++) {
        *at = ',';
        at += i > 0;
        at += snprintf(at, 16, field, i);
    }
    *at = '\n';
    return at + 1;
}

enum { FIXED = 256 << 10, EACH_FIELD = 150, EACH_TEXT = 200 };

/* `promised`: beside the fixed part. */
static void takes(struct set *set, read_fn *read, size_t promised)
{
    set->failing.peak = set->failing.bytes;
    if (read(set->data) != BP_OK)
        fail_msg("%s", bp_last_error());
    assert_in_range(set->failing.peak, promised / 8, promised + FIXED);
}

static bp_status read_named(bp_data *data) { return read_csv(data, path_of(0), "n7"); }
static bp_status read_class(bp_data *data) { return read_csv(data, path_of(0), "1"); }

/* With lines of this width, twice the memory of the numbers is little. */
static void a_wide_record_takes_what_is_promised(void **state)
{
    static const struct {
        const char *name, *field;
        int header;
        read_fn *read;
    } rows[] = {
        {NULL, "1", -1, read_table}, {"n", "1", -1, read_table},   {"n%d", "1", -1, read_named},
        {NULL, "a", 0, read_table},  {NULL, "t%d", 0, read_table}, {"n%d", "t%d", 1, read_table},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int fields = 1 << 17; fields <= (1 << 17) + 1; fields++) {
            struct set set;
            char *at = rows[i].name ? put_line(whole, rows[i].name, fields) : whole;
            const size_t names = (size_t)(at - whole);
            at = put_line(at, rows[i].field, fields);
            const size_t bytes = (size_t)(at - whole), texts = *rows[i].field == '1' ? 0 : (size_t)fields;
            (void)file_of(0, whole, bytes);
            set_begin(&set);
            assert_int_equal(bp_data_set(set.data, BP_DATA_HEADER, rows[i].header), BP_OK);
            takes(&set, rows[i].read,
                  4 * bytes + EACH_FIELD * (size_t)fields + EACH_TEXT * texts + (texts > 0 ? 6 * (bytes + names) : 0));
            set_end(&set);
        }
}

static void many_rows_take_what_is_promised(void **state)
{
    static const struct {
        const char *row;
        read_fn *read;
        size_t numbers, each_row, text; /* bytes of a row, and of its class */
    } rows[] = {
        {"%.0d1,2\n", read_table, 16, 0, 0},
        {"c%06d,1\n", read_class, 8, 4, 7},
        {"1%.0d 1:1\n", read_svm, 12, 20, 0},
        {"%d 1:1\n", read_svm, 12, 20, 7},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int count = 1 << 15; count <= 1 << 16; count += 8191) {
            struct set set;
            char *at = whole;
            for (int row = 0; row < count; row++)
                at += snprintf(at, 32, rows[i].row, rows[i].text > 0 ? row : 0);
            (void)file_of(0, whole, (size_t)(at - whole));
            set_begin(&set);
            const size_t text = rows[i].text > 0 ? EACH_TEXT + 6 * rows[i].text : 0;
            takes(&set, rows[i].read, (size_t)count * (3 * (rows[i].numbers + rows[i].each_row) + text));
            set_end(&set);
        }
}

/* ---- headers */

/* Version 2.0, in which the length has four bytes. */
static void the_header_of_an_array_has_the_bound_too(void **state)
{
    static char file[MIB];
    static const char literal[] = "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1), }";
    struct set set;
    (void)state;
    const size_t length = sizeof(file) - 12 - 1;
    memset(file, ' ', sizeof(file));
    memcpy(file, "\x93NUMPY\2\0", 8);
    for (int i = 0; i < 4; i++)
        file[8 + i] = (char)(length >> 8 * i & 255);
    memcpy(file + 12, literal, sizeof(literal) - 1);
    (void)file_of(0, file, sizeof(file));
    set_begin(&set);
    assert_int_equal(bp_data_set(set.data, BP_DATA_MOST_RECORD, (double)length - 1), BP_OK);
    refuses(&set, &npy, ", byte 8: the header has 1048563 bytes: BP_DATA_MOST_RECORD allows more than 1048562");
    assert_int_equal(bp_data_set(set.data, BP_DATA_MOST_RECORD, (double)length), BP_OK);
    assert_int_equal(read_array(set.data), BP_OK);
    assert_true(input_at(set.data, 0, 0) == ' ');
    memcpy(file + 8, "\377\377\377\377", 4); /* 4 GiB that are not there */
    (void)file_of(0, file, 200);
    assert_int_equal(read_array(set.data), BP_ERR_FORMAT);
    assert_non_null(strstr(bp_last_error(), "the header has 4294967295 bytes"));
    set_end(&set);
}

/* ---- what unpacks to much more */

#if HAVE_ZLIB

/* A gzipped file: its beginning, `count` blocks of `middle`, and its end. Returns its size. */
static size_t write_gzip(const char *begin, const char *middle, size_t count, const char *end)
{
    static char block[65536];
    static unsigned char packed[MIB];
    z_stream stream = {0};
    const size_t size = sizeof(block) / strlen(middle) * strlen(middle);
    (void)append(block, middle, size / strlen(middle));
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_out = packed;
    stream.avail_out = sizeof(packed);
    for (size_t i = 0; i < count + 2; i++) {
        const char *part = i == 0 ? begin : i <= count ? block : end;
        stream.next_in = (unsigned char *)part;
        stream.avail_in = (unsigned)(part == block ? size : strlen(part));
        assert_int_equal(deflate(&stream, i <= count ? Z_NO_FLUSH : Z_FINISH), i <= count ? Z_OK : Z_STREAM_END);
    }
    deflateEnd(&stream);
    (void)file_of(0, packed, stream.total_out);
    return stream.total_out;
}

/* Before the first row: fields, lines and comments of 16 MiB, unpacked from about 16 KiB. */
static const struct {
    const struct reader *reader;
    const char *begin, *middle, *end;
} bombs[] = {
    {&csv, "", "a", "\n1\n"},
    {&csv, "", "\n", "1\n"},
    {&csv, "", "n,", "n\n"},
    {&csv, "1,", " ", "2\n"},
    {&csv, "a,b\n1,\"", "x", "\"\n"},
    {&svm, "", "0", " 1:1\n"},
    {&svm, "#", " comment", "\n1 1:1\n"},
    {&svm, "", "\n", "1 1:1\n"},
    {&svm, "1 1:0.", "0", "\n"},
};

static void what_unpacks_to_too_much_before_the_first_row_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bombs); i++) {
        struct set set;
        const size_t packed = write_gzip(bombs[i].begin, bombs[i].middle, 256, bombs[i].end);
        assert_in_range(packed, 10000, 150000);
        set_begin(&set);
        assert_int_equal(bp_data_set(set.data, BP_DATA_MOST_RECORD, 0x1p40), BP_OK);
        refuses(&set, bombs[i].reader,
                ": unpacks to more than 100 times its bytes before its first row: BP_DATA_MOST_RATIO allows more");
        assert_in_range(set.failing.peak, 32768, 128 * MIB);
        set_end(&set);
        set_begin(&set); /* without this bound, that of the record holds, or there is a row */
        assert_int_equal(bp_data_set(set.data, BP_DATA_MOST_RATIO, 1033), BP_OK);
        assert_int_equal(bp_data_set(set.data, BP_DATA_MOST_RECORD, 65536), BP_OK);
        const bp_status status = bombs[i].reader->read(set.data);
        if (status != BP_OK && !strstr(bp_last_error(), "BP_DATA_MOST_RECORD"))
            fail_msg("%zu: %d, %s", i, (int)status, bp_last_error());
        assert_in_range(set.failing.peak, 32768, 8 * MIB);
        set_end(&set);
    }
}

/* The defaults: 48 MiB in a field. */
static void a_packed_field_takes_little(void **state)
{
    struct set set;
    (void)state;
    (void)write_gzip("", "a", 768, "\n1\n");
    set_begin(&set);
    assert_int_equal(read_table(set.data), BP_ERR_FORMAT);
    assert_in_range(set.failing.peak, 32768, 32 * MIB);
    assert_int_equal(bp_data_set(set.data, BP_DATA_MOST_RATIO, 1033), BP_OK);
    assert_int_equal(read_table(set.data), BP_ERR_FORMAT);
    assert_non_null(strstr(bp_last_error(), "line 1, column 1: the record has more than 16777216 bytes"));
    assert_in_range(set.failing.peak, 32768, 80 * MIB);
    set_end(&set);
}

static void the_first_mebibyte_is_free(void **state)
{
    static const char *const lines[] = {"#", " comment"};
    struct set set;
    (void)state;
    set_begin(&set);
    assert_int_equal(bp_data_set(set.data, BP_DATA_MOST_RATIO, 1), BP_OK);
    (void)write_gzip(lines[0], lines[1], 15, "\n1 1:1\n");
    assert_int_equal(read_svm(set.data), BP_OK);
    (void)write_gzip(lines[0], lines[1], 17, "\n1 1:1\n");
    assert_int_equal(read_svm(set.data), BP_ERR_FORMAT);
    set_end(&set);
}

/* Rows may be alike. */
static void rows_that_unpack_to_much_are_read(void **state)
{
    enum { ROWS = 48 * 65536 / 4 };
    struct set set;
    (void)state;
    set_begin(&set);
    const size_t packed = write_gzip("a,b\n", "1,2\n", 48, "3,4\n");
    assert_in_range(packed, 1000, 65536 * 48 / 200);
    assert_int_equal(read_table(set.data), BP_OK);
    assert_int_equal(bp_data_rows(set.data), ROWS + 1);
    (void)write_gzip("# c\n", "1 1:1\n", 48, "2 2:2\n");
    assert_int_equal(read_svm(set.data), BP_OK);
    assert_int_equal(bp_data_rows(set.data), 48 * (65536 / 6) + 1);
    set_end(&set);
}

#endif

/* ---- what is no file */

static void only_regular_files_are_read(void **state)
{
    static const struct {
        const char *path, *rest;
    } rows[] = {
        {"/", ": is a folder: only regular files are read"},
        {"/dev/null", ": is a device or a pipe: only regular files are read"},
        {"/dev/zero", ": is a device or a pipe: only regular files are read"},
        {"fifo", ": is a device or a pipe: only regular files are read"},
        {"socket", ": cannot be opened: No such device or address"},
    };
    char folder[] = "/tmp/bp-readers-XXXXXX", path[64];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct set set;
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/fifo", folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    snprintf(address.sun_path, sizeof(address.sun_path), "%s/socket", folder);
    const int at = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(at, (const struct sockaddr *)&address, sizeof(address)), 0);
    set_begin(&set);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const bool is_whole = rows[i].path[0] == '/';
        snprintf(path, sizeof(path), "%s%s%s", is_whole ? "" : folder, is_whole ? "" : "/", rows[i].path);
        errno = SENTINEL;
        set_refuses(&set, BP_ERR_IO, read_csv(set.data, path, NULL), "bp_data_next", path, rows[i].rest);
        set_refuses(&set, BP_ERR_IO, read_libsvm(set.data, path, 0), "bp_data_next", path, rows[i].rest);
        set_refuses(&set, BP_ERR_IO, read_idx(set.data, path, NULL), "bp_data_next", path, rows[i].rest);
        set_refuses(&set, BP_ERR_IO, read_npy(set.data, path, NULL), "bp_data_next", path, rows[i].rest);
    }
    set_end(&set);
    (void)close(at);
    (void)unlink(address.sun_path);
    snprintf(path, sizeof(path), "%s/fifo", folder);
    (void)unlink(path);
    (void)rmdir(folder);
}

static void a_symbolic_link_to_a_file_is_read(void **state)
{
    char folder[] = "/tmp/bp-readers-XXXXXX", path[64];
    struct set set;
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/link", folder);
    assert_int_equal(symlink(text_file("1,2\n"), path), 0);
    set_begin(&set);
    set_reads(&set, path, NULL);
    assert_true(input_at(set.data, 0, 1) == 2);
    set_end(&set);
    (void)unlink(path);
    (void)rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_has_a_bound),
        cmocka_unit_test(no_more_is_taken_than_a_record_may_have),
        cmocka_unit_test(each_allocation_of_a_long_record_fails),
        cmocka_unit_test(a_wide_record_takes_what_is_promised),
        cmocka_unit_test(many_rows_take_what_is_promised),
        cmocka_unit_test(the_header_of_an_array_has_the_bound_too),
#if HAVE_ZLIB
        cmocka_unit_test(what_unpacks_to_too_much_before_the_first_row_is_refused),
        cmocka_unit_test(a_packed_field_takes_little),
        cmocka_unit_test(the_first_mebibyte_is_free),
        cmocka_unit_test(rows_that_unpack_to_much_are_read),
#endif
        cmocka_unit_test(only_regular_files_are_read),
        cmocka_unit_test(a_symbolic_link_to_a_file_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
