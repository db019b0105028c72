/* SPDX-License-Identifier: MIT */
#include "base/parallel.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "base/platform.h"
#include "base/platform_thread.h"
#include "base/process.h"

/* Nanoseconds after which a thread that spins lets others run now and then: on a busy machine the very thread that it
 * waits for may be queued behind it. */
enum { SPIN_ALONE = 5000, CHECKS_PER_CLOCK = 16, MICROSECOND = 1000 };

/* Bytes between what different threads write. A cache line has 64 on most processors, but some of them fetch two lines
 * at once, or have lines of 128. A block of memory begins at any multiple of 64, so the distance is what counts. */
enum { APART = 128 };

/* Where threads sleep until something may have come true. */
struct bell {
    struct bp_condition rung;
    atomic_size_t sleepers;
};

struct bp_parallel {
    /* Written only when workers are started or ended, or the option is set. */
    struct bp_process process; /* which started the workers; none before the first run */
    bool has_cpus;             /* one for each thread */
    size_t workers, threads;
    bp_allocator allocator;
    atomic_uint spin; /* microseconds */
    atomic_bool stop; /* the workers are to return */
    unsigned char apart_from_run[APART];

    /* The run. Parts are taken from the last down to 1, by whoever comes: `untaken` is the next, or 0. Only who holds a
     * part may read the three fields here: the run, and so they, cannot end before that part is done. So a worker that
     * comes late, out of the run before, takes a part of the present run or none. */
    bp_task_fn *task;
    void *context;
    size_t parts;
    unsigned char apart_from_untaken[APART];
    atomic_size_t untaken;
    unsigned char apart_from_undone[APART];
    atomic_size_t undone; /* of the parts from 1 on */
    unsigned char apart_from_mutex[APART];

    struct bp_mutex mutex; /* guards falling asleep, nothing else */
    unsigned char apart_from_work[APART];
    struct bell work;
    unsigned char apart_from_done[APART];
    struct bell done;
    unsigned char apart_from_ids[APART];

    struct bp_thread ids[];
};

