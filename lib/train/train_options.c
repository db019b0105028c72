/* SPDX-License-Identifier: MIT
 *
 * What can be set and asked of a training: a table with a row for each key. */
#include <math.h>
#include <stddef.h>

#include "base/names.h"
#include "train/training.h"

/* What a value may be. */
enum kind { NUMBER, WHOLE, SWITCH, MEMBER };

struct option {
    struct bp_named named;
    size_t offset;
    enum kind kind;
    double low, high, initial;
};

#ifdef BP_HAVE_LAPACK
enum { LAPACK = 1 };
#else
enum { LAPACK = 0 };
#endif

#define ON(member) offsetof(struct bp_train_settings, member)
#define MANY 0x1p53

static const struct option options[] = {
    {{BP_TRAIN_EPOCHS, "epochs"}, ON(epochs), WHOLE, 0, MANY, 200},
    {{BP_TRAIN_BATCH, "batch"}, ON(batch), WHOLE, 0, MANY, 32},
    {{BP_TRAIN_SEED, "seed"}, ON(seed), WHOLE, 0, MANY, 0},
    {{BP_TRAIN_SHUFFLE, "shuffle"}, ON(shuffle), SWITCH, 0, 1, 1},
    {{BP_TRAIN_BALANCE, "balance"}, ON(balance), SWITCH, 0, 1, 0},
    {{BP_TRAIN_METHOD, "method"}, ON(method), MEMBER, BP_METHOD_STEPS, BP_METHOD_IRPROP_PLUS, BP_METHOD_STEPS},
    {{BP_TRAIN_SCALE_INPUTS, "scale_inputs"}, ON(scale_inputs), MEMBER, BP_SCALE_AUTO, BP_SCALE_LARGEST, BP_SCALE_AUTO},
    {{BP_TRAIN_SCALE_TARGETS, "scale_targets"},
     ON(scale_targets),
     MEMBER,
     BP_SCALE_AUTO,
     BP_SCALE_LARGEST,
     BP_SCALE_AUTO},
    {{BP_TRAIN_PATIENCE, "patience"}, ON(patience), WHOLE, 0, MANY, 6},
    {{BP_TRAIN_RESTORE, "restore"}, ON(restore), SWITCH, 0, 1, 1},
    {{BP_TRAIN_GOAL, "goal"}, ON(goal), NUMBER, -1e300, 1e300, -1e300},
    {{BP_TRAIN_MIN_GRADIENT, "min_gradient"}, ON(min_gradient), NUMBER, 0, 1e300, 0},
    {{BP_TRAIN_TIME, "time"}, ON(time), NUMBER, 0, 1e300, 0},
    {{BP_TRAIN_SCHEDULE, "schedule"},
     ON(schedule),
     MEMBER,
     BP_SCHEDULE_CONSTANT,
     BP_SCHEDULE_ONE_CYCLE,
     BP_SCHEDULE_CONSTANT},
    {{BP_TRAIN_WARMUP, "warmup"}, ON(warmup), NUMBER, 0, MANY, 0},
    {{BP_TRAIN_DECAY, "decay"}, ON(decay), NUMBER, 0, 1, 0.1},
    {{BP_TRAIN_PERIOD, "period"}, ON(period), WHOLE, 1, MANY, 10},
    {{BP_TRAIN_LEAST_RATE, "least_rate"}, ON(least_rate), NUMBER, 0, 1e30, 0},
    {{BP_TRAIN_MOST_RATE, "most_rate"}, ON(most_rate), NUMBER, 0, 1e30, 0},
    {{BP_TRAIN_MU, "mu"}, ON(mu), NUMBER, 1e-20, 1e300, 1e-3},
    {{BP_TRAIN_MU_DECREASE, "mu_decrease"}, ON(mu_decrease), NUMBER, 0, 1, 0.1},
    {{BP_TRAIN_MU_INCREASE, "mu_increase"}, ON(mu_increase), NUMBER, 1.01, 1e10, 10},
    {{BP_TRAIN_MU_MAX, "mu_max"}, ON(mu_max), NUMBER, 1e-20, 1e300, 1e10},
    {{BP_TRAIN_LAPACK, "lapack"}, ON(lapack), SWITCH, 0, LAPACK, 0},
};

