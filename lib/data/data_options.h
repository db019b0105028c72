/* SPDX-License-Identifier: MIT
 *
 * BP_DATA_*, for the readers. */
#ifndef BP_DATA_DATA_OPTIONS_H
#define BP_DATA_DATA_OPTIONS_H

#include <bp/bp.h>

/* The value of an option that is there. */
int32_t bp_data_option(const bp_data *data, int32_t key);
/* The same of one that may be above INT32_MAX. */
uint64_t bp_data_bound(const bp_data *data, int32_t key);

#endif
