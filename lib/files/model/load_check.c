/* SPDX-License-Identifier: MIT
 *
 * What all parts of a load share. */
#include <string.h>

#include "base/last_error.h"
#include "files/model/load.h"

bp_status bp_load_fail(const struct bp_loading *l, bp_status status, const char *what)
{
    if (status == BP_ERR_MEMORY)
        return bp_fail_memory(l->call);
    return bp_fail(l->call, BP_ERR_FORMAT, "%s: %s", what, bp_error_reason());
}

bool bp_load_begins(const struct bp_json_member *member, const char *with)
{
    const size_t size = strlen(with);
    return member->key_size >= size && memcmp(member->key, with, size) == 0;
}

bp_status bp_load_check_tensors(const struct bp_loading *l, bool of_training)
{
    const char *at = l->file.text;
    struct bp_json_member member;
    while (l->minor <= BP_FORMAT_MINOR && bp_safetensors_next(&l->file, &at, &member))
        if (bp_load_begins(&member, BP_TENSOR_TRAIN_PREFIX) == of_training &&
            !bp_json_was_used(&l->file.tensors, &member))
            return bp_fail(l->call, BP_ERR_FORMAT, "tensor \"%s\" belongs to no %s", bp_json_quote(&member).text,
                           of_training ? "training" : "layer");
    return BP_OK;
}
