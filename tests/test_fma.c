/* SPDX-License-Identifier: MIT
 *
 * The library's own fused multiply-add, against that of the C library where that is right, and against known results
 * everywhere. With --all: ten million triples of each type. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/fma.h"

enum { QUICK = 100000, ALL = 10000000 };

static size_t triples = QUICK;

static uint64_t random_bits(uint64_t *state) /* xorshift64* */
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(0x2545f4914f6cdd1d);
}

static double f64_of(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof(x));
    return x;
}

static uint64_t bits_of_f64(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof(bits));
    return bits;
}

static float f32_of(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof(x));
    return x;
}

static uint32_t bits_of_f32(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof(bits));
    return bits;
}

/* Every second number has few bits, so that sums are in the middle between two numbers. */
static uint64_t significant(uint64_t random, int fraction)
{
    const uint64_t mask = (UINT64_C(1) << fraction) - 1;
    return (random >> 62 & 1) ? random & mask : random & mask & (mask << (random >> 56 & 0x3f) % (unsigned)fraction);
}

/* A number of a random exponent, or of one near `exponent`. */
static uint64_t number(uint64_t *state, int fraction, int most, int exponent, bool near)
{
    const uint64_t random = random_bits(state), other = random_bits(state);
    int field = near ? exponent + (int)(other % 8) - 4 : (int)(other % (uint64_t)most);
    field = field < 0 ? 0 : field >= most ? most - 1 : field;
    return significant(random, fraction) | (uint64_t)field << fraction |
           (other >> 60 & 1) << (fraction == 52 ? 63 : 31);
}

struct triple {
    uint64_t x, y, z;
};

/* There are five kinds: 0, any numbers; 1, z has the size of x y; 2, z cancels all of x y except its last bits; 3, x
 * y is near the smallest numbers; 4, x y is near the greatest. */
static struct triple make(uint64_t *state, size_t kind, int fraction, int most)
{
    const int bias = most / 2 - 1;
    const int aim = kind == 3 ? bias - fraction / 2 : kind == 4 ? 2 * most - 6 - bias : 0;
    struct triple t;
    t.x = number(state, fraction, most, 0, false);
    const int x_field = (int)(t.x >> fraction & (uint64_t)most);
    int y_field = kind >= 3 ? aim - x_field + (kind == 3 ? 0 : bias) : bias;
    t.y = number(state, fraction, most, kind >= 3 ? y_field : 0, kind >= 3);
    y_field = (int)(t.y >> fraction & (uint64_t)most);
    t.z = number(state, fraction, most, x_field + y_field - bias, kind == 1 || kind >= 3);
    return t;
}

static struct triple make_f64(uint64_t *state, size_t i)
{
    struct triple t = make(state, i % 5, 52, 2047);
    if (i % 5 == 2) /* within a unit or two of the last place */
        t.z = (bits_of_f64(-(f64_of(t.x) * f64_of(t.y))) + random_bits(state) % 5) - 2;
    return t;
}

static struct triple make_f32(uint64_t *state, size_t i)
{
    struct triple t = make(state, i % 5, 23, 255);
    if (i % 5 == 2)
        t.z = (uint32_t)(bits_of_f32(-(f32_of((uint32_t)t.x) * f32_of((uint32_t)t.y))) + random_bits(state) % 5 - 2);
    return t;
}

static uint64_t mixed(uint64_t hash, uint64_t bits) { return (hash ^ bits) * UINT64_C(0x100000001b3); }

/* NaN is any. */
static void f64_is_rounded_once(void **state)
{
    uint64_t random = 1, hash = UINT64_C(0xcbf29ce484222325), quick = 0;
    size_t subnormal = 0, wrong = 0;
    (void)state;
    for (size_t i = 0; i < triples; i++) {
        const struct triple t = make_f64(&random, i);
        const double x = f64_of(t.x), y = f64_of(t.y), z = f64_of(t.z), own = bp_fma_own_f64(x, y, z);
        subnormal += own != 0 && fabs(own) < 0x1p-1022;
        hash = mixed(hash, isnan(own) ? 0 : bits_of_f64(own));
        quick = i + 1 == QUICK ? hash : quick;
#ifdef __GLIBC__
        const double right = fma(x, y, z);
        if (bits_of_f64(own) != bits_of_f64(right) && !(isnan(own) && isnan(right)) && wrong++ < 5)
            print_error("fma(%a, %a, %a) is %a, not %a\n", x, y, z, right, own);
#endif
    }
    assert_int_equal(wrong, 0);
    assert_true(subnormal > triples / 20);
    assert_true(quick == UINT64_C(0xf756f70c046d93af) || (print_error("%#llx\n", (unsigned long long)quick), false));
}

