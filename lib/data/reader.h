/* SPDX-License-Identifier: MIT
 *
 * A file that is read once from its beginning to its end, plain or gzipped, in one buffer of fixed size. */
#ifndef BP_DATA_READER_H
#define BP_DATA_READER_H

#include <stdbool.h>
#include <stddef.h>

#include <bp/bp.h>

enum { BP_READER_ROOM = 1 << 15, BP_READER_PROBLEM = 128 };

struct bp_gzip;

struct bp_reader {
    const bp_allocator *allocator;
    struct bp_gzip *gzip; /* NULL: the file is plain */
    unsigned char *bytes; /* [BP_READER_ROOM]; from `at` up to `end` they are read and not yet taken */
    size_t at, end;
    uint64_t size, passed; /* of a plain file, 0 if it is not known; bytes taken before `bytes` */
    int file;
    bool ended;
    bp_status status;                /* of the first failure, after which the file is at its end */
    char problem[BP_READER_PROBLEM]; /* and what it was, as the rest of a sentence that begins with the path */
};

#if defined(__GNUC__)
#define BP_READER_FORMAT __attribute__((format(printf, 3, 4)))
#else
#define BP_READER_FORMAT
#endif

/* After a failure too the reader is to be closed. Both may change errno. */
bp_status bp_reader_open(struct bp_reader *reader, const bp_allocator *allocator, const char *path);
void bp_reader_close(struct bp_reader *reader);

/* Moves what is not yet taken to the front and fills the buffer up as far as the file goes. Returns how many bytes are
 * there. */
size_t bp_reader_fill(struct bp_reader *reader);

/* Takes the next `size` bytes, or as many as there are, and returns how many. */
size_t bp_reader_take(struct bp_reader *reader, void *bytes, size_t size);

/* The next byte, which is not taken; -1 at the end. */
static inline int bp_reader_peek(struct bp_reader *reader)
{
    return reader->at < reader->end || bp_reader_fill(reader) > 0 ? reader->bytes[reader->at] : -1;
}

/* For gzip.c: bytes as they are in the file, 0 at its end; and a failure. */
size_t bp_reader_raw(struct bp_reader *reader, void *bytes, size_t size);
BP_READER_FORMAT bp_status bp_reader_fail(struct bp_reader *reader, bp_status status, const char *format, ...);

#endif
