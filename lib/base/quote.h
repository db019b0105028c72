/* SPDX-License-Identifier: MIT
 *
 * The one way of names, paths and other texts from outside into a sentence or a description: short, UTF-8, and no
 * character that a terminal or a log obeys. Each byte that belongs to no character of UTF-8 and each control character
 * (of ASCII, U+0080 to U+009F, line separators and the controls of direction) becomes a '?'; a text that is too long is
 * cut between two characters, with "..." in place of the rest. tests/check-quotes sees that nothing goes another
 * way. */
#ifndef BP_BASE_QUOTE_H
#define BP_BASE_QUOTE_H

#include <stddef.h>

/* Bytes of the three lengths, without "...". */
enum { BP_QUOTE_TEXT = 32, BP_QUOTE_NAME = 60, BP_QUOTE_PATH = 64 };

enum { BP_QUOTE_SIZE = 72 };

struct bp_quote {
    char text[BP_QUOTE_SIZE];
};

/* The beginning of a text, in up to BP_QUOTE_TEXT bytes; also of one that no NUL ends. */
struct bp_quote bp_quote_text(const char *text);
struct bp_quote bp_quote_bytes(const char *bytes, size_t size);

/* The beginning of a name where more fits, in up to BP_QUOTE_NAME bytes. */
struct bp_quote bp_quote_name(const char *name);

/* The end of a path, in up to BP_QUOTE_PATH bytes. */
struct bp_quote bp_quote_path(const char *path);

/* What the C library says of an errno, perhaps in the host's language and encoding. */
struct bp_quote bp_quote_errno(int number);

/* Where a text was cut to its size: takes away what is left of a character that was cut. */
void bp_quote_mend_end(char *text);

#endif
