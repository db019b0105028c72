/* SPDX-License-Identifier: MIT
 *
 * The evaluation pass: prediction and loss on a const handle, with a scratch of the caller's or of the moment. */
#include "base/memory.h"
#include "net/handle.h"
#include "net/input.h"

static void release_room(const bp_allocator *allocator, const struct bp_scratch_room *room)
{
    bp_memory_release(allocator, room->z);
    bp_memory_release(allocator, room->a);
    bp_memory_release(allocator, room->b);
    bp_memory_release(allocator, room->label_row);
    bp_memory_release(allocator, room->x);
}

/* Whether x is scaled, or its stride causes cache-set conflicts, so that the pass reads a copy of it. */
static bool copies_input(const struct bp_model *m)
{
    return m->input_stride != m->inputs || bp_model_scaling(m, &m->of_inputs);
}

/* Room for BP_SCRATCH_ROWS rows of the widest layer, and perhaps of x; false if there is no memory. */
static bool make_room(const bp_net *net, bool copies_x, struct bp_scratch_room *room)
{
    const struct bp_model *m = &net->model;
    const size_t stride = bp_model_widest(m), size = m->ops->size;
    size_t numbers, inputs;
    *room = (struct bp_scratch_room){.stride = stride, .input_stride = copies_x ? m->input_stride : 0};
    if (!bp_size_multiply(BP_SCRATCH_ROWS, stride, &numbers) ||
        !bp_size_multiply(BP_SCRATCH_ROWS, m->input_stride, &inputs))
        return false;
    room->z = bp_memory_allocate(&net->allocator, numbers, size);
    room->a = bp_memory_allocate(&net->allocator, numbers, size);
    room->b = bp_memory_allocate(&net->allocator, numbers, size);
    room->label_row = bp_memory_allocate(&net->allocator, stride, size);
    if (copies_x)
        room->x = bp_memory_allocate(&net->allocator, inputs, size);
    if (room->z && room->a && room->b && room->label_row && (room->x || !copies_x))
        return true;
    release_room(&net->allocator, room);
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
    if (!made || !make_room(net, true, &made->room)) { /* a scaling may come later */
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
    release_room(&allocator, &scratch->room);
    bp_row_buffers_release(&allocator, &scratch->buffers);
    bp_memory_release(&allocator, scratch);
}

/* The scratch's room, or one of the moment if there is no scratch. */
static bp_status borrow_room(const struct bp_call *call, const bp_scratch *scratch, struct bp_scratch_room *room)
{
    if (!scratch)
        return make_room(call->net, copies_input(&call->net->model), room)
                   ? BP_OK
                   : bp_fail(call, BP_ERR_MEMORY, "no memory for a scratch");
    if (scratch->dtype != call->net->model.ops->dtype)
        return bp_fail(call, BP_ERR_SHAPE, "the scratch was made for the other number type");
    if (scratch->room.stride < bp_model_widest(&call->net->model))
        return bp_fail(call, BP_ERR_SHAPE, "the scratch was made for a net of narrower layers");
    *room = scratch->room;
    if (!copies_input(&call->net->model))
        room->x = NULL;
    else if (room->input_stride < call->net->model.input_stride)
        return bp_fail(call, BP_ERR_SHAPE, "the scratch was made for a net of fewer inputs");
    return BP_OK;
}

static void return_room(const struct bp_call *call, const bp_scratch *scratch, const struct bp_scratch_room *room)
{
    if (!scratch)
        release_room(&call->net->allocator, room);
}

struct bp_row_buffers *bp_scratch_row_buffers(bp_scratch *scratch) { return &scratch->buffers; }

bp_status bp_net_predict_of(const struct bp_call *call, struct bp_rows *rows, void *y, const bp_scratch *scratch)
{
    struct bp_scratch_room room;
    BP_TRY(bp_check_input(call, rows));
    BP_TRY(borrow_room(call, scratch, &room));
    const struct bp_model *model = &call->net->model;
    model->ops->predict(model, rows, y, &room);
    return_room(call, scratch, &room);
    return BP_OK;
}

bp_status bp_net_loss_of(const struct bp_call *call, struct bp_rows *rows, double *loss, const bp_scratch *scratch)
{
    struct bp_scratch_room room;
    BP_TRY(bp_check_input(call, rows));
    BP_TRY(bp_check_target(call, rows));
    BP_TRY(borrow_room(call, scratch, &room));
    const struct bp_model *model = &call->net->model;
    *loss = model->ops->evaluate(model, rows, &room);
    return_room(call, scratch, &room);
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
