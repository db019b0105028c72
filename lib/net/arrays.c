/* SPDX-License-Identifier: MIT
 *
 * What a net holds, by key: a row for each array, and where arrays live. Which parameters a layer has is for its kind
 * to say. */
#include "net/arrays.h"

#include <math.h>

struct array;

/* An array of the call's net: of a layer, or of the whole net. */
struct asked {
    const struct bp_call *call;
    const struct array *array;
    size_t layer;
};

struct shape {
    size_t rows, columns;
};

/* Where arrays live, after init. */
struct home {
    struct shape (*shape)(const struct asked *asked); /* 0, 0: there is none */
    bp_status (*check)(const struct asked *asked);    /* whether it is there to be read; NULL: it always is */
    void (*read)(const struct asked *asked, int32_t type, void *numbers);
    bp_status (*write)(const struct asked *asked, bp_net *net, int32_t type, const void *numbers, size_t count);
};

struct array {
    struct bp_named named;
    const struct home *home;
    int which;
    bool of_layer, is_written, bias;
    struct bp_scaling_part part;
};

static const struct bp_model *model_of(const struct asked *asked) { return &asked->call->net->model; }
static const struct bp_layer *layer_of(const struct asked *asked) { return &model_of(asked)->layers[asked->layer]; }

static void *from(int32_t type, const void *numbers, size_t index)
{
    return (char *)numbers + index * bp_type_size(type);
}

/* ---- parameters, and gradients of them: of the whole net they are one vector, layer 0 weights, layer 0 bias, layer 1
 * ... */

enum { VALUES, MEAN, SUM };

static struct shape shape_of_parameters(const struct asked *asked)
{
    const struct array *array = asked->array;
    const struct bp_layer *layer = layer_of(asked);
    if (array->of_layer && !array->bias)
        return (struct shape){layer->columns ? layer->units : 0, layer->columns};
    const size_t count = array->of_layer ? bp_layer_biases(layer) : bp_model_parameters(model_of(asked));
    return (struct shape){count > 0, count};
}

/* The next weights or bias of an array, from *index on; 0 numbers past the last. */
static size_t next_part(const struct asked *asked, size_t *index, const struct bp_layer **layer, bool *bias)
{
    const struct bp_model *m = model_of(asked);
    const struct array *array = asked->array;
    size_t count = 0;
    for (; count == 0 && *index < 2 * m->count; (*index)++) {
        *layer = &m->layers[*index / 2];
        *bias = *index % 2;
        if (!array->of_layer || (*index / 2 == asked->layer && *bias == array->bias))
            count = *bias ? bp_layer_biases(*layer) : bp_layer_weights(*layer);
    }
    return count;
}

/* While no row is in the gradient, its arena holds whatever was there, and times 0 that is 0. */
static double scale_of(const struct asked *asked)
{
    const double rows = (double)model_of(asked)->gradient_rows;
    return asked->array->which == VALUES ? 1 : rows == 0 ? 0 : asked->array->which == SUM ? 1 : 1 / rows;
}

static void read_parameters(const struct asked *asked, int32_t type, void *numbers)
{
    const struct bp_model *m = model_of(asked);
    const void *arena = asked->array->which == VALUES ? m->parameters : m->gradient;
    const struct bp_layer *layer;
    bool bias;
    for (size_t i = 0, at = 0, count; (count = next_part(asked, &i, &layer, &bias)) > 0; at += count)
        m->ops->read(m, arena, layer, bias, scale_of(asked), type, from(type, numbers, at));
}

static bp_status check_finite(const struct asked *asked, int32_t type, const void *numbers, size_t count)
{
    const size_t bad = model_of(asked)->ops->first_misfit(type, numbers, count);
    if (bad == count)
        return BP_OK;
    const double number = bp_number_at(type, numbers, bad);
    return bp_fail(asked->call, BP_ERR_NONFINITE, "number %zu is %s%s", bad, bp_message_number(number).text,
                   isfinite(number) ? ", which is too large for a net of f32" : "");
}

