/* SPDX-License-Identifier: MIT
 *
 * One dense layer over batch x in x out: GFLOP/s of forward and of a training step, as lines for bench/plot.py.
 * usage: sweep [--coarse] */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bp/bp.h>

#include "timing.h"

enum { REPEATS = 3 };

static const size_t sizes[] = {1, 2, 3, 7, 8, 10, 16, 30, 31, 33, 64, 100, 127, 128, 255, 256, 784, 1000, 1024};

static void check(bp_status status)
{
    if (status == BP_OK)
        return;
    fprintf(stderr, "sweep: %s\n", bp_last_error());
    exit(1);
}

static void run(bp_net *net, size_t batch, const float *x, const float *target, bool train, size_t steps)
{
    for (size_t i = 0; i < steps; i++)
        check(train ? bp_net_train_f32(net, x, target, batch, NULL) : bp_net_forward_f32(net, x, batch, NULL));
}

/* Seconds a call. */
static double measure(bp_net *net, size_t batch, const float *x, const float *target, bool train)
{
    double times[REPEATS];
    run(net, batch, x, target, train, 1);
    double start = now();
    run(net, batch, x, target, train, 1);
    const size_t steps = 1 + (size_t)(5e-4 / (now() - start));
    for (size_t i = 0; i < REPEATS; i++) {
        start = now();
        run(net, batch, x, target, train, steps);
        times[i] = (now() - start) / (double)steps;
    }
    return median(times, REPEATS);
}

int main(int argc, char **argv)
{
    const size_t step = argc > 1 && strcmp(argv[1], "--coarse") == 0 ? 5 : 1, count = sizeof(sizes) / sizeof(sizes[0]);
    static float x[1024 * 1024], target[1024 * 1024];
    const double peak = measure_peak(BP_F32);
    for (size_t i = 0; i < sizeof(x) / sizeof(x[0]); i++)
        x[i] = (float)(i % 1009) / 1009;
    for (size_t in = 0; in < count; in += step)
        for (size_t out = 0; out < count; out += step) {
            bp_net *net = NULL;
            check(bp_net_create(&net, BP_F32, sizes[in]));
            check(bp_net_add_dense(net, sizes[out], BP_ACT_IDENTITY));
            check(bp_net_set(net, BP_OPT_LEARNING_RATE, 1e-6));
            check(bp_net_init(net, 1));
            for (size_t batch = 0; batch < count; batch += step)
                for (int train = 0; train < 2; train++) {
                    const double seconds = measure(net, sizes[batch], x, target, train);
                    const double operations = (train ? 4.0 : 2.0) * (double)(sizes[batch] * sizes[in] * sizes[out]);
                    printf("%s\t%zu\t%zu\t%zu\t%.4f\t%.3f\t%.4f\n", train ? "train" : "forward", sizes[batch],
                           sizes[in], sizes[out], seconds * 1e6, operations / seconds / 1e9,
                           operations / seconds / 1e9 / peak);
                }
            bp_net_destroy(net);
        }
    return 0;
}
