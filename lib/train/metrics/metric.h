/* SPDX-License-Identifier: MIT
 *
 * What a metric is, and what it adds up. */
#ifndef BP_TRAIN_METRICS_METRIC_H
#define BP_TRAIN_METRICS_METRIC_H

#include <stdbool.h>

#include "base/keys.h"
#include "train/blocks.h"
#include "train/train_families.h"
#include "train/metrics/auc.h"

/* Of a class: the weights of the rows that are of it and were found, that are of it, and that were taken for it. */
struct bp_class_sums {
    double hits, truth, predicted;
    bool occurs;
};

/* Of an output: the weighted mean of its targets, the sum of their squared deviations, and of the squared errors. */
struct bp_output_sums {
    double mean, deviations, errors;
};

/* What a metric has added up. */
struct bp_tally {
    const struct bp_metric *metric;
    const struct bp_blocks *blocks;
    size_t row;         /* rows so far */
    double weight, sum; /* weights so far */
    union {
        void *buffer;
        struct bp_class_sums *classes;  /* [classes] */
        struct bp_output_sums *outputs; /* [outputs] */
        struct bp_score *scores;        /* [bp_score_columns()][all rows] */
    } of;
};

typedef double bp_row_fn(const struct bp_tally *tally, const struct bp_sample *sample);
typedef double bp_class_fn(const struct bp_class_sums *sums);
typedef void bp_add_fn(struct bp_tally *tally, const struct bp_sample *sample);
typedef bp_status bp_finish_fn(const struct bp_tally *tally, double *value);

enum bp_tally_kind {
    BP_TALLY_NONE,
    BP_TALLY_CLASS,
    BP_TALLY_OUTPUT,
    BP_TALLY_SCORE
}; /* of each there is a number of sums */

struct bp_metric {
    struct bp_named named;
    size_t classes;     /* the fewest that it makes sense for; 0 if it is of numbers */
    bool probabilities; /* the outputs must not be logarithms of them */
    enum bp_tally_kind tally;
    bp_row_fn *of_row;     /* a row's number, where the metric is their mean */
    bp_class_fn *of_class; /* a class's number, where it is their mean */
    bp_add_fn *add;
    bp_finish_fn *finish;
};

/* Columns of scores that AUC sorts: one for two classes, else one for each. */
size_t bp_score_columns(const struct bp_blocks *blocks);

/* A metric of bp_metrics, of the blocks' net on their data set. */
bp_status bp_metric_measure(struct bp_blocks *blocks, int32_t metric, double *value);

#endif
