/* SPDX-License-Identifier: MIT
 *
 * A data set's life, and what it is filled with from arrays. */
#include "data/data_set.h"

#include <string.h>

#include "base/targets.h"
#include "base/memory.h"
#include "data/data_families.h"

static const struct bp_named holds[] = {
    {BP_HOLD_COPY, "copy", "The data set makes a copy"},
    {BP_HOLD_BORROW, "borrow", "The data set uses the caller's array, which must not change"},
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
    bp_memory_release(&allocator, data->path);
    bp_data_texts_release(&allocator, &data->texts);
    bp_buffer_release(&allocator, &data->own_row);
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

/* All rows of the table are shown. */
static void show_all(bp_data *data)
{
    data->row = NULL;
    data->rows = data->table->rows;
}

void bp_data_take(bp_data *data, struct bp_table *table)
{
    bp_table_leave(data->table);
    data->table = table;
    show_all(data);
}

bool bp_data_show_rows(bp_data *view, const bp_data *data, const size_t *row, size_t rows)
{
    struct bp_buffer made = {0}, *own = &view->own_row;
    const size_t bytes = rows * sizeof(*row);
    if (bytes > own->capacity && !bp_buffer_reserve(&view->allocator, &made, bytes))
        return false;
    size_t *to = (size_t *)(void *)(made.bytes ? made.bytes : own->bytes);
    for (size_t i = 0; i < rows; i++)
        to[i] = row ? bp_data_row(data, row[i]) : bp_data_row(data, i);
    if (made.bytes) {
        bp_buffer_release(&view->allocator, own);
        *own = made;
    }
    struct bp_table *table = bp_table_share(data->table);
    bp_table_leave(view->table);
    view->table = table;
    view->row = to;
    view->rows = rows;
    return true;
}

bp_data *bp_data_make_view(const bp_data *data, size_t rows, size_t **row)
{
    bp_data *view = bp_memory_allocate(&data->allocator, 1, sizeof(*view));
    if (!view)
        return NULL;
    view->allocator = data->allocator;
    view->set = data->set;
    if (bp_data_texts_copy(&data->allocator, &view->texts, &data->texts) &&
        bp_buffer_reserve(&view->allocator, &view->own_row, rows * sizeof(**row))) {
        *row = (size_t *)(void *)view->own_row.bytes;
        return view;
    }
    bp_data_destroy(view);
    return NULL;
}

bp_data *bp_data_share(const bp_data *data)
{
    if (data->row) {
        size_t *row;
        bp_data *view = bp_data_make_view(data, data->rows, &row);
        if (view)
            (void)bp_data_show_rows(view, data, NULL, data->rows); /* which needs no memory */
        return view;
    }
    bp_data *shared = bp_memory_allocate(&data->allocator, 1, sizeof(*shared));
    if (!shared || !bp_data_texts_copy(&data->allocator, &shared->texts, &data->texts)) {
        bp_memory_release(&data->allocator, shared);
        return NULL;
    }
    shared->allocator = data->allocator;
    shared->set = data->set;
    shared->table = bp_table_share(data->table);
    show_all(shared);
    return shared;
}

/* ---- filling */

/* What the caller gives for a part. */
struct given {
    enum bp_part_kind kind;
    int32_t type;
    const void *numbers;
    size_t columns, stride; /* 0: packed */
    int32_t hold;
};

/* The argument that gives a part. */
static const char *argument_of(enum bp_part_kind kind)
{
    return kind == BP_PART_INPUTS   ? "x"
           : kind == BP_PART_TARGET ? "target"
           : kind == BP_PART_LABELS ? "labels"
                                    : "weights";
}

/* What a part takes, in words; NULL if it takes this type. */
static const char *other_types(enum bp_part_kind kind, int32_t type)
{
    const struct bp_number_type *row = bp_number_type(type);
    switch (kind) {
    case BP_PART_LABELS:
        return row && row->whole ? NULL : "BP_U8, BP_I32 or BP_I64";
    case BP_PART_WEIGHTS:
        return row && row->real ? NULL : "BP_F32 or BP_F64";
    default:
        return row ? NULL : "BP_F32, BP_F64, BP_U8, BP_I32 or BP_I64";
    }
}

bp_status bp_data_check_hold(const struct bp_call *call, int32_t hold)
{
    if (hold != BP_HOLD_COPY && hold != BP_HOLD_BORROW)
        return bp_fail(call, BP_ERR_ARG, "hold is %d: it must be BP_HOLD_COPY or BP_HOLD_BORROW", (int)hold);
    return BP_OK;
}

static bp_status check_given(const struct bp_call *call, const struct given *given, size_t rows)
{
    const char *types = other_types(given->kind, given->type);
    if (types)
        return bp_fail(call, BP_ERR_ARG, "type is %d: %s may be of %s", (int)given->type, argument_of(given->kind),
                       types);
    BP_TRY(bp_need(call, given->numbers, argument_of(given->kind)));
    BP_TRY(bp_data_check_hold(call, given->hold));
    if (given->columns == 0)
        return bp_fail(call, BP_ERR_SHAPE, "there are 0 numbers in a row: at least 1 is needed");
    if (given->stride < given->columns)
        return bp_fail(call, BP_ERR_SHAPE, "stride is %zu: a row has %s", given->stride,
                       bp_message_count(given->columns, "number").text);
    if (!bp_table_fits(rows, given->stride))
        return bp_fail(call, BP_ERR_SHAPE, "%zu x %zu numbers do not fit in memory", rows, given->stride);
    return BP_OK;
}

/* Rows that may be apart, one after the other. */
static void pack(const struct given *given, size_t rows, unsigned char *to)
{
    const size_t size = bp_part_size(given->type), bytes = given->columns * size;
    const char *from = given->numbers;
    if (given->stride == given->columns) {
        memcpy(to, from, rows * bytes);
        return;
    }
    for (size_t row = 0; row < rows; row++)
        memcpy(to + row * bytes, from + row * given->stride * size, bytes);
}

/* Only memory can fail, and then nothing has changed. */
static bp_status put(const bp_data *data, const struct bp_call *call, struct bp_table *table, size_t rows,
                     const struct given *given)
{
    struct bp_part part = {.type = given->type,
                           .columns = given->columns,
                           .stride = given->stride,
                           .numbers = given->numbers,
                           .scale = data->set.byte};
    if (given->hold == BP_HOLD_COPY) {
        const size_t bytes = rows * given->columns * bp_part_size(given->type);
        if (!bp_table_reserve(table, given->kind, (size_t[BP_OWN]){bytes, 0, 0}))
            return bp_fail(call, BP_ERR_MEMORY, "no memory for %zu x %zu numbers", rows, given->columns);
        unsigned char *own = table->part[given->kind].own[BP_OWN_NUMBERS].bytes;
        pack(given, rows, own);
        part.numbers = own;
        part.stride = given->columns;
    }
    bp_table_put(table, given->kind, part);
    return BP_OK;
}

/* The table that new inputs go into: the data set's own, whose memory they use again, unless another data set shows
 * it. */
static struct bp_table *table_for_inputs(const bp_data *data)
{
    return atomic_load(&data->table->users) > 1 ? bp_table_create(&data->allocator) : data->table;
}

/* Inputs are in the table: the data set begins again. */
static void begin_again(bp_data *data, struct bp_table *table, size_t rows)
{
    bp_table_begin(table, rows);
    if (table == data->table)
        show_all(data);
    else
        bp_data_take(data, table);
}

bp_status bp_data_set_inputs(bp_data *data, int32_t type, const void *x, size_t rows, size_t inputs, size_t stride,
                             int32_t hold)
{
    const struct given given = {BP_PART_INPUTS, type, x, inputs, stride > 0 ? stride : inputs, hold};
    BP_TRY(bp_need(BP_CALL, data, "data"));
    BP_TRY(check_given(BP_CALL, &given, rows));
    if (rows == 0)
        return bp_fail(BP_CALL, BP_ERR_SHAPE, "rows is 0: at least 1 is needed");
    struct bp_table *table = table_for_inputs(data);
    if (!table)
        return bp_fail(BP_CALL, BP_ERR_MEMORY, "no memory for a table");
    const bp_status status = put(data, BP_CALL, table, rows, &given);
    if (status == BP_OK)
        begin_again(data, table, rows);
    else if (table != data->table)
        bp_table_leave(table);
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
static bp_status check_own_table(const bp_data *data, const struct bp_call *call)
{
    if (data->rows == 0)
        return bp_fail(call, BP_ERR_STATE, "there are no inputs yet");
    if (data->row)
        return bp_fail(call, BP_ERR_STATE, "the data set shows rows of another data set");
    if (atomic_load(&data->table->users) > 1)
        return bp_fail(call, BP_ERR_STATE, "another data set or a training still uses these rows");
    return BP_OK;
}

static bp_status check_part(const bp_data *data, const struct bp_call *call, const struct given *given)
{
    BP_TRY(bp_need(call, data, "data"));
    BP_TRY(check_given(call, given, data->rows));
    return check_own_table(data, call);
}

static bp_status add_part(const bp_data *data, const struct bp_call *call, const struct given *given)
{
    BP_TRY(put(data, call, data->table, data->rows, given));
    replace(data->table, given->kind);
    return BP_OK;
}

bp_status bp_data_set_target(bp_data *data, int32_t type, const void *target, size_t outputs, size_t stride,
                             int32_t hold)
{
    const struct given given = {BP_PART_TARGET, type, target, outputs, stride > 0 ? stride : outputs, hold};
    BP_TRY(check_part(data, BP_CALL, &given));
    return add_part(data, BP_CALL, &given);
}

static bp_status check_labels(const struct bp_call *call, int32_t type, const void *labels, size_t rows, size_t classes)
{
    char problem[BP_ANSWERS_PROBLEM];
    if (classes < 2 || classes > INT32_MAX)
        return bp_fail(call, BP_ERR_SHAPE, "classes is %zu: it must be 2 to %d", classes, INT32_MAX);
    for (size_t i = 0; i < rows; i++) {
        const int64_t label = bp_whole_at(type, labels, i);
        if (label >= 0 && label < (int64_t)classes)
            continue;
        bp_label_describe(label, i, classes, problem);
        return bp_fail(call, BP_ERR_ARG, "%s", problem);
    }
    return BP_OK;
}

bp_status bp_data_set_labels(bp_data *data, int32_t type, const void *labels, size_t classes, int32_t hold)
{
    const struct given given = {BP_PART_LABELS, type, labels, 1, 1, hold};
    BP_TRY(check_part(data, BP_CALL, &given));
    BP_TRY(check_labels(BP_CALL, type, labels, data->rows, classes));
    BP_TRY(add_part(data, BP_CALL, &given));
    data->table->classes = classes;
    return BP_OK;
}

bp_status bp_data_set_weights(bp_data *data, int32_t type, const void *weights, int32_t hold)
{
    const struct given given = {BP_PART_WEIGHTS, type, weights, 1, 1, hold};
    BP_TRY(check_part(data, BP_CALL, &given));
    for (size_t i = 0; i < data->rows; i++) {
        char problem[BP_ANSWERS_PROBLEM];
        const double weight = bp_real_at(type, weights, i);
        if (bp_weights_wrong(&weight, 1) == 1)
            continue;
        bp_weight_describe(weight, i, problem);
        return bp_fail(BP_CALL, BP_ERR_ARG, "%s", problem);
    }
    return add_part(data, BP_CALL, &given);
}

bp_status bp_data_set_sparse(bp_data *data, int32_t type, const void *values, const int32_t *columns,
                             const int64_t *starts, size_t rows, size_t inputs, int32_t hold)
{
    struct bp_sparse sparse = {values, columns, starts, 0};
    BP_TRY(bp_need(BP_CALL, data, "data"));
    BP_TRY(bp_data_check_hold(BP_CALL, hold));
    BP_TRY(bp_data_check_sparse(BP_CALL, &sparse, type, rows, inputs));
    struct bp_table *table = table_for_inputs(data);
    if (!table)
        return bp_fail(BP_CALL, BP_ERR_MEMORY, "no memory for a table");
    if (hold == BP_HOLD_BORROW) {
        bp_table_put(table, BP_PART_INPUTS,
                     (struct bp_part){.type = type,
                                      .columns = inputs,
                                      .numbers = values,
                                      .scale = 1,
                                      .at = columns,
                                      .starts = starts,
                                      .first = starts[0],
                                      .end = starts[rows]});
    } else if (!bp_table_fill_sparse(table, type, rows, inputs, &sparse)) {
        if (table != data->table)
            bp_table_leave(table);
        return bp_fail(BP_CALL, BP_ERR_MEMORY, "no memory for %s",
                       bp_message_count(bp_sparse_nonzeros(&sparse, rows), "number").text);
    }
    begin_again(data, table, rows);
    return BP_OK;
}
