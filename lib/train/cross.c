/* SPDX-License-Identifier: MIT
 *
 * Cross-validation (Stone, 1974): a training as it is set, once for each fold and without it. */
#include "train/train_families.h"
#include "train/training.h"

/* One of them. */
struct fold {
    bp_net *net;
    bp_data *others, *held;
    bp_train *train;
};

static void release(struct fold *f)
{
    bp_train_destroy(f->train);
    bp_data_destroy(f->others);
    bp_data_destroy(f->held);
    bp_net_destroy(f->net);
    *f = (struct fold){0};
}

/* The net as it is now, but at the learning rate that a schedule has not moved; the settings as they are now. */
static bp_status make(struct fold *f, const bp_train *like, const char **said)
{
    bp_status status = bp_net_clone(&f->net, like->net);
    *said = bp_net_error(like->net);
    if (status != BP_OK)
        return status;
    if (like->scheduled)
        (void)bp_net_set(f->net, BP_OPT_LEARNING_RATE, like->rate); /* which it has had before */
    status = bp_train_create(&f->train, f->net, f->others, NULL);
    *said = bp_data_error(f->others);
    if (status == BP_OK)
        f->train->set = like->set;
    return status;
}

/* Batch by batch, so that a cancellation of `like` is seen in time. */
static bp_status train_to_the_end(const struct fold *f, bp_train *like, const char **said)
{
    bp_status status;
    do {
        if (atomic_exchange(&like->cancelled, false))
            bp_train_cancel(f->train);
        status = bp_train_batches(f->train, 1);
    } while (status == BP_OK);
    *said = bp_train_error(f->train);
    return status == BP_DONE ? BP_OK : status;
}

static bp_status measure(const struct fold *f, int32_t metric, double *value, const char **said)
{
    const bp_status status = bp_net_evaluate(f->net, f->held, metric, value);
    *said = bp_data_error(f->held);
    return status;
}

static bp_status run(struct fold *f, bp_train *like, int32_t metric, double *value, const char **said)
{
    BP_TRY(make(f, like, said));
    BP_TRY(train_to_the_end(f, like, said));
    return measure(f, metric, value, said);
}

bp_status bp_train_cross_validate(bp_train *like, size_t folds, uint64_t seed, int32_t metric, double *values)
{
    if (!like)
        return BP_ERR_ARG;
    if (!values)
        return bp_train_fail(like, __func__, BP_ERR_ARG, "values is NULL");
    if (!bp_family_by_key(&bp_metrics, metric))
        return bp_train_fail(like, __func__, BP_ERR_ARG, "there is no metric %d", (int)metric);
    for (size_t i = 0; i < folds || i == 0; i++) {
        struct fold f = {0};
        const char *said = NULL;
        bp_status status = bp_data_fold(like->data, folds, i, seed, &f.others, &f.held);
        if (status != BP_OK)
            said = bp_data_error(like->data);
        else
            status = run(&f, like, metric, &values[i], &said);
        if (status != BP_OK)
            (void)bp_train_fail(like, __func__, status, "fold %zu: %s", i, said);
        release(&f);
        BP_TRY(status);
    }
    return BP_OK;
}
