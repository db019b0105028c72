/* SPDX-License-Identifier: MIT
 *
 * Each system call of a save fails in turn: with each error that it may have, as interrupted, or after a part of its
 * work. Then the old file is intact, or the new one is complete. No other file, no descriptor and no memory is left. */
#define _GNU_SOURCE
#include "failing_allocator.h"
#include "plans_fixture.h"

#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bp_status save(void *net) { return bp_net_save(net, saves_path); }

/* What a save finds. */
static const struct situation {
    const char *name;
    bool there, left; /* whether there is an old file; and a file that a killed save has left */
    struct other_system system;
    int32_t mode; /* of the new file */
} situations[] = {
    {"no file", false, false, {0}, 0},
    {"a file", true, false, {0}, 0640},
    {"a file and what was left", true, true, {0}, 0640},
    {"no files without names", true, false, {.unnamed = EOPNOTSUPP}, 0640},
    {"no files without names, and what was left", true, true, {.unnamed = EISDIR}, 0640},
    {"no /proc", true, false, {.no_proc = true}, 0640},
    {"another's file, that can be given back",
     true,
     false,
     {.foreign = "net.safetensors", .owner = 12345, .group = 54321, .gives_owner = true},
     0640},
    {"another's file, of a group of ours",
     true,
     false,
     {.foreign = "net.safetensors", .owner = 12345, .group = 54321, .gives_group = true},
     0640},
    {"another's file", true, false, {.foreign = "net.safetensors", .owner = 12345, .group = 54321}, 0600},
};

struct saved {
    bp_net *before, *net;
    struct file old, new;
    const struct situation *situation;
    char left[SAVES_LEFT]; /* the path of a file that a killed save leaves */
};

/* A file as a save leaves it that is killed before it renames its file. */
static void leave_a_file(struct saved *s)
{
    plan = (struct plan){.fails = RENAME, .at = 1, .by = EIO, .sticks = true, .counts = true};
    assert_int_equal(save(s->net), BP_ERR_IO);
    plan.counts = false;
    saves_path_left(s->left);
    saves_remove_left();
}

static struct saved make_saved(const struct situation *situation)
{
    struct saved s = {.before = saves_large_net(1), .net = saves_large_net(2), .situation = situation};
    s.old = files_save(s.before);
    s.new = files_save(s.net);
    leave_a_file(&s);
    return s;
}

static void drop_saved(struct saved *s)
{
    free(s->old.bytes);
    free(s->new.bytes);
    bp_net_destroy(s->before);
    bp_net_destroy(s->net);
    other_system = (struct other_system){0};
}

static void put_old(const struct saved *s)
{
    remove(saves_path);
    if (s->situation->there) {
        any_ok(bp_net_save(s->before, saves_path));
        assert_int_equal(chmod(saves_path, 0640), 0);
    }
    if (s->situation->left) {
        FILE *left = fopen(s->left, "wb");
        assert_non_null(left);
        assert_int_equal(fclose(left), 0);
    }
    other_system = s->situation->system;
}

/* Checks that the old or the new file is there, and nothing else, except up to so many files that could not be
 * removed. */
static void check_folder(const struct saved *s, bool new, size_t left)
{
    struct stat seen;
    const bool there = s->situation->there;
    if (new)
        assert_true(saves_file_is(s->new));
    else
        assert_true(there ? saves_file_is(s->old) : access(saves_path, F_OK) != 0);
    if (there) {
        assert_int_equal(stat(saves_path, &seen), 0);
        if ((seen.st_mode & 07777) != 0600 || !new || plan.fails != FCHOWN) /* then the group was refused */
            assert_int_equal(seen.st_mode & 07777, new ? s->situation->mode : 0640);
    }
    assert_in_range(saves_left(), 0, left);
    assert_int_equal(count_entries(saves_folder), saves_left() + (there || new ? 3 : 2)); /* with . and .. */
}

/* How many files may be left: the call that failed may have kept the save from seeing, and so from removing, a file
 * that has a name. */
static size_t may_be_left(const struct saved *s, struct plan wanted)
{
    static const enum call calls[] = {OPEN, OPENAT, FSTAT, FSTATAT, FLOCK, UNLINK};
    for (size_t i = 0; plan.failed > 0 && i < sizeof(calls) / sizeof(calls[0]); i++)
        if (wanted.fails == calls[i])
            return s->situation->left ? 2 : 1;
    return 0;
}

