/* SPDX-License-Identifier: MIT
 *
 * The arithmetic that the numbers of sparse rows take in a step of plain gradient descent, and nothing else. */
#ifndef BP_BENCH_PEER_SPARSE_H
#define BP_BENCH_PEER_SPARSE_H

#include <stddef.h>
#include <stdint.h>

enum { BARE_UNITS = 16 };

/* For each row its product with w, [inputs][BARE_UNITS], then w -= rate x delta with that as the delta. */
void bare_epoch(const float *values, const int32_t *columns, const int64_t *starts, size_t rows, float *w);

#endif
