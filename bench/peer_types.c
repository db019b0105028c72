/* SPDX-License-Identifier: MIT */
#include "peer_types.h"

#include "clones.h"

CLONES void to_f32(const double *restrict from, size_t n, float *restrict to)
{
    for (size_t i = 0; i < n; i++)
        to[i] = (float)from[i];
}

CLONES void to_f64(const float *restrict from, size_t n, double *restrict to)
{
    for (size_t i = 0; i < n; i++)
        to[i] = from[i];
}
