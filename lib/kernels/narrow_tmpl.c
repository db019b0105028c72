/* SPDX-License-Identifier: MIT
 *
 * A training step of a narrow net, one panel of units a layer, on one row: the arithmetic of the other kernels, bit for
 * bit, without the blocks and grids that a larger net is worth. */
#include <tgmath.h>

#include "kernels/kernels.h"
#include "kernels/vector.h"

typedef struct REAL(bp_narrow_layer) layer_of;

/* z = W in + b, a = f(z) */
static void forward(const layer_of *l)
{
    vec z[PANEL_VECTORS];
    const real *w = l->weights.w;
    BP_UNROLL
    for (size_t v = 0; v < PANEL_VECTORS; v++)
        z[v] = vec_load(l->bias.w + v * VEC_LANES);
    for (size_t k = 0; k < l->inputs; k++, w += BP_LANES) {
        const vec x = vec_all(l->in[k]);
        BP_UNROLL
        for (size_t v = 0; v < PANEL_VECTORS; v++)
            z[v] = vec_fma(x, vec_load(w + v * VEC_LANES), z[v]);
    }
    BP_UNROLL
    for (size_t v = 0; v < PANEL_VECTORS; v++)
        vec_store((real *)l->out.z + v * VEC_LANES, z[v]);
    l->forward(&l->out);
}

/* delta_{l-1} = (W^T delta) f'(z_{l-1}, a_{l-1}) */
static void delta_below(const layer_of *l, const layer_of *below)
{
    const real *w = l->weights.w, *delta = l->out.delta;
    for (size_t k = 0; k < l->inputs; k++, w += BP_LANES) {
        real sum = 0;
        for (size_t unit = 0; unit < l->out.units; unit++)
            sum = fma(delta[unit], w[unit], sum);
        below->out.delta[k] = sum;
    }
    below->backward(&below->out);
}

/* The largest size in each lane of some vectors; NaN where one has NaN. */
BP_INLINE vec sizes(const real *values, size_t n)
{
    vec most = vec_all(0);
    for (size_t i = 0; i < n; i += VEC_LANES) {
        const vec size = vec_abs(vec_load(values + i));
        most = vec_pick(vec_at_most(size, most), most, size);
    }
    return most;
}

static real largest(vec v)
{
    real lanes[VEC_LANES];
    vec_store(lanes, v);
    for (size_t lane = 1; lane < VEC_LANES; lane++)
        lanes[0] = lanes[lane] <= lanes[0] ? lanes[0] : lanes[lane];
    return lanes[0];
}

/* Both sizes and so their product within the bound; NaN is not. */
static bool is_safe(const struct REAL(bp_narrow) *n)
{
    vec delta = vec_all(0), in = vec_all(0);
    for (const layer_of *l = n->layers; l < n->layers + n->count; l++) {
        const vec d = sizes(l->out.delta, BP_LANES), x = sizes(l->in, l->inputs);
        delta = vec_pick(vec_at_most(d, delta), delta, d);
        in = vec_pick(vec_at_most(x, in), in, x);
    }
    return largest(delta) <= n->bound && largest(in) <= n->bound;
}

/* dW = delta in^T, db = delta, and the step with them at once. */
static void update(const struct REAL(bp_narrow) *n, const layer_of *l)
{
    vec delta[PANEL_VECTORS];
    real *g = n->gradient;
    BP_UNROLL
    for (size_t v = 0; v < PANEL_VECTORS; v++) {
        delta[v] = vec_load(l->out.delta + v * VEC_LANES);
        vec_store(g + v * VEC_LANES, vec_all(0) + delta[v]);
    }
    for (size_t k = 0; k < l->inputs; k++) {
        g += BP_LANES;
        const vec x = vec_all(l->in[k]);
        BP_UNROLL
        for (size_t v = 0; v < PANEL_VECTORS; v++)
            vec_store(g + v * VEC_LANES, vec_fma(x, delta[v], vec_all(0)));
    }
    n->step(&l->weights);
    n->step(&l->bias);
}

static enum bp_narrow_end narrow(const struct REAL(bp_narrow) *n, double *loss)
{
    const layer_of *last = n->layers + n->count - 1;
    for (const layer_of *l = n->layers; l <= last; l++)
        forward(l);
    *loss = n->loss->value(&n->row);
    if (!(*loss - *loss == 0))
        return BP_NARROW_LOSS;
    n->loss->slopes(&n->row, last->out.delta);
    if (n->loss->activation == 0)
        last->backward(&last->out);
    for (const layer_of *l = last; l > n->layers; l--)
        delta_below(l, l - 1);
    if (!is_safe(n))
        return BP_NARROW_UNSAFE;
    for (const layer_of *l = n->layers; l <= last; l++)
        update(n, l);
    return BP_NARROW_DONE;
}

void KERNEL(bp_narrow_fill)(struct REAL(bp_kernels) *kernels) { kernels->narrow = narrow; }
