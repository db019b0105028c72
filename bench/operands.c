/* SPDX-License-Identifier: MIT
 *
 * How many cycles the loads of a step of the sum take: the library's own passes over a layer, with a product that only
 * reads its operands. A processor that multiplies faster than this one sees what it would wait for.
 * usage: operands [--quick] */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bp/bp.h>

#include "net/handle.h"
#include "nn/typed.h"

#include "operands.h"
#include "timing.h"

enum { WANTED = 5, TRIES = 12, HEAD_TRIES = 20, LEAST_MULTIPLICATIONS = 50000000, ADDS = 64, ADD_ROUNDS = 20000 };

/* Cycles of a step that a full-width processor has: it begins two multiplications of vectors in each. The loads may
 * take 11 of the 12 cycles of a tile of 24 vectors, and as large a part of any other. */
#define RATE 2.0
#define LIMIT (11.0 / 12)

/* Of the full FMA peak, what the peak before and after a measurement must be; and how far from a whole number the
 * multiplications of a cycle may be. */
#define QUIET 0.93
#define NEARLY 0.1

/* ---- the clock */

#define ADD                                                                                                            \
    __asm__ volatile("" : "+r"(sum));                                                                                  \
    sum += step;
#define ADD4 ADD ADD ADD ADD
#define ADD16 ADD4 ADD4 ADD4 ADD4

/* Cycles in a nanosecond: an add that needs the result of the add before it takes one cycle on every processor that the
 * library has vectors for. (An add of a constant takes none on some, so it is an add of a number that changes.) */
static double measure_clock(void)
{
    uint64_t sum = 0;
    double best = INFINITY;
    for (int repeat = 0; repeat < 3; repeat++) {
        uint64_t step = (uint64_t)repeat + 1;
        __asm__ volatile("" : "+r"(step));
        const double start = worked();
        for (size_t i = 0; i < ADD_ROUNDS; i++) {
            ADD16 ADD16 ADD16 ADD16
        }
        __asm__ volatile("" : : "r"(sum));
        best = fmin(best, worked() - start);
    }
    return (double)ADDS * ADD_ROUNDS / best * 1e-9;
}

/* ---- a layer and its passes */

struct layer {
    bp_net *net;
    struct bp_model *model;
    struct REAL(bp_plan) *plan;
    size_t width, batch;
    struct REAL(bp_matrix) in;
    struct REAL(bp_units) units;
};

static void check(bp_status status)
{
    if (status == BP_OK)
        return;
    fprintf(stderr, "operands: %s\n", bp_last_error());
    exit(1);
}

/* width inputs and as many units, all matrices where the library lays them and filled as training does. */
static struct layer make_layer(size_t width, size_t batch)
{
    struct layer l = {.width = width, .batch = batch};
    float *x = need(malloc(batch * width * sizeof(float))), *target = need(calloc(batch * width, sizeof(float)));
    for (size_t i = 0; i < batch * width; i++)
        x[i] = (float)(i % 1009) / 1009;
    check(bp_net_create(&l.net, BP_F32, width));
    check(bp_net_add_dense(l.net, width, BP_ACT_IDENTITY));
    check(bp_net_init(l.net, 1));
    check(bp_net_forward_f32(l.net, x, batch, NULL));
    check(bp_net_backward_f32(l.net, target, batch, NULL));
    free(x);
    free(target);
    l.model = &l.net->model;
    l.plan = l.model->plan;
    l.plan->kernels.forward[l.model->layers->activation] = NULL; /* nothing follows the product */
    l.in = REAL(bp_kept_input)(l.model);
    l.units = REAL(bp_units_of)(l.model, l.model->layers, batch);
    return l;
}

static double multiplications(const struct layer *l) { return (double)l->width * (double)l->width * (double)l->batch; }

static void forward(struct layer *l) { REAL(bp_dense_forward)(l->model, l->model->layers, 1, &l->in, &l->units); }

/* The results are left out, so it does not matter that they would be where the delta is. */
static void delta(struct layer *l)
{
    REAL(bp_dense_delta_below)(l->model, l->model->layers, l->units.delta, &l->units, NULL);
}

static void gradient(struct layer *l)
{
    REAL(bp_dense_gradient)(l->model, l->model->layers, l->batch, &l->in, l->units.delta, NULL);
}

/* The products of a layer. The grid of blocks is the library's; a block of delta's rows is read again for every few
 * panels, one depth after another, so packing keeps them all. The others keep the block that is at work. */
static const struct pass {
    const char *name;
    void (*run)(struct layer *layer);
    size_t packed;
} passes[] = {{"forward", forward, 1}, {"delta", delta, 32}, {"gradient", gradient, 1}};

enum { LIE, PACKED, LIBRARY, WAYS };

/* Seconds of a pass, as the mean of some. With a product that is not its kernels', such as a CBLAS's, the library packs
 * nothing itself. */
static double measure(struct layer *l, const struct pass *pass, const struct operands *operands, int way)
{
    void (*const own)(const struct REAL(bp_product) *) = l->plan->kernels.product;
    const size_t times = 1 + (size_t)(LEAST_MULTIPLICATIONS / multiplications(l));
    l->plan->product = way == PACKED ? operands->packed_first : operands->as_they_lie;
    if (way == LIBRARY)
        l->plan->kernels.product = operands->as_they_lie;
    const double start = worked();
    for (size_t i = 0; i < times; i++) {
        operands->forget(pass->packed);
        pass->run(l);
    }
    const double seconds = (worked() - start) / (double)times;
    l->plan->kernels.product = own;
    return seconds;
}

/* ---- the table */

