/* SPDX-License-Identifier: MIT */
#include "data/quote.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { MOST_OF_TEXT = 32, MOST_OF_PATH = 64 };

static const char dots[] = "...";

/* Whether a byte goes on with a character of UTF-8, so that no cut may be before it. */
static bool goes_on(char c) { return ((unsigned char)c & 0xc0) == 0x80; }

static void copy_clean(char *to, const char *from, size_t size)
{
    for (size_t i = 0; i < size; i++)
        to[i] = (unsigned char)from[i] < ' ' || from[i] == 0x7f ? '?' : from[i];
    to[size] = '\0';
}

struct bp_quote bp_quote_text(const char *text)
{
    struct bp_quote quote;
    size_t size = 0;
    while (size <= MOST_OF_TEXT && text[size])
        size++;
    const bool cut = size > MOST_OF_TEXT;
    if (cut)
        for (size = MOST_OF_TEXT; size > MOST_OF_TEXT - 4 && goes_on(text[size]);)
            size--;
    copy_clean(quote.text, text, size);
    if (cut)
        memcpy(quote.text + size, dots, sizeof(dots));
    return quote;
}

struct bp_quote bp_quote_path(const char *path)
{
    struct bp_quote quote;
    const size_t size = strlen(path);
    size_t from = size > MOST_OF_PATH ? size - MOST_OF_PATH : 0, at = 0;
    if (from > 0) {
        while (goes_on(path[from]))
            from++;
        at = sizeof(dots) - 1;
        memcpy(quote.text, dots, at);
    }
    copy_clean(quote.text + at, path + from, size - from);
    return quote;
}
