/* SPDX-License-Identifier: MIT
 *
 * The optimisers' formulas on a vector of parameters; bp.h gives them with their sources. Each loop works on a copy of
 * its settings, which no store can change, so that they stay in registers. */
#include "base/fma.h"
#include "kernels/kernels.h"
#include "kernels/sgd.h"
#include "kernels/vector.h"

typedef struct REAL(bp_update) update_of;

BP_INLINE vec clipped(const update_of *u, size_t i)
{
    const vec g = vec_load(u->g + i) * u->mean, high = vec_all(u->clip_value), low = vec_all(-u->clip_value);
    return vec_pick(vec_less(g, low), low, vec_pick(vec_less(high, g), high, g));
}

/* The gradient as the formulas take it: the mean over the rows, clipped, with the penalties; `plain` has neither clip
 * nor penalty. */
BP_INLINE vec gradient(const update_of *u, size_t i, bool plain, vec w)
{
    if (plain)
        return vec_load(u->g + i) * u->mean;
    const vec zero = vec_all(0), l1 = vec_all(u->l1);
    const vec pull = vec_pick(vec_less(zero, w), l1, vec_pick(vec_less(w, zero), vec_negate(l1), zero));
    return clipped(u, i) * u->clip_scale + pull + u->decay * w;
}

static bool is_plain(const update_of *u)
{
    return u->l1 == 0 && u->decay == 0 && u->clip_scale == 1 && u->clip_value == BP_INFINITY;
}

/* w = fma(-lr, g, w) */
BP_INLINE void sgd(update_of u, bool plain)
{
    const vec minus_rate = sgd_minus_rate(u.rate);
    for (size_t i = 0; i < u.n; i += VEC_LANES) {
        const vec w = vec_load(u.w + i);
        vec_store(u.w + i, vec_kept(sgd_step(w, minus_rate, gradient(&u, i, plain, w))));
    }
}

/* v = m v + g, w -= lr v, or Nesterov's w -= lr (g + m v) */
BP_INLINE void momentum(update_of u, bool plain)
{
    const real last = u.nesterov, ahead = last > 0 ? u.momentum : 1;
    for (size_t i = 0; i < u.n; i += VEC_LANES) {
        const vec w = vec_load(u.w + i), g = gradient(&u, i, plain, w), v = u.momentum * vec_load(u.v + i) + g;
        vec_store(u.v + i, vec_kept(v));
        vec_store(u.w + i, vec_kept(w - u.rate * (last * g + ahead * v)));
    }
}

/* v += g^2, w -= lr g / (sqrt v + eps) */
BP_INLINE void adagrad(update_of u, bool plain)
{
    for (size_t i = 0; i < u.n; i += VEC_LANES) {
        const vec w = vec_load(u.w + i), g = gradient(&u, i, plain, w), v = vec_load(u.v + i) + g * g;
        vec_store(u.v + i, vec_kept(v));
        vec_store(u.w + i, vec_kept(w - u.rate * g / (vec_sqrt(v) + u.epsilon)));
    }
}

/* v = rho v + (1 - rho) g^2, w -= lr g / (sqrt v + eps), or with momentum u = m u + g / (sqrt v + eps), w -= lr u */
BP_INLINE void rmsprop(update_of u, bool plain)
{
    for (size_t i = 0; i < u.n; i += VEC_LANES) {
        const vec w = vec_load(u.w + i), g = gradient(&u, i, plain, w);
        const vec v = u.rho * vec_load(u.v + i) + (1 - u.rho) * (g * g);
        vec step = g / (vec_sqrt(v) + u.epsilon);
        vec_store(u.v + i, vec_kept(v));
        if (u.u) {
            step = u.momentum * vec_load(u.u + i) + step;
            vec_store(u.u + i, vec_kept(step));
        }
        vec_store(u.w + i, vec_kept(w - u.rate * step));
    }
}

/* m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2, w -= lr / (1 - b1^t) m / (sqrt v / sqrt(1 - b2^t) + eps);
 * m is u, v is v. AdamW shrinks w first and has no decay in g; for Adam shrink is 1. */
