/* SPDX-License-Identifier: MIT
 *
 * The table of kernels of one number type. It is filled with the C reference and then overwritten, up a ladder of
 * instruction sets, by what the CPU can do better; all give the same bits. */
#ifndef BP_KERNELS_KERNELS_H
#define BP_KERNELS_KERNELS_H

#include <stdbool.h>
#include <stdint.h>

#include "kernels/real.h"

#include <bp/bp.h>

/* Keys are spaced by ten within the thousand of their family. So this place of a key in a table is below BP_PLACES,
 * whatever is added to the family. */
#define BP_INDEX(key) ((key) % 1000 / 10)

enum { BP_PLACES = 100 };

/* A product: c[m][n] = start[m][n] + sum over k < depth of a(m, k) b[k][n], for m < rows and n over whole panels of
 * BP_LANES numbers. There is at least one row.
 *
 * Every result is one chain of fused multiply-adds, k ascending, whatever the tiles and blocks. a(m, k) lies at
 * a[m * a_row + k * a_step], so it may be read by rows or by columns; number n of panel p at b[k * b_step + p * b_panel
 * + n], and likewise in start and c, which may be one. With `plain_sgd` the results r are a gradient that takes the
 * step of plain gradient descent at once, c = fma(-rate, r mean, c), and the depth is at most BP_DESCENT_DEPTH. */
struct REAL(bp_product) {
    size_t rows, panels, depth;
    const real *a, *b, *start;
    real *c;
    size_t a_row, a_step;
    size_t b_step, b_panel;
    size_t start_row, start_panel;
    size_t c_row, c_panel;
    bool packed; /* a is what kernels->pack() made of so many rows and this depth; a_row and a_step are not read */
    bool plain_sgd;
    real rate, mean;
};

enum { BP_DESCENT_DEPTH = 512 };

/* Rows of the tallest tile. pack() writes at most R (depth + BP_LANES) numbers, where R is `rows` rounded up to a
 * multiple of this. */
enum { BP_TALLEST = 12 };

/* A matrix of units with its activations; matrices are [rows][units], `stride` numbers from row to row, and whole
 * vectors of units may be read and written. */
struct REAL(bp_units) {
    size_t rows, units, stride;
    const real *z;
    real *a;     /* forward writes it (it may be z), backward reads it */
    real *delta; /* backward: dLoss/da becomes dLoss/dz = dLoss/da f'(z, a) */
    real slope;
};

/* f and f' of one vector, of types that only the instruction set's own sources know; NULL where a whole row is
 * needed. */
struct bp_unit_activation {
    void (*f)(void), (*prime)(void);
};

/* A row of the loss: outputs, targets and the loss's own parameter. Whole vectors of each may be read. */
struct REAL(bp_loss_row) {
    size_t n;
    const real *z, *a, *t;
    real p;
    bool mean; /* over the outputs */
};

struct REAL(bp_loss_kernel) {
    int32_t loss, activation; /* 0: any that is not named */
    bool mean;
    double (*value)(const struct REAL(bp_loss_row) *row);
    /* dLoss/dz where an activation is named, else dLoss/da; zeros in the padding. */
    void (*slopes)(const struct REAL(bp_loss_row) *row, real *delta);
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
    real beta1, beta2, corrected_rate, corrected_root; /* Adam: lr / (1 - b1^t), 1 / sqrt(1 - b2^t) */
    real shrink;                                       /* AdamW: 1 - lr * decay */
    real eta_plus, eta_minus, step_min, step_max;      /* Rprop; the last two are above 0 */
    real growth, growth_share;                         /* Quickprop: mu, mu / (1 + mu) */
};

typedef void REAL(bp_units_fn)(const struct REAL(bp_units) *units);
typedef void REAL(bp_update_fn)(const struct REAL(bp_update) *update);

/* A layer of a narrow net at work on one row: a panel of units, its places fixed beforehand. */
struct REAL(bp_narrow_layer) {
    size_t inputs;
    const real *in;            /* in whole vectors, padded with zeros or whatever is finite */
    real *w, *b;               /* [inputs][lanes] and [lanes] */
    real *transposed;          /* buffer for the weights as [units][lanes] of inputs, the padding whatever it is */
    real *dw, *db;             /* their places in the gradient */
    struct REAL(bp_units) out; /* one row */
    struct bp_unit_activation unit;
    REAL(bp_units_fn) *forward; /* where the unit's f is NULL, of the last layer alone */
    REAL(bp_units_fn) *backward;
};

/* One training step of a net of narrow layers on one row. */
struct REAL(bp_narrow) {
    size_t count;
    struct REAL(bp_narrow_layer) *layers;
    const struct REAL(bp_loss_kernel) *loss;
    struct REAL(bp_loss_row) row;
    real bound;                    /* of each delta and each input, up to which a step is known to be safe */
    struct REAL(bp_update) update; /* of all parameters at once */
    bool plain_sgd;                /* that update is plain gradient descent */
    REAL(bp_update_fn) *step;
};

