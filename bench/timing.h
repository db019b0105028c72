/* SPDX-License-Identifier: MIT */
#ifndef BP_BENCH_TIMING_H
#define BP_BENCH_TIMING_H

#include <stddef.h>
#include <stdint.h>

/* Seconds on a clock that only goes forward. */
double now(void);

/* Seconds that this process has worked: what else the machine does then counts for its caches alone. */
double worked(void);

/* The first of those that it may use. */
void run_on_one_cpu(void);

/* Sorts the values. */
double median(double *values, size_t n);

/* The pointer; ends the program if it is NULL. */
void *need(void *pointer);

/* GFLOP/s of fused multiply-adds alone, of the instruction set that the library's kernels use. */
double measure_peak(int32_t dtype);

#endif
