/* SPDX-License-Identifier: MIT
 *
 * Memory: every byte of the library comes through here, from the allocator of the handle it belongs to. */
#ifndef BP_BASE_MEMORY_H
#define BP_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#include <bp/bp.h>

/* Every block begins on a cache line, which is also the widest vector. */
enum { BP_ALIGNMENT = 64 };

/* malloc and free. */
extern const bp_allocator bp_memory_malloc;

/* The product or sum of two sizes; false, and nothing stored, if it does not fit. */
bool bp_size_multiply(size_t a, size_t b, size_t *product);
bool bp_size_add(size_t a, size_t b, size_t *sum);

/* count * size bytes, aligned and zeroed; NULL if that does not fit in a size or there is no memory. */
void *bp_memory_allocate(const bp_allocator *allocator, size_t count, size_t size);

/* NULL is fine. */
void bp_memory_release(const bp_allocator *allocator, void *memory);

#endif
