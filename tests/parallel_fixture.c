/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "parallel_fixture.h"

#include <errno.h>
#include <sched.h>
#include <unistd.h>

#include "base/memory.h"

atomic_size_t made, refused;
atomic_size_t allowed = SIZE_MAX;
atomic_bool slowly;

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument)
{
    if (atomic_load(&allowed) == 0) {
        atomic_fetch_add(&refused, 1);
        errno = EAGAIN; /* which the failed system call leaves behind */
        return EAGAIN;
    }
    atomic_fetch_sub(&allowed, 1);
    atomic_fetch_add(&made, 1);
    const int status = __real_pthread_create(thread, attributes, run, argument);
    if (atomic_load(&slowly))
        usleep(1000);
    return status;
}

/* How often each part was run. These are plain numbers, so that the thread sanitiser sees two threads at one part,
 * and sees whether the caller may read what the workers wrote. */
struct tally {
    pthread_t caller;
    size_t count[PARTS];
    bool wrong; /* part 0 on another thread than the caller's, or another number of parts */
    size_t parts;
};

static void count_part(void *context, size_t part, size_t parts)
{
    struct tally *t = context;
    t->count[part]++;
    if (part == 0)
        t->wrong = parts != t->parts || !pthread_equal(pthread_self(), t->caller);
}

bool runs_each_part_once(struct bp_parallel *pool, size_t parts)
{
    struct tally t = {.caller = pthread_self(), .parts = parts};
    errno = SENTINEL;
    bp_parallel_run(pool, parts, count_part, &t);
    bool right = !t.wrong && errno == SENTINEL;
    for (size_t i = 0; i < PARTS; i++)
        right = right && t.count[i] == (i < parts);
    return right;
}

void meet(void *context, size_t part, size_t parts)
{
    struct meeting *m = context;
    (void)parts;
    if (part == 1) {
        pthread_sigmask(SIG_BLOCK, NULL, &m->mask);
        atomic_store(&m->met, true);
    }
    for (int i = 0; part == 0 && !atomic_load(&m->met) && i < 20000; i++)
        if (i < 10000)
            sched_yield();
        else
            usleep(1000);
}

bool meets_a_worker(struct bp_parallel *pool)
{
    struct meeting m = {.met = false};
    bp_parallel_run(pool, 2, meet, &m);
    return atomic_load(&m.met);
}

struct bp_parallel *pool_of(size_t threads)
{
    struct bp_parallel *pool = bp_parallel_create(&bp_memory_malloc, threads);
    assert_non_null(pool);
    bp_parallel_set_spin(pool, 50);
    return pool;
}
