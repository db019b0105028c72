/* SPDX-License-Identifier: MIT */
#include "aims.h"

#include <math.h>
#include <stdlib.h>

#include <bp/bp.h>

#include "clones.h"
#include "timing.h"

enum { PAIRS = 7, PASSES = 21 };

static bp_status train(bp_net *net, const struct batch *batch, size_t rows, int32_t dtype)
{
    return dtype == BP_F32 ? bp_net_train_f32(net, batch->x32, batch->target32, rows, NULL)
                           : bp_net_train_f64(net, batch->x64, batch->target64, rows, NULL);
}

/* Seconds that so many steps take; NAN if one fails. */
static double seconds_of(bp_net *net, const struct batch *batch, size_t rows, int32_t dtype, size_t steps)
{
    const double start = now();
    for (size_t i = 0; i < steps; i++)
        if (train(net, batch, rows, dtype) != BP_OK)
            return NAN;
    return now() - start;
}

double time_of_late_steps(int32_t dtype, size_t steps, size_t part)
{
    const struct work *work = &works[W3];
    bp_net *net = work_net(work, dtype, NULL);
    if (!net)
        return NAN;
    struct batch batch = batch_create(work);
    bp_net_set(net, BP_OPT_LEARNING_RATE, 0.01);
    seconds_of(net, &batch, work->rows, dtype, 1); /* which makes the buffers */
    const double first = seconds_of(net, &batch, work->rows, dtype, part);
    const double between = seconds_of(net, &batch, work->rows, dtype, steps - 2 * part);
    const double last = seconds_of(net, &batch, work->rows, dtype, part);
    batch_destroy(&batch);
    bp_net_destroy(net);
    return isfinite(between) ? last / first : NAN;
}

double time_of_power_of_two(size_t width, size_t batch, size_t steps)
{
    bp_net *nets[2];
    struct batch rows[2];
    double ratios[PAIRS];
    for (size_t i = 0; i < 2; i++) {
        const size_t units = width + i * BENCH_WIDER;
        const struct work work = {
            "", "", batch, {units, units, units}, BP_ACT_RELU, BP_ACT_IDENTITY, BP_LOSS_SQUARED, BP_OPTIM_SGD, false};
        nets[i] = work_net(&work, BP_F32, NULL);
        if (!nets[i])
            return NAN;
        bp_net_set(nets[i], BP_OPT_LEARNING_RATE, 1e-4);
        rows[i] = batch_create(&work);
        seconds_of(nets[i], &rows[i], batch, BP_F32, 1);
    }
    for (size_t pair = 0; pair < PAIRS; pair++) {
        double seconds[2];
        for (size_t i = 0; i < 2; i++) {
            const size_t which = (pair + i) % 2;
            seconds[which] = seconds_of(nets[which], &rows[which], batch, BP_F32, steps);
        }
        ratios[pair] = seconds[0] / seconds[1] * pow((double)(width + BENCH_WIDER) / (double)width, 2);
    }
    for (size_t i = 0; i < 2; i++) {
        bp_net_destroy(nets[i]);
        batch_destroy(&rows[i]);
    }
    return median(ratios, PAIRS);
}

CLONES static void pass_over(float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = x[i] * 0.5F + 1;
}

double seconds_of_pass(const struct work *work)
{
    const size_t arrays = work->optimizer == BP_OPTIM_ADAM ? 4 : 2;
    const size_t numbers = arrays * (size_t)work_weights(work), repeats = 1 + 4000000 / numbers;
    float *x = need(calloc(numbers, sizeof(float)));
    double times[PASSES];
    for (size_t pass = 0; pass < PASSES; pass++) {
        const double start = now();
        for (size_t repeat = 0; repeat < repeats; repeat++)
            pass_over(x, numbers);
        times[pass] = (now() - start) / (double)repeats;
    }
    free(x);
    return median(times, PASSES);
}
