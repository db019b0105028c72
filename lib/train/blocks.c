/* SPDX-License-Identifier: MIT */
#include "train/blocks.h"

#include "base/memory.h"
#include "base/targets.h"
#include "data/asked_net.h"
#include "data/data_set.h"

/* ---- checks */

static bp_status try_net(const struct bp_blocks *b, bp_status status)
{
    return status == BP_OK ? BP_OK : bp_fail_within(b->call, status);
}

static const struct bp_part *part_of(const struct bp_blocks *b, enum bp_part_kind kind)
{
    return &b->data->table->part[kind];
}

static bp_status check_labels(const struct bp_blocks *b)
{
    const size_t classes = bp_data_classes(b->data);
    if (classes != b->classes)
        return bp_fail(b->call, BP_ERR_SHAPE, "the labels are of %s: the net has %s, for %s",
                       bp_message_count(classes, "class").text, bp_message_count(b->outputs, "output").text,
                       bp_message_count(b->classes, "class").text);
    return BP_OK;
}

static bp_status check_target(const struct bp_blocks *b)
{
    const size_t columns = part_of(b, BP_PART_TARGET)->columns;
    if (columns != b->outputs)
        return bp_fail(b->call, BP_ERR_SHAPE, "the data set has %s in a target, the net %s",
                       bp_message_count(columns, "number").text, bp_message_count(b->outputs, "output").text);
    return BP_OK;
}

static bp_status check(const struct bp_blocks *b)
{
    const size_t inputs = bp_data_inputs(b->data);
    if (b->data->rows == 0)
        return bp_fail(b->call, BP_ERR_STATE, "the data set has no rows");
    if (bp_data_outputs(b->data) == 0)
        return bp_fail(b->call, BP_ERR_STATE, "the data set has no target and no labels");
    if (inputs != b->inputs)
        return bp_fail(b->call, BP_ERR_SHAPE, "the data set has %s, the net %zu",
                       bp_message_count(inputs, "input").text, b->inputs);
    BP_TRY(part_of(b, BP_PART_TARGET)->numbers ? check_target(b) : check_labels(b));
    return bp_data_check_names(b->call, b->net, b->data);
}

/* ---- buffers */

static void *make(const struct bp_blocks *b, size_t columns, size_t size)
{
    const size_t rows = b->data->rows < BP_BLOCK_ROWS ? b->data->rows : BP_BLOCK_ROWS;
    size_t count;
    return bp_size_multiply(rows, columns, &count) ? bp_memory_allocate(&b->data->allocator, count, size) : NULL;
}

static bp_status make_buffers(struct bp_blocks *b)
{
    const bool wide = b->dtype == BP_F64, target = part_of(b, BP_PART_TARGET)->numbers;
    const size_t rows = b->data->rows < BP_BLOCK_ROWS ? b->data->rows : BP_BLOCK_ROWS;
    size_t nonzeros;
    b->y = make(b, b->outputs, bp_type_size(b->dtype));
    b->y_wide = wide ? NULL : make(b, b->outputs, sizeof(double));
    b->target = target ? make(b, b->outputs, sizeof(double)) : NULL;
    if (b->y && (b->y_wide || wide) && (b->target || !target) &&
        bp_data_reserve_rows(b->data, b->dtype, rows, &b->data->allocator, &b->buffers, &nonzeros))
        return BP_OK;
    return bp_fail(b->call, BP_ERR_MEMORY, "no memory for a block of rows");
}

bp_status bp_blocks_create(struct bp_blocks *blocks, const struct bp_call *call, const bp_net *net, const bp_data *data)
{
    BP_TRY(bp_need(call, data, "data"));
    BP_TRY(bp_need(call, net, "net"));
    *blocks = (struct bp_blocks){.net = net, .data = data, .call = call, .dtype = bp_type_of_net(net)};
    bp_status status = try_net(blocks, bp_scratch_create(&blocks->scratch, net)); /* that the net is initialised */
    if (status != BP_OK)
        return status;
    blocks->inputs = bp_net_inputs(net);
    blocks->outputs = bp_net_outputs(net);
    blocks->classes = blocks->outputs == 1 ? 2 : blocks->outputs;
    status = check(blocks);
    if (status == BP_OK)
        status = make_buffers(blocks);
    if (status != BP_OK)
        bp_blocks_release(blocks);
    return status;
}

