/* SPDX-License-Identifier: MIT */
#include "base/answers.h"

#include <stdio.h>

#include "base/message.h"

bool bp_labels_check(const int32_t *labels, const size_t *row, size_t count, size_t classes,
                     char problem[BP_ANSWERS_PROBLEM])
{
    for (size_t i = 0; i < count; i++) {
        const size_t at = row ? row[i] : i;
        if (labels[at] < 0 || (size_t)labels[at] >= classes) {
            snprintf(problem, BP_ANSWERS_PROBLEM, "labels[%zu] is %d: it must be 0 to %zu", at, (int)labels[at],
                     classes - 1);
            return false;
        }
    }
    return true;
}

bool bp_weights_check(const double *weights, const size_t *row, size_t count, char problem[BP_ANSWERS_PROBLEM])
{
    for (size_t i = 0; i < count; i++) {
        const size_t at = row ? row[i] : i;
        if (!(weights[at] >= 0 && weights[at] - weights[at] == 0)) {
            snprintf(problem, BP_ANSWERS_PROBLEM, "weights[%zu] is %s: it must be finite and at least 0", at,
                     bp_message_number(weights[at]).text);
            return false;
        }
    }
    return true;
}
