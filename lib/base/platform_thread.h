/* SPDX-License-Identifier: MIT
 *
 * Threads of the system, and what they wait for. See platform.h. */
#ifndef BP_BASE_PLATFORM_THREAD_H
#define BP_BASE_PLATFORM_THREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a thread runs. Its result is of no use: NULL. */
typedef void *bp_thread_fn(void *argument);

#ifdef _WIN32

struct bp_thread {
    void *handle;
    bp_thread_fn *run;
    void *argument;
};
struct bp_mutex {
    void *lock; /* an SRWLOCK */
};
struct bp_condition {
    void *variable; /* a CONDITION_VARIABLE */
};
struct bp_once {
    void *once; /* an INIT_ONCE */
};
struct bp_slot {
    uint32_t index;
};
#define BP_ONCE                                                                                                        \
    {                                                                                                                  \
        NULL                                                                                                           \
    }

#else

#include <pthread.h>

struct bp_thread {
    pthread_t id;
};
struct bp_mutex {
    pthread_mutex_t mutex;
};
struct bp_condition {
    pthread_cond_t condition;
};
struct bp_once {
    pthread_once_t once;
};
struct bp_slot {
    pthread_key_t key;
};
#define BP_ONCE                                                                                                        \
    {                                                                                                                  \
        PTHREAD_ONCE_INIT                                                                                              \
    }

#endif

/* Starts up to `count` threads and returns how many: fewer if the system has no more. They handle no signal, as signals
 * are the host's. The array stays where it is until they are joined. Keeps errno. */
size_t bp_threads_start(struct bp_thread *threads, size_t count, bp_thread_fn *run, void *argument);
void bp_threads_join(struct bp_thread *threads, size_t count);

/* Lets others run. */
void bp_thread_yield(void);

/* False if the system has no more of them. */
bool bp_mutex_create(struct bp_mutex *mutex);
void bp_mutex_destroy(struct bp_mutex *mutex);
void bp_mutex_lock(struct bp_mutex *mutex);
void bp_mutex_unlock(struct bp_mutex *mutex);

bool bp_condition_create(struct bp_condition *condition);
void bp_condition_destroy(struct bp_condition *condition);
/* Gives the mutex back while it sleeps. It may wake without a call. */
void bp_condition_wait(struct bp_condition *condition, struct bp_mutex *mutex);
void bp_condition_wake_one(struct bp_condition *condition);
void bp_condition_wake_all(struct bp_condition *condition);

/* Runs the function unless a call for the same BP_ONCE did, and returns when that is done. */
void bp_once(struct bp_once *once, void (*run)(void));

/* A pointer for each thread, NULL at first. When a thread ends, what it has there is released. False if the system has
 * no more slots, or no memory. After the slot is destroyed nothing is released; Windows releases what all threads have
 * at that moment. */
bool bp_slot_create(struct bp_slot *slot, void (*release)(void *kept));
void bp_slot_destroy(struct bp_slot *slot);
void *bp_slot_get(const struct bp_slot *slot);
bool bp_slot_set(struct bp_slot *slot, const void *kept);

#endif
