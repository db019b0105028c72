/* SPDX-License-Identifier: MIT
 *
 * The loss of a batch, row by row; the losses themselves are kernels/loss_tmpl.c. */
#include <string.h>

#include "nn/typed.h"

const struct REAL(bp_loss_kernel) *REAL(bp_loss_find)(const struct REAL(bp_kernels) *kernels, int32_t loss,
                                                      int32_t activation)
{
    const struct REAL(bp_loss_kernel) *row = kernels->losses;
    while (row->value && (row->loss != loss || (row->activation != 0 && row->activation != activation)))
        row++;
    return row;
}

real REAL(bp_loss_parameter)(const struct bp_settings *settings)
{
    switch (bp_key(settings->loss)) {
    case BP_LOSS_HUBER:
        return (real)settings->huber_delta;
    case BP_LOSS_QUANTILE:
        return (real)settings->quantile;
    case BP_LOSS_CROSS_ENTROPY:
        return (real)settings->label_smoothing;
    default:
        return 0;
    }
}

void REAL(bp_loss_put_target)(const struct REAL(bp_loss_batch) *batch, size_t row)
{
    const size_t outputs = batch->units.units;
    if (batch->target.labels && outputs == 1)
        batch->target_row[0] = (real)batch->target.labels[row];
    else if (batch->target.labels)
        batch->target_row[batch->target.labels[row]] = 1;
    else
        for (size_t i = 0; i < outputs; i++)
            batch->target_row[i] = ((const real *)batch->target.values)[row * outputs + i];
}

/* A label's row goes back to zeros. */
void REAL(bp_loss_take_target)(const struct REAL(bp_loss_batch) *batch, size_t row)
{
    if (batch->target.labels)
        batch->target_row[batch->units.units == 1 ? 0 : batch->target.labels[row]] = 0;
}

static struct REAL(bp_loss_row) row_of(const struct REAL(bp_loss_batch) *batch, size_t row)
{
    return (struct REAL(bp_loss_row)){
        .n = batch->units.units,
        .z = batch->units.z + row * batch->units.stride,
        .a = batch->units.a + row * batch->units.stride,
        .t = batch->target_row,
        .p = batch->parameter,
        .mean = batch->kernel->mean,
    };
}

static void start_targets(const struct REAL(bp_loss_batch) *batch)
{
    memset(batch->target_row, 0, bp_round_up(batch->units.units, BP_LANES) * sizeof(real));
}

double REAL(bp_loss_sum)(const struct REAL(bp_loss_batch) *batch, double start)
{
    double sum = start;
    start_targets(batch);
    for (size_t i = 0; i < batch->units.rows; i++) {
        REAL(bp_loss_put_target)(batch, i);
        const struct REAL(bp_loss_row) row = row_of(batch, i);
        sum += batch->kernel->value(&row);
        REAL(bp_loss_take_target)(batch, i);
    }
    return sum;
}

void REAL(bp_loss_slopes)(const struct REAL(bp_loss_batch) *batch)
{
    start_targets(batch);
    for (size_t i = 0; i < batch->units.rows; i++) {
        REAL(bp_loss_put_target)(batch, i);
        const struct REAL(bp_loss_row) row = row_of(batch, i);
        batch->kernel->slopes(&row, batch->units.delta + i * batch->units.stride);
        REAL(bp_loss_take_target)(batch, i);
    }
}
