/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "files/model/load.h"
#include "net/net_options.h"

bp_status bp_load_option(const struct bp_loading *l, const char *key, const struct bp_option *option, double *value,
                         bool *there)
{
    char text[BP_METADATA_TEXT] = "";
    if (!option->members)
        return bp_metadata_value(&l->file, key, value, there);
    BP_TRY(bp_metadata_text(&l->file, key, text, there));
    const struct bp_named *member = bp_family_by_name(option->members, text, strlen(text));
    if (*there && !member)
        return bp_fail(l->call, BP_ERR_FORMAT, "%s is \"%s\", which is none of its values", key,
                       bp_quote_text(text).text);
    *value = member ? member->key : 0;
    return BP_OK;
}

static bp_status load_options(const struct bp_loading *l)
{
    char key[BP_METADATA_KEY];
    const struct bp_option *option;
    double value = 0;
    bool there;
    for (size_t i = 0; (option = bp_family_row(&bp_net_options, i)); i++) {
        if (option->rules & BP_OPTION_OF_MACHINE || option->fact)
            continue;
        snprintf(key, sizeof(key), BP_META_OPTION, option->named.name);
        BP_TRY(bp_load_option(l, key, option, &value, &there));
        const bp_status status = there ? bp_net_set(l->net, option->named.key, value) : BP_OK;
        if (status != BP_OK)
            return bp_load_fail(l, status, key);
    }
    return BP_OK;
}

/* All of a layer's keys but those that it was made with. */
static bp_status load_layer_options(const struct bp_loading *l, size_t layer)
{
    char key[BP_METADATA_KEY];
    const struct bp_option *option;
    double value = 0;
    bool there;
    for (size_t i = 0; (option = bp_family_row(&bp_layer_options, i)); i++) {
        const struct bp_layer *own = &l->net->model.layers[layer];
        if (!bp_layer_option_kept(own, option, &value) || option->named.key == bp_layer_first_option(own->kind))
            continue;
        snprintf(key, sizeof(key), BP_META_LAYER, layer, option->named.name);
        BP_TRY(bp_load_option(l, key, option, &value, &there));
        const bp_status status = there ? bp_net_layer_set(l->net, layer, option->named.key, value) : BP_OK;
        if (status != BP_OK)
            return bp_load_fail(l, status, key);
    }
    return BP_OK;
}

/* Writes the metadata's key of a layer's option, and returns the option. */
static const struct bp_option *layer_option(char *key, size_t layer, int32_t of)
{
    const struct bp_option *option = bp_family_by_key(&bp_layer_options, of);
    snprintf(key, BP_METADATA_KEY, BP_META_LAYER, layer, option->named.name);
    return option;
}

bp_status bp_load_find(const struct bp_loading *l, const char *key, struct bp_json_member *member,
                       struct bp_tensor *tensor)
{
    if (!bp_json_find(&l->file.tensors, key, member))
        return bp_fail(l->call, BP_ERR_FORMAT, "there is no tensor \"%s\"", key);
    BP_TRY(bp_safetensors_tensor(&l->file, member, tensor));
    if (tensor->dtype != l->net->model.ops->dtype)
        return bp_fail(l->call, BP_ERR_FORMAT, "tensor \"%s\" is of F%d, but bp.dtype is f%d", key,
                       bp_type_bits(tensor->dtype), bp_type_bits(l->net->model.ops->dtype));
    return BP_OK;
}

/* That the tensor of a layer's weights or bias, if it has any, is there and has their shape. */
static bp_status check_parameters(const struct bp_loading *l, size_t arena, size_t layer, bool bias)
{
    const struct bp_layer *like = &l->net->model.layers[layer];
    const size_t biases = bp_layer_biases(like);
    char key[BP_METADATA_KEY];
    struct bp_json_member member;
    struct bp_tensor tensor;
    if ((bias ? biases : bp_layer_weights(like)) == 0)
        return BP_OK;
    bp_metadata_tensor(key, arena, layer, bias);
    BP_TRY(bp_load_find(l, key, &member, &tensor));
    return bp_safetensors_check_shape(&l->file, &member, &tensor, bias ? biases : like->units, bias ? 0 : like->columns,
                                      BP_ERR_FORMAT);
}

/* Where a kind chooses its units, they are the rows of its weights. */
static bp_status read_units(const struct bp_loading *l, const struct bp_layer_kind *kind, size_t layer, size_t *units)
{
    char key[BP_METADATA_KEY];
    struct bp_json_member member;
    struct bp_tensor tensor;
    *units = 0;
    if (!kind->chooses_units)
        return BP_OK;
    bp_metadata_tensor(key, 0, layer, false);
    BP_TRY(bp_load_find(l, key, &member, &tensor));
    *units = tensor.shape[0];
    return bp_safetensors_check_shape(&l->file, &member, &tensor, *units, kind->columns(bp_net_outputs(l->net)),
                                      BP_ERR_FORMAT);
}

