/* SPDX-License-Identifier: MIT
 *
 * The works W1 to W7 on synthetic data: microseconds a step, GFLOP/s, and the share of the FMA peak that this same run
 * measures. Each figure is the median of several repeats. Run it pinned: taskset -c 0 bench [--quick] [W2 ...] */
#define _POSIX_C_SOURCE 200809L
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <bp/bp.h>

#include "peak.h"

enum { MOST_LAYERS = 4, REPEATS = 9 };

struct work {
    const char *name, *what;
    size_t rows, widths[MOST_LAYERS]; /* inputs, then the units of each layer; 0 ends them */
    int32_t hidden, output, loss, optimizer;
    bool predict;
};

static const struct work works[] = {
    {"W1",
     "2-3-2 sigmoid, batch 1, SGD",
     1,
     {2, 3, 2},
     BP_ACT_SIGMOID,
     BP_ACT_SIGMOID,
     BP_LOSS_SQUARED,
     BP_OPTIM_SGD,
     false},
    {"W2",
     "784-30-10 sigmoid, batch 10, SGD",
     10,
     {784, 30, 10},
     BP_ACT_SIGMOID,
     BP_ACT_SIGMOID,
     BP_LOSS_SQUARED,
     BP_OPTIM_SGD,
     false},
    {"W3",
     "784-128-10 ReLU softmax CE, batch 64, Adam",
     64,
     {784, 128, 10},
     BP_ACT_RELU,
     BP_ACT_SOFTMAX,
     BP_LOSS_CROSS_ENTROPY,
     BP_OPTIM_ADAM,
     false},
    {"W4",
     "784-512-256-10 ReLU softmax CE, batch 128, Adam",
     128,
     {784, 512, 256, 10},
     BP_ACT_RELU,
     BP_ACT_SOFTMAX,
     BP_LOSS_CROSS_ENTROPY,
     BP_OPTIM_ADAM,
     false},
    {"W5",
     "1024-1024-1024-1024 ReLU, batch 256, SGD",
     256,
     {1024, 1024, 1024, 1024},
     BP_ACT_RELU,
     BP_ACT_IDENTITY,
     BP_LOSS_SQUARED,
     BP_OPTIM_SGD,
     false},
    {"W6",
     "4096-4096-4096 ReLU, batch 512, SGD",
     512,
     {4096, 4096, 4096},
     BP_ACT_RELU,
     BP_ACT_IDENTITY,
     BP_LOSS_SQUARED,
     BP_OPTIM_SGD,
     false},
    {"W7",
     "predict 784-128-10, one row",
     1,
     {784, 128, 10},
     BP_ACT_RELU,
     BP_ACT_SOFTMAX,
     BP_LOSS_CROSS_ENTROPY,
     BP_OPTIM_SGD,
     true},
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t n)
{
    qsort(values, n, sizeof(*values), ascending);
    return values[n / 2];
}

static void check(bp_status status, const bp_net *net)
{
    if (status == BP_OK)
        return;
    fprintf(stderr, "bench: %s: %s\n", bp_status_string(status), bp_net_error(net));
    exit(1);
}

/* ---- the peak */

static double peak_once(int32_t dtype, const char *isa, size_t rounds)
{
    float f32[3] = {0.5f, 0.5f, 0};
    double f64[3] = {0.5, 0.5, 0};
    const bool single = dtype == BP_F32;
#ifdef BENCH_X86
    if (strcmp(isa, "avx512") == 0)
        return single ? peak_avx512_f32(rounds, f32) : peak_avx512_f64(rounds, f64);
    if (strcmp(isa, "avx2") == 0)
        return single ? peak_avx2_f32(rounds, f32) : peak_avx2_f64(rounds, f64);
#endif
    (void)isa;
    return single ? peak_generic_f32(rounds, f32) : peak_generic_f64(rounds, f64);
}

/* GFLOP/s of the instruction set that the library's kernels use. */
static double measure_peak(int32_t dtype)
{
    const char *active = strstr(bp_build_info(), "active: ") + strlen("active: ");
    double rates[REPEATS];
    for (size_t i = 0; i < REPEATS; i++) {
        const double start = now(), operations = peak_once(dtype, active, 300000);
        rates[i] = operations / (now() - start) / 1e9;
    }
    return median(rates, REPEATS);
}

/* ---- a work */

/* 6 x rows x weights, less the delta product of the first layer; a prediction 2 x rows x weights. */
static double operations(const struct work *work)
{
    double sum = 0;
    for (size_t i = 1; i < MOST_LAYERS && work->widths[i]; i++) {
        const double weights = (double)work->widths[i - 1] * (double)work->widths[i];
        sum += (work->predict ? 2 : i == 1 ? 4 : 6) * (double)work->rows * weights;
    }
    return sum;
}

