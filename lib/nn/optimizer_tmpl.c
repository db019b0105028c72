/* SPDX-License-Identifier: MIT
 *
 * A step: over each trained vector of parameters, with its gradient and state, and without knowing what layers are.
 *
 * Nothing may become infinite or NaN. For the usual step that is known beforehand: with gradients, penalties' weights
 * and learning rate within the bounds below and epsilon >= 1e-16, no state passes 2^104 and no parameter moves by more
 * than 2^95, which no f32 overflows by in 2^32 steps, and no f64. Rprop's move is BP_OPT_STEP_MAX at
 * most, which is below 2^95, and was at most 100 times that, its eta+, before it was cut. Any other step is first made
 * on a copy and looked at; and from then on every step, as the state may have grown. Quickprop's steps may grow without
 * end: each is looked at. */
#include <math.h>
#include <string.h>

#include "base/arithmetic.h"
#include "nn/optimizer.h"
#include "nn/typed.h"

#define SAFE_SIZE ((real)0x1p32)
#define SAFE_RATE 0x1p10

enum { CHUNK = 4 * BP_LANES };

void REAL(bp_optimizer_plan)(struct REAL(bp_plan) *plan, const struct bp_settings *settings)
{
    const struct bp_settings s = plan->settings = bp_optimizer_settings(settings);
    const int32_t optimizer = bp_key(s.optimizer);
    const bool decoupled = optimizer == BP_OPTIM_ADAMW;
    plan->step = plan->kernels.update[BP_INDEX(optimizer)];
    plan->corrected = optimizer == BP_OPTIM_ADAM || decoupled;
    plan->update = (struct REAL(bp_update)){
        .clip_value = s.clip_value > 0 ? (real)s.clip_value : (real)INFINITY,
        .clip_scale = 1,
        .rate = (real)s.learning_rate,
        .momentum = (real)s.momentum,
        .nesterov = (real)s.nesterov,
        .rho = (real)s.rho,
        .epsilon = (real)s.epsilon,
        .beta1 = (real)s.beta1,
        .beta2 = (real)s.beta2,
        .l1 = (real)s.l1,
        .decay = (real)(s.l2 + (decoupled ? 0 : s.weight_decay)),
        .eta_plus = (real)s.eta_plus,
        .eta_minus = (real)s.eta_minus,
        .step_min = (real)s.step_min,
        .step_max = (real)s.step_max,
        .growth = (real)s.growth,
        .growth_share = (real)(s.growth / (1 + s.growth)),
        .shrink = decoupled ? (real)(1 - s.learning_rate * s.weight_decay) : 1,
    };
    plan->decays = plan->update.decay > 0 || plan->update.shrink < 1;
    plan->plain_sgd = optimizer == BP_OPTIM_SGD && s.momentum == 0 && s.clip_value == 0 && plan->update.l1 == 0 &&
                      plan->update.decay == 0;
    plan->grows = optimizer == BP_OPTIM_QUICKPROP;
    plan->lean = ((optimizer == BP_OPTIM_SGD && s.momentum == 0) || optimizer == BP_OPTIM_ADAGRAD) &&
                 plan->update.l1 == 0 && plan->update.decay == 0;
    plan->fused = s.clip_norm == 0 && s.learning_rate <= SAFE_RATE && !plan->grows;
}

struct REAL(bp_update) REAL(bp_optimizer_start)(const struct bp_model *model, uint64_t rows)
{
    const struct REAL(bp_plan) *plan = REAL(bp_plan_of)(model);
    struct REAL(bp_update) update = plan->update;
    update.mean = (real)(1 / (double)rows);
    if (plan->corrected) {
        const uint64_t t = model->steps + 1;
        update.corrected_rate = (real)(plan->settings.learning_rate / (1 - bp_power(plan->settings.beta1, t)));
        update.corrected_root = (real)(1 / sqrt(1 - bp_power(plan->settings.beta2, t)));
    }
    return update;
}

struct REAL(bp_update) REAL(bp_optimizer_segment)(const struct REAL(bp_update) *update, const struct bp_model *model,
                                                  const struct bp_segment *segment)
{
    struct REAL(bp_update) own = *update;
    own.n = segment->size;
    own.w = (real *)model->parameters + segment->at;
    own.g = (const real *)model->gradient + segment->at;
    own.v = model->states > 0 ? (real *)model->state[0] + segment->at : NULL;
    own.u = model->states > 1 ? (real *)model->state[1] + segment->at : NULL;
    if (segment->bias && model->settings.decay_bias == 0) {
        own.l1 = own.decay = 0;
        own.shrink = 1;
    }
    return own;
}

bool REAL(bp_optimizer_is_safe)(const struct bp_model *model, double gradient)
{
    const struct REAL(bp_plan) *plan = REAL(bp_plan_of)(model);
    struct bp_segment segment;
    bool safe =
        !model->check_finite && !plan->grows && plan->settings.learning_rate <= SAFE_RATE && gradient <= SAFE_SIZE;
    for (size_t i = 0; safe && plan->decays && bp_model_next_segment(model, &i, &segment);)
        safe = plan->kernels.largest(segment.size, (const real *)model->parameters + segment.at) <= SAFE_SIZE;
    return safe;
}