void bp_blocks_release(struct bp_blocks *blocks)
{
    void *const buffers[] = {blocks->y, blocks->y_wide, blocks->target};
    for (size_t i = 0; i < sizeof(buffers) / sizeof(buffers[0]); i++)
        bp_memory_release(&blocks->data->allocator, buffers[i]);
    bp_row_buffers_release(&blocks->data->allocator, &blocks->buffers);
    bp_scratch_destroy(blocks->scratch);
}

/* ---- a block */

static size_t rows_from(const struct bp_blocks *b, size_t row)
{
    return b->data->rows - row < BP_BLOCK_ROWS ? b->data->rows - row : BP_BLOCK_ROWS;
}

static bp_status take(struct bp_blocks *b, size_t row)
{
    const struct bp_selection s = {.data = b->data, .first = row, .count = rows_from(b, row)};
    const bp_allocator *allocator = &b->data->allocator;
    BP_TRY(bp_data_take_inputs(b->call, &s, b->dtype, allocator, &b->buffers, &b->taken));
    return bp_data_take_targets(b->call, &s, b->dtype, allocator, &b->buffers, &b->taken);
}

/* The target as double, whatever the net's type. */
static void widen_target(struct bp_blocks *b, size_t row)
{
    for (size_t i = 0; b->target && i < b->taken.count; i++)
        bp_data_gather(b->data, BP_PART_TARGET, &(size_t){row + i}, 1, BP_F64, b->target + i * b->outputs);
}

static bp_status predict(struct bp_blocks *b)
{
    BP_TRY(bp_net_predict_of(b->call, &b->taken, b->y, b->scratch));
    for (size_t i = 0; b->y_wide && i < b->taken.count * b->outputs; i++)
        b->y_wide[i] = ((const float *)b->y)[i];
    return BP_OK;
}

static bp_status check_numbers(const struct bp_blocks *b, const char *what, const double *numbers, size_t row,
                               size_t rows)
{
    for (size_t i = 0; numbers && i < rows * b->outputs; i++)
        if (numbers[i] != numbers[i])
            return bp_fail(b->call, BP_ERR_NONFINITE, "%s %zu of row %zu is NaN", what, i % b->outputs,
                           row + i / b->outputs);
    return BP_OK;
}

bp_status bp_blocks_visit(struct bp_blocks *blocks, bp_block_fn *visit, void *context)
{
    const double *y = blocks->y_wide ? blocks->y_wide : blocks->y;
    for (size_t row = 0; row < blocks->data->rows; row += BP_BLOCK_ROWS) {
        BP_TRY(take(blocks, row));
        const size_t rows = blocks->taken.count;
        widen_target(blocks, row);
        BP_TRY(predict(blocks));
        BP_TRY(check_numbers(blocks, "output", y, row, rows));
        BP_TRY(check_numbers(blocks, "target", blocks->target, row, rows));
        const struct bp_block block = {
            row, rows, blocks->outputs, y, blocks->target, blocks->taken.labels, blocks->taken.weights};
        BP_TRY(visit(context, &block));
    }
    return BP_OK;
}

bp_status bp_blocks_loss(struct bp_blocks *blocks, double *loss)
{
    double sum = 0, weights = 0;
    for (size_t row = 0; row < blocks->data->rows; row += BP_BLOCK_ROWS) {
        double mean;
        BP_TRY(take(blocks, row));
        BP_TRY(bp_net_loss_of(blocks->call, &blocks->taken, &mean, blocks->scratch));
        sum += mean * (double)blocks->taken.count;
        for (size_t i = 0; i < blocks->taken.count; i++)
            weights += blocks->taken.weights ? blocks->taken.weights[i] : 1;
    }
    if (weights == 0)
        return bp_fail(blocks->call, BP_ERR_UNSUPPORTED, "the weights of all rows are 0");
    *loss = sum / weights;
    return BP_OK;
}

/* ---- a row */

struct bp_sample bp_block_sample(const struct bp_block *block, size_t i)
{
    const size_t at = i * block->outputs;
    return (struct bp_sample){.outputs = block->outputs,
                              .y = block->y + at,
                              .target = block->target ? block->target + at : NULL,
                              .label = block->labels ? block->labels[i] : 0,
                              .weight = block->weights ? block->weights[i] : 1};
}

double bp_sample_target(const struct bp_sample *sample, size_t output)
{
    if (sample->target)
        return sample->target[output];
    return sample->outputs == 1 ? sample->label : (size_t)sample->label == output;
}
