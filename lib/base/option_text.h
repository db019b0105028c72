/* SPDX-License-Identifier: MIT
 *
 * Option texts: pairs of a name and a value, for files, command lines and bindings.
 *
 *     text = { blank | "#" to the end of the line | pair }
 *     pair = name "=" item { "," item }
 *     name = word { "." word }              a word is of a-z, 0-9 and _; a name begins with a letter
 *     item = { bare | "..." | '...' }       a run of parts, perhaps none; inside quotes the quote itself is doubled
 *
 * Blanks alone separate pairs. A backslash is an ordinary byte. A name may be given once. What was quoted is known, so
 * that a quoted part is never a number. */
#ifndef BP_BASE_OPTION_TEXT_H
#define BP_BASE_OPTION_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include <bp/bp.h>

#include "base/buffer.h"

/* A name and a value as they stand in the text, which must stay while the pair is used. */
struct bp_option_pair {
    const char *name, *value;
    size_t name_size, value_size;
    size_t at; /* the byte of the text where the name begins */
};

struct bp_option_text {
    const struct bp_option_pair *pairs; /* [count] */
    size_t count;
    struct bp_buffer memory; /* where they lie */
};

/* Where a text is wrong, and how, in words. */
struct bp_option_fault {
    size_t at;
    char problem[128];
};

/* All pairs of a text that a NUL ends, in its order. BP_ERR_FORMAT: the text is wrong, and `fault` says where;
 * BP_ERR_MEMORY. After either there is nothing to release. */
bp_status bp_option_text_parse(struct bp_option_text *options, const char *text, const bp_allocator *allocator,
                               struct bp_option_fault *fault);
void bp_option_text_release(struct bp_option_text *options, const bp_allocator *allocator);

/* An item of a value, and a part of an item. A part's bytes are without the quotes around it, but quotes in it are
 * still doubled: bp_option_unquote() makes them single. */
struct bp_option_item {
    const char *bytes;
    size_t size;
};

struct bp_option_part {
    const char *bytes;
    size_t size;
    char quote; /* the byte of the quotes around it, or NUL */
};

/* The next one from *at on, which is 0 for the first; false past the last. A value has one item or more. */
bool bp_option_next_item(const struct bp_option_pair *pair, size_t *at, struct bp_option_item *item);
bool bp_option_next_part(const struct bp_option_item *item, size_t *at, struct bp_option_part *part);

/* The part's text, without NUL; returns its size, which is at most part->size. */
size_t bp_option_unquote(const struct bp_option_part *part, char *text);

/* The value as one text with its NUL, in `capacity` bytes. False if it has more than one item, or does not fit.
 * @param[out] quoted whether a part of it was quoted */
bool bp_option_value_text(const struct bp_option_pair *pair, char *text, size_t capacity, bool *quoted);

/* Writes an option text. All bytes are counted in `size`, and kept as far as they fit. */
struct bp_option_writer {
    char *text;
    size_t capacity, size;
    char quote; /* which the last byte closes, or NUL */
};

/* A blank if it is not the first, the name and "=". */
void bp_option_put_name(struct bp_option_writer *writer, const char *name, size_t size);
void bp_option_put_comma(struct bp_option_writer *writer);
/* A value as it stands in an option text. */
void bp_option_put_value(struct bp_option_writer *writer, const char *value);
/* In quotes if they were asked for or are needed: the text is empty, or has a byte that no bare part has. */
void bp_option_put_part(struct bp_option_writer *writer, const char *text, size_t size, bool quoted);

#endif
