/* SPDX-License-Identifier: MIT
 *
 * The options of a data set that are texts: each the value of a pair as it stood in an option text, or NULL. */
#ifndef BP_DATA_TEXT_OPTIONS_H
#define BP_DATA_TEXT_OPTIONS_H

#include "base/keys.h"
#include "base/option_value.h"

struct bp_data_texts {
    char *target, *labels_file, *array;
};

/* Where an option has its text. */
char **bp_data_text_place(struct bp_data_texts *texts, const struct bp_option *option);
const char *bp_data_text_of(const struct bp_data_texts *texts, const struct bp_option *option);

/* False, and nothing is left to release, if there is no memory. */
bool bp_data_texts_copy(const bp_allocator *allocator, struct bp_data_texts *copy, const struct bp_data_texts *texts);
void bp_data_texts_release(const bp_allocator *allocator, struct bp_data_texts *texts);

/* Takes the value that a pair gives a text option. An empty one makes it unset. BP_ERR_ARG: an item is empty, or there
 * are too many. */
bp_status bp_data_texts_read(const struct bp_call *call, const bp_allocator *allocator, struct bp_data_texts *texts,
                             const struct bp_option *option, const struct bp_option_pair *pair);

/* The pair of a text, and `*item` its item number `index`, without quotes, from the allocator; NULL where there is
 * none. False if there is no memory. */
struct bp_option_pair bp_data_text_pair(const char *text);
bool bp_data_text_item(const bp_allocator *allocator, const char *text, size_t index, char **item);

#endif
