/* SPDX-License-Identifier: MIT
 *
 * The inputs of some rows of a data set, and the calls that a net takes them in: the one place that tells dense from
 * sparse. */
#ifndef BP_TRAIN_INPUT_ROWS_H
#define BP_TRAIN_INPUT_ROWS_H

#include "base/csr.h"
#include "data/data_set.h"

struct bp_inputs {
    int32_t dtype;
    bool is_sparse;
    size_t nonzeros; /* that there is room for */
    struct {
        void *x; /* [rows][inputs], or the numbers of sparse rows */
        int32_t *columns;
        int64_t *starts;
    } room;
    const void *x; /* those taken last, if dense; else: */
    struct bp_sparse sparse;
};

/* Room for any `rows` rows of this data set, in this net's numbers. False if there is no memory, or no such size. */
bool bp_inputs_make(const bp_allocator *allocator, struct bp_inputs *inputs, const bp_net *net, const bp_data *data,
                    size_t rows);
void bp_inputs_release(const bp_allocator *allocator, struct bp_inputs *inputs);

/* Takes rows row[0..rows). BP_ERR_ARG where borrowed ones have changed and lie beyond the arrays or the room: the data set has
 * the sentence, of `function`. */
bp_status bp_inputs_take(struct bp_inputs *inputs, const bp_data *data, const struct bp_call *call, const size_t *row,
                         size_t rows);

/* The net's room to train on so many. */
bp_status bp_inputs_reserve(const struct bp_inputs *inputs, bp_net *net, size_t rows);

/* What is known of the rows beside their inputs: one of target and labels, and weights or NULL. */
struct bp_answers {
    const void *target;
    const int32_t *labels;
    const double *weights;
};

/* One of the rows taken. */
struct bp_inputs bp_inputs_row(const struct bp_inputs *inputs, const bp_net *net, size_t row);

/* y may be NULL. */
bp_status bp_inputs_forward(const struct bp_inputs *inputs, bp_net *net, size_t rows, void *y);
bp_status bp_inputs_train(const struct bp_inputs *inputs, bp_net *net, const struct bp_answers *answers, size_t rows,
                          double *loss);
bp_status bp_inputs_predict(const struct bp_inputs *inputs, const bp_net *net, size_t rows, void *y,
                            bp_scratch *scratch);
bp_status bp_inputs_loss(const struct bp_inputs *inputs, const bp_net *net, const struct bp_answers *answers,
                         size_t rows, double *loss, bp_scratch *scratch);

#endif
