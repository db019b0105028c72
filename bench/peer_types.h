/* SPDX-License-Identifier: MIT
 *
 * Arrays of the other number type, turned into those of a net: what a call that takes both cannot do without. */
#ifndef BP_BENCH_PEER_TYPES_H
#define BP_BENCH_PEER_TYPES_H

#include <stddef.h>

void to_f32(const double *restrict from, size_t n, float *restrict to);
void to_f64(const float *restrict from, size_t n, double *restrict to);

#endif
