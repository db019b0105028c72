/* SPDX-License-Identifier: MIT
 *
 * Bytes as they are in the file, below gzip.c and input_file.c; and how reading fails. */
#include <errno.h>
#include <stdarg.h>

#include "base/message.h"
#include "base/platform_file.h"
#include "base/quote.h"
#include "data/readers/input_file.h"

bp_status bp_reader_fail(struct bp_reader *reader, bp_status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    bp_message_format(reader->problem, sizeof(reader->problem), format, arguments);
    va_end(arguments);
    reader->at = reader->end = 0;
    reader->ended = true;
    return reader->status = status;
}

bp_status bp_reader_fail_io(struct bp_reader *reader, const char *what)
{
    return bp_reader_fail(reader, BP_ERR_IO, "%s: %s", what, bp_quote_errno(errno).text);
}

size_t bp_reader_raw(struct bp_reader *reader, void *bytes, size_t size)
{
    if (reader->spans && size > reader->left)
        size = (size_t)reader->left;
    const int64_t got = bp_file_read(reader->file, bytes, size);
    if (got < 0)
        bp_reader_fail_io(reader, "cannot be read");
    reader->left -= reader->spans && got > 0 ? (uint64_t)got : 0;
    reader->packed += got > 0 ? (uint64_t)got : 0;
    return got > 0 ? (size_t)got : 0;
}
