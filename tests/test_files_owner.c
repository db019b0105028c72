/* SPDX-License-Identifier: MIT
 *
 * The owner of the new file of a save, and its permissions: those of the old file, or fewer. */
#define _GNU_SOURCE
#include "failing_calls.h"
#include "saves_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { USER = 12345, GROUP = 54321 };

static bp_net *net;

static int begin(void **state)
{
    if (saves_begin(state) != 0)
        return 1;
    net = saves_large_net(1);
    return 0;
}

static int end(void **state)
{
    bp_net_destroy(net);
    return saves_end(state);
}

/* A save by a plan, on such a system. */
static bp_status save(struct plan wanted, struct other_system system)
{
    plan = wanted;
    other_system = system;
    plan.counts = true;
    const bp_status status = bp_net_save(net, saves_path);
    plan.counts = false;
    return status;
}

static void make_file(const char *path, mode_t mode)
{
    const int made = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    assert_true(made >= 0);
    assert_int_equal(close(made), 0);
}

/* With files that have no name at first, and with files that always have one. */
static const struct other_system systems[] = {{0}, {.unnamed = EOPNOTSUPP}};

enum { SYSTEMS = sizeof(systems) / sizeof(systems[0]) };

enum { NEITHER, OUR_OWNER, OUR_GROUP };

static void a_save_keeps_owner_group_and_permissions_or_gives_nobody_more(void **state)
{
    static const struct {
        int ours;                      /* what the process may give: the old file's owner, its group, or neither */
        bool gives_owner, gives_group; /* what the process may do */
        mode_t old, new;
        uid_t owner; /* given last */
        gid_t group;
    } rows[] = {
        {NEITHER, true, false, 0640, 0640, USER, GROUP},
        {NEITHER, true, false, 07755, 07755, USER, GROUP},
        {NEITHER, false, true, 0640, 0640, (uid_t)-1, GROUP},
        {NEITHER, false, true, 07755, 03755, (uid_t)-1, GROUP}, /* it would run as us, not as its owner */
        {NEITHER, false, false, 0640, 0600, 0, 0},
        {NEITHER, false, false, 0604, 0600, 0, 0}, /* the group could do less than others: these may be in it */
        {NEITHER, false, false, 0664, 0644, 0, 0},
        {NEITHER, false, false, 0666, 0666, 0, 0},
        {NEITHER, false, false, 07755, 01755, 0, 0},
        {OUR_OWNER, false, true, 06750, 06750, (uid_t)-1, GROUP},
        {OUR_OWNER, false, false, 06750, 04700, 0, 0},
        {OUR_OWNER, false, false, 0444, 0444, 0, 0},
        {OUR_GROUP, true, false, 06750, 06750, USER, 0},
        {OUR_GROUP, false, false, 06750, 02750, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (size_t k = 0; k < SYSTEMS; k++) {
            struct stat seen;
            struct other_system system = systems[k];
            system.foreign = "net.safetensors";
            system.owner = rows[i].ours == OUR_OWNER ? getuid() : USER;
            system.group = rows[i].ours == OUR_GROUP ? getgid() : GROUP;
            system.gives_owner = rows[i].gives_owner;
            system.gives_group = rows[i].gives_group;
            remove(saves_path);
            make_file(saves_path, 0600);
            assert_int_equal(chmod(saves_path, rows[i].old), 0);
            any_ok(save((struct plan){0}, system));
            assert_int_equal(stat(saves_path, &seen), 0);
            assert_int_equal(seen.st_mode & 07777, rows[i].new);
            assert_int_equal(other_system.given_owner, rows[i].owner);
            if (rows[i].ours != OUR_GROUP)
                assert_int_equal(other_system.given_group, rows[i].group);
        }
}

/* Permissions are set after the owner, because a change of owner would remove set-user-ID. Until then only the
 * user who made the file may use it. */
static void owner_comes_before_permissions_and_both_before_the_sync(void **state)
{
    static const struct {
        enum call fails;
        const char *sentence;
        size_t chmods;
    } rows[] = {{FCHOWN, "the new file cannot get its owner: ", 0},
                {FCHMOD, "the new file cannot get its permissions: ", 1}};
    struct other_system system = {
        .foreign = "net.safetensors", .owner = USER, .group = GROUP, .gives_owner = true, .unnamed = EOPNOTSUPP};
    struct stat seen;
    char left[SAVES_LEFT];
    (void)state;
    remove(saves_path);
    make_file(saves_path, 0666);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(save((struct plan){.fails = rows[i].fails, .at = 1, .by = EIO, .sticks = true}, system),
                         BP_ERR_IO);
        assert_non_null(strstr(bp_last_error(), rows[i].sentence));
        assert_int_equal(plan.calls[FCHMOD], rows[i].chmods);
        assert_int_equal(plan.calls[FSYNC], 0);
        assert_true(plan.calls[WRITE] > 0); /* which would take set-user-ID away too */
        saves_path_left(left);
        assert_int_equal(stat(left, &seen), 0);
        assert_int_equal(seen.st_mode & 07777, 0600);
        saves_remove_left();
    }
    system.gives_owner = false;
    assert_int_equal(save((struct plan){.fails = FCHOWN, .at = 2, .by = EIO}, system), BP_ERR_IO);
    assert_non_null(strstr(bp_last_error(), "the new file cannot get its group: "));
    any_ok(save((struct plan){.fails = FCHOWN, .at = 1, .by = EINVAL, .from_then_on = true}, system));
}

/* A new file has the permissions that a file of any program has. */
static void a_file_that_was_not_there_goes_by_the_umask(void **state)
{
    static const mode_t masks[] = {0, 022, 077, 0777};
    struct stat seen;
    (void)state;
    for (size_t i = 0; i < sizeof(masks) / sizeof(masks[0]); i++)
        for (size_t k = 0; k < SYSTEMS; k++) {
            remove(saves_path);
            const mode_t host = umask(masks[i]);
            const bp_status status = save((struct plan){0}, systems[k]);
            umask(host);
            any_ok(status);
            assert_int_equal(stat(saves_path, &seen), 0);
            assert_int_equal(seen.st_mode & 07777, 0666 & ~masks[i]);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_save_keeps_owner_group_and_permissions_or_gives_nobody_more),
        cmocka_unit_test(owner_comes_before_permissions_and_both_before_the_sync),
        cmocka_unit_test(a_file_that_was_not_there_goes_by_the_umask),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, begin, end);
}
