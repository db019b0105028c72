/* SPDX-License-Identifier: MIT
 *
 * NPZ files: archives of NumPy, every record damaged, every byte changed, and every end. */
#include <errno.h>
#include <locale.h>
#include <string.h>

#include "npy_fixture.h"
#include "vectors.h"
#include "read_file.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bp_status open_x_y(bp_data *data) { return open_npz(data, path_of(0), "x", "y"); }
static bp_status read_x_y(bp_data *data) { return read_npz(data, path_of(0), "x", "y"); }

/* ---- known files */

/* Without zlib deflated members are refused. */
static bool needs_zlib(const char *name) { return !HAVE_ZLIB && !strstr(name, "stored") && !strstr(name, "members"); }

static void check_known(int32_t dtype, const char *name)
{
    const struct vector *target = vectors_need(name, "target");
    struct set set;
    (void)dtype;
    (void)known_file(0, name);
    set_begin(&set);
    const bp_status status = read_x_y(set.data);
    if (needs_zlib(name)) {
        assert_int_equal(status, BP_ERR_UNSUPPORTED);
        assert_non_null(
            strstr(bp_last_error(), "is deflated, and libbp was built without zlib: store it uncompressed"));
        set_is_unchanged(&set);
    } else {
        if (status != BP_OK)
            fail_msg("%s: %s", name, bp_last_error());
        known_is_read(set.data, name);
        for (size_t row = 0; row < target->count; row++)
            assert_int_equal(label_at(set.data, row), (int)target->values[row]);
        assert_int_equal(bp_data_classes(set.data), 4);
    }
    set_end(&set);
}

static void what_numpy_writes_is_read(void **state)
{
    (void)state;
    vectors_each("", "target", BP_F64, check_known);
}

static void arrays_go_by_name_with_or_without_extension(void **state)
{
    struct set set;
    (void)state;
    const char *path = known_file(0, "stored");
    set_begin(&set);
    assert_int_equal(read_npz(set.data, path, "x.npy", NULL), BP_OK);
    assert_int_equal(bp_data_inputs(set.data), 4);
    assert_int_equal(bp_data_outputs(set.data), 0);
    assert_int_equal(read_npz(set.data, path, "other", "other.npy"), BP_OK);
    assert_int_equal(bp_data_rows(set.data), 3);
    assert_int_equal(bp_data_outputs(set.data), 1);
    set_end(&set);
}

static void refuses_names(struct set *set, const char *path, const char *inputs, const char *targets, const char *rest)
{
    errno = SENTINEL;
    set_refuses(set, BP_ERR_ARG, read_npz(set->data, path, inputs, targets), "bp_data_next", path, rest);
}

static void names_that_are_not_there_are_refused(void **state)
{
    struct set set;
    bp_data *data = NULL;
    (void)state;
    const char *path = known_file(0, "stored");
    set_begin(&set);
    refuses_names(&set, path, "z", NULL, ", array z: the archive has 3 members, and none of this name");
    refuses_names(&set, path, "x", "X", ", array X: the archive has 3 members, and none of this name");
    refuses_names(&set, path, "", NULL, ", array : the archive has 3 members, and none of this name");
    refuses_names(&set, path, "x.np", NULL, ", array x.np: the archive has 3 members, and none of this name");
    refuses_names(&set, path, "x.npy.npy", NULL, ", array x.npy.npy: the archive has 3 members, and none of this name");
    assert_int_equal(read_npz(set.data, NULL, "x", NULL), BP_ERR_ARG);
    assert_string_equal(bp_last_error(), "bp_data_open: path is NULL");
    refuses_names(&set, path, NULL, NULL,
                  ": no array is named: set array=x for the inputs, or array=x,y for inputs and target");
    assert_int_equal(read_npz(NULL, path, "x", NULL), BP_ERR_ARG);
    errno = SENTINEL;
    set_refuses(&set, BP_ERR_IO, read_npz(set.data, "/nowhere", "x", NULL), "bp_data_next", "/nowhere",
                ": cannot be opened: No such file or directory");
    set_refuses(&set, BP_ERR_IO, read_npz(set.data, "/", "x", NULL), "bp_data_next", "/",
                ": is a folder: only regular files are read");
    set_end(&set);
    assert_int_equal(load_npz(NULL, path, "x", NULL), BP_ERR_ARG);
    assert_int_equal(load_npz(&data, "/nowhere", "x", NULL), BP_ERR_IO);
    bp_data_destroy(data);
    assert_int_equal(load_npz(&data, path, "x", "y"), BP_OK);
    assert_int_equal(bp_data_classes(data), 4);
    bp_data_destroy(data);
}

