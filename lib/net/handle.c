/* SPDX-License-Identifier: MIT
 *
 * A handle's life, and the questions that it can always answer. */
#include "net/handle.h"

#include <string.h>

#include "base/cpu.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "net/net_options.h"

const struct bp_ops *bp_ops_of(int32_t dtype)
{
#ifdef BP_HAVE_F32
    if (dtype == BP_F32)
        return &bp_ops_f32;
#endif
#ifdef BP_HAVE_F64
    if (dtype == BP_F64)
        return &bp_ops_f64;
#endif
    return NULL;
}

/* A handle without layers or arenas, its kernels chosen. */
static bp_net *new_handle(const bp_allocator *allocator, const struct bp_ops *ops)
{
    bp_net *net = bp_memory_allocate(allocator, 1, sizeof(*net));
    void *plan = bp_memory_allocate(allocator, 1, ops->plan_size);
    if (!net || !plan) {
        bp_memory_release(allocator, plan);
        bp_memory_release(allocator, net);
        return NULL;
    }
    ops->choose_kernels(plan, bp_cpu_flags());
    net->allocator = *allocator;
    net->model.ops = ops;
    net->model.plan = plan;
    net->model.threads = 1;
    return net;
}

static bp_status create(const struct bp_call *call, bp_net **net, int32_t dtype, size_t inputs,
                        const bp_allocator *allocator)
{
    if (net)
        *net = NULL;
    BP_TRY(bp_need(call, net, "net"));
    BP_TRY(bp_check_allocator(call, allocator));
    const struct bp_ops *ops = bp_ops_of(dtype);
    size_t bytes;
    if (!ops)
        return bp_fail(call, BP_ERR_UNSUPPORTED, "dtype is %d: this library has " BP_TYPES, (int)dtype);
    if (inputs == 0)
        return bp_fail(call, BP_ERR_SHAPE, "inputs is 0: at least 1 is needed");
    if (!bp_size_multiply(inputs, ops->size * ops->lanes, &bytes))
        return bp_fail(call, BP_ERR_SHAPE, "inputs is %zu: that many numbers do not fit in memory", inputs);
    bp_net *created = new_handle(allocator, ops);
    if (!created)
        return bp_fail_memory(call);
    created->model.inputs = inputs;
    bp_options_start(&bp_net_options, &created->model.settings);
    bp_net_settle(created);
    *net = created;
    return BP_OK;
}

bp_status bp_net_create(bp_net **net, int32_t dtype, size_t inputs)
{
    return create(BP_CALL, net, dtype, inputs, &bp_memory_malloc);
}

bp_status bp_net_create_with(bp_net **net, int32_t dtype, size_t inputs, const bp_allocator *allocator)
{
    return create(BP_CALL, net, dtype, inputs, allocator);
}

/* All blocks that a handle may hold, so that none is forgotten. */
void bp_net_destroy(bp_net *net)
{
    if (!net)
        return;
    struct bp_model *m = &net->model;
    const struct bp_workspace *work = &m->work;
    void *const blocks[] = {m->layers,
                            m->plan,
                            m->parameters,
                            m->gradient,
                            m->state[0],
                            m->state[1],
                            m->workspaces,
                            m->narrow,
                            m->label_row,
                            m->touched,
                            work->x,
                            work->z,
                            work->a,
                            work->delta,
                            work->packed,
                            work->kept.values,
                            work->kept.columns,
                            work->kept.starts,
                            m->of_inputs.numbers,
                            m->of_targets.numbers};
    const bp_allocator allocator = net->allocator;
    for (size_t kind = 0; kind < BP_NAME_KINDS; kind++)
        bp_names_release(net, kind, net->names[kind]);
    for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
        bp_memory_release(&allocator, blocks[i]);
    bp_row_buffers_release(&allocator, &net->buffers);
    bp_parallel_destroy(m->pool);
    bp_memory_release(&allocator, net);
}

