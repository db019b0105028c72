/* SPDX-License-Identifier: MIT */
#include "data/readers/input_file.h"

#include <string.h>

#include "base/memory.h"
#include "base/platform_file.h"
#include "data/readers/gzip.h"

/* More of a span's contents, or 0 bytes at its end: never more than there should be, at the end as many, and the right
 * ones. */
static void check_span(struct bp_reader *reader, const void *bytes, size_t size)
{
    const struct bp_span *span = &reader->span;
    if (size > span->size - reader->found)
        bp_reader_fail(reader, BP_ERR_FORMAT, "holds more than the %s that the archive states",
                       bp_message_count(span->size, "byte").text);
    else if (size == 0 && reader->found < span->size)
        bp_reader_fail(reader, BP_ERR_FORMAT, "ends after %llu of the %s that the archive states",
                       (unsigned long long)reader->found, bp_message_count(span->size, "byte").text);
    else if (size > 0)
        bp_crc_add(&reader->crc, bytes, size);
    else if (span->checked && bp_crc_value(&reader->crc) != span->crc)
        bp_reader_fail(reader, BP_ERR_FORMAT, "is damaged: its CRC-32 is %08lx, and the archive says %08lx",
                       (unsigned long)bp_crc_value(&reader->crc), (unsigned long)span->crc);
    reader->found += size;
}

size_t bp_reader_fill(struct bp_reader *reader)
{
    if (reader->at > 0)
        memmove(reader->bytes, reader->bytes + reader->at, reader->end - reader->at);
    reader->end -= reader->at;
    reader->start += reader->at;
    reader->at = 0;
    while (!reader->ended && reader->end < BP_READER_BUFFER) {
        unsigned char *to = reader->bytes + reader->end;
        const size_t capacity = BP_READER_BUFFER - reader->end;
        const size_t got =
            reader->gzip ? bp_gzip_read(reader->gzip, reader, to, capacity) : bp_reader_raw(reader, to, capacity);
        if (reader->spans && reader->status == BP_OK)
            check_span(reader, to, got);
        if (got == 0)
            reader->ended = true;
        if (reader->status == BP_OK)
            reader->end += got;
    }
    return reader->end;
}

size_t bp_reader_take(struct bp_reader *reader, void *bytes, size_t size)
{
    size_t taken = 0;
    while (taken < size && bp_reader_peek(reader) >= 0) {
        size_t more = reader->end - reader->at;
        if (more > size - taken)
            more = size - taken;
        memcpy((char *)bytes + taken, reader->bytes + reader->at, more);
        reader->at += more;
        taken += more;
    }
    return taken;
}

static bp_status open_file(struct bp_reader *reader, const char *path)
{
    struct bp_file_status status;
    reader->file = bp_file_open(path, true);
    if (reader->file < 0)
        return bp_reader_fail_io(reader, "cannot be opened");
    if (!bp_file_get_status(reader->file, &status))
        return bp_reader_fail_io(reader, "cannot be examined");
    if (status.kind != BP_FILE_REGULAR)
        return bp_reader_fail(reader, BP_ERR_IO, "is %s: only regular files are read",
                              status.kind == BP_FILE_FOLDER ? "a folder" : "a device or a pipe");
    reader->size = status.size;
    return BP_OK;
}

bp_status bp_reader_open(struct bp_reader *reader, const bp_allocator *allocator, const char *path, uint64_t most_ratio)
{
    *reader = (struct bp_reader){.allocator = allocator, .file = -1, .most_ratio = most_ratio};
    reader->bytes = bp_memory_allocate(allocator, BP_READER_BUFFER, 1);
    if (!reader->bytes)
        return bp_reader_fail(reader, BP_ERR_MEMORY, "no memory for its bytes");
    if (open_file(reader, path) != BP_OK)
        return reader->status;
    const bool gzipped = bp_reader_fill(reader) >= 2 && reader->bytes[0] == 0x1f && reader->bytes[1] == 0x8b;
    if (!gzipped)
        return reader->status;
    const size_t size = reader->end;
    reader->size = 0;
    reader->end = 0;
    reader->ended = false;
    return bp_gzip_open(&reader->gzip, reader, BP_PACKED_GZIP, reader->bytes, size);
}

bp_status bp_reader_size(struct bp_reader *reader, uint64_t *size)
{
    const int64_t end = bp_file_seek_end(reader->file);
    if (end < 0)
        return bp_reader_fail_io(reader, "cannot be read");
    *size = (uint64_t)end;
    return BP_OK;
}

bp_status bp_reader_enter(struct bp_reader *reader, const struct bp_span *span)
{
    bp_gzip_close(reader->gzip, reader->allocator);
    reader->gzip = NULL;
    reader->at = reader->end = 0;
    reader->start = reader->found = reader->packed = reader->unpacked = 0;
    reader->ended = false;
    reader->spans = true;
    reader->span = *span;
    reader->left = span->packed;
    bp_crc_begin(&reader->crc);
    if (!bp_file_seek(reader->file, span->offset))
        return bp_reader_fail_io(reader, "cannot be read");
    return span->deflated ? bp_gzip_open(&reader->gzip, reader, BP_PACKED_DEFLATE, NULL, 0) : BP_OK;
}

void bp_reader_close(struct bp_reader *reader)
{
    bp_gzip_close(reader->gzip, reader->allocator);
    bp_memory_release(reader->allocator, reader->bytes);
    if (reader->file >= 0)
        bp_file_close(reader->file);
    reader->gzip = NULL;
    reader->bytes = NULL;
    reader->file = -1;
}
