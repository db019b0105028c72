/* SPDX-License-Identifier: MIT
 *
 * Bytes that grow as they come, so that nothing is allocated before it has been read. */
#ifndef BP_BASE_BUFFER_H
#define BP_BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <bp/bp.h>

struct bp_buffer {
    unsigned char *bytes; /* aligned for every number */
    size_t used, capacity;
};

/* `size` more bytes, copied from `bytes` or zeros if that is NULL. False, and nothing changes, if there is no
 * memory. */
bool bp_buffer_add(const bp_allocator *allocator, struct bp_buffer *buffer, const void *bytes, size_t size);
/* The same of bytes that are there, without a call where they fit: for a few at a time. */
static inline bool bp_buffer_put(const bp_allocator *allocator, struct bp_buffer *buffer, const void *bytes,
                                 size_t size)
{
    if (size >= buffer->capacity - buffer->used)
        return bp_buffer_add(allocator, buffer, bytes, size);
    memcpy(buffer->bytes + buffer->used, bytes, size);
    buffer->used += size;
    return true;
}
/* Makes sure that adding `size` more bytes cannot fail. False, and nothing changes, if there is no memory. */
bool bp_buffer_reserve(const bp_allocator *allocator, struct bp_buffer *buffer, size_t size);
void bp_buffer_release(const bp_allocator *allocator, struct bp_buffer *buffer);

#endif
