/* SPDX-License-Identifier: MIT
 *
 * An examination: three looks, at the data, at the net's units and at the loss's course, that append what they find. */
#ifndef BP_TRAIN_DOCTOR_DOCTOR_H
#define BP_TRAIN_DOCTOR_DOCTOR_H

#include "train/doctor/finding.h"
#include "train/training.h"

enum { BP_LOOK_ROWS = 128 }; /* at a time */

struct bp_doctor {
    const struct bp_call *call;
    const bp_train *train;
    const bp_allocator *allocator;
    size_t *row; /* [rows] that are looked at */
    size_t rows;
    struct bp_buffer findings;
    bp_net *net; /* a clone of the training's */
};

#define bp_doctor_tell(doctor, ...) bp_finding_add((doctor)->allocator, &(doctor)->findings, __VA_ARGS__)

/* Each returns BP_OK whatever it finds. */
bp_status bp_look_at_inputs(struct bp_doctor *doctor);
bp_status bp_look_at_target(struct bp_doctor *doctor);
bp_status bp_look_at_labels(struct bp_doctor *doctor);
bp_status bp_look_at_units(struct bp_doctor *doctor);
bp_status bp_look_at_course(struct bp_doctor *doctor);

/* A block's rows: from `from` on up to BP_LOOK_ROWS. */
static inline size_t bp_look_some(size_t rows, size_t from)
{
    return rows - from < BP_LOOK_ROWS ? rows - from : BP_LOOK_ROWS;
}

/* Of a layer, or of the net; the keys are the library's own, which cannot fail. */
double bp_look_layer(const bp_net *net, size_t layer, int32_t key);
double bp_look_option(const bp_net *net, int32_t key);

/* A share as a percentage, and a number, in three digits. */
static inline struct bp_number bp_percent(double share) { return bp_message_digits(100 * share, 3); }
static inline struct bp_number bp_short(double number) { return bp_message_digits(number, 3); }

#endif