static bp_status write_parameters(const struct asked *asked, bp_net *net, int32_t type, const void *numbers,
                                  size_t count)
{
    struct bp_model *m = &net->model;
    const bool values = asked->array->which == VALUES;
    const struct bp_layer *layer;
    bool bias;
    if (!values && m->gradient_rows == 0)
        return bp_fail(asked->call, BP_ERR_STATE, "the gradient has no rows: set BP_OPT_GRADIENT_ROWS first");
    BP_TRY(check_finite(asked, type, numbers, count));
    if (values) /* z and delta of before no longer belong to the parameters */
        net->may_backward = net->may_pass_down = net->fresh = false;
    else
        m->ops->gradient_open(m);
    for (size_t i = 0, at = 0, some; (some = next_part(asked, &i, &layer, &bias)) > 0; at += some) {
        if (values && !bias && layer == m->layers)
            m->first_is_normal = false;
        m->ops->write(values ? m->parameters : m->gradient, layer, bias, type, from(type, numbers, at));
    }
    return BP_OK;
}

static const struct home parameters = {shape_of_parameters, NULL, read_parameters, write_parameters};

/* ---- what the last forward and backward left */

enum { Z, ACTIVATION, DELTA, OUTPUTS };

static bp_status check_pass(const struct asked *asked)
{
    const bp_net *net = asked->call->net;
    if (net->rows == 0)
        return bp_fail(asked->call, BP_ERR_STATE, "there has been no forward");
    if (asked->array->which == DELTA && !net->delta_cached)
        return bp_fail(asked->call, BP_ERR_STATE, "there has been no backward since the last forward");
    return BP_OK;
}

static struct shape shape_of_pass(const struct asked *asked)
{
    const bp_net *net = asked->call->net;
    if (net->rows == 0 || (asked->array->which == DELTA && !net->delta_cached))
        return (struct shape){0, 0};
    return (struct shape){net->rows, asked->array->of_layer ? layer_of(asked)->units : bp_model_outputs(&net->model)};
}

/* A layer's matrix in z, a or delta. */
static void read_matrix(const struct asked *asked, const void *arena, size_t layer, int32_t type, void *numbers)
{
    const struct bp_model *m = model_of(asked);
    const struct bp_layer *l = &m->layers[layer];
    const char *at = (const char *)arena + l->row_at * m->work.capacity * m->ops->size;
    m->ops->copy_rows(asked->call->net->rows, l->units, l->stride, at, type, numbers);
}

/* What a layer read: the activation below, or the input that is kept. */
static void read_input(const struct asked *asked, int32_t type, void *numbers)
{
    const struct bp_model *m = model_of(asked);
    if (asked->layer == 0)
        m->ops->copy_rows(asked->call->net->rows, m->inputs, m->input_stride, m->work.x, type, numbers);
    else
        read_matrix(asked, m->work.a, asked->layer - 1, type, numbers);
}

static void read_pass(const struct asked *asked, int32_t type, void *numbers)
{
    const struct bp_model *m = model_of(asked);
    const int which = asked->array->which;
    if (which == OUTPUTS)
        m->ops->outputs(m, asked->call->net->rows, type, numbers);
    else if (which == Z && layer_of(asked)->kind->z_is_input)
        read_input(asked, type, numbers);
    else
        read_matrix(asked,
                    which == Z       ? m->work.z
                    : which == DELTA ? m->work.delta
                                     : m->work.a,
                    asked->layer, type, numbers);
}

static const struct home pass = {shape_of_pass, check_pass, read_pass, NULL};

/* ---- scalings */

static struct shape shape_of_scaling(const struct asked *asked)
{
    const size_t columns = bp_scaling_columns(asked->call->net, asked->array->part);
    return (struct shape){columns > 0, columns};
}

