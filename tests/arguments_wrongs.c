/* SPDX-License-Identifier: MIT */
#include "arguments_values.h"

#include <math.h>

int32_t labels_below[ROWS] = {0, -1}, labels_above[ROWS] = {1, 0, OUTPUTS};
double weights_below[ROWS] = {0, -1}, weights_nan[ROWS] = {1, NAN}, weights_above[ROWS] = {1, 0, INFINITY};
size_t rows_above[ROWS] = {0, ROWS};
int64_t starts_back[ROWS + 1] = {0, 2, 1, 2, 2, 2}, starts_negative[ROWS + 1] = {-1};
int32_t columns_below[ROWS + 1] = {0, 0, -1}, columns_above[ROWS + 1] = {0, 0, INPUTS},
                             columns_back[ROWS + 1] = {0, 1, 1};
struct numbers with_nan;
bp_allocator no_size, no_allocate, no_release;
