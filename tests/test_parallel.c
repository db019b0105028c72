/* SPDX-License-Identifier: MIT
 *
 * The pool of threads: each part runs once, for any number of threads, even if they sleep or were never made. */
#define _GNU_SOURCE
#include "parallel_fixture.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/platform.h"
#include "base/platform_thread.h"
#include "failing_allocator.h"

enum { HOSTS = 4, SPIN = 50, INPUTS = 200, ROWS = 700 };

/* The clock that the pool reads, as long as it is stopped; how often it was read; and how often a thread went to
 * sleep. */
static atomic_bool stopped;
static _Atomic int64_t stopped_at;
static atomic_size_t reads, sleeps;

int64_t __real_bp_platform_clock(void);
int64_t __wrap_bp_platform_clock(void);
void __real_bp_condition_wait(struct bp_condition *condition, struct bp_mutex *mutex);
void __wrap_bp_condition_wait(struct bp_condition *condition, struct bp_mutex *mutex);

int64_t __wrap_bp_platform_clock(void)
{
    atomic_fetch_add(&reads, 1);
    return atomic_load(&stopped) ? atomic_load(&stopped_at) : __real_bp_platform_clock();
}

void __wrap_bp_condition_wait(struct bp_condition *condition, struct bp_mutex *mutex)
{
    atomic_fetch_add(&sleeps, 1);
    __real_bp_condition_wait(condition, mutex);
}

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

/* Parts of which part 0 ends when all have begun, and the others much later. */
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
        usleep(2 * ASLEEP); /* until no thread writes to `l` any more, in any case */
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
        const bool internal = signal > SIGSYS && signal < SIGRTMIN; /* signals that the C library keeps for itself */
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

/* ---- spinning */

static struct bp_parallel *spinning_pool_of(size_t threads, unsigned microseconds)
{
    struct bp_parallel *pool = pool_of(threads);
    bp_parallel_set_spin(pool, microseconds);
    atomic_store(&sleeps, 0);
    atomic_store(&stopped_at, 0);
    atomic_store(&stopped, true);
    return pool;
}

static void end_spinning_pool(struct bp_parallel *pool)
{
    bp_parallel_destroy(pool);
    atomic_store(&stopped, false);
}

/* Whether so many threads fall asleep; waits for them for up to 10 seconds. */
static bool fall_asleep(size_t count)
{
    for (int i = 0; atomic_load(&sleeps) < count && i < 10000; i++)
        usleep(1000);
    return atomic_load(&sleeps) >= count;
}

/* With the clock stopped before a worker's time is over it never sleeps. */
static void a_worker_sleeps_when_it_has_spun_for_its_time(void **state)
{
    (void)state;
    if (bp_parallel_cpus() < 2)
        skip();
    struct bp_parallel *pool = spinning_pool_of(2, SPIN);
    bool right = meets_a_worker(pool);
    usleep(ASLEEP);
    right = right && atomic_load(&sleeps) == 0;
    atomic_store(&stopped_at, SPIN * 1000 - 1);
    usleep(ASLEEP);
    right = right && atomic_load(&sleeps) == 0;
    atomic_store(&stopped_at, SPIN * 1000);
    right = right && fall_asleep(1);
    end_spinning_pool(pool);
    assert_true(right);
}

static void another_time_to_spin_reaches_a_worker_that_spins(void **state)
{
    (void)state;
    if (bp_parallel_cpus() < 2)
        skip();
    struct bp_parallel *pool = spinning_pool_of(2, SPIN);
    bool right = meets_a_worker(pool);
    bp_parallel_set_spin(pool, 2 * SPIN);
    atomic_store(&stopped_at, SPIN * 1000);
    usleep(ASLEEP);
    right = right && atomic_load(&sleeps) == 0;
    bp_parallel_set_spin(pool, 0);
    right = right && fall_asleep(1);
    end_spinning_pool(pool);
    assert_true(right);
    bp_parallel_set_spin(NULL, 0);
}

/* The clock is only for who spins. */
static void nobody_spins_for_0_microseconds_or_without_a_cpu_for_each_thread(void **state)
{
    (void)state;
    const size_t crowd = bp_parallel_cpus() + 1;
    for (int i = 0; i < 2; i++) {
        struct bp_parallel *pool = spinning_pool_of(i == 0 ? 3 : crowd, i == 0 ? 0 : 10000);
        atomic_store(&reads, 0);
        bool right = meets_a_worker(pool) && fall_asleep(i == 0 ? 2 : crowd - 1);
        for (size_t parts = 2; parts <= PARTS; parts++)
            right = runs_each_part_once(pool, parts) && right;
        right = right && atomic_load(&reads) == 0;
        end_spinning_pool(pool);
        assert_true(right);
    }
}

/* A net with work for several threads; NULL if the library is built without the type. */
static bp_net *busy_net(void)
{
    bp_net *net = NULL;
    if (bp_net_create(&net, BP_F32, INPUTS) != BP_OK)
        return NULL;
    assert_int_equal(bp_net_add_dense(net, INPUTS, BP_ACT_TANH), BP_OK);
    assert_int_equal(bp_net_init(net, 1), BP_OK);
    return net;
}

