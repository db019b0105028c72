/* SPDX-License-Identifier: MIT
 *
 * A file that is read once from its beginning to its end, plain or gzipped, in one buffer of fixed size; or, of a plain
 * one, spans of it. */
#ifndef BP_DATA_READERS_INPUT_FILE_H
#define BP_DATA_READERS_INPUT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bp/bp.h>

#include "base/message.h"
#include "data/readers/crc.h"

enum { BP_READER_BUFFER = 1 << 15, BP_READER_PROBLEM = 128 };

struct bp_gzip;

/* A part of a plain file, and what it holds. */
struct bp_span {
    uint64_t offset, packed; /* where it begins, and its bytes there, which may be deflated */
    uint64_t size;           /* bytes that they unpack to */
    bool deflated, checked;  /* checked: the CRC-32 of those is `crc` */
    uint32_t crc;
};

struct bp_reader {
    const bp_allocator *allocator;
    struct bp_gzip *gzip; /* NULL: the file is plain */
    unsigned char *bytes; /* [BP_READER_BUFFER]; from `at` up to `end` they are read and not yet taken */
    size_t at, end;
    uint64_t size;  /* of a plain file, 0 if it is not known */
    uint64_t start; /* which byte of the file, or of the span, bytes[0] is */
    int file;
    bool ended;
    uint64_t most_ratio;       /* bytes unpacked for each packed one that there may be now; 0: any */
    uint64_t packed, unpacked; /* of a packed file or span, so far */
    bool spans;                /* all that follows is of the span: */
    struct bp_span span;       /* it must come to this */
    uint64_t left, found;      /* bytes of the span still to be read from the file; bytes of its contents so far */
    struct bp_crc crc;         /* of those */
    bp_status status;          /* of the first failure, after which the file is at its end */
    char problem[BP_READER_PROBLEM]; /* and what it was, as the rest of a sentence that begins with the path */
};

#if defined(__GNUC__)
#define BP_READER_FORMAT BP_MESSAGE_FORMAT(3, 4)
#else
#define BP_READER_FORMAT
#endif

/* Only regular files, also by symbolic links, and without waiting for others. Until bp_reader_found_rows() a packed one
 * may unpack to `most_ratio` bytes for each of its own, 0: any; the first MiB is free. After a failure too the reader
 * is to be closed. Both may change errno. */
bp_status bp_reader_open(struct bp_reader *reader, const bp_allocator *allocator, const char *path,
                         uint64_t most_ratio);
void bp_reader_close(struct bp_reader *reader);

/* The bytes of a plain file. IO where there is no number, as of a pipe. */
bp_status bp_reader_size(struct bp_reader *reader, uint64_t *size);
/* Continues with a span of a plain file; what was not taken is passed over. */
bp_status bp_reader_enter(struct bp_reader *reader, const struct bp_span *span);
/* From here on the bytes are rows, which may be alike. */
static inline void bp_reader_found_rows(struct bp_reader *reader) { reader->most_ratio = 0; }
/* How many bytes were taken of the file or the span. */
static inline uint64_t bp_reader_offset(const struct bp_reader *reader) { return reader->start + reader->at; }

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

/* data/readers/raw_bytes.c, for gzip.c too: bytes as they are in the file, 0 at its end; a failure; and one with what
 * errno says. */
size_t bp_reader_raw(struct bp_reader *reader, void *bytes, size_t size);
BP_READER_FORMAT bp_status bp_reader_fail(struct bp_reader *reader, bp_status status, const char *format, ...);
bp_status bp_reader_fail_io(struct bp_reader *reader, const char *what);

#endif
