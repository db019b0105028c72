/* SPDX-License-Identifier: MIT
 *
 * The state of a training, out of the file of its net and into a new training. */
#include <stdio.h>
#include <string.h>

#include "base/last_error.h"
#include "files/bytes.h"
#include "files/checkpoint/load_training.h"
#include "train/train_families.h"
#include "train/state.h"

/* Whether two layers on the same number of inputs are made alike, so that each can stand where the other did. */
static bool is_alike(const struct bp_layer *a, const struct bp_layer *b)
{
    return a->kind == b->kind && a->units == b->units && a->set.bias == b->set.bias &&
           a->set.activation == b->set.activation;
}

/* That the net of the file could be the net of the training. */
static bp_status check_layers(const struct bp_loading *l)
{
    const struct bp_model *then = &l->net->model, *now = &l->onto->net->model;
    char of_then[BP_LAYER_TEXT], of_now[BP_LAYER_TEXT];
    if (then->ops->dtype != now->ops->dtype)
        return bp_fail(l->call, BP_ERR_UNSUPPORTED, "is of f%d, and the net of the training is of f%d",
                       bp_type_bits(then->ops->dtype), bp_type_bits(now->ops->dtype));
    if (then->inputs != now->inputs || then->count != now->count)
        return bp_fail(l->call, BP_ERR_SHAPE, "has %s and %s, and the net of the training has %s and %s",
                       bp_message_count(then->inputs, "input").text, bp_message_count(then->count, "layer").text,
                       bp_message_count(now->inputs, "input").text, bp_message_count(now->count, "layer").text);
    for (size_t i = 0; i < then->count; i++) {
        if (is_alike(&then->layers[i], &now->layers[i]))
            continue;
        then->layers[i].kind->describe(&then->layers[i], of_then);
        now->layers[i].kind->describe(&now->layers[i], of_now);
        return bp_fail(l->call, BP_ERR_SHAPE, "layer %zu is %s, and that of the training's net is %s", i, of_then,
                       of_now);
    }
    return BP_OK;
}

/* In the host's mode, as all that a training computes, even here: of class weights, penalties and so on. */
static bp_status create(struct bp_loading *l)
{
    const struct bp_float_mode ours = bp_float_mode_get();
    bp_float_mode_set(&l->call->host->mode);
    bp_net_use_machine_options(l->net, l->onto->net);
    const bp_status status = bp_train_create(&l->train, l->net, l->onto->data, l->onto->valid);
    bp_float_mode_set(&ours);
    return status == BP_OK ? BP_OK : bp_fail_within(l->call, status);
}

/* That the data have as many rows as when it was saved. */
static bp_status check_rows(const struct bp_loading *l)
{
    const struct {
        const char *key, *name;
        const bp_data *data;
    } sets[] = {{BP_META_TRAIN_ROWS, "data set", l->onto->data},
                {BP_META_TRAIN_VALID_ROWS, "validation data", l->onto->valid}};
    for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
        const size_t rows = sets[i].data ? bp_data_rows(sets[i].data) : 0;
        uint64_t then = 0;
        bool there;
        BP_TRY(bp_metadata_whole(&l->file, sets[i].key, &then, &there));
        if (!there)
            return bp_fail(l->call, BP_ERR_FORMAT, "is the file of a net, not of a training: it has no %s",
                           sets[i].key);
        if (then != rows)
            return bp_fail(l->call, BP_ERR_SHAPE, "was saved with %s in the %s, which now has %zu",
                           bp_message_count(then, "row").text, sets[i].name, rows);
    }
    return BP_OK;
}

static bp_status load_settings(const struct bp_loading *l)
{
    const struct bp_option *option;
    char key[BP_METADATA_KEY];
    for (size_t i = 0; (option = bp_family_row(&bp_train_options, i)); i++) {
        double value = 0;
        bool there;
        if (option->rules & BP_OPTION_OF_MACHINE) {
            *bp_option_place(&l->train->set, option) = bp_option_value(&l->onto->set, option);
            continue;
        }
        snprintf(key, sizeof(key), BP_META_TRAIN_OPTION, option->named.name);
        BP_TRY(bp_load_option(l, key, option, &value, &there));
        const bp_status status = there ? bp_train_set(l->train, option->named.key, value) : BP_OK;
        if (status != BP_OK)
            return bp_fail(l->call, BP_ERR_FORMAT, "%s: %s", key, bp_error_reason());
    }
    return BP_OK;
}

static bp_status begin(struct bp_loading *l)
{
    uint64_t begun = 0;
    BP_TRY(bp_metadata_whole(&l->file, BP_META_TRAIN_BEGUN, &begun, NULL));
    if (begun == 0)
        return BP_OK;
    const struct bp_float_mode ours = bp_float_mode_get();
    bp_float_mode_set(&l->call->host->mode);
    const bp_status status = begun == 1 ? bp_state_begin(l->train) : BP_ERR_STATE;
    bp_float_mode_set(&ours);
    if (status == BP_ERR_STATE)
        return bp_fail(l->call, BP_ERR_FORMAT, BP_META_TRAIN_BEGUN " is %llu, which does not fit the method",
                       (unsigned long long)begun);
    return status == BP_ERR_MEMORY ? bp_fail_memory(l->call) : BP_OK;
}

