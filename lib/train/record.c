/* SPDX-License-Identifier: MIT
 *
 * The record: a row of numbers for each epoch, and what else can be asked of a training. */
#include <math.h>

#include "base/memory.h"
#include "train/train_families.h"
#include "train/training.h"

/* ---- what there is now */

/* The answer to a key of the table. */
static double epoch_of(const bp_train *t, int32_t key)
{
    (void)key;
    return (double)bp_train_epochs_done(t);
}

static double best_epoch_of(const bp_train *t, int32_t key)
{
    (void)key;
    return (double)t->best_epoch;
}

static double best_loss_of(const bp_train *t, int32_t key)
{
    (void)key;
    return t->best_epoch > 0 ? t->best_loss : (double)NAN;
}

static double stop_of(const bp_train *t, int32_t key)
{
    (void)key;
    return t->stop;
}

/* ---- the table */

/* A column of the epochs' record, or what there is only now. */
#define COLUMN(member) offsetof(struct bp_train_epoch_record, member), NULL
#define NOW(function) 0, function

static const struct row {
    struct bp_named named;
    size_t offset;
    double (*now)(const bp_train *train, int32_t key);
} rows[] = {
    {{BP_RECORD_EPOCH, "epoch", "The number of epochs done"}, NOW(epoch_of)},
    {{BP_RECORD_LOSS, "loss", "The mean loss over the rows of the epoch"}, COLUMN(loss)},
    {{BP_RECORD_ACCURACY, "accuracy", "The share of the epoch's rows whose class is predicted"}, COLUMN(accuracy)},
    {{BP_RECORD_VALID_LOSS, "valid_loss", "The mean loss over the validation data after the epoch"},
     COLUMN(valid_loss)},
    {{BP_RECORD_VALID_ACCURACY, "valid_accuracy", "The share of the validation rows whose class is predicted"},
     COLUMN(valid_accuracy)},
    {{BP_RECORD_RATE, "rate", "The learning rate of the last batch of the epoch"}, COLUMN(rate)},
    {{BP_RECORD_GRADIENT, "gradient", "The norm of the gradient of the last batch of the epoch"}, COLUMN(gradient)},
    {{BP_RECORD_SECONDS, "seconds", "The seconds that the epoch took"}, COLUMN(seconds)},
    {{BP_RECORD_BEST_EPOCH, "best_epoch", "The epoch with the least validation loss; 0 for none"}, NOW(best_epoch_of)},
    {{BP_RECORD_BEST_LOSS, "best_loss", "The least validation loss"}, NOW(best_loss_of)},
    {{BP_RECORD_STOP, "stop", "Why the training stopped; 0 if it has not stopped"}, NOW(stop_of)},
    {{BP_RECORD_MU, "mu", "The mu with which the next epoch of lm or br begins"}, NOW(bp_full_batch_record)},
    {{BP_RECORD_ALPHA, "alpha", "The weight of the penalty of br"}, NOW(bp_full_batch_record)},
    {{BP_RECORD_BETA, "beta", "The weight of the errors of br"}, NOW(bp_full_batch_record)},
    {{BP_RECORD_GAMMA, "gamma", "The effective number of parameters, of br"}, NOW(bp_full_batch_record)},
    {{BP_RECORD_WARNING, "warning", "The most serious finding that the losses show; 0 for none"}, COLUMN(warning)},
};
const struct bp_family bp_records = BP_FAMILY(BP_FAMILY_RECORD, "record", "The record of a training", rows);

static const struct bp_named stops[] = {
    {BP_STOP_EPOCHS, "epochs", "All epochs are done"},
    {BP_STOP_GOAL, "goal", "The loss reached the goal"},
    {BP_STOP_GRADIENT, "gradient", "The gradient is small enough"},
    {BP_STOP_PATIENCE, "patience", "The validation loss did not fall for the number of epochs that patience sets"},
    {BP_STOP_TIME, "time", "The time is used up"},
    {BP_STOP_CANCELLED, "cancelled", "The program cancelled it"},
    {BP_STOP_STUCK, "stuck", "No step lowers the loss any more"},
};
const struct bp_family bp_stops = BP_FAMILY(BP_FAMILY_STOP, "stop", "Why a training stopped", stops);

static double column_of(const struct bp_train_epoch_record *record, const struct row *row)
{
    return record ? *(const double *)(const void *)((const char *)record + row->offset) : (double)NAN;
}

const char *bp_train_column_name(size_t index, size_t *offset)
{
    for (const struct row *row = rows; row < rows + bp_records.count; row++)
        if (!row->now && index-- == 0) {
            *offset = row->offset;
            return row->named.name;
        }
    return NULL;
}

const struct bp_train_epoch_record *bp_train_at(const bp_train *train, size_t epoch)
{
    return (const struct bp_train_epoch_record *)train->record.bytes + (epoch - 1);
}

const struct bp_train_epoch_record *bp_train_last(const bp_train *train)
{
    const size_t epochs = bp_train_epochs_done(train);
    return epochs > 0 ? bp_train_at(train, epochs) : NULL;
}

struct bp_train_epoch_record *bp_train_add_record(bp_train *train, const struct bp_train_epoch_record *record)
{
    if (!bp_buffer_add(&train->allocator, &train->record, record, sizeof(*record)))
        return NULL;
    return (struct bp_train_epoch_record *)(void *)train->record.bytes + bp_train_epochs_done(train) - 1;
}

bool bp_train_make_record(bp_train *train, size_t epochs)
{
    size_t bytes;
    return bp_size_multiply(epochs, sizeof(struct bp_train_epoch_record), &bytes) &&
           bp_buffer_add(&train->allocator, &train->record, NULL, bytes);
}

bp_status bp_train_record(const bp_train *train, size_t epoch, int32_t key, double *value)
{
    BP_TRY(bp_need(BP_CALL, train, "train"));
    BP_TRY(bp_need(BP_CALL, value, "value"));
    const struct row *row = bp_family_by_key(&bp_records, key);
    const size_t epochs = bp_train_epochs_done(train);
    if (!row)
        return bp_fail(BP_CALL, BP_ERR_ARG, "the record has no key %d", (int)key);
    if (epoch > epochs)
        return bp_fail(BP_CALL, BP_ERR_ARG, "there is no epoch %zu in the record: it has %zu", epoch, epochs);
    if (epoch > 0 && row->now)
        return bp_fail(BP_CALL, BP_ERR_ARG, "%s is not kept for each epoch: ask for epoch 0", row->named.name);
    *value =
        row->now ? row->now(train, key) : column_of(epoch > 0 ? bp_train_at(train, epoch) : bp_train_last(train), row);
    return BP_OK;
}
