/* SPDX-License-Identifier: MIT
 *
 * Measures the works on libbp and on its peers, all in turn within one run, and then says which targets are met.
 * usage: bench [--quick] [--no-peers] [--json FILE] [W2 ...] */
#define _GNU_SOURCE /* sched_setaffinity */
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bp/bp.h>

#include "json.h"
#include "peers.h"
#include "targets.h"
#include "timing.h"

enum { REPEATS = 7 };

static const struct peer *const peers[PEERS] = {
    [BP_TRAIN_F32] = &peer_bp_f32,       [BP_TRAIN_F64] = &peer_bp_f64, [BP_SEPARATE] = &peer_bp_separate,
    [BP_TWO_THREADS] = &peer_bp_threads, [LIBFANN] = &peer_fann,        [CBLAS_NET] = &peer_cblas,
    [OPENBLAS] = &peer_openblas,         [ONEDNN] = &peer_onednn,
};

static cpu_set_t all_cpus, one_cpu;

/* What it was started on, and the first CPU of that. */
static void find_cpus(void)
{
    size_t first = 0;
    sched_getaffinity(0, sizeof(all_cpus), &all_cpus);
    while (!CPU_ISSET(first, &all_cpus))
        first++;
    CPU_ZERO(&one_cpu);
    CPU_SET(first, &one_cpu);
}

static void run_on(const cpu_set_t *cpus) { sched_setaffinity(0, sizeof(*cpus), cpus); }

static double seconds_of(const struct peer *peer, void *state, size_t steps)
{
    const double start = now();
    for (size_t i = 0; i < steps; i++)
        peer->step(state);
    return (now() - start) / (double)steps;
}

/* Steps that take about so long. */
static size_t calibrate(const struct peer *peer, void *state, double seconds)
{
    size_t steps = 1;
    peer->step(state);
    for (double each = seconds_of(peer, state, 1); each * (double)steps < seconds / 10; steps *= 2)
        each = seconds_of(peer, state, steps);
    return 1 + (size_t)(seconds / seconds_of(peer, state, steps));
}

/* The peers in turn, again and again, each time with the peaks beside them. */
static void measure(const struct work *work, struct result *result, double seconds, bool with_peers)
{
    struct batch batch = batch_create(work);
    double times[PEERS][REPEATS], peaks[2][REPEATS];
    void *states[PEERS] = {NULL};
    size_t steps[PEERS];
    for (size_t i = 0; i < PEERS; i++) {
        result->seconds[i] = NAN;
        const bool wanted = peers[i] && peers[i]->create && (i < LIBFANN || with_peers) &&
                            !(peers[i]->threads && CPU_COUNT(&all_cpus) < 2);
        run_on(wanted && peers[i]->threads ? &all_cpus : &one_cpu); /* threads that it makes stay where it is now */
        states[i] = wanted ? peers[i]->create(work, &batch) : NULL;
        if (states[i])
            steps[i] = calibrate(peers[i], states[i], seconds);
        run_on(&one_cpu);
    }
    for (size_t repeat = 0; repeat < REPEATS; repeat++) {
        peaks[0][repeat] = measure_peak(BP_F32);
        peaks[1][repeat] = measure_peak(BP_F64);
        for (size_t i = 0; i < PEERS; i++) {
            if (!states[i])
                continue;
            run_on(peers[i]->threads ? &all_cpus : &one_cpu);
            if (peers[i]->threads)
                peers[i]->step(states[i]);
            times[i][repeat] = seconds_of(peers[i], states[i], steps[i]);
            run_on(&one_cpu);
        }
    }
    for (size_t i = 0; i < PEERS; i++) {
        if (!states[i])
            continue;
        result->seconds[i] = median(times[i], REPEATS);
        peers[i]->destroy(states[i]);
    }
    if (with_peers)
        result->seconds[PYTORCH] = torch_microseconds(work) * 1e-6;
    result->peak32 = median(peaks[0], REPEATS);
    result->peak64 = median(peaks[1], REPEATS);
    batch_destroy(&batch);
}

const char *peer_name(size_t peer) { return peer == PYTORCH ? "PyTorch" : peers[peer]->name; }

