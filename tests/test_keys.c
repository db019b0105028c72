/* SPDX-License-Identifier: MIT
 *
 * Keys: what is true of every family and of every key in it. tests/check-keys compares them with the headers. */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "any.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const int32_t option_families[] = {BP_FAMILY_NET_OPTION, BP_FAMILY_LAYER_OPTION, BP_FAMILY_DATA_OPTION,
                                          BP_FAMILY_TRAIN_OPTION};

typedef void each_fn(int32_t family, int32_t key);

/* Each family as a key of family 0, and each of their keys. Returns how many there were. */
static size_t for_each(each_fn *each)
{
    size_t count = 0;
    int32_t family, key;
    for (size_t i = 0; (family = bp_key_at(0, i)) != 0; i++, count++) {
        each(0, family);
        for (size_t k = 0; (key = bp_key_at(family, k)) != 0; k++, count++)
            each(family, key);
    }
    return count;
}

/* ---- names and sentences */

static void check_name(int32_t family, int32_t key)
{
    const char *name = bp_key_name(key);
    assert_non_null(name);
    if (!islower((unsigned char)*name) || name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")] != '\0')
        fail_msg("%d is called %s", (int)key, name);
    if (bp_key_find(family, name) != key)
        fail_msg("%s is found as %d, and is %d", name, (int)bp_key_find(family, name), (int)key);
}

static void a_name_is_a_word_that_stands_once_in_its_family(void **state)
{
    (void)state;
    assert_true(for_each(check_name) > 150);
}

static void check_help(int32_t family, int32_t key)
{
    const char *help = bp_key_help(key);
    (void)family;
    if (!help || strlen(help) < 5 || strlen(help) > 100)
        fail_msg("%s: %s", bp_key_name(key), help ? help : "no help");
    const char last = help[strlen(help) - 1];
    if (islower((unsigned char)*help) && help[1] != ' ' && strncmp(help, "hard_sigmoid", 4) != 0)
        fail_msg("%s: it begins in lower case: %s", bp_key_name(key), help);
    if (strstr(help, ". ") || strchr(help, '\n') || strstr(help, "  ") || last == '.' || last == ' ')
        fail_msg("%s: that is not one sentence without its full stop: %s", bp_key_name(key), help);
}

static void help_is_one_sentence(void **state)
{
    (void)state;
    for_each(check_help);
}

/* ---- families */

static void check_family(int32_t family, int32_t key)
{
    assert_int_equal(key / 1000 * 1000, family == 0 ? key : family);
    assert_true(family == 0 || key > family);
}

static void a_key_belongs_to_the_family_of_its_thousand(void **state)
{
    (void)state;
    for_each(check_family);
}

static void what_is_no_key_has_nothing(void **state)
{
    static const int32_t none[] = {0,     -1,     INT32_MIN, INT32_MAX, 1, 999, 1005, BP_FAMILY_ACTIVATION + 999,
                                   30000, 999000, 1000000};
    (void)state;
    for (size_t i = 0; i < COUNT(none); i++) {
        double low = 3, high = 4, initial = 5;
        assert_null(bp_key_name(none[i]));
        assert_null(bp_key_help(none[i]));
        assert_int_equal(bp_key_domain(none[i]), 0);
        assert_int_equal(bp_key_members(none[i]), 0);
        assert_int_equal(bp_key_bounds(none[i], &low, &high, &initial), BP_ERR_ARG);
        assert_true(low == 3 && high == 4 && initial == 5);
        if (none[i] != 0) { /* which lists the families */
            assert_int_equal(bp_key_at(none[i], 0), 0);
            assert_int_equal(bp_key_find(none[i], "tanh"), 0);
        }
    }
    assert_int_equal(bp_key_at(BP_ACT_TANH, 0), 0); /* a key that is no family */
    assert_int_equal(bp_key_find(BP_ACT_TANH, "tanh"), 0);
    assert_int_equal(bp_key_find(BP_FAMILY_ACTIVATION, NULL), 0);
    assert_int_equal(bp_key_find(BP_FAMILY_ACTIVATION, "Tanh"), 0);
    assert_int_equal(bp_key_find(BP_FAMILY_ACTIVATION, ""), 0);
    assert_int_equal(bp_key_find(BP_FAMILY_ACTIVATION, "tanhs"), 0);
    assert_int_equal(bp_key_at(BP_FAMILY_ACTIVATION, SIZE_MAX), 0);
    assert_int_equal(bp_key_at(0, SIZE_MAX), 0);
    assert_int_equal(bp_key_find(0, "activation"), BP_FAMILY_ACTIVATION);
}

/* ---- options */

static bool is_option(int32_t family)
{
    for (size_t i = 0; i < COUNT(option_families); i++)
        if (option_families[i] == family)
            return true;
    return false;
}

static void check_members(int32_t key, double low, double high, double initial)
{
    const int32_t members = bp_key_members(key);
    int32_t member;
    bool there = false;
    assert_int_equal(bp_key_find(0, bp_key_name(members)), members);
    for (size_t i = 0; (member = bp_key_at(members, i)) != 0; i++) {
        assert_true(member >= low && member <= high);
        there = there || member == initial;
    }
    assert_true(there);
}

static void check_option(int32_t family, int32_t key)
{
    double low = NAN, high = NAN, initial = NAN;
    const int32_t domain = bp_key_domain(key);
    const bool is_member = domain == BP_DOMAIN_MEMBER;
    assert_int_equal(domain != 0, is_option(family));
    const bool is_number = domain != 0 && domain != BP_DOMAIN_TEXT;
    assert_int_equal(bp_key_bounds(key, &low, &high, &initial), is_number ? BP_OK : BP_ERR_ARG);
    assert_int_equal(bp_key_members(key) != 0, is_member);
    assert_true(domain == 0 || domain / 1000 * 1000 == BP_FAMILY_DOMAIN);
    if (!is_number)
        return;
    assert_int_equal(bp_key_bounds(key, NULL, NULL, NULL), BP_OK);
    if (!(low <= initial && initial <= high))
        fail_msg("%s is first %g, and must be %g to %g", bp_key_name(key), initial, low, high);
    if (domain != BP_DOMAIN_REAL)
        assert_true(low == floor(low) && high == floor(high) && initial == floor(initial));
    if (domain == BP_DOMAIN_SWITCH)
        assert_true(low == 0 && (high == 0 || high == 1)); /* 0 if it needs a part that was not built in */
    if (is_member)
        check_members(key, low, high, initial);
}

static void an_option_begins_within_its_bounds(void **state)
{
    (void)state;
    for_each(check_option);
}

/* So one text can be used for all of them. */
static void options_of_net_data_and_training_have_distinct_names(void **state)
{
    int32_t key;
    (void)state;
    for (size_t i = 0; i < COUNT(option_families); i++)
        for (size_t k = 0; (key = bp_key_at(option_families[i], k)) != 0; k++)
            for (size_t other = 0; other < COUNT(option_families); other++)
                if (other != i && bp_key_find(option_families[other], bp_key_name(key)) != 0)
                    fail_msg("%s stands in %s and in %s", bp_key_name(key), bp_key_name(option_families[i]),
                             bp_key_name(option_families[other]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_a_word_that_stands_once_in_its_family),
        cmocka_unit_test(help_is_one_sentence),
        cmocka_unit_test(a_key_belongs_to_the_family_of_its_thousand),
        cmocka_unit_test(what_is_no_key_has_nothing),
        cmocka_unit_test(an_option_begins_within_its_bounds),
        cmocka_unit_test(options_of_net_data_and_training_have_distinct_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
