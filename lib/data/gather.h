/* SPDX-License-Identifier: MIT
 *
 * Rows of a data set as a net takes them: where they lie, or gathered and converted. */
#ifndef BP_DATA_GATHER_H
#define BP_DATA_GATHER_H

#include "base/row_set.h"
#include "data/data_set.h"

/* Which rows. */
struct bp_selection {
    const bp_data *data;
    const size_t *row; /* [count], counted among those shown; NULL: `first` and those that follow */
    size_t first, count;
    const double *class_weights; /* that the weights are multiplied with, by label; NULL: all 1 */
    size_t most;                 /* numbers of sparse rows that are copied, of which there may not be more; 0: any */
};

/* Their inputs, in numbers of `type`; and target or labels, and weights, of what there is. BP_ERR_ARG where borrowed
 * arrays have changed and no longer fit; BP_ERR_MEMORY where the buffers are too small, and cannot grow. */
bp_status bp_data_take_inputs(const struct bp_call *call, const struct bp_selection *s, int32_t type,
                              const bp_allocator *allocator, struct bp_row_buffers *buffers, struct bp_rows *rows);
bp_status bp_data_take_targets(const struct bp_call *call, const struct bp_selection *s, int32_t type,
                               const bp_allocator *allocator, struct bp_row_buffers *buffers, struct bp_rows *rows);

/* Lets the buffers grow for any `count` rows, so that neither of the above needs memory. `nonzeros` is how many
 * numbers these have at most where they are sparse, else 0. False if there is no memory, or no such size. */
bool bp_data_reserve_rows(const bp_data *data, int32_t type, size_t count, const bp_allocator *allocator,
                          struct bp_row_buffers *buffers, size_t *nonzeros);

#endif
