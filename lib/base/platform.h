/* SPDX-License-Identifier: MIT
 *
 * What the library asks of the operating system beside the C library: clocks, the process, random bits, memory. Threads
 * are in platform_thread.h, files in platform_file.h and platform_temporary.h. Each of these headers is implemented by
 * a file for each system, as *_posix.c. No other source of the library includes a header of the system. */
#ifndef BP_BASE_PLATFORM_H
#define BP_BASE_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Nanoseconds: from a moment that is not known, never backwards; and since 1970, as the system's clock is set. */
int64_t bp_platform_clock(void);
int64_t bp_platform_date(void);

/* How many threads the system lets run at the same time, the calling one among them; and how many cores they have, if
 * the system says which CPUs share a core. Less than 1 if it does not say. May change errno. */
long bp_platform_cpus(void);
long bp_platform_cores(void);

/* The number of this process. */
int64_t bp_platform_process(void);

/* A byte on a page of its own that the system sets to 0 in every child that fork() makes. NULL if the system has no
 * such pages, or no fork(). May change errno. */
unsigned char *bp_platform_mark_create(void);
void bp_platform_mark_destroy(unsigned char *mark);

/* 64 bits that nobody can predict, without waiting for them; false if there are none. May change errno. */
bool bp_platform_random(uint64_t *bits);

/* Asks for huge pages where some fit into the block. May change errno. */
void bp_platform_want_huge_pages(void *memory, size_t size);

/* What the C library says of an error number; any thread. */
void bp_platform_error_text(int number, char *text, size_t size);

#endif
