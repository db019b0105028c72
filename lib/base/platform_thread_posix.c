/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* sched_getaffinity */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#ifdef __linux__
#include "base/linux_cpus.h"
#endif
#include "base/platform.h"
#include "base/platform_thread.h"

size_t bp_threads_start(struct bp_thread *threads, size_t count, bp_thread_fn *run, void *argument)
{
    const int host_errno = errno;
    size_t started = 0;
    sigset_t all, host;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &host);
    while (started < count && pthread_create(&threads[started].id, NULL, run, argument) == 0)
        started++;
    pthread_sigmask(SIG_SETMASK, &host, NULL);
    errno = host_errno;
    return started;
}

void bp_threads_join(struct bp_thread *threads, size_t count)
{
    for (size_t i = 0; i < count; i++)
        pthread_join(threads[i].id, NULL);
}

void bp_thread_yield(void) { sched_yield(); }

bool bp_mutex_create(struct bp_mutex *mutex) { return pthread_mutex_init(&mutex->mutex, NULL) == 0; }
void bp_mutex_destroy(struct bp_mutex *mutex) { pthread_mutex_destroy(&mutex->mutex); }
void bp_mutex_lock(struct bp_mutex *mutex) { pthread_mutex_lock(&mutex->mutex); }
void bp_mutex_unlock(struct bp_mutex *mutex) { pthread_mutex_unlock(&mutex->mutex); }

bool bp_condition_create(struct bp_condition *condition) { return pthread_cond_init(&condition->condition, NULL) == 0; }
void bp_condition_destroy(struct bp_condition *condition) { pthread_cond_destroy(&condition->condition); }
void bp_condition_wait(struct bp_condition *condition, struct bp_mutex *mutex)
{
    pthread_cond_wait(&condition->condition, &mutex->mutex);
}
void bp_condition_wake_one(struct bp_condition *condition) { pthread_cond_signal(&condition->condition); }
void bp_condition_wake_all(struct bp_condition *condition) { pthread_cond_broadcast(&condition->condition); }

void bp_once(struct bp_once *once, void (*run)(void)) { (void)pthread_once(&once->once, run); }

bool bp_slot_create(struct bp_slot *slot, void (*release)(void *kept))
{
    return pthread_key_create(&slot->key, release) == 0;
}
void bp_slot_destroy(struct bp_slot *slot) { (void)pthread_key_delete(slot->key); }
void *bp_slot_get(const struct bp_slot *slot) { return pthread_getspecific(slot->key); }
bool bp_slot_set(struct bp_slot *slot, const void *kept) { return pthread_setspecific(slot->key, kept) == 0; }

#ifdef __linux__

/* The mask has a bit for every CPU that a kernel can have; but the call may be forbidden. */
static long count_by(size_t count(const char *root, const struct bp_linux_mask *mask))
{
    struct bp_linux_mask mask;
    if (sched_getaffinity(0, sizeof(mask), (cpu_set_t *)(void *)&mask) != 0)
        return sysconf(_SC_NPROCESSORS_ONLN);
    return (long)count("", &mask);
}

long bp_platform_cpus(void) { return count_by(bp_linux_cpus); }
long bp_platform_cores(void) { return count_by(bp_linux_cores); }

#else

long bp_platform_cpus(void) { return sysconf(_SC_NPROCESSORS_ONLN); }
long bp_platform_cores(void) { return bp_platform_cpus(); }

#endif