static void check_status(const struct saved *s, bp_status status, struct plan wanted)
{
    const char *sentence = bp_last_error();
    if (status == BP_OK)
        return;
    if (status != BP_ERR_IO || !strstr(sentence, "net.safetensors: "))
        fail_msg("%s: %s %zu, %d: %d, %s", s->situation->name, call_names[wanted.fails], wanted.at, wanted.by,
                 (int)status, sentence);
    if (is_borne(wanted) || plan.failed == 0)
        fail_msg("%s: %s %zu, %d is not borne: %s", s->situation->name, call_names[wanted.fails], wanted.at, wanted.by,
                 sentence);
}

static bool check_save(void *context, struct plan wanted)
{
    const struct saved *s = context;
    put_old(s);
    const size_t before = count_descriptors();
    const bp_status status = watched(save, s->net, wanted);
    const bool failed = plan.failed > 0, renamed = plan.calls[RENAME] > 0 && !(wanted.fails == RENAME && failed);
    assert_int_equal(count_descriptors(), before);
    check_status(s, status, wanted);
    check_folder(s, status == BP_OK || renamed, may_be_left(s, wanted));
    if (saves_left() > 0) {
        any_ok(bp_net_save(s->net, saves_path));
        assert_int_equal(saves_left(), 0);
    }
    return failed;
}

static void each_call_of_a_save_fails(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(situations) / sizeof(situations[0]); i++) {
        struct saved s = make_saved(&situations[i]);
        const size_t failed = try_plans(check_save, &s);
        assert_true(failed > 1000); /* most of them move a byte each */
        drop_saved(&s);
    }
}

/* The sentence is that of the first failure. The old file is still there, and the next save removes what was left. */
static void what_cannot_be_removed_stays_until_the_next_save(void **state)
{
    static const struct {
        enum call fails;
        struct other_system system;
    } rows[] = {{FCHMOD, {.unnamed = EOPNOTSUPP}},
                {WRITE, {.unnamed = EOPNOTSUPP}},
                {FSYNC, {.unnamed = EOPNOTSUPP}},
                {RENAME, {.unnamed = EOPNOTSUPP}},
                {RENAME, {0}}};
    struct saved s = make_saved(&situations[1]);
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct plan wanted = {.fails = rows[i].fails, .at = 1, .by = ENOSPC, .sticks = true};
        put_old(&s);
        const size_t before = count_descriptors();
        other_system = rows[i].system;
        assert_int_equal(watched(save, s.net, wanted), BP_ERR_IO);
        assert_int_equal(plan.calls[UNLINK], 1);
        assert_non_null(strstr(bp_last_error(), strerror(ENOSPC)));
        assert_int_equal(count_descriptors(), before);
        check_folder(&s, false, 1);
        assert_int_equal(saves_left(), 1);
        any_ok(bp_net_save(s.net, saves_path));
        check_folder(&s, true, 0);
    }
    drop_saved(&s);
}

/* The net's allocator is used for the name of the folder, and for the numbers when the new file already exists. */
static void each_allocation_of_a_save_fails(void **state)
{
    struct failing failing = {0};
    const bp_allocator allocator = failing_allocator(&failing);
    struct saved s = make_saved(&situations[1]);
    (void)state;
    bp_net_destroy(s.net);
    any_ok(bp_net_create_with(&s.net, saves_dtype(), 30, &allocator));
    any_ok(bp_net_add_dense(s.net, 60, BP_ACT_TANH));
    any_ok(bp_net_init(s.net, 1));
    for (int from_then_on = 0; from_then_on < 2; from_then_on++)
        for (size_t at = 1;; at++) {
            put_old(&s);
            const size_t before = count_descriptors(), live = failing.live;
            failing.calls = failing.failures = 0;
            failing.fail_at = at;
            failing.from_then_on = from_then_on;
            const bp_status status = watched(save, s.net, (struct plan){0});
            failing.fail_at = 0;
            assert_int_equal(failing.live, live);
            assert_int_equal(count_descriptors(), before);
            if (failing.failures == 0) {
                any_ok(status);
                assert_true(at > 2);
                break;
            }
            assert_int_equal(status, BP_ERR_MEMORY);
            assert_non_null(strstr(bp_last_error(), "net.safetensors: out of memory"));
            check_folder(&s, false, 0);
        }
    drop_saved(&s);
    assert_int_equal(failing.live + failing.wrong, 0);
}

