/* SPDX-License-Identifier: MIT
 *
 * Each system call of a save and of a load fails in turn, by each error that it may have, is interrupted, or does a part of
 * its work: the old file is intact, or the new one whole; nothing is left behind, neither file nor descriptor nor memory. */
#define _GNU_SOURCE
#include "failing_allocator.h"
#include "failing_calls.h"
#include "files_fixture.h"

#include <dirent.h>
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* Whatever a save has left that could not remove it. */
static void remove_left(void)
{
    DIR *entries = opendir(folder);
    const struct dirent *entry;
    assert_non_null(entries);
    while ((entry = readdir(entries)))
        if (strncmp(entry->d_name, ".bp-", 4) == 0)
            assert_int_equal(unlinkat(dirfd(entries), entry->d_name, 0), 0);
    closedir(entries);
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

/* Runs by a plan; the host's errno stays what it was. */
static bp_status watched(bp_status (*run)(void *context), void *context, struct plan wanted)
{
    plan = wanted;
    errno = 4711;
    plan.counts = true;
    const bp_status status = run(context);
    plan.counts = false;
    assert_int_equal(errno, 4711);
    return status;
}

static const int errors[] = {EIO, ENOSPC, EACCES, EINTR, EMFILE, EINVAL, ONE_BYTE, NOTHING};

/* Every plan in turn: each error of each call, at its n-th time, alone and from then on; `check` looks at what came, and says
 * whether there was an n-th time. Returns how many calls have failed. */
static size_t try_plans(bool (*check)(void *context, struct plan wanted), void *context)
{
    size_t tried = 0;
    for (size_t i = 0; i < 2 * sizeof(errors) / sizeof(errors[0]); i++)
        for (enum call call = 0; call < CALLS; call++) {
            struct plan wanted = {.fails = call, .by = errors[i / 2], .from_then_on = i % 2};
            if (wanted.by < 0 && call != READ && call != WRITE)
                continue;
            if (wanted.by == EINTR && wanted.from_then_on && (call == READ || call == WRITE || call == FSYNC))
                continue; /* these are called again until they are not interrupted */
            for (wanted.at = 1; check(context, wanted); wanted.at++)
                tried += plan.failed;
        }
    return tried;
}

/* An interrupted call and one that did a part are gone on with; the file is there whatever these say. */
static bool is_borne(struct plan wanted)
{
    const bool moves = wanted.fails == READ || wanted.fails == WRITE;
    if (wanted.by == EINTR && wanted.fails == OPENAT)
        return !wanted.from_then_on; /* under another name */
    if (wanted.by == EINTR)
        return moves || wanted.fails == FSYNC || wanted.fails == CLOSE;
    return moves && wanted.by == ONE_BYTE;
}

/* ----------------------------------------------------------------------------------------------------------------- saving */

static bp_status save(void *net) { return bp_net_save(net, path); }

struct saved {
    bp_net *before, *net;
    struct file old, new;
    bool there; /* the old file is */
};

static struct saved make_saved(bool there)
{
    struct saved s = {.before = large_net(1), .net = large_net(2), .there = there};
    s.old = files_save(s.before);
    s.new = files_save(s.net);
    return s;
}

static void drop_saved(struct saved *s)
{
    free(s->old.bytes);
    free(s->new.bytes);
    bp_net_destroy(s->before);
    bp_net_destroy(s->net);
}

static void put_old(const struct saved *s)
{
    remove(path);
    if (s->there) {
        any_ok(s->before, bp_net_save(s->before, path));
        assert_int_equal(chmod(path, 0640), 0);
    }
}

/* The old file is there, or the new one; nothing else is, but what could not be removed. */
static void check_folder(const struct saved *s, bool new, size_t left)
{
    struct stat seen;
    if (new)
        assert_true(file_is(s->new));
    else
        assert_true(s->there ? file_is(s->old) : access(path, F_OK) != 0);
    if (s->there) {
        assert_int_equal(stat(path, &seen), 0);
        assert_int_equal(seen.st_mode & 07777, 0640);
    }
    assert_int_equal(count_entries(folder), left + (access(path, F_OK) == 0 ? 3 : 2)); /* with . and .. */
}

static bool check_save(void *context, struct plan wanted)
{
    const struct saved *s = context;
    put_old(s);
    const size_t before = descriptors();
    const bp_status status = watched(save, s->net, wanted);
    const bool renamed = plan.calls[RENAME] > 0 && !(wanted.fails == RENAME && plan.failed > 0);
    assert_int_equal(descriptors(), before);
    if (status != BP_OK && (status != BP_ERR_IO || !strstr(bp_net_error(s->net), "net.safetensors: ")))
        fail_msg("%s %zu, %d: %d, %s", call_names[wanted.fails], wanted.at, wanted.by, (int)status,
                 bp_net_error(s->net));
    if (status != BP_OK && (is_borne(wanted) || plan.failed == 0))
        fail_msg("%s %zu, %d is not borne: %s", call_names[wanted.fails], wanted.at, wanted.by, bp_net_error(s->net));
    check_folder(s, status == BP_OK || renamed, 0);
    return plan.failed > 0;
}

static void each_call_of_a_save_fails(void **state)
{
    (void)state;
    for (int there = 0; there < 2; there++) {
        struct saved s = make_saved(there);
        const size_t failed = try_plans(check_save, &s);
        assert_true(failed > 1000); /* most of them move a byte each */
        drop_saved(&s);
    }
}

/* The sentence is that of the first failure; the old file is there all the same. */
static void what_cannot_be_removed_stays_beside_the_old_file(void **state)
{
    static const enum call calls[] = {FCHMOD, WRITE, FSYNC, CLOSE, RENAME};
    struct saved s = make_saved(true);
    (void)state;
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        /* the descriptor that is closed first is that of the random numbers */
        const struct plan wanted = {.fails = calls[i], .at = 1 + (calls[i] == CLOSE), .by = ENOSPC, .sticks = true};
        put_old(&s);
        const size_t before = descriptors();
        assert_int_equal(watched(save, s.net, wanted), BP_ERR_IO);
        assert_int_equal(plan.calls[UNLINK], 1);
        assert_non_null(strstr(bp_net_error(s.net), strerror(ENOSPC)));
        assert_int_equal(descriptors(), before);
        check_folder(&s, false, 1);
        remove_left();
    }
    drop_saved(&s);
}

