/* SPDX-License-Identifier: MIT
 *
 * IDX files: known files, every type, every error, every end. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "readers_fixture.h"
#include "read_file.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- known files */

struct known {
    const char *images, *labels;
    size_t rows, inputs;
    double byte_sum; /* of all images */
    int64_t label_sum;
};

static const struct known known[] = {
    {"examples/data/digits-images-idx3-ubyte", "examples/data/digits-labels-idx1-ubyte", 1797, 64, 561718, 8070},
    {"../shared/data/mnist/train-images-idx3-ubyte.gz", "../shared/data/mnist/train-labels-idx1-ubyte.gz", 60000, 784,
     1567298545, 267236},
    {"../shared/data/mnist/t10k-images-idx3-ubyte.gz", "../shared/data/mnist/t10k-labels-idx1-ubyte.gz", 10000, 784,
     264923200, 44434},
};

static void check_known(const struct known *k)
{
    bp_data *data = NULL;
    double sum = 0;
    int64_t label_sum = 0;
    const char *images = source_file(k->images), *labels = source_file(k->labels);
    if (load_idx(&data, images, labels) != BP_OK)
        fail_msg("%s", bp_last_error());
    assert_int_equal(bp_data_rows(data), k->rows);
    assert_int_equal(bp_data_inputs(data), k->inputs);
    assert_int_equal(bp_data_classes(data), 10);
    assert_int_equal(bp_data_outputs(data), 10);
    double *x = calloc(k->inputs, sizeof(*x));
    assert_non_null(x);
    for (size_t row = 0; row < k->rows; row++) {
        assert_int_equal(bp_data_copy_inputs(data, row, 1, BP_F64, x), BP_OK);
        for (size_t i = 0; i < k->inputs; i++) {
            assert_true(x[i] >= 0 && x[i] <= 1);
            sum += nearbyint(x[i] * 255);
        }
        label_sum += label_at(data, row);
    }
    assert_true(sum == k->byte_sum);
    assert_int_equal(label_sum, k->label_sum);
    free(x);
    bp_data_destroy(data);
}

static void digits_are_read(void **state)
{
    (void)state;
    check_known(&known[0]);
}

static void mnist_is_read(void **state)
{
    (void)state;
    if (!HAVE_ZLIB) {
        print_message("skipped: built without zlib\n");
        skip();
    }
    check_known(&known[1]);
    check_known(&known[2]);
}

/* ---- types */

/* 2 x 2 x 1 numbers of each type, with their values. */
static void every_type_is_read(void **state)
{
    static const struct {
        size_t size;
        unsigned char bytes[12 + 4 + 4 * 8];
        double values[4];
    } cases[] = {
        {1, {0, 0, 0x08, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 255, 51, 1}, {0, 1, 0.2, 1 / 255.0}},
        {1, {0, 0, 0x09, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0x7f, 0x80, 0xff}, {0, 127, -128, -1}},
        {2,
         {0, 0, 0x0b, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0x01, 0x02, 0x7f, 0xff, 0x80, 0, 0xff, 0xfe},
         {258, 32767, -32768, -2}},
        {4,
         {0,    0,    0x0c, 3,    0,    0,    0,    2,    0,    0, 0, 2, 0,    0,    0,    1,
          0x01, 0x02, 0x03, 0x04, 0x7f, 0xff, 0xff, 0xff, 0x80, 0, 0, 0, 0xff, 0xff, 0xff, 0xfd},
         {16909060, 2147483647, -2147483648.0, -3}},
        {4,
         {0,    0,    0x0d, 3, 0,    0,    0, 2, 0,    0,    0,    2,    0, 0, 0, 1,
          0x3f, 0xc0, 0,    0, 0xbe, 0x80, 0, 0, 0x7f, 0x7f, 0xff, 0xff, 0, 0, 0, 1},
         {1.5, -0.25, 3.4028234663852886e38, 1.401298464324817e-45}},
        {8,
         {0,    0,    0x0e, 3,    0,    0,    0,    2,    0,    0,    0, 2, 0, 0, 0, 1,
          0x3f, 0xf8, 0,    0,    0,    0,    0,    0,    0xbf, 0xd0, 0, 0, 0, 0, 0, 0,
          0x7f, 0xef, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0,    0,    0, 0, 0, 0, 0, 1},
         {1.5, -0.25, 1.7976931348623157e308, 4.9e-324}},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct set set;
        set_begin(&set);
        const char *path = file_of(0, cases[i].bytes, 16 + 4 * cases[i].size);
        if (read_idx(set.data, path, NULL) != BP_OK)
            fail_msg("%s", bp_last_error());
        assert_int_equal(bp_data_rows(set.data), 2);
        assert_int_equal(bp_data_inputs(set.data), 2);
        assert_int_equal(bp_data_outputs(set.data), 0);
        for (size_t k = 0; k < 4; k++)
            assert_true(fabs(input_at(set.data, k / 2, k % 2) - cases[i].values[k]) <= 1e-16);
        set_end(&set);
    }
}

