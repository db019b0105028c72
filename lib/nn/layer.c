/* SPDX-License-Identifier: MIT */
#include "nn/layer.h"

#include "nn/kinds.h"

#define ROW(key, name, help) {key, #name, help},
static const struct bp_named rows[] = {BP_LAYER_KINDS(ROW)};
const struct bp_family bp_kinds = BP_FAMILY(BP_FAMILY_KIND, "kind", "Kinds of layers", rows);

const char *bp_layer_kind_name(const struct bp_layer *layer)
{
    return bp_family_name(&bp_kinds, bp_key(layer->set.kind));
}

int32_t bp_layer_first_option(const struct bp_layer_kind *kind)
{
    return kind->options[0] != 0 ? kind->options[0] : BP_LAYER_KIND;
}

bool bp_layer_has(const struct bp_layer *layer, int32_t option)
{
    const int32_t *own = layer->kind->options;
    while (*own != 0 && *own != option)
        own++;
    return *own != 0 || option == BP_LAYER_KIND || option == BP_LAYER_UNITS || option == BP_LAYER_INPUTS ||
           option == BP_LAYER_RANDOM;
}

bool bp_layer_is_random(const struct bp_layer *layer)
{
    return layer->kind->is_random && layer->kind->is_random(layer);
}

size_t bp_layer_weights(const struct bp_layer *layer) { return layer->columns * layer->units; }

size_t bp_layer_biases(const struct bp_layer *layer) { return layer->kind->biases ? layer->kind->biases(layer) : 0; }

bool bp_layer_by_row(const struct bp_layer *layer)
{
    const int32_t activation = bp_key(layer->set.activation);
    return activation == BP_ACT_SOFTMAX || activation == BP_ACT_LOG_SOFTMAX;
}
