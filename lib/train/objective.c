/* SPDX-License-Identifier: MIT */
#include "train/objective.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/last_error.h"
#include "data/asked_net.h"

/* Rows that go through the net at a time. */
enum { BLOCK = 1024 };

static size_t parameters_of(const bp_train *t) { return bp_numbers_of_net(t->net, BP_ARRAY_PARAMETERS, 0); }
static bool is_f32(const bp_train *t) { return bp_type_of_net(t->net) == BP_F32; }

/* ---- parameters, by way of train->gradient, which takes them in the net's type */

static double number(const bp_train *t, size_t i)
{
    return is_f32(t) ? (double)((const float *)t->gradient)[i] : ((const double *)t->gradient)[i];
}

bp_status bp_objective_get(bp_train *t, double *x)
{
    BP_TRY(bp_batch_get_parameters(t->net, t->gradient));
    for (size_t i = 0; i < parameters_of(t); i++)
        x[i] = number(t, i);
    return BP_OK;
}

/* As a step writes them: a number that changes does not become subnormal. What is frozen does not change. */
bp_status bp_objective_set(bp_train *t, const double *x)
{
    const double smallest = is_f32(t) ? (double)FLT_MIN : DBL_MIN;
    BP_TRY(bp_batch_get_parameters(t->net, t->gradient));
    for (size_t i = 0; i < parameters_of(t); i++) {
        const double own = is_f32(t) ? (double)(float)x[i] : x[i];
        if (own != 0 && own == number(t, i))
            continue;
        const double kept = fabs(own) < smallest ? copysign(0, own) : own;
        if (is_f32(t))
            ((float *)t->gradient)[i] = (float)kept;
        else
            ((double *)t->gradient)[i] = kept;
    }
    return bp_batch_set_parameters(t->net, t->gradient);
}

/* ---- what is the same at every evaluation */

static double option(const bp_train *t, int32_t key)
{
    double value = 0;
    (void)bp_net_get(t->net, key, &value); /* which a key of the library's cannot fail */
    return value;
}

static double of_layer(const bp_train *t, size_t layer, int32_t key)
{
    double value = 0;
    (void)bp_net_layer_get(t->net, layer, key, &value);
    return value;
}

static double *fill(double *from, size_t count, double value)
{
    for (size_t i = 0; i < count; i++)
        from[i] = value;
    return from + count;
}

/* In the order of the parameters; 0 where they are frozen. */
static void fill_decay(bp_train *t)
{
    const double decay = option(t, BP_OPT_L2) + option(t, BP_OPT_WEIGHT_DECAY);
    const double of_bias = option(t, BP_OPT_DECAY_BIAS) != 0 ? decay : 0;
    double *next = t->full.decay;
    for (size_t i = 0; i < bp_net_layers(t->net); i++) {
        const size_t weights = bp_numbers_of_net(t->net, BP_ARRAY_WEIGHTS, i),
                     biases = bp_numbers_of_net(t->net, BP_ARRAY_BIAS, i);
        if (weights > 0)
            next = fill(next, weights, of_layer(t, i, BP_LAYER_TRAIN_WEIGHTS) != 0 ? decay : 0);
        if (biases > 0)
            next = fill(next, biases, of_layer(t, i, BP_LAYER_TRAIN_BIAS) != 0 ? of_bias : 0);
    }
}

bp_status bp_objective_prepare(bp_train *t)
{
    const size_t rows = bp_data_rows(t->data);
    BP_TRY(bp_batch_fit(&t->allocator, &t->batch, t->net, t->data, rows < BLOCK ? rows : BLOCK));
    for (size_t i = 0; i < rows; i++)
        t->order[i] = i;
    fill_decay(t);
    return BP_OK;
}

/* One round of a hash of 64 bits, with the finaliser of MurmurHash3. */
static uint64_t mix(uint64_t fingerprint, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    fingerprint = (fingerprint ^ bits) * UINT64_C(0xff51afd7ed558ccd);
    fingerprint = (fingerprint ^ (fingerprint >> 33)) * UINT64_C(0xc4ceb9fe1a85ec53);
    return fingerprint ^ (fingerprint >> 33);
}

static uint64_t mix_all(uint64_t fingerprint, const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        fingerprint = mix(fingerprint, values[i]);
    return fingerprint;
}

static bp_status mix_scalings(const bp_train *t, uint64_t *fingerprint)
{
    const size_t inputs = bp_net_inputs(t->net), outputs = bp_net_outputs(t->net);
    double *buffer = t->full.scaling;
    BP_TRY(bp_read_scaling(t->net, false, inputs, buffer, buffer + inputs));
    *fingerprint = mix_all(*fingerprint, buffer, 2 * inputs);
    BP_TRY(bp_read_scaling(t->net, true, outputs, buffer, buffer + outputs));
    *fingerprint = mix_all(*fingerprint, buffer, 2 * outputs);
    return BP_OK;
}