/* Another block with the same bytes; NULL of NULL. False if there is no memory. */
static bool copy_block(const bp_allocator *allocator, void **to, const void *from, size_t count, size_t size)
{
    if (!from)
        return true;
    *to = bp_memory_allocate(allocator, count, size);
    if (*to)
        memcpy(*to, from, count * size);
    return *to;
}

static bool copy_blocks(bp_net *copy, const bp_net *net)
{
    const struct bp_model *from = &net->model;
    struct bp_model *to = &copy->model;
    const bp_allocator *allocator = &copy->allocator;
    const size_t size = from->ops->size, outputs = from->count > 0 ? bp_model_last(from)->stride : 0;
    void *layers = NULL, *touched = NULL;
    const bool copied =
        copy_block(allocator, &layers, from->layers, net->layers_capacity, sizeof(*from->layers)) &&
        copy_block(allocator, &touched, from->touched, bp_touched_words(from->inputs), sizeof(*from->touched));
    to->layers = layers;
    to->touched = touched;
    return copied && copy_block(allocator, &to->parameters, from->parameters, from->arena_size, size) &&
           copy_block(allocator, &to->gradient, from->gradient, from->arena_size, size) &&
           copy_block(allocator, &to->state[0], from->state[0], from->arena_size, size) &&
           copy_block(allocator, &to->state[1], from->state[1], from->arena_size, size) &&
           copy_block(allocator, &to->workspaces, from->workspaces, from->threads, from->ops->workspace_size()) &&
           copy_block(allocator, &to->narrow, from->narrow, from->count, from->ops->narrow_size) &&
           copy_block(allocator, &to->label_row, from->label_row, outputs, size);
}

/* What the net knows of the user's columns: scalings and names. */
static bool copy_columns(bp_net *copy, const bp_net *net)
{
    const struct bp_model *m = &net->model;
    for (size_t kind = 0; kind < BP_NAME_KINDS; kind++)
        if (!bp_names_copy(copy, kind, (const char *const *)net->names[kind], &copy->names[kind]))
            return false;
    return bp_scaling_copy(copy, &copy->model.of_inputs, &m->of_inputs, m->inputs) &&
           bp_scaling_copy(copy, &copy->model.of_targets, &m->of_targets, bp_model_outputs(m));
}

bp_status bp_net_clone(bp_net **copy, const bp_net *net)
{
    const struct bp_call *call = BP_NET_CALL(net);
    if (copy)
        *copy = NULL;
    BP_TRY(bp_check_net(call));
    BP_TRY(bp_need(call, copy, "copy"));
    bp_net *made = new_handle(&net->allocator, net->model.ops);
    if (!made)
        return bp_fail(call, BP_ERR_MEMORY, "no memory for a handle");
    void *plan = made->model.plan;
    made->model = net->model;
    made->model.plan = plan;
    made->model.layers = NULL;
    made->model.pool = net->model.threads > 1 ? bp_parallel_create(&made->allocator, net->model.threads) : NULL;
    made->model.parameters = made->model.gradient = made->model.state[0] = made->model.state[1] = NULL;
    made->model.workspaces = made->model.narrow = made->model.label_row = NULL;
    made->model.touched = NULL;
    made->model.work = (struct bp_workspace){0};
    made->model.of_inputs = made->model.of_targets = (struct bp_scaling){0};
    made->fresh = net->fresh;
    made->layers_capacity = net->layers_capacity;
    made->initialised = net->initialised;
    if ((made->model.threads > 1 && !made->model.pool) || !copy_blocks(made, net) || !copy_columns(made, net)) {
        bp_net_destroy(made);
        return bp_fail(call, BP_ERR_MEMORY, "no memory for the parameters");
    }
    bp_net_settle(made);
    *copy = made;
    return BP_OK;
}

size_t bp_net_inputs(const bp_net *net) { return net ? net->model.inputs : 0; }

size_t bp_net_outputs(const bp_net *net) { return net ? bp_model_outputs(&net->model) : 0; }

size_t bp_net_layers(const bp_net *net) { return net ? net->model.count : 0; }
