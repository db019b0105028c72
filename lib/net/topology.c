/* SPDX-License-Identifier: MIT
 *
 * Layers are appended, then init fixes them. */
#include <string.h>

#include "base/memory.h"
#include "net/handle.h"
#include "net/net_options.h"
#include "nn/activation.h"

/* A capacity for one more layer. */
static bool reserve_layer(bp_net *net)
{
    if (net->model.count < net->layers_capacity)
        return true;
    const size_t capacity = net->layers_capacity ? 2 * net->layers_capacity : 4;
    struct bp_layer *layers = bp_memory_allocate(&net->allocator, capacity, sizeof(*layers));
    if (!layers)
        return false;
    if (net->model.count)
        memcpy(layers, net->model.layers, net->model.count * sizeof(*layers));
    bp_memory_release(&net->allocator, net->model.layers);
    net->model.layers = layers;
    net->layers_capacity = capacity;
    return true;
}

/* Units and the weights that follow from them. */
static bp_status shape_layer(const struct bp_call *call, const struct bp_model *model, size_t units,
                             struct bp_layer *layer)
{
    const struct bp_layer_kind *kind = layer->kind;
    const size_t lanes = model->ops->lanes;
    size_t bytes;
    layer->inputs = bp_model_outputs(model);
    layer->units = kind->chooses_units ? units : layer->inputs;
    layer->columns = kind->columns ? kind->columns(layer->inputs) : 0;
    if (layer->units == 0)
        return bp_fail(call, BP_ERR_SHAPE, "units is 0: at least 1 is needed");
    if (!bp_size_add(layer->units, lanes, &bytes) || !bp_size_multiply(bytes, layer->columns, &bytes) ||
        !bp_size_multiply(bytes, lanes * model->ops->size, &bytes))
        return bp_fail(call, BP_ERR_SHAPE, "units is %zu: that many units of %s each do not fit in memory",
                       layer->units, bp_message_count(layer->columns, "weight").text);
    return BP_OK;
}

static bp_status check_open(const struct bp_call *call)
{
    return call->net->initialised ? bp_fail(call, BP_ERR_STATE, "bp_net_init has fixed the layers") : BP_OK;
}

static bp_status keep_layer(const struct bp_call *call, bp_net *net, size_t units, struct bp_layer *layer)
{
    BP_TRY(shape_layer(call, &net->model, units, layer));
    BP_TRY(check_open(call));
    if (!reserve_layer(net))
        return bp_fail(call, BP_ERR_MEMORY, "no memory for another layer");
    net->model.layers[net->model.count++] = *layer;
    return BP_OK;
}

bp_status bp_net_append(const struct bp_call *call, bp_net *net, int32_t kind, size_t units, double value)
{
    struct bp_layer layer = {.kind = net->model.ops->kind_of(kind)};
    BP_TRY(bp_layer_start(call, &layer, kind, value));
    return keep_layer(call, net, units, &layer);
}

bp_status bp_net_add_dense(bp_net *net, size_t units, int32_t activation)
{
    const struct bp_call *call = BP_NET_CALL(net);
    BP_TRY(bp_check_net(call));
    if (!bp_activation_of(activation))
        return bp_fail(call, BP_ERR_ARG, "there is no activation %d", (int)activation);
    return bp_net_append(call, net, BP_KIND_DENSE, units, activation);
}

bp_status bp_net_add(bp_net *net, int32_t kind, const char *options)
{
    const struct bp_call *call = BP_NET_CALL(net);
    size_t units = 0;
    BP_TRY(bp_check_net(call));
    struct bp_layer layer = {.kind = net->model.ops->kind_of(kind)};
    if (!layer.kind)
        return bp_fail(call, BP_ERR_ARG, "there is no kind of layer %d", (int)kind);
    BP_TRY(check_open(call));
    BP_TRY(bp_layer_start(call, &layer, kind, bp_layer_first_value(layer.kind)));
    if (options)
        BP_TRY(bp_layer_read_text(call, &layer, options, &units));
    return keep_layer(call, net, units, &layer);
}

