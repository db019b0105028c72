/* SPDX-License-Identifier: MIT */
#include "failing_allocator.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct block {
    uint64_t magic;
    size_t size;
};

#define LIVE UINT64_C(0x6c69766520626c6f)
#define DEAD UINT64_C(0x6465616420626c6f)

enum { FRONT = 64 }; /* keeps malloc's alignment behind the header */

static void *allocate(void *user, size_t size)
{
    struct failing *f = user;
    f->calls++;
    if (size > (size_t)1 << 30 ||
        (f->fail_at != 0 && (f->calls == f->fail_at || (f->from_then_on && f->calls > f->fail_at)))) {
        f->failures++;
        return NULL;
    }
    char *start = malloc(FRONT + size);
    if (!start)
        return NULL;
    memcpy(start, &(struct block){LIVE, size}, sizeof(struct block));
    memset(start + FRONT, 0xa5, size); /* nobody may count on zeros */
    f->live++;
    f->bytes += size;
    f->peak = f->bytes > f->peak ? f->bytes : f->peak;
    return start + FRONT;
}

static void release(void *user, void *memory, size_t size)
{
    struct failing *f = user;
    char *start = (char *)memory - FRONT;
    struct block block;
    memcpy(&block, start, sizeof(block));
    if (block.magic != LIVE || block.size != size) {
        f->wrong++;
        return;
    }
    memset(memory, 0x5a, size);
    memcpy(start, &(struct block){DEAD, size}, sizeof(block));
    f->live--;
    f->bytes -= size;
    free(start);
}

bp_allocator failing_allocator(struct failing *failing)
{
    return (bp_allocator){sizeof(bp_allocator), failing, allocate, release};
}
