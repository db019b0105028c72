/* SPDX-License-Identifier: MIT */
#include "train/methods/methods.h"

#include "train/train_families.h"

#define ROW(key, name, help) {{key, #name, help}, &bp_method_##name},

static const struct bp_method_row rows[] = {
    {{BP_METHOD_STEPS, "steps", "Batches, and a step of the optimiser after each"}, NULL}, BP_METHODS(ROW)};
const struct bp_family bp_methods = BP_FAMILY(BP_FAMILY_METHOD, "method", "How a training lowers the loss", rows);
