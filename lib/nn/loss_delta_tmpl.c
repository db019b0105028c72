/* SPDX-License-Identifier: MIT
 *
 * The loss of a batch, row by row; the losses themselves are kernels/loss_tmpl.c. */
#include <string.h>

#include "nn/typed.h"

const struct REAL(bp_loss_kernel) *REAL(bp_loss_find)(const struct REAL(bp_loss_kernel) *row, int32_t loss,
                                                      int32_t activation)
{
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

static void put_numbers(const real *target, const struct bp_scaling *scaling, size_t outputs, real *target_row)
{
    const real *center = scaling ? scaling->center : NULL, *factor = scaling ? scaling->factor : NULL;
    for (size_t i = 0; i < outputs; i++)
        target_row[i] = scaling ? (target[i] - center[i]) * factor[i] : target[i];
}

void REAL(bp_loss_put_target)(const struct bp_rows *rows, const struct bp_scaling *scaling, size_t row, size_t outputs,
                              real *target_row)
{
    if (rows->labels && outputs == 1)
        target_row[0] = (real)rows->labels[row];
    else if (rows->labels)
        target_row[rows->labels[row]] = 1;
    else
        put_numbers((const real *)rows->target + row * outputs, scaling, outputs, target_row);
}

/* A label's row goes back to zeros. */
void REAL(bp_loss_take_target)(const struct bp_rows *rows, size_t row, size_t outputs, real *target_row)
{
    if (rows->labels)
        target_row[outputs == 1 ? 0 : rows->labels[row]] = 0;
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
    const double *weights = batch->rows->weights;
    double sum = start;
    start_targets(batch);
    for (size_t i = 0; i < batch->units.rows; i++) {
        REAL(bp_loss_put_target)(batch->rows, batch->scaling, batch->first + i, batch->units.units, batch->target_row);
        const struct REAL(bp_loss_row) row = row_of(batch, i);
        const double value = batch->kernel->value(&row);
        sum += weights ? weights[batch->first + i] * value : value;
        REAL(bp_loss_take_target)(batch->rows, batch->first + i, batch->units.units, batch->target_row);
    }
    return sum;
}

void REAL(bp_loss_slopes)(const struct REAL(bp_loss_batch) *batch)
{
    const double *weights = batch->rows->weights;
    start_targets(batch);
    for (size_t i = 0; i < batch->units.rows; i++) {
        REAL(bp_loss_put_target)(batch->rows, batch->scaling, batch->first + i, batch->units.units, batch->target_row);
        const struct REAL(bp_loss_row) row = row_of(batch, i);
        real *delta = batch->units.delta + i * batch->units.stride;
        batch->kernel->slopes(&row, delta);
        for (size_t k = 0; weights && k < batch->units.units; k++)
            delta[k] = REAL(bp_kept)(delta[k] * (real)weights[batch->first + i]);
        REAL(bp_loss_take_target)(batch->rows, batch->first + i, batch->units.units, batch->target_row);
    }
}
