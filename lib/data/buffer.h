/* SPDX-License-Identifier: MIT
 *
 * Bytes that grow as they come, so that nothing is allocated before it has been read. */
#ifndef BP_DATA_BUFFER_H
#define BP_DATA_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

#include <bp/bp.h>

struct bp_buffer {
    unsigned char *bytes; /* aligned for every number */
    size_t used, room;
};

/* `size` more bytes, copied from `bytes` or zeros if that is NULL. False, and nothing changes, if there is no memory. */
bool bp_buffer_add(const bp_allocator *allocator, struct bp_buffer *buffer, const void *bytes, size_t size);
/* Room for `size` more bytes, so that adding them cannot fail. False, and nothing changes, if there is no memory. */
bool bp_buffer_reserve(const bp_allocator *allocator, struct bp_buffer *buffer, size_t size);
void bp_buffer_release(const bp_allocator *allocator, struct bp_buffer *buffer);

#endif
