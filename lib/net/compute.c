/* SPDX-License-Identifier: MIT
 *
 * Forward, backward and step: check, reserve buffers, then one call across the border. */
#include <string.h>

#include "net/handle.h"
#include "net/input.h"

bp_status bp_net_forward_of(const struct bp_call *call, bp_net *net, struct bp_rows *rows, void *y)
{
    BP_TRY(bp_check_input(call, rows));
    BP_TRY(bp_workspace_for_rows(call, net, rows, true));
    struct bp_model *m = &net->model;
    m->ops->forward(m, rows);
    net->rows = rows->count;
    net->nonfinite_layer = 0;
    net->delta_cached = net->may_pass_down = false;
    net->may_backward = true;
    if (y)
        m->ops->outputs(m, rows->count, m->ops->dtype, y);
    return BP_OK;
}

static bp_status forward(const struct bp_call *call, bp_net *net, int32_t dtype, const void *x, size_t rows, void *y)
{
    BP_TRY(bp_check_typed(call, dtype));
    BP_TRY(bp_need(call, x, "x"));
    BP_TRY(bp_check_rows(call, rows));
    return bp_net_forward_of(call, net, &(struct bp_rows){.count = rows, .x = x, .stride = net->model.inputs}, y);
}

bp_status bp_net_forward_f32(bp_net *net, const float *x, size_t rows, float *y)
{
    return forward(BP_NET_CALL(net), net, BP_F32, x, rows, y);
}

bp_status bp_net_forward_f64(bp_net *net, const double *x, size_t rows, double *y)
{
    return forward(BP_NET_CALL(net), net, BP_F64, x, rows, y);
}

/* Keeps a layer for BP_OPT_NONFINITE_LAYER. Only exclusive calls set it. */
static void set_nonfinite_layer(const struct bp_call *call, size_t layer)
{
    ((bp_net *)call->net)->nonfinite_layer = layer + 1;
}

/* Reports where a loss that is not finite comes from: the first layer that gave such a number, or the target. */
static bp_status fail_nonfinite_loss(const struct bp_call *call, size_t rows)
{
    const struct bp_model *m = &call->net->model;
    for (size_t i = 0; i < m->count; i++) {
        const struct bp_layer *layer = &m->layers[i];
        const char *arenas[] = {m->work.z, m->work.a};
        for (size_t which = 0; which < sizeof(arenas) / sizeof(arenas[0]); which++) {
            for (size_t row = 0; row < rows; row++) {
                const size_t at = layer->row_at * m->work.capacity + row * layer->stride;
                const size_t unit = m->ops->first_nonfinite(arenas[which] + at * m->ops->size, layer->units);
                if (unit == layer->units)
                    continue;
                set_nonfinite_layer(call, i);
                return bp_fail(call, BP_ERR_NONFINITE,
                               "the loss is not finite: layer %zu computed %s at row %zu, unit %zu", i,
                               bp_message_number(m->ops->number(arenas[which], at + unit)).text, row, unit);
            }
        }
    }
    return bp_fail(call, BP_ERR_NONFINITE, "the loss is not finite, but the outputs of layer %zu are: check the target",
                   m->count - 1);
}

static bp_status check_backward(const struct bp_call *call, size_t rows)
{
    const bp_net *net = call->net;
    if (rows == 0)
        return bp_fail(call, BP_ERR_SHAPE, "rows is 0: at least 1 is needed");
    if (!net->may_backward)
        return bp_fail(call, BP_ERR_STATE, "there has been no forward since the parameters were last changed");
    if (rows != net->rows)
        return bp_fail(call, BP_ERR_SHAPE, "rows is %zu: the last forward had %zu", rows, net->rows);
    return BP_OK;
}

/* The loss of the last forward and the last layer's delta. */
static bp_status run_loss(const struct bp_call *call, bp_net *net, const struct bp_rows *rows, double *loss)
{
    struct bp_model *m = &net->model;
    const double value = m->ops->loss(m, rows);
    if (!(value - value == 0)) /* infinite or NaN */
        return fail_nonfinite_loss(call, rows->count);
    m->ops->loss_delta(m, rows);
    if (loss)
        *loss = value;
    return BP_OK;
}