/* The blocks that init makes, new ones each time, so that a failure leaves the old ones. */
struct fresh {
    void *parameters, *gradient, *workspaces, *narrow, *label_row;
};

static void release(const bp_allocator *allocator, const struct fresh *fresh)
{
    bp_memory_release(allocator, fresh->parameters);
    bp_memory_release(allocator, fresh->gradient);
    bp_memory_release(allocator, fresh->workspaces);
    bp_memory_release(allocator, fresh->narrow);
    bp_memory_release(allocator, fresh->label_row);
}

static bool make(const bp_allocator *allocator, const struct bp_model *planned, bool draw, struct fresh *fresh)
{
    const size_t size = planned->ops->size;
    *fresh = (struct fresh){
        .parameters = bp_memory_allocate(allocator, planned->arena_size, size),
        .gradient = bp_memory_allocate(allocator, planned->arena_size, size),
        .workspaces = bp_memory_allocate(allocator, planned->threads, planned->ops->workspace_size()),
        .narrow = bp_memory_allocate(allocator, planned->count, planned->ops->narrow_size),
        .label_row = bp_memory_allocate(allocator, bp_model_last(planned)->stride, size),
    };
    return fresh->parameters && fresh->gradient && fresh->workspaces && fresh->narrow && fresh->label_row &&
           (!draw || planned->ops->draw(planned, allocator, fresh->parameters));
}

/* From here on nothing fails. */
static void take_over(bp_net *net, const struct bp_model *planned, const struct fresh *fresh)
{
    const struct fresh old = {net->model.parameters, net->model.gradient, net->model.workspaces, net->model.narrow,
                              net->model.label_row};
    release(&net->allocator, &old);
    net->model = *planned;
    net->model.parameters = fresh->parameters;
    net->model.gradient = fresh->gradient;
    net->model.workspaces = fresh->workspaces;
    net->model.narrow = fresh->narrow;
    net->model.label_row = fresh->label_row;
    for (size_t i = 0; i < sizeof(net->model.state) / sizeof(net->model.state[0]); i++)
        if (net->model.state[i])
            memset(net->model.state[i], 0, net->model.arena_size * net->model.ops->size);
    if (net->model.touched)
        memset(net->model.touched, 0, bp_touched_words(net->model.inputs) * sizeof(*net->model.touched));
    net->initialised = net->fresh = true;
    bp_net_settle(net);
    net->rows = 0;
    net->delta_cached = net->may_backward = net->may_pass_down = false;
}

bp_status bp_net_lay_out(const struct bp_call *call, bp_net *net, uint64_t seed, bool draw)
{
    if (net->model.count == 0)
        return bp_fail(call, BP_ERR_STATE, "the net has no layer: call bp_net_add_dense first");
    if (!bp_model_last(&net->model)->kind->may_end)
        return bp_fail(call, BP_ERR_STATE, "the last layer is %s: add a dense layer after it",
                       bp_layer_kind_name(bp_model_last(&net->model)));
    struct bp_model planned = net->model;
    planned.seed = seed;
    planned.samples = planned.steps = planned.gradient_rows = 0;
    planned.check_finite = planned.partial = planned.negative = false;
    if (!bp_model_plan(&planned))
        return bp_fail(call, BP_ERR_SHAPE, "the layers do not fit in memory");
    struct fresh fresh;
    if (!make(&net->allocator, &planned, draw, &fresh)) {
        release(&net->allocator, &fresh);
        return bp_fail(call, BP_ERR_MEMORY, "no memory for %s",
                       bp_message_count(bp_model_parameters(&planned), "parameter").text);
    }
    take_over(net, &planned, &fresh);
    net->model.first_is_normal = draw; /* and so is the state, which is zeros */
    return BP_OK;
}

bp_status bp_net_init(bp_net *net, uint64_t seed)
{
    const struct bp_call *call = BP_NET_CALL(net);
    BP_TRY(bp_check_net(call));
    return bp_net_lay_out(call, net, seed, true);
}