/* ---- damage */

/* Where the n-th record of a signature begins, n from 0; in the archive "stored" the members are other, x and y. */
static size_t find_record(const struct array *archive, const char *signature, size_t n)
{
    for (size_t i = 0; i + 4 <= archive->size; i++)
        if (memcmp(archive->bytes + i, signature, 4) == 0 && n-- == 0)
            return i;
    fail_msg("no such record");
    return 0;
}

#define MEMBER "PK\3\4"
#define ENTRY "PK\1\2"
#define END "PK\5\6"
#define END64 "PK\6\6"
#define LOCATOR "PK\6\7"

static void damaged_records_are_refused_by_byte(void **state)
{
    static const struct {
        const char *name, *signature;
        size_t n, at, size;
        const char *bytes; /* that are put there */
        bp_status status;
        const char *rest;
    } cases[] = {
        {"stored", END, 0, 0, 1, "p", BP_ERR_FORMAT,
         ", array x: byte 900: ends without the directory of a ZIP archive, such as an .npz file"},
        {"stored", END, 0, 20, 1, "\1", BP_ERR_FORMAT,
         ", array x: byte 900: ends without the directory of a ZIP archive, such as an .npz file"},
        {"stored", END, 0, 10, 1, "\2", BP_ERR_FORMAT,
         ", array x: byte 827: the directory continues after its last entry"},
        {"stored", END, 0, 10, 1, "\4", BP_ERR_FORMAT, ", array x: byte 878: the directory is cut off or damaged"},
        {"stored", END, 0, 16, 2, "\377\377", BP_ERR_FORMAT,
         ", array x: byte 878: names a directory that is not before it"},
        {"stored", END, 0, 12, 2, "\377\377", BP_ERR_FORMAT,
         ", array x: byte 878: names a directory that is not before it"},
        {"stored", END, 0, 16, 4, "\377\377\377\377", BP_ERR_FORMAT,
         ", array x: byte 878: names a directory that is not before it"},
        {"stored", ENTRY, 1, 0, 1, "p", BP_ERR_FORMAT, ", array x: byte 776: the directory is cut off or damaged"},
        {"stored", ENTRY, 1, 30, 1, "\1", BP_ERR_FORMAT, ", array x: byte 828: the directory is cut off or damaged"},
        {"stored", ENTRY, 2, 32, 1, "\1", BP_ERR_FORMAT, ", array x: byte 827: the directory is cut off or damaged"},
        {"stored", ENTRY, 2, 46, 1, "x", BP_ERR_FORMAT, ", array x: byte 827: the directory has this name twice"},
        {"stored", ENTRY, 1, 8, 1, "\1", BP_ERR_UNSUPPORTED, ", array x: is encrypted"},
        {"stored", ENTRY, 1, 10, 1, "\16", BP_ERR_UNSUPPORTED,
         ", array x: is packed by method 14: only stored (0) and deflated (8) can be read"},
        {"stored", ENTRY, 1, 20, 1, "\0", BP_ERR_FORMAT,
         ", array x: byte 211: is stored, but has two different sizes in the directory"},
        {"stored", ENTRY, 1, 42, 2, "\17\3", BP_ERR_FORMAT, ", array x: byte 783: is not before the directory"},
        {"stored", ENTRY, 1, 42, 1, "\0", BP_ERR_FORMAT,
         ", array x: byte 0: the member that the directory names is not here"},
        {"stored", ENTRY, 1, 42, 1, "\324", BP_ERR_FORMAT,
         ", array x: byte 212: the member that the directory names is not here"},
        {"stored", MEMBER, 1, 26, 1, "\4", BP_ERR_FORMAT,
         ", array x: byte 211: the member that the directory names is not here"},
        {"stored", MEMBER, 1, 29, 1, "\7", BP_ERR_FORMAT, ", array x: byte 211: continues into the directory"},
        {"stored", ENTRY, 1, 16, 4, "\1\2\3\4", BP_ERR_FORMAT,
         ", array x: is damaged: its CRC-32 is c4e62124, and the archive says 04030201"},
        {"zip64-members", ENTRY, 1, 55, 8, "\377\377\377\377\377\377\377\377", BP_ERR_FORMAT,
         ", array x: byte 211: is stored, but has two different sizes in the directory"},
        {"zip64-members", ENTRY, 1, 53, 1, "\10", BP_ERR_FORMAT,
         ", array x: byte 4294967295: is stored, but has two different sizes in the directory"},
        {"zip64-members", ENTRY, 1, 53, 1, "\377", BP_ERR_FORMAT,
         ", array x: byte 796: the directory is cut off or damaged"},
        {"zip64-all", LOCATOR, 0, 0, 1, "p", BP_ERR_FORMAT,
         ", array x: byte 800: names a directory that is not before it"},
        {"zip64-all", LOCATOR, 0, 12, 1, "\1", BP_ERR_FORMAT,
         ", array x: byte 780: points to a zip64 record where none can be"},
        {"zip64-all", LOCATOR, 0, 8, 1, "\0", BP_ERR_FORMAT,
         ", array x: byte 512: is not the zip64 record that the end points to"},
        {"zip64-all", END64, 0, 48, 8, "\377\377\377\377\377\377\377\377", BP_ERR_FORMAT,
         ", array x: byte 724: names a directory that is not before it"},
        {"zip64-all", END64, 0, 40, 8, "\377\377\377\377\377\377\377\377", BP_ERR_FORMAT,
         ", array x: byte 724: names a directory that is not before it"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct array archive = known_bytes(cases[i].name);
        struct set set;
        const size_t record = find_record(&archive, cases[i].signature, cases[i].n);
        memcpy(archive.bytes + record + cases[i].at, cases[i].bytes, cases[i].size);
        const char *path = file_of(0, archive.bytes, archive.size);
        set_begin(&set);
        errno = SENTINEL;
        set_refuses(&set, cases[i].status, read_npz(set.data, path, "x", NULL), "bp_data_next", path, cases[i].rest);
        assert_int_equal(set.failing.failures, 0);
        set_end(&set);
    }
}

/* Whichever bit is wrong: what is read is right, because offsets, sizes and sums would show it. */
static void no_flipped_bit_is_read_as_another_number(void **state)
{
    static const char *const names[] = {"stored", "deflated", "zip64-members", "zip64-all"};
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct array archive = known_bytes(names[i]);
        size_t refused = 0;
        for (size_t bit = 0; bit < 8 * archive.size && !needs_zlib(names[i]); bit += i == 0 ? 7 : 21) {
            struct set set;
            archive.bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
            (void)file_of(0, archive.bytes, archive.size);
            archive.bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
            set_begin(&set);
            const bp_status status = read_x_y(set.data);
            if (status == BP_OK)
                known_is_read(set.data, names[i]);
            else
                set_is_unchanged(&set);
            refused += status != BP_OK;
            set_end(&set);
        }
        assert_true(refused > archive.size / 8 || needs_zlib(names[i]));
    }
}

