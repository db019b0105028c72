/* SPDX-License-Identifier: MIT */
#include "data/data_options.h"

#include <float.h>
#include <string.h>

#include "base/option_value.h"
#include "data/data_families.h"
#include "data/data_set.h"

/* What may stand between two fields: no part of a number, a name or a quoted field. */
static bool is_separator(int32_t value)
{
    static const char parts[] = "+-._\"";
    const bool alphanumeric =
        (value >= '0' && value <= '9') || (value >= 'A' && value <= 'Z') || (value >= 'a' && value <= 'z');
    return value == 0 || value == '\t' || (value >= ' ' && !alphanumeric && !strchr(parts, value));
}

static const struct bp_named missing_rows[] = {
    {BP_MISSING_REFUSE, "refuse", "A missing value is an error"},
    {BP_MISSING_DROP, "drop", "A row with a missing value is left out"},
    {BP_MISSING_MEAN, "mean", "A missing input becomes the mean of its column"},
};
const struct bp_family bp_missing_rules =
    BP_FAMILY(BP_FAMILY_MISSING, "missing", "What to do with missing values", missing_rows);

/* ---- facts of data sets, which are asked for as options are */

static double is_sparse(const void *data) { return bp_data_is_sparse(data); }

static double is_weighted(const void *data) { return bp_data_is_weighted(data); }

/* ---- options */

#define FACTS 2
#define AUTO BP_WHOLE(-1, 1, -1), .rules = BP_OPTION_AUTO
#define ANY INT32_MAX /* items of a text */

static const struct bp_option options[] = {
    {BP_NAMED(BP_DATA_SEPARATOR, "separator",
              "The character between two fields; auto: the first of tab ; | , and space in the first line"),
     BP_IN(bp_data_settings, separator), BP_WHOLE(0, 126, 0), .rules = BP_OPTION_CHARACTER, .suits = is_separator},
    {BP_NAMED(BP_DATA_HEADER, "header",
              "The first line has the names of the columns; auto: if none of its fields is a number"),
     BP_IN(bp_data_settings, header), AUTO},
    {BP_NAMED(BP_DATA_MISSING, "missing", "What to do with missing values"), BP_IN(bp_data_settings, missing),
     BP_MEMBER(bp_missing_rules, BP_MISSING_REFUSE)},
    {BP_NAMED(BP_DATA_CLASS, "class",
              "The target is a class; auto: if it is text, or a list of integers in a NumPy file"),
     BP_IN(bp_data_settings, class_), AUTO},
    {BP_NAMED(BP_DATA_NUMBERS, "numbers", "The labels of a LIBSVM file are numbers; auto: if one of them is not whole"),
     BP_IN(bp_data_settings, numbers), AUTO},
    {BP_NAMED(BP_DATA_BYTE, "byte", "The number that a byte of 1 becomes as an input or target"),
     BP_IN(bp_data_settings, byte), BP_REAL(0x1p-1022, DBL_MAX, 1)},
    {BP_NAMED(BP_DATA_FORMAT, "format", "The format of files"), BP_IN(bp_data_settings, format),
     BP_MEMBER(bp_formats, BP_FORMAT_AUTO)},
    {BP_NAMED(BP_DATA_TARGET, "target", "The columns of a table that are the target: names, numbers or ranges"),
     BP_IN(bp_data_texts, target), BP_ITEMS(ANY), .rules = BP_OPTION_OF_FORMAT},
    {BP_NAMED(BP_DATA_LABELS_FILE, "labels_file", "The second file, which has the labels or the target"),
     BP_IN(bp_data_texts, labels_file), BP_ITEMS(1), .rules = BP_OPTION_OF_FORMAT},
    {BP_NAMED(BP_DATA_ARRAY, "array", "The arrays of an archive that are the inputs and the target"),
     BP_IN(bp_data_texts, array), BP_ITEMS(2), .rules = BP_OPTION_OF_FORMAT},
    {BP_NAMED(BP_DATA_WIDTH, "width",
              "The number of inputs of a LIBSVM file; 0 for as many as its greatest index needs"),
     BP_IN(bp_data_settings, width), BP_WHOLE(0, INT32_MAX, 0), .rules = BP_OPTION_OF_FORMAT},
    {BP_NAMED(BP_DATA_MOST_TEXTS, "most_texts", "The most different texts that a column of inputs may have"),
     BP_IN(bp_data_settings, most_texts), BP_WHOLE(1, INT32_MAX, 1000)},
    {BP_NAMED(BP_DATA_MOST_RECORD, "most_record", "The most bytes that a record may have"),
     BP_IN(bp_data_settings, most_record), BP_WHOLE(1, 0x1p53, 1 << 24)},
    {BP_NAMED(BP_DATA_MOST_RATIO, "most_ratio", "How many bytes each byte of a packed file may unpack to"),
     BP_IN(bp_data_settings, most_ratio), BP_WHOLE(1, INT32_MAX, 100)},
    {BP_NAMED(BP_DATA_MOST_CLASSES, "most_classes", "The most classes that a file may have"),
     BP_IN(bp_data_settings, most_classes), BP_WHOLE(2, INT32_MAX, 1000000)},
    {BP_NAMED(BP_DATA_IS_SPARSE, "is_sparse", "The inputs are sparse rows"), .fact = is_sparse, BP_SWITCH(1, 0),
     .rules = BP_OPTION_READ_ONLY},
    {BP_NAMED(BP_DATA_IS_WEIGHTED, "is_weighted", "The rows have weights"), .fact = is_weighted, BP_SWITCH(1, 0),
     .rules = BP_OPTION_READ_ONLY},
};
const struct bp_family bp_data_options =
    BP_OPTION_FAMILY(BP_FAMILY_DATA_OPTION, "data_option", "Options of a data set", options);

