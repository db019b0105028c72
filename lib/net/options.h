/* SPDX-License-Identifier: MIT
 *
 * BP_OPT_* and BP_LAYER_*: one table of keys, names, bounds and first values. */
#ifndef BP_NET_OPTIONS_H
#define BP_NET_OPTIONS_H

#include "base/names.h"
#include "nn/settings.h"

/* The first values of a net and of a layer. */
void bp_options_start(struct bp_settings *settings);
void bp_options_start_layer(struct bp_layer_settings *settings);

#endif
