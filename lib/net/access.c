/* SPDX-License-Identifier: MIT
 *
 * What a layer holds: parameters and gradient in and out, and what the last forward and backward cached. */
#include <math.h>
#include <string.h>

#include "net/handle.h"

enum part { WEIGHTS, BIAS };

/* The numbers at `values` from the index `count` on. */
static void *numbers_from(const struct bp_model *model, const void *values, size_t count)
{
    return (char *)values + count * model->ops->size;
}

static size_t count_of(const struct bp_layer *layer, enum part part)
{
    return part == BIAS ? bp_layer_biases(layer) : bp_layer_weights(layer);
}

/* Everything that a call for one part of one layer can have wrong. */
static bp_status check_part(const struct bp_call *call, int32_t dtype, size_t layer, enum part part, const void *values)
{
    BP_TRY(bp_check_typed(call, dtype));
    BP_TRY(bp_check_layer(call, layer));
    BP_TRY(bp_need(call, values, part == BIAS ? "the bias" : "the weights"));
    const struct bp_layer *l = &call->net->model.layers[layer];
    if (bp_layer_weights(l) + bp_layer_biases(l) == 0)
        return bp_fail(call, BP_ERR_ARG, "layer %zu is %s: it has no parameters", layer, bp_layer_kind_name(l));
    if (count_of(l, part) == 0)
        return bp_fail(call, BP_ERR_ARG, "layer %zu has no %s", layer, part == BIAS ? "bias" : "weights");
    return BP_OK;
}

/* The factor that makes the mean of a sum over rows. */
static double mean_scale(const struct bp_model *model)
{
    return model->gradient_rows ? 1 / (double)model->gradient_rows : 0;
}

static bp_status get_part(const struct bp_call *call, int32_t dtype, size_t layer, enum part part, bool gradient,
                          void *values)
{
    BP_TRY(check_part(call, dtype, layer, part, values));
    const struct bp_model *m = &call->net->model;
    m->ops->read(m, gradient ? m->gradient : m->parameters, &m->layers[layer], part == BIAS,
                 gradient ? mean_scale(m) : 1, values);
    return BP_OK;
}

static bp_status check_finite(const struct bp_call *call, const void *values, size_t count)
{
    const struct bp_ops *ops = call->net->model.ops;
    const size_t bad = ops->first_nonfinite(values, count);
    if (bad < count)
        return bp_fail(call, BP_ERR_NONFINITE, "number %zu is %s", bad,
                       bp_message_number(ops->number(values, bad)).text);
    return BP_OK;
}

/* z and delta of before no longer belong to the parameters. */
static void parameters_changed(bp_net *net) { net->may_backward = net->may_pass_down = net->fresh = false; }

static bp_status set_part(const struct bp_call *call, bp_net *net, int32_t dtype, size_t layer, enum part part,
                          const void *values)
{
    BP_TRY(check_part(call, dtype, layer, part, values));
    const struct bp_layer *l = &net->model.layers[layer];
    BP_TRY(check_finite(call, values, count_of(l, part)));
    net->model.ops->write(net->model.parameters, l, part == BIAS, values);
    parameters_changed(net);
    return BP_OK;
}

/* All parts of all layers in the order of the flat vector. */
static bp_status get_flat(const struct bp_call *call, int32_t dtype, bool gradient, void *flat)
{
    BP_TRY(bp_check_typed(call, dtype));
    BP_TRY(bp_need(call, flat, "flat"));
    const struct bp_model *m = &call->net->model;
    const double scale = gradient ? mean_scale(m) : 1;
    size_t at = 0;
    for (size_t i = 0; i < 2 * m->count; i++) {
        const struct bp_layer *layer = &m->layers[i / 2];
        const enum part part = i % 2 ? BIAS : WEIGHTS;
        if (count_of(layer, part) == 0)
            continue;
        m->ops->read(m, gradient ? m->gradient : m->parameters, layer, part == BIAS, scale, numbers_from(m, flat, at));
        at += count_of(layer, part);
    }
    return BP_OK;
}

static bp_status set_flat(const struct bp_call *call, bp_net *net, int32_t dtype, const void *flat)
{
    BP_TRY(bp_check_typed(call, dtype));
    BP_TRY(bp_need(call, flat, "flat"));
    const struct bp_model *m = &net->model;
    BP_TRY(check_finite(call, flat, bp_model_parameters(m)));
    size_t at = 0;
    for (size_t i = 0; i < 2 * m->count; i++) {
        const struct bp_layer *layer = &m->layers[i / 2];
        const enum part part = i % 2 ? BIAS : WEIGHTS;
        if (count_of(layer, part) == 0)
            continue;
        m->ops->write(m->parameters, layer, part == BIAS, numbers_from(m, flat, at));
        at += count_of(layer, part);
    }
    parameters_changed(net);
    return BP_OK;
}

enum cache { Z, ACTIVATION, DELTA };

static bp_status get_cache(const struct bp_call *call, int32_t dtype, size_t layer, enum cache cache, void *values)
{
    BP_TRY(bp_check_typed(call, dtype));
    BP_TRY(bp_check_layer(call, layer));
    BP_TRY(bp_need(call, values, cache == Z ? "z" : cache == DELTA ? "delta" : "a"));
    const bp_net *net = call->net;
    const struct bp_model *m = &net->model;
    if (net->rows == 0)
        return bp_fail(call, BP_ERR_STATE, "there has been no forward");
    if (cache == DELTA && !net->delta_cached)
        return bp_fail(call, BP_ERR_STATE, "there has been no backward since the last forward");
    if (cache == Z && m->layers[layer].kind->z_is_input) {
        const size_t row = m->inputs * m->ops->size, stride = m->input_stride * m->ops->size;
        for (size_t i = 0; layer == 0 && i < net->rows; i++)
            memcpy((char *)values + i * row, (const char *)m->work.x + i * stride, row);
        if (layer > 0)
            m->ops->copy_rows(m, m->work.a, layer - 1, net->rows, values);
        return BP_OK;
    }
    m->ops->copy_rows(m, cache == Z ? m->work.z : cache == DELTA ? m->work.delta : m->work.a, layer, net->rows, values);
    return BP_OK;
}

