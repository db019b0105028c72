/* SPDX-License-Identifier: MIT
 *
 * An allocator that counts, checks what is released, and fails at the allocations that a test chooses. */
#ifndef FAILING_ALLOCATOR_H
#define FAILING_ALLOCATOR_H

#include <stdbool.h>
#include <stddef.h>

#include <bp/bp.h>

struct failing {
    size_t calls;      /* allocations asked for */
    size_t fail_at;    /* the number, from 1, of the allocation that fails; 0: none */
    bool from_then_on; /* and all after it */
    size_t failures;
    size_t live;  /* blocks out, */
    size_t bytes; /* their bytes, */
    size_t peak;  /* and the most that these ever were */
    size_t wrong; /* releases of a block that is not ours, or with another size */
};

/* Its `user` is the struct. It has no lock, so it is for one thread. It never gives more than a GiB. */
bp_allocator failing_allocator(struct failing *failing);

#endif
