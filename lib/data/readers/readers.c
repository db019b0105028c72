/* SPDX-License-Identifier: MIT
 *
 * Files into data sets: which format a file has, and its reader. */
#include "data/readers/readers.h"

#include <string.h>

#include "base/host.h"
#include "base/memory.h"
#include "base/quote.h"
#include "data/data_families.h"
#include "data/data_options.h"

/* ---- formats */

struct row {
    int32_t key;
    const struct bp_format *format;
};

#define ROW(key, name, help) {key, &bp_format_##name},
static const struct row rows[] = {BP_FORMATS(ROW)};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static bool by_bytes(const struct bp_format *format, const struct bp_reader *file)
{
    return format->begins && format->begins(file->bytes + file->at, file->end - file->at);
}

static char small(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

/* Whether the first `size` bytes of a path end so, in letters of either case. */
static bool ends_in(const char *path, size_t size, const char *ending, size_t length)
{
    if (size < length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (small(path[size - length + i]) != ending[i])
            return false;
    return true;
}

static bool by_name(const struct bp_format *format, const char *path)
{
    size_t size = strlen(path), length;
    if (ends_in(path, size, ".gz", 3))
        size -= 3;
    for (const char *at = format->endings; *at; at += length + 1) {
        length = strcspn(at, " ");
        if (ends_in(path, size, at, length))
            return true;
    }
    return false;
}

static const struct row *row_of(int32_t key)
{
    size_t i = 0;
    while (rows[i].key != key)
        i++;
    return &rows[i];
}

/* A file without a mark is a table of text, whose reader says what is wrong with it if it is none. */
static const struct row *recognise(const struct bp_reading *reading)
{
    for (size_t i = 0; i < ROWS; i++)
        if (by_bytes(rows[i].format, &reading->file))
            return &rows[i];
    for (size_t i = 0; i < ROWS; i++)
        if (by_name(rows[i].format, reading->path))
            return &rows[i];
    return row_of(BP_FORMAT_CSV);
}

static bool uses(const struct bp_format *format, int32_t option)
{
    for (size_t i = 0; format->uses[i]; i++)
        if (format->uses[i] == option)
            return true;
    return false;
}

/* An option that says where something is must not be passed over: what it names would be missing. */
static bp_status check_options(const struct bp_reading *reading, const struct row *row)
{
    const struct bp_option *option;
    for (size_t i = 0; (option = bp_family_row(&bp_data_options, i)); i++)
        if (option->rules & BP_OPTION_OF_FORMAT && !uses(row->format, option->named.key) &&
            bp_data_option_is_set(reading->data, option))
            return bp_fail(
                reading->call, BP_ERR_UNSUPPORTED, "%s: %s is set, which has no meaning in a file of format %s",
                bp_quote_path(reading->path).text, option->named.name, bp_family_name(&bp_formats, row->key));
    return BP_OK;
}

/* ---- reading */

static bp_status read_open_file(struct bp_reading *reading)
{
    const int32_t format = bp_data_option(reading->data, BP_DATA_FORMAT);
    const struct row *row = format == BP_FORMAT_AUTO ? recognise(reading) : row_of(format);
    BP_TRY(check_options(reading, row));
    return row->format->read(reading);
}

static bp_status read_file(const struct bp_call *call, bp_data *data)
{
    const struct bp_host host = bp_host_enter();
    struct bp_reading reading = {.data = data, .call = call, .path = data->path};
    struct bp_reader *file = &reading.file;
    bp_status status = bp_reader_open(file, &data->allocator, data->path, bp_data_bound(data, BP_DATA_MOST_RATIO));
    if (status == BP_OK)
        (void)bp_reader_fill(file);
    status = file->status;
    if (status == BP_OK)
        status = read_open_file(&reading);
    else
        bp_fail(call, status, "%s: %s", bp_quote_path(data->path).text, file->problem);
    bp_reader_close(file);
    bp_host_leave(&host);
    data->ended = status == BP_OK;
    return status;
}

static bp_status open_file(const struct bp_call *call, bp_data *data, const char *path)
{
    BP_TRY(bp_need(call, path, "path"));
    const size_t size = strlen(path) + 1;
    char *copy = bp_memory_allocate(&data->allocator, size, 1);
    if (!copy)
        return bp_fail_memory(call);
    memcpy(copy, path, size);
    bp_memory_release(&data->allocator, data->path);
    data->path = copy;
    data->ended = false;
    return BP_OK;
}

bp_status bp_data_open(bp_data *data, const char *path)
{
    BP_TRY(bp_need(BP_CALL, data, "data"));
    return open_file(BP_CALL, data, path);
}

bp_status bp_data_next(bp_data *data, size_t rows_wanted)
{
    BP_TRY(bp_need(BP_CALL, data, "data"));
    if (rows_wanted != 0)
        return bp_fail(BP_CALL, BP_ERR_UNSUPPORTED, "rows is %zu: only 0 is possible, which reads the whole file",
                       rows_wanted);
    if (!data->path)
        return bp_fail(BP_CALL, BP_ERR_STATE, "no file is open: bp_data_open() comes first");
    return data->ended ? BP_DONE : read_file(BP_CALL, data);
}

bp_status bp_data_load(bp_data **data, const char *path, const char *options)
{
    const struct bp_call *call = BP_CALL;
    BP_TRY(bp_data_begin(call, data, &bp_memory_malloc));
    bp_status status = options ? bp_data_read_text(call, *data, options) : BP_OK;
    if (status == BP_OK)
        status = open_file(call, *data, path);
    if (status == BP_OK)
        status = read_file(call, *data);
    return bp_data_finish(data, status);
}
