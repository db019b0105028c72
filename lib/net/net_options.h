/* SPDX-License-Identifier: MIT
 *
 * BP_OPT_*, BP_LAYER_*, and the families that these alone take. */
#ifndef BP_NET_NET_OPTIONS_H
#define BP_NET_NET_OPTIONS_H

#include <bp/bp.h>

#include "base/call.h"
#include "base/keys.h"
#include "net/handle.h"
#include "nn/model.h"
#include "nn/settings.h"

extern const struct bp_family bp_net_options, bp_layer_options, bp_biases, bp_scales;

/* The settings of a new layer of a kind, whose first option, if it has any, gets this value once it is checked. */
bp_status bp_layer_start(const struct bp_call *call, struct bp_layer *layer, int32_t kind, double value);

/* What that option is unless it is set. */
double bp_layer_first_value(const struct bp_layer_kind *kind);

/* net/layer_text.c: the options of a new layer out of a text; `units` is left alone where the text has none. */
bp_status bp_layer_read_text(const struct bp_call *call, struct bp_layer *layer, const char *text, size_t *units);

/* An option of a layer, whose kind must have it. */
bp_status bp_layer_option_find(const struct bp_call *call, size_t layer, int32_t key, const struct bp_option **option);

/* Whether a value may stand in an option of a layer of the call's net, as that layer is set. */
bp_status bp_layer_option_check(const struct bp_call *call, const struct bp_layer *layer,
                                const struct bp_option *option, double value);

/* Whether z and a of a layer depend on what differs between these settings. */
bool bp_layer_changes_forward(const struct bp_layer_settings *a, const struct bp_layer_settings *b);

/* With a new activation the slope has its default again. */
void bp_layer_option_put(struct bp_layer *layer, const struct bp_option *option, double value);

/* Another optimiser takes over no state from the one before. */
void bp_net_forget_state(bp_net *net);

/* For files and texts: whether an option is the net's or the layer's, and set, so that a file keeps it; and what it is.
 * Not kept are those of the machine that runs the net, threads, spin and CBLAS, and what follows the optimiser until it
 * is set. */
bool bp_option_kept(const bp_net *net, const struct bp_option *option, double *value);
bool bp_layer_option_kept(const struct bp_layer *layer, const struct bp_option *option, double *value);

#endif
