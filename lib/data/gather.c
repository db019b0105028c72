/* SPDX-License-Identifier: MIT */
#include "data/gather.h"

#include "base/memory.h"
#include "base/targets.h"

/* Row numbers that are looked up at a time. */
enum { CHUNK = 64 };

static const struct bp_part *part_of(const bp_data *data, enum bp_part_kind kind) { return &data->table->part[kind]; }

static size_t row_at(const struct bp_selection *s, size_t i) { return s->row ? s->row[i] : s->first + i; }

/* Up to CHUNK row numbers from number i on; returns how many. */
static size_t next_rows(const struct bp_selection *s, size_t i, size_t row[CHUNK])
{
    const size_t n = s->count - i < CHUNK ? s->count - i : CHUNK;
    for (size_t k = 0; k < n; k++)
        row[k] = row_at(s, i + k);
    return n;
}

/* Whether the rows lie in the table one after the other. */
static bool lie_together(const struct bp_selection *s)
{
    const size_t first = bp_data_row(s->data, row_at(s, 0));
    if (!s->row && !s->data->row)
        return true;
    for (size_t i = 1; i < s->count; i++)
        if (bp_data_row(s->data, row_at(s, i)) != first + i)
            return false;
    return true;
}

/* A capacity for `count` rows of so many numbers. */
static bool reserve(const bp_allocator *allocator, struct bp_buffer *buffer, size_t count, size_t columns, size_t size)
{
    size_t numbers, bytes;
    return bp_size_multiply(count, columns, &numbers) && bp_size_multiply(numbers, size, &bytes) &&
           bp_buffer_reserve(allocator, buffer, bytes);
}

static bp_status no_memory(const struct bp_call *call, size_t count)
{
    return bp_fail(call, BP_ERR_MEMORY, "no memory for a copy of %s", bp_message_count(count, "row").text);
}

static void gather(const struct bp_selection *s, enum bp_part_kind kind, int32_t type, unsigned char *to)
{
    const size_t bytes = part_of(s->data, kind)->columns * bp_part_size(type);
    size_t row[CHUNK];
    for (size_t i = 0; i < s->count; i += CHUNK)
        bp_data_gather(s->data, kind, row, next_rows(s, i, row), type, to + i * bytes);
}

/* ---- inputs */

static bp_status take_dense(const struct bp_call *call, const struct bp_selection *s, int32_t type,
                            const bp_allocator *allocator, struct bp_buffer *x, struct bp_rows *rows)
{
    const struct bp_part *part = part_of(s->data, BP_PART_INPUTS);
    if (part->type == type && lie_together(s)) {
        rows->x = bp_part_row(part, bp_data_row(s->data, row_at(s, 0)));
        rows->stride = part->stride;
        return BP_OK;
    }
    if (!reserve(allocator, x, s->count, part->columns, bp_part_size(type)))
        return no_memory(call, s->count);
    gather(s, BP_PART_INPUTS, type, x->bytes);
    rows->x = x->bytes;
    rows->stride = part->columns;
    return BP_OK;
}

/* Starts as they should be: how many numbers the rows have. */
static bp_status count_nonzeros(const struct bp_call *call, const struct bp_selection *s, size_t *nonzeros)
{
    *nonzeros = 0;
    for (size_t i = 0; i < s->count; i++) {
        const size_t row = row_at(s, i);
        BP_TRY(bp_data_check_starts(s->data, call, &row, 1));
        if (!bp_size_add(*nonzeros, bp_data_nonzeros(s->data, row, 1), nonzeros))
            return no_memory(call, s->count);
    }
    return BP_OK;
}

/* The net looks at columns and values itself. */
static bp_status take_sparse(const struct bp_call *call, const struct bp_selection *s, int32_t type,
                             const bp_allocator *allocator, struct bp_row_buffers *b, struct bp_rows *rows)
{
    const struct bp_part *part = part_of(s->data, BP_PART_INPUTS);
    size_t nonzeros, row[CHUNK];
    BP_TRY(count_nonzeros(call, s, &nonzeros));
    if (part->type == type && lie_together(s)) {
        rows->sparse =
            (struct bp_sparse){part->numbers, part->at, part->starts + bp_data_row(s->data, row_at(s, 0)), 0};
        return BP_OK;
    }
    if (s->most > 0 && nonzeros > s->most)
        return bp_fail(call, BP_ERR_ARG, "the rows have %s: there is room for %zu",
                       bp_message_count(nonzeros, "number").text, s->most);
    if (!reserve(allocator, &b->x, nonzeros, 1, bp_part_size(type)) ||
        !reserve(allocator, &b->columns, nonzeros, 1, sizeof(int32_t)) ||
        !reserve(allocator, &b->starts, s->count + 1, 1, sizeof(int64_t)))
        return no_memory(call, s->count);
    int64_t *starts = (int64_t *)(void *)b->starts.bytes;
    int32_t *columns = (int32_t *)(void *)b->columns.bytes;
    starts[0] = 0;
    for (size_t i = 0; i < s->count; i += CHUNK)
        bp_data_gather_sparse(s->data, row, next_rows(s, i, row), type, b->x.bytes, columns, starts + i);
    rows->sparse = (struct bp_sparse){b->x.bytes, columns, starts, 0};
    return BP_OK;
}

bp_status bp_data_take_inputs(const struct bp_call *call, const struct bp_selection *s, int32_t type,
                              const bp_allocator *allocator, struct bp_row_buffers *buffers, struct bp_rows *rows)
{
    *rows = (struct bp_rows){.count = s->count};
    return part_of(s->data, BP_PART_INPUTS)->starts ? take_sparse(call, s, type, allocator, buffers, rows)
                                                    : take_dense(call, s, type, allocator, &buffers->x, rows);
}

