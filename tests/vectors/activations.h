/* SPDX-License-Identifier: MIT */
#ifndef TESTS_VECTORS_ACTIVATIONS_H
#define TESTS_VECTORS_ACTIVATIONS_H

/* Tables of activations and losses, worked out by hand from the formulas of bp.h. */

#include <math.h>

#include <bp/bp.h>

/* Where f or one of its first two derivatives jumps, with what f and f' are just below, at and just above it. */
struct kink {
    int32_t activation;
    double slope; /* 0: as it is */
    double z, f[3], derivative[3];
};

/* At a kink where bp.h does not say which side holds, f' is NAN here: it must lie between the two sides. */
static const struct kink kinks[] = {
    {BP_ACT_RELU, 0, 0, {0, 0, 0}, {0, NAN, 1}},
    {BP_ACT_LEAKY_RELU, 0, 0, {0, 0, 0}, {0.01, 0.01, 1}},
    {BP_ACT_LEAKY_RELU, 0.25, 0, {0, 0, 0}, {0.25, 0.25, 1}},
    {BP_ACT_ELU, 0, 0, {0, 0, 0}, {1, 1, 1}},
    {BP_ACT_ELU, 0.5, 0, {0, 0, 0}, {0.5, 0.5, 1}},
    {BP_ACT_SELU, 0, 0, {0, 0, 0}, {1.7580993408473766, 1.7580993408473766, 1.0507009873554805}},
    {BP_ACT_CELU, 0, 0, {0, 0, 0}, {1, 1, 1}},
    {BP_ACT_CELU, 0.5, 0, {0, 0, 0}, {1, 1, 1}},
    {BP_ACT_SOFTSIGN, 0, 0, {0, 0, 0}, {1, 1, 1}},
    {BP_ACT_ELLIOTT, 0, 0, {0.5, 0.5, 0.5}, {0.5, 0.5, 0.5}},
    {BP_ACT_HARD_SIGMOID, 0, -3, {0, 0, 0}, {0, NAN, 1.0 / 6}},
    {BP_ACT_HARD_SIGMOID, 0, 3, {1, 1, 1}, {1.0 / 6, NAN, 0}},
    {BP_ACT_HARD_TANH, 0, -1, {-1, -1, -1}, {0, NAN, 1}},
    {BP_ACT_HARD_TANH, 0, 1, {1, 1, 1}, {1, NAN, 0}},
    {BP_ACT_HARD_SWISH, 0, -3, {0, 0, 0}, {0, NAN, -0.5}},
    {BP_ACT_HARD_SWISH, 0, 3, {3, 3, 3}, {1.5, NAN, 1}},
    {BP_ACT_TRIANGULAR, 0, -1, {0, 0, 0}, {0, NAN, 1}},
    {BP_ACT_TRIANGULAR, 0, 0, {1, 1, 1}, {1, NAN, -1}},
    {BP_ACT_TRIANGULAR, 0, 1, {0, 0, 0}, {-1, NAN, 0}},
    {BP_ACT_STEP, 0, 0, {0, 1, 1}, {0, 0, 0}},
    {BP_ACT_STEP, 0, -0.0, {0, 1, 1}, {0, 0, 0}},
};

/* A loss around e = a - t: its derivative by a for one output below, at and above e; NAN as above. */
struct loss_kink {
    int32_t loss;
    double e, derivative[3];
};

/* Huber's d is 0.5, q is 0.25. */
static const struct loss_kink loss_kinks[] = {
    {BP_LOSS_MAE, 0, {-1, 0, 1}},
    {BP_LOSS_HUBER, 0.5, {0.5, 0.5, 0.5}},
    {BP_LOSS_HUBER, -0.5, {-0.5, -0.5, -0.5}},
    {BP_LOSS_QUANTILE, 0, {-0.25, NAN, 0.75}},
};

enum { EXTREMES = 4 };

static const double extreme_z[EXTREMES] = {-1e30, -1000, 1000, 1e30};

