/* SPDX-License-Identifier: MIT
 *
 * What goes wrong around a checkpoint: no memory; a file that shrinks while it is read; streams
 * that fail. Neither net nor training comes of it, nothing is lost, and the data set tells of it. */
#define _POSIX_C_SOURCE 200809L
#include "checkpoint_fixture.h"
#include "failing_allocator.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[64];

/* ------------------------------------------------------------------------------------------------------------ which files */

/* In the midst of an epoch with all that steps need; of methods with vectors; and of one with large rooms. */
static const char *const names[] = {"dropout", "l-bfgs", "levenberg-marquardt"};

static const struct kind *kind_of(const char *name)
{
    const struct kind *kind = kinds;
    while (strcmp(kind->name, name) != 0)
        kind++;
    return kind;
}

/* What one attempt came to; the data are given back. */
struct attempt {
    bp_status status;
    bool told; /* by a sentence that has this in it */
};

static struct attempt attempt(const struct course *course, const char *sentence)
{
    bp_train *train = NULL;
    bp_net *net = NULL;
    const bp_status status = bp_train_resume(&train, &net, path, course->data, course->validation);
    assert_int_equal(status == BP_OK, train && net);
    assert_int_equal(status == BP_OK, train || net);
    bp_train_destroy(train);
    bp_net_destroy(net);
    return (struct attempt){status, status != BP_OK && strstr(bp_last_error(), sentence)};
}

/* With a file of it at the path. */
static struct course begin(const struct kind *kind, const bp_allocator *allocator)
{
    const int32_t dtype = dtype_built(BP_F32) ? BP_F32 : BP_F64;
    struct course course = checkpoint_begin_with(kind, dtype, allocator);
    checkpoint_go(&course, 4);
    assert_int_equal(bp_train_save(course.train, path), BP_OK);
    return course;
}

/* ----------------------------------------------------------------------------------------------------------------- memory */

static void each_allocation_fails(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct failing failing = {0};
        const bp_allocator allocator = failing_allocator(&failing);
        struct course course = begin(kind_of(names[i]), &allocator);
        const size_t live = failing.live;
        size_t at = 0;
        do {
            failing.failures = 0;
            failing.fail_at = failing.calls + ++at;
            const struct attempt made = attempt(&course, "memory");
            assert_int_equal(made.status, failing.failures > 0 ? BP_ERR_MEMORY : BP_OK);
            assert_true(made.told || made.status == BP_OK);
            assert_int_equal(failing.live, live);
        } while (failing.failures > 0);
        assert_true(at > 20);
        failing.fail_at = 0;
        checkpoint_end(&course);
        assert_int_equal(failing.live + failing.wrong, 0);
    }
}

/* ------------------------------------------------------------------------------------------------ a file that shrinks */

/* An allocator that cuts the file at its n-th allocation. */
struct cutter {
    size_t calls, at;
    long to;
};

static void *allocate_and_cut(void *user, size_t size)
{
    struct cutter *cutter = user;
    if (++cutter->calls == cutter->at)
        assert_int_equal(truncate(path, cutter->to), 0);
    return malloc(size);
}

static void release(void *user, void *memory, size_t size)
{
    (void)user;
    (void)size;
    free(memory);
}

static long size_of_file(void)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    const long size = ftell(file);
    fclose(file);
    return size;
}

static void a_file_that_shrinks_while_it_is_read_is_an_error(void **state)
{
    struct cutter cutter = {0};
    const bp_allocator allocator = {sizeof(allocator), &cutter, allocate_and_cut, release};
    size_t refused = 0;
    (void)state;
    struct course course = begin(kind_of("dropout"), &allocator);
    const long size = size_of_file();
    for (size_t at = 1; at <= 1 || cutter.calls >= cutter.at; at++) {
        assert_int_equal(bp_train_save(course.train, path), BP_OK);
        cutter = (struct cutter){.at = at, .to = size - 1};
        const struct attempt made = attempt(&course, "");
        assert_true(made.status == BP_OK || made.status == BP_ERR_FORMAT);
        refused += made.status != BP_OK && strstr(bp_last_error(), "ends after ");
    }
    assert_true(refused > 10);
    checkpoint_end(&course);
}

/* ---------------------------------------------------------------------------------------------------------------- streams */

/* Fails when so many calls have been. */
struct stream {
    FILE *file;
    size_t calls_left;
};

static int32_t write_some(void *user, const void *bytes, size_t size)
{
    struct stream *stream = user;
    (void)bytes;
    (void)size;
    return stream->calls_left-- == 0;
}

static int64_t read_some(void *user, void *bytes, size_t size)
{
    struct stream *stream = user;
    return stream->calls_left-- == 0 ? -1 : (int64_t)fread(bytes, 1, size < 1000 ? size : 1000, stream->file);
}

static void a_stream_that_fails_is_an_error(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct course course = begin(kind_of(names[i]), NULL);
        size_t writes = 0, reads = 0;
        for (bp_status status = BP_ERR_IO; status != BP_OK; writes++) {
            struct stream stream = {.calls_left = writes};
            status = bp_train_save_stream(course.train, write_some, &stream);
            assert_int_equal(status, status == BP_OK ? BP_OK : BP_ERR_IO);
            assert_true(status == BP_OK || strstr(bp_last_error(), "could not write"));
        }
        for (bp_status status = BP_ERR_IO; status != BP_OK; reads++) {
            struct stream stream = {fopen(path, "rb"), reads};
            bp_train *train;
            bp_net *net;
            assert_non_null(stream.file);
            status = bp_train_resume_stream(&train, &net, read_some, &stream, course.data, course.validation);
            assert_int_equal(status, status == BP_OK ? BP_OK : BP_ERR_IO);
            bp_train_destroy(train);
            bp_net_destroy(net);
            fclose(stream.file);
        }
        assert_true(writes > 2 && reads > 5);
        checkpoint_end(&course);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_allocation_fails),
        cmocka_unit_test(a_file_that_shrinks_while_it_is_read_is_an_error),
        cmocka_unit_test(a_stream_that_fails_is_an_error),
    };
    snprintf(path, sizeof(path), "/tmp/bp-checkpoint-mishaps-%ld", (long)getpid());
    const int failures = cmocka_run_group_tests(tests, NULL, NULL);
    remove(path);
    return failures;
}
