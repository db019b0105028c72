/* SPDX-License-Identifier: MIT */
#include "base/targets.h"
#include "net/input.h"

bp_status bp_check_net(const struct bp_call *call) { return bp_need(call, call->net, "net"); }

bp_status bp_check_initialised(const struct bp_call *call)
{
    return call->net->initialised ? BP_OK : bp_fail(call, BP_ERR_STATE, "call bp_net_init first");
}

bp_status bp_check_layer(const struct bp_call *call, size_t layer)
{
    const size_t count = call->net->model.count;
    return layer < count ? BP_OK : bp_fail(call, BP_ERR_ARG, "there is no layer %zu: the net has %zu", layer, count);
}

static const char *type_name(int32_t dtype) { return dtype == BP_F32 ? "f32" : "f64"; }

bp_status bp_check_typed(const struct bp_call *call, int32_t dtype)
{
    BP_TRY(bp_check_net(call));
    const int32_t own = call->net->model.ops->dtype;
    if (own != dtype)
        return bp_fail(call, BP_ERR_UNSUPPORTED, "the net is %s: call the _%s function", type_name(own),
                       type_name(own));
    return bp_check_initialised(call);
}

bp_status bp_check_rows(const struct bp_call *call, size_t rows)
{
    if (rows == 0)
        return bp_fail(call, BP_ERR_SHAPE, "rows is 0: at least 1 is needed");
    if (rows > call->net->model.most_rows)
        return bp_fail(call, BP_ERR_SHAPE, "rows is %zu: that many rows do not fit in memory", rows);
    return BP_OK;
}

static bp_status refuse_label(const struct bp_call *call, int32_t label, size_t at, size_t classes)
{
    char problem[BP_ANSWERS_PROBLEM];
    bp_label_describe(label, at, classes, problem);
    return bp_fail(call, BP_ERR_ARG, "%s", problem);
}

bp_status bp_check_target(const struct bp_call *call, const struct bp_rows *rows)
{
    const struct bp_model *model = &call->net->model;
    const struct bp_layer *last = bp_model_last(model);
    if (call->net->refusal)
        return bp_fail(call, BP_ERR_UNSUPPORTED, "%s", call->net->refusal);
    if (rows->labels && bp_model_scaling(model, &model->of_targets))
        return bp_fail(call, BP_ERR_UNSUPPORTED, "a net that scales its targets takes no labels");
    if (rows->labels && bp_key(last->set.activation) == BP_ACT_IDENTITY)
        return bp_fail(call, BP_ERR_UNSUPPORTED,
                       "labels need outputs for classes, and the last layer is identity: use BP_ACT_SOFTMAX with "
                       "BP_LOSS_CROSS_ENTROPY, or BP_ACT_SIGMOID with BP_LOSS_BINARY_CROSS_ENTROPY");
    const size_t classes = last->units == 1 ? 2 : last->units;
    const size_t wrong = rows->labels ? bp_labels_wrong(rows->labels, rows->count, classes) : rows->count;
    return wrong == rows->count ? BP_OK : refuse_label(call, rows->labels[wrong], wrong, classes);
}

bp_status bp_check_input(const struct bp_call *call, struct bp_rows *rows)
{
    char problem[BP_SPARSE_PROBLEM];
    const struct bp_model *model = &call->net->model;
    if (rows->x)
        return BP_OK;
    if (!model->layers[0].kind->takes_sparse)
        return bp_fail(call, BP_ERR_UNSUPPORTED, "layer 0 is %s: sparse rows need a dense layer",
                       bp_layer_kind_name(&model->layers[0]));
    const struct bp_scaling *scaling = bp_model_scaling(model, &model->of_inputs);
    if (scaling && scaling->shifts)
        return bp_fail(call, BP_ERR_UNSUPPORTED,
                       "the net's scaling has a center that is not 0, which would change the zeros of sparse rows: "
                       "BP_SCALE_LARGEST and BP_SCALE_NONE keep them");
    if (!bp_sparse_check(&rows->sparse, model->ops->dtype, rows->count, model->inputs, problem))
        return bp_fail(call, BP_ERR_ARG, "%s", problem);
    return BP_OK;
}

bp_status bp_net_check_for_rows(const struct bp_call *call, size_t rows)
{
    BP_TRY(bp_check_net(call));
    BP_TRY(bp_check_initialised(call));
    return bp_check_rows(call, rows);
}
