/* SPDX-License-Identifier: MIT
 *
 * Data sets that show some of another's rows: chosen, or drawn for a split or a fold. No number is copied. */
#include <string.h>

#include "base/memory.h"
#include "base/sort.h"
#include "data/data_set.h"
#include "data/shuffle.h"

/* ---- rows in order of class, and within a class shuffled; without labels all are one class */

struct order {
    size_t *row;     /* all rows */
    size_t *classes; /* where each class begins, and the end */
    size_t count;    /* of classes */
};

static void release(const bp_data *data, struct order *order)
{
    bp_memory_release(&data->allocator, order->row);
    bp_memory_release(&data->allocator, order->classes);
}

/* The labels of as many rows from row `first` on as fit; returns how many. */
static size_t next_labels(const bp_data *data, bool by_class, size_t first, int32_t label[BP_DATA_CHUNK])
{
    size_t row[BP_DATA_CHUNK];
    const size_t n = bp_data_next_rows(first, data->rows, row);
    if (by_class)
        bp_data_gather(data, BP_PART_LABELS, row, n, BP_I32, label);
    else
        memset(label, 0, n * sizeof(*label));
    return n;
}

/* A counting sort by label. */
static void count_rows(const bp_data *data, bool by_class, struct order *order)
{
    int32_t label[BP_DATA_CHUNK];
    for (size_t i = 0, n; i < data->rows; i += n) {
        n = next_labels(data, by_class, i, label);
        for (size_t k = 0; k < n; k++)
            order->classes[label[k] + 1]++;
    }
    for (size_t i = 1; i <= order->count; i++)
        order->classes[i] += order->classes[i - 1];
    for (size_t i = 0, n; i < data->rows; i += n) {
        n = next_labels(data, by_class, i, label);
        for (size_t k = 0; k < n; k++)
            order->row[order->classes[label[k]]++] = i + k;
    }
    for (size_t i = order->count; i > 0; i--)
        order->classes[i] = order->classes[i - 1];
    order->classes[0] = 0;
}

static int32_t label_of(const bp_data *data, size_t row)
{
    int32_t label;
    bp_data_gather(data, BP_PART_LABELS, &row, 1, BP_I32, &label);
    return label;
}

static bool is_before(const void *data, size_t a, size_t b)
{
    const int32_t of_a = label_of(data, a), of_b = label_of(data, b);
    return of_a < of_b || (of_a == of_b && a < b);
}

/* Where there are more classes than rows: memory for the rows must do, and classes without rows are left out. */
static void sort_rows(const bp_data *data, struct order *order)
{
    bp_sort(order->row, data->rows, is_before, data);
    order->count = 0;
    for (size_t i = 0; i < data->rows; i++)
        if (i == 0 || label_of(data, order->row[i]) != label_of(data, order->row[i - 1]))
            order->classes[order->count++] = i;
    order->classes[order->count] = data->rows;
}

/* The rows of class i, shuffled: each class by its own stream. */
static void shuffle(const bp_data *data, bool by_class, uint64_t seed, const struct order *order, size_t i)
{
    size_t *row = order->row + order->classes[i];
    const size_t count = order->classes[i + 1] - order->classes[i];
    if (count > 0)
        bp_shuffle(seed, BP_SHUFFLE_SPLIT | (by_class ? (uint32_t)label_of(data, *row) : 0), row, count);
}

static bool make_order(const bp_data *data, bool by_class, uint64_t seed, struct order *order)
{
    const size_t classes = by_class ? data->table->classes : 1;
    const bool many = classes > data->rows;
    order->count = many ? data->rows : classes;
    order->row = bp_memory_allocate(&data->allocator, data->rows, sizeof(size_t));
    order->classes = bp_memory_allocate(&data->allocator, order->count + 1, sizeof(size_t));
    if (!order->row || !order->classes) {
        release(data, order);
        return false;
    }
    if (many)
        sort_rows(data, order);
    else
        count_rows(data, by_class, order);
    for (size_t i = 0; i < order->count; i++)
        shuffle(data, by_class, seed, order, i);
    return true;
}

/* ---- the parts, each in the order of the data set */

/* Shows the rows whose mark is `mark`. */
static bp_data *show_marked(const bp_data *data, const unsigned char *marks, unsigned char mark, size_t count)
{
    size_t *row, n = 0;
    bp_data *shown = bp_data_make_view(data, count, &row);
    if (!shown)
        return NULL;
    for (size_t i = 0; i < data->rows; i++)
        if (marks[i] == mark)
            row[n++] = i;
    (void)bp_data_show_rows(shown, data, row, count); /* which needs no memory */
    return shown;
}

static bp_status check_parts(const bp_data *data, const struct bp_call *call, bp_data **first, bp_data **second)
{
    if (first)
        *first = NULL;
    if (second)
        *second = NULL;
    BP_TRY(bp_need(call, data, "data"));
    if (!first || !second)
        return bp_fail(call, BP_ERR_ARG, "the pointer for a new data set is NULL");
    if (first == second)
        return bp_fail(call, BP_ERR_ARG, "the pointers for the two new data sets are the same");
    if (data->rows < 2)
        return bp_fail(call, BP_ERR_SHAPE, "at least 2 rows are needed: the data set has %zu", data->rows);
    return BP_OK;
}