static void read_scaling(const struct asked *asked, int32_t type, void *numbers)
{
    bp_scaling_read(asked->call->net, asked->array->part, type, numbers);
}

static bp_status write_scaling(const struct asked *asked, bp_net *net, int32_t type, const void *numbers, size_t count)
{
    return bp_scaling_write(asked->call, net, asked->array->part, type, numbers, count);
}

static const struct home scaling = {shape_of_scaling, NULL, read_scaling, write_scaling};

/* ---- the table */

static const struct array rows[] = {
    {BP_NAMED(BP_ARRAY_PARAMETERS, "parameters", "All weights and biases, layer by layer"), .home = &parameters,
     .which = VALUES, .is_written = true},
    {BP_NAMED(BP_ARRAY_WEIGHTS, "weights", "The weights of a layer"), .home = &parameters, .which = VALUES,
     .of_layer = true, .is_written = true},
    {BP_NAMED(BP_ARRAY_BIAS, "bias", "The bias of a layer"), .home = &parameters, .which = VALUES, .of_layer = true,
     .bias = true, .is_written = true},
    {BP_NAMED(BP_ARRAY_GRADIENT, "gradient", "The mean gradient of all parameters"), .home = &parameters,
     .which = MEAN},
    {BP_NAMED(BP_ARRAY_WEIGHT_GRADIENT, "weight_gradient", "The mean gradient of a layer's weights"),
     .home = &parameters, .which = MEAN, .of_layer = true},
    {BP_NAMED(BP_ARRAY_BIAS_GRADIENT, "bias_gradient", "The mean gradient of a layer's bias"), .home = &parameters,
     .which = MEAN, .of_layer = true, .bias = true},
    {BP_NAMED(BP_ARRAY_GRADIENT_SUM, "gradient_sum", "The gradient as a sum over its rows"), .home = &parameters,
     .which = SUM, .is_written = true},
    {BP_NAMED(BP_ARRAY_Z, "z", "What a layer computed before its activation"), .home = &pass, .which = Z,
     .of_layer = true},
    {BP_NAMED(BP_ARRAY_ACTIVATION, "activation", "The outputs of a layer"), .home = &pass, .which = ACTIVATION,
     .of_layer = true},
    {BP_NAMED(BP_ARRAY_DELTA, "delta", "The derivatives of the loss with respect to a layer's z"), .home = &pass,
     .which = DELTA, .of_layer = true},
    {BP_NAMED(BP_ARRAY_OUTPUTS, "outputs", "The outputs of the net, in the user's units"), .home = &pass,
     .which = OUTPUTS},
    {BP_NAMED(BP_ARRAY_INPUT_CENTER, "input_center", "What is subtracted from each input"), .home = &scaling,
     .is_written = true},
    {BP_NAMED(BP_ARRAY_INPUT_FACTOR, "input_factor", "What each input is then multiplied by"), .home = &scaling,
     .part = {.factor = true}, .is_written = true},
    {BP_NAMED(BP_ARRAY_TARGET_CENTER, "target_center", "What is subtracted from each target"), .home = &scaling,
     .part = {.targets = true}, .is_written = true},
    {BP_NAMED(BP_ARRAY_TARGET_FACTOR, "target_factor", "What each target is then multiplied by"), .home = &scaling,
     .part = {.targets = true, .factor = true}, .is_written = true},
};
const struct bp_family bp_arrays = BP_FAMILY(BP_FAMILY_ARRAY, "array", "Arrays that a net holds", rows);

static bp_status find(const struct bp_call *call, int32_t array, size_t layer, struct asked *asked)
{
    BP_TRY(bp_check_net(call));
    *asked = (struct asked){call, bp_family_by_key(&bp_arrays, array), layer};
    return asked->array ? BP_OK : bp_fail(call, BP_ERR_ARG, "there is no array %d", (int)array);
}

