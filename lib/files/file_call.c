/* SPDX-License-Identifier: MIT */
#include "files/file_call.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/quote.h"

struct bp_io bp_io_of_net(const struct bp_call *call)
{
    return (struct bp_io){.told = (struct bp_messages *)&call->net->messages,
                          .function = call->function,
                          .shared = call->shared,
                          .allocator = &call->net->allocator};
}

bp_status bp_io_fail(const struct bp_io *io, bp_status status, const char *format, ...)
{
    char text[BP_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    bp_message_format(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (!io->path)
        return bp_message_fail(io->told, io->shared, io->function, status, "%s", text);
    return bp_message_fail(io->told, io->shared, io->function, status, "%s: %s", bp_quote_path(io->path).text, text);
}

bp_status bp_io_fail_errno(const struct bp_io *io, const char *what)
{
    return bp_io_fail(io, BP_ERR_IO, "%s: %s", what, bp_quote_errno(errno).text);
}

bp_status bp_io_no_memory(const struct bp_io *io) { return bp_io_fail(io, BP_ERR_MEMORY, "no memory"); }
