/* SPDX-License-Identifier: MIT
 *
 * What borrowed arrays hold fits when they are set; but they are the caller's, who may have changed them since. So what
 * is used as an index, or is refused when it is set, is checked again before it is used. */
#include "base/targets.h"
#include "data/data_set.h"

/* The part, if there are numbers in it that may have changed. */
static const struct bp_part *borrowed(const bp_data *data, enum bp_part_kind kind)
{
    const struct bp_part *part = &data->table->part[kind];
    return bp_part_is_borrowed(part) ? part : NULL;
}

/* ---- labels and weights: it is the copy that is checked, and then used */

static bp_status refuse_label(const bp_data *data, const struct bp_call *call, int64_t label, size_t row)
{
    char problem[BP_ANSWERS_PROBLEM];
    bp_label_describe(label, bp_data_row(data, row), data->table->classes, problem);
    return bp_fail(call, BP_ERR_ARG, "%s", problem);
}

static bp_status refuse_weight(const bp_data *data, const struct bp_call *call, double weight, size_t row)
{
    char problem[BP_ANSWERS_PROBLEM];
    bp_weight_describe(weight, bp_data_row(data, row), problem);
    return bp_fail(call, BP_ERR_ARG, "%s", problem);
}

static int64_t label_of(const bp_data *data, size_t row)
{
    const struct bp_part *labels = &data->table->part[BP_PART_LABELS];
    return bp_whole_at(labels->type, labels->numbers, bp_data_row(data, row));
}

bp_status bp_data_gather_labels(const bp_data *data, const struct bp_call *call, const size_t *row, size_t count,
                                int32_t *labels)
{
    for (size_t i = 0; i < count; i++) {
        const int64_t label = label_of(data, row[i]);
        if (label < 0 || label >= (int64_t)data->table->classes)
            return refuse_label(data, call, label, row[i]);
        labels[i] = (int32_t)label;
    }
    return BP_OK;
}

bp_status bp_data_gather_weights(const bp_data *data, const struct bp_call *call, const size_t *row, size_t count,
                                 double *weights)
{
    const struct bp_part *from = &data->table->part[BP_PART_WEIGHTS];
    for (size_t i = 0; i < count; i++)
        weights[i] = bp_real_at(from->type, from->numbers, bp_data_row(data, row[i]));
    const size_t wrong = bp_weights_wrong(weights, count);
    return wrong == count ? BP_OK : refuse_weight(data, call, weights[wrong], row[wrong]);
}

bp_status bp_data_check_labels(const bp_data *data, const struct bp_call *call)
{
    const size_t end = borrowed(data, BP_PART_LABELS) ? data->rows : 0;
    size_t row[BP_DATA_CHUNK];
    int32_t label[BP_DATA_CHUNK];
    for (size_t i = 0, n; i < end; i += n) {
        n = bp_data_next_rows(i, end, row);
        BP_TRY(bp_data_gather_labels(data, call, row, n, label));
    }
    return BP_OK;
}

/* ---- sparse rows */

/* The row in the table of the i-th of `row`, or of all rows. */
static size_t place_of(const bp_data *data, const size_t *row, size_t i) { return bp_data_row(data, row ? row[i] : i); }

static bp_status refuse_starts(const struct bp_call *call, const struct bp_part *inputs, size_t at)
{
    char problem[BP_SPARSE_PROBLEM];
    (void)bp_sparse_check_row(inputs->starts, at, inputs->first, inputs->end, problem);
    return bp_fail(call, BP_ERR_ARG, "%s", problem);
}

bp_status bp_data_check_starts(const bp_data *data, const struct bp_call *call, const size_t *row, size_t count)
{
    const struct bp_part *inputs = borrowed(data, BP_PART_INPUTS);
    for (size_t i = 0; inputs && inputs->starts && i < count; i++) {
        const size_t at = place_of(data, row, i);
        if (!bp_sparse_row_fits(inputs->starts, at, inputs->first, inputs->end))
            return refuse_starts(call, inputs, at);
    }
    return BP_OK;
}

bp_status bp_data_check_columns(const bp_data *data, const struct bp_call *call, const size_t *row, size_t count)
{
    const struct bp_part *inputs = borrowed(data, BP_PART_INPUTS);
    char problem[BP_SPARSE_PROBLEM];
    if (!inputs || !inputs->starts)
        return BP_OK;
    const struct bp_sparse sparse = {inputs->numbers, inputs->at, inputs->starts, 0};
    BP_TRY(bp_data_check_starts(data, call, row, count));
    for (size_t i = 0; i < count; i++)
        if (!bp_sparse_check_columns(&sparse, place_of(data, row, i), inputs->columns, problem))
            return bp_fail(call, BP_ERR_ARG, "%s", problem);
    return BP_OK;
}
