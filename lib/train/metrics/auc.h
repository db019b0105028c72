/* SPDX-License-Identifier: MIT */
#ifndef BP_TRAIN_METRICS_AUC_H
#define BP_TRAIN_METRICS_AUC_H

#include <stdbool.h>
#include <stddef.h>

/* The score of a row, and the row's weight, below 0 if it is not of the class. */
struct bp_score {
    double score, weight;
};

/* The area under the receiver's curve: of all pairs of a row of the class and one that is not, the share where the
 * first has the greater score, equal ones counting half (Hanley, McNeil: The meaning and use of the area under a ROC
 * curve, 1982). False if there is no such pair. Sorts the scores. */
bool bp_auc(struct bp_score *scores, size_t count, double *area);

#endif
