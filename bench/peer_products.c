/* SPDX-License-Identifier: MIT
 *
 * The products of a work alone, in f32, by OpenBLAS and by oneDNN: what a network on that library could not be faster
 * than. */
#include <stdlib.h>

#include "peers.h"
#include "timing.h"

#if defined(BENCH_OPENBLAS) || defined(BENCH_ONEDNN)
struct state {
    const struct work *work;
    const struct batch *batch;
    float *a[MOST_LAYERS], *delta[MOST_LAYERS]; /* [rows][widths[i]] */
    float *w[MOST_LAYERS], *dw[MOST_LAYERS];    /* [widths[i]][widths[i - 1]] */
};

static float *numbers(size_t n)
{
    float *values = need(calloc(n, sizeof(float)));
    for (size_t i = 0; i < n; i++)
        values[i] = (float)(i % 17) / 17;
    return values;
}

static void *create(const struct work *work, const struct batch *batch)
{
    struct state *s = need(calloc(1, sizeof(*s)));
    s->work = work;
    s->batch = batch;
    for (size_t i = 0; i <= work_layers(work); i++) {
        s->a[i] = numbers(work->rows * work->widths[i]);
        s->delta[i] = numbers(work->rows * work->widths[i]);
        s->w[i] = i ? numbers(work->widths[i] * work->widths[i - 1]) : NULL;
        s->dw[i] = i ? numbers(work->widths[i] * work->widths[i - 1]) : NULL;
    }
    return s;
}

static void destroy(void *state)
{
    struct state *s = state;
    for (size_t i = 0; i < MOST_LAYERS; i++) {
        free(s->a[i]);
        free(s->delta[i]);
        free(s->w[i]);
        free(s->dw[i]);
    }
    free(s);
}

/* c = op(a) op(b), row-major; c: [m][n], sums over k. */
typedef void product_fn(bool a_turned, bool b_turned, int m, int n, int k, const float *a, int lda, const float *b,
                        int ldb, float *c, int ldc);

static void products(const struct state *s, product_fn *product)
{
    const struct work *work = s->work;
    const int rows = (int)work->rows;
    for (size_t i = 1; i <= work_layers(work); i++) {
        const int in = (int)work->widths[i - 1], out = (int)work->widths[i];
        product(false, true, rows, out, in, s->a[i - 1], in, s->w[i], in, s->a[i], out);
    }
    for (size_t i = work_layers(work); i > 0 && !work->predict; i--) {
        const int in = (int)work->widths[i - 1], out = (int)work->widths[i];
        product(true, false, out, in, rows, s->delta[i], out, s->a[i - 1], in, s->dw[i], in);
        if (i > 1)
            product(false, false, rows, in, out, s->delta[i], out, s->w[i], in, s->delta[i - 1], in);
    }
}
#endif

#ifdef BENCH_OPENBLAS
#include <cblas.h>

static void openblas(bool a_turned, bool b_turned, int m, int n, int k, const float *a, int lda, const float *b,
                     int ldb, float *c, int ldc)
{
    cblas_sgemm(CblasRowMajor, a_turned ? CblasTrans : CblasNoTrans, b_turned ? CblasTrans : CblasNoTrans, m, n, k, 1,
                a, lda, b, ldb, 0, c, ldc);
}

static void step_openblas(void *state) { products(state, openblas); }
const struct peer peer_openblas = {"OpenBLAS's products", false, create, step_openblas, destroy};
#else
const struct peer peer_openblas = {"OpenBLAS's products", false, NULL, NULL, NULL};
#endif

#ifdef BENCH_ONEDNN
#include <dnnl.h>

static void onednn(bool a_turned, bool b_turned, int m, int n, int k, const float *a, int lda, const float *b, int ldb,
                   float *c, int ldc)
{
    if (dnnl_sgemm(a_turned ? 'T' : 'N', b_turned ? 'T' : 'N', m, n, k, 1, a, lda, b, ldb, 0, c, ldc) != dnnl_success)
        exit(1);
}

static void step_onednn(void *state) { products(state, onednn); }
const struct peer peer_onednn = {"oneDNN's products", false, create, step_onednn, destroy};
#else
const struct peer peer_onednn = {"oneDNN's products", false, NULL, NULL, NULL};
#endif
