/* SPDX-License-Identifier: MIT
 *
 * What it costs to save a net of about 100 MB and to load it, beside what cp takes for the same file and folder.
 * A save is on the disk when it returns, which cp does not wait for: so there is also a cp with a sync of its copy.
 * usage: files [--quick] [FOLDER...]   without a folder: this one, and /dev/shm */
#define _POSIX_C_SOURCE 200809L
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bp/bp.h>

#include "timing.h"

enum { REPEATS = 21, MOST_PATH = 4096 };

extern char **environ;

static void check(bp_status status)
{
    if (status == BP_OK)
        return;
    fprintf(stderr, "files: %s\n", bp_last_error());
    exit(1);
}

/* ---- what is measured */

struct work {
    bp_net *net, *loaded;
    char *file, *copy; /* paths */
};

static void run_program(char *const arguments[])
{
    pid_t child;
    int status = 0;
    if (posix_spawnp(&child, arguments[0], NULL, NULL, arguments, environ) != 0 ||
        waitpid(child, &status, 0) != child || status != 0) {
        fprintf(stderr, "files: %s has failed\n", arguments[0]);
        exit(1);
    }
}

static void copy(struct work *work) { run_program((char *[]){"cp", work->file, work->copy, NULL}); }

static void copy_and_sync(struct work *work)
{
    copy(work);
    run_program((char *[]){"sync", work->copy, NULL});
}

static void save(struct work *work) { check(bp_net_save(work->net, work->file)); }

static void load(struct work *work) { check(bp_net_load(&work->loaded, work->file)); }

enum { COPY, SYNC, SAVE, LOAD, WORKS };

static const struct {
    const char *what;
    void (*run)(struct work *work);
} works[WORKS] = {
    [COPY] = {"cp", copy},
    [SYNC] = {"cp and sync", copy_and_sync},
    [SAVE] = {"bp_net_save", save},
    [LOAD] = {"bp_net_load", load},
};

/* ---- the nets */

/* Widths that are powers of 2, as many are: the worst for what turns rows into panels. */
static bp_net *net_of(int32_t dtype, bool quick)
{
    const size_t inputs = quick ? 256 : 2048, units = quick ? 128 : 4096, outputs = dtype == BP_F32 ? units : units / 4;
    bp_net *net = NULL;
    if (bp_net_create(&net, dtype, inputs) != BP_OK)
        return NULL; /* built without this type */
    check(bp_net_add_dense(net, units, BP_ACT_TANH));
    check(bp_net_add_dense(net, outputs, BP_ACT_TANH));
    check(bp_net_init(net, 1));
    return net;
}

/* ---- times */

/* The median over the rounds of how many times as fast the one is as the other. */
static double speed(size_t rounds, double times[WORKS][REPEATS], size_t one, size_t other)
{
    double ratios[REPEATS];
    for (size_t i = 0; i < rounds; i++)
        ratios[i] = times[other][i] / times[one][i];
    return median(ratios, rounds);
}

static void measure(struct work *work, size_t rounds, double times[WORKS][REPEATS])
{
    save(work); /* so that there is an old file for each of them */
    copy_and_sync(work);
    for (size_t round = 0; round < rounds; round++)
        for (size_t i = 0; i < WORKS; i++) {
            const size_t which = (i + round) % WORKS;
            const double start = now();
            works[which].run(work);
            times[which][round] = now() - start;
            bp_net_destroy(work->loaded);
            work->loaded = NULL;
        }
}

static void row(size_t rounds, double times[WORKS][REPEATS], size_t one, size_t other)
{
    const double figure = speed(rounds, times, one, other);
    printf("| %s, times as fast as %s | >= 0.5 x | %.3g x | %s |\n", works[one].what, works[other].what, figure,
           figure >= 0.5 ? "pass" : "SHORT");
}

static void measure_in(const char *folder, int32_t dtype, bool quick)
{
    char file[MOST_PATH], copied[MOST_PATH];
    double times[WORKS][REPEATS];
    size_t bytes = 0;
    const size_t rounds = quick ? 1 : REPEATS;
    struct work work = {net_of(dtype, quick), NULL, file, copied};
    if (!work.net)
        return;
    snprintf(file, sizeof(file), "%s/bench-%ld.safetensors", folder, (long)getpid());
    snprintf(copied, sizeof(copied), "%s/bench-%ld.copy", folder, (long)getpid());
    check(bp_net_save_memory(work.net, NULL, 0, &bytes));
    measure(&work, rounds, times);
    printf("\n%s, %s, %.1f MB\n\n| | ms | MB/s |\n| --- | --- | --- |\n", folder, dtype == BP_F32 ? "f32" : "f64",
           (double)bytes / 1e6);
    for (size_t i = 0; i < WORKS; i++) {
        double sorted[REPEATS];
        memcpy(sorted, times[i], sizeof(sorted));
        const double middle = median(sorted, rounds);
        printf("| %s | %.1f | %.0f |\n", works[i].what, 1e3 * middle, (double)bytes / 1e6 / middle);
    }
    printf("\n| what | asked | measured | |\n| --- | --- | --- | --- |\n");
    row(rounds, times, SAVE, COPY);
    row(rounds, times, SAVE, SYNC);
    row(rounds, times, LOAD, COPY);
    remove(file);
    remove(copied);
    bp_net_destroy(work.net);
}

int main(int argc, char **argv)
{
    const bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    char *const usual[] = {".", "/dev/shm"}, *const *folders = argc > 1 + quick ? argv + 1 + quick : usual;
    const size_t count = argc > 1 + quick ? (size_t)(argc - 1 - quick) : access("/dev/shm", W_OK) == 0 ? 2 : 1;
    run_on_one_cpu();
    for (size_t i = 0; i < count; i++) {
        measure_in(folders[i], BP_F32, quick);
        measure_in(folders[i], BP_F64, quick);
    }
    return 0;
}
