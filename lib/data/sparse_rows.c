/* SPDX-License-Identifier: MIT
 *
 * Data sets whose inputs are sparse: what they take, and rows out of them. */
#include "base/csr.h"

#include <string.h>

#include "base/memory.h"
#include "data/data_set.h"

static const struct bp_part *inputs_of(const bp_data *data) { return &data->table->part[BP_PART_INPUTS]; }

/* ---- filling */

bp_status bp_data_check_sparse(const struct bp_call *call, struct bp_sparse *sparse, int32_t type, size_t rows,
                               size_t inputs)
{
    char problem[BP_SPARSE_PROBLEM];
    const struct bp_number_type *row = bp_number_type(type);
    if (!row || !row->real)
        return bp_fail(call, BP_ERR_ARG, "type is %d: sparse values may be of BP_F32 or BP_F64", (int)type);
    if (!sparse->values || !sparse->columns || !sparse->starts)
        return bp_fail(call, BP_ERR_ARG, "%s is NULL",
                       !sparse->values    ? "values"
                       : !sparse->columns ? "columns"
                                          : "starts");
    if (rows == 0 || inputs == 0)
        return bp_fail(call, BP_ERR_SHAPE, "%s is 0: at least 1 is needed", rows ? "inputs" : "rows");
    if (rows == SIZE_MAX || !bp_table_fits(rows + 1, inputs))
        return bp_fail(call, BP_ERR_SHAPE, "%zu x %zu numbers do not fit in memory", rows, inputs);
    if (!bp_sparse_check(sparse, type, rows, inputs, problem))
        return bp_fail(call, BP_ERR_ARG, "%s", problem);
    return BP_OK;
}

/* ---- rows */

static size_t nonzeros_of(const bp_data *data, size_t row)
{
    return bp_part_nonzeros(inputs_of(data), bp_data_row(data, row));
}

size_t bp_data_nonzeros(const bp_data *data, size_t first, size_t rows)
{
    size_t sum = 0;
    if (!data || !bp_data_is_sparse(data) || first > data->rows || rows > data->rows - first)
        return 0;
    for (size_t i = first; i < first + rows; i++)
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

/* `n` numbers, at least 1, from number `at` on. */
static void convert(const struct bp_part *part, size_t at, size_t n, int32_t dtype, void *to)
{
    const struct bp_number_type *type = bp_number_type(part->type);
    (dtype == BP_F32 ? type->to_f32 : type->to_f64)((const char *)part->numbers + at * type->size, 1, n, to);
}

void bp_data_gather_sparse(const bp_data *data, const size_t *row, size_t count, int32_t dtype, void *values,
                           int32_t *columns, int64_t *starts)
{
    const struct bp_part *part = inputs_of(data);
    for (size_t i = 0; i < count; i++) {
        const size_t at = (size_t)part->starts[bp_data_row(data, row[i])], n = nonzeros_of(data, row[i]);
        const size_t to = (size_t)starts[i];
        if (n > 0) { /* there may be no arrays */
            convert(part, at, n, dtype, (char *)values + to * bp_part_size(dtype));
            memcpy(columns + to, part->at + at, n * sizeof(*columns));
        }
        starts[i + 1] = (int64_t)(to + n);
    }
}

/* Numbers of one type to their columns; `size` is a constant at each call, so that a copy is one move. */
static inline void scatter(size_t size, const void *values, const int32_t *column, size_t n, char *numbers)
{
    for (size_t i = 0; i < n; i++)
        memcpy(numbers + (size_t)column[i] * size, (const char *)values + i * size, size);
}

void bp_data_write_out(const struct bp_part *part, size_t row, int32_t dtype, void *numbers)
{
    union {
        float f32[BP_DATA_CHUNK];
        double f64[BP_DATA_CHUNK];
    } values;
    const size_t end = (size_t)part->starts[row + 1];
    memset(numbers, 0, part->columns * bp_part_size(dtype));
    for (size_t at = (size_t)part->starts[row], n; at < end; at += n) {
        n = end - at < BP_DATA_CHUNK ? end - at : BP_DATA_CHUNK;
        convert(part, at, n, dtype, &values);
        if (dtype == BP_F32)
            scatter(sizeof(float), values.f32, part->at + at, n, numbers);
        else
            scatter(sizeof(double), values.f64, part->at + at, n, numbers);
    }
}
