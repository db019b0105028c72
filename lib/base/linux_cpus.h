/* SPDX-License-Identifier: MIT
 *
 * How many threads of this process Linux runs at the same time. The affinity mask says which CPUs; the limits of
 * control groups (cgroups, version 1 and 2) and the threads of each core are read from /proc and /sys. A file that is
 * missing, or is not as the kernel writes it, changes no count; neither does a line longer than BP_LINUX_LINE. */
#ifndef BP_BASE_LINUX_CPUS_H
#define BP_BASE_LINUX_CPUS_H

#include <stddef.h>

enum {
    BP_LINUX_CPUS = 8192, /* of a mask: the kernel has at most as many */
    BP_LINUX_LINE = 2047, /* bytes of the longest line that is read, and of the longest path */
    BP_LINUX_WORD = 8 * sizeof(unsigned long)
};

/* A bit for each CPU, as sched_getaffinity() writes them. */
struct bp_linux_mask {
    unsigned long words[BP_LINUX_CPUS / BP_LINUX_WORD];
};

/* The CPUs of the mask, but no more than the control groups allow; at least 1. `root` is the folder that holds /proc
 * and /sys: "", or another one for a test. Nothing is kept between calls, as limits and masks can change. May change
 * errno. */
size_t bp_linux_cpus(const char *root, const struct bp_linux_mask *mask);

/* The same where CPUs of one core count once. */
size_t bp_linux_cores(const char *root, const struct bp_linux_mask *mask);

#endif
