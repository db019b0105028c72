/* SPDX-License-Identifier: MIT */
#include "base/targets.h"
#include "net/handle.h"

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

bp_status bp_check_target(const struct bp_call *call, struct bp_target target, size_t rows)
{
    const struct bp_model *model = &call->net->model;
    const struct bp_layer *last = bp_model_last(model);
    if (call->net->refusal)
        return bp_fail(call, BP_ERR_UNSUPPORTED, "%s", call->net->refusal);
    if (target.labels && bp_model_scaling(model, &model->of_targets))
        return bp_fail(call, BP_ERR_UNSUPPORTED, "labels are not for a net that scales its targets");
    if (target.labels && bp_key(last->set.activation) == BP_ACT_IDENTITY)
        return bp_fail(call, BP_ERR_UNSUPPORTED,
                       "labels need outputs for classes, and the last layer is identity: use BP_ACT_SOFTMAX with "
                       "BP_LOSS_CROSS_ENTROPY, or BP_ACT_SIGMOID with BP_LOSS_BINARY_CROSS_ENTROPY");
    const size_t classes = last->units == 1 ? 2 : last->units;
    const size_t wrong = target.labels ? bp_labels_wrong(target.labels, rows, classes) : rows;
    return wrong == rows ? BP_OK : refuse_label(call, target.labels[wrong], wrong, classes);
}

bp_status bp_check_weighted(const struct bp_call *call, struct bp_target target, const double *weights, size_t rows)
{
    BP_TRY(bp_need(call, weights, "weights"));
    if (!target.values == !target.labels)
        return bp_fail(call, BP_ERR_ARG, "%s target and labels are NULL: one must be",
                       target.values ? "neither of" : "both");
    const size_t wrong = bp_weights_wrong(weights, rows);
    if (wrong == rows)
        return BP_OK;
    char problem[BP_ANSWERS_PROBLEM];
    bp_weight_describe(weights[wrong], wrong, problem);
    return bp_fail(call, BP_ERR_ARG, "%s", problem);
}
