/* SPDX-License-Identifier: MIT
 *
 * The file that a save has beside the path until it is done: a file without a name, or with a name that the next save
 * to the path knows. That save removes it if nobody holds its lock. */
#define _GNU_SOURCE
#include "failing_calls.h"
#include "saves_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OWN_NAMES = 4, MOST_NAMES = 100, USER = 12345, GROUP = 54321 };

static bp_net *net;
static struct file file;          /* of it */
static char own_name[SAVES_LEFT]; /* the path of the first file that a save may leave */

/* The n-th of these paths, from 0. */
static const char *own(int number)
{
    static char name[SAVES_LEFT];
    snprintf(name, sizeof(name), "%s", own_name);
    char *digit = strstr(name, "-0.tmp");
    assert_non_null(digit);
    digit[1] = (char)('0' + number);
    return name;
}

/* A save that is killed before it renames its file leaves it. */
static void save_and_be_killed(struct other_system system)
{
    plan = (struct plan){.fails = RENAME, .at = 1, .by = EIO, .sticks = true, .counts = true};
    other_system = system;
    assert_int_equal(bp_net_save(net, saves_path), BP_ERR_IO);
    plan.counts = false;
    other_system = (struct other_system){0};
}

static int begin(void **state)
{
    if (saves_begin(state) != 0)
        return 1;
    net = saves_large_net(1);
    file = files_save(net);
    save_and_be_killed((struct other_system){0});
    saves_path_left(own_name);
    saves_remove_left();
    return 0;
}

static int end(void **state)
{
    bp_net_destroy(net);
    free(file.bytes);
    return saves_end(state);
}

/* A save by a plan, on such a system. */
static bp_status save(struct plan wanted, struct other_system system)
{
    plan = wanted;
    other_system = system;
    plan.counts = true;
    errno = 4711;
    const bp_status status = bp_net_save(net, saves_path);
    assert_int_equal(errno, 4711);
    plan.counts = false;
    other_system.foreign = NULL;
    return status;
}

static void save_well(struct plan wanted, struct other_system system)
{
    remove(saves_path);
    const size_t descriptors = count_descriptors();
    any_ok(save(wanted, system));
    assert_true(saves_file_is(file));
    assert_int_equal(count_descriptors(), descriptors);
}

static void make_file(const char *path, mode_t mode)
{
    const int made = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    assert_true(made >= 0);
    assert_int_equal(write(made, "mine", 4), 4);
    assert_int_equal(close(made), 0);
}

static bool is_there(const char *path)
{
    struct stat seen;
    return lstat(path, &seen) == 0;
}

/* With files that have no name at first, and with files that always have one. */
static const struct other_system systems[] = {{0}, {.unnamed = EOPNOTSUPP}};

enum { SYSTEMS = sizeof(systems) / sizeof(systems[0]) };

/* ---- with and without names */

static void where_files_have_no_name_a_save_has_one_for_its_rename_alone(void **state)
{
    (void)state;
    save_well((struct plan){0}, systems[0]);
    assert_int_equal(plan.calls[OPENAT], 1);
    assert_int_equal(plan.calls[LINKAT], 1);
    assert_int_equal(plan.calls[FSYNC], 2);
    assert_int_equal(saves_left(), 0);
}

static void where_they_must_have_names_a_save_gives_one(void **state)
{
    static const struct other_system others[] = {{.unnamed = EOPNOTSUPP}, {.unnamed = EISDIR}, {.unnamed = EINVAL},
                                                 {.unnamed = ENOENT},     {.no_proc = true},   {.other_proc = true}};
    (void)state;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        save_well((struct plan){0}, others[i]);
        assert_int_equal(plan.calls[LINKAT], 0);
        assert_int_equal(saves_left(), 0);
    }
}

/* As on a system that forbids links: this is seen only when everything has been written. */
static void a_file_that_cannot_get_its_name_is_written_again(void **state)
{
    static const int errors[] = {EPERM, EACCES, EXDEV, EINTR, ENOENT};
    (void)state;
    for (size_t i = 0; i < 2 * sizeof(errors) / sizeof(errors[0]); i++) {
        save_well((struct plan){.fails = LINKAT, .at = 1, .by = errors[i / 2], .from_then_on = i % 2}, systems[0]);
        assert_int_equal(plan.calls[LINKAT], 1);
        assert_int_equal(plan.calls[FSYNC], 3);
        assert_int_equal(saves_left(), 0);
    }
}

