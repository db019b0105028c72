/* SPDX-License-Identifier: MIT
 *
 * The smallest parts of files: bytes in the order of the file, which most machines need not reverse; characters of
 * UTF-8; and numbers as text, from which the same numbers are read. */
#include <float.h>
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "base/number.h"
#include "files/bytes.h"
#include "files/model/metadata.h"

static void whole_numbers_are_little_endian(void **state)
{
    static const unsigned char bytes[] = {0xef, 0xcd, 0xab, 0x89, 0x67, 0x45, 0x23, 0x01};
    unsigned char made[8];
    (void)state;
    assert_true(bp_bytes_get_u64(bytes) == UINT64_C(0x0123456789abcdef));
    bp_bytes_put_u64(made, UINT64_C(0x0123456789abcdef));
    assert_memory_equal(made, bytes, 8);
}

static void turning_reverses_each_number_and_twice_is_nothing(void **state)
{
    unsigned char bytes[24], turned[24];
    (void)state;
    static const size_t sizes[] = {1, 2, 4, 8};
    for (size_t k = 0; k < 4; k++) {
        const size_t size = sizes[k], count = sizeof(bytes) / size;
        for (size_t i = 0; i < sizeof(bytes); i++)
            bytes[i] = turned[i] = (unsigned char)(i + 1);
        bp_bytes_turn(turned, count, size);
        for (size_t i = 0; i < sizeof(bytes); i++)
            assert_int_equal(turned[i], bytes[i / size * size + size - 1 - i % size]);
        bp_bytes_turn(turned, count, size);
        assert_memory_equal(turned, bytes, sizeof(bytes));
    }
}

/* The bytes of 1 in a file, on every machine: the sign is in the last byte. */
static void numbers_lie_in_the_files_order(void **state)
{
    static const unsigned char f32[] = {0, 0, 0x80, 0x3f}, f64[] = {0, 0, 0, 0, 0, 0, 0xf0, 0x3f};
    float narrow = 1;
    double wide = 1;
    (void)state;
    bp_bytes_order(&narrow, 1, sizeof(narrow));
    bp_bytes_order(&wide, 1, sizeof(wide));
    assert_memory_equal(&narrow, f32, sizeof(f32));
    assert_memory_equal(&wide, f64, sizeof(f64));
}

/* Every sequence of two and three bytes, and of four by their first three, against the code points themselves. */
static size_t encode(uint32_t code, unsigned char *text)
{
    if (code < 0x80) {
        text[0] = (unsigned char)code;
        return 1;
    }
    const size_t size = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = size; i-- > 1; code >>= 6)
        text[i] = (unsigned char)(0x80 | (code & 0x3f));
    text[0] = (unsigned char)((0xf00 >> size & 0xf0) | code);
    return size;
}

static void every_character_of_utf8_is_one(void **state)
{
    size_t good[5] = {0}, found[5] = {0};
    unsigned char text[4];
    (void)state;
    for (uint32_t code = 0; code <= 0x10ffff; code++) {
        if (code >= 0xd800 && code <= 0xdfff)
            continue;
        const size_t size = encode(code, text);
        assert_int_equal(bp_utf8_character(text, size), size);
        for (size_t cut = 1; cut < size; cut++)
            assert_int_equal(bp_utf8_character(text, cut), 0);
        good[size]++;
    }
    for (uint32_t bytes = 0; bytes < 1 << 24; bytes++) { /* so that nothing else is one */
        memcpy(
            text,
            (unsigned char[4]){(unsigned char)(bytes >> 16), (unsigned char)(bytes >> 8), (unsigned char)bytes, 0x80},
            4);
        const size_t size = bp_utf8_character(text, 4);
        found[size] += size == 1 ? (bytes & 0xffff) == 0 : size == 2 ? (bytes & 0xff) == 0 : 1;
    }
    assert_int_equal(found[1], good[1]);
    assert_int_equal(found[2], good[2]);
    assert_int_equal(found[3], good[3]);
    assert_int_equal(found[4], good[4] / 64); /* the fourth byte has 64 values */
}

static void numbers_lead_back_to_themselves(void **state)
{
    static const double some[] = {
        0, 1, 0.1, 1.0 / 3, 1e-6, 123456789, 1e22, 1e23, DBL_MAX, DBL_MIN, 0x1p-1074, 9007199254740993.0, 0.3};
    uint64_t bits = 1;
    (void)state;
    for (size_t i = 0; i < 20000; i++) {
        double value = i < sizeof(some) / sizeof(some[0]) ? some[i] : 0, back = 0;
        if (value == 0 && i > 0) {
            bits = bits * UINT64_C(6364136223846793005) + 1442695040888963407u;
            memcpy(&value, &bits, sizeof(value));
        }
        if (!isfinite(value))
            continue;
        for (int minus = 0; minus < 2; minus++, value = -value) {
            const struct bp_number text = bp_metadata_number(value);
            assert_int_equal(bp_number_parse(text.text, &back), BP_NUMBER_OK);
            assert_memory_equal(&back, &value, sizeof(back));
        }
    }
    assert_string_equal(bp_metadata_number(0.1).text, "0.1");
    assert_string_equal(bp_metadata_number(1.0 / 3).text, "0.3333333333333333");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_numbers_are_little_endian),
        cmocka_unit_test(turning_reverses_each_number_and_twice_is_nothing),
        cmocka_unit_test(numbers_lie_in_the_files_order),
        cmocka_unit_test(every_character_of_utf8_is_one),
        cmocka_unit_test(numbers_lead_back_to_themselves),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
