/* SPDX-License-Identifier: MIT
 *
 * Each system call of a save and of a load fails in turn, by each error that it may have, is interrupted, or does a part of
 * its work: the old file is intact, or the new one whole; nothing is left behind, neither file nor descriptor nor memory. */
#define _GNU_SOURCE
#include "failing_allocator.h"
#include "files_fixture.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ------------------------------------------------------------------------------------------------- system calls that fail */

enum call { OPEN, OPENAT, READ, WRITE, FSYNC, RENAME, CLOSE, FSTAT, FSTATAT, FCHMOD, CALLS };

static const char *const call_names[CALLS] = {"open",   "openat", "read",  "write",   "fsync",
                                              "rename", "close",  "fstat", "fstatat", "fchmod"};

/* What the n-th call from 1 does in place of its work: it fails by an error, or, of reads and writes, moves a byte. */
enum { ONE_BYTE = -1, NOTHING = -2 };

static struct {
    bool counts;
    size_t calls[CALLS]; /* so far, while it counts */
    enum call fails;
    size_t at;     /* 0: none */
    int by;        /* an error, ONE_BYTE, NOTHING */
    size_t failed; /* calls that did not do their work */
} plan;

/* Somebody else cuts the file before a read, counted from 1, to so many bytes; 0: nobody does. */
static struct {
    const char *path;
    size_t before;
    off_t size;
} cut;

/* Whether this call is the one. Another that is interrupted may be called again. */
static bool turns(enum call call)
{
    if (!plan.counts)
        return false;
    plan.calls[call]++;
    if (plan.fails != call || plan.calls[call] != plan.at)
        return false;
    plan.failed++;
    errno = plan.by;
    return true;
}

#define WRAP(type, name, ...)                                                                                          \
    type __real_##name(__VA_ARGS__);                                                                                   \
    type __wrap_##name(__VA_ARGS__);                                                                                   \
    type __wrap_##name(__VA_ARGS__)

WRAP(int, open64, const char *path, int flags, mode_t mode)
{
    return turns(OPEN) ? -1 : __real_open64(path, flags, mode);
}

WRAP(int, openat64, int folder, const char *path, int flags, mode_t mode)
{
    return turns(OPENAT) ? -1 : __real_openat64(folder, path, flags, mode);
}

WRAP(ssize_t, read, int file, void *bytes, size_t size)
{
    if (plan.counts && plan.calls[READ] + 1 == cut.before)
        assert_int_equal(truncate(cut.path, cut.size), 0);
    if (turns(READ))
        return plan.by == NOTHING ? 0 : plan.by == ONE_BYTE ? __real_read(file, bytes, 1) : -1;
    return __real_read(file, bytes, size);
}

WRAP(ssize_t, write, int file, const void *bytes, size_t size)
{
    if (turns(WRITE))
        return plan.by == NOTHING ? 0 : plan.by == ONE_BYTE ? __real_write(file, bytes, 1) : -1;
    return __real_write(file, bytes, size);
}

WRAP(int, fsync, int file) { return turns(FSYNC) ? -1 : __real_fsync(file); }

WRAP(int, renameat, int from_folder, const char *from, int to_folder, const char *to)
{
    return turns(RENAME) ? -1 : __real_renameat(from_folder, from, to_folder, to);
}

/* It closes, whatever it says. */
WRAP(int, close, int file)
{
    const bool fails = turns(CLOSE);
    const int error = errno, result = __real_close(file);
    errno = fails ? error : errno;
    return fails ? -1 : result;
}

WRAP(int, fstat64, int file, struct stat *status) { return turns(FSTAT) ? -1 : __real_fstat64(file, status); }

WRAP(int, fstatat64, int folder, const char *path, struct stat *status, int flags)
{
    return turns(FSTATAT) ? -1 : __real_fstatat64(folder, path, status, flags);
}

WRAP(int, fchmod, int file, mode_t mode) { return turns(FCHMOD) ? -1 : __real_fchmod(file, mode); }

/* ------------------------------------------------------------------------------------------------------------- the folder */

static char folder[32], path[64];

/* In memory, where there is such a place: a sync takes its time on a disk. */
static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "%s/bp-system-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (!mkdtemp(folder))
        return 1;
    snprintf(path, sizeof(path), "%s/net.safetensors", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    remove(path);
    return rmdir(folder); /* which must be empty */
}

static size_t count_entries(const char *name)
{
    DIR *entries = opendir(name);
    size_t count = 0;
    assert_non_null(entries);
    while (readdir(entries))
        count++;
    closedir(entries);
    return count;
}

static size_t descriptors(void) { return count_entries("/proc/self/fd"); }

static bool file_is(struct file file)
{
    FILE *stream = fopen(path, "rb");
    if (!stream)
        return false;
    unsigned char *bytes = malloc(file.size + 1);
    assert_non_null(bytes);
    const bool same = fread(bytes, 1, file.size + 1, stream) == file.size && memcmp(bytes, file.bytes, file.size) == 0;
    fclose(stream);
    free(bytes);
    return same;
}

static int32_t a_dtype(void) { return dtype_built(BP_F32) ? BP_F32 : BP_F64; }

