/* SPDX-License-Identifier: MIT */
#include "base/targets.h"

#include <stdio.h>

#include "base/keys.h"
#include "base/message.h"

void bp_label_describe(int64_t label, size_t at, size_t classes, char problem[BP_ANSWERS_PROBLEM])
{
    snprintf(problem, BP_ANSWERS_PROBLEM, "labels[%zu] is %lld: it must be 0 to %zu", at, (long long)label,
             classes - 1);
}

void bp_weight_describe(double weight, size_t at, char problem[BP_ANSWERS_PROBLEM])
{
    snprintf(problem, BP_ANSWERS_PROBLEM, "weights[%zu] is %s: it must be finite and at least 0", at,
             bp_message_number(weight).text);
}

size_t bp_class_of(int32_t type, const void *outputs, size_t count)
{
    size_t greatest = 0;
    if (count == 1)
        return bp_number_at(type, outputs, 0) >= 0.5;
    for (size_t i = 1; i < count; i++)
        if (bp_number_at(type, outputs, i) > bp_number_at(type, outputs, greatest))
            greatest = i;
    return greatest;
}
