/* SPDX-License-Identifier: MIT */
#include "train/input_rows.h"

#include "base/memory.h"
#include "data/asked_net.h"

static bool is_f32(const struct bp_inputs *in) { return in->dtype == BP_F32; }

bool bp_inputs_make(const bp_allocator *allocator, struct bp_inputs *inputs, const bp_net *net, const bp_data *data,
                    size_t rows)
{
    size_t count, starts;
    *inputs = (struct bp_inputs){.dtype = bp_type_of_net(net), .is_sparse = bp_data_sparse(data) != 0};
    if (inputs->is_sparse) {
        inputs->nonzeros = bp_data_most_nonzeros(data, rows);
        count = inputs->nonzeros > 0 ? inputs->nonzeros : 1;
        if (!bp_size_add(rows, 1, &starts))
            return false;
        inputs->room.columns = bp_memory_allocate(allocator, count, sizeof(*inputs->room.columns));
        inputs->room.starts = bp_memory_allocate(allocator, starts, sizeof(*inputs->room.starts));
    } else if (!bp_size_multiply(rows, bp_net_inputs(net), &count)) {
        return false;
    }
    inputs->room.x = bp_memory_allocate(allocator, count, bp_part_size(inputs->dtype));
    if (inputs->room.x && (!inputs->is_sparse || (inputs->room.columns && inputs->room.starts)))
        return true;
    bp_inputs_release(allocator, inputs);
    return false;
}

void bp_inputs_release(const bp_allocator *allocator, struct bp_inputs *inputs)
{
    bp_memory_release(allocator, inputs->room.x);
    bp_memory_release(allocator, inputs->room.columns);
    bp_memory_release(allocator, inputs->room.starts);
    *inputs = (struct bp_inputs){0};
}

static void take_dense(struct bp_inputs *in, const bp_data *data, const size_t *row, size_t rows)
{
    in->x = bp_data_in_place(data, BP_PART_INPUTS, row, rows, in->dtype);
    if (in->x)
        return;
    bp_data_gather(data, BP_PART_INPUTS, row, rows, in->dtype, in->room.x);
    in->x = in->room.x;
}

/* The net looks at columns and values itself. */
bp_status bp_inputs_take(struct bp_inputs *in, const bp_data *data, const struct bp_call *call, const size_t *row,
                         size_t rows)
{
    if (!in->is_sparse) {
        take_dense(in, data, row, rows);
        return BP_OK;
    }
    const bool in_place = bp_data_sparse_in_place(data, row, rows, in->dtype, &in->sparse);
    BP_TRY(bp_data_check_starts(data, call, row, rows, in_place ? SIZE_MAX : in->nonzeros));
    if (!in_place) {
        bp_data_gather_sparse(data, row, rows, in->dtype, in->room.x, in->room.columns, in->room.starts);
        in->sparse = (struct bp_sparse){in->room.x, in->room.columns, in->room.starts, 0};
    }
    return BP_OK;
}

bp_status bp_inputs_reserve(const struct bp_inputs *in, bp_net *net, size_t rows)
{
    return in->is_sparse ? bp_net_reserve_sparse(net, rows, in->nonzeros) : bp_net_reserve(net, rows);
}

struct bp_inputs bp_inputs_row(const struct bp_inputs *in, const bp_net *net, size_t row)
{
    struct bp_inputs one = *in;
    if (in->is_sparse)
        one.sparse.starts += row;
    else
        one.x = (const char *)in->x + row * bp_net_inputs(net) * bp_part_size(in->dtype);
    return one;
}

bp_status bp_inputs_forward(const struct bp_inputs *in, bp_net *net, size_t rows, void *y)
{
    const struct bp_sparse *s = &in->sparse;
    if (in->is_sparse)
        return is_f32(in) ? bp_net_forward_sparse_f32(net, s->values, s->columns, s->starts, rows, y)
                          : bp_net_forward_sparse_f64(net, s->values, s->columns, s->starts, rows, y);
    return is_f32(in) ? bp_net_forward_f32(net, in->x, rows, y) : bp_net_forward_f64(net, in->x, rows, y);
}

bp_status bp_inputs_train(const struct bp_inputs *in, bp_net *net, const struct bp_answers *of, size_t rows,
                          double *loss)
{
    const struct bp_sparse *s = &in->sparse;
    if (in->is_sparse)
        return is_f32(in) ? bp_net_train_sparse_f32(net, s->values, s->columns, s->starts, of->target, of->labels,
                                                    of->weights, rows, loss)
                          : bp_net_train_sparse_f64(net, s->values, s->columns, s->starts, of->target, of->labels,
                                                    of->weights, rows, loss);
    if (of->weights)
        return is_f32(in) ? bp_net_train_weighted_f32(net, in->x, of->target, of->labels, of->weights, rows, loss)
                          : bp_net_train_weighted_f64(net, in->x, of->target, of->labels, of->weights, rows, loss);
    if (of->labels)
        return is_f32(in) ? bp_net_train_labels_f32(net, in->x, of->labels, rows, loss)
                          : bp_net_train_labels_f64(net, in->x, of->labels, rows, loss);
    return is_f32(in) ? bp_net_train_f32(net, in->x, of->target, rows, loss)
                      : bp_net_train_f64(net, in->x, of->target, rows, loss);
}

bp_status bp_inputs_predict(const struct bp_inputs *in, const bp_net *net, size_t rows, void *y, bp_scratch *scratch)
{
    const struct bp_sparse *s = &in->sparse;
    if (in->is_sparse)
        return is_f32(in) ? bp_net_predict_sparse_f32(net, s->values, s->columns, s->starts, rows, y, scratch)
                          : bp_net_predict_sparse_f64(net, s->values, s->columns, s->starts, rows, y, scratch);
    return is_f32(in) ? bp_net_predict_f32(net, in->x, rows, y, scratch)
                      : bp_net_predict_f64(net, in->x, rows, y, scratch);
}

bp_status bp_inputs_loss(const struct bp_inputs *in, const bp_net *net, const struct bp_answers *of, size_t rows,
                         double *loss, bp_scratch *scratch)
{
    const struct bp_sparse *s = &in->sparse;
    if (in->is_sparse)
        return is_f32(in) ? bp_net_loss_sparse_f32(net, s->values, s->columns, s->starts, of->target, of->labels,
                                                   of->weights, rows, loss, scratch)
                          : bp_net_loss_sparse_f64(net, s->values, s->columns, s->starts, of->target, of->labels,
                                                   of->weights, rows, loss, scratch);
    if (of->weights)
        return is_f32(in)
                   ? bp_net_loss_weighted_f32(net, in->x, of->target, of->labels, of->weights, rows, loss, scratch)
                   : bp_net_loss_weighted_f64(net, in->x, of->target, of->labels, of->weights, rows, loss, scratch);
    if (of->labels)
        return is_f32(in) ? bp_net_loss_labels_f32(net, in->x, of->labels, rows, loss, scratch)
                          : bp_net_loss_labels_f64(net, in->x, of->labels, rows, loss, scratch);
    return is_f32(in) ? bp_net_loss_f32(net, in->x, of->target, rows, loss, scratch)
                      : bp_net_loss_f64(net, in->x, of->target, rows, loss, scratch);
}
