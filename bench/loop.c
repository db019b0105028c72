/* SPDX-License-Identifier: MIT */
#include "loop.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <bp/bp.h>

#include "timing.h"
#include "works.h"

enum { ROWS = 20000, EPOCHS = 2, ROUNDS = 7 };

/* W2's rows, with labels, and an order to take them in. */
struct rows {
    const struct work *work;
    size_t inputs;
    float *x;
    int32_t *labels;
    size_t *order;
    uint64_t random;
};

static struct rows make_rows(void)
{
    const struct work *work = &works[W2];
    const size_t inputs = work->widths[0];
    struct rows r = {work,
                     inputs,
                     need(malloc(ROWS * inputs * sizeof(float))),
                     need(malloc(ROWS * sizeof(int32_t))),
                     need(malloc(ROWS * sizeof(size_t))),
                     1};
    for (size_t i = 0; i < ROWS * inputs; i++)
        r.x[i] = (float)(i % 1009) / 1009;
    for (size_t i = 0; i < ROWS; i++) {
        r.labels[i] = (int32_t)(i % 10);
        r.order[i] = i;
    }
    return r;
}

static void free_rows(struct rows *r)
{
    free(r->x);
    free(r->labels);
    free(r->order);
}

static bp_net *make_net(const struct work *work)
{
    bp_net *net = NULL;
    bp_net_create(&net, BP_F32, work->widths[0]);
    for (size_t i = 1; i <= work_layers(work); i++)
        bp_net_add_dense(net, work->widths[i], work->hidden);
    bp_net_init(net, 1);
    bp_net_set(net, BP_OPT_RAW, 1); /* the bare calls fit no scaling, so neither does the loop */
    return need(net);
}

/* As a careful user would write it: the rows in a new order, gathered batch by batch. */
static void shuffle(struct rows *r)
{
    for (size_t left = ROWS; left > 1; left--) {
        r->random = r->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        const size_t chosen = (size_t)(r->random >> 33) % left, last = r->order[left - 1];
        r->order[left - 1] = r->order[chosen];
        r->order[chosen] = last;
    }
}

static double bare_seconds(struct rows *r, bool shuffled)
{
    const size_t batch = r->work->rows;
    bp_net *net = make_net(r->work);
    float *x = need(malloc(batch * r->inputs * sizeof(float)));
    int32_t *labels = need(malloc(batch * sizeof(int32_t)));
    const double start = now();
    for (size_t epoch = 0; epoch < EPOCHS; epoch++) {
        if (shuffled)
            shuffle(r);
        for (size_t row = 0; row < ROWS; row += batch) {
            for (size_t i = 0; shuffled && i < batch; i++) {
                memcpy(x + i * r->inputs, r->x + r->order[row + i] * r->inputs, r->inputs * sizeof(float));
                labels[i] = r->labels[r->order[row + i]];
            }
            if (shuffled)
                bp_net_train_labels_f32(net, x, labels, batch, NULL);
            else
                bp_net_train_labels_f32(net, r->x + row * r->inputs, r->labels + row, batch, NULL);
        }
    }
    const double seconds = now() - start;
    free(x);
    free(labels);
    bp_net_destroy(net);
    return seconds;
}

static double loop_seconds(const struct rows *r, bool shuffled)
{
    bp_net *net = make_net(r->work);
    bp_data *data = NULL;
    bp_train *train = NULL;
    bp_data_create(&data, NULL);
    bp_data_set_inputs(data, BP_F32, r->x, ROWS, r->inputs, 0, BP_HOLD_BORROW);
    bp_data_set_labels(data, BP_I32, r->labels, 10, BP_HOLD_BORROW);
    bp_train_create(&train, net, data, NULL);
    bp_train_set(train, BP_TRAIN_BATCH, (double)r->work->rows);
    bp_train_set(train, BP_TRAIN_EPOCHS, EPOCHS);
    bp_train_set(train, BP_TRAIN_SHUFFLE, shuffled);
    const double start = now();
    const bp_status status = bp_train_run(train, NULL, NULL);
    const double seconds = now() - start;
    bp_train_destroy(train);
    bp_data_destroy(data);
    bp_net_destroy(net);
    return status == BP_OK ? seconds : (double)NAN;
}

double loop_over_bare(bool shuffled)
{
    struct rows r = make_rows();
    double ratios[ROUNDS];
    for (size_t i = 0; i < ROUNDS; i++) {
        const double bare = bare_seconds(&r, shuffled);
        ratios[i] = loop_seconds(&r, shuffled) / bare;
    }
    free_rows(&r);
    return median(ratios, ROUNDS);
}
