/* SPDX-License-Identifier: MIT
 *
 * What a data set holds, and its rows out of it, converted on the way. */
#include <string.h>

#include "base/column_name.h"
#include "data/data_set.h"

#if defined(__GNUC__)
static void prefetch(const char *address) { __builtin_prefetch(address, 0, 2); }
#else
static void prefetch(const char *address) { (void)address; }
#endif

size_t bp_data_rows(const bp_data *data) { return data ? data->rows : 0; }

size_t bp_data_inputs(const bp_data *data) { return data ? data->table->part[BP_PART_INPUTS].columns : 0; }

size_t bp_data_classes(const bp_data *data) { return data ? data->table->classes : 0; }

size_t bp_data_outputs(const bp_data *data)
{
    if (!data)
        return 0;
    const struct bp_part *target = &data->table->part[BP_PART_TARGET];
    return target->numbers ? target->columns : data->table->classes;
}

/* ---- gathering */

static int32_t label_at(const struct bp_part *part, size_t row)
{
    const int64_t label = bp_whole_at(part->type, part->numbers, row);
    return label < INT32_MIN ? INT32_MIN : label > INT32_MAX ? INT32_MAX : (int32_t)label;
}

void bp_data_gather(const bp_data *data, enum bp_part_kind kind, const size_t *row, size_t count, int32_t dtype,
                    void *numbers)
{
    const struct bp_part *part = &data->table->part[kind];
    const struct bp_number_type *type = bp_number_type(part->type);
    const size_t bytes = part->columns * bp_part_size(dtype), stride = part->stride * type->size;
    const char *from = part->numbers;
    for (size_t i = 0; i < count; i++) {
        const size_t at = bp_data_row(data, row[i]);
        void *to = (char *)numbers + i * bytes;
        if (part->starts)
            bp_data_write_out(part, at, dtype, to);
        else if (dtype == BP_I32)
            *(int32_t *)to = label_at(part, at);
        else
            (dtype == BP_F32 ? type->to_f32 : type->to_f64)(from + at * stride, part->scale, part->columns, to);
    }
}

/* Every other line of the cache: processors fetch lines in pairs. */
enum { CACHE_LINE = 128, MOST_PREFETCHED = 128 << 10 };

static void prefetch_bytes(const char *bytes, size_t size)
{
    for (size_t at = 0; at < size; at += CACHE_LINE)
        prefetch(bytes + at);
}

void bp_data_prefetch(const bp_data *data, const size_t *row, size_t count)
{
    const struct bp_part *part = &data->table->part[BP_PART_INPUTS];
    const size_t size = bp_part_size(part->type);
    size_t left = MOST_PREFETCHED;
    for (size_t i = 0; i < count; i++) {
        const size_t at = bp_data_row(data, row[i]),
                     first = part->starts ? (size_t)part->starts[at] : at * part->stride;
        const size_t numbers = part->starts ? bp_part_nonzeros(part, at) : part->columns, bytes = numbers * size;
        if (bytes > left)
            return;
        if (bytes == 0)
            continue;
        left -= bytes;
        prefetch_bytes((const char *)part->numbers + first * size, bytes);
        if (part->starts)
            prefetch_bytes((const char *)(part->at + first), numbers * sizeof(*part->at));
    }
}

/* ---- names */

const char *bp_data_name(const bp_data *data, int32_t what, size_t index)
{
    const size_t kind = bp_name_kind(what);
    return data && kind < BP_NAME_KINDS ? bp_texts_at(&data->table->texts[kind], index) : NULL;
}
