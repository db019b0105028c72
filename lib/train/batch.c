/* SPDX-License-Identifier: MIT */
#include "train/batch.h"

#include <math.h>

#include "base/memory.h"

static bool is_f32(const bp_net *net) { return bp_net_dtype(net) == BP_F32; }

bool bp_batch_make(const bp_allocator *allocator, struct bp_batch *batch, const bp_net *net, size_t rows)
{
    const size_t size = is_f32(net) ? sizeof(float) : sizeof(double);
    size_t x, y;
    *batch = (struct bp_batch){
        .dtype = bp_net_dtype(net), .rows = rows, .inputs = bp_net_inputs(net), .outputs = bp_net_outputs(net)};
    if (!bp_size_multiply(rows, batch->inputs, &x) || !bp_size_multiply(rows, batch->outputs, &y))
        return false;
    batch->room.x = bp_memory_allocate(allocator, x, size);
    batch->y = bp_memory_allocate(allocator, y, size);
    batch->row = bp_memory_allocate(allocator, rows, sizeof(*batch->row));
    batch->room.target = bp_memory_allocate(allocator, y, size);
    batch->room.labels = bp_memory_allocate(allocator, rows, sizeof(*batch->room.labels));
    batch->room.weights = bp_memory_allocate(allocator, rows, sizeof(*batch->room.weights));
    if (batch->room.x && batch->y && batch->row && batch->room.target && batch->room.labels && batch->room.weights)
        return true;
    bp_batch_release(allocator, batch);
    return false;
}

bool bp_batch_fit(const bp_allocator *allocator, struct bp_batch *batch, const bp_net *net, size_t rows)
{
    if (batch->rows == rows)
        return true;
    bp_batch_release(allocator, batch);
    return bp_batch_make(allocator, batch, net, rows);
}

void bp_batch_release(const bp_allocator *allocator, struct bp_batch *batch)
{
    void *const rooms[] = {batch->y,           batch->row,         batch->room.x,
                           batch->room.target, batch->room.labels, batch->room.weights};
    for (size_t i = 0; i < sizeof(rooms) / sizeof(rooms[0]); i++)
        bp_memory_release(allocator, rooms[i]);
    *batch = (struct bp_batch){0};
}

static bool has(const bp_data *data, enum bp_part_kind kind) { return data->table->part[kind].numbers; }

void bp_batch_fill(struct bp_batch *batch, const bp_data *data, const double *class_weights, const size_t *row,
                   size_t rows)
{
    batch->target = has(data, BP_PART_TARGET) ? batch->room.target : NULL;
    batch->labels = has(data, BP_PART_LABELS) ? batch->room.labels : NULL;
    batch->weights = has(data, BP_PART_WEIGHTS) || class_weights ? batch->room.weights : NULL;
    batch->x = bp_data_in_place(data, BP_PART_INPUTS, row, rows, batch->dtype);
    if (!batch->x) {
        bp_data_gather(data, BP_PART_INPUTS, row, rows, batch->dtype, batch->room.x);
        batch->x = batch->room.x;
    }
    if (batch->target)
        bp_data_gather(data, BP_PART_TARGET, row, rows, batch->dtype, batch->room.target);
    if (batch->labels)
        bp_data_gather(data, BP_PART_LABELS, row, rows, BP_DATA_I32, batch->room.labels);
    if (has(data, BP_PART_WEIGHTS))
        bp_data_gather(data, BP_PART_WEIGHTS, row, rows, BP_F64, batch->room.weights);
    for (size_t i = 0; class_weights && i < rows; i++)
        batch->room.weights[i] =
            class_weights[batch->labels[i]] * (has(data, BP_PART_WEIGHTS) ? batch->room.weights[i] : 1);
}

bp_status bp_batch_train(const struct bp_batch *b, bp_net *net, size_t rows, double *loss)
{
    if (is_f32(net))
        return b->weights  ? bp_net_train_weighted_f32(net, b->x, b->target, b->labels, b->weights, rows, loss)
               : b->labels ? bp_net_train_labels_f32(net, b->x, b->labels, rows, loss)
                           : bp_net_train_f32(net, b->x, b->target, rows, loss);
    return b->weights  ? bp_net_train_weighted_f64(net, b->x, b->target, b->labels, b->weights, rows, loss)
           : b->labels ? bp_net_train_labels_f64(net, b->x, b->labels, rows, loss)
                       : bp_net_train_f64(net, b->x, b->target, rows, loss);
}

bp_status bp_batch_forward(const struct bp_batch *batch, bp_net *net, size_t rows)
{
    return is_f32(net) ? bp_net_forward_f32(net, batch->x, rows, NULL) : bp_net_forward_f64(net, batch->x, rows, NULL);
}

