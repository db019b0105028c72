/* SPDX-License-Identifier: MIT
 *
 * Columns become inputs: one of numbers as it is, and one of text an input for each text, 1 in the rows that have it
 * and 0 in the others. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/quote.h"
#include "data/readers/csv/csv.h"
#include "base/number.h"
#include "data/data_options.h"

/* [rows][inputs], not yet as wide as the table's */
static double *x_of(const struct bp_csv *csv) { return (double *)(void *)csv->x.bytes; }

static bool is_text(const struct bp_column *column) { return !column->target && column->kind == BP_CSV_TEXTS; }

static size_t count_inputs(const struct bp_csv *csv)
{
    size_t inputs = 0;
    for (size_t i = 0; i < csv->columns; i++)
        if (!csv->column[i].target)
            inputs += is_text(&csv->column[i]) ? csv->column[i].texts : 1;
    return inputs;
}

/* ---- names that were taken for a row */

static const char *text_of(const struct bp_csv *csv, double label)
{
    return bp_texts_at(&csv->texts.names, (size_t)label);
}

static bool is_number(const char *text)
{
    double number;
    return bp_number_parse(text, &number) != BP_NUMBER_NONE;
}

/* Whether the first row alone has text in a column, and the others numbers, as below a name. */
static bool begins_with_name(const struct bp_csv *csv, size_t place)
{
    const double *x = x_of(csv) + place;
    size_t numbers = 0;
    for (size_t row = 1; row < csv->rows; row++) {
        const double label = x[row * csv->inputs];
        if (!isnan(label) && !is_number(text_of(csv, label)))
            return false;
        numbers += isnan(label) ? 0 : 1;
    }
    return numbers > 0 && !isnan(x[0]) && !is_number(text_of(csv, x[0]));
}

bp_status bp_csv_check_name(struct bp_csv *csv, size_t column)
{
    const size_t place = csv->column[column].place;
    if (bp_data_option(csv->data, BP_DATA_HEADER) != -1 || bp_texts_count(&csv->names) > 0 ||
        !begins_with_name(csv, place))
        return BP_OK;
    return bp_csv_fail(csv, BP_ERR_FORMAT, csv->first_line, column + 1,
                       "\"%s\" is followed by numbers only: if it is a name, set BP_DATA_HEADER to 1, else to 0",
                       bp_quote_text(text_of(csv, x_of(csv)[place])).text);
}

static bp_status check_names(struct bp_csv *csv)
{
    for (size_t i = 0; i < csv->columns; i++)
        if (is_text(&csv->column[i]))
            BP_TRY(bp_csv_check_name(csv, i));
    return BP_OK;
}

/* ---- gaps */

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

/* Puts the means in the gaps. Those of text stay: they get the shares, which are the means of its inputs. */
static bp_status fill_gaps(struct bp_csv *csv)
{
    for (size_t i = 0; i < csv->columns && csv->gaps; i++) {
        if (csv->column[i].target)
            continue;
        double *x = x_of(csv) + csv->column[i].place;
        const double mean = mean_of(x, csv->rows, csv->inputs);
        if (isnan(mean))
            return bp_csv_fail(csv, BP_ERR_FORMAT, 0, i + 1, "every value is missing: the column has no mean");
        if (is_text(&csv->column[i]))
            continue;
        for (size_t row = 0; row < csv->rows; row++)
            if (isnan(x[row * csv->inputs]))
                x[row * csv->inputs] = mean;
    }
    return BP_OK;
}

/* ---- texts */

/* label: [texts], the one in order of each that was given; it takes that one's place in x. share: [texts], which of a
 * column's rows without gaps have the text. */
static void count_texts(struct bp_csv *csv, const int32_t *label, double *share)
{
    size_t first = 0;
    for (size_t i = 0; i < csv->columns; i++) {
        struct bp_column *column = &csv->column[i];
        size_t known = 0;
        if (!is_text(column))
            continue;
        for (size_t row = 0; row < csv->rows; row++) {
            double *x = &x_of(csv)[row * csv->inputs + column->place];
            if (isnan(*x))
                continue;
            *x = label[(size_t)*x];
            share[(size_t)*x]++;
            known++;
        }
        column->first = first;
        first += column->texts;
        for (size_t text = column->first; text < first; text++)
            share[text] /= (double)known;
    }
}

