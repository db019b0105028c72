/* SPDX-License-Identifier: MIT */
#include "net/net_options.h"

#include <float.h>
#include <math.h>

#include "base/memory.h"
#include "net/handle.h"
#include "net/threads.h"
#include "nn/activation.h"
#include "nn/initializer.h"
#include "nn/loss.h"
#include "nn/optimizer.h"

static const struct bp_named bias_rows[] = {
    {BP_BIAS_NONE, "none", "The layer has no bias"},
    {BP_BIAS_UNIT, "unit", "A bias for each unit"},
    {BP_BIAS_SHARED, "shared", "One bias for all units of the layer"},
};
const struct bp_family bp_biases = BP_FAMILY(BP_FAMILY_BIAS, "bias", "Biases of dense layers", bias_rows);

static const struct bp_named scales[] = {
    {BP_SCALE_AUTO, "auto", "What suits the columns and the net"},
    {BP_SCALE_NONE, "none", "As they are"},
    {BP_SCALE_STANDARD, "standard", "To mean 0 and standard deviation 1"},
    {BP_SCALE_RANGE, "range", "From -1 for the least to 1 for the greatest"},
    {BP_SCALE_LARGEST, "largest", "Divided by the largest magnitude of all columns"},
};
const struct bp_family bp_scales =
    BP_FAMILY(BP_FAMILY_SCALE, "scale", "How columns are scaled for the network", scales);

#ifdef BP_HAVE_BLAS
enum { BLAS = 1 };
#else
enum { BLAS = 0 };
#endif

/* Of Rprop. Above 0 in f32, as a step of 0 is one not yet set; and at most the 2^95 of nn/optimizer_tmpl.c. */
#define LEAST_STEP 1e-30
#define MOST_STEP 1e28

/* ---- facts of nets, which are asked for as options are */

static const struct bp_model *model_of(const void *net) { return &((const bp_net *)net)->model; }

static double type_of(const void *net) { return model_of(net)->ops->dtype; }

static double is_fresh(const void *net) { return ((const bp_net *)net)->fresh; }

static double rows_of_gradient(const void *net) { return (double)model_of(net)->gradient_rows; }

static double norm_of_gradient(const void *net)
{
    const struct bp_model *m = model_of(net);
    return m->gradient_rows > 0 ? m->ops->gradient_norm(m, 1 / (double)m->gradient_rows) : 0;
}

static double nonfinite_layer(const void *net) { return (double)((const bp_net *)net)->nonfinite_layer - 1; }

/* ---- options of nets */

#define MOST_COUNTED 0x1p53
#define FACTS 5