static void names_that_are_taken_are_passed_over(void **state)
{
    (void)state;
    save_well((struct plan){.fails = LINKAT, .at = 1, .by = EEXIST}, systems[0]);
    assert_int_equal(plan.calls[LINKAT], 2);
    save_well((struct plan){.fails = LINKAT, .at = 1, .by = EEXIST, .from_then_on = true}, systems[0]);
    assert_int_equal(plan.calls[LINKAT], MOST_NAMES);
    save_well((struct plan){.fails = OPENAT, .at = 1, .by = EEXIST}, systems[1]);
    assert_int_equal(plan.calls[OPENAT], 2);
    assert_int_equal(save((struct plan){.fails = OPENAT, .at = 1, .by = EEXIST, .from_then_on = true}, systems[1]),
                     BP_ERR_IO);
    assert_int_equal(plan.calls[OPENAT], MOST_NAMES);
    assert_non_null(strstr(bp_last_error(), "no file can be made in its folder: "));
    assert_int_equal(saves_left(), 0);
}

static void a_save_without_a_free_descriptor_says_so(void **state)
{
    static const struct {
        enum call fails;
        int by;
        const char *sentence;
    } rows[] = {
        {OPEN, EMFILE, "its folder cannot be opened: no file descriptor is free, and a save needs two"},
        {OPEN, ENFILE, "its folder cannot be opened: no file descriptor is free, and a save needs two"},
        {OPENAT, EMFILE, "no file can be made in its folder: no file descriptor is free, and a save needs two"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct plan wanted = {.fails = rows[i].fails, .at = 1, .by = rows[i].by, .from_then_on = true};
        assert_int_equal(save(wanted, systems[0]), BP_ERR_IO);
        assert_non_null(strstr(bp_last_error(), rows[i].sentence));
    }
}

static void an_error_without_a_name_has_its_number(void **state)
{
    (void)state;
    assert_int_equal(save((struct plan){.fails = FSYNC, .at = 1, .by = 98765}, systems[0]), BP_ERR_IO);
    assert_true(strstr(bp_last_error(), "cannot be synced to the disk: error 98765") ||
                strstr(bp_last_error(), "cannot be synced to the disk: No error information")); /* musl's */
}

/* ---- what was left, and is not */

static void what_a_killed_save_has_left_goes_with_the_next(void **state)
{
    (void)state;
    for (size_t i = 0; i < SYSTEMS; i++) {
        save_and_be_killed(systems[i]);
        assert_int_equal(saves_left(), 1);
        assert_true(is_there(own(0)));
        save_well((struct plan){0}, systems[i]);
        assert_int_equal(saves_left(), 0);
        for (int number = 0; number < OWN_NAMES; number++)
            make_file(own(number), 0600);
        save_well((struct plan){0}, systems[i]);
        assert_int_equal(saves_left(), 0);
    }
}

/* Also our own file, if the file at the path belongs to others. */
static void so_does_what_we_left_beside_anothers_file(void **state)
{
    (void)state;
    remove(saves_path);
    make_file(saves_path, 0600);
    make_file(own(0), 0600);
    any_ok(save((struct plan){0}, (struct other_system){.foreign = "net.safetensors", .owner = USER}));
    assert_int_equal(saves_left(), 0);
}

/* Then the lock is taken on a file that is open for reading. */
static void so_does_what_may_not_be_written(void **state)
{
    (void)state;
    make_file(own(0), 0400);
    save_well((struct plan){.fails = OPENAT, .at = 1, .by = EACCES}, systems[0]);
    assert_int_equal(plan.calls[OPENAT], 3);
    assert_int_equal(saves_left(), 0);
}

static void make_link(const char *path) { assert_int_equal(symlink(saves_path, path), 0); }
static void make_folder(const char *path) { assert_int_equal(mkdir(path, 0700), 0); }
static void make_pipe(const char *path) { assert_int_equal(mkfifo(path, 0600), 0); }

static void what_is_no_file_of_ours_stays(void **state)
{
    static void (*const makers[])(const char *path) = {make_link, make_folder, make_pipe};
    (void)state;
    for (size_t k = 0; k < SYSTEMS; k++) {
        for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++) {
            makers[i](own(0));
            save_well((struct plan){0}, systems[k]);
            assert_true(is_there(own(0)));
            assert_int_equal(remove(own(0)), 0);
        }
        struct other_system system = systems[k];
        make_file(own(0), 0600);
        system.foreign = strrchr(own(0), '/') + 1;
        system.owner = getuid() + 1;
        save_well((struct plan){0}, system);
        assert_int_equal(saves_left(), 1);
        saves_remove_left();
    }
}

