/* SPDX-License-Identifier: MIT */
#include "works.h"

#include <stdlib.h>

#include <bp/bp.h>

#include "timing.h"

#define SIGMOIDS BP_ACT_SIGMOID, BP_ACT_SIGMOID, BP_LOSS_SQUARED, BP_OPTIM_SGD
#define CLASSES BP_ACT_RELU, BP_ACT_SOFTMAX, BP_LOSS_CROSS_ENTROPY, BP_OPTIM_ADAM
#define LINEAR BP_ACT_RELU, BP_ACT_IDENTITY, BP_LOSS_SQUARED, BP_OPTIM_SGD

const struct work works[] = {
    {"W1", "2-3-2 sigmoid, batch 1, SGD", 1, {2, 3, 2}, SIGMOIDS, false},
    {"W2", "784-30-10 sigmoid, batch 10, SGD", 10, {784, 30, 10}, SIGMOIDS, false},
    {"W3", "784-128-10 ReLU softmax CE, batch 64, Adam", 64, {784, 128, 10}, CLASSES, false},
    {"W4", "784-512-256-10 ReLU softmax CE, batch 128, Adam", 128, {784, 512, 256, 10}, CLASSES, false},
    {"W5", "1024-1024-1024-1024 ReLU, batch 256, SGD", 256, {1024, 1024, 1024, 1024}, LINEAR, false},
    {"W6", "4096-4096-4096 ReLU, batch 512, SGD", 512, {4096, 4096, 4096}, LINEAR, false},
    {"W7", "predict 784-128-10, one row", 1, {784, 128, 10}, CLASSES, true},
};

const size_t work_count = sizeof(works) / sizeof(works[0]);

size_t work_layers(const struct work *work)
{
    size_t layers = 1;
    while (layers < MOST_LAYERS && work->widths[layers])
        layers++;
    return layers - 1;
}

double work_weights(const struct work *work)
{
    double sum = 0;
    for (size_t i = 1; i <= work_layers(work); i++)
        sum += (double)work->widths[i - 1] * (double)work->widths[i];
    return sum;
}

double work_operations(const struct work *work)
{
    const double first = (double)work->widths[0] * (double)work->widths[1];
    return (double)work->rows * (work->predict ? 2 * work_weights(work) : 6 * work_weights(work) - 2 * first);
}

bp_net *work_net(const struct work *work, int32_t dtype, const bp_allocator *allocator)
{
    bp_net *net = NULL;
    if ((allocator ? bp_net_create_with(&net, dtype, work->widths[0], allocator)
                   : bp_net_create(&net, dtype, work->widths[0])) != BP_OK)
        return NULL;
    for (size_t i = 1; i <= work_layers(work); i++)
        bp_net_add_dense(net, work->widths[i], i == work_layers(work) ? work->output : work->hidden);
    bp_net_set(net, BP_OPT_LOSS, work->loss);
    bp_net_set(net, BP_OPT_OPTIMIZER, work->optimizer);
    bp_net_init(net, 1);
    return net;
}

struct batch batch_create(const struct work *work)
{
    const size_t inputs = work->rows * work->widths[0], width = work->widths[work_layers(work)];
    const size_t outputs = work->rows * width;
    struct batch b = {
        need(malloc(inputs * sizeof(float))),  need(calloc(outputs, sizeof(float))),
        need(malloc(outputs * sizeof(float))), need(malloc(inputs * sizeof(double))),
        need(calloc(outputs, sizeof(double))), need(malloc(outputs * sizeof(double))),
    };
    for (size_t i = 0; i < inputs; i++)
        b.x32[i] = (float)(b.x64[i] = (double)(i * 2654435761u % 1000) / 1000);
    for (size_t row = 0; row < work->rows; row++)
        b.target32[row * width + row % width] = (float)(b.target64[row * width + row % width] = 1);
    return b;
}

void batch_destroy(struct batch *b)
{
    void *const blocks[] = {b->x32, b->target32, b->y32, b->x64, b->target64, b->y64};
    for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
        free(blocks[i]);
}
