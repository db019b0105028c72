/* SPDX-License-Identifier: MIT
 *
 * IDX, the format of MNIST: two zero bytes, the type of the numbers, how many dimensions there are, a big-endian u32
 * for each, and the numbers, big-endian. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/quote.h"
#include "data/data_options.h"
#include "data/readers/readers.h"

/* Types of numbers, as the header names them. */
enum { U8 = 0x08, I8 = 0x09, I16 = 0x0b, I32 = 0x0c, F32 = 0x0d, F64 = 0x0e };

enum { CHUNK = 4096, MOST_BYTES = 8 }; /* numbers converted at once, and bytes in one */

/* A file on its way into a part. */
struct idx {
    bp_data *data;
    const struct bp_call *call;
    const char *path;
    struct bp_reader *reader;
    int type;
    size_t size, rows, columns; /* bytes in a number; the first dimension, and the product of the others */
    struct bp_buffer numbers;
};

#if defined(__GNUC__)
#define IDX_FORMAT BP_MESSAGE_FORMAT(3, 4)
#else
#define IDX_FORMAT
#endif

/* Where the file could not be read on, that is what is kept. */
IDX_FORMAT static bp_status fail(struct idx *idx, bp_status status, const char *format, ...)
{
    char text[BP_ERROR_SIZE];
    const bool unread = idx->reader->status != BP_OK;
    va_list arguments;
    va_start(arguments, format);
    bp_message_format(text, sizeof(text), format, arguments);
    va_end(arguments);
    return bp_fail(idx->call, unread ? idx->reader->status : status, "%s: %s", bp_quote_path(idx->path).text,
                   unread ? idx->reader->problem : text);
}

/* ---- numbers */

static uint64_t big_endian(const unsigned char *bytes, size_t size)
{
    uint64_t whole = 0;
    for (size_t i = 0; i < size; i++)
        whole = whole << 8 | bytes[i];
    return whole;
}

/* Without a conversion that is out of range, the two's complement of `size` bytes. */
static int64_t as_signed(uint64_t whole, size_t size)
{
    const int64_t range = (int64_t)1 << 8 * size;
    return (int64_t)whole >= range / 2 ? (int64_t)whole - range : (int64_t)whole;
}

static double number_of(const struct idx *idx, const unsigned char *bytes)
{
    const uint64_t whole = big_endian(bytes, idx->size);
    float f32;
    double f64;
    switch (idx->type) {
    case U8:
        return (double)whole;
    case F32:
        memcpy(&f32, &(uint32_t){(uint32_t)whole}, sizeof(f32));
        return (double)f32;
    case F64:
        memcpy(&f64, &whole, sizeof(f64));
        return f64;
    default:
        return (double)as_signed(whole, idx->size);
    }
}

/* ---- the header */

/* Bytes in a number; 0 if there is no such type. */
static size_t size_of_type(int type)
{
    switch (type) {
    case U8:
    case I8:
        return 1;
    case I16:
        return 2;
    case I32:
    case F32:
        return 4;
    case F64:
        return 8;
    default:
        return 0;
    }
}

static bp_status read_magic(struct idx *idx, unsigned *dimensions)
{
    unsigned char magic[4];
    const size_t got = bp_reader_take(idx->reader, magic, sizeof(magic));
    if (got < sizeof(magic))
        return fail(idx, BP_ERR_FORMAT, "ends after %s, within the header of an IDX file",
                    bp_message_count(got, "byte").text);
    if (magic[0] != 0 || magic[1] != 0)
        return fail(idx, BP_ERR_FORMAT, "begins with the bytes %02x %02x: an IDX file begins with 00 00", magic[0],
                    magic[1]);
    idx->type = magic[2];
    idx->size = size_of_type(magic[2]);
    if (idx->size == 0)
        return fail(idx, BP_ERR_FORMAT,
                    "the header's type is %02x: it must be 08 (u8), 09 (i8), 0b (i16), 0c (i32), 0d (f32) or 0e (f64)",
                    magic[2]);
    if (magic[3] == 0)
        return fail(idx, BP_ERR_FORMAT, "the header has 0 dimensions: at least 1 is needed");
    *dimensions = magic[3];
    return BP_OK;
}

