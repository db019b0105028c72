/* SPDX-License-Identifier: MIT */
#include "arguments_table.h"

#include <string.h>

const struct call *call_at(size_t i) { return i < call_count ? &calls[i] : NULL; }

static bool ends_in(const char *name, const char *suffix)
{
    const size_t n = strlen(name), m = strlen(suffix);
    return n >= m && strcmp(name + n - m, suffix) == 0;
}

/* The length of a name without _f32 or _f64. */
static size_t stem(const struct call *call) { return strlen(call->name) - (call_dtype(call) ? strlen("_f32") : 0); }

int32_t call_dtype(const struct call *call)
{
    if (ends_in(call->name, "_f32"))
        return BP_F32;
    return ends_in(call->name, "_f64") ? BP_F64 : 0;
}

/* The suffix is the type of its array alone. */
static bool takes_either(const struct call *call)
{
    return call_has(call, ROLE_FINITE) || call_has(call, ROLE_OWN_NUMBERS_OUT) || call_has(call, ROLE_OUTPUTS);
}

bool call_takes(const struct call *call, int32_t dtype)
{
    return call_dtype(call) == 0 || call_dtype(call) == dtype || takes_either(call);
}

const struct call *call_find(const char *name, int32_t dtype)
{
    const struct call *call;
    for (size_t i = 0; (call = call_at(i)); i++)
        if (call_takes(call, dtype) && stem(call) == strlen(name) && strncmp(call->name, name, strlen(name)) == 0)
            return call;
    return NULL;
}

bool call_has(const struct call *call, enum role role)
{
    for (size_t i = 0; i < call->arguments; i++)
        if (call->parameters[i].role == role)
            return true;
    return false;
}

bool call_may_return(const struct call *call, bp_status status)
{
    for (size_t i = 0; i < call->status_count; i++)
        if (call->statuses[i] == status)
            return true;
    return false;
}
