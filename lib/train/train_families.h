/* SPDX-License-Identifier: MIT
 *
 * The families of keys that trainings own, for lib/families.c. */
#ifndef BP_TRAIN_TRAIN_FAMILIES_H
#define BP_TRAIN_TRAIN_FAMILIES_H

#include "base/keys.h"

extern const struct bp_family bp_train_options; /* train/train_options.c */
extern const struct bp_family bp_records;       /* train/record.c */
extern const struct bp_family bp_stops;         /* train/record.c */
extern const struct bp_family bp_schedules;     /* train/schedule.c */
extern const struct bp_family bp_methods;       /* train/methods/methods.c */
extern const struct bp_family bp_metrics;       /* train/metrics/metric.c */
extern const struct bp_family bp_finding_kinds; /* train/doctor/finding.c */

#endif
