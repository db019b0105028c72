/* SPDX-License-Identifier: MIT
 *
 * The record: a row of numbers for each epoch. */
#include <math.h>

#include "train/train.h"

static const struct {
    int32_t key;
    size_t offset;
} columns[] = {
    {BP_TRAIN_LOSS, offsetof(struct bp_train_epoch_record, loss)},
    {BP_TRAIN_ACCURACY, offsetof(struct bp_train_epoch_record, accuracy)},
    {BP_TRAIN_VALID_LOSS, offsetof(struct bp_train_epoch_record, valid_loss)},
    {BP_TRAIN_VALID_ACCURACY, offsetof(struct bp_train_epoch_record, valid_accuracy)},
    {BP_TRAIN_RATE, offsetof(struct bp_train_epoch_record, rate)},
    {BP_TRAIN_GRADIENT, offsetof(struct bp_train_epoch_record, gradient)},
    {BP_TRAIN_SECONDS, offsetof(struct bp_train_epoch_record, seconds)},
    {BP_TRAIN_WARNING, offsetof(struct bp_train_epoch_record, warning)},
};

bool bp_train_column(const struct bp_train_epoch_record *record, int32_t key, double *value)
{
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        if (columns[i].key == key) {
            *value = record ? *(const double *)((const char *)record + columns[i].offset) : (double)NAN;
            return true;
        }
    return false;
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

bp_status bp_train_record(const bp_train *train, size_t epoch, int32_t key, double *value)
{
    if (!train)
        return BP_ERR_ARG;
    if (!value)
        return bp_train_fail_shared(train, __func__, BP_ERR_ARG, "value is NULL");
    const size_t epochs = bp_train_epochs_done(train);
    if (epoch == 0 || epoch > epochs)
        return bp_train_fail_shared(train, __func__, BP_ERR_ARG, "there is no epoch %zu in the record: it has %zu",
                                    epoch, epochs);
    if (!bp_train_column(bp_train_at(train, epoch), key, value))
        return bp_train_fail_shared(train, __func__, BP_ERR_ARG, "the record has no key %d", (int)key);
    return BP_OK;
}
