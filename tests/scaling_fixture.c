/* SPDX-License-Identifier: MIT */
#include "scaling_fixture.h"

#include <math.h>

static double rounded(double x) { return ldexp(floor(ldexp(x, 8)), -8); }

struct table table_of(uint64_t seed)
{
    static const double size[INPUTS] = {1, 1000, 0, 0.0625, 30}, middle[INPUTS] = {0, 2000, 5, -1, 0.5};
    struct table t = {.factor = {2, 0.001953125, 0, 16, -0.125}, .center = {0.5, 2000, 5, -1, 0.25}};
    for (size_t i = 0; i < ROWS * INPUTS; i++)
        t.x[i] = rounded(middle[i % INPUTS] + size[i % INPUTS] * any_uniform(&seed, -1, 1));
    for (size_t i = 0; i < ROWS * OUTPUTS; i++)
        t.target[i] = rounded((double)(i % OUTPUTS) * 100 + any_uniform(&seed, -20, 20));
    for (size_t i = 0; i < OUTPUTS; i++) {
        t.target_center[i] = 100 * (double)i;
        t.target_factor[i] = 0.0625;
    }
    return t;
}

struct table scaled(struct table t)
{
    for (size_t i = 0; i < ROWS * INPUTS; i++)
        t.x[i] = (t.x[i] - t.center[i % INPUTS]) * t.factor[i % INPUTS];
    for (size_t i = 0; i < ROWS * OUTPUTS; i++)
        t.target[i] = (t.target[i] - t.target_center[i % OUTPUTS]) * t.target_factor[i % OUTPUTS];
    return t;
}

bp_net *net_of(int32_t dtype, bool narrow, const struct table *scaling)
{
    const struct any_layer layers[] = {{narrow ? 4 : 40, BP_ACT_TANH, 0, 0}, {OUTPUTS, BP_ACT_IDENTITY, 0, 0}};
    bp_net *net = any_net(dtype, INPUTS, layers, 2, 3);
    any_ok(bp_net_set(net, BP_OPT_MOMENTUM, 0.5));
    if (scaling)
        any_ok(any_set_scaling(net, scaling->center, scaling->factor, scaling->target_center, scaling->target_factor));
    return net;
}
