/* SPDX-License-Identifier: MIT
 *
 * The mark is wiped by the kernel. A handler of pthread_atfork() would be code of ours in every fork of the host, would
 * run after the library is unloaded where a C library does not drop it at dlclose(), and would not run where a child is
 * made by clone() or _Fork(). */
#include "base/process.h"

#include <errno.h>
#include <stddef.h>

#include "base/platform.h"

void bp_process_enter(struct bp_process *process)
{
    const int host = errno; /* is not ours to change */
    if (!process->mark)
        process->mark = bp_platform_mark_create();
    errno = host;
    if (process->mark)
        *process->mark = 1;
    process->number = bp_platform_process();
}

bool bp_process_is_this(const struct bp_process *process)
{
    return process->number == bp_platform_process() && (!process->mark || *process->mark);
}

void bp_process_leave(struct bp_process *process)
{
    if (process->mark)
        bp_platform_mark_destroy(process->mark);
    *process = (struct bp_process){0};
}
