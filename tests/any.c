/* SPDX-License-Identifier: MIT */
#include "any.h"

#include <stdlib.h>
#include <string.h>

/* ---- number types */

int32_t any_f32 = BP_F32;
int32_t any_f64 = BP_F64;

bool dtype_built(int32_t dtype) { return strstr(bp_build_info(), dtype == BP_F32 ? " f32" : " f64"); }

void any_need(int32_t dtype)
{
    if (dtype_built(dtype))
        return;
    print_message("skipped: the library was built without %s\n", bp_key_name(dtype));
    skip();
}

int32_t any_dtype(void **state)
{
    const int32_t dtype = *(const int32_t *)*state;
    any_need(dtype);
    return dtype;
}

/* ---- nets */

void any_check_ok(bp_status status, const char *call, const char *file, int line)
{
    if (status == BP_OK)
        return;
    print_error("%s\n%s\n", call, bp_last_error());
    _fail(file, line);
}

bp_status any_add_dropout(bp_net *net, double rate)
{
    char text[64];
    snprintf(text, sizeof text, "rate=%.17g", rate);
    for (char *comma = text; (comma = strchr(comma, ',')) != NULL;) /* of the locale */
        *comma = '.';
    return bp_net_add(net, BP_KIND_DROPOUT, text);
}

static void add_layer(bp_net *net, const struct any_layer *layer)
{
    if (layer->rate != 0) {
        any_ok(any_add_dropout(net, layer->rate));
        return;
    }
    any_ok(bp_net_add_dense(net, layer->units, layer->activation));
    if (layer->bias != 0)
        any_ok(bp_net_layer_set(net, bp_net_layers(net) - 1, BP_LAYER_BIAS, layer->bias));
}

bp_status any_set_names(bp_net *net, const char *const *inputs, const char *const *outputs, const char *const *classes)
{
    const size_t units = bp_net_outputs(net);
    const struct {
        int32_t what;
        size_t count;
        const char *const *names;
    } kinds[] = {{BP_TEXT_INPUT, bp_net_inputs(net), inputs},
                 {BP_TEXT_OUTPUT, units, outputs},
                 {BP_TEXT_CLASS, units == 1 ? 2 : units, classes}};
    bp_status status = BP_OK;
    for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
        for (size_t i = 0; kinds[k].names && status == BP_OK && i < kinds[k].count; i++)
            status = bp_net_set_name(net, kinds[k].what, i, kinds[k].names[i]);
    return status;
}

bp_status any_fit_scaling(bp_net *net, const bp_data *data, int32_t inputs, int32_t targets)
{
    any_ok(bp_net_set(net, BP_OPT_SCALE_INPUTS, inputs));
    any_ok(bp_net_set(net, BP_OPT_SCALE_TARGETS, targets));
    return bp_net_take_columns(net, data);
}

bp_net *any_net(int32_t dtype, size_t inputs, const struct any_layer *layers, size_t count, uint64_t seed)
{
    bp_net *net = NULL;
    any_ok(bp_net_create(&net, dtype, inputs));
    for (size_t i = 0; i < count; i++)
        add_layer(net, &layers[i]);
    any_ok(bp_net_init(net, seed));
    return net;
}

/* ---- data sets */

/** After a failure there is no data set. */
static bp_status finished(bp_data **data, bp_status status)
{
    if (status != BP_OK) {
        bp_data_destroy(*data);
        *data = NULL;
    }
    return status;
}

bp_status any_data(bp_data **data, int32_t type, const void *x, size_t rows, size_t inputs, const void *target,
                   size_t outputs)
{
    any_ok(bp_data_create(data, NULL));
    bp_status status = bp_data_set_inputs(*data, type, x, rows, inputs, 0, BP_HOLD_COPY);
    if (status == BP_OK && outputs > 0)
        status = bp_data_set_target(*data, type, target, outputs, 0, BP_HOLD_COPY);
    return finished(data, status);
}

bp_status any_labelled(bp_data **data, int32_t type, const void *x, size_t rows, size_t inputs, const int32_t *labels,
                       size_t classes)
{
    any_ok(bp_data_create(data, NULL));
    bp_status status = bp_data_set_inputs(*data, type, x, rows, inputs, 0, BP_HOLD_COPY);
    if (status == BP_OK)
        status = bp_data_set_labels(*data, BP_I32, labels, classes, BP_HOLD_COPY);
    return finished(data, status);
}

bp_data *any_view(const bp_data *data, const size_t *rows, size_t count)
{
    bp_data *view = NULL;
    any_ok(bp_data_create(&view, NULL));
    any_ok(bp_data_show(view, data, rows, count));
    return view;
}