static const struct bp_option net_rows[] = {
    {BP_NAMED(BP_OPT_LOSS, "loss", "The loss that the training lowers"), BP_IN(bp_settings, loss),
     BP_MEMBER(bp_losses, BP_LOSS_SQUARED), .rules = BP_OPTION_OF_LOSS},
    {BP_NAMED(BP_OPT_OPTIMIZER, "optimizer", "How a step is computed from the gradient"), BP_IN(bp_settings, optimizer),
     BP_MEMBER(bp_optimizers, BP_OPTIM_SGD)},
    {BP_NAMED(BP_OPT_LEARNING_RATE, "learning_rate", "The size of a step; the optimiser's own unless set"),
     BP_IN(bp_settings, learning_rate), BP_REAL(0, 1e30, 0.01), .rules = BP_OPTION_FOLLOWS},
    {BP_NAMED(BP_OPT_MOMENTUM, "momentum", "The share of the last step that the next one keeps, with sgd and rmsprop"),
     BP_IN(bp_settings, momentum), BP_REAL(0, 1, 0)},
    {BP_NAMED(BP_OPT_NESTEROV, "nesterov", "Nesterov's momentum, with sgd"), BP_IN(bp_settings, nesterov),
     BP_SWITCH(1, 0)},
    {BP_NAMED(BP_OPT_BETA1, "beta1", "The decay of the mean of gradients, with adam and adamw"),
     BP_IN(bp_settings, beta1), BP_REAL(0, 0.999999, 0.9)},
    {BP_NAMED(BP_OPT_BETA2, "beta2", "The decay of the mean of squared gradients, with adam and adamw"),
     BP_IN(bp_settings, beta2), BP_REAL(0, 0.999999, 0.999)},
    {BP_NAMED(BP_OPT_RHO, "rho", "The decay of the mean of squared gradients, with rmsprop"), BP_IN(bp_settings, rho),
     BP_REAL(0, 1, 0.99)},
    {BP_NAMED(BP_OPT_EPSILON, "epsilon", "Keeps the optimiser from dividing by 0; the optimiser's own unless set"),
     BP_IN(bp_settings, epsilon), BP_REAL(1e-16, 1, 1e-8), .rules = BP_OPTION_FOLLOWS},
    {BP_NAMED(BP_OPT_WEIGHT_DECAY, "weight_decay",
              "Pulls weights towards 0, with adamw not through the gradient; the optimiser's own unless set"),
     BP_IN(bp_settings, weight_decay), BP_REAL(0, 1, 0), .rules = BP_OPTION_OF_LOSS | BP_OPTION_FOLLOWS},
    {BP_NAMED(BP_OPT_L1, "l1", "The penalty on the sum of the weights' magnitudes"), BP_IN(bp_settings, l1),
     BP_REAL(0, 1, 0)},
    {BP_NAMED(BP_OPT_L2, "l2", "The penalty on half the sum of the squared weights"), BP_IN(bp_settings, l2),
     BP_REAL(0, 1, 0), .rules = BP_OPTION_OF_LOSS},
    {BP_NAMED(BP_OPT_DECAY_BIAS, "decay_bias", "Weight decay, l1 and l2 act on biases too"),
     BP_IN(bp_settings, decay_bias), BP_SWITCH(1, 0), .rules = BP_OPTION_OF_LOSS},
    {BP_NAMED(BP_OPT_CLIP_VALUE, "clip_value", "The greatest magnitude of a number of the gradient; 0 is off"),
     BP_IN(bp_settings, clip_value), BP_REAL(0, 1e30, 0)},
    {BP_NAMED(BP_OPT_CLIP_NORM, "clip_norm", "The greatest norm of the gradient; 0 is off"),
     BP_IN(bp_settings, clip_norm), BP_REAL(0, 1e30, 0)},
    {BP_NAMED(BP_OPT_HUBER_DELTA, "huber_delta", "The error above which the loss huber is absolute"),
     BP_IN(bp_settings, huber_delta), BP_REAL(1e-6, 1e30, 1), .rules = BP_OPTION_OF_LOSS},
    {BP_NAMED(BP_OPT_QUANTILE, "quantile", "The quantile that the loss of this name fits"),
     BP_IN(bp_settings, quantile), BP_REAL(0, 1, 0.5), .rules = BP_OPTION_OF_LOSS},
    {BP_NAMED(BP_OPT_LABEL_SMOOTHING, "label_smoothing",
              "The share of a class's target that is divided equally among all classes"),
     BP_IN(bp_settings, label_smoothing), BP_REAL(0, 1, 0), .rules = BP_OPTION_OF_LOSS},
    {BP_NAMED(BP_OPT_THREADS, "threads", "Threads that a call may use; 0 for as many as there are cores"),
     BP_IN(bp_settings, threads), BP_WHOLE(0, BP_MOST_THREADS, 1), .rules = BP_OPTION_OF_MACHINE},
    {BP_NAMED(BP_OPT_BLAS, "blas", "The CBLAS that the library was built with computes matrix products"),
     BP_IN(bp_settings, blas), BP_SWITCH(BLAS, 0), .rules = BP_OPTION_OF_LOSS | BP_OPTION_OF_MACHINE},
    {BP_NAMED(BP_OPT_ETA_PLUS, "eta_plus", "The factor by which a step of rprop grows"), BP_IN(bp_settings, eta_plus),
     BP_REAL(1, 100, 1.2)},
    {BP_NAMED(BP_OPT_ETA_MINUS, "eta_minus", "The factor by which a step of rprop shrinks"),
     BP_IN(bp_settings, eta_minus), BP_REAL(0, 1, 0.5)},
    {BP_NAMED(BP_OPT_STEP_MIN, "step_min", "The least step of rprop"), BP_IN(bp_settings, step_min),
     BP_REAL(LEAST_STEP, MOST_STEP, 1e-6)},
    {BP_NAMED(BP_OPT_STEP_MAX, "step_max", "The greatest step of rprop"), BP_IN(bp_settings, step_max),
     BP_REAL(LEAST_STEP, MOST_STEP, 50)},
    {BP_NAMED(BP_OPT_GROWTH, "growth", "A step of quickprop is at most this many times as large as the last one"),
     BP_IN(bp_settings, growth), BP_REAL(1, 100, 1.75)},
    {BP_NAMED(BP_OPT_SPIN, "spin", "Microseconds for which a thread that waits for others spins before it sleeps"),
     BP_IN(bp_settings, spin), BP_WHOLE(0, 10000, 50), .rules = BP_OPTION_OF_MACHINE},
    {BP_NAMED(BP_OPT_RAW, "raw", "The scaling is off: calls take and return numbers as the network sees them"),
     BP_IN(bp_settings, raw), BP_SWITCH(1, 0), .rules = BP_OPTION_OF_LOSS},
    {BP_NAMED(BP_OPT_SCALE_INPUTS, "scale_inputs", "The scaling of inputs that is fitted to the data"),
     BP_IN(bp_settings, scale_inputs), BP_MEMBER(bp_scales, BP_SCALE_AUTO)},
    {BP_NAMED(BP_OPT_SCALE_TARGETS, "scale_targets", "The scaling of targets that is fitted to the data"),
     BP_IN(bp_settings, scale_targets), BP_MEMBER(bp_scales, BP_SCALE_AUTO)},
    {BP_NAMED(BP_OPT_SAVE_STATE, "save_state", "Files of the net hold the optimiser's state"),
     BP_IN(bp_settings, save_state), BP_SWITCH(1, 0)},
    {BP_NAMED(BP_OPT_GRADIENT_ROWS, "gradient_rows", "The number of rows in the sum of gradients"),
     .fact = rows_of_gradient, BP_WHOLE(0, MOST_COUNTED, 0)},
    {BP_NAMED(BP_OPT_TYPE, "type", "The net's number type"), .fact = type_of, BP_MEMBER(bp_types, BP_F32),
     .rules = BP_OPTION_READ_ONLY},
    {BP_NAMED(BP_OPT_FRESH, "fresh", "The parameters are as they were first drawn"), .fact = is_fresh, BP_SWITCH(1, 0),
     .rules = BP_OPTION_READ_ONLY},
    {BP_NAMED(BP_OPT_GRADIENT_NORM, "gradient_norm", "The norm of the mean gradient"), .fact = norm_of_gradient,
     BP_REAL(0, DBL_MAX, 0), .rules = BP_OPTION_READ_ONLY},
    {BP_NAMED(BP_OPT_NONFINITE_LAYER, "nonfinite_layer", "The layer where the last pass was not finite; -1 for none"),
     .fact = nonfinite_layer, BP_WHOLE(-1, MOST_COUNTED, -1), .rules = BP_OPTION_READ_ONLY},
};
const struct bp_family bp_net_options =
    BP_OPTION_FAMILY(BP_FAMILY_NET_OPTION, "net_option", "Options of a net", net_rows);

