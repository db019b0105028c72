/* SPDX-License-Identifier: MIT
 *
 * Whether this is still the process that made something, or a child that fork() has copied it into. The number of the
 * process alone cannot show it: numbers are used again, and the first process of every container has number 1. */
#ifndef BP_BASE_PROCESS_H
#define BP_BASE_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

/* All 0: of no process. */
struct bp_process {
    int64_t number;
    unsigned char *mark; /* on a page of its own that is 0 in every child; NULL: the system has no such pages */
};

/* Makes it that of the calling process. Cannot fail, and keeps errno. */
void bp_process_enter(struct bp_process *process);

/* Not in a child, by whatever call it was forked off. One of vfork() or posix_spawn() has the parent's memory until it
 * runs another program, and is a process of another number. Without such a page a child that has the number again
 * passes for it. */
bool bp_process_is_this(const struct bp_process *process);

/* Gives the page back; it is of no process then. */
void bp_process_leave(struct bp_process *process);

#endif
