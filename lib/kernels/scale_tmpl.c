/* SPDX-License-Identifier: MIT
 *
 * A row of numbers as the network sees them. */
#include "kernels/kernels.h"
#include "kernels/vector.h"

/* to = (x - center) factor, n numbers each, of which no more are read or written */
static void scale(size_t n, const real *x, const real *center, const real *factor, real *to)
{
    size_t i = 0;
    for (; i + VEC_LANES <= n; i += VEC_LANES)
        vec_store(to + i, (vec_load(x + i) - vec_load(center + i)) * vec_load(factor + i));
    for (; i < n; i++)
        to[i] = (x[i] - center[i]) * factor[i];
}

void KERNEL(bp_scale_fill)(struct REAL(bp_kernels) *kernels) { kernels->scale = scale; }