_Static_assert(sizeof(options) / sizeof(options[0]) == sizeof(struct bp_data_settings) / sizeof(double) +
                                                           sizeof(struct bp_data_texts) / sizeof(char *) + FACTS,
               "every setting of a data set has a row");

uint64_t bp_data_bound(const bp_data *data, int32_t key)
{
    return (uint64_t)bp_option_value(&data->set, bp_family_by_key(&bp_data_options, key));
}

int32_t bp_data_option(const bp_data *data, int32_t key)
{
    return (int32_t)bp_option_value(&data->set, bp_family_by_key(&bp_data_options, key));
}

/* The row of a number that is to be set or asked for. */
static bp_status find_number(const struct bp_call *call, int32_t key, const struct bp_option **row)
{
    *row = bp_family_by_key(&bp_data_options, key);
    if (!*row)
        return bp_fail(call, BP_ERR_ARG, "a data set has no option %d", (int)key);
    if ((*row)->domain == BP_DOMAIN_TEXT)
        return bp_fail(call, BP_ERR_ARG, "%s is a text, for bp_data_set_text() and bp_data_get_text()",
                       (*row)->named.name);
    return BP_OK;
}

bp_status bp_data_set(bp_data *data, int32_t key, double value)
{
    struct bp_option_problem wrong;
    const struct bp_option *row;
    BP_TRY(bp_need(BP_CALL, data, "data"));
    BP_TRY(find_number(BP_CALL, key, &row));
    if (row->rules & BP_OPTION_READ_ONLY)
        return bp_fail(BP_CALL, BP_ERR_ARG, "%s can only be read", row->named.name);
    if (!bp_option_check(row, value, &wrong))
        return bp_fail(BP_CALL, BP_ERR_ARG, "%s", wrong.problem);
    *bp_option_place(&data->set, row) = value;
    return BP_OK;
}