static bp_status load_number(const struct bp_loading *l, const struct bp_state_number *number)
{
    char key[BP_METADATA_KEY];
    uint64_t whole = 0;
    snprintf(key, sizeof(key), BP_META_TRAIN_STATE, number->name);
    if (number->kind == BP_STATE_NUMBER)
        return bp_metadata_any_value(&l->file, key, number->at);
    BP_TRY(bp_metadata_whole(&l->file, key, &whole, NULL));
    if (!bp_state_put_whole(number, whole))
        return bp_fail(l->call, BP_ERR_FORMAT, "%s is %llu, which is too large", key, (unsigned long long)whole);
    return BP_OK;
}

/* As many epochs as the record's first column has rows. */
static bp_status count_epochs(const struct bp_loading *l, size_t *epochs)
{
    size_t offset;
    char key[BP_METADATA_KEY];
    struct bp_json_member member;
    struct bp_tensor tensor;
    *epochs = 0;
    snprintf(key, sizeof(key), BP_TENSOR_TRAIN, bp_train_column_name(0, &offset));
    if (!bp_json_find(&l->file.tensors, key, &member))
        return BP_OK;
    BP_TRY(bp_safetensors_tensor(&l->file, &member, &tensor));
    *epochs = tensor.count;
    return BP_OK;
}

static bp_status check_vectors(const struct bp_loading *l)
{
    char key[BP_METADATA_KEY];
    struct bp_state_vector vector;
    struct bp_json_member member;
    struct bp_tensor tensor;
    for (size_t i = 0; bp_state_next_vector(l->train, &i, &vector);) {
        snprintf(key, sizeof(key), BP_TENSOR_TRAIN, vector.name);
        if (!bp_json_find(&l->file.tensors, key, &member))
            return bp_fail(l->call, BP_ERR_FORMAT, "there is no tensor \"%s\"", key);
        BP_TRY(bp_safetensors_tensor(&l->file, &member, &tensor));
        if (tensor.dtype != vector.dtype || tensor.rank != 1 || tensor.count != vector.count)
            return bp_fail(l->call, BP_ERR_FORMAT, "tensor \"%s\" has %s of F%d: it must be [%zu] of F%d", key,
                           bp_message_count(tensor.count, "number").text, bp_type_bits(tensor.dtype), vector.count,
                           bp_type_bits(vector.dtype));
    }
    return BP_OK;
}

static bp_status load(struct bp_loading *l)
{
    struct bp_state_number number;
    size_t epochs;
    BP_TRY(check_layers(l));
    BP_TRY(check_rows(l));
    BP_TRY(create(l));
    BP_TRY(load_settings(l));
    BP_TRY(begin(l));
    for (size_t i = 0; bp_state_next_number(l->train, &i, &number);)
        BP_TRY(load_number(l, &number));
    BP_TRY(count_epochs(l, &epochs));
    const char *fault = bp_state_fault(l->train, epochs);
    if (fault)
        return bp_fail(l->call, BP_ERR_FORMAT, BP_META_TRAIN_STATE " has a value that it cannot have", fault);
    if (!bp_train_make_record(l->train, epochs))
        return bp_fail_memory(l->call);
    BP_TRY(check_vectors(l));
    return bp_load_check_tensors(l, true);
}

/* ---- its vectors */

static bool is_called(const struct bp_json_member *member, const char *name)
{
    const size_t prefix = sizeof(BP_TENSOR_TRAIN_PREFIX) - 1, size = strlen(name);
    return member->key_size == prefix + size && memcmp(member->key + prefix, name, size) == 0;
}

static bp_status load_vector(const struct bp_loading *l, const struct bp_json_member *member)
{
    struct bp_state_vector vector;
    unsigned char block[512];
    size_t index = 0;
    do /* it is one of them: check_vectors() has asked for it */
        (void)bp_state_next_vector(l->train, &index, &vector);
    while (!is_called(member, vector.name));
    const size_t size = bp_type_size(vector.dtype), capacity = sizeof(block) / size;
    for (size_t i = 0; i < vector.count;) {
        const size_t some = vector.count - i < capacity ? vector.count - i : capacity;
        BP_TRY(bp_source_take(l->file.source, block, some * size));
        bp_bytes_order(block, some, size);
        const size_t bad = vector.weights ? l->net->model.ops->first_nonfinite(block, some) : some;
        if (bad < some)
            return bp_fail(l->call, BP_ERR_NONFINITE, "tensor \"%s\": number %zu is not finite",
                           bp_json_quote(member).text, i + bad);
        for (size_t k = 0; k < some; k++, i++)
            memcpy(vector.at + i * vector.stride, block + k * size, size);
    }
    return BP_OK;
}

/* This may evaluate the net, which is no part of the training: dropout does not count these rows. */
static bp_status settle(const struct bp_loading *l)
{
    const uint64_t samples = l->net->model.samples;
    const bp_status status = bp_state_settle(l->train);
    l->net->model.samples = samples;
    return status == BP_OK ? BP_OK : bp_fail_memory(l->call);
}

const struct bp_load_training bp_load_of_training = {.begin = load, .vector = load_vector, .settle = settle};