enum bp_narrow_end { BP_NARROW_DONE, BP_NARROW_LOSS, BP_NARROW_UNSAFE };

/* What a narrow net's step takes from an instruction set. */
struct REAL(bp_narrow_kernel) {
    /* Forward, loss, deltas, step. Stops with _LOSS after a loss that is not finite, and with _UNSAFE before a step
     * that is not known to be safe; all up to there is as the other kernels make it. */
    enum bp_narrow_end (*train)(const struct REAL(bp_narrow) *narrow, double *loss);
    struct bp_unit_activation unit[BP_PLACES];
    const struct REAL(bp_loss_kernel) *losses; /* as in struct bp_kernels */
};

/* A row of sparse input: n numbers, and their columns, which ascend. */
struct REAL(bp_sparse_row) {
    size_t n;
    const real *values;
    const int32_t *columns;
};

/* A row against a panel, [inputs][lanes]. Where one returns a bool, it says whether a result may be -0, which is the
 * one that the numbers left out might have made another. */
struct REAL(bp_sparse_kernels) {
    /* sums[lane] += values[k] w[columns[k]][lane], a chain of fused multiply-adds, k ascending. */
    bool (*sum)(const struct REAL(bp_sparse_row) *row, const real *w, real *sums);
    /* dw[columns[k]][lane] += values[k] delta[lane] */
    bool (*add)(const struct REAL(bp_sparse_row) *row, const real *delta, real *dw);
    /* With that as the gradient, from 0, w = fma(-rate, g mean, w). */
    void (*plain_sgd)(const struct REAL(bp_sparse_row) *row, const real *delta, real rate, real mean, real *w);
};

struct REAL(bp_kernels) {
    void (*product)(const struct REAL(bp_product) *product);
    /* Packs an a whose rows are next to one another, a(m, k) at from[m + k * from_step], as the tiles of the product
     * read it: [tiles][depth][rows of a tile], and BP_LANES numbers between the tiles. */
    void (*pack)(size_t rows, size_t depth, const real *from, size_t from_step, real *to);
    /* Transposes panels of BP_LANES units, [inputs][lanes] each, into to[unit * to_step + input]: `units` units and
     * `inputs` inputs, of the first panel and those after it, which lie from_panel numbers apart. */
    void (*transpose)(size_t units, size_t inputs, const real *from, size_t from_panel, real *to, size_t to_step);
    REAL(bp_units_fn) *forward[BP_PLACES];
    REAL(bp_units_fn) *backward[BP_PLACES];
    REAL(bp_update_fn) *update[BP_PLACES];
    struct REAL(bp_sparse_kernels) sparse;
    struct REAL(bp_narrow_kernel) narrow, half_narrow; /* for layers up to a panel wide, and up to half of one */
    const struct REAL(bp_loss_kernel) *losses;         /* up to one without a value */
    /* to = (x - center) factor, n numbers each */
    void (*scale)(size_t n, const real *x, const real *center, const real *factor, real *to);
    /* db += the sum of delta over the rows, row after row. */
    void (*sum_rows)(const struct REAL(bp_units) *units, real *db);
    /* The largest |g|, infinite if any is infinite or NaN; n is a multiple of BP_LANES. */
    real (*largest)(size_t n, const real *g);
    /* start + the sum of squares of g as a step sees it, mean and clip_value applied: one chain in double. */
    double (*sum_of_squares)(const struct REAL(bp_update) *update, double start);
};

/* Fills the table for these flags of base/cpu.h. */
void REAL(bp_kernels_choose)(struct REAL(bp_kernels) *kernels, uint32_t cpu);

#ifdef BP_HAVE_BLAS
/* The product by a CBLAS, for matrices whose rows an int can count; the bits are the CBLAS's. */
void REAL(bp_blas_product)(const struct REAL(bp_product) *product);
#endif

/* What each instruction set puts into the table; generic is the reference and fills all of it. */
void REAL(bp_kernels_fill_generic)(struct REAL(bp_kernels) *kernels);
void REAL(bp_kernels_fill_avx2)(struct REAL(bp_kernels) *kernels);
void REAL(bp_kernels_fill_avx512)(struct REAL(bp_kernels) *kernels);
void REAL(bp_kernels_fill_neon)(struct REAL(bp_kernels) *kernels);

/* The parts of a fill, one for each kernel source and instruction set. */
#ifdef BP_ISA
void KERNEL(bp_product_fill)(struct REAL(bp_kernels) *kernels);
void KERNEL(bp_sparse_fill)(struct REAL(bp_kernels) *kernels);
void KERNEL(bp_activation_fill)(struct REAL(bp_kernels) *kernels);
void KERNEL(bp_softmax_fill)(struct REAL(bp_kernels) *kernels);
void KERNEL(bp_scale_fill)(struct REAL(bp_kernels) *kernels);
void KERNEL(bp_narrow_fill)(struct REAL(bp_kernels) *kernels);
void KERNEL(bp_loss_fill)(struct REAL(bp_kernels) *kernels);
void KERNEL(bp_update_fill)(struct REAL(bp_kernels) *kernels);
#endif

#endif
