/* SPDX-License-Identifier: MIT
 *
 * An activation as one unit shows it: a net of one input, weight 1 and no bias, whose z is x. So what is said of an
 * activation is what the library computes, and no second table of activations has to be kept. */
#ifndef BP_TRAIN_DOCTOR_PROBE_H
#define BP_TRAIN_DOCTOR_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bp/bp.h>

/* How f runs over wide z. */
struct bp_shape {
    double low, high; /* its range, infinite where it has no end */
    double steepest;  /* the greatest |f'| for |z| <= 1 */
    bool flat_below, flat_above;
    bool same_ends; /* far below and far above f is the same, or f' is 0 everywhere */
};

/* A probe of the activation of a net's layer; not for softmax and log-softmax, which look at the whole row. */
bp_status bp_probe_create(bp_net **probe, const bp_net *net, size_t layer, const bp_allocator *allocator);

/* f'(z) of `count` numbers of the net's type. */
bp_status bp_probe_slopes(bp_net *probe, const void *z, size_t count, void *slopes);

bp_status bp_probe_shape(bp_net *probe, struct bp_shape *shape);

#endif