bp_status bp_data_get(const bp_data *data, int32_t key, double *value)
{
    const struct bp_option *row;
    BP_TRY(bp_need(BP_CALL, data, "data"));
    BP_TRY(bp_need(BP_CALL, value, "value"));
    BP_TRY(find_number(BP_CALL, key, &row));
    *value = row->fact ? row->fact(data) : bp_option_value(&data->set, row);
    return BP_OK;
}

bool bp_data_option_is_set(const bp_data *data, const struct bp_option *option)
{
    if (option->domain == BP_DOMAIN_TEXT)
        return bp_data_text_of(&data->texts, option);
    return bp_option_value(&data->set, option) != option->initial;
}

/* ---- as texts */

/* Options that are to be, so that a failure changes nothing. */
struct draft {
    const bp_allocator *allocator;
    struct bp_data_settings set;
    struct bp_data_texts texts;
};

static bp_status read_pair(const struct bp_call *call, const struct bp_option_pair *pair, struct draft *draft)
{
    const struct bp_option *row = bp_family_by_name(&bp_data_options, pair->name, pair->name_size);
    if (!row) {
        const struct bp_nearest nearest = bp_option_nearest(pair, pair->name, &bp_data_options);
        return bp_option_unknown(call, pair, &nearest);
    }
    if (row->fact)
        return bp_option_fail_at(call, bp_fail(call, BP_ERR_ARG, "%s cannot be set by a text", row->named.name), pair);
    if (row->domain == BP_DOMAIN_TEXT)
        return bp_data_texts_read(call, draft->allocator, &draft->texts, row, pair);
    return bp_option_read(call, row, pair, bp_option_place(&draft->set, row));
}

static bp_status read_pairs(const struct bp_call *call, const struct bp_option_text *given, bp_data *data)
{
    struct draft draft = {&data->allocator, data->set, {0}};
    bp_status status = BP_OK;
    if (!bp_data_texts_copy(draft.allocator, &draft.texts, &data->texts))
        return bp_fail_memory(call);
    for (size_t i = 0; status == BP_OK && i < given->count; i++)
        status = read_pair(call, &given->pairs[i], &draft);
    if (status == BP_OK) {
        const struct bp_data_texts before = data->texts;
        data->set = draft.set;
        data->texts = draft.texts;
        draft.texts = before;
    }
    bp_data_texts_release(draft.allocator, &draft.texts);
    return status;
}

bp_status bp_data_read_text(const struct bp_call *call, bp_data *data, const char *text)
{
    struct bp_option_text given;
    BP_TRY(bp_option_text_open(call, &given, text, &data->allocator));
    const bp_status status = read_pairs(call, &given, data);
    bp_option_text_release(&given, &data->allocator);
    return status;
}

bp_status bp_data_set_text(bp_data *data, const char *text)
{
    BP_TRY(bp_need(BP_CALL, data, "data"));
    return bp_data_read_text(BP_CALL, data, text);
}

/* A fact is left out, and a text that is not set. */
static void write_option(struct bp_option_writer *writer, const bp_data *data, const struct bp_option *row)
{
    if (row->fact)
        return;
    if (row->domain != BP_DOMAIN_TEXT) {
        bp_option_write(writer, "", row, bp_option_value(&data->set, row));
    } else if (bp_data_option_is_set(data, row)) {
        bp_option_put_name(writer, row->named.name, strlen(row->named.name));
        bp_option_put_value(writer, bp_data_text_of(&data->texts, row));
    }
}

static void write_options(struct bp_option_writer *writer, const void *handle)
{
    const struct bp_option *row;
    for (size_t i = 0; (row = bp_family_row(&bp_data_options, i)); i++)
        write_option(writer, handle, row);
}

bp_status bp_data_get_text(const bp_data *data, char *text, size_t capacity, size_t *size)
{
    BP_TRY(bp_need(BP_CALL, data, "data"));
    return bp_option_give(BP_CALL, write_options, data, text, capacity, size);
}
