/* SPDX-License-Identifier: MIT
 *
 * The keyed hash against published results, and how tables of names work with names that were chosen to collide. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/sort.h"
#include "data/readers/classes.h"

/* ---- the hash */

/* The key is the bytes 0, 1, 2, ..., and so is the text; the first 8 bytes are the number. SipHash-2-4 of 15 bytes is
 * from appendix A of the paper, those of other sizes from the authors' vectors.h. SipHash-1-3 is that of OpenSSL 3.0,
 * whose values with a key of zeros are those of CPython. */
static void siphash_gives_the_published_values(void **state)
{
    static const struct {
        size_t size;
        uint64_t of_2_4, of_1_3;
    } vectors[] = {
        {8, 0x93f5f5799a932462, 0x369095118d299a8e},  {15, 0xa129ca6149be45e5, 0xd320d86d2a519956},
        {16, 0x3f2acc7f57c29bdb, 0xcc4fdd1a7d908b66}, {31, 0x32d892fad841c342, 0x2370dd1f8c21d1bc},
        {32, 0x7127512f72f27cce, 0x81157b6c16a7b60d}, {63, 0x958a324ceb064572, 0x9d199062b7bbb3a8},
    };
    const struct bp_hash_key key = {{0x0706050403020100, 0x0f0e0d0c0b0a0908}};
    const uint64_t number = key.word[0];
    unsigned char text[64];
    (void)state;
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (unsigned char)i;
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        assert_true(bp_siphash(key, number, text + 8, vectors[i].size - 8, 2, 4) == vectors[i].of_2_4);
        assert_true(bp_hash(key, number, text + 8, vectors[i].size - 8) == vectors[i].of_1_3);
    }
}

static void every_table_has_another_key(void **state)
{
    const struct bp_hash_key a = bp_hash_draw_key(), b = bp_hash_draw_key();
    (void)state;
    assert_true(a.word[0] != b.word[0] && a.word[1] != b.word[1] && a.word[0] != a.word[1]);
}

static void a_table_draws_its_key_with_its_first_name(void **state)
{
    struct bp_classes classes[2] = {{.most = 1}, {.most = 1}};
    int32_t label;
    (void)state;
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(bp_classes_label(&bp_memory_malloc, &classes[i], 0, "a", &label), BP_LABEL_FOUND);
    assert_true(classes[0].key.word[0] != classes[1].key.word[0] && classes[0].key.word[1] != classes[1].key.word[1]);
    for (size_t i = 0; i < 2; i++)
        bp_classes_release(&bp_memory_malloc, &classes[i]);
}

/* ---- names that collide under the hash of before, FNV-1a in a table without a key */

enum { NAMES = 60000, MASK = 4095, LETTERS = 62, STEM = 5, SIZE = 8, COLUMN = 1 };

static uint64_t fnv(uint64_t hash, unsigned char byte) { return (hash ^ byte) * UINT64_C(1099511628211); }

static char (*colliding_names(void))[SIZE + 1]
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    char(*names)[SIZE + 1] = calloc(NAMES, SIZE + 1);
    size_t found = 0;
    assert_non_null(names);
    for (unsigned start = 0; found < NAMES; start++) {
        char name[SIZE + 1];
        uint64_t stem = fnv(UINT64_C(14695981039346656037), COLUMN);
        snprintf(name, sizeof(name), "%05u", start % 100000);
        for (size_t i = 0; i < STEM; i++)
            stem = fnv(stem, (unsigned char)name[i]);
        for (size_t i = 0; i < LETTERS * LETTERS * LETTERS && found < NAMES; i++) {
            uint64_t hash = stem;
            for (size_t k = STEM, rest = i; k < SIZE; k++, rest /= LETTERS) {
                name[k] = letters[rest % LETTERS];
                hash = fnv(hash, (unsigned char)name[k]);
            }
            if (((hash ^ hash >> 32) & MASK) == 0)
                memcpy(names[found++], name, SIZE);
        }
    }
    return names;
}

/* The search for a name that is missing visits at most as many slots as the longest row of used ones has. */
static size_t longest_row(const struct bp_classes *classes)
{
    size_t longest = 0, row = 0;
    for (size_t i = 0; i < 2 * classes->slots; i++) { /* the last slot is next to the first */
        row = classes->slot[i % classes->slots] != 0 ? row + 1 : 0;
        longest = row > longest ? row : longest;
    }
    return longest;
}

static void add(struct bp_classes *classes, size_t column, const char *name, int32_t expected)
{
    int32_t label = -1;
    assert_int_equal(bp_classes_label(&bp_memory_malloc, classes, column, name, &label), BP_LABEL_FOUND);
    assert_int_equal(label, expected);
}

/* For random names the longest row has about 40 slots; for names that collide, at least 60000 * 4096 / 131072. */
enum { MOST_IN_A_ROW = 500 };

