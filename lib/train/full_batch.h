/* SPDX-License-Identifier: MIT
 *
 * The methods that take all rows for an iteration, as epochs of a training. */
#ifndef BP_TRAIN_FULL_BATCH_H
#define BP_TRAIN_FULL_BATCH_H

#include <stdint.h>

#include "base/call.h"
#include "train/method.h"
#include "train/squares.h"

/* Trained parameters of a method with normal equations, which take 16 bytes for each pair of them: 1.6 GB. */
enum { BP_MOST_TRAINED = 10000 };

struct bp_full_batch {
    const struct bp_method *method; /* whose state this is; NULL: there is none */
    void *state;                    /* method->size bytes, which the method alone knows, except its point */
    size_t trained;                 /* made for so many trained parameters */
    bool begun;                     /* that it stands somewhere */
    uint64_t fingerprint;           /* of all that its course depends on, as it was left */
    double *scaling;                /* [2 columns]: buffer for a scaling of inputs or targets */
    double *decay;                  /* [parameters]: the penalty is the sum of decay w^2 / 2 */
    struct bp_residuals residuals;  /* of a method that minimises them */
};

void bp_full_batch_release(const bp_allocator *allocator, struct bp_full_batch *full);

/* Of train->set.method; NULL for BP_METHOD_STEPS. */
const struct bp_method *bp_method_of(const bp_train *train);

/* Where a method stands, with which its state begins. */
static inline struct bp_point *bp_full_batch_point(const struct bp_full_batch *full) { return full->state; }

/* Whether the net can be trained so; else says why not. */
bp_status bp_full_batch_check(bp_train *train, const struct bp_call *call);

/* Makes all buffers that an iteration takes. */
bp_status bp_full_batch_reserve(bp_train *train);

/* Whether the method that is set has begun and can continue, if the net still has the parameters that it left. */
bool bp_full_batch_is_begun(const bp_train *train);

/* Once a file has filled in the rows of the state: makes what follows from them. It can fail for memory alone. */
bp_status bp_full_batch_restore(bp_train *train);

/* What a method that has begun answers to a BP_RECORD_* of its own; NaN where it has none. */
double bp_full_batch_record(const bp_train *train, int32_t key);

/* An iteration, with what end_epoch() asks for in `train`. BP_DONE: no step lowers the loss. In all cases the net then
 * has the last parameters that were accepted. */
bp_status bp_full_batch_iterate(bp_train *train);

#endif