static void an_archive_may_end_anywhere(void **state)
{
    static const char *const names[] = {"stored", "zip64-all"};
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        const struct array archive = known_bytes(names[i]);
        for (size_t size = 0; size < archive.size && !needs_zlib(names[i]); size++) {
            struct set set;
            (void)file_of(0, archive.bytes, size);
            set_begin(&set);
            errno = SENTINEL;
            assert_int_equal(read_x_y(set.data), BP_ERR_FORMAT);
            assert_int_equal(errno, SENTINEL);
            set_is_unchanged(&set);
            set_end(&set);
        }
    }
}

static void a_comment_may_follow_even_one_like_an_end(void **state)
{
    const struct array archive = known_bytes("stored");
    static unsigned char bytes[ARRAY_CAPACITY + 0xffff];
    static const size_t sizes[] = {1, 22, 30000, 0xffff};
    const size_t end = find_record(&archive, END, 0);
    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct set set;
        memset(bytes, ' ', sizeof(bytes));
        memcpy(bytes, archive.bytes, archive.size);
        bytes[end + 20] = (unsigned char)(sizes[i] & 255);
        bytes[end + 21] = (unsigned char)(sizes[i] >> 8);
        if (sizes[i] == 22)
            memcpy(bytes + archive.size, "PK\5\6", 4); /* the comment of 8224 blanks is missing */
        (void)file_of(0, bytes, archive.size + sizes[i]);
        set_begin(&set);
        assert_int_equal(read_x_y(set.data), BP_OK);
        known_is_read(set.data, "stored");
        set_end(&set);
    }
}

