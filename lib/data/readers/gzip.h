/* SPDX-License-Identifier: MIT
 *
 * Gzipped bytes, and the deflated ones of a ZIP archive, by zlib, with every byte of memory from the data set's
 * allocator. */
#ifndef BP_DATA_READERS_GZIP_H
#define BP_DATA_READERS_GZIP_H

#include "data/readers/input_file.h"

/* Members of gzip, to the end of the file; or one deflated stream, which is all of a span. */
enum bp_packing { BP_PACKED_GZIP, BP_PACKED_DEFLATE };

/* The first `size` bytes, at most BP_READER_BUFFER, have been read already. UNSUPPORTED without zlib. */
bp_status bp_gzip_open(struct bp_gzip **gzip, struct bp_reader *reader, enum bp_packing packing, const void *first,
                       size_t size);
/* NULL is fine. */
void bp_gzip_close(struct bp_gzip *gzip, const bp_allocator *allocator);

/* Up to `capacity` bytes; 0 at the end, or after a failure that is then the reader's. */
size_t bp_gzip_read(struct bp_gzip *gzip, struct bp_reader *reader, void *bytes, size_t capacity);

#endif
