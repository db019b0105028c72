/* SPDX-License-Identifier: MIT
 *
 * What the rows of targets need beside the time of a step: what a training leaves behind, widths that are powers of
 * two, and the speed of memory. */
#ifndef BP_BENCH_AIMS_H
#define BP_BENCH_AIMS_H

#include <stdint.h>

#include "works.h"

/* W3's net with Adam at 0.01, on one batch again and again, so that units die and moments fade: of so many steps, the
 * time of the last part over that of the first. NAN if the number type is not built in. */
double time_of_late_steps(int32_t dtype, size_t steps, size_t part);

enum { BENCH_WIDER = 16 };

/* The time of a training step of f32 with layers of this width, over that with layers BENCH_WIDER wider, both for each
 * multiplication: the median of alternating pairs of so many steps. NAN if f32 is not built in. */
double time_of_power_of_two(size_t width, size_t batch, size_t steps);

/* Seconds of one pass that reads and writes a work's f32 weights, gradient and optimiser's state. */
double seconds_of_pass(const struct work *work);

#endif
