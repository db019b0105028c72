/* SPDX-License-Identifier: MIT */
#include "base/number.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

enum {
    FAST_POWER = 22, /* 10^22 is the last power that a double holds exactly */
    FAST_DIGITS = 15 /* and 10^15 - 1 fits 53 bits */
};

/* Beyond what any text has digits for, so that these cannot bring the number back among the doubles. */
#define MOST_EXPONENT (INT64_MAX / 100)

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Passes over digits and returns how many there were. */
static size_t skip_digits(const char **at)
{
    const char *start = *at;
    while (is_digit(**at))
        (*at)++;
    return (size_t)(*at - start);
}

static bool skip_sign(const char **at)
{
    const bool minus = **at == '-';
    if (minus || **at == '+')
        (*at)++;
    return minus;
}

/* An exponent, if there is one. False if it has no digits. */
static bool read_exponent(const char **at, int64_t *exponent)
{
    *exponent = 0;
    if (**at != 'e' && **at != 'E')
        return true;
    (*at)++;
    const bool minus = skip_sign(at);
    if (!is_digit(**at))
        return false;
    for (; is_digit(**at); (*at)++)
        if (*exponent < MOST_EXPONENT)
            *exponent = *exponent * 10 + (**at - '0');
    if (minus)
        *exponent = -*exponent;
    return true;
}

/* Digits [first, end), with the point, if there is one, at `point`, from the first that is not 0 to the last that is
 * not. */
static struct bp_decimal trim(const char *first, const char *point, const char *end, int64_t exponent)
{
    while (first < end && (*first == '0' || *first == '.'))
        first++;
    while (end > first && (end[-1] == '0' || end[-1] == '.'))
        end--;
    const bool in_fraction = end > point, over_point = in_fraction && first < point;
    const ptrdiff_t below_point = end - point - (in_fraction ? 1 : 0);
    return (struct bp_decimal){first, (size_t)(end - first) - (over_point ? 1 : 0), exponent - below_point};
}

/* One rounding of exact numbers is the nearest double (Clinger 1990). */
static bool is_fast(const struct bp_decimal *d)
{
    return FLT_EVAL_METHOD == 0 && d->count <= FAST_DIGITS && d->exponent >= -FAST_POWER && d->exponent <= FAST_POWER;
}

static double fast(const struct bp_decimal *d)
{
    static const double powers[FAST_POWER + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                  1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                  1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    int64_t whole = 0;
    const char *at = d->digits;
    for (size_t i = 0; i < d->count; at++)
        if (is_digit(*at)) {
            whole = whole * 10 + (*at - '0');
            i++;
        }
    return d->exponent < 0 ? (double)whole / powers[-d->exponent] : (double)whole * powers[d->exponent];
}

enum bp_number_result bp_number_parse(const char *text, double *value)
{
    const bool minus = skip_sign(&text);
    const char *first = text;
    size_t count = skip_digits(&text);
    const char *point = text;
    if (*text == '.') {
        text++;
        count += skip_digits(&text);
    }
    const char *end = text;
    int64_t exponent;
    if (count == 0 || !read_exponent(&text, &exponent) || *text != '\0')
        return BP_NUMBER_NONE;
    const struct bp_decimal decimal = trim(first, point, end, exponent);
    const double size = decimal.count == 0 ? 0 : is_fast(&decimal) ? fast(&decimal) : bp_number_exact(&decimal);
    *value = minus ? -size : size;
    return isinf(size) ? BP_NUMBER_TOO_LARGE : BP_NUMBER_OK;
}

struct bp_number bp_number_shortest(double value)
{
    enum { FEWEST = 6, MOST = 17 }; /* 17 are enough for every double */
    struct bp_number number;
    double back = 0;
    for (int digits = FEWEST;; digits++) {
        number = bp_message_digits(value, digits);
        if (digits == MOST || (bp_number_parse(number.text, &back) == BP_NUMBER_OK && back == value))
            return number;
    }
}
