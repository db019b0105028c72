/* SPDX-License-Identifier: MIT
 *
 * Each system call of a reader fails in turn, is interrupted, or does a part of its work. The data set is complete or
 * as it was, the sentence names the error, and no descriptor and no memory is left. */
#include "entries.h"
#include "failing_calls.h"
#include "readers_fixture.h"
#include "read_file.h"

#include <errno.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- files of three rows of two numbers, the last 6 */

typedef bp_status open_fn(bp_data *data);

static bp_status open_a_csv(bp_data *data) { return open_csv(data, path_of(0), NULL); }
static bp_status open_a_libsvm(bp_data *data) { return open_libsvm(data, path_of(0), 0); }
static bp_status open_a_idx(bp_data *data) { return open_idx(data, path_of(0), NULL); }
static bp_status open_a_npy(bp_data *data) { return open_npy(data, path_of(0), NULL); }

#define CSV "1,2\n3,4\n5,6\n"
#define SVM "1 1:1 2:2\n2 1:3 2:4\n1 1:5 2:6\n"
#define IDX "\0\0\x09\2\0\0\0\3\0\0\0\2\1\2\3\4\5\6"
#define NPY "\x93NUMPY\1\0\x3c\0{'descr': '|u1', 'fortran_order': False, 'shape': (3, 2), }\n\1\2\3\4\5\6"

static const struct {
    open_fn *open;
    const char *function, *bytes;
    size_t size;
} readers[] = {
    {open_a_csv, "bp_data_next: ", CSV, sizeof(CSV) - 1},
    {open_a_libsvm, "bp_data_next: ", SVM, sizeof(SVM) - 1},
    {open_a_idx, "bp_data_next: ", IDX, sizeof(IDX) - 1},
    {open_a_npy, "bp_data_next: ", NPY, sizeof(NPY) - 1},
};

/* ---- what fails */

static const char *sentence_of(enum call call)
{
    return call == OPEN ? "cannot be opened: " : call == FSTAT ? "cannot be examined: " : "cannot be read: ";
}

/* One reading by a plan. Returns whether a call failed. */
static bool reads_or_fails(size_t reader, struct plan wanted)
{
    struct set set;
    set_begin(&set);
    assert_int_equal(readers[reader].open(set.data), BP_OK);
    const size_t before = count_descriptors(), live = set.failing.live;
    plan = wanted;
    errno = SENTINEL;
    plan.counts = true;
    const bp_status status = bp_data_next(set.data, 0);
    plan.counts = false;
    assert_int_equal(errno, SENTINEL);
    assert_int_equal(count_descriptors(), before);
    const bool failed = plan.failed > 0, is_over = wanted.by == NOTHING; /* the file ends there */
    if (status == BP_OK) {
        assert_true(input_at(set.data, 2, 1) == 6);
    } else {
        assert_true(failed);
        assert_int_equal(status, is_over ? BP_ERR_FORMAT : BP_ERR_IO);
        assert_ptr_equal(strstr(bp_last_error(), readers[reader].function), bp_last_error());
        assert_true(is_over || strstr(bp_last_error(), sentence_of(wanted.fails)));
        assert_true(is_over || strstr(bp_last_error(), strerror(wanted.by)));
        assert_int_equal(set.failing.live, live);
        set_is_unchanged(&set);
    }
    set_end(&set);
    return failed;
}

static bool is_borne(struct plan wanted)
{
    return wanted.fails == CLOSE || (wanted.fails == READ && (wanted.by == EINTR || wanted.by == ONE_BYTE));
}

static void each_call_of_a_reader_fails(void **state)
{
    static const enum call calls[] = {OPEN, FSTAT, READ, CLOSE};
    static const int errors[] = {EIO, EACCES, EMFILE, EINTR, ONE_BYTE, NOTHING};
    (void)state;
    for (size_t reader = 0; reader < COUNT(readers); reader++) {
        (void)file_of(0, readers[reader].bytes, readers[reader].size);
        for (size_t i = 0; i < COUNT(calls) * COUNT(errors); i++) {
            struct plan wanted = {.fails = calls[i / COUNT(errors)], .by = errors[i % COUNT(errors)], .at = 1};
            if (wanted.by < 0 && wanted.fails != READ)
                continue;
            while (reads_or_fails(reader, wanted))
                wanted.at++;
            assert_in_range(wanted.at, 2, 100); /* there was such a call */
            if (!is_borne(wanted)) {
                struct set set;
                set_begin(&set);
                assert_int_equal(readers[reader].open(set.data), BP_OK);
                wanted.at = 1;
                plan = wanted;
                plan.counts = true;
                assert_int_not_equal(bp_data_next(set.data, 0), BP_OK);
                plan.counts = false;
                set_end(&set);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_call_of_a_reader_fails)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
