/* SPDX-License-Identifier: MIT
 *
 * The pool of threads: each part once, whatever the number of threads, on whatever has become of them: asleep, left
 * behind by fork, also where the child has the parent's process number, or never made. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "failing_allocator.h"

enum {
    PARTS = 40,
    HOSTS = 4,
    SENTINEL = 4711,
    ASLEEP = 20000 /* microseconds, after which no worker spins any more */
};

/* What a process of the tests below exits with. */
enum { FAILED = 1, REFUSED, LATE };

/* ------------------------------------------------------------------------------------------- threads, made and refused */

static atomic_size_t made, refused;
static atomic_size_t allowed = SIZE_MAX; /* from now on */
static atomic_bool slowly;               /* so that a thread runs before its maker goes on */

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

/* The process number that getpid() returns; 0: the true one. */
static atomic_int claimed;

pid_t __real_getpid(void);
pid_t __wrap_getpid(void);

pid_t __wrap_getpid(void) { return atomic_load(&claimed) != 0 ? atomic_load(&claimed) : __real_getpid(); }

/* Calls that give the pool no page that fork wipes. */
static atomic_bool no_page, no_wiping;

void *__real_mmap64(void *at, size_t size, int protection, int flags, int file, off_t offset);
void *__wrap_mmap64(void *at, size_t size, int protection, int flags, int file, off_t offset);

void *__wrap_mmap64(void *at, size_t size, int protection, int flags, int file, off_t offset)
{
    if (!atomic_load(&no_page))
        return __real_mmap64(at, size, protection, flags, file, offset);
    errno = ENOMEM;
    return MAP_FAILED;
}

int __real_madvise(void *at, size_t size, int advice);
int __wrap_madvise(void *at, size_t size, int advice);

int __wrap_madvise(void *at, size_t size, int advice)
{
    if (!atomic_load(&no_wiping))
        return __real_madvise(at, size, advice);
    errno = EINVAL;
    return -1;
}

/* There only under the thread sanitiser, which cannot follow threads made in a forked child. */
extern void __tsan_init(void) __attribute__((weak));

/* ---------------------------------------------------------------------------------------------------------------- runs */

/* How often each part was run: plain numbers, so that the thread sanitiser sees two threads at one, and sees whether
 * the caller may read what the workers wrote. */
struct tally {
    pthread_t caller;
    size_t count[PARTS];
    bool wrong; /* part 0 elsewhere than on the caller's thread, or another number of parts */
    size_t parts;
};

static void count_part(void *context, size_t part, size_t parts)
{
    struct tally *t = context;
    t->count[part]++;
    if (part == 0)
        t->wrong = parts != t->parts || !pthread_equal(pthread_self(), t->caller);
}

/* Whether a run does each part once. No assertion, so that hosts' threads and children may ask. */
static bool runs_each_part_once(struct bp_parallel *pool, size_t parts)
{
    struct tally t = {.caller = pthread_self(), .parts = parts};
    errno = SENTINEL;
    bp_parallel_run(pool, parts, count_part, &t);
    bool right = !t.wrong && errno == SENTINEL;
    for (size_t i = 0; i < PARTS; i++)
        right = right && t.count[i] == (i < parts);
    return right;
}

/* A run of which part 0 waits until a worker has begun part 1: so some worker is there and wakes. */
struct meeting {
    atomic_bool met;
    sigset_t mask; /* of the worker's signals */
};

static void meet(void *context, size_t part, size_t parts)
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

static bool meets_a_worker(struct bp_parallel *pool)
{
    struct meeting m = {.met = false};
    bp_parallel_run(pool, 2, meet, &m);
    return atomic_load(&m.met);
}

static struct bp_parallel *pool_of(size_t threads)
{
    struct bp_parallel *pool = bp_parallel_create(&bp_memory_malloc, threads);
    assert_non_null(pool);
    return pool;
}

/* --------------------------------------------------------------------------------------------------------------- tests */

