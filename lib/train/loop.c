/* SPDX-License-Identifier: MIT
 *
 * A batch, and what follows the last of an epoch: validation, the record, and whether to continue. */
#include <math.h>

#include "base/platform.h"
#include "data/shuffle.h"
#include "base/last_error.h"
#include "data/asked_net.h"
#include "train/training.h"

static double now(void) { return 1e-9 * (double)bp_platform_clock(); }

/* Of this epoch, spent in calls. */
static double seconds(const bp_train *t) { return t->seconds + (now() - t->entered); }

/* Loss and accuracy of the evaluation pass over the validation data. */
static bp_status validate(bp_train *t, double *loss, double *accuracy)
{
    struct bp_batch *batch = &t->valid_batch;
    const size_t rows = bp_data_rows(t->valid);
    size_t right = 0;
    double sum = 0;
    for (size_t row = 0; row < rows; row += batch->rows) {
        const size_t some = rows - row < batch->rows ? rows - row : batch->rows;
        double mean;
        for (size_t i = 0; i < some; i++)
            batch->row[i] = row + i;
        BP_TRY(bp_batch_fill(batch, t->valid, bp_train_class_weights(t), batch->row, some));
        BP_TRY(bp_batch_loss(batch, t->net, some, &mean, t->scratch));
        sum += mean * (double)some;
        if (t->labels) { /* a pass of its own: the loss does not show its outputs */
            BP_TRY(bp_batch_predict(batch, t->net, some, t->scratch));
            right += bp_batch_right(batch, some);
        }
    }
    *loss = sum / (double)rows;
    *accuracy = t->labels ? (double)right / (double)rows : (double)NAN;
    return BP_OK;
}

/* ---- the end of a training */

/* The learning rate is put back as it was found; and the best parameters, unless the training may continue. */
static bp_status stop(bp_train *t, int32_t reason)
{
    const bool restore = t->valid && t->set.restore != 0 && reason != BP_STOP_CANCELLED;
    if (restore && t->best_epoch > 0 && t->best_epoch != bp_train_epochs_done(t))
        BP_TRY(bp_batch_set_parameters(t->net, t->best));
    if (t->scheduled)
        BP_TRY(bp_net_set(t->net, BP_OPT_LEARNING_RATE, t->rate));
    t->scheduled = false;
    t->stop = reason;
    return BP_OK;
}

static int32_t reason_to_stop(const bp_train *t)
{
    const struct bp_train_epoch_record *last = bp_train_last(t);
    const size_t epochs = bp_train_epochs_done(t);
    const bool patient = !t->valid || t->set.patience == 0 || (double)(epochs - t->best_epoch) < t->set.patience;
    if (last && last->loss <= t->set.goal)
        return BP_STOP_GOAL;
    if (last && last->gradient < t->set.min_gradient)
        return BP_STOP_GRADIENT;
    if (!patient)
        return BP_STOP_PATIENCE;
    if ((double)epochs >= t->set.epochs)
        return BP_STOP_EPOCHS;
    return BP_STOP_NONE;
}

/* ---- the end of an epoch */

/* Whether a loss is less; than NaN every other is. */
static bool is_less(double loss, double than) { return loss < than || (isnan(than) && !isnan(loss)); }

static bp_status keep_best(bp_train *t, double loss, size_t epoch)
{
    if (!t->valid || !(t->best_epoch == 0 || is_less(loss, t->best_loss)))
        return BP_OK;
    t->best_loss = loss;
    t->best_epoch = epoch;
    return bp_batch_get_parameters(t->net, t->best);
}

/* Lowers the rate of BP_SCHEDULE_PLATEAU after `period` epochs without a lesser loss. */
static void check_plateau(bp_train *t, double loss)
{
    if (is_less(loss, t->least_loss) || bp_train_epochs_done(t) == 1) {
        t->least_loss = loss;
        t->flat_epochs = 0;
    } else if ((double)++t->flat_epochs >= t->set.period) {
        t->plateau_rate *= t->set.decay;
        t->flat_epochs = 0;
    }
}

static bp_status end_epoch(bp_train *t)
{
    struct bp_train_epoch_record record = {
        .loss = t->loss / (double)t->done,
        .accuracy = t->labels ? (double)t->right / (double)t->done : (double)NAN,
        .valid_loss = (double)NAN,
        .valid_accuracy = (double)NAN,
        .rate = (double)NAN,
        .gradient = t->gradient_norm,
    };
    if (bp_train_takes_steps(t))
        BP_TRY(bp_net_get(t->net, BP_OPT_LEARNING_RATE, &record.rate));
    if (t->valid)
        BP_TRY(validate(t, &record.valid_loss, &record.valid_accuracy));
    record.seconds = seconds(t);
    BP_TRY(keep_best(t, record.valid_loss, bp_train_epochs_done(t) + 1));
    struct bp_train_epoch_record *added = bp_train_add_record(t, &record);
    if (!added)
        return BP_ERR_MEMORY;
    added->warning = (double)bp_train_warning(t);
    check_plateau(t, t->valid ? record.valid_loss : record.loss);
    t->done = t->right = 0;
    t->loss = t->seconds = 0;
    t->seconds_before += record.seconds;
    t->entered = now();
    const int32_t reason = reason_to_stop(t);
    return reason != BP_STOP_NONE ? stop(t, reason) : BP_OK;
}

