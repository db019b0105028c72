/* SPDX-License-Identifier: MIT
 *
 * The record: a row of numbers for each epoch. */
#include <math.h>

#include "base/memory.h"
#include "train/training.h"

#define COLUMN(key, member)                                                                                            \
    {                                                                                                                  \
        {key, #member}, offsetof(struct bp_train_epoch_record, member)                                                 \
    }

static const struct column {
    struct bp_named named;
    size_t offset;
} columns[] = {
    COLUMN(BP_TRAIN_LOSS, loss),
    COLUMN(BP_TRAIN_ACCURACY, accuracy),
    COLUMN(BP_TRAIN_VALID_LOSS, valid_loss),
    COLUMN(BP_TRAIN_VALID_ACCURACY, valid_accuracy),
    COLUMN(BP_TRAIN_RATE, rate),
    COLUMN(BP_TRAIN_GRADIENT, gradient),
    COLUMN(BP_TRAIN_SECONDS, seconds),
    COLUMN(BP_TRAIN_WARNING, warning),
};

static const struct bp_names column_names = BP_NAMES(columns);

bool bp_train_column(const struct bp_train_epoch_record *record, int32_t key, double *value)
{
    const struct column *column = bp_names_by_key(&column_names, key);
    if (column)
        *value = record ? *(const double *)((const char *)record + column->offset) : (double)NAN;
    return column != NULL;
}

const char *bp_train_column_name(size_t index, size_t *offset)
{
    const struct column *column = bp_names_row(&column_names, index);
    if (!column)
        return NULL;
    *offset = column->offset;
    return column->named.name;
}

size_t bp_train_epochs_done(const bp_train *train) { return train->record.used / sizeof(struct bp_train_epoch_record); }

const struct bp_train_epoch_record *bp_train_at(const bp_train *train, size_t epoch)
{
    return (const struct bp_train_epoch_record *)train->record.bytes + (epoch - 1);
}

const struct bp_train_epoch_record *bp_train_last(const bp_train *train)
{
    const size_t epochs = bp_train_epochs_done(train);
    return epochs > 0 ? bp_train_at(train, epochs) : NULL;
}

bool bp_train_add_record(bp_train *train, const struct bp_train_epoch_record *record)
{
    if (!bp_buffer_add(&train->allocator, &train->record, record, sizeof(*record)))
        return false;
    struct bp_train_epoch_record *added =
        (struct bp_train_epoch_record *)train->record.bytes + bp_train_epochs_done(train) - 1;
    added->warning = (double)bp_train_warning(train);
    return true;
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
    const size_t epochs = bp_train_epochs_done(train);
    if (epoch == 0 || epoch > epochs)
        return bp_fail(BP_CALL, BP_ERR_ARG, "there is no epoch %zu in the record: it has %zu", epoch, epochs);
    if (!bp_train_column(bp_train_at(train, epoch), key, value))
        return bp_fail(BP_CALL, BP_ERR_ARG, "the record has no key %d", (int)key);
    return BP_OK;
}
