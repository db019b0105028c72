/* SPDX-License-Identifier: MIT
 *
 * What can be set of a training: a table with a row for each key. */
#include <stddef.h>

#include "train/train_families.h"
#include "train/training.h"

#ifdef BP_HAVE_LAPACK
enum { LAPACK = 1 };
#else
enum { LAPACK = 0 };
#endif

#define MANY 0x1p53

static const struct bp_option options[] = {
    {BP_NAMED(BP_TRAIN_EPOCHS, "epochs", "The total number of passes over the data"), BP_IN(bp_train_settings, epochs),
     BP_WHOLE(0, MANY, 200)},
    {BP_NAMED(BP_TRAIN_BATCH, "batch", "Rows of a step; 0 for all"), BP_IN(bp_train_settings, batch),
     BP_WHOLE(0, MANY, 32)},
    {BP_NAMED(BP_TRAIN_SEED, "seed", "The seed of the order of rows"), BP_IN(bp_train_settings, seed),
     BP_WHOLE(0, MANY, 0)},
    {BP_NAMED(BP_TRAIN_SHUFFLE, "shuffle", "The rows are in a new random order in every epoch"),
     BP_IN(bp_train_settings, shuffle), BP_SWITCH(1, 1)},
    {BP_NAMED(BP_TRAIN_BALANCE, "balance", "Every class has the same total weight, however rare it is"),
     BP_IN(bp_train_settings, balance), BP_SWITCH(1, 0)},
    {BP_NAMED(BP_TRAIN_METHOD, "method", "How the loss is lowered"), BP_IN(bp_train_settings, method),
     BP_MEMBER(bp_methods, BP_METHOD_STEPS)},
    {BP_NAMED(BP_TRAIN_PATIENCE, "patience", "Epochs without a lower validation loss after which it stops; 0 is off"),
     BP_IN(bp_train_settings, patience), BP_WHOLE(0, MANY, 6)},
    {BP_NAMED(BP_TRAIN_RESTORE, "restore",
              "When it stops, the net gets the parameters of the least validation loss back"),
     BP_IN(bp_train_settings, restore), BP_SWITCH(1, 1)},
    {BP_NAMED(BP_TRAIN_GOAL, "goal", "The loss at which it stops"), BP_IN(bp_train_settings, goal),
     BP_REAL(-1e300, 1e300, -1e300)},
    {BP_NAMED(BP_TRAIN_MIN_GRADIENT, "min_gradient", "The norm of the gradient below which it stops"),
     BP_IN(bp_train_settings, min_gradient), BP_REAL(0, 1e300, 0)},
    {BP_NAMED(BP_TRAIN_TIME, "time", "Seconds after which it stops; 0 is off"), BP_IN(bp_train_settings, time),
     BP_REAL(0, 1e300, 0)},
    {BP_NAMED(BP_TRAIN_SCHEDULE, "schedule", "How the learning rate changes over the epochs"),
     BP_IN(bp_train_settings, schedule), BP_MEMBER(bp_schedules, BP_SCHEDULE_CONSTANT)},
    {BP_NAMED(BP_TRAIN_WARMUP, "warmup", "Epochs over which the learning rate rises from 0"),
     BP_IN(bp_train_settings, warmup), BP_REAL(0, MANY, 0)},
    {BP_NAMED(BP_TRAIN_DECAY, "decay", "The factor of the schedules step, exponential and plateau"),
     BP_IN(bp_train_settings, decay), BP_REAL(0, 1, 0.1)},
    {BP_NAMED(BP_TRAIN_PERIOD, "period", "The epochs of the schedules step and plateau"),
     BP_IN(bp_train_settings, period), BP_WHOLE(1, MANY, 10)},
    {BP_NAMED(BP_TRAIN_LEAST_RATE, "least_rate", "The least learning rate of a schedule"),
     BP_IN(bp_train_settings, least_rate), BP_REAL(0, 1e30, 0)},
    {BP_NAMED(BP_TRAIN_MOST_RATE, "most_rate", "The greatest learning rate of one_cycle; 0 for ten times the net's"),
     BP_IN(bp_train_settings, most_rate), BP_REAL(0, 1e30, 0)},
    {BP_NAMED(BP_TRAIN_MU, "mu", "The first mu of the methods lm and br"), BP_IN(bp_train_settings, mu),
     BP_REAL(1e-20, 1e300, 1e-3)},
    {BP_NAMED(BP_TRAIN_MU_DECREASE, "mu_decrease", "The factor of mu after a step that lowered the loss"),
     BP_IN(bp_train_settings, mu_decrease), BP_REAL(0, 1, 0.1)},
    {BP_NAMED(BP_TRAIN_MU_INCREASE, "mu_increase", "The factor of mu after a step that did not"),
     BP_IN(bp_train_settings, mu_increase), BP_REAL(1.01, 1e10, 10)},
    {BP_NAMED(BP_TRAIN_MU_MAX, "mu_max", "The mu above which lm and br are stuck"), BP_IN(bp_train_settings, mu_max),
     BP_REAL(1e-20, 1e300, 1e10)},
    {BP_NAMED(BP_TRAIN_LAPACK, "lapack",
              "The LAPACK that the library was built with solves the equations of lm and br"),
     BP_IN(bp_train_settings, lapack), BP_SWITCH(LAPACK, 0), .rules = BP_OPTION_OF_MACHINE},
};
const struct bp_family bp_train_options =
    BP_OPTION_FAMILY(BP_FAMILY_TRAIN_OPTION, "train_option", "Options of a training", options);

_Static_assert(sizeof(options) / sizeof(options[0]) == sizeof(struct bp_train_settings) / sizeof(double),
               "every setting of a training has a row");

bp_status bp_train_check_change(const struct bp_call *call, const bp_train *train, const struct bp_option *option,
                                double value)
{
    const bool fixed = option->named.key == BP_TRAIN_BATCH || option->named.key == BP_TRAIN_METHOD;
    if (fixed && train->done > 0 && bp_option_value(&train->set, option) != value)
        return bp_fail(call, BP_ERR_STATE, "the %s cannot change within an epoch", option->named.name);
    return BP_OK;
}

void bp_train_change(bp_train *train, const struct bp_train_settings *set)
{
    if (set->method != train->set.method)
        train->full.begun = false;
    train->set = *set;
    train->stop = BP_STOP_NONE; /* there may be more to do now */
}

bp_status bp_train_set(bp_train *train, int32_t key, double value)
{
    struct bp_option_problem wrong;
    BP_TRY(bp_need(BP_CALL, train, "train"));
    const struct bp_option *option = bp_family_by_key(&bp_train_options, key);
    if (!option)
        return bp_fail(BP_CALL, BP_ERR_ARG, "there is no key %d to set", (int)key);
    if (!bp_option_check(option, value, &wrong))
        return bp_fail(BP_CALL, BP_ERR_ARG, "%s", wrong.problem);
    BP_TRY(bp_train_check_change(BP_CALL, train, option, value));
    struct bp_train_settings set = train->set;
    *bp_option_place(&set, option) = value;
    bp_train_change(train, &set);
    return BP_OK;
}

bp_status bp_train_get(const bp_train *train, int32_t key, double *value)
{
    BP_TRY(bp_need(BP_CALL, train, "train"));
    BP_TRY(bp_need(BP_CALL, value, "value"));
    const struct bp_option *option = bp_family_by_key(&bp_train_options, key);
    if (!option)
        return bp_fail(BP_CALL, BP_ERR_ARG, "there is no key %d", (int)key);
    *value = bp_option_value(&train->set, option);
    return BP_OK;
}
