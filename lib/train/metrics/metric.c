/* SPDX-License-Identifier: MIT
 *
 * The metrics: a table of what each adds up over the rows, and the number it makes of that. */
#include "train/metrics/metric.h"

#include <float.h>
#include <math.h>

#include "base/arithmetic.h"
#include "base/targets.h"
#include "data/data_set.h"

/* ---- metrics that are the weighted mean over the rows */

static void add_mean(struct bp_tally *tally, const struct bp_sample *sample)
{
    tally->sum += sample->weight * tally->metric->of_row(tally, sample);
}

static bp_status finish_mean(const struct bp_tally *tally, double *value)
{
    *value = tally->sum / tally->weight;
    return BP_OK;
}

/* Whether the row's class is among the outputs' first k, which is how many classes the metric needs. */
static double is_in_top(const struct bp_tally *tally, const struct bp_sample *sample)
{
    const size_t truth = (size_t)sample->label;
    size_t before = 0;
    if (sample->outputs == 1)
        return bp_class_of(BP_F64, sample->y, 1) == truth;
    for (size_t i = 0; i < sample->outputs; i++)
        before += sample->y[i] > sample->y[truth] || (sample->y[i] == sample->y[truth] && i < truth);
    return before < tally->metric->classes;
}

static double squared_error(const struct bp_tally *tally, const struct bp_sample *sample)
{
    double sum = 0;
    (void)tally;
    for (size_t i = 0; i < sample->outputs; i++) {
        const double error = sample->y[i] - bp_sample_target(sample, i);
        sum += error * error;
    }
    return sum / (double)sample->outputs;
}

static double absolute_error(const struct bp_tally *tally, const struct bp_sample *sample)
{
    double sum = 0;
    (void)tally;
    for (size_t i = 0; i < sample->outputs; i++)
        sum += fabs(sample->y[i] - bp_sample_target(sample, i));
    return sum / (double)sample->outputs;
}

/* -log of the class's share in the clipped probabilities. */
static double log_loss(const struct bp_tally *tally, const struct bp_sample *sample)
{
    const double epsilon = tally->blocks->dtype == BP_F32 ? (double)FLT_EPSILON : DBL_EPSILON;
    const size_t truth = (size_t)sample->label;
    double all = 0, share = 0;
    for (size_t i = 0; i < sample->outputs; i++) {
        const double p = fmin(fmax(sample->y[i], epsilon), 1 - epsilon);
        all += p;
        if (i == truth)
            share = p;
    }
    if (sample->outputs == 1) {
        share = truth == 1 ? all : 1 - all;
        all += 1 - all;
    }
    return -bp_logarithm(share / all);
}

/* ---- a count over rows and outputs */

static void add_bit_fails(struct bp_tally *tally, const struct bp_sample *sample)
{
    for (size_t i = 0; i < sample->outputs; i++)
        tally->sum += fabs(sample->y[i] - bp_sample_target(sample, i)) >= 0.35;
}

static bp_status finish_count(const struct bp_tally *tally, double *value)
{
    *value = tally->sum;
    return BP_OK;
}

/* ---- means over the classes */

static void add_class(struct bp_tally *tally, const struct bp_sample *sample)
{
    const size_t truth = (size_t)sample->label, predicted = bp_class_of(BP_F64, sample->y, sample->outputs);
    struct bp_class_sums *classes = tally->of.classes;
    classes[truth].truth += sample->weight;
    classes[predicted].predicted += sample->weight;
    if (truth == predicted)
        classes[truth].hits += sample->weight;
    classes[truth].occurs = classes[predicted].occurs = true;
}

static bp_status finish_classes(const struct bp_tally *tally, double *value)
{
    double sum = 0, count = 0;
    for (size_t i = 0; i < tally->blocks->classes; i++)
        if (tally->of.classes[i].occurs) {
            sum += tally->metric->of_class(&tally->of.classes[i]);
            count++;
        }
    *value = sum / count;
    return BP_OK;
}

static double quotient(double over, double under) { return under == 0 ? 0 : over / under; }
static double precision(const struct bp_class_sums *sums) { return quotient(sums->hits, sums->predicted); }
static double recall(const struct bp_class_sums *sums) { return quotient(sums->hits, sums->truth); }
static double f1(const struct bp_class_sums *sums) { return quotient(2 * sums->hits, sums->truth + sums->predicted); }

/* ---- R2 */

/* The mean and the deviations go along with the rows (Welford, 1962; with weights West, 1979): those of a constant
 * target are 0 to the bit. */