static const struct operands *find_operands(void)
{
    static const struct {
        const char *name;
        const struct operands *operands;
    } sets[] = {
#ifdef BENCH_AVX2
        {"avx2", &operands_avx2_f32},
#endif
#ifdef BENCH_AVX512
        {"avx512", &operands_avx512_f32},
#endif
#ifdef BENCH_NEON
        {"neon", &operands_neon_f32},
#endif
        {"generic", &operands_generic_f32},
    };
    const char *active = strstr(bp_build_info(), "active: ") + strlen("active: ");
    size_t i = 0;
    while (i + 1 < sizeof(sets) / sizeof(sets[0]) && strncmp(sets[i].name, active, strlen(sets[i].name)) != 0)
        i++;
    return sets[i].operands;
}

/* The clock, and the FMA peak in GFLOP/s. */
struct speed {
    double clock, peak;
};

/* The highest so far. */
static struct speed best;

/* Multiplications of vectors that begin in a cycle, at the highest speed so far. */
static double rate_of(const struct operands *operands) { return best.peak / best.clock / 2 / (double)operands->lanes; }

/* The FMA peak of a core that nobody else uses: a processor begins a whole number of multiplications in a cycle, except
 * the reference, whose fma() is a call. */
static double full_peak(const struct operands *operands)
{
    const double rate = rate_of(operands);
    return rate < 1 - NEARLY ? best.peak : best.peak / rate * ceil(rate - NEARLY);
}

/* Whether another program used the core just now: if it does, this one gets a part of the multiplications, and of the
 * loads. */
static bool measure_speed(struct speed *speed, const struct operands *operands)
{
    *speed = (struct speed){measure_clock(), measure_peak(BP_F32)};
    best.clock = fmax(best.clock, speed->clock);
    best.peak = fmax(best.peak, speed->peak);
    return speed->peak < QUIET * full_peak(operands);
}

/* Of some passes: the least cycles, and how many were without a disturbance, which only adds to them. */
struct least {
    double cycles;
    size_t quiet;
};

static void try_pass(struct layer *l, const struct pass *pass, const struct operands *operands, int way,
                     struct least *least)
{
    struct speed before, after;
    const bool disturbed = measure_speed(&before, operands);
    if (disturbed && isfinite(least->cycles))
        return;
    const double seconds = measure(l, pass, operands, way);
    least->quiet += !measure_speed(&after, operands) && !disturbed;
    least->cycles = fmin(least->cycles, seconds * fmax(before.clock, after.clock) * 1e9);
}

/* The cycles of a step if all multiplications together are that many steps: a tile with fewer rows has a part of
 * one. */
static void row(struct layer *l, const struct pass *pass, const struct operands *operands, size_t wanted)
{
    const double limit = LIMIT * (double)operands->multiplications / RATE;
    const double steps = multiplications(l) / (double)(operands->multiplications * operands->lanes);
    struct least least[WAYS];
    printf("| %s | %zu | %zu |", pass->name, l->width, l->batch);
    for (int way = 0; way < WAYS; way++) {
        least[way] = (struct least){INFINITY, 0};
        measure(l, pass, operands, way); /* which makes the buffers */
        for (size_t i = 0; i < TRIES * wanted && least[way].quiet < wanted; i++)
            try_pass(l, pass, operands, way, &least[way]);
        printf(" %.2f%s |", least[way].cycles / steps, least[way].quiet > 0 ? "" : "?");
    }
    const bool met = least[LIBRARY].cycles <= limit * steps;
    printf(" %.1f | %s |\n", limit, met ? "pass" : least[LIBRARY].quiet > 0 ? "SHORT" : "disturbed");
    fflush(stdout);
}

static void print_head(const struct operands *operands)
{
    struct speed speed;
    for (int i = 0; i < HEAD_TRIES; i++)
        measure_speed(&speed, operands);
    const double rate = rate_of(operands);
    printf("%s\nClock: %.2f GHz by a chain of adds. FMA peak: %.1f GFLOP/s, which is %.2f vectors of %zu numbers a "
           "cycle%s.\n",
           bp_build_info(), best.clock, best.peak, rate, operands->lanes,
           fabs(rate - nearbyint(rate)) > NEARLY
               ? "; that is not a whole number, so another program uses the core, or the clock is wrong"
               : "");
    printf("A step of the sum has %zu multiplications of vectors: %.1f cycles at full width, %.1f here.\n\n",
           operands->multiplications, (double)operands->multiplications / RATE,
           (double)operands->multiplications / rate);
    puts("| product | width | batch | where they lie | packed | as the library reads them | limit | |\n"
         "| --- | --- | --- | --- | --- | --- | --- | --- |");
}

int main(int argc, char **argv)
{
    static const size_t widths[] = {784, 1024, 1040, 4096, 4112}, batches[] = {64, 256, 512};
    const bool quick = argc == 2 && strcmp(argv[1], "--quick") == 0;
    if (argc > 1 && !quick) {
        fputs("usage: operands [--quick]\n", stderr);
        return 1;
    }
    const struct operands *operands = find_operands();
    run_on_one_cpu();
    print_head(operands);
    for (size_t width = 0; width < (quick ? 1 : sizeof(widths) / sizeof(widths[0])); width++)
        for (size_t batch = 0; batch < (quick ? 1 : sizeof(batches) / sizeof(batches[0])); batch++) {
            struct layer layer = make_layer(widths[width], batches[batch]);
            for (size_t pass = 0; pass < sizeof(passes) / sizeof(passes[0]); pass++)
                row(&layer, &passes[pass], operands, quick ? 1 : WANTED);
            bp_net_destroy(layer.net);
        }
    operands->release();
    return 0;
}