_Static_assert(sizeof(net_rows) / sizeof(net_rows[0]) == sizeof(struct bp_settings) / sizeof(double) + FACTS,
               "every setting of a net has a row");

/* ---- options of layers */

/* Kinds of layers list theirs. */
static const struct bp_option layer_rows[] = {
    {BP_NAMED(BP_LAYER_ACTIVATION, "activation", "The activation function of the units"),
     BP_IN(bp_layer_settings, activation), BP_MEMBER(bp_activations, BP_ACT_IDENTITY), .rules = BP_OPTION_BEFORE_INIT},
    {BP_NAMED(BP_LAYER_BIAS, "bias", "A bias for each unit, one for all, or none"), BP_IN(bp_layer_settings, bias),
     BP_MEMBER(bp_biases, BP_BIAS_UNIT), .rules = BP_OPTION_BEFORE_INIT},
    {BP_NAMED(BP_LAYER_TRAIN_WEIGHTS, "train_weights", "The weights are trained; else they keep their values"),
     BP_IN(bp_layer_settings, train_weights), BP_SWITCH(1, 1)},
    {BP_NAMED(BP_LAYER_TRAIN_BIAS, "train_bias", "The bias is trained; else it keeps its values"),
     BP_IN(bp_layer_settings, train_bias), BP_SWITCH(1, 1)},
    {BP_NAMED(BP_LAYER_INIT, "init", "How the first weights are drawn"), BP_IN(bp_layer_settings, init),
     BP_MEMBER(bp_initializers, BP_INIT_AUTO), .rules = BP_OPTION_OF_INIT},
    {BP_NAMED(BP_LAYER_INIT_SCALE, "init_scale", "The scale of the first weights"),
     BP_IN(bp_layer_settings, init_scale), BP_REAL(-1e6, 1e6, 1), .rules = BP_OPTION_OF_INIT},
    {BP_NAMED(BP_LAYER_BIAS_INIT, "bias_init", "How the first biases are drawn"), BP_IN(bp_layer_settings, bias_init),
     BP_MEMBER(bp_initializers, BP_INIT_AUTO), .rules = BP_OPTION_OF_INIT},
    {BP_NAMED(BP_LAYER_BIAS_INIT_SCALE, "bias_init_scale", "The scale of the first biases"),
     BP_IN(bp_layer_settings, bias_init_scale), BP_REAL(-1e6, 1e6, 1), .rules = BP_OPTION_OF_INIT},
    {BP_NAMED(BP_LAYER_SLOPE, "slope", "The activation's own parameter, if it has one"),
     BP_IN(bp_layer_settings, slope), BP_REAL(0, 1000, 0.01), .rules = BP_OPTION_FORWARD},
    {BP_NAMED(BP_LAYER_RATE, "rate", "The share of numbers that dropout leaves out"), BP_IN(bp_layer_settings, rate),
     BP_REAL(0, 0.99, 0.5), .rules = BP_OPTION_FORWARD},
    {BP_NAMED(BP_LAYER_KIND, "kind", "The kind of the layer"), BP_IN(bp_layer_settings, kind),
     BP_MEMBER(bp_kinds, BP_KIND_DENSE), .rules = BP_OPTION_READ_ONLY},
    {BP_NAMED(BP_LAYER_UNITS, "units", "The number of outputs of the layer"), BP_IN(bp_layer_settings, units),
     BP_WHOLE(1, MOST_COUNTED, 1), .rules = BP_OPTION_READ_ONLY},
    {BP_NAMED(BP_LAYER_INPUTS, "inputs", "The number of inputs of the layer"), BP_IN(bp_layer_settings, inputs),
     BP_WHOLE(1, MOST_COUNTED, 1), .rules = BP_OPTION_READ_ONLY},
    {BP_NAMED(BP_LAYER_RANDOM, "random", "The training pass draws random numbers"), BP_IN(bp_layer_settings, random),
     BP_SWITCH(1, 0), .rules = BP_OPTION_READ_ONLY},
};
const struct bp_family bp_layer_options =
    BP_OPTION_FAMILY(BP_FAMILY_LAYER_OPTION, "layer_option", "Options of a layer", layer_rows);

