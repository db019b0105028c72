/* SPDX-License-Identifier: MIT
 *
 * The kinds of layers by their keys. */
#include "nn/typed.h"

#define ROW(key, name, help) {key, &REAL(bp_kind_##name)},
static const struct {
    int32_t key;
    const struct REAL(bp_layer_kind) *kind;
} kinds[] = {BP_LAYER_KINDS(ROW)};

const struct bp_layer_kind *REAL(bp_kind_of)(int32_t kind)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (kinds[i].key == kind)
            return &kinds[i].kind->facts;
    return NULL;
}