/* All options that a trained net can still change, except those that only bp_net_init() uses. To ask a layer for an
 * option that its kind does not have is a failed call, whose sentence is put aside. */
static uint64_t mix_layer(const bp_train *t, size_t layer, uint64_t fingerprint)
{
    const unsigned without = BP_OPTION_READ_ONLY | BP_OPTION_BEFORE_INIT | BP_OPTION_OF_INIT;
    struct bp_error_kept kept;
    int32_t key;
    double value;
    bp_error_keep(&kept);
    for (size_t i = 0; (key = bp_key_at(BP_FAMILY_LAYER_OPTION, i)) != 0; i++)
        if (!(bp_option_by_key(key)->rules & without) && bp_net_layer_get(t->net, layer, key, &value) == BP_OK)
            fingerprint = mix(fingerprint, value);
    bp_error_put_back(&kept);
    return fingerprint;
}

bp_status bp_objective_fingerprint(bp_train *t, uint64_t *fingerprint)
{
    int32_t key;
    uint64_t sum = mix(0, t->set.balance);
    BP_TRY(bp_batch_get_parameters(t->net, t->gradient));
    for (size_t i = 0; i < parameters_of(t); i++)
        sum = mix(sum, number(t, i));
    for (size_t i = 0; (key = bp_key_at(BP_FAMILY_NET_OPTION, i)) != 0; i++)
        if (bp_option_by_key(key)->rules & BP_OPTION_OF_LOSS)
            sum = mix(sum, option(t, key));
    for (size_t layer = 0; layer < bp_net_layers(t->net); layer++)
        sum = mix_layer(t, layer, sum);
    *fingerprint = sum;
    return mix_scalings(t, fingerprint);
}

/* ---- an evaluation */

/* Adds all rows to the net's gradient; `loss` is their mean. */
static bp_status add_rows(bp_train *t, double *loss, size_t *right)
{
    const size_t rows = bp_data_rows(t->data);
    double sum = 0;
    *right = 0;
    for (size_t row = 0; row < rows; row += t->batch.rows) {
        const size_t some = rows - row < t->batch.rows ? rows - row : t->batch.rows;
        double mean;
        BP_TRY(bp_batch_fill(&t->batch, t->data, bp_train_class_weights(t), t->order + row, some));
        BP_TRY(bp_batch_add_gradient(&t->batch, t->net, &mean));
        sum += mean * (double)some;
        if (t->labels) {
            BP_TRY(bp_batch_outputs(&t->batch, t->net));
            *right += bp_batch_right(&t->batch, some);
        }
    }
    *loss = sum / (double)rows;
    return BP_OK;
}

/* The loss of the rows has its gradient in train->gradient. */
static void add_penalty(const bp_train *t, double loss, struct bp_point *at)
{
    double penalty = 0, all = 0;
    for (size_t i = 0; i < parameters_of(t); i++) {
        const double slope = t->full.decay[i] * at->x[i];
        penalty += slope * at->x[i];
        at->gradient[i] = number(t, i) + slope;
        all += at->gradient[i] - at->gradient[i]; /* NaN as soon as one is not finite */
    }
    at->value = all == 0 ? loss + penalty / 2 : (double)INFINITY;
}

static bp_status evaluate_rows(bp_train *t, struct bp_point *at)
{
    double loss;
    BP_TRY(bp_objective_set(t, at->x));
    BP_TRY(bp_objective_get(t, at->x)); /* as the net has rounded it */
    BP_TRY(bp_net_zero_gradient(t->net));
    BP_TRY(add_rows(t, &loss, &at->right));
    BP_TRY(bp_batch_get_gradient(t->net, t->gradient));
    add_penalty(t, loss, at);
    return BP_OK;
}

static bp_status evaluate(void *context, struct bp_point *at)
{
    bp_train *t = context;
    if (atomic_load(&t->cancelled))
        return BP_ERR_CANCELLED;
    const bp_status status = evaluate_rows(t, at);
    (void)bp_net_zero_gradient(t->net); /* nothing is left for a step */
    if (status == BP_ERR_NONFINITE || (status == BP_OK && !isfinite(at->value))) {
        at->value = (double)INFINITY;
        return BP_OK;
    }
    return status;
}

struct bp_objective bp_objective_of(bp_train *t)
{
    return (struct bp_objective){.n = parameters_of(t), .evaluate = evaluate, .context = t};
}