BP_INLINE void adam(update_of u, bool plain)
{
    for (size_t i = 0; i < u.n; i += VEC_LANES) {
        const vec w = vec_load(u.w + i), g = gradient(&u, i, plain, w);
        const vec m = u.beta1 * vec_load(u.u + i) + (1 - u.beta1) * g;
        const vec v = u.beta2 * vec_load(u.v + i) + (1 - u.beta2) * (g * g);
        vec_store(u.u + i, vec_kept(m));
        vec_store(u.v + i, vec_kept(v));
        vec_store(u.w + i,
                  vec_kept(w * u.shrink - u.corrected_rate * m / (vec_sqrt(v) * u.corrected_root + u.epsilon)));
    }
}

/* g p > 0: s = min(eta+ s, most); g p < 0: s = max(eta- s, least), g = 0; w -= s sign g, p = g.
 * s is v, where 0 means none yet: fresh state is zeros, and the first step takes lr for it. Of p its sign is kept, as
 * u, so that no product of small gradients is lost. Where g is 0, as in padding, w keeps its bits. */
BP_INLINE void rprop(update_of u, bool plain)
{
    const vec zero = vec_all(0), one = vec_all(1), minus_one = vec_all(-1), least = vec_all(u.step_min),
              most = vec_all(u.step_max), plus = vec_all(u.eta_plus), minus = vec_all(u.eta_minus),
              first = vec_all(u.rate);
    for (size_t i = 0; i < u.n; i += VEC_LANES) {
        const vec w = vec_load(u.w + i), g = gradient(&u, i, plain, w), s = vec_load(u.v + i);
        const vec sign = vec_pick(vec_less(zero, g), one, vec_pick(vec_less(g, zero), minus_one, zero));
        const vec turn = sign * vec_load(u.u + i);
        const vec_mask reversed = vec_less(turn, zero);
        const vec factor = vec_pick(vec_less(zero, turn), plus, vec_pick(reversed, minus, one));
        const vec size = vec_pick(vec_equal(s, zero), first, s * factor);
        const vec step = vec_least(vec_greatest(size, least), most), way = vec_pick(reversed, zero, sign);
        vec_store(u.v + i, vec_kept(step));
        vec_store(u.u + i, vec_kept(way));
        vec_store(u.w + i, vec_kept(w - way * step));
    }
}

/* d = f d - (g p > 0 ? lr g : 0), f = g / (p - g), or mu where g / p >= mu / (1 + mu); w += d, p = g; d is v, p is u.
 * d went down from p, so that the signs of the two differ: seen against d, `before` is above 0, and `now` is so too
 * unless the slope has changed its sign. A d of 0 says nothing, as in fresh state and padding: d = -lr g, and `now` is
 * 0, so that nothing is divided by 0. */
BP_INLINE void quickprop(update_of u, bool plain)
{
    const vec zero = vec_all(0), most = vec_all(u.growth);
    for (size_t i = 0; i < u.n; i += VEC_LANES) {
        const vec w = vec_load(u.w + i), g = gradient(&u, i, plain, w), d = vec_load(u.v + i), p = vec_load(u.u + i);
        const vec_mask up = vec_less(zero, d), none = vec_equal(d, zero);
        const vec now = vec_pick(none, zero, vec_pick(up, vec_negate(g), g)), before = vec_pick(up, vec_negate(p), p);
        const vec_mask bounded = vec_less(now, u.growth_share * before);
        const vec divisor = vec_pick(bounded, before - now, vec_all(1));
        const vec factor = vec_pick(bounded, now / divisor, most);
        const vec along = vec_pick(none, zero, factor * d);
        const vec further = u.rate * vec_pick(none, g, vec_pick(vec_less(zero, now), g, zero));
        vec_store(u.v + i, vec_kept(along - further));
        vec_store(u.u + i, vec_kept(g));
        vec_store(u.w + i, vec_kept(w - (further - along)));
    }
}

/* Each loop once without and once with clip and penalties. */
BP_INLINE void either(const update_of *u, void loop(update_of u, bool plain))
{
    if (is_plain(u))
        loop(*u, true);
    else
        loop(*u, false);
}

