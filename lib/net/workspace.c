/* SPDX-License-Identifier: MIT
 *
 * The buffers of a training call, made when it is first needed: what is too small is replaced, all of it or nothing. */
#include "base/memory.h"
#include "net/input.h"

/* A block to be replaced, of `count` numbers of `size` bytes; 0 of them: it stays. */
struct block {
    void **place;
    size_t count, size;
};

enum { BLOCKS = 8 };

static bool make_blocks(const bp_allocator *allocator, const struct block *blocks)
{
    void *made[BLOCKS] = {0};
    bool enough = true;
    for (size_t i = 0; enough && i < BLOCKS; i++) {
        if (blocks[i].count == 0)
            continue;
        made[i] = bp_memory_allocate(allocator, blocks[i].count, blocks[i].size);
        enough = made[i];
    }
    for (size_t i = 0; i < BLOCKS; i++) {
        bp_memory_release(allocator, enough && made[i] ? *blocks[i].place : made[i]);
        if (enough && made[i])
            *blocks[i].place = made[i];
    }
    return enough;
}

/* What a call takes: rows of z, a and delta, of x, and of kept sparse input with its numbers; and the columns
 * touched. */
struct demand {
    size_t rows, x_rows, kept_rows, nonzeros;
    bool touched;
};

static bool is_met(const struct bp_model *m, const struct demand *d)
{
    const struct bp_workspace *work = &m->work;
    return d->rows <= work->capacity && d->x_rows <= work->x_rows && d->kept_rows <= work->kept.rows &&
           d->nonzeros <= work->kept.nonzeros && (m->touched || !d->touched);
}

static size_t more(size_t wanted, size_t *there)
{
    const bool grows = wanted > *there;
    *there = grows ? wanted : *there;
    return grows ? wanted : 0;
}

bp_status bp_workspace_for_packing(const struct bp_call *call, bp_net *net, size_t size)
{
    struct bp_model *m = &net->model;
    if (size <= m->work.packed_size)
        return BP_OK;
    void *packed = bp_memory_allocate(&net->allocator, m->threads, size * m->ops->size);
    if (!packed)
        return bp_fail(call, BP_ERR_MEMORY, "no memory to pack the batch for %s",
                       bp_message_count(m->threads, "thread").text);
    bp_memory_release(&net->allocator, m->work.packed);
    m->work.packed = packed;
    m->work.packed_size = size;
    return BP_OK;
}

static bp_status make(const struct bp_call *call, bp_net *net, const struct demand *d)
{
    struct bp_model *m = &net->model;
    struct bp_workspace *work = &m->work, then = *work;
    const size_t size = m->ops->size, rows = more(d->rows, &then.capacity) * m->row_size;
    const size_t x = more(d->x_rows, &then.x_rows) * m->input_stride, numbers = more(d->nonzeros, &then.kept.nonzeros);
    const size_t starts = more(d->kept_rows, &then.kept.rows);
    void *touched = m->touched;
    const struct block blocks[BLOCKS] = {
        {&then.z, rows, size},
        {&then.a, rows, size},
        {&then.delta, rows, size},
        {&then.x, x, size},
        {&then.kept.values, numbers, size},
        {&then.kept.columns, numbers, sizeof(int32_t)},
        {&then.kept.starts, starts ? starts + 1 : 0, sizeof(int64_t)},
        {&touched, m->touched || !d->touched ? 0 : bp_touched_words(m->inputs), sizeof(*m->touched)},
    };
    if (!make_blocks(&net->allocator, blocks))
        return bp_fail(call, BP_ERR_MEMORY, "no memory for z, activation and delta of %s%s%s",
                       bp_message_count(d->rows, "row").text, d->nonzeros > 0 ? ", or sparse rows of " : "",
                       d->nonzeros > 0 ? bp_message_count(d->nonzeros, "number").text : "");
    *work = then;
    m->touched = touched;
    net->rows = 0; /* what was cached went with the old buffers */
    net->delta_cached = net->may_backward = net->may_pass_down = false;
    bp_net_settle(net);
    return BP_OK;
}

static bp_status meet(const struct bp_call *call, bp_net *net, const struct demand *d)
{
    if (is_met(&net->model, d))
        return BP_OK;
    BP_TRY(bp_workspace_for_packing(call, net, net->model.ops->packed_size(&net->model, d->rows)));
    return make(call, net, d);
}

bp_status bp_workspace_for_rows(const struct bp_call *call, bp_net *net, const struct bp_rows *rows, bool keep)
{
    struct demand demand = {.rows = rows->count, .touched = !rows->x};
    if (!rows->x && keep) {
        demand.kept_rows = rows->count;
        demand.nonzeros = bp_sparse_nonzeros(&rows->sparse, rows->count);
    } else if (rows->x && bp_model_copies_input(&net->model, rows, keep)) {
        demand.x_rows = rows->count;
    }
    return meet(call, net, &demand);
}

bp_status bp_workspace_for_state(const struct bp_call *call, bp_net *net)
{
    struct bp_model *m = &net->model;
    for (size_t i = 0; i < m->states; i++) {
        if (m->state[i])
            continue;
        m->state[i] = bp_memory_allocate(&net->allocator, m->arena_size, m->ops->size);
        if (!m->state[i])
            return bp_fail(call, BP_ERR_MEMORY, "no memory for the optimiser's state");
        bp_net_settle(net);
    }
    return BP_OK;
}

struct bp_row_buffers *bp_net_row_buffers(bp_net *net) { return &net->buffers; }

const bp_allocator *bp_net_allocator(const bp_net *net) { return &net->allocator; }

int32_t bp_type_of_net(const bp_net *net) { return net->model.ops->dtype; }

bp_status bp_net_reserve(bp_net *net, size_t rows, size_t nonzeros)
{
    const struct bp_call *call = BP_NET_CALL(net);
    const struct demand dense = {.rows = rows, .x_rows = rows};
    const struct demand sparse = {.rows = rows, .kept_rows = rows, .nonzeros = nonzeros, .touched = true};
    BP_TRY(bp_net_check_for_rows(call, rows));
    BP_TRY(bp_workspace_for_state(call, net));
    return meet(call, net, nonzeros > 0 ? &sparse : &dense);
}
