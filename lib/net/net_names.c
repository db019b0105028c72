/* SPDX-License-Identifier: MIT
 *
 * The names of inputs, outputs and classes. */
#include <string.h>

#include "base/column_name.h"
#include "base/memory.h"
#include "net/handle.h"

size_t bp_names_count(const bp_net *net, size_t kind)
{
    const size_t outputs = bp_model_outputs(&net->model);
    if (kind == BP_NAMES_OF_INPUTS)
        return net->model.inputs;
    return kind == BP_NAMES_OF_CLASSES && outputs == 1 ? 2 : outputs;
}

void bp_names_release(const bp_net *net, size_t kind, char **names)
{
    for (size_t i = 0; names && i < bp_names_count(net, kind); i++)
        bp_memory_release(&net->allocator, names[i]);
    bp_memory_release(&net->allocator, names);
}

bool bp_names_copy(const bp_net *net, size_t kind, const char *const *names, char ***copy)
{
    *copy = NULL;
    if (!names)
        return true;
    char **made = bp_memory_allocate(&net->allocator, bp_names_count(net, kind), sizeof(*made));
    bool enough = made;
    for (size_t i = 0; enough && i < bp_names_count(net, kind); i++) {
        if (!names[i])
            continue;
        const size_t size = strlen(names[i]) + 1;
        made[i] = bp_memory_allocate(&net->allocator, size, 1);
        enough = made[i];
        if (enough)
            memcpy(made[i], names[i], size);
    }
    if (enough)
        *copy = made;
    else
        bp_names_release(net, kind, made);
    return enough;
}

bool bp_names_keep(bp_net *net, size_t kind, size_t index, const char *name, size_t size)
{
    char ***names = &net->names[kind];
    if (!*names)
        *names = bp_memory_allocate(&net->allocator, bp_names_count(net, kind), sizeof(**names));
    if (!*names)
        return false;
    char *copy = bp_memory_allocate(&net->allocator, size + 1, 1);
    if (!copy)
        return false;
    memcpy(copy, name, size);
    bp_memory_release(&net->allocator, (*names)[index]);
    (*names)[index] = copy;
    return true;
}

static bp_status check_name(const struct bp_call *call, size_t kind, size_t index, const char *name)
{
    const char *problem = name ? bp_column_name_problem(name, strlen(name)) : NULL;
    const struct bp_named *named = bp_family_row(&bp_name_kinds, kind);
    return problem ? bp_fail(call, BP_ERR_ARG, "the name of %s %zu %s", named->name, index, problem) : BP_OK;
}

bp_status bp_net_make_names(const struct bp_call *call, const bp_net *net,
                            const char *const *const names[BP_NAME_KINDS], struct bp_net_names *made)
{
    bool enough = true;
    *made = (struct bp_net_names){0};
    if (!net->initialised)
        return bp_fail(call, BP_ERR_STATE, "call bp_net_init first");
    for (size_t kind = 0; kind < BP_NAME_KINDS; kind++)
        for (size_t i = 0; names[kind] && i < bp_names_count(net, kind); i++)
            BP_TRY(check_name(call, kind, i, names[kind][i]));
    for (size_t kind = 0; enough && kind < BP_NAME_KINDS; kind++)
        enough = bp_names_copy(net, kind, names[kind], &made->of[kind]);
    if (enough)
        return BP_OK;
    for (size_t kind = 0; kind < BP_NAME_KINDS; kind++)
        bp_names_release(net, kind, made->of[kind]);
    return bp_fail_memory(call);
}

void bp_net_use_names(bp_net *net, const struct bp_net_names *made, bool wanted)
{
    for (size_t kind = 0; kind < BP_NAME_KINDS; kind++) {
        char **names = made->of[kind];
        if (!names)
            continue; /* those of the net stay */
        bp_names_release(net, kind, wanted ? net->names[kind] : names);
        if (wanted)
            net->names[kind] = names;
    }
}

static bp_status check_what(const struct bp_call *call, int32_t what)
{
    return bp_name_kind(what) < BP_NAME_KINDS
               ? BP_OK
               : bp_fail(call, BP_ERR_ARG, "what is %d: it must be a BP_TEXT_*", (int)what);
}

bp_status bp_net_set_name(bp_net *net, int32_t what, size_t index, const char *name)
{
    const struct bp_call *call = BP_NET_CALL(net);
    const size_t kind = bp_name_kind(what);
    BP_TRY(bp_check_net(call));
    BP_TRY(check_what(call, what));
    BP_TRY(bp_check_initialised(call));
    if (index >= bp_names_count(net, kind))
        return bp_fail(call, BP_ERR_ARG, "index is %zu: it must be less than %zu, the number of names of this kind",
                       index, bp_names_count(net, kind));
    BP_TRY(check_name(call, kind, index, name));
    if (name)
        return bp_names_keep(net, kind, index, name, strlen(name)) ? BP_OK : bp_fail_memory(call);
    if (net->names[kind]) {
        bp_memory_release(&net->allocator, net->names[kind][index]);
        net->names[kind][index] = NULL;
    }
    return BP_OK;
}

const char *bp_net_name(const bp_net *net, int32_t what, size_t index)
{
    const size_t kind = bp_name_kind(what);
    if (!net || kind == BP_NAME_KINDS || !net->names[kind] || index >= bp_names_count(net, kind))
        return NULL;
    return net->names[kind][index];
}