static void names_that_are_chosen_to_collide_do_not(void **state)
{
    struct bp_classes classes = {.most = NAMES};
    char(*names)[SIZE + 1] = colliding_names();
    (void)state;
    for (int32_t i = 0; i < NAMES; i++)
        add(&classes, COLUMN, names[i], i);
    for (int32_t i = 0; i < NAMES; i++)
        add(&classes, COLUMN, names[i], i);
    assert_in_range(longest_row(&classes), 2, MOST_IN_A_ROW);
    bp_classes_release(&bp_memory_malloc, &classes);
    free(names);
}

static void one_name_in_many_columns_does_not_collide(void **state)
{
    struct bp_classes classes = {.most = NAMES};
    (void)state;
    for (int32_t i = 0; i < NAMES; i++)
        add(&classes, (size_t)i, "a", i);
    assert_in_range(longest_row(&classes), 2, MOST_IN_A_ROW);
    bp_classes_release(&bp_memory_malloc, &classes);
}

/* ---- what the table gives */

static void a_name_is_found_by_its_bytes_and_column(void **state)
{
    struct bp_classes classes = {.most = 100};
    (void)state;
    assert_int_equal(bp_classes_find(&classes, 0, "a", 1), BP_CLASSES_NONE);
    add(&classes, 0, "a", 0);
    add(&classes, 1, "a", 1);
    add(&classes, 0, "ab", 2);
    add(&classes, 0, "", 3);
    assert_int_equal(bp_classes_find(&classes, 0, "abc", 1), 0); /* no NUL is needed */
    assert_int_equal(bp_classes_find(&classes, 0, "abc", 2), 2);
    assert_int_equal(bp_classes_find(&classes, 0, "abc", 3), BP_CLASSES_NONE);
    assert_int_equal(bp_classes_find(&classes, 1, "a", 1), 1);
    assert_int_equal(bp_classes_find(&classes, 1, "ab", 2), BP_CLASSES_NONE);
    assert_int_equal(bp_classes_find(&classes, 0, "", 0), 3);
    bp_classes_release(&bp_memory_malloc, &classes);
}

static void there_is_a_most_of_names(void **state)
{
    struct bp_classes classes = {.most = 2};
    int32_t label = 77;
    (void)state;
    add(&classes, 0, "b", 0);
    add(&classes, 0, "a", 1);
    assert_int_equal(bp_classes_label(&bp_memory_malloc, &classes, 0, "c", &label), BP_LABEL_TOO_MANY);
    assert_int_equal(label, 77);
    add(&classes, 0, "b", 0);
    bp_classes_release(&bp_memory_malloc, &classes);
}

/* Another key at each of them. */
static void the_order_does_not_depend_on_the_key(void **state)
{
    static const char *const names[] = {"b", "10", "9", "a", "-1", "1e1"}, *const sorted[] = {"-1",  "9", "10",
                                                                                              "1e1", "a", "b"};
    (void)state;
    for (int run = 0; run < 50; run++) {
        struct bp_classes classes = {.most = 100};
        for (int32_t i = 0; i < 6; i++)
            add(&classes, 0, names[i], i);
        int32_t *label = bp_classes_sort(&bp_memory_malloc, &classes);
        assert_non_null(label);
        for (size_t i = 0; i < 6; i++) {
            assert_string_equal(bp_texts_at(&classes.names, i), sorted[i]);
            assert_string_equal(sorted[label[i]], names[i]);
        }
        bp_memory_release(&bp_memory_malloc, label);
        bp_classes_release(&bp_memory_malloc, &classes);
    }
}

/* ---- sorting */

struct numbers {
    uint32_t number[1000];
    size_t comparisons;
};

static bool is_before(const void *context, size_t a, size_t b)
{
    struct numbers *numbers = (struct numbers *)context;
    numbers->comparisons++;
    return numbers->number[a] != numbers->number[b] ? numbers->number[a] < numbers->number[b] : a < b;
}

/* Ascending, descending, equal, and by chance. */
static void any_order_is_sorted_in_few_steps(void **state)
{
    static struct numbers numbers;
    size_t order[1000];
    (void)state;
    for (int how = 0; how < 4; how++)
        for (size_t count = 0; count <= 1000; count += count < 20 ? 1 : 245) {
            numbers.comparisons = 0;
            for (uint32_t i = 0; i < count; i++)
                numbers.number[i] = how == 0 ? i : how == 1 ? 1000 - i : how == 2 ? 5 : i * UINT32_C(2654435761);
            bp_sort(order, count, is_before, &numbers);
            assert_true(numbers.comparisons <= 2 * 10 * count); /* 2 log2(1000) */
            for (size_t i = 1; i < count; i++)
                assert_true(is_before(&numbers, order[i - 1], order[i]));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(siphash_gives_the_published_values),
        cmocka_unit_test(every_table_has_another_key),
        cmocka_unit_test(a_table_draws_its_key_with_its_first_name),
        cmocka_unit_test(names_that_are_chosen_to_collide_do_not),
        cmocka_unit_test(one_name_in_many_columns_does_not_collide),
        cmocka_unit_test(a_name_is_found_by_its_bytes_and_column),
        cmocka_unit_test(there_is_a_most_of_names),
        cmocka_unit_test(the_order_does_not_depend_on_the_key),
        cmocka_unit_test(any_order_is_sorted_in_few_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
