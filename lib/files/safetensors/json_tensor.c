/* SPDX-License-Identifier: MIT
 *
 * The tensors of the header. bp_json_check() has read the text, so that a number has at most 18 digits, and a name no
 * escape. */
#include <string.h>

#include "files/safetensors/json.h"

enum { DTYPE, SHAPE, OFFSETS, PARTS };

static bp_status refuse(const struct bp_call *call, const struct bp_json_member *member, const char *problem)
{
    return bp_fail(call, BP_ERR_FORMAT, "header: \"%s\" is not %s", bp_json_quote(member).text, problem);
}

/* Which part has this name; PARTS if none. */
static size_t part_of(const struct bp_json_member *member)
{
    static const char *const names[PARTS] = {"dtype", "shape", "data_offsets"};
    size_t part = 0;
    while (part < PARTS &&
           (strlen(names[part]) != member->key_size || memcmp(names[part], member->key, member->key_size) != 0))
        part++;
    return part;
}

/* The three parts, each once and no other. A part that is missing has no value. */
static bp_status find_parts(const struct bp_call *call, const struct bp_json_member *tensor,
                            struct bp_json_member parts[PARTS])
{
    struct bp_json_member member;
    size_t others = 0;
    memset(parts, 0, PARTS * sizeof(*parts));
    for (const char *at = tensor->value; *tensor->value == '{' && bp_json_next(&at, &member);) {
        const size_t part = part_of(&member);
        if (part == PARTS)
            others++;
        else if (parts[part].value)
            return bp_fail(call, BP_ERR_FORMAT, "header: \"%s\" has \"%s\" twice", bp_json_quote(tensor).text,
                           bp_json_quote(&member).text);
        else
            parts[part] = member;
    }
    const bool whole = others == 0 && parts[DTYPE].value && parts[SHAPE].value && parts[OFFSETS].value;
    return whole && *parts[DTYPE].value == '"' ? BP_OK
                                               : refuse(call, tensor, "a tensor of dtype, shape and data_offsets");
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* A list of up to `most` whole numbers. */
static bool read_list(const struct bp_json_member *list, size_t most, uint64_t *numbers, size_t *count)
{
    const char *at = list->value, *end = at + list->value_size;
    *count = 0;
    if (*at != '[')
        return false;
    while (++at < end) {
        if (is_digit(*at)) {
            if (*count == most)
                return false;
            for (numbers[*count] = 0; is_digit(*at); at++)
                numbers[*count] = numbers[*count] * 10 + (uint64_t)(*at - '0');
            ++*count;
        }
        if (!strchr(" \t\n\r,]", *at))
            return false; /* an element that is no number */
    }
    return true;
}

bp_status bp_json_tensor(const struct bp_call *call, const struct bp_json_member *member, struct bp_json_tensor *tensor)
{
    enum { MOST = 1024 }; /* bytes, with blanks: eight numbers of 18 digits take a quarter */
    struct bp_json_member parts[PARTS];
    uint64_t offsets[2];
    size_t count;
    *tensor = (struct bp_json_tensor){.rank = 0};
    if (member->value_size > MOST)
        return refuse(call, member, "a tensor of at most 1024 bytes");
    BP_TRY(find_parts(call, member, parts));
    BP_TRY(bp_json_short_text(call, &parts[DTYPE], tensor->dtype, sizeof(tensor->dtype)));
    if (!read_list(&parts[SHAPE], BP_JSON_MOST_LIST, tensor->shape, &tensor->rank))
        return refuse(call, member, "a tensor with a shape of at most 8 whole numbers");
    if (!read_list(&parts[OFFSETS], 2, offsets, &count) || count != 2)
        return refuse(call, member, "a tensor with data_offsets of 2 whole numbers");
    tensor->begin = offsets[0];
    tensor->end = offsets[1];
    return BP_OK;
}
