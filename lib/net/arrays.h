/* SPDX-License-Identifier: MIT
 *
 * BP_ARRAY_*: what a net holds, by key. */
#ifndef BP_NET_ARRAYS_H
#define BP_NET_ARRAYS_H

#include "base/keys.h"
#include "net/handle.h"

extern const struct bp_family bp_arrays;

/* net/net_scaling.c: center or factor of the inputs or the targets. */
struct bp_scaling_part {
    bool targets, factor;
};

/* [columns]; 0 where the net has no such scaling. */
size_t bp_scaling_columns(const bp_net *net, struct bp_scaling_part part);
void bp_scaling_read(const bp_net *net, struct bp_scaling_part part, int32_t type, void *numbers);

/* BP_ERR_SHAPE: count is neither 0, which takes both parts away, nor a number for each column. */
bp_status bp_scaling_write(const struct bp_call *call, bp_net *net, struct bp_scaling_part part, int32_t type,
                           const void *numbers, size_t count);

#endif
