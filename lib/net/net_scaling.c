/* SPDX-License-Identifier: MIT
 *
 * The scalings of inputs and targets, in and out; nn/scaling_tmpl.c applies them. */
#include <string.h>

#include "base/arithmetic.h"
#include "base/float_mode.h"
#include "base/memory.h"
#include "net/arrays.h"

static size_t columns_of(const bp_net *net, bool targets)
{
    return targets ? bp_model_outputs(&net->model) : net->model.inputs;
}

static const struct bp_scaling *scaling_of(const bp_net *net, bool targets)
{
    return targets ? &net->model.of_targets : &net->model.of_inputs;
}

/* The vectors in the net's type lie behind the numbers. */
static void point(const struct bp_ops *ops, struct bp_scaling *scaling, size_t columns)
{
    scaling->center = scaling->numbers + 2 * columns;
    scaling->factor = (char *)scaling->center + columns * ops->size;
}

static size_t bytes_of_column(const struct bp_ops *ops) { return 2 * (sizeof(double) + ops->size); }

/* A buffer for new numbers, which are those of now: 0 and 1 where there are none. */
static bp_status make(const struct bp_call *call, bool targets, struct bp_scaling *made)
{
    const bp_net *net = call->net;
    const struct bp_scaling *own = scaling_of(net, targets);
    const size_t columns = columns_of(net, targets);
    *made =
        (struct bp_scaling){.numbers = bp_memory_allocate(&net->allocator, columns, bytes_of_column(net->model.ops))};
    if (!made->numbers)
        return bp_fail(call, BP_ERR_MEMORY, "no memory for a scaling of %s", bp_message_count(columns, "column").text);
    for (size_t i = 0; i < 2 * columns; i++)
        made->numbers[i] = own->numbers ? own->numbers[i] : i >= columns;
    point(net->model.ops, made, columns);
    return BP_OK;
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
            return bp_fail(call, BP_ERR_ARG,
                           "the factor of column %zu is 0: with it no output could be converted to the target's units",
                           i);
    return BP_OK;
}

/* What follows from the numbers. They are rounded to the net's type in the default mode, as a load does, so that a
 * loaded net has the same vectors. After a failure there is nothing to release. */
static bp_status settle(const struct bp_call *call, bool targets, struct bp_scaling *made)
{
    const struct bp_float_mode host = bp_float_mode_default();
    call->net->model.ops->settle_scaling(made, columns_of(call->net, targets));
    bp_float_mode_set(&host);
    const bp_status status = check_numbers(call, made, targets);
    if (status != BP_OK)
        bp_memory_release(&call->net->allocator, made->numbers);
    return status;
}

static void take_over(bp_net *net, bool targets, const struct bp_scaling *made)
{
    struct bp_scaling *own = targets ? &net->model.of_targets : &net->model.of_inputs;
    bp_memory_release(&net->allocator, own->numbers);
    *own = *made;
    net->may_backward = net->may_pass_down = false; /* x was scaled otherwise */
}

static bp_status make_of(const struct bp_call *call, bool targets, const double *center, const double *factor,
                         struct bp_scaling *made)
{
    const size_t columns = columns_of(call->net, targets);
    *made = (struct bp_scaling){0};
    if (!center)
        return BP_OK;
    BP_TRY(make(call, targets, made));
    memcpy(made->numbers, center, columns * sizeof(*center));
    memcpy(made->numbers + columns, factor, columns * sizeof(*factor));
    return settle(call, targets, made);
}

bp_status bp_net_put_scaling(const struct bp_call *call, bp_net *net, const struct bp_scaling_numbers *inputs,
                             const struct bp_scaling_numbers *targets)
{
    const struct bp_call own = {.function = call->function, .path = call->path, .net = net};
    struct bp_scaling of_inputs, of_targets;
    BP_TRY(bp_check_initialised(&own));
    BP_TRY(make_of(&own, false, inputs->center, inputs->factor, &of_inputs));
    const bp_status status = make_of(&own, true, targets->center, targets->factor, &of_targets);
    if (status != BP_OK) {
        bp_memory_release(&net->allocator, of_inputs.numbers);
        return status;
    }
    take_over(net, false, &of_inputs);
    take_over(net, true, &of_targets);
    return BP_OK;
}

bool bp_scaling_copy(const bp_net *copy, struct bp_scaling *to, const struct bp_scaling *from, size_t columns)
{
    const struct bp_ops *ops = copy->model.ops;
    if (!from->numbers)
        return true;
    to->numbers = bp_memory_allocate(&copy->allocator, columns, bytes_of_column(ops));
    if (!to->numbers)
        return false;
    memcpy(to->numbers, from->numbers, columns * bytes_of_column(ops));
    point(ops, to, columns);
    to->shifts = from->shifts;
    to->largest = from->largest;
    return true;
}

/* ---- as arrays */

size_t bp_scaling_columns(const bp_net *net, struct bp_scaling_part part)
{
    return scaling_of(net, part.targets)->numbers ? columns_of(net, part.targets) : 0;
}

void bp_scaling_read(const bp_net *net, struct bp_scaling_part part, int32_t type, void *numbers)
{
    const size_t columns = bp_scaling_columns(net, part);
    for (size_t i = 0; i < columns; i++) {
        const double number = scaling_of(net, part.targets)->numbers[part.factor ? columns + i : i];
        if (type == BP_F32)
            ((float *)numbers)[i] = bp_nearest_float(number);
        else
            ((double *)numbers)[i] = number;
    }
}

bp_status bp_scaling_write(const struct bp_call *call, bp_net *net, struct bp_scaling_part part, int32_t type,
                           const void *numbers, size_t count)
{
    const size_t columns = columns_of(net, part.targets);
    struct bp_scaling made = {0};
    if (count != 0 && count != columns)
        return bp_fail(call, BP_ERR_SHAPE, "count is %zu: it must be %zu, the number of columns, or 0 for no scaling",
                       count, columns);
    if (count != 0) {
        BP_TRY(make(call, part.targets, &made));
        for (size_t i = 0; i < columns; i++)
            made.numbers[part.factor ? columns + i : i] = bp_number_at(type, numbers, i);
        BP_TRY(settle(call, part.targets, &made));
    }
    take_over(net, part.targets, &made);
    return BP_OK;
}
