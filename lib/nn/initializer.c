/* SPDX-License-Identifier: MIT */
#include "nn/initializer.h"

#include <math.h>
#include <stdint.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "nn/activation.h"

enum distribution { CONSTANT, UNIFORM, NORMAL, ORTHOGONAL, NGUYEN_WIDROW };

/* The variance is scale^2 * numerator / fan, with fan = in, or in + out, or 1 where there is none. */
enum fan { FAN_NONE, FAN_IN, FAN_BOTH };

struct recipe {
    struct bp_named named;
    enum distribution distribution;
    enum fan fan;
    double numerator;
};

/* Without a fan the scale is the distribution's own width, so a uniform one has no factor sqrt 3. */
static const struct recipe recipes[] = {
    {BP_NAMED(BP_INIT_AUTO, "auto", "What suits the layer's activation"), .distribution = CONSTANT,
     .fan = FAN_NONE}, /* stands for another row */
    {BP_NAMED(BP_INIT_ZEROS, "zeros", "All 0"), .distribution = CONSTANT, .fan = FAN_NONE},
    {BP_NAMED(BP_INIT_CONSTANT, "constant", "All equal to the scale"), .distribution = CONSTANT, .fan = FAN_NONE,
     .numerator = 1},
    {BP_NAMED(BP_INIT_UNIFORM, "uniform", "Uniform between minus the scale and the scale"), .distribution = UNIFORM,
     .fan = FAN_NONE, .numerator = 1},
    {BP_NAMED(BP_INIT_NORMAL, "normal", "Normal, with the scale as standard deviation"), .distribution = NORMAL,
     .fan = FAN_NONE, .numerator = 1},
    {BP_NAMED(BP_INIT_GLOROT_UNIFORM, "glorot_uniform", "Uniform, with a variance of 2 / (inputs + units)"),
     .distribution = UNIFORM, .fan = FAN_BOTH, .numerator = 2 * 3},
    {BP_NAMED(BP_INIT_GLOROT_NORMAL, "glorot_normal", "Normal, with a variance of 2 / (inputs + units)"),
     .distribution = NORMAL, .fan = FAN_BOTH, .numerator = 2},
    {BP_NAMED(BP_INIT_HE_UNIFORM, "he_uniform", "Uniform, with a variance of 2 / inputs"), .distribution = UNIFORM,
     .fan = FAN_IN, .numerator = 2 * 3},
    {BP_NAMED(BP_INIT_HE_NORMAL, "he_normal", "Normal, with a variance of 2 / inputs"), .distribution = NORMAL,
     .fan = FAN_IN, .numerator = 2},
    {BP_NAMED(BP_INIT_LECUN_UNIFORM, "lecun_uniform", "Uniform, with a variance of 1 / inputs"),
     .distribution = UNIFORM, .fan = FAN_IN, .numerator = 1 * 3},
    {BP_NAMED(BP_INIT_LECUN_NORMAL, "lecun_normal", "Normal, with a variance of 1 / inputs"), .distribution = NORMAL,
     .fan = FAN_IN, .numerator = 1},
    {BP_NAMED(BP_INIT_ORTHOGONAL, "orthogonal", "Orthonormal rows, or columns if there are more rows"),
     .distribution = ORTHOGONAL, .fan = FAN_NONE, .numerator = 1},
    {BP_NAMED(BP_INIT_NGUYEN_WIDROW, "nguyen_widrow", "Units spread evenly over the inputs' range, with their biases"),
     .distribution = NGUYEN_WIDROW, .fan = FAN_NONE, .numerator = 1},
};

const struct bp_family bp_initializers =
    BP_FAMILY(BP_FAMILY_INITIALIZER, "initializer", "How first weights and biases are drawn", recipes);

static const struct recipe *recipe_of(int32_t initializer) { return bp_family_by_key(&bp_initializers, initializer); }

bool bp_initializer_suits_bias(int32_t initializer)
{
    const struct recipe *recipe = recipe_of(initializer);
    return recipe->fan == FAN_NONE && recipe->distribution <= NORMAL;
}

static int32_t weights_initializer(const struct bp_layer *layer)
{
    const int32_t chosen = bp_key(layer->set.init);
    return chosen == BP_INIT_AUTO ? bp_activation_of(bp_key(layer->set.activation))->init : chosen;
}

/* The n-th root of x >= 1 by bisection: with powers alone, so that every platform gets the same. */
static double root(double x, size_t n)
{
    double low = 1, high = 1 + (x - 1) / (double)n; /* (1 + e)^n >= 1 + n e */
    for (int i = 0; i < 64; i++) {
        const double middle = low + (high - low) / 2;
        if (bp_power(middle, n) < x)
            low = middle;
        else
            high = middle;
    }
    return high;
}

/* Nguyen and Widrow's norm of a unit's weights, 0.7 units^(1 / inputs). */
static double nguyen_widrow_norm(const struct bp_layer *layer)
{
    return 0.7 * layer->set.init_scale * root((double)layer->units, layer->inputs);
}

static double spread_of(const struct recipe *recipe, const struct bp_layer *layer, double scale)
{
    const double in = (double)layer->inputs, out = (double)layer->units;
    if (recipe->distribution == NGUYEN_WIDROW)
        return nguyen_widrow_norm(layer);
    const double fan = recipe->fan == FAN_NONE ? 1 : recipe->fan == FAN_IN ? in : in + out;
    return scale * sqrt(recipe->numerator / fan);
}

