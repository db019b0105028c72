/* SPDX-License-Identifier: MIT
 *
 * A file on its way out: the pieces of its header, and numbers. All of it is made twice, once to be counted and once to
 * be written. */
#ifndef BP_FILES_MODEL_SAVING_H
#define BP_FILES_MODEL_SAVING_H

#include "files/model/metadata.h"
#include "base/keys.h"
#include "files/sink.h"
#include "train/training.h"

struct bp_saving {
    const struct bp_call *call;
    struct bp_sink *sink;
    const bp_net *net;
    const bp_train *train;   /* its net; NULL: the net alone */
    bool optimizer;          /* the optimiser's state too */
    size_t members, payload; /* so far */
};

/* A name and its colon, after a comma where one must be; and with a value in quotes. */
void bp_save_key(struct bp_saving *saving, const char *key);
void bp_save_text(struct bp_saving *saving, const char *key, const char *text);
void bp_save_whole(struct bp_saving *saving, const char *key, uint64_t value);
void bp_save_value(struct bp_saving *saving, const char *key, double value);

/* A tensor's entry: [units][inputs], or [units] where inputs is 0. */
void bp_save_option(struct bp_saving *saving, const char *key, const struct bp_option *option,
                    double value); /* a member by its name */
void bp_save_tensor(struct bp_saving *saving, const char *key, int32_t dtype, size_t units, size_t inputs);

/* files/checkpoint/save_training.c: where the training stands, as metadata, as entries and as numbers. */
void bp_save_training(struct bp_saving *saving);
void bp_save_training_tensors(struct bp_saving *saving);
void bp_save_training_numbers(struct bp_saving *saving);

#endif
