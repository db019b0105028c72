/* SPDX-License-Identifier: MIT
 *
 * Examines the course of the losses. It costs a few comparisons, so that this is also done after every epoch, for
 * BP_RECORD_WARNING. */
#include <math.h>
#include <stdio.h>

#include "base/arithmetic.h"
#include "train/doctor/doctor.h"

/* What is seen, and the numbers that the sentence needs. */
struct sign {
    size_t place;
    double measure;
};

static double loss_at(const bp_train *t, size_t epoch) { return bp_train_at(t, epoch)->loss; }

/* Ratios of losses mean something where they are above 0; Poisson's need not be. */
static bool can_compare(const bp_train *t, size_t least_epochs)
{
    const size_t epochs = bp_train_epochs_done(t);
    return bp_train_takes_steps(t) && epochs >= least_epochs && loss_at(t, 1) > 0 && loss_at(t, epochs) > 0;
}

/* ---- not finite */

/* In the running epoch or in the one that just ended, which continues where it failed. */
static bool failed_lately(const bp_train *t)
{
    return t->failure.epoch > 0 && t->failure.epoch >= bp_train_epochs_done(t);
}

static bool see_nonfinite(const bp_train *t, struct sign *sign)
{
    const struct bp_train_epoch_record *last = bp_train_last(t);
    const bool failed = failed_lately(t);
    *sign = (struct sign){.place = failed ? t->failure.layer : bp_net_layers(t->net),
                          .measure = (double)(failed ? t->failure.epoch : bp_train_epochs_done(t))};
    return failed || (last && t->valid && !isfinite(last->valid_loss));
}

static bp_status report_nonfinite(struct bp_doctor *d, struct sign sign)
{
    static const char advice[] = "Look for bad numbers in the data, try a lower learning rate, BP_OPT_CLIP_NORM, or "
                                 "scaled inputs and targets";
    const bp_train *t = d->train;
    char where[64] = "no layer, but the target or the sum over the rows";
    if (!failed_lately(t))
        return bp_doctor_report(d, BP_FINDING_NONFINITE, sign.place, sign.measure,
                                "the validation loss of epoch %zu is not finite. %s", bp_train_epochs_done(t), advice);
    if (sign.place < bp_net_layers(t->net))
        snprintf(where, sizeof(where), "layer %zu", sign.place);
    return bp_doctor_report(
        d, BP_FINDING_NONFINITE, sign.place, sign.measure,
        "the loss or the step of batch %zu in epoch %zu, from row %zu of the epoch on, was not finite: "
        "it came from %s. %s",
        t->failure.batch, t->failure.epoch, t->failure.row, where, advice);
}

/* ---- the learning rate */

/* The last epochs. */
struct course {
    size_t falls;
    double mean, moved; /* mean loss, and mean change from epoch to epoch up or down */
    double early, late; /* least loss of the first half, and of the later */
};

/* There are at least bp_thresholds.course of them. */
static struct course course_of(const bp_train *t)
{
    const size_t count = bp_thresholds.course, from = bp_train_epochs_done(t) - count + 1;
    struct course c = {.early = (double)INFINITY, .late = (double)INFINITY};
    for (size_t i = 0; i < count; i++) {
        const double loss = loss_at(t, from + i), before = loss_at(t, from + i - (i > 0));
        double *least = i < count / 2 ? &c.early : &c.late;
        *least = fmin(*least, loss);
        c.falls += loss < before;
        c.mean += loss / (double)count;
        c.moved += fabs(loss - before) / (double)(count - 1);
    }
    return c;
}

static bool see_rate_high(const bp_train *t, struct sign *sign)
{
    const size_t epochs = bp_train_epochs_done(t);
    if (!can_compare(t, 3))
        return false;
    const double level = bp_quotient(loss_at(t, epochs), loss_at(t, 1));
    *sign = (struct sign){.place = epochs, .measure = level};
    if (level > bp_thresholds.risen)
        return true;
    if (epochs < bp_thresholds.course || level < bp_thresholds.low_level)
        return false;
    const struct course c = course_of(t);
    return c.moved > bp_thresholds.restless * c.mean && c.late > bp_thresholds.no_progress * c.early;
}

static bp_status report_rate_high(struct bp_doctor *d, struct sign sign)
{
    const bool risen = sign.measure > bp_thresholds.risen;
    return bp_doctor_report(
        d, BP_FINDING_RATE_HIGH, sign.place, sign.measure,
        "the loss %s: after epoch %zu it is %s times that of epoch 1. The learning rate is probably too "
        "high: try a tenth of it, or BP_OPT_CLIP_NORM",
        risen ? "rises" : "jumps up and down without getting lower", sign.place, bp_short(sign.measure).text);
}

static bool is_still(const bp_train *t)
{
    const double first = loss_at(t, 1), last = bp_train_last(t)->loss;
    return fabs(first - last) <= bp_thresholds.still * first &&
           bp_train_last(t)->gradient > bp_thresholds.least_gradient * first;
}

