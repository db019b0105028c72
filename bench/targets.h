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

enum { MOST_TARGETS = 64, MOST_WHAT = 96 };

/* A row of the table: what is asked, and the figure, NAN where it was not measured. */
struct target {
    char what[MOST_WHAT];
    const char *unit;
    double asked, measured;
    bool at_least; /* the figure must be that of `asked` or more; else that or less */
};

struct targets {
    size_t count;
    struct target rows[MOST_TARGETS];
};

bool target_met(const struct target *target);

/* Prints the table and fills the empty list; results in the order of the works. `quick` leaves out what takes long, and
 * measures some rows with small sizes, only to run their code. */
void print_targets(struct targets *list, const struct result *results, bool quick);

#endif
