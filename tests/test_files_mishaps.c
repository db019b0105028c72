/* SPDX-License-Identifier: MIT
 *
 * Rare mishaps of files: the names in the folder are taken; a header is larger than any may be; the file shrinks while
 * it is read. And cases of the functions that read a header which no file reaches. */
#define _DEFAULT_SOURCE /* mkdtemp, truncate */
#include "failing_allocator.h"
#include "files_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files/model/load.h"

static char folder[] = "/tmp/bp-mishaps-XXXXXX", path[64];

static int32_t a_dtype(void) { return dtype_built(BP_F32) ? BP_F32 : BP_F64; }

/* ---- what is there is no file */

static void a_pipe_is_not_replaced(void **state)
{
    struct stat seen;
    (void)state;
    bp_net *net = files_small_net(a_dtype());
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(bp_net_save(net, path), BP_ERR_IO);
    assert_non_null(strstr(bp_last_error(), "is a device or a pipe: only regular files are replaced"));
    assert_int_equal(stat(path, &seen), 0);
    assert_true(S_ISFIFO(seen.st_mode));
    assert_int_equal(remove(path), 0);
    bp_net_destroy(net);
}

/* ---- taken names */

/* So many files with the name that was drawn exist already. */
static size_t taken, tries;

static int refuse(int error)
{
    errno = error;
    return -1;
}

int __real_openat64(int of, const char *name, int flags, mode_t mode);
int __wrap_openat64(int of, const char *name, int flags, mode_t mode);
int __wrap_openat64(int of, const char *name, int flags, mode_t mode)
{
    if ((flags & O_CREAT) == 0) /* the system has no files without a name; and no file was left */
        return refuse(ENOENT);
    if (++tries > taken)
        return __real_openat64(of, name, flags, mode);
    return refuse(EEXIST);
}

static void a_save_draws_another_name_a_hundred_times(void **state)
{
    static const struct {
        size_t taken;
        bp_status status;
    } rows[] = {{0, BP_OK}, {1, BP_OK}, {99, BP_OK}, {100, BP_ERR_IO}, {1000, BP_ERR_IO}};
    bp_net *net = files_small_net(a_dtype());
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        taken = rows[i].taken;
        tries = 0;
        remove(path);
        assert_int_equal(bp_net_save(net, path), rows[i].status);
        assert_int_equal(tries, rows[i].status == BP_OK ? taken + 1 : 100);
        assert_int_equal(access(path, F_OK) == 0, rows[i].status == BP_OK);
    }
    assert_non_null(strstr(bp_last_error(), "no file can be made in its folder: "));
    taken = 0;
    bp_net_destroy(net);
}

/* ---- headers too large */

/* More names than are counted, and more bytes than a header may have. */
static void headers_that_no_file_holds_are_refused(void **state)
{
    enum { NAMES = 132000, BYTES = 10000, LONG_NAMES = 10001 };
    static const struct any_layer layers[] = {{1, BP_ACT_TANH, 0, 0}};
    (void)state;
    bp_net *net = any_net(a_dtype(), NAMES, layers, 1, 1);
    const char **names = calloc(NAMES, sizeof(*names));
    char *large = calloc(BYTES + 1, 1);
    size_t size = 0;
    assert_non_null(names);
    assert_non_null(large);
    memset(large, 'x', BYTES);
    for (size_t i = 0; i < NAMES; i++)
        names[i] = "";
    any_ok(any_set_names(net, names, NULL, NULL));
    assert_int_equal(bp_net_save_memory(net, NULL, 0, &size), BP_ERR_UNSUPPORTED);
    assert_non_null(strstr(bp_last_error(), "a file's header cannot hold 1 layer with all names"));
    remove(path);
    assert_int_equal(bp_net_save(net, path), BP_ERR_UNSUPPORTED);
    assert_int_equal(access(path, F_OK), -1);
    for (size_t i = 0; i < NAMES; i++)
        names[i] = i < LONG_NAMES ? large : NULL;
    any_ok(any_set_names(net, names, NULL, NULL));
    assert_int_equal(bp_net_save_memory(net, NULL, 0, &size), BP_ERR_UNSUPPORTED);
    names[0] = NULL;
    names[1] = NULL; /* which leaves less than 10^8 bytes */
    for (size_t i = 2; i < 60; i++)
        names[i] = "";
    any_ok(any_set_names(net, names, NULL, NULL));
    any_ok(bp_net_save_memory(net, NULL, 0, &size));
    free(large);
    free(names);
    bp_net_destroy(net);
}

/* A net of dense layers alone, so that its file has no tensor that other nets lack. */
static bp_net *make_one(void)
{
    static const struct any_layer layers[] = {{3, BP_ACT_TANH, 0, 0}, {2, BP_ACT_TANH, 0, 0}};
    return any_net(a_dtype(), 2, layers, 2, 1);
}

/* ---- files that shrink */

static void put(struct file file)
{
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(file.bytes, 1, file.size, stream), file.size);
    assert_int_equal(fclose(stream), 0);
}

/* An allocator that cuts the file at its n-th allocation. */
struct cutter {
    struct failing failing;
    size_t calls, at, to;
};

static void *allocate_and_cut(void *user, size_t size)
{
    struct cutter *cutter = user;
    const bp_allocator allocator = failing_allocator(&cutter->failing);
    if (++cutter->calls == cutter->at)
        assert_int_equal(truncate(path, (off_t)cutter->to), 0);
    return allocator.allocate(allocator.user, size);
}

