/* SPDX-License-Identifier: MIT
 *
 * A plain network on cblas, as one would write it in an afternoon: a product, then a loop for the bias and the
 * activation; softmax with cross-entropy, or half squared error; SGD or Adam. f32. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <bp/bp.h>

#include "clones.h"
#include "peers.h"
#include "timing.h"

#ifdef BENCH_OPENBLAS
#include <cblas.h>

struct layer {
    size_t in, out;
    float *w, *b, *dw, *db, *m, *v; /* w: [out][in]; m, v: Adam's, of w and then of b */
    float *a, *delta;               /* [rows][out] */
};

struct state {
    const struct work *work;
    const struct batch *batch;
    size_t layers;
    struct layer layer[MOST_LAYERS];
    float t;
};

static float *zeros(size_t n) { return need(calloc(n, sizeof(float))); }

static void *create(const struct work *work, const struct batch *batch)
{
    struct state *s = need(calloc(1, sizeof(*s)));
    s->work = work;
    s->batch = batch;
    s->layers = work_layers(work);
    for (size_t i = 0; i < s->layers; i++) {
        struct layer *l = &s->layer[i];
        const size_t in = l->in = work->widths[i], out = l->out = work->widths[i + 1], n = in * out;
        l->w = zeros(n);
        l->dw = zeros(n);
        l->m = zeros(n + out);
        l->v = zeros(n + out);
        l->b = zeros(out);
        l->db = zeros(out);
        l->a = zeros(work->rows * out);
        l->delta = zeros(work->rows * out);
        for (size_t k = 0; k < n; k++)
            l->w[k] = ((float)(k * 2654435761u % 1000) / 500 - 1) / sqrtf((float)in);
    }
    return s;
}

CLONES static void activate(const struct layer *l, size_t rows, int32_t activation)
{
    for (size_t row = 0; row < rows; row++) {
        float *a = l->a + row * l->out, sum = 0, most = -INFINITY;
        for (size_t i = 0; i < l->out; i++) {
            a[i] += l->b[i];
            most = a[i] > most ? a[i] : most;
        }
        for (size_t i = 0; i < l->out; i++) {
            if (activation == BP_ACT_RELU)
                a[i] = a[i] > 0 ? a[i] : 0;
            else if (activation == BP_ACT_SIGMOID)
                a[i] = 1 / (1 + expf(-a[i]));
            else if (activation == BP_ACT_SOFTMAX)
                sum += a[i] = expf(a[i] - most);
        }
        for (size_t i = 0; activation == BP_ACT_SOFTMAX && i < l->out; i++)
            a[i] /= sum;
    }
}

CLONES static void derive(const struct layer *l, size_t rows, int32_t activation)
{
    for (size_t i = 0; i < rows * l->out; i++)
        l->delta[i] *= activation == BP_ACT_RELU ? (l->a[i] > 0 ? 1.0f : 0.0f) : l->a[i] * (1 - l->a[i]);
}

CLONES static void update(const struct state *s, float *w, const float *g, float *m, float *v, size_t n)
{
    const float rate = 1e-4f, mean = 1 / (float)s->work->rows;
    const float first = rate / (1 - powf(0.9f, s->t)), second = 1 / sqrtf(1 - powf(0.999f, s->t));
    if (s->work->optimizer == BP_OPTIM_SGD) {
        for (size_t i = 0; i < n; i++)
            w[i] -= rate * mean * g[i];
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const float d = g[i] * mean;
        m[i] = 0.9f * m[i] + 0.1f * d;
        v[i] = 0.999f * v[i] + 0.001f * d * d;
        w[i] -= first * m[i] / (sqrtf(v[i]) * second + 1e-8f);
    }
}

static void forward(const struct state *s)
{
    const int rows = (int)s->work->rows;
    const float *in = s->batch->x32;
    for (size_t i = 0; i < s->layers; i++) {
        const struct layer *l = &s->layer[i];
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, (int)l->out, (int)l->in, 1, in, (int)l->in, l->w,
                    (int)l->in, 0, l->a, (int)l->out);
        activate(l, s->work->rows, i + 1 == s->layers ? s->work->output : s->work->hidden);
        in = l->a;
    }
}

static void backward(const struct state *s)
{
    const size_t rows = s->work->rows;
    const struct layer *last = &s->layer[s->layers - 1];
    for (size_t i = 0; i < rows * last->out; i++)
        last->delta[i] = last->a[i] - s->batch->target32[i];
    if (s->work->output == BP_ACT_SIGMOID)
        derive(last, rows, BP_ACT_SIGMOID);
    for (size_t i = s->layers; i-- > 0;) {
        const struct layer *l = &s->layer[i];
        const float *in = i ? s->layer[i - 1].a : s->batch->x32;
        cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)l->out, (int)l->in, (int)rows, 1, l->delta,
                    (int)l->out, in, (int)l->in, 0, l->dw, (int)l->in);
        memset(l->db, 0, l->out * sizeof(float));
        for (size_t k = 0; k < rows * l->out; k++)
            l->db[k % l->out] += l->delta[k];
        if (i == 0)
            break;
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)rows, (int)l->in, (int)l->out, 1, l->delta,
                    (int)l->out, l->w, (int)l->in, 0, s->layer[i - 1].delta, (int)l->in);
        derive(&s->layer[i - 1], rows, s->work->hidden);
    }
}

static void step(void *state)
{
    struct state *s = state;
    forward(s);
    if (s->work->predict)
        return;
    backward(s);
    s->t++;
    for (size_t i = 0; i < s->layers; i++) {
        const struct layer *l = &s->layer[i];
        update(s, l->w, l->dw, l->m, l->v, l->in * l->out);
        update(s, l->b, l->db, l->m + l->in * l->out, l->v + l->in * l->out, l->out);
    }
}

static void destroy(void *state)
{
    struct state *s = state;
    for (size_t i = 0; i < s->layers; i++) {
        float *const blocks[] = {s->layer[i].w, s->layer[i].b, s->layer[i].dw, s->layer[i].db,
                                 s->layer[i].m, s->layer[i].v, s->layer[i].a,  s->layer[i].delta};
        for (size_t k = 0; k < sizeof(blocks) / sizeof(blocks[0]); k++)
            free(blocks[k]);
    }
    free(s);
}

const struct peer peer_cblas = {"plain net on OpenBLAS", false, create, step, destroy};
#else
const struct peer peer_cblas = {"plain net on OpenBLAS", false, NULL, NULL, NULL};
#endif