/* A row of the work's table for each that was measured; false if libbp's figure is none. */
static bool print(const struct work *work, const struct result *result)
{
    const double operations = work_operations(work), own = result->seconds[BP_TRAIN_F32];
    printf("\n### %s %s\n\n| | us | GFLOP/s | of the peak | libbp is faster by |\n| --- | --- | --- | --- | --- |\n",
           work->name, work->what);
    for (size_t i = 0; i < PEERS; i++) {
        const double seconds = result->seconds[i];
        if (!isfinite(seconds))
            continue;
        const double rate = operations / seconds / 1e9, peak = i == BP_TRAIN_F64 ? result->peak64 : result->peak32;
        printf("| %s | %.3f | %.2f | %.1f %% | %.2f |\n", peer_name(i), seconds * 1e6, rate, 100 * rate / peak,
               seconds / own);
    }
    fflush(stdout);
    return isfinite(own) || isfinite(result->seconds[BP_TRAIN_F64]);
}

/* The environment may hold settings that slow OpenBLAS down, or let it and oneDNN use every core: begin again
 * without. */
static void cleanse(char **argv)
{
    static const char *const settings[][2] = {{"OPENBLAS_NUM_THREADS", "1"}, {"OMP_NUM_THREADS", "1"}};
    if (getenv("BP_BENCH_CLEAN"))
        return;
    unsetenv("OPENBLAS_CORETYPE");
    unsetenv("OPENBLAS_L2_SIZE");
    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
        setenv(settings[i][0], settings[i][1], 1);
    setenv("BP_BENCH_CLEAN", "1", 1);
    execv("/proc/self/exe", argv); /* where that cannot be, continue as it is */
}

struct options {
    bool quick, with_peers;
    const char *json;       /* a file's name; NULL: none */
    bool named[MOST_WORKS]; /* the works to measure */
    bool all;               /* of them, because none was named */
};

static void usage(bool help)
{
    fprintf(help ? stdout : stderr, "usage: bench [--quick] [--no-peers] [--json FILE] [%s ... %s]\n", works[0].name,
            works[work_count - 1].name);
    exit(help ? EXIT_SUCCESS : EXIT_FAILURE);
}

static bool name_work(struct options *options, const char *name)
{
    for (size_t i = 0; i < work_count; i++)
        if (strcmp(name, works[i].name) == 0) {
            options->all = false;
            return options->named[i] = true;
        }
    return false;
}

static struct options read_arguments(int count, char **arguments)
{
    struct options options = {.with_peers = true, .all = true};
    for (int i = 1; i < count; i++) {
        const char *word = arguments[i];
        if (strcmp(word, "--quick") == 0)
            options.quick = true;
        else if (strcmp(word, "--no-peers") == 0)
            options.with_peers = false;
        else if (strcmp(word, "--json") == 0 && i + 1 < count)
            options.json = arguments[++i];
        else if (!name_work(&options, word))
            usage(strcmp(word, "--help") == 0);
    }
    return options;
}

/* Opened before the measurements, so that a name that cannot be written costs no time. */
static FILE *open_json(const char *path)
{
    FILE *file = path ? fopen(path, "w") : NULL;
    if (!path || file)
        return file;
    perror(path);
    exit(EXIT_FAILURE);
}

static bool write_json(FILE *file, const char *path, const struct run *run)
{
    json_write(file, run);
    const bool written = !ferror(file);
    if (fclose(file) == 0 && written)
        return true;
    fprintf(stderr, "bench: %s could not be written\n", path);
    return false;
}

int main(int argc, char **argv)
{
    const struct options options = read_arguments(argc, argv);
    struct run run = {.quick = options.quick};
    bool good = true;
    cleanse(argv);
    FILE *file = open_json(options.json);
    find_cpus();
    run_on(&one_cpu);
    run.peak32 = measure_peak(BP_F32);
    run.peak64 = measure_peak(BP_F64);
    printf("%s\nFMA peak of one core: %.1f GFLOP/s f32, %.1f f64\n", bp_build_info(), run.peak32, run.peak64);
    for (size_t i = 0; i < work_count; i++) {
        for (size_t k = 0; k < PEERS; k++)
            run.results[i].seconds[k] = NAN;
        run.measured[i] = (options.all || options.named[i]) && !(options.quick && work_operations(&works[i]) > 1e9);
        if (!run.measured[i])
            continue;
        measure(&works[i], &run.results[i], options.quick ? 0.002 : 0.05, options.with_peers);
        good = print(&works[i], &run.results[i]) && good;
    }
    if (options.all)
        print_targets(&run.targets, run.results, options.quick);
    if (file)
        good = write_json(file, options.json, &run) && good;
    return good ? 0 : 1;
}
