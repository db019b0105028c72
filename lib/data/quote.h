/* SPDX-License-Identifier: MIT
 *
 * What files and callers wrote, made fit for a message: short, and without control characters. */
#ifndef BP_DATA_QUOTE_H
#define BP_DATA_QUOTE_H

enum { BP_QUOTE_ROOM = 72 };

struct bp_quote {
    char text[BP_QUOTE_ROOM];
};

/* The beginning of a text, and "..." where it goes on. */
struct bp_quote bp_quote_text(const char *text);

/* The end of a path, after "..." where there is more. */
struct bp_quote bp_quote_path(const char *path);

#endif
