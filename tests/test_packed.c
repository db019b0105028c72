/* SPDX-License-Identifier: MIT
 *
 * Packed files whose bytes end at any place of the reader's buffer and of the window of zlib: archives of NumPy, and
 * gzipped files. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "readers_fixture.h"
#include "read_file.h"

#if HAVE_ZLIB

#include <zlib.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { HEADER = 128, BUFFER = 32768, MOST_ROWS = 40 * BUFFER, CAPACITY = HEADER + 2 * MOST_ROWS };

/* ---- files */

struct bytes {
    unsigned char at[CAPACITY];
    size_t size;
};

static void put(struct bytes *to, const void *bytes, size_t size)
{
    assert_true(size <= CAPACITY - to->size);
    memcpy(to->at + to->size, bytes, size);
    to->size += size;
}

static void put_number(struct bytes *to, uint64_t number, int bytes)
{
    for (; bytes > 0; bytes--, number >>= 8)
        put(to, &(unsigned char){(unsigned char)(number & 255)}, 1);
}

/* The numbers of row `row`: one run, short runs, or numbers that cannot be packed. */
enum content { ZEROS, RUNS, NOISE, CONTENTS };

static unsigned char number_of(enum content content, size_t row)
{
    const uint32_t mixed = ((uint32_t)row * UINT32_C(2654435761)) >> 24;
    return (unsigned char)(content == ZEROS ? 0 : content == RUNS ? row / 700 % 2 : mixed);
}

/* An .npy file of `rows` bytes. */
static void make_array(struct bytes *array, enum content content, size_t rows)
{
    char header[HEADER + 1];
    snprintf(header, sizeof(header), "%-117s\n", "");
    const int length = snprintf(NULL, 0, "{'descr': '|u1', 'fortran_order': False, 'shape': (%zu, 1), }", rows);
    snprintf(header, (size_t)length + 1, "{'descr': '|u1', 'fortran_order': False, 'shape': (%zu, 1), }", rows);
    header[length] = ' ';
    array->size = 0;
    put(array, "\x93NUMPY\1\0\x76\0", 10);
    put(array, header, HEADER - 10);
    for (size_t row = 0; row < rows; row++)
        array->at[array->size++] = number_of(content, row);
}

/* `bits`: below 0 deflated without a header, above 15 gzip. */
static void pack(const struct bytes *from, struct bytes *to, int level, int bits)
{
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, level, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = (unsigned char *)from->at;
    stream.avail_in = (unsigned)from->size;
    stream.next_out = to->at;
    stream.avail_out = CAPACITY;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    to->size = stream.total_out;
    deflateEnd(&stream);
}

/* The part that the header of a member and its entry have in common. */
static void put_member(struct bytes *to, uint32_t crc, size_t packed, size_t size)
{
    put(to, "\x14\0\0\0\10\0\0\0\0\0", 10);
    put_number(to, crc, 4);
    put_number(to, packed, 4);
    put_number(to, size, 4);
    put_number(to, 1, 2); /* bytes of the name */
    put_number(to, 0, 2);
}

/* An archive with one member x: the first `packed` of the packed bytes; and the sizes that it states. */
static void make_archive(struct bytes *to, const struct bytes *packed, size_t size, const struct bytes *array)
{
    const uint32_t crc = (uint32_t)crc32(0, array->at, (unsigned)array->size);
    to->size = 0;
    put(to, "PK\3\4", 4);
    put_member(to, crc, size, array->size);
    put(to, "x", 1);
    put(to, packed->at, size);
    const size_t directory = to->size;
    put(to, "PK\1\2\x14\0", 6);
    put_member(to, crc, size, array->size);
    put_number(to, 0, 14); /* no comment, and the header of the member is at 0 */
    put(to, "x", 1);
    const size_t end = to->size;
    put(to, "PK\5\6\0\0\0\0\1\0\1\0", 12);
    put_number(to, end - directory, 4);
    put_number(to, directory, 4);
    put_number(to, 0, 2);
}

static struct bytes array, packed, archive;

/* ---- what is whole is read */

static void rows_are(const bp_data *data, enum content content, size_t rows)
{
    static double x[MOST_ROWS];
    assert_int_equal(bp_data_rows(data), rows);
    assert_int_equal(bp_data_copy_inputs(data, 0, rows, BP_F64, x), BP_OK);
    for (size_t row = 0; row < rows; row++)
        if (x[row] != (double)number_of(content, row))
            fail_msg("row %zu of %zu is %g", row, rows, x[row]);
}

static void check(enum content content, size_t rows, int level, bool gzip)
{
    bp_data *data = NULL;
    make_array(&array, content, rows);
    pack(&array, &packed, level, gzip ? MAX_WBITS + 16 : -MAX_WBITS);
    if (gzip) {
        const char *path = file_of(0, packed.at, packed.size);
        (void)load_npy(&data, path, NULL);
    } else {
        make_archive(&archive, &packed, packed.size, &array);
        (void)load_npz(&data, file_of(0, archive.at, archive.size), "x", NULL);
    }
    if (bp_data_rows(data) == 0)
        fail_msg("content %d, %zu rows, level %d, gzip %d: %s", (int)content, rows, level, gzip, bp_last_error());
    rows_are(data, content, rows);
    bp_data_destroy(data);
}

