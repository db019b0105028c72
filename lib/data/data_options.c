/* SPDX-License-Identifier: MIT */
#include "data/data_options.h"

#include <float.h>
#include <string.h>

#include "base/option_value.h"
#include "data/data_set.h"
#include "data/data_families.h"

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
    BP_FAMILY(BP_FAMILY_MISSING, "missing", "What becomes of missing values", missing_rows);

#define AUTO BP_WHOLE(-1, 1, -1), .rules = BP_OPTION_AUTO

static const struct bp_option options[] = {
    {BP_NAMED(BP_DATA_SEPARATOR, "separator", "The character between two fields; auto is the first that fits"),
     BP_IN(bp_data_settings, separator), BP_WHOLE(0, 126, 0), .rules = BP_OPTION_CHARACTER, .suits = is_separator},
    {BP_NAMED(BP_DATA_HEADER, "header",
              "The first line is the names of the columns; auto where none of it is a number"),
     BP_IN(bp_data_settings, header), AUTO},
    {BP_NAMED(BP_DATA_MISSING, "missing", "What becomes of missing values"), BP_IN(bp_data_settings, missing),
     BP_MEMBER(bp_missing_rules, BP_MISSING_REFUSE)},
    {BP_NAMED(BP_DATA_CLASS, "class", "The target of a NumPy file is a class; auto where it is of whole numbers"),
     BP_IN(bp_data_settings, class_), AUTO},
    {BP_NAMED(BP_DATA_NUMBERS, "numbers", "The labels of a LIBSVM file are numbers; auto where one is not whole"),
     BP_IN(bp_data_settings, numbers), AUTO},
    {BP_NAMED(BP_DATA_BYTE, "byte", "What a byte of 1 is worth as an input or target"), BP_IN(bp_data_settings, byte),
     BP_REAL(0x1p-1022, DBL_MAX, 1)},
    {BP_NAMED(BP_DATA_MOST_TEXTS, "most_texts", "The most different texts of a column of inputs"),
     BP_IN(bp_data_settings, most_texts), BP_WHOLE(1, INT32_MAX, 1000)},
    {BP_NAMED(BP_DATA_MOST_RECORD, "most_record", "The most bytes of a record"), BP_IN(bp_data_settings, most_record),
     BP_WHOLE(1, 0x1p53, 1 << 24)},
    {BP_NAMED(BP_DATA_MOST_RATIO, "most_ratio", "How many bytes a packed file may unpack to for each of its own"),
     BP_IN(bp_data_settings, most_ratio), BP_WHOLE(1, INT32_MAX, 100)},
    {BP_NAMED(BP_DATA_MOST_CLASSES, "most_classes", "The most classes of a file"),
     BP_IN(bp_data_settings, most_classes), BP_WHOLE(2, INT32_MAX, 1000000)},
};
const struct bp_family bp_data_options =
    BP_OPTION_FAMILY(BP_FAMILY_DATA_OPTION, "data_option", "Options of a data set", options);

_Static_assert(sizeof(options) / sizeof(options[0]) == sizeof(struct bp_data_settings) / sizeof(double),
               "every setting of a data set has a row");

uint64_t bp_data_bound(const bp_data *data, int32_t key)
{
    return (uint64_t)bp_option_value(&data->set, bp_family_by_key(&bp_data_options, key));
}

int32_t bp_data_option(const bp_data *data, int32_t key)
{
    return (int32_t)bp_option_value(&data->set, bp_family_by_key(&bp_data_options, key));
}

bp_status bp_data_set(bp_data *data, int32_t key, double value)
{
    struct bp_option_problem wrong;
    BP_TRY(bp_need(BP_CALL, data, "data"));
    const struct bp_option *row = bp_family_by_key(&bp_data_options, key);
    if (!row)
        return bp_fail(BP_CALL, BP_ERR_ARG, "a data set has no option %d", (int)key);
    if (!bp_option_check(row, value, &wrong))
        return bp_fail(BP_CALL, BP_ERR_ARG, "%s", wrong.problem);
    *bp_option_place(&data->set, row) = value;
    return BP_OK;
}

bp_status bp_data_get(const bp_data *data, int32_t key, double *value)
{
    BP_TRY(bp_need(BP_CALL, data, "data"));
    BP_TRY(bp_need(BP_CALL, value, "value"));
    const struct bp_option *row = bp_family_by_key(&bp_data_options, key);
    if (!row)
        return bp_fail(BP_CALL, BP_ERR_ARG, "a data set has no option %d", (int)key);
    *value = bp_option_value(&data->set, row);
    return BP_OK;
}

/* ---- as texts */

/* Into a copy of the settings, so that a failure changes nothing. */
static bp_status read_pairs(const struct bp_call *call, const struct bp_option_text *given,
                            struct bp_data_settings *set)
{
    for (size_t i = 0; i < given->count; i++) {
        const struct bp_option_pair *pair = &given->pairs[i];
        const struct bp_option *row = bp_family_by_name(&bp_data_options, pair->name, pair->name_size);
        if (!row) {
            const struct bp_nearest nearest = bp_option_nearest(pair, pair->name, &bp_data_options);
            return bp_option_unknown(call, pair, &nearest);
        }
        BP_TRY(bp_option_read(call, row, pair, bp_option_place(set, row)));
    }
    return BP_OK;
}

bp_status bp_data_set_text(bp_data *data, const char *text)
{
    struct bp_option_text given;
    BP_TRY(bp_need(BP_CALL, data, "data"));
    BP_TRY(bp_option_text_open(BP_CALL, &given, text, &data->allocator));
    struct bp_data_settings set = data->set;
    const bp_status status = read_pairs(BP_CALL, &given, &set);
    bp_option_text_release(&given, &data->allocator);
    if (status == BP_OK)
        data->set = set;
    return status;
}

static void write_options(struct bp_option_writer *writer, const void *handle)
{
    const bp_data *data = handle;
    const struct bp_option *row;
    for (size_t i = 0; (row = bp_family_row(&bp_data_options, i)); i++)
        bp_option_write(writer, "", row, bp_option_value(&data->set, row));
}

bp_status bp_data_get_text(const bp_data *data, char *text, size_t capacity, size_t *size)
{
    BP_TRY(bp_need(BP_CALL, data, "data"));
    return bp_option_give(BP_CALL, write_options, data, text, capacity, size);
}
