/* SPDX-License-Identifier: MIT
 *
 * From outputs to classes. */
#include <math.h>

#include "base/keys.h"
#include "base/targets.h"
#include "net/handle.h"

static bp_status check_numbers(const struct bp_call *call, int32_t type, const void *y, size_t rows, size_t outputs)
{
    for (size_t i = 0; i < rows * outputs; i++)
        if (isnan(bp_number_at(type, y, i)))
            return bp_fail(call, BP_ERR_NONFINITE, "y is nan at row %zu, output %zu", i / outputs, i % outputs);
    return BP_OK;
}

static bp_status classify(const struct bp_call *call, int32_t type, const void *y, size_t rows, int32_t *labels)
{
    BP_TRY(bp_check_net(call));
    BP_TRY(bp_check_initialised(call));
    BP_TRY(bp_need(call, y, "y"));
    BP_TRY(bp_need(call, labels, "labels"));
    BP_TRY(bp_check_rows(call, rows));
    const size_t outputs = bp_model_outputs(&call->net->model);
    BP_TRY(check_numbers(call, type, y, rows, outputs));
    for (size_t i = 0; i < rows; i++)
        labels[i] = (int32_t)bp_class_of(type, (const char *)y + i * outputs * bp_type_size(type), outputs);
    return BP_OK;
}

bp_status bp_net_classify_f32(const bp_net *net, const float *y, size_t rows, int32_t *labels)
{
    return classify(BP_NET_CALL(net), BP_F32, y, rows, labels);
}

bp_status bp_net_classify_f64(const bp_net *net, const double *y, size_t rows, int32_t *labels)
{
    return classify(BP_NET_CALL(net), BP_F64, y, rows, labels);
}