const struct bp_names bp_train_options = BP_NAMES(options);

static double *field(struct bp_train_settings *settings, const struct option *option)
{
    return (double *)((char *)settings + option->offset);
}

void bp_train_start_settings(struct bp_train_settings *settings)
{
    for (size_t i = 0; i < bp_train_options.count; i++)
        *field(settings, &options[i]) = options[i].initial;
}

static bool is_member(const struct option *option, double value)
{
    return option->kind != MEMBER || fmod(value, 10) == 0;
}

bp_status bp_train_set(bp_train *train, int32_t key, double value)
{
    BP_TRY(bp_need(BP_CALL, train, "train"));
    const struct option *option = bp_names_by_key(&bp_train_options, key);
    if (!option)
        return bp_fail(BP_CALL, BP_ERR_ARG, "there is no key %d to set", (int)key);
    if (!(value >= option->low && value <= option->high) || !is_member(option, value))
        return bp_fail(BP_CALL, BP_ERR_ARG, "%s is %s: it must be %s to %s", option->named.name,
                       bp_message_number(value).text, bp_message_number(option->low).text,
                       bp_message_number(option->high).text);
    if (option->kind != NUMBER && value != floor(value))
        return bp_fail(BP_CALL, BP_ERR_ARG, "%s is %s: it must be a whole number", option->named.name,
                       bp_message_number(value).text);
    if ((key == BP_TRAIN_BATCH || key == BP_TRAIN_METHOD) && train->done > 0)
        return bp_fail(BP_CALL, BP_ERR_STATE, "the %s cannot change within an epoch", option->named.name);
    if (key == BP_TRAIN_METHOD && value != train->set.method)
        train->full.begun = false;
    *field(&train->set, option) = value;
    train->stop = BP_STOP_NONE; /* there may be more to do now */
    return BP_OK;
}

/* ---- what can only be read */

static double epoch_of(const bp_train *t) { return (double)bp_train_epochs_done(t); }
static double best_epoch_of(const bp_train *t) { return (double)t->best_epoch; }
static double best_loss_of(const bp_train *t) { return t->best_epoch > 0 ? t->best_loss : (double)NAN; }
static double stop_of(const bp_train *t) { return t->stop; }

/* Of a method that has begun; else NaN. */
static double of_method(const bp_train *t, double value, bool has)
{
    return has && t->full.begun ? value : (double)NAN;
}

static bool is_br(const bp_train *t) { return t->full.method == BP_METHOD_BR; }
static double mu_of(const bp_train *t)
{
    return of_method(t, t->full.lm.mu, is_br(t) || t->full.method == BP_METHOD_LM);
}
static double alpha_of(const bp_train *t) { return of_method(t, t->full.br.alpha, is_br(t)); }
static double beta_of(const bp_train *t) { return of_method(t, t->full.br.beta, is_br(t)); }
static double gamma_of(const bp_train *t) { return of_method(t, t->full.br.gamma, is_br(t)); }

static const struct {
    int32_t key;
    double (*value)(const bp_train *train);
} answers[] = {
    {BP_TRAIN_EPOCH, epoch_of},         {BP_TRAIN_BEST_EPOCH, best_epoch_of},
    {BP_TRAIN_BEST_LOSS, best_loss_of}, {BP_TRAIN_STOP_REASON, stop_of},
    {BP_TRAIN_MU_NOW, mu_of},           {BP_TRAIN_ALPHA, alpha_of},
    {BP_TRAIN_BETA, beta_of},           {BP_TRAIN_GAMMA, gamma_of},
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

bp_status bp_train_get(const bp_train *train, int32_t key, double *value)
{
    BP_TRY(bp_need(BP_CALL, train, "train"));
    BP_TRY(bp_need(BP_CALL, value, "value"));
    const struct option *option = bp_names_by_key(&bp_train_options, key);
    for (size_t i = 0; i < COUNT(answers); i++)
        if (answers[i].key == key) {
            *value = answers[i].value(train);
            return BP_OK;
        }
    if (option)
        *value = *(const double *)((const char *)&train->set + option->offset);
    else if (!bp_train_column(bp_train_last(train), key, value))
        return bp_fail(BP_CALL, BP_ERR_ARG, "there is no key %d", (int)key);
    return BP_OK;
}
