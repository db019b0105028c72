/* SPDX-License-Identifier: MIT */
#include "any.h"

#include <math.h>
#include <string.h>

double any_uniform(uint64_t *state, double low, double high)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407); /* Knuth's MMIX */
    return low + (high - low) * ldexp((double)(*state >> 11), -53);
}

void any_fill(uint64_t *state, double *values, size_t count, double low, double high)
{
    for (size_t i = 0; i < count; i++)
        values[i] = (float)any_uniform(state, low, high);
}

double any_max_norm(const double *values, size_t count)
{
    double norm = 0;
    for (size_t i = 0; i < count; i++)
        norm = isnan(values[i]) ? INFINITY : fmax(norm, fabs(values[i]));
    return norm;
}

double any_relative_difference(const double *a, const double *b, size_t count, double floor)
{
    double difference = 0;
    for (size_t i = 0; i < count; i++) {
        const double here = a[i] == b[i] ? 0 : fabs(a[i] - b[i]); /* equal infinities differ by 0, not by NaN */
        difference = isnan(here) ? INFINITY : fmax(difference, here);
    }
    return difference == 0 ? 0 : difference / fmax(any_max_norm(b, count), floor);
}

/** A number's place among all doubles in ascending order. */
static int64_t place(double value)
{
    int64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits < 0 ? INT64_MIN - bits : bits;
}

uint64_t any_ulp_distance(double a, double b)
{
    if (isnan(a) || isnan(b))
        return UINT64_MAX;
    const int64_t p = place(a), q = place(b);
    return p < q ? (uint64_t)q - (uint64_t)p : (uint64_t)p - (uint64_t)q;
}

void any_check_same_bits(const double *a, const double *b, size_t count, const char *what, const char *file, int line)
{
    for (size_t i = 0; i < count; i++) {
        if (memcmp(&a[i], &b[i], sizeof *a) == 0)
            continue;
        print_error("%s differ at %zu of %zu: %.17g and %.17g\n", what, i, count, a[i], b[i]);
        _fail(file, line);
    }
}
