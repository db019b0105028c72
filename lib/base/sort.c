/* SPDX-License-Identifier: MIT */
#include "base/sort.h"

static void swap(size_t *a, size_t *b)
{
    const size_t first = *a;
    *a = *b;
    *b = first;
}

/* Lets the item at `root` sink to its place in a heap whose parents are not before their children. */
static void sink(size_t *heap, size_t root, size_t count, bp_before *before, const void *context)
{
    for (size_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && before(context, heap[child], heap[child + 1]))
            child++;
        if (!before(context, heap[root], heap[child]))
            return;
        swap(&heap[root], &heap[child]);
    }
}

void bp_sort(size_t *order, size_t count, bp_before *before, const void *context)
{
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    for (size_t i = count / 2; i-- > 0;)
        sink(order, i, count, before, context);
    for (size_t i = count; i-- > 1;) {
        swap(&order[0], &order[i]);
        sink(order, 0, i, before, context);
    }
}
