/* SPDX-License-Identifier: MIT */
#include "files/sink.h"

#include <string.h>

#include "base/platform_file.h"

/* So many bytes that wait are sent to the disk. */
enum { MOST_WAITING = 1 << 20 };

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

/* Lets the disk begin with what was written, so that the sync at the end finds less to do. A hint: what comes of it
 * shows there. */
static void push_out(struct bp_sink *sink)
{
    if (sink->written - sink->sent < MOST_WAITING)
        return;
    bp_file_push(sink->file, sink->sent, sink->written - sink->sent);
    sink->sent = sink->written;
}

static bp_status put_in_file(struct bp_sink *sink, const void *bytes, size_t size)
{
    const char *at = bytes;
    while (size > 0) {
        const int64_t done = bp_file_write(sink->file, at, size);
        if (done < 0)
            return bp_fail_errno(sink->call, "cannot be written");
        if (done == 0)
            return bp_fail(sink->call, BP_ERR_IO, "cannot be written: the system takes no more bytes");
        at += done;
        size -= (size_t)done;
        sink->written += (size_t)done;
    }
    push_out(sink);
    return BP_OK;
}

struct bp_sink bp_sink_count(const struct bp_call *call) { return (struct bp_sink){.call = call, .put = put_nowhere}; }

struct bp_sink bp_sink_memory(const struct bp_call *call, void *memory)
{
    return (struct bp_sink){.call = call, .put = put_in_memory, .memory = memory};
}

struct bp_sink bp_sink_file(const struct bp_call *call, int file)
{
    return (struct bp_sink){.call = call, .put = put_in_file, .file = file};
}

static void put(struct bp_sink *sink, const void *bytes, size_t size)
{
    if (sink->status == BP_OK && size > 0)
        sink->status = sink->put(sink, bytes, size);
}

void bp_sink_put(struct bp_sink *sink, const void *bytes, size_t size)
{
    sink->taken += size;
    if (size > BP_SINK_BUFFER - sink->held) {
        put(sink, sink->block, sink->held);
        sink->held = 0;
    }
    if (size > BP_SINK_BUFFER) {
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
