/* SPDX-License-Identifier: MIT
 *
 * The elementary functions of one instruction set over a vector of numbers. */
#include "kernels/elementary.h"
#include "kernels/elementary_erf.h"
#include "kernels/elementary_trig.h"

#define MAP(name)                                                                                                      \
    static void map_##name(size_t n, const real *x, real *y)                                                           \
    {                                                                                                                  \
        for (size_t i = 0; i < n; i += VEC_LANES)                                                                      \
            vec_store(y + i, vec_##name(vec_load(x + i)));                                                             \
    }

MAP(exp)
MAP(expm1)
MAP(log)
MAP(log1p)
MAP(tanh)
MAP(sigmoid)
MAP(softplus)
MAP(erf)
MAP(erfc)
MAP(sin)
MAP(cos)

void KERNEL(elementary)(size_t function, size_t n, const real *x, real *y);

/* n is a multiple of BP_LANES; the functions stand in the order of the table in tests/test_elementary.c. */
void KERNEL(elementary)(size_t function, size_t n, const real *x, real *y)
{
    static void (*const maps[])(size_t n, const real *x, real *y) = {
        map_exp,      map_expm1, map_log,  map_log1p, map_tanh, map_sigmoid,
        map_softplus, map_erf,   map_erfc, map_sin,   map_cos,
    };
    maps[function](n, x, y);
}