/* A net with a layer whose numbers go out in a piece of their own. */
static bp_net *large_net(uint64_t seed)
{
    static const struct any_layer layers[] = {{60, BP_ACT_TANH, 0, 0}, {1, BP_ACT_IDENTITY, 0, 0}};
    return any_net(a_dtype(), 30, layers, 2, seed);
}

/* What a call did: it has a status, and on failure a sentence. */
static bp_status watched(bp_status (*run)(void *context), void *context, enum call call, size_t at, int by)
{
    memset(&plan, 0, sizeof(plan));
    plan.fails = call;
    plan.at = at;
    plan.by = by;
    errno = 4711;
    plan.counts = true;
    const bp_status status = run(context);
    plan.counts = false;
    assert_int_equal(errno, 4711);
    return status;
}

static const int errors[] = {EIO, ENOSPC, EACCES, EINTR, EMFILE, EINVAL, ONE_BYTE, NOTHING};

/* An interrupted call and one that did a part are gone on with; the file is there whatever these say. */
static bool is_borne(enum call call, int by)
{
    const bool moves = call == READ || call == WRITE;
    if (by == EINTR)
        return moves || call == FSYNC || call == CLOSE;
    return moves && by == ONE_BYTE;
}

/* ----------------------------------------------------------------------------------------------------------------- saving */

static bp_status save(void *net) { return bp_net_save(net, path); }

struct saved {
    bp_net *net;
    struct file old, new;
    bool there; /* the old file is */
};

static void put_old(const struct saved *s, const bp_net *old)
{
    remove(path);
    if (s->there) {
        any_ok(old, bp_net_save(old, path));
        assert_int_equal(chmod(path, 0640), 0);
    }
}

/* `once_in_place`: the call comes after the rename, when the new file is there. */
static void check_save(const struct saved *s, bp_status status, enum call call, size_t at, int by)
{
    const bool in_place = plan.calls[RENAME] > 0 && !(call == RENAME && plan.failed > 0);
    struct stat seen;
    if (status != BP_OK && (status != BP_ERR_IO || !strstr(bp_net_error(s->net), "net.safetensors: ")))
        fail_msg("%s %zu, %d: %d, %s", call_names[call], at, by, (int)status, bp_net_error(s->net));
    if (is_borne(call, by) && status != BP_OK)
        fail_msg("%s %zu, %d is not borne: %s", call_names[call], at, by, bp_net_error(s->net));
    if (status == BP_OK || in_place)
        assert_true(file_is(s->new));
    else
        assert_true(s->there ? file_is(s->old) : access(path, F_OK) != 0);
    if (s->there) {
        assert_int_equal(stat(path, &seen), 0);
        assert_int_equal(seen.st_mode & 07777, 0640);
    }
    assert_int_equal(count_entries(folder), 2 + (access(path, F_OK) == 0)); /* with . and .. */
}

static void each_call_of_a_save_fails(void **state)
{
    bp_net *old = large_net(1), *net = large_net(2);
    size_t tried = 0, refused = 0;
    (void)state;
    for (int there = 0; there < 2; there++) {
        const struct saved s = {net, files_save(old), files_save(net), there};
        for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
            for (enum call call = 0; call < CALLS; call++)
                for (size_t at = 1;; at++) {
                    if (errors[i] < 0 && call != READ && call != WRITE)
                        break;
                    put_old(&s, old);
                    const size_t before = descriptors();
                    const bp_status status = watched(save, net, call, at, errors[i]);
                    check_save(&s, status, call, at, errors[i]);
                    assert_int_equal(descriptors(), before);
                    tried += plan.failed;
                    refused += status != BP_OK;
                    if (plan.failed == 0) {
                        assert_int_equal(status, BP_OK);
                        break;
                    }
                }
        free(s.old.bytes);
        free(s.new.bytes);
    }
    assert_true(tried > 100 && refused > 70);
    bp_net_destroy(old);
    bp_net_destroy(net);
}

/* The file that a save makes has the folder's sync behind it. */
static void a_save_writes_syncs_and_renames_in_this_order(void **state)
{
    bp_net *net = large_net(1);
    (void)state;
    assert_int_equal(watched(save, net, FSYNC, 1, EIO), BP_ERR_IO);
    assert_int_equal(plan.calls[RENAME], 0); /* the first sync is before the rename */
    assert_true(plan.calls[WRITE] > 0);
    assert_int_equal(watched(save, net, FSYNC, 2, EIO), BP_ERR_IO);
    assert_int_equal(plan.calls[RENAME], 1); /* the second after it */
    assert_non_null(strstr(bp_net_error(net), "is saved, but"));
    assert_int_equal(watched(save, net, RENAME, 1, EIO), BP_ERR_IO);
    assert_int_equal(plan.calls[FSYNC], 1);
    bp_net_destroy(net);
}

