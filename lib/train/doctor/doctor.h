/* SPDX-License-Identifier: MIT
 *
 * An examination of three things: the data, the net's units, and the course of the loss. Each appends what it finds. */
#ifndef BP_TRAIN_DOCTOR_DOCTOR_H
#define BP_TRAIN_DOCTOR_DOCTOR_H

#include "train/doctor/finding.h"
#include "train/training.h"

enum { BP_DOCTOR_ROWS = 128 }; /* at a time */

struct bp_doctor {
    const struct bp_call *call;
    const bp_train *train;
    const bp_allocator *allocator;
    size_t *row; /* [rows] that are looked at */
    size_t rows;
    struct bp_buffer findings;
    bp_net *net; /* a clone of the training's */
};

#define bp_doctor_report(doctor, ...) bp_finding_add((doctor)->allocator, &(doctor)->findings, __VA_ARGS__)

/* Each returns BP_OK whatever it finds. */
bp_status bp_examine_inputs(struct bp_doctor *doctor);
bp_status bp_examine_target(struct bp_doctor *doctor);
bp_status bp_examine_labels(struct bp_doctor *doctor);
bp_status bp_examine_units(struct bp_doctor *doctor);
bp_status bp_examine_course(struct bp_doctor *doctor);

/* A block's rows: from `from` on up to BP_DOCTOR_ROWS. */
static inline size_t bp_doctor_block(size_t rows, size_t from)
{
    return rows - from < BP_DOCTOR_ROWS ? rows - from : BP_DOCTOR_ROWS;
}

/* Of a layer, or of the net; the keys are the library's own, which cannot fail. */
double bp_doctor_layer_option(const bp_net *net, size_t layer, int32_t key);
double bp_doctor_option(const bp_net *net, int32_t key);

/* A share as a percentage, and a number, in three digits. */
static inline struct bp_number bp_percent(double share) { return bp_message_digits(100 * share, 3); }
static inline struct bp_number bp_short(double number) { return bp_message_digits(number, 3); }

#endif
