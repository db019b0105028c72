/* SPDX-License-Identifier: MIT */
#include "base/call.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/last_error.h"
#include "base/quote.h"

bp_status bp_fail(const struct bp_call *call, bp_status status, const char *format, ...)
{
    char text[BP_ERROR_SIZE];
    va_list arguments;
    int length = 0;
    if (call->path)
        length = snprintf(text, sizeof(text), "%s: ", bp_quote_path(call->path).text);
    va_start(arguments, format);
    bp_message_format(text + length, sizeof(text) - (size_t)length, format, arguments);
    va_end(arguments);
    bp_error_write(status, call->function, text);
    return status;
}

bp_status bp_fail_errno(const struct bp_call *call, const char *what)
{
    return bp_fail(call, BP_ERR_IO, "%s: %s", what, bp_quote_errno(errno).text);
}

bp_status bp_fail_memory(const struct bp_call *call) { return bp_fail(call, BP_ERR_MEMORY, "out of memory"); }

bp_status bp_need(const struct bp_call *call, const void *pointer, const char *name)
{
    return pointer ? BP_OK : bp_fail(call, BP_ERR_ARG, "%s is NULL", name);
}

bp_status bp_check_allocator(const struct bp_call *call, const bp_allocator *allocator)
{
    bp_status status = bp_need(call, allocator, "allocator");
    if (status == BP_OK && allocator->struct_size < sizeof(bp_allocator))
        status = bp_fail(call, BP_ERR_ARG, "struct_size of the allocator is %zu: at least %zu is expected",
                         allocator->struct_size, sizeof(bp_allocator));
    if (status == BP_OK && (!allocator->allocate || !allocator->release))
        status = bp_fail(call, BP_ERR_ARG, "%s of the allocator is NULL", allocator->allocate ? "release" : "allocate");
    return status;
}

bp_status bp_fail_within(const struct bp_call *call, bp_status status)
{
    return bp_fail(call, status, "%s", bp_error_reason());
}
