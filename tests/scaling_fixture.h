/* SPDX-License-Identifier: MIT
 *
 * For the tests of scaling: a table, the same table scaled by hand, and nets for both. */
#ifndef SCALING_FIXTURE_H
#define SCALING_FIXTURE_H

#include "any.h"

enum { ROWS = 70, INPUTS = 5, OUTPUTS = 3, BATCH = 7 };

/* Columns of very different sizes, the third constant; the targets have other sizes again. */
struct table {
    double x[ROWS * INPUTS], target[ROWS * OUTPUTS];
    double center[INPUTS], factor[INPUTS], target_center[OUTPUTS], target_factor[OUTPUTS];
};

/* Its numbers are short in binary, so that f32 and f64 hold the same. */
struct table table_of(uint64_t seed);

/* The same table as the network of a net that scales sees it. */
struct table scaled(struct table t);

/* The wide net is wide enough for panels, and for copies of rows whose stride causes cache-set conflicts. */
bp_net *net_of(int32_t dtype, bool narrow, const struct table *scaling);

#endif