/* ---- a batch */

/* The order of an epoch depends on the seed and the epoch alone. */
static void put_in_order(bp_train *t)
{
    const size_t rows = bp_data_rows(t->data);
    for (size_t i = 0; i < rows; i++)
        t->order[i] = i;
    if (t->order_shuffle != 0)
        bp_shuffle((uint64_t)t->order_seed, (uint32_t)bp_train_epochs_done(t), t->order, rows);
}

static void begin_epoch(bp_train *t)
{
    t->order_seed = t->set.seed;
    t->order_shuffle = t->set.shuffle;
    put_in_order(t);
}

static bp_status set_rate(bp_train *t, size_t rows)
{
    if ((int32_t)t->set.schedule == BP_SCHEDULE_CONSTANT && t->set.warmup == 0)
        return BP_OK;
    if (isnan(t->rate)) {
        BP_TRY(bp_net_get(t->net, BP_OPT_LEARNING_RATE, &t->rate));
        t->plateau_rate = t->rate;
    }
    if (t->done > 0 && t->scheduled && !bp_train_rate_moves(t))
        return BP_OK;
    t->scheduled = true;
    return bp_net_set(t->net, BP_OPT_LEARNING_RATE, bp_train_rate(t, t->done, rows));
}

/* Buffers for batches of the size that is set, which may be changed between epochs. */
static bp_status make_batch(bp_train *t, size_t rows)
{
    const size_t batch = t->set.batch == 0 || t->set.batch > (double)rows ? rows : (size_t)t->set.batch;
    return bp_batch_fit(&t->allocator, &t->batch, t->net, t->data, batch);
}

/* All that an epoch takes, so that nothing within it can run out of memory. */
static bp_status reserve(bp_train *t, size_t rows)
{
    if (!bp_buffer_reserve(&t->allocator, &t->record, sizeof(struct bp_train_epoch_record)))
        return BP_ERR_MEMORY;
    BP_TRY(make_batch(t, rows));
    const bp_status status = bp_batch_reserve(&t->batch, t->net);
    if (status != BP_OK)
        bp_batch_release(&t->allocator, &t->batch);
    return status;
}

bp_status bp_train_enter_epoch(bp_train *t)
{
    BP_TRY(reserve(t, bp_data_rows(t->data)));
    put_in_order(t);
    return BP_OK;
}

/* The last of an epoch, with its gradient's norm. A loss that does not fit the net must not get as far as forward. */
static bp_status last_step(bp_train *t, double *loss)
{
    BP_TRY(bp_batch_loss(&t->batch, t->net, 1, loss, t->scratch));
    return bp_batch_train_measured(&t->batch, t->net, loss, &t->gradient_norm);
}

static bp_status train_batch(bp_train *t)
{
    const size_t rows = bp_data_rows(t->data);
    if (t->done == 0) {
        BP_TRY(reserve(t, rows));
        begin_epoch(t);
    }
    BP_TRY(set_rate(t, rows));
    const size_t some = rows - t->done < t->batch.rows ? rows - t->done : t->batch.rows;
    double loss;
    BP_TRY(bp_batch_fill(&t->batch, t->data, bp_train_class_weights(t), t->order + t->done, some));
    const size_t next = t->done + some, left = rows - next;
    if (t->set.shuffle != 0) /* else processors see by themselves what comes next */
        bp_data_prefetch(t->data, t->order + next, left < t->batch.rows ? left : t->batch.rows);
    BP_TRY(next < rows ? bp_batch_train(&t->batch, t->net, &loss) : last_step(t, &loss));
    if (t->labels) {
        BP_TRY(bp_batch_outputs(&t->batch, t->net));
        t->right += bp_batch_right(&t->batch, some);
    }
    t->loss += loss * (double)some;
    t->done += some;
    return BP_OK;
}

/* Keeps where it was, for the doctor. */
static void keep_failure(bp_train *t)
{
    const size_t rows = bp_train_takes_steps(t) ? t->batch.rows : bp_data_rows(t->data);
    const double layer = bp_option_of_net(t->net, BP_OPT_NONFINITE_LAYER);
    t->failure = (struct bp_train_failure){.epoch = bp_train_epochs_done(t) + 1,
                                           .batch = 1 + (rows > 0 ? t->done / rows : 0),
                                           .row = t->done,
                                           .layer = layer < 0 ? bp_net_layers(t->net) : (size_t)layer};
}

