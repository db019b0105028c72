/* SPDX-License-Identifier: MIT */
#include "targets.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <bp/bp.h>

#include "aims.h"
#include "loop.h"
#include "timing.h"

bool target_met(const struct target *t) { return t->at_least ? t->measured >= t->asked : t->measured <= t->asked; }

/* Prints a row and adds it to the list: a figure, whether it must be at least or at most the bound, and pass, SHORT, or
 * n/a where it was not measured. */
static void row(struct targets *list, const char *what, const char *unit, double measured, bool at_least, double asked)
{
    struct target *t = need(list->count < MOST_TARGETS ? &list->rows[list->count++] : NULL);
    *t = (struct target){.unit = unit, .asked = asked, .measured = measured, .at_least = at_least};
    snprintf(t->what, sizeof(t->what), "%s", what);
    printf("| %s | %s %.4g%s | ", what, at_least ? ">=" : "<=", asked, unit);
    if (isfinite(measured))
        printf("%.4g%s | %s |\n", measured, unit, target_met(t) ? "pass" : "SHORT");
    else
        printf("| n/a |\n");
    fflush(stdout);
}

static double share(const struct result *results, size_t work, bool wide)
{
    const struct result *r = &results[work];
    const double seconds = r->seconds[wide ? BP_TRAIN_F64 : BP_TRAIN_F32], peak = wide ? r->peak64 : r->peak32;
    return 100 * work_operations(&works[work]) / seconds / 1e9 / peak;
}

/* How many times the peer's time is libbp's. */
static double times(const struct result *results, size_t work, size_t peer, size_t own)
{
    return results[work].seconds[peer] / results[work].seconds[own];
}

/* ---- memory and flatness */

struct counter {
    size_t held, most;
};

static void *count_allocate(void *user, size_t size)
{
    struct counter *counter = user;
    counter->held += size;
    counter->most = counter->held > counter->most ? counter->held : counter->most;
    return malloc(size);
}

static void count_release(void *user, void *memory, size_t size)
{
    ((struct counter *)user)->held -= size;
    free(memory);
}

/* MiB at most in training, beyond parameters, gradient, Adam's state, x, z, a and delta. */
static double overhead(const struct work *work)
{
    struct counter counter = {0, 0};
    const bp_allocator allocator = {sizeof(allocator), &counter, count_allocate, count_release};
    struct batch batch = batch_create(work);
    bp_net *net = work_net(work, BP_F32, &allocator);
    size_t one, parameters;
    if (!net || bp_net_train_f32(net, batch.x32, batch.target32, work->rows, NULL) != BP_OK ||
        bp_net_shape(net, BP_ARRAY_PARAMETERS, 0, &one, &parameters) != BP_OK)
        return NAN;
    size_t numbers = parameters * (work->optimizer == BP_OPTIM_ADAM ? 4 : 2) + work->rows * work->widths[0];
    for (size_t i = 1; i <= work_layers(work); i++)
        numbers += 3 * work->rows * work->widths[i];
    bp_net_destroy(net);
    batch_destroy(&batch);
    return ((double)counter.most - (double)(numbers * sizeof(float))) / (1 << 20);
}

/* Nanoseconds a sample of W2 over a set of so many rows, batch after batch. */
static double sample_cost(size_t rows)
{
    const struct work *work = &works[W2];
    const size_t inputs = work->widths[0], outputs = work->widths[work_layers(work)];
    float *x = malloc(rows * inputs * sizeof(float)), *target = calloc(rows * outputs, sizeof(float));
    bp_net *net = work_net(work, BP_F32, NULL);
    double best = NAN;
    if (x && target && net) {
        for (size_t i = 0; i < rows * inputs; i++)
            x[i] = (float)(i % 1009) / 1009;
        const size_t epochs = 1 + 200000 / rows;
        for (int repeat = 0; repeat < 5; repeat++) {
            const double start = now();
            for (size_t epoch = 0; epoch < epochs; epoch++)
                for (size_t row = 0; row + work->rows <= rows; row += work->rows)
                    bp_net_train_f32(net, x + row * inputs, target + row * outputs, work->rows, NULL);
            const double cost = 1e9 * (now() - start) / (double)(epochs * rows);
            best = !(best <= cost) ? cost : best;
        }
    }
    bp_net_destroy(net);
    free(x);
    free(target);
    return best;
}

/* The standing aim: a whole step takes no longer than the better of the peers' bare products, and where weights are few
 * one pass over what a step changes. */
static void print_aim(struct targets *list, const struct result *r, size_t i)
{
    char what[MOST_WHAT];
    const double products = fmin(r[i].seconds[OPENBLAS], r[i].seconds[ONEDNN]), own = r[i].seconds[BP_TRAIN_F32];
    const bool passes = i <= W4;
    snprintf(what, sizeof(what), "%s, times the peers' products alone%s", works[i].name,
             passes ? " and a pass over the parameters" : "");
    row(list, what, " x", own / (products + (passes ? seconds_of_pass(&works[i]) : 0)), false, passes ? 1 : 1.05);
}

/* What long training leaves behind, and widths that are powers of two. `quick` runs the same with small sizes, whose
 * figures say nothing about the targets. */
