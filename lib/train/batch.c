/* SPDX-License-Identifier: MIT */
#include "train/batch.h"

#include <math.h>

#include "base/memory.h"
#include "base/targets.h"
#include "data/asked_net.h"

/* What a sentence of the data set begins with: the training's own goes before it. */
/* The training's own call puts its name before what is said here. */
static const struct bp_call filling = {.function = "the data set"};

static bool is_f32(const bp_net *net) { return bp_type_of_net(net) == BP_F32; }

bool bp_batch_make(const bp_allocator *allocator, struct bp_batch *batch, const bp_net *net, const bp_data *data,
                   size_t rows)
{
    const size_t size = is_f32(net) ? sizeof(float) : sizeof(double);
    size_t y;
    *batch = (struct bp_batch){.dtype = bp_type_of_net(net), .rows = rows, .outputs = bp_net_outputs(net)};
    if (!bp_size_multiply(rows, batch->outputs, &y) || !bp_inputs_make(allocator, &batch->x, net, data, rows)) {
        *batch = (struct bp_batch){0};
        return false;
    }
    batch->y = bp_memory_allocate(allocator, y, size);
    batch->row = bp_memory_allocate(allocator, rows, sizeof(*batch->row));
    batch->room.target = bp_memory_allocate(allocator, y, size);
    batch->room.labels = bp_memory_allocate(allocator, rows, sizeof(*batch->room.labels));
    batch->room.weights = bp_memory_allocate(allocator, rows, sizeof(*batch->room.weights));
    if (batch->y && batch->row && batch->room.target && batch->room.labels && batch->room.weights)
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
    const bp_status status = bp_data_check_starts(data, &filling, NULL, data->rows, SIZE_MAX);
    if (status != BP_OK) /* there is only room for rows as they should be */
        return status;
    return bp_batch_make(allocator, batch, net, data, rows) ? BP_OK : BP_ERR_MEMORY;
}

void bp_batch_release(const bp_allocator *allocator, struct bp_batch *batch)
{
    void *const rooms[] = {batch->y, batch->row, batch->room.target, batch->room.labels, batch->room.weights};
    for (size_t i = 0; i < sizeof(rooms) / sizeof(rooms[0]); i++)
        bp_memory_release(allocator, rooms[i]);
    bp_inputs_release(allocator, &batch->x);
    *batch = (struct bp_batch){0};
}

static bool has(const bp_data *data, enum bp_part_kind kind) { return data->table->part[kind].numbers; }

static bp_status take(struct bp_batch *batch, const bp_data *data, const size_t *row, size_t rows)
{
    BP_TRY(bp_inputs_take(&batch->x, data, &filling, row, rows));
    if (batch->target)
        bp_data_gather(data, BP_PART_TARGET, row, rows, batch->dtype, batch->room.target);
    if (batch->labels)
        BP_TRY(bp_data_gather_labels(data, &filling, row, rows, batch->room.labels));
    return has(data, BP_PART_WEIGHTS) ? bp_data_gather_weights(data, &filling, row, rows, batch->room.weights) : BP_OK;
}

bp_status bp_batch_fill(struct bp_batch *batch, const bp_data *data, const double *class_weights, const size_t *row,
                        size_t rows)
{
    batch->target = has(data, BP_PART_TARGET) ? batch->room.target : NULL;
    batch->labels = has(data, BP_PART_LABELS) ? batch->room.labels : NULL;
    batch->weights = has(data, BP_PART_WEIGHTS) || class_weights ? batch->room.weights : NULL;
    const bp_status status = take(batch, data, row, rows);
    for (size_t i = 0; status == BP_OK && class_weights && i < rows; i++)
        batch->room.weights[i] =
            class_weights[batch->labels[i]] * (has(data, BP_PART_WEIGHTS) ? batch->room.weights[i] : 1);
    return status;
}

static struct bp_answers answers(const struct bp_batch *b)
{
    return (struct bp_answers){b->target, b->labels, b->weights};
}

bp_status bp_batch_forward(const struct bp_batch *batch, bp_net *net, size_t rows)
{
    return bp_inputs_forward(&batch->x, net, rows, NULL);
}

bp_status bp_batch_train(const struct bp_batch *b, bp_net *net, size_t rows, double *loss)
{
    const struct bp_answers of = answers(b);
    return bp_inputs_train(&b->x, net, &of, rows, loss);
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

bp_status bp_batch_add_gradient(const struct bp_batch *batch, bp_net *net, size_t rows, double *loss)
{
    BP_TRY(bp_batch_forward(batch, net, rows));
    return backward(batch, net, rows, loss);
}

bp_status bp_batch_forward_row(struct bp_batch *b, bp_net *net, size_t row)
{
    const struct bp_inputs one = bp_inputs_row(&b->x, net, row);
    return bp_inputs_forward(&one, net, 1, b->y);
}

bp_status bp_batch_backward_from(const struct bp_batch *b, bp_net *net, const void *dy, size_t rows)
{
    return b->dtype == BP_F32 ? bp_net_backward_from_f32(net, dy, rows) : bp_net_backward_from_f64(net, dy, rows);
}

bp_status bp_batch_get_gradient(const bp_net *net, void *gradient)
{
    return bp_read_net(net, BP_ARRAY_GRADIENT, 0, gradient);
}

bp_status bp_batch_train_measured(const struct bp_batch *batch, bp_net *net, size_t rows, double *loss, double *norm)
{
    BP_TRY(bp_batch_add_gradient(batch, net, rows, loss));
    *norm = bp_option_of_net(net, BP_OPT_GRADIENT_NORM);
    const bp_status status = bp_net_step(net);
    if (status != BP_OK)
        bp_net_zero_gradient(net); /* as train does */
    return status;
}

bp_status bp_batch_loss(const struct bp_batch *batch, const bp_net *net, size_t rows, double *loss, bp_scratch *scratch)
{
    const struct bp_answers of = answers(batch);
    return bp_inputs_loss(&batch->x, net, &of, rows, loss, scratch);
}

bp_status bp_batch_loss_of_row(const struct bp_batch *b, const bp_net *net, const void *target, double *loss,
                               bp_scratch *scratch)
{
    const struct bp_answers of = {target, NULL, NULL};
    return bp_inputs_loss(&b->x, net, &of, 1, loss, scratch);
}

bp_status bp_batch_predict(struct bp_batch *batch, const bp_net *net, size_t rows, bp_scratch *scratch)
{
    return bp_inputs_predict(&batch->x, net, rows, batch->y, scratch);
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
        right +=
            bp_class_of(batch->dtype, (const char *)batch->y + i * size, batch->outputs) == (size_t)batch->labels[i];
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
