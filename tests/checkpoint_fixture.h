/* SPDX-License-Identifier: MIT
 *
 * Trainings of every kind that are saved, destroyed, loaded and continued. */
#ifndef CHECKPOINT_FIXTURE_H
#define CHECKPOINT_FIXTURE_H

#include "files_fixture.h"

/** An option to set on the net or the training before the first batch. */
struct setting {
    int32_t key; /**< BP_OPT_* or BP_TRAIN_*; 0 ends a list */
    double value;
};

enum { MOST_SETTINGS = 8 };

struct kind {
    const char *name;
    struct setting net[MOST_SETTINGS], train[MOST_SETTINGS];
    double dropout; /**< rate of a layer behind the first; 0 for none */
    bool judged;    /**< with validation data */
};

/** All of them in turn; the last has no name. */
extern const struct kind kinds[];

/** A net with its training, and the data, which stay the same. */
struct course {
    const struct kind *kind;
    bp_net *net;
    bp_train *train;
    bp_data *data, *validation; /* the second may be NULL */
};

/** A course on three noisy heaps, with a net of 4-5-3. */
struct course checkpoint_begin(const struct kind *kind, int32_t dtype);
/** The same, with net and data from this allocator. */
struct course checkpoint_begin_with(const struct kind *kind, int32_t dtype, const bp_allocator *allocator);
/** A course on two data sets with classes, which it then owns. */
struct course checkpoint_begin_on(const struct kind *kind, int32_t dtype, bp_data *data, bp_data *validation,
                                  size_t hidden);
void checkpoint_end(struct course *course);

/** bp_train_save_memory(). */
struct file checkpoint_save(const bp_train *train);
/** A net and a training from such a file. If a call fails: its status, and neither a net nor a training. */
bp_status checkpoint_load(bp_train **train, bp_net **net, struct file file, const bp_data *data,
                          const bp_data *validation);

/** Saves, destroys net and training, and loads them from what was saved. */
void checkpoint_again(struct course *course);

/** Trains for so many batches, or to the end if that is earlier. */
void checkpoint_go(struct course *course, size_t batches);

/** Asserts that the nets, the states of their optimisers, and the records except their seconds are the same to the
 *  bit. */
void checkpoint_same(const struct course *a, const struct course *b);

#endif
