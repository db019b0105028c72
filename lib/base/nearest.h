/* SPDX-License-Identifier: MIT
 *
 * The name that was perhaps meant by one that is unknown. */
#ifndef BP_BASE_NEAREST_H
#define BP_BASE_NEAREST_H

#include <stddef.h>

/* Names that are longer are not compared, so that any text costs a bounded time. */
enum { BP_NEAREST_MOST = 40 };

struct bp_nearest {
    const char *wanted; /* the unknown name, of `size` bytes */
    size_t size;
    const char *name; /* the nearest so far; NULL if none is near */
    size_t distance;
};

struct bp_nearest bp_nearest_begin(const char *wanted, size_t size);

/* Compares one more name. It is near if at most a third of the unknown name's letters must be inserted, left out,
 * changed, or swapped with the next one (optimal string alignment; Damerau, 1964). Of equally near ones the first
 * stays. */
void bp_nearest_try(struct bp_nearest *nearest, const char *name);

#endif
