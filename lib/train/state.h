/* SPDX-License-Identifier: MIT
 *
 * Where a training stands, beside its settings and the net, as numbers and vectors with a name each: what a file keeps
 * of it, and from what another training on the same data continues. The rows of a method are in its struct
 * bp_method. */
#ifndef BP_TRAIN_STATE_H
#define BP_TRAIN_STATE_H

#include "train/training.h"

struct bp_state_number {
    const char *name;
    enum bp_state_kind kind; /* double, size_t, uint64_t, bool or int32_t */
    void *at;
};

/* Number i lies at `at + i stride`, and is of the type that dtype says. */
struct bp_state_vector {
    const char *name;
    char *at;
    size_t stride, count;
    int32_t dtype;
    bool weights; /* they may not be infinite or NaN */
};

/* The numbers one after the other, from index 0; false past the last. Those of a method are there only where it has
 * begun. */
bool bp_state_next_number(bp_train *train, size_t *index, struct bp_state_number *number);

/* All but a NUMBER as whole numbers; false if it cannot be that one's. */
uint64_t bp_state_whole(const struct bp_state_number *number);
bool bp_state_put_whole(const struct bp_state_number *number, uint64_t value);

/* Likewise the vectors. */
bool bp_state_next_vector(bp_train *train, size_t *index, struct bp_state_vector *vector);

/* ---- into a training that has not begun, once its settings are there */

/* That the method which is set has begun: makes its buffers. BP_ERR_STATE: none is set, or it cannot have.
 * BP_ERR_MEMORY. */
bp_status bp_state_begin(bp_train *train);

/* Once the numbers are there too, the name of one that cannot be, as this training's data and settings are, with so
 * many epochs in the record; NULL if there is none. */
const char *bp_state_fault(const bp_train *train, size_t epochs);

/* Once the vectors are there too: what follows from all this and from the net. It may look at all rows. Only memory can
 * be wanting. */
bp_status bp_state_settle(bp_train *train);

#endif
