/* SPDX-License-Identifier: MIT
 *
 * What it would cost if the dense calls took arrays of the other number type: f64 arrays for an f32 net, whose numbers
 * are converted before the call and its results after it, in one plain loop each that the compiler makes vectors of.
 * No call could do with less. Asked: at most 3 % at 32 rows, and 50 ns at one row.
 * usage: types [--quick] */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bp/bp.h>

#include "peer_types.h"
#include "timing.h"
#include "works.h"

enum { REPEATS = 31, ROWS = 32 };

struct side {
    bp_net *net;
    bp_scratch *scratch;
    const struct batch *batch;
    size_t inputs, outputs, rows;
};

static void check(bp_status status)
{
    if (status == BP_OK)
        return;
    fprintf(stderr, "types: %s\n", bp_last_error());
    exit(1);
}

/* ---- what is measured: a call, and the same on arrays of the other type */

static void forward(const struct side *s) { check(bp_net_forward_f32(s->net, s->batch->x32, s->rows, s->batch->y32)); }

static void predict(const struct side *s)
{
    check(bp_net_predict_f32(s->net, s->batch->x32, s->rows, s->batch->y32, s->scratch));
}

static void train(const struct side *s)
{
    check(bp_net_train_f32(s->net, s->batch->x32, s->batch->target32, s->rows, NULL));
}

static void convert_x(const struct side *s) { to_f32(s->batch->x64, s->rows * s->inputs, s->batch->x32); }
static void convert_y(const struct side *s) { to_f64(s->batch->y32, s->rows * s->outputs, s->batch->y64); }
static void convert_target(const struct side *s)
{
    to_f32(s->batch->target64, s->rows * s->outputs, s->batch->target32);
}

static const struct {
    const char *name;
    size_t rows;
    void (*call)(const struct side *side), (*before)(const struct side *side), (*after)(const struct side *side);
} calls[] = {
    {"forward", ROWS, forward, convert_x, convert_y},
    {"train", ROWS, train, convert_x, convert_target},
    {"predict", ROWS, predict, convert_x, convert_y},
    {"predict", 1, predict, convert_x, convert_y},
};

/* Nanoseconds of a call. */
static double measure(const struct side *side, size_t call, bool convert, size_t times)
{
    const double start = now();
    for (size_t i = 0; i < times; i++) {
        if (convert)
            calls[call].before(side);
        calls[call].call(side);
        if (convert)
            calls[call].after(side);
    }
    return 1e9 * (now() - start) / (double)times;
}

static void row(const char *name, const struct side *side, size_t call, size_t repeats)
{
    double alone[REPEATS], more[REPEATS], ratio[REPEATS];
    const size_t times = (size_t)(1e7 / (1000 + measure(side, call, true, 1)) + 1);
    for (size_t i = 0; i < repeats; i++) {
        const bool first = i % 2 == 0; /* each goes first in turn */
        if (!first)
            more[i] = measure(side, call, true, times);
        alone[i] = measure(side, call, false, times);
        if (first)
            more[i] = measure(side, call, true, times);
        ratio[i] = more[i] / alone[i];
        more[i] -= alone[i];
    }
    const double cost = median(more, repeats), share = 100 * (median(ratio, repeats) - 1);
    printf("| %s | %s | %zu | %.0f | %.0f | %.1f %% | %s |\n", name, calls[call].name, side->rows,
           median(alone, repeats), cost, share, (side->rows == 1 ? cost <= 50 : share <= 3) ? "within" : "BEYOND");
}

static void run(const struct work *given, size_t repeats)
{
    struct work work = *given;
    work.rows = ROWS;
    struct batch batch = batch_create(&work);
    struct side side = {.batch = &batch, .inputs = work.widths[0], .outputs = work.widths[work_layers(&work)]};
    check(bp_net_create(&side.net, BP_F32, work.widths[0]));
    for (size_t i = 1; i <= work_layers(&work); i++)
        check(bp_net_add_dense(side.net, work.widths[i], i == work_layers(&work) ? work.output : work.hidden));
    check(bp_net_set(side.net, BP_OPT_LOSS, work.loss));
    check(bp_net_set(side.net, BP_OPT_LEARNING_RATE, 1e-4));
    check(bp_net_init(side.net, 1));
    check(bp_scratch_create(&side.scratch, side.net));
    for (size_t call = 0; call < sizeof(calls) / sizeof(calls[0]); call++) {
        side.rows = calls[call].rows;
        row(work.name, &side, call, repeats);
    }
    bp_scratch_destroy(side.scratch);
    bp_net_destroy(side.net);
    batch_destroy(&batch);
}

int main(int argc, char **argv)
{
    const bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    run_on_one_cpu();
    puts("| net | call | rows | ns | more by conversion, ns | | asked |\n| --- | --- | --- | --- | --- | --- | --- |");
    for (size_t i = 0; i < work_count; i++)
        if (!works[i].predict && works[i].widths[0] < 1024)
            run(&works[i], quick ? 1 : REPEATS);
    return 0;
}
