/* SPDX-License-Identifier: MIT */
#include "train/block.h"

#include <math.h>

#include "base/memory.h"

static bool is_f32(const bp_net *net) { return bp_net_dtype(net) == BP_F32; }

bool bp_block_make(const bp_allocator *allocator, struct bp_block *block, const bp_net *net, size_t rows)
{
    const size_t size = is_f32(net) ? sizeof(float) : sizeof(double);
    size_t x, y;
    *block = (struct bp_block){
        .dtype = bp_net_dtype(net), .rows = rows, .inputs = bp_net_inputs(net), .outputs = bp_net_outputs(net)};
    if (!bp_size_multiply(rows, block->inputs, &x) || !bp_size_multiply(rows, block->outputs, &y))
        return false;
    block->x = bp_memory_allocate(allocator, x, size);
    block->target = bp_memory_allocate(allocator, y, size);
    block->y = bp_memory_allocate(allocator, y, size);
    block->labels = bp_memory_allocate(allocator, rows, sizeof(*block->labels));
    block->row = bp_memory_allocate(allocator, rows, sizeof(*block->row));
    if (block->x && block->target && block->y && block->labels && block->row)
        return true;
    bp_block_release(allocator, block);
    return false;
}

void bp_block_release(const bp_allocator *allocator, struct bp_block *block)
{
    bp_memory_release(allocator, block->x);
    bp_memory_release(allocator, block->target);
    bp_memory_release(allocator, block->y);
    bp_memory_release(allocator, block->labels);
    bp_memory_release(allocator, block->row);
    *block = (struct bp_block){0};
}

void bp_block_fill(struct bp_block *block, const bp_data *data, const size_t *row, size_t rows)
{
    bp_data_gather(data, BP_PART_INPUTS, row, rows, block->dtype, block->x);
    if (data->table->part[BP_PART_LABELS].numbers)
        bp_data_gather(data, BP_PART_LABELS, row, rows, BP_DATA_I32, block->labels);
    else
        bp_data_gather(data, BP_PART_TARGET, row, rows, block->dtype, block->target);
}

bp_status bp_block_train(const struct bp_block *block, bp_net *net, bool labels, size_t rows, double *loss)
{
    if (is_f32(net))
        return labels ? bp_net_train_labels_f32(net, block->x, block->labels, rows, loss)
                      : bp_net_train_f32(net, block->x, block->target, rows, loss);
    return labels ? bp_net_train_labels_f64(net, block->x, block->labels, rows, loss)
                  : bp_net_train_f64(net, block->x, block->target, rows, loss);
}

static bp_status forward(const struct bp_block *block, bp_net *net, size_t rows)
{
    return is_f32(net) ? bp_net_forward_f32(net, block->x, rows, NULL) : bp_net_forward_f64(net, block->x, rows, NULL);
}

static bp_status backward(const struct bp_block *block, bp_net *net, bool labels, size_t rows, double *loss)
{
    if (labels)
        return bp_net_backward_labels(net, block->labels, rows, loss);
    return is_f32(net) ? bp_net_backward_f32(net, block->target, rows, loss)
                       : bp_net_backward_f64(net, block->target, rows, loss);
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

bp_status bp_block_train_measured(const struct bp_block *block, bp_net *net, bool labels, size_t rows, double *loss,
                                  void *gradient, double *norm)
{
    BP_DATA_TRY(forward(block, net, rows));
    BP_DATA_TRY(backward(block, net, labels, rows, loss));
    BP_DATA_TRY(is_f32(net) ? bp_net_get_gradient_f32(net, gradient) : bp_net_get_gradient_f64(net, gradient));
    *norm = norm_of(net, gradient);
    const bp_status status = bp_net_step(net);
    if (status != BP_OK)
        bp_net_zero_gradient(net); /* as train does */
    return status;
}

bp_status bp_block_evaluate(struct bp_block *block, const bp_net *net, bool labels, size_t rows, double *loss,
                            bp_scratch *scratch)
{
    if (is_f32(net)) {
        BP_DATA_TRY(bp_net_predict_f32(net, block->x, rows, block->y, scratch));
        return labels ? bp_net_loss_labels_f32(net, block->x, block->labels, rows, loss, scratch)
                      : bp_net_loss_f32(net, block->x, block->target, rows, loss, scratch);
    }
    BP_DATA_TRY(bp_net_predict_f64(net, block->x, rows, block->y, scratch));
    return labels ? bp_net_loss_labels_f64(net, block->x, block->labels, rows, loss, scratch)
                  : bp_net_loss_f64(net, block->x, block->target, rows, loss, scratch);
}

bp_status bp_block_outputs(struct bp_block *block, const bp_net *net)
{
    const size_t last = bp_net_layers(net) - 1;
    return is_f32(net) ? bp_net_get_activation_f32(net, last, block->y)
                       : bp_net_get_activation_f64(net, last, block->y);
}

static double number(const struct bp_block *block, size_t i)
{
    return block->dtype == BP_F32 ? (double)((const float *)block->y)[i] : ((const double *)block->y)[i];
}

/* The class that a row of y names: its greatest number, the first of equals. */
static int32_t class_of(const struct bp_block *block, size_t row)
{
    const size_t at = row * block->outputs;
    size_t greatest = 0;
    if (block->outputs == 1)
        return number(block, at) >= 0.5;
    for (size_t i = 1; i < block->outputs; i++)
        if (number(block, at + i) > number(block, at + greatest))
            greatest = i;
    return (int32_t)greatest;
}

size_t bp_block_right(const struct bp_block *block, size_t rows)
{
    size_t right = 0;
    for (size_t i = 0; i < rows; i++)
        right += class_of(block, i) == block->labels[i];
    return right;
}

bp_status bp_block_get_parameters(const bp_net *net, void *parameters)
{
    return is_f32(net) ? bp_net_get_parameters_f32(net, parameters) : bp_net_get_parameters_f64(net, parameters);
}

bp_status bp_block_set_parameters(bp_net *net, const void *parameters)
{
    return is_f32(net) ? bp_net_set_parameters_f32(net, parameters) : bp_net_set_parameters_f64(net, parameters);
}
