/* SPDX-License-Identifier: MIT
 *
 * A data set's life, and what it is filled with from arrays. */
#include "data/data_set.h"

#include <math.h>
#include <string.h>

#include "base/targets.h"
#include "base/memory.h"
#include "data/data_families.h"

static const struct bp_named holds[] = {
    {BP_HOLD_COPY, "copy", "The data set makes a copy"},
    {BP_HOLD_BORROW, "borrow", "The data set shows the caller's array, which must stay as it is"},
};
const struct bp_family bp_holds = BP_FAMILY(BP_FAMILY_HOLD, "hold", "How a data set holds an array", holds);

/* ---- life */

bp_status bp_data_begin(const struct bp_call *call, bp_data **data, const bp_allocator *allocator)
{
    if (data)
        *data = NULL;
    BP_TRY(bp_need(call, data, "data"));
    BP_TRY(bp_check_allocator(call, allocator));
    bp_data *created = bp_memory_allocate(allocator, 1, sizeof(*created));
    struct bp_table *table = bp_table_create(allocator);
    if (!created || !table) {
        bp_table_leave(table);
        bp_memory_release(allocator, created);
        return bp_fail_memory(call);
    }
    created->allocator = *allocator;
    created->table = table;
    bp_options_start(&bp_data_options, &created->set);
    *data = created;
    return BP_OK;
}

bp_status bp_data_create(bp_data **data, const bp_allocator *allocator)
{
    return bp_data_begin(BP_CALL, data, allocator ? allocator : &bp_memory_malloc);
}

void bp_data_destroy(bp_data *data)
{
    if (!data)
        return;
    const bp_allocator allocator = data->allocator;
    bp_table_leave(data->table);
    bp_memory_release(&allocator, data->row);
    bp_memory_release(&allocator, data->path);
    bp_data_texts_release(&allocator, &data->texts);
    bp_memory_release(&allocator, data);
}

bp_status bp_data_finish(bp_data **data, bp_status status)
{
    if (status == BP_OK)
        return BP_OK;
    bp_data_destroy(*data);
    *data = NULL;
    return status;
}

void bp_data_take(bp_data *data, struct bp_table *table)
{
    bp_table_leave(data->table);
    bp_memory_release(&data->allocator, data->row);
    data->table = table;
    data->row = NULL;
    data->rows = table->rows;
}

bp_data *bp_data_show(const bp_data *data, size_t *row, size_t rows)
{
    bp_data *shown = bp_memory_allocate(&data->allocator, 1, sizeof(*shown));
    if (!shown || !bp_data_texts_copy(&data->allocator, &shown->texts, &data->texts)) {
        bp_memory_release(&data->allocator, row);
        bp_memory_release(&data->allocator, shown);
        return NULL;
    }
    for (size_t i = 0; i < rows; i++)
        row[i] = bp_data_row(data, row[i]);
    shown->allocator = data->allocator;
    shown->table = bp_table_share(data->table);
    shown->row = row;
    shown->rows = rows;
    shown->set = data->set;
    return shown;
}

bp_data *bp_data_share(const bp_data *data)
{
    bp_data *shared = bp_memory_allocate(&data->allocator, 1, sizeof(*shared));
    size_t *row = data->row ? bp_memory_allocate(&data->allocator, data->rows, sizeof(*row)) : NULL;
    if (!shared || (data->row && !row)) {
        bp_memory_release(&data->allocator, row);
        bp_memory_release(&data->allocator, shared);
        return NULL;
    }
    if (row)
        memcpy(row, data->row, data->rows * sizeof(*row));
    shared->allocator = data->allocator;
    shared->table = bp_table_share(data->table);
    shared->row = row;
    shared->rows = data->rows;
    return shared;
}

/* ---- filling */

/* What the caller gives for a part. */
struct given {
    enum bp_part_kind kind;
    int32_t type;
    const void *numbers;
    size_t columns;
    double scale;
    int32_t hold;
};

static bp_status check_given(const struct bp_call *call, const struct given *given)
{
    if (!given->numbers)
        return bp_fail(call, BP_ERR_ARG, "the numbers are NULL");
    if (given->hold != BP_HOLD_COPY && given->hold != BP_HOLD_BORROW)
        return bp_fail(call, BP_ERR_ARG, "hold is %d: it must be BP_HOLD_COPY or BP_HOLD_BORROW", (int)given->hold);
    if (given->columns == 0)
        return bp_fail(call, BP_ERR_SHAPE, "there are 0 numbers in a row: at least 1 is needed");
    return BP_OK;
}

