/* SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L
#include "io/sink.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Linux takes less than 2^31 bytes at once. */
enum { MOST_AT_ONCE = 1 << 30 };

static bp_status put_nowhere(struct bp_sink *sink, const void *bytes, size_t size)
{
    (void)sink;
    (void)bytes;
    (void)size;
    return BP_OK;
}

/* What was taken before these bytes has been put. */
static bp_status put_in_memory(struct bp_sink *sink, const void *bytes, size_t size)
{
    memcpy(sink->memory, bytes, size);
    sink->memory += size;
    return BP_OK;
}

static bp_status put_in_file(struct bp_sink *sink, const void *bytes, size_t size)
{
    const char *at = bytes;
    while (size > 0) {
        const ssize_t done = write(sink->file, at, size < MOST_AT_ONCE ? size : MOST_AT_ONCE);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return bp_io_fail_errno(sink->io, "cannot be written");
        if (done == 0)
            return bp_io_fail(sink->io, BP_ERR_IO, "cannot be written: nothing more is taken");
        at += done;
        size -= (size_t)done;
    }
    return BP_OK;
}

static bp_status put_in_stream(struct bp_sink *sink, const void *bytes, size_t size)
{
    if (sink->write(sink->user, bytes, size) != 0)
        return bp_io_fail(sink->io, BP_ERR_IO, "the caller's function could not write %zu bytes", size);
    return BP_OK;
}

struct bp_sink bp_sink_count(const struct bp_io *io) { return (struct bp_sink){.io = io, .put = put_nowhere}; }

struct bp_sink bp_sink_memory(const struct bp_io *io, void *memory)
{
    return (struct bp_sink){.io = io, .put = put_in_memory, .memory = memory};
}

struct bp_sink bp_sink_file(const struct bp_io *io, int file)
{
    return (struct bp_sink){.io = io, .put = put_in_file, .file = file};
}

struct bp_sink bp_sink_stream(const struct bp_io *io, bp_write_fn *write, void *user)
{
    return (struct bp_sink){.io = io, .put = put_in_stream, .write = write, .user = user};
}

static void put(struct bp_sink *sink, const void *bytes, size_t size)
{
    if (sink->status == BP_OK && size > 0)
        sink->status = sink->put(sink, bytes, size);
}

void bp_sink_put(struct bp_sink *sink, const void *bytes, size_t size)
{
    sink->taken += size;
    if (size > BP_SINK_ROOM - sink->held) {
        put(sink, sink->block, sink->held);
        sink->held = 0;
    }
    if (size > BP_SINK_ROOM) {
        put(sink, bytes, size);
        return;
    }
    memcpy(sink->block + sink->held, bytes, size);
    sink->held += size;
}

void bp_sink_text(struct bp_sink *sink, const char *text) { bp_sink_put(sink, text, strlen(text)); }

bp_status bp_sink_end(struct bp_sink *sink)
{
    put(sink, sink->block, sink->held);
    sink->held = 0;
    return sink->status;
}
