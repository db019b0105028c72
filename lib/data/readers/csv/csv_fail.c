/* SPDX-License-Identifier: MIT */
#include "data/readers/csv/csv.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/quote.h"

/* ", line 12, column 3 (petal_length)" */
static void write_place(const struct bp_csv *csv, size_t line, size_t column, char *text, size_t size)
{
    const char *name = column > 0 ? bp_texts_at(&csv->names, column - 1) : NULL;
    int length = 0;
    text[0] = '\0';
    if (line > 0)
        length = snprintf(text, size, ", line %zu", line);
    if (column > 0)
        length += snprintf(text + length, size - (size_t)length, ", column %zu", column);
    if (name && *name)
        snprintf(text + length, size - (size_t)length, " (%s)", bp_quote_text(name).text);
}

bp_status bp_csv_fail(struct bp_csv *csv, bp_status status, size_t line, size_t column, const char *format, ...)
{
    char place[128], text[BP_ERROR_SIZE];
    const bool unread = csv->reader->status != BP_OK; /* all that follows from it is none of the file's fault */
    va_list arguments;
    va_start(arguments, format);
    bp_message_format(text, sizeof(text), format, arguments);
    va_end(arguments);
    write_place(csv, unread ? 0 : line, unread ? 0 : column, place, sizeof(place));
    return bp_fail(csv->call, unread ? csv->reader->status : status, "%s%s: %s", bp_quote_path(csv->path).text, place,
                   unread ? csv->reader->problem : text);
}

bp_status bp_csv_no_memory(struct bp_csv *csv)
{
    return bp_csv_fail(csv, BP_ERR_MEMORY, csv->record_line, 0, "no memory for what is in it");
}