/* The reason of a failure within, with the place. */
static bp_status pass_on(bp_train *t, const struct bp_call *call, bp_status status)
{
    const char *said = status == BP_ERR_MEMORY ? "out of memory"
                       : status == BP_ERR_NONFINITE && !bp_train_takes_steps(t)
                           ? "the loss or gradient of all rows is not finite"
                           : bp_error_reason();
    return bp_fail(call, status, "epoch %zu, row %zu: %s", bp_train_epochs_done(t) + 1, t->done, said);
}

static bp_status cancel(bp_train *t, const struct bp_call *call)
{
    atomic_store(&t->cancelled, false);
    BP_TRY(stop(t, BP_STOP_CANCELLED));
    return bp_fail(call, BP_ERR_CANCELLED, "cancelled in epoch %zu", bp_train_epochs_done(t) + 1);
}

/* The net's scaling, once everything is there that an epoch takes, and the loss is seen to fit. */
static bp_status scale(bp_train *t, const struct bp_call *call)
{
    double loss;
    bp_status status = bp_train_takes_steps(t) ? reserve(t, bp_data_rows(t->data)) : bp_full_batch_reserve(t);
    if (status == BP_OK)
        status = bp_batch_fill(&t->batch, t->data, bp_train_class_weights(t), &(size_t){0}, 1);
    if (status == BP_OK)
        status = bp_batch_loss(&t->batch, t->net, 1, &loss, t->scratch);
    if (status != BP_OK)
        return pass_on(t, call, status);
    status = bp_train_fit_scaling(t);
    if (status == BP_OK)
        return BP_OK;
    bp_batch_release(&t->allocator, &t->batch); /* as if nothing had been made */
    return bp_fail_within(call, status);
}

/* Options that are fine one by one may not go together, or not with the data. */
static bp_status check_options(bp_train *t, const struct bp_call *call)
{
    if (t->set.balance != 0 && !t->labels)
        return bp_fail(call, BP_ERR_UNSUPPORTED,
                       "BP_TRAIN_BALANCE weighs classes, and the target is numbers: give the classes as labels");
    return bp_train_takes_steps(t) ? BP_OK : bp_full_batch_check(t, call);
}

/* A batch, or with the other methods an iteration over all rows. */
static bp_status one_batch(bp_train *t, const struct bp_call *call)
{
    if (atomic_load(&t->cancelled))
        return cancel(t, call);
    if (t->stop == BP_STOP_CANCELLED)
        t->stop = BP_STOP_NONE;
    if (t->stop == BP_STOP_NONE && t->done == 0 && (double)bp_train_epochs_done(t) >= t->set.epochs)
        t->stop = BP_STOP_EPOCHS;
    if (t->stop != BP_STOP_NONE)
        return BP_DONE;
    BP_TRY(check_options(t, call));
    const bool first = bp_train_wants_scaling(t);
    if (first)
        BP_TRY(scale(t, call));
    bp_status status = BP_OK;
    if (t->done < bp_data_rows(t->data)) /* or else the end of the epoch failed, and is still due */
        status = bp_train_takes_steps(t) ? train_batch(t) : bp_full_batch_iterate(t);
    if (first && status < 0)
        bp_train_drop_scaling(t);
    if (status == BP_ERR_CANCELLED)
        return cancel(t, call);
    if (status == BP_DONE)
        status = stop(t, BP_STOP_STUCK);
    else if (status == BP_OK && t->done == bp_data_rows(t->data))
        status = end_epoch(t);
    if (status == BP_OK && t->stop == BP_STOP_NONE && t->set.time > 0 && t->seconds_before + seconds(t) >= t->set.time)
        status = stop(t, BP_STOP_TIME);
    if (status == BP_ERR_NONFINITE)
        keep_failure(t);
    return status == BP_OK ? BP_OK : pass_on(t, call, status);
}

bp_status bp_train_go(bp_train *t, const struct bp_call *call, size_t batches, size_t epochs)
{
    const size_t before = bp_train_epochs_done(t);
    struct bp_error_kept kept; /* steps within may fail, and be tried in another way */
    bp_status status = BP_OK;
    bp_error_keep(&kept);
    t->entered = now();
    for (size_t i = 0; status == BP_OK && i < batches && bp_train_epochs_done(t) - before < epochs; i++)
        status = one_batch(t, call);
    t->seconds = seconds(t);
    if (status >= 0)
        bp_error_put_back(&kept);
    return status;
}
