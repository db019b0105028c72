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
    return seq_room(s, seq_count(rows, bp_net_outputs(s->net)));
}

/* One of the two, now and then both or none. */
static const void *one_of(struct sequence *s, size_t rows, const int32_t **labels)
{
    const size_t which = seq_pick(s, 2, 4);
    *labels = which == 0 || which == 2 ? seq_labels(s, seq_count(rows, 1)) : NULL;
    return which == 1 || which == 2 ? targets_of(s, rows) : NULL;
}

static bp_status run_reserve(struct sequence *s) { return bp_net_reserve(s->net, seq_rows(s)); }

static bp_status run_reserve_sparse(struct sequence *s)
{
    const size_t rows = seq_rows(s), nonzeros = seq_size(s);
    s->budget.refused = nonzeros > SIZE_MAX / 16; /* so many are not even asked for */
    return bp_net_reserve_sparse(s->net, rows, nonzeros);
}

static bp_status run_forward(struct sequence *s)
{
    const size_t rows = seq_rows(s);
    const void *x = inputs_of(s, rows);
    return TYPED(s, bp_net_forward, s->net, x, rows, outputs_of(s, rows));
}

static bp_status run_forward_sparse(struct sequence *s)
{
    const size_t rows = seq_rows(s);
    const struct seq_sparse x = seq_sparse(s, rows);
    return TYPED(s, bp_net_forward_sparse, s->net, x.values, x.columns, x.starts, rows, outputs_of(s, rows));
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

static bp_status run_backward_weighted(struct sequence *s)
{
    double loss;
    const int32_t *labels;
    const size_t rows = seq_rows(s);
    const void *target = one_of(s, rows, &labels);
    const double *weights = seq_doubles(s, seq_count(rows, 1));
    return TYPED(s, bp_net_backward_weighted, s->net, target, labels, weights, rows, seq_perhaps(s, &loss));
}

static size_t rows_of(const bp_net *net)
{
    size_t rows = 0, columns;
    (void)bp_net_shape(net, BP_ARRAY_OUTPUTS, 0, &rows, &columns);
    return rows;
}

static bp_status run_input_gradient(struct sequence *s)
{
    return TYPED(s, bp_net_input_gradient, s->net, seq_room(s, rows_of(s->net) * bp_net_inputs(s->net)));
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

static bp_status run_train_weighted(struct sequence *s)
{
    double loss;
    const int32_t *labels;
    const size_t rows = seq_rows(s);
    const void *x = inputs_of(s, rows), *target = one_of(s, rows, &labels);
    const double *weights = seq_doubles(s, seq_count(rows, 1));
    return TYPED(s, bp_net_train_weighted, s->net, x, target, labels, weights, rows, seq_perhaps(s, &loss));
}

static bp_status run_train_sparse(struct sequence *s)
{
    double loss;
    const int32_t *labels;
    const size_t rows = seq_rows(s);
    const struct seq_sparse x = seq_sparse(s, rows);
    const void *target = one_of(s, rows, &labels);
    const double *weights = seq_doubles(s, seq_count(rows, 1));
    return TYPED(s, bp_net_train_sparse, s->net, x.values, x.columns, x.starts, target, labels, weights, rows,
                 seq_perhaps(s, &loss));
}

static bp_scratch *scratch_of(struct sequence *s) { return seq_byte(s) % 2 ? s->scratch : NULL; }

static bp_status run_predict(struct sequence *s)
{
    const size_t rows = seq_rows(s);
    const void *x = inputs_of(s, rows);
    void *y = outputs_of(s, rows);
    return TYPED(s, bp_net_predict, s->net, x, rows, y, scratch_of(s));
}

static bp_status run_predict_sparse(struct sequence *s)
{
    const size_t rows = seq_rows(s);
    const struct seq_sparse x = seq_sparse(s, rows);
    void *y = outputs_of(s, rows);
    return TYPED(s, bp_net_predict_sparse, s->net, x.values, x.columns, x.starts, rows, y, scratch_of(s));
}

static bp_status run_loss(struct sequence *s)
{
    double loss;
    const size_t rows = seq_rows(s);
    const void *x = inputs_of(s, rows), *target = targets_of(s, rows);
    double *to = seq_perhaps(s, &loss);
    return TYPED(s, bp_net_loss, s->net, x, target, rows, to, scratch_of(s));
}

static bp_status run_loss_sparse(struct sequence *s)
{
    double loss;
    const int32_t *labels;
    const size_t rows = seq_rows(s);
    const struct seq_sparse x = seq_sparse(s, rows);
    const void *target = one_of(s, rows, &labels);
    const double *weights = seq_doubles(s, seq_count(rows, 1));
    double *to = seq_perhaps(s, &loss);
    return TYPED(s, bp_net_loss_sparse, s->net, x.values, x.columns, x.starts, target, labels, weights, rows, to,
                 scratch_of(s));
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
    {"bp_net_reserve_sparse", run_reserve_sparse, ARG | MEMORY | SHAPE | STATE, SEQ_KEEPS},
    {"bp_net_forward", run_forward, FORWARD, SEQ_KEEPS},
    {"bp_net_forward", run_forward, FORWARD, SEQ_KEEPS},
    {"bp_net_forward_sparse", run_forward_sparse, FORWARD, SEQ_KEEPS},
    {"bp_net_backward", run_backward, BACKWARD, SEQ_KEEPS},
    {"bp_net_backward", run_backward, BACKWARD, SEQ_KEEPS},
    {"bp_net_backward_labels", run_backward_labels, BACKWARD, SEQ_KEEPS},
    {"bp_net_backward_from", run_backward_from, PASS | MEMORY | NONFINITE, SEQ_KEEPS},
    {"bp_net_backward_weighted", run_backward_weighted, BACKWARD, SEQ_KEEPS},
    {"bp_net_input_gradient", run_input_gradient, ARG | UNSUPPORTED | STATE, SEQ_KEEPS},
    {"bp_net_step", run_step, ARG | MEMORY | STATE | NONFINITE, SEQ_KEEPS},
    {"bp_net_step", run_step, ARG | MEMORY | STATE | NONFINITE, SEQ_KEEPS},
    {"bp_net_zero_gradient", run_zero_gradient, ARG | STATE, SEQ_KEEPS},
    {"bp_net_train", run_train, BACKWARD, SEQ_PASSES},
    {"bp_net_train_labels", run_train_labels, BACKWARD, SEQ_PASSES},
    {"bp_net_train_weighted", run_train_weighted, BACKWARD, SEQ_PASSES},
    {"bp_net_train_sparse", run_train_sparse, BACKWARD, SEQ_PASSES},
    {"bp_net_predict", run_predict, FORWARD, SEQ_KEEPS},
    {"bp_net_predict_sparse", run_predict_sparse, FORWARD, SEQ_KEEPS},
    {"bp_net_loss", run_loss, FORWARD, SEQ_KEEPS},
    {"bp_net_loss_sparse", run_loss_sparse, FORWARD, SEQ_KEEPS},
    {"bp_net_classify", run_classify, ARG | SHAPE | STATE | NONFINITE, SEQ_KEEPS},
    {"bp_scratch_create", run_scratch, ARG | MEMORY | STATE, SEQ_KEEPS},
    {NULL, NULL, 0, 0},
};
