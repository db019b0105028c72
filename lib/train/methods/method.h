/* SPDX-License-Identifier: MIT
 *
 * The methods that take all rows for an iteration, behind one face: a row each. */
#ifndef BP_TRAIN_METHODS_METHOD_H
#define BP_TRAIN_METHODS_METHOD_H

#include "train/train_families.h"
#include "train/training.h"

/* The functions work on train->full, where the decay of the penalties is filled in, and the residuals of a method that has
 * them are made and prepared. */
struct bp_method {
    struct bp_named named;
    size_t at;                               /* where in train->full the struct bp_point lies where it stands */
    bool residuals;                          /* minimises a sum of squares, else a loss with its gradient */
    bool regularises;                        /* finds its own penalty */
    bool (*make)(bp_train *train, size_t n); /* room for n parameters; false if there is no memory */
    bp_status (*begin)(bp_train *train);     /* looks at the point, whose x is given, and forgets all else */
    bp_status (*iterate)(bp_train *train);
    /* Of a method with residuals that a file has put somewhere: what follows from the net, and if that is there (`here`), from
     * a look at the point. */
    bp_status (*stand)(bp_train *train, bool here);
    /* The loss at the point, and the norm of the gradient, as bp.h tells of them. */
    void (*tell)(const bp_train *train, double *loss, double *norm);
};

/* Of train->set.method; NULL for BP_METHOD_STEPS. */
const struct bp_method *bp_method_of(const bp_train *train);

/* Where that stands. */
struct bp_point *bp_method_point(bp_train *train);

#endif
