/* SPDX-License-Identifier: MIT */
#ifndef BENCH_LOOP_H
#define BENCH_LOOP_H

#include <stdbool.h>

/* How many times the time of bare bp_net_train_labels_f32() calls bp_train takes for W2, the rows in order, or shuffled
 * and gathered, which the bare calls then do for themselves. */
double loop_over_bare(bool shuffled);

#endif
