/* SPDX-License-Identifier: MIT
 *
 * Where a file is written to: nowhere, to be counted; memory; or a descriptor. */
#ifndef BP_FILES_SINK_H
#define BP_FILES_SINK_H

#include "files/file_call.h"

enum { BP_SINK_BUFFER = 4096 };

struct bp_sink {
    const struct bp_call *call;
    bp_status (*put)(struct bp_sink *sink, const void *bytes, size_t size);
    unsigned char *memory; /* can hold all that comes */
    int file;
    size_t written, sent; /* of it, and on the way to the disk */
    size_t taken;         /* bytes so far, those in `block` too */
    bp_status status;     /* of the first failure, after which nothing is written any more */
    size_t held;
    unsigned char block[BP_SINK_BUFFER]; /* so that short pieces go out together */
};

struct bp_sink bp_sink_count(const struct bp_call *call);
struct bp_sink bp_sink_memory(const struct bp_call *call, void *memory);
struct bp_sink bp_sink_file(const struct bp_call *call, int file);

void bp_sink_put(struct bp_sink *sink, const void *bytes, size_t size);
void bp_sink_text(struct bp_sink *sink, const char *text);
/* The last of it; returns what all came to. */
bp_status bp_sink_end(struct bp_sink *sink);

#endif
