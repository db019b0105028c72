/* SPDX-License-Identifier: MIT
 *
 * Fields become numbers and labels. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "data/csv.h"
#include "data/number.h"
#include "data/options.h"
#include "data/quote.h"

enum { ROWS_OF_A_GUESS = 1024 };
static const double SLACK = 1.03; /* rows differ in length */

static bool is_word(const char *text, const char *lower)
{
    for (; *text && *lower; text++, lower++)
        if ((*text >= 'A' && *text <= 'Z' ? *text - 'A' + 'a' : *text) != *lower)
            return false;
    return *text == *lower;
}

bool bp_csv_is_missing(const char *text)
{
    return is_word(text, "") || is_word(text, "?") || is_word(text, "na") || is_word(text, "nan") ||
           is_word(text, "null");
}

static const char *field(const struct bp_csv *csv, size_t column) { return bp_texts_at(&csv->record, column); }

/* What the one column of the target is, by its first value. */
static void decide_kind(struct bp_csv *csv)
{
    double number;
    size_t column = 0;
    while (!csv->column[column].target)
        column++;
    const char *text = field(csv, column);
    if (!bp_csv_is_missing(text))
        csv->kind = bp_number_parse(text, &number) == BP_NUMBER_NONE ? BP_CSV_CLASS : BP_CSV_NUMBERS;
}

/* What may be meant by a text that is no number. */
static const char *hint(const struct bp_csv *csv, size_t column, const char *text)
{
    const size_t digits = strspn(text, "+-0123456789");
    if (digits > 0 && text[digits] == ',' && strspn(text + digits + 1, "0123456789") > 0)
        return "it needs a decimal point";
    if (csv->column[column].target)
        return csv->outputs > 1 ? "a class must be the only target" : "\"class:\" before the target makes it a class";
    if (csv->rows == 0 && bp_texts_count(&csv->names) == 0)
        return "only a target may be text, or a first line of names (BP_DATA_HEADER)";
    return "only a target may be text";
}

static bp_status read_number(struct bp_csv *csv, size_t column, double *number)
{
    const char *text = field(csv, column);
    const enum bp_number_result result = bp_number_parse(text, number);
    if (result == BP_NUMBER_OK)
        return BP_OK;
    if (result == BP_NUMBER_TOO_LARGE)
        return bp_csv_fail(csv, BP_ERR_FORMAT, csv->record_line, column + 1, "\"%s\" is too large for a double",
                           bp_quote_text(text).text);
    return bp_csv_fail(csv, BP_ERR_FORMAT, csv->record_line, column + 1, "\"%s\" is no number: %s",
                       bp_quote_text(text).text, hint(csv, column, text));
}

/* A missing value: NaN among the inputs, until bp_csv_fill_gaps(), or the row is dropped, or refused. */
static bp_status miss(struct bp_csv *csv, size_t column, double *number, bool *dropped)
{
    const int32_t policy = bp_data_option(csv->data, BP_DATA_MISSING);
    if (policy == BP_MISSING_REFUSE)
        return bp_csv_fail(csv, BP_ERR_FORMAT, csv->record_line, column + 1,
                           "the value is missing (\"%s\"): set BP_DATA_MISSING to drop the row or take the mean",
                           bp_quote_text(field(csv, column)).text);
    *number = (double)NAN;
    if (policy == BP_MISSING_DROP || csv->column[column].target)
        *dropped = true;
    else
        csv->gaps = true;
    return BP_OK;
}

static bp_status read_fields(struct bp_csv *csv, double *x, double *target, const char **class_name, bool *dropped)
{
    for (size_t i = 0; i < csv->columns; i++) {
        const struct bp_column *column = &csv->column[i];
        double *number = column->target ? &target[column->place] : &x[column->place];
        if (bp_csv_is_missing(field(csv, i)))
            BP_TRY(miss(csv, i, number, dropped));
        else if (column->target && csv->kind == BP_CSV_CLASS)
            *class_name = field(csv, i);
        else
            BP_TRY(read_number(csv, i, number));
    }
    return BP_OK;
}

