/* SPDX-License-Identifier: MIT */
#ifndef BP_BENCH_PEAK_H
#define BP_BENCH_PEAK_H

#include <stddef.h>

/* Each runs `rounds` rounds of independent fused multiply-adds and returns how many operations that was; sink holds the
 * factor, the summand and takes the result, so that nothing can be left out. */
typedef double peak_fn_f32(size_t rounds, float *sink);
typedef double peak_fn_f64(size_t rounds, double *sink);

peak_fn_f32 peak_generic_f32, peak_avx2_f32, peak_avx512_f32, peak_neon_f32;
peak_fn_f64 peak_generic_f64, peak_avx2_f64, peak_avx512_f64, peak_neon_f64;

#endif
