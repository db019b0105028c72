/* SPDX-License-Identifier: MIT
 *
 * Training: a net, the rows it learns from and those it is judged by, and where in all that it stands. */
#ifndef BP_TRAIN_TRAINING_H
#define BP_TRAIN_TRAINING_H

#include <stdatomic.h>

#include "base/keys.h"
#include "data/data_set.h"
#include "train/batch.h"
#include "train/full_batch.h"

/* What a user may set; all double, so that one table serves them. train/train_options.c has names, bounds and
 * defaults. */
struct bp_train_settings {
    double epochs, batch, seed, shuffle, balance, method;
    double patience, restore, goal, min_gradient, time;
    double schedule, warmup, decay, period, least_rate, most_rate;
    double mu, mu_decrease, mu_increase, mu_max, lapack;
};

/* An epoch, as it was. NaN: not measured. */
struct bp_train_epoch_record {
    double loss, accuracy, valid_loss, valid_accuracy, rate, gradient, seconds;
    double warning; /* a BP_FINDING_*, 0 for none */
};

/* Where the last loss or step that was not finite happened; epoch and batch count from 1, epoch 0: nowhere. */
struct bp_train_failure {
    size_t epoch, batch, row;
    size_t layer; /* the net's count of layers: none */
};

/* Whether the net was fresh when training began, if that was asked; and that it needs no scaling any more. */
enum { BP_SCALING_OPEN, BP_SCALING_WANTED, BP_SCALING_DONE };

/* Rows at a time of the validation data. */
enum { BP_TRAIN_VALID_ROWS = 256 };

struct bp_train {
    bp_allocator allocator;
    struct bp_train_settings set;
    bp_net *net;
    bp_data *data, *valid; /* its own handles; `valid` may be NULL */
    bool labels;
    bp_scratch *scratch;
    struct bp_batch batch, valid_batch;
    double *class_weights; /* with which all classes weigh the same; NULL without labels */
    void *gradient, *best; /* buffers for all parameters, of the last batch and of the best epoch; `best` if `valid` */
    struct bp_buffer record; /* of struct bp_train_epoch_record */

    size_t *order;                           /* of the rows in this epoch */
    double order_seed, order_shuffle;        /* BP_TRAIN_SEED and BP_TRAIN_SHUFFLE as they were when it began */
    size_t done, right;                      /* rows of this epoch, and those of them with the right answer */
    double loss, gradient_norm;              /* the sum over these rows; of the last batch */
    double seconds, seconds_before, entered; /* in this epoch up to this call, and in all before; when it began */

    double rate;                     /* the net's as it was found; NaN before the first batch */
    bool scheduled;                  /* the net has another now */
    int32_t scaling;                 /* BP_SCALING_* */
    double least_loss, plateau_rate; /* for BP_SCHEDULE_PLATEAU, with the epochs since that loss */
    size_t flat_epochs;
    size_t best_epoch; /* from 1; 0 for none */
    double best_loss;
    int32_t stop; /* BP_STOP_* */
    struct bp_full_batch full;
    struct bp_train_failure failure;
    struct bp_buffer findings; /* of struct bp_finding: those of the last examination */

    atomic_bool cancelled; /* the last member: bp_train_exchange() leaves it alone */
};

static inline size_t bp_train_epochs_done(const bp_train *train)
{
    return train->record.used / sizeof(struct bp_train_epoch_record);
}

/* train/record.c */
const struct bp_train_epoch_record *bp_train_at(const bp_train *train, size_t epoch); /* from 1 */
const struct bp_train_epoch_record *bp_train_last(const bp_train *train);             /* NULL if there is none */
/* A column's name and where it lies in a record; NULL past the last. */
const char *bp_train_column_name(size_t index, size_t *offset);
/* Records of so many epochs, all 0, where there is none yet. False: no memory, or a size that overflows. */
bool bp_train_make_record(bp_train *train, size_t epochs);
/* Returns it, to be written on until the next is added; NULL: no memory. */
struct bp_train_epoch_record *bp_train_add_record(bp_train *train, const struct bp_train_epoch_record *record);

/* train/doctor/examine_course.c: the gravest BP_FINDING_* that the epochs' record shows, 0 for none. */
int32_t bp_train_warning(const bp_train *train);

/* train/train_options.c: whether an option may have the value now; and puts settings in place, all of which may be. */
bp_status bp_train_check_change(const struct bp_call *call, const bp_train *train, const struct bp_option *option,
                                double value);
void bp_train_change(bp_train *train, const struct bp_train_settings *set);

/* train/training.c: two trainings of one allocator change places; their nets have to do so too. */
void bp_train_exchange(bp_train *a, bp_train *b);

/* train/schedule.c: the learning rate for the batch that begins after `done` of `rows` rows of the epoch. */
double bp_train_rate(const bp_train *train, size_t done, size_t rows);
bool bp_train_rate_moves(const bp_train *train); /* within an epoch */

/* The weights of classes that rows are multiplied with; NULL for none. */
static inline const double *bp_train_class_weights(const bp_train *train)
{
    return train->set.balance != 0 ? train->class_weights : NULL;
}

/* train/columns.c: names for a net that has none; and before the first step of a net that knows nothing yet its
 * scaling. It may be dropped again. */
bool bp_train_wants_scaling(bp_train *train);
bool bp_train_would_scale(const bp_train *train); /* the same, of a training that has not begun */
bp_status bp_train_fit_scaling(bp_train *train);
void bp_train_drop_scaling(bp_train *train);

/* train/loop.c: up to so many batches and so many ends of epochs. */
bp_status bp_train_go(bp_train *train, const struct bp_call *call, size_t batches, size_t epochs);

/* Buffers and order of an epoch of steps that is under way. */
bp_status bp_train_enter_epoch(bp_train *train);

static inline bool bp_train_takes_steps(const bp_train *train) { return (int32_t)train->set.method == BP_METHOD_STEPS; }

#endif
