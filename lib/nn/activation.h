/* SPDX-License-Identifier: MIT
 *
 * What is known of each activation beside its mathematics, which is kernels/activation_tmpl.c. */
#ifndef BP_NN_ACTIVATION_H
#define BP_NN_ACTIVATION_H

#include <stdbool.h>

#include "base/keys.h"

/* The numbers that f can give, as far as a loss cares. */
enum bp_range {
    BP_RANGE_ANY,
    BP_RANGE_POSITIVE,       /* above 0 */
    BP_RANGE_UNIT,           /* between 0 and 1, neither of them reached for moderate z */
    BP_RANGE_LOG_PROBABILITY /* logarithms of numbers that sum to 1 */
};

struct bp_activation {
    struct bp_named named;
    int32_t init; /* what BP_INIT_AUTO stands for */
    enum bp_range range;
    double slope, slope_low; /* first and least BP_LAYER_SLOPE; 0, 0 where it has none */
};

extern const struct bp_family bp_activations;

/* NULL if there is none. */
const struct bp_activation *bp_activation_of(int32_t key);

static inline bool bp_activation_has_slope(const struct bp_activation *activation) { return activation->slope > 0; }

#endif