/* After the rename, a save syncs the folder too. */
static void a_save_writes_syncs_and_renames_in_this_order(void **state)
{
    bp_net *net = saves_large_net(1);
    (void)state;
    for (int unnamed = 0; unnamed < 2; unnamed++) {
        const size_t links = unnamed ? 1 : 0;
        other_system = (struct other_system){.unnamed = unnamed ? 0 : EOPNOTSUPP};
        assert_int_equal(watched(save, net, (struct plan){.fails = FSYNC, .at = 1, .by = EIO}), BP_ERR_IO);
        assert_int_equal(plan.calls[RENAME] + plan.calls[LINKAT], 0); /* the first sync is before the rename */
        assert_true(plan.calls[WRITE] > 0);
        assert_int_equal(watched(save, net, (struct plan){.fails = FSYNC, .at = 2, .by = EIO}), BP_ERR_IO);
        assert_int_equal(plan.calls[RENAME], 1); /* the second after it */
        assert_int_equal(plan.calls[LINKAT], links);
        assert_non_null(strstr(bp_last_error(), "is saved, but"));
        assert_int_equal(watched(save, net, (struct plan){.fails = RENAME, .at = 1, .by = EIO}), BP_ERR_IO);
        assert_int_equal(plan.calls[FSYNC], 1);
        assert_int_equal(plan.calls[LINKAT], links);
    }
    other_system = (struct other_system){0};
    bp_net_destroy(net);
}

static void a_save_keeps_every_bit_of_the_permissions(void **state)
{
    static const mode_t modes[] = {0600, 0640, 0444, 0777, 02640, 01644, 04750, 07777, 0};
    bp_net *net = saves_large_net(1);
    (void)state;
    any_ok(bp_net_save(net, saves_path));
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        struct stat seen;
        assert_int_equal(chmod(saves_path, modes[i]), 0);
        any_ok(bp_net_save(net, saves_path));
        assert_int_equal(stat(saves_path, &seen), 0);
        assert_int_equal(seen.st_mode & 07777, modes[i]);
    }
    remove(saves_path);
    bp_net_destroy(net);
}

static void what_is_no_regular_file_is_not_replaced(void **state)
{
    char link[80], other[80];
    struct stat seen;
    bp_net *net = saves_large_net(1);
    (void)state;
    snprintf(link, sizeof(link), "%s/link", saves_folder);
    snprintf(other, sizeof(other), "%s/folder", saves_folder);
    any_ok(bp_net_save(net, saves_path));
    assert_int_equal(symlink(saves_path, link), 0);
    assert_int_equal(mkdir(other, 0700), 0);
    assert_int_equal(bp_net_save(net, link), BP_ERR_IO);
    assert_non_null(strstr(bp_last_error(), "is a symbolic link: only regular files are replaced"));
    assert_int_equal(lstat(link, &seen), 0);
    assert_true(S_ISLNK(seen.st_mode));
    assert_int_equal(bp_net_save(net, other), BP_ERR_IO);
    assert_non_null(strstr(bp_last_error(), "is a folder: only regular files are replaced"));
    bp_net *loaded;
    assert_int_equal(bp_net_load(&loaded, link), BP_ERR_IO);
    assert_non_null(strstr(bp_last_error(), "is a symbolic link: only regular files are read"));
    bp_net_destroy(loaded);
    assert_int_equal(bp_net_load(&loaded, other), BP_ERR_IO);
    assert_non_null(strstr(bp_last_error(), "is a folder: only regular files are read"));
    bp_net_destroy(loaded);
    remove(link);
    assert_int_equal(mkfifo(link, 0600), 0);
    assert_int_equal(bp_net_load(&loaded, link), BP_ERR_IO); /* and does not wait for a writer */
    bp_net_destroy(loaded);
    assert_int_equal(remove(link), 0);
    assert_int_equal(rmdir(other), 0);
    bp_net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_call_of_a_save_fails),
        cmocka_unit_test(each_allocation_of_a_save_fails),
        cmocka_unit_test(what_cannot_be_removed_stays_until_the_next_save),
        cmocka_unit_test(a_save_writes_syncs_and_renames_in_this_order),
        cmocka_unit_test(a_save_keeps_every_bit_of_the_permissions),
        cmocka_unit_test(what_is_no_regular_file_is_not_replaced),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, saves_begin, saves_end);
}
