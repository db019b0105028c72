/* SPDX-License-Identifier: MIT
 *
 * Texts of columns, each with a number: the classes of a target, and what becomes an input each. */
#ifndef BP_DATA_READERS_CLASSES_H
#define BP_DATA_READERS_CLASSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "data/table.h"

struct bp_classes {
    struct bp_texts names;   /* in order of first appearance */
    struct bp_buffer column; /* size_t [names]: where each was seen; one text in two columns is two names */
    size_t *slot;            /* [slots], a hash table: the index of a name and 1, or 0 */
    size_t slots;            /* a power of 2, at least twice the names */
    struct bp_hash_key key;  /* of the table */
    size_t most;             /* names that there may be, up to INT32_MAX */
    bool by_bytes;           /* in the order of a column's names, numbers are texts like others */
};

enum bp_label_result { BP_LABEL_FOUND, BP_LABEL_NO_MEMORY, BP_LABEL_TOO_MANY };

/* The label of a name in a column; a new one is the count of names there were. */
enum bp_label_result bp_classes_label(const bp_allocator *allocator, struct bp_classes *classes, size_t column,
                                      const char *name, int32_t *label);

/* The label of a name of `size` bytes; BP_CLASSES_NONE if it has none. */
size_t bp_classes_find(const struct bp_classes *classes, size_t column, const char *name, size_t size);
#define BP_CLASSES_NONE SIZE_MAX

/* Puts the names in order: by column, then numbers by value (unless `by_bytes`), then text by its bytes. Returns the
 * new label of each old one, [names], from bp_memory_allocate(); no more labels may be given. NULL, and nothing
 * changes, if there is no memory. */
int32_t *bp_classes_sort(const bp_allocator *allocator, struct bp_classes *classes);

void bp_classes_release(const bp_allocator *allocator, struct bp_classes *classes);

#endif
