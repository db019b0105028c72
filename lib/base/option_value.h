/* SPDX-License-Identifier: MIT
 *
 * Options out of texts and into texts, by their rows. A failure names the byte of the text. */
#ifndef BP_BASE_OPTION_VALUE_H
#define BP_BASE_OPTION_VALUE_H

#include "base/call.h"
#include "base/keys.h"
#include "base/nearest.h"
#include "base/option_text.h"

/* Reads a text; after success bp_option_text_release() is due. BP_ERR_ARG (the text is NULL), BP_ERR_FORMAT,
 * BP_ERR_MEMORY. */
bp_status bp_option_text_open(const struct bp_call *call, struct bp_option_text *options, const char *text,
                              const bp_allocator *allocator);

/* The value that a pair gives an option, which is one that the option may have:
 * - a REAL or WHOLE, a number without quotes; with BP_OPTION_AUTO yes, no or auto, with BP_OPTION_CHARACTER a character
 * or auto
 * - a SWITCH, yes, no, on, off, 1 or 0
 * - a MEMBER, the name of a key. */
bp_status bp_option_read(const struct bp_call *call, const struct bp_option *option, const struct bp_option_pair *pair,
                         double *value);

/* A failure of a call at a pair: the sentence of the last one, with the pair's byte before it. */
bp_status bp_option_fail_at(const struct bp_call *call, bp_status status, const struct bp_option_pair *pair);

/* BP_ERR_ARG: there is no option of the pair's name. The sentence has the nearest one. */
bp_status bp_option_unknown(const struct bp_call *call, const struct bp_option_pair *pair,
                            const struct bp_nearest *nearest);

/* The nearest name of a family to the pair's from `name` on. */
struct bp_nearest bp_option_nearest(const struct bp_option_pair *pair, const char *name,
                                    const struct bp_family *family);

/* What bp_option_read() reads. `prefix` comes before the name. */
void bp_option_write(struct bp_option_writer *writer, const char *prefix, const struct bp_option *option, double value);

/* Gives a text that `write` writes to a user: with its NUL, or only its size. BP_ERR_ARG: neither is wanted;
 * BP_ERR_SHAPE: the capacity is less than the size, and nothing but that is written. */
typedef void bp_option_write_fn(struct bp_option_writer *writer, const void *handle);
bp_status bp_option_give(const struct bp_call *call, bp_option_write_fn *write, const void *handle, char *text,
                         size_t capacity, size_t *size);

#endif