bp_data *any_borrowed(const bp_net *net, const struct any_rows *rows)
{
    const size_t outputs = bp_net_outputs(net);
    bp_data *data;
    any_ok(bp_data_create(&data, NULL));
    any_ok(bp_data_set_inputs(data, BP_F64, rows->x, rows->rows, bp_net_inputs(net), 0, BP_HOLD_BORROW));
    if (rows->labels)
        any_ok(bp_data_set_labels(data, BP_I32, rows->labels, outputs == 1 ? 2 : outputs, BP_HOLD_BORROW));
    else
        any_ok(bp_data_set_target(data, BP_F64, rows->target, outputs, 0, BP_HOLD_BORROW));
    if (rows->weights)
        any_ok(bp_data_set_weights(data, BP_F64, rows->weights, BP_HOLD_BORROW));
    return data;
}

bp_status any_train_rows(bp_net *net, const struct any_rows *rows, double *loss)
{
    bp_data *data = any_borrowed(net, rows);
    const bp_status status = bp_net_train_rows(net, data, 0, rows->rows, loss);
    bp_data_destroy(data);
    return status;
}

bp_status any_backward_rows(bp_net *net, const struct any_rows *rows, double *loss)
{
    bp_data *data = any_borrowed(net, rows);
    const bp_status status = bp_net_backward_rows(net, data, 0, rows->rows, loss);
    bp_data_destroy(data);
    return status;
}

bp_status any_loss_rows(const bp_net *net, const struct any_rows *rows, double *loss, bp_scratch *scratch)
{
    bp_data *data = any_borrowed(net, rows);
    const bp_status status = bp_net_loss_rows(net, data, 0, rows->rows, loss, scratch);
    bp_data_destroy(data);
    return status;
}

/* ---- conversion */

static void *buffer_of(size_t count, size_t size)
{
    void *memory = calloc(count > 0 ? count : 1, size);
    if (memory == NULL)
        fail_msg("no memory for %zu numbers", count);
    return memory;
}

double *any_buffer(size_t count) { return buffer_of(count, sizeof(double)); }

/** A float copy of `from`, or NULL for NULL. */
static float *narrowed(const double *from, size_t count)
{
    if (from == NULL)
        return NULL;
    float *to = buffer_of(count, sizeof(float));
    for (size_t i = 0; i < count; i++)
        to[i] = (float)from[i];
    return to;
}

/** A buffer of floats that widen() copies to `to`, or NULL for NULL. */
static float *buffer_for(const double *to, size_t count) { return to == NULL ? NULL : buffer_of(count, sizeof(float)); }

/** Copies `from` to `to` after a success, and frees it. */
static bp_status widen(bp_status status, float *from, size_t count, double *to)
{
    if (status == BP_OK && to != NULL)
        for (size_t i = 0; i < count; i++)
            to[i] = from[i];
    free(from);
    return status;
}

static bool is_f64(const bp_net *net) { return any_type(net) == BP_F64; }

/* ---- compute */

bp_status any_forward(bp_net *net, const double *x, size_t rows, double *y)
{
    if (is_f64(net))
        return bp_net_forward_f64(net, x, rows, y);
    const size_t count = rows * bp_net_outputs(net);
    float *x_f32 = narrowed(x, rows * bp_net_inputs(net)), *y_f32 = buffer_for(y, count);
    const bp_status status = bp_net_forward_f32(net, x_f32, rows, y_f32);
    free(x_f32);
    return widen(status, y_f32, count, y);
}

bp_status any_predict(const bp_net *net, const double *x, size_t rows, double *y, bp_scratch *scratch)
{
    if (is_f64(net))
        return bp_net_predict_f64(net, x, rows, y, scratch);
    const size_t count = rows * bp_net_outputs(net);
    float *x_f32 = narrowed(x, rows * bp_net_inputs(net)), *y_f32 = buffer_for(y, count);
    const bp_status status = bp_net_predict_f32(net, x_f32, rows, y_f32, scratch);
    free(x_f32);
    return widen(status, y_f32, count, y);
}

bp_status any_backward(bp_net *net, const double *target, size_t rows, double *loss)
{
    if (is_f64(net))
        return bp_net_backward_f64(net, target, rows, loss);
    float *target_f32 = narrowed(target, rows * bp_net_outputs(net));
    const bp_status status = bp_net_backward_f32(net, target_f32, rows, loss);
    free(target_f32);
    return status;
}

bp_status any_backward_from(bp_net *net, const double *dy, size_t rows)
{
    if (is_f64(net))
        return bp_net_backward_from_f64(net, dy, rows);
    float *dy_f32 = narrowed(dy, rows * bp_net_outputs(net));
    const bp_status status = bp_net_backward_from_f32(net, dy_f32, rows);
    free(dy_f32);
    return status;
}

bp_status any_input_gradient(bp_net *net, double *dx)
{
    if (is_f64(net))
        return bp_net_input_gradient_f64(net, dx);
    const size_t count = any_rows(net) * bp_net_inputs(net);
    float *dx_f32 = buffer_for(dx, count);
    return widen(bp_net_input_gradient_f32(net, dx_f32), dx_f32, count, dx);
}

