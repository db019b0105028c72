/* SPDX-License-Identifier: MIT */
#include "nn/optimizer.h"

#include <math.h>

#include <bp/bp.h>

/* The constants are PyTorch's, but for SGD's learning rate, which there has none. */
static const struct bp_optimizer rows[] = {
    {{BP_OPTIM_SGD, "sgd"}, 0, 1, false, 0.01, 1e-8, 0},
    {{BP_OPTIM_ADAGRAD, "adagrad"}, 1, 0, true, 0.01, 1e-10, 0},
    {{BP_OPTIM_RMSPROP, "rmsprop"}, 1, 1, true, 0.01, 1e-8, 0},
    {{BP_OPTIM_ADAM, "adam"}, 2, 0, true, 0.001, 1e-8, 0},
    {{BP_OPTIM_ADAMW, "adamw"}, 2, 0, true, 0.001, 1e-8, 0.01},
    {{BP_OPTIM_RPROP, "rprop"}, 2, 0, false, 0.01, 1e-8, 0},
    {{BP_OPTIM_QUICKPROP, "quickprop"}, 2, 0, false, 0.01, 1e-8, 0},
};

const struct bp_names bp_optimizers = BP_NAMES(rows);

const struct bp_optimizer *bp_optimizer_of(int32_t key) { return bp_names_by_key(&bp_optimizers, key); }

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