/* Whether a row is in the first part, by its place in the order, and by its place in its class of `of` rows. */
typedef bool choose_fn(const void *context, size_t at, size_t place, size_t of);

/* Marks the chosen rows with 1. Returns how many there are. */
static size_t mark(const struct order *order, unsigned char *marks, choose_fn *choose, const void *context)
{
    size_t chosen = 0;
    for (size_t c = 0; c < order->count; c++) {
        const size_t start = order->classes[c], of = order->classes[c + 1] - start;
        for (size_t i = 0; i < of; i++)
            chosen += marks[order->row[start + i]] = choose(context, start + i, i, of);
    }
    return chosen;
}

/* By class where there are labels. */
static bp_status part_rows(const bp_data *data, const struct bp_call *call, uint64_t seed, choose_fn *choose,
                           const void *context, bp_data **first, bp_data **second)
{
    const bool by_class = data->table->part[BP_PART_LABELS].numbers;
    if (by_class)
        BP_TRY(bp_data_check_labels(data, call));
    struct order order = {0};
    unsigned char *marks = bp_memory_allocate(&data->allocator, data->rows, 1);
    bp_status status = BP_ERR_MEMORY;
    if (marks && make_order(data, by_class, seed, &order)) {
        const size_t chosen = mark(&order, marks, choose, context);
        const bool both = chosen > 0 && chosen < data->rows;
        *first = both ? show_marked(data, marks, 1, chosen) : NULL;
        *second = both ? show_marked(data, marks, 0, data->rows - chosen) : NULL;
        status = !both ? BP_ERR_SHAPE : *first && *second ? BP_OK : BP_ERR_MEMORY;
        release(data, &order);
    }
    bp_memory_release(&data->allocator, marks);
    if (status == BP_OK)
        return BP_OK;
    bp_data_destroy(*first);
    bp_data_destroy(*second);
    *first = *second = NULL;
    return bp_fail(call, status, status == BP_ERR_SHAPE ? "a part would have no rows" : "no memory for two parts");
}

/* Of every class the same share, to the nearest whole number, so that 0.8 of 10 are 8. */
static bool is_within(const void *fraction, size_t at, size_t place, size_t of)
{
    (void)at;
    return (double)place < *(const double *)fraction * (double)of - 0.5;
}

bp_status bp_data_split(const bp_data *data, double fraction, uint64_t seed, bp_data **first, bp_data **second)
{
    BP_TRY(check_parts(data, BP_CALL, first, second));
    if (!(fraction > 0 && fraction < 1))
        return bp_fail(BP_CALL, BP_ERR_ARG, "fraction is %s: it must be between 0 and 1",
                       bp_message_number(fraction).text);
    return part_rows(data, BP_CALL, seed, is_within, &fraction, first, second);
}

struct fold {
    size_t fold, folds;
};

/* The rows are dealt to the folds in turn, from class to class, so that also the folds' sizes differ by 1 at
 * most, and no fold is empty. */
static bool is_outside(const void *context, size_t at, size_t place, size_t of)
{
    const struct fold *f = context;
    (void)place;
    (void)of;
    return at % f->folds != f->fold;
}

bp_status bp_data_fold(const bp_data *data, size_t folds, size_t fold, uint64_t seed, bp_data **others, bp_data **held)
{
    BP_TRY(check_parts(data, BP_CALL, others, held));
    if (folds < 2 || folds > data->rows)
        return bp_fail(BP_CALL, BP_ERR_ARG, "folds is %zu: it must be 2 to the number of rows, %zu", folds, data->rows);
    if (fold >= folds)
        return bp_fail(BP_CALL, BP_ERR_ARG, "fold is %zu: it must be less than folds, %zu", fold, folds);
    const struct fold context = {fold, folds};
    return part_rows(data, BP_CALL, seed, is_outside, &context, others, held);
}

bp_status bp_data_show(bp_data *view, const bp_data *data, const size_t *rows, size_t count)
{
    BP_TRY(bp_need(BP_CALL, view, "view"));
    BP_TRY(bp_need(BP_CALL, data, "data"));
    BP_TRY(bp_need(BP_CALL, rows, "rows"));
    if (view == data)
        return bp_fail(BP_CALL, BP_ERR_ARG, "view and data are the same data set");
    size_t bytes;
    if (count == 0 || !bp_size_multiply(count, sizeof(size_t), &bytes))
        return bp_fail(BP_CALL, BP_ERR_SHAPE, "count is %zu: it must be at least 1, and fit in memory", count);
    for (size_t i = 0; i < count; i++)
        if (rows[i] >= data->rows)
            return bp_fail(BP_CALL, BP_ERR_ARG, "rows[%zu] is %zu: the data set has %s", i, rows[i],
                           bp_message_count(data->rows, "row").text);
    if (!bp_data_show_rows(view, data, rows, count))
        return bp_fail(BP_CALL, BP_ERR_MEMORY, "no memory for %s", bp_message_count(count, "row").text);
    return BP_OK;
}
