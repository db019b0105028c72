/* SPDX-License-Identifier: MIT
 *
 * The figures of a run of bench as one JSON object, to be kept and compared. bench/README.md describes its members. */
#ifndef BP_BENCH_JSON_H
#define BP_BENCH_JSON_H

#include <stdbool.h>
#include <stdio.h>

#include "targets.h"

struct run {
    bool quick;
    double peak32, peak64; /* GFLOP/s at the beginning */
    bool measured[MOST_WORKS];
    struct result results[MOST_WORKS];
    struct targets targets; /* none if not all works were measured */
};

/* ferror() says afterwards whether all was written. */
void json_write(FILE *file, const struct run *run);

#endif
