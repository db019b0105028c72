/* SPDX-License-Identifier: MIT
 *
 * A process that saves two nets in turn to one path is killed at any moment: the file is always one of the two, whole. And
 * readers beside a writer never see another. With an argument, so many times: test_files_kill 1000. */
#define _DEFAULT_SOURCE /* mkdtemp, usleep */
#include "files_fixture.h"

#include <dirent.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { READERS = 8 };

static size_t times = 25;
static char folder[32], path[64];

static int32_t a_dtype(void) { return dtype_built(BP_F32) ? BP_F32 : BP_F64; }

/* A file of some hundred KB, so that a kill finds it half written. */
static bp_net *net_of(uint64_t seed)
{
    static const struct any_layer layers[] = {
        {200, BP_ACT_TANH, 0, 0}, {100, BP_ACT_TANH, 0, 0}, {2, BP_ACT_TANH, 0, 0}};
    return any_net(a_dtype(), 300, layers, 3, seed);
}

/* Which of the files stands at the path; the count if none of them. */
static size_t which(const struct file *files, size_t count)
{
    FILE *stream = fopen(path, "rb");
    assert_non_null(stream);
    unsigned char *bytes = malloc(files[0].size + 1);
    assert_non_null(bytes);
    const size_t size = fread(bytes, 1, files[0].size + 1, stream);
    fclose(stream);
    size_t i = 0;
    while (i < count && (size != files[i].size || memcmp(bytes, files[i].bytes, size) != 0))
        i++;
    free(bytes);
    return i;
}

/* What a killed save leaves beside the path: a later one has another name and need not care. */
static size_t clean(void)
{
    DIR *entries = opendir(folder);
    const struct dirent *entry;
    size_t found = 0;
    assert_non_null(entries);
    while ((entry = readdir(entries)))
        if (strncmp(entry->d_name, ".bp-", 4) == 0) {
            char name[320];
            snprintf(name, sizeof(name), "%s/%s", folder, entry->d_name);
            assert_int_equal(remove(name), 0);
            found++;
        }
    closedir(entries);
    return found;
}

static void save_for_ever(bp_net *const *nets)
{
    for (size_t i = 0;; i++)
        if (bp_net_save(nets[i % 2], path) != BP_OK)
            _exit(1);
}

/* A child that saves until it is killed; the parent goes on at once. */
static pid_t start(bp_net *const *nets)
{
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        save_for_ever(nets);
    return child;
}

static void stop(pid_t child)
{
    int status;
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status)); /* it had not failed */
}

static void a_killed_save_leaves_one_of_the_two_files(void **state)
{
    bp_net *const nets[] = {net_of(1), net_of(2)};
    const struct file files[] = {files_save(nets[0]), files_save(nets[1])};
    size_t seen[2] = {0}, left = 0;
    uint64_t chance = 1;
    (void)state;
    any_ok(nets[0], bp_net_save(nets[0], path));
    for (size_t i = 0; i < times; i++) {
        const pid_t child = start(nets);
        usleep((useconds_t)any_uniform(&chance, 0, 4000));
        stop(child);
        const size_t found = which(files, 2);
        assert_true(found < 2);
        seen[found]++;
        left += clean();
#if HAVE_JANSSON
        bp_net *loaded = NULL;
        any_ok(loaded, bp_net_load(&loaded, path));
        bp_net_destroy(loaded);
#endif
    }
    print_message("%zu times the first net, %zu the second; %zu kills found a save at work\n", seen[0], seen[1], left);
    for (size_t i = 0; i < 2; i++) {
        free(files[i].bytes);
        bp_net_destroy(nets[i]);
    }
}

static void readers_beside_a_writer_see_one_of_the_two(void **state)
{
    bp_net *const nets[] = {net_of(1), net_of(2)};
    const struct file files[] = {files_save(nets[0]), files_save(nets[1])};
    pid_t reader[READERS];
    (void)state;
    any_ok(nets[0], bp_net_save(nets[0], path));
    const pid_t writer = start(nets);
    for (size_t i = 0; i < READERS; i++) {
        reader[i] = fork();
        assert_true(reader[i] >= 0);
        for (size_t k = 0; reader[i] == 0 && k < 4 * times; k++)
            if (which(files, 2) == 2)
                _exit(1);
        if (reader[i] == 0)
            _exit(0);
    }
    for (size_t i = 0; i < READERS; i++) {
        int status;
        assert_int_equal(waitpid(reader[i], &status, 0), reader[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    stop(writer);
    clean();
    for (size_t i = 0; i < 2; i++) {
        free(files[i].bytes);
        bp_net_destroy(nets[i]);
    }
}

static int begin(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "%s/bp-kill-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (!mkdtemp(folder))
        return 1;
    snprintf(path, sizeof(path), "%s/net.safetensors", folder);
    return 0;
}

static int end(void **state)
{
    (void)state;
    clean();
    remove(path);
    return rmdir(folder);
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_killed_save_leaves_one_of_the_two_files),
        cmocka_unit_test(readers_beside_a_writer_see_one_of_the_two),
    };
    if (count > 1)
        times = (size_t)strtoul(arguments[1], NULL, 10);
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, begin, end);
}
