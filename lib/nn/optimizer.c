/* SPDX-License-Identifier: MIT */
#include "nn/optimizer.h"

#include <math.h>

#include <bp/bp.h>

/* The constants are PyTorch's, except SGD's learning rate, which has no default there. */
static const struct bp_optimizer rows[] = {
    {BP_NAMED(BP_OPTIM_SGD, "sgd", "Gradient descent, with momentum if that is set"), .momentum_states = 1,
     .learning_rate = 0.01, .epsilon = 1e-8},
    {BP_NAMED(BP_OPTIM_ADAGRAD, "adagrad", "Steps that shrink with the sum of the squared gradients"), .states = 1,
     .squares = true, .learning_rate = 0.01, .epsilon = 1e-10},
    {BP_NAMED(BP_OPTIM_RMSPROP, "rmsprop", "Steps divided by the root of a running mean of squared gradients"),
     .states = 1, .momentum_states = 1, .squares = true, .learning_rate = 0.01, .epsilon = 1e-8},
    {BP_NAMED(BP_OPTIM_ADAM, "adam", "Running means of gradients and of their squares, corrected for their start"),
     .states = 2, .squares = true, .learning_rate = 0.001, .epsilon = 1e-8},
    {BP_NAMED(BP_OPTIM_ADAMW, "adamw", "Adam with weight decay that is not part of the gradient"), .states = 2,
     .squares = true, .learning_rate = 0.001, .epsilon = 1e-8, .weight_decay = 0.01},
    {BP_NAMED(BP_OPTIM_RPROP, "rprop",
              "A step size for each weight by the signs of its gradients, for batches of all rows"),
     .states = 2, .learning_rate = 0.01, .epsilon = 1e-8},
    {BP_NAMED(BP_OPTIM_QUICKPROP, "quickprop",
              "Steps to the vertex of a parabola for each weight, for batches of all rows"),
     .states = 2, .learning_rate = 0.01, .epsilon = 1e-8},
};

const struct bp_family bp_optimizers =
    BP_FAMILY(BP_FAMILY_OPTIMIZER, "optimizer", "Optimisers, which take the steps", rows);

const struct bp_optimizer *bp_optimizer_of(int32_t key) { return bp_family_by_key(&bp_optimizers, key); }

size_t bp_optimizer_states(const struct bp_settings *settings)
{
    const struct bp_optimizer *row = bp_optimizer_of((int32_t)settings->optimizer);
    return row->states + (settings->momentum > 0 ? row->momentum_states : 0);
}

struct bp_settings bp_optimizer_settings(const struct bp_settings *settings)
{
    struct bp_settings s = *settings;
    const struct bp_optimizer *row = bp_optimizer_of((int32_t)s.optimizer);
    s.learning_rate = isnan(s.learning_rate) ? row->learning_rate : s.learning_rate;
    s.epsilon = isnan(s.epsilon) ? row->epsilon : s.epsilon;
    s.weight_decay = isnan(s.weight_decay) ? row->weight_decay : s.weight_decay;
    return s;
}
