/* SPDX-License-Identifier: MIT
 *
 * For the tests of bp_train: data that a small net almost learns, and a training on them. */
#ifndef TRAIN_FIXTURE_H
#define TRAIN_FIXTURE_H

#include "any.h"

enum { ROWS = 90, INPUTS = 4, CLASSES = 3, HIDDEN = 5, BATCH = 16, MOST_PARAMETERS = 64 };

/* Three noisy heaps, which a net learns to separate, but never completely. */
struct heaps {
    double x[ROWS * INPUTS], target[ROWS * CLASSES];
    int32_t labels[ROWS];
};

struct heaps heaps_of(uint64_t seed, double noise);
bp_net *net_of(int32_t dtype);
bp_data *heaps_data(const struct heaps *h);

/* A training of a new net on heaps, perhaps with validation data. */
struct training {
    bp_net *net;
    bp_train *train;
};

struct training training_of(int32_t dtype, double noise, bool validated);
void end_training(struct training *t);

double value_of(const struct training *t, int32_t key);
void set_key(const struct training *t, int32_t key, double value);

#endif
