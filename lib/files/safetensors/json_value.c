/* SPDX-License-Identifier: MIT
 *
 * The tensors of the header, by jansson, which keeps its own account of memory: malloc's. */
#include <stdio.h>
#include <string.h>

#include "base/quote.h"
#include "files/safetensors/json.h"

#ifdef BP_HAVE_JANSSON

#include <jansson.h>

bp_status bp_json_check_built(const struct bp_call *call)
{
    (void)call;
    return BP_OK;
}

static bp_status refuse(const struct bp_call *call, const struct bp_json_member *member, const char *problem)
{
    return bp_fail(call, BP_ERR_FORMAT, "header: \"%s\" is not %s", bp_json_quote(member).text, problem);
}

/* bp_json_check() has looked through the text, and left nothing to be refused but a name that comes twice in an object of a
 * tensor. All else is want of memory, which jansson does not tell: it has no word for it, or finds fault with the text. */
static bp_status parse(const struct bp_call *call, const struct bp_json_member *member, json_t **value)
{
    json_error_t error = {.line = 0}; /* the code, its last byte, is set only together with a text */
    *value = json_loadb(member->value, member->value_size, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);
    if (*value)
        return BP_OK;
    if (json_error_code(&error) != json_error_duplicate_key)
        return bp_fail_memory(call);
    return bp_fail(call, BP_ERR_FORMAT, "header: \"%s\": %s", bp_json_quote(member).text,
                   bp_quote_text(error.text).text);
}

/* A list of up to `most` whole numbers. */
static bool read_list(const json_t *list, size_t most, uint64_t *numbers, size_t *count)
{
    *count = json_array_size(list); /* 0 where it is no list */
    if (!json_is_array(list) || *count > most)
        return false;
    for (size_t i = 0; i < *count; i++) {
        const json_t *number = json_array_get(list, i);
        if (json_typeof(number) != JSON_INTEGER)
            return false;
        numbers[i] = (uint64_t)json_integer_value(number);
    }
    return true;
}

static bp_status read_tensor(const struct bp_call *call, const struct bp_json_member *member, const json_t *value,
                             struct bp_json_tensor *tensor)
{
    uint64_t offsets[2];
    size_t count;
    const char *dtype = json_string_value(json_object_get(value, "dtype"));
    if (json_typeof(value) != JSON_OBJECT || json_object_size(value) != 3 || !dtype)
        return refuse(call, member, "a tensor of dtype, shape and data_offsets");
    snprintf(tensor->dtype, sizeof(tensor->dtype), "%s", dtype);
    if (!read_list(json_object_get(value, "shape"), BP_JSON_MOST_LIST, tensor->shape, &tensor->rank))
        return refuse(call, member, "a tensor with a shape of at most 8 whole numbers");
    if (!read_list(json_object_get(value, "data_offsets"), 2, offsets, &count) || count != 2)
        return refuse(call, member, "a tensor with data_offsets of 2 whole numbers");
    tensor->begin = offsets[0];
    tensor->end = offsets[1];
    return BP_OK;
}

bp_status bp_json_tensor(const struct bp_call *call, const struct bp_json_member *member, struct bp_json_tensor *tensor)
{
    enum { MOST = 1024 }; /* bytes, blanks too: more make jansson take more memory than there is of the file */
    json_t *value;
    *tensor = (struct bp_json_tensor){.rank = 0};
    if (member->value_size > MOST)
        return refuse(call, member, "a tensor of at most 1024 bytes");
    BP_TRY(parse(call, member, &value));
    const bp_status status = read_tensor(call, member, value, tensor);
    json_decref(value);
    return status;
}

#else

bp_status bp_json_check_built(const struct bp_call *call)
{
    return bp_fail(call, BP_ERR_UNSUPPORTED, "libbp was built without jansson, which reading model files needs");
}

bp_status bp_json_tensor(const struct bp_call *call, const struct bp_json_member *member, struct bp_json_tensor *tensor)
{
    (void)member;
    *tensor = (struct bp_json_tensor){.rank = 0};
    return bp_json_check_built(call);
}

#endif
