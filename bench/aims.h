/* SPDX-License-Identifier: MIT
 *
 * What the rows of targets need beside the time of a step: what a training leaves behind, widths that are powers of two,
 * and the speed of memory. */
#ifndef BP_BENCH_AIMS_H
#define BP_BENCH_AIMS_H

#include <stdint.h>

#include "works.h"

/* W3's net with Adam at 0.01, on one batch again and again, so that units die and moments fade: the time of steps 9,500
 * to 10,000 over that of the first 500. NAN if the number type is not built in. */
double time_of_late_steps(int32_t dtype);

/* A training step of f32 with layers of this width, over one with layers that are 16 wider, both for each multiplication:
 * the median of alternating pairs. */
double time_of_power_of_two(size_t width, size_t batch);

/* Seconds that one pass over a work's f32 weights, gradient and optimiser's state takes, which reads and writes each. */
double seconds_of_pass(const struct work *work);

#endif