bp_status any_train(bp_net *net, const double *x, const double *target, size_t rows, double *loss)
{
    if (is_f64(net))
        return bp_net_train_f64(net, x, target, rows, loss);
    float *x_f32 = narrowed(x, rows * bp_net_inputs(net)), *target_f32 = narrowed(target, rows * bp_net_outputs(net));
    const bp_status status = bp_net_train_f32(net, x_f32, target_f32, rows, loss);
    free(x_f32);
    free(target_f32);
    return status;
}

bp_status any_train_labels(bp_net *net, const double *x, const int32_t *labels, size_t rows, double *loss)
{
    if (is_f64(net))
        return bp_net_train_labels_f64(net, x, labels, rows, loss);
    float *x_f32 = narrowed(x, rows * bp_net_inputs(net));
    const bp_status status = bp_net_train_labels_f32(net, x_f32, labels, rows, loss);
    free(x_f32);
    return status;
}

bp_status any_loss(const bp_net *net, const double *x, const double *target, size_t rows, double *loss,
                   bp_scratch *scratch)
{
    return any_loss_rows(net, &(struct any_rows){.rows = rows, .x = x, .target = target}, loss, scratch);
}

/* ---- what a net holds */

static double option(const bp_net *net, int32_t key)
{
    double value = 0;
    (void)bp_net_get(net, key, &value);
    return value;
}

static int32_t fact(const bp_data *data, int32_t key)
{
    double value = 0;
    any_ok(bp_data_get(data, key, &value));
    return (int32_t)value;
}

int32_t any_is_sparse(const bp_data *data) { return fact(data, BP_DATA_IS_SPARSE); }

int32_t any_is_weighted(const bp_data *data) { return fact(data, BP_DATA_IS_WEIGHTED); }

int32_t any_type(const bp_net *net) { return (int32_t)option(net, BP_OPT_TYPE); }

int32_t any_is_fresh(const bp_net *net) { return (int32_t)option(net, BP_OPT_FRESH); }

int32_t any_nonfinite_layer(const bp_net *net) { return (int32_t)option(net, BP_OPT_NONFINITE_LAYER); }

bp_status any_get_gradient_norm(const bp_net *net, double *norm) { return bp_net_get(net, BP_OPT_GRADIENT_NORM, norm); }

size_t any_units(const bp_net *net, size_t layer)
{
    double units = 0;
    (void)bp_net_layer_get(net, layer, BP_LAYER_UNITS, &units);
    return (size_t)units;
}

size_t any_numbers(const bp_net *net, int32_t array, size_t layer)
{
    size_t rows = 0, columns = 0;
    (void)bp_net_shape(net, array, layer, &rows, &columns);
    return rows * columns;
}

size_t any_parameters(const bp_net *net) { return any_numbers(net, BP_ARRAY_PARAMETERS, 0); }

void any_same_parameters(const bp_net *a, const bp_net *b)
{
    const size_t count = any_parameters(a);
    double *of_a = calloc(count, sizeof(*of_a)), *of_b = calloc(count, sizeof(*of_b));
    assert_non_null(of_a);
    assert_non_null(of_b);
    assert_int_equal(any_parameters(b), count);
    any_ok(any_get_parameters(a, of_a));
    any_ok(any_get_parameters(b, of_b));
    any_same_bits(of_a, of_b, count);
    free(of_a);
    free(of_b);
}

size_t any_weights(const bp_net *net, size_t layer) { return any_numbers(net, BP_ARRAY_WEIGHTS, layer); }

size_t any_biases(const bp_net *net, size_t layer) { return any_numbers(net, BP_ARRAY_BIAS, layer); }

int32_t any_scales_inputs(const bp_net *net) { return any_numbers(net, BP_ARRAY_INPUT_CENTER, 0) > 0; }

int32_t any_scales_targets(const bp_net *net) { return any_numbers(net, BP_ARRAY_TARGET_CENTER, 0) > 0; }

size_t any_rows(const bp_net *net)
{
    size_t rows = 0, columns = 0;
    (void)bp_net_shape(net, BP_ARRAY_OUTPUTS, 0, &rows, &columns);
    return rows;
}

/** A whole array, by the function of the net's type. */
static bp_status get(const bp_net *net, int32_t array, size_t layer, double *to)
{
    const size_t count = any_numbers(net, array, layer);
    if (is_f64(net))
        return bp_net_read_f64(net, array, layer, to, count);
    float *to_f32 = buffer_for(to, count);
    return widen(bp_net_read_f32(net, array, layer, to_f32, count), to_f32, count, to);
}