static void labels_may_be_wider(void **state)
{
    static const unsigned char images[] = {0, 0, 8, 1, 0, 0, 0, 3, 10, 20, 30};
    static const unsigned char labels[] = {0, 0, 0x0b, 1, 0, 0, 0, 3, 1, 0, 0, 0, 0, 5};
    static const unsigned char zeros[] = {0, 0, 8, 1, 0, 0, 0, 3, 0, 0, 0};
    struct set set;
    (void)state;
    set_begin(&set);
    const char *path = file_of(0, images, sizeof(images));
    assert_int_equal(read_idx(set.data, path, file_of(1, labels, sizeof(labels))), BP_OK);
    assert_int_equal(bp_data_inputs(set.data), 1);
    assert_int_equal(bp_data_classes(set.data), 257);
    assert_int_equal(label_at(set.data, 0), 256);
    assert_int_equal(label_at(set.data, 2), 5);
    assert_int_equal(read_idx(set.data, path, file_of(1, zeros, sizeof(zeros))), BP_OK);
    assert_int_equal(bp_data_classes(set.data), 2);
    set_end(&set);
}

/* More numbers than are converted at once; the width of a row does not divide the reader's buffer after the header. */
static void long_files_are_read(void **state)
{
    enum { ROWS = 30000 };
    static unsigned char bytes[12 + ROWS * 3 * 8] = {0, 0, 0x0e, 2, 0, 0, ROWS >> 8, ROWS & 255, 0, 0, 0, 3};
    struct set set;
    (void)state;
    for (size_t i = 0; i < (size_t)ROWS * 3; i++) {
        const double number = (double)i + 0.5;
        uint64_t bits;
        memcpy(&bits, &number, sizeof(bits));
        for (size_t k = 0; k < 8; k++)
            bytes[12 + 8 * i + k] = (unsigned char)(bits >> (56 - 8 * k));
    }
    set_begin(&set);
    assert_int_equal(read_idx(set.data, file_of(0, bytes, sizeof(bytes)), NULL), BP_OK);
    assert_int_equal(bp_data_rows(set.data), ROWS);
    for (size_t row = 0; row < ROWS; row++)
        for (size_t i = 0; i < 3; i++)
            assert_true(input_at(set.data, row, i) == (double)(row * 3 + i) + 0.5);
    set_end(&set);
}

/* ---- errors */

static const unsigned char good_images[] = {0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6};
static const unsigned char good_labels[] = {0, 0, 8, 1, 0, 0, 0, 3, 0, 2, 1};

/* `labels` NULL: the images are wrong. */
static void refuses(const void *images, size_t images_size, const void *labels, size_t labels_size, const char *rest)
{
    struct set set;
    const char *path = file_of(0, images, images_size), *labels_path = file_of(1, good_labels, sizeof(good_labels));
    if (labels)
        labels_path = file_of(1, labels, labels_size);
    set_begin(&set);
    errno = SENTINEL;
    set_refuses(&set, BP_ERR_FORMAT, read_idx(set.data, path, labels_path), "bp_data_next", labels ? labels_path : path,
                rest);
    assert_true(set.failing.failures == 0); /* no memory was allocated for what the header says */
    set_end(&set);
}

