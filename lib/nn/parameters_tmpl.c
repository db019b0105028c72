/* SPDX-License-Identifier: MIT
 *
 * Parameters between the order inside, panels of units, and the user's, [units][columns]; and the drawing of them. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "nn/initializer.h"
#include "nn/typed.h"

/* Where a weight lies in an arena. */
static size_t weight_at(const struct bp_layer *layer, size_t unit, size_t input)
{
    return layer->weights_at + (unit - unit % BP_LANES) * layer->columns + input * BP_LANES + unit % BP_LANES;
}

/* Scaled by 0 it is 0, whatever it was. */
static real scaled(real x, real by) { return by == 0 ? 0 : x * by; }

/* Rows and panels turn into each other tile by tile, BP_LANES units by as many inputs: a cache line of each row, which
 * lie so far apart that a cache may not hold them all, is needed once. */
static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* Columns of which the gradient holds whatever was there. */
static void clear_untouched(const struct bp_model *model, const struct bp_layer *layer, int32_t type, void *values)
{
    for (size_t input = 0; input < layer->columns; input++)
        for (size_t unit = 0; !REAL(bp_sparse_is_touched)(model, input) && unit < layer->units; unit++)
            REAL(bp_put)(type, values, unit * layer->columns + input, 0);
}

void REAL(bp_parameters_read)(const struct bp_model *model, const void *arena, const struct bp_layer *layer, bool bias,
                              double scale, int32_t type, void *values)
{
    const real *from = arena, by = (real)scale;
    real *own = values; /* where the type is this one, which is asked once for each row of a tile: that is faster */
    const bool partial = arena == model->gradient && layer == model->layers && model->partial;
    if (bias) {
        for (size_t i = 0; i < bp_layer_biases(layer); i++)
            REAL(bp_put)(type, values, i, scaled(from[layer->bias_at + i], by));
        return;
    }
    for (size_t unit = 0; unit < layer->units; unit += BP_LANES)
        for (size_t input = 0; input < layer->columns; input += BP_LANES) {
            const size_t end = least(input + BP_LANES, layer->columns);
            for (size_t i = unit; i < least(unit + BP_LANES, layer->units); i++)
                if (type == BP_OWN_TYPE)
                    for (size_t k = input; k < end; k++)
                        own[i * layer->columns + k] = scaled(from[weight_at(layer, i, k)], by);
                else
                    for (size_t k = input; k < end; k++)
                        REAL(bp_put)(type, values, i * layer->columns + k, scaled(from[weight_at(layer, i, k)], by));
        }
    if (partial)
        clear_untouched(model, layer, type, values);
}

/* The next column that a gradient has from this one on; `inputs` if there is none. */
static size_t next_column(const struct bp_model *model, const struct bp_layer *layer, size_t column)
{
    return layer == model->layers && model->partial ? REAL(bp_sparse_next)(model, column) : column;
}

static double gradient_squares(const struct bp_model *model, double scale)
{
    const real *g = model->gradient, by = (real)scale;
    double sum = 0;
    for (const struct bp_layer *layer = model->layers; layer < model->layers + model->count; layer++) {
        for (size_t unit = 0; unit < layer->units; unit++)
            for (size_t i = next_column(model, layer, 0); i < layer->columns; i = next_column(model, layer, i + 1)) {
                const double x = (double)scaled(g[weight_at(layer, unit, i)], by);
                sum += x * x;
            }
        for (size_t i = 0; i < bp_layer_biases(layer); i++) {
            const double x = (double)scaled(g[layer->bias_at + i], by);
            sum += x * x;
        }
    }
    return sum;
}

/* In f64 squares overflow where the norm need not: where they may, they are summed of numbers 2^600 times smaller
 * first. */
double REAL(bp_gradient_norm)(const struct bp_model *model, double scale)
{
    const double by = 0x1p-600, much = 0x1p-200;
    if (BY_PRECISION(false, model->gradient_bound > 0x1p500)) {
        const double squares = gradient_squares(model, scale * by);
        if (squares > much)
            return sqrt(squares) / by;
    }
    return sqrt(gradient_squares(model, scale));
}