static void add_outputs(struct bp_tally *tally, const struct bp_sample *sample)
{
    for (size_t i = 0; sample->weight > 0 && i < sample->outputs; i++) {
        struct bp_output_sums *sums = &tally->of.outputs[i];
        const double target = bp_sample_target(sample, i), error = sample->y[i] - target, ahead = target - sums->mean;
        sums->mean += ahead * (sample->weight / tally->weight);
        sums->deviations += sample->weight * ahead * (target - sums->mean);
        sums->errors += sample->weight * error * error;
    }
}

static bp_status finish_r2(const struct bp_tally *tally, double *value)
{
    const size_t outputs = tally->blocks->outputs;
    double sum = 0;
    for (size_t i = 0; i < outputs; i++) {
        const struct bp_output_sums *sums = &tally->of.outputs[i];
        sum += sums->errors == 0 ? 1 : sums->deviations == 0 ? 0 : 1 - sums->errors / sums->deviations;
    }
    *value = sum / (double)outputs;
    return BP_OK;
}

/* ---- AUC */

size_t bp_score_columns(const struct bp_blocks *blocks) { return blocks->classes == 2 ? 1 : blocks->classes; }

static void add_scores(struct bp_tally *tally, const struct bp_sample *sample)
{
    const size_t truth = (size_t)sample->label, columns = bp_score_columns(tally->blocks);
    const double *y = sample->outputs == 2 ? sample->y + 1 : sample->y;
    const size_t first = columns == 1 ? 1 : 0; /* the class of the first column */
    for (size_t i = 0; i < columns; i++)
        tally->of.scores[i * tally->blocks->data->rows + tally->row] =
            (struct bp_score){y[i], first + i == truth ? sample->weight : -sample->weight};
}

static bp_status finish_auc(const struct bp_tally *tally, double *value)
{
    const struct bp_blocks *blocks = tally->blocks;
    const size_t rows = blocks->data->rows, columns = bp_score_columns(blocks);
    double sum = 0;
    for (size_t i = 0; i < columns; i++) {
        double area;
        if (!bp_auc(tally->of.scores + i * rows, rows, &area))
            return bp_fail(blocks->call, BP_ERR_UNSUPPORTED,
                           "auc needs rows of every class: class %zu has none, or all", columns == 1 ? 1 : i);
        sum += area;
    }
    *value = sum / (double)columns;
    return BP_OK;
}

/* ---- the table */

#define MEAN(row) .of_row = row, .add = add_mean, .finish = finish_mean
#define CLASSES(class)                                                                                                 \
    .classes = 1, .tally = BP_TALLY_CLASS, .of_class = class, .add = add_class, .finish = finish_classes

static const struct bp_metric rows[] = {
    {{BP_METRIC_LOSS, "loss", "The net's loss, the mean over the rows"}, .add = NULL}, /* the net's own */
    {{BP_METRIC_ACCURACY, "accuracy", "The share of rows whose class is predicted"}, .classes = 1, MEAN(is_in_top)},
    {{BP_METRIC_TOP_3, "top_3", "The share of rows whose class is among the 3 greatest outputs"},
     .classes = 3,
     MEAN(is_in_top)},
    {{BP_METRIC_TOP_5, "top_5", "The share of rows whose class is among the 5 greatest outputs"},
     .classes = 5,
     MEAN(is_in_top)},
    {{BP_METRIC_PRECISION, "precision", "Hits divided by predictions of a class, the mean over the classes"},
     CLASSES(precision)},
    {{BP_METRIC_RECALL, "recall", "Hits divided by rows of a class, the mean over the classes"}, CLASSES(recall)},
    {{BP_METRIC_F1, "f1", "The harmonic mean of precision and recall, the mean over the classes"}, CLASSES(f1)},
    {{BP_METRIC_MSE, "mse", "The mean of the squared errors over outputs and rows"}, MEAN(squared_error)},
    {{BP_METRIC_MAE, "mae", "The mean of the absolute errors over outputs and rows"}, MEAN(absolute_error)},
    {{BP_METRIC_R2, "r2", "The share of the targets' variance that is explained, the mean over the outputs"},
     .tally = BP_TALLY_OUTPUT,
     .add = add_outputs,
     .finish = finish_r2},
    {{BP_METRIC_LOG_LOSS, "log_loss",
      "Minus the logarithm of the probability of the row's class, the mean over the rows"},
     .classes = 1,
     .probabilities = true,
     MEAN(log_loss)},
    {{BP_METRIC_AUC, "auc", "The area under the ROC curve"},
     .classes = 1,
     .tally = BP_TALLY_SCORE,
     .add = add_scores,
     .finish = finish_auc},
    {{BP_METRIC_BIT_FAIL, "bit_fail", "How many outputs differ from their target by 0.35 or more"},
     .add = add_bit_fails,
     .finish = finish_count},
};

const struct bp_family bp_metrics = BP_FAMILY(BP_FAMILY_METRIC, "metric", "Metrics of a net on a data set", rows);
