/* SPDX-License-Identifier: MIT */
#include "data/gzip.h"

#ifdef BP_HAVE_ZLIB

#include <string.h>
#include <zlib.h>

#include "base/memory.h"
#include "base/quote.h"

struct bp_gzip {
    z_stream stream;
    enum bp_packing packing;
    bool between; /* a member has ended; of gzip another may begin */
    unsigned char in[BP_READER_ROOM];
};

enum { GZIP_ALONE = 16 }; /* added to the bits of the window */

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

/* Whether there are bytes to unpack. They may end only where a member has, and after a deflated stream they must. */
static bool more(struct bp_gzip *gzip, struct bp_reader *reader)
{
    z_stream *stream = &gzip->stream;
    if (stream->avail_in == 0) {
        stream->next_in = gzip->in;
        stream->avail_in = (uInt)bp_reader_raw(reader, gzip->in, sizeof(gzip->in));
    }
    const bool some = stream->avail_in > 0;
    if (!some && !gzip->between && reader->status == BP_OK)
        bp_reader_fail(reader, BP_ERR_FORMAT, "ends in the middle of its %s data", names[gzip->packing]);
    if (some && gzip->between && gzip->packing == BP_PACKED_DEFLATE)
        bp_reader_fail(reader, BP_ERR_FORMAT, "goes on after its deflated data");
    return some && reader->status == BP_OK;
}

size_t bp_gzip_read(struct bp_gzip *gzip, struct bp_reader *reader, void *bytes, size_t room)
{
    z_stream *stream = &gzip->stream;
    stream->next_out = bytes;
    stream->avail_out = (uInt)room;
    while (stream->avail_out == room && more(gzip, reader)) {
        if (gzip->between)
            inflateReset(stream);
        const int result = inflate(stream, Z_NO_FLUSH);
        gzip->between = result == Z_STREAM_END;
        if (result != Z_OK && result != Z_STREAM_END) {
            fail(reader, gzip->packing, result, stream->msg);
            return 0;
        }
    }
    return room - stream->avail_out;
}

#else

bp_status bp_gzip_open(struct bp_gzip **gzip, struct bp_reader *reader, enum bp_packing packing, const void *first,
                       size_t size)
{
    (void)gzip;
    (void)first;
    (void)size;
    if (packing == BP_PACKED_DEFLATE)
        return bp_reader_fail(reader, BP_ERR_UNSUPPORTED, "is deflated, and libbp was built without zlib: store it");
    return bp_reader_fail(reader, BP_ERR_UNSUPPORTED, "is gzipped, and libbp was built without zlib: unpack it first");
}

void bp_gzip_close(struct bp_gzip *gzip, const bp_allocator *allocator)
{
    (void)gzip;
    (void)allocator;
}

size_t bp_gzip_read(struct bp_gzip *gzip, struct bp_reader *reader, void *bytes, size_t room)
{
    (void)gzip;
    (void)reader;
    (void)bytes;
    (void)room;
    return 0;
}

#endif
