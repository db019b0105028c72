/* SPDX-License-Identifier: MIT */
#include "nn/activation.h"

#include <bp/bp.h>

static const struct bp_activation rows[] = {
    {BP_NAMED(BP_ACT_IDENTITY, "identity", "The weighted sum itself, z"), .init = BP_INIT_GLOROT_UNIFORM,
     .range = BP_RANGE_ANY},
    {BP_NAMED(BP_ACT_SIGMOID, "sigmoid", "The logistic function, 1 / (1 + exp(-z)), between 0 and 1"),
     .init = BP_INIT_GLOROT_UNIFORM, .range = BP_RANGE_UNIT},
    {BP_NAMED(BP_ACT_TANH, "tanh", "The hyperbolic tangent, between -1 and 1"), .init = BP_INIT_GLOROT_UNIFORM,
     .range = BP_RANGE_ANY},
    {BP_NAMED(BP_ACT_SCALED_TANH, "scaled_tanh", "1.7159 tanh(2z/3), which keeps inputs of variance 1 at variance 1"),
     .init = BP_INIT_GLOROT_UNIFORM, .range = BP_RANGE_ANY},
    {BP_NAMED(BP_ACT_RELU, "relu", "The rectified linear unit, max(0, z)"), .init = BP_INIT_HE_NORMAL,
     .range = BP_RANGE_ANY},
    {BP_NAMED(BP_ACT_LEAKY_RELU, "leaky_relu", "z above 0, slope z below"), .init = BP_INIT_HE_NORMAL,
     .range = BP_RANGE_ANY, .slope = 0.01},
    {BP_NAMED(BP_ACT_ELU, "elu", "z above 0, slope (exp(z) - 1) below"), .init = BP_INIT_HE_NORMAL,
     .range = BP_RANGE_ANY, .slope = 1, .slope_low = 1e-3},
    {BP_NAMED(BP_ACT_SELU, "selu", "ELU, scaled so that layers keep mean 0 and variance 1"),
     .init = BP_INIT_LECUN_NORMAL, .range = BP_RANGE_ANY},
    {BP_NAMED(BP_ACT_CELU, "celu", "z above 0, slope (exp(z / slope) - 1) below"), .init = BP_INIT_HE_NORMAL,
     .range = BP_RANGE_ANY, .slope = 1, .slope_low = 1e-3},
    {BP_NAMED(BP_ACT_SOFTPLUS, "softplus", "A smooth ReLU, log(1 + exp(slope z)) / slope"), .init = BP_INIT_HE_NORMAL,
     .range = BP_RANGE_POSITIVE, .slope = 1, .slope_low = 1e-3},
    {BP_NAMED(BP_ACT_SOFTSIGN, "softsign", "z / (1 + |z|), between -1 and 1"), .init = BP_INIT_GLOROT_UNIFORM,
     .range = BP_RANGE_ANY},
    {BP_NAMED(BP_ACT_GELU, "gelu", "z times the normal distribution function of z"), .init = BP_INIT_HE_NORMAL,
     .range = BP_RANGE_ANY},
    {BP_NAMED(BP_ACT_GELU_TANH, "gelu_tanh", "GELU by its approximation with tanh"), .init = BP_INIT_HE_NORMAL,
     .range = BP_RANGE_ANY},
    {BP_NAMED(BP_ACT_SILU, "silu", "z sigmoid(z), also called swish"), .init = BP_INIT_HE_NORMAL,
     .range = BP_RANGE_ANY},
    {BP_NAMED(BP_ACT_MISH, "mish", "z tanh(softplus(z))"), .init = BP_INIT_HE_NORMAL, .range = BP_RANGE_ANY},
    {BP_NAMED(BP_ACT_HARD_SIGMOID, "hard_sigmoid", "Sigmoid made of three lines, z/6 + 1/2 between 0 and 1"),
     .init = BP_INIT_GLOROT_UNIFORM, .range = BP_RANGE_ANY},
    {BP_NAMED(BP_ACT_HARD_TANH, "hard_tanh", "Tanh made of three lines, z between -1 and 1"),
     .init = BP_INIT_GLOROT_UNIFORM, .range = BP_RANGE_ANY},
    {BP_NAMED(BP_ACT_HARD_SWISH, "hard_swish", "z hard_sigmoid(z)"), .init = BP_INIT_HE_NORMAL, .range = BP_RANGE_ANY},
    {BP_NAMED(BP_ACT_ELLIOTT, "elliott", "A sigmoid without exp, z / (2 (1 + |z|)) + 1/2"),
     .init = BP_INIT_GLOROT_UNIFORM, .range = BP_RANGE_UNIT},
    {BP_NAMED(BP_ACT_GAUSSIAN, "gaussian", "A bell, exp(-z^2)"), .init = BP_INIT_GLOROT_UNIFORM, .range = BP_RANGE_ANY},
    {BP_NAMED(BP_ACT_TRIANGULAR, "triangular", "A tent, max(0, 1 - |z|)"), .init = BP_INIT_GLOROT_UNIFORM,
     .range = BP_RANGE_ANY},
    {BP_NAMED(BP_ACT_SINE, "sine", "The sine of z"), .init = BP_INIT_GLOROT_UNIFORM, .range = BP_RANGE_ANY},
    {BP_NAMED(BP_ACT_COSINE, "cosine", "The cosine of z"), .init = BP_INIT_GLOROT_UNIFORM, .range = BP_RANGE_ANY},
    {BP_NAMED(BP_ACT_EXP, "exp", "The exponential function, for rates and counts"), .init = BP_INIT_GLOROT_UNIFORM,
     .range = BP_RANGE_POSITIVE},
    {BP_NAMED(BP_ACT_STEP, "step", "1 from 0 on, else 0: only for inference, as its derivative is 0"),
     .init = BP_INIT_GLOROT_UNIFORM, .range = BP_RANGE_ANY},
    {BP_NAMED(BP_ACT_SOFTMAX, "softmax", "Probabilities of the layer's units, which sum to 1"),
     .init = BP_INIT_GLOROT_UNIFORM, .range = BP_RANGE_UNIT},
    {BP_NAMED(BP_ACT_LOG_SOFTMAX, "log_softmax", "The logarithms of softmax"), .init = BP_INIT_GLOROT_UNIFORM,
     .range = BP_RANGE_LOG_PROBABILITY},
};

const struct bp_family bp_activations =
    BP_FAMILY(BP_FAMILY_ACTIVATION, "activation", "Activations of dense layers", rows);

const struct bp_activation *bp_activation_of(int32_t key) { return bp_family_by_key(&bp_activations, key); }
