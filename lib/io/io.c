/* SPDX-License-Identifier: MIT */
#undef _GNU_SOURCE /* it has another strerror_r */
#define _POSIX_C_SOURCE 200809L
#include "io/io.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "data/quote.h"

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
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (!io->path)
        return bp_message_fail(io->told, io->shared, io->function, status, "%s", text);
    return bp_message_fail(io->told, io->shared, io->function, status, "%s: %s", bp_quote_path(io->path).text, text);
}

bp_status bp_io_fail_errno(const struct bp_io *io, const char *what)
{
    const int number = errno;
    char text[80];
    if (strerror_r(number, text, sizeof(text)) != 0)
        snprintf(text, sizeof(text), "error %d", number);
    return bp_io_fail(io, BP_ERR_IO, "%s: %s", what, text);
}

bp_status bp_io_no_memory(const struct bp_io *io) { return bp_io_fail(io, BP_ERR_MEMORY, "no memory"); }
