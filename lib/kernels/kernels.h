/* SPDX-License-Identifier: MIT
 *
 * The table of kernels of one number type. It is filled with the C reference and then overwritten, up a ladder of
 * instruction sets, by what the CPU can do better; all give the same bits. */
#ifndef BP_KERNELS_KERNELS_H
#define BP_KERNELS_KERNELS_H

#include <stdint.h>

#include "kernels/real.h"

#include <bp/bp.h>

/* Public values are spaced by ten within their thousand; this is the row of one in a table. */
#define BP_INDEX(key) ((key) % 1000 / 10)

enum {
    BP_ACTIVATIONS = BP_INDEX(BP_ACT_LOG_SOFTMAX) + 1,
    BP_OPTIMIZERS = BP_INDEX(BP_OPTIM_ADAMW) + 1,
};

/* One panel of a product: c[m][n] = start[m][n] + sum over k of a(m, k) b[k][n] for m < rows, n < columns <= BP_LANES.
 *
 * Every result is one chain of fused multiply-adds, k ascending, whatever the tiles and blocks. a(m, k) lies at
 * a[m * a_row + k * a_step], so it may be read by rows or by columns. All BP_LANES of each b[k] may be read; of start
 * and c, only the columns. start may be c. */
struct REAL(bp_panel) {
    size_t rows, columns, depth;
    const real *a, *b, *start;
    real *c;
    size_t a_row, a_step, b_step, start_row, c_row;
};

/* A matrix of units with its activations; matrices are [rows][units], `stride` numbers from row to row. */
struct REAL(bp_units) {
    size_t rows, units, stride;
    const real *z;
    real *a;     /* forward writes it (it may be z), backward reads it */
    real *delta; /* backward: dLoss/da becomes dLoss/dz = dLoss/da f'(z, a) */
    real slope;
};

/* One step of an optimiser on a vector of n numbers, a multiple of BP_LANES. bp.h gives the formulas. */
struct REAL(bp_update) {
    size_t n;
    real *w;
    const real *g;                     /* the sum over rows */
    real *v, *u;                       /* state, as far as the optimiser has some */
    real mean, clip_value, clip_scale; /* g: times mean, clamped, scaled; then the penalties: */
    real l1, decay;
    real rate, momentum, nesterov, rho, epsilon;
    real beta1, beta2, corrected_rate, corrected_root; /* Adam: lr / (1 - b1^t), sqrt(1 - b2^t) */
    real shrink;                                       /* AdamW: 1 - lr * decay */
};

typedef void REAL(bp_units_fn)(const struct REAL(bp_units) *units);
typedef void REAL(bp_update_fn)(const struct REAL(bp_update) *update);

struct REAL(bp_kernels) {
    void (*panel)(const struct REAL(bp_panel) *panel);
    REAL(bp_units_fn) *forward[BP_ACTIVATIONS];
    REAL(bp_units_fn) *backward[BP_ACTIVATIONS];
    REAL(bp_update_fn) *update[BP_OPTIMIZERS];
    /* The largest |g|, infinite if any is infinite or NaN; n is a multiple of BP_LANES. */
    real (*largest)(size_t n, const real *g);
    /* start + the sum of squares of g as a step sees it, mean and clip_value applied: one chain in double. */
    double (*sum_of_squares)(const struct REAL(bp_update) *update, double start);
};

/* Fills the table for these flags of base/cpu.h. */
void REAL(bp_kernels_choose)(struct REAL(bp_kernels) *kernels, uint32_t cpu);

/* What each instruction set puts into the table; generic is the reference and fills all of it. */
void REAL(bp_kernels_fill_generic)(struct REAL(bp_kernels) *kernels);
void REAL(bp_kernels_fill_avx2)(struct REAL(bp_kernels) *kernels);
void REAL(bp_kernels_fill_avx512)(struct REAL(bp_kernels) *kernels);

/* The parts of a fill, one for each kernel source and instruction set. */
#ifdef BP_ISA
void KERNEL(bp_product_fill)(struct REAL(bp_kernels) *kernels);
void KERNEL(bp_activation_fill)(struct REAL(bp_kernels) *kernels);
void KERNEL(bp_update_fill)(struct REAL(bp_kernels) *kernels);
#endif

#endif