_Static_assert(sizeof(layer_rows) / sizeof(layer_rows[0]) == sizeof(struct bp_layer_settings) / sizeof(double),
               "every setting of a layer has a row");

static bp_status check_value(const struct bp_call *call, const struct bp_option *option, double value)
{
    struct bp_option_problem wrong;
    return bp_option_check(option, value, &wrong) ? BP_OK : bp_fail(call, BP_ERR_ARG, "%s", wrong.problem);
}

static bp_status check_written(const struct bp_call *call, const struct bp_option *option)
{
    return option->rules & BP_OPTION_READ_ONLY ? bp_fail(call, BP_ERR_ARG, "%s can only be read", option->named.name)
                                               : BP_OK;
}

/* An option of a net by its key, or NULL with the failure kept. */
static bp_status find_net_option(const struct bp_call *call, int32_t key, const struct bp_option **option)
{
    *option = bp_family_by_key(&bp_net_options, key);
    if (bp_family_by_key(&bp_layer_options, key))
        return bp_fail(call, BP_ERR_ARG, "%s belongs to a layer: call bp_net_layer_set or bp_net_layer_get",
                       bp_family_name(&bp_layer_options, key));
    return *option ? BP_OK : bp_fail(call, BP_ERR_ARG, "there is no option %d", (int)key);
}

