/* SPDX-License-Identifier: MIT
 *
 * Learning rates over time. Only +, -, * and / are used, so that the rates have the same bits on every machine. */
#include "base/arithmetic.h"
#include "train/train_families.h"
#include "train/training.h"

/* (1 + cos(pi x)) / 2 for 0 <= x <= 1: from 1 down to 0. cos(pi x) = sin(pi (1/2 - x)) by its series, whose first term
 * left out is below 1e-17. */
static double half_cosine(double x)
{
    const double y = 3.14159265358979323846 * (0.5 - x), square = y * y;
    double series = 1;
    for (int n = 22; n > 0; n -= 2)
        series = 1 - series * square / (n * (n + 1));
    return 0.5 + 0.5 * y * series;
}

/* How far an epoch, or the place within one, is on the way to the last. */
static double progress(const bp_train *t, double epochs)
{
    return t->set.epochs > epochs && t->set.epochs > 0 ? epochs / t->set.epochs : 1;
}

static double constant(const bp_train *t, size_t epoch, double place)
{
    (void)epoch;
    (void)place;
    return t->rate;
}

static double step(const bp_train *t, size_t epoch, double place)
{
    (void)place;
    return t->rate * bp_power(t->set.decay, epoch / (size_t)t->set.period);
}

static double exponential(const bp_train *t, size_t epoch, double place)
{
    (void)place;
    return t->rate * bp_power(t->set.decay, epoch);
}

static double between(double low, double high, double share) { return low + (high - low) * share; }

/* Loshchilov, Hutter: SGDR, 2017, equation 5, without restarts. */
static double cosine(const bp_train *t, size_t epoch, double place)
{
    (void)place;
    return between(t->set.least_rate, t->rate, half_cosine(progress(t, (double)epoch)));
}

static double plateau(const bp_train *t, size_t epoch, double place)
{
    (void)epoch;
    (void)place;
    return t->plateau_rate;
}

/* Smith, Topin: Super-convergence, 2018, with cosines: from the rate up to the most over three tenths of the way, then
 * down to the least. */
static double one_cycle(const bp_train *t, size_t epoch, double place)
{
    const double way = progress(t, (double)epoch + place), up = 0.3;
    const double most = t->set.most_rate > 0 ? t->set.most_rate : 10 * t->rate;
    return way < up ? between(most, t->rate, half_cosine(way / up))
                    : between(t->set.least_rate, most, half_cosine((way - up) / (1 - up)));
}

static const struct schedule {
    struct bp_named named;
    double (*rate)(const bp_train *train, size_t epoch, double place);
} schedules[] = {
    {{BP_SCHEDULE_CONSTANT, "constant", "The net's own learning rate"}, constant},
    {{BP_SCHEDULE_STEP, "step", "The factor decay after each period"}, step},
    {{BP_SCHEDULE_EXPONENTIAL, "exponential", "The factor decay after each epoch"}, exponential},
    {{BP_SCHEDULE_COSINE, "cosine", "Down to least_rate along half a cosine"}, cosine},
    {{BP_SCHEDULE_PLATEAU, "plateau", "The factor decay after each period without a lower loss"}, plateau},
    {{BP_SCHEDULE_ONE_CYCLE, "one_cycle", "Up to most_rate, then down to least_rate, batch by batch"}, one_cycle},
};
const struct bp_family bp_schedules =
    BP_FAMILY(BP_FAMILY_SCHEDULE, "schedule", "How the learning rate changes over the epochs", schedules);

bool bp_train_rate_moves(const bp_train *t)
{
    return (int32_t)t->set.schedule == BP_SCHEDULE_ONE_CYCLE || (double)bp_train_epochs_done(t) < t->set.warmup;
}

double bp_train_rate(const bp_train *t, size_t done, size_t rows)
{
    const size_t epoch = bp_train_epochs_done(t), batch = t->batch.rows < rows - done ? t->batch.rows : rows - done;
    const double place = (double)done / (double)rows, end = (double)epoch + (double)(done + batch) / (double)rows;
    const struct schedule *schedule = bp_family_by_key(&bp_schedules, (int32_t)t->set.schedule);
    const double rate = schedule->rate(t, epoch, place);
    const double least = rate > t->set.least_rate ? rate : t->set.least_rate;
    return end < t->set.warmup ? least * end / t->set.warmup : least;
}