static bp_status read_header(struct idx *idx)
{
    unsigned dimensions = 0;
    size_t bytes;
    BP_TRY(read_magic(idx, &dimensions));
    idx->columns = 1;
    for (unsigned i = 0; i < dimensions; i++) {
        unsigned char dimension[4];
        if (bp_reader_take(idx->reader, dimension, sizeof(dimension)) < sizeof(dimension))
            return fail(idx, BP_ERR_FORMAT, "ends within the header, before dimension %u of %u", i + 1, dimensions);
        const size_t size = (size_t)big_endian(dimension, sizeof(dimension));
        if (size == 0)
            return fail(idx, BP_ERR_FORMAT, "dimension %u of %u in the header is 0", i + 1, dimensions);
        if (i == 0)
            idx->rows = size;
        else if (!bp_size_multiply(idx->columns, size, &idx->columns))
            return fail(idx, BP_ERR_FORMAT, "the header's dimensions, %u of them, do not fit in memory", dimensions);
    }
    if (!bp_size_multiply(idx->rows, idx->columns, &bytes) || !bp_size_multiply(bytes, sizeof(double), &bytes))
        return fail(idx, BP_ERR_FORMAT, "the header's dimensions, %zu x %zu, do not fit in memory", idx->rows,
                    idx->columns);
    return BP_OK;
}

/* ---- the parts */

/* A number of a part, from its bytes in the file to where it goes. */
typedef bp_status convert_fn(struct idx *idx, const unsigned char *bytes, size_t at, void *to);

static bp_status convert_input(struct idx *idx, const unsigned char *bytes, size_t at, void *to)
{
    (void)at;
    if (idx->type == U8)
        memcpy(to, bytes, 1);
    else
        memcpy(to, &(double){number_of(idx, bytes)}, sizeof(double));
    return BP_OK;
}

static bp_status convert_label(struct idx *idx, const unsigned char *bytes, size_t at, void *to)
{
    const double number = number_of(idx, bytes);
    const int32_t most = bp_data_option(idx->data, BP_DATA_MOST_CLASSES);
    if (number < 0 || number >= most)
        return fail(idx, BP_ERR_FORMAT, "label %zu is %s: it must be 0 to %d (BP_DATA_MOST_CLASSES)", at,
                    bp_message_number(number).text, (int)most - 1);
    memcpy(to, &(int32_t){(int32_t)number}, sizeof(int32_t));
    return BP_OK;
}

/* All numbers, a chunk at a time, so that a header that lies about their count takes no memory. `size`: bytes of
 * one. */
static bp_status read_numbers(struct idx *idx, convert_fn *convert, size_t size)
{
    unsigned char in[CHUNK], out[CHUNK * MOST_BYTES];
    const size_t count = idx->rows * idx->columns;
    for (size_t at = 0; at < count;) {
        const size_t most = CHUNK / idx->size, want = count - at < most ? count - at : most;
        const size_t got = bp_reader_take(idx->reader, in, want * idx->size) / idx->size;
        for (size_t i = 0; i < got; i++)
            BP_TRY(convert(idx, in + i * idx->size, at + i, out + i * size));
        at += got;
        if (got < want)
            return fail(idx, BP_ERR_FORMAT, "ends after %zu of the header's %zu x %zu numbers", at, idx->rows,
                        idx->columns);
        if (!bp_buffer_add(&idx->data->allocator, &idx->numbers, out, got * size))
            return fail(idx, BP_ERR_MEMORY, "no memory for %zu x %zu numbers", idx->rows, idx->columns);
    }
    if (bp_reader_peek(idx->reader) >= 0 || idx->reader->status != BP_OK)
        return fail(idx, BP_ERR_FORMAT, "continues after the header's %zu x %zu numbers", idx->rows, idx->columns);
    return BP_OK;
}