static bp_status set(bp_net *net, int32_t array, size_t layer, const double *from)
{
    const size_t count = any_numbers(net, array, layer);
    if (is_f64(net))
        return bp_net_write_f64(net, array, layer, from, count);
    float *from_f32 = narrowed(from, count);
    const bp_status status = bp_net_write_f32(net, array, layer, from_f32, count);
    free(from_f32);
    return status;
}

bp_status any_get_parameters(const bp_net *net, double *flat) { return get(net, BP_ARRAY_PARAMETERS, 0, flat); }

bp_status any_set_parameters(bp_net *net, const double *flat) { return set(net, BP_ARRAY_PARAMETERS, 0, flat); }

bp_status any_get_gradient(const bp_net *net, double *flat) { return get(net, BP_ARRAY_GRADIENT, 0, flat); }

bp_status any_get_weights(const bp_net *net, size_t layer, double *w) { return get(net, BP_ARRAY_WEIGHTS, layer, w); }

bp_status any_set_weights(bp_net *net, size_t layer, const double *w) { return set(net, BP_ARRAY_WEIGHTS, layer, w); }

bp_status any_get_bias(const bp_net *net, size_t layer, double *b) { return get(net, BP_ARRAY_BIAS, layer, b); }

bp_status any_set_bias(bp_net *net, size_t layer, const double *b) { return set(net, BP_ARRAY_BIAS, layer, b); }

bp_status any_get_weight_gradient(const bp_net *net, size_t layer, double *dw)
{
    return get(net, BP_ARRAY_WEIGHT_GRADIENT, layer, dw);
}

bp_status any_get_bias_gradient(const bp_net *net, size_t layer, double *db)
{
    return get(net, BP_ARRAY_BIAS_GRADIENT, layer, db);
}

bp_status any_get_z(const bp_net *net, size_t layer, double *z) { return get(net, BP_ARRAY_Z, layer, z); }

bp_status any_get_activation(const bp_net *net, size_t layer, double *a)
{
    return get(net, BP_ARRAY_ACTIVATION, layer, a);
}

bp_status any_get_delta(const bp_net *net, size_t layer, double *delta)
{
    return get(net, BP_ARRAY_DELTA, layer, delta);
}

bp_status any_set_scaling(bp_net *net, const double *input_center, const double *input_factor,
                          const double *target_center, const double *target_factor)
{
    const double *const numbers[] = {input_center, input_factor, target_center, target_factor};
    static const int32_t arrays[] = {BP_ARRAY_INPUT_CENTER, BP_ARRAY_INPUT_FACTOR, BP_ARRAY_TARGET_CENTER,
                                     BP_ARRAY_TARGET_FACTOR};
    for (size_t i = 0; i < 4; i++) {
        const size_t count = i < 2 ? bp_net_inputs(net) : bp_net_outputs(net);
        const bp_status status = bp_net_write_f64(net, arrays[i], 0, numbers[i], numbers[i] ? count : 0);
        if (status != BP_OK)
            return status;
    }
    return BP_OK;
}

static bp_status get_scaling(const bp_net *net, int32_t of_center, int32_t of_factor, size_t count, double *center,
                             double *factor)
{
    if (any_numbers(net, of_center, 0) > 0) {
        const bp_status status = bp_net_read_f64(net, of_center, 0, center, count);
        return status == BP_OK ? bp_net_read_f64(net, of_factor, 0, factor, count) : status;
    }
    for (size_t i = 0; i < count; i++) {
        center[i] = 0;
        factor[i] = 1;
    }
    return BP_OK;
}

bp_status any_get_input_scaling(const bp_net *net, double *center, double *factor)
{
    return get_scaling(net, BP_ARRAY_INPUT_CENTER, BP_ARRAY_INPUT_FACTOR, bp_net_inputs(net), center, factor);
}

bp_status any_get_target_scaling(const bp_net *net, double *center, double *factor)
{
    return get_scaling(net, BP_ARRAY_TARGET_CENTER, BP_ARRAY_TARGET_FACTOR, bp_net_outputs(net), center, factor);
}

/* ---- options */

static bool is_fact(int32_t option)
{
    return (option >= BP_OPT_GRADIENT_ROWS && option <= BP_OPT_NONFINITE_LAYER) || option == BP_LAYER_UNITS ||
           option == BP_LAYER_INPUTS;
}

int32_t any_option_at(size_t index)
{
    static const int32_t families[] = {BP_FAMILY_NET_OPTION, BP_FAMILY_LAYER_OPTION};
    int32_t key;
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; (key = bp_key_at(families[i], k)) != 0; k++)
            if (!is_fact(key) && index-- == 0)
                return key;
    return 0;
}

bp_status any_ask(const bp_train *train, int32_t key, double *value)
{
    return key / 1000 * 1000 == BP_FAMILY_RECORD ? bp_train_record(train, 0, key, value)
                                                 : bp_train_get(train, key, value);
}
