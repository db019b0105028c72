/* SPDX-License-Identifier: MIT
 *
 * Numbers in a CSV file: each the nearest double, in every locale. */
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "readers_fixture.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* One column of numbers as text against what strtod() makes of it under a decimal point, to the bit. */
static void same_as_strtod(const char *text)
{
    struct set set;
    read_text(&set, text, NULL);
    size_t row = 0;
    for (const char *at = text; *at; row++) {
        char *end;
        const double expected = strtod(at, &end), got = input_at(set.data, row, 0);
        if (memcmp(&expected, &got, sizeof(got)) != 0)
            fail_msg("%.*s: %a, not %a", (int)(end - at), at, got, expected);
        at = end + 1;
    }
    assert_int_equal(bp_data_rows(set.data), row);
    set_end(&set);
}

/* Random doubles in the formats that programs print. */
static void numbers_are_the_nearest_double(void **state)
{
    static const char *const formats[] = {"%.17g\n", "%.18e\n", "%.15g\n", "%g\n", "%.25e\n", "%+.16E\n"};
    enum { NUMBERS = 3000, CAPACITY = 40 };
    static char text[NUMBERS * CAPACITY];
    uint64_t seed = 1;
    size_t used = 0;
    (void)state;
    setlocale(LC_NUMERIC, "C");
    for (size_t i = 0; i < NUMBERS; i++) {
        const uint64_t bits = draw(&seed);
        double number;
        memcpy(&number, &bits, sizeof(number));
        if (i % 2)
            number = (double)(int64_t)bits / 1e15;
        if (isfinite(number))
            used += (size_t)snprintf(text + used, CAPACITY, formats[i % COUNT(formats)], number);
    }
    same_as_strtod(text);
    setlocale(LC_NUMERIC, "");
}

/* Numbers half way between two doubles, just above and just below, down to the smallest: every digit matters. */
static void halves_go_to_even(void **state)
{
    enum { CAPACITY = 1500 };
    static char half[CAPACITY], text[3 * CAPACITY];
    uint64_t seed = 2;
    (void)state;
    setlocale(LC_NUMERIC, "C");
    for (int i = 0; i < 400; i++) {
        const uint64_t bits = draw(&seed) >> (1 + i % 52); /* all exponents, and many subnormals */
        double below;
        memcpy(&below, &bits, sizeof(below));
        const double above = nextafter(below, INFINITY);
        if (!isfinite(above))
            continue;
        /* where long double is no longer than double, this is not the middle, but a number like others */
        snprintf(half, sizeof(half), "%.1100Lf", ((long double)below + (long double)above) / 2);
        snprintf(text, sizeof(text), "%s\n%s1\n", half, half);
        same_as_strtod(text);
        for (size_t last = strlen(half); last-- > 0 && half[last] != '.';)
            if (half[last] > '0') {
                half[last]--;
                snprintf(half + last + 1, sizeof(half) - last - 1, "99999\n");
                same_as_strtod(half);
                break;
            }
    }
    same_as_strtod("4.9e-324\n2.4703282292062327e-324\n2.4703282292062328e-324\n2.2250738585072011e-308\n"
                   "1.7976931348623157e308\n1.7976931348623158e308\n1e-99999999999999999999\n0e99999999999999999999\n"
                   "9223372036854776833\n9223372036854776832\n1e22\n1e23\n9e23\n1e-22\n1e-23\n7e-23\n"
                   "-0\n+.5\n5.\n00012\n123456789012345678901234567890e-20\n0.000000000000000000000000000001e30\n");
    setlocale(LC_NUMERIC, "");
}

static void a_decimal_comma_of_the_locale_changes_nothing(void **state)
{
    struct set set;
    (void)state;
    if (!setlocale(LC_NUMERIC, "de_DE.UTF-8")) {
        print_message("skipped: there is no locale de_DE.UTF-8\n");
        skip();
    }
    read_text(&set, "1.5,2.25e1\n-0.5,17.123456789012345678\n", "2");
    assert_true(input_at(set.data, 0, 0) == 1.5 && target_at(set.data, 0, 0) == 22.5);
    assert_true(input_at(set.data, 1, 0) == -0.5 && target_at(set.data, 1, 0) == 17.123456789012345678);
    set_end(&set);
    setlocale(LC_NUMERIC, "");
}

const struct CMUnitTest number_tests[] = {
    cmocka_unit_test(numbers_are_the_nearest_double),
    cmocka_unit_test(halves_go_to_even),
    cmocka_unit_test(a_decimal_comma_of_the_locale_changes_nothing),
};
const size_t number_test_count = COUNT(number_tests);
