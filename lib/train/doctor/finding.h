/* SPDX-License-Identifier: MIT
 *
 * What the doctor finds, and the numbers from which on something is worth telling. */
#ifndef BP_TRAIN_DOCTOR_FINDING_H
#define BP_TRAIN_DOCTOR_FINDING_H

#include <stddef.h>
#include <stdint.h>

#include <bp/bp.h>

#include "base/buffer.h"
#include "base/message.h"

enum { BP_FINDING_TEXT = 400 };

struct bp_finding {
    int32_t kind; /* BP_FINDING_* */
    size_t place;
    double measure;
    char text[BP_FINDING_TEXT];
};

/* Every threshold of the doctor; docs/doctor.md gives the reasons. */
struct bp_thresholds {
    size_t rows;            /* looked at, evenly spaced */
    double large_input;     /* root mean square of a column */
    double small_input;     /* the same, of a column that is dense: */
    double dense_input;     /* its root mean square by its largest number */
    double narrow_input;    /* spread of a column by its mean */
    double target_slack;    /* beyond the output's range, by its width */
    double flat;            /* slope of an activation by its steepest */
    double dead_units;      /* share of a layer's units */
    double saturated_rows;  /* share of the rows for which a unit is flat */
    double saturated_units; /* share of a layer's units */
    double learned;         /* loss by that of epoch 1, from which on saturated units are a result and no obstacle */
    double risen;           /* loss by that of epoch 1 */
    size_t course;          /* the last epochs, which the following describe */
    double restless;        /* mean change from epoch to epoch by the mean loss */
    double no_progress;     /* least loss of their later half by that of the first */
    double low_level;       /* loss by that of epoch 1, below which changes are small */
    double steady;          /* share of them in which the loss fell */
    double straight;        /* fall of the later half of all epochs by that of the first */
    double slow;            /* fall of all epochs by the loss of epoch 1 */
    double still;           /* the same, of a loss that does not move */
    double least_gradient;  /* norm of the gradient by the loss of epoch 1, for something to be left to learn */
    double unfinished;      /* loss that the epochs to come would leave, by that of epoch 1 */
    double overfit_much;    /* least of the last validation losses by the least of all */
    double overfit_rise;    /* the same, where in addition so large a share of what was won is lost: */
    double overfit_lost;
    size_t overfit_epochs; /* that are the last, all of them after that */
};

extern const struct bp_thresholds bp_thresholds;

/* Appends a finding with its sentence. BP_ERR_MEMORY if there is none. */
#if defined(__GNUC__)
BP_MESSAGE_FORMAT(6, 7)
#endif
bp_status bp_finding_add(const bp_allocator *allocator, struct bp_buffer *findings, int32_t kind, size_t place,
                         double measure, const char *format, ...);

size_t bp_finding_count(const struct bp_buffer *findings);
const struct bp_finding *bp_finding_of(const struct bp_buffer *findings, size_t index); /* NULL past the last */

#endif
