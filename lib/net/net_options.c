/* SPDX-License-Identifier: MIT */
#include "net/net_options.h"

#include <math.h>

#include "base/memory.h"
#include "net/handle.h"
#include "net/threads.h"
#include "nn/activation.h"
#include "nn/initializer.h"
#include "nn/loss.h"
#include "nn/optimizer.h"

/* What an option's value may be, beside being within its bounds. */
enum kind { NUMBER, SWITCH, WHOLE, MEMBER };

enum { NET, DENSE, DROPOUT, ANY_LAYER }; /* whose it is */
/* FOLLOWS the optimiser until it is set; OF_MACHINE: no file keeps it */
enum { ALWAYS = 0, BEFORE_INIT = 1, READ_ONLY = 2, FOLLOWS = 4, OF_MACHINE = 8 };

struct option {
    struct bp_named named;
    int owner, rules;
    size_t offset;
    enum kind kind;
    double low, high, initial;
    const struct bp_names *family; /* of a MEMBER */
};

#define ON(field) NET, ALWAYS, offsetof(struct bp_settings, field)
#define ON_MACHINE(field) NET, OF_MACHINE, offsetof(struct bp_settings, field)
#define FOLLOWING(field) NET, FOLLOWS, offsetof(struct bp_settings, field)
#define OF(owner, rules, field) owner, rules, offsetof(struct bp_layer_settings, field)

static const struct bp_named bias_rows[] = {{BP_BIAS_NONE, "none"}, {BP_BIAS_UNIT, "unit"}, {BP_BIAS_SHARED, "shared"}};
static const struct bp_names biases = BP_NAMES(bias_rows);
static const struct bp_named kind_rows[] = {{BP_KIND_DENSE, "dense"}, {BP_KIND_DROPOUT, "dropout"}};
static const struct bp_names kinds = BP_NAMES(kind_rows);

#ifdef BP_HAVE_BLAS
enum { BLAS = 1 };
#else
enum { BLAS = 0 };
#endif

/* Of Rprop. Above 0 in f32, as a step of 0 is one not yet set; and at most the 2^95 of nn/optimizer_tmpl.c. */
#define LEAST_STEP 1e-30
#define MOST_STEP 1e28

