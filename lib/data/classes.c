/* SPDX-License-Identifier: MIT */
#include "data/classes.h"

#include <string.h>

#include "base/memory.h"
#include "data/number.h"

enum { FIRST_SLOTS = 64 };

/* FNV-1a, by Fowler, Noll and Vo. */
static size_t hash(const char *name)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (; *name; name++)
        h = (h ^ (unsigned char)*name) * UINT64_C(1099511628211);
    return (size_t)(h ^ h >> 32);
}

/* The slot of a name, or the free one where it belongs. */
static size_t *find_slot(const struct bp_classes *classes, const char *name)
{
    size_t at = hash(name) & (classes->slots - 1);
    while (classes->slot[at] != 0 && strcmp(bp_texts_at(&classes->names, classes->slot[at] - 1), name) != 0)
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
        *find_slot(classes, bp_texts_at(&classes->names, i)) = i + 1;
    return true;
}

bool bp_classes_label(const bp_allocator *allocator, struct bp_classes *classes, const char *name, int32_t *label)
{
    const size_t count = bp_texts_count(&classes->names);
    if ((count + 1) * 2 > classes->slots && !grow(allocator, classes))
        return false;
    size_t *slot = find_slot(classes, name);
    if (*slot == 0) {
        if (count >= INT32_MAX || !bp_texts_add(allocator, &classes->names, name, strlen(name)))
            return false;
        *slot = count + 1;
    }
    *label = (int32_t)(*slot - 1);
    return true;
}

void bp_classes_release(const bp_allocator *allocator, struct bp_classes *classes)
{
    bp_texts_release(allocator, &classes->names);
    bp_memory_release(allocator, classes->slot);
    *classes = (struct bp_classes){0};
}

/* ---- order */

static bool is_before(const char *a, const char *b)
{
    double x, y;
    const bool a_is = bp_number_parse(a, &x) == BP_NUMBER_OK, b_is = bp_number_parse(b, &y) == BP_NUMBER_OK;
    if (a_is && b_is && x != y)
        return x < y;
    return a_is == b_is ? strcmp(a, b) < 0 : a_is;
}

/* Lets the name at `root` sink to its place in a heap whose parents are not before their children (Williams 1964). */
static void sink(const struct bp_texts *names, size_t *heap, size_t root, size_t count)
{
    for (size_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && is_before(bp_texts_at(names, heap[child]), bp_texts_at(names, heap[child + 1])))
            child++;
        if (!is_before(bp_texts_at(names, heap[root]), bp_texts_at(names, heap[child])))
            return;
        const size_t up = heap[child];
        heap[child] = heap[root];
        heap[root] = up;
    }
}

static void sort(const struct bp_texts *names, size_t *order, size_t count)
{
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    for (size_t i = count / 2; i-- > 0;)
        sink(names, order, i, count);
    for (size_t i = count; i-- > 1;) {
        const size_t last = order[0];
        order[0] = order[i];
        order[i] = last;
        sink(names, order, 0, i);
    }
}

bool bp_classes_sort(const bp_allocator *allocator, struct bp_classes *classes, int32_t *labels, size_t rows)
{
    const size_t count = bp_texts_count(&classes->names);
    struct bp_texts sorted = {0};
    size_t *order = bp_memory_allocate(allocator, count, sizeof(*order));
    int32_t *label = bp_memory_allocate(allocator, count, sizeof(*label)); /* the new one of an old one */
    bool enough = order && label;
    if (enough)
        sort(&classes->names, order, count);
    for (size_t i = 0; enough && i < count; i++) {
        const char *name = bp_texts_at(&classes->names, order[i]);
        label[order[i]] = (int32_t)i;
        enough = bp_texts_add(allocator, &sorted, name, strlen(name));
    }
    if (enough) {
        for (size_t i = 0; i < rows; i++)
            labels[i] = label[labels[i]];
        bp_classes_release(allocator, classes);
        classes->names = sorted;
    } else {
        bp_texts_release(allocator, &sorted);
    }
    bp_memory_release(allocator, order);
    bp_memory_release(allocator, label);
    return enough;
}