static void every_part_is_run_once(void **state)
{
    static const size_t threads[] = {0, 1, 2, 3, 7, 16};
    (void)state;
    for (size_t i = 0; i < sizeof(threads) / sizeof(threads[0]); i++) {
        struct bp_parallel *pool = pool_of(threads[i]);
        for (size_t parts = 0; parts <= PARTS; parts++)
            assert_true(runs_each_part_once(pool, parts));
        bp_parallel_destroy(pool);
    }
    for (size_t parts = 0; parts <= PARTS; parts++)
        assert_true(runs_each_part_once(NULL, parts));
}

static void runs_may_follow_each_other_closely(void **state)
{
    (void)state;
    for (size_t threads = 2; threads <= 4; threads += 2) {
        struct bp_parallel *pool = pool_of(threads);
        for (size_t run = 0; run < 10000; run++)
            assert_true(runs_each_part_once(pool, 2 + run % 4));
        bp_parallel_destroy(pool);
    }
}

static void threads_are_made_at_the_first_run_and_kept(void **state)
{
    (void)state;
    atomic_store(&made, 0);
    bp_parallel_destroy(NULL);
    bp_parallel_destroy(pool_of(5));
    struct bp_parallel *pool = pool_of(5);
    assert_true(runs_each_part_once(pool, 1));
    assert_int_equal(atomic_load(&made), 0);
    for (size_t parts = 2; parts < PARTS; parts++)
        assert_true(runs_each_part_once(pool, parts));
    assert_int_equal(atomic_load(&made), 4);
    bp_parallel_destroy(pool);
}

static void pass(int microseconds)
{
    struct timespec now, start;
    clock_gettime(CLOCK_MONOTONIC, &start);
    do
        clock_gettime(CLOCK_MONOTONIC, &now);
    while ((now.tv_sec - start.tv_sec) * 1000000 + (now.tv_nsec - start.tv_nsec) / 1000 < microseconds);
}

static void workers_come_spinning_asleep_or_about_to_sleep(void **state)
{
    (void)state;
    struct bp_parallel *pool = pool_of(2);
    for (int i = 0; i < 10; i++) {
        assert_true(meets_a_worker(pool));
        usleep(ASLEEP);
    }
    for (int i = 0; i < 5000; i++) {
        assert_true(meets_a_worker(pool));
        pass(i % 80);
    }
    bp_parallel_destroy(pool);
}

/* Parts of which 0 ends when all have begun, the others much later. */
struct laggards {
    atomic_size_t begun;
    bool ended[3];
};

static void lag(void *context, size_t part, size_t parts)
{
    struct laggards *l = context;
    atomic_fetch_add(&l->begun, 1);
    for (int i = 0; atomic_load(&l->begun) < parts && i < 10000; i++)
        usleep(1000);
    if (part != 0)
        usleep(ASLEEP);
    l->ended[part] = true;
}

static void the_caller_sleeps_until_the_last_part_is_done(void **state)
{
    (void)state;
    struct bp_parallel *pool = pool_of(3);
    for (int i = 0; i < 5; i++) {
        struct laggards l = {.begun = 0};
        bp_parallel_run(pool, 3, lag, &l);
        const bool all = l.ended[0] && l.ended[1] && l.ended[2];
        usleep(2 * ASLEEP); /* until nobody writes to `l` any more, come what may */
        assert_true(all);
    }
    bp_parallel_destroy(pool);
}

static void workers_block_all_signals_and_the_caller_keeps_its_own(void **state)
{
    (void)state;
    sigset_t test, before, after;
    struct meeting m = {.met = false};
    struct bp_parallel *pool = pool_of(2);
    sigemptyset(&before);
    sigaddset(&before, SIGUSR1);
    pthread_sigmask(SIG_SETMASK, &before, &test);
    bp_parallel_run(pool, 2, meet, &m);
    pthread_sigmask(SIG_SETMASK, &test, &after);
    bp_parallel_destroy(pool);
    assert_true(atomic_load(&m.met));
    for (int signal = 1; signal <= SIGRTMAX; signal++) {
        const bool internal = signal > SIGSYS && signal < SIGRTMIN; /* the C library's own, which it keeps open */
        if (signal != SIGKILL && signal != SIGSTOP && !internal)
            assert_int_equal(sigismember(&m.mask, signal), 1);
        assert_int_equal(sigismember(&after, signal), signal == SIGUSR1);
    }
}