/* When zlib has taken the last byte, it may still hold output, or only the end of the last block. */
static void every_size_near_a_full_buffer_is_read(bool gzip, size_t step)
{
    static const int levels[] = {1, 6, 9};
    for (size_t buffers = 1; buffers <= 3; buffers++)
        for (size_t rows = buffers * BUFFER - 450; rows < buffers * BUFFER + 250; rows += step * buffers)
            for (int content = 0; content < (rows % 8 == 0 ? CONTENTS : NOISE); content++)
                check((enum content)content, rows, levels[rows % COUNT(levels)], gzip);
}

static void archives_of_every_size_near_a_full_buffer_are_read(void **state)
{
    (void)state;
    every_size_near_a_full_buffer_is_read(false, 1);
}

static void gzipped_files_of_every_size_near_a_full_buffer_are_read(void **state)
{
    (void)state;
    every_size_near_a_full_buffer_is_read(true, 5);
}

/* ---- what is not whole is refused */

static void refused(bp_status status, bp_data *data, const char *sentence, size_t size)
{
    if (status != BP_ERR_FORMAT || !strstr(bp_last_error(), sentence))
        fail_msg("%zu bytes: %d: %s", size, (int)status, bp_last_error());
    bp_data_destroy(data);
}

/* Sizes at which zlib held output, or the end of the block, at the last byte. */
static const size_t held[] = {BUFFER - 128, BUFFER - 127, 33153, 33154, 2 * BUFFER, 3 * BUFFER - 100};

/* Also if all numbers were read, and only the end of the last block is missing. */
static void archives_without_their_last_bytes_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(held); i++)
        for (int content = 0; content < CONTENTS; content++) {
            make_array(&array, (enum content)content, held[i]);
            pack(&array, &packed, 6, -MAX_WBITS);
            for (size_t cut = 1; cut <= packed.size; cut += cut < 10 ? 1 : packed.size / 50 + 1) {
                bp_data *data = NULL;
                make_archive(&archive, &packed, packed.size - cut, &array);
                const bp_status status = load_npz(&data, file_of(0, archive.at, archive.size), "x", NULL);
                refused(status, data, "array x: ends in the middle of its deflated data", packed.size - cut);
            }
        }
}

static void archives_with_bytes_after_the_stream_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(held); i++) {
        bp_data *data = NULL;
        make_array(&array, ZEROS, held[i]);
        pack(&array, &packed, 6, -MAX_WBITS);
        packed.at[packed.size] = 0;
        make_archive(&archive, &packed, packed.size + 1, &array);
        const bp_status status = load_npz(&data, file_of(0, archive.at, archive.size), "x", NULL);
        refused(status, data, "array x: continues after its deflated data", packed.size + 1);
    }
}

static void gzipped_files_without_their_last_bytes_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(held); i++) {
        make_array(&array, ZEROS, held[i]);
        pack(&array, &packed, 6, MAX_WBITS + 16);
        for (size_t size = packed.size - 1; size > 2; size--) {
            bp_data *data = NULL;
            const bp_status status = load_npy(&data, file_of(0, packed.at, size), NULL);
            refused(status, data, ": ends in the middle of its gzip data", size);
        }
    }
}

static void gzipped_files_with_bytes_after_the_stream_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(held); i++) {
        bp_data *data = NULL;
        make_array(&array, ZEROS, held[i]);
        pack(&array, &packed, 6, MAX_WBITS + 16);
        put(&packed, "tail", 4);
        const bp_status status = load_npy(&data, file_of(0, packed.at, packed.size), NULL);
        refused(status, data, ": its gzip data are damaged (incorrect header check)", packed.size);
    }
}

/* More than a MiB of zeros, packed 1000 to one: BP_DATA_MOST_RATIO holds only before the first row. */
static void arrays_of_zeros_are_read(void **state)
{
    (void)state;
    for (int gzip = 0; gzip < 2; gzip++)
        check(ZEROS, MOST_ROWS, 9, gzip);
}

/* Several members of gzip in a row, some of them empty; their packed bytes end anywhere in the reader's buffer. */
static void members_of_gzip_are_read_one_after_the_other(void **state)
{
    static struct bytes part, all;
    (void)state;
    make_array(&array, NOISE, BUFFER + 1000);
    for (size_t first = BUFFER - 60; first < BUFFER + 60; first++) {
        bp_data *data = NULL;
        const size_t cuts[] = {0, first, first, array.size};
        all.size = 0;
        for (size_t i = 0; i + 1 < COUNT(cuts); i++) {
            part.size = 0;
            put(&part, array.at + cuts[i], cuts[i + 1] - cuts[i]);
            pack(&part, &packed, i == 0 ? 0 : 9, MAX_WBITS + 16);
            put(&all, packed.at, packed.size);
        }
        assert_int_equal(load_npy(&data, file_of(0, all.at, all.size), NULL), BP_OK);
        rows_are(data, NOISE, BUFFER + 1000);
        bp_data_destroy(data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(archives_of_every_size_near_a_full_buffer_are_read),
        cmocka_unit_test(gzipped_files_of_every_size_near_a_full_buffer_are_read),
        cmocka_unit_test(archives_without_their_last_bytes_are_refused),
        cmocka_unit_test(archives_with_bytes_after_the_stream_are_refused),
        cmocka_unit_test(gzipped_files_without_their_last_bytes_are_refused),
        cmocka_unit_test(gzipped_files_with_bytes_after_the_stream_are_refused),
        cmocka_unit_test(arrays_of_zeros_are_read),
        cmocka_unit_test(members_of_gzip_are_read_one_after_the_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
    printf("skipped: libbp was built without zlib\n");
    return 77; /* meson's number for a skipped test */
}

#endif
