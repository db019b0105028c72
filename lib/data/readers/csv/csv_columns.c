/* SPDX-License-Identifier: MIT
 *
 * `target`: which columns are the target, by number or name. */
#include <string.h>

#include "base/memory.h"
#include "base/quote.h"
#include "data/data_options.h"
#include "data/readers/csv/csv.h"

/* A column as it is written: its number, or its name. What was quoted is a name, whatever it looks like. */
struct heading {
    char *text;
    size_t size;
    bool quoted;
};

/* One of the targets: a column, or all from one to another. */
struct item {
    struct heading first, last;
    bool range;
};

/* ---- the text */

static void append(struct heading *heading, const struct bp_option_part *part)
{
    heading->size += bp_option_unquote(part, heading->text + heading->size);
    heading->quoted = heading->quoted || part->quote;
}

/* Where the two points of a range begin; the part's size if it has none. */
static size_t find_points(const struct bp_option_part *part)
{
    for (size_t i = 0; !part->quote && i + 1 < part->size; i++)
        if (part->bytes[i] == '.' && part->bytes[i + 1] == '.')
            return i;
    return part->size;
}

/* @param buffer [given->size], for the text */
static struct item read_item(const struct bp_option_item *given, char *buffer)
{
    struct item item = {.first = {.text = buffer}};
    struct bp_option_part part;
    size_t at = 0;
    while (bp_option_next_part(given, &at, &part)) {
        const size_t points = item.range ? part.size : find_points(&part);
        struct bp_option_part rest = {part.bytes + points, part.size - points, part.quote};
        part.size = points;
        append(item.range ? &item.last : &item.first, &part);
        if (rest.size > 0) {
            item.range = true;
            item.last.text = item.first.text + item.first.size;
            append(&item.last, &(struct bp_option_part){rest.bytes + 2, rest.size - 2, '\0'});
        }
    }
    return item;
}

/* Whether a heading is a whole number; one that no table has columns for is a large one. */
static bool read_whole(const struct heading *heading, bool *from_end, size_t *whole)
{
    size_t i = heading->size > 0 && heading->text[0] == '-';
    *from_end = i == 1;
    *whole = 0;
    if (heading->quoted || i == heading->size)
        return false;
    for (; i < heading->size; i++) {
        if (heading->text[i] < '0' || heading->text[i] > '9')
            return false;
        if (*whole < SIZE_MAX / 100)
            *whole = *whole * 10 + (size_t)(heading->text[i] - '0');
    }
    return true;
}

static struct bp_quote quote_heading(const struct heading *heading)
{
    return bp_quote_bytes(heading->text, heading->size);
}

/* ---- the columns */

static bp_status find_number(struct bp_csv *csv, const struct heading *heading, bool from_end, size_t whole,
                             size_t *column)
{
    if (whole == 0 || whole > csv->columns)
        return bp_csv_fail(csv, BP_ERR_ARG, 0, 0, "target: there is no column %s: they are 1 to %zu, or -1 to -%zu",
                           quote_heading(heading).text, csv->columns, csv->columns);
    *column = from_end ? csv->columns - whole : whole - 1;
    return BP_OK;
}

/* The columns by their names, made for the first target that is a name: which column of a name is the first, and how
 * many have it. */
struct place {
    size_t first, count;
};

struct headings {
    struct bp_classes names;
    struct bp_buffer places; /* struct place [names] */
};

static struct place *places_of(const struct headings *headings)
{
    return (struct place *)(void *)headings->places.bytes;
}

static bool index_names(struct bp_csv *csv, struct headings *headings)
{
    const bp_allocator *allocator = &csv->data->allocator;
    headings->names.most = INT32_MAX;
    for (size_t i = 0; i < csv->columns; i++) {
        const size_t known = bp_texts_count(&headings->names.names);
        int32_t label;
        if (bp_classes_label(allocator, &headings->names, 0, bp_texts_at(&csv->names, i), &label) != BP_LABEL_FOUND)
            return false;
        if ((size_t)label < known)
            places_of(headings)[label].count++;
        else if (!bp_buffer_add(allocator, &headings->places, &(struct place){i, 1}, sizeof(struct place)))
            return false;
    }
    return true;
}

