/* SPDX-License-Identifier: MIT
 *
 * The names of columns and classes, from a data set to a net and against it. */
#include <string.h>

#include "base/memory.h"
#include "base/quote.h"
#include "data/data_set.h"

static size_t inputs_of(const bp_data *data, const bp_net *net)
{
    (void)data;
    return bp_net_inputs(net);
}

/* The column that labels came from is an output only if there is one. */
static size_t outputs_of(const bp_data *data, const bp_net *net)
{
    const size_t outputs = bp_net_outputs(net);
    return bp_data_classes(data) > 0 && outputs > 1 ? 0 : outputs;
}

static size_t classes_of(const bp_data *data, const bp_net *net)
{
    (void)net;
    return bp_data_classes(data);
}

static size_t (*const counts[BP_NAME_KINDS])(const bp_data *data, const bp_net *net) = {inputs_of, outputs_of,
                                                                                        classes_of};

static int32_t what(size_t kind)
{
    const struct bp_named *row = bp_family_row(&bp_name_kinds, kind);
    return row->key;
}

/* Names by kind, all in one buffer; NULL where the data set has none, or only the `missing` are wanted and the net has
 * some. */
static void list(const bp_data *data, const bp_net *net, bool missing, const char **buffer,
                 const char *const *names[BP_NAME_KINDS])
{
    for (size_t kind = 0; kind < BP_NAME_KINDS; kind++) {
        const size_t count = counts[kind](data, net);
        bool any = false, known = false;
        for (size_t i = 0; i < count; i++) {
            buffer[i] = bp_data_name(data, what(kind), i);
            any = any || buffer[i];
            known = known || bp_net_name(net, what(kind), i);
        }
        names[kind] = any && !(missing && known) ? buffer : NULL;
        buffer += count;
    }
}

bp_status bp_data_check_fit(const bp_data *data, const struct bp_call *call, const bp_net *net)
{
    BP_TRY(bp_need(call, net, "net"));
    if (data->rows == 0)
        return bp_fail(call, BP_ERR_STATE, "the data set has no rows");
    if (bp_data_inputs(data) != bp_net_inputs(net))
        return bp_fail(call, BP_ERR_SHAPE, "the data set has %s, the net %zu",
                       bp_message_count(bp_data_inputs(data), "input").text, bp_net_inputs(net));
    const size_t outputs = data->table->part[BP_PART_TARGET].columns;
    if (outputs > 0 && outputs != bp_net_outputs(net))
        return bp_fail(call, BP_ERR_SHAPE, "the data set has %s in a target, the net %s",
                       bp_message_count(outputs, "number").text, bp_message_count(bp_net_outputs(net), "output").text);
    return BP_OK;
}

bp_status bp_data_make_names(const bp_data *data, const struct bp_call *call, const bp_net *net, bool missing,
                             struct bp_net_names *made)
{
    const char *const *names[BP_NAME_KINDS];
    size_t count = 0;
    BP_TRY(bp_data_check_fit(data, call, net));
    for (size_t kind = 0; kind < BP_NAME_KINDS; kind++)
        count += counts[kind](data, net);
    const char **buffer = bp_memory_allocate(&data->allocator, count, sizeof(*buffer));
    if (!buffer)
        return bp_fail(call, BP_ERR_MEMORY, "no memory for a list of names");
    list(data, net, missing, buffer, names);
    const bp_status status = bp_net_make_names(call, net, names, made);
    bp_memory_release(&data->allocator, buffer);
    return status;
}

bp_status bp_data_give_names(const bp_data *data, const struct bp_call *call, bp_net *net)
{
    struct bp_net_names made;
    BP_TRY(bp_data_make_names(data, call, net, true, &made));
    bp_net_use_names(net, &made, true);
    return BP_OK;
}

bp_status bp_data_check_names(const struct bp_call *call, const bp_net *net, const bp_data *given)
{
    for (size_t kind = 0; kind < BP_NAME_KINDS; kind++)
        for (size_t i = 0; i < bp_texts_count(&given->table->texts[kind]) && i < counts[kind](given, net); i++) {
            const char *of_data = bp_data_name(given, what(kind), i), *of_net = bp_net_name(net, what(kind), i);
            if (of_data && of_net && strcmp(of_data, of_net) != 0)
                return bp_fail(call, BP_ERR_SHAPE, "%s %zu is %s in the data and %s in the net",
                               bp_key_name(what(kind)), i, bp_quote_name(of_data).text, bp_quote_name(of_net).text);
        }
    return BP_OK;
}
