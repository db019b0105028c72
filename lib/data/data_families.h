/* SPDX-License-Identifier: MIT
 *
 * The families of keys that data sets own, for lib/families.c. */
#ifndef BP_DATA_DATA_FAMILIES_H
#define BP_DATA_DATA_FAMILIES_H

#include "base/keys.h"

extern const struct bp_family bp_data_options, bp_missing_rules; /* data/data_options.c */
extern const struct bp_family bp_holds;                          /* data/data_set.c */
extern const struct bp_family bp_formats;                        /* data/formats.c */

#endif
