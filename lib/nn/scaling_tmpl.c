/* SPDX-License-Identifier: MIT
 *
 * From numbers as the user has them to numbers as the network sees them, x' = (x - center) factor, and back. Two roundings
 * a number and no sum: the same bits everywhere. Without a scaling (NULL) numbers stay as they are. */
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

/* values: [rows][columns], in place: x = x' / factor + center. */
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

/* The nearest number of the net's type; infinite, and no exception is raised, where it has none. */
static real nearest(double x)
{
    const double most = BY_PRECISION(0x1.ffffffp127, (double)INFINITY); /* from here on a float rounds to infinity */
    return fabs(x) >= most ? (real)copysign((double)INFINITY, x) : (real)x;
}

void REAL(bp_scaling_write)(const struct bp_scaling *scaling, const double *center, const double *factor,
                            size_t columns)
{
    real *to_center = scaling->center, *to_factor = scaling->factor;
    for (size_t i = 0; i < columns; i++) {
        to_center[i] = nearest(center[i]);
        to_factor[i] = nearest(factor[i]);
    }
}