static void errors_name_what_is_wrong(void **state)
{
    static const struct {
        unsigned char bytes[24];
        size_t size;
        bool labels;
        const char *rest;
    } cases[] = {
        {{0}, 0, false, ": ends after 0 bytes, within the header of an IDX file"},
        {{0, 0, 8}, 3, false, ": ends after 3 bytes, within the header of an IDX file"},
        {"\x89PNG", 4, false, ": begins with the bytes 89 50: an IDX file begins with 00 00"},
        {{0, 0, 10, 1},
         4,
         false,
         ": the header's type is 0a: it must be 08 (u8), 09 (i8), 0b (i16), 0c (i32), 0d (f32) or 0e (f64)"},
        {{0, 0, 8, 0}, 4, false, ": the header has 0 dimensions: at least 1 is needed"},
        {{0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0}, 11, false, ": ends within the header, before dimension 2 of 3"},
        {{0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 0}, 12, false, ": dimension 2 of 2 in the header is 0"},
        {{0, 0, 8, 1, 0, 0, 0, 0}, 8, false, ": dimension 1 of 1 in the header is 0"},
        {{0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255},
         16,
         false,
         SIZE_MAX > UINT32_MAX ? ": the header's dimensions, 4294967295 x 18446744065119617025, do not fit in memory"
                               : ": the header's dimensions, 3 of them, do not fit in memory"},
        {{0, 0, 8, 4, 0, 0, 0, 1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255},
         20,
         false,
         ": the header's dimensions, 4 of them, do not fit in memory"},
        {{0, 0, 14, 2, 255, 255, 255, 255, 0, 0, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0},
         20,
         false,
         SIZE_MAX > UINT32_MAX ? ": ends after 1 of the header's 4294967295 x 65535 numbers"
                               : ": the header's dimensions, 4294967295 x 65535, do not fit in memory"},
        {{0, 0, 8, 1, 0, 0, 0, 1, 7, 7}, 10, false, ": continues after the header's 1 x 1 numbers"},
        {{0, 0, 8, 2, 0, 0, 0, 3, 0, 0, 0, 2},
         12,
         true,
         ": holds no labels: labels are whole numbers in one dimension"},
        {{0, 0, 13, 1, 0, 0, 0, 3}, 8, true, ": holds no labels: labels are whole numbers in one dimension"},
        {{0, 0, 8, 1, 0, 0, 0, 2, 0, 1}, 10, true, ": the header has 2 labels for 3 images"},
        {{0, 0, 9, 1, 0, 0, 0, 3, 0, 0xff, 0},
         11,
         true,
         ": label 1 is -1: it must be 0 to 999999 (BP_DATA_MOST_CLASSES)"},
        {{0, 0, 12, 1, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 255, 255, 255},
         20,
         true,
         ": label 2 is 2.14748365e+09: it must be 0 to 999999 (BP_DATA_MOST_CLASSES)"},
        {{0, 0, 8, 1, 0, 0, 0, 3, 0, 1}, 10, true, ": ends after 2 of the header's 3 x 1 numbers"},
        {{0, 0, 8, 1, 0, 0, 0, 3, 0, 1, 2, 3}, 12, true, ": continues after the header's 3 x 1 numbers"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        if (cases[i].labels)
            refuses(good_images, sizeof(good_images), cases[i].bytes, cases[i].size, cases[i].rest);
        else
            refuses(cases[i].bytes, cases[i].size, NULL, 0, cases[i].rest);
}

static void files_that_are_not_there(void **state)
{
    struct set set;
    bp_data *data = NULL;
    (void)state;
    const char *images = file_of(0, good_images, sizeof(good_images));
    set_begin(&set);
    errno = SENTINEL;
    set_refuses(&set, BP_ERR_IO, read_idx(set.data, "/nowhere", NULL), "bp_data_next", "/nowhere",
                ": cannot be opened: No such file or directory");
    set_refuses(&set, BP_ERR_IO, read_idx(set.data, images, "/nowhere"), "bp_data_next", "/nowhere",
                ": cannot be opened: No such file or directory");
    set_refuses(&set, BP_ERR_IO, read_idx(set.data, images, "/"), "bp_data_next", "/",
                ": is a folder: only regular files are read");
    assert_int_equal(read_idx(set.data, NULL, NULL), BP_ERR_ARG);
    assert_string_equal(bp_last_error(), "bp_data_open: path is NULL");
    assert_int_equal(read_idx(NULL, images, NULL), BP_ERR_ARG);
    set_is_unchanged(&set);
    set_end(&set);
    assert_int_equal(load_idx(NULL, images, NULL), BP_ERR_ARG);
    assert_int_equal(load_idx(&data, "/nowhere", NULL), BP_ERR_IO);
    assert_string_equal(bp_last_error(), "bp_data_load: /nowhere: cannot be opened: No such file or directory");
    bp_data_destroy(data);
    assert_int_equal(load_idx(&data, images, NULL), BP_OK);
    assert_int_equal(bp_data_rows(data), 3);
    bp_data_destroy(data);
}

/* ---- cut off, and without memory */

static void both_files_may_end_anywhere(void **state)
{
    (void)state;
    for (size_t images_size = 0; images_size <= sizeof(good_images); images_size++)
        for (size_t labels_size = 0; labels_size <= sizeof(good_labels); labels_size++) {
            struct set set;
            set_begin(&set);
            const char *images = file_of(0, good_images, images_size), *labels = file_of(1, good_labels, labels_size);
            errno = SENTINEL;
            const bp_status status = read_idx(set.data, images, labels);
            assert_int_equal(errno, SENTINEL);
            if (images_size == sizeof(good_images) && labels_size == sizeof(good_labels)) {
                assert_int_equal(status, BP_OK);
                assert_int_equal(bp_data_classes(set.data), 3);
                assert_int_equal(label_at(set.data, 1), 2);
            } else {
                assert_int_equal(status, BP_ERR_FORMAT);
                assert_non_null(strstr(bp_last_error(), images_size < sizeof(good_images) ? images : labels));
                set_is_unchanged(&set);
            }
            set_end(&set);
        }
}

/* One reading with its n-th allocation failing. Returns whether any failed. */
static bool fails_cleanly(const char *images, const char *labels, size_t n, bool from_then_on)
{
    struct set set;
    set_begin(&set);
    assert_int_equal(open_idx(set.data, images, labels), BP_OK);
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
    assert_int_equal(bp_data_rows(set.data), 9000);
    assert_int_equal(bp_data_classes(set.data), 7);
    set_end(&set);
    return failed;
}

static void every_allocation_may_fail(void **state)
{
    static unsigned char images[8 + 4 * 9000] = {0, 0, 0x0d, 1, 0, 0, 9000 >> 8, 9000 & 255};
    static unsigned char labels[8 + 9000] = {0, 0, 8, 1, 0, 0, 9000 >> 8, 9000 & 255, 6};
    static unsigned char packed[sizeof(images) + 64];
    (void)state;
    for (int gzipped = 0; gzipped <= HAVE_ZLIB; gzipped++)
        for (int from_then_on = 0; from_then_on < 2; from_then_on++) {
            const char *path = gzipped ? file_of(0, packed, gzip_stored(images, sizeof(images), packed))
                                       : file_of(0, images, sizeof(images));
            const char *labels_path = file_of(1, labels, sizeof(labels));
            size_t n = 1;
            while (fails_cleanly(path, labels_path, n, from_then_on))
                n++;
            assert_in_range(n, 8, 100); /* at less, some buffer never grew */
        }
}

const struct CMUnitTest idx_tests[] = {
    cmocka_unit_test(digits_are_read),           cmocka_unit_test(mnist_is_read),
    cmocka_unit_test(every_type_is_read),        cmocka_unit_test(labels_may_be_wider),
    cmocka_unit_test(long_files_are_read),       cmocka_unit_test(errors_name_what_is_wrong),
    cmocka_unit_test(files_that_are_not_there),  cmocka_unit_test(both_files_may_end_anywhere),
    cmocka_unit_test(every_allocation_may_fail),
};
const size_t idx_test_count = COUNT(idx_tests);
