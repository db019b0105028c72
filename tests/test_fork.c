/* SPDX-License-Identifier: MIT
 *
 * The pool of threads in a forked child, which has none of its parent's threads; also where the child has the
 * parent's process number. */
#define _GNU_SOURCE
#include "parallel_fixture.h"

#include <errno.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* The exit codes of the processes of the tests below. */
enum { FAILED = 1, REFUSED, LATE };

/* The process number that getpid() returns; 0: the true one. */
static atomic_int claimed;

pid_t __real_getpid(void);
pid_t __wrap_getpid(void);

pid_t __wrap_getpid(void) { return atomic_load(&claimed) != 0 ? atomic_load(&claimed) : __real_getpid(); }

/* System calls that give the pool no page that fork wipes. */
static atomic_bool no_page, no_wiping;
static atomic_int mapped; /* pages that are there */

void *__real_mmap64(void *at, size_t size, int protection, int flags, int file, off_t offset);
void *__wrap_mmap64(void *at, size_t size, int protection, int flags, int file, off_t offset);

void *__wrap_mmap64(void *at, size_t size, int protection, int flags, int file, off_t offset)
{
    if (!atomic_load(&no_page)) {
        atomic_fetch_add(&mapped, 1);
        return __real_mmap64(at, size, protection, flags, file, offset);
    }
    errno = ENOMEM;
    return MAP_FAILED;
}

int __real_munmap(void *at, size_t size);
int __wrap_munmap(void *at, size_t size);

int __wrap_munmap(void *at, size_t size)
{
    atomic_fetch_sub(&mapped, 1);
    return __real_munmap(at, size);
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

/* There only under the address sanitiser. A thread that starts takes a lock of its allocator, which it does not
 * release in a child (clang 14): all threads must have started before a fork. */
extern void __asan_init(void) __attribute__((weak));

static void gather(void *context, size_t part, size_t parts)
{
    atomic_size_t *here = context;
    (void)part;
    atomic_fetch_add(here, 1);
    for (int i = 0; atomic_load(here) < parts && i < 20000; i++)
        usleep(1000);
}

/* Waits until a worker has run; under the address sanitiser until all workers have. */
static bool has_workers(struct bp_parallel *pool, size_t threads)
{
    atomic_size_t here = 0;
    if (__asan_init)
        bp_parallel_run(pool, threads, gather, &here);
    return meets_a_worker(pool);
}

/* Forks a child that runs the pool on threads of its own, or does not, and destroys it. Returns whether the child
 * succeeded. */
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
        assert_true(has_workers(pool, 3)); /* and finds its workers again after the child */
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
        bool well = runs_each_part_once(pool, PARTS) && has_workers(pool, 3);
        well = well && child_does_well(pool, i / 2 == 0);
        well = well && meets_a_worker(pool);
        bp_parallel_destroy(pool);
        atomic_store(&no_page, false);
        atomic_store(&no_wiping, false);
        assert_true(well);
    }
}

/* What a child that another thread forks would inherit: a pool in the middle of a run, with parts that no thread has
 * taken. */
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
        _exit(1); /* the child's workers have continued the parent's run */
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
        assert_true(!__asan_init || has_workers(f.pool, 16));
        bp_parallel_run(f.pool, PARTS, fork_in_part_0, &f);
        assert_true(f.well);
        assert_true(runs_each_part_once(f.pool, PARTS));
        bp_parallel_destroy(f.pool);
    }
}

/* ---- a process number that comes again */

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

static void need_wiping(void)
{
    if (__tsan_init)
        skip_because("the thread sanitiser cannot follow threads that a forked child makes");
    if (!can_wipe_on_fork())
        skip_because(
            "this system has no MADV_WIPEONFORK, and the process number is all that the library sees of a fork");
}

/* Process numbers are used again: a descendant may have the number of the process that made the workers. */
static void a_child_with_its_parents_number_starts_threads_of_its_own(void **state)
{
    (void)state;
    need_wiping();
    atomic_store(&claimed, __real_getpid());
    bool well = true;
    for (int i = 0; i < 6; i++) {
        struct bp_parallel *pool = pool_of(3);
        well = well && has_workers(pool, 3);
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
    if (!has_workers(pool, 3))
        return FAILED;
    const pid_t child = fork();
    if (child == 0) /* only a process with a single thread may leave the namespace */
        _exit(in_a_namespace(destroy, pool));
    const int status = status_of(child);
    bp_parallel_destroy(pool);
    return status;
}

static void the_first_process_of_another_namespace_may_destroy_an_inherited_pool(void **state)
{
    (void)state;
    need_wiping();
    const pid_t child = fork();
    if (child == 0)
        _exit(in_a_namespace(make_workers, pool_of(3)));
    const int status = status_of(child);
    if (status == REFUSED)
        skip_because("this process may not make namespaces of process numbers");
    assert_int_equal(status, 0); /* LATE: it waited for threads that do not exist */
}

static void a_pool_gives_its_page_back(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        const int before = atomic_load(&mapped);
        atomic_store(&no_page, i == 1);
        struct bp_parallel *pool = pool_of(3);
        assert_true(runs_each_part_once(pool, PARTS));
        assert_int_equal(atomic_load(&mapped), before + (i == 0));
        bp_parallel_destroy(pool);
        assert_int_equal(atomic_load(&mapped), before);
    }
    atomic_store(&no_page, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forked_children_start_threads_of_their_own),
        cmocka_unit_test(so_they_do_without_a_page_that_fork_wipes),
        cmocka_unit_test(a_child_forked_in_the_middle_of_a_run_does_well),
        cmocka_unit_test(a_child_with_its_parents_number_starts_threads_of_its_own),
        cmocka_unit_test(a_pool_gives_its_page_back),
        cmocka_unit_test(the_first_process_of_another_namespace_may_destroy_an_inherited_pool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
