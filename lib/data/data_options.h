/* SPDX-License-Identifier: MIT
 *
 * BP_DATA_*, for the readers. */
#ifndef BP_DATA_DATA_OPTIONS_H
#define BP_DATA_DATA_OPTIONS_H

#include "base/call.h"
#include "base/keys.h"

/* The value of a number that is there. */
int32_t bp_data_option(const bp_data *data, int32_t key);
/* The same of one that may be above INT32_MAX. */
uint64_t bp_data_bound(const bp_data *data, int32_t key);
/* Whether it has another value than its first. */
bool bp_data_option_is_set(const bp_data *data, const struct bp_option *option);

/* bp_data_set_text() for any call. */
bp_status bp_data_read_text(const struct bp_call *call, bp_data *data, const char *text);

#endif
