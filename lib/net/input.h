/* SPDX-License-Identifier: MIT
 *
 * What calls with rows of input have in common, be these dense or sparse: checks, and buffers. */
#ifndef BP_NET_INPUT_H
#define BP_NET_INPUT_H

#include "net/handle.h"

/* That the net takes sparse rows, and that these are as they should be; then rows->sparse.largest is known. Dense rows
 * fit. */
bp_status bp_check_input(const struct bp_call *call, struct bp_rows *rows);

/* Buffers for z, a and delta of the rows, and for the input where it is kept, or where dense rows need a copy. The old
 * buffers stay if there is no memory for larger ones. */
bp_status bp_workspace_for_rows(const struct bp_call *call, bp_net *net, const struct bp_rows *rows, bool keep);
/* The vectors of state that the optimiser needs, in zeros. */
bp_status bp_workspace_for_state(const struct bp_call *call, bp_net *net);
/* For so many packed numbers of each thread. What the last forward left stays. */
bp_status bp_workspace_for_packing(const struct bp_call *call, bp_net *net, size_t size);

#endif
