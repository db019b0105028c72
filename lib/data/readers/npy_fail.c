/* SPDX-License-Identifier: MIT */
#include "data/readers/npy.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/quote.h"

bp_status bp_npy_fail(struct bp_npy *npy, bp_status status, uint64_t offset, const char *format, ...)
{
    char text[BP_ERROR_SIZE], place[96] = "", byte[32] = "";
    const bool unread = npy->reader->status != BP_OK;
    va_list arguments;
    va_start(arguments, format);
    bp_message_format(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (npy->name)
        snprintf(place, sizeof(place), ", array %s", bp_quote_text(npy->name).text);
    if (!unread)
        snprintf(byte, sizeof(byte), ", byte %llu", (unsigned long long)offset);
    return bp_fail(npy->call, unread ? npy->reader->status : status, "%s%s%s: %s", bp_quote_path(npy->path).text, place,
                   byte, unread ? npy->reader->problem : text);
}
