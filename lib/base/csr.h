/* SPDX-License-Identifier: MIT
 *
 * Rows of numbers most of which are 0, as CSR: what is not 0, with its column, row after row. */
#ifndef BP_BASE_CSR_H
#define BP_BASE_CSR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bp/bp.h>

/* Row i has values[starts[i] .. starts[i + 1]) in these columns, which ascend. */
struct bp_sparse {
    const void *values;
    const int32_t *columns;
    const int64_t *starts; /* [rows + 1] */
    double largest;        /* |value| of all rows, or more */
};

static inline size_t bp_sparse_nonzeros(const struct bp_sparse *sparse, size_t rows)
{
    return (size_t)(sparse->starts[rows] - sparse->starts[0]);
}

/* Where a row's numbers begin, and how many there are. */
static inline size_t bp_sparse_start(const struct bp_sparse *sparse, size_t row) { return (size_t)sparse->starts[row]; }

static inline size_t bp_sparse_count(const struct bp_sparse *sparse, size_t row)
{
    return (size_t)(sparse->starts[row + 1] - sparse->starts[row]);
}

/* No array has more numbers. */
#define BP_SPARSE_MOST ((int64_t)(SIZE_MAX / sizeof(double)))

/* The rows from a row on. */
static inline struct bp_sparse bp_sparse_from(const struct bp_sparse *sparse, size_t row)
{
    struct bp_sparse from = *sparse;
    from.starts += row;
    return from;
}

enum { BP_SPARSE_PROBLEM = 128 };

/* Whether a row's starts ascend and lie within numbers `first` to `end`. */
static inline bool bp_sparse_row_fits(const int64_t *starts, size_t row, int64_t first, int64_t end)
{
    return starts[row] >= first && starts[row + 1] >= starts[row] && starts[row + 1] <= end;
}

/* If not, `problem` says so. */
bool bp_sparse_check_row(const int64_t *starts, size_t row, int64_t first, int64_t end,
                         char problem[BP_SPARSE_PROBLEM]);

/* Whether a row's columns ascend and are below `inputs`. If not, `problem` says which of its numbers is wrong. */
bool bp_sparse_check_columns(const struct bp_sparse *sparse, size_t row, size_t inputs,
                             char problem[BP_SPARSE_PROBLEM]);

/* Whether starts and columns ascend, every column is below `inputs` and every value, of type `dtype`, is finite; then
 * sparse->largest is known. Else `problem` says which row, and which of its numbers, is wrong in what. No pointer is
 * NULL. */
bool bp_sparse_check(struct bp_sparse *sparse, int32_t dtype, size_t rows, size_t inputs,
                     char problem[BP_SPARSE_PROBLEM]);

#endif
