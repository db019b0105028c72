/* SPDX-License-Identifier: MIT
 *
 * The calls that take sparse rows: all that is wrong with such input is found here, and the rest is that of dense rows. */
#include "net/handle.h"
#include "net/input.h"

/* The net, and the rows. */
static bp_status check_input(const struct bp_call *call, int32_t dtype, struct bp_sparse *in, size_t rows)
{
    char problem[BP_SPARSE_PROBLEM];
    BP_TRY(bp_check_typed(call, dtype));
    BP_TRY(bp_need(call, in->values, "values"));
    BP_TRY(bp_need(call, in->columns, "columns"));
    BP_TRY(bp_need(call, in->starts, "starts"));
    BP_TRY(bp_check_rows(call, rows));
    const struct bp_model *model = &call->net->model;
    if (!model->layers[0].kind->takes_sparse)
        return bp_fail(call, BP_ERR_UNSUPPORTED, "layer 0 is %s: sparse rows go into a dense layer",
                       bp_layer_kind_name(&model->layers[0]));
    const struct bp_scaling *scaling = bp_model_scaling(model, &model->of_inputs);
    if (scaling && scaling->shifts)
        return bp_fail(
            call, BP_ERR_UNSUPPORTED,
            "the net's scaling has a center that is not 0, which would fill sparse rows: BP_SCALE_LARGEST or "
            "BP_SCALE_NONE leaves zeros as they are");
    if (!bp_sparse_check(in, dtype, rows, model->inputs, problem))
        return bp_fail(call, BP_ERR_ARG, "%s", problem);
    return BP_OK;
}

/* One of target and labels; weights that may be none. */
static bp_status check_answers(const struct bp_call *call, struct bp_target target, const double *weights, size_t rows)
{
    if (weights)
        return bp_check_weighted(call, target, weights, rows);
    if (!target.values == !target.labels)
        return bp_fail(call, BP_ERR_ARG, "%s target and labels are NULL: one must be",
                       target.values ? "neither of" : "both");
    return BP_OK;
}

static bp_status forward(const struct bp_call *call, bp_net *net, int32_t dtype, struct bp_sparse in, size_t rows,
                         void *y)
{
    BP_TRY(check_input(call, dtype, &in, rows));
    return bp_net_forward_input(call, net, (struct bp_input){NULL, &in}, rows, y);
}

static bp_status train(const struct bp_call *call, bp_net *net, int32_t dtype, struct bp_sparse in,
                       struct bp_target target, const double *weights, size_t rows, double *loss)
{
    BP_TRY(check_input(call, dtype, &in, rows));
    BP_TRY(check_answers(call, target, weights, rows));
    net->model.weights = weights;
    const bp_status status = bp_net_train_input(call, net, (struct bp_input){NULL, &in}, target, rows, loss);
    net->model.weights = NULL;
    return status;
}

static bp_status predict(const struct bp_call *call, int32_t dtype, struct bp_sparse in, size_t rows, void *y,
                         const bp_scratch *scratch)
{
    BP_TRY(check_input(call, dtype, &in, rows));
    BP_TRY(bp_need(call, y, "y"));
    return bp_net_predict_input(call, (struct bp_input){NULL, &in}, rows, y, scratch);
}

static bp_status loss_of(const struct bp_call *call, int32_t dtype, struct bp_sparse in, struct bp_target target,
                         const double *weights, size_t rows, double *loss, const bp_scratch *scratch)
{
    BP_TRY(check_input(call, dtype, &in, rows));
    BP_TRY(check_answers(call, target, weights, rows));
    BP_TRY(bp_need(call, loss, "loss"));
    return bp_net_loss_input(call, (struct bp_input){NULL, &in}, target, weights, rows, loss, scratch);
}

bp_status bp_net_forward_sparse_f32(bp_net *net, const float *values, const int32_t *columns, const int64_t *starts,
                                    size_t rows, float *y)
{
    return forward(BP_NET_CALL(net), net, BP_F32, (struct bp_sparse){values, columns, starts, 0}, rows, y);
}

bp_status bp_net_train_sparse_f32(bp_net *net, const float *values, const int32_t *columns, const int64_t *starts,
                                  const float *target, const int32_t *labels, const double *weights, size_t rows,
                                  double *loss)
{
    return train(BP_NET_CALL(net), net, BP_F32, (struct bp_sparse){values, columns, starts, 0},
                 (struct bp_target){target, labels}, weights, rows, loss);
}

bp_status bp_net_predict_sparse_f32(const bp_net *net, const float *values, const int32_t *columns,
                                    const int64_t *starts, size_t rows, float *y, bp_scratch *scratch)
{
    return predict(BP_NET_CALL(net), BP_F32, (struct bp_sparse){values, columns, starts, 0}, rows, y, scratch);
}

bp_status bp_net_loss_sparse_f32(const bp_net *net, const float *values, const int32_t *columns, const int64_t *starts,
                                 const float *target, const int32_t *labels, const double *weights, size_t rows,
                                 double *loss, bp_scratch *scratch)
{
    return loss_of(BP_NET_CALL(net), BP_F32, (struct bp_sparse){values, columns, starts, 0},
                   (struct bp_target){target, labels}, weights, rows, loss, scratch);
}

bp_status bp_net_forward_sparse_f64(bp_net *net, const double *values, const int32_t *columns, const int64_t *starts,
                                    size_t rows, double *y)
{
    return forward(BP_NET_CALL(net), net, BP_F64, (struct bp_sparse){values, columns, starts, 0}, rows, y);
}

bp_status bp_net_train_sparse_f64(bp_net *net, const double *values, const int32_t *columns, const int64_t *starts,
                                  const double *target, const int32_t *labels, const double *weights, size_t rows,
                                  double *loss)
{
    return train(BP_NET_CALL(net), net, BP_F64, (struct bp_sparse){values, columns, starts, 0},
                 (struct bp_target){target, labels}, weights, rows, loss);
}

bp_status bp_net_predict_sparse_f64(const bp_net *net, const double *values, const int32_t *columns,
                                    const int64_t *starts, size_t rows, double *y, bp_scratch *scratch)
{
    return predict(BP_NET_CALL(net), BP_F64, (struct bp_sparse){values, columns, starts, 0}, rows, y, scratch);
}

bp_status bp_net_loss_sparse_f64(const bp_net *net, const double *values, const int32_t *columns, const int64_t *starts,
                                 const double *target, const int32_t *labels, const double *weights, size_t rows,
                                 double *loss, bp_scratch *scratch)
{
    return loss_of(BP_NET_CALL(net), BP_F64, (struct bp_sparse){values, columns, starts, 0},
                   (struct bp_target){target, labels}, weights, rows, loss, scratch);
}
