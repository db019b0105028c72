/* SPDX-License-Identifier: MIT
 *
 * Forward, backward, step, train and predict, of dense and of sparse rows. */
#include "sequence_calls.h"

static const void *inputs_of(struct sequence *s, size_t rows)
{
    return seq_numbers(s, seq_count(rows, bp_net_inputs(s->net)));
}

static const void *targets_of(struct sequence *s, size_t rows)
{
    return seq_numbers(s, seq_count(rows, bp_net_outputs(s->net)));
}

static void *outputs_of(struct sequence *s, size_t rows)
{
    return seq_buffer(s, seq_count(rows, bp_net_outputs(s->net)));
}

static bp_status run_reserve(struct sequence *s)
{
    const size_t rows = seq_rows(s), some = seq_byte(s) % 2 ? seq_size(s) : 0;
    /* a loaded net has the system's memory: ask for few numbers or for more than there can be, never for 64 GiB */
    const size_t nonzeros = some > UINT32_MAX ? SIZE_MAX : some;
    s->budget.refused = nonzeros > SIZE_MAX / 16; /* so many are not even asked for */
    return bp_net_reserve(s->net, rows, nonzeros);
}

static bp_status run_forward(struct sequence *s)
{
    const size_t rows = seq_rows(s);
    const void *x = inputs_of(s, rows);
    return TYPED(s, bp_net_forward, s->net, x, rows, outputs_of(s, rows));
}

static bp_status run_backward(struct sequence *s)
{
    double loss;
    const size_t rows = seq_rows(s);
    const void *target = targets_of(s, rows);
    return TYPED(s, bp_net_backward, s->net, target, rows, seq_perhaps(s, &loss));
}

static bp_status run_backward_labels(struct sequence *s)
{
    double loss;
    const size_t rows = seq_rows(s);
    const int32_t *labels = seq_labels(s, seq_count(rows, 1));
    return bp_net_backward_labels(s->net, labels, rows, seq_perhaps(s, &loss));
}

static bp_status run_backward_from(struct sequence *s)
{
    const size_t rows = seq_rows(s);
    return TYPED(s, bp_net_backward_from, s->net, targets_of(s, rows), rows);
}

static size_t rows_of(const bp_net *net)
{
    size_t rows = 0, columns;
    (void)bp_net_shape(net, BP_ARRAY_OUTPUTS, 0, &rows, &columns);
    return rows;
}

static bp_status run_input_gradient(struct sequence *s)
{
    return TYPED(s, bp_net_input_gradient, s->net, seq_buffer(s, rows_of(s->net) * bp_net_inputs(s->net)));
}

static bp_status run_step(struct sequence *s) { return bp_net_step(s->net); }

static bp_status run_zero_gradient(struct sequence *s) { return bp_net_zero_gradient(s->net); }

static bp_status run_train(struct sequence *s)
{
    double loss;
    const size_t rows = seq_rows(s);
    const void *x = inputs_of(s, rows), *target = targets_of(s, rows);
    return TYPED(s, bp_net_train, s->net, x, target, rows, seq_perhaps(s, &loss));
}

static bp_status run_train_labels(struct sequence *s)
{
    double loss;
    const size_t rows = seq_rows(s);
    const void *x = inputs_of(s, rows);
    const int32_t *labels = seq_labels(s, seq_count(rows, 1));
    return TYPED(s, bp_net_train_labels, s->net, x, labels, rows, seq_perhaps(s, &loss));
}

static bp_scratch *scratch_of(struct sequence *s) { return seq_byte(s) % 2 ? s->scratch : NULL; }

static bp_status run_predict(struct sequence *s)
{
    const size_t rows = seq_rows(s);
    const void *x = inputs_of(s, rows);
    void *y = outputs_of(s, rows);
    return TYPED(s, bp_net_predict, s->net, x, rows, y, scratch_of(s));
}

/* ---- rows of a data set */

/* Of either type, dense or sparse, right or wrong; with target, labels or neither, and perhaps weights. NULL where
 * there is no such data set. */
static bp_data *data_of(struct sequence *s, size_t rows)
{
    const size_t inputs = bp_net_inputs(s->net), outputs = bp_net_outputs(s->net), count = seq_count(rows, 1);
    const size_t kind = seq_byte(s), classes = outputs == 1 ? 2 : outputs;
    const int32_t own = s->wide ? BP_F64 : BP_F32;
    bp_data *data = NULL;
    if (bp_data_create(&data, NULL) != BP_OK)
        return NULL;
    bp_status status;
    if (kind % 2) {
        const struct seq_sparse x = seq_sparse(s, rows);
        status = bp_data_set_sparse(data, own, x.values, x.columns, x.starts, count, inputs, BP_HOLD_BORROW);
    } else {
        status = bp_data_set_inputs(data, own, inputs_of(s, rows), count, inputs, 0, BP_HOLD_BORROW);
    }
    if (status == BP_OK && kind / 2 % 2)
        (void)bp_data_set_labels(data, BP_I32, seq_labels(s, count), classes, BP_HOLD_BORROW);
    else if (status == BP_OK)
        (void)bp_data_set_target(data, own, targets_of(s, rows), outputs, 0, BP_HOLD_BORROW);
    if (status == BP_OK && kind / 4 % 2)
        (void)bp_data_set_weights(data, BP_F64, seq_doubles(s, count), BP_HOLD_BORROW);
    return data;
}