static bp_status find_name(struct bp_csv *csv, struct headings *headings, const struct heading *heading, size_t *column)
{
    const struct bp_quote name = quote_heading(heading);
    if (bp_texts_count(&csv->names) == 0)
        return bp_csv_fail(csv, BP_ERR_ARG, 0, 0,
                           "target: no column is called \"%s\": line %zu is not read as names (BP_DATA_HEADER)",
                           name.text, csv->record_line);
    if (headings->places.used == 0 && !index_names(csv, headings))
        return bp_csv_no_memory(csv);
    const size_t found = bp_classes_find(&headings->names, 0, heading->text, heading->size);
    const struct place *place = found == BP_CLASSES_NONE ? NULL : &places_of(headings)[found];
    if (place && place->count > 1)
        return bp_csv_fail(csv, BP_ERR_ARG, 0, 0, "target: %zu columns are called \"%s\": give a number", place->count,
                           name.text);
    if (!place)
        return bp_csv_fail(csv, BP_ERR_ARG, 0, 0,
                           "target: no column is called \"%s\": the first of %zu is \"%s\", the last is \"%s\"",
                           name.text, csv->columns, bp_quote_text(bp_texts_at(&csv->names, 0)).text,
                           bp_quote_text(bp_texts_at(&csv->names, csv->columns - 1)).text);
    *column = place->first;
    return BP_OK;
}

static bp_status find_column(struct bp_csv *csv, struct headings *headings, const struct heading *heading,
                             size_t *column)
{
    bool from_end;
    size_t whole;
    if (read_whole(heading, &from_end, &whole))
        return find_number(csv, heading, from_end, whole, column);
    return find_name(csv, headings, heading, column);
}

static bp_status add_target(struct bp_csv *csv, size_t column)
{
    if (csv->column[column].target)
        return bp_csv_fail(csv, BP_ERR_ARG, 0, column + 1, "target names this column twice");
    csv->column[column] = (struct bp_column){.target = true, .place = csv->outputs++};
    return BP_OK;
}

/* An end of a range that is left out is that of the table. */
static bp_status add_item(struct bp_csv *csv, struct headings *headings, const struct item *item)
{
    size_t first = 0, last = csv->columns - 1;
    if (!item->range || item->first.size > 0)
        BP_TRY(find_column(csv, headings, &item->first, &first));
    if (!item->range)
        return add_target(csv, first);
    if (item->last.size > 0)
        BP_TRY(find_column(csv, headings, &item->last, &last));
    if (first > last)
        return bp_csv_fail(csv, BP_ERR_ARG, 0, 0, "target: the range from column %zu to column %zu is empty", first + 1,
                           last + 1);
    for (size_t column = first; column <= last; column++)
        BP_TRY(add_target(csv, column));
    return BP_OK;
}

static bp_status add_items(struct bp_csv *csv, struct headings *headings, const char *target, char *buffer)
{
    const struct bp_option_pair pair = bp_data_text_pair(target);
    struct bp_option_item given;
    size_t at = 0;
    while (bp_option_next_item(&pair, &at, &given)) {
        const struct item item = read_item(&given, buffer);
        BP_TRY(add_item(csv, headings, &item));
    }
    return BP_OK;
}

static bp_status read_target(struct bp_csv *csv, const char *target)
{
    const bp_allocator *allocator = &csv->data->allocator;
    struct headings headings = {0};
    char *buffer = bp_memory_allocate(allocator, strlen(target), 1);
    const bp_status status = buffer ? add_items(csv, &headings, target, buffer) : bp_csv_no_memory(csv);
    bp_memory_release(allocator, buffer);
    bp_classes_release(allocator, &headings.names);
    bp_buffer_release(allocator, &headings.places);
    return status;
}

/* What the target's columns hold, as far as it is known before the first value. */
static bp_status set_kinds(struct bp_csv *csv)
{
    const int32_t is_class = bp_data_option(csv->data, BP_DATA_CLASS);
    const enum bp_csv_kind kind = is_class == 1                       ? BP_CSV_TEXTS
                                  : is_class == 0 || csv->outputs > 1 ? BP_CSV_NUMBERS
                                                                      : BP_CSV_UNKNOWN;
    if (is_class == 1 && csv->outputs > 1)
        return bp_csv_fail(csv, BP_ERR_ARG, 0, 0, "target has %zu columns, and class=yes needs exactly one",
                           csv->outputs);
    for (size_t i = 0; i < csv->columns; i++)
        if (csv->column[i].target)
            csv->column[i].kind = kind;
    return BP_OK;
}

bp_status bp_csv_set_columns(struct bp_csv *csv, const struct bp_texts *first)
{
    const char *target = csv->data->texts.target;
    csv->columns = bp_texts_count(first);
    csv->column = bp_memory_allocate(&csv->data->allocator, csv->columns, sizeof(*csv->column));
    if (!csv->column)
        return bp_csv_no_memory(csv);
    if (target)
        BP_TRY(read_target(csv, target));
    BP_TRY(set_kinds(csv));
    for (size_t i = 0; i < csv->columns; i++)
        if (!csv->column[i].target)
            csv->column[i].place = csv->inputs++;
    if (csv->inputs == 0)
        return bp_csv_fail(csv, BP_ERR_ARG, 0, 0, "target \"%s\" leaves none of the %zu columns for the inputs",
                           bp_quote_text(target).text, csv->columns);
    return BP_OK;
}