/* What each activation has, in the order of their constants. */
static const struct {
    int32_t activation, init; /* what BP_INIT_AUTO stands for */
    double low, high;         /* what an output can give; log-softmax is compared with probabilities by its loss */
    /* f and f' far out. NAN: any number in [-1, 1], where the period of a sine is below the spacing of the numbers. */
    double f[EXTREMES], derivative[EXTREMES];
} facts[] = {
    {BP_ACT_IDENTITY, BP_INIT_GLOROT_UNIFORM, -INFINITY, INFINITY, {-1e30, -1000, 1000, 1e30}, {1, 1, 1, 1}},
    {BP_ACT_SIGMOID, BP_INIT_GLOROT_UNIFORM, 0, 1, {0, 0, 1, 1}, {0, 0, 0, 0}},
    {BP_ACT_TANH, BP_INIT_GLOROT_UNIFORM, -1, 1, {-1, -1, 1, 1}, {0, 0, 0, 0}},
    {BP_ACT_SCALED_TANH, BP_INIT_GLOROT_UNIFORM, -1.7159, 1.7159, {-1.7159, -1.7159, 1.7159, 1.7159}, {0, 0, 0, 0}},
    {BP_ACT_RELU, BP_INIT_HE_NORMAL, 0, INFINITY, {0, 0, 1000, 1e30}, {0, 0, 1, 1}},
    {BP_ACT_LEAKY_RELU, BP_INIT_HE_NORMAL, -INFINITY, INFINITY, {-1e28, -10, 1000, 1e30}, {0.01, 0.01, 1, 1}},
    {BP_ACT_ELU, BP_INIT_HE_NORMAL, -1, INFINITY, {-1, -1, 1000, 1e30}, {0, 0, 1, 1}},
    {BP_ACT_SELU,
     BP_INIT_LECUN_NORMAL,
     -1.7581,
     INFINITY,
     {-1.7580993408473766, -1.7580993408473766, 1050.7009873554805, 1.0507009873554805e30},
     {0, 0, 1.0507009873554805, 1.0507009873554805}},
    {BP_ACT_CELU, BP_INIT_HE_NORMAL, -1, INFINITY, {-1, -1, 1000, 1e30}, {0, 0, 1, 1}},
    {BP_ACT_SOFTPLUS, BP_INIT_HE_NORMAL, 0, INFINITY, {0, 0, 1000, 1e30}, {0, 0, 1, 1}},
    {BP_ACT_SOFTSIGN,
     BP_INIT_GLOROT_UNIFORM,
     -1,
     1,
     {-1, -1000.0 / 1001, 1000.0 / 1001, 1},
     {1e-60, 1 / (1001.0 * 1001), 1 / (1001.0 * 1001), 1e-60}},
    {BP_ACT_GELU, BP_INIT_HE_NORMAL, -0.17, INFINITY, {0, 0, 1000, 1e30}, {0, 0, 1, 1}},
    {BP_ACT_GELU_TANH, BP_INIT_HE_NORMAL, -0.17, INFINITY, {0, 0, 1000, 1e30}, {0, 0, 1, 1}},
    {BP_ACT_SILU, BP_INIT_HE_NORMAL, -0.2785, INFINITY, {0, 0, 1000, 1e30}, {0, 0, 1, 1}},
    {BP_ACT_MISH, BP_INIT_HE_NORMAL, -0.3088, INFINITY, {0, 0, 1000, 1e30}, {0, 0, 1, 1}},
    {BP_ACT_HARD_SIGMOID, BP_INIT_GLOROT_UNIFORM, 0, 1, {0, 0, 1, 1}, {0, 0, 0, 0}},
    {BP_ACT_HARD_TANH, BP_INIT_GLOROT_UNIFORM, -1, 1, {-1, -1, 1, 1}, {0, 0, 0, 0}},
    {BP_ACT_HARD_SWISH, BP_INIT_HE_NORMAL, -0.375, INFINITY, {0, 0, 1000, 1e30}, {0, 0, 1, 1}},
    {BP_ACT_ELLIOTT,
     BP_INIT_GLOROT_UNIFORM,
     0,
     1,
     {5e-31, 0.5 / 1001, 1 - 0.5 / 1001, 1},
     {5e-61, 0.5 / (1001.0 * 1001), 0.5 / (1001.0 * 1001), 5e-61}},
    {BP_ACT_GAUSSIAN, BP_INIT_GLOROT_UNIFORM, 0, 1, {0, 0, 0, 0}, {0, 0, 0, 0}},
    {BP_ACT_TRIANGULAR, BP_INIT_GLOROT_UNIFORM, 0, 1, {0, 0, 0, 0}, {0, 0, 0, 0}},
    {BP_ACT_SINE,
     BP_INIT_GLOROT_UNIFORM,
     -1,
     1,
     {NAN, -0.8268795405320025, 0.8268795405320025, NAN},
     {NAN, 0.5623790762907029, 0.5623790762907029, NAN}},
    {BP_ACT_COSINE,
     BP_INIT_GLOROT_UNIFORM,
     -1,
     1,
     {NAN, 0.5623790762907029, 0.5623790762907029, NAN},
     {NAN, 0.8268795405320025, -0.8268795405320025, NAN}},
    {BP_ACT_EXP, BP_INIT_GLOROT_UNIFORM, 0, INFINITY, {0, 0, INFINITY, INFINITY}, {0, 0, INFINITY, INFINITY}},
    {BP_ACT_STEP, BP_INIT_GLOROT_UNIFORM, 0, 1, {0, 0, 1, 1}, {0, 0, 0, 0}},
    {BP_ACT_SOFTMAX, BP_INIT_GLOROT_UNIFORM, 0, 1, {1, 1, 1, 1}, {0, 0, 0, 0}},
    {BP_ACT_LOG_SOFTMAX, BP_INIT_GLOROT_UNIFORM, 0, 1, {0, 0, 0, 0}, {0, 0, 0, 0}},
};

