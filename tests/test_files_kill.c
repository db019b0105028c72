/* SPDX-License-Identifier: MIT
 *
 * A process that saves two nets in turn to one path is killed at any moment. The file is always one of the two, and
 * complete. The next save leaves nothing beside it, also on systems where a file always has a name, and beside other
 * processes that save there. Eight processes that load the file while one saves it always get one of the two nets. With
 * the argument --all: 1,000 kills, and a minute of readers. */
#define _GNU_SOURCE /* O_TMPFILE */
#include "saves_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { READERS = 8, SAVERS = 3 };

static size_t times = 25;
static double seconds = 1;

/* As on a file system on which every file has a name. */
static bool named;

int __real_openat64(int folder, const char *path, int flags, mode_t mode);
int __wrap_openat64(int folder, const char *path, int flags, mode_t mode);
int __wrap_openat64(int folder, const char *path, int flags, mode_t mode)
{
    if (!named || (flags & O_TMPFILE) != O_TMPFILE)
        return __real_openat64(folder, path, flags, mode);
    errno = EOPNOTSUPP;
    return -1;
}

/* Two nets and their files of some hundred KB, so that a kill finds them half written. The second is smaller. */
struct versions {
    bp_net *net[2];
    struct file file[2];
};

static struct versions make_versions(void)
{
    struct versions v;
    for (size_t i = 0; i < 2; i++) {
        const struct any_layer layers[] = {
            {200 - 20 * i, BP_ACT_TANH, 0, 0}, {100, BP_ACT_TANH, 0, 0}, {2, BP_ACT_TANH, 0, 0}};
        v.net[i] = any_net(saves_dtype(), 300, layers, 3, i);
        v.file[i] = files_save(v.net[i]);
    }
    any_ok(bp_net_save(v.net[0], saves_path));
    return v;
}

static void drop_versions(const struct versions *v)
{
    for (size_t i = 0; i < 2; i++) {
        free(v->file[i].bytes);
        bp_net_destroy(v->net[i]);
    }
}

/* Which of the two files these bytes are; 2: neither. */
static size_t which(const struct versions *v, const unsigned char *bytes, size_t size)
{
    size_t i = 0;
    while (i < 2 && (size != v->file[i].size || memcmp(bytes, v->file[i].bytes, size) != 0))
        i++;
    return i;
}

/* Which stands at the path. */
static size_t which_is_there(const struct versions *v)
{
    FILE *stream = fopen(saves_path, "rb");
    unsigned char *bytes = malloc(v->file[0].size + 1);
    if (!stream || !bytes)
        return 2;
    const size_t size = fread(bytes, 1, v->file[0].size + 1, stream), found = which(v, bytes, size);
    fclose(stream);
    free(bytes);
    return found;
}

/* What the processes write for each other. */
struct news {
    size_t saves, loads[READERS][2];
    char sentence[256]; /* of a load that was none */
};

static struct news *news;

static void save_until_killed(const struct versions *v)
{
    for (news->saves = 0;; news->saves++)
        if (bp_net_save(v->net[news->saves % 2], saves_path) != BP_OK)
            _exit(1);
}

/* A child that saves until it is killed; the parent continues at once. */
static pid_t start(const struct versions *v)
{
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        save_until_killed(v);
    return child;
}

static void stop(pid_t child)
{
    int status;
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status)); /* it had not failed */
}

/* Kills the process at any time. Returns how many files it has left. */
static size_t kill_a_save(const struct versions *v, uint64_t *chance, size_t seen[2])
{
    const pid_t child = start(v);
    usleep((useconds_t)any_uniform(chance, 0, 4000));
    stop(child);
    const size_t found = which_is_there(v), left = saves_left();
    assert_true(found < 2);
    seen[found]++;
    bp_net *loaded = NULL;
    any_ok(bp_net_load(&loaded, saves_path));
    bp_net_destroy(loaded);
    return left;
}

static void a_killed_save_leaves_one_of_the_two_files_and_nothing_after_the_next(void **state)
{
    const struct versions v = make_versions();
    uint64_t chance = 1;
    (void)state;
    for (int i = 0; i < 2; i++) {
        size_t seen[2] = {0}, left = 0;
        named = i > 0;
        for (size_t k = 0; k < times; k++) {
            left += kill_a_save(&v, &chance, seen);
            any_ok(bp_net_save(v.net[0], saves_path));
            assert_int_equal(saves_left(), 0);
        }
        print_message(
            "%s: %zu times the first net, %zu the second; %zu of %zu kills left a file, until the next save\n",
            named ? "files with names" : "files without names", seen[0], seen[1], left, times);
    }
    named = false;
    drop_versions(&v);
}

