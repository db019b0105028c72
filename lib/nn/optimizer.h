/* SPDX-License-Identifier: MIT
 *
 * What is known of each optimiser beside its mathematics, which is kernels/update_tmpl.c and nn/optimizer_tmpl.c. */
#ifndef BP_NN_OPTIMIZER_H
#define BP_NN_OPTIMIZER_H

#include "base/keys.h"
#include "nn/settings.h"

struct bp_optimizer {
    struct bp_named named;
    size_t states, momentum_states;              /* vectors of state; those that momentum adds */
    bool squares;                                /* the first of them is of squares: none is negative */
    double learning_rate, epsilon, weight_decay; /* what an option that follows the optimiser is */
};

extern const struct bp_family bp_optimizers;

const struct bp_optimizer *bp_optimizer_of(int32_t key);

/* Vectors of state that these settings need: 0, 1 or 2. */
size_t bp_optimizer_states(const struct bp_settings *settings);

/* The settings with the optimiser's own values where an option follows it, which NaN says. */
struct bp_settings bp_optimizer_settings(const struct bp_settings *settings);

#endif
