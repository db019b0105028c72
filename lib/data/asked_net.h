/* SPDX-License-Identifier: MIT
 *
 * What data sets and trainings ask a net by its public interface. */
#ifndef BP_DATA_ASKED_NET_H
#define BP_DATA_ASKED_NET_H

#include <stdbool.h>

#include <bp/bp.h>

#include "base/row_set.h"

/* Of an option that every net has. */
double bp_option_of_net(const bp_net *net, int32_t option);

/* How many numbers an array has: 0 where the net or the layer has no such array. */
size_t bp_numbers_of_net(const bp_net *net, int32_t array, size_t layer);

/* A whole array, in numbers of the net's own type. */
bp_status bp_read_net(const bp_net *net, int32_t array, size_t layer, void *numbers);
bp_status bp_write_net(bp_net *net, int32_t array, size_t layer, const void *numbers);

/* [count] each, of the inputs or the targets; 0 and 1 where there is no scaling. */
bp_status bp_read_scaling(const bp_net *net, bool targets, size_t count, double *center, double *factor);

#endif