static bp_status add_label(struct bp_csv *csv, const char *name)
{
    int32_t label;
    if (!bp_classes_label(&csv->data->allocator, &csv->classes, name, &label) ||
        !bp_buffer_add(&csv->data->allocator, &csv->labels, &label, sizeof(label)))
        return bp_csv_no_memory(csv);
    return BP_OK;
}

/* The numbers that begin at byte `at`; NULL if there never were any. */
static double *numbers_from(const struct bp_buffer *buffer, size_t at)
{
    return buffer->bytes ? (double *)(void *)(buffer->bytes + at) : NULL;
}

/* After some rows, room for all of them, by the size of the file: growing takes the old room and the new at once. A guess
 * that is too small grows; too large, it is given back at the end. Without memory for it there may still be enough. */
static void guess_room(struct bp_csv *csv)
{
    const struct bp_reader *reader = &csv->reader;
    const double read = (double)(reader->passed + reader->at), size = (double)reader->size;
    if (csv->rows != ROWS_OF_A_GUESS || size <= read)
        return;
    const double rows = (size / read - 1) * ROWS_OF_A_GUESS * SLACK,
                 bytes = rows * (double)csv->inputs * sizeof(double);
    if (bytes < (double)(SIZE_MAX / 4))
        (void)bp_buffer_reserve(&csv->data->allocator, &csv->x, (size_t)bytes);
}

bp_status bp_csv_add_row(struct bp_csv *csv)
{
    const bp_allocator *allocator = &csv->data->allocator;
    const size_t count = bp_texts_count(&csv->record), x_used = csv->x.used, target_used = csv->target.used;
    if (count != csv->columns)
        return bp_csv_fail(csv, BP_ERR_FORMAT, csv->record_line, 0, "there are %zu fields: the first line has %zu",
                           count, csv->columns);
    if (csv->kind == BP_CSV_UNKNOWN && csv->outputs == 1)
        decide_kind(csv);
    /* a class has a place among the target's numbers too, until the row is read */
    if (!bp_buffer_add(allocator, &csv->x, NULL, csv->inputs * sizeof(double)) ||
        !bp_buffer_add(allocator, &csv->target, NULL, csv->outputs * sizeof(double)))
        return bp_csv_no_memory(csv);
    const char *class_name = NULL;
    bool dropped = false;
    const bool gaps = csv->gaps;
    BP_TRY(read_fields(csv, numbers_from(&csv->x, x_used), numbers_from(&csv->target, target_used), &class_name,
                       &dropped));
    if (dropped || csv->kind == BP_CSV_CLASS)
        csv->target.used = target_used;
    if (dropped) {
        csv->x.used = x_used;
        csv->gaps = gaps;
        csv->dropped = true;
        return BP_OK;
    }
    csv->rows++;
    guess_room(csv);
    return class_name ? add_label(csv, class_name) : BP_OK;
}

/* The mean of a column without its gaps; NaN if it is nothing else. */
static double mean_of(const double *x, size_t rows, size_t inputs)
{
    size_t count = 0;
    double mean = 0;
    for (size_t i = 0; i < rows; i++)
        count += isnan(x[i * inputs]) ? 0 : 1;
    for (size_t i = 0; i < rows; i++)
        if (!isnan(x[i * inputs]))
            mean += x[i * inputs] / (double)count; /* no sum that is too large */
    return count > 0 ? mean : (double)NAN;
}

bp_status bp_csv_fill_gaps(struct bp_csv *csv)
{
    for (size_t i = 0; i < csv->columns && csv->gaps; i++) {
        if (csv->column[i].target)
            continue;
        double *x = (double *)(void *)csv->x.bytes + csv->column[i].place;
        const double mean = mean_of(x, csv->rows, csv->inputs);
        if (isnan(mean))
            return bp_csv_fail(csv, BP_ERR_FORMAT, 0, i + 1, "every value is missing: the column has no mean");
        for (size_t row = 0; row < csv->rows; row++)
            if (isnan(x[row * csv->inputs]))
                x[row * csv->inputs] = mean;
    }
    return BP_OK;
}
