/* SPDX-License-Identifier: MIT
 *
 * Where a file is read from: memory, a descriptor, or the caller's function. */
#ifndef BP_FILES_SOURCE_H
#define BP_FILES_SOURCE_H

#include "files/file_call.h"

struct bp_chunk;

struct bp_source {
    const struct bp_call *call;
    const unsigned char *memory;
    int file; /* -1: none */
    bp_read_fn *read;
    void *user;
    struct bp_chunk *first, *last; /* of a stream: what was read and is not yet taken */
    size_t first_at;               /* how far the first of them is */
    bool sized;                    /* `size` is known: a stream's is not */
    size_t size, at;               /* of the whole, and how much was taken */
};

/* After a failure too the source is to be closed. */
bp_status bp_source_open(struct bp_source *source, const struct bp_call *call);
struct bp_source bp_source_memory(const struct bp_call *call, const void *bytes, size_t size);
struct bp_source bp_source_stream(const struct bp_call *call, bp_read_fn *read, void *user);
void bp_source_close(struct bp_source *source);

/* Makes sure that `size` bytes more are there: from a stream they are read now, into blocks that are made as they come, so
 * that what it says costs no memory until it has shown it. */
bp_status bp_source_hold(struct bp_source *source, size_t size);

/* Takes the next `size` bytes, which are held. */
bp_status bp_source_take(struct bp_source *source, void *bytes, size_t size);
bp_status bp_source_skip(struct bp_source *source, size_t size);

#endif
