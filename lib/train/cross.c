/* SPDX-License-Identifier: MIT
 *
 * Cross-validation (Stone, 1974): a training as it is set, once for each fold and without it. */
#include "base/last_error.h"
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
static bp_status make(struct fold *f, const bp_train *like)
{
    bp_status status = bp_net_clone(&f->net, like->net);
    if (status != BP_OK)
        return status;
    if (like->scheduled)
        (void)bp_net_set(f->net, BP_OPT_LEARNING_RATE, like->rate); /* which it has had before */
    status = bp_train_create(&f->train, f->net, f->others, NULL);
    if (status == BP_OK)
        f->train->set = like->set;
    return status;
}

/* Batch by batch, so that a cancellation of `like` is seen in time. */
static bp_status train_to_the_end(const struct fold *f, bp_train *like)
{
    bp_status status;
    do {
        if (atomic_exchange(&like->cancelled, false))
            bp_train_cancel(f->train);
        status = bp_train_batches(f->train, 1);
    } while (status == BP_OK);
    return status == BP_DONE ? BP_OK : status;
}

static bp_status measure(const struct fold *f, int32_t metric, double *value)
{
    return bp_net_evaluate(f->net, f->held, metric, value);
}

static bp_status run(struct fold *f, bp_train *like, int32_t metric, double *value)
{
    BP_TRY(make(f, like));
    BP_TRY(train_to_the_end(f, like));
    return measure(f, metric, value);
}

bp_status bp_train_cross_validate(bp_train *like, size_t folds, uint64_t seed, int32_t metric, double *values)
{
    BP_TRY(bp_need(BP_CALL, like, "like"));
    BP_TRY(bp_need(BP_CALL, values, "values"));
    if (!bp_family_by_key(&bp_metrics, metric))
        return bp_fail(BP_CALL, BP_ERR_ARG, "there is no metric %d", (int)metric);
    for (size_t i = 0; i < folds || i == 0; i++) {
        struct fold f = {0};
        bp_status status = bp_data_fold(like->data, folds, i, seed, &f.others, &f.held);
        if (status == BP_OK)
            status = run(&f, like, metric, &values[i]);
        if (status != BP_OK)
            status = bp_fail(BP_CALL, status, "fold %zu: %s", i, bp_error_reason());
        release(&f);
        BP_TRY(status);
    }
    return BP_OK;
}