static bp_status check_layer(const struct asked *asked)
{
    if (asked->array->of_layer)
        return bp_check_layer(asked->call, asked->layer);
    if (asked->layer != 0)
        return bp_fail(asked->call, BP_ERR_ARG, "layer is %zu: for %s, which is of the whole net, it must be 0",
                       asked->layer, asked->array->named.name);
    return BP_OK;
}

bp_status bp_net_shape(const bp_net *net, int32_t array, size_t layer, size_t *rows_there, size_t *columns)
{
    const struct bp_call *call = BP_NET_CALL(net);
    struct asked asked;
    BP_TRY(find(call, array, layer, &asked));
    BP_TRY(check_layer(&asked));
    BP_TRY(bp_need(call, rows_there, "rows"));
    BP_TRY(bp_need(call, columns, "columns"));
    const struct shape shape = net->model.count > 0 ? asked.array->home->shape(&asked) : (struct shape){0, 0};
    *rows_there = shape.rows;
    *columns = shape.columns;
    return BP_OK;
}

static bp_status check_count(const struct asked *asked, const void *numbers, size_t count)
{
    const char *const name = asked->array->named.name;
    const struct shape shape = asked->array->home->shape(asked);
    const size_t all = shape.rows * shape.columns;
    if (count != all && asked->array->of_layer)
        return bp_fail(asked->call, BP_ERR_SHAPE, "count is %zu: %s of layer %zu has %s, [%zu][%zu]", count, name,
                       asked->layer, bp_message_count(all, "number").text, shape.rows, shape.columns);
    if (count != all)
        return bp_fail(asked->call, BP_ERR_SHAPE, "count is %zu: %s has %s, [%zu][%zu]", count, name,
                       bp_message_count(all, "number").text, shape.rows, shape.columns);
    return count == 0 ? BP_OK : bp_need(asked->call, numbers, "numbers");
}

static bp_status read(const struct bp_call *call, int32_t array, size_t layer, int32_t type, void *numbers,
                      size_t count)
{
    struct asked asked;
    BP_TRY(find(call, array, layer, &asked));
    BP_TRY(bp_check_initialised(call));
    BP_TRY(check_layer(&asked));
    if (asked.array->home->check)
        BP_TRY(asked.array->home->check(&asked));
    BP_TRY(check_count(&asked, numbers, count));
    asked.array->home->read(&asked, type, numbers);
    return BP_OK;
}

/* A scaling may also be written where there is none: it checks its own count. */
static bp_status write(const struct bp_call *call, bp_net *net, int32_t array, size_t layer, int32_t type,
                       const void *numbers, size_t count)
{
    struct asked asked;
    BP_TRY(find(call, array, layer, &asked));
    if (!asked.array->is_written)
        return bp_fail(call, BP_ERR_ARG, "%s can only be read", asked.array->named.name);
    BP_TRY(bp_check_initialised(call));
    BP_TRY(check_layer(&asked));
    if (asked.array->home == &scaling)
        BP_TRY(count == 0 ? BP_OK : bp_need(call, numbers, "numbers"));
    else
        BP_TRY(check_count(&asked, numbers, count));
    return asked.array->home->write(&asked, net, type, numbers, count);
}

bp_status bp_net_read_f32(const bp_net *net, int32_t array, size_t layer, float *numbers, size_t count)
{
    return read(BP_NET_CALL(net), array, layer, BP_F32, numbers, count);
}

bp_status bp_net_read_f64(const bp_net *net, int32_t array, size_t layer, double *numbers, size_t count)
{
    return read(BP_NET_CALL(net), array, layer, BP_F64, numbers, count);
}

bp_status bp_net_write_f32(bp_net *net, int32_t array, size_t layer, const float *numbers, size_t count)
{
    return write(BP_NET_CALL(net), net, array, layer, BP_F32, numbers, count);
}

bp_status bp_net_write_f64(bp_net *net, int32_t array, size_t layer, const double *numbers, size_t count)
{
    return write(BP_NET_CALL(net), net, array, layer, BP_F64, numbers, count);
}
