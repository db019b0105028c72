/* SPDX-License-Identifier: MIT
 *
 * The classes of a column, told apart by their text. */
#ifndef BP_DATA_CLASSES_H
#define BP_DATA_CLASSES_H

#include <stdbool.h>

#include "data/table.h"

struct bp_classes {
    struct bp_texts names; /* in order of first appearance */
    size_t *slot;          /* [slots], a hash table: the index of a name and 1, or 0 */
    size_t slots;          /* a power of 2, more than twice the names */
};

/* The label of a name, which is added if it is new. False if there is no memory. */
bool bp_classes_label(const bp_allocator *allocator, struct bp_classes *classes, const char *name, int32_t *label);

/* Puts the names in order, numbers by value and then text by its bytes, and the labels given so far with them. False, and
 * nothing changes, if there is no memory. */
bool bp_classes_sort(const bp_allocator *allocator, struct bp_classes *classes, int32_t *labels, size_t rows);

void bp_classes_release(const bp_allocator *allocator, struct bp_classes *classes);

#endif
