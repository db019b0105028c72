/* SPDX-License-Identifier: MIT
 *
 * Pools of threads, how many threads are made for them, and whether they do their work. */
#ifndef PARALLEL_FIXTURE_H
#define PARALLEL_FIXTURE_H

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/parallel.h"

enum {
    PARTS = 40,
    SENTINEL = 4711,
    ASLEEP = 20000 /* microseconds, after which no worker spins any more */
};

/* Of pthread_create(), which the program is linked with as __wrap_pthread_create(). */
extern atomic_size_t made, refused;
extern atomic_size_t allowed; /* from now on */
extern atomic_bool slowly;    /* so that a new thread runs before its maker continues */

/* There only under the thread sanitiser, which cannot follow threads made in a forked child. */
extern void __tsan_init(void) __attribute__((weak));

/* Whether a run does each part once. It asserts nothing, so that threads of hosts and child processes can call it. */
bool runs_each_part_once(struct bp_parallel *pool, size_t parts);

/* A run whose part 0 waits until a worker has begun part 1. So there is a worker, and it wakes. */
struct meeting {
    atomic_bool met;
    sigset_t mask; /* of the worker's signals */
};

void meet(void *context, size_t part, size_t parts);
bool meets_a_worker(struct bp_parallel *pool);

struct bp_parallel *pool_of(size_t threads);

#endif
