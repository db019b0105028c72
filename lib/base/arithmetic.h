/* SPDX-License-Identifier: MIT
 *
 * Functions of +, -, * and / alone: the same bits on every machine, which the C library's are not. */
#ifndef BP_BASE_ARITHMETIC_H
#define BP_BASE_ARITHMETIC_H

#include <math.h>
#include <stdint.h>

/* log x for finite x > 0. */
double bp_logarithm(double x);

/* a / b for a, b >= 0; infinite, and no exception is raised, where b is 0 or the quotient would overflow. */
double bp_quotient(double a, double b);

/* Rounded once; infinite, and no exception is raised, where x is beyond all floats. */
static inline float bp_nearest_float(double x)
{
    return fabs(x) >= 0x1.ffffffp127 ? (float)copysign((double)INFINITY, x) : (float)x;
}

/* x^n, by squaring. */
double bp_power(double x, uint64_t n);

#endif
