/* SPDX-License-Identifier: MIT
 *
 * `targets`: which columns are the target, by number or name. */
#include <string.h>

#include "base/memory.h"
#include "base/quote.h"
#include "data/readers/csv/csv.h"

/* One of the targets, as it is written. */
struct item {
    const char *text;
    size_t size;
    bool quoted;   /* it stood in quotes: a name, whatever it looks like */
    bool is_class; /* "class:" stood before it */
};

static const char class_mark[] = "class:";

/* ---- the text */

static const char *skip_spaces(const char *at)
{
    while (*at == ' ' || *at == '\t')
        at++;
    return at;
}

/* Takes an item, and the comma behind it. False where it has no end. */
static bool next_item(const char **at, struct item *item)
{
    const char *text = skip_spaces(*at);
    item->is_class = strncmp(text, class_mark, sizeof(class_mark) - 1) == 0;
    if (item->is_class)
        text = skip_spaces(text + sizeof(class_mark) - 1);
    item->quoted = *text == '"';
    text += item->quoted;
    item->text = text;
    item->size = strcspn(text, item->quoted ? "\"" : ",");
    text += item->size;
    if (item->quoted && *text != '"')
        return false;
    text = item->quoted ? skip_spaces(text + 1) : text;
    if (*text != ',' && *text != '\0')
        return false;
    while (!item->quoted && item->size > 0 && skip_spaces(item->text + item->size - 1) == item->text + item->size)
        item->size--;
    *at = text + (*text == ',');
    return item->size > 0 || item->quoted;
}

/* Whether an item is a whole number; one that no table has columns for is a large one. */
static bool read_whole(const struct item *item, bool *from_end, size_t *whole)
{
    size_t i = item->size > 0 && item->text[0] == '-';
    *from_end = i == 1;
    *whole = 0;
    if (item->quoted || i == item->size)
        return false;
    for (; i < item->size; i++) {
        if (item->text[i] < '0' || item->text[i] > '9')
            return false;
        if (*whole < SIZE_MAX / 100)
            *whole = *whole * 10 + (size_t)(item->text[i] - '0');
    }
    return true;
}

static struct bp_quote quote_item(const struct item *item) { return bp_quote_bytes(item->text, item->size); }

/* ---- the columns */

static bp_status find_number(struct bp_csv *csv, const struct item *item, bool from_end, size_t whole, size_t *column)
{
    if (whole == 0 || whole > csv->columns)
        return bp_csv_fail(csv, BP_ERR_ARG, 0, 0, "targets: there is no column %s: they are 1 to %zu, or -1 to -%zu",
                           quote_item(item).text, csv->columns, csv->columns);
    *column = from_end ? csv->columns - whole : whole - 1;
    return BP_OK;
}

/* The columns by their names, made for the first target that is a name: which column of a name is the first, and how many
 * have it. */
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

static bp_status find_name(struct bp_csv *csv, struct headings *headings, const struct item *item, size_t *column)
{
    const struct bp_quote name = quote_item(item);
    if (bp_texts_count(&csv->names) == 0)
        return bp_csv_fail(csv, BP_ERR_ARG, 0, 0,
                           "targets: no column is called \"%s\": line %zu is not taken for names (BP_DATA_HEADER)",
                           name.text, csv->record_line);
    if (headings->places.used == 0 && !index_names(csv, headings))
        return bp_csv_no_memory(csv);
    const size_t found = bp_classes_find(&headings->names, 0, item->text, item->size);
    const struct place *place = found == BP_CLASSES_NONE ? NULL : &places_of(headings)[found];
    if (place && place->count > 1)
        return bp_csv_fail(csv, BP_ERR_ARG, 0, 0, "targets: %zu columns are called \"%s\": give a number", place->count,
                           name.text);
    if (!place)
        return bp_csv_fail(csv, BP_ERR_ARG, 0, 0,
                           "targets: no column is called \"%s\": there are %zu, the first \"%s\", the last \"%s\"",
                           name.text, csv->columns, bp_quote_text(bp_texts_at(&csv->names, 0)).text,
                           bp_quote_text(bp_texts_at(&csv->names, csv->columns - 1)).text);
    *column = place->first;
    return BP_OK;
}

static bp_status add_target(struct bp_csv *csv, struct headings *headings, const struct item *item)
{
    bool from_end;
    size_t whole, column = 0;
    if (read_whole(item, &from_end, &whole))
        BP_TRY(find_number(csv, item, from_end, whole, &column));
    else
        BP_TRY(find_name(csv, headings, item, &column));
    if (csv->column[column].target)
        return bp_csv_fail(csv, BP_ERR_ARG, 0, column + 1, "targets names this column twice");
    csv->column[column] = (struct bp_column){
        .target = true, .kind = item->is_class ? BP_CSV_TEXTS : BP_CSV_UNKNOWN, .place = csv->outputs++};
    return BP_OK;
}

static bp_status read_items(struct bp_csv *csv, struct headings *headings)
{
    bool any_class = false;
    const char *at = csv->targets;
    do {
        struct item item;
        if (!next_item(&at, &item))
            return bp_csv_fail(csv, BP_ERR_ARG, 0, 0, "targets \"%s\" is no list of columns",
                               bp_quote_text(csv->targets).text);
        BP_TRY(add_target(csv, headings, &item));
        any_class = any_class || item.is_class;
    } while (*at);
    if (any_class && csv->outputs > 1)
        return bp_csv_fail(csv, BP_ERR_ARG, 0, 0, "targets \"%s\": a class must be the only target",
                           bp_quote_text(csv->targets).text);
    for (size_t i = 0; csv->outputs > 1 && i < csv->columns; i++)
        if (csv->column[i].target)
            csv->column[i].kind = BP_CSV_NUMBERS;
    return BP_OK;
}

static bp_status read_targets(struct bp_csv *csv)
{
    struct headings headings = {0};
    const bp_status status = read_items(csv, &headings);
    bp_classes_release(&csv->data->allocator, &headings.names);
    bp_buffer_release(&csv->data->allocator, &headings.places);
    return status;
}

bp_status bp_csv_set_columns(struct bp_csv *csv, const struct bp_texts *first)
{
    csv->columns = bp_texts_count(first);
    csv->column = bp_memory_allocate(&csv->data->allocator, csv->columns, sizeof(*csv->column));
    if (!csv->column)
        return bp_csv_no_memory(csv);
    if (csv->targets)
        BP_TRY(read_targets(csv));
    for (size_t i = 0; i < csv->columns; i++)
        if (!csv->column[i].target)
            csv->column[i].place = csv->inputs++;
    if (csv->inputs == 0)
        return bp_csv_fail(csv, BP_ERR_ARG, 0, 0, "targets \"%s\" leaves no column of %zu for the inputs",
                           bp_quote_text(csv->targets).text, csv->columns);
    return BP_OK;
}