/* x: [inputs], a row with a label or a gap for a text; wide: [inputs of the table], which are 0 */
static void widen(const struct bp_csv *csv, const double *share, const double *x, double *wide)
{
    for (size_t i = 0; i < csv->columns; i++) {
        const struct bp_column *column = &csv->column[i];
        if (column->target)
            continue;
        const double number = x[column->place];
        if (!is_text(column)) {
            *wide++ = number;
            continue;
        }
        if (isnan(number))
            memcpy(wide, share + column->first, column->texts * sizeof(*wide));
        else
            wide[(size_t)number - column->first] = 1;
        wide += column->texts;
    }
}

static bool make_texts(struct bp_csv *csv, struct bp_table *table)
{
    const size_t inputs = count_inputs(csv), texts = bp_texts_count(&csv->texts.names);
    int32_t *label = bp_classes_sort(&table->allocator, &csv->texts);
    double *share = bp_memory_allocate(&table->allocator, texts, sizeof(*share));
    double *wide = bp_table_make(table, BP_PART_INPUTS, BP_F64, csv->rows, inputs);
    const bool enough = label && share && wide;
    if (enough)
        count_texts(csv, label, share);
    for (size_t row = 0; enough && row < csv->rows; row++)
        widen(csv, share, x_of(csv) + row * csv->inputs, wide + row * inputs);
    bp_memory_release(&table->allocator, label);
    bp_memory_release(&table->allocator, share);
    return enough;
}

/* ---- names */

struct bp_csv_name bp_csv_name_of(const struct bp_csv *csv, size_t column)
{
    struct bp_csv_name name = {.text = bp_texts_at(&csv->names, column)};
    if (name.text && *name.text)
        name.size = strlen(name.text);
    else
        name.size = (size_t)snprintf(name.number, sizeof(name.number), "%zu", column + 1);
    return name;
}

static bool add_column(struct bp_csv *csv, struct bp_buffer *name, size_t column)
{
    const struct bp_csv_name of_column = bp_csv_name_of(csv, column);
    const char *text = *of_column.number ? of_column.number : of_column.text;
    return bp_buffer_add(&csv->data->allocator, name, text, of_column.size);
}

/* "NAME=TEXT" for the text of this label. */
static bool add_text(struct bp_csv *csv, struct bp_buffer *name, size_t label)
{
    const char *text = bp_texts_at(&csv->texts.names, label);
    return bp_buffer_add(&csv->data->allocator, name, "=", 1) &&
           bp_buffer_add(&csv->data->allocator, name, text, strlen(text));
}

static bool name_inputs(struct bp_csv *csv, struct bp_table *table)
{
    struct bp_buffer *name = &csv->record.text; /* no record is left to be read */
    for (size_t i = 0; i < csv->columns; i++) {
        const struct bp_column *column = &csv->column[i];
        const size_t inputs = is_text(column) ? column->texts : 1;
        for (size_t k = 0; k < inputs && !column->target; k++) {
            name->used = 0;
            if (!add_column(csv, name, i) || (is_text(column) && !add_text(csv, name, column->first + k)) ||
                !bp_texts_add(&table->allocator, &table->texts[BP_NAMES_OF_INPUTS], (const char *)name->bytes,
                              name->used))
                return false;
        }
    }
    return true;
}

/* ---- the whole */

bp_status bp_csv_make_inputs(struct bp_csv *csv, struct bp_table *table)
{
    const bool texts = bp_texts_count(&csv->texts.names) > 0;
    bool enough;
    BP_TRY(check_names(csv));
    BP_TRY(fill_gaps(csv));
    if (texts)
        enough = make_texts(csv, table);
    else
        enough = bp_table_fill(table, BP_PART_INPUTS, BP_F64, csv->inputs, &csv->x);
    if (texts || bp_texts_count(&csv->names) > 0)
        enough = enough && name_inputs(csv, table);
    return enough ? BP_OK : bp_csv_no_memory(csv);
}