static void threads_that_cannot_be_made_are_done_without(void **state)
{
    (void)state;
    for (size_t n = 0; n < 6; n++) {
        struct bp_parallel *pool = pool_of(6);
        bool right = true;
        atomic_store(&refused, 0);
        atomic_store(&allowed, n);
        for (size_t parts = 1; parts <= PARTS; parts++)
            right = runs_each_part_once(pool, parts) && right;
        atomic_store(&allowed, SIZE_MAX);
        assert_true(right);
        assert_int_equal(atomic_load(&refused), n < 5); /* and not asked for again */
        assert_true(n == 0 || meets_a_worker(pool));
        bp_parallel_destroy(pool);
    }
}

static void memory_comes_from_the_allocator_and_goes_back(void **state)
{
    (void)state;
    struct failing failing = {.fail_at = 1};
    const bp_allocator allocator = failing_allocator(&failing);
    assert_null(bp_parallel_create(&allocator, 2));
    assert_null(bp_parallel_create(&allocator, SIZE_MAX));
    assert_null(bp_parallel_create(&allocator, SIZE_MAX / sizeof(pthread_t) + 2));
    struct bp_parallel *pool = bp_parallel_create(&allocator, 3);
    assert_non_null(pool);
    const size_t calls = failing.calls;
    assert_true(runs_each_part_once(pool, PARTS));
    assert_int_equal(failing.calls, calls);
    bp_parallel_destroy(pool);
    assert_true(failing.live == 0 && failing.wrong == 0);
}

/* A part of an outer pool, which runs a pool of its own. */
static void run_inner_pool(void *context, size_t part, size_t parts)
{
    bool *right = context;
    struct bp_parallel *pool = bp_parallel_create(&bp_memory_malloc, 2 + part % 2);
    right[part] = pool != NULL && parts == 3;
    for (size_t n = 1; n <= PARTS; n++)
        right[part] = runs_each_part_once(pool, n) && right[part];
    bp_parallel_destroy(pool);
}

static void *run_outer_pool(void *argument)
{
    bool right[3] = {false};
    struct bp_parallel *pool = bp_parallel_create(&bp_memory_malloc, 3);
    bp_parallel_run(pool, 3, run_inner_pool, right);
    bp_parallel_destroy(pool);
    *(bool *)argument = pool && right[0] && right[1] && right[2];
    return NULL;
}

static void pools_of_several_threads_and_pools_in_pools_do_not_meet(void **state)
{
    (void)state;
    pthread_t hosts[HOSTS];
    bool right[HOSTS];
    for (size_t i = 0; i < HOSTS; i++)
        assert_int_equal(pthread_create(&hosts[i], NULL, run_outer_pool, &right[i]), 0);
    for (size_t i = 0; i < HOSTS; i++)
        assert_int_equal(pthread_join(hosts[i], NULL), 0);
    for (size_t i = 0; i < HOSTS; i++)
        assert_true(right[i]);
}

static void the_cpus_are_those_of_the_affinity_mask(void **state)
{
    (void)state;
    cpu_set_t mask, one;
    assert_int_equal(sched_getaffinity(0, sizeof(mask), &mask), 0);
    assert_int_equal(bp_parallel_cpus(), CPU_COUNT(&mask));
    CPU_ZERO(&one);
    for (size_t cpu = 0; CPU_COUNT(&one) == 0; cpu++)
        if (CPU_ISSET(cpu, &mask))
            CPU_SET(cpu, &one);
    assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
    assert_int_equal(bp_parallel_cpus(), 1);
    struct bp_parallel *pool = pool_of(4);
    assert_true(runs_each_part_once(pool, PARTS) && meets_a_worker(pool));
    bp_parallel_destroy(pool);
    assert_int_equal(sched_setaffinity(0, sizeof(mask), &mask), 0);
}

