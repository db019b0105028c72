/* SPDX-License-Identifier: MIT
 *
 * Functions of +, -, * and / alone: the same bits on every machine, which the C library's are not. */
#ifndef BP_BASE_ARITHMETIC_H
#define BP_BASE_ARITHMETIC_H

#include <stdint.h>

/* log x for finite x > 0. */
double bp_logarithm(double x);

/* x^n, by squaring. */
double bp_power(double x, uint64_t n);

#endif
