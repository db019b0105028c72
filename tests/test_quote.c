/* SPDX-License-Identifier: MIT
 *
 * Texts from outside in a sentence: which characters stay, where a text is cut, and where a sentence is. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/call.h"
#include "base/quote.h"
#include "base/utf8.h"
#include "clean.h"
#include "train/doctor/finding.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { LONGEST = 1000 };

static void each_character_passes_or_becomes_one_mark(void **state)
{
    (void)state;
    for (uint32_t code = 1; code <= 0x10ffff; code++) {
        char text[8] = "a", wanted[8] = "a?b";
        if (code >= 0xd800 && code <= 0xdfff)
            continue;
        const size_t size = bp_utf8_put(text + 1, code);
        assert_int_equal(bp_utf8_code((const unsigned char *)text + 1, size), code);
        text[1 + size] = 'b';
        if (clean_character(code))
            memcpy(wanted, text, sizeof(wanted));
        assert_string_equal(bp_quote_text(text).text, wanted);
        assert_string_equal(bp_quote_bytes(text, size + 2).text, wanted);
        assert_string_equal(bp_quote_name(text).text, wanted);
        assert_string_equal(bp_quote_path(text).text, wanted);
    }
}

/* Each byte that is no part of a character becomes a mark; the characters around it stay. */
static void what_is_no_utf8_becomes_a_mark_for_each_byte(void **state)
{
    static const char *const rows[][2] = {
        {"a\x80z", "a?z"},
        {"a\xffz", "a?z"},
        {"a\xc3", "a?"},
        {"a\xc3z", "a?z"},
        {"a\xe2\x82z", "a??z"},
        {"a\xf0\x9f\x98z", "a???z"},
        {"\xc0\x8a", "??"},
        {"\xed\xa0\x80", "???"},
        {"\xf4\x90\x80\x80", "????"},
        {"\xf0\x9f\x98\x80\x80", "\xf0\x9f\x98\x80?"},
        {"\x1b[31m\n\xc2\x9b\xe2\x80\xae.", "?[31m???."},
        {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_string_equal(bp_quote_text(rows[i][0]).text, rows[i][1]);
        assert_string_equal(bp_quote_path(rows[i][0]).text, rows[i][1]);
    }
}

/* With a given size, a NUL is a byte like others. */
static void bytes_need_no_end(void **state)
{
    (void)state;
    assert_string_equal(bp_quote_bytes("abc\xc3\xa4", 3).text, "abc");
    assert_string_equal(bp_quote_bytes("abc\xc3\xa4", 4).text, "abc?");
    assert_string_equal(bp_quote_bytes("a\0b", 3).text, "a?b");
    assert_string_equal(bp_quote_bytes("", 0).text, "");
}

/* `count` times a character, after some letters. */
static const char *many(const char *before, const char *character, size_t count)
{
    static char text[4 * LONGEST];
    size_t at = strlen(before);
    memcpy(text, before, at);
    for (size_t i = 0; i < count; i++, at += strlen(character))
        memcpy(text + at, character, strlen(character));
    text[at] = '\0';
    return text;
}

/* A text with exactly as many bytes as the bound is not cut. A longer one is cut at the last end of a character
 * within the bound. */
static void long_texts_are_cut_between_characters(void **state)
{
    static const char *const characters[] = {"b", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
    (void)state;
    for (size_t k = 0; k < COUNT(characters); k++)
        for (size_t shift = 0; shift < 4; shift++)
            for (size_t count = 1; count < 80; count++) {
                const size_t size = strlen(characters[k]), whole = shift + count * size;
                const char *text = many(&"aaa"[3 - shift], characters[k], count);
                const struct {
                    struct bp_quote quote;
                    size_t bound;
                } cuts[] = {{bp_quote_text(text), BP_QUOTE_TEXT},
                            {bp_quote_bytes(text, whole), BP_QUOTE_TEXT},
                            {bp_quote_name(text), BP_QUOTE_NAME}};
                for (size_t i = 0; i < COUNT(cuts); i++) {
                    const size_t bound = cuts[i].bound, kept = shift + (bound - shift) / size * size;
                    const size_t left = whole <= bound ? whole : kept;
                    assert_memory_equal(cuts[i].quote.text, text, left);
                    assert_string_equal(cuts[i].quote.text + left, whole <= bound ? "" : "...");
                }
            }
}

static void of_long_paths_the_end_is_kept(void **state)
{
    static const char *const characters[] = {"b", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
    (void)state;
    for (size_t k = 0; k < COUNT(characters); k++)
        for (size_t shift = 0; shift < 4; shift++)
            for (size_t count = 1; count < 80; count++) {
                char path[4 * LONGEST + 4];
                const size_t size = strlen(characters[k]);
                snprintf(path, sizeof(path), "%s%s", many("", characters[k], count), &"aaa"[3 - shift]);
                const size_t whole = strlen(path);
                const size_t kept = shift + (BP_QUOTE_PATH - shift) / size * size;
                const struct bp_quote quote = bp_quote_path(path);
                if (whole <= BP_QUOTE_PATH) {
                    assert_string_equal(quote.text, path);
                    continue;
                }
                assert_memory_equal(quote.text, "...", 3);
                assert_string_equal(quote.text + 3, path + whole - kept);
            }
    assert_string_equal(bp_quote_path(many("", "\x80", LONGEST)).text + 60, "????");
}

/* Random bytes, some of which are characters: the result is always clean, and a second pass does not change it. */
static void whatever_comes_in_goes_out_clean(void **state)
{
    static const unsigned char some[] = {0x80, 0x9f, 0xa8, 0xae, 0xc2, 0xc3, 0xe2,
                                         0xed, 0xf0, 0xf4, 'a',  0x1b, 0x7f, '\n'};
    uint64_t draw = 1;
    (void)state;
    for (size_t n = 0; n < 200000; n++) {
        char text[LONGEST];
        const size_t size = n % 120;
        for (size_t i = 0; i < size; i++) {
            draw = draw * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            const unsigned char byte = (unsigned char)(draw >> 56);
            text[i] = (char)(n % 3 ? some[byte % COUNT(some)] : byte ? byte : 1);
        }
        text[size] = '\0';
        const struct bp_quote quotes[] = {bp_quote_text(text), bp_quote_name(text), bp_quote_path(text),
                                          bp_quote_bytes(text, size)};
        for (size_t i = 0; i < COUNT(quotes); i++) {
            assert_null(clean_fault(quotes[i].text, false));
            assert_in_range(strlen(quotes[i].text), size > 0, BP_QUOTE_SIZE - 1);
            if (strlen(quotes[i].text) <= BP_QUOTE_TEXT)
                assert_string_equal(bp_quote_text(quotes[i].text).text, quotes[i].text);
        }
    }
}

static void an_errno_has_its_words(void **state)
{
    (void)state;
    assert_string_equal(bp_quote_errno(ENOENT).text, strerror(ENOENT));
    assert_null(clean_fault(bp_quote_errno(-12345).text, false));
    const struct bp_quote unknown = bp_quote_errno(-12345); /* musl says only that it knows none */
    assert_true(strstr(unknown.text, "12345") || strcmp(unknown.text, strerror(-12345)) == 0);
}

/* ---- sentences that are too long */

static void a_long_sentence_ends_with_a_whole_character(void **state)
{
    static const char *const characters[] = {"b", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
    const struct bp_call call = {.function = "f"};
    (void)state;
    for (size_t k = 0; k < COUNT(characters); k++)
        for (size_t shift = 0; shift < 4; shift++) {
            const size_t size = strlen(characters[k]), capacity = BP_ERROR_SIZE - 1 - strlen("f: ");
            const char *text = many(&"aaa"[3 - shift], characters[k], BP_ERROR_SIZE);
            assert_int_equal(bp_fail(&call, BP_ERR_ARG, "%s", text), BP_ERR_ARG);
            const char *sentence = bp_last_error();
            assert_null(clean_fault(sentence, false));
            assert_int_equal(strlen(sentence), strlen("f: ") + shift + (capacity - shift) / size * size);
            assert_memory_equal(sentence + 3, text, strlen(sentence) - 3);
        }
}

/* The doctor's are longer. */
static void a_long_finding_ends_with_a_whole_character(void **state)
{
    (void)state;
    for (size_t shift = 0; shift < 4; shift++) {
        struct bp_buffer findings = {0};
        const char *const text = many(&"aaa"[3 - shift], "\xf0\x9f\x98\x80", BP_FINDING_TEXT);
        assert_int_equal(bp_finding_add(&bp_memory_malloc, &findings, 1, 0, 0, "%s", text), BP_OK);
        const char *const kept = bp_finding_of(&findings, 0)->text;
        assert_null(clean_fault(kept, false));
        assert_int_equal(strlen(kept), shift + (BP_FINDING_TEXT - 1 - shift) / 4 * 4);
        bp_buffer_release(&bp_memory_malloc, &findings);
    }
}

static void a_count_agrees_with_its_noun(void **state)
{
    static const struct {
        uint64_t count;
        const char *noun, *expected;
    } counts[] = {
        {0, "row", "0 rows"},         {1, "row", "1 row"},
        {2, "row", "2 rows"},         {1, "class", "1 class"},
        {0, "class", "0 classes"},    {3, "class", "3 classes"},
        {11, "output", "11 outputs"}, {UINT64_MAX, "different text", "18446744073709551615 different texts"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(counts); i++)
        assert_string_equal(bp_message_count(counts[i].count, counts[i].noun).text, counts[i].expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_character_passes_or_becomes_one_mark),
        cmocka_unit_test(what_is_no_utf8_becomes_a_mark_for_each_byte),
        cmocka_unit_test(bytes_need_no_end),
        cmocka_unit_test(long_texts_are_cut_between_characters),
        cmocka_unit_test(of_long_paths_the_end_is_kept),
        cmocka_unit_test(whatever_comes_in_goes_out_clean),
        cmocka_unit_test(an_errno_has_its_words),
        cmocka_unit_test(a_long_sentence_ends_with_a_whole_character),
        cmocka_unit_test(a_long_finding_ends_with_a_whole_character),
        cmocka_unit_test(a_count_agrees_with_its_noun),
    };
    return cmocka_run_group_tests_name("quotes", tests, NULL, NULL);
}
