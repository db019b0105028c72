/* SPDX-License-Identifier: MIT
 *
 * Fields become numbers and labels. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/column_name.h"
#include "base/quote.h"
#include "data/readers/csv/csv.h"
#include "base/number.h"
#include "data/data_options.h"

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

/* Whether a text is a number with a decimal comma. */
static bool has_decimal_comma(const char *text)
{
    const size_t whole = strspn(text, "+-0123456789");
    return whole > 0 && text[whole] == ',' && strspn(text + whole + 1, "0123456789") > 0;
}

/* What a column is by its first value. */
static enum bp_csv_kind kind_of(const char *text)
{
    double number;
    return bp_number_parse(text, &number) == BP_NUMBER_NONE && !has_decimal_comma(text) ? BP_CSV_TEXTS : BP_CSV_NUMBERS;
}

/* What may be meant by a text that is no number. */
static const char *hint(const struct bp_csv *csv, size_t column, const char *text)
{
    if (has_decimal_comma(text))
        return "it needs a decimal point";
    if (!csv->column[column].target)
        return "the first value of the column is a number";
    return csv->outputs > 1 ? "a class must be the only target" : "class=yes makes the target a class";
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

/* A missing value: NaN among the inputs, until bp_csv_make_inputs(), or the row is dropped, or refused. */
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

/* The numbers of the record; a text is none yet, for its row may be dropped. */
static bp_status read_fields(struct bp_csv *csv, double *x, double *target, bool *dropped)
{
    for (size_t i = 0; i < csv->columns; i++) {
        struct bp_column *column = &csv->column[i];
        double *number = column->target ? &target[column->place] : &x[column->place];
        if (bp_csv_is_missing(field(csv, i))) {
            BP_TRY(miss(csv, i, number, dropped));
            continue;
        }
        if (column->kind == BP_CSV_UNKNOWN)
            column->kind = kind_of(field(csv, i));
        if (column->kind == BP_CSV_NUMBERS)
            BP_TRY(read_number(csv, i, number));
    }
    return BP_OK;
}

static bp_status check_class(struct bp_csv *csv, size_t column)
{
    const char *text = field(csv, column), *problem = bp_column_name_problem(text, strlen(text));
    return problem ? bp_csv_fail(csv, BP_ERR_FORMAT, csv->record_line, column + 1, "the class %s", problem) : BP_OK;
}

static bp_status add_class(struct bp_csv *csv, size_t column)
{
    const bp_allocator *allocator = &csv->data->allocator;
    const size_t known = bp_texts_count(&csv->classes.names);
    int32_t label;
    const enum bp_label_result result = bp_classes_label(allocator, &csv->classes, column, field(csv, column), &label);
    if (result == BP_LABEL_TOO_MANY)
        return bp_csv_fail(csv, BP_ERR_FORMAT, csv->record_line, column + 1,
                           "there are more than %zu classes: is this column a class? BP_DATA_MOST_CLASSES allows more",
                           csv->classes.most);
    if (result != BP_LABEL_FOUND || !bp_buffer_add(allocator, &csv->labels, &label, sizeof(label)))
        return bp_csv_no_memory(csv);
    if ((size_t)label == known)
        BP_TRY(check_class(csv, column));
    csv->target.used -= sizeof(double); /* it had a place among the target's numbers */
    return BP_OK;
}

/* Also that the name fits that its input gets. */
static bp_status check_text(struct bp_csv *csv, size_t column)
{
    const char *text = field(csv, column);
    const size_t size = strlen(text);
    const bool is_long = bp_csv_name_of(csv, column).size + 1 + size > BP_COLUMN_NAME_MOST;
    const char *problem = is_long ? BP_COLUMN_NAME_LONG : bp_column_name_problem(text, size);
    return problem ? bp_csv_fail(csv, BP_ERR_FORMAT, csv->record_line, column + 1, "%s %s",
                                 is_long ? "the input's name, NAME=TEXT," : "the text", problem)
                   : BP_OK;
}

static bp_status read_text(struct bp_csv *csv, size_t column, double *number)
{
    const size_t known = bp_texts_count(&csv->texts.names);
    int32_t label;
    if (bp_classes_label(&csv->data->allocator, &csv->texts, column, field(csv, column), &label) != BP_LABEL_FOUND)
        return bp_csv_no_memory(csv);
    if ((size_t)label == known) {
        BP_TRY(check_text(csv, column));
        csv->column[column].texts++;
    }
    *number = label;
    if (csv->column[column].texts <= csv->most_texts)
        return BP_OK;
    BP_TRY(bp_csv_check_name(csv, column));
    return bp_csv_fail(csv, BP_ERR_FORMAT, csv->record_line, column + 1,
                       "there are more than %s: should this column be an input? BP_DATA_MOST_TEXTS allows more",
                       bp_message_count(csv->most_texts, "different text").text);
}

/* The texts of the record, which are labels from here on. */
static bp_status read_texts(struct bp_csv *csv, double *x)
{
    for (size_t i = 0; i < csv->columns; i++) {
        const struct bp_column *column = &csv->column[i];
        if (column->kind != BP_CSV_TEXTS)
            continue;
        if (column->target)
            BP_TRY(add_class(csv, i));
        else if (!isnan(x[column->place]))
            BP_TRY(read_text(csv, i, &x[column->place]));
    }
    return BP_OK;
}

/* The numbers that begin at byte `at`; NULL if there never were any. */
static double *numbers_from(const struct bp_buffer *buffer, size_t at)
{
    return buffer->bytes ? (double *)(void *)(buffer->bytes + at) : NULL;
}

/* After some rows, a buffer for all of them is reserved, by the size of the file: growing needs the old buffer and the
 * new one at once. A guess that is too small grows. What is too much is released at the end. Without memory for the
 * guess there may still be enough for the rows. */
static void reserve_by_guess(struct bp_csv *csv)
{
    const struct bp_reader *reader = csv->reader;
    const double read = (double)(reader->start + reader->at), size = (double)reader->size;
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
        return bp_csv_fail(csv, BP_ERR_FORMAT, csv->record_line, 0, "the line has %s: the first line has %zu",
                           bp_message_count(count, "field").text, csv->columns);
    if (!bp_buffer_add(allocator, &csv->x, NULL, csv->inputs * sizeof(double)) ||
        !bp_buffer_add(allocator, &csv->target, NULL, csv->outputs * sizeof(double)))
        return bp_csv_no_memory(csv);
    double *x = numbers_from(&csv->x, x_used);
    bool dropped = false;
    const bool gaps = csv->gaps;
    BP_TRY(read_fields(csv, x, numbers_from(&csv->target, target_used), &dropped));
    if (dropped) {
        csv->x.used = x_used;
        csv->target.used = target_used;
        csv->gaps = gaps;
        csv->dropped = true;
        return BP_OK;
    }
    if (csv->rows++ == 0)
        csv->first_line = csv->record_line;
    BP_TRY(read_texts(csv, x));
    reserve_by_guess(csv); /* which may move x */
    return BP_OK;
}
