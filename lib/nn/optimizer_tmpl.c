/* SPDX-License-Identifier: MIT
 *
 * A step: over each trained vector of parameters, with its gradient and state, and without knowing what layers are.
 *
 * Nothing may become infinite or NaN. For the usual step that is known beforehand: with gradients, penalties' weights
 * and learning rate within the bounds below and epsilon >= 1e-16, no state passes 2^104 and no parameter moves by more
 * than 2^95, which no f32 overflows by in 2^32 steps, and no f64. Any other step is first made on a copy and looked at;
 * and from then on every step, as the state may have grown. */
#include <math.h>
#include <string.h>

#include "nn/optimizer.h"
#include "nn/typed.h"

#define SAFE_SIZE ((real)0x1p32)
#define SAFE_RATE 0x1p10

enum { CHUNK = 4 * BP_LANES };

/* beta^n by squaring: the same on every platform, which pow is not. */
static double power(double beta, uint64_t n)
{
    double result = 1;
    for (; n > 0; n /= 2, beta *= beta)
        if (n % 2)
            result *= beta;
    return result;
}

static struct REAL(bp_update) start(const struct bp_model *model, const struct bp_settings *s)
{
    const uint64_t t = model->steps + 1;
    return (struct REAL(bp_update)){
        .mean = (real)(1 / (double)model->gradient_rows),
        .clip_value = s->clip_value > 0 ? (real)s->clip_value : (real)INFINITY,
        .clip_scale = 1,
        .rate = (real)s->learning_rate,
        .momentum = (real)s->momentum,
        .nesterov = (real)s->nesterov,
        .rho = (real)s->rho,
        .epsilon = (real)s->epsilon,
        .beta1 = (real)s->beta1,
        .beta2 = (real)s->beta2,
        .corrected_rate = (real)(s->learning_rate / (1 - power(s->beta1, t))),
        .corrected_root = (real)sqrt(1 - power(s->beta2, t)),
    };
}

/* The update for one segment: where its numbers lie, and its penalties. */
static struct REAL(bp_update) for_segment(struct REAL(bp_update) update, const struct bp_model *model,
                                          const struct bp_settings *s, const struct bp_segment *segment)
{
    const bool penalised = !segment->bias || s->decay_bias != 0;
    const bool decoupled = bp_key(s->optimizer) == BP_OPTIM_ADAMW;
    const size_t states = bp_optimizer_states(s);
    update.n = segment->room;
    update.w = (real *)model->parameters + segment->at;
    update.g = (const real *)model->gradient + segment->at;
    update.v = states > 0 ? (real *)model->state[0] + segment->at : NULL;
    update.u = states > 1 ? (real *)model->state[1] + segment->at : NULL;
    update.l1 = penalised ? (real)s->l1 : 0;
    update.decay = penalised ? (real)(s->l2 + (decoupled ? 0 : s->weight_decay)) : 0;
    update.shrink = penalised && decoupled ? (real)(1 - s->learning_rate * s->weight_decay) : 1;
    return update;
}

/* What clip by norm leaves of the gradient. */
static real norm_scale(const struct bp_model *model, const struct bp_settings *s, const struct REAL(bp_update) *common)
{
    struct bp_segment segment;
    double sum = 0;
    for (size_t i = 0; bp_model_next_segment(model, &i, &segment);) {
        const struct REAL(bp_update) update = for_segment(*common, model, s, &segment);
        sum = REAL(bp_kernels_of)(model)->sum_of_squares(&update, sum);
    }
    const double norm = sqrt(sum);
    return norm > s->clip_norm ? (real)(s->clip_norm / (norm + 1e-6)) : 1;
}

/* Whether the step on this segment leaves all numbers finite, made on copies, a chunk at a time. */
static bool stays_finite(const struct bp_model *model, const struct REAL(bp_update) *update, REAL(bp_update_fn) *step)
{
    real w[CHUNK], v[CHUNK], u[CHUNK];
    for (size_t at = 0; at < update->n; at += CHUNK) {
        struct REAL(bp_update) chunk = *update;
        chunk.n = update->n - at < CHUNK ? update->n - at : CHUNK;
        const size_t bytes = chunk.n * sizeof(real);
        chunk.g = update->g + at;
        chunk.w = memcpy(w, update->w + at, bytes);
        chunk.v = update->v ? memcpy(v, update->v + at, bytes) : NULL;
        chunk.u = update->u ? memcpy(u, update->u + at, bytes) : NULL;
        step(&chunk);
        const real *vectors[] = {chunk.w, chunk.v, chunk.u};
        for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++)
            if (vectors[i] && isinf(REAL(bp_kernels_of)(model)->largest(chunk.n, vectors[i])))
                return false;
    }
    return true;
}

/* Looks at every gradient. BP_ERR_NONFINITE with the layer if one is not finite; *safe tells whether all is within the
 * bounds above. */
static bp_status inspect(const struct bp_model *model, const struct bp_settings *s,
                         const struct REAL(bp_update) *common, bool *safe, size_t *layer)
{
    struct bp_segment segment;
    *safe = !model->careful && s->learning_rate <= SAFE_RATE;
    for (size_t i = 0; bp_model_next_segment(model, &i, &segment);) {
        const struct REAL(bp_update) update = for_segment(*common, model, s, &segment);
        const real g = REAL(bp_kernels_of)(model)->largest(update.n, update.g);
        *layer = segment.layer;
        if (isinf(g))
            return BP_ERR_NONFINITE;
        const bool decays = update.decay > 0 || update.shrink < 1;
        *safe = *safe && g <= SAFE_SIZE &&
                (!decays || REAL(bp_kernels_of)(model)->largest(update.n, update.w) <= SAFE_SIZE);
    }
    return BP_OK;
}

bp_status REAL(bp_optimizer_step)(struct bp_model *model, size_t *layer)
{
    const struct bp_settings s = bp_optimizer_settings(&model->settings);
    REAL(bp_update_fn) *step = REAL(bp_kernels_of)(model)->update[BP_INDEX(bp_key(s.optimizer))];
    struct REAL(bp_update) common = start(model, &s);
    struct bp_segment segment;
    bool safe;
    const bp_status status = inspect(model, &s, &common, &safe, layer);
    if (status != BP_OK)
        return status;
    if (s.clip_norm > 0)
        common.clip_scale = norm_scale(model, &s, &common);
    for (size_t i = 0; !safe && bp_model_next_segment(model, &i, &segment);) {
        const struct REAL(bp_update) update = for_segment(common, model, &s, &segment);
        *layer = segment.layer;
        if (!stays_finite(model, &update, step))
            return BP_ERR_NONFINITE;
    }
    for (size_t i = 0; bp_model_next_segment(model, &i, &segment);) {
        const struct REAL(bp_update) update = for_segment(common, model, &s, &segment);
        step(&update);
    }
    model->careful = !safe;
    model->steps++;
    memset(model->gradient, 0, model->room * sizeof(real));
    model->gradient_rows = 0;
    return BP_OK;
}
