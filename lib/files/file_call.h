/* SPDX-License-Identifier: MIT
 *
 * A call that reads or writes a file: a bp_call whose members `path`, `allocator` and `host` are in use. */
#ifndef BP_FILES_FILE_CALL_H
#define BP_FILES_FILE_CALL_H

#include "base/call.h"
#include "base/memory.h"
#include "base/try.h"
#include "net/handle.h"

/* A call on a net that is there, with the net's allocator. */
static inline struct bp_call bp_file_call(const struct bp_call *call)
{
    return (struct bp_call){.function = call->function, .net = call->net, .allocator = &call->net->allocator};
}

#endif
