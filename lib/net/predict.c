/* SPDX-License-Identifier: MIT
 *
 * The evaluation pass: prediction and loss on a const handle, with a scratch of the caller's or of the moment. */
#include "base/memory.h"
#include "net/handle.h"
#include "net/input.h"

static void release_buffers(const bp_allocator *allocator, const struct bp_scratch_buffers *buffers)
{
    bp_memory_release(allocator, buffers->z);
    bp_memory_release(allocator, buffers->a);
    bp_memory_release(allocator, buffers->b);
    bp_memory_release(allocator, buffers->label_row);
    bp_memory_release(allocator, buffers->x);
}

/* Whether x is scaled, or its stride causes cache-set conflicts, so that the pass reads a copy of it. */
static bool copies_input(const struct bp_model *m)
{
    return m->input_stride != m->inputs || bp_model_scaling(m, &m->of_inputs);
}

/* Buffers for BP_SCRATCH_ROWS rows of the widest layer, and perhaps of x; false if there is no memory. */
static bool make_buffers(const bp_net *net, bool copies_x, struct bp_scratch_buffers *buffers)
{
    const struct bp_model *m = &net->model;
    const size_t stride = bp_model_widest(m), size = m->ops->size;
    size_t numbers, inputs;
    *buffers = (struct bp_scratch_buffers){.stride = stride, .input_stride = copies_x ? m->input_stride : 0};
    if (!bp_size_multiply(BP_SCRATCH_ROWS, stride, &numbers) ||
        !bp_size_multiply(BP_SCRATCH_ROWS, m->input_stride, &inputs))
        return false;
    buffers->z = bp_memory_allocate(&net->allocator, numbers, size);
    buffers->a = bp_memory_allocate(&net->allocator, numbers, size);
    buffers->b = bp_memory_allocate(&net->allocator, numbers, size);
    buffers->label_row = bp_memory_allocate(&net->allocator, stride, size);
    if (copies_x)
        buffers->x = bp_memory_allocate(&net->allocator, inputs, size);
    if (buffers->z && buffers->a && buffers->b && buffers->label_row && (buffers->x || !copies_x))
        return true;
    release_buffers(&net->allocator, buffers);
    return false;
}

bp_status bp_scratch_create(bp_scratch **scratch, const bp_net *net)
{
    const struct bp_call *call = BP_NET_CALL(net);
    if (scratch)
        *scratch = NULL;
    BP_TRY(bp_check_net(call));
    BP_TRY(bp_need(call, scratch, "scratch"));
    BP_TRY(bp_check_initialised(call));
    bp_scratch *made = bp_memory_allocate(&net->allocator, 1, sizeof(*made));
    if (!made || !make_buffers(net, true, &made->evaluation)) { /* a scaling may come later */
        bp_memory_release(&net->allocator, made);
        return bp_fail(call, BP_ERR_MEMORY, "no memory for a scratch");
    }
    made->allocator = net->allocator;
    made->dtype = net->model.ops->dtype;
    *scratch = made;
    return BP_OK;
}

void bp_scratch_destroy(bp_scratch *scratch)
{
    if (!scratch)
        return;
    const bp_allocator allocator = scratch->allocator;
    release_buffers(&allocator, &scratch->evaluation);
    bp_row_buffers_release(&allocator, &scratch->buffers);
    bp_memory_release(&allocator, scratch);
}

/* The scratch's buffers, or temporary ones if there is no scratch. */
static bp_status borrow_buffers(const struct bp_call *call, const bp_scratch *scratch,
                                struct bp_scratch_buffers *buffers)
{
    if (!scratch)
        return make_buffers(call->net, copies_input(&call->net->model), buffers)
                   ? BP_OK
                   : bp_fail(call, BP_ERR_MEMORY, "no memory for a scratch");
    if (scratch->dtype != call->net->model.ops->dtype)
        return bp_fail(call, BP_ERR_SHAPE, "the scratch was made for the other number type");
    if (scratch->evaluation.stride < bp_model_widest(&call->net->model))
        return bp_fail(call, BP_ERR_SHAPE, "the scratch was made for a net of narrower layers");
    *buffers = scratch->evaluation;
    if (!copies_input(&call->net->model))
        buffers->x = NULL;
    else if (buffers->input_stride < call->net->model.input_stride)
        return bp_fail(call, BP_ERR_SHAPE, "the scratch was made for a net of fewer inputs");
    return BP_OK;
}

static void return_buffers(const struct bp_call *call, const bp_scratch *scratch,
                           const struct bp_scratch_buffers *buffers)
{
    if (!scratch)
        release_buffers(&call->net->allocator, buffers);
}

struct bp_row_buffers *bp_scratch_row_buffers(bp_scratch *scratch) { return &scratch->buffers; }

const bp_allocator *bp_scratch_allocator(const bp_scratch *scratch) { return &scratch->allocator; }

bp_status bp_net_predict_of(const struct bp_call *call, struct bp_rows *rows, void *y, const bp_scratch *scratch)
{
    struct bp_scratch_buffers buffers;
    BP_TRY(bp_check_input(call, rows));
    BP_TRY(borrow_buffers(call, scratch, &buffers));
    const struct bp_model *model = &call->net->model;
    model->ops->predict(model, rows, y, &buffers);
    return_buffers(call, scratch, &buffers);
    return BP_OK;
}

bp_status bp_net_loss_of(const struct bp_call *call, struct bp_rows *rows, double *loss, const bp_scratch *scratch)
{
    struct bp_scratch_buffers buffers;
    BP_TRY(bp_check_input(call, rows));
    BP_TRY(bp_check_target(call, rows));
    BP_TRY(borrow_buffers(call, scratch, &buffers));
    const struct bp_model *model = &call->net->model;
    *loss = model->ops->evaluate(model, rows, &buffers);
    return_buffers(call, scratch, &buffers);
    return BP_OK;
}

static bp_status predict(const struct bp_call *call, int32_t dtype, const void *x, size_t rows, void *y,
                         const bp_scratch *scratch)
{
    BP_TRY(bp_check_typed(call, dtype));
    BP_TRY(bp_need(call, x, "x"));
    BP_TRY(bp_need(call, y, "y"));
    BP_TRY(bp_check_rows(call, rows));
    return bp_net_predict_of(call, &(struct bp_rows){.count = rows, .x = x, .stride = call->net->model.inputs}, y,
                             scratch);
}

bp_status bp_net_predict_f32(const bp_net *net, const float *x, size_t rows, float *y, bp_scratch *scratch)
{
    return predict(BP_NET_CALL(net), BP_F32, x, rows, y, scratch);
}

bp_status bp_net_predict_f64(const bp_net *net, const double *x, size_t rows, double *y, bp_scratch *scratch)
{
    return predict(BP_NET_CALL(net), BP_F64, x, rows, y, scratch);
}
