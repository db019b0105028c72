/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "data/readers/npy.h"
#include "data/data_options.h"

enum { CHUNK = 4096, MOST_BYTES = 8 }; /* bytes taken at once, and those that one of them can become */

/* ---- a number */

static uint64_t whole_of(const struct bp_npy *npy, const unsigned char *bytes)
{
    uint64_t whole = 0;
    for (size_t i = 0; i < npy->size; i++)
        whole = whole << 8 | bytes[npy->big_endian ? i : npy->size - 1 - i];
    return whole;
}

/* The two's complement of `size` bytes; the nearest double where it has more than 53 bits. */
static double signed_of(uint64_t whole, size_t size)
{
    const uint64_t sign = UINT64_C(1) << (8 * size - 1), all = sign | (sign - 1);
    return whole & sign ? -(double)((~whole & all) + 1) : (double)whole;
}

static float f32_of(uint64_t whole)
{
    float number;
    memcpy(&number, &(uint32_t){(uint32_t)whole}, sizeof(number));
    return number;
}

/* IEEE 754 binary16, exactly. */
static float f16_of(uint64_t whole)
{
    const uint64_t sign = whole >> 15 << 31, exponent = whole >> 10 & 31, fraction = whole & 0x3ff;
    const float tiny = (float)fraction * 0x1p-24f;
    if (exponent == 0)
        return sign ? -tiny : tiny;
    return f32_of(sign | (exponent == 31 ? UINT64_C(255) : exponent + 112) << 23 | fraction << 13);
}

static double f64_of(uint64_t whole)
{
    double number;
    memcpy(&number, &whole, sizeof(number));
    return number;
}

static float small_float_of(const struct bp_npy *npy, uint64_t whole)
{
    return npy->size == 2 ? f16_of(whole) : f32_of(whole);
}

static double number_of(const struct bp_npy *npy, uint64_t whole)
{
    switch (npy->kind) {
    case 'f':
        return npy->size == 8 ? f64_of(whole) : (double)small_float_of(npy, whole);
    case 'i':
        return signed_of(whole, npy->size);
    case 'b':
        return whole != 0;
    default:
        return (double)whole;
    }
}

/* ---- all numbers */

/* A number of the part, from its bytes to where it goes; `offset` is where these are. */
typedef bp_status convert_fn(struct bp_npy *npy, const unsigned char *bytes, uint64_t offset, void *to);

static bp_status convert_number(struct bp_npy *npy, const unsigned char *bytes, uint64_t offset, void *to)
{
    const uint64_t whole = whole_of(npy, bytes);
    (void)offset;
    if (npy->type == BP_U8)
        *(unsigned char *)to = (unsigned char)number_of(npy, whole);
    else if (npy->type == BP_F32)
        memcpy(to, &(float){small_float_of(npy, whole)}, sizeof(float));
    else
        memcpy(to, &(double){number_of(npy, whole)}, sizeof(double));
    return BP_OK;
}

static bp_status convert_label(struct bp_npy *npy, const unsigned char *bytes, uint64_t offset, void *to)
{
    const double number = number_of(npy, whole_of(npy, bytes));
    const int32_t most = bp_data_option(npy->data, BP_DATA_MOST_CLASSES);
    if (!(number >= 0 && number < most) || number != floor(number))
        return bp_npy_fail(npy, BP_ERR_FORMAT, offset,
                           "a label is %s: it must be a whole number from 0 to %d (BP_DATA_MOST_CLASSES)",
                           bp_message_number(number).text, (int)most - 1);
    memcpy(to, &(int32_t){(int32_t)number}, sizeof(int32_t));
    return BP_OK;
}

/* A chunk at a time, so that a header that lies about the shape takes no memory. */
static bp_status read_all(struct bp_npy *npy, convert_fn *convert)
{
    unsigned char in[CHUNK], out[CHUNK * MOST_BYTES];
    const size_t count = npy->rows * npy->columns, most = CHUNK / npy->size, size = bp_part_size(npy->type);
    for (size_t at = 0; at < count;) {
        const uint64_t offset = bp_reader_offset(npy->reader);
        const size_t want = count - at < most ? count - at : most;
        const size_t bytes = bp_reader_take(npy->reader, in, want * npy->size), got = bytes / npy->size;
        for (size_t i = 0; i < got; i++)
            BP_TRY(convert(npy, in + i * npy->size, offset + i * npy->size, out + i * size));
        at += got;
        if (got < want)
            return bp_npy_fail(npy, BP_ERR_FORMAT, offset + bytes, "ends after %zu of the header's %zu x %zu numbers",
                               at, npy->rows, npy->columns);
        if (!bp_buffer_add(&npy->data->allocator, &npy->numbers, out, got * size))
            return bp_npy_fail(npy, BP_ERR_MEMORY, offset, "no memory for %zu x %zu numbers", npy->rows, npy->columns);
    }
    if (bp_reader_peek(npy->reader) >= 0 || npy->reader->status != BP_OK)
        return bp_npy_fail(npy, BP_ERR_FORMAT, bp_reader_offset(npy->reader),
                           "continues after the header's %zu x %zu numbers", npy->rows, npy->columns);
    return BP_OK;
}

bp_status bp_npy_read_numbers(struct bp_npy *npy) { return read_all(npy, convert_number); }

bp_status bp_npy_read_labels(struct bp_npy *npy)
{
    npy->type = BP_I32;
    return read_all(npy, convert_label);
}

/* ---- the part */

/* The column in C order of the one that Fortran order has at `place`: there the first of its dimensions runs
 * fastest. */
static size_t column_of(const struct bp_npy *npy, size_t place)
{
    size_t column = 0;
    for (size_t i = 1; i < npy->dimensions; i++) {
        column = column * npy->dimension[i] + place % npy->dimension[i];
        place /= npy->dimension[i];
    }
    return column;
}

bool bp_npy_fill(struct bp_npy *npy, struct bp_table *table, enum bp_part_kind kind)
{
    const size_t rows = npy->rows, columns = npy->columns, size = bp_part_size(npy->type);
    if (!npy->fortran || columns == 1)
        return bp_table_fill(table, kind, npy->type, columns, &npy->numbers);
    unsigned char *made = bp_table_make(table, kind, npy->type, rows, columns);
    for (size_t place = 0; made && place < columns; place++) {
        const unsigned char *from = npy->numbers.bytes + place * rows * size;
        unsigned char *to = made + column_of(npy, place) * size;
        for (size_t row = 0; row < rows; row++)
            memcpy(to + row * columns * size, from + row * size, size);
    }
    return made;
}
