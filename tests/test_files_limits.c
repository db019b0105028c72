/* SPDX-License-Identifier: MIT
 *
 * Saves of a process that the system has restricted: few descriptors, a bound on the size of files, no /dev and no
 * /proc, files of other users. Each runs in a child. */
#define _GNU_SOURCE
#include "saves_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OWNER = 12345, GROUP = 54321, OTHER = 23456 };

static bp_net *before, *net;
static struct file old, new; /* of them */

static int begin(void **state)
{
    if (saves_begin(state) != 0)
        return 1;
    before = saves_large_net(1);
    net = saves_large_net(2);
    old = files_save(before);
    new = files_save(net);
    return 0;
}

static int end(void **state)
{
    bp_net_destroy(before);
    bp_net_destroy(net);
    free(old.bytes);
    free(new.bytes);
    return saves_end(state);
}

static void put_old(void)
{
    remove(saves_path);
    any_ok(bp_net_save(before, saves_path));
}

static void need_root(void)
{
    if (geteuid() == 0)
        return;
    print_message("skipped: only root may give files to other users and change its root folder\n");
    skip();
}

/* The result of a save in a child process. Its sentence comes through a pipe. */
struct outcome {
    int32_t status;
    char sentence[256];
};

static void save_in_child(const char *path, void (*restrict_itself)(int32_t value), int32_t value, int report)
{
    struct outcome outcome = {0};
    alarm(60);
    restrict_itself(value);
    outcome.status = bp_net_save(net, path);
    snprintf(outcome.sentence, sizeof(outcome.sentence), "%s", bp_last_error());
    const bool written = write(report, &outcome, sizeof(outcome)) == (ssize_t)sizeof(outcome);
    _exit(written ? 0 : 1);
}

/* The outcome of a save in a child that has restricted itself, and what the child ended by. */
static struct outcome save_restricted(const char *path, void (*restrict_itself)(int32_t value), int32_t value,
                                      int *end_of_it)
{
    struct outcome outcome = {.status = 1};
    int report[2];
    fflush(NULL);
    assert_int_equal(pipe(report), 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        save_in_child(path, restrict_itself, value, report[1]);
    close(report[1]);
    const ssize_t got = read(report[0], &outcome, sizeof(outcome));
    close(report[0]);
    assert_int_equal(waitpid(child, end_of_it, 0), child);
    assert_true(got == (ssize_t)sizeof(outcome) || got == 0);
    return outcome;
}

/* A child that ends by itself. */
static struct outcome save_as(void (*restrict_itself)(int32_t value), int32_t value)
{
    int end_of_it;
    const struct outcome outcome = save_restricted(saves_path, restrict_itself, value, &end_of_it);
    assert_true(WIFEXITED(end_of_it) && WEXITSTATUS(end_of_it) == 0);
    return outcome;
}

/* ---- descriptors */

/* All from the first that is free on. */
static void have_descriptors(int32_t count)
{
    const int first = open("/", O_RDONLY | O_CLOEXEC);
    struct rlimit limit;
    for (int i = first; i < 1024; i++)
        close(i);
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = (rlim_t)(first + count);
    setrlimit(RLIMIT_NOFILE, &limit);
}

static void a_save_takes_two_descriptors_and_says_so(void **state)
{
    (void)state;
    for (int32_t count = 0; count < 5; count++) {
        put_old();
        const struct outcome outcome = save_as(have_descriptors, count);
        assert_int_equal(outcome.status, count < 2 ? BP_ERR_IO : BP_OK);
        assert_true(saves_file_is(count < 2 ? old : new));
        assert_int_equal(saves_left(), 0);
        if (count < 2)
            assert_non_null(strstr(outcome.sentence, ": no file descriptor is free, and a save needs two"));
    }
}

/* ---- size of files */

static void bound_files(int32_t ignores)
{
    const struct rlimit limit = {5000, 5000};
    signal(SIGXFSZ, ignores ? SIG_IGN : SIG_DFL);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    setrlimit(RLIMIT_FSIZE, &limit);
}

static void a_bound_on_the_size_of_files_is_an_error_where_its_signal_is_ignored(void **state)
{
    (void)state;
    put_old();
    const struct outcome outcome = save_as(bound_files, true);
    assert_int_equal(outcome.status, BP_ERR_IO);
    assert_non_null(strstr(outcome.sentence, "net.safetensors: cannot be written: "));
    assert_non_null(strstr(outcome.sentence, strerror(EFBIG)));
    assert_true(saves_file_is(old));
    assert_int_equal(saves_left(), 0);
}

static void else_it_ends_the_process_and_leaves_the_old_file(void **state)
{
    int end_of_it;
    (void)state;
    put_old();
    save_restricted(saves_path, bound_files, false, &end_of_it);
    assert_true(WIFSIGNALED(end_of_it) && WTERMSIG(end_of_it) == SIGXFSZ);
    assert_true(saves_file_is(old));
    any_ok(bp_net_save(net, saves_path));
    assert_true(saves_file_is(new));
    assert_int_equal(saves_left(), 0);
}

/* ---- no /dev, no /proc */

static void change_root(int32_t value)
{
    (void)value;
    if (chroot(saves_folder) != 0 || chdir("/") != 0)
        _exit(1);
}

static void a_save_needs_neither_dev_nor_proc(void **state)
{
    int end_of_it;
    (void)state;
    need_root();
    for (int there = 0; there < 2; there++) {
        const struct outcome outcome = save_restricted("/net.safetensors", change_root, 0, &end_of_it);
        assert_true(WIFEXITED(end_of_it) && WEXITSTATUS(end_of_it) == 0);
        assert_string_equal(outcome.sentence, "");
        assert_int_equal(outcome.status, BP_OK);
        assert_true(saves_file_is(new));
        assert_int_equal(saves_left(), 0);
        put_old();
    }
}

/* ---- files of others */

static void put_old_of(uid_t owner, gid_t group, mode_t mode)
{
    put_old();
    assert_int_equal(chown(saves_path, owner, group), 0);
    assert_int_equal(chmod(saves_path, mode), 0);
}

static void check_owner(uid_t owner, gid_t group, mode_t mode)
{
    struct stat seen;
    assert_int_equal(stat(saves_path, &seen), 0);
    assert_int_equal(seen.st_uid, owner);
    assert_int_equal(seen.st_gid, group);
    assert_int_equal(seen.st_mode & 07777, mode);
    assert_int_equal(saves_left(), 0);
}

static void root_keeps_owner_group_and_permissions(void **state)
{
    static const mode_t modes[] = {0600, 0640, 0604, 07755, 0444, 0};
    (void)state;
    need_root();
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        put_old_of(OWNER, GROUP, modes[i]);
        any_ok(bp_net_save(net, saves_path));
        assert_true(saves_file_is(new));
        check_owner(OWNER, GROUP, modes[i]);
    }
}

