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

static bp_status check_names(const struct bp_call *call, const char *const *names, size_t kind)
{
    static const char *const words[BP_NAMES_OF] = {"inputs", "outputs", "classes"};
    for (size_t i = 0; names && i < bp_names_count(call->net, kind); i++) {
        const char *problem = names[i] ? bp_column_name_problem(names[i], strlen(names[i])) : NULL;
        if (problem)
            return bp_fail(call, BP_ERR_ARG, "%s[%zu] %s", words[kind], i, problem);
    }
    return BP_OK;
}

bp_status bp_net_set_names(bp_net *net, const char *const *inputs, const char *const *outputs,
                           const char *const *classes)
{
    const struct bp_call *call = BP_NET_CALL(net);
    const char *const *const given[BP_NAMES_OF] = {inputs, outputs, classes};
    char **made[BP_NAMES_OF] = {NULL};
    BP_TRY(bp_check_net(call));
    BP_TRY(bp_check_initialised(call));
    bool enough = true;
    for (size_t kind = 0; kind < BP_NAMES_OF; kind++)
        BP_TRY(check_names(call, given[kind], kind));
    for (size_t kind = 0; enough && kind < BP_NAMES_OF; kind++)
        enough = bp_names_copy(net, kind, given[kind], &made[kind]);
    for (size_t kind = 0; kind < BP_NAMES_OF; kind++) {
        if (enough && !given[kind])
            continue; /* they stay */
        char **unwanted = enough ? net->names[kind] : made[kind];
        if (enough)
            net->names[kind] = made[kind];
        bp_names_release(net, kind, unwanted);
    }
    return enough ? BP_OK : bp_fail(call, BP_ERR_MEMORY, "no memory for the names");
}

static const char *name_of(const bp_net *net, size_t kind, size_t index)
{
    return net && net->names[kind] && index < bp_names_count(net, kind) ? net->names[kind][index] : NULL;
}

const char *bp_net_input_name(const bp_net *net, size_t input) { return name_of(net, BP_NAMES_OF_INPUTS, input); }

const char *bp_net_output_name(const bp_net *net, size_t output) { return name_of(net, BP_NAMES_OF_OUTPUTS, output); }

const char *bp_net_class_name(const bp_net *net, int32_t label)
{
    return label < 0 ? NULL : name_of(net, BP_NAMES_OF_CLASSES, (size_t)label);
}