/* The net's allocator: for the name of the folder, and for the numbers when the new file is there already. */
static void each_allocation_of_a_save_fails(void **state)
{
    struct failing failing = {0};
    const bp_allocator allocator = failing_allocator(&failing);
    struct saved s = make_saved(true);
    (void)state;
    bp_net_destroy(s.net);
    any_ok(NULL, bp_net_create_with(&s.net, a_dtype(), 30, &allocator));
    any_ok(s.net, bp_net_add_dense(s.net, 60, BP_ACT_TANH));
    any_ok(s.net, bp_net_init(s.net, 1));
    for (int from_then_on = 0; from_then_on < 2; from_then_on++)
        for (size_t at = 1;; at++) {
            put_old(&s);
            const size_t before = descriptors(), live = failing.live;
            failing.calls = failing.failures = 0;
            failing.fail_at = at;
            failing.from_then_on = from_then_on;
            const bp_status status = watched(save, s.net, (struct plan){0});
            failing.fail_at = 0;
            assert_int_equal(failing.live, live);
            assert_int_equal(descriptors(), before);
            if (failing.failures == 0) {
                any_ok(s.net, status);
                assert_true(at > 2);
                break;
            }
            assert_int_equal(status, BP_ERR_MEMORY);
            assert_non_null(strstr(bp_net_error(s.net), "net.safetensors: no memory"));
            check_folder(&s, false, 0);
        }
    drop_saved(&s);
    assert_int_equal(failing.live + failing.wrong, 0);
}

/* The file that a save makes has the folder's sync behind it. */
static void a_save_writes_syncs_and_renames_in_this_order(void **state)
{
    bp_net *net = large_net(1);
    (void)state;
    assert_int_equal(watched(save, net, (struct plan){.fails = FSYNC, .at = 1, .by = EIO}), BP_ERR_IO);
    assert_int_equal(plan.calls[RENAME], 0); /* the first sync is before the rename */
    assert_true(plan.calls[WRITE] > 0);
    assert_int_equal(watched(save, net, (struct plan){.fails = FSYNC, .at = 2, .by = EIO}), BP_ERR_IO);
    assert_int_equal(plan.calls[RENAME], 1); /* the second after it */
    assert_non_null(strstr(bp_net_error(net), "is saved, but"));
    assert_int_equal(watched(save, net, (struct plan){.fails = RENAME, .at = 1, .by = EIO}), BP_ERR_IO);
    assert_int_equal(plan.calls[FSYNC], 1);
    bp_net_destroy(net);
}