static bp_status backward(const struct bp_batch *b, bp_net *net, size_t rows, double *loss)
{
    if (b->weights)
        return is_f32(net) ? bp_net_backward_weighted_f32(net, b->target, b->labels, b->weights, rows, loss)
                           : bp_net_backward_weighted_f64(net, b->target, b->labels, b->weights, rows, loss);
    if (b->labels)
        return bp_net_backward_labels(net, b->labels, rows, loss);
    return is_f32(net) ? bp_net_backward_f32(net, b->target, rows, loss)
                       : bp_net_backward_f64(net, b->target, rows, loss);
}

static double norm_of(const bp_net *net, const void *gradient)
{
    const size_t n = bp_net_parameters(net);
    const float *f32 = gradient;
    const double *f64 = gradient;
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        const double g = is_f32(net) ? (double)f32[i] : f64[i];
        sum += g * g;
    }
    return sqrt(sum);
}

bp_status bp_batch_add_gradient(const struct bp_batch *batch, bp_net *net, size_t rows, double *loss)
{
    BP_TRY(bp_batch_forward(batch, net, rows));
    return backward(batch, net, rows, loss);
}

bp_status bp_batch_get_gradient(const bp_net *net, void *gradient)
{
    return is_f32(net) ? bp_net_get_gradient_f32(net, gradient) : bp_net_get_gradient_f64(net, gradient);
}

bp_status bp_batch_train_measured(const struct bp_batch *batch, bp_net *net, size_t rows, double *loss, void *gradient,
                                  double *norm)
{
    BP_TRY(bp_batch_add_gradient(batch, net, rows, loss));
    BP_TRY(bp_batch_get_gradient(net, gradient));
    *norm = norm_of(net, gradient);
    const bp_status status = bp_net_step(net);
    if (status != BP_OK)
        bp_net_zero_gradient(net); /* as train does */
    return status;
}

static bp_status loss_f32(const struct bp_batch *b, const bp_net *net, size_t rows, double *loss, bp_scratch *scratch)
{
    return b->weights  ? bp_net_loss_weighted_f32(net, b->x, b->target, b->labels, b->weights, rows, loss, scratch)
           : b->labels ? bp_net_loss_labels_f32(net, b->x, b->labels, rows, loss, scratch)
                       : bp_net_loss_f32(net, b->x, b->target, rows, loss, scratch);
}

static bp_status loss_f64(const struct bp_batch *b, const bp_net *net, size_t rows, double *loss, bp_scratch *scratch)
{
    return b->weights  ? bp_net_loss_weighted_f64(net, b->x, b->target, b->labels, b->weights, rows, loss, scratch)
           : b->labels ? bp_net_loss_labels_f64(net, b->x, b->labels, rows, loss, scratch)
                       : bp_net_loss_f64(net, b->x, b->target, rows, loss, scratch);
}

bp_status bp_batch_loss(const struct bp_batch *batch, const bp_net *net, size_t rows, double *loss, bp_scratch *scratch)
{
    return is_f32(net) ? loss_f32(batch, net, rows, loss, scratch) : loss_f64(batch, net, rows, loss, scratch);
}

bp_status bp_batch_predict(struct bp_batch *batch, const bp_net *net, size_t rows, bp_scratch *scratch)
{
    return is_f32(net) ? bp_net_predict_f32(net, batch->x, rows, batch->y, scratch)
                       : bp_net_predict_f64(net, batch->x, rows, batch->y, scratch);
}

bp_status bp_batch_outputs(struct bp_batch *batch, const bp_net *net)
{
    const size_t last = bp_net_layers(net) - 1;
    return is_f32(net) ? bp_net_get_activation_f32(net, last, batch->y)
                       : bp_net_get_activation_f64(net, last, batch->y);
}

static double number(const struct bp_batch *batch, size_t i)
{
    return batch->dtype == BP_F32 ? (double)((const float *)batch->y)[i] : ((const double *)batch->y)[i];
}

/* The class that a row of y names: its greatest number, the first of equals. */
static int32_t class_of(const struct bp_batch *batch, size_t row)
{
    const size_t at = row * batch->outputs;
    size_t greatest = 0;
    if (batch->outputs == 1)
        return number(batch, at) >= 0.5;
    for (size_t i = 1; i < batch->outputs; i++)
        if (number(batch, at + i) > number(batch, at + greatest))
            greatest = i;
    return (int32_t)greatest;
}

size_t bp_batch_right(const struct bp_batch *batch, size_t rows)
{
    size_t right = 0;
    for (size_t i = 0; i < rows; i++)
        right += class_of(batch, i) == batch->labels[i];
    return right;
}

bp_status bp_batch_get_parameters(const bp_net *net, void *parameters)
{
    return is_f32(net) ? bp_net_get_parameters_f32(net, parameters) : bp_net_get_parameters_f64(net, parameters);
}

bp_status bp_batch_set_parameters(bp_net *net, const void *parameters)
{
    return is_f32(net) ? bp_net_set_parameters_f32(net, parameters) : bp_net_set_parameters_f64(net, parameters);
}