/* Whether of this segment's gradient only some columns are there. */
static bool is_partial(const struct bp_model *model, const struct bp_segment *segment)
{
    return model->partial && segment->layer == 0 && !segment->bias;
}

/* Gradients beyond the first are made smaller by the second before they are squared: powers of two, which change no
 * bit. */
#define HUGE_GRADIENT 0x1p500
#define SMALLER 0x1p-600

/* What clip by norm leaves of the gradient, whose numbers, in f64, may be as large as `largest`. */
static real norm_scale(const struct bp_model *model, const struct REAL(bp_update) *whole, double largest)
{
    const double by = largest > HUGE_GRADIENT ? SMALLER : 1, most = model->settings.clip_norm * by;
    struct REAL(bp_update) common = *whole;
    struct bp_segment segment;
    double sum = 0;
    common.mean *= (real)by;
    common.clip_value *= (real)by;
    for (size_t i = 0; bp_model_next_segment(model, &i, &segment);) {
        const struct REAL(bp_update) update = REAL(bp_optimizer_segment)(&common, model, &segment);
        sum = is_partial(model, &segment) ? REAL(bp_sparse_sum_of_squares)(model, &update, sum)
                                          : REAL(bp_kernels_of)(model)->sum_of_squares(&update, sum);
    }
    const double norm = sqrt(sum);
    return norm > most ? (real)(most / (norm + 1e-6 * by)) : 1;
}

/* Whether the step on this segment leaves all numbers finite, made on copies, a chunk at a time. */
static bool stays_finite(const struct bp_model *model, const struct REAL(bp_update) *update)
{
    const struct REAL(bp_plan) *plan = REAL(bp_plan_of)(model);
    real w[CHUNK], v[CHUNK], u[CHUNK];
    for (size_t at = 0; at < update->n; at += CHUNK) {
        struct REAL(bp_update) chunk = *update;
        chunk.n = update->n - at < CHUNK ? update->n - at : CHUNK;
        const size_t bytes = chunk.n * sizeof(real);
        chunk.g = update->g + at;
        chunk.w = memcpy(w, update->w + at, bytes);
        chunk.v = update->v ? memcpy(v, update->v + at, bytes) : NULL;
        chunk.u = update->u ? memcpy(u, update->u + at, bytes) : NULL;
        plan->step(&chunk);
        const real *vectors[] = {chunk.w, chunk.v, chunk.u};
        for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++)
            if (vectors[i] && isinf(plan->kernels.largest(chunk.n, vectors[i])))
                return false;
    }
    return true;
}

/* The largest |g|, infinite, with the layer, if one is infinite or NaN. */
static double largest_gradient(const struct bp_model *model, size_t *layer)
{
    struct bp_segment segment;
    real most = 0;
    for (size_t i = 0; isfinite(most) && bp_model_next_segment(model, &i, &segment);) {
        const real g = REAL(bp_kernels_of)(model)->largest(segment.size, (const real *)model->gradient + segment.at);
        *layer = segment.layer;
        most = g > most ? g : most;
    }
    return (double)most;
}

bp_status REAL(bp_optimizer_step)(struct bp_model *model, size_t *layer)
{
    struct REAL(bp_update) common = REAL(bp_optimizer_start)(model, model->gradient_rows);
    struct bp_segment segment;
    double most = 0;
    bool safe = REAL(bp_optimizer_is_safe)(model, model->gradient_bound);
    if (!safe || !REAL(bp_sparse_is_enough)(model))
        REAL(bp_sparse_spread)(model);
    if (!safe) {
        most = largest_gradient(model, layer);
        if (isinf(most))
            return BP_ERR_NONFINITE;
        safe = REAL(bp_optimizer_is_safe)(model, most);
    }
    if (model->settings.clip_norm > 0)
        common.clip_scale = norm_scale(model, &common, most);
    for (size_t i = 0; !safe && bp_model_next_segment(model, &i, &segment);) {
        const struct REAL(bp_update) update = REAL(bp_optimizer_segment)(&common, model, &segment);
        *layer = segment.layer;
        if (!stays_finite(model, &update))
            return BP_ERR_NONFINITE;
    }
    for (size_t i = 0; bp_model_next_segment(model, &i, &segment);) {
        const struct REAL(bp_update) update = REAL(bp_optimizer_segment)(&common, model, &segment);
        if (is_partial(model, &segment))
            REAL(bp_sparse_step)(model, &update);
        else
            REAL(bp_plan_of)(model)->step(&update);
        model->first_is_normal = model->first_is_normal || (segment.layer == 0 && !segment.bias);
    }
    model->check_finite = !safe;
    model->steps++;
    model->gradient_rows = 0;
    return BP_OK;
}
