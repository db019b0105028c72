/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* sched_setaffinity */
#include "timing.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <bp/bp.h>

#include "peak.h"

static double seconds_of(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double now(void) { return seconds_of(CLOCK_MONOTONIC); }
double worked(void) { return seconds_of(CLOCK_PROCESS_CPUTIME_ID); }

void run_on_one_cpu(void)
{
    cpu_set_t cpus;
    size_t first = 0;
    sched_getaffinity(0, sizeof(cpus), &cpus);
    while (!CPU_ISSET(first, &cpus))
        first++;
    CPU_ZERO(&cpus);
    CPU_SET(first, &cpus);
    sched_setaffinity(0, sizeof(cpus), &cpus);
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double median(double *values, size_t n)
{
    qsort(values, n, sizeof(*values), ascending);
    return values[n / 2];
}

void *need(void *pointer)
{
    if (pointer)
        return pointer;
    fputs("bench: no memory\n", stderr);
    exit(1);
}

double measure_peak(int32_t dtype)
{
    static const struct {
        const char *name;
        peak_fn_f32 *f32;
        peak_fn_f64 *f64;
    } peaks[] = {
#ifdef BENCH_AVX2
        {"avx2", peak_avx2_f32, peak_avx2_f64},
#endif
#ifdef BENCH_AVX512
        {"avx512", peak_avx512_f32, peak_avx512_f64},
#endif
#ifdef BENCH_NEON
        {"neon", peak_neon_f32, peak_neon_f64},
#endif
        {"generic", peak_generic_f32, peak_generic_f64},
    };
    const char *active = strstr(bp_build_info(), "active: ") + strlen("active: ");
    const size_t last = sizeof(peaks) / sizeof(peaks[0]) - 1, rounds = 100000;
    float f32[3] = {0.5f, 0.5f, 0};
    double f64[3] = {0.5, 0.5, 0};
    size_t i = 0;
    while (i < last && strncmp(peaks[i].name, active, strlen(peaks[i].name)) != 0)
        i++;
    const double start = worked();
    const double operations = dtype == BP_F32 ? peaks[i].f32(rounds, f32) : peaks[i].f64(rounds, f64);
    return operations / (worked() - start) / 1e9;
}
