/* SPDX-License-Identifier: MIT
 *
 * Labels and weights of rows as callers give them: checked where they come in, and again where they are used as they lie
 * with the caller, who may have changed them. */
#ifndef BP_BASE_ANSWERS_H
#define BP_BASE_ANSWERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BP_ANSWERS_PROBLEM = 128 };

/* Whether labels are classes, 0 to classes - 1, and whether weights are finite and at least 0: those of rows row[0..count), or
 * of the first `count` rows where `row` is NULL. If not, `problem` names the first that is wrong. */
bool bp_labels_check(const int32_t *labels, const size_t *row, size_t count, size_t classes,
                     char problem[BP_ANSWERS_PROBLEM]);
bool bp_weights_check(const double *weights, const size_t *row, size_t count, char problem[BP_ANSWERS_PROBLEM]);

#endif