/* Forks a child that runs the pool, on threads of its own, or does not, and destroys it. Whether it ended well. */
static bool child_does_well(struct bp_parallel *pool, bool run)
{
    const pid_t child = fork();
    if (child == 0) {
        alarm(60); /* a child that hangs fails */
        atomic_store(&made, 0);
        atomic_store(&slowly, true);
        bool right = true;
        for (size_t parts = 1; run && parts <= PARTS; parts++)
            right = runs_each_part_once(pool, parts) && right;
        right = right && (!run || (meets_a_worker(pool) && atomic_load(&made) > 0));
        bp_parallel_destroy(pool);
        _exit(right ? 0 : 1);
    }
    int status = 1;
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void forked_children_start_threads_of_their_own(void **state)
{
    (void)state;
    if (__tsan_init)
        skip();
    struct bp_parallel *pool = pool_of(3);
    assert_true(child_does_well(pool, true)); /* the parent has no threads yet */
    for (int i = 0; i < 20; i++) {
        assert_true(meets_a_worker(pool)); /* and finds its workers again after the child */
        if (i % 4 / 2 == 0)                /* asleep or spinning */
            usleep(ASLEEP);
        assert_true(child_does_well(pool, i % 2 == 0));
    }
    bp_parallel_destroy(pool);
}

/* By the number of the process alone. */
static void so_they_do_without_a_page_that_fork_wipes(void **state)
{
    (void)state;
    if (__tsan_init)
        skip();
    for (int i = 0; i < 4; i++) {
        struct bp_parallel *pool = pool_of(3);
        atomic_store(&no_page, i % 2 == 0);
        atomic_store(&no_wiping, true);
        bool well = runs_each_part_once(pool, PARTS) && meets_a_worker(pool);
        well = well && child_does_well(pool, i / 2 == 0);
        well = well && meets_a_worker(pool);
        bp_parallel_destroy(pool);
        atomic_store(&no_page, false);
        atomic_store(&no_wiping, false);
        assert_true(well);
    }
}

/* What a child of another thread would inherit: a pool in the middle of a run, with parts not yet taken. */
struct forker {
    struct bp_parallel *pool;
    pid_t parent;
    bool run, well;
};

static void fork_in_part_0(void *context, size_t part, size_t parts)
{
    struct forker *f = context;
    (void)parts;
    if (part == 0)
        f->well = child_does_well(f->pool, f->run);
    else if (getpid() != f->parent)
        _exit(1); /* the child's workers have gone on with the parent's run */
    else
        usleep(1000);
}

static void a_child_forked_in_the_middle_of_a_run_does_well(void **state)
{
    (void)state;
    if (__tsan_init)
        skip();
    for (int i = 0; i < 10; i++) {
        struct forker f = {.pool = pool_of(16), .parent = getpid(), .run = i % 2 == 0};
        bp_parallel_run(f.pool, PARTS, fork_in_part_0, &f);
        assert_true(f.well);
        assert_true(runs_each_part_once(f.pool, PARTS));
        bp_parallel_destroy(f.pool);
    }
}

/* ------------------------------------------------------------------------------------- a process number that comes again */

static bool can_wipe_on_fork(void)
{
#ifdef MADV_WIPEONFORK
    void *page = mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(page != MAP_FAILED);
    const bool can = madvise(page, 1, MADV_WIPEONFORK) == 0;
    munmap(page, 1);
    return can;
#else
    return false;
#endif
}

static void skip_because(const char *reason)
{
    print_message("skipped: %s\n", reason);
    skip();
}

/* Numbers of processes are used again: a descendant may have that of the process which made the workers. */
static void a_child_with_its_parents_number_starts_threads_of_its_own(void **state)
{
    (void)state;
    if (__tsan_init)
        skip_because("the thread sanitiser cannot follow threads that a forked child makes");
    if (!can_wipe_on_fork())
        skip_because(
            "this system has no MADV_WIPEONFORK, and the process number is all that the library sees of a fork");
    atomic_store(&claimed, __real_getpid());
    bool well = true;
    for (int i = 0; i < 6; i++) {
        struct bp_parallel *pool = pool_of(3);
        well = well && meets_a_worker(pool);
        if (i / 2 == 1)
            usleep(ASLEEP);
        well = well && child_does_well(pool, i % 2 == 0);
        well = well && meets_a_worker(pool) && runs_each_part_once(pool, PARTS); /* the parent has its workers still */
        bp_parallel_destroy(pool);
    }
    atomic_store(&claimed, 0);
    assert_true(well);
}

/* The first process of a namespace has number 1 in it. It ignores SIGALRM unless it handles it. */
static void be_late(int signal)
{
    (void)signal;
    _exit(LATE);
}

static int status_of(pid_t child)
{
    int status = 0;
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : FAILED;
}

/* In a new namespace of process numbers whose first process runs `first`. Returns what it exits with. */
static int in_a_namespace(int (*first)(struct bp_parallel *pool), struct bp_parallel *pool)
{
    if (unshare(CLONE_NEWPID) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWPID) != 0)
        return REFUSED;
    const pid_t child = fork();
    if (child == 0) {
        signal(SIGALRM, be_late);
        alarm(60);
        _exit(__real_getpid() == 1 ? first(pool) : FAILED);
    }
    return status_of(child);
}

