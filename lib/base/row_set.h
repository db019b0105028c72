/* SPDX-License-Identifier: MIT
 *
 * The rows of a batch as a net takes them, one struct from the border to the kernels; and the calls of a net on them,
 * for the rooms above it. lib/net/ has their bodies. */
#ifndef BP_BASE_ROW_SET_H
#define BP_BASE_ROW_SET_H

#include <bp/bp.h>

#include "base/buffer.h"
#include "base/call.h"
#include "base/csr.h"

/* Numbers are of the net's type. */
struct bp_rows {
    size_t count;
    const void *x; /* [count][inputs]; NULL: sparse rows */
    size_t stride; /* of x, from row to row */
    struct bp_sparse sparse;
    const void *target;    /* [count][outputs]; NULL where there are labels, or neither */
    const int32_t *labels; /* [count] */
    const double *weights; /* [count]; NULL: all 1 */
};

/* Memory for rows that cannot be used where they lie. It grows when it is too small, and stays. */
struct bp_row_buffers {
    struct bp_buffer x, columns, starts, target, labels, weights;
};

void bp_row_buffers_release(const bp_allocator *allocator, struct bp_row_buffers *buffers);

/* Those of a net, which its exclusive calls may use; and those of a scratch. */
struct bp_row_buffers *bp_net_row_buffers(bp_net *net);
struct bp_row_buffers *bp_scratch_row_buffers(bp_scratch *scratch);
const bp_allocator *bp_net_allocator(const bp_net *net);
int32_t bp_type_of_net(const bp_net *net);
const bp_allocator *bp_scratch_allocator(const bp_scratch *scratch);

/* The net, its number type, that it is initialised. */
bp_status bp_check_typed(const struct bp_call *call, int32_t dtype);
/* The net, that it is initialised, and that so many rows fit in memory. */
bp_status bp_net_check_for_rows(const struct bp_call *call, size_t rows);

/* Each checks that the net takes the rows, on the way finds sparse.largest, and does what the public function of its
 * name does; call->net is the net. */
bp_status bp_net_forward_of(const struct bp_call *call, bp_net *net, struct bp_rows *rows, void *y);
bp_status bp_net_backward_of(const struct bp_call *call, bp_net *net, const struct bp_rows *rows, double *loss);
bp_status bp_net_train_of(const struct bp_call *call, bp_net *net, struct bp_rows *rows, double *loss);
bp_status bp_net_predict_of(const struct bp_call *call, struct bp_rows *rows, void *y, const bp_scratch *scratch);
bp_status bp_net_loss_of(const struct bp_call *call, struct bp_rows *rows, double *loss, const bp_scratch *scratch);

#endif
