/* SPDX-License-Identifier: MIT
 *
 * The works that are measured, on synthetic data. */
#ifndef BP_BENCH_WORKS_H
#define BP_BENCH_WORKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bp/bp.h>

enum { MOST_LAYERS = 4, MOST_WORKS = 16 };

enum { W1, W2, W3, W4, W5, W6, W7 };

struct work {
    const char *name, *what;
    size_t rows, widths[MOST_LAYERS]; /* inputs, then the units of each layer; 0 ends them */
    int32_t hidden, output, loss, optimizer;
    bool predict;
};

/* In the order of these names, and their count. */
extern const struct work works[];
extern const size_t work_count;

/* Layers with weights. */
size_t work_layers(const struct work *work);
/* 6 x rows x weights, less the delta product of the first layer; a prediction 2 x rows x weights. */
double work_operations(const struct work *work);
double work_weights(const struct work *work);

/* The work's net, initialised; NULL if the number type is not built in. `allocator` may be NULL. */
bp_net *work_net(const struct work *work, int32_t dtype, const bp_allocator *allocator);

/* x: [rows][inputs], numbers in [0, 1); target: [rows][outputs], a one at a changing place; both in both types. */
struct batch {
    float *x32, *target32, *y32;
    double *x64, *target64, *y64;
};

struct batch batch_create(const struct work *work);
void batch_destroy(struct batch *batch);

#endif
