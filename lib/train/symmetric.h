/* SPDX-License-Identifier: MIT
 *
 * Symmetric matrices, positive definite ones above all: what the normal equations of least squares take. Of a matrix of
 * n rows the upper triangle counts; row i begins at i * bp_symmetric_stride(n), and all beyond n is 0. Sums are chains
 * in ascending order, of +, -, *, / and sqrt alone: the same bits on every machine. */
#ifndef BP_TRAIN_SYMMETRIC_H
#define BP_TRAIN_SYMMETRIC_H

#include <stdbool.h>
#include <stddef.h>

/* Numbers that lie side by side; and rows that are taken into a matrix at a time. */
enum { BP_SYMMETRIC_PANEL = 4, BP_SYMMETRIC_ROWS = 128 };

size_t bp_symmetric_stride(size_t n);

/* Numbers of a matrix, and of a workspace of BP_SYMMETRIC_ROWS rows; false if there is no such size. */
bool bp_symmetric_size(size_t n, size_t *size);
bool bp_symmetric_workspace(size_t n, size_t *size);

/* The place of row `row`, column `column` in a workspace that is filled with `rows` rows; all its other numbers must be
 * 0. */
static inline size_t bp_symmetric_place(size_t rows, size_t row, size_t column)
{
    return (column / BP_SYMMETRIC_PANEL * rows + row) * BP_SYMMETRIC_PANEL + column % BP_SYMMETRIC_PANEL;
}

/* a += J^T J, J being the `rows` rows of n numbers that are in the workspace. */
void bp_symmetric_add(double *a, size_t n, const double *workspace, size_t rows);

/* a = R^T R (Cholesky), R in place of the upper triangle. `workspace` is overwritten. False if a is not positive
 * definite, as far as far as its digits show; what is in `a` then means nothing. */
bool bp_symmetric_factor(double *a, size_t n, double *workspace);

/* Solves R^T R x = b, x in place of b. */
void bp_symmetric_solve(const double *factor, size_t n, double *b);

/* The trace of (R^T R)^-1. `workspace` is overwritten. */
double bp_symmetric_inverse_trace(const double *factor, size_t n, double *workspace);

#ifdef BP_HAVE_LAPACK
/* The same two, by dpotrf and dpotrs of the LAPACK that the library was built with, in an order of its own. */
bool bp_lapack_factor(double *a, size_t n);
bool bp_lapack_solve(const double *factor, size_t n, double *b);
#endif

#endif
