/* SPDX-License-Identifier: MIT */
#include "base/targets.h"

#include <stdio.h>

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
