/* SPDX-License-Identifier: MIT */
#include "base/memory.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/platform.h"

/* Zeros: what comes fresh from the system is so already, and costs nothing until it is touched. */
static void *malloc_allocate(void *user, size_t size)
{
    (void)user;
    const int host = errno; /* is not ours to change */
    void *memory = calloc(size, 1);
    if (memory) /* over the weights of wide layers the translation of addresses costs a hundredth of the time */
        bp_platform_want_huge_pages(memory, size);
    errno = host;
    return memory;
}

static void malloc_release(void *user, void *memory, size_t size)
{
    (void)user;
    (void)size;
    free(memory);
}

const bp_allocator bp_memory_malloc = {sizeof(bp_allocator), NULL, malloc_allocate, malloc_release};

/* Stands right before the aligned block, so that release can give the allocator what it gave. */
struct header {
    void *start;
    size_t size;
};

bool bp_size_multiply(size_t a, size_t b, size_t *product)
{
    const size_t half = SIZE_MAX >> (sizeof(size_t) * 4); /* two numbers up to it need no division */
    if ((a | b) > half && b != 0 && a > SIZE_MAX / b)
        return false;
    *product = a * b;
    return true;
}

bool bp_size_add(size_t a, size_t b, size_t *sum)
{
    if (a > SIZE_MAX - b)
        return false;
    *sum = a + b;
    return true;
}

void *bp_memory_allocate(const bp_allocator *allocator, size_t count, size_t size)
{
    size_t bytes, whole;
    if (!bp_size_multiply(count, size, &bytes) || !bp_size_add(bytes, sizeof(struct header) + BP_ALIGNMENT, &whole))
        return NULL;
    void *start = allocator->allocate(allocator->user, whole);
    if (!start)
        return NULL;
    const uintptr_t first = (uintptr_t)start + sizeof(struct header);
    char *block = (char *)start + sizeof(struct header) + (BP_ALIGNMENT - first % BP_ALIGNMENT) % BP_ALIGNMENT;
    memcpy(block - sizeof(struct header), &(struct header){start, whole}, sizeof(struct header));
    return allocator->allocate == malloc_allocate ? block : memset(block, 0, bytes);
}

void bp_memory_release(const bp_allocator *allocator, void *memory)
{
    if (!memory)
        return;
    struct header header;
    memcpy(&header, (char *)memory - sizeof(header), sizeof(header));
    allocator->release(allocator->user, header.start, header.size);
}
