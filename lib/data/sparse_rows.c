/* SPDX-License-Identifier: MIT
 *
 * Data sets whose inputs are sparse: filled from arrays, and rows out of them. */
#include "base/csr.h"

#include <string.h>

#include "base/memory.h"
#include "data/data_set.h"

static const struct bp_part *inputs_of(const bp_data *data) { return &data->table->part[BP_PART_INPUTS]; }

/* ---- filling */

static bp_status check(const struct bp_call *call, struct bp_sparse *sparse, int32_t type, size_t rows, size_t inputs,
                       int32_t hold)
{
    char problem[BP_SPARSE_PROBLEM];
    if (!sparse->values || !sparse->columns || !sparse->starts)
        return bp_fail(call, BP_ERR_ARG, "%s is NULL",
                       !sparse->values    ? "values"
                       : !sparse->columns ? "columns"
                                          : "starts");
    if (hold != BP_HOLD_COPY && hold != BP_HOLD_BORROW)
        return bp_fail(call, BP_ERR_ARG, "hold is %d: it must be BP_HOLD_COPY or BP_HOLD_BORROW", (int)hold);
    if (rows == 0 || inputs == 0)
        return bp_fail(call, BP_ERR_SHAPE, "%s is 0: at least 1 is needed", rows ? "inputs" : "rows");
    if (rows == SIZE_MAX || !bp_table_fits(rows + 1, inputs))
        return bp_fail(call, BP_ERR_SHAPE, "%zu rows of %zu numbers do not fit in memory", rows, inputs);
    if (!bp_sparse_check(sparse, type, rows, inputs, problem))
        return bp_fail(call, BP_ERR_ARG, "%s", problem);
    return BP_OK;
}

static bp_status set(bp_data *data, const struct bp_call *call, struct bp_sparse sparse, int32_t type, size_t rows,
                     size_t inputs, int32_t hold)
{
    BP_TRY(bp_need(call, data, "data"));
    BP_TRY(check(call, &sparse, type, rows, inputs, hold));
    struct bp_table *table = bp_table_create(&data->allocator);
    if (!table)
        return bp_fail(call, BP_ERR_MEMORY, "no memory for a table");
    table->rows = rows;
    if (hold == BP_HOLD_BORROW) {
        table->part[BP_PART_INPUTS] = (struct bp_part){.type = type,
                                                       .columns = inputs,
                                                       .numbers = sparse.values,
                                                       .scale = 1,
                                                       .at = sparse.columns,
                                                       .starts = sparse.starts,
                                                       .first = sparse.starts[0],
                                                       .end = sparse.starts[rows]};
    } else if (!bp_table_fill_sparse(table, type, inputs, &sparse)) {
        bp_table_leave(table);
        return bp_fail(call, BP_ERR_MEMORY, "no memory for %zu numbers", bp_sparse_nonzeros(&sparse, rows));
    }
    bp_data_take(data, table);
    return BP_OK;
}

bp_status bp_data_set_inputs_sparse_f32(bp_data *data, const float *values, const int32_t *columns,
                                        const size_t *starts, size_t rows, size_t inputs, int32_t hold)
{
    return set(data, BP_CALL, (struct bp_sparse){values, columns, starts, 0}, BP_F32, rows, inputs, hold);
}

bp_status bp_data_set_inputs_sparse_f64(bp_data *data, const double *values, const int32_t *columns,
                                        const size_t *starts, size_t rows, size_t inputs, int32_t hold)
{
    return set(data, BP_CALL, (struct bp_sparse){values, columns, starts, 0}, BP_F64, rows, inputs, hold);
}

/* ---- rows */

int32_t bp_data_sparse(const bp_data *data) { return data && inputs_of(data)->starts ? 1 : 0; }

static size_t nonzeros_of(const bp_data *data, size_t row)
{
    return bp_part_nonzeros(inputs_of(data), bp_data_row(data, row));
}

size_t bp_data_nonzeros(const bp_data *data, size_t row, size_t rows)
{
    size_t sum = 0;
    if (!bp_data_sparse(data) || row > data->rows || rows > data->rows - row)
        return 0;
    for (size_t i = row; i < row + rows; i++)
        if (!bp_size_add(sum, nonzeros_of(data, i), &sum)) /* rows of another may be shown many times */
            return SIZE_MAX;
    return sum;
}

