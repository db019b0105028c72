/* SPDX-License-Identifier: MIT
 *
 * A pool of worker threads for work that falls into independent parts. One run at a time: a pool belongs to a handle,
 * and its runs to that handle's exclusive calls. A task must not run its own pool. */
#ifndef BP_BASE_PARALLEL_H
#define BP_BASE_PARALLEL_H

#include <stddef.h>

#include <bp/bp.h>

/* Does part `part` of `parts`. Parts write to different places. */
typedef void bp_task_fn(void *context, size_t part, size_t parts);

struct bp_parallel;

/* A pool for up to `threads` threads, the caller's among them. NULL if there is no memory. It starts no thread yet. */
struct bp_parallel *bp_parallel_create(const bp_allocator *allocator, size_t threads);

/* How long a thread that waits spins before it sleeps, from now on; 0 in a new pool: it sleeps at once. So it does in
 * any case if there are fewer CPUs than threads. NULL is fine. */
void bp_parallel_set_spin(struct bp_parallel *pool, unsigned microseconds);

/* Ends the threads and gives back the memory. NULL is fine; so is a pool inherited by fork. */
void bp_parallel_destroy(struct bp_parallel *pool);

/* Runs every part from 0 to parts - 1 once, part 0 on the calling thread, and returns when all are done. It cannot
 * fail: what no worker takes, the caller does, which is everything if `pool` is NULL. The first run, also the first in
 * a forked child, starts the threads; no other allocates. */
void bp_parallel_run(struct bp_parallel *pool, size_t parts, bp_task_fn *task, void *context);

/* How many threads the system lets run at the same time, at least 1; and the same where CPUs of one core count once, as
 * they share its arithmetic units. The system is asked at every call, as its limits can change: on Linux that took
 * 0.1 ms with 20 file systems mounted, and 0.01 ms more for each core. */
size_t bp_parallel_cpus(void);
size_t bp_parallel_cores(void);

#endif
