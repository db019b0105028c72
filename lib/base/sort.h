/* SPDX-License-Identifier: MIT
 *
 * Heapsort (Williams, 1964): no memory of its own, and no order of the items makes it slow. */
#ifndef BP_BASE_SORT_H
#define BP_BASE_SORT_H

#include <stdbool.h>
#include <stddef.h>

/* Whether item a comes before item b; of two items one always does. */
typedef bool bp_before(const void *context, size_t a, size_t b);

/* order: [count], becomes the numbers 0 to count - 1 in the order of their items. */
void bp_sort(size_t *order, size_t count, bp_before *before, const void *context);

#endif
