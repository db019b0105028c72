/* SPDX-License-Identifier: MIT */
#include "base/names.h"

#include <string.h>

#include <bp/bp.h>

const void *bp_names_row(const struct bp_names *names, size_t index)
{
    return index < names->count ? (const char *)names->rows + index * names->size : NULL;
}

const void *bp_names_by_key(const struct bp_names *names, int32_t key)
{
    const struct bp_named *row;
    for (size_t i = 0; (row = bp_names_row(names, i)); i++)
        if (row->key == key)
            return row;
    return NULL;
}

const void *bp_names_by_name(const struct bp_names *names, const char *name)
{
    const struct bp_named *row;
    for (size_t i = 0; name && (row = bp_names_row(names, i)); i++)
        if (strcmp(row->name, name) == 0)
            return row;
    return NULL;
}

static int32_t key_of(const struct bp_named *row) { return row ? row->key : BP_ERR_ARG; }

const char *bp_names_name(const struct bp_names *names, int32_t key)
{
    const struct bp_named *row = bp_names_by_key(names, key);
    return row ? row->name : NULL;
}

int32_t bp_names_find(const struct bp_names *names, const char *name) { return key_of(bp_names_by_name(names, name)); }

int32_t bp_names_at(const struct bp_names *names, size_t index) { return key_of(bp_names_row(names, index)); }
