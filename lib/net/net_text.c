/* SPDX-License-Identifier: MIT
 *
 * The options of a net and of its layers as a text. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/option_value.h"
#include "net/net_options.h"
#include "net/threads.h"

#define LAYERS "layers."

/* The settings to be, so that a failure changes nothing. */
struct draft {
    struct bp_settings settings;
    struct bp_layer *layers; /* copies, of which `set` counts */
};

/* The index and the option of "layers.INDEX.OPTION". False if that is not what the name looks like. */
static bool split_name(const struct bp_option_pair *pair, size_t *layer, const char **option)
{
    const char *at = pair->name + sizeof(LAYERS) - 1, *const end = pair->name + pair->name_size;
    if (pair->name_size < sizeof(LAYERS) || memcmp(pair->name, LAYERS, sizeof(LAYERS) - 1) != 0)
        return false;
    const char *const digits = at;
    for (*layer = 0; at < end && *at >= '0' && *at <= '9'; at++)
        *layer = *layer > SIZE_MAX / 10 - 1 ? SIZE_MAX / 10 : *layer * 10 + (size_t)(*at - '0');
    *option = at + 1;
    return at > digits && at < end && *at == '.' && !memchr(at + 1, '.', (size_t)(end - at - 1));
}

static bp_status read_layer_option(const struct bp_call *call, struct draft *draft, const struct bp_option_pair *pair,
                                   size_t layer, const struct bp_option *option)
{
    double value;
    bp_status status = bp_layer_option_find(call, layer, option->named.key, &option);
    if (status != BP_OK)
        return bp_option_fail_at(call, status, pair);
    BP_TRY(bp_option_read(call, option, pair, &value));
    if (bp_option_value(&draft->layers[layer].set, option) == value)
        return BP_OK; /* also where it is fixed */
    status = bp_layer_option_check(call, &draft->layers[layer], option, value);
    if (status != BP_OK)
        return bp_option_fail_at(call, status, pair);
    bp_layer_option_put(&draft->layers[layer], option, value);
    return BP_OK;
}

static bp_status read_pair(const struct bp_call *call, struct draft *draft, const struct bp_option_pair *pair,
                           bool activations)
{
    size_t layer;
    const char *name;
    const bool is_of_layer = split_name(pair, &layer, &name);
    const struct bp_family *family = is_of_layer ? &bp_layer_options : &bp_net_options;
    const char *const from = is_of_layer ? name : pair->name;
    const struct bp_option *option = bp_family_by_name(family, from, (size_t)(pair->name + pair->name_size - from));
    if (!option) {
        const struct bp_nearest nearest = bp_option_nearest(pair, from, family);
        return bp_option_unknown(call, pair, &nearest);
    }
    if ((option->named.key == BP_LAYER_ACTIVATION) != activations)
        return BP_OK;
    if (option->fact)
        return bp_option_fail_at(call, bp_fail(call, BP_ERR_ARG, "%s cannot be set by a text", option->named.name),
                                 pair);
    return is_of_layer ? read_layer_option(call, draft, pair, layer, option)
                       : bp_option_read(call, option, pair, bp_option_place(&draft->settings, option));
}

/* Activations first, which say what a slope may be. */
static bp_status read_pairs(const struct bp_call *call, struct draft *draft, const struct bp_option_text *options)
{
    for (int activations = 1; activations >= 0; activations--)
        for (size_t i = 0; i < options->count; i++)
            BP_TRY(read_pair(call, draft, &options->pairs[i], activations != 0));
    return BP_OK;
}

/* All of it, or nothing: only the threads can fail, and come first. */
static bp_status put(const struct bp_call *call, bp_net *net, const struct draft *draft)
{
    struct bp_model *m = &net->model;
    bool stale = m->settings.raw != draft->settings.raw; /* what the last forward cached was computed otherwise */
    if (m->settings.threads != draft->settings.threads)
        BP_TRY(bp_net_use_threads(call, net, (size_t)draft->settings.threads));
    if (m->settings.optimizer != draft->settings.optimizer)
        bp_net_forget_state(net);
    for (size_t i = 0; i < m->count; i++) {
        const struct bp_layer_settings *set = &draft->layers[i].set;
        stale = stale || bp_layer_changes_forward(&m->layers[i].set, set);
        m->layers[i].set = *set;
    }
    if (stale)
        net->may_backward = net->may_pass_down = false;
    m->settings = draft->settings;
    bp_net_settle(net);
    return BP_OK;
}

static bp_status set_pairs(const struct bp_call *call, bp_net *net, const struct bp_option_text *options)
{
    const size_t count = net->model.count;
    struct draft draft = {.settings = net->model.settings};
    if (count > 0 && !(draft.layers = bp_memory_allocate(&net->allocator, count, sizeof(*draft.layers))))
        return bp_fail_memory(call);
    for (size_t i = 0; i < count; i++)
        draft.layers[i] = net->model.layers[i];
    bp_status status = read_pairs(call, &draft, options);
    if (status == BP_OK)
        status = put(call, net, &draft);
    bp_memory_release(&net->allocator, draft.layers);
    return status;
}

bp_status bp_net_set_text(bp_net *net, const char *text)
{
    const struct bp_call *call = BP_NET_CALL(net);
    struct bp_option_text options;
    BP_TRY(bp_check_net(call));
    BP_TRY(bp_option_text_open(call, &options, text, &net->allocator));
    const bp_status status = set_pairs(call, net, &options);
    bp_option_text_release(&options, &net->allocator);
    return status;
}

/* What follows the optimiser is not there until it is set. */
static void write_options(struct bp_option_writer *writer, const void *handle)
{
    const bp_net *net = handle;
    const struct bp_option *option;
    char prefix[40];
    double value;
    for (size_t i = 0; (option = bp_family_row(&bp_net_options, i)); i++) {
        value = option->fact ? (double)NAN : bp_option_value(&net->model.settings, option);
        if (!isnan(value))
            bp_option_write(writer, "", option, value);
    }
    for (size_t layer = 0; layer < net->model.count; layer++)
        for (size_t i = 0; (option = bp_family_row(&bp_layer_options, i)); i++) {
            snprintf(prefix, sizeof(prefix), LAYERS "%zu.", layer);
            if (bp_layer_option_kept(&net->model.layers[layer], option, &value))
                bp_option_write(writer, prefix, option, value);
        }
}

bp_status bp_net_get_text(const bp_net *net, char *text, size_t capacity, size_t *size)
{
    const struct bp_call *call = BP_NET_CALL(net);
    BP_TRY(bp_check_net(call));
    return bp_option_give(call, write_options, net, text, capacity, size);
}