/* ---- target or labels, and weights */

static bp_status take_target(const struct bp_call *call, const struct bp_selection *s, int32_t type,
                             const bp_allocator *allocator, struct bp_buffer *target, struct bp_rows *rows)
{
    const struct bp_part *part = part_of(s->data, BP_PART_TARGET);
    if (part->type == type && part->stride == part->columns && lie_together(s)) {
        rows->target = bp_part_row(part, bp_data_row(s->data, row_at(s, 0)));
        return BP_OK;
    }
    if (!reserve(allocator, target, s->count, part->columns, bp_part_size(type)))
        return no_memory(call, s->count);
    gather(s, BP_PART_TARGET, type, target->bytes);
    rows->target = target->bytes;
    return BP_OK;
}

/* Labels and weights where they lie: the sentence of the first that is wrong is that of a gathered one. */
static bp_status check_labels(const struct bp_call *call, const struct bp_selection *s, const int32_t *labels)
{
    const size_t wrong = bp_labels_wrong(labels, s->count, bp_data_classes(s->data));
    int32_t label;
    return wrong == s->count ? BP_OK : bp_data_gather_labels(s->data, call, &(size_t){row_at(s, wrong)}, 1, &label);
}

static bp_status check_weights(const struct bp_call *call, const struct bp_selection *s, const double *weights)
{
    const size_t wrong = bp_weights_wrong(weights, s->count);
    double weight;
    return wrong == s->count ? BP_OK : bp_data_gather_weights(s->data, call, &(size_t){row_at(s, wrong)}, 1, &weight);
}

static bp_status take_labels(const struct bp_call *call, const struct bp_selection *s, const bp_allocator *allocator,
                             struct bp_buffer *buffer, struct bp_rows *rows)
{
    const struct bp_part *part = part_of(s->data, BP_PART_LABELS);
    size_t row[CHUNK];
    if (part->type == BP_I32 && lie_together(s)) {
        rows->labels = bp_part_row(part, bp_data_row(s->data, row_at(s, 0)));
        return check_labels(call, s, rows->labels);
    }
    if (!reserve(allocator, buffer, s->count, 1, sizeof(int32_t)))
        return no_memory(call, s->count);
    int32_t *labels = (int32_t *)(void *)buffer->bytes;
    for (size_t i = 0; i < s->count; i += CHUNK)
        BP_TRY(bp_data_gather_labels(s->data, call, row, next_rows(s, i, row), labels + i));
    rows->labels = labels;
    return BP_OK;
}

/* Each row's own weight and that of its class. */
static bp_status take_weights(const struct bp_call *call, const struct bp_selection *s, const bp_allocator *allocator,
                              struct bp_buffer *buffer, struct bp_rows *rows)
{
    const struct bp_part *part = part_of(s->data, BP_PART_WEIGHTS);
    const bool own = part->numbers;
    size_t row[CHUNK];
    if (!s->class_weights && part->type == BP_F64 && lie_together(s)) {
        rows->weights = bp_part_row(part, bp_data_row(s->data, row_at(s, 0)));
        return check_weights(call, s, rows->weights);
    }
    if (!reserve(allocator, buffer, s->count, 1, sizeof(double)))
        return no_memory(call, s->count);
    double *weights = (double *)(void *)buffer->bytes;
    for (size_t i = 0; own && i < s->count; i += CHUNK)
        BP_TRY(bp_data_gather_weights(s->data, call, row, next_rows(s, i, row), weights + i));
    for (size_t i = 0; s->class_weights && i < s->count; i++)
        weights[i] = s->class_weights[rows->labels[i]] * (own ? weights[i] : 1);
    rows->weights = weights;
    return BP_OK;
}

bp_status bp_data_take_targets(const struct bp_call *call, const struct bp_selection *s, int32_t type,
                               const bp_allocator *allocator, struct bp_row_buffers *buffers, struct bp_rows *rows)
{
    if (part_of(s->data, BP_PART_TARGET)->numbers)
        BP_TRY(take_target(call, s, type, allocator, &buffers->target, rows));
    if (part_of(s->data, BP_PART_LABELS)->numbers)
        BP_TRY(take_labels(call, s, allocator, &buffers->labels, rows));
    if (part_of(s->data, BP_PART_WEIGHTS)->numbers || s->class_weights)
        return take_weights(call, s, allocator, &buffers->weights, rows);
    return BP_OK;
}

/* ---- buffers */

bool bp_data_reserve_rows(const bp_data *data, int32_t type, size_t count, const bp_allocator *allocator,
                          struct bp_row_buffers *b, size_t *nonzeros)
{
    const struct bp_part *inputs = part_of(data, BP_PART_INPUTS);
    const size_t size = bp_part_size(type);
    size_t starts;
    *nonzeros = inputs->starts ? bp_data_most_nonzeros(data, count) : 0;
    return bp_size_add(count, 1, &starts) &&
           (inputs->starts ? reserve(allocator, &b->x, *nonzeros, 1, size) &&
                                 reserve(allocator, &b->columns, *nonzeros, 1, sizeof(int32_t)) &&
                                 reserve(allocator, &b->starts, starts, 1, sizeof(int64_t))
                           : reserve(allocator, &b->x, count, inputs->columns, size)) &&
           reserve(allocator, &b->target, count, part_of(data, BP_PART_TARGET)->columns, size) &&
           reserve(allocator, &b->labels, count, 1, sizeof(int32_t)) &&
           reserve(allocator, &b->weights, count, 1, sizeof(double));
}
