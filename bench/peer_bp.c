/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include <bp/bp.h>

#include "peers.h"
#include "timing.h"

struct state {
    const struct work *work;
    const struct batch *batch;
    bp_net *net;
    bp_scratch *scratch;
};

static void check(bp_status status)
{
    if (status == BP_OK)
        return;
    fprintf(stderr, "bench: %s\n", bp_last_error());
    exit(1);
}

static void *create(const struct work *work, const struct batch *batch, int32_t dtype, double threads)
{
    struct state *s = need(calloc(1, sizeof(*s)));
    s->work = work;
    s->batch = batch;
    s->net = work_net(work, dtype, NULL);
    if (!s->net) {
        free(s);
        return NULL;
    }
    check(bp_net_set(s->net, BP_OPT_LEARNING_RATE, 1e-4));
    check(bp_net_set(s->net, BP_OPT_THREADS, threads));
    check(bp_scratch_create(&s->scratch, s->net));
    return s;
}

static void *create_f32(const struct work *work, const struct batch *batch) { return create(work, batch, BP_F32, 1); }
static void *create_f64(const struct work *work, const struct batch *batch) { return create(work, batch, BP_F64, 1); }

static void *create_separate(const struct work *work, const struct batch *batch)
{
    return work->predict ? NULL : create(work, batch, BP_F32, 1);
}

static void *create_threads(const struct work *work, const struct batch *batch)
{
    return work->predict ? NULL : create(work, batch, BP_F32, 2);
}

static void step_f32(void *state)
{
    struct state *s = state;
    const struct batch *b = s->batch;
    check(s->work->predict ? bp_net_predict_f32(s->net, b->x32, s->work->rows, b->y32, s->scratch)
                           : bp_net_train_f32(s->net, b->x32, b->target32, s->work->rows, NULL));
}

static void step_f64(void *state)
{
    struct state *s = state;
    const struct batch *b = s->batch;
    check(s->work->predict ? bp_net_predict_f64(s->net, b->x64, s->work->rows, b->y64, s->scratch)
                           : bp_net_train_f64(s->net, b->x64, b->target64, s->work->rows, NULL));
}

static void step_separate(void *state)
{
    struct state *s = state;
    check(bp_net_forward_f32(s->net, s->batch->x32, s->work->rows, NULL));
    check(bp_net_backward_f32(s->net, s->batch->target32, s->work->rows, NULL));
    check(bp_net_step(s->net));
}

static void destroy(void *state)
{
    struct state *s = state;
    bp_scratch_destroy(s->scratch);
    bp_net_destroy(s->net);
    free(s);
}

const struct peer peer_bp_f32 = {"libbp", false, create_f32, step_f32, destroy};
const struct peer peer_bp_f64 = {"libbp f64", false, create_f64, step_f64, destroy};
const struct peer peer_bp_separate = {"libbp, three calls", false, create_separate, step_separate, destroy};
const struct peer peer_bp_threads = {"libbp, 2 threads", true, create_threads, step_f32, destroy};
