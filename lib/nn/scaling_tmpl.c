/* SPDX-License-Identifier: MIT
 *
 * From numbers as the user has them to numbers as the network sees them, x' = (x - center) factor, and back. Two
 * roundings a number and no sum: the same bits everywhere. Without a scaling (NULL) numbers stay as they are. */
#include <math.h>
#include <string.h>

#include "nn/typed.h"

/* to: [rows][inputs], to_row apart. */
void REAL(bp_scale_inputs)(const struct bp_model *model, const struct bp_rows *rows, real *to, size_t to_row)
{
    const real *x = rows->x;
    const struct bp_scaling *scaling = bp_model_scaling(model, &model->of_inputs);
    const size_t inputs = model->inputs;
    for (size_t row = 0; row < rows->count; row++, x += rows->stride, to += to_row)
        if (scaling)
            REAL(bp_kernels_of)(model)->scale(inputs, x, scaling->center, scaling->factor, to);
        else
            memcpy(to, x, inputs * sizeof(real));
}

/* x = x' / factor + center */
real REAL(bp_unscaled)(const struct bp_scaling *scaling, size_t column, real x)
{
    return scaling ? x / ((const real *)scaling->factor)[column] + ((const real *)scaling->center)[column] : x;
}

/* values: [rows][columns], in place. */
void REAL(bp_unscale_rows)(const struct bp_scaling *scaling, size_t rows, size_t columns, real *values)
{
    for (size_t row = 0; scaling && row < rows; row++, values += columns) {
        const real *center = scaling->center, *factor = scaling->factor;
        for (size_t i = 0; i < columns; i++)
            values[i] = values[i] / factor[i] + center[i];
    }
}

/* slopes: [rows][columns], in place: dLoss/dx = dLoss/dx' factor. */
void REAL(bp_scale_slopes)(const struct bp_scaling *scaling, size_t rows, size_t columns, real *slopes)
{
    for (size_t row = 0; scaling && row < rows; row++, slopes += columns) {
        const real *factor = scaling->factor;
        for (size_t i = 0; i < columns; i++)
            slopes[i] *= factor[i];
    }
}

/* slopes: [rows][columns], `row` apart, in place: dLoss/dx' = dLoss/dx / factor. */
void REAL(bp_unscale_slopes)(const struct bp_scaling *scaling, size_t rows, size_t columns, real *slopes, size_t stride)
{
    for (size_t row = 0; scaling && row < rows; row++, slopes += stride) {
        const real *factor = scaling->factor;
        for (size_t i = 0; i < columns; i++)
            slopes[i] /= factor[i];
    }
}

void REAL(bp_scaling_settle)(struct bp_scaling *scaling, size_t columns)
{
    real *center = scaling->center, *factor = scaling->factor;
    for (size_t i = 0; i < columns; i++) {
        center[i] = REAL(bp_take)(BP_F64, scaling->numbers, i);
        factor[i] = REAL(bp_take)(BP_F64, scaling->numbers, columns + i);
        scaling->largest = fmax(scaling->largest, fabs((double)factor[i]));
        scaling->shifts = scaling->shifts || center[i] != 0;
    }
}
