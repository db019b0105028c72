/* SPDX-License-Identifier: MIT
 *
 * Where a file is read from: memory or a descriptor. */
#ifndef BP_FILES_SOURCE_H
#define BP_FILES_SOURCE_H

#include "files/file_call.h"

struct bp_source {
    const struct bp_call *call;
    const unsigned char *memory;
    int file;        /* -1: none */
    size_t size, at; /* of the whole, and how much was taken */
};

/* After a failure too the source is to be closed. */
bp_status bp_source_open(struct bp_source *source, const struct bp_call *call);
struct bp_source bp_source_memory(const struct bp_call *call, const void *bytes, size_t size);
void bp_source_close(struct bp_source *source);

/* Fails unless `size` more bytes are there. */
bp_status bp_source_need(const struct bp_source *source, size_t size);

/* Takes the next `size` bytes, which are there. */
bp_status bp_source_take(struct bp_source *source, void *bytes, size_t size);
bp_status bp_source_skip(struct bp_source *source, size_t size);

#endif