bp_status bp_net_get_weights_f32(const bp_net *net, size_t layer, float *w)
{
    return get_part(BP_NET_CALL(net), BP_F32, layer, WEIGHTS, false, w);
}

bp_status bp_net_get_weights_f64(const bp_net *net, size_t layer, double *w)
{
    return get_part(BP_NET_CALL(net), BP_F64, layer, WEIGHTS, false, w);
}

bp_status bp_net_get_bias_f32(const bp_net *net, size_t layer, float *b)
{
    return get_part(BP_NET_CALL(net), BP_F32, layer, BIAS, false, b);
}

bp_status bp_net_get_bias_f64(const bp_net *net, size_t layer, double *b)
{
    return get_part(BP_NET_CALL(net), BP_F64, layer, BIAS, false, b);
}

bp_status bp_net_get_weight_gradient_f32(const bp_net *net, size_t layer, float *dw)
{
    return get_part(BP_NET_CALL(net), BP_F32, layer, WEIGHTS, true, dw);
}

bp_status bp_net_get_weight_gradient_f64(const bp_net *net, size_t layer, double *dw)
{
    return get_part(BP_NET_CALL(net), BP_F64, layer, WEIGHTS, true, dw);
}

bp_status bp_net_get_bias_gradient_f32(const bp_net *net, size_t layer, float *db)
{
    return get_part(BP_NET_CALL(net), BP_F32, layer, BIAS, true, db);
}

bp_status bp_net_get_bias_gradient_f64(const bp_net *net, size_t layer, double *db)
{
    return get_part(BP_NET_CALL(net), BP_F64, layer, BIAS, true, db);
}

bp_status bp_net_set_weights_f32(bp_net *net, size_t layer, const float *w)
{
    return set_part(BP_NET_CALL(net), net, BP_F32, layer, WEIGHTS, w);
}

bp_status bp_net_set_weights_f64(bp_net *net, size_t layer, const double *w)
{
    return set_part(BP_NET_CALL(net), net, BP_F64, layer, WEIGHTS, w);
}

bp_status bp_net_set_bias_f32(bp_net *net, size_t layer, const float *b)
{
    return set_part(BP_NET_CALL(net), net, BP_F32, layer, BIAS, b);
}

bp_status bp_net_set_bias_f64(bp_net *net, size_t layer, const double *b)
{
    return set_part(BP_NET_CALL(net), net, BP_F64, layer, BIAS, b);
}

bp_status bp_net_get_parameters_f32(const bp_net *net, float *flat)
{
    return get_flat(BP_NET_CALL(net), BP_F32, false, flat);
}

bp_status bp_net_get_parameters_f64(const bp_net *net, double *flat)
{
    return get_flat(BP_NET_CALL(net), BP_F64, false, flat);
}

bp_status bp_net_get_gradient_f32(const bp_net *net, float *flat)
{
    return get_flat(BP_NET_CALL(net), BP_F32, true, flat);
}

bp_status bp_net_get_gradient_f64(const bp_net *net, double *flat)
{
    return get_flat(BP_NET_CALL(net), BP_F64, true, flat);
}

bp_status bp_net_get_gradient_norm(const bp_net *net, double *norm)
{
    const struct bp_call *call = BP_NET_CALL(net);
    BP_TRY(bp_check_net(call));
    BP_TRY(bp_check_initialised(call));
    BP_TRY(bp_need(call, norm, "norm"));
    const struct bp_model *m = &net->model;
    *norm = m->gradient_rows > 0 ? m->ops->gradient_norm(m, mean_scale(m)) : 0;
    return BP_OK;
}

bp_status bp_net_set_parameters_f32(bp_net *net, const float *flat)
{
    return set_flat(BP_NET_CALL(net), net, BP_F32, flat);
}

bp_status bp_net_set_parameters_f64(bp_net *net, const double *flat)
{
    return set_flat(BP_NET_CALL(net), net, BP_F64, flat);
}

bp_status bp_net_get_z_f32(const bp_net *net, size_t layer, float *z)
{
    return get_cache(BP_NET_CALL(net), BP_F32, layer, Z, z);
}

bp_status bp_net_get_z_f64(const bp_net *net, size_t layer, double *z)
{
    return get_cache(BP_NET_CALL(net), BP_F64, layer, Z, z);
}

bp_status bp_net_get_activation_f32(const bp_net *net, size_t layer, float *a)
{
    return get_cache(BP_NET_CALL(net), BP_F32, layer, ACTIVATION, a);
}

bp_status bp_net_get_activation_f64(const bp_net *net, size_t layer, double *a)
{
    return get_cache(BP_NET_CALL(net), BP_F64, layer, ACTIVATION, a);
}

bp_status bp_net_get_delta_f32(const bp_net *net, size_t layer, float *delta)
{
    return get_cache(BP_NET_CALL(net), BP_F32, layer, DELTA, delta);
}

bp_status bp_net_get_delta_f64(const bp_net *net, size_t layer, double *delta)
{
    return get_cache(BP_NET_CALL(net), BP_F64, layer, DELTA, delta);
}