/* A save by root that was killed when its file already had its new owner. */
static void root_removes_what_belongs_to_the_owner_of_the_old_file(void **state)
{
    (void)state;
    if (geteuid() != 0) {
        print_message("skipped: only root may give files to other users\n");
        skip();
    }
    for (uid_t owner = USER; owner <= USER + 1; owner++) {
        remove(saves_path);
        make_file(saves_path, 0600);
        make_file(own(0), 0600);
        assert_int_equal(chown(saves_path, USER, GROUP), 0);
        assert_int_equal(chown(own(0), owner, GROUP), 0);
        any_ok(save((struct plan){0}, systems[0]));
        assert_int_equal(saves_left(), owner == USER ? 0 : 1);
    }
    saves_remove_left();
}

static void what_belongs_to_another_path_stays(void **state)
{
    char other[2][SAVES_LEFT];
    (void)state;
    snprintf(other[0], sizeof(other[0]), "%s/.bp-0123456789abcdef-0.tmp", saves_folder);
    snprintf(other[1], sizeof(other[1]), "%s", own(OWN_NAMES));
    for (size_t i = 0; i < 2; i++)
        make_file(other[i], 0600);
    save_well((struct plan){0}, systems[0]);
    for (size_t i = 0; i < 2; i++)
        assert_true(is_there(other[i]));
    saves_remove_left();
    make_file(own(0), 0600);
    snprintf(other[0], sizeof(other[0]), "%s/not.safetensors", saves_folder);
    any_ok(bp_net_save(net, other[0]));
    assert_int_equal(remove(other[0]), 0);
    assert_true(is_there(own(0)));
    saves_remove_left();
}

static void what_a_living_save_has_locked_stays(void **state)
{
    (void)state;
    for (size_t i = 0; i < SYSTEMS; i++)
        for (int most = 1; most <= OWN_NAMES; most += OWN_NAMES - 1) { /* with all names taken, a random one */
            int locked[OWN_NAMES];
            for (int k = 0; k < most; k++) {
                make_file(own(k), 0600);
                locked[k] = open(own(k), O_RDONLY | O_CLOEXEC);
                assert_int_equal(flock(locked[k], LOCK_EX), 0);
            }
            save_well((struct plan){0}, systems[i]);
            assert_int_equal(saves_left(), most);
            save_and_be_killed(systems[i]);
            assert_int_equal(saves_left(), most + 1);
            assert_int_equal(is_there(own(1)), most > 0);
            assert_false(is_there(own(OWN_NAMES)));
            for (int k = 0; k < most; k++)
                assert_int_equal(close(locked[k]), 0);
            save_well((struct plan){0}, systems[i]);
            assert_int_equal(saves_left(), most < OWN_NAMES ? 0 : 1);
            saves_remove_left();
        }
}

/* ---- what happens before a lock is taken */

static int lose_to_a_sweep(size_t count)
{
    if (count > 1)
        return 0;
    assert_int_equal(unlink(own(0)), 0);
    return EWOULDBLOCK;
}

static int be_swept(size_t count)
{
    if (count == 1)
        assert_int_equal(unlink(own(0)), 0);
    return 0;
}

static int lose_to_a_sweep_and_another_save(size_t count)
{
    if (count > 1)
        return 0;
    assert_int_equal(unlink(own(0)), 0);
    make_file(own(0), 0600);
    return EWOULDBLOCK;
}

/* As on a network, where a file that is open somewhere is renamed, not removed. */
static int be_renamed_and_made_again(size_t count)
{
    char renamed[SAVES_LEFT];
    if (count > 1)
        return 0;
    snprintf(renamed, sizeof(renamed), "%s/.bp-renamed", saves_folder);
    assert_int_equal(rename(own(0), renamed), 0);
    make_file(own(0), 0600);
    return 0;
}

static int have_no_locks(size_t count)
{
    (void)count;
    return ENOLCK;
}

/* Another save uses this name now: it made the file between the call that removed it and ours. */
static int be_swept_and_made_again(size_t count)
{
    if (count == 1) {
        assert_int_equal(unlink(own(0)), 0);
        make_file(own(0), 0600);
    }
    return 0;
}

static void a_new_file_that_a_sweep_removes_is_made_again(void **state)
{
    static int (*const events[])(size_t count) = {lose_to_a_sweep, be_swept, have_no_locks};
    (void)state;
    for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
        before_lock = events[i];
        save_well((struct plan){0}, systems[1]);
        assert_int_equal(saves_left(), 0);
        if (events[i] == have_no_locks)
            continue;
        save_and_be_killed(systems[1]);
        assert_true(is_there(own(1))); /* so that the next save knows it too */
        saves_remove_left();
    }
    static int (*const events_with_another[])(size_t count) = {
        be_swept_and_made_again, lose_to_a_sweep_and_another_save, be_renamed_and_made_again};
    for (size_t i = 0; i < sizeof(events_with_another) / sizeof(events_with_another[0]); i++) {
        before_lock = events_with_another[i];
        save_well((struct plan){0}, systems[1]);
        assert_true(is_there(own(0))); /* that of the other save */
        saves_remove_left();
    }
    before_lock = NULL;
}