static bp_net *make_net(const struct work *work, int32_t dtype)
{
    bp_net *net;
    check(bp_net_create(&net, dtype, work->widths[0]), NULL);
    for (size_t i = 1; i < MOST_LAYERS && work->widths[i]; i++) {
        const bool last = i + 1 == MOST_LAYERS || !work->widths[i + 1];
        check(bp_net_add_dense(net, work->widths[i], last ? work->output : work->hidden), net);
    }
    check(bp_net_set(net, BP_OPT_LOSS, work->loss), net);
    check(bp_net_set(net, BP_OPT_OPTIMIZER, work->optimizer), net);
    check(bp_net_set(net, BP_OPT_LEARNING_RATE, 1e-4), net);
    check(bp_net_init(net, 1), net);
    return net;
}

struct batch {
    void *x, *target, *y;
    bp_scratch *scratch;
};

/* Numbers in [0, 1) for x; for the target a one at a changing place. */
static struct batch make_batch(const struct work *work, const bp_net *net)
{
    const size_t inputs = work->rows * bp_net_inputs(net), outputs = bp_net_outputs(net);
    float *x = malloc(inputs * sizeof(double)), *target = calloc(work->rows * outputs, sizeof(double));
    struct batch batch = {x, target, malloc(work->rows * outputs * sizeof(double)), NULL};
    if (!batch.x || !batch.target || !batch.y)
        exit(1);
    const bool single = bp_net_dtype(net) == BP_F32;
    for (size_t i = 0; i < inputs; i++) {
        const double value = (double)(i * 2654435761u % 1000) / 1000;
        if (single)
            x[i] = (float)value;
        else
            ((double *)batch.x)[i] = value;
    }
    for (size_t row = 0; row < work->rows; row++) {
        const size_t at = row * outputs + row % outputs;
        if (single)
            target[at] = 1;
        else
            ((double *)batch.target)[at] = 1;
    }
    check(bp_scratch_create(&batch.scratch, net), net);
    return batch;
}

static void run(const struct work *work, bp_net *net, const struct batch *b, size_t steps)
{
    const bool single = bp_net_dtype(net) == BP_F32;
    for (size_t i = 0; i < steps; i++) {
        if (work->predict)
            check(single ? bp_net_predict_f32(net, b->x, work->rows, b->y, b->scratch)
                         : bp_net_predict_f64(net, b->x, work->rows, b->y, b->scratch),
                  net);
        else
            check(single ? bp_net_train_f32(net, b->x, b->target, work->rows, NULL)
                         : bp_net_train_f64(net, b->x, b->target, work->rows, NULL),
                  net);
    }
}

static void measure(const struct work *work, int32_t dtype, double peak, double seconds)
{
    bp_net *net = make_net(work, dtype);
    struct batch batch = make_batch(work, net);
    double start = now();
    run(work, net, &batch, 1);
    run(work, net, &batch, 1);
    const double guess = (now() - start) / 2;
    const size_t steps = 1 + (size_t)(seconds / guess);
    double times[REPEATS];
    for (size_t i = 0; i < REPEATS; i++) {
        start = now();
        run(work, net, &batch, steps);
        times[i] = (now() - start) / (double)steps;
    }
    const double step = median(times, REPEATS), rate = operations(work) / step / 1e9;
    printf("%-3s %-48s %s %12.3f us %8.2f GFLOP/s %6.1f %% of peak\n", work->name, work->what,
           dtype == BP_F32 ? "f32" : "f64", step * 1e6, rate, 100 * rate / peak);
    fflush(stdout);
    bp_scratch_destroy(batch.scratch);
    free(batch.x);
    free(batch.target);
    free(batch.y);
    bp_net_destroy(net);
}

static bool wanted(const char *name, int count, char **names)
{
    bool any = false;
    for (int i = 1; i < count; i++) {
        any = any || names[i][0] == 'W';
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return !any;
}

int main(int argc, char **argv)
{
    static const int32_t types[] = {BP_F32, BP_F64};
    const bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    puts(bp_build_info());
    for (size_t t = 0; t < sizeof(types) / sizeof(types[0]); t++) {
        bp_net *net;
        const bp_status built = bp_net_create(&net, types[t], 1);
        bp_net_destroy(net);
        if (built != BP_OK)
            continue;
        const double peak = measure_peak(types[t]);
        printf("FMA peak of one core, %s: %.1f GFLOP/s\n", types[t] == BP_F32 ? "f32" : "f64", peak);
        for (size_t i = 0; i < sizeof(works) / sizeof(works[0]); i++)
            if (wanted(works[i].name, argc, argv) && !(quick && operations(&works[i]) > 1e10))
                measure(&works[i], types[t], peak, quick ? 0.002 : 0.1);
    }
    return 0;
}
