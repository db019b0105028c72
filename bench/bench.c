/* SPDX-License-Identifier: MIT
 *
 * Measures the works on libbp and on its peers, all in turn within one run, and then says which targets are met.
 * usage: bench [--quick] [--no-peers] [W2 ...] */
#define _GNU_SOURCE /* sched_setaffinity */
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bp/bp.h>

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

static const char *name_of(size_t peer) { return peer == PYTORCH ? "PyTorch" : peers[peer]->name; }

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
        printf("| %s | %.3f | %.2f | %.1f %% | %.2f |\n", name_of(i), seconds * 1e6, rate, 100 * rate / peak,
               seconds / own);
    }
    fflush(stdout);
    return isfinite(own) || isfinite(result->seconds[BP_TRAIN_F64]);
}

/* The environment may hold settings that slow OpenBLAS down, or let it and oneDNN use every core: begin again without. */
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

static bool has_argument(int count, char **arguments, const char *wanted)
{
    for (int i = 1; i < count; i++)
        if (strcmp(arguments[i], wanted) == 0)
            return true;
    return false;
}

static bool is_known(const char *argument)
{
    bool known = strcmp(argument, "--quick") == 0 || strcmp(argument, "--no-peers") == 0;
    for (size_t i = 0; i < work_count; i++)
        known = known || strcmp(argument, works[i].name) == 0;
    return known;
}

static void check_arguments(int count, char **arguments)
{
    for (int i = 1; i < count; i++) {
        if (is_known(arguments[i]))
            continue;
        const bool help = strcmp(arguments[i], "--help") == 0;
        fprintf(help ? stdout : stderr, "usage: bench [--quick] [--no-peers] [%s ... %s]\n", works[0].name,
                works[work_count - 1].name);
        exit(help ? EXIT_SUCCESS : EXIT_FAILURE);
    }
}

static bool names_works(int count, char **arguments)
{
    for (int i = 1; i < count; i++)
        if (arguments[i][0] == 'W')
            return true;
    return false;
}

int main(int argc, char **argv)
{
    const bool quick = has_argument(argc, argv, "--quick"), with_peers = !has_argument(argc, argv, "--no-peers");
    struct result results[16] = {{{0}, 0, 0}};
    bool good = true;
    check_arguments(argc, argv);
    cleanse(argv);
    find_cpus();
    run_on(&one_cpu);
    printf("%s\nFMA peak of one core: %.1f GFLOP/s f32, %.1f f64\n", bp_build_info(), measure_peak(BP_F32),
           measure_peak(BP_F64));
    for (size_t i = 0; i < work_count; i++) {
        for (size_t k = 0; k < PEERS; k++)
            results[i].seconds[k] = NAN;
        if ((names_works(argc, argv) && !has_argument(argc, argv, works[i].name)) ||
            (quick && work_operations(&works[i]) > 1e9))
            continue;
        measure(&works[i], &results[i], quick ? 0.002 : 0.05, with_peers);
        good = print(&works[i], &results[i]) && good;
    }
    if (!names_works(argc, argv))
        print_targets(results, quick);
    return good ? 0 : 1;
}
