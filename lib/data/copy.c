/* SPDX-License-Identifier: MIT
 *
 * Rows of a data set as copies for the caller, converted a row at a time. */
#include "data/data_set.h"

static bp_status check_type(const struct bp_call *call, int32_t type)
{
    if (type != BP_F32 && type != BP_F64)
        return bp_fail(call, BP_ERR_ARG, "type is %d: rows are copied as BP_F32 or BP_F64", (int)type);
    return BP_OK;
}

static bp_status check_range(const bp_data *data, const struct bp_call *call, size_t first, size_t rows)
{
    if (first > data->rows || rows > data->rows - first)
        return bp_fail(call, BP_ERR_ARG, "%s from row %zu on: the data set has %zu", bp_message_count(rows, "row").text,
                       first, data->rows);
    return BP_OK;
}

/* Labels and weights, which are doubles, are checked on the way. */
static bp_status gather(const bp_data *data, const struct bp_call *call, enum bp_part_kind kind, const size_t *row,
                        size_t count, int32_t type, void *numbers)
{
    if (kind == BP_PART_LABELS)
        return bp_data_gather_labels(data, call, row, count, numbers);
    if (kind == BP_PART_WEIGHTS)
        return bp_data_gather_weights(data, call, row, count, numbers);
    bp_data_gather(data, kind, row, count, type, numbers);
    return BP_OK;
}

static bp_status copy(const bp_data *data, const struct bp_call *call, enum bp_part_kind kind, size_t first,
                      size_t rows, int32_t type, void *numbers)
{
    static const char *const names[] = {"inputs", "target", "labels", "weights"};
    BP_TRY(bp_need(call, data, "data"));
    if (!numbers)
        return bp_fail(call, BP_ERR_ARG, "the array for the %s is NULL", names[kind]);
    if (kind != BP_PART_LABELS)
        BP_TRY(check_type(call, type));
    if (!data->table->part[kind].numbers)
        return bp_fail(call, BP_ERR_STATE, "the data set has no %s", names[kind]);
    BP_TRY(check_range(data, call, first, rows));
    const size_t bytes = data->table->part[kind].columns * bp_part_size(type), end = first + rows;
    size_t row[BP_DATA_CHUNK];
    for (size_t i = first, n; kind == BP_PART_INPUTS && i < end; i += n) {
        n = bp_data_next_rows(i, end, row);
        BP_TRY(bp_data_check_columns(data, call, row, n));
    }
    for (size_t i = first, n; i < end; i += n) {
        n = bp_data_next_rows(i, end, row);
        BP_TRY(gather(data, call, kind, row, n, type, (char *)numbers + (i - first) * bytes));
    }
    return BP_OK;
}

bp_status bp_data_copy_inputs(const bp_data *data, size_t first, size_t rows, int32_t type, void *x)
{
    return copy(data, BP_CALL, BP_PART_INPUTS, first, rows, type, x);
}

bp_status bp_data_copy_target(const bp_data *data, size_t first, size_t rows, int32_t type, void *target)
{
    return copy(data, BP_CALL, BP_PART_TARGET, first, rows, type, target);
}

bp_status bp_data_copy_labels(const bp_data *data, size_t first, size_t rows, int32_t *labels)
{
    return copy(data, BP_CALL, BP_PART_LABELS, first, rows, BP_I32, labels);
}

bp_status bp_data_copy_weights(const bp_data *data, size_t first, size_t rows, double *weights)
{
    return copy(data, BP_CALL, BP_PART_WEIGHTS, first, rows, BP_F64, weights);
}

bp_status bp_data_copy_sparse(const bp_data *data, size_t first, size_t rows, int32_t type, void *values,
                              int32_t *columns, int64_t *starts)
{
    BP_TRY(bp_need(BP_CALL, data, "data"));
    if (!values || !columns || !starts)
        return bp_fail(BP_CALL, BP_ERR_ARG, "the array for %s is NULL",
                       !values    ? "values"
                       : !columns ? "columns"
                                  : "starts");
    BP_TRY(check_type(BP_CALL, type));
    if (!bp_data_is_sparse(data))
        return bp_fail(BP_CALL, BP_ERR_STATE, "the data set has no sparse inputs");
    BP_TRY(check_range(data, BP_CALL, first, rows));
    for (size_t i = first; i < first + rows; i++)
        BP_TRY(bp_data_check_columns(data, BP_CALL, &i, 1));
    size_t at = 0;
    for (size_t i = 0; i < rows; i++) {
        int64_t ends[2] = {0};
        bp_data_gather_sparse(data, &(size_t){first + i}, 1, type, (char *)values + at * bp_part_size(type),
                              columns + at, ends);
        starts[i] = (int64_t)at;
        at += (size_t)ends[1];
    }
    starts[rows] = (int64_t)at;
    return BP_OK;
}
