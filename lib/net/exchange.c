/* SPDX-License-Identifier: MIT
 *
 * Two nets change places, so that whoever holds one of them finds all of the other in it. */
#include "net/handle.h"
#include "net/input.h"
#include "net/net_options.h"

void bp_net_use_machine_options(bp_net *net, const bp_net *like)
{
    const struct bp_option *option;
    for (size_t i = 0; (option = bp_family_row(&bp_net_options, i)); i++)
        if (option->rules & BP_OPTION_OF_MACHINE)
            *bp_option_place(&net->model.settings, option) = bp_option_value(&like->model.settings, option);
    bp_net_settle(net);
}

/* The threads that work for a net, with the workspace of each. */
static void use_threads(struct bp_model *model, const struct bp_model *like)
{
    model->threads = like->threads;
    model->pool = like->pool;
    model->workspaces = like->workspaces;
    model->work.packed = like->work.packed;
    model->work.packed_size = like->work.packed_size;
    model->host_for = like->host_for;
    model->host = like->host;
}

bp_status bp_net_prepare_exchange(const struct bp_call *call, bp_net *net, const bp_net *with)
{
    return bp_workspace_for_packing(call, net, with->model.work.packed_size);
}

void bp_net_exchange(bp_net *a, bp_net *b)
{
    const bp_net a_before = *a, b_before = *b;
    *a = b_before;
    *b = a_before;
    use_threads(&a->model, &a_before.model);
    use_threads(&b->model, &b_before.model);
    bp_net_settle(a);
    bp_net_settle(b);
}