static void a_save_keeps_every_bit_of_the_permissions(void **state)
{
    static const mode_t modes[] = {0600, 0640, 0444, 0777, 02640, 01644, 04750, 07777, 0};
    bp_net *net = large_net(1);
    (void)state;
    any_ok(net, bp_net_save(net, path));
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        struct stat seen;
        assert_int_equal(chmod(path, modes[i]), 0);
        any_ok(net, bp_net_save(net, path));
        assert_int_equal(stat(path, &seen), 0);
        assert_int_equal(seen.st_mode & 07777, modes[i]);
    }
    remove(path);
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

/* Weights for a net that stays as it was if they do not come. */
static bp_status load_weights(void *context)
{
    struct load *l = context;
    return bp_net_load_weights(l->net, path, NULL);
}

static void check_sentence(const struct load *l, bp_status status, struct plan wanted)
{
    const char *sentence = bp_net_error(l->net);
    if (is_borne(wanted) || wanted.fails == CLOSE || plan.failed == 0)
        any_ok(l->net, status);
    else if (wanted.by == NOTHING) /* the file has shrunk */
        assert_true(status == BP_ERR_FORMAT && strstr(sentence, "net.safetensors: ends after "));
    else
        assert_true(status == BP_ERR_IO && strstr(sentence, "net.safetensors: cannot be "));
}

static bool check_load(void *context, struct plan wanted)
{
    struct load l = {0};
    if (wanted.by < 0 && wanted.fails == WRITE)
        return false;
    const size_t before = descriptors();
    const bp_status status = watched(load, &l, wanted);
    assert_int_equal(descriptors(), before);
    check_sentence(&l, status, wanted);
    if (status == BP_OK)
        files_same_nets(context, l.net);
    bp_net_destroy(l.net);
    assert_int_equal(l.failing.live + l.failing.wrong, 0);
    return plan.failed > 0;
}

/* The numbers, with which a file ends. */
static void same_numbers(const bp_net *a, const bp_net *b)
{
    const struct file first = files_save(a), second = files_save(b);
    const size_t size = bp_net_parameters(a) * (size_t)bp_net_dtype(a) / 8;
    assert_memory_equal(first.bytes + first.size - size, second.bytes + second.size - size, size);
    free(first.bytes);
    free(second.bytes);
}

static bool check_load_weights(void *context, struct plan wanted)
{
    if (wanted.by < 0 && wanted.fails == WRITE)
        return false;
    bp_net *before = large_net(3);
    struct load l = {.net = large_net(3)};
    const size_t open = descriptors();
    const bp_status status = watched(load_weights, &l, wanted);
    assert_int_equal(descriptors(), open);
    check_sentence(&l, status, wanted);
    same_numbers(l.net, status == BP_OK ? context : before);
    bp_net_destroy(l.net);
    bp_net_destroy(before);
    return plan.failed > 0;
}

static void each_call_of_a_load_fails(void **state)
{
    bp_net *net = large_net(1);
    (void)state;
    files_need_loading();
    any_ok(net, bp_net_save(net, path));
    struct load first = {0}; /* jansson opens /dev/urandom once in a process */
    any_ok(first.net, load(&first));
    bp_net_destroy(first.net);
    assert_true(try_plans(check_load, net) > 1000);
    assert_true(try_plans(check_load_weights, net) > 1000);
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
            const bp_status status = watched(load, &l, (struct plan){0});
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
        cmocka_unit_test(each_allocation_of_a_save_fails),
        cmocka_unit_test(what_cannot_be_removed_stays_beside_the_old_file),
        cmocka_unit_test(a_save_writes_syncs_and_renames_in_this_order),
        cmocka_unit_test(a_save_keeps_every_bit_of_the_permissions),
        cmocka_unit_test(what_is_no_regular_file_is_not_replaced),
        cmocka_unit_test(each_call_of_a_load_fails),
        cmocka_unit_test(a_file_that_shrinks_while_it_is_read_is_an_error),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