static double uniform(struct bp_random *random, double spread) { return spread * (2 * bp_random_uniform(random) - 1); }

static double draw(enum distribution distribution, double spread, struct bp_random *random)
{
    switch (distribution) {
    case UNIFORM:
        return uniform(random, spread);
    case NORMAL:
        return spread * bp_random_normal(random);
    default:
        return spread;
    }
}

/* Makes the columns of m, [rows][columns] with columns <= rows, orthonormal by modified Gram-Schmidt, a row of products
 * at a time. */
static void orthonormalise(double *m, size_t rows, size_t columns, double *product)
{
    for (size_t j = 0; j < columns; j++) {
        for (size_t i = j; i < columns; i++)
            product[i] = 0;
        for (size_t k = 0; k < rows; k++)
            for (size_t i = j; i < columns; i++)
                product[i] += m[k * columns + j] * m[k * columns + i];
        const double square = product[j];
        for (size_t k = 0; k < rows; k++) {
            const double along = m[k * columns + j] / square;
            for (size_t i = j + 1; i < columns; i++)
                m[k * columns + i] -= along * product[i];
            m[k * columns + j] /= sqrt(square);
        }
    }
}

/* A normal matrix made orthonormal is uniform over such matrices (Saxe, McClelland, Ganguli, 2014). Twice, for the
 * rounding that the first time leaves. */
static bool draw_orthogonal(struct bp_drawer *d, const bp_allocator *allocator)
{
    const size_t units = d->layer->units, inputs = d->layer->inputs;
    const bool tall = units >= inputs;
    const size_t rows = tall ? units : inputs, columns = tall ? inputs : units;
    double *m = bp_memory_allocate(allocator, units * inputs, sizeof(double));
    double *product = bp_memory_allocate(allocator, columns, sizeof(double));
    d->orthogonal = m && product ? bp_memory_allocate(allocator, units * inputs, sizeof(double)) : NULL;
    if (d->orthogonal) {
        for (size_t i = 0; i < units * inputs; i++)
            m[i] = bp_random_normal(&d->random);
        orthonormalise(m, rows, columns, product);
        orthonormalise(m, rows, columns, product);
        for (size_t unit = 0; unit < units; unit++)
            for (size_t input = 0; input < inputs; input++)
                d->orthogonal[unit * inputs + input] = m[tall ? unit * inputs + input : input * units + unit];
    }
    bp_memory_release(allocator, product);
    bp_memory_release(allocator, m);
    return d->orthogonal;
}

bool bp_drawer_begin(struct bp_drawer *drawer, const struct bp_layer *layer, uint64_t seed, uint32_t stream,
                     const bp_allocator *allocator)
{
    const int32_t initializer = weights_initializer(layer);
    *drawer = (struct bp_drawer){
        .layer = layer,
        .initializer = initializer,
        .spread = spread_of(recipe_of(initializer), layer, layer->set.init_scale),
        .random = bp_random_start(seed, stream, BP_RANDOM_INIT),
    };
    return initializer != BP_INIT_ORTHOGONAL || draw_orthogonal(drawer, allocator);
}

/* Uniform numbers, then the row stretched to the norm. */
static void nguyen_widrow_row(struct bp_drawer *d, double *row)
{
    double square = 0;
    for (size_t i = 0; i < d->layer->inputs; i++) {
        row[i] = uniform(&d->random, 1);
        square += row[i] * row[i];
    }
    for (size_t i = 0; i < d->layer->inputs; i++)
        row[i] *= d->spread / sqrt(square);
}

void bp_drawer_row(struct bp_drawer *d, double *row)
{
    const size_t inputs = d->layer->inputs;
    const enum distribution distribution = recipe_of(d->initializer)->distribution;
    if (distribution == NGUYEN_WIDROW)
        nguyen_widrow_row(d, row);
    else
        for (size_t i = 0; i < inputs; i++)
            row[i] = d->orthogonal ? d->spread * d->orthogonal[d->unit * inputs + i]
                                   : draw(distribution, d->spread, &d->random);
    d->unit++;
}

void bp_drawer_end(struct bp_drawer *drawer, const bp_allocator *allocator)
{
    bp_memory_release(allocator, drawer->orthogonal);
    drawer->orthogonal = NULL;
}

void bp_initializer_bias(const struct bp_layer *layer, uint64_t seed, uint32_t stream, double *bias)
{
    const int32_t chosen = bp_key(layer->set.bias_init);
    const struct recipe *recipe = recipe_of(chosen);
    struct bp_random random = bp_random_start(seed, stream, BP_RANDOM_INIT);
    enum distribution distribution = recipe->distribution;
    double spread = spread_of(recipe, layer, layer->set.bias_init_scale);
    if (chosen == BP_INIT_AUTO && weights_initializer(layer) == BP_INIT_NGUYEN_WIDROW) {
        distribution = UNIFORM;
        spread = nguyen_widrow_norm(layer);
    }
    for (size_t i = 0; i < bp_layer_biases(layer); i++)
        bias[i] = draw(distribution, spread, &random);
}