static int destroy(struct bp_parallel *pool)
{
    bp_parallel_destroy(pool);
    return 0;
}

/* Makes workers, and has a child whose child is the first process of another namespace. */
static int make_workers(struct bp_parallel *pool)
{
    if (!meets_a_worker(pool))
        return FAILED;
    const pid_t child = fork();
    if (child == 0) /* one thread alone may leave the namespace */
        _exit(in_a_namespace(destroy, pool));
    const int status = status_of(child);
    bp_parallel_destroy(pool);
    return status;
}

static void the_first_process_of_another_namespace_may_destroy_an_inherited_pool(void **state)
{
    (void)state;
    if (__tsan_init)
        skip_because("the thread sanitiser cannot follow threads that a forked child makes");
    if (!can_wipe_on_fork())
        skip_because(
            "this system has no MADV_WIPEONFORK, and the process number is all that the library sees of a fork");
    const pid_t child = fork();
    if (child == 0)
        _exit(in_a_namespace(make_workers, pool_of(3)));
    const int status = status_of(child);
    if (status == REFUSED)
        skip_because("this process may not make namespaces of process numbers");
    assert_int_equal(status, 0); /* LATE: it waited for threads that are not there */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_part_is_run_once),
        cmocka_unit_test(runs_may_follow_each_other_closely),
        cmocka_unit_test(threads_are_made_at_the_first_run_and_kept),
        cmocka_unit_test(workers_come_spinning_asleep_or_about_to_sleep),
        cmocka_unit_test(the_caller_sleeps_until_the_last_part_is_done),
        cmocka_unit_test(workers_block_all_signals_and_the_caller_keeps_its_own),
        cmocka_unit_test(threads_that_cannot_be_made_are_done_without),
        cmocka_unit_test(memory_comes_from_the_allocator_and_goes_back),
        cmocka_unit_test(pools_of_several_threads_and_pools_in_pools_do_not_meet),
        cmocka_unit_test(the_cpus_are_those_of_the_affinity_mask),
        cmocka_unit_test(forked_children_start_threads_of_their_own),
        cmocka_unit_test(so_they_do_without_a_page_that_fork_wipes),
        cmocka_unit_test(a_child_forked_in_the_middle_of_a_run_does_well),
        cmocka_unit_test(a_child_with_its_parents_number_starts_threads_of_its_own),
        cmocka_unit_test(the_first_process_of_another_namespace_may_destroy_an_inherited_pool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