#define ARE_APART(first, second)                                                                                       \
    _Static_assert(offsetof(struct bp_parallel, second) >=                                                             \
                       offsetof(struct bp_parallel, first) + sizeof(((struct bp_parallel *)0)->first) + APART,         \
                   #first " shares no line with " #second)
ARE_APART(stop, task);
ARE_APART(parts, untaken);
ARE_APART(untaken, undone);
ARE_APART(undone, mutex);
ARE_APART(mutex, work);
ARE_APART(work, done);
ARE_APART(done, ids);

/* Leaves the core to its other thread for a moment. */
static inline void relax(void)
{
#if defined(__GNUC__) && (defined(__x86_64__) || defined(__i386__))
    __builtin_ia32_pause();
#elif defined(__GNUC__) && defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

typedef bool condition_fn(const struct bp_parallel *pool);

static bool is_called(const struct bp_parallel *pool)
{
    return atomic_load(&pool->untaken) || atomic_load(&pool->stop);
}
static bool is_done(const struct bp_parallel *pool) { return atomic_load(&pool->undone) == 0; }

/* For how long to spin, in nanoseconds. With fewer CPUs than threads, who spins keeps another thread from its work. */
static int64_t longest_spin(const struct bp_parallel *pool)
{
    const unsigned spin = atomic_load_explicit(&pool->spin, memory_order_relaxed);
    return pool->has_cpus ? (int64_t)spin * MICROSECOND : 0;
}

/* The option may change while a worker spins. */
static bool comes_soon(const struct bp_parallel *pool, condition_fn *condition)
{
    if (condition(pool))
        return true;
    if (longest_spin(pool) == 0)
        return false;
    const int64_t start = bp_platform_clock();
    for (int64_t spun = 0; spun < longest_spin(pool); spun = bp_platform_clock() - start) {
        if (spun > SPIN_ALONE)
            bp_thread_yield();
        for (int i = 0; i < CHECKS_PER_CLOCK; i++) {
            relax();
            if (condition(pool))
                return true;
        }
    }
    return false;
}

/* No call is missed: who makes the condition true looks for sleepers afterwards, and who falls asleep counts himself a
 * sleeper before he looks at the condition. All in sequentially consistent order, so one of the two sees the other. */
static void await(struct bp_parallel *pool, struct bell *bell, condition_fn *condition)
{
    while (!comes_soon(pool, condition)) { /* spins again when woken: too late for this call is early for the next */
        bp_mutex_lock(&pool->mutex);
        atomic_fetch_add(&bell->sleepers, 1);
        if (!condition(pool))
            bp_condition_wait(&bell->rung, &pool->mutex);
        atomic_fetch_sub(&bell->sleepers, 1);
        bp_mutex_unlock(&pool->mutex);
    }
}

/* Wakes up to `count` sleepers. */
static void ring(struct bp_parallel *pool, struct bell *bell, size_t count)
{
    const size_t sleepers = atomic_load(&bell->sleepers);
    if (sleepers == 0)
        return;
    bp_mutex_lock(&pool->mutex); /* a sleeper that was counted but not yet asleep is asleep now */
    bp_mutex_unlock(&pool->mutex);
    if (count >= sleepers)
        bp_condition_wake_all(&bell->rung);
    else
        for (; count > 0; count--)
            bp_condition_wake_one(&bell->rung);
}

/* The part to do next; 0 if all are taken. */
static size_t take(struct bp_parallel *pool)
{
    size_t part = atomic_load(&pool->untaken);
    while (part != 0 && !atomic_compare_exchange_weak(&pool->untaken, &part, part - 1))
        ;
    return part;
}

static void do_parts(struct bp_parallel *pool)
{
    for (size_t part = take(pool); part != 0; part = take(pool)) {
        pool->task(pool->context, part, pool->parts);
        if (atomic_fetch_sub(&pool->undone, 1) == 1)
            ring(pool, &pool->done, 1);
    }
}

static void *work(void *argument)
{
    struct bp_parallel *pool = argument;
    while (!atomic_load(&pool->stop)) {
        await(pool, &pool->work, is_called);
        do_parts(pool);
    }
    return NULL;
}

static void destroy_bells(struct bp_parallel *pool)
{
    bp_condition_destroy(&pool->done.rung);
    bp_condition_destroy(&pool->work.rung);
    bp_mutex_destroy(&pool->mutex);
}

/* From whatever state: fork may have copied the pool in the middle of anything, and copies no thread but its own. */
static void start(struct bp_parallel *pool)
{
    bp_process_enter(&pool->process);
    pool->has_cpus = pool->threads <= bp_parallel_cpus();
    pool->workers = 0;
    atomic_store(&pool->untaken, 0);
    atomic_store(&pool->work.sleepers, 0);
    atomic_store(&pool->done.sleepers, 0);
    if (!bp_mutex_create(&pool->mutex) || !bp_condition_create(&pool->work.rung) ||
        !bp_condition_create(&pool->done.rung))
        return;
    pool->workers = bp_threads_start(pool->ids, pool->threads - 1, work, pool);
    if (pool->workers == 0)
        destroy_bells(pool);
}

static bool has_workers(struct bp_parallel *pool)
{
    if (pool->threads > 1 && !bp_process_is_this(&pool->process))
        start(pool);
    return pool->workers > 0;
}

struct bp_parallel *bp_parallel_create(const bp_allocator *allocator, size_t threads)
{
    size_t ids, size;
    if (!bp_size_multiply(threads, sizeof(struct bp_thread), &ids) ||
        !bp_size_add(ids, sizeof(struct bp_parallel), &size))
        return NULL;
    struct bp_parallel *pool = bp_memory_allocate(allocator, 1, size);
    if (!pool)
        return NULL;
    pool->allocator = *allocator;
    pool->threads = threads;
    return pool;
}

void bp_parallel_set_spin(struct bp_parallel *pool, unsigned microseconds)
{
    if (pool)
        atomic_store_explicit(&pool->spin, microseconds, memory_order_relaxed);
}

void bp_parallel_destroy(struct bp_parallel *pool)
{
    if (!pool)
        return;
    const int host = errno;
    /* in a forked child they are not there to be joined */
    if (bp_process_is_this(&pool->process) && pool->workers > 0) {
        atomic_store(&pool->stop, true);
        ring(pool, &pool->work, pool->workers);
        bp_threads_join(pool->ids, pool->workers);
        destroy_bells(pool);
    }
    bp_process_leave(&pool->process);
    errno = host;
    const bp_allocator allocator = pool->allocator;
    bp_memory_release(&allocator, pool);
}

void bp_parallel_run(struct bp_parallel *pool, size_t parts, bp_task_fn *task, void *context)
{
    if (!pool || parts < 2 || !has_workers(pool)) {
        for (size_t part = 0; part < parts; part++)
            task(context, part, parts);
        return;
    }
    pool->task = task;
    pool->context = context;
    pool->parts = parts;
    atomic_store(&pool->undone, parts - 1);
    atomic_store(&pool->untaken, parts - 1);
    ring(pool, &pool->work, parts - 1);
    task(context, 0, parts);
    do_parts(pool);
    await(pool, &pool->done, is_done);
}

static size_t ask(long count(void))
{
    const int host = errno;
    const long counted = count();
    errno = host;
    return counted < 1 ? 1 : (size_t)counted;
}

size_t bp_parallel_cpus(void) { return ask(bp_platform_cpus); }

size_t bp_parallel_cores(void) { return ask(bp_platform_cores); }
