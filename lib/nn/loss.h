/* SPDX-License-Identifier: MIT
 *
 * What is known of each loss beside its mathematics, which is kernels/loss_tmpl.c. */
#ifndef BP_NN_LOSS_H
#define BP_NN_LOSS_H

#include "base/keys.h"

extern const struct bp_family bp_losses;

/* Why this loss makes no sense for a last layer of `units` units with this activation, and what to use instead; NULL if
 * it does make sense. */
const char *bp_loss_refusal(int32_t loss, int32_t activation, size_t units);

#endif
