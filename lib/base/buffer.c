/* SPDX-License-Identifier: MIT */
#include "base/buffer.h"

#include <string.h>

#include "base/memory.h"

enum { FIRST_CAPACITY = 256 };

/* A capacity of `need` bytes, at least twice what there was. */
static bool grow(const bp_allocator *allocator, struct bp_buffer *buffer, size_t need)
{
    size_t capacity;
    if (!bp_size_add(buffer->capacity, buffer->capacity, &capacity))
        capacity = need;
    capacity = capacity < FIRST_CAPACITY ? FIRST_CAPACITY : capacity;
    capacity = capacity < need ? need : capacity;
    unsigned char *bytes = bp_memory_allocate(allocator, capacity, 1);
    if (!bytes)
        return false;
    if (buffer->used > 0)
        memcpy(bytes, buffer->bytes, buffer->used);
    bp_memory_release(allocator, buffer->bytes);
    buffer->bytes = bytes;
    buffer->capacity = capacity;
    return true;
}

bool bp_buffer_reserve(const bp_allocator *allocator, struct bp_buffer *buffer, size_t size)
{
    size_t need;
    return bp_size_add(buffer->used, size, &need) && (need <= buffer->capacity || grow(allocator, buffer, need));
}

bool bp_buffer_add(const bp_allocator *allocator, struct bp_buffer *buffer, const void *bytes, size_t size)
{
    if (!bp_buffer_reserve(allocator, buffer, size))
        return false;
    if (bytes && size > 0)
        memcpy(buffer->bytes + buffer->used, bytes, size);
    else if (size > 0)
        memset(buffer->bytes + buffer->used, 0, size);
    buffer->used += size;
    return true;
}

void bp_buffer_release(const bp_allocator *allocator, struct bp_buffer *buffer)
{
    bp_memory_release(allocator, buffer->bytes);
    *buffer = (struct bp_buffer){0};
}