static const struct option options[] = {
    {{BP_OPT_LOSS, "loss"}, ON(loss), MEMBER, BP_LOSS_SQUARED, BP_LOSS_QUANTILE, BP_LOSS_SQUARED, &bp_losses},
    {{BP_OPT_OPTIMIZER, "optimizer"},
     ON(optimizer),
     MEMBER,
     BP_OPTIM_SGD,
     BP_OPTIM_QUICKPROP,
     BP_OPTIM_SGD,
     &bp_optimizers},
    {{BP_OPT_LEARNING_RATE, "learning_rate"}, FOLLOWING(learning_rate), NUMBER, 0, 1e30, 0.01, NULL},
    {{BP_OPT_MOMENTUM, "momentum"}, ON(momentum), NUMBER, 0, 1, 0, NULL},
    {{BP_OPT_NESTEROV, "nesterov"}, ON(nesterov), SWITCH, 0, 1, 0, NULL},
    {{BP_OPT_BETA1, "beta1"}, ON(beta1), NUMBER, 0, 0.999999, 0.9, NULL},
    {{BP_OPT_BETA2, "beta2"}, ON(beta2), NUMBER, 0, 0.999999, 0.999, NULL},
    {{BP_OPT_RHO, "rho"}, ON(rho), NUMBER, 0, 1, 0.99, NULL},
    {{BP_OPT_EPSILON, "epsilon"}, FOLLOWING(epsilon), NUMBER, 1e-16, 1, 1e-8, NULL},
    {{BP_OPT_WEIGHT_DECAY, "weight_decay"}, FOLLOWING(weight_decay), NUMBER, 0, 1, 0, NULL},
    {{BP_OPT_L1, "l1"}, ON(l1), NUMBER, 0, 1, 0, NULL},
    {{BP_OPT_L2, "l2"}, ON(l2), NUMBER, 0, 1, 0, NULL},
    {{BP_OPT_DECAY_BIAS, "decay_bias"}, ON(decay_bias), SWITCH, 0, 1, 0, NULL},
    {{BP_OPT_CLIP_VALUE, "clip_value"}, ON(clip_value), NUMBER, 0, 1e30, 0, NULL},
    {{BP_OPT_CLIP_NORM, "clip_norm"}, ON(clip_norm), NUMBER, 0, 1e30, 0, NULL},
    {{BP_OPT_HUBER_DELTA, "huber_delta"}, ON(huber_delta), NUMBER, 1e-6, 1e30, 1, NULL},
    {{BP_OPT_QUANTILE, "quantile"}, ON(quantile), NUMBER, 0, 1, 0.5, NULL},
    {{BP_OPT_LABEL_SMOOTHING, "label_smoothing"}, ON(label_smoothing), NUMBER, 0, 1, 0, NULL},
    {{BP_OPT_THREADS, "threads"}, ON_MACHINE(threads), WHOLE, 0, BP_MOST_THREADS, 1, NULL},
    {{BP_OPT_BLAS, "blas"}, ON_MACHINE(blas), SWITCH, 0, BLAS, 0, NULL},
    {{BP_OPT_ETA_PLUS, "eta_plus"}, ON(eta_plus), NUMBER, 1, 100, 1.2, NULL},
    {{BP_OPT_ETA_MINUS, "eta_minus"}, ON(eta_minus), NUMBER, 0, 1, 0.5, NULL},
    {{BP_OPT_STEP_MIN, "step_min"}, ON(step_min), NUMBER, LEAST_STEP, MOST_STEP, 1e-6, NULL},
    {{BP_OPT_STEP_MAX, "step_max"}, ON(step_max), NUMBER, LEAST_STEP, MOST_STEP, 50, NULL},
    {{BP_OPT_GROWTH, "growth"}, ON(growth), NUMBER, 1, 100, 1.75, NULL},
    {{BP_OPT_RAW, "raw"}, ON(raw), SWITCH, 0, 1, 0, NULL},
    {{BP_LAYER_ACTIVATION, "activation"},
     OF(DENSE, BEFORE_INIT, activation),
     MEMBER,
     BP_ACT_IDENTITY,
     BP_ACT_LOG_SOFTMAX,
     BP_ACT_IDENTITY,
     &bp_activations},
    {{BP_LAYER_BIAS, "bias"},
     OF(DENSE, BEFORE_INIT, bias),
     MEMBER,
     BP_BIAS_NONE,
     BP_BIAS_SHARED,
     BP_BIAS_UNIT,
     &biases},
    {{BP_LAYER_TRAIN_WEIGHTS, "train_weights"}, OF(DENSE, ALWAYS, train_weights), SWITCH, 0, 1, 1, NULL},
    {{BP_LAYER_TRAIN_BIAS, "train_bias"}, OF(DENSE, ALWAYS, train_bias), SWITCH, 0, 1, 1, NULL},
    {{BP_LAYER_INIT, "init"},
     OF(DENSE, ALWAYS, init),
     MEMBER,
     BP_INIT_AUTO,
     BP_INIT_NGUYEN_WIDROW,
     BP_INIT_AUTO,
     &bp_initializers},
    {{BP_LAYER_INIT_SCALE, "init_scale"}, OF(DENSE, ALWAYS, init_scale), NUMBER, -1e6, 1e6, 1, NULL},
    {{BP_LAYER_BIAS_INIT, "bias_init"},
     OF(DENSE, ALWAYS, bias_init),
     MEMBER,
     BP_INIT_AUTO,
     BP_INIT_NORMAL,
     BP_INIT_AUTO,
     &bp_initializers},
    {{BP_LAYER_BIAS_INIT_SCALE, "bias_init_scale"}, OF(DENSE, ALWAYS, bias_init_scale), NUMBER, -1e6, 1e6, 1, NULL},
    {{BP_LAYER_SLOPE, "slope"}, OF(DENSE, ALWAYS, slope), NUMBER, 0, 1000, 0.01, NULL},
    {{BP_LAYER_RATE, "rate"}, OF(DROPOUT, ALWAYS, rate), NUMBER, 0, 0.99, 0.5, NULL},
    {{BP_LAYER_KIND, "kind"},
     OF(ANY_LAYER, READ_ONLY, kind),
     MEMBER,
     BP_KIND_DENSE,
     BP_KIND_DROPOUT,
     BP_KIND_DENSE,
     &kinds},
};

static const struct bp_names option_names = BP_NAMES(options);

static const struct option *option_of(int32_t key) { return bp_names_by_key(&option_names, key); }

static double *field(void *settings, const struct option *option)
{
    return (double *)((char *)settings + option->offset);
}