static void print_states_and_widths(struct targets *list, bool quick)
{
    static const struct {
        size_t width, batch, steps;
    } widths[2][2] = {{{1024, 256, 10}, {4096, 512, 1}}, {{64, 16, 2}, {256, 16, 1}}};
    const size_t steps = quick ? 30 : 10000, part = quick ? 5 : 500;
    char what[MOST_WHAT];
    for (int i = 0; i < 2; i++) {
        snprintf(what, sizeof(what), "W3 with Adam at 0.01%s, steps %zu to %zu over the first %zu", i ? " in f64" : "",
                 steps - part, steps, part);
        row(list, what, " x", time_of_late_steps(i ? BP_F64 : BP_F32, steps, part), false, 1.1);
    }
    for (int i = 0; i < 2; i++) {
        const size_t width = widths[quick][i].width, batch = widths[quick][i].batch;
        snprintf(what, sizeof(what), "width %zu over %zu, batch %zu, cost a multiplication", width, width + BENCH_WIDER,
                 batch);
        row(list, what, " x", time_of_power_of_two(width, batch, widths[quick][i].steps), false, 1.05);
    }
}

void print_targets(struct targets *list, const struct result *r, bool quick)
{
    printf("\n### Targets\n\n| what | asked | measured | |\n| --- | --- | --- | --- |\n");
    row(list, "W1 f32, times libfann", " x", times(r, W1, LIBFANN, BP_TRAIN_F32), true, 1.4);
    row(list, "W1 f64, times libfann", " x", times(r, W1, LIBFANN, BP_TRAIN_F64), true, 1.4);
    row(list, "W2 f32, of the FMA peak", " %", share(r, W2, false), true, 60);
    row(list, "W3 f32, of the FMA peak", " %", share(r, W3, false), true, 65);
    row(list, "W4 f32, of the FMA peak", " %", share(r, W4, false), true, 75);
    row(list, "W5 f32, of the FMA peak", " %", share(r, W5, false), true, 85);
    row(list, "W6 f32, of the FMA peak", " %", share(r, W6, false), true, 88);
    row(list, "W4 f64, of the FMA peak", " %", share(r, W4, true), true, 70);
    row(list, "W5 f64, of the FMA peak", " %", share(r, W5, true), true, 80);
    row(list, "W6, 2 threads over 1", " x", times(r, W6, BP_TRAIN_F32, BP_TWO_THREADS), true, 1.85);
    row(list, "W3, 2 threads over 1", " x", times(r, W3, BP_TRAIN_F32, BP_TWO_THREADS), true, 1.5);
    row(list, "W1, 2 threads over 1, within noise", " x", times(r, W1, BP_TRAIN_F32, BP_TWO_THREADS), true, 0.95);
    row(list, "W2, 2 threads over 1, within noise", " x", times(r, W2, BP_TRAIN_F32, BP_TWO_THREADS), true, 0.95);
    row(list, "W7, times PyTorch", " x", times(r, W7, PYTORCH, BP_TRAIN_F32), true, 4);
    row(list, "W7, half of the 12.5 us that KANN on OpenBLAS took", " us", r[W7].seconds[BP_TRAIN_F32] * 1e6, false,
        6.25);
    for (size_t i = W2; i <= W5; i++) {
        char what[MOST_WHAT];
        snprintf(what, sizeof(what), "%s, forward + backward + step over train", works[i].name);
        row(list, what, " x", times(r, i, BP_SEPARATE, BP_TRAIN_F32), false, 1.15);
    }
    for (size_t i = 0; i < work_count; i++) {
        double nearest = INFINITY;
        char what[MOST_WHAT];
        for (size_t peer = LIBFANN; peer <= CBLAS_NET; peer++)
            nearest = fmin(nearest, times(r, i, peer, BP_TRAIN_F32));
        snprintf(what, sizeof(what), "%s, times the fastest network among the peers", works[i].name);
        row(list, what, " x", nearest, true, 1);
    }
    for (size_t i = W1; i <= W6; i++)
        print_aim(list, r, i);
    print_states_and_widths(list, quick);
    row(list, "W4, memory beyond the formula, x among z, a and delta", " MiB", overhead(&works[W4]), false, 2);
    if (quick)
        return;
    row(list, "W6, memory beyond the formula, x among z, a and delta", " MiB", overhead(&works[W6]), false, 2);
    const double few = sample_cost(1000), many = sample_cost(1000000);
    row(list, "W2's cost a sample, 10^6 over 10^3 samples", " x", many / few, false, 1.1);
    row(list, "W2, bp_train over bare calls, rows in order", " x", loop_over_bare(false), false, 1.05);
    row(list, "W2, bp_train over calls that shuffle and gather", " x", loop_over_bare(true), false, 1.05);
    const double w4 = r[W4].seconds[BP_TRAIN_F32] / work_operations(&works[W4]);
    const double w6 = r[W6].seconds[BP_TRAIN_F32] / work_operations(&works[W6]);
    row(list, "cost a weight and row, W6 over W4", " x", w6 / w4, false, 1.15);
}
