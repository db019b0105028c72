/* SPDX-License-Identifier: MIT
 *
 * The scalings of inputs and targets, in and out; nn/scaling_tmpl.c applies them. */
#include <math.h>

#include "base/memory.h"
#include "net/handle.h"

static size_t columns_of(const bp_net *net, bool targets)
{
    return targets ? bp_model_outputs(&net->model) : net->model.inputs;
}

/* The numbers as the net's type holds them must be finite, and those of a target lead back. */
static bp_status check_numbers(const struct bp_call *call, const struct bp_scaling *scaling, bool targets)
{
    const struct bp_ops *ops = call->net->model.ops;
    const size_t columns = columns_of(call->net, targets), bad = ops->first_nonfinite(scaling->center, 2 * columns);
    if (bad < 2 * columns)
        return bp_fail(call, BP_ERR_NONFINITE, "the %s of column %zu is %s", bad < columns ? "center" : "factor",
                       bad % columns, bp_message_number(ops->number(scaling->center, bad)).text);
    for (size_t i = 0; targets && i < columns; i++)
        if (ops->number(scaling->factor, i) == 0)
            return bp_fail(call, BP_ERR_ARG, "the factor of column %zu is 0: no output leads back to its target", i);
    return BP_OK;
}

/* The new vectors, in a block of their own. */
static bp_status make(const struct bp_call *call, bool targets, const double *center, const double *factor,
                      struct bp_scaling *made)
{
    const bp_net *net = call->net;
    const size_t columns = columns_of(net, targets), size = net->model.ops->size;
    made->center = bp_memory_allocate(&net->allocator, 2 * columns, size);
    if (!made->center)
        return bp_fail(call, BP_ERR_MEMORY, "no memory for a scaling of %zu columns", columns);
    made->factor = (char *)made->center + columns * size;
    net->model.ops->write_scaling(made, center, factor, columns);
    for (size_t i = 0; i < columns; i++) {
        const double most = fabs(net->model.ops->number(made->factor, i));
        made->largest = most > made->largest ? most : made->largest;
        made->shifts = made->shifts || net->model.ops->number(made->center, i) != 0;
    }
    const bp_status status = check_numbers(call, made, targets);
    if (status != BP_OK)
        bp_memory_release(&net->allocator, made->center);
    return status;
}

static bp_status check_pair(const struct bp_call *call, const char *what, const double *center, const double *factor)
{
    if (!center != !factor)
        return bp_fail(call, BP_ERR_ARG, "the %s of the %ss is NULL: both center and factor must be, or neither",
                       center ? "factor" : "center", what);
    return BP_OK;
}

bp_status bp_net_set_scaling(bp_net *net, const double *input_center, const double *input_factor,
                             const double *target_center, const double *target_factor)
{
    const struct bp_call *call = BP_NET_CALL(net);
    struct bp_scaling of_inputs = {0}, of_targets = {0};
    BP_TRY(bp_check_net(call));
    BP_TRY(bp_check_initialised(call));
    BP_TRY(check_pair(call, "input", input_center, input_factor));
    BP_TRY(check_pair(call, "target", target_center, target_factor));
    if (target_center)
        BP_TRY(make(call, true, target_center, target_factor, &of_targets));
    const bp_status status = input_center ? make(call, false, input_center, input_factor, &of_inputs) : BP_OK;
    struct bp_model *m = &net->model;
    bp_memory_release(&net->allocator, status == BP_OK ? m->of_targets.center : of_targets.center);
    if (status != BP_OK)
        return status;
    bp_memory_release(&net->allocator, m->of_inputs.center);
    m->of_inputs = of_inputs;
    m->of_targets = of_targets;
    net->may_backward = net->may_pass_down = false; /* x was scaled otherwise */
    return BP_OK;
}

static bp_status get(const struct bp_call *call, bool targets, double *center, double *factor)
{
    BP_TRY(bp_check_net(call));
    BP_TRY(bp_check_initialised(call));
    BP_TRY(bp_need(call, center, "center"));
    BP_TRY(bp_need(call, factor, "factor"));
    const struct bp_model *m = &call->net->model;
    const struct bp_scaling *own = targets ? &m->of_targets : &m->of_inputs;
    for (size_t i = 0; i < columns_of(call->net, targets); i++) {
        center[i] = own->center ? m->ops->number(own->center, i) : 0;
        factor[i] = own->center ? m->ops->number(own->factor, i) : 1;
    }
    return BP_OK;
}

bp_status bp_net_get_input_scaling(const bp_net *net, double *center, double *factor)
{
    return get(BP_NET_CALL(net), false, center, factor);
}

bp_status bp_net_get_target_scaling(const bp_net *net, double *center, double *factor)
{
    return get(BP_NET_CALL(net), true, center, factor);
}

int32_t bp_net_scales_inputs(const bp_net *net) { return net && net->model.of_inputs.center; }

int32_t bp_net_scales_targets(const bp_net *net) { return net && net->model.of_targets.center; }

int32_t bp_net_is_fresh(const bp_net *net) { return net && net->fresh; }
