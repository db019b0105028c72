/* SPDX-License-Identifier: MIT
 *
 * What the CPU can do, as far as the library has kernels for it: one word of flags, found once. */
#ifndef BP_BASE_CPU_H
#define BP_BASE_CPU_H

#include <stdint.h>

enum {
    BP_CPU_AVX2 = 1 << 0,  /* AVX2 and FMA */
    BP_CPU_AVX512 = 1 << 1 /* AVX-512 F, VL, BW and DQ, beside AVX2 */
};

/* The flags in force: what was found, less what BP_CPU (generic, avx2 or avx512, read once from the environment) and
 * bp_cpu_limit() leave out. A net takes its kernels at creation and keeps them. */
uint32_t bp_cpu_flags(void);

/* For tests: from now on only these flags. */
void bp_cpu_limit(uint32_t mask);

#endif