bp_status bp_net_backward_of(const struct bp_call *call, bp_net *net, const struct bp_rows *rows, double *loss)
{
    BP_TRY(check_backward(call, rows->count));
    BP_TRY(bp_check_target(call, rows));
    BP_TRY(run_loss(call, net, rows, loss));
    net->model.ops->backward(&net->model, rows->count);
    net->delta_cached = net->may_pass_down = true;
    return BP_OK;
}

static bp_status backward_values(const struct bp_call *call, bp_net *net, int32_t dtype, const void *values,
                                 size_t rows, double *loss)
{
    BP_TRY(bp_check_typed(call, dtype));
    BP_TRY(bp_need(call, values, "target"));
    return bp_net_backward_of(call, net, &(struct bp_rows){.count = rows, .target = values}, loss);
}

bp_status bp_net_backward_f32(bp_net *net, const float *target, size_t rows, double *loss)
{
    return backward_values(BP_NET_CALL(net), net, BP_F32, target, rows, loss);
}

bp_status bp_net_backward_f64(bp_net *net, const double *target, size_t rows, double *loss)
{
    return backward_values(BP_NET_CALL(net), net, BP_F64, target, rows, loss);
}

bp_status bp_net_backward_labels(bp_net *net, const int32_t *labels, size_t rows, double *loss)
{
    const struct bp_call *call = BP_NET_CALL(net);
    BP_TRY(bp_check_net(call));
    BP_TRY(bp_check_initialised(call));
    BP_TRY(bp_need(call, labels, "labels"));
    return bp_net_backward_of(call, net, &(struct bp_rows){.count = rows, .labels = labels}, loss);
}

static bp_status backward_from(const struct bp_call *call, bp_net *net, int32_t dtype, const void *dy, size_t rows)
{
    BP_TRY(bp_check_typed(call, dtype));
    BP_TRY(bp_need(call, dy, "dy"));
    BP_TRY(check_backward(call, rows));
    struct bp_model *m = &net->model;
    const size_t outputs = bp_model_outputs(m), bad = m->ops->first_nonfinite(dy, rows * outputs);
    if (bad < rows * outputs) {
        set_nonfinite_layer(call, m->count - 1);
        return bp_fail(call, BP_ERR_NONFINITE, "dy is %s at row %zu, output %zu of layer %zu",
                       bp_message_number(m->ops->number(dy, bad)).text, bad / outputs, bad % outputs, m->count - 1);
    }
    m->ops->delta_from(m, dy, rows);
    m->ops->backward(m, rows);
    net->delta_cached = net->may_pass_down = true;
    return BP_OK;
}

bp_status bp_net_backward_from_f32(bp_net *net, const float *dy, size_t rows)
{
    return backward_from(BP_NET_CALL(net), net, BP_F32, dy, rows);
}

bp_status bp_net_backward_from_f64(bp_net *net, const double *dy, size_t rows)
{
    return backward_from(BP_NET_CALL(net), net, BP_F64, dy, rows);
}

static bp_status input_gradient(const struct bp_call *call, int32_t dtype, void *dx)
{
    BP_TRY(bp_check_typed(call, dtype));
    BP_TRY(bp_need(call, dx, "dx"));
    const bp_net *net = call->net;
    if (!net->may_pass_down)
        return bp_fail(call, BP_ERR_STATE, "there has been no backward since the last forward or step");
    net->model.ops->input_gradient(&net->model, dx, net->rows);
    return BP_OK;
}

bp_status bp_net_input_gradient_f32(bp_net *net, float *dx) { return input_gradient(BP_NET_CALL(net), BP_F32, dx); }

bp_status bp_net_input_gradient_f64(bp_net *net, double *dx) { return input_gradient(BP_NET_CALL(net), BP_F64, dx); }

