/* SPDX-License-Identifier: MIT
 *
 * What names of columns and classes may be: the same wherever one comes in, so that each can be saved and loaded
 * again. */
#ifndef BP_BASE_COLUMN_NAME_H
#define BP_BASE_COLUMN_NAME_H

#include <stddef.h>

#include "base/build.h"
#include "base/call.h"
#include "base/keys.h"

/* Bytes of a name. A file of a net holds as many also where each becomes an escape. */
#define BP_COLUMN_NAME_MOST 10000
#define BP_COLUMN_NAME_LONG "has more than " BP_TEXT(BP_COLUMN_NAME_MOST) " bytes"

/* What is wrong with a name of `size` bytes, as the end of a sentence that begins with it; NULL if nothing is. */
const char *bp_column_name_problem(const char *name, size_t size);

/* Whose names they are, BP_TEXT_*, in the order of their keys; and its place there, BP_NAME_KINDS where there is
 * none. */
enum { BP_NAMES_OF_INPUTS, BP_NAMES_OF_OUTPUTS, BP_NAMES_OF_CLASSES, BP_NAME_KINDS };
extern const struct bp_family bp_name_kinds;
size_t bp_name_kind(int32_t what);

/* net/net_scaling.c: both scalings at once, all or nothing. A side whose vectors are NULL has none. A net that is
 * there. */
struct bp_scaling_numbers {
    const double *center, *factor; /* [columns] each */
};
bp_status bp_net_put_scaling(const struct bp_call *call, bp_net *net, const struct bp_scaling_numbers *inputs,
                             const struct bp_scaling_numbers *targets);

/* net/net_names.c: copies of the names of all kinds for a net that is there, all or nothing; NULL for a kind whose
 * names stay. */
struct bp_net_names {
    char **of[BP_NAME_KINDS];
};
bp_status bp_net_make_names(const struct bp_call *call, const bp_net *net,
                            const char *const *const names[BP_NAME_KINDS], struct bp_net_names *made);
/* Puts them in place of the net's, or where they are not wanted gives them back. */
void bp_net_use_names(bp_net *net, const struct bp_net_names *made, bool wanted);

#endif
