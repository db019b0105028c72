/* SPDX-License-Identifier: MIT
 *
 * The methods that take all rows for an iteration, as epochs of a training. */
#ifndef BP_TRAIN_METHODS_FULL_BATCH_H
#define BP_TRAIN_METHODS_FULL_BATCH_H

#include <stdint.h>

#include "base/call.h"
#include "train/methods/br.h"
#include "train/methods/irprop.h"
#include "train/methods/lbfgs.h"
#include "train/methods/lm.h"
#include "train/methods/scg.h"
#include "train/methods/squares.h"

/* Trained parameters of a method with normal equations, which take 16 bytes for each pair of them: 1.6 GB. */
enum { BP_MOST_TRAINED = 10000 };

struct bp_full_batch {
    int32_t method;  /* the BP_METHOD_* that there is room for, 0 for none */
    size_t trained;  /* for so many trained parameters */
    bool begun;      /* that it stands somewhere */
    uint64_t print;  /* of all that its course depends on, as it was left */
    double *scaling; /* [2 columns]: room for a scaling of inputs or targets */
    double *decay;   /* [parameters]: the penalty is the sum of decay w^2 / 2 */
    struct bp_lbfgs lbfgs;
    struct bp_scg scg;
    struct bp_irprop irprop;
    struct bp_residuals residuals; /* of the next two */
    struct bp_lm lm;               /* of the next too */
    struct bp_br br;
};

void bp_full_batch_release(const bp_allocator *allocator, struct bp_full_batch *full);

/* Whether the net can be trained so; else says why not. */
bp_status bp_full_batch_check(bp_train *train, const struct bp_call *call);

/* Makes all room that an iteration takes. */
bp_status bp_full_batch_reserve(bp_train *train);

/* Whether the method that is set has begun and can go on, if the net is still where that stands. */
bool bp_full_batch_is_begun(const bp_train *train);

/* What follows from where a file has put it, once that is in its room. Only memory can be wanting. */
bp_status bp_full_batch_stand(bp_train *train);

/* An iteration, with what end_epoch() asks for in `train`. BP_DONE: no step lowers the loss. In all cases the net then has
 * the last parameters that were accepted. */
bp_status bp_full_batch_iterate(bp_train *train);

#endif
