/* SPDX-License-Identifier: MIT */
#include "train/symmetric.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/memory.h"

enum { PANEL = BP_SYMMETRIC_PANEL, ROWS = BP_SYMMETRIC_ROWS };

size_t bp_symmetric_stride(size_t n) { return (n / PANEL + (n % PANEL != 0 || n == 0)) * PANEL; }

bool bp_symmetric_size(size_t n, size_t *size)
{
    return n <= SIZE_MAX - PANEL && bp_size_multiply(bp_symmetric_stride(n), bp_symmetric_stride(n), size);
}

bool bp_symmetric_workspace(size_t n, size_t *size)
{
    return n <= SIZE_MAX - PANEL && bp_size_multiply(bp_symmetric_stride(n), ROWS, size);
}

/* ---- sums of outer products */

/* A tile of results stays in registers while it runs down the rows: c[i][j] += sign * sum over rows of a_i b_j. */
static void add_tile(double *c, size_t stride, const double *a, const double *b, size_t rows, double sign)
{
    double sum[PANEL][PANEL];
    for (size_t i = 0; i < PANEL; i++)
        for (size_t j = 0; j < PANEL; j++)
            sum[i][j] = c[i * stride + j];
    for (size_t row = 0; row < rows; row++, a += PANEL, b += PANEL)
        for (size_t i = 0; i < PANEL; i++)
            for (size_t j = 0; j < PANEL; j++)
                sum[i][j] += sign * a[i] * b[j];
    for (size_t i = 0; i < PANEL; i++)
        for (size_t j = 0; j < PANEL; j++)
            c[i * stride + j] = sum[i][j];
}

/* c: the lower right of a matrix with this stride, n rows of it. */
static void add(double *c, size_t n, size_t stride, const double *workspace, size_t rows, double sign)
{
    for (size_t i = 0; i < n; i += PANEL)
        for (size_t j = i; j < n; j += PANEL)
            add_tile(c + i * stride + j, stride, workspace + i * rows, workspace + j * rows, rows, sign);
}

void bp_symmetric_add(double *a, size_t n, const double *workspace, size_t rows)
{
    add(a, n, bp_symmetric_stride(n), workspace, rows, 1);
}

/* ---- Cholesky, a block of rows at a time */

enum { BLOCK = 32 };

static void subtract(double *from, double factor, const double *row, size_t count)
{
    for (size_t i = 0; i < count; i++)
        from[i] -= factor * row[i];
}

/* Rows first to end of R, from what the rows above have left of them. */
static bool factor_rows(double *a, size_t n, size_t first, size_t end)
{
    const size_t stride = bp_symmetric_stride(n);
    for (size_t i = first; i < end; i++) {
        double *row = a + i * stride;
        const double pivot = sqrt(row[i]);
        if (!(row[i] > 0) || !isfinite(pivot))
            return false;
        for (size_t j = i; j < n; j++)
            row[j] /= pivot;
        for (size_t k = i + 1; k < end; k++)
            subtract(a + k * stride + k, row[k], row + k, n - k);
    }
    return true;
}

/* What is right of the block, into the workspace. */
static void pack(double *workspace, const double *a, size_t n, size_t first, size_t end)
{
    const size_t stride = bp_symmetric_stride(n), rows = end - first;
    for (size_t row = 0; row < rows; row++)
        for (size_t j = end; j < stride; j += PANEL)
            memcpy(workspace + bp_symmetric_place(rows, row, j - end), a + (first + row) * stride + j,
                   PANEL * sizeof(*workspace));
}

bool bp_symmetric_factor(double *a, size_t n, double *workspace)
{
    const size_t stride = bp_symmetric_stride(n);
    for (size_t first = 0; first < n; first += BLOCK) {
        const size_t end = n - first < BLOCK ? n : first + BLOCK;
        if (!factor_rows(a, n, first, end))
            return false;
        if (end < n) {
            pack(workspace, a, n, first, end);
            add(a + end * stride + end, n - end, stride, workspace, end - first, -1);
        }
    }
    return true;
}

void bp_symmetric_solve(const double *factor, size_t n, double *b)
{
    const size_t stride = bp_symmetric_stride(n);
    for (size_t i = 0; i < n; i++) { /* R^T u = b */
        const double *row = factor + i * stride;
        b[i] /= row[i];
        subtract(b + i + 1, b[i], row + i + 1, n - i - 1);
    }
    for (size_t i = n; i-- > 0;) { /* R x = u */
        const double *row = factor + i * stride;
        double left = b[i];
        for (size_t j = i + 1; j < n; j++)
            left -= row[j] * b[j];
        b[i] = left / row[i];
    }
}

/* The sum of the squares of PANEL rows of R^-1, transposed: R^T u = e_j from row j on. u: [n][PANEL]. */
static double squares_of_inverse(const double *factor, size_t n, size_t first, double *u)
{
    const size_t stride = bp_symmetric_stride(n);
    double sum = 0;
    memset(u + first * PANEL, 0, (n - first) * PANEL * sizeof(*u));
    for (size_t j = first; j < n && j < first + PANEL; j++)
        u[j * PANEL + (j - first)] = 1;
    for (size_t i = first; i < n; i++) {
        const double *row = factor + i * stride;
        double at[PANEL];
        for (size_t k = 0; k < PANEL; k++) {
            at[k] = u[i * PANEL + k] / row[i];
            sum += at[k] * at[k];
        }
        for (size_t l = i + 1; l < n; l++)
            for (size_t k = 0; k < PANEL; k++)
                u[l * PANEL + k] -= at[k] * row[l];
    }
    return sum;
}

double bp_symmetric_inverse_trace(const double *factor, size_t n, double *workspace)
{
    double trace = 0;
    for (size_t first = 0; first < n; first += PANEL)
        trace += squares_of_inverse(factor, n, first, workspace);
    return trace;
}
