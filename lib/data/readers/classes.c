/* SPDX-License-Identifier: MIT */
#include "data/readers/classes.h"

#include <string.h>

#include "base/memory.h"
#include "base/sort.h"
#include "base/number.h"

enum { FIRST_SLOTS = 64 };

static size_t column_of(const struct bp_classes *classes, size_t index)
{
    size_t column;
    memcpy(&column, classes->column.bytes + index * sizeof(column), sizeof(column));
    return column;
}

static bool is_name(const struct bp_classes *classes, size_t index, size_t column, const char *name, size_t size)
{
    if (column_of(classes, index) != column)
        return false;
    const char *text = bp_texts_at(&classes->names, index);
    return strncmp(text, name, size) == 0 && text[size] == '\0';
}

/* The slot of a name, or the free one where it belongs. */
static size_t *find_slot(const struct bp_classes *classes, size_t column, const char *name, size_t size)
{
    size_t at = (size_t)bp_hash(classes->key, column, name, size) & (classes->slots - 1);
    while (classes->slot[at] != 0 && !is_name(classes, classes->slot[at] - 1, column, name, size))
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
    if (classes->slots == 0)
        classes->key = bp_hash_draw_key();
    bp_memory_release(allocator, classes->slot);
    classes->slot = slot;
    classes->slots = slots;
    const size_t count = bp_texts_count(&classes->names);
    for (size_t i = 0; i < count; i++) {
        const char *name = bp_texts_at(&classes->names, i);
        *find_slot(classes, column_of(classes, i), name, strlen(name)) = i + 1;
    }
    return true;
}

static bool add(const bp_allocator *allocator, struct bp_classes *classes, size_t column, const char *name, size_t size)
{
    return bp_buffer_reserve(allocator, &classes->column, sizeof(column)) &&
           bp_texts_add(allocator, &classes->names, name, size) &&
           bp_buffer_add(allocator, &classes->column, &column, sizeof(column));
}

enum bp_label_result bp_classes_label(const bp_allocator *allocator, struct bp_classes *classes, size_t column,
                                      const char *name, int32_t *label)
{
    const size_t count = bp_texts_count(&classes->names), size = strlen(name);
    if ((count + 1) * 2 > classes->slots && !grow(allocator, classes))
        return BP_LABEL_NO_MEMORY;
    size_t *slot = find_slot(classes, column, name, size);
    if (*slot == 0) {
        if (count >= classes->most)
            return BP_LABEL_TOO_MANY;
        if (!add(allocator, classes, column, name, size))
            return BP_LABEL_NO_MEMORY;
        *slot = count + 1;
    }
    *label = (int32_t)(*slot - 1);
    return BP_LABEL_FOUND;
}

size_t bp_classes_find(const struct bp_classes *classes, size_t column, const char *name, size_t size)
{
    if (classes->slots == 0)
        return BP_CLASSES_NONE;
    const size_t slot = *find_slot(classes, column, name, size);
    return slot == 0 ? BP_CLASSES_NONE : slot - 1;
}

void bp_classes_release(const bp_allocator *allocator, struct bp_classes *classes)
{
    bp_texts_release(allocator, &classes->names);
    bp_buffer_release(allocator, &classes->column);
    bp_memory_release(allocator, classes->slot);
    *classes = (struct bp_classes){0};
}

/* ---- order */

static bool is_before(const void *context, size_t i, size_t j)
{
    const struct bp_classes *classes = context;
    const size_t a_column = column_of(classes, i), b_column = column_of(classes, j);
    if (a_column != b_column)
        return a_column < b_column;
    const char *a = bp_texts_at(&classes->names, i), *b = bp_texts_at(&classes->names, j);
    double x, y;
    const bool a_is = !classes->by_bytes && bp_number_parse(a, &x) == BP_NUMBER_OK;
    const bool b_is = !classes->by_bytes && bp_number_parse(b, &y) == BP_NUMBER_OK;
    if (a_is && b_is && x != y)
        return x < y;
    return a_is == b_is ? strcmp(a, b) < 0 : a_is;
}

/* The names in this order, and the new label of each old one. False if there is no memory. */
static bool apply(const bp_allocator *allocator, const struct bp_classes *classes, const size_t *order,
                  struct bp_classes *sorted, int32_t *label)
{
    const size_t count = bp_texts_count(&classes->names);
    bool enough = true;
    for (size_t i = 0; enough && i < count; i++) {
        label[order[i]] = (int32_t)i;
        const char *name = bp_texts_at(&classes->names, order[i]);
        enough = add(allocator, sorted, column_of(classes, order[i]), name, strlen(name));
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
        bp_sort(order, count, is_before, classes);
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
