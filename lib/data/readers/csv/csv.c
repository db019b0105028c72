/* SPDX-License-Identifier: MIT */
#include "data/readers/csv/csv.h"

#include <string.h>

#include "base/column_name.h"
#include "base/memory.h"
#include "base/number.h"
#include "data/data_options.h"

/* ---- the first line */

/* Names are no numbers, and a line with neither names nor numbers is no header. */
static bool is_header(const struct bp_csv *csv)
{
    const size_t count = bp_texts_count(&csv->record);
    bool text = false;
    double number;
    for (size_t i = 0; i < count; i++) {
        const char *field = bp_texts_at(&csv->record, i);
        if (bp_number_parse(field, &number) != BP_NUMBER_NONE)
            return false;
        text = text || !bp_csv_is_missing(field);
    }
    return text;
}

/* Takes the record as the columns' names. */
static bp_status take_names(struct bp_csv *csv)
{
    csv->names = csv->record;
    csv->record = (struct bp_texts){0};
    for (size_t i = 0; i < bp_texts_count(&csv->names); i++) {
        const char *name = bp_texts_at(&csv->names, i), *problem = bp_column_name_problem(name, strlen(name));
        if (problem)
            return bp_csv_fail(csv, BP_ERR_FORMAT, csv->record_line, i + 1, "the name %s", problem);
    }
    return BP_OK;
}

/* Reads the names and the first row. */
static bp_status begin(struct bp_csv *csv, bool *got)
{
    const int32_t header = bp_data_option(csv->data, BP_DATA_HEADER);
    struct bp_reader *reader = csv->reader;
    if (reader->end >= 3 && memcmp(reader->bytes, "\xef\xbb\xbf", 3) == 0) /* the byte order mark of UTF-8 */
        reader->at = 3;
    BP_TRY(bp_csv_next(csv, got));
    if (!*got)
        return BP_OK;
    if (header == 1 || (header == -1 && is_header(csv))) {
        BP_TRY(take_names(csv));
        BP_TRY(bp_csv_set_columns(csv, &csv->names));
        return bp_csv_next(csv, got);
    }
    return bp_csv_set_columns(csv, &csv->record);
}

/* ---- the table */

/* In the order of the targets. */
static bool add_output_names(struct bp_csv *csv, struct bp_table *table)
{
    if (bp_texts_count(&csv->names) == 0 || csv->outputs == 0)
        return true;
    const char **names = bp_memory_allocate(&table->allocator, csv->outputs, sizeof(*names));
    bool enough = names;
    for (size_t i = 0; enough && i < csv->columns; i++)
        if (csv->column[i].target)
            names[csv->column[i].place] = bp_texts_at(&csv->names, i);
    for (size_t i = 0; enough && i < csv->outputs; i++)
        enough = bp_texts_add(&table->allocator, &table->texts[BP_NAMES_OF_OUTPUTS], names[i], strlen(names[i]));
    bp_memory_release(&table->allocator, names);
    return enough;
}

static bool add_labels(struct bp_csv *csv, struct bp_table *table)
{
    int32_t *labels = (int32_t *)(void *)csv->labels.bytes;
    int32_t *sorted = bp_classes_sort(&table->allocator, &csv->classes);
    if (!sorted)
        return false;
    for (size_t i = 0; i < csv->rows; i++)
        labels[i] = sorted[labels[i]];
    bp_memory_release(&table->allocator, sorted);
    if (!bp_table_fill(table, BP_PART_LABELS, BP_I32, 1, &csv->labels))
        return false;
    const size_t classes = bp_texts_count(&csv->classes.names);
    table->classes = classes < 2 ? 2 : classes;
    table->texts[BP_NAMES_OF_CLASSES] = csv->classes.names;
    csv->classes.names = (struct bp_texts){0};
    return true;
}

static bp_status fill(struct bp_csv *csv, struct bp_table *table)
{
    bool enough = true;
    table->rows = csv->rows;
    BP_TRY(bp_csv_make_inputs(csv, table));
    if (csv->labels.used > 0)
        enough = add_labels(csv, table);
    else if (csv->outputs > 0)
        enough = bp_table_fill(table, BP_PART_TARGET, BP_F64, csv->outputs, &csv->target);
    return enough && add_output_names(csv, table) ? BP_OK : bp_csv_no_memory(csv);
}

static bp_status finish(struct bp_csv *csv)
{
    if (csv->rows == 0)
        return bp_csv_fail(csv, BP_ERR_FORMAT, 0, 0, "%s",
                           csv->columns == 0 ? "is empty"
                           : csv->dropped    ? "every row has a missing value"
                                             : "has no row");
    struct bp_table *table = bp_table_create(&csv->data->allocator);
    if (!table)
        return bp_csv_no_memory(csv);
    const bp_status status = fill(csv, table);
    if (status == BP_OK)
        bp_data_take(csv->data, table);
    else
        bp_table_leave(table);
    return status;
}

/* ---- the whole */

static bp_status read_all(struct bp_csv *csv)
{
    bool got;
    BP_TRY(begin(csv, &got));
    while (got) {
        bp_reader_found_rows(csv->reader);
        BP_TRY(bp_csv_add_row(csv));
        BP_TRY(bp_csv_next(csv, &got));
    }
    return finish(csv);
}

static void release(struct bp_csv *csv)
{
    const bp_allocator *allocator = &csv->data->allocator;
    bp_texts_release(allocator, &csv->record);
    bp_texts_release(allocator, &csv->names);
    bp_memory_release(allocator, csv->column);
    bp_buffer_release(allocator, &csv->x);
    bp_buffer_release(allocator, &csv->target);
    bp_buffer_release(allocator, &csv->labels);
    bp_classes_release(allocator, &csv->classes);
    bp_classes_release(allocator, &csv->texts);
}

static bp_status read_csv(struct bp_reading *reading)
{
    bp_data *data = reading->data;
    struct bp_csv csv = {
        .data = data, .call = reading->call, .path = reading->path, .reader = &reading->file, .line = 1};
    csv.separator = bp_data_option(data, BP_DATA_SEPARATOR);
    csv.most_record = bp_data_bound(data, BP_DATA_MOST_RECORD);
    csv.most_texts = (size_t)bp_data_option(data, BP_DATA_MOST_TEXTS);
    csv.texts.by_bytes = true;
    csv.texts.most = INT32_MAX;
    csv.classes.most = (size_t)bp_data_option(data, BP_DATA_MOST_CLASSES);
    const bp_status status = read_all(&csv);
    release(&csv);
    return status;
}

const struct bp_format bp_format_csv = {.endings = ".csv .tsv .txt ", .uses = {BP_DATA_TARGET}, .read = read_csv};
