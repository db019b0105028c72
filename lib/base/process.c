/* SPDX-License-Identifier: MIT
 *
 * The mark is wiped by the kernel. A handler of pthread_atfork() would be code of ours in every fork of the host, would run after
 * the library is unloaded where a C library does not drop it at dlclose(), and would not run where a child is made by clone()
 * or _Fork(). */
#define _DEFAULT_SOURCE /* MADV_WIPEONFORK */
#include "base/process.h"

#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MARK_SIZE = 1 }; /* the system makes it a whole page */

/* A page that is 0 in children; NULL if there is none. */
static unsigned char *make_mark(void)
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

void bp_process_enter(struct bp_process *process)
{
    const int host = errno; /* is not ours to change */
    if (!process->mark)
        process->mark = make_mark();
    errno = host;
    if (process->mark)
        *process->mark = 1;
    process->number = getpid();
}

bool bp_process_is_this(const struct bp_process *process)
{
    return process->number == getpid() && (!process->mark || *process->mark);
}

void bp_process_leave(struct bp_process *process)
{
    if (process->mark)
        (void)munmap(process->mark, MARK_SIZE);
    *process = (struct bp_process){0};
}
