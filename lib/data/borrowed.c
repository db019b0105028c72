/* SPDX-License-Identifier: MIT
 *
 * What borrowed arrays hold fits when they are set; but they are the caller's, who may have changed them since. So what tells
 * of a place, or is refused when it is set, is checked again before it is used. */
#include "base/answers.h"
#include "base/memory.h"
#include "data/data.h"

#define FAIL(...) bp_data_fail_shared(data, function, BP_ERR_ARG, __VA_ARGS__)

/* The part, if there are numbers in it that may have changed. */
static const struct bp_part *borrowed(const bp_data *data, enum bp_part_kind kind)
{
    const struct bp_part *part = &data->table->part[kind];
    return part->numbers && !part->owned ? part : NULL;
}

/* The row in the table of the i-th of `row`, or of all rows. */
static size_t place_of(const bp_data *data, const size_t *row, size_t i) { return bp_data_row(data, row ? row[i] : i); }

bp_status bp_data_check_labels(const bp_data *data, const char *function, const size_t *row, size_t count)
{
    const struct bp_part *labels = borrowed(data, BP_PART_LABELS);
    char problem[BP_ANSWERS_PROBLEM];
    for (size_t i = 0; labels && i < count; i++)
        if (!bp_labels_check(labels->numbers, &(size_t){place_of(data, row, i)}, 1, data->table->classes, problem))
            return FAIL("%s", problem);
    return BP_OK;
}

bp_status bp_data_check_weights(const bp_data *data, const char *function, const size_t *row, size_t count)
{
    const struct bp_part *weights = borrowed(data, BP_PART_WEIGHTS);
    char problem[BP_ANSWERS_PROBLEM];
    for (size_t i = 0; weights && i < count; i++)
        if (!bp_weights_check(weights->numbers, &(size_t){place_of(data, row, i)}, 1, problem))
            return FAIL("%s", problem);
    return BP_OK;
}

bp_status bp_data_check_starts(const bp_data *data, const char *function, const size_t *row, size_t count, size_t most)
{
    const struct bp_part *inputs = borrowed(data, BP_PART_INPUTS);
    char problem[BP_SPARSE_PROBLEM];
    size_t numbers = 0;
    for (size_t i = 0; inputs && inputs->starts && i < count; i++) {
        const size_t at = place_of(data, row, i);
        if (!bp_sparse_check_row(inputs->starts, at, inputs->first, inputs->end, problem))
            return FAIL("%s", problem);
        if (!bp_size_add(numbers, bp_part_nonzeros(inputs, at), &numbers))
            numbers = SIZE_MAX;
    }
    return numbers <= most ? BP_OK : FAIL("the rows have %zu numbers: there is room for %zu", numbers, most);
}

bp_status bp_data_check_columns(const bp_data *data, const char *function, const size_t *row, size_t count)
{
    const struct bp_part *inputs = borrowed(data, BP_PART_INPUTS);
    char problem[BP_SPARSE_PROBLEM];
    if (!inputs || !inputs->starts)
        return BP_OK;
    const struct bp_sparse sparse = {inputs->numbers, inputs->at, inputs->starts, 0};
    BP_TRY(bp_data_check_starts(data, function, row, count, SIZE_MAX));
    for (size_t i = 0; i < count; i++)
        if (!bp_sparse_check_columns(&sparse, place_of(data, row, i), inputs->columns, problem))
            return FAIL("%s", problem);
    return BP_OK;
}
