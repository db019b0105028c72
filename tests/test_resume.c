/* SPDX-License-Identifier: MIT
 *
 * Trainings on iris and digits that stop at ten random batches, and that a new process continues, come to the
 * weights and records of one that never stopped. The new process is this program again: test_resume --continue DATA
 * CHECKPOINT. With --all they use all rows and wider nets. */
#define _POSIX_C_SOURCE 200809L
#include <limits.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "checkpoint_fixture.h"
#include "read_file.h"

enum { STOPS = 10 };

static bool all;
static const char *program;
static char path[64];

/* ---- data, which every process loads for itself */

static bp_data *load(const char *name)
{
    const char *root = getenv("BP_SOURCE_ROOT");
    char first[PATH_MAX], second[PATH_MAX];
    bp_data *data = NULL;
    bp_status status;
    if (strcmp(name, "iris") == 0) {
        snprintf(first, sizeof(first), "%s/examples/data/iris.csv", root ? root : ".");
        status = load_csv(&data, first, "-1");
    } else {
        snprintf(first, sizeof(first), "%s/examples/data/digits-images-idx3-ubyte", root ? root : ".");
        snprintf(second, sizeof(second), "%s/examples/data/digits-labels-idx1-ubyte", root ? root : ".");
        status = load_idx(&data, first, second);
    }
    if (status != BP_OK)
        print_error("%s\n", bp_last_error());
    assert_int_equal(status, BP_OK);
    return data;
}

/* The rows for training and for validation. */
static void split(const char *name, bp_data **first, bp_data **second)
{
    bp_data *data = load(name);
    const bool few = strcmp(name, "digits") == 0 && !all;
    assert_int_equal(bp_data_split(data, few ? 0.2 : 0.7, 3, first, second), BP_OK);
    bp_data_destroy(data);
}

/* ---- what the new process does */

static int continue_training(const char *name, const char *checkpoint)
{
    struct course c = {0};
    split(name, &c.data, &c.validation);
    const bool done = bp_net_load(&c.net, checkpoint) == BP_OK &&
                      bp_train_create(&c.train, c.net, c.data, c.validation) == BP_OK &&
                      bp_train_load(c.train, checkpoint) == BP_OK && bp_train_run(c.train, NULL, NULL) == BP_OK &&
                      bp_train_save(c.train, checkpoint) == BP_OK;
    if (!done)
        fprintf(stderr, "%s\n", bp_last_error());
    checkpoint_end(&c);
    return done ? 0 : 1;
}

static void continue_in_a_new_process(const char *name)
{
    extern char **environ;
    char *arguments[] = {(char *)program, all ? "--continue-all" : "--continue", (char *)name, path, NULL};
    pid_t child;
    int status;
    assert_int_equal(posix_spawn(&child, program, NULL, NULL, arguments, environ), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* ---- the courses */

static struct course begin(const char *name, const struct kind *kind, int32_t dtype)
{
    bp_data *first, *second;
    split(name, &first, &second);
    return checkpoint_begin_on(kind, dtype, first, second, all ? 10 : 4);
}

static void save(const struct course *course)
{
    const bp_status status = bp_train_save(course->train, path);
    if (status != BP_OK)
        print_error("%s\n", bp_last_error());
    assert_int_equal(status, BP_OK);
}

static void stop_and_continue(const char *name, const struct course *whole, size_t batches, int32_t dtype)
{
    struct course parted = begin(name, whole->kind, dtype);
    checkpoint_go(&parted, batches);
    save(&parted);
    continue_in_a_new_process(name);
    any_ok(bp_train_load(parted.train, path));
    checkpoint_same(&parted, whole);
    checkpoint_end(&parted);
}

static void stop_at_ten_batches(const char *name, const struct kind *kind, int32_t dtype)
{
    struct course whole = begin(name, kind, dtype);
    size_t batches = 0;
    uint64_t seed = 11;
    while (bp_train_batches(whole.train, 1) == BP_OK)
        batches++;
    assert_true(batches >= STOPS);
    for (size_t i = 0; i < STOPS; i++)
        stop_and_continue(name, &whole, (size_t)any_uniform(&seed, 0, (double)batches), dtype);
    print_message("%s, %s: %zu batches, stopped at %d\n", name, kind->name, batches, (int)STOPS);
    checkpoint_end(&whole);
}

static void a_training_stopped_at_ten_batches_and_continued_by_new_processes_has_the_same_bits(void **state)
{
    static const char *const sets[] = {"iris", "digits"};
    static const char *const names[] = {"momentum", "adam", "rprop", "l-bfgs", "levenberg-marquardt"};
    const int32_t dtype = any_dtype(state);
    for (size_t set = 0; set < 2; set++)
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
            const struct kind *kind = kinds;
            while (strcmp(kind->name, names[i]) != 0)
                kind++;
            stop_at_ten_batches(sets[set], kind, dtype);
        }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(a_training_stopped_at_ten_batches_and_continued_by_new_processes_has_the_same_bits),
    };
    all = argc > 1 && (strcmp(argv[1], "--all") == 0 || strcmp(argv[1], "--continue-all") == 0);
    if (argc == 4)
        return continue_training(argv[2], argv[3]);
    program = argv[0];
    snprintf(path, sizeof(path), "/tmp/bp-resume-%ld", (long)getpid());
    const int failures = cmocka_run_group_tests(tests, NULL, NULL);
    remove(path);
    return failures;
}
