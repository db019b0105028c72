/* SPDX-License-Identifier: MIT
 *
 * One dense layer over batch x in x out: GFLOP/s of forward and of a training step, as lines for bench/plot.py; or
 * powers of two beside their neighbours, as a table.
 * usage: sweep [--coarse] [--powers] */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bp/bp.h>

#include "timing.h"

enum { REPEATS = 5, LARGEST = 2064 };

static const size_t sizes[] = {1, 2, 3, 7, 8, 10, 16, 30, 31, 33, 64, 100, 127, 128, 255, 256, 784, 1000, 1024};

/* Batch, inputs and outputs. */
enum { BATCH, IN, OUT, AXES };

static const char *const axes[AXES] = {"batch", "in", "out"};

static void check(bp_status status)
{
    if (status == BP_OK)
        return;
    fprintf(stderr, "sweep: %s\n", bp_last_error());
    exit(1);
}

static bp_net *make_net(size_t in, size_t out)
{
    bp_net *net = NULL;
    check(bp_net_create(&net, BP_F32, in));
    check(bp_net_add_dense(net, out, BP_ACT_IDENTITY));
    check(bp_net_set(net, BP_OPT_LEARNING_RATE, 1e-6));
    check(bp_net_init(net, 1));
    return net;
}

/* Any numbers, for the largest batch and layer. */
static const float *numbers(void)
{
    static float values[LARGEST * LARGEST];
    for (size_t i = 0; values[1] == 0 && i < sizeof(values) / sizeof(values[0]); i++)
        values[i] = (float)(i % 1009) / 1009;
    return values;
}

static void run(bp_net *net, size_t batch, bool train, size_t steps)
{
    const float *x = numbers();
    static const float target[LARGEST * LARGEST];
    for (size_t i = 0; i < steps; i++)
        check(train ? bp_net_train_f32(net, x, target, batch, NULL) : bp_net_forward_f32(net, x, batch, NULL));
}

/* Of a call: the least seconds of some repeats, as other programs make it longer and nothing makes it shorter; and the
 * share of the FMA peak if it were one operation, as the median of what each repeat has beside it. */
struct figure {
    double seconds, of_peak;
};

static struct figure measure(bp_net *net, size_t batch, bool train)
{
    struct figure figure = {.seconds = INFINITY};
    double ratios[REPEATS];
    run(net, batch, train, 1);
    double start = worked();
    run(net, batch, train, 1);
    const size_t steps = 1 + (size_t)(5e-4 / (worked() - start));
    for (size_t i = 0; i < REPEATS; i++) {
        const double peak = measure_peak(BP_F32);
        start = worked();
        run(net, batch, train, steps);
        const double seconds = (worked() - start) / (double)steps;
        figure.seconds = fmin(figure.seconds, seconds);
        ratios[i] = 1 / seconds / 1e9 / peak;
    }
    figure.of_peak = median(ratios, REPEATS);
    return figure;
}

static double operations_of(const size_t *shape, bool train)
{
    return (train ? 4.0 : 2.0) * (double)(shape[BATCH] * shape[IN] * shape[OUT]);
}

static void print_shapes(size_t step)
{
    const size_t count = sizeof(sizes) / sizeof(sizes[0]);
    for (size_t in = 0; in < count; in += step)
        for (size_t out = 0; out < count; out += step) {
            bp_net *net = make_net(sizes[in], sizes[out]);
            for (size_t batch = 0; batch < count; batch += step)
                for (int train = 0; train < 2; train++) {
                    const size_t shape[AXES] = {sizes[batch], sizes[in], sizes[out]};
                    const struct figure figure = measure(net, shape[BATCH], train);
                    const double operations = operations_of(shape, train);
                    printf("%s\t%zu\t%zu\t%zu\t%.4f\t%.3f\t%.4f\n", train ? "train" : "forward", shape[BATCH],
                           shape[IN], shape[OUT], figure.seconds * 1e6, operations / figure.seconds / 1e9,
                           operations * figure.of_peak);
                }
            bp_net_destroy(net);
        }
}

/* ---- powers of two */

/* A neighbour is so much narrower or wider, a panel; the other two sizes are each of these; and a power of two may cost
 * so much more a multiplication than the mean of its neighbours. */
enum { PANEL = 16 };

static const size_t powers[] = {64, 128, 256, 512, 1024, 2048}, others[] = {96, 784};

#define ALLOWED 1.05

/* Time for each operation, as a multiple of what the FMA peak beside it allows. */
static double cost(const size_t *shape, bool train)
{
    bp_net *net = make_net(shape[IN], shape[OUT]);
    const double of_peak = measure(net, shape[BATCH], train).of_peak;
    bp_net_destroy(net);
    return 1 / of_peak / operations_of(shape, train);
}

/* The cost of a power of two over that of its neighbours, where the other axes have such sizes. */
static double over_neighbours(size_t axis, size_t power, size_t first, size_t second, bool train)
{
    size_t shape[AXES];
    shape[axis] = power - PANEL;
    shape[(axis + 1) % AXES] = first;
    shape[(axis + 2) % AXES] = second;
    const double below = cost(shape, train);
    shape[axis] = power;
    const double at = cost(shape, train);
    shape[axis] = power + PANEL;
    return at / sqrt(below * cost(shape, train));
}

static void print_power(size_t axis, size_t power, bool train)
{
    enum { OTHERS = sizeof(others) / sizeof(others[0]) };
    double ratios[OTHERS * OTHERS];
    size_t count = 0;
    for (size_t i = 0; i < OTHERS; i++)
        for (size_t k = 0; k < OTHERS; k++)
            ratios[count++] = over_neighbours(axis, power, others[i], others[k], train);
    const double middle = median(ratios, count); /* which sorts them */
    printf("| %s | %s %zu | %.3f | %.3f | %s |\n", train ? "train" : "forward", axes[axis], power, middle,
           ratios[count - 1], middle <= ALLOWED ? "pass" : "SHORT");
    fflush(stdout);
}

static void print_powers(size_t step)
{
    const size_t count = step > 1 ? 1 : sizeof(powers) / sizeof(powers[0]);
    printf("| | size | cost over its neighbours, <= %.2f x | worst shape | |\n| --- | --- | --- | --- | --- |\n",
           ALLOWED);
    for (size_t i = 0; i < count; i++)
        for (size_t axis = 0; axis < AXES; axis++)
            for (int train = 0; train < 2; train++)
                print_power(axis, powers[i], train);
}

int main(int argc, char **argv)
{
    size_t step = 1;
    bool of_powers = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--coarse") == 0)
            step = 5;
        else if (strcmp(argv[i], "--powers") == 0)
            of_powers = true;
        else {
            fputs("usage: sweep [--coarse] [--powers]\n", stderr);
            return 1;
        }
    }
    run_on_one_cpu();
    if (of_powers)
        print_powers(step);
    else
        print_shapes(step);
    return 0;
}
