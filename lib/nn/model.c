/* SPDX-License-Identifier: MIT */
#include "nn/model.h"

#include <bp/bp.h>

#include "base/float_mode.h"
#include "base/memory.h"
#include "nn/ops.h"

size_t bp_model_outputs(const struct bp_model *model)
{
    return model->count ? bp_model_last(model)->units : model->inputs;
}

size_t bp_model_parameters(const struct bp_model *model)
{
    size_t sum = 0;
    for (size_t i = 0; i < model->count; i++)
        sum += bp_layer_weights(&model->layers[i]) + bp_layer_biases(&model->layers[i]);
    return sum;
}

size_t bp_model_widest(const struct bp_model *model)
{
    size_t widest = 0;
    for (size_t i = 0; i < model->count; i++)
        widest = model->layers[i].stride > widest ? model->layers[i].stride : widest;
    return widest;
}

/* Rows a multiple of this apart crowd into a few sets of a cache with ways of 4 KiB. */
enum { CROWDED = 2048 };

size_t bp_row_stride(size_t count, size_t lanes, size_t size)
{
    return count * size % CROWDED == 0 ? count + lanes : count;
}

bool bp_model_copies_input(const struct bp_model *model, const struct bp_rows *rows, bool keep)
{
    return keep || rows->stride != model->inputs || model->input_stride != model->inputs ||
           model->layers[0].kind->z_is_input || bp_model_scaling(model, &model->of_inputs);
}

/* Multiply-adds that are worth a thread: some ten microseconds. */
#define WORTH_A_THREAD 5e5

size_t bp_model_parts(size_t threads, const struct bp_layer *layer, size_t rows)
{
    return bp_model_parts_of(threads, (double)rows * (double)layer->weights_size);
}

size_t bp_model_parts_of(size_t threads, double multiply_adds)
{
    const double worth = multiply_adds / WORTH_A_THREAD;
    return worth < 2 ? 1 : worth < (double)threads ? (size_t)worth : threads;
}

/* A run, in the floating-point mode of the thread that makes the call. */
struct run {
    bp_task_fn *task;
    void *context;
    size_t parts;
    struct bp_float_mode mode;
};

/* Whatever thread does the part: it keeps its own mode. */
static void do_part(void *context, size_t part, size_t parts)
{
    const struct run *run = context;
    const struct bp_float_mode own = bp_float_mode_get();
    bp_float_mode_set(&run->mode);
    run->task(run->context, part, parts);
    bp_float_mode_set(&own);
}

static void do_part_of_host(void *context, size_t part)
{
    const struct run *run = context;
    do_part(context, part, run->parts);
}

void bp_model_run(const struct bp_model *model, size_t parts, bp_task_fn *task, void *context)
{
    if (parts == 1) {
        task(context, 0, 1);
        return;
    }
    struct run run = {task, context, parts, bp_float_mode_get()};
    if (model->host_for)
        model->host_for(model->host, parts, do_part_of_host, &run);
    else
        bp_parallel_run(model->pool, parts, do_part, &run);
}

/* Takes `count` numbers from the end of an arena. */
static bool take(size_t *size, size_t count, size_t *at, size_t *taken)
{
    *at = *size;
    *taken = count;
    return bp_size_add(*size, count, size);
}

static bool plan_layer(struct bp_model *model, struct bp_layer *layer, size_t lanes)
{
    size_t size;
    if (!bp_size_add(layer->units, 2 * lanes, &size) || !bp_size_multiply(size, model->ops->size, &size))
        return false;
    layer->panels = bp_round_up(layer->units, lanes) / lanes;
    layer->stride = bp_row_stride(layer->panels * lanes, lanes, model->ops->size);
    layer->activation = (size_t)(bp_key(layer->set.activation) % 1000 / 10);
    if (!take(&model->row_size, layer->stride, &layer->row_at, &size))
        return false;
    layer->biases = bp_layer_biases(layer);
    return bp_size_multiply(layer->columns, layer->panels * lanes, &size) &&
           take(&model->arena_size, size, &layer->weights_at, &layer->weights_size) &&
           take(&model->arena_size, bp_round_up(layer->biases, lanes), &layer->bias_at, &layer->bias_size);
}

bool bp_model_plan(struct bp_model *model)
{
    const size_t lanes = model->ops->lanes, size = model->ops->size;
    size_t bytes;
    model->arena_size = model->row_size = 0;
    model->input_stride = bp_row_stride(model->inputs, lanes, size);
    for (size_t i = 0; i < model->count; i++)
        if (!plan_layer(model, &model->layers[i], lanes))
            return false;
    const size_t widest = model->row_size > model->input_stride ? model->row_size : model->input_stride;
    model->most_rows = SIZE_MAX / size / widest;
    return bp_size_multiply(model->arena_size, size, &bytes) && bp_size_multiply(model->row_size, lanes * size, &bytes);
}

bool bp_model_next_segment(const struct bp_model *model, size_t *index, struct bp_segment *segment)
{
    for (; *index / 2 < model->count; ++*index) {
        const size_t i = *index / 2;
        const bool bias = *index % 2;
        const struct bp_layer *layer = &model->layers[i];
        const size_t size = bias ? layer->bias_size : layer->weights_size;
        if (size == 0 || (bias ? layer->set.train_bias : layer->set.train_weights) == 0)
            continue;
        *segment = (struct bp_segment){i, bias ? layer->bias_at : layer->weights_at, size, bias};
        ++*index;
        return true;
    }
    return false;
}
