/* SPDX-License-Identifier: MIT
 *
 * Numbers from text: a decimal point whatever the locale, and the nearest double on every platform. */
#ifndef BP_BASE_NUMBER_H
#define BP_BASE_NUMBER_H

#include <stddef.h>
#include <stdint.h>

#include "base/message.h"

enum bp_number_result { BP_NUMBER_OK, BP_NUMBER_NONE, BP_NUMBER_TOO_LARGE };

/* The whole text is [+-] digits [. digits] [e [+-] digits], with a digit before or after the point. Neither hexadecimal
 * nor an infinity is a number. */
enum bp_number_result bp_number_parse(const char *text, double *value);

/* A number above 0 in decimal: the first `count` digits from `digits` on, where a point is passed over, times
 * 10^exponent. The first digit is not 0. */
struct bp_decimal {
    const char *digits;
    size_t count;
    int64_t exponent;
};

/* The nearest double, half way to even; infinity where that is too large. */
double bp_number_exact(const struct bp_decimal *decimal);

/* A number as text, in as few digits, from 6 on, as are read as the same number. */
struct bp_number bp_number_shortest(double value);

#endif
