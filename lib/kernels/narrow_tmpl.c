/* SPDX-License-Identifier: MIT
 *
 * A training step of a narrow net, one panel of units a layer, on one row: the arithmetic of the other kernels, bit for
 * bit, without the blocks and grids that a larger net is worth. */
#include <tgmath.h>

#include "kernels/kernels.h"
#include "kernels/vector.h"

typedef struct REAL(bp_narrow_layer) layer_of;
typedef vec f_fn(vec z, vec slope);
typedef vec f_prime_fn(vec z, vec a, vec slope);

/* The weights turned about, long before the delta wants them. */
static void turn(const layer_of *l)
{
    for (size_t k = 0; k < l->inputs; k++)
        for (size_t unit = 0; unit < l->out.units; unit++)
            l->turned[unit * BP_LANES + k] = l->w[k * BP_LANES + unit];
}

/* z = W in + b, a = f(z) */
static void forward(const layer_of *l)
{
    vec z[PANEL_VECTORS];
    const real *w = l->w;
    f_fn *f = (f_fn *)l->unit.f;
    BP_UNROLL
    for (size_t v = 0; v < PANEL_VECTORS; v++)
        z[v] = vec_load(l->b + v * VEC_LANES);
    for (size_t k = 0; k < l->inputs; k++, w += BP_LANES) {
        const vec x = vec_all(l->in[k]);
        BP_UNROLL
        for (size_t v = 0; v < PANEL_VECTORS; v++)
            z[v] = vec_fma(x, vec_load(w + v * VEC_LANES), z[v]);
    }
    for (size_t v = 0; v < PANEL_VECTORS; v++) {
        vec_store((real *)l->out.z + v * VEC_LANES, z[v]);
        if (f && v * VEC_LANES < l->out.units)
            vec_store(l->out.a + v * VEC_LANES, f(z[v], vec_all(l->out.slope)));
    }
    if (!f)
        l->forward(&l->out);
}

/* delta_{l-1} = (W^T delta) f'(z_{l-1}, a_{l-1}) */
static void delta_below(const layer_of *l, const layer_of *below)
{
    const struct REAL(bp_units) *out = &below->out;
    f_prime_fn *f_prime = (f_prime_fn *)below->unit.prime;
    for (size_t i = 0; i < l->inputs; i += VEC_LANES) {
        const vec slope = f_prime(vec_load(out->z + i), vec_load(out->a + i), vec_all(out->slope));
        vec sum = vec_all(0);
        for (size_t unit = 0; unit < l->out.units; unit++)
            sum = vec_fma(vec_all(l->out.delta[unit]), vec_load(l->turned + unit * BP_LANES + i), sum);
        vec_store(out->delta + i, vec_pick(vec_within(l->inputs, i), sum * slope, vec_all(0)));
    }
}

/* `safe`, less the lanes in which one of n numbers, in whole vectors, is above the bound, or NaN. */
BP_INLINE vec_mask within(vec_mask safe, const real *values, size_t n, vec bound)
{
    for (size_t i = 0; i < n; i += VEC_LANES)
        safe = vec_both(safe, vec_at_most(vec_abs(vec_load(values + i)), bound));
    return safe;
}

/* Every delta and every input within the bound, and so their products within its square. */
static bool is_safe(const struct REAL(bp_narrow) *n)
{
    const vec bound = vec_all(n->bound), zero = vec_all(0);
    vec_mask safe = vec_equal(zero, zero);
    for (const layer_of *l = n->layers; l < n->layers + n->count; l++)
        safe = within(within(safe, l->out.delta, BP_LANES, bound), l->in, l->inputs, bound);
    return !vec_any(vec_equal(vec_pick(safe, zero, bound), bound));
}

/* dW = delta in^T, db = delta */
static void gradient(const layer_of *l)
{
    vec delta[PANEL_VECTORS];
    real *dw = l->dw;
    BP_UNROLL
    for (size_t v = 0; v < PANEL_VECTORS; v++) {
        delta[v] = vec_load(l->out.delta + v * VEC_LANES);
        vec_store(l->db + v * VEC_LANES, vec_all(0) + delta[v]);
    }
    for (size_t k = 0; k < l->inputs; k++, dw += BP_LANES) {
        const vec x = vec_all(l->in[k]);
        BP_UNROLL
        for (size_t v = 0; v < PANEL_VECTORS; v++)
            vec_store(dw + v * VEC_LANES, vec_fma(x, delta[v], vec_all(0)));
    }
}

static enum bp_narrow_end narrow(const struct REAL(bp_narrow) *n, double *loss)
{
    const layer_of *last = n->layers + n->count - 1;
    for (const layer_of *l = last; l > n->layers; l--)
        turn(l);
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
        gradient(l);
    n->step(&n->update);
    return BP_NARROW_DONE;
}

void KERNEL(bp_narrow_fill)(struct REAL(bp_kernels) *kernels) { kernels->narrow = narrow; }
