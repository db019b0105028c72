/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* madvise, MADV_WIPEONFORK, getrandom */
#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#ifdef BP_HAVE_GETRANDOM
#include <sys/random.h>
#endif

#include "base/platform.h"

enum { MARK_SIZE = 1 }; /* the system makes it a whole page */

static int64_t nanoseconds(clockid_t clock)
{
    struct timespec now = {0};
    (void)clock_gettime(clock, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

int64_t bp_platform_clock(void) { return nanoseconds(CLOCK_MONOTONIC); }

int64_t bp_platform_date(void) { return nanoseconds(CLOCK_REALTIME); }

int64_t bp_platform_process(void) { return getpid(); }

unsigned char *bp_platform_mark_create(void)
{
#ifdef MADV_WIPEONFORK
    void *page = mmap(NULL, MARK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return NULL;
    if (madvise(page, MARK_SIZE, MADV_WIPEONFORK) == 0)
        return page;
    (void)munmap(page, MARK_SIZE);
#endif
    return NULL;
}

void bp_platform_mark_destroy(unsigned char *mark) { (void)munmap(mark, MARK_SIZE); }

/* No waiting: early at boot the system may have no entropy yet. */
bool bp_platform_random(uint64_t *bits)
{
#ifdef BP_HAVE_GETRANDOM
    ssize_t got;
    do
        got = getrandom(bits, sizeof(*bits), GRND_NONBLOCK);
    while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof(*bits);
#else
    (void)bits;
    return false;
#endif
}

void bp_platform_want_huge_pages(void *memory, size_t size)
{
#ifdef MADV_HUGEPAGE
    const uintptr_t page = (uintptr_t)2 << 20, start = (uintptr_t)memory;
    const uintptr_t first = (start + page - 1) / page * page, end = (start + size) / page * page;
    if (first < end)
        (void)madvise((void *)first, end - first, MADV_HUGEPAGE);
#else
    (void)memory;
    (void)size;
#endif
}
