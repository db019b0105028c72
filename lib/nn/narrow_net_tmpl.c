/* SPDX-License-Identifier: MIT
 *
 * The plan of a narrow net, whose layers have a panel of units each: where everything lies is written down once, and a
 * training step on one row is one call of kernels/narrow_tmpl.c. */
#include <string.h>

#include "nn/typed.h"

/* Delta and input up to this size each keep a gradient within what nn/train_tmpl.c calls bounded. */
#define BOUND 0x1p15

/* Weights and biases lie one after the other: where all are trained, and all alike, a step takes them as one vector. */
static bool is_narrow(const struct bp_model *model)
{
    const struct REAL(bp_plan) *plan = REAL(bp_plan_of)(model);
    bool narrow =
        plan->fused && !plan->decays && plan->update.l1 == 0 && model->inputs <= BP_NARROW_INPUTS &&
        model->work.capacity > 0 &&
        (model->arena_size + model->count * BP_LANES * BP_LANES) * sizeof(real) <= REAL(bp_dense_workspace_size)();
    for (size_t i = 0; i < model->count; i++) {
        const struct bp_layer *layer = &model->layers[i];
        narrow = narrow && REAL(bp_kind)(layer)->is_narrow && layer->panels == 1 &&
                 bp_key(layer->set.bias) == BP_BIAS_UNIT && layer->set.train_weights != 0 &&
                 layer->set.train_bias != 0 && (i + 1 == model->count || !bp_layer_by_row(layer));
    }
    for (size_t i = 0; i < model->states; i++)
        narrow = narrow && model->state[i];
    return narrow;
}

/* The kernels for the widest layer. */
static const struct REAL(bp_narrow_kernel) *kernel_of(const struct bp_model *model)
{
    const struct REAL(bp_kernels) *kernels = REAL(bp_kernels_of)(model);
    size_t most = 0;
    for (size_t i = 0; i < model->count; i++)
        most = model->layers[i].units > most ? model->layers[i].units : most;
    return most > BP_LANES / 2 ? &kernels->narrow : &kernels->half_narrow;
}

static void plan_layer(struct bp_model *model, size_t i)
{
    struct REAL(bp_plan) *plan = model->plan;
    const struct bp_layer *layer = &model->layers[i];
    struct REAL(bp_narrow_layer) *narrow = plan->narrow.layers + i;
    real *parameters = model->parameters, *gradient = model->workspaces;
    *narrow = (struct REAL(bp_narrow_layer)){
        .inputs = layer->inputs,
        .in = i == 0 ? plan->narrow_x : narrow[-1].out.a,
        .w = parameters + layer->weights_at,
        .b = parameters + layer->bias_at,
        .dw = gradient + layer->weights_at,
        .db = gradient + layer->bias_at,
        .out = REAL(bp_units_of)(model, layer, 1),
        .transposed = gradient + model->arena_size + i * BP_LANES * BP_LANES,
        .unit = plan->narrow_kernel->unit[layer->activation],
        .forward = plan->kernels.forward[layer->activation],
        .backward = plan->kernels.backward[layer->activation],
    };
}

/* The step of all parameters. */
static struct REAL(bp_update) whole_update(const struct bp_model *model)
{
    const struct bp_segment all = {0, 0, model->arena_size, false};
    const struct REAL(bp_update) start = REAL(bp_optimizer_start)(model, 1);
    struct REAL(bp_update) update = REAL(bp_optimizer_segment)(&start, model, &all);
    update.g = model->workspaces;
    return update;
}

void REAL(bp_narrow_plan)(struct bp_model *model)
{
    struct REAL(bp_plan) *plan = model->plan;
    plan->is_narrow = is_narrow(model);
    if (!plan->is_narrow)
        return;
    const struct REAL(bp_units) last = REAL(bp_units_of)(model, bp_model_last(model), 1);
    plan->narrow_kernel = kernel_of(model);
    plan->narrow = (struct REAL(bp_narrow)){
        .count = model->count,
        .layers = model->narrow,
        .loss = plan->narrow_kernel->losses + (plan->loss - plan->kernels.losses),
        .row = {last.units, last.z, last.a, model->label_row, plan->loss_parameter, plan->loss->mean},
        .bound = (real)BOUND,
        .update = whole_update(model),
        .plain_sgd = plan->plain_sgd,
        .step = plan->step,
    };
    for (size_t i = 0; i < model->count; i++)
        plan_layer(model, i);
    memset(plan->narrow_x, 0, sizeof(plan->narrow_x));
}

enum bp_narrow_end REAL(bp_narrow_train)(struct bp_model *model, const struct bp_rows *row, double *loss)
{
    struct REAL(bp_plan) *plan = model->plan;
    const size_t outputs = plan->narrow.row.n;
    REAL(bp_scale_inputs)(model, row, plan->narrow_x, model->inputs);
    if (plan->corrected)
        plan->narrow.update = whole_update(model);
    if (row->labels) /* the row before may have left its numbers */
        memset(model->label_row, 0, BP_LANES * sizeof(real));
    REAL(bp_loss_put_target)(row, bp_model_scaling(model, &model->of_targets), 0, outputs, model->label_row);
    const enum bp_narrow_end end = plan->narrow_kernel->train(&plan->narrow, loss);
    model->samples++;
    model->steps += end == BP_NARROW_DONE;
    return end;
}