static bp_status read_images(struct idx *images)
{
    bp_reader_found_rows(images->reader); /* the header is short, and of one size */
    BP_TRY(read_header(images));
    return read_numbers(images, convert_input, images->type == U8 ? 1 : sizeof(double));
}

static bp_status read_labels(struct idx *labels, const struct idx *images)
{
    const bp_status status = bp_reader_open(labels->reader, &labels->data->allocator, labels->path, 0);
    if (status != BP_OK)
        return fail(labels, status, "%s", labels->reader->problem);
    BP_TRY(read_header(labels));
    if (labels->columns != 1 || labels->type == F32 || labels->type == F64)
        return fail(labels, BP_ERR_FORMAT, "holds no labels: labels are whole numbers in one dimension");
    if (labels->rows != images->rows)
        return fail(labels, BP_ERR_FORMAT, "the header has %s for %s", bp_message_count(labels->rows, "label").text,
                    bp_message_count(images->rows, "image").text);
    return read_numbers(labels, convert_label, sizeof(int32_t));
}

static size_t classes_of(const struct idx *labels)
{
    const int32_t *label = (const int32_t *)(const void *)labels->numbers.bytes;
    int32_t largest = 1;
    for (size_t i = 0; i < labels->rows; i++)
        largest = label[i] > largest ? label[i] : largest;
    return (size_t)largest + 1;
}

static bp_status make_table(struct idx *images, struct idx *labels)
{
    const bool bytes = images->type == U8;
    struct bp_table *table = bp_table_create(&images->data->allocator);
    bool enough = table;
    if (enough) {
        table->rows = images->rows;
        enough = bp_table_fill(table, BP_PART_INPUTS, bytes ? BP_U8 : BP_F64, images->columns, &images->numbers);
        table->part[BP_PART_INPUTS].scale = bytes ? 1.0 / 255 : 1;
    }
    if (enough && labels->path) {
        table->classes = classes_of(labels); /* before they are handed over */
        enough = bp_table_fill(table, BP_PART_LABELS, BP_I32, 1, &labels->numbers);
    }
    if (enough) {
        bp_data_take(images->data, table);
        return BP_OK;
    }
    bp_table_leave(table);
    return fail(images, BP_ERR_MEMORY, "no memory for %zu x %zu numbers", images->rows, images->columns);
}

static bp_status read_all(struct idx *images, struct idx *labels)
{
    BP_TRY(read_images(images));
    if (labels->path)
        BP_TRY(read_labels(labels, images));
    return make_table(images, labels);
}

static bp_status read_idx(struct bp_reading *reading)
{
    const bp_allocator *allocator = &reading->data->allocator;
    struct bp_reader second = {.allocator = allocator, .file = -1};
    struct idx images = {.data = reading->data, .call = reading->call, .path = reading->path, .reader = &reading->file};
    struct idx labels = images;
    char *path;
    if (!bp_data_text_item(allocator, reading->data->texts.labels_file, 0, &path))
        return fail(&images, BP_ERR_MEMORY, "no memory for a path");
    labels.path = path;
    labels.reader = &second;
    const bp_status status = read_all(&images, &labels);
    bp_reader_close(&second);
    bp_buffer_release(allocator, &images.numbers);
    bp_buffer_release(allocator, &labels.numbers);
    bp_memory_release(allocator, path);
    return status;
}

/* Two zeros, a type and at least one dimension. */
static bool begins(const unsigned char *bytes, size_t size)
{
    return size >= 4 && bytes[0] == 0 && bytes[1] == 0 && size_of_type(bytes[2]) > 0 && bytes[3] > 0;
}

const struct bp_format bp_format_idx = {
    .begins = begins, .endings = ".idx -ubyte ", .uses = {BP_DATA_LABELS_FILE}, .read = read_idx};