static void start(void *settings, bool layer)
{
    for (size_t i = 0; i < option_names.count; i++)
        if ((options[i].owner != NET) == layer)
            *field(settings, &options[i]) = options[i].rules & FOLLOWS ? (double)NAN : options[i].initial;
}

void bp_options_start(struct bp_settings *settings) { start(settings, false); }

void bp_options_start_layer(struct bp_layer_settings *settings) { start(settings, true); }

/* Whether the value may stand in an option. */
static bp_status check_value(const struct bp_call *call, const struct option *option, double value)
{
    const bool whole = option->kind != NUMBER;
    if (!(value >= option->low && value <= option->high))
        return bp_fail(call, BP_ERR_ARG, "%s is %s: it must be %s to %s", option->named.name,
                       bp_message_number(value).text, bp_message_number(option->low).text,
                       bp_message_number(option->high).text);
    if (whole && value != floor(value))
        return bp_fail(call, BP_ERR_ARG, "%s is %s: it must be a whole number", option->named.name,
                       bp_message_number(value).text);
    if (option->kind == MEMBER && !bp_names_by_key(option->family, (int32_t)value))
        return bp_fail(call, BP_ERR_ARG, "%s is %s, which is none of its values", option->named.name,
                       bp_message_number(value).text);
    return BP_OK;
}

/* An option of a net by its key, or NULL with the failure kept. */
static bp_status find_net_option(const struct bp_call *call, int32_t key, const struct option **option)
{
    *option = option_of(key);
    if (!*option)
        return bp_fail(call, BP_ERR_ARG, "there is no option %d", (int)key);
    if ((*option)->owner != NET)
        return bp_fail(call, BP_ERR_ARG, "%s belongs to a layer: call bp_net_layer_set or bp_net_layer_get",
                       (*option)->named.name);
    return BP_OK;
}

/* Another optimiser takes over no state from the one before. */
static void forget_state(bp_net *net)
{
    struct bp_model *m = &net->model;
    for (size_t i = 0; i < sizeof(m->state) / sizeof(m->state[0]); i++) {
        bp_memory_release(&net->allocator, m->state[i]);
        m->state[i] = NULL;
    }
    m->steps = 0;
    m->careful = false;
}

bp_status bp_net_set(bp_net *net, int32_t option, double value)
{
    const struct bp_call *call = BP_NET_CALL(net);
    const struct option *row;
    BP_TRY(bp_check_net(call));
    BP_TRY(find_net_option(call, option, &row));
    BP_TRY(check_value(call, row, value));
    if (option == BP_OPT_OPTIMIZER && net->model.settings.optimizer != value)
        forget_state(net);
    if (option == BP_OPT_THREADS)
        BP_TRY(bp_net_use_threads(call, net, (size_t)value));
    if (option == BP_OPT_RAW) /* x was scaled otherwise, and so would the target be */
        net->may_backward = net->may_pass_down = false;
    *field(&net->model.settings, row) = value;
    bp_net_settle(net);
    return BP_OK;
}

bp_status bp_net_get(const bp_net *net, int32_t option, double *value)
{
    const struct bp_call *call = BP_NET_CALL(net);
    const struct option *row;
    BP_TRY(bp_check_net(call));
    BP_TRY(bp_need(call, value, "value"));
    BP_TRY(find_net_option(call, option, &row));
    struct bp_settings settings = bp_optimizer_settings(&net->model.settings);
    *value = *field(&settings, row);
    return BP_OK;
}

