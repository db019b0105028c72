/* SPDX-License-Identifier: MIT */
#include "base/arithmetic.h"

#include <float.h>
#include <math.h>

/* x = m 2^e with sqrt(1/2) <= m < sqrt 2, log m = 2 artanh((m - 1) / (m + 1)) by its series. */
double bp_logarithm(double x)
{
    const double ln2 = 0.693147180559945309417, sqrt_half = 0.707106781186547524401;
    int e;
    double m = frexp(x, &e);
    if (m < sqrt_half) {
        m *= 2;
        e--;
    }
    const double s = (m - 1) / (m + 1), ss = s * s;
    double series = 0;
    for (int n = 23; n > 0; n -= 2)
        series = series * ss + 1.0 / n;
    return e * ln2 + 2 * s * series;
}

double bp_power(double x, uint64_t n)
{
    double result = 1;
    for (; n > 0; n /= 2, x *= x)
        if (n % 2)
            result *= x;
    return result;
}

double bp_quotient(double a, double b) { return b >= 1 || a < b * (DBL_MAX / 2) ? a / b : HUGE_VAL; }
