/* SPDX-License-Identifier: MIT */
#include "data/classes.h"

#include <string.h>

#include "base/memory.h"
#include "data/number.h"

enum { FIRST_SLOTS = 64 };

static size_t column_of(const struct bp_classes *classes, size_t index)
{
    size_t column;
    memcpy(&column, classes->column.bytes + index * sizeof(column), sizeof(column));
    return column;
}

/* FNV-1a, by Fowler, Noll and Vo, from another beginning for each column. */
static size_t hash(size_t column, const char *name)
{
    uint64_t h = (UINT64_C(14695981039346656037) ^ column) * UINT64_C(1099511628211);
    for (; *name; name++)
        h = (h ^ (unsigned char)*name) * UINT64_C(1099511628211);
    return (size_t)(h ^ h >> 32);
}

static bool is_name(const struct bp_classes *classes, size_t index, size_t column, const char *name)
{
    return column_of(classes, index) == column && strcmp(bp_texts_at(&classes->names, index), name) == 0;
}

/* The slot of a name, or the free one where it belongs. */
static size_t *find_slot(const struct bp_classes *classes, size_t column, const char *name)
{
    size_t at = hash(column, name) & (classes->slots - 1);
    while (classes->slot[at] != 0 && !is_name(classes, classes->slot[at] - 1, column, name))
        at = (at + 1) & (classes->slots - 1);
    return &classes->slot[at];
}

/* Twice the slots. */
static bool grow(const bp_allocator *allocator, struct bp_classes *classes)
{
    const size_t slots = classes->slots > 0 ? 2 * classes->slots : FIRST_SLOTS;
    size_t *slot = bp_memory_allocate(allocator, slots, sizeof(*slot));
    if (!slot)
        return false;
    bp_memory_release(allocator, classes->slot);
    classes->slot = slot;
    classes->slots = slots;
    const size_t count = bp_texts_count(&classes->names);
    for (size_t i = 0; i < count; i++)
        *find_slot(classes, column_of(classes, i), bp_texts_at(&classes->names, i)) = i + 1;
    return true;
}

static bool add(const bp_allocator *allocator, struct bp_classes *classes, size_t column, const char *name)
{
    return bp_buffer_reserve(allocator, &classes->column, sizeof(column)) &&
           bp_texts_add(allocator, &classes->names, name, strlen(name)) &&
           bp_buffer_add(allocator, &classes->column, &column, sizeof(column));
}

bool bp_classes_label(const bp_allocator *allocator, struct bp_classes *classes, size_t column, const char *name,
                      int32_t *label)
{
    const size_t count = bp_texts_count(&classes->names);
    if ((count + 1) * 2 > classes->slots && !grow(allocator, classes))
        return false;
    size_t *slot = find_slot(classes, column, name);
    if (*slot == 0) {
        if (count >= INT32_MAX || !add(allocator, classes, column, name))
            return false;
        *slot = count + 1;
    }
    *label = (int32_t)(*slot - 1);
    return true;
}

void bp_classes_release(const bp_allocator *allocator, struct bp_classes *classes)
{
    bp_texts_release(allocator, &classes->names);
    bp_buffer_release(allocator, &classes->column);
    bp_memory_release(allocator, classes->slot);
    *classes = (struct bp_classes){0};
}

/* ---- order */

static bool is_before(const struct bp_classes *classes, size_t i, size_t j)
{
    const char *a = bp_texts_at(&classes->names, i), *b = bp_texts_at(&classes->names, j);
    const size_t a_column = column_of(classes, i), b_column = column_of(classes, j);
    if (a_column != b_column)
        return a_column < b_column;
    double x, y;
    const bool a_is = !classes->by_bytes && bp_number_parse(a, &x) == BP_NUMBER_OK;
    const bool b_is = !classes->by_bytes && bp_number_parse(b, &y) == BP_NUMBER_OK;
    if (a_is && b_is && x != y)
        return x < y;
    return a_is == b_is ? strcmp(a, b) < 0 : a_is;
}

/* Lets the name at `root` sink to its place in a heap whose parents are not before their children (Williams 1964). */
static void sink(const struct bp_classes *classes, size_t *heap, size_t root, size_t count)
{
    for (size_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && is_before(classes, heap[child], heap[child + 1]))
            child++;
        if (!is_before(classes, heap[root], heap[child]))
            return;
        const size_t up = heap[child];
        heap[child] = heap[root];
        heap[root] = up;
    }
}

static void sort(const struct bp_classes *classes, size_t *order, size_t count)
{
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    for (size_t i = count / 2; i-- > 0;)
        sink(classes, order, i, count);
    for (size_t i = count; i-- > 1;) {
        const size_t last = order[0];
        order[0] = order[i];
        order[i] = last;
        sink(classes, order, 0, i);
    }
}

/* The names in this order, and the new label of each old one. False if there is no memory. */
static bool apply(const bp_allocator *allocator, const struct bp_classes *classes, const size_t *order,
                  struct bp_classes *sorted, int32_t *label)
{
    const size_t count = bp_texts_count(&classes->names);
    bool enough = true;
    for (size_t i = 0; enough && i < count; i++) {
        label[order[i]] = (int32_t)i;
        enough = add(allocator, sorted, column_of(classes, order[i]), bp_texts_at(&classes->names, order[i]));
    }
    return enough;
}

int32_t *bp_classes_sort(const bp_allocator *allocator, struct bp_classes *classes)
{
    const size_t count = bp_texts_count(&classes->names);
    struct bp_classes sorted = {.by_bytes = classes->by_bytes};
    size_t *order = bp_memory_allocate(allocator, count, sizeof(*order));
    int32_t *label = bp_memory_allocate(allocator, count, sizeof(*label));
    bool enough = order && label;
    if (enough) {
        sort(classes, order, count);
        enough = apply(allocator, classes, order, &sorted, label);
    }
    bp_memory_release(allocator, order);
    if (enough) {
        bp_classes_release(allocator, classes);
        *classes = sorted;
        return label;
    }
    bp_classes_release(allocator, &sorted);
    bp_memory_release(allocator, label);
    return NULL;
}
