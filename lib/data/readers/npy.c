/* SPDX-License-Identifier: MIT
 *
 * NumPy's arrays: .npy, a file each, and .npz, several in a ZIP archive. */
#include "data/readers/npy.h"

#include "base/host.h"
#include "base/memory.h"
#include "data/data_options.h"
#include "data/readers/zip.h"

/* ---- the parts */

static bp_status open_array(struct bp_npy *npy)
{
    bp_status status =
        bp_reader_open(&npy->reader, &npy->data->allocator, npy->path, bp_data_bound(npy->data, BP_DATA_MOST_RATIO));
    if (status == BP_OK && npy->name)
        status = bp_zip_enter(&npy->reader, npy->name);
    if (status != BP_OK)
        return bp_npy_fail(npy, status, 0, "cannot be read");
    return bp_npy_read_header(npy);
}

static bp_status read_inputs(struct bp_npy *inputs)
{
    BP_TRY(open_array(inputs));
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
    BP_TRY(open_array(target));
    if (target->rows != inputs->rows)
        return bp_npy_fail(target, BP_ERR_FORMAT, bp_reader_offset(&target->reader),
                           "the shape has %zu rows, and that of the inputs %zu", target->rows, inputs->rows);
    if (!is_class(target))
        return bp_npy_read_numbers(target);
    if (target->columns != 1)
        return bp_npy_fail(target, BP_ERR_FORMAT, bp_reader_offset(&target->reader),
                           "the shape has %zu numbers in a row, and a class is 1", target->columns);
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
    return bp_npy_fail(inputs, BP_ERR_MEMORY, bp_reader_offset(&inputs->reader), "no memory for %zu x %zu numbers",
                       inputs->rows, inputs->columns);
}

static void release(struct bp_npy *npy)
{
    bp_reader_close(&npy->reader);
    bp_buffer_release(&npy->data->allocator, &npy->numbers);
}

/* ---- the whole */

/* Where two arrays are; a target without a path is none. */
struct places {
    const char *path, *name, *target_path, *target_name;
};

static bp_status read_arrays(bp_data *data, const struct bp_call *call, const struct places *places)
{
    const struct bp_host host = bp_host_enter();
    struct bp_npy inputs = {.data = data, .call = call, .path = places->path, .name = places->name};
    struct bp_npy target = {.data = data, .call = call, .path = places->target_path, .name = places->target_name};
    inputs.reader = target.reader = (struct bp_reader){.allocator = &data->allocator, .file = -1};
    bp_status status = read_inputs(&inputs);
    if (status == BP_OK && target.path)
        status = read_target(&target, &inputs);
    if (status == BP_OK)
        status = make_table(&inputs, &target);
    release(&inputs);
    release(&target);
    bp_host_leave(&host);
    return status;
}

static bp_status read_npy(bp_data *data, const struct bp_call *call, const char *inputs, const char *targets)
{
    BP_TRY(bp_need(call, data, "data"));
    BP_TRY(bp_need(call, inputs, "inputs"));
    return read_arrays(data, call, &(struct places){inputs, NULL, targets, NULL});
}

static bp_status read_npz(bp_data *data, const struct bp_call *call, const char *path, const char *inputs,
                          const char *targets)
{
    BP_TRY(bp_need(call, data, "data"));
    if (!path || !inputs)
        return bp_fail(call, BP_ERR_ARG, "%s is NULL", path ? "inputs" : "path");
    return read_arrays(data, call, &(struct places){path, inputs, targets ? path : NULL, targets});
}

bp_status bp_data_read_npy(bp_data *data, const char *inputs, const char *targets)
{
    return read_npy(data, BP_CALL, inputs, targets);
}

bp_status bp_data_load_npy(bp_data **data, const char *inputs, const char *targets)
{
    const struct bp_call *call = BP_CALL;
    BP_TRY(bp_data_begin(call, data, &bp_memory_malloc));
    return bp_data_finish(data, read_npy(*data, call, inputs, targets));
}

bp_status bp_data_read_npz(bp_data *data, const char *path, const char *inputs, const char *targets)
{
    return read_npz(data, BP_CALL, path, inputs, targets);
}

bp_status bp_data_load_npz(bp_data **data, const char *path, const char *inputs, const char *targets)
{
    const struct bp_call *call = BP_CALL;
    BP_TRY(bp_data_begin(call, data, &bp_memory_malloc));
    return bp_data_finish(data, read_npz(*data, call, path, inputs, targets));
}