static bp_status run_forward_rows(struct sequence *s)
{
    const size_t rows = seq_rows(s);
    bp_data *data = data_of(s, rows);
    const bp_status status = bp_net_forward_rows(s->net, seq_perhaps(s, data), seq_byte(s) % 2, rows);
    bp_data_destroy(data);
    return status;
}

/* bp_net_backward_rows() or bp_net_train_rows(). */
typedef bp_status loss_fn(bp_net *net, const bp_data *data, size_t first, size_t rows, double *loss);

static bp_status with_loss(struct sequence *s, loss_fn *call)
{
    double loss;
    const size_t rows = seq_rows(s);
    bp_data *data = data_of(s, rows);
    const bp_status status = call(s->net, data, 0, rows, seq_perhaps(s, &loss));
    bp_data_destroy(data);
    return status;
}

static bp_status run_backward_rows(struct sequence *s) { return with_loss(s, bp_net_backward_rows); }
static bp_status run_train_rows(struct sequence *s) { return with_loss(s, bp_net_train_rows); }

static bp_status run_predict_rows(struct sequence *s)
{
    const size_t rows = seq_rows(s);
    bp_data *data = data_of(s, rows);
    void *y = outputs_of(s, rows);
    const bp_status status = TYPED(s, bp_net_predict_rows, s->net, data, 0, rows, y, scratch_of(s));
    bp_data_destroy(data);
    return status;
}

static bp_status run_loss_rows(struct sequence *s)
{
    double loss;
    const size_t rows = seq_rows(s);
    bp_data *data = data_of(s, rows);
    const bp_status status = bp_net_loss_rows(s->net, data, 0, rows, seq_perhaps(s, &loss), scratch_of(s));
    bp_data_destroy(data);
    return status;
}

static bp_status run_classify(struct sequence *s)
{
    const size_t rows = seq_rows(s), count = seq_count(rows, bp_net_outputs(s->net));
    const void *y = seq_numbers(s, count);
    int32_t *labels = seq_block(s, seq_count(rows, 1), sizeof(*labels));
    return TYPED(s, bp_net_classify, s->net, y, rows, seq_perhaps(s, labels));
}

static bp_status run_scratch(struct sequence *s)
{
    bp_scratch *scratch = NULL;
    const bp_status status = bp_scratch_create(seq_perhaps(s, &scratch), s->net);
    MUST((status == BP_OK) == (scratch != NULL));
    bp_scratch_destroy(s->scratch);
    s->scratch = scratch;
    return status;
}

enum { PASS = ARG | SHAPE | UNSUPPORTED | STATE, FORWARD = PASS | MEMORY, BACKWARD = PASS | MEMORY | NONFINITE };

const struct seq_call seq_compute_calls[] = {
    {"bp_net_reserve", run_reserve, ARG | MEMORY | SHAPE | STATE, SEQ_KEEPS},
    {"bp_net_forward", run_forward, FORWARD, SEQ_KEEPS},
    {"bp_net_forward", run_forward, FORWARD, SEQ_KEEPS},
    {"bp_net_backward", run_backward, BACKWARD, SEQ_KEEPS},
    {"bp_net_backward", run_backward, BACKWARD, SEQ_KEEPS},
    {"bp_net_backward_labels", run_backward_labels, BACKWARD, SEQ_KEEPS},
    {"bp_net_backward_from", run_backward_from, PASS | MEMORY | NONFINITE, SEQ_KEEPS},
    {"bp_net_input_gradient", run_input_gradient, ARG | UNSUPPORTED | STATE, SEQ_KEEPS},
    {"bp_net_step", run_step, ARG | MEMORY | STATE | NONFINITE, SEQ_KEEPS},
    {"bp_net_step", run_step, ARG | MEMORY | STATE | NONFINITE, SEQ_KEEPS},
    {"bp_net_zero_gradient", run_zero_gradient, ARG | STATE, SEQ_KEEPS},
    {"bp_net_train", run_train, BACKWARD, SEQ_PASSES},
    {"bp_net_train_labels", run_train_labels, BACKWARD, SEQ_PASSES},
    {"bp_net_predict", run_predict, FORWARD, SEQ_KEEPS},
    {"bp_net_forward_rows", run_forward_rows, (FORWARD), SEQ_KEEPS},
    {"bp_net_forward_rows", run_forward_rows, (FORWARD), SEQ_KEEPS},
    {"bp_net_backward_rows", run_backward_rows, BACKWARD, SEQ_KEEPS},
    {"bp_net_train_rows", run_train_rows, BACKWARD, SEQ_PASSES},
    {"bp_net_predict_rows", run_predict_rows, FORWARD, SEQ_KEEPS},
    {"bp_net_loss_rows", run_loss_rows, (FORWARD | UNSUPPORTED), SEQ_KEEPS},
    {"bp_net_classify", run_classify, ARG | SHAPE | STATE | NONFINITE, SEQ_KEEPS},
    {"bp_scratch_create", run_scratch, ARG | MEMORY | STATE, SEQ_KEEPS},
    {NULL, NULL, 0, 0},
};
