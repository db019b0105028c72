/* SPDX-License-Identifier: MIT
 *
 * Functions of +, -, * and / alone: the same bits on every machine, which the C library's are not. */
#ifndef BP_BASE_ARITHMETIC_H
#define BP_BASE_ARITHMETIC_H

#include <stdint.h>

/* log x for finite x > 0. */
double bp_logarithm(double x);

/* a / b for a, b >= 0; infinite, and no exception is raised, where b is 0 or the quotient would overflow. */
double bp_quotient(double a, double b);

/* x^n, by squaring. */
double bp_power(double x, uint64_t n);

#endif
