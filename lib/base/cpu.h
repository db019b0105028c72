/* SPDX-License-Identifier: MIT
 *
 * What the CPU can do, as far as the library has kernels for it: one word of flags, found once. */
#ifndef BP_BASE_CPU_H
#define BP_BASE_CPU_H

#include <stddef.h>
#include <stdint.h>

enum {
    BP_CPU_AVX2 = 1 << 0,   /* AVX2 and FMA */
    BP_CPU_AVX512 = 1 << 1, /* AVX-512 F, VL, BW and DQ, beside AVX2 */
    BP_CPU_NEON = 1 << 2    /* Advanced SIMD, which every aarch64 has */
};

/* An instruction set that this library has kernels for. */
struct bp_cpu_level {
    const char *name;
    uint32_t flags;            /* all that its kernels need */
    const char *build_info[2]; /* bp_build_info() while it is the active one; and with a BP_CPU that is refused */
};

/* The levels, oldest first, from 0, the reference, which needs no flag; NULL past the last. */
const struct bp_cpu_level *bp_cpu_level(size_t index);

/* The last level that the flags in force allow. */
const struct bp_cpu_level *bp_cpu_active(void);

/* The flags in force: what was found, less what BP_CPU (the name of a level, read once from the environment) and
 * bp_cpu_limit() leave out. A net takes its kernels at creation and keeps them. */
uint32_t bp_cpu_flags(void);

/* What bp_build_info() returns. */
const char *bp_cpu_build_info(void);

/* For tests: from now on only these flags. */
void bp_cpu_limit(uint32_t mask);

#endif