/* No save removes the file of a running save as one that was left: so none fails. */
static void saves_beside_each_other_are_killed_one_after_another(void **state)
{
    const struct versions v = make_versions();
    uint64_t chance = 1;
    (void)state;
    for (int i = 0; i < 2; i++) {
        pid_t child[SAVERS];
        named = i > 0;
        for (size_t k = 0; k < SAVERS; k++)
            child[k] = start(&v);
        for (size_t k = 0; k < times; k++) {
            usleep((useconds_t)any_uniform(&chance, 0, 4000));
            stop(child[k % SAVERS]);
            assert_true(which_is_there(&v) < 2);
            child[k % SAVERS] = start(&v);
        }
        for (size_t k = 0; k < SAVERS; k++)
            stop(child[k]);
        any_ok(bp_net_save(v.net[0], saves_path));
        assert_int_equal(saves_left(), 0);
    }
    named = false;
    drop_versions(&v);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Which of the two nets is loaded, by the bytes of a save of it. `bytes`: as many as the larger file has. */
static size_t load_one(const struct versions *v, unsigned char *bytes)
{
    bp_net *net = NULL;
    size_t size = 0, found = 2;
    const bp_status status = bp_net_load(&net, saves_path);
    if (status == BP_OK && bp_net_save_memory(net, bytes, v->file[0].size, &size) == BP_OK)
        found = which(v, bytes, size);
    if (found == 2)
        snprintf(news->sentence, sizeof(news->sentence), "%d, %s", (int)status, bp_last_error());
    bp_net_destroy(net);
    return found;
}

/* Continues until both nets were loaded. This may take long if many processes share a processor. */
static void load_until(const struct versions *v, double end, size_t loads[2])
{
    enum { PATIENCE = 60 };
    unsigned char *bytes = malloc(v->file[0].size);
    while (bytes && (now() < end || ((loads[0] == 0 || loads[1] == 0) && now() < end + PATIENCE))) {
        const size_t found = load_one(v, bytes);
        if (found == 2)
            _exit(1);
        loads[found]++;
    }
    _exit(bytes ? 0 : 2);
}

static void readers_beside_a_writer_load_one_of_the_two(void **state)
{
    const struct versions v = make_versions();
    const double end = now() + seconds;
    size_t loads[2] = {0};
    pid_t reader[READERS];
    (void)state;
    memset(news, 0, sizeof(*news));
    const pid_t writer = start(&v);
    for (size_t i = 0; i < READERS; i++) {
        reader[i] = fork();
        assert_true(reader[i] >= 0);
        if (reader[i] == 0)
            load_until(&v, end, news->loads[i]);
    }
    bool good = true;
    for (size_t i = 0; i < READERS; i++) {
        int status;
        assert_int_equal(waitpid(reader[i], &status, 0), reader[i]);
        good = good && WIFEXITED(status) && WEXITSTATUS(status) == 0;
        for (size_t k = 0; k < 2; k++) {
            good = good && news->loads[i][k] > 0;
            loads[k] += news->loads[i][k];
        }
    }
    stop(writer);
    saves_remove_left();
    print_message("%zu saves; %zu loads of the first net, %zu of the second\n", news->saves, loads[0], loads[1]);
    if (!good)
        fail_msg("a load gave neither, or always the same: %s", news->sentence);
    drop_versions(&v);
}

static int begin(void **state)
{
    news = mmap(NULL, sizeof(*news), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (news == MAP_FAILED)
        return 1;
    return saves_begin(state);
}

static int end(void **state)
{
    munmap(news, sizeof(*news));
    return saves_end(state);
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_killed_save_leaves_one_of_the_two_files_and_nothing_after_the_next),
        cmocka_unit_test(saves_beside_each_other_are_killed_one_after_another),
        cmocka_unit_test(readers_beside_a_writer_load_one_of_the_two),
    };
    if (count > 1 && strcmp(arguments[1], "--all") == 0) {
        times = 1000;
        seconds = 60;
    }
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, begin, end);
}