/* f of -infinity and infinity, for activations that have a limit there. */
struct limit {
    int32_t activation;
    double f[2];
};

static const struct limit limits[] = {
    {BP_ACT_IDENTITY, {-INFINITY, INFINITY}},
    {BP_ACT_SIGMOID, {0, 1}},
    {BP_ACT_TANH, {-1, 1}},
    {BP_ACT_SCALED_TANH, {-1.7159, 1.7159}},
    {BP_ACT_RELU, {0, INFINITY}},
    {BP_ACT_LEAKY_RELU, {-INFINITY, INFINITY}},
    {BP_ACT_ELU, {-1, INFINITY}},
    {BP_ACT_SELU, {-1.7580993408473766, INFINITY}},
    {BP_ACT_CELU, {-1, INFINITY}},
    {BP_ACT_SOFTPLUS, {0, INFINITY}},
    {BP_ACT_SOFTSIGN, {-1, 1}},
    {BP_ACT_GELU, {0, INFINITY}},
    {BP_ACT_GELU_TANH, {0, INFINITY}},
    {BP_ACT_SILU, {0, INFINITY}},
    {BP_ACT_MISH, {0, INFINITY}},
    {BP_ACT_HARD_SIGMOID, {0, 1}},
    {BP_ACT_HARD_TANH, {-1, 1}},
    {BP_ACT_HARD_SWISH, {0, INFINITY}},
    {BP_ACT_ELLIOTT, {0, 1}},
    {BP_ACT_GAUSSIAN, {0, 0}},
    {BP_ACT_TRIANGULAR, {0, 0}},
    {BP_ACT_EXP, {0, INFINITY}},
    {BP_ACT_STEP, {0, 1}},
};

/* Softmax and log-softmax of three units whose exponentials overflow, and whose differences do not. */
struct wide_softmax {
    double z[3], softmax[3], log_softmax[3];
};

static const struct wide_softmax wide_softmaxes[] = {
    {{1000, 1001, 1000},
     {0.21194155761708544, 0.5761168847658291, 0.21194155761708544},
     {-1.5514447139320511, -0.55144471393205108, -1.5514447139320511}},
    {{-1001, -1000, -1001},
     {0.21194155761708544, 0.5761168847658291, 0.21194155761708544},
     {-1.5514447139320511, -0.55144471393205108, -1.5514447139320511}},
    {{-1000, 0, 1000}, {0, 0, 1}, {-2000, -1000, 0}},
    {{1e30, -1e30, 0}, {1, 0, 0}, {0, -2e30, -1e30}},
};

#endif
