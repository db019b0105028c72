/* SPDX-License-Identifier: MIT
 *
 * The calls of a net on rows of a data set. */
#include "data/asked_net.h"
#include "data/gather.h"

/* Which rows of which data set a call is for. */
struct range {
    const bp_data *data;
    size_t first, rows;
    bool targets; /* with their target or labels, and weights */
};

static bp_status check_inputs(const struct bp_call *call, const struct range *r)
{
    BP_TRY(bp_net_check_for_rows(call, r->rows));
    BP_TRY(bp_need(call, r->data, "data"));
    if (r->data->rows == 0)
        return bp_fail(call, BP_ERR_STATE, "the data set has no rows");
    if (r->first > r->data->rows || r->rows > r->data->rows - r->first)
        return bp_fail(call, BP_ERR_ARG, "%s from row %zu on: the data set has %zu",
                       bp_message_count(r->rows, "row").text, r->first, r->data->rows);
    if (bp_data_inputs(r->data) != bp_net_inputs(call->net))
        return bp_fail(call, BP_ERR_SHAPE, "the data set has %s, the net %zu",
                       bp_message_count(bp_data_inputs(r->data), "input").text, bp_net_inputs(call->net));
    return bp_data_check_names(call, call->net, r->data);
}

static bp_status check_targets(const struct bp_call *call, const bp_data *data)
{
    const size_t classes = bp_data_classes(data), outputs = bp_net_outputs(call->net), given = bp_data_outputs(data);
    if (given == 0)
        return bp_fail(call, BP_ERR_STATE, "the data set has no target and no labels");
    if (classes > 0 && classes != (outputs == 1 ? 2 : outputs))
        return bp_fail(call, BP_ERR_SHAPE, "the labels are of %s: the net has %s, for %s",
                       bp_message_count(classes, "class").text, bp_message_count(outputs, "output").text,
                       bp_message_count(outputs == 1 ? 2 : outputs, "class").text);
    if (classes == 0 && given != outputs)
        return bp_fail(call, BP_ERR_SHAPE, "the data set has %s in a target, the net %s",
                       bp_message_count(given, "number").text, bp_message_count(outputs, "output").text);
    return BP_OK;
}

static bp_status take(const struct bp_call *call, const struct range *r, const bp_allocator *allocator,
                      struct bp_row_buffers *buffers, struct bp_rows *rows)
{
    const struct bp_selection s = {.data = r->data, .first = r->first, .count = r->rows};
    const int32_t type = bp_type_of_net(call->net);
    BP_TRY(bp_data_take_inputs(call, &s, type, allocator, buffers, rows));
    return r->targets ? bp_data_take_targets(call, &s, type, allocator, buffers, rows) : BP_OK;
}

/* ---- on a net of one's own, whose buffers serve */

static bp_status take_own(const struct bp_call *call, bp_net *net, const struct range *r, struct bp_rows *rows)
{
    BP_TRY(check_inputs(call, r));
    if (r->targets)
        BP_TRY(check_targets(call, r->data));
    return take(call, r, bp_net_allocator(net), bp_net_row_buffers(net), rows);
}

bp_status bp_net_forward_rows(bp_net *net, const bp_data *data, size_t first, size_t rows)
{
    const struct bp_call *call = BP_NET_CALL(net);
    struct bp_rows taken;
    BP_TRY(take_own(call, net, &(struct range){data, first, rows, false}, &taken));
    return bp_net_forward_of(call, net, &taken, NULL);
}

bp_status bp_net_backward_rows(bp_net *net, const bp_data *data, size_t first, size_t rows, double *loss)
{
    const struct bp_call *call = BP_NET_CALL(net);
    struct bp_rows taken;
    BP_TRY(take_own(call, net, &(struct range){data, first, rows, true}, &taken));
    return bp_net_backward_of(call, net, &taken, loss);
}

bp_status bp_net_train_rows(bp_net *net, const bp_data *data, size_t first, size_t rows, double *loss)
{
    const struct bp_call *call = BP_NET_CALL(net);
    struct bp_rows taken;
    BP_TRY(take_own(call, net, &(struct range){data, first, rows, true}, &taken));
    return bp_net_train_of(call, net, &taken, loss);
}

/* ---- on a net that others use too, with the buffers of a scratch or of the moment */

/* What is computed: y, or the loss. */
struct goal {
    void *y;
    double *loss;
};

static bp_status compute(const struct bp_call *call, const struct range *r, const bp_allocator *allocator,
                         struct bp_row_buffers *buffers, const struct goal *goal, const bp_scratch *scratch)
{
    struct bp_rows taken;
    BP_TRY(take(call, r, allocator, buffers, &taken));
    return goal->y ? bp_net_predict_of(call, &taken, goal->y, scratch)
                   : bp_net_loss_of(call, &taken, goal->loss, scratch);
}

static bp_status evaluate(const struct bp_call *call, const struct range *r, const struct goal *goal,
                          bp_scratch *scratch)
{
    /* A scratch may have been made with another net. */
    if (scratch)
        return compute(call, r, bp_scratch_allocator(scratch), bp_scratch_row_buffers(scratch), goal, scratch);
    const bp_allocator *allocator = bp_net_allocator(call->net);
    struct bp_row_buffers own = {0};
    const bp_status status = compute(call, r, allocator, &own, goal, NULL);
    bp_row_buffers_release(allocator, &own);
    return status;
}

bp_status bp_net_loss_rows(const bp_net *net, const bp_data *data, size_t first, size_t rows, double *loss,
                           bp_scratch *scratch)
{
    const struct bp_call *call = BP_NET_CALL(net);
    const struct range r = {data, first, rows, true};
    BP_TRY(check_inputs(call, &r));
    BP_TRY(check_targets(call, data));
    BP_TRY(bp_need(call, loss, "loss"));
    return evaluate(call, &r, &(struct goal){.loss = loss}, scratch);
}

static bp_status predict(const struct bp_call *call, int32_t type, const struct range *r, void *y, bp_scratch *scratch)
{
    BP_TRY(bp_check_typed(call, type));
    BP_TRY(check_inputs(call, r));
    BP_TRY(bp_need(call, y, "y"));
    return evaluate(call, r, &(struct goal){.y = y}, scratch);
}

bp_status bp_net_predict_rows_f32(const bp_net *net, const bp_data *data, size_t first, size_t rows, float *y,
                                  bp_scratch *scratch)
{
    return predict(BP_NET_CALL(net), BP_F32, &(struct range){data, first, rows, false}, y, scratch);
}

bp_status bp_net_predict_rows_f64(const bp_net *net, const bp_data *data, size_t first, size_t rows, double *y,
                                  bp_scratch *scratch)
{
    return predict(BP_NET_CALL(net), BP_F64, &(struct range){data, first, rows, false}, y, scratch);
}