static bp_status put(const struct bp_call *call, struct bp_table *table, const struct given *given)
{
    if (!bp_table_fits(table->rows, given->columns))
        return bp_fail(call, BP_ERR_SHAPE, "%zu rows of %zu numbers do not fit in memory", table->rows, given->columns);
    if (given->hold == BP_HOLD_BORROW) {
        bp_table_drop(table, given->kind);
        table->part[given->kind] = (struct bp_part){
            .type = given->type, .columns = given->columns, .numbers = given->numbers, .scale = given->scale};
        return BP_OK;
    }
    void *numbers = bp_table_make(table, given->kind, given->type, table->rows, given->columns);
    if (!numbers)
        return bp_fail(call, BP_ERR_MEMORY, "no memory for %zu rows of %zu numbers", table->rows, given->columns);
    memcpy(numbers, given->numbers, table->rows * given->columns * bp_part_size(given->type));
    table->part[given->kind].scale = given->scale;
    return BP_OK;
}

/* Inputs begin a data set anew. */
static bp_status set_inputs(bp_data *data, const struct bp_call *call, size_t rows, const struct given *given)
{
    BP_TRY(bp_need(call, data, "data"));
    BP_TRY(check_given(call, given));
    if (rows == 0)
        return bp_fail(call, BP_ERR_SHAPE, "rows is 0: at least 1 is needed");
    if (!isfinite(given->scale) || given->scale == 0)
        return bp_fail(call, BP_ERR_ARG, "scale is %s: it must be finite and not 0",
                       bp_message_number(given->scale).text);
    struct bp_table *table = bp_table_create(&data->allocator);
    if (!table)
        return bp_fail(call, BP_ERR_MEMORY, "no memory for a table");
    table->rows = rows;
    const bp_status status = put(call, table, given);
    if (status != BP_OK)
        bp_table_leave(table);
    else
        bp_data_take(data, table);
    return status;
}

/* A target and labels take each other's place, and the names of what was there go. */
static void replace(struct bp_table *table, enum bp_part_kind kind)
{
    if (kind != BP_PART_TARGET && kind != BP_PART_LABELS)
        return;
    bp_table_drop(table, kind == BP_PART_TARGET ? BP_PART_LABELS : BP_PART_TARGET);
    bp_texts_release(&table->allocator, &table->texts[BP_NAMES_OF_OUTPUTS]);
    bp_texts_release(&table->allocator, &table->texts[BP_NAMES_OF_CLASSES]);
    table->classes = 0;
}

/* What follows inputs belongs to a data set that shares its table with no other. */
static bp_status add_part(bp_data *data, const struct bp_call *call, const struct given *given)
{
    BP_TRY(bp_need(call, data, "data"));
    BP_TRY(check_given(call, given));
    if (data->rows == 0)
        return bp_fail(call, BP_ERR_STATE, "there are no inputs yet");
    if (data->row)
        return bp_fail(call, BP_ERR_STATE, "the data set shows rows of another");
    if (atomic_load(&data->table->users) > 1)
        return bp_fail(call, BP_ERR_STATE, "another data set shows the same rows");
    BP_TRY(put(call, data->table, given));
    replace(data->table, given->kind);
    return BP_OK;
}

bp_status bp_data_set_inputs_f32(bp_data *data, const float *x, size_t rows, size_t inputs, int32_t hold)
{
    return set_inputs(data, BP_CALL, rows, &(struct given){BP_PART_INPUTS, BP_F32, x, inputs, 1, hold});
}

bp_status bp_data_set_inputs_f64(bp_data *data, const double *x, size_t rows, size_t inputs, int32_t hold)
{
    return set_inputs(data, BP_CALL, rows, &(struct given){BP_PART_INPUTS, BP_F64, x, inputs, 1, hold});
}

bp_status bp_data_set_inputs_u8(bp_data *data, const uint8_t *x, size_t rows, size_t inputs, double scale, int32_t hold)
{
    return set_inputs(data, BP_CALL, rows, &(struct given){BP_PART_INPUTS, BP_DATA_U8, x, inputs, scale, hold});
}

bp_status bp_data_set_target_f32(bp_data *data, const float *target, size_t outputs, int32_t hold)
{
    return add_part(data, BP_CALL, &(struct given){BP_PART_TARGET, BP_F32, target, outputs, 1, hold});
}

