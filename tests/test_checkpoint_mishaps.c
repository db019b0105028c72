/* SPDX-License-Identifier: MIT
 *
 * Mishaps of a checkpoint: no memory; a file that shrinks while it is read. The training and its net stay as they were,
 * no memory is lost, and there is a sentence. */
#define _POSIX_C_SOURCE 200809L
#include "checkpoint_fixture.h"
#include "failing_allocator.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[64];

/* ---- which files */

/* In the middle of an epoch with all that steps need; of methods with vectors; and of one with large buffers. */
static const char *const names[] = {"dropout", "l-bfgs", "levenberg-marquardt"};

static const struct kind *kind_of(const char *name)
{
    const struct kind *kind = kinds;
    while (strcmp(kind->name, name) != 0)
        kind++;
    return kind;
}

/* A load that may fail, perhaps as an allocation of it does, with a sentence that has this in it: then the training
 * is as it was before. */
static bp_status attempt(const struct course *course, struct failing *failing, size_t allocation, const char *sentence)
{
    const struct file before = checkpoint_save(course->train);
    failing->failures = 0;
    failing->fail_at = allocation ? failing->calls + allocation : 0;
    const bp_status status = bp_train_load(course->train, path);
    failing->fail_at = 0;
    assert_true(status == BP_OK || strstr(bp_last_error(), sentence));
    const struct file after = checkpoint_save(course->train);
    if (status != BP_OK) {
        assert_int_equal(after.size, before.size);
        assert_memory_equal(after.bytes, before.bytes, before.size);
    }
    free(after.bytes);
    free(before.bytes);
    return status;
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

/* ---- memory */

/* After one more batch, the file is from another place of the training. */
static void each_allocation_fails(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct failing failing = {0};
        const bp_allocator allocator = failing_allocator(&failing);
        struct course course = begin(kind_of(names[i]), &allocator);
        checkpoint_go(&course, 1);
        const size_t live = failing.live;
        size_t at = 0;
        for (bp_status status = BP_ERR_MEMORY; status != BP_OK;) {
            status = attempt(&course, &failing, ++at, "memory");
            assert_int_equal(status, failing.failures > 0 ? BP_ERR_MEMORY : BP_OK);
            assert_true(status == BP_OK || failing.live == live);
        }
        assert_true(at > 20);
        checkpoint_end(&course);
        assert_int_equal(failing.live + failing.wrong, 0);
    }
}

/* ---- a file that shrinks */

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
    struct failing none = {0};
    size_t refused = 0;
    (void)state;
    struct course course = begin(kind_of("dropout"), &allocator);
    const long size = size_of_file();
    for (size_t at = 1; at <= 1 || cutter.calls >= cutter.at; at++) {
        assert_int_equal(bp_train_save(course.train, path), BP_OK);
        cutter = (struct cutter){.at = at, .to = size - 1};
        const bp_status status = attempt(&course, &none, 0, "");
        assert_true(status == BP_OK || status == BP_ERR_FORMAT);
        refused += status != BP_OK && strstr(bp_last_error(), "ends after ");
    }
    assert_true(refused > 10);
    checkpoint_end(&course);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_allocation_fails),
        cmocka_unit_test(a_file_that_shrinks_while_it_is_read_is_an_error),
    };
    snprintf(path, sizeof(path), "/tmp/bp-checkpoint-mishaps-%ld", (long)getpid());
    const int failures = cmocka_run_group_tests(tests, NULL, NULL);
    remove(path);
    return failures;
}
