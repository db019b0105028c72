/* SPDX-License-Identifier: MIT */
#include "nn/activation.h"

#include <bp/bp.h>

/* Rows stand in the order of their keys. */
static const struct bp_activation rows[] = {
    {{BP_ACT_IDENTITY, "identity"}, BP_INIT_GLOROT_UNIFORM, BP_RANGE_ANY, 0, 0},
    {{BP_ACT_SIGMOID, "sigmoid"}, BP_INIT_GLOROT_UNIFORM, BP_RANGE_UNIT, 0, 0},
    {{BP_ACT_TANH, "tanh"}, BP_INIT_GLOROT_UNIFORM, BP_RANGE_ANY, 0, 0},
    {{BP_ACT_SCALED_TANH, "scaled_tanh"}, BP_INIT_GLOROT_UNIFORM, BP_RANGE_ANY, 0, 0},
    {{BP_ACT_RELU, "relu"}, BP_INIT_HE_NORMAL, BP_RANGE_ANY, 0, 0},
    {{BP_ACT_LEAKY_RELU, "leaky_relu"}, BP_INIT_HE_NORMAL, BP_RANGE_ANY, 0.01, 0},
    {{BP_ACT_ELU, "elu"}, BP_INIT_HE_NORMAL, BP_RANGE_ANY, 1, 1e-3},
    {{BP_ACT_SELU, "selu"}, BP_INIT_LECUN_NORMAL, BP_RANGE_ANY, 0, 0},
    {{BP_ACT_CELU, "celu"}, BP_INIT_HE_NORMAL, BP_RANGE_ANY, 1, 1e-3},
    {{BP_ACT_SOFTPLUS, "softplus"}, BP_INIT_HE_NORMAL, BP_RANGE_POSITIVE, 1, 1e-3},
    {{BP_ACT_SOFTSIGN, "softsign"}, BP_INIT_GLOROT_UNIFORM, BP_RANGE_ANY, 0, 0},
    {{BP_ACT_GELU, "gelu"}, BP_INIT_HE_NORMAL, BP_RANGE_ANY, 0, 0},
    {{BP_ACT_GELU_TANH, "gelu_tanh"}, BP_INIT_HE_NORMAL, BP_RANGE_ANY, 0, 0},
    {{BP_ACT_SILU, "silu"}, BP_INIT_HE_NORMAL, BP_RANGE_ANY, 0, 0},
    {{BP_ACT_MISH, "mish"}, BP_INIT_HE_NORMAL, BP_RANGE_ANY, 0, 0},
    {{BP_ACT_HARD_SIGMOID, "hard_sigmoid"}, BP_INIT_GLOROT_UNIFORM, BP_RANGE_ANY, 0, 0},
    {{BP_ACT_HARD_TANH, "hard_tanh"}, BP_INIT_GLOROT_UNIFORM, BP_RANGE_ANY, 0, 0},
    {{BP_ACT_HARD_SWISH, "hard_swish"}, BP_INIT_HE_NORMAL, BP_RANGE_ANY, 0, 0},
    {{BP_ACT_ELLIOTT, "elliott"}, BP_INIT_GLOROT_UNIFORM, BP_RANGE_UNIT, 0, 0},
    {{BP_ACT_GAUSSIAN, "gaussian"}, BP_INIT_GLOROT_UNIFORM, BP_RANGE_ANY, 0, 0},
    {{BP_ACT_TRIANGULAR, "triangular"}, BP_INIT_GLOROT_UNIFORM, BP_RANGE_ANY, 0, 0},
    {{BP_ACT_SINE, "sine"}, BP_INIT_GLOROT_UNIFORM, BP_RANGE_ANY, 0, 0},
    {{BP_ACT_COSINE, "cosine"}, BP_INIT_GLOROT_UNIFORM, BP_RANGE_ANY, 0, 0},
    {{BP_ACT_EXP, "exp"}, BP_INIT_GLOROT_UNIFORM, BP_RANGE_POSITIVE, 0, 0},
    {{BP_ACT_STEP, "step"}, BP_INIT_GLOROT_UNIFORM, BP_RANGE_ANY, 0, 0},
    {{BP_ACT_SOFTMAX, "softmax"}, BP_INIT_GLOROT_UNIFORM, BP_RANGE_UNIT, 0, 0},
    {{BP_ACT_LOG_SOFTMAX, "log_softmax"}, BP_INIT_GLOROT_UNIFORM, BP_RANGE_LOG_PROBABILITY, 0, 0},
};

const struct bp_names bp_activations = BP_NAMES(rows);

const struct bp_activation *bp_activation_of(int32_t key) { return bp_names_by_key(&bp_activations, key); }
