/* SPDX-License-Identifier: MIT
 *
 * A call at the public border, and the one way in which a failure leaves the library: bp_fail() keeps a sentence for
 * bp_last_error() and returns the status. Functions below the border take the call as `const struct bp_call *call`. */
#ifndef BP_BASE_CALL_H
#define BP_BASE_CALL_H

#include <bp/bp.h>

#include "base/host.h"
#include "base/last_error.h"
#include "base/message.h"

struct bp_call {
    const char *function;          /* the public one: every sentence begins with it */
    const char *path;              /* of the file that it reads or writes, which comes next; NULL: none */
    const bp_net *net;             /* for calls on a net */
    const bp_allocator *allocator; /* for calls on files */
    const struct bp_host *host;    /* what they have put aside */
};

#define BP_CALL (&(struct bp_call){.function = __func__})
#define BP_NET_CALL(its_net) (&(struct bp_call){.function = __func__, .net = (its_net)})

/* Keeps "function: path: ...". Names and other texts from outside go through base/quote.h. */
BP_MESSAGE_FORMAT(3, 4) bp_status bp_fail(const struct bp_call *call, bp_status status, const char *format, ...);

/* BP_ERR_IO, with what errno says. */
bp_status bp_fail_errno(const struct bp_call *call, const char *what);

/* BP_ERR_MEMORY. */
bp_status bp_fail_memory(const struct bp_call *call);

/* BP_ERR_ARG, unless the pointer is there. */
bp_status bp_need(const struct bp_call *call, const void *pointer, const char *name);

/* BP_ERR_ARG, unless memory can come from it. */
bp_status bp_check_allocator(const struct bp_call *call, const bp_allocator *allocator);

/* A call within this one has failed: its reason becomes this call's. */
bp_status bp_fail_within(const struct bp_call *call, bp_status status);

#endif