static void errors_in_an_array_name_the_byte(void **state)
{
    struct set set;
    (void)state;
    const char *path = known_file(0, "stored");
    set_begin(&set);
    assert_int_equal(bp_data_set(set.data, BP_DATA_CLASS, 1), BP_OK);
    errno = SENTINEL;
    set_refuses(&set, BP_ERR_FORMAT, read_npz(set.data, path, "y", "x"), "bp_data_next", path,
                ", array x, byte 128: the shape has 4 numbers in a row, and a class is one number");
    set_refuses(&set, BP_ERR_FORMAT, read_npz(set.data, path, "x", "other"), "bp_data_next", path,
                ", array other, byte 128: the shape has 3 rows, and that of the inputs 6");
    set_end(&set);
}

/* Damage of the deflated data is found before the sum is compared. */
static void damaged_deflated_data_are_refused(void **state)
{
    static const struct {
        size_t n, at, size;
        const char *bytes, *rest;
    } cases[] = {
        {1, 35 + 20, 1, "\7", ", array x: its deflated data are damaged (invalid block type)"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases) && HAVE_ZLIB; i++) {
        struct array archive = known_bytes("deflated");
        struct set set;
        memcpy(archive.bytes + find_record(&archive, MEMBER, cases[i].n) + cases[i].at, cases[i].bytes, cases[i].size);
        const char *path = file_of(0, archive.bytes, archive.size);
        set_begin(&set);
        errno = SENTINEL;
        set_refuses(&set, BP_ERR_FORMAT, read_npz(set.data, path, "x", NULL), "bp_data_next", path, cases[i].rest);
        set_end(&set);
    }
}

/* The entry has other sizes than the data. */
static void sizes_that_lie_are_refused(void **state)
{
    static const struct {
        size_t at;
        int by;
        const char *rest;
    } cases[] = {
        {24, -1, ", array x: holds more than the 223 bytes that the archive states"},
        {24, 1, ", array x: ends after 224 of the 225 bytes that the archive states"},
        {20, -1, ", array x: ends in the middle of its deflated data"},
        {20, 1, ", array x: continues after its deflated data"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases) && HAVE_ZLIB; i++) {
        struct array archive = known_bytes("deflated");
        struct set set;
        unsigned char *size = archive.bytes + find_record(&archive, ENTRY, 1) + cases[i].at;
        *size = (unsigned char)(*size + cases[i].by);
        const char *path = file_of(0, archive.bytes, archive.size);
        set_begin(&set);
        errno = SENTINEL;
        set_refuses(&set, BP_ERR_FORMAT, read_npz(set.data, path, "x", NULL), "bp_data_next", path, cases[i].rest);
        set_end(&set);
    }
}

static void a_gzipped_archive_is_refused(void **state)
{
    const struct array archive = known_bytes("stored");
    unsigned char packed[ARRAY_CAPACITY + 64];
    struct set set;
    (void)state;
    const char *path = file_of(0, packed, gzip_stored(archive.bytes, archive.size, packed));
    set_begin(&set);
    errno = SENTINEL;
    set_refuses(&set, BP_ERR_UNSUPPORTED, read_x_y(set.data), "bp_data_next", path,
                HAVE_ZLIB ? ", array x: is gzipped, but an archive is read from its end: unpack it first"
                          : ": is gzipped, and libbp was built without zlib: unpack it first");
    set_end(&set);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    (void)known_file(0, HAVE_ZLIB ? "deflated-fortran" : "stored");
    allocations_may_fail(open_x_y, 6, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_numpy_writes_is_read),
        cmocka_unit_test(arrays_go_by_name_with_or_without_extension),
        cmocka_unit_test(names_that_are_not_there_are_refused),
        cmocka_unit_test(damaged_records_are_refused_by_byte),
        cmocka_unit_test(no_flipped_bit_is_read_as_another_number),
        cmocka_unit_test(an_archive_may_end_anywhere),
        cmocka_unit_test(a_comment_may_follow_even_one_like_an_end),
        cmocka_unit_test(errors_in_an_array_name_the_byte),
        cmocka_unit_test(damaged_deflated_data_are_refused),
        cmocka_unit_test(sizes_that_lie_are_refused),
        cmocka_unit_test(a_gzipped_archive_is_refused),
        cmocka_unit_test(every_allocation_may_fail),
    };
    setlocale(LC_NUMERIC, "");
    if (vectors_read("numpy.txt") != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, vectors_free);
}
