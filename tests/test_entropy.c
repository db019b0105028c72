/* SPDX-License-Identifier: MIT
 *
 * Bits that nobody can predict, also where getrandom() fails. */
#define _DEFAULT_SOURCE /* fork and getrandom */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/entropy.h"

enum { CALLS = 4096 };

/* What getrandom() does: its own work, or so many bytes, or this error. */
static struct {
    bool replaced;
    ssize_t bytes;
    int error, interrupted; /* so many times EINTR first */
    size_t calls;
} fake;

ssize_t __real_getrandom(void *bytes, size_t size, unsigned flags);
ssize_t __wrap_getrandom(void *bytes, size_t size, unsigned flags);

ssize_t __wrap_getrandom(void *bytes, size_t size, unsigned flags)
{
    fake.calls++;
    if (fake.interrupted > 0) {
        fake.interrupted--;
        errno = EINTR;
        return -1;
    }
    if (!fake.replaced)
        return __real_getrandom(bytes, size, flags);
    if (fake.bytes > 0)
        memset(bytes, 0, (size_t)fake.bytes);
    errno = fake.error;
    return fake.bytes;
}

static int compare(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* All values differ, each bit is set in about half of them, and errno stays. */
static void assert_random(void)
{
    static uint64_t values[CALLS];
    size_t ones[64] = {0};
    errno = EDOM;
    for (size_t i = 0; i < CALLS; i++) {
        values[i] = bp_entropy();
        for (size_t bit = 0; bit < 64; bit++)
            ones[bit] += values[i] >> bit & 1;
    }
    assert_int_equal(errno, EDOM);
    for (size_t bit = 0; bit < 64; bit++)
        assert_in_range(ones[bit], CALLS / 2 - 400, CALLS / 2 + 400); /* 12 standard deviations */
    qsort(values, CALLS, sizeof(values[0]), compare);
    for (size_t i = 1; i < CALLS; i++)
        assert_true(values[i - 1] != values[i]);
}

static void every_call_gives_other_bits(void **state)
{
    (void)state;
    memset(&fake, 0, sizeof(fake));
    assert_random();
}

static void where_getrandom_fails_every_call_gives_other_bits(void **state)
{
    static const struct {
        ssize_t bytes;
        int error;
    } rows[] = {{-1, ENOSYS}, {-1, EPERM}, {-1, EAGAIN}, {0, 0}, {3, 0}};
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        memset(&fake, 0, sizeof(fake));
        fake.replaced = true;
        fake.bytes = rows[i].bytes;
        fake.error = rows[i].error;
        assert_random();
    }
}

static void an_interrupted_getrandom_is_called_again(void **state)
{
    (void)state;
    memset(&fake, 0, sizeof(fake));
    if (bp_entropy() == 0 || fake.calls == 0)
        skip(); /* the C library has no getrandom() */
    memset(&fake, 0, sizeof(fake));
    fake.interrupted = 3;
    (void)bp_entropy();
    assert_int_equal(fake.calls, 4);
}

static void a_child_gets_other_bits_than_its_parent(void **state)
{
    (void)state;
    memset(&fake, 0, sizeof(fake));
    fake.replaced = true;
    fake.bytes = -1;
    fake.error = ENOSYS;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    const uint64_t mine = bp_entropy();
    if (child == 0)
        _exit(write(ends[1], &mine, sizeof(mine)) != (ssize_t)sizeof(mine));
    uint64_t its = mine;
    assert_int_equal(read(ends[0], &its, sizeof(its)), sizeof(its));
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_true(mine != its);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_call_gives_other_bits),
        cmocka_unit_test(where_getrandom_fails_every_call_gives_other_bits),
        cmocka_unit_test(an_interrupted_getrandom_is_called_again),
        cmocka_unit_test(a_child_gets_other_bits_than_its_parent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