size_t bp_data_most_nonzeros(const bp_data *data, size_t rows)
{
    size_t most = 0, product;
    for (size_t i = 0; i < data->rows; i++)
        most = nonzeros_of(data, i) > most ? nonzeros_of(data, i) : most;
    const size_t all = bp_data_nonzeros(data, 0, data->rows);
    return bp_size_multiply(most, rows, &product) && product < all ? product : all;
}

/* `n` numbers from number `at` on. */
static void convert(const struct bp_part *part, size_t at, size_t n, int32_t dtype, void *to)
{
    const float *f32 = part->numbers;
    const double *f64 = part->numbers;
    const size_t size = bp_part_size(dtype);
    if (part->type == dtype && n > 0)
        memcpy(to, (const char *)part->numbers + at * size, n * size);
    else if (dtype == BP_F32)
        for (size_t i = 0; i < n; i++)
            ((float *)to)[i] = (float)f64[at + i];
    else
        for (size_t i = 0; i < n; i++)
            ((double *)to)[i] = (double)f32[at + i];
}

void bp_data_gather_sparse(const bp_data *data, const size_t *row, size_t count, int32_t dtype, void *values,
                           int32_t *columns, size_t *starts)
{
    const struct bp_part *part = inputs_of(data);
    starts[0] = 0;
    for (size_t i = 0; i < count; i++) {
        const size_t at = part->starts[bp_data_row(data, row[i])], n = nonzeros_of(data, row[i]);
        convert(part, at, n, dtype, (char *)values + starts[i] * bp_part_size(dtype));
        if (n > 0)
            memcpy(columns + starts[i], part->at + at, n * sizeof(*columns));
        starts[i + 1] = starts[i] + n;
    }
}

bool bp_data_sparse_in_place(const bp_data *data, const size_t *row, size_t count, int32_t dtype,
                             struct bp_sparse *sparse)
{
    const struct bp_part *part = inputs_of(data);
    const size_t first = bp_data_row(data, row[0]);
    for (size_t i = 1; i < count; i++)
        if (bp_data_row(data, row[i]) != first + i)
            return false;
    *sparse = (struct bp_sparse){part->numbers, part->at, part->starts + first, 0};
    return part->type == dtype;
}

void bp_data_write_out(const struct bp_part *part, size_t row, int32_t dtype, void *numbers)
{
    const size_t size = bp_part_size(dtype);
    memset(numbers, 0, part->columns * size);
    for (size_t at = part->starts[row]; at < part->starts[row + 1]; at++)
        convert(part, at, 1, dtype, (char *)numbers + (size_t)part->at[at] * size);
}

/* ---- for the caller */

static bp_status get(const bp_data *data, const struct bp_call *call, size_t row, size_t rows, int32_t dtype,
                     void *values, int32_t *columns, size_t *starts)
{
    BP_TRY(bp_need(call, data, "data"));
    if (!values || !columns || !starts)
        return bp_fail(call, BP_ERR_ARG, "the place for %s is NULL",
                       !values    ? "values"
                       : !columns ? "columns"
                                  : "starts");
    if (!bp_data_sparse(data))
        return bp_fail(call, BP_ERR_STATE, "the data set has no sparse inputs");
    if (row > data->rows || rows > data->rows - row)
        return bp_fail(call, BP_ERR_ARG, "%zu rows from row %zu on: there are %zu", rows, row, data->rows);
    for (size_t i = row; i < row + rows; i++)
        BP_TRY(bp_data_check_starts(data, call, &i, 1, SIZE_MAX));
    size_t at = 0;
    for (size_t i = 0; i < rows; i++) {
        size_t ends[2];
        bp_data_gather_sparse(data, &(size_t){row + i}, 1, dtype, (char *)values + at * bp_part_size(dtype),
                              columns + at, ends);
        starts[i] = at;
        at += ends[1];
    }
    starts[rows] = at;
    return BP_OK;
}

bp_status bp_data_get_sparse_f32(const bp_data *data, size_t row, size_t rows, float *values, int32_t *columns,
                                 size_t *starts)
{
    return get(data, BP_CALL, row, rows, BP_F32, values, columns, starts);
}

bp_status bp_data_get_sparse_f64(const bp_data *data, size_t row, size_t rows, double *values, int32_t *columns,
                                 size_t *starts)
{
    return get(data, BP_CALL, row, rows, BP_F64, values, columns, starts);
}
