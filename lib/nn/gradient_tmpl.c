/* SPDX-License-Identifier: MIT
 *
 * The gradient of all layers: its sums, or the steps in their place; where a new sum starts; and a bound of its
 * numbers, from which a step may know that it is safe. */
#include <math.h>
#include <string.h>

#include "nn/typed.h"

static bool is_sparse(const struct REAL(bp_matrix) *input, size_t layer) { return layer == 0 && input->sparse; }

static void clear_gradient(const struct bp_model *model, size_t at, size_t n)
{
    memset((real *)model->gradient + at, 0, n * sizeof(real));
}

/* Adds to the gradient of a segment, or begins it; or, in place of the sums, takes the step with them. */
static void segment_gradient(struct bp_model *model, const struct bp_segment *segment, const struct REAL(bp_matrix) *in,
                             const struct REAL(bp_units) *units, const struct REAL(bp_update) *update)
{
    const struct bp_layer *layer = &model->layers[segment->layer];
    const struct REAL(bp_layer_kind) *kind = REAL(bp_kind)(layer);
    if (!kind->fuses_step && (update || model->gradient_rows == 0))
        clear_gradient(model, segment->at, segment->size);
    kind->gradient(model, layer, segment->bias, in, units, kind->fuses_step ? update : NULL);
    if (!kind->fuses_step && update)
        REAL(bp_plan_of)(model)->step(update);
}

static void gradient(struct bp_model *model, size_t rows, const struct REAL(bp_matrix) *input,
                     const struct REAL(bp_update) *update)
{
    struct bp_segment segment;
    for (size_t i = 0; bp_model_next_segment(model, &i, &segment);) {
        const struct REAL(bp_matrix) in = REAL(bp_layer_input)(model, segment.layer, input);
        const struct REAL(bp_units) units = REAL(bp_units_of)(model, &model->layers[segment.layer], rows);
        struct REAL(bp_update) own;
        if (update)
            own = REAL(bp_optimizer_segment)(update, model, &segment);
        segment_gradient(model, &segment, &in, &units, update ? &own : NULL);
    }
}

/* What is not trained is not added to, and starts from 0 all the same: with sparse rows, with no column touched. */
static void start_untrained(struct bp_model *model, const struct REAL(bp_matrix) *input)
{
    model->partial = is_sparse(input, 0);
    for (size_t i = 0; i < model->count; i++) {
        const struct bp_layer *layer = &model->layers[i];
        if (layer->set.train_weights == 0 && !is_sparse(input, i))
            clear_gradient(model, layer->weights_at, layer->weights_size);
        if (layer->set.train_bias == 0)
            clear_gradient(model, layer->bias_at, layer->bias_size);
    }
}

/* The largest |x| of n numbers, infinite if any is infinite or NaN. */
static double largest_of(const struct bp_model *model, size_t n, const real *x)
{
    const size_t whole = n - n % BP_LANES;
    real rest[BP_LANES] = {0}, most = REAL(bp_kernels_of)(model)->largest(whole, x);
    if (whole < n) {
        memcpy(rest, x + whole, (n - whole) * sizeof(real));
        const real last = REAL(bp_kernels_of)(model)->largest(BP_LANES, rest);
        most = most < last ? last : most;
    }
    return (double)most;
}

/* The largest |x| of sparse rows as the network sees them, or more. */
static double largest_sparse(const struct bp_model *model, const struct bp_sparse *rows)
{
    const struct bp_scaling *scaling = bp_model_scaling(model, &model->of_inputs);
    return rows->largest * (scaling ? scaling->largest : 1);
}

/* The rounding of the sums over so many rows cannot use up the slack. */
#define SLACK 4
#define FEW_ENOUGH 0x1p20

/* Of a bounded kind |dW| <= rows max|delta| max|a|, and |db| <= rows units max|delta|. */
double REAL(bp_gradient_bound)(const struct bp_model *model, size_t rows, const struct REAL(bp_matrix) *input)
{
    double bound = 0;
    if ((double)(model->gradient_rows + rows) > FEW_ENOUGH)
        return HUGE_VAL;
    for (size_t i = 0; i < model->count; i++) {
        const struct bp_layer *layer = &model->layers[i];
        if (layer->weights_size + layer->bias_size == 0 ||
            (layer->set.train_weights == 0 && layer->set.train_bias == 0))
            continue;
        if (!REAL(bp_kind)(layer)->is_bounded)
            return HUGE_VAL;
        const struct REAL(bp_matrix) in = REAL(bp_layer_input)(model, i, input);
        const double delta = largest_of(model, rows * layer->stride, REAL(bp_rows)(model, model->work.delta, layer));
        const double units = (double)layer->units;
        const double a =
            is_sparse(input, i) ? largest_sparse(model, input->sparse) : largest_of(model, rows * in.stride, in.at);
        const double wide = a > units ? a : units;
        if (!isfinite(wide) || !(delta <= DBL_MAX / (SLACK * FEW_ENOUGH) / wide))
            return HUGE_VAL;
        const double most = SLACK * (double)rows * delta * wide;
        bound = most > bound ? most : bound;
    }
    return bound;
}

void REAL(bp_gradient_add)(struct bp_model *model, size_t rows, const struct REAL(bp_matrix) *input)
{
    const struct bp_layer *first = &model->layers[0];
    const double bound = REAL(bp_gradient_bound)(model, rows, input);
    if (model->gradient_rows == 0) {
        REAL(bp_sparse_forget)(model);
        start_untrained(model, input);
        model->gradient_bound = 0;
    }
    if (model->partial && !is_sparse(input, 0))
        REAL(bp_sparse_spread)(model);
    model->gradient_bound += bound;
    gradient(model, rows, input, NULL);
    if (isinf(bound) && is_sparse(input, 0) && first->set.train_weights != 0)
        REAL(bp_sparse_spoil)(model, rows, REAL(bp_rows)(model, model->work.delta, first));
    model->gradient_rows += rows;
}

void REAL(bp_gradient_open)(struct bp_model *model)
{
    if (model->gradient_rows == 0)
        clear_gradient(model, 0, model->arena_size);
    REAL(bp_sparse_spread)(model);
    model->gradient_bound = HUGE_VAL;
}

void REAL(bp_gradient_step)(struct bp_model *model, size_t rows, const struct REAL(bp_matrix) *input)
{
    const struct REAL(bp_update) update = REAL(bp_optimizer_start)(model, rows);
    REAL(bp_sparse_forget)(model);
    gradient(model, rows, input, &update);
    model->steps++;
}