static void sgd_or_momentum(const update_of *u)
{
    if (u->v)
        either(u, momentum);
    else
        either(u, sgd);
}

static void adagrad_update(const update_of *u) { either(u, adagrad); }
static void rmsprop_update(const update_of *u) { either(u, rmsprop); }
static void adam_update(const update_of *u) { either(u, adam); }
static void rprop_update(const update_of *u) { either(u, rprop); }
static void quickprop_update(const update_of *u) { either(u, quickprop); }

/* Chains of maxima side by side; a lane of `bad` turns NaN, and stays it, at a number that is infinite or NaN. */
enum { CHAINS = 4 };

struct extremes {
    vec most[CHAINS], bad[CHAINS];
};

BP_INLINE void take(struct extremes *e, size_t chain, const real *g)
{
    const vec size = vec_abs(vec_load(g));
    e->most[chain] = vec_greatest(size, e->most[chain]);
    e->bad[chain] = vec_fma(size, vec_all(0), e->bad[chain]);
}

static real largest(size_t n, const real *g)
{
    struct extremes e;
    real most[VEC_LANES], bad[VEC_LANES], top = 0;
    size_t i = 0;
    BP_UNROLL
    for (size_t chain = 0; chain < CHAINS; chain++)
        e.most[chain] = e.bad[chain] = vec_all(0);
    for (; i + CHAINS * VEC_LANES <= n; i += CHAINS * VEC_LANES)
        BP_UNROLL
    for (size_t chain = 0; chain < CHAINS; chain++)
        take(&e, chain, g + i + chain * VEC_LANES);
    for (; i < n; i += VEC_LANES)
        take(&e, 0, g + i);
    BP_UNROLL
    for (size_t chain = 1; chain < CHAINS; chain++) {
        e.most[0] = vec_greatest(e.most[chain], e.most[0]);
        e.bad[0] = e.bad[0] + e.bad[chain];
    }
    vec_store(most, e.most[0]);
    vec_store(bad, e.bad[0]);
    for (size_t lane = 0; lane < VEC_LANES; lane++)
        top = bad[lane] != 0 ? BP_INFINITY : most[lane] > top ? most[lane] : top;
    return top;
}

static double sum_of_squares(const update_of *u, double start)
{
    real lanes[VEC_LANES];
    double sum = start;
    for (size_t i = 0; i < u->n; i += VEC_LANES) {
        vec_store(lanes, clipped(u, i));
        for (size_t lane = 0; lane < VEC_LANES; lane++)
            sum = bp_fma_f64((double)lanes[lane], (double)lanes[lane], sum);
    }
    return sum;
}

/* db += the sum of delta over the rows, row after row. */
static void sum_rows(const struct REAL(bp_units) *units, real *db)
{
    for (size_t i = 0; i < units->units; i += VEC_LANES) {
        vec sum = vec_load(db + i);
        for (size_t row = 0; row < units->rows; row++)
            sum = sum + vec_load(units->delta + row * units->stride + i);
        vec_store(db + i, sum);
    }
}

void KERNEL(bp_update_fill)(struct REAL(bp_kernels) *kernels)
{
    kernels->update[BP_INDEX(BP_OPTIM_SGD)] = sgd_or_momentum;
    kernels->update[BP_INDEX(BP_OPTIM_ADAGRAD)] = adagrad_update;
    kernels->update[BP_INDEX(BP_OPTIM_RMSPROP)] = rmsprop_update;
    kernels->update[BP_INDEX(BP_OPTIM_ADAM)] = adam_update;
    kernels->update[BP_INDEX(BP_OPTIM_ADAMW)] = adam_update;
    kernels->update[BP_INDEX(BP_OPTIM_RPROP)] = rprop_update;
    kernels->update[BP_INDEX(BP_OPTIM_QUICKPROP)] = quickprop_update;
    kernels->largest = largest;
    kernels->sum_of_squares = sum_of_squares;
    kernels->sum_rows = sum_rows;
}