static bp_status find_layer_option(const struct bp_call *call, size_t layer, int32_t key, const struct option **option)
{
    BP_TRY(bp_check_net(call));
    BP_TRY(bp_check_layer(call, layer));
    const bool dense = bp_layer_is_dense(&call->net->model.layers[layer]);
    *option = option_of(key);
    if (!*option || (*option)->owner == NET)
        return bp_fail(call, BP_ERR_ARG, "there is no layer key %d", (int)key);
    if ((*option)->owner == (dense ? DROPOUT : DENSE))
        return bp_fail(call, BP_ERR_ARG, "layer %zu is %s: it has no %s", layer, dense ? "dense" : "dropout",
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

bp_status bp_net_layer_set(bp_net *net, size_t layer, int32_t key, double value)
{
    const struct bp_call *call = BP_NET_CALL(net);
    const struct option *row;
    BP_TRY(find_layer_option(call, layer, key, &row));
    struct bp_layer *l = &net->model.layers[layer];
    if (row->rules & READ_ONLY)
        return bp_fail(call, BP_ERR_ARG, "%s can only be read", row->named.name);
    BP_TRY(check_value(call, row, value));
    if (key == BP_LAYER_SLOPE)
        BP_TRY(check_slope(call, l, value));
    if (key == BP_LAYER_BIAS_INIT && value != BP_INIT_AUTO && !bp_initializer_suits_bias((int32_t)value))
        return bp_fail(call, BP_ERR_ARG, "bias_init cannot be %s: use zeros, constant, uniform or normal",
                       bp_initializer_name((int32_t)value));
    if (row->rules & BEFORE_INIT && net->initialised)
        return bp_fail(call, BP_ERR_STATE, "%s is fixed by bp_net_init", row->named.name);
    *field(&l->set, row) = value;
    if (key == BP_LAYER_ACTIVATION)
        l->set.slope = bp_activation_of((int32_t)value)->slope;
    bp_net_settle(net);
    if (key == BP_LAYER_SLOPE || key == BP_LAYER_RATE) /* z and a were computed with another one */
        net->may_backward = net->may_pass_down = false;
    return BP_OK;
}

bp_status bp_net_layer_get(const bp_net *net, size_t layer, int32_t key, double *value)
{
    const struct bp_call *call = BP_NET_CALL(net);
    const struct option *row;
    BP_TRY(find_layer_option(call, layer, key, &row));
    BP_TRY(bp_need(call, value, "value"));
    struct bp_layer_settings set = net->model.layers[layer].set;
    *value = *field(&set, row);
    return BP_OK;
}

const struct bp_names *bp_option_members(int32_t option)
{
    const struct option *row = option_of(option);
    return row ? row->family : NULL;
}

bool bp_option_in_file(int32_t option)
{
    const struct option *row = option_of(option);
    return row->owner == NET && !(row->rules & OF_MACHINE);
}

bool bp_option_kept(const bp_net *net, int32_t option, double *value)
{
    const struct option *row = option_of(option);
    if (!bp_option_in_file(option))
        return false;
    struct bp_settings settings = net->model.settings;
    *value = *field(&settings, row);
    return !isnan(*value);
}

bool bp_layer_option_kept(const struct bp_layer *layer, int32_t option, double *value)
{
    const struct option *row = option_of(option);
    const bool dense = bp_layer_is_dense(layer);
    if (row->owner == NET || row->owner == (dense ? DROPOUT : DENSE) || row->rules & READ_ONLY)
        return false;
    if (option == BP_LAYER_SLOPE && !bp_activation_has_slope(bp_activation_of(bp_key(layer->set.activation))))
        return false;
    struct bp_layer_settings set = layer->set;
    *value = *field(&set, row);
    return true;
}

bp_status bp_option_bounds(int32_t option, double *low, double *high, double *initial)
{
    const struct option *row = option_of(option);
    BP_TRY(bp_need(BP_CALL, row, "row"));
    if (low)
        *low = row->low;
    if (high)
        *high = row->high;
    if (initial)
        *initial = row->initial;
    return BP_OK;
}

const char *bp_option_name(int32_t option) { return bp_names_name(&option_names, option); }
int32_t bp_option_find(const char *name) { return bp_names_find(&option_names, name); }
int32_t bp_option_at(size_t index) { return bp_names_at(&option_names, index); }
const char *bp_activation_name(int32_t activation) { return bp_names_name(&bp_activations, activation); }
int32_t bp_activation_find(const char *name) { return bp_names_find(&bp_activations, name); }
int32_t bp_activation_at(size_t index) { return bp_names_at(&bp_activations, index); }
const char *bp_loss_name(int32_t loss) { return bp_names_name(&bp_losses, loss); }
int32_t bp_loss_find(const char *name) { return bp_names_find(&bp_losses, name); }
int32_t bp_loss_at(size_t index) { return bp_names_at(&bp_losses, index); }
const char *bp_optimizer_name(int32_t optimizer) { return bp_names_name(&bp_optimizers, optimizer); }
int32_t bp_optimizer_find(const char *name) { return bp_names_find(&bp_optimizers, name); }
int32_t bp_optimizer_at(size_t index) { return bp_names_at(&bp_optimizers, index); }
const char *bp_initializer_name(int32_t initializer) { return bp_names_name(&bp_initializers, initializer); }
int32_t bp_initializer_find(const char *name) { return bp_names_find(&bp_initializers, name); }
int32_t bp_initializer_at(size_t index) { return bp_names_at(&bp_initializers, index); }