/* The file belongs to a save that was not killed. That save ends, and the next one takes its name. */
static void a_sweep_does_not_remove_what_took_the_name_of_what_it_locked(void **state)
{
    (void)state;
    for (size_t i = 0; i < SYSTEMS; i++) {
        make_file(own(0), 0600);
        before_lock = be_swept_and_made_again;
        save_well((struct plan){0}, systems[i]);
        before_lock = NULL;
        assert_true(is_there(own(0)));
        saves_remove_left();
    }
}

/* Without locks nothing shows that a save is running. So its file has a name that no other save removes, and it stays
 * if the save is killed. */
static void without_locks_names_are_random(void **state)
{
    char first[SAVES_LEFT], second[SAVES_LEFT];
    (void)state;
    for (size_t i = 0; i < SYSTEMS; i++) {
        before_lock = have_no_locks;
        save_and_be_killed(systems[i]);
        remove(own(0)); /* that it could not lock, and must not remove in this test */
        saves_path_left(first);
        save_well((struct plan){0}, systems[i]);
        assert_true(is_there(first));
        assert_int_equal(remove(first), 0);
        assert_int_equal(saves_left(), 0);
        save_and_be_killed(systems[i]);
        remove(own(0));
        saves_path_left(second);
        assert_string_not_equal(first, second);
        assert_int_equal(remove(second), 0);
    }
    before_lock = NULL;
}

/* ---- the order */

static void check_order(const enum call *order, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_int_not_equal(plan.first[order[i]], 0);
    for (size_t i = 1; i < count; i++)
        if (plan.first[order[i - 1]] >= plan.first[order[i]])
            fail_msg("%s comes after %s", call_names[order[i - 1]], call_names[order[i]]);
}

/* The file is locked until it has the name of the path, or no name: without a lock another save may take it. */
static void a_save_has_one_order(void **state)
{
    static const enum call order[] = {OPENAT, FLOCK, WRITE, FCHOWN, FCHMOD, FSYNC, LINKAT, RENAME, CLOSE};
    static const enum call failed[] = {OPENAT, FLOCK, WRITE, FSYNC, LINKAT, RENAME, UNLINK, CLOSE};
    const struct other_system system = {
        .foreign = "net.safetensors", .owner = USER, .group = GROUP, .gives_owner = true};
    (void)state;
    remove(saves_path);
    make_file(saves_path, 0600);
    any_ok(save((struct plan){0}, system));
    check_order(order, sizeof(order) / sizeof(order[0]));
    assert_true(plan.last[RENAME] < plan.last[FSYNC]); /* of the folder */
    assert_int_equal(save((struct plan){.fails = RENAME, .at = 1, .by = EIO}, system), BP_ERR_IO);
    check_order(failed, sizeof(failed) / sizeof(failed[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_files_have_no_name_a_save_has_one_for_its_rename_alone),
        cmocka_unit_test(where_they_must_have_names_a_save_gives_one),
        cmocka_unit_test(a_file_that_cannot_get_its_name_is_written_again),
        cmocka_unit_test(names_that_are_taken_are_passed_over),
        cmocka_unit_test(a_save_without_a_free_descriptor_says_so),
        cmocka_unit_test(an_error_without_a_name_has_its_number),
        cmocka_unit_test(what_a_killed_save_has_left_goes_with_the_next),
        cmocka_unit_test(so_does_what_we_left_beside_anothers_file),
        cmocka_unit_test(so_does_what_may_not_be_written),
        cmocka_unit_test(what_is_no_file_of_ours_stays),
        cmocka_unit_test(root_removes_what_belongs_to_the_owner_of_the_old_file),
        cmocka_unit_test(what_belongs_to_another_path_stays),
        cmocka_unit_test(what_a_living_save_has_locked_stays),
        cmocka_unit_test(a_new_file_that_a_sweep_removes_is_made_again),
        cmocka_unit_test(a_sweep_does_not_remove_what_took_the_name_of_what_it_locked),
        cmocka_unit_test(without_locks_names_are_random),
        cmocka_unit_test(a_save_has_one_order),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, begin, end);
}
