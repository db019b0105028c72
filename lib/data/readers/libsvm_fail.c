/* SPDX-License-Identifier: MIT */
#include "data/readers/libsvm.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/quote.h"

bp_status bp_libsvm_fail(struct bp_libsvm *s, bp_status status, size_t line, size_t column, const char *format, ...)
{
    char place[64] = "", text[BP_ERROR_SIZE];
    const bool unread = s->reader->status != BP_OK; /* all that follows from it is none of the file's fault */
    va_list arguments;
    va_start(arguments, format);
    bp_message_format(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (line > 0 && !unread)
        snprintf(place, sizeof(place), ", line %zu, column %zu", line, column);
    return bp_fail(s->call, unread ? s->reader->status : status, "%s%s: %s", bp_quote_path(s->path).text, place,
                   unread ? s->reader->problem : text);
}

bp_status bp_libsvm_no_memory(struct bp_libsvm *s)
{
    return bp_libsvm_fail(s, BP_ERR_MEMORY, s->line, s->column, "no memory for what is in it");
}
