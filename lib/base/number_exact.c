/* SPDX-License-Identifier: MIT
 *
 * The nearest double to a decimal number, by a division of whole numbers that are as long as they need be. The digits D
 * and the exponent e make D 5^e 2^e; with N / M = D 5^e, the quotient's first 64 bits and whether there is a rest
 * decide how to round. No floating-point operation rounds, so the host's rounding mode does not matter. */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/number.h"

/* Two neighbouring doubles and the middle between them differ within 767 digits; what comes after the first 800 only
 * shows that the number is above. 801 digits and 5^1131 have at most 2663 bits. */
enum { MOST_DIGITS = 800, LIMBS = 88, LIMB = 32 };

struct whole {
    uint32_t limb[LIMBS]; /* the lowest first; the highest is not 0 */
    int size;
};

static void multiply_add(struct whole *n, uint32_t factor, uint32_t carry)
{
    for (int i = 0; i < n->size; i++) {
        const uint64_t sum = (uint64_t)n->limb[i] * factor + carry;
        n->limb[i] = (uint32_t)sum;
        carry = (uint32_t)(sum >> LIMB);
    }
    if (carry)
        n->limb[n->size++] = carry;
}

static void multiply_by_5(struct whole *n, int64_t power)
{
    const uint32_t five_to_13 = 1220703125;
    for (; power >= 13; power -= 13)
        multiply_add(n, five_to_13, 0);
    for (; power > 0; power--)
        multiply_add(n, 5, 0);
}

static int bits_of(const struct whole *n)
{
    int bits = (n->size - 1) * LIMB;
    for (uint32_t top = n->limb[n->size - 1]; top; top >>= 1)
        bits++;
    return bits;
}

static void shift_up(struct whole *n, int bits)
{
    const int limbs = bits / LIMB;
    if (limbs > 0) {
        memmove(n->limb + limbs, n->limb, (size_t)n->size * sizeof(n->limb[0]));
        memset(n->limb, 0, (size_t)limbs * sizeof(n->limb[0]));
        n->size += limbs;
    }
    if (bits % LIMB)
        multiply_add(n, UINT32_C(1) << bits % LIMB, 0);
}

static bool is_below(const struct whole *a, const struct whole *b)
{
    if (a->size != b->size)
        return a->size < b->size;
    int i = a->size - 1;
    while (i > 0 && a->limb[i] == b->limb[i])
        i--;
    return a->limb[i] < b->limb[i];
}

/* a -= b, which is not above a. */
static void subtract(struct whole *a, const struct whole *b)
{
    uint32_t borrow = 0;
    for (int i = 0; i < a->size; i++) {
        const uint64_t less = (i < b->size ? (uint64_t)b->limb[i] : 0) + borrow;
        borrow = a->limb[i] < less;
        a->limb[i] = (uint32_t)(a->limb[i] - less);
    }
    while (a->size > 1 && a->limb[a->size - 1] == 0)
        a->size--;
}

/* floor(n / m 2^63) for n / m in (1/2, 2). What is left of n shows whether there is a rest. */
static uint64_t divide(struct whole *n, const struct whole *m)
{
    uint64_t quotient = 0;
    for (int bit = 0; bit < 64; bit++) {
        quotient <<= 1;
        if (bit > 0)
            multiply_add(n, 2, 0);
        if (!is_below(n, m)) {
            subtract(n, m);
            quotient |= 1;
        }
    }
    return quotient;
}

/* ---- the same in 64 bits, for what numbers printed with 16 to 19 digits mostly are */

enum { SHORT_DIGITS = 19, SHORT_POWER = 27 }; /* 10^19 and 5^27 fit */

static int align(uint64_t *n)
{
    int shift = 0;
    for (; !(*n >> 63); shift++)
        *n <<= 1;
    return shift;
}

/* As divide(), for n and m with the highest bit set. */
static uint64_t divide_short(uint64_t *n, uint64_t m)
{
    uint64_t quotient = 0;
    bool carry = false;
    for (int bit = 0; bit < 64; bit++) {
        if (bit > 0) {
            carry = *n >> 63;
            *n <<= 1;
        }
        quotient <<= 1;
        if (carry || *n >= m) {
            *n -= m;
            quotient |= 1;
        }
    }
    return quotient;
}

/* ---- rounding */

/* The nearest double to (bits + something between 0 and 1, if there is a rest) 2^exponent; bits is at least 2^62. */
static double round_to_double(uint64_t bits, bool rest, int exponent)
{
    rest = rest || (bits & 1);
    bits >>= 1; /* now less than 2^63, so that all of it may be dropped */
    exponent++;
    const int size = bits >> 62 ? 63 : 62, top = exponent + size - 1;
    const int keep = top >= -1022 ? 53 : 53 - (-1022 - top);
    if (keep < 0)
        return 0;
    const int drop = size - keep;
    const uint64_t kept = bits >> drop, dropped = bits - (kept << drop), half = UINT64_C(1) << (drop - 1);
    const bool up = dropped > half || (dropped == half && (rest || (kept & 1)));
    return ldexp((double)(kept + up), exponent + drop);
}

static struct whole read_digits(const struct bp_decimal *decimal, size_t count)
{
    struct whole n;
    n.limb[0] = 0;
    n.size = 1;
    uint32_t nine = 0, power = 1;
    const char *at = decimal->digits;
    for (size_t i = 0; i < count; at++) {
        if (*at == '.')
            continue;
        nine = nine * 10 + (uint32_t)(*at - '0');
        power *= 10;
        if (++i % 9 == 0 || i == count) {
            multiply_add(&n, power, nine);
            nine = 0;
            power = 1;
        }
    }
    while (n.size > 1 && n.limb[n.size - 1] == 0)
        n.size--;
    return n;
}

static double exact_short(const struct bp_decimal *decimal)
{
    uint64_t n = 0, m = 1;
    const char *at = decimal->digits;
    for (size_t i = 0; i < decimal->count; at++)
        if (*at != '.') {
            n = n * 10 + (uint64_t)(*at - '0');
            i++;
        }
    for (int64_t e = decimal->exponent; e < 0; e++)
        m *= 5;
    const int down = align(&n), above = align(&m) - down; /* n had `above` more bits than m */
    const uint64_t quotient = divide_short(&n, m);
    return round_to_double(quotient, n != 0, (int)decimal->exponent + above - 63);
}

double bp_number_exact(const struct bp_decimal *decimal)
{
    if (decimal->count <= SHORT_DIGITS && decimal->exponent <= 0 && decimal->exponent >= -SHORT_POWER)
        return exact_short(decimal);
    const int64_t magnitude = (int64_t)decimal->count + decimal->exponent; /* 10^(magnitude - 1) <= number */
    if (magnitude > 310)
        return INFINITY;
    if (magnitude < -330)
        return 0;
    const bool cut = decimal->count > MOST_DIGITS;
    struct whole n = read_digits(decimal, cut ? MOST_DIGITS : decimal->count), m = {{1}, 1};
    int64_t e = decimal->exponent;
    if (cut) {
        multiply_add(&n, 10, 1);
        e = magnitude - MOST_DIGITS - 1;
    }
    multiply_by_5(e < 0 ? &m : &n, e < 0 ? -e : e);
    const int above = bits_of(&n) - bits_of(&m);
    if (above > 0)
        shift_up(&m, above);
    else
        shift_up(&n, -above);
    const uint64_t quotient = divide(&n, &m);
    const bool rest = n.size > 1 || n.limb[0] != 0;
    return round_to_double(quotient, rest, (int)e + above - 63);
}
