/* SPDX-License-Identifier: MIT
 *
 * Sums are made of two whole numbers of 128 bits, which hold the product of two significands and all of the third that
 * can matter. What lies below their last bit is kept as one bit that is set (the sticky bit), so that they are rounded
 * once. */
#include "base/fma.h"

#include <float.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct wide {
    uint64_t high, low;
};

enum { FRACTION = DBL_MANT_DIG - 1, BIAS = DBL_MAX_EXP - 1, WIDE = 128 };

/* 2^exponent times a whole number. */
struct scaled {
    struct wide number;
    int exponent;
    bool negative;
};

static uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof(bits));
    return bits;
}

static struct wide product(uint64_t a, uint64_t b)
{
    const uint64_t low = UINT32_MAX, a0 = a & low, a1 = a >> 32, b0 = b & low, b1 = b >> 32;
    const uint64_t first = a0 * b0, cross = a1 * b0 + (first >> 32), middle = a0 * b1 + (cross & low);
    return (struct wide){a1 * b1 + (cross >> 32) + (middle >> 32), middle << 32 | (first & low)};
}

static bool is_less(struct wide a, struct wide b) { return a.high < b.high || (a.high == b.high && a.low < b.low); }

static struct wide sum(struct wide a, struct wide b)
{
    const uint64_t low = a.low + b.low;
    return (struct wide){a.high + b.high + (low < a.low), low};
}

static struct wide difference(struct wide a, struct wide b)
{
    return (struct wide){a.high - b.high - (a.low < b.low), a.low - b.low};
}

static struct wide up(struct wide a, int by) /* by: 0 to 127 */
{
    if (by == 0)
        return a;
    if (by >= 64)
        return (struct wide){a.low << (by - 64), 0};
    return (struct wide){a.high << by | a.low >> (64 - by), a.low << by};
}

/* The last bit is set if any bit that fell off was. */
static struct wide down(struct wide a, int by)
{
    if (by == 0)
        return a;
    if (by >= WIDE)
        return (struct wide){0, (a.high | a.low) != 0};
    const struct wide lost = up(a, WIDE - by);
    struct wide b = by >= 64 ? (struct wide){0, a.high >> (by - 64)}
                             : (struct wide){a.high >> by, a.high << (64 - by) | a.low >> by};
    b.low |= (lost.high | lost.low) != 0;
    return b;
}

static int leading_zeros(struct wide a)
{
    int zeros = 0;
    for (int step = 64; step > 0; step /= 2)
        if (is_less(a, up((struct wide){0, 1}, WIDE - step))) {
            a = up(a, step);
            zeros += step;
        }
    return zeros;
}

/* The significand, with the bit that all normal numbers have; a subnormal number gets one too. */
static uint64_t significand(double x, int *exponent)
{
    const uint64_t bits = bits_of(x), fraction = bits & ((UINT64_C(1) << FRACTION) - 1);
    const int field = (int)(bits >> FRACTION & 0x7ff);
    if (field > 0) {
        *exponent = field - BIAS - FRACTION;
        return fraction | UINT64_C(1) << FRACTION;
    }
    const int zeros = leading_zeros((struct wide){fraction, 0}) - (63 - FRACTION);
    *exponent = 1 - BIAS - FRACTION - zeros;
    return fraction << zeros;
}

/* Bit 125 is the first, or bit 124 of a product. */
static struct scaled multiply(double x, double y)
{
    int x_exponent, y_exponent;
    const uint64_t a = significand(x, &x_exponent), b = significand(y, &y_exponent);
    const int shift = WIDE - 2 - 2 * DBL_MANT_DIG;
    return (struct scaled){up(product(a, b), shift), x_exponent + y_exponent - shift,
                           (bits_of(x) ^ bits_of(y)) >> 63 != 0};
}

static struct scaled scale(double z)
{
    int exponent;
    const uint64_t a = significand(z, &exponent);
    const int shift = WIDE - 2 - DBL_MANT_DIG;
    return (struct scaled){up((struct wide){0, a}, shift), exponent - shift, bits_of(z) >> 63 != 0};
}

/* Both have their first bits high, so that a sticky bit is only needed where it lies far below the bits of the
 * result. */
static struct scaled add(struct scaled a, struct scaled b)
{
    if (a.exponent < b.exponent) {
        const struct scaled other = a;
        a = b;
        b = other;
    }
    b.number = down(b.number, a.exponent - b.exponent);
    if (a.negative == b.negative)
        a.number = sum(a.number, b.number);
    else if (is_less(a.number, b.number))
        a = (struct scaled){difference(b.number, a.number), a.exponent, b.negative};
    else
        a.number = difference(a.number, b.number);
    return a;
}

/* To nearest, and to an even last bit from the middle. The number is not 0. */
static double rounded(struct scaled a)
{
    const int zeros = leading_zeros(a.number), power = a.exponent + WIDE - 1 - zeros; /* of the first bit */
    const bool normal = power >= DBL_MIN_EXP - 1;
    const int kept = normal ? DBL_MANT_DIG : DBL_MANT_DIG - (DBL_MIN_EXP - 1 - power);
    uint64_t bits = 0;
    if (power > BIAS)
        bits = UINT64_C(0x7ff) << FRACTION;
    else if (kept >= 0) {
        const struct wide number = up(a.number, zeros), half = up((struct wide){0, 1}, WIDE - 1 - kept);
        const uint64_t whole = kept > 0 ? number.high >> (64 - kept) : 0;
        const struct wide rest = kept > 0 ? difference(number, (struct wide){whole << (64 - kept), 0}) : number;
        const bool up_one = is_less(half, rest) || (!is_less(rest, half) && (whole & 1));
        bits =
            whole + up_one; /* which may be the next power of two: its exponent is one more then, and so are the bits */
        if (normal)
            bits += (uint64_t)(power + BIAS - 1) << FRACTION;
    }
    bits |= (uint64_t)a.negative << 63;
    double result;
    memcpy(&result, &bits, sizeof(result));
    return result;
}

double bp_fma_own_f64(double x, double y, double z)
{
    if (!isfinite(x) || !isfinite(y) || x == 0 || y == 0)
        return x * y + z;
    if (!isfinite(z))
        return z;
    const struct scaled exact = multiply(x, y);
    if (z == 0)
        return rounded(exact);
    const struct scaled total = add(exact, scale(z));
    return total.number.high | total.number.low ? rounded(total) : 0;
}

/* The product of two floats is a double. So is the sum, after one rounding, and a double whose last bit says that it is
 * not exact has bits enough to be rounded again. */
float bp_fma_own_f32(float x, float y, float z)
{
    const double exact = (double)x * (double)y, other = (double)z, total = exact + other;
    uint64_t bits = bits_of(total);
    if (!isfinite(total) || (bits & 1))
        return (float)total;
    const double part = total - exact, lost = (exact - (total - part)) + (other - part);
    if (lost == 0)
        return (float)total;
    bits += (lost > 0) == (total > 0) ? 1 : UINT64_MAX; /* away from 0, or towards it: to the neighbour, which is odd */
    double odd;
    memcpy(&odd, &bits, sizeof(odd));
    return (float)odd;
}
