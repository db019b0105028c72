/* SPDX-License-Identifier: MIT
 *
 * libfann 2.2, float: incremental training, a sample at a time, which is its SGD; it has neither batches of its own in
 * fann_train(), nor softmax, nor Adam, so that W3 and W4 are the same layers with sigmoids. */
#include "peers.h"

#ifdef BENCH_FANN
#include <floatfann.h>

#include <stdlib.h>

#include <bp/bp.h>

#include "timing.h"

struct state {
    const struct work *work;
    const struct batch *batch;
    struct fann *net;
};

/* The wide ones would take minutes. */
static void *create(const struct work *work, const struct batch *batch)
{
    if (work_weights(work) > 1e6)
        return NULL;
    unsigned widths[MOST_LAYERS];
    struct state *s = need(calloc(1, sizeof(*s)));
    for (size_t i = 0; i <= work_layers(work); i++)
        widths[i] = (unsigned)work->widths[i];
    s->work = work;
    s->batch = batch;
    s->net = need(fann_create_standard_array((unsigned)work_layers(work) + 1, widths));
    fann_set_activation_function_hidden(s->net, FANN_SIGMOID);
    fann_set_activation_function_output(s->net, FANN_SIGMOID);
    fann_set_training_algorithm(s->net, FANN_TRAIN_INCREMENTAL);
    fann_set_learning_rate(s->net, 1e-4f);
    return s;
}

static void step(void *state)
{
    const struct state *s = state;
    const size_t inputs = s->work->widths[0], outputs = s->work->widths[work_layers(s->work)];
    for (size_t row = 0; row < s->work->rows; row++)
        if (s->work->predict)
            fann_run(s->net, s->batch->x32 + row * inputs);
        else
            fann_train(s->net, s->batch->x32 + row * inputs, s->batch->target32 + row * outputs);
}

static void destroy(void *state)
{
    struct state *s = state;
    fann_destroy(s->net);
    free(s);
}

const struct peer peer_fann = {"libfann", false, create, step, destroy};
#else
const struct peer peer_fann = {"libfann", false, NULL, NULL, NULL};
#endif
