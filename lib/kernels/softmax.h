/* SPDX-License-Identifier: MIT
 *
 * What softmax and the cross-entropy share: passes over a row of n units. Sums run in BP_LANES lanes, each for itself,
 * and the lanes are added by halves: one order on every instruction set. */
#ifndef BP_KERNELS_SOFTMAX_H
#define BP_KERNELS_SOFTMAX_H

#include "kernels/elementary.h"
#include "kernels/vector.h"

/* The largest z; NaN is passed over. */
BP_INLINE real softmax_shift(size_t n, const real *z)
{
    real lanes[VEC_LANES], largest;
    vec most = vec_all(-BP_INFINITY);
    for (size_t i = 0; i < n; i += VEC_LANES)
        most = vec_greatest(vec_pick(vec_within(n, i), vec_load(z + i), most), most);
    vec_store(lanes, most);
    largest = lanes[0];
    for (size_t lane = 1; lane < VEC_LANES; lane++)
        largest = lanes[lane] > largest ? lanes[lane] : largest;
    return largest;
}

/* A z at which exp(z - shift) is 0 and z - shift does not overflow, or the lowest number if there is none. */
BP_INLINE real softmax_floor(real shift)
{
    const real size = BY_PRECISION(fabsf, fabs)(shift), down = size / 2 - 2 * (real)EXP_LEAST;
    const real margin = BY_PRECISION(FLT_MAX, DBL_MAX) - size + (shift / 4 + size / 4); /* to the lowest, or enough */
    return shift - (down < margin ? down : margin);
}

/* The sum of exp(z - shift); e, if there is one, takes the exponentials, and zeros in its padding. */
BP_INLINE real softmax_sum(size_t n, const real *z, real shift, real *e)
{
    const vec floor = vec_all(softmax_floor(shift));
    real lanes[BP_LANES];
    vec sum[PANEL_VECTORS];
    for (size_t v = 0; v < PANEL_VECTORS; v++)
        sum[v] = vec_all(0);
    for (size_t i = 0; i < n; i += BP_LANES) {
        for (size_t v = 0; v < PANEL_VECTORS; v++) {
            const size_t at = i + v * VEC_LANES;
            const vec_mask within = vec_within(n, at);
            const vec below = vec_greatest(floor, vec_pick(within, vec_load(z + at), vec_all(shift))) - shift;
            const vec power = vec_pick(within, vec_exp_falling(below), vec_all(0));
            if (e)
                vec_keep(e + at, power);
            sum[v] = sum[v] + power;
        }
    }
    for (size_t v = 0; v < PANEL_VECTORS; v++)
        vec_store(lanes + v * VEC_LANES, sum[v]);
    for (size_t half = BP_LANES / 2; half > 0; half /= 2)
        for (size_t lane = 0; lane < half; lane++)
            lanes[lane] += lanes[lane + half];
    return lanes[0];
}

/* log x of one number. */
BP_INLINE real softmax_log(real x)
{
    real lanes[VEC_LANES];
    vec_store(lanes, vec_log(vec_all(x)));
    return lanes[0];
}

#endif