/* A step of it; the number of threads that it made. */
static size_t made_by_step(bp_net *net)
{
    static float x[ROWS * INPUTS], y[ROWS * INPUTS];
    atomic_store(&made, 0);
    assert_int_equal(bp_net_train_f32(net, x, y, ROWS, NULL), BP_OK);
    return atomic_load(&made);
}

static void a_net_with_0_threads_makes_one_for_each_core(void **state)
{
    cpu_set_t mask, one;
    const size_t cores = bp_parallel_cores() < 256 ? bp_parallel_cores() : 256;
    bp_net *net = busy_net();
    (void)state;
    if (!net)
        skip();
    assert_int_equal(bp_net_set(net, BP_OPT_THREADS, 0), BP_OK);
    assert_int_equal(made_by_step(net), cores - 1);
    assert_int_equal(sched_getaffinity(0, sizeof(mask), &mask), 0);
    CPU_ZERO(&one);
    CPU_SET((size_t)sched_getcpu(), &one);
    assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
    assert_int_equal(bp_net_set(net, BP_OPT_THREADS, 0), BP_OK);
    assert_int_equal(made_by_step(net), 0);
    assert_int_equal(bp_net_set(net, BP_OPT_THREADS, 3), BP_OK); /* an explicit number stays */
    assert_int_equal(made_by_step(net), 2);
    assert_int_equal(sched_setaffinity(0, sizeof(mask), &mask), 0);
    bp_net_destroy(net);
}

/* Of a net that has made its threads, and of a clone: the option reaches them at once. */
static void the_option_of_a_net_reaches_its_threads(void **state)
{
    bp_net *net = busy_net(), *copy = NULL;
    (void)state;
    if (!net || bp_parallel_cpus() < 2) {
        bp_net_destroy(net);
        skip();
    }
    assert_int_equal(bp_net_set(net, BP_OPT_SPIN, SPIN), BP_OK);
    assert_int_equal(bp_net_set(net, BP_OPT_THREADS, 2), BP_OK);
    assert_int_equal(bp_net_clone(&copy, net), BP_OK);
    for (int i = 0; i < 2; i++) {
        bp_net *one = i == 0 ? net : copy;
        atomic_store(&sleeps, 0);
        atomic_store(&stopped_at, 0);
        atomic_store(&stopped, true);
        bool right = made_by_step(one) == 1;
        usleep(ASLEEP);
        right = right && atomic_load(&sleeps) == 0 && bp_net_set(one, BP_OPT_SPIN, 0) == BP_OK && fall_asleep(1);
        atomic_store(&stopped, false);
        bp_net_destroy(one);
        assert_true(right);
    }
}

static void runs_are_the_same_however_long_threads_spin(void **state)
{
    static const unsigned spins[] = {0, 1, 10000};
    (void)state;
    for (size_t i = 0; i < sizeof(spins) / sizeof(spins[0]); i++) {
        struct bp_parallel *pool = pool_of(3);
        bp_parallel_set_spin(pool, spins[i]);
        for (size_t run = 0; run < 2000; run++)
            assert_true(runs_each_part_once(pool, 2 + run % 4));
        assert_true(meets_a_worker(pool));
        bp_parallel_destroy(pool);
    }
}

static void the_cpus_are_in_the_affinity_mask(void **state)
{
    (void)state;
    cpu_set_t mask, one;
    assert_int_equal(sched_getaffinity(0, sizeof(mask), &mask), 0);
    assert_in_range(bp_parallel_cpus(), 1, CPU_COUNT(&mask)); /* control groups may allow fewer: test_cpus.c */
    CPU_ZERO(&one);
    for (size_t cpu = 0; CPU_COUNT(&one) == 0; cpu++)
        if (CPU_ISSET(cpu, &mask))
            CPU_SET(cpu, &one);
    assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
    assert_int_equal(bp_parallel_cpus(), 1);
    assert_int_equal(bp_parallel_cores(), 1);
    struct bp_parallel *pool = pool_of(4);
    assert_true(runs_each_part_once(pool, PARTS) && meets_a_worker(pool));
    bp_parallel_destroy(pool);
    assert_int_equal(sched_setaffinity(0, sizeof(mask), &mask), 0);
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
        cmocka_unit_test(a_worker_sleeps_when_it_has_spun_for_its_time),
        cmocka_unit_test(another_time_to_spin_reaches_a_worker_that_spins),
        cmocka_unit_test(nobody_spins_for_0_microseconds_or_without_a_cpu_for_each_thread),
        cmocka_unit_test(a_net_with_0_threads_makes_one_for_each_core),
        cmocka_unit_test(the_option_of_a_net_reaches_its_threads),
        cmocka_unit_test(runs_are_the_same_however_long_threads_spin),
        cmocka_unit_test(the_cpus_are_in_the_affinity_mask),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