/* Somebody else, in the group or not. */
static void become_another(int32_t in_group)
{
    const gid_t group = GROUP;
    if (setgroups(in_group ? 1 : 0, &group) != 0 || setgid(OTHER) != 0 || setuid(OTHER) != 0)
        _exit(1);
}

static void become_the_owner(int32_t in_group)
{
    const gid_t group = GROUP;
    if (setgroups(in_group ? 1 : 0, &group) != 0 || setgid(OTHER) != 0 || setuid(OWNER) != 0)
        _exit(1);
}

static void others_keep_what_they_may_and_give_nobody_more(void **state)
{
    static const struct {
        void (*become)(int32_t in_group);
        int32_t in_group;
        mode_t old, new;
        uid_t owner;
        gid_t group;
    } rows[] = {
        {become_the_owner, true, 06750, 06750, OWNER, GROUP},  {become_the_owner, false, 0664, 0644, OWNER, OTHER},
        {become_the_owner, false, 06750, 04700, OWNER, OTHER}, {become_another, true, 0664, 0664, OTHER, GROUP},
        {become_another, true, 06755, 02755, OTHER, GROUP},    {become_another, false, 0640, 0600, OTHER, OTHER},
        {become_another, false, 06755, 0755, OTHER, OTHER},
    };
    (void)state;
    need_root();
    assert_int_equal(chmod(saves_folder, 0777), 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        put_old_of(OWNER, GROUP, rows[i].old);
        const struct outcome outcome = save_as(rows[i].become, rows[i].in_group);
        assert_string_equal(outcome.sentence, "");
        assert_int_equal(outcome.status, BP_OK);
        assert_true(saves_file_is(new));
        check_owner(rows[i].owner, rows[i].group, rows[i].new);
    }
    assert_int_equal(chmod(saves_folder, 0700), 0);
}

/* As in /tmp, where only the owner of a file may replace it. */
static void a_file_that_may_not_be_replaced_stays(void **state)
{
    (void)state;
    need_root();
    assert_int_equal(chmod(saves_folder, 01777), 0);
    put_old_of(OWNER, GROUP, 0666);
    const struct outcome outcome = save_as(become_another, false);
    assert_int_equal(outcome.status, BP_ERR_IO);
    assert_non_null(strstr(outcome.sentence, "net.safetensors: the new file cannot be renamed to this path: "));
    assert_true(saves_file_is(old));
    check_owner(OWNER, GROUP, 0666);
    assert_int_equal(chmod(saves_folder, 0700), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_save_takes_two_descriptors_and_says_so),
        cmocka_unit_test(a_bound_on_the_size_of_files_is_an_error_where_its_signal_is_ignored),
        cmocka_unit_test(else_it_ends_the_process_and_leaves_the_old_file),
        cmocka_unit_test(a_save_needs_neither_dev_nor_proc),
        cmocka_unit_test(root_keeps_owner_group_and_permissions),
        cmocka_unit_test(others_keep_what_they_may_and_give_nobody_more),
        cmocka_unit_test(a_file_that_may_not_be_replaced_stays),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, begin, end);
}
