/* SPDX-License-Identifier: MIT */
#include "data/readers/gzip.h"

#ifdef BP_HAVE_ZLIB

#include <string.h>
#include <zlib.h>

#include "base/memory.h"
#include "base/quote.h"

struct bp_gzip {
    z_stream stream;
    enum bp_packing packing;
    bool between; /* a member has ended; of gzip another may begin */
    unsigned char in[BP_READER_BUFFER];
};

enum { GZIP_ALONE = 16 }; /* added to the bits of the window */
enum { FREE = 1 << 20 };  /* bytes unpacked in any proportion */

static voidpf allocate(voidpf allocator, uInt count, uInt size) { return bp_memory_allocate(allocator, count, size); }

static void release(voidpf allocator, voidpf memory) { bp_memory_release(allocator, memory); }

static const char *const names[] = {[BP_PACKED_GZIP] = "gzip", [BP_PACKED_DEFLATE] = "deflated"};

static bp_status fail(struct bp_reader *reader, enum bp_packing packing, int result, const char *message)
{
    if (result == Z_MEM_ERROR)
        return bp_reader_fail(reader, BP_ERR_MEMORY, "no memory for unpacking it");
    return bp_reader_fail(reader, BP_ERR_FORMAT, "its %s data are damaged (%s)", names[packing],
                          bp_quote_text(message ? message : "zlib").text);
}

bp_status bp_gzip_open(struct bp_gzip **gzip, struct bp_reader *reader, enum bp_packing packing, const void *first,
                       size_t size)
{
    struct bp_gzip *g = bp_memory_allocate(reader->allocator, 1, sizeof(*g));
    if (!g)
        return fail(reader, packing, Z_MEM_ERROR, NULL);
    if (size > 0)
        memcpy(g->in, first, size);
    g->packing = packing;
    g->stream.zalloc = allocate;
    g->stream.zfree = release;
    g->stream.opaque = (voidpf)reader->allocator;
    g->stream.next_in = g->in;
    g->stream.avail_in = (uInt)size;
    const int result = inflateInit2(&g->stream, packing == BP_PACKED_GZIP ? MAX_WBITS + GZIP_ALONE : -MAX_WBITS);
    if (result != Z_OK) {
        bp_memory_release(reader->allocator, g);
        return fail(reader, packing, result, NULL);
    }
    *gzip = g;
    return BP_OK;
}

void bp_gzip_close(struct bp_gzip *gzip, const bp_allocator *allocator)
{
    if (gzip)
        (void)inflateEnd(&gzip->stream);
    bp_memory_release(allocator, gzip);
}

/* Takes packed bytes where none are left. Returns whether to continue unpacking: within a member always, for zlib may
 * still hold output when it has taken the last byte. Between members only a byte begins another one, and after a
 * deflated stream none may come. */
static bool can_continue(struct bp_gzip *gzip, struct bp_reader *reader)
{
    z_stream *stream = &gzip->stream;
    if (stream->avail_in == 0) {
        stream->next_in = gzip->in;
        stream->avail_in = (uInt)bp_reader_raw(reader, gzip->in, sizeof(gzip->in));
    }
    if (reader->status != BP_OK || !gzip->between)
        return reader->status == BP_OK;
    if (stream->avail_in > 0 && gzip->packing == BP_PACKED_DEFLATE)
        bp_reader_fail(reader, BP_ERR_FORMAT, "continues after its deflated data");
    return stream->avail_in > 0 && reader->status == BP_OK;
}

/* Unpacks what fits. Z_BUF_ERROR says that zlib got no further: as there is room, it lacks bytes. */
static bool unpack(struct bp_gzip *gzip, struct bp_reader *reader)
{
    if (gzip->between)
        inflateReset(&gzip->stream);
    const int result = inflate(&gzip->stream, Z_NO_FLUSH);
    gzip->between = result == Z_STREAM_END;
    if (result == Z_BUF_ERROR)
        bp_reader_fail(reader, BP_ERR_FORMAT, "ends in the middle of its %s data", names[gzip->packing]);
    else if (result != Z_OK && result != Z_STREAM_END)
        fail(reader, gzip->packing, result, gzip->stream.msg);
    return reader->status == BP_OK;
}

/* Deflate makes up to 1032 bytes of one, so that a small file may cost much time. */
static bool is_in_proportion(struct bp_reader *reader)
{
    if (reader->most_ratio == 0 || reader->unpacked <= FREE || reader->unpacked / reader->most_ratio <= reader->packed)
        return true;
    bp_reader_fail(reader, BP_ERR_FORMAT,
                   "unpacks to more than %llu times its bytes before its first row: BP_DATA_MOST_RATIO allows more",
                   (unsigned long long)reader->most_ratio);
    return false;
}

size_t bp_gzip_read(struct bp_gzip *gzip, struct bp_reader *reader, void *bytes, size_t capacity)
{
    z_stream *stream = &gzip->stream;
    stream->next_out = bytes;
    stream->avail_out = (uInt)capacity;
    while (stream->avail_out == capacity && can_continue(gzip, reader))
        if (!unpack(gzip, reader))
            return 0;
    reader->unpacked += capacity - stream->avail_out;
    return is_in_proportion(reader) ? capacity - stream->avail_out : 0;
}

#else

bp_status bp_gzip_open(struct bp_gzip **gzip, struct bp_reader *reader, enum bp_packing packing, const void *first,
                       size_t size)
{
    (void)gzip;
    (void)first;
    (void)size;
    if (packing == BP_PACKED_DEFLATE)
        return bp_reader_fail(reader, BP_ERR_UNSUPPORTED,
                              "is deflated, and libbp was built without zlib: store it uncompressed");
    return bp_reader_fail(reader, BP_ERR_UNSUPPORTED, "is gzipped, and libbp was built without zlib: unpack it first");
}

void bp_gzip_close(struct bp_gzip *gzip, const bp_allocator *allocator)
{
    (void)gzip;
    (void)allocator;
}

size_t bp_gzip_read(struct bp_gzip *gzip, struct bp_reader *reader, void *bytes, size_t capacity)
{
    (void)gzip;
    (void)reader;
    (void)bytes;
    (void)capacity;
    return 0;
}

#endif