/* A layer of a kind, with the option that it is made with. */
static bp_status add_layer(const struct bp_loading *l, size_t layer, int32_t key_of_kind)
{
    const struct bp_layer_kind *kind = l->net->model.ops->kind_of(key_of_kind);
    char key[BP_METADATA_KEY];
    double value = 0;
    bool there;
    size_t units;
    BP_TRY(bp_load_option(l, key, layer_option(key, layer, bp_layer_first_option(kind)), &value, &there));
    if (!there)
        return bp_fail(l->call, BP_ERR_FORMAT, "its metadata have no %s", key);
    BP_TRY(read_units(l, kind, layer, &units));
    const bp_status status = bp_net_append(BP_NET_CALL(l->net), l->net, key_of_kind, units, value);
    if (kind->chooses_units) /* then these may be too many, and the value is in order */
        bp_metadata_tensor(key, 0, layer, false);
    return status == BP_OK ? BP_OK : bp_load_fail(l, status, key);
}

static bp_status load_layer(const struct bp_loading *l, size_t layer)
{
    char key[BP_METADATA_KEY];
    double kind = 0;
    bool there;
    BP_TRY(bp_load_option(l, key, layer_option(key, layer, BP_LAYER_KIND), &kind, &there));
    if (!there)
        return bp_fail(l->call, BP_ERR_FORMAT, "its metadata have no %s", key);
    BP_TRY(add_layer(l, layer, bp_key(kind)));
    BP_TRY(load_layer_options(l, layer));
    bp_status status = BP_OK;
    for (int bias = 0; status == BP_OK && bias < 2; bias++)
        status = check_parameters(l, 0, layer, bias);
    return status;
}

static bp_status create(struct bp_loading *l)
{
    char text[BP_METADATA_TEXT] = "";
    uint64_t inputs = 0;
    BP_TRY(bp_metadata_text(&l->file, BP_META_DTYPE, text, NULL));
    const bool f32 = strcmp(text, "f32") == 0;
    if (!f32 && strcmp(text, "f64") != 0)
        return bp_fail(l->call, BP_ERR_FORMAT, BP_META_DTYPE " is \"%s\": it must be f32 or f64",
                       bp_quote_text(text).text);
    BP_TRY(bp_metadata_whole(&l->file, BP_META_INPUTS, &inputs, NULL));
    const size_t count = inputs > SIZE_MAX ? 0 : (size_t)inputs;
    const bp_status status = bp_net_create_with(&l->net, f32 ? BP_F32 : BP_F64, count, l->call->allocator);
    if (status == BP_ERR_UNSUPPORTED)
        return bp_fail(l->call, status, "is of %s, which libbp was built without", f32 ? "f32" : "f64");
    if (status == BP_ERR_SHAPE)
        return bp_fail(l->call, BP_ERR_FORMAT, BP_META_INPUTS " is %llu: no net can have this number of inputs",
                       (unsigned long long)inputs);
    return status == BP_OK ? BP_OK : bp_fail_memory(l->call);
}

/* ---- the optimiser's state: vectors of the shape of the parameters */

bool bp_load_has_arena(const struct bp_loading *l, size_t arena)
{
    const struct bp_model *m = &l->net->model;
    char key[BP_METADATA_KEY];
    struct bp_json_member member;
    size_t first = 0;
    while (first < m->count && bp_layer_weights(&m->layers[first]) == 0)
        first++;
    bp_metadata_tensor(key, arena, first, false);
    return l->steps > 0 && bp_json_find(&l->file.tensors, key, &member);
}

static bp_status check_states(struct bp_loading *l)
{
    const struct bp_model *m = &l->net->model;
    bool there;
    BP_TRY(bp_metadata_whole(&l->file, BP_META_STEPS, &l->steps, &there));
    if (l->steps > UINT64_MAX / 2)
        return bp_fail(l->call, BP_ERR_FORMAT, BP_META_STEPS " is %llu: no optimiser can have taken so many",
                       (unsigned long long)l->steps);
    for (size_t arena = 1; arena < BP_FILE_ARENAS; arena++)
        for (size_t i = 0; i < m->count && bp_load_has_arena(l, arena); i++) {
            BP_TRY(check_parameters(l, arena, i, false));
            BP_TRY(check_parameters(l, arena, i, true));
        }
    return BP_OK;
}

bp_status bp_load_layers(struct bp_loading *l)
{
    uint64_t count = 0;
    BP_TRY(create(l));
    BP_TRY(bp_metadata_whole(&l->file, BP_META_LAYERS, &count, NULL));
    for (uint64_t i = 0; i < count; i++) /* each is there, or that ends it: no more than the header has text for */
        BP_TRY(load_layer(l, (size_t)i));
    BP_TRY(check_states(l));
    BP_TRY(bp_load_check_tensors(l, false));
    return load_options(l);
}
