/* SPDX-License-Identifier: MIT
 *
 * For the tests of the metrics: nets that pass their inputs through, and data sets to measure them on. */
#ifndef METRICS_FIXTURE_H
#define METRICS_FIXTURE_H

#include "any.h"

/** A net whose outputs are its inputs, before `activation`. */
bp_net *through(int32_t dtype, size_t width, int32_t activation, const bp_allocator *allocator);

/** The arrays of a data set: [rows][inputs], and [rows][outputs] or [rows], and [rows] or NULL. */
struct content {
    size_t rows, inputs;
    const double *x, *target;
    size_t outputs;
    const int32_t *labels;
    size_t classes;
    const double *weights;
};

/** A data set whose inputs are of a type; the target is double with either. */
bp_data *content_data(int32_t dtype, const struct content *c, const bp_allocator *allocator);

/** ROWS rows of WIDTH numbers with labels, targets and weights to choose from. */
enum { ROWS = 600, WIDTH = 4 };
struct content many(uint64_t seed);

double measure(const bp_net *net, const bp_data *data, int32_t metric);

/** Needs labels. */
bool is_of_classes(int32_t metric);

void assert_near(const char *what, double got, double expected, double bound);

#define data_ok(data, status)                                                                                          \
    do {                                                                                                               \
        if ((status) != BP_OK)                                                                                         \
            fail_msg("%s: %s", #status, bp_last_error());                                                              \
    } while (0)

#endif
