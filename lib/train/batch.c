/* SPDX-License-Identifier: MIT */
#include "train/batch.h"

#include <math.h>

#include "base/memory.h"
#include "base/targets.h"
#include "data/asked_net.h"

/* The training's own call puts its name before what is said here. */
static const struct bp_call filling = {.function = "the data set"};

#define OF_NET(its_net) (&(struct bp_call){.function = "the net", .net = (its_net)})

bool bp_batch_make(const bp_allocator *allocator, struct bp_batch *batch, const bp_net *net, const bp_data *data,
                   size_t rows)
{
    size_t y;
    *batch = (struct bp_batch){
        .dtype = bp_type_of_net(net), .rows = rows, .outputs = bp_net_outputs(net), .allocator = allocator};
    if (bp_size_multiply(rows, batch->outputs, &y)) {
        batch->y = bp_memory_allocate(allocator, y, bp_type_size(batch->dtype));
        batch->row = bp_memory_allocate(allocator, rows, sizeof(*batch->row));
    }
    if (batch->y && batch->row &&
        bp_data_reserve_rows(data, batch->dtype, rows, allocator, &batch->buffers, &batch->nonzeros))
        return true;
    bp_batch_release(allocator, batch);
    return false;
}

bp_status bp_batch_fit(const bp_allocator *allocator, struct bp_batch *batch, const bp_net *net, const bp_data *data,
                       size_t rows)
{
    if (batch->rows == rows)
        return BP_OK;
    bp_batch_release(allocator, batch);
    BP_TRY(bp_data_check_starts(data, &filling, NULL, data->rows)); /* there is only room for rows as they should be */
    return bp_batch_make(allocator, batch, net, data, rows) ? BP_OK : BP_ERR_MEMORY;
}

void bp_batch_release(const bp_allocator *allocator, struct bp_batch *batch)
{
    bp_memory_release(allocator, batch->y);
    bp_memory_release(allocator, batch->row);
    bp_row_buffers_release(allocator, &batch->buffers);
    *batch = (struct bp_batch){0};
}

bp_status bp_batch_fill(struct bp_batch *b, const bp_data *data, const double *class_weights, const size_t *row,
                        size_t rows)
{
    const struct bp_selection s = {
        .data = data, .row = row, .count = rows, .class_weights = class_weights, .most = b->nonzeros};
    BP_TRY(bp_data_take_inputs(&filling, &s, b->dtype, b->allocator, &b->buffers, &b->taken));
    return bp_data_take_targets(&filling, &s, b->dtype, b->allocator, &b->buffers, &b->taken);
}

bp_status bp_batch_fill_inputs(struct bp_batch *b, const struct bp_call *call, const bp_data *data, const size_t *row,
                               size_t rows)
{
    const struct bp_selection s = {.data = data, .row = row, .count = rows, .most = b->nonzeros};
    return bp_data_take_inputs(call, &s, b->dtype, b->allocator, &b->buffers, &b->taken);
}

bp_status bp_batch_reserve(const struct bp_batch *batch, bp_net *net)
{
    return bp_net_reserve(net, batch->rows, batch->nonzeros);
}

bp_status bp_batch_forward(struct bp_batch *batch, bp_net *net)
{
    return bp_net_forward_of(OF_NET(net), net, &batch->taken, NULL);
}

bp_status bp_batch_train(struct bp_batch *batch, bp_net *net, double *loss)
{
    return bp_net_train_of(OF_NET(net), net, &batch->taken, loss);
}

bp_status bp_batch_add_gradient(struct bp_batch *batch, bp_net *net, double *loss)
{
    BP_TRY(bp_batch_forward(batch, net));
    return bp_net_backward_of(OF_NET(net), net, &batch->taken, loss);
}

/* The inputs of `count` of the rows taken, from one on. */
static struct bp_rows some_of(const struct bp_batch *b, size_t row, size_t count)
{
    struct bp_rows some = b->taken;
    some.count = count;
    if (some.x)
        some.x = (const char *)some.x + row * some.stride * bp_type_size(b->dtype);
    else
        some.sparse = bp_sparse_from(&some.sparse, row);
    return some;
}

bp_status bp_batch_forward_row(struct bp_batch *b, bp_net *net, size_t row)
{
    struct bp_rows one = some_of(b, row, 1);
    return bp_net_forward_of(OF_NET(net), net, &one, b->y);
}

bp_status bp_batch_backward_from(const struct bp_batch *b, bp_net *net, const void *dy, size_t rows)
{
    return b->dtype == BP_F32 ? bp_net_backward_from_f32(net, dy, rows) : bp_net_backward_from_f64(net, dy, rows);
}

bp_status bp_batch_get_gradient(const bp_net *net, void *gradient)
{
    return bp_read_net(net, BP_ARRAY_GRADIENT, 0, gradient);
}

bp_status bp_batch_train_measured(struct bp_batch *batch, bp_net *net, double *loss, double *norm)
{
    BP_TRY(bp_batch_add_gradient(batch, net, loss));
    *norm = bp_option_of_net(net, BP_OPT_GRADIENT_NORM);
    const bp_status status = bp_net_step(net);
    if (status != BP_OK)
        bp_net_zero_gradient(net); /* as train does */
    return status;
}

bp_status bp_batch_loss(const struct bp_batch *b, const bp_net *net, size_t rows, double *loss, bp_scratch *scratch)
{
    struct bp_rows some = some_of(b, 0, rows);
    return bp_net_loss_of(OF_NET(net), &some, loss, scratch);
}

bp_status bp_batch_loss_of_row(const struct bp_batch *b, const bp_net *net, const void *target, double *loss,
                               bp_scratch *scratch)
{
    struct bp_rows one = some_of(b, 0, 1);
    one.target = target;
    one.labels = NULL;
    one.weights = NULL;
    return bp_net_loss_of(OF_NET(net), &one, loss, scratch);
}

bp_status bp_batch_predict(struct bp_batch *b, const bp_net *net, size_t rows, bp_scratch *scratch)
{
    struct bp_rows some = some_of(b, 0, rows);
    return bp_net_predict_of(OF_NET(net), &some, b->y, scratch);
}

bp_status bp_batch_outputs(struct bp_batch *batch, const bp_net *net)
{
    return bp_read_net(net, BP_ARRAY_ACTIVATION, bp_net_layers(net) - 1, batch->y);
}

size_t bp_batch_right(const struct bp_batch *batch, size_t rows)
{
    const size_t size = batch->outputs * bp_type_size(batch->dtype);
    size_t right = 0;
    for (size_t i = 0; i < rows; i++)
        right += bp_class_of(batch->dtype, (const char *)batch->y + i * size, batch->outputs) ==
                 (size_t)batch->taken.labels[i];
    return right;
}

bp_status bp_batch_get_parameters(const bp_net *net, void *parameters)
{
    return bp_read_net(net, BP_ARRAY_PARAMETERS, 0, parameters);
}

bp_status bp_batch_set_parameters(bp_net *net, const void *parameters)
{
    return bp_write_net(net, BP_ARRAY_PARAMETERS, 0, parameters);
}