void bp_net_forget_state(bp_net *net)
{
    struct bp_model *m = &net->model;
    for (size_t i = 0; i < sizeof(m->state) / sizeof(m->state[0]); i++) {
        bp_memory_release(&net->allocator, m->state[i]);
        m->state[i] = NULL;
    }
    m->steps = 0;
    m->check_finite = false;
}

/* Rows of a gradient that had none begin a sum of zeros. */
static bp_status set_gradient_rows(const struct bp_call *call, bp_net *net, double value)
{
    BP_TRY(bp_check_initialised(call));
    if (value > 0)
        net->model.ops->gradient_open(&net->model);
    net->model.gradient_rows = (uint64_t)value;
    return BP_OK;
}

bp_status bp_net_set(bp_net *net, int32_t option, double value)
{
    const struct bp_call *call = BP_NET_CALL(net);
    const struct bp_option *row;
    BP_TRY(bp_check_net(call));
    BP_TRY(find_net_option(call, option, &row));
    BP_TRY(check_written(call, row));
    BP_TRY(check_value(call, row, value));
    if (option == BP_OPT_GRADIENT_ROWS)
        return set_gradient_rows(call, net, value);
    if (option == BP_OPT_OPTIMIZER && net->model.settings.optimizer != value)
        bp_net_forget_state(net);
    if (option == BP_OPT_THREADS)
        BP_TRY(bp_net_use_threads(call, net, (size_t)value));
    if (option == BP_OPT_RAW) /* x was scaled otherwise, and so would the target be */
        net->may_backward = net->may_pass_down = false;
    *bp_option_place(&net->model.settings, row) = value;
    bp_net_settle(net);
    return BP_OK;
}

bp_status bp_net_get(const bp_net *net, int32_t option, double *value)
{
    const struct bp_call *call = BP_NET_CALL(net);
    const struct bp_option *row;
    BP_TRY(bp_check_net(call));
    BP_TRY(bp_need(call, value, "value"));
    BP_TRY(find_net_option(call, option, &row));
    const struct bp_settings settings = bp_optimizer_settings(&net->model.settings);
    *value = row->fact ? row->fact(net) : bp_option_value(&settings, row);
    return BP_OK;
}

bp_status bp_layer_option_find(const struct bp_call *call, size_t layer, int32_t key, const struct bp_option **option)
{
    BP_TRY(bp_check_net(call));
    BP_TRY(bp_check_layer(call, layer));
    const struct bp_layer *of = &call->net->model.layers[layer];
    *option = bp_family_by_key(&bp_layer_options, key);
    if (!*option)
        return bp_fail(call, BP_ERR_ARG, "there is no layer key %d", (int)key);
    if (!bp_layer_has(of, key))
        return bp_fail(call, BP_ERR_ARG, "layer %zu is %s: it has no %s", layer, bp_layer_kind_name(of),
                       (*option)->named.name);
    return BP_OK;
}

/* The slope's bounds are the activation's. */
static bp_status check_slope(const struct bp_call *call, const struct bp_layer *layer, double value)
{
    const struct bp_activation *activation = bp_activation_of(bp_key(layer->set.activation));
    if (!bp_activation_has_slope(activation))
        return bp_fail(call, BP_ERR_ARG, "%s has no slope", activation->named.name);
    if (value < activation->slope_low)
        return bp_fail(call, BP_ERR_ARG, "slope is %s: for %s it must be at least %s", bp_message_number(value).text,
                       activation->named.name, bp_message_number(activation->slope_low).text);
    return BP_OK;
}

static bp_status check_layer_value(const struct bp_call *call, const struct bp_layer *layer,
                                   const struct bp_option *option, double value)
{
    BP_TRY(check_value(call, option, value));
    if (option->named.key == BP_LAYER_SLOPE)
        BP_TRY(check_slope(call, layer, value));
    if (option->named.key == BP_LAYER_BIAS_INIT && value != BP_INIT_AUTO && !bp_initializer_suits_bias((int32_t)value))
        return bp_fail(call, BP_ERR_ARG, "bias_init cannot be %s: use zeros, constant, uniform or normal",
                       bp_family_name(&bp_initializers, (int32_t)value));
    return BP_OK;
}