static void f32_is_rounded_once(void **state)
{
    uint64_t random = 1, hash = UINT64_C(0xcbf29ce484222325), quick = 0;
    size_t subnormal = 0, wrong = 0;
    (void)state;
    for (size_t i = 0; i < triples; i++) {
        const struct triple t = make_f32(&random, i);
        const float x = f32_of((uint32_t)t.x), y = f32_of((uint32_t)t.y), z = f32_of((uint32_t)t.z);
        const float own = bp_fma_own_f32(x, y, z);
        subnormal += own != 0 && fabsf(own) < 0x1p-126f;
        hash = mixed(hash, isnan(own) ? 0 : bits_of_f32(own));
        quick = i + 1 == QUICK ? hash : quick;
#ifdef __GLIBC__
        const float right = fmaf(x, y, z);
        if (bits_of_f32(own) != bits_of_f32(right) && !(isnan(own) && isnan(right)) && wrong++ < 5)
            print_error("fmaf(%a, %a, %a) is %a, not %a\n", (double)x, (double)y, (double)z, (double)right,
                        (double)own);
#endif
    }
    assert_int_equal(wrong, 0);
    assert_true(subnormal > triples / 20);
    assert_true(quick == UINT64_C(0xab83c4612693561f) || (print_error("%#llx\n", (unsigned long long)quick), false));
}

/* x, y, z and what is right, by hand. */
static void known_results(void **state)
{
    static const double known[][4] = {
        {0x1p-600, 0x1p-474, 0x1p-1074,
         0x1p-1073},                /* 1.5 of the smallest number is exact in the product's half: even above */
        {0x1p-600, 0x1p-475, 0, 0}, /* half of the smallest number */
        {0x1.0000000000001p-600, 0x1p-475, 0, 0x1p-1074},
        {-0x1p-600, 0x1p-600, 0, -0.0},
        {0x1p-600, -0x1p-600, 0x1p-1074, 0x1p-1074},
        {0x1p+600, 0x1p+600, -INFINITY, -INFINITY}, /* no infinity less infinity */
        {0x1p+600, 0x1p+424, 0, INFINITY},
        {0x1p+600, 0x1p+424, -0x1p+971, 0x1.fffffffffffffp+1023},
        {0x1.0000001p+0, 0x1.0000001p+0, -0x1.0000002p+0, 0x1p-56}, /* the last bits of a product */
        {0x1.7337b861d704bp+0, 0x1.61162edee8297p-54, 1,
         0x1.0000000000001p+0}, /* half of the last place, and less than 2^-125 */
        {3, 5, -15, 0},
        {INFINITY, 2, 1, INFINITY},
        {0, -5, 0, 0},
        {0, -5, -0.0, -0.0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        const double own = bp_fma_own_f64(known[i][0], known[i][1], known[i][2]);
        if (bits_of_f64(own) != bits_of_f64(known[i][3]))
            fail_msg("fma(%a, %a, %a) is %a, not %a", known[i][0], known[i][1], known[i][2], known[i][3], own);
    }
    assert_true(isnan(bp_fma_own_f64(INFINITY, 0, 1)) && isnan(bp_fma_own_f64(INFINITY, 1, -INFINITY)));
    assert_true(isnan(bp_fma_own_f64(NAN, 1, 1)) && isnan(bp_fma_own_f64(1, 1, NAN)));
    assert_true(isnan(bp_fma_own_f32(NAN, 1, 1)) && isinf(bp_fma_own_f32(0x1p+100f, 0x1p+28f, 0)));
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_results),
        cmocka_unit_test(f64_is_rounded_once),
        cmocka_unit_test(f32_is_rounded_once),
    };
    if (count == 2 && strcmp(arguments[1], "--all") == 0)
        triples = ALL;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
