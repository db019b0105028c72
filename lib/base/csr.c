/* SPDX-License-Identifier: MIT */
#include "base/csr.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/message.h"

/* `dtype` is 0 where values are not looked at. */
static double value_at(const struct bp_sparse *s, int32_t dtype, size_t at)
{
    if (dtype == 0)
        return 0;
    return dtype == BP_F32 ? (double)((const float *)s->values)[at] : ((const double *)s->values)[at];
}

/* The first number of a row that is wrong; there is one. */
static void describe(const struct bp_sparse *s, int32_t dtype, size_t row, size_t inputs, char *problem)
{
    int64_t last = -1;
    size_t at = bp_sparse_start(s, row);
    while (s->columns[at] > last && (size_t)s->columns[at] < inputs && isfinite(value_at(s, dtype, at)))
        last = s->columns[at++];
    const size_t place = at - bp_sparse_start(s, row);
    const int32_t column = s->columns[at];
    if (column < 0 || (size_t)column >= inputs)
        snprintf(problem, BP_SPARSE_PROBLEM, "row %zu, number %zu: the column is %d, and the inputs are 0 to %zu", row,
                 place, (int)column, inputs - 1);
    else if (column <= last)
        snprintf(problem, BP_SPARSE_PROBLEM, "row %zu, number %zu: column %d comes after column %d: they must ascend",
                 row, place, (int)column, (int)last);
    else
        snprintf(problem, BP_SPARSE_PROBLEM, "row %zu, number %zu: the value is %s: it must be finite", row, place,
                 bp_message_number(value_at(s, dtype, at)).text);
}

/* No branch but the loops': every training call comes here. */
static bool columns_fit(const int32_t *columns, size_t n, size_t inputs)
{
    int wrong = 0;
    const int32_t last = inputs > INT32_MAX ? INT32_MAX : (int32_t)inputs - 1;
    for (size_t i = 1; i < n; i++)
        wrong |= columns[i] <= columns[i - 1];
    return n == 0 || (!wrong && columns[0] >= 0 && columns[n - 1] <= last);
}

/* The largest |value|, or infinity or NaN if one is that: without their signs numbers are in the order of their bits,
 * and of whole numbers compilers find the greatest several at a time. */
static double largest_f32(const float *values, size_t n)
{
    int32_t most = 0;
    float largest;
    for (size_t i = 0; i < n; i++) {
        int32_t bits;
        memcpy(&bits, values + i, sizeof(bits));
        bits &= INT32_MAX;
        most = bits > most ? bits : most;
    }
    memcpy(&largest, &most, sizeof(largest));
    return (double)largest;
}

static double largest_f64(const double *values, size_t n)
{
    int64_t most = 0;
    double largest;
    for (size_t i = 0; i < n; i++) {
        int64_t bits;
        memcpy(&bits, values + i, sizeof(bits));
        bits &= INT64_MAX;
        most = bits > most ? bits : most;
    }
    memcpy(&largest, &most, sizeof(largest));
    return largest;
}

bool bp_sparse_check_row(const int64_t *starts, size_t row, int64_t first, int64_t end, char problem[BP_SPARSE_PROBLEM])
{
    const long long from = starts[row], to = starts[row + 1];
    if (bp_sparse_row_fits(starts, row, first, end))
        return true;
    if (to < from)
        snprintf(problem, BP_SPARSE_PROBLEM, "row %zu starts at %lld and ends at %lld: starts must ascend", row, from,
                 to);
    else
        snprintf(problem, BP_SPARSE_PROBLEM, "row %zu starts at %lld and ends at %lld: starts must be %lld to %lld",
                 row, from, to, (long long)first, (long long)end);
    return false;
}

bool bp_sparse_check_columns(const struct bp_sparse *s, size_t row, size_t inputs, char problem[BP_SPARSE_PROBLEM])
{
    const size_t at = bp_sparse_start(s, row), n = bp_sparse_count(s, row);
    if (columns_fit(s->columns + at, n, inputs))
        return true;
    describe(s, 0, row, inputs, problem);
    return false;
}

bool bp_sparse_check(struct bp_sparse *s, int32_t dtype, size_t rows, size_t inputs, char problem[BP_SPARSE_PROBLEM])
{
    for (size_t row = 0; row < rows; row++)
        if (!bp_sparse_row_fits(s->starts, row, 0, BP_SPARSE_MOST))
            return bp_sparse_check_row(s->starts, row, 0, BP_SPARSE_MOST, problem);
    s->largest = 0;
    for (size_t row = 0; row < rows; row++) {
        const size_t at = bp_sparse_start(s, row), n = bp_sparse_count(s, row);
        if (n == 0) /* there may be no arrays */
            continue;
        const double largest = dtype == BP_F32 ? largest_f32((const float *)s->values + at, n)
                                               : largest_f64((const double *)s->values + at, n);
        if (!columns_fit(s->columns + at, n, inputs) || !isfinite(largest)) {
            describe(s, dtype, row, inputs, problem);
            return false;
        }
        s->largest = largest > s->largest ? largest : s->largest;
    }
    return true;
}