static void what_is_no_regular_file_is_not_replaced(void **state)
{
    char link[80], other[80];
    struct stat seen;
    bp_net *net = large_net(1);
    (void)state;
    snprintf(link, sizeof(link), "%s/link", folder);
    snprintf(other, sizeof(other), "%s/folder", folder);
    any_ok(net, bp_net_save(net, path));
    assert_int_equal(symlink(path, link), 0);
    assert_int_equal(mkdir(other, 0700), 0);
    assert_int_equal(bp_net_save(net, link), BP_ERR_IO);
    assert_non_null(strstr(bp_net_error(net), "is a symbolic link: only regular files are replaced"));
    assert_int_equal(lstat(link, &seen), 0);
    assert_true(S_ISLNK(seen.st_mode));
    assert_int_equal(bp_net_save(net, other), BP_ERR_IO);
    assert_non_null(strstr(bp_net_error(net), "is a folder: only regular files are replaced"));
#if HAVE_JANSSON
    bp_net *loaded;
    assert_int_equal(bp_net_load(&loaded, link), BP_ERR_IO);
    assert_non_null(strstr(bp_net_error(loaded), "is a symbolic link: only regular files are read"));
    bp_net_destroy(loaded);
    assert_int_equal(bp_net_load(&loaded, other), BP_ERR_IO);
    assert_non_null(strstr(bp_net_error(loaded), "is a folder: only regular files are read"));
    bp_net_destroy(loaded);
    remove(link);
    assert_int_equal(mkfifo(link, 0600), 0);
    assert_int_equal(bp_net_load(&loaded, link), BP_ERR_IO); /* and does not wait for a writer */
    bp_net_destroy(loaded);
#endif
    assert_int_equal(remove(link), 0);
    assert_int_equal(rmdir(other), 0);
    bp_net_destroy(net);
}

/* ---------------------------------------------------------------------------------------------------------------- loading */

struct load {
    bp_net *net;
    struct failing failing;
};

static bp_status load(void *context)
{
    struct load *l = context;
    const bp_allocator allocator = failing_allocator(&l->failing);
    return bp_net_load_with(&l->net, path, 0, &allocator);
}

static void check_load(struct load *l, bp_status status, const bp_net *net, enum call call, int by)
{
    if (status == BP_OK)
        files_same_nets(net, l->net);
    else if (by == NOTHING) /* the file has shrunk */
        assert_true(status == BP_ERR_FORMAT && strstr(bp_net_error(l->net), "net.safetensors: ends after "));
    else
        assert_true(status == BP_ERR_IO && strstr(bp_net_error(l->net), "net.safetensors: cannot be "));
    if (is_borne(call, by) || call == CLOSE || plan.failed == 0)
        assert_int_equal(status, BP_OK);
    else
        assert_int_not_equal(status, BP_OK);
    bp_net_destroy(l->net);
    assert_int_equal(l->failing.live + l->failing.wrong, 0);
}

static void each_call_of_a_load_fails(void **state)
{
    bp_net *net = large_net(1);
    size_t tried = 0;
    (void)state;
    files_need_loading();
    any_ok(net, bp_net_save(net, path));
    struct load first = {0}; /* jansson opens /dev/urandom once in a process */
    any_ok(first.net, load(&first));
    bp_net_destroy(first.net);
    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
        for (enum call call = 0; call < CALLS; call++)
            for (size_t at = 1;; at++) {
                struct load l = {0};
                if (errors[i] < 0 && call != READ)
                    break;
                const size_t before = descriptors();
                const bp_status status = watched(load, &l, call, at, errors[i]);
                check_load(&l, status, net, call, errors[i]);
                assert_int_equal(descriptors(), before);
                tried += plan.failed;
                if (plan.failed == 0)
                    break;
            }
    assert_true(tried > 30);
    bp_net_destroy(net);
}

/* It is read by read(): of a file that was mapped, the missing pages would be a signal. */
static void a_file_that_shrinks_while_it_is_read_is_an_error(void **state)
{
    bp_net *net = large_net(1);
    const struct file file = files_save(net);
    const off_t sizes[] = {0, 5, 100, (off_t)file.size / 2, (off_t)file.size - 1};
    (void)state;
    files_need_loading();
    cut.path = path;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        for (cut.before = 1;; cut.before++) {
            struct load l = {0};
            cut.size = sizes[i];
            any_ok(net, bp_net_save(net, path));
            const bp_status status = watched(load, &l, READ, 0, 0);
            if (plan.calls[READ] < cut.before) { /* that was the last of them */
                assert_true(cut.before > 4);
                any_ok(l.net, status);
                bp_net_destroy(l.net);
                break;
            }
            assert_int_equal(status, BP_ERR_FORMAT);
            assert_non_null(strstr(bp_net_error(l.net), "net.safetensors: ends after "));
            bp_net_destroy(l.net);
            assert_int_equal(l.failing.live + l.failing.wrong, 0);
        }
    cut.before = 0;
    free(file.bytes);
    bp_net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_call_of_a_save_fails),
        cmocka_unit_test(a_save_writes_syncs_and_renames_in_this_order),
        cmocka_unit_test(what_is_no_regular_file_is_not_replaced),
        cmocka_unit_test(each_call_of_a_load_fails),
        cmocka_unit_test(a_file_that_shrinks_while_it_is_read_is_an_error),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
