/* SPDX-License-Identifier: MIT
 *
 * What is asked of libbp, and whether it is met. */
#ifndef BP_BENCH_TARGETS_H
#define BP_BENCH_TARGETS_H

#include <stdbool.h>

#include "peers.h"

/* Of a work: seconds a step, NAN where there is no figure, and the peaks measured beside them. */
struct result {
    double seconds[PEERS];
    double peak32, peak64;
};

/* The table; results in the order of the works. `quick` leaves out what takes long. */
void print_targets(const struct result *results, bool quick);

#endif