/* The loss falls slowly and in a straight line, where a rate that is right makes it fall fast at first; and at this
 * pace the epochs that are left will not do. */
static bool is_slow(const bp_train *t)
{
    const size_t epochs = bp_train_epochs_done(t), middle = (epochs + 1) / 2;
    const double first = loss_at(t, 1), half = loss_at(t, middle), last = loss_at(t, epochs);
    const double pace = (half - last) / (double)(epochs - middle);
    const double end = last - pace * fmax(0, t->set.epochs - (double)epochs);
    const double falls = (double)course_of(t).falls / (double)(bp_thresholds.course - 1);
    return last < first && first - last < bp_thresholds.slow * first && falls >= bp_thresholds.steady &&
           half - last >= bp_thresholds.straight * (first - half) && end > bp_thresholds.unfinished * first;
}

static bool see_rate_low(const bp_train *t, struct sign *sign)
{
    if (!can_compare(t, bp_thresholds.course))
        return false;
    *sign =
        (struct sign){.place = bp_train_epochs_done(t), .measure = bp_quotient(bp_train_last(t)->loss, loss_at(t, 1))};
    return is_still(t) || is_slow(t);
}

static bp_status report_rate_low(struct bp_doctor *d, struct sign sign)
{
    return bp_doctor_report(
        d, BP_FINDING_RATE_LOW, sign.place, sign.measure,
        "the loss hardly changes, though there is a gradient: after epoch %zu it is %s times that of epoch "
        "1, and at this pace the remaining epochs will not halve it. The learning rate is probably "
        "too low: try ten times as much, or BP_OPTIM_ADAM",
        sign.place, bp_message_digits(sign.measure, 6).text);
}

/* ---- overfitting */

/* How much of what was gained from the first validation loss to the best is lost again; all, where nothing was
 * gained. */
static double share_lost(double first, double best, double now)
{
    return isgreater(first, best) ? bp_quotient(now - best, first - best) : (double)INFINITY;
}

/* A single epoch that went wrong is none: the least of the last validation losses has to be high. */
static bool see_overfitting(const bp_train *t, struct sign *sign)
{
    const size_t epochs = bp_train_epochs_done(t);
    if (!t->valid || t->best_epoch == 0 || epochs < t->best_epoch + bp_thresholds.overfit_epochs)
        return false;
    const struct bp_train_epoch_record *best = bp_train_at(t, t->best_epoch);
    double least = bp_train_last(t)->valid_loss;
    for (size_t i = 0; i < bp_thresholds.overfit_epochs; i++)
        least = fmin(least, bp_train_at(t, epochs - i)->valid_loss);
    if (!(best->valid_loss > 0))
        return false;
    const double lost = share_lost(bp_train_at(t, 1)->valid_loss, best->valid_loss, least);
    *sign = (struct sign){.place = t->best_epoch, .measure = bp_quotient(least, best->valid_loss)};
    return bp_train_last(t)->loss < best->loss &&
           (sign->measure > bp_thresholds.overfit_much ||
            (sign->measure > bp_thresholds.overfit_rise && lost > bp_thresholds.overfit_lost));
}

static bp_status report_overfitting(struct bp_doctor *d, struct sign sign)
{
    return bp_doctor_report(
        d, BP_FINDING_OVERFITTING, sign.place, sign.measure,
        "the validation loss was lowest in epoch %zu and is now %s times that, while the training loss "
        "still falls: the net overfits the training rows. Keep the parameters of that epoch "
        "(BP_TRAIN_RESTORE), or try fewer units, BP_KIND_DROPOUT, BP_OPT_WEIGHT_DECAY, or more rows",
        sign.place, bp_short(sign.measure).text);
}

/* ---- all signs, the gravest first */

static const struct {
    int32_t kind;
    bool (*see)(const bp_train *train, struct sign *sign);
    bp_status (*report)(struct bp_doctor *doctor, struct sign sign);
} signs[] = {
    {BP_FINDING_NONFINITE, see_nonfinite, report_nonfinite},
    {BP_FINDING_RATE_HIGH, see_rate_high, report_rate_high},
    {BP_FINDING_OVERFITTING, see_overfitting, report_overfitting},
    {BP_FINDING_RATE_LOW, see_rate_low, report_rate_low},
};

enum { SIGNS = sizeof(signs) / sizeof(signs[0]) };

int32_t bp_train_warning(const bp_train *train)
{
    struct sign sign;
    for (size_t i = 0; i < SIGNS; i++)
        if (signs[i].see(train, &sign))
            return signs[i].kind;
    return 0;
}

bp_status bp_examine_course(struct bp_doctor *doctor)
{
    struct sign sign;
    for (size_t i = 0; i < SIGNS; i++)
        if (signs[i].see(doctor->train, &sign))
            BP_TRY(signs[i].report(doctor, sign));
    return BP_OK;
}
