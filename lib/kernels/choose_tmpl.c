/* SPDX-License-Identifier: MIT */
#include "base/cpu.h"
#include "kernels/kernels.h"

/* The ladder: the reference first, then each instruction set over it, oldest first. */
void REAL(bp_kernels_choose)(struct REAL(bp_kernels) *kernels, uint32_t cpu)
{
    REAL(bp_kernels_fill_generic)(kernels);
    (void)cpu;
#ifdef BP_HAVE_AVX2
    if (!(cpu & BP_CPU_AVX2))
        return;
    REAL(bp_kernels_fill_avx2)(kernels);
#endif
#ifdef BP_HAVE_AVX512
    if (!(cpu & BP_CPU_AVX512))
        return;
    REAL(bp_kernels_fill_avx512)(kernels);
#endif
#ifdef BP_HAVE_NEON
    if (!(cpu & BP_CPU_NEON))
        return;
    REAL(bp_kernels_fill_neon)(kernels);
#endif
}
