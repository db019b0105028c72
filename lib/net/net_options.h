/* SPDX-License-Identifier: MIT
 *
 * BP_OPT_* and BP_LAYER_*: one table of keys, names, bounds and first values. */
#ifndef BP_NET_NET_OPTIONS_H
#define BP_NET_NET_OPTIONS_H

#include <bp/bp.h>

#include "base/names.h"
#include "net/handle.h"
#include "nn/model.h"
#include "nn/settings.h"

/* The first values of a net. */
void bp_options_start(struct bp_settings *settings);

/* The settings of a new layer of a kind, whose first option, if it has any, gets this value once it is checked. */
bp_status bp_layer_start(const struct bp_call *call, struct bp_layer *layer, int32_t kind, double value);

/* The values of an enumeration; NULL for other options. */
const struct bp_names *bp_option_members(int32_t option);

/* Whether files keep an option of nets: those of the machine that runs the net, threads and CBLAS, they do not. */
bool bp_option_in_file(int32_t option);

/* For files: whether an option is the net's or the layer's, and set, so that a file keeps it; and what it is. Not kept are
 * what follows the optimiser until it is set. */
bool bp_option_kept(const bp_net *net, int32_t option, double *value);
bool bp_layer_option_kept(const struct bp_layer *layer, int32_t option, double *value);

#endif
