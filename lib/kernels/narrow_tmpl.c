/* SPDX-License-Identifier: MIT
 *
 * A training step of a narrow net, one panel of units a layer, on one row: the arithmetic of the other kernels, bit for
 * bit, without the blocks and grids that a larger net is worth. */
#include <tgmath.h>

#include "kernels/kernels.h"
#include "kernels/sgd.h"
#include "kernels/vector.h"

typedef struct REAL(bp_narrow_layer) layer_of;
typedef vec f_fn(vec z, vec slope);
typedef vec f_prime_fn(vec z, vec a, vec slope);

/* The weights transposed, long before the delta needs them. */
static void turn(const layer_of *l)
{
    const size_t inputs = l->inputs, units = l->out.units;
    const real *w = l->w;
    real *transposed = l->transposed;
    for (size_t k = 0; k < inputs; k++)
        for (size_t unit = 0; unit < units; unit++)
            transposed[unit * BP_LANES + k] = w[k * BP_LANES + unit];
}

/* z = W in + b, a = f(z) */
static void forward(const layer_of *l)
{
    const size_t inputs = l->inputs, units = l->out.units;
    const real *in = l->in;
    f_fn *f = (f_fn *)l->unit.f;
    for (size_t v = 0; v < units; v += VEC_LANES) {
        const real *w = l->w + v;
        vec z = vec_load(l->b + v);
        for (size_t k = 0; k < inputs; k++, w += BP_LANES)
            z = vec_fma(vec_all(in[k]), vec_load(w), z);
        vec_store((real *)l->out.z + v, z);
        if (f)
            vec_keep(l->out.a + v, f(z, vec_all(l->out.slope)));
    }
    if (!f)
        l->forward(&l->out);
}

/* dLoss/da becomes dLoss/dz. */
BP_INLINE void chain(const layer_of *l)
{
    const struct REAL(bp_units) *out = &l->out;
    f_prime_fn *f_prime = (f_prime_fn *)l->unit.prime;
    for (size_t i = 0; f_prime && i < out->units; i += VEC_LANES)
        vec_keep(out->delta + i,
                 vec_load(out->delta + i) * f_prime(vec_load(out->z + i), vec_load(out->a + i), vec_all(out->slope)));
    if (!f_prime)
        l->backward(out);
}

/* delta_{l-1} = (W^T delta) f'(z_{l-1}, a_{l-1}) */
static void delta_below(const layer_of *l, const layer_of *below)
{
    const size_t inputs = l->inputs, units = l->out.units;
    const real *delta = l->out.delta;
    const struct REAL(bp_units) *out = &below->out;
    f_prime_fn *f_prime = (f_prime_fn *)below->unit.prime;
    for (size_t i = 0; i < inputs; i += VEC_LANES) {
        const real *transposed = l->transposed + i;
        const vec slope = f_prime(vec_load(out->z + i), vec_load(out->a + i), vec_all(out->slope));
        vec sum = vec_all(0);
        for (size_t unit = 0; unit < units; unit++, transposed += BP_LANES)
            sum = vec_fma(vec_all(delta[unit]), vec_load(transposed), sum);
        vec_keep(out->delta + i, vec_pick(vec_within(inputs, i), sum * slope, vec_all(0)));
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
        safe = within(within(safe, l->out.delta, l->out.units, bound), l->in, l->inputs, bound);
    return !vec_any(vec_equal(vec_pick(safe, zero, bound), bound));
}

/* Where a gradient goes: to its place, or into the step of plain gradient descent at once, of whose one row it is the
 * mean. */
struct descent {
    bool fused;
    vec minus_rate;
};

BP_INLINE void put(const struct descent *d, real *w, real *dw, vec g)
{
    if (d->fused)
        vec_store(w, vec_kept(sgd_step(vec_load(w), d->minus_rate, g)));
    else
        vec_store(dw, g);
}

/* dW = delta in^T, db = delta */
BP_INLINE void gradient(const layer_of *l, struct descent d)
{
    const size_t inputs = l->inputs, lanes = d.fused ? l->out.units : BP_LANES;
    const real *in = l->in;
    for (size_t v = 0; v < lanes; v += VEC_LANES) {
        const vec delta = vec_load(l->out.delta + v);
        real *w = l->w + v, *dw = l->dw + v;
        put(&d, l->b + v, l->db + v, vec_all(0) + delta);
        for (size_t k = 0; k < inputs; k++, w += BP_LANES, dw += BP_LANES)
            put(&d, w, dw, vec_fma(vec_all(in[k]), delta, vec_all(0)));
    }
}

static enum bp_narrow_end train(const struct REAL(bp_narrow) *n, double *loss)
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
        chain(last);
    for (const layer_of *l = last; l > n->layers; l--)
        delta_below(l, l - 1);
    if (!is_safe(n))
        return BP_NARROW_UNSAFE;
    const struct descent descent = {n->plain_sgd, sgd_minus_rate(n->update.rate)};
    for (const layer_of *l = n->layers; l <= last; l++)
        if (descent.fused)
            gradient(l, descent);
        else
            gradient(l, (struct descent){.fused = false});
    if (!n->plain_sgd)
        n->step(&n->update);
    return BP_NARROW_DONE;
}

void KERNEL(bp_narrow_fill)(struct REAL(bp_kernels) *kernels) { kernels->narrow.train = train; }
