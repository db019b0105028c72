/* SPDX-License-Identifier: MIT
 *
 * What calls with rows of input have in common, be these dense or sparse: room for them, and what is done once net, rows
 * and input are checked. */
#ifndef BP_NET_INPUT_H
#define BP_NET_INPUT_H

#include "net/handle.h"

/* Room for z, a and delta of so many rows, and for the input: where it is to be kept, or dense rows lie badly. What there
 * was stays if there is no memory for more. */
bp_status bp_room_for_rows(const struct bp_call *call, bp_net *net, size_t rows, const struct bp_input *in, bool keep);
/* The vectors of state that the optimiser needs, in zeros. */
bp_status bp_room_for_state(const struct bp_call *call, bp_net *net);

bp_status bp_net_forward_input(const struct bp_call *call, bp_net *net, struct bp_input in, size_t rows, void *y);
/* The target is there. */
bp_status bp_net_train_input(const struct bp_call *call, bp_net *net, struct bp_input in, struct bp_target target,
                             size_t rows, double *loss);
bp_status bp_net_predict_input(const struct bp_call *call, struct bp_input in, size_t rows, void *y,
                               const bp_scratch *scratch);
bp_status bp_net_loss_input(const struct bp_call *call, struct bp_input in, struct bp_target target,
                            const double *weights, size_t rows, double *loss, const bp_scratch *scratch);

#endif
