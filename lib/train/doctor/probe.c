/* SPDX-License-Identifier: MIT */
#include "train/doctor/probe.h"

#include <math.h>

#include "base/keys.h"
#include "base/try.h"
#include "data/asked_net.h"

/* Numbers through the probe at a time, and those of the grid. */
enum { SOME = 1024, GRID = 257, FAR = 3 };

/* z of the grid: from -16 to 16 by eighths. The far ones separate an activation that has come to its end from one that
 * still grows, however slowly, and from sine and cosine, which do not grow there. */
static const double step = 0.125, far[FAR] = {400, 600, 800};

static bool is_f32(const bp_net *net) { return bp_type_of_net(net) == BP_F32; }

/* The options that an activation depends on. Only other values than the probe has are set: an activation without a
 * parameter refuses to be given one. */
static bp_status copy_options(bp_net *probe, const bp_net *net, size_t layer)
{
    int32_t key;
    double its, own;
    for (size_t i = 0; (key = bp_key_at(BP_FAMILY_LAYER_OPTION, i)) != 0; i++)
        if (bp_option_by_key(key)->rules & BP_OPTION_FORWARD && bp_net_layer_get(probe, 0, key, &own) == BP_OK &&
            bp_net_layer_get(net, layer, key, &its) == BP_OK && its != own)
            BP_TRY(bp_net_layer_set(probe, 0, key, its));
    return BP_OK;
}

bp_status bp_probe_create(bp_net **probe, const bp_net *net, size_t layer, const bp_allocator *allocator)
{
    double activation = 0;
    const double one = 1;
    BP_TRY(bp_net_layer_get(net, layer, BP_LAYER_ACTIVATION, &activation));
    BP_TRY(bp_net_create_with(probe, bp_type_of_net(net), 1, allocator));
    bp_status status = bp_net_add_dense(*probe, 1, (int32_t)activation);
    if (status == BP_OK)
        status = bp_net_layer_set(*probe, 0, BP_LAYER_BIAS, BP_BIAS_NONE);
    if (status == BP_OK)
        status = copy_options(*probe, net, layer);
    if (status == BP_OK)
        status = bp_net_init(*probe, 0);
    if (status == BP_OK)
        status = bp_net_write_f64(*probe, BP_ARRAY_WEIGHTS, 0, &one, 1);
    return status;
}

/* delta = dy f'(z), with a dy of 1. The gradient that this leaves is never stepped with. */
static bp_status slopes_f32(bp_net *probe, const float *z, size_t count, float *slopes)
{
    float ones[SOME];
    for (size_t i = 0; i < count; i++)
        ones[i] = 1;
    BP_TRY(bp_net_forward_f32(probe, z, count, NULL));
    BP_TRY(bp_net_backward_from_f32(probe, ones, count));
    return bp_net_read_f32(probe, BP_ARRAY_DELTA, 0, slopes, count);
}

static bp_status slopes_f64(bp_net *probe, const double *z, size_t count, double *slopes)
{
    double ones[SOME];
    for (size_t i = 0; i < count; i++)
        ones[i] = 1;
    BP_TRY(bp_net_forward_f64(probe, z, count, NULL));
    BP_TRY(bp_net_backward_from_f64(probe, ones, count));
    return bp_net_read_f64(probe, BP_ARRAY_DELTA, 0, slopes, count);
}

bp_status bp_probe_slopes(bp_net *probe, const void *z, size_t count, void *slopes)
{
    for (size_t at = 0; at < count; at += SOME) {
        const size_t some = count - at < SOME ? count - at : SOME;
        BP_TRY(is_f32(probe) ? slopes_f32(probe, (const float *)z + at, some, (float *)slopes + at)
                             : slopes_f64(probe, (const double *)z + at, some, (double *)slopes + at));
    }
    return BP_OK;
}

/* f and f' at `count` z, in doubles. */
static bp_status values(bp_net *probe, const double *z, size_t count, double *f, double *slopes)
{
    float z_f32[GRID], slopes_f32[GRID];
    for (size_t i = 0; i < count; i++)
        z_f32[i] = (float)z[i];
    BP_TRY(is_f32(probe) ? bp_probe_slopes(probe, z_f32, count, slopes_f32) : bp_probe_slopes(probe, z, count, slopes));
    BP_TRY(bp_net_read_f64(probe, BP_ARRAY_DELTA, 0, slopes, count));
    return bp_net_read_f64(probe, BP_ARRAY_ACTIVATION, 0, f, count);
}

static bool is_endless(const double *f)
{
    const double a = fabs(f[0]), b = fabs(f[1]), c = fabs(f[2]);
    return isinf(c) || (a < b && b < c && c > 1.5 * a);
}

/* What the far numbers of one side add. */
static bp_status evaluate_far(bp_net *probe, double side, struct bp_shape *shape, bool *flat, double *end)
{
    double z[FAR], f[FAR], slopes[FAR];
    for (size_t i = 0; i < FAR; i++)
        z[i] = side * far[i];
    BP_TRY(values(probe, z, FAR, f, slopes));
    *end = is_endless(f) ? copysign((double)INFINITY, f[FAR - 1]) : f[FAR - 1];
    shape->low = fmin(shape->low, *end);
    shape->high = fmax(shape->high, *end);
    *flat = true;
    for (size_t i = 0; i < FAR; i++)
        *flat = *flat && fabs(slopes[i]) <= 1e-4 * shape->steepest;
    return BP_OK;
}

bp_status bp_probe_shape(bp_net *probe, struct bp_shape *shape)
{
    double z[GRID], f[GRID], slopes[GRID], below, above;
    for (size_t i = 0; i < GRID; i++)
        z[i] = ((double)i - GRID / 2) * step;
    BP_TRY(values(probe, z, GRID, f, slopes));
    *shape = (struct bp_shape){.low = f[0], .high = f[0]};
    for (size_t i = 0; i < GRID; i++) {
        shape->low = fmin(shape->low, f[i]);
        shape->high = fmax(shape->high, f[i]);
        if (fabs(z[i]) <= 1)
            shape->steepest = fmax(shape->steepest, fabs(slopes[i]));
    }
    BP_TRY(evaluate_far(probe, -1, shape, &shape->flat_below, &below));
    BP_TRY(evaluate_far(probe, 1, shape, &shape->flat_above, &above));
    shape->same_ends = shape->steepest == 0 || fabs(above - below) < 1e-3;
    return BP_OK;
}
