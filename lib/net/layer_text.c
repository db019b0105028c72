/* SPDX-License-Identifier: MIT
 *
 * The options of a layer that is added, as a text. */
#include "base/option_value.h"
#include "net/net_options.h"

/* A layer that computes units is given their number; other layers have as many as inputs. */
static bp_status read_units(const struct bp_call *call, const struct bp_layer *layer, const struct bp_option *option,
                            const struct bp_option_pair *pair, size_t *units)
{
    double value;
    if (!layer->kind->chooses_units)
        return bp_option_fail_at(
            call, bp_fail(call, BP_ERR_ARG, "%s has as many units as inputs", bp_layer_kind_name(layer)), pair);
    BP_TRY(bp_option_read(call, option, pair, &value));
    *units = value < (double)SIZE_MAX ? (size_t)value : SIZE_MAX;
    return BP_OK;
}

static bp_status read_pair(const struct bp_call *call, struct bp_layer *layer, const struct bp_option_pair *pair,
                           bool activations, size_t *units)
{
    const struct bp_option *option = bp_family_by_name(&bp_layer_options, pair->name, pair->name_size);
    double value;
    if (!option) {
        const struct bp_nearest nearest = bp_option_nearest(pair, pair->name, &bp_layer_options);
        return bp_option_unknown(call, pair, &nearest);
    }
    if (!bp_layer_has(layer, option->named.key))
        return bp_option_fail_at(
            call, bp_fail(call, BP_ERR_ARG, "%s has no %s", bp_layer_kind_name(layer), option->named.name), pair);
    if ((option->named.key == BP_LAYER_ACTIVATION) != activations)
        return BP_OK;
    if (option->named.key == BP_LAYER_UNITS)
        return read_units(call, layer, option, pair, units);
    BP_TRY(bp_option_read(call, option, pair, &value));
    const bp_status status = bp_layer_option_check(call, layer, option, value);
    if (status != BP_OK)
        return bp_option_fail_at(call, status, pair);
    bp_layer_option_put(layer, option, value);
    return BP_OK;
}

/* Activations first, which say what a slope may be. */
bp_status bp_layer_read_text(const struct bp_call *call, struct bp_layer *layer, const char *text, size_t *units)
{
    struct bp_option_text options;
    bp_status status = bp_option_text_open(call, &options, text, &call->net->allocator);
    if (status != BP_OK)
        return status;
    for (int activations = 1; activations >= 0; activations--)
        for (size_t i = 0; status == BP_OK && i < options.count; i++)
            status = read_pair(call, layer, &options.pairs[i], activations != 0, units);
    bp_option_text_release(&options, &call->net->allocator);
    return status;
}