static bp_status fail_nonfinite_step(const struct bp_call *call, size_t layer)
{
    set_nonfinite_layer(call, layer);
    return bp_fail(call, BP_ERR_NONFINITE,
                   "the step of layer %zu is not finite: the parameters are as they were; try a lower "
                   "BP_OPT_LEARNING_RATE or BP_OPT_CLIP_NORM",
                   layer);
}

bp_status bp_net_step(bp_net *net)
{
    const struct bp_call *call = BP_NET_CALL(net);
    BP_TRY(bp_check_net(call));
    BP_TRY(bp_check_initialised(call));
    if (net->model.gradient_rows == 0)
        return bp_fail(call, BP_ERR_STATE, "there is no gradient: call backward first");
    BP_TRY(bp_workspace_for_state(call, net));
    size_t layer = 0;
    if (net->model.ops->step(&net->model, &layer) != BP_OK)
        return fail_nonfinite_step(call, layer);
    net->may_backward = net->may_pass_down = net->fresh = false;
    return BP_OK;
}

bp_status bp_net_zero_gradient(bp_net *net)
{
    const struct bp_call *call = BP_NET_CALL(net);
    BP_TRY(bp_check_net(call));
    BP_TRY(bp_check_initialised(call));
    net->model.gradient_rows = 0;
    return BP_OK;
}

bp_status bp_net_train_of(const struct bp_call *call, bp_net *net, struct bp_rows *rows, double *loss)
{
    BP_TRY(bp_check_input(call, rows));
    BP_TRY(bp_check_target(call, rows));
    BP_TRY(bp_workspace_for_state(call, net));
    BP_TRY(bp_workspace_for_rows(call, net, rows, false));
    double value;
    size_t layer = 0;
    const enum bp_train_end end = net->model.ops->train(&net->model, rows, &value, &layer);
    net->rows = rows->count;
    net->nonfinite_layer = 0;
    net->delta_cached = end != BP_END_LOSS;
    net->may_backward = net->may_pass_down = false; /* x is not kept */
    if (end == BP_END_LOSS)
        return fail_nonfinite_loss(call, rows->count);
    if (loss)
        *loss = value;
    if (end == BP_END_DONE) {
        net->fresh = false;
        return BP_OK;
    }
    net->model.gradient_rows = 0;
    return fail_nonfinite_step(call, layer);
}

static bp_status train(const struct bp_call *call, bp_net *net, int32_t dtype, struct bp_rows *rows, double *loss)
{
    BP_TRY(bp_check_typed(call, dtype));
    BP_TRY(bp_need(call, rows->x, "x"));
    if (!rows->target && !rows->labels)
        return bp_fail(call, BP_ERR_ARG, "the target is NULL");
    BP_TRY(bp_check_rows(call, rows->count));
    rows->stride = net->model.inputs;
    return bp_net_train_of(call, net, rows, loss);
}

bp_status bp_net_train_f32(bp_net *net, const float *x, const float *target, size_t rows, double *loss)
{
    return train(BP_NET_CALL(net), net, BP_F32, &(struct bp_rows){.count = rows, .x = x, .target = target}, loss);
}

bp_status bp_net_train_f64(bp_net *net, const double *x, const double *target, size_t rows, double *loss)
{
    return train(BP_NET_CALL(net), net, BP_F64, &(struct bp_rows){.count = rows, .x = x, .target = target}, loss);
}

bp_status bp_net_train_labels_f32(bp_net *net, const float *x, const int32_t *labels, size_t rows, double *loss)
{
    return train(BP_NET_CALL(net), net, BP_F32, &(struct bp_rows){.count = rows, .x = x, .labels = labels}, loss);
}

bp_status bp_net_train_labels_f64(bp_net *net, const double *x, const int32_t *labels, size_t rows, double *loss)
{
    return train(BP_NET_CALL(net), net, BP_F64, &(struct bp_rows){.count = rows, .x = x, .labels = labels}, loss);
}