bp_status bp_layer_option_check(const struct bp_call *call, const struct bp_layer *layer,
                                const struct bp_option *option, double value)
{
    BP_TRY(check_written(call, option));
    BP_TRY(check_layer_value(call, layer, option, value));
    if (option->rules & BP_OPTION_BEFORE_INIT && call->net->initialised)
        return bp_fail(call, BP_ERR_STATE, "%s is fixed by bp_net_init", option->named.name);
    return BP_OK;
}

void bp_layer_option_put(struct bp_layer *layer, const struct bp_option *option, double value)
{
    *bp_option_place(&layer->set, option) = value;
    if (option->named.key == BP_LAYER_ACTIVATION)
        layer->set.slope = bp_activation_of((int32_t)value)->slope;
}

bool bp_layer_changes_forward(const struct bp_layer_settings *a, const struct bp_layer_settings *b)
{
    bool changes = false;
    const struct bp_option *option;
    for (size_t i = 0; (option = bp_family_row(&bp_layer_options, i)); i++)
        changes =
            changes || (option->rules & BP_OPTION_FORWARD && bp_option_value(a, option) != bp_option_value(b, option));
    return changes;
}

bp_status bp_layer_start(const struct bp_call *call, struct bp_layer *layer, int32_t kind, double value)
{
    const struct bp_option *first = bp_family_by_key(&bp_layer_options, bp_layer_first_option(layer->kind));
    bp_options_start(&bp_layer_options, &layer->set);
    if (!(first->rules & BP_OPTION_READ_ONLY)) {
        BP_TRY(check_layer_value(call, layer, first, value));
        bp_layer_option_put(layer, first, value);
    }
    layer->set.kind = kind;
    return BP_OK;
}

double bp_layer_first_value(const struct bp_layer_kind *kind)
{
    const struct bp_option *first = bp_family_by_key(&bp_layer_options, bp_layer_first_option(kind));
    return first->initial;
}

bp_status bp_net_layer_set(bp_net *net, size_t layer, int32_t key, double value)
{
    const struct bp_call *call = BP_NET_CALL(net);
    const struct bp_option *row;
    BP_TRY(bp_layer_option_find(call, layer, key, &row));
    struct bp_layer *l = &net->model.layers[layer];
    BP_TRY(bp_layer_option_check(call, l, row, value));
    bp_layer_option_put(l, row, value);
    bp_net_settle(net);
    if (row->rules & BP_OPTION_FORWARD)
        net->may_backward = net->may_pass_down = false;
    return BP_OK;
}

bp_status bp_net_layer_get(const bp_net *net, size_t layer, int32_t key, double *value)
{
    const struct bp_call *call = BP_NET_CALL(net);
    const struct bp_option *row;
    BP_TRY(bp_layer_option_find(call, layer, key, &row));
    BP_TRY(bp_need(call, value, "value"));
    const struct bp_layer *l = &net->model.layers[layer];
    struct bp_layer_settings set = l->set;
    set.units = (double)l->units;
    set.inputs = (double)l->inputs;
    set.random = bp_layer_is_random(l);
    *value = bp_option_value(&set, row);
    return BP_OK;
}

bool bp_option_kept(const bp_net *net, const struct bp_option *option, double *value)
{
    *value = option->fact ? (double)NAN : bp_option_value(&net->model.settings, option);
    return !(option->rules & BP_OPTION_OF_MACHINE) && !isnan(*value);
}

bool bp_layer_option_kept(const struct bp_layer *layer, const struct bp_option *option, double *value)
{
    if (!bp_layer_has(layer, option->named.key) || option->rules & BP_OPTION_READ_ONLY)
        return false;
    if (option->named.key == BP_LAYER_SLOPE &&
        !bp_activation_has_slope(bp_activation_of(bp_key(layer->set.activation))))
        return false;
    *value = bp_option_value(&layer->set, option);
    return true;
}
