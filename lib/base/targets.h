/* SPDX-License-Identifier: MIT
 *
 * Labels and weights of rows as callers give them: checked where they come in, and again where they are used, if they
 * lie with the caller, who may have changed them. */
#ifndef BP_BASE_TARGETS_H
#define BP_BASE_TARGETS_H

#include <float.h>
#include <stddef.h>
#include <stdint.h>

/* The first label that is no class, 0 to classes - 1, and the first weight that is not finite and at least 0; `count`
 * if there is none. */
static inline size_t bp_labels_wrong(const int32_t *labels, size_t count, size_t classes)
{
    size_t i = 0;
    while (i < count && labels[i] >= 0 && (size_t)labels[i] < classes)
        i++;
    return i;
}

static inline size_t bp_weights_wrong(const double *weights, size_t count)
{
    size_t i = 0;
    while (i < count && weights[i] >= 0 && weights[i] <= DBL_MAX)
        i++;
    return i;
}

enum { BP_ANSWERS_PROBLEM = 128 };

/* What is wrong with that one, at a place of the caller's array, as the rest of a sentence. */
void bp_label_describe(int64_t label, size_t at, size_t classes, char problem[BP_ANSWERS_PROBLEM]);
void bp_weight_describe(double weight, size_t at, char problem[BP_ANSWERS_PROBLEM]);

/* The class that a row of outputs, of BP_F32 or BP_F64, names: the greatest, the first of equals; of one output class 1
 * from 0.5 on. */
size_t bp_class_of(int32_t type, const void *outputs, size_t count);

#endif