static void release_all(void *user, void *memory, size_t size)
{
    struct cutter *cutter = user;
    const bp_allocator allocator = failing_allocator(&cutter->failing);
    allocator.release(allocator.user, memory, size);
}

/* The file is cut at any time, by one byte or to nothing. Returns how many loads found that the file ended. */
static size_t cut_at_any_time(struct file file, bp_status (*run)(bp_net **net, const bp_allocator *allocator))
{
    size_t ends = 0;
    for (size_t at = 1; at < 1000; at++)
        for (size_t to = 0; to < file.size; to += file.size - 1) {
            struct cutter cutter = {.at = at, .to = to};
            const bp_allocator allocator = {sizeof(allocator), &cutter, allocate_and_cut, release_all};
            bp_net *net = NULL;
            put(file);
            const bp_status status = run(&net, &allocator);
            assert_true(status == BP_OK || status == BP_ERR_FORMAT); /* it may have been cut before it was opened */
            ends += status != BP_OK && strstr(bp_last_error(), "ends after ");
            bp_net_destroy(net);
            assert_int_equal(cutter.failing.live + cutter.failing.wrong, 0);
            if (cutter.calls < at)
                return ends;
        }
    fail_msg("no end");
    return 0;
}

static bp_status load_cut(bp_net **net, const bp_allocator *allocator)
{
    return bp_load_path(net, "load_cut", path, allocator);
}

static bp_status load_weights_cut(bp_net **net, const bp_allocator *allocator)
{
    any_ok(bp_net_create_with(net, a_dtype(), 2, allocator));
    any_ok(bp_net_add_dense(*net, 3, BP_ACT_TANH));
    any_ok(bp_net_add_dense(*net, 2, BP_ACT_TANH));
    any_ok(bp_net_init(*net, 1));
    return bp_net_load_weights(*net, path, NULL);
}

/* What a newer version has behind the rest is passed over, as far as it is there. */
static struct file with_more(struct file file)
{
    static const char *const ends[] = {"[52,60]}}", "[104,120]}}"};
    const bool f32 = a_dtype() == BP_F32;
    char more[128];
    snprintf(more, sizeof(more), "%.*s,\"x\":{\"dtype\":\"F64\",\"shape\":[200],\"data_offsets\":[%d,%d]}}",
             (int)strlen(ends[!f32]) - 1, ends[!f32], f32 ? 60 : 120, f32 ? 1660 : 1720);
    const struct file longer = files_edit(file, ends[!f32], more);
    struct file newer = files_edit(longer, "\"1.0\"", "\"1.1\"");
    newer.bytes = realloc(newer.bytes, newer.size + 1600);
    assert_non_null(newer.bytes);
    memset(newer.bytes + newer.size, 0, 1600);
    newer.size += 1600;
    free(longer.bytes);
    return newer;
}

static void a_file_that_shrinks_while_it_is_read_is_an_error(void **state)
{
    bp_net *net = files_small_net(a_dtype()), *dense = make_one();
    const struct file file = files_save(net), newer = with_more(file), of_dense = files_save(dense);
    (void)state;
    assert_true(cut_at_any_time(file, load_cut) > 10);
    assert_true(cut_at_any_time(newer, load_cut) > 10);
    assert_true(cut_at_any_time(of_dense, load_weights_cut) > 3);
    free(file.bytes);
    free(newer.bytes);
    free(of_dense.bytes);
    bp_net_destroy(net);
    bp_net_destroy(dense);
}

/* ---- what no file asks for today */

static void what_is_not_there_may_be_asked_for(void **state)
{
    bp_net *net = make_one();
    struct failing failing = {0};
    const bp_allocator counting = failing_allocator(&failing);
    const struct bp_call call = {.function = "test", .net = net, .allocator = &counting};
    const struct file file = files_of_header("{\"__metadata__\":{\"a\":\"1 2\"}}", 0);
    struct bp_source source = bp_source_memory(&call, file.bytes, file.size);
    struct bp_safetensors read;
    struct bp_json_member member = {"a\"", "12", 1, 2};
    double values[2] = {7, 7};
    char *text;
    size_t size;
    bool there = true;
    (void)state;
    any_ok(bp_safetensors_open(&read, &call, &source));
    any_ok(bp_metadata_values(&read, "b", 2, values, &there));
    assert_false(there);
    assert_true(values[0] == 7 && values[1] == 7);
    assert_int_equal(bp_metadata_values(&read, "b", 2, values, NULL), BP_ERR_FORMAT);
    assert_non_null(strstr(bp_last_error(), "its metadata have no b"));
    any_ok(bp_metadata_values(&read, "a", 2, values, &there));
    assert_true(there && values[0] == 1 && values[1] == 2);
    assert_int_equal(bp_json_text(&call, &member, &text, &size), BP_ERR_FORMAT);
    assert_non_null(strstr(bp_last_error(), "\"a\" is not a text"));
    assert_null(text);
    bp_safetensors_close(&read);
    bp_source_close(&source);
    assert_int_equal(failing.live + failing.wrong, 0);
    free(file.bytes);
    bp_net_destroy(net);
}

static int begin(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return 1;
    snprintf(path, sizeof(path), "%s/net", folder);
    return 0;
}

static int end(void **state)
{
    (void)state;
    remove(path);
    return rmdir(folder); /* which must be empty */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pipe_is_not_replaced),
        cmocka_unit_test(a_save_draws_another_name_a_hundred_times),
        cmocka_unit_test(headers_that_no_file_holds_are_refused),
        cmocka_unit_test(a_file_that_shrinks_while_it_is_read_is_an_error),
        cmocka_unit_test(what_is_not_there_may_be_asked_for),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, begin, end);
}
