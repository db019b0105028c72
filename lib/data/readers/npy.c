/* SPDX-License-Identifier: MIT
 *
 * NumPy's arrays: .npy, a file each, and .npz, several in a ZIP archive. */
#include "data/readers/npy.h"

#include <string.h>

#include "base/memory.h"
#include "base/quote.h"
#include "data/data_options.h"
#include "data/readers/zip.h"

/* ---- the parts */

static bp_status open_file(struct bp_npy *npy)
{
    const bp_status status =
        bp_reader_open(npy->reader, &npy->data->allocator, npy->path, bp_data_bound(npy->data, BP_DATA_MOST_RATIO));
    return status == BP_OK ? BP_OK : bp_npy_fail(npy, status, 0, "cannot be opened");
}

/* Of an open file: the array of its name in an archive, or the file itself. */
static bp_status enter(struct bp_npy *npy)
{
    const bp_status status = npy->name ? bp_zip_enter(npy->reader, npy->name) : BP_OK;
    return status == BP_OK ? bp_npy_read_header(npy) : bp_npy_fail(npy, status, 0, "cannot be read");
}

static bp_status read_inputs(struct bp_npy *inputs)
{
    BP_TRY(enter(inputs));
    return bp_npy_read_numbers(inputs);
}

/* Whether the target is classes: whole numbers in one dimension are, unless the option says otherwise. */
static bool is_class(const struct bp_npy *target)
{
    const int32_t option = bp_data_option(target->data, BP_DATA_CLASS);
    return option == -1 ? target->dimensions == 1 && target->kind != 'f' : option == 1;
}

static bp_status read_target(struct bp_npy *target, const struct bp_npy *inputs)
{
    BP_TRY(open_file(target));
    BP_TRY(enter(target));
    if (target->rows != inputs->rows)
        return bp_npy_fail(target, BP_ERR_FORMAT, bp_reader_offset(target->reader),
                           "the shape has %s, and that of the inputs %zu", bp_message_count(target->rows, "row").text,
                           inputs->rows);
    if (!is_class(target))
        return bp_npy_read_numbers(target);
    if (target->columns != 1)
        return bp_npy_fail(target, BP_ERR_FORMAT, bp_reader_offset(target->reader),
                           "the shape has %zu numbers in a row, and a class is one number", target->columns);
    return bp_npy_read_labels(target);
}

static size_t classes_of(const struct bp_npy *labels)
{
    const int32_t *label = (const int32_t *)(const void *)labels->numbers.bytes;
    int32_t largest = 1;
    for (size_t i = 0; i < labels->rows; i++)
        largest = label[i] > largest ? label[i] : largest;
    return (size_t)largest + 1;
}

static bool fill(struct bp_table *table, struct bp_npy *inputs, struct bp_npy *target)
{
    const bool labels = target->type == BP_I32;
    table->rows = inputs->rows;
    if (!bp_npy_fill(inputs, table, BP_PART_INPUTS))
        return false;
    if (!target->path)
        return true;
    table->classes = labels ? classes_of(target) : 0;
    return bp_npy_fill(target, table, labels ? BP_PART_LABELS : BP_PART_TARGET);
}

static bp_status make_table(struct bp_npy *inputs, struct bp_npy *target)
{
    struct bp_table *table = bp_table_create(&inputs->data->allocator);
    if (table && fill(table, inputs, target)) {
        bp_data_take(inputs->data, table);
        return BP_OK;
    }
    bp_table_leave(table);
    return bp_npy_fail(inputs, BP_ERR_MEMORY, bp_reader_offset(inputs->reader), "no memory for %zu x %zu numbers",
                       inputs->rows, inputs->columns);
}

/* ---- the whole */

/* The target is another file, another array of the archive, or none. */
static bp_status read_both(struct bp_npy *inputs, struct bp_npy *target)
{
    BP_TRY(read_inputs(inputs));
    if (target->path)
        BP_TRY(read_target(target, inputs));
    return make_table(inputs, target);
}

static bp_status read_arrays(struct bp_reading *reading, const char *name, const char *target_path,
                             const char *target_name)
{
    const bp_allocator *allocator = &reading->data->allocator;
    struct bp_reader second = {.allocator = allocator, .file = -1};
    struct bp_npy inputs = {
        .data = reading->data, .call = reading->call, .path = reading->path, .name = name, .reader = &reading->file};
    struct bp_npy target = {
        .data = reading->data, .call = reading->call, .path = target_path, .name = target_name, .reader = &second};
    const bp_status status = read_both(&inputs, &target);
    bp_reader_close(&second);
    bp_buffer_release(allocator, &inputs.numbers);
    bp_buffer_release(allocator, &target.numbers);
    return status;
}

static bp_status no_memory(const struct bp_reading *reading)
{
    return bp_fail(reading->call, BP_ERR_MEMORY, "%s: no memory for a name", bp_quote_path(reading->path).text);
}

static bp_status read_npy(struct bp_reading *reading)
{
    char *target;
    if (!bp_data_text_item(&reading->data->allocator, reading->data->texts.labels_file, 0, &target))
        return no_memory(reading);
    const bp_status status = read_arrays(reading, NULL, target, NULL);
    bp_memory_release(&reading->data->allocator, target);
    return status;
}

static bp_status read_members(struct bp_reading *reading, const char *inputs, const char *target)
{
    if (!inputs)
        return bp_fail(reading->call, BP_ERR_ARG,
                       "%s: no array is named: set array=x for the inputs, or array=x,y for inputs and target",
                       bp_quote_path(reading->path).text);
    return read_arrays(reading, inputs, target ? reading->path : NULL, target);
}

static bp_status read_npz(struct bp_reading *reading)
{
    const bp_allocator *allocator = &reading->data->allocator;
    const char *array = reading->data->texts.array;
    char *inputs = NULL, *target = NULL;
    const bool enough =
        bp_data_text_item(allocator, array, 0, &inputs) && bp_data_text_item(allocator, array, 1, &target);
    const bp_status status = enough ? read_members(reading, inputs, target) : no_memory(reading);
    bp_memory_release(allocator, inputs);
    bp_memory_release(allocator, target);
    return status;
}

static bool begins_npy(const unsigned char *bytes, size_t size)
{
    return size >= 6 && memcmp(bytes, "\x93NUMPY", 6) == 0;
}

/* A member of an archive, or its end where it has none. */
static bool begins_npz(const unsigned char *bytes, size_t size)
{
    return size >= 4 && (memcmp(bytes, "PK\3\4", 4) == 0 || memcmp(bytes, "PK\5\6", 4) == 0);
}

const struct bp_format bp_format_npy = {
    .begins = begins_npy, .endings = ".npy ", .uses = {BP_DATA_LABELS_FILE}, .read = read_npy};
const struct bp_format bp_format_npz = {
    .begins = begins_npz, .endings = ".npz ", .uses = {BP_DATA_ARRAY}, .read = read_npz};
