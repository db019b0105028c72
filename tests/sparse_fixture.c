/* SPDX-License-Identifier: MIT */
#include "sparse_fixture.h"

#include <math.h>
#include <stdlib.h>

static void *buffer(size_t count, size_t size)
{
    void *memory = calloc(count + 1, size);
    if (!memory)
        fail_msg("no memory for %zu numbers", count);
    return memory;
}

static void make_buffers(struct sparse_rows *s, size_t rows, size_t inputs)
{
    s->rows = rows;
    s->inputs = inputs;
    s->x = buffer(rows * inputs, sizeof(*s->x));
    s->values = buffer(rows * inputs, sizeof(*s->values));
    s->values_f32 = buffer(rows * inputs, sizeof(*s->values_f32));
    s->columns = buffer(rows * inputs, sizeof(*s->columns));
    s->starts = buffer(rows + 1, sizeof(*s->starts));
}

static void add(struct sparse_rows *s, size_t *at, size_t column, double value)
{
    s->columns[*at] = (int32_t)column;
    s->values[*at] = value;
    s->values_f32[*at] = (float)value;
    ++*at;
}

void sparse_make(struct sparse_rows *s, uint64_t seed, size_t rows, size_t inputs, double share)
{
    size_t at = 1;
    make_buffers(s, rows, inputs);
    for (size_t row = 0; row < rows; row++) {
        s->starts[row] = (int64_t)at;
        for (size_t i = 0; i < inputs; i++) {
            const double chance = any_uniform(&seed, 0, 1);
            double value;
            any_fill(&seed, &value, 1, -1, 1);
            if (row == 0 || (chance >= share && row + 1 < rows))
                continue;
            value = i % 7 == 3 ? 0 : value;
            s->x[row * inputs + i] = value;
            add(s, &at, i, value);
        }
    }
    s->starts[rows] = (int64_t)at;
}

void sparse_of(struct sparse_rows *s, const double *x, size_t rows, size_t inputs)
{
    size_t at = 0;
    make_buffers(s, rows, inputs);
    for (size_t i = 0; i < rows * inputs; i++) {
        if (i % inputs == 0)
            s->starts[i / inputs] = (int64_t)at;
        s->x[i] = x[i];
        if (x[i] != 0)
            add(s, &at, i % inputs, x[i]);
    }
    s->starts[rows] = (int64_t)at;
}

void sparse_free(struct sparse_rows *s)
{
    void *const blocks[] = {s->x, s->values, s->values_f32, s->columns, s->starts};
    for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
        free(blocks[i]);
}

static bool is_f32(const bp_net *net) { return any_type(net) == BP_F32; }

bp_data *sparse_data(const bp_net *net, const struct sparse_rows *s)
{
    const void *values = is_f32(net) ? (const void *)s->values_f32 : (const void *)s->values;
    bp_data *data;
    any_ok(bp_data_create(&data, NULL));
    any_ok(bp_data_set_sparse(data, any_type(net), values, s->columns, s->starts, s->rows, s->inputs, BP_HOLD_BORROW));
    return data;
}

/* A data set of the rows, and of their target, labels and weights. */
static bp_data *some_rows(const bp_net *net, const struct sparse_rows *s, size_t row, size_t rows, const double *target,
                          const int32_t *labels, const double *weights)
{
    const size_t outputs = bp_net_outputs(net);
    struct sparse_rows some = *s;
    some.starts += row;
    some.rows = rows;
    bp_data *data = sparse_data(net, &some);
    if (target)
        any_ok(bp_data_set_target(data, BP_F64, target, outputs, 0, BP_HOLD_BORROW));
    if (labels)
        any_ok(bp_data_set_labels(data, BP_I32, labels, outputs == 1 ? 2 : outputs, BP_HOLD_BORROW));
    if (weights)
        any_ok(bp_data_set_weights(data, BP_F64, weights, BP_HOLD_BORROW));
    return data;
}

bp_status sparse_forward(bp_net *net, const struct sparse_rows *s, size_t row, size_t rows, double *y)
{
    bp_data *data = some_rows(net, s, row, rows, NULL, NULL, NULL);
    const bp_status status = bp_net_forward_rows(net, data, 0, rows);
    bp_data_destroy(data);
    return status == BP_OK && y ? any_get_activation(net, bp_net_layers(net) - 1, y) : status;
}

bp_status sparse_train(bp_net *net, const struct sparse_rows *s, size_t row, size_t rows, const double *target,
                       const int32_t *labels, const double *weights, double *loss)
{
    bp_data *data = some_rows(net, s, row, rows, target, labels, weights);
    const bp_status status = bp_net_train_rows(net, data, 0, rows, loss);
    bp_data_destroy(data);
    return status;
}

bp_status sparse_predict(const bp_net *net, const struct sparse_rows *s, size_t row, size_t rows, double *y,
                         bp_scratch *scratch)
{
    const size_t count = rows * bp_net_outputs(net);
    bp_data *data = some_rows(net, s, row, rows, NULL, NULL, NULL);
    float *y_f32 = buffer(count, sizeof(*y_f32));
    const bp_status status = is_f32(net) ? bp_net_predict_rows_f32(net, data, 0, rows, y_f32, scratch)
                                         : bp_net_predict_rows_f64(net, data, 0, rows, y, scratch);
    for (size_t i = 0; is_f32(net) && i < count; i++)
        y[i] = y_f32[i];
    free(y_f32);
    bp_data_destroy(data);
    return status;
}

bp_status sparse_loss(const bp_net *net, const struct sparse_rows *s, size_t row, size_t rows, const double *target,
                      const int32_t *labels, const double *weights, double *loss)
{
    bp_data *data = some_rows(net, s, row, rows, target, labels, weights);
    const bp_status status = bp_net_loss_rows(net, data, 0, rows, loss, NULL);
    bp_data_destroy(data);
    return status;
}

static void same(const bp_net *dense, const bp_net *sparse, bp_status get(const bp_net *net, double *flat),
                 const char *what)
{
    const size_t count = any_parameters(dense);
    double *a = any_buffer(count), *b = any_buffer(count);
    any_ok(get(dense, a));
    any_ok(get(sparse, b));
    any_check_same_bits(a, b, count, what, __FILE__, __LINE__);
    free(a);
    free(b);
}

void sparse_same_parameters(const bp_net *dense, const bp_net *sparse, const char *what)
{
    same(dense, sparse, any_get_parameters, what);
}

void sparse_same_gradient(const bp_net *dense, const bp_net *sparse, const char *what)
{
    same(dense, sparse, any_get_gradient, what);
    const size_t n = any_parameters(dense);
    double *gradient = any_buffer(n), norms[3] = {0};
    any_ok(any_get_gradient(dense, gradient));
    for (size_t i = 0; i < n; i++)
        norms[0] += gradient[i] * gradient[i];
    norms[0] = sqrt(norms[0]);
    any_ok(any_get_gradient_norm(dense, &norms[1]));
    any_ok(any_get_gradient_norm(sparse, &norms[2]));
    if (norms[1] != norms[0] || norms[2] != norms[0])
        fail_msg("%s: the norms are %.17g, %.17g and %.17g", what, norms[0], norms[1], norms[2]);
    free(gradient);
}
