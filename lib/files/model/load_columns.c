/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "base/column_name.h"
#include "files/model/load.h"

_Static_assert(6 * BP_COLUMN_NAME_MOST + 2 <= BP_JSON_MOST_TEXT, "a file holds the longest name, also as escapes");

/* [columns] of center, then of factor; NULL where the file has none. */
static bp_status load_scaling(const struct bp_loading *l, size_t kind, double **vectors)
{
    char key[2][BP_METADATA_KEY];
    struct bp_json_member member;
    bool there[2];
    const size_t columns = bp_names_count(l->net, kind);
    for (int factor = 0; factor < 2; factor++) {
        snprintf(key[factor], sizeof(key[factor]), BP_META_SCALING, bp_metadata_kinds[kind],
                 factor ? "factor" : "center");
        there[factor] = bp_json_find(&l->file.metadata, key[factor], &member);
    }
    if (there[0] != there[1])
        return bp_fail(l->call, BP_ERR_FORMAT, "its metadata have %s, but not %s", key[there[1]], key[there[0]]);
    if (!there[0])
        return BP_OK;
    *vectors = bp_memory_allocate(l->call->allocator, columns, 2 * sizeof(**vectors));
    if (!*vectors)
        return bp_fail_memory(l->call);
    for (int factor = 0; factor < 2; factor++)
        BP_TRY(bp_metadata_values(&l->file, key[factor], columns, *vectors + (factor ? columns : 0), NULL));
    return BP_OK;
}

static bp_status load_scalings(const struct bp_loading *l)
{
    double *inputs = NULL, *targets = NULL;
    const size_t columns = bp_net_inputs(l->net), outputs = bp_net_outputs(l->net);
    bp_status status = load_scaling(l, BP_NAMES_OF_INPUTS, &inputs);
    if (status == BP_OK)
        status = load_scaling(l, BP_NAMES_OF_OUTPUTS, &targets);
    if (status == BP_OK && (inputs || targets)) {
        const struct bp_scaling_numbers of_inputs = {inputs, inputs ? inputs + columns : NULL};
        const struct bp_scaling_numbers of_targets = {targets, targets ? targets + outputs : NULL};
        status = bp_net_put_scaling(l->call, l->net, &of_inputs, &of_targets);
        if (status != BP_OK)
            status = bp_load_fail(l, status, "scaling");
    }
    bp_memory_release(l->call->allocator, inputs);
    bp_memory_release(l->call->allocator, targets);
    return status;
}

static bp_status load_name(const struct bp_loading *l, size_t kind, size_t index)
{
    char key[BP_METADATA_KEY], *text;
    struct bp_json_member member;
    size_t size;
    snprintf(key, sizeof(key), BP_META_NAME, bp_metadata_kinds[kind], index);
    if (!bp_json_find(&l->file.metadata, key, &member))
        return BP_OK;
    BP_TRY(bp_json_text(l->call, &member, &text, &size));
    const char *problem = bp_column_name_problem(text, size);
    if (problem) {
        bp_memory_release(l->call->allocator, text);
        return bp_fail(l->call, BP_ERR_FORMAT, "header: \"%s\": the name %s", key, problem);
    }
    const bool kept = bp_names_keep(l->net, kind, index, text, size);
    bp_memory_release(l->call->allocator, text);
    return kept ? BP_OK : bp_fail_memory(l->call);
}

bp_status bp_load_columns(struct bp_loading *l)
{
    BP_TRY(load_scalings(l));
    for (size_t kind = 0; kind < BP_NAME_KINDS; kind++)
        for (size_t i = 0; i < bp_names_count(l->net, kind); i++)
            BP_TRY(load_name(l, kind, i));
    return BP_OK;
}
