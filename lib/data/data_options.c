/* SPDX-License-Identifier: MIT */
#include "data/data_options.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/names.h"
#include "data/data_set.h"

struct option {
    struct bp_named named;
    double low, high, initial;
    bool (*suits)(int32_t value); /* NULL: every whole number within the bounds does */
};

/* What may stand between two fields: no part of a number, a name or a quoted field. */
static bool is_separator(int32_t value)
{
    static const char parts[] = "+-._\"";
    const bool alphanumeric =
        (value >= '0' && value <= '9') || (value >= 'A' && value <= 'Z') || (value >= 'a' && value <= 'z');
    return value == 0 || value == '\t' || (value >= ' ' && !alphanumeric && !strchr(parts, value));
}

static bool is_missing(int32_t value)
{
    return value == BP_MISSING_REFUSE || value == BP_MISSING_DROP || value == BP_MISSING_MEAN;
}

static const struct option options[] = {
    {{BP_DATA_SEPARATOR, "separator"}, 0, 126, 0, is_separator},
    {{BP_DATA_HEADER, "header"}, -1, 1, -1, NULL},
    {{BP_DATA_MISSING, "missing"}, BP_MISSING_REFUSE, BP_MISSING_MEAN, BP_MISSING_REFUSE, is_missing},
    {{BP_DATA_CLASS, "class"}, -1, 1, -1, NULL},
    {{BP_DATA_NUMBERS, "numbers"}, -1, 1, -1, NULL},
    {{BP_DATA_MOST_TEXTS, "most_texts"}, 1, INT32_MAX, 1000, NULL},
    {{BP_DATA_MOST_RECORD, "most_record"}, 1, 0x1p53, 1 << 24, NULL},
    {{BP_DATA_MOST_RATIO, "most_ratio"}, 1, INT32_MAX, 100, NULL},
    {{BP_DATA_MOST_CLASSES, "most_classes"}, 2, INT32_MAX, 1000000, NULL},
};
static const struct bp_names option_names = BP_NAMES(options);

_Static_assert(sizeof(options) / sizeof(options[0]) == sizeof(((bp_data *)0)->options) / sizeof(double),
               "a data set has room for every option");

static const struct option *option_of(int32_t key) { return bp_names_by_key(&option_names, key); }

void bp_data_options_start(bp_data *data)
{
    for (size_t i = 0; i < option_names.count; i++)
        data->options[i] = options[i].initial;
}

uint64_t bp_data_bound(const bp_data *data, int32_t key) { return (uint64_t)data->options[option_of(key) - options]; }

int32_t bp_data_option(const bp_data *data, int32_t key) { return (int32_t)data->options[option_of(key) - options]; }

bp_status bp_data_set(bp_data *data, int32_t key, double value)
{
    BP_TRY(bp_need(BP_CALL, data, "data"));
    const struct option *row = option_of(key);
    if (!row)
        return bp_fail(BP_CALL, BP_ERR_ARG, "a data set has no option %d", (int)key);
    if (!(value >= row->low && value <= row->high))
        return bp_fail(BP_CALL, BP_ERR_ARG, "%s is %s: it must be %s to %s", row->named.name,
                       bp_message_number(value).text, bp_message_number(row->low).text,
                       bp_message_number(row->high).text);
    if (value != floor(value))
        return bp_fail(BP_CALL, BP_ERR_ARG, "%s is %s: it must be a whole number", row->named.name,
                       bp_message_number(value).text);
    if (row->suits && !row->suits((int32_t)value))
        return bp_fail(BP_CALL, BP_ERR_ARG, "%s is %s, which is none of its values", row->named.name,
                       bp_message_number(value).text);
    data->options[row - options] = value;
    return BP_OK;
}

bp_status bp_data_get(const bp_data *data, int32_t key, double *value)
{
    BP_TRY(bp_need(BP_CALL, data, "data"));
    BP_TRY(bp_need(BP_CALL, value, "value"));
    const struct option *row = option_of(key);
    if (!row)
        return bp_fail(BP_CALL, BP_ERR_ARG, "a data set has no option %d", (int)key);
    *value = data->options[row - options];
    return BP_OK;
}
