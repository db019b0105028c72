/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <process.h>

#include "base/platform.h"
#include "base/platform_thread.h"
#include "base/windows.h"

/* The kinds of Windows are a pointer each, which is NULL at first. */
#define LOCK(mutex) ((SRWLOCK *)(void *)&(mutex)->lock)
#define VARIABLE(condition) ((CONDITION_VARIABLE *)(void *)&(condition)->variable)
_Static_assert(sizeof(SRWLOCK) == sizeof(void *) && sizeof(CONDITION_VARIABLE) == sizeof(void *) &&
                   sizeof(INIT_ONCE) == sizeof(void *),
               "a pointer is room for each");

static unsigned __stdcall run(void *given)
{
    const struct bp_thread *thread = given;
    thread->run(thread->argument);
    return 0;
}

/* Not CreateThread(): the C library is used there. */
size_t bp_threads_start(struct bp_thread *threads, size_t count, bp_thread_fn *function, void *argument)
{
    const int host_errno = errno;
    size_t started = 0;
    for (; started < count; started++) {
        struct bp_thread *thread = &threads[started];
        *thread = (struct bp_thread){.run = function, .argument = argument};
        thread->handle = (void *)_beginthreadex(NULL, 0, run, thread, 0, NULL);
        if (!thread->handle)
            break;
    }
    errno = host_errno;
    return started;
}

void bp_threads_join(struct bp_thread *threads, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        (void)WaitForSingleObject(threads[i].handle, INFINITE);
        (void)CloseHandle(threads[i].handle);
    }
}

void bp_thread_yield(void) { (void)SwitchToThread(); }

bool bp_mutex_create(struct bp_mutex *mutex)
{
    InitializeSRWLock(LOCK(mutex));
    return true;
}
void bp_mutex_destroy(struct bp_mutex *mutex) { (void)mutex; }
void bp_mutex_lock(struct bp_mutex *mutex) { AcquireSRWLockExclusive(LOCK(mutex)); }
void bp_mutex_unlock(struct bp_mutex *mutex) { ReleaseSRWLockExclusive(LOCK(mutex)); }

bool bp_condition_create(struct bp_condition *condition)
{
    InitializeConditionVariable(VARIABLE(condition));
    return true;
}
void bp_condition_destroy(struct bp_condition *condition) { (void)condition; }
void bp_condition_wait(struct bp_condition *condition, struct bp_mutex *mutex)
{
    (void)SleepConditionVariableSRW(VARIABLE(condition), LOCK(mutex), INFINITE, 0);
}
void bp_condition_wake_one(struct bp_condition *condition) { WakeConditionVariable(VARIABLE(condition)); }
void bp_condition_wake_all(struct bp_condition *condition) { WakeAllConditionVariable(VARIABLE(condition)); }

struct task {
    void (*run)(void);
};

static BOOL CALLBACK run_once(INIT_ONCE *once, void *given, void **context)
{
    const struct task *task = given;
    (void)once;
    (void)context;
    task->run();
    return TRUE;
}

void bp_once(struct bp_once *once, void (*function)(void))
{
    struct task task = {function};
    (void)InitOnceExecuteOnce((INIT_ONCE *)(void *)&once->once, run_once, &task, NULL);
}

/* A fibre-local slot: unlike a thread-local one it has a function that is called when the thread ends. */
bool bp_slot_create(struct bp_slot *slot, void (*release)(void *kept))
{
    slot->index = FlsAlloc(release);
    return slot->index != FLS_OUT_OF_INDEXES;
}
void bp_slot_destroy(struct bp_slot *slot) { (void)FlsFree(slot->index); }

/* A failed call of the host's own may still be asked for its reason. */
void *bp_slot_get(const struct bp_slot *slot)
{
    const DWORD reason = GetLastError();
    void *kept = FlsGetValue(slot->index);
    SetLastError(reason);
    return kept;
}
bool bp_slot_set(struct bp_slot *slot, const void *kept) { return FlsSetValue(slot->index, (void *)(uintptr_t)kept); }

long bp_platform_cpus(void)
{
    DWORD_PTR process, all;
    if (!GetProcessAffinityMask(GetCurrentProcess(), &process, &all) || process == 0) /* in several groups of CPUs */
        return (long)GetActiveProcessorCount(ALL_PROCESSOR_GROUPS);
    return __builtin_popcountll(process);
}

long bp_platform_cores(void) { return bp_platform_cpus(); }