bp_status bp_data_set_target_f64(bp_data *data, const double *target, size_t outputs, int32_t hold)
{
    return add_part(data, BP_CALL, &(struct given){BP_PART_TARGET, BP_F64, target, outputs, 1, hold});
}

static bp_status check_labels(const struct bp_call *call, const int32_t *labels, size_t rows, size_t classes)
{
    char problem[BP_ANSWERS_PROBLEM];
    if (classes < 2 || classes > INT32_MAX)
        return bp_fail(call, BP_ERR_SHAPE, "classes is %zu: it must be 2 to %d", classes, INT32_MAX);
    const size_t wrong = labels ? bp_labels_wrong(labels, rows, classes) : rows;
    if (wrong == rows)
        return BP_OK;
    bp_label_describe(labels[wrong], wrong, classes, problem);
    return bp_fail(call, BP_ERR_ARG, "%s", problem);
}

static bp_status set_labels(bp_data *data, const struct bp_call *call, const int32_t *labels, size_t classes,
                            int32_t hold)
{
    BP_TRY(bp_need(call, data, "data"));
    BP_TRY(check_labels(call, labels, data->rows, classes));
    BP_TRY(add_part(data, call, &(struct given){BP_PART_LABELS, BP_DATA_I32, labels, 1, 1, hold}));
    data->table->classes = classes;
    return BP_OK;
}

bp_status bp_data_set_labels(bp_data *data, const int32_t *labels, size_t classes, int32_t hold)
{
    return set_labels(data, BP_CALL, labels, classes, hold);
}

bp_status bp_data_set_weights(bp_data *data, const double *weights, int32_t hold)
{
    BP_TRY(bp_need(BP_CALL, data, "data"));
    char problem[BP_ANSWERS_PROBLEM];
    const size_t wrong = weights ? bp_weights_wrong(weights, data->rows) : data->rows;
    if (wrong < data->rows) {
        bp_weight_describe(weights[wrong], wrong, problem);
        return bp_fail(BP_CALL, BP_ERR_ARG, "%s", problem);
    }
    return add_part(data, BP_CALL, &(struct given){BP_PART_WEIGHTS, BP_F64, weights, 1, 1, hold});
}

/* ---- the short ways */

static bp_status create(bp_data **data, const struct bp_call *call, const struct given *inputs, size_t rows,
                        const struct given *target)
{
    BP_TRY(bp_data_begin(call, data, &bp_memory_malloc));
    bp_status status = set_inputs(*data, call, rows, inputs);
    if (status == BP_OK && target)
        status = add_part(*data, call, target);
    return bp_data_finish(data, status);
}

static bp_status create_labels(bp_data **data, const struct bp_call *call, const struct given *inputs, size_t rows,
                               const int32_t *labels, size_t classes)
{
    BP_TRY(create(data, call, inputs, rows, NULL));
    const bp_status status = set_labels(*data, call, labels, classes, BP_HOLD_COPY);
    return bp_data_finish(data, status);
}

bp_status bp_data_create_f32(bp_data **data, const float *x, size_t rows, size_t inputs, const float *target,
                             size_t outputs)
{
    const struct given given = {BP_PART_TARGET, BP_F32, target, outputs, 1, BP_HOLD_COPY};
    return create(data, BP_CALL, &(struct given){BP_PART_INPUTS, BP_F32, x, inputs, 1, BP_HOLD_COPY}, rows,
                  target ? &given : NULL);
}

bp_status bp_data_create_f64(bp_data **data, const double *x, size_t rows, size_t inputs, const double *target,
                             size_t outputs)
{
    const struct given given = {BP_PART_TARGET, BP_F64, target, outputs, 1, BP_HOLD_COPY};
    return create(data, BP_CALL, &(struct given){BP_PART_INPUTS, BP_F64, x, inputs, 1, BP_HOLD_COPY}, rows,
                  target ? &given : NULL);
}

bp_status bp_data_create_labels_f32(bp_data **data, const float *x, size_t rows, size_t inputs, const int32_t *labels,
                                    size_t classes)
{
    const struct given given = {BP_PART_INPUTS, BP_F32, x, inputs, 1, BP_HOLD_COPY};
    return create_labels(data, BP_CALL, &given, rows, labels, classes);
}

bp_status bp_data_create_labels_f64(bp_data **data, const double *x, size_t rows, size_t inputs, const int32_t *labels,
                                    size_t classes)
{
    const struct given given = {BP_PART_INPUTS, BP_F64, x, inputs, 1, BP_HOLD_COPY};
    return create_labels(data, BP_CALL, &given, rows, labels, classes);
}