void REAL(bp_parameters_write)(void *arena, const struct bp_layer *layer, bool bias, int32_t type, const void *values)
{
    real *to = arena;
    const real *own = values; /* as above */
    if (bias) {
        for (size_t i = 0; i < bp_layer_biases(layer); i++)
            to[layer->bias_at + i] = REAL(bp_take)(type, values, i);
        return;
    }
    for (size_t unit = 0; unit < layer->units; unit += BP_LANES)
        for (size_t input = 0; input < layer->columns; input += BP_LANES) {
            const size_t end = least(input + BP_LANES, layer->columns);
            for (size_t i = unit; i < least(unit + BP_LANES, layer->units); i++)
                if (type == BP_OWN_TYPE)
                    for (size_t k = input; k < end; k++)
                        to[weight_at(layer, i, k)] = own[i * layer->columns + k];
                else
                    for (size_t k = input; k < end; k++)
                        to[weight_at(layer, i, k)] = REAL(bp_take)(type, values, i * layer->columns + k);
        }
}

/* [rows][stride] to [rows][columns] */
void REAL(bp_rows_copy)(size_t rows, size_t columns, size_t stride, const void *from, int32_t type, void *values)
{
    const real *at = from;
    for (size_t row = 0; row < rows; row++, at += stride)
        if (type == BP_OWN_TYPE)
            memcpy((real *)values + row * columns, at, columns * sizeof(real));
        else
            for (size_t i = 0; i < columns; i++)
                REAL(bp_put)(type, values, row * columns + i, at[i]);
}

double REAL(bp_number)(const void *values, size_t index) { return (double)((const real *)values)[index]; }

/* A one added to an exponent of ones alone, which is infinity's and NaN's, goes over into the sign. */
static bool all_finite(const real *values, size_t n)
{
    const bp_word exponent = BY_PRECISION(UINT32_C(0x7f800000), UINT64_C(0x7ff0000000000000));
    const bp_word one = exponent & ~(exponent << 1), sign = exponent + one;
    bp_word sums = 0;
    for (size_t i = 0; i < n; i++) {
        bp_word bits;
        memcpy(&bits, &values[i], sizeof(bits));
        sums |= (bits & exponent) + one;
    }
    return !(sums & sign);
}

size_t REAL(bp_first_nonfinite)(const void *values, size_t n)
{
    enum { BLOCK = 512 }; /* so that most are looked at without a branch each */
    const real *v = values;
    size_t i = 0;
    while (n - i >= BLOCK && all_finite(v + i, BLOCK))
        i += BLOCK;
    while (i < n && isfinite(v[i]))
        i++;
    return i;
}

size_t REAL(bp_first_misfit)(int32_t type, const void *values, size_t n)
{
    size_t i = type == BP_OWN_TYPE ? REAL(bp_first_nonfinite)(values, n) : 0;
    while (i < n && isfinite(REAL(bp_take)(type, values, i)))
        i++;
    return i;
}

/* A stream of random numbers for the weights and one for the bias of each layer. */
static bool draw_weights(const struct bp_layer *layer, uint64_t seed, uint32_t stream, const bp_allocator *allocator,
                         real *parameters, double *row)
{
    struct bp_drawer drawer;
    if (!bp_drawer_begin(&drawer, layer, seed, stream, allocator))
        return false;
    for (size_t unit = 0; unit < layer->units; unit++) {
        bp_drawer_row(&drawer, row);
        for (size_t input = 0; input < layer->inputs; input++)
            parameters[weight_at(layer, unit, input)] = REAL(bp_kept)((real)row[input]);
    }
    bp_drawer_end(&drawer, allocator);
    return true;
}

bool REAL(bp_parameters_draw)(const struct bp_model *model, size_t layer, const bp_allocator *allocator,
                              real *parameters)
{
    const struct bp_layer *l = &model->layers[layer];
    const size_t biases = bp_layer_biases(l);
    double *row = bp_memory_allocate(allocator, l->inputs > biases ? l->inputs : biases, sizeof(double));
    const uint32_t stream = 2 * (uint32_t)layer;
    const bool drawn = row && draw_weights(l, model->seed, stream, allocator, parameters, row);
    if (drawn) {
        bp_initializer_bias(l, model->seed, stream + 1, row);
        for (size_t i = 0; i < biases; i++)
            parameters[l->bias_at + i] = REAL(bp_kept)((real)row[i]);
    }
    bp_memory_release(allocator, row);
    return drawn;
}

bool REAL(bp_initializer_draw)(const struct bp_model *model, const bp_allocator *allocator, void *parameters)
{
    for (size_t i = 0; i < model->count; i++) {
        const struct REAL(bp_layer_kind) *kind = REAL(bp_kind)(&model->layers[i]);
        if (kind->draw && !kind->draw(model, i, allocator, parameters))
            return false;
    }
    return true;
}
