/* SPDX-License-Identifier: MIT
 *
 * The threads that work for a handle: its own, or the host's. */
#include "net/threads.h"

#include "base/memory.h"
#include "base/parallel.h"

bp_status bp_net_use_threads(const struct bp_call *call, bp_net *net, size_t threads)
{
    struct bp_model *m = &net->model;
    const bp_allocator *allocator = &net->allocator;
    if (threads == 0)
        threads = bp_parallel_cores();
    if (threads > BP_MOST_THREADS)
        threads = BP_MOST_THREADS;
    if (threads == m->threads)
        return BP_OK;
    const size_t packed_size = m->work.packed_size * m->ops->size;
    void *workspaces = net->initialised ? bp_memory_allocate(allocator, threads, m->ops->workspace_size()) : NULL;
    void *packed = packed_size > 0 ? bp_memory_allocate(allocator, threads, packed_size) : NULL;
    struct bp_parallel *pool = threads > 1 ? bp_parallel_create(allocator, threads) : NULL;
    if ((net->initialised && !workspaces) || (packed_size > 0 && !packed) || (threads > 1 && !pool)) {
        bp_parallel_destroy(pool);
        bp_memory_release(allocator, packed);
        bp_memory_release(allocator, workspaces);
        return bp_fail(call, BP_ERR_MEMORY, "no memory for %s", bp_message_count(threads, "thread").text);
    }
    bp_parallel_destroy(m->pool);
    bp_memory_release(allocator, m->workspaces);
    bp_memory_release(allocator, m->work.packed);
    m->workspaces = workspaces;
    m->work.packed = packed;
    m->pool = pool;
    m->threads = threads;
    return BP_OK;
}

bp_status bp_net_set_parallel_for(bp_net *net, bp_parallel_for *parallel_for, void *user)
{
    BP_TRY(bp_check_net(BP_NET_CALL(net)));
    net->model.host_for = parallel_for;
    net->model.host = user;
    return BP_OK;
}
