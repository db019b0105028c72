/* SPDX-License-Identifier: MIT
 *
 * Option texts: how each text of tests/vectors/option_texts.txt is read, what the writer makes of it, and the nearest
 * name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/nearest.h"
#include "base/option_text.h"
#include "failing_allocator.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { LONGEST = 4096 };

static struct failing failing;
static bp_allocator allocator;

static int begin(void **state)
{
    (void)state;
    failing = (struct failing){0};
    allocator = failing_allocator(&failing);
    return 0;
}

static int end(void **state)
{
    (void)state;
    return failing.live != 0 || failing.wrong != 0;
}

/* ---- the file of texts */

/* One text of that file, without its escapes, up to the byte `end`. Returns the byte behind that. */
static const char *take(const char *from, char end_byte, char *text)
{
    for (; *from != end_byte; text++) {
        assert_true(*from != '\0');
        *text = *from++;
        if (*text != '\\')
            continue;
        const char kind = *from++;
        *text = kind == 't' ? '\t' : kind == 'n' ? '\n' : kind == 'r' ? '\r' : '\\';
        if (kind == 'x') {
            const char digits[3] = {from[0], from[1], '\0'};
            *text = (char)strtoul(digits, NULL, 16);
            from += 2;
        }
    }
    *text = '\0';
    return from + 1;
}

typedef void each_fn(const char *text, const char *result);

/* Returns how many texts there were. */
static size_t for_each(each_fn *each)
{
    const char *root = getenv("BP_SOURCE_ROOT");
    char path[LONGEST], line[LONGEST], text[LONGEST], result[LONGEST];
    size_t count = 0;
    snprintf(path, sizeof(path), "%s/tests/vectors/option_texts.txt", root ? root : ".");
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("%s cannot be read; is BP_SOURCE_ROOT the project's root?", path);
    while (fgets(line, sizeof(line), file)) {
        take(take(line, '\t', text), '\n', result);
        each(text, result);
        count++;
    }
    fclose(file);
    return count;
}

/* ---- what a text is read as, in the file's words */

static void add(char *to, const char *bytes, size_t size)
{
    const size_t used = strlen(to);
    assert_true(used + size < LONGEST);
    memcpy(to + used, bytes, size);
    to[used + size] = '\0';
}

static void add_part(char *to, const struct bp_option_part *part)
{
    char text[LONGEST], head[32];
    const size_t size = bp_option_unquote(part, text);
    snprintf(head, sizeof(head), "%c%zu:", part->quote ? 'q' : 'b', size);
    add(to, head, strlen(head));
    add(to, text, size);
}

static void add_pair(char *to, const struct bp_option_pair *pair)
{
    struct bp_option_item item;
    struct bp_option_part part;
    add(to, pair->name, pair->name_size);
    add(to, "=", 1);
    for (size_t at = 0, items = 0; bp_option_next_item(pair, &at, &item); items++) {
        if (items > 0)
            add(to, ",", 1);
        for (size_t within = 0; bp_option_next_part(&item, &within, &part);)
            add_part(to, &part);
    }
}

static bp_status read_as(const char *text, char *to)
{
    struct bp_option_text options;
    struct bp_option_fault fault = {0};
    const bp_status status = bp_option_text_parse(&options, text, &allocator, &fault);
    *to = '\0';
    if (status != BP_OK) {
        snprintf(to, LONGEST, "byte %zu: %s", fault.at, fault.problem);
        return status;
    }
    for (size_t i = 0; i < options.count; i++) {
        assert_true(options.pairs[i].name == text + options.pairs[i].at);
        if (i > 0)
            add(to, " ", 1);
        add_pair(to, &options.pairs[i]);
    }
    bp_option_text_release(&options, &allocator);
    return BP_OK;
}

static void check_reading(const char *text, const char *result)
{
    char got[LONGEST];
    const bp_status status = read_as(text, got);
    if (strcmp(got, result) != 0)
        fail_msg("<%s> is read as <%s>, not as <%s>", text, got, result);
    assert_int_equal(status, strncmp(result, "byte ", 5) == 0 ? BP_ERR_FORMAT : BP_OK);
}

static void every_text_is_read_as_the_grammar_says(void **state)
{
    (void)state;
    assert_true(for_each(check_reading) > 500);
}

/* ---- the writer */

static void write_pair(struct bp_option_writer *writer, const struct bp_option_pair *pair)
{
    char text[LONGEST];
    struct bp_option_item item;
    struct bp_option_part part;
    bp_option_put_name(writer, pair->name, pair->name_size);
    for (size_t at = 0, items = 0; bp_option_next_item(pair, &at, &item); items++) {
        if (items > 0)
            bp_option_put_comma(writer);
        for (size_t within = 0; bp_option_next_part(&item, &within, &part);)
            bp_option_put_part(writer, text, bp_option_unquote(&part, text), part.quote != '\0');
    }
}

static size_t write_again(const char *text, char *to, size_t capacity)
{
    struct bp_option_text options;
    struct bp_option_fault fault;
    struct bp_option_writer writer = {.text = to, .capacity = capacity};
    assert_int_equal(bp_option_text_parse(&options, text, &allocator, &fault), BP_OK);
    for (size_t i = 0; i < options.count; i++)
        write_pair(&writer, &options.pairs[i]);
    bp_option_text_release(&options, &allocator);
    return writer.size;
}

static void check_writing(const char *text, const char *result)
{
    char written[LONGEST], got[LONGEST];
    if (strncmp(result, "byte ", 5) == 0)
        return;
    const size_t size = write_again(text, written, sizeof(written));
    written[size] = '\0';
    read_as(written, got);
    if (strcmp(got, result) != 0)
        fail_msg("<%s> is written as <%s>, which is read as <%s>", text, written, got);
}

static void what_is_written_is_read_as_the_same(void **state)
{
    (void)state;
    for_each(check_writing);
}

static void only_what_needs_quotes_is_quoted(void **state)
{
    static const struct {
        const char *text;
        bool quoted;
        const char *written;
    } rows[] = {
        {"adamw", false, "a=adamw"},       {"adamw", true, "a=\"adamw\""}, {"", false, "a=\"\""},
        {"a b", false, "a=\"a b\""},       {"a\tb", false, "a=\"a\tb\""},  {"a\rb", false, "a=\"a\rb\""},
        {"a\nb", false, "a=\"a\nb\""},     {"a,b", false, "a=\"a,b\""},    {"#", false, "a=\"#\""},
        {"'", false, "a=\"'\""},           {"\"", false, "a=\"\"\"\""},    {"C:\\a=b", false, "a=C:\\a=b"},
        {"\xc3\xa4", false, "a=\xc3\xa4"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[64];
        struct bp_option_writer writer = {.text = text, .capacity = sizeof(text)};
        bp_option_put_name(&writer, "a", 1);
        bp_option_put_part(&writer, rows[i].text, strlen(rows[i].text), rows[i].quoted);
        text[writer.size] = '\0';
        assert_string_equal(text, rows[i].written);
    }
}

static void what_does_not_fit_is_counted_all_the_same(void **state)
{
    static const char text[] = "a=\"b c\",d e.f='\"'";
    char whole[64], part[64];
    (void)state;
    const size_t size = write_again(text, whole, sizeof(whole));
    assert_int_equal(write_again(text, NULL, 0), size);
    for (size_t capacity = 0; capacity <= size; capacity++) {
        memset(part, '#', sizeof(part));
        assert_int_equal(write_again(text, part, capacity), size);
        assert_memory_equal(part, whole, capacity);
        assert_int_equal(part[capacity], '#');
    }
}

/* ---- values of one item */

static void a_value_of_one_item_is_one_text(void **state)
{
    static const struct {
        const char *text, *value; /* NULL: it is none */
        bool quoted;
    } rows[] = {
        {"a=adamw", "adamw", false},    {"a=", "", false},
        {"a=\"\"", "", true},           {"a='x y'z", "x yz", true},
        {"a=\"it''s\"", "it''s", true}, {"a='it''s'", "it's", true},
        {"a=b,c", NULL, false},         {"a=,", NULL, false},
        {"a=','", ",", true},           {"a=1234567", "1234567", false},
        {"a=12345678", NULL, false},    {"a=1234'5678'", NULL, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bp_option_text options;
        struct bp_option_fault fault;
        char text[8] = "#######";
        bool quoted;
        assert_int_equal(bp_option_text_parse(&options, rows[i].text, &allocator, &fault), BP_OK);
        const bool there = bp_option_value_text(options.pairs, text, sizeof(text), &quoted);
        if (there != (rows[i].value != NULL) ||
            (there && (strcmp(text, rows[i].value) != 0 || quoted != rows[i].quoted)))
            fail_msg("%s has the value %s", rows[i].text, there ? text : "of no single item");
        bp_option_text_release(&options, &allocator);
    }
}

/* ---- memory and time */

/* Texts of so many pairs that it would take minutes to compare each pair with each other. */
static void many_pairs_take_no_longer_than_they_should(void **state)
{
    enum { PAIRS = 100000, CAPACITY = 16 };
    char *text = malloc((size_t)PAIRS * CAPACITY), got[LONGEST];
    size_t size = 0;
    (void)state;
    assert_non_null(text);
    for (int i = 0; i < PAIRS; i++)
        size += (size_t)snprintf(text + size, CAPACITY, "n%d=1 ", i);
    struct bp_option_text options;
    struct bp_option_fault fault;
    assert_int_equal(bp_option_text_parse(&options, text, &allocator, &fault), BP_OK);
    assert_int_equal(options.count, PAIRS);
    bp_option_text_release(&options, &allocator);
    snprintf(text + size, CAPACITY, "n7=2");
    assert_int_equal(read_as(text, got), BP_ERR_FORMAT);
    assert_non_null(strstr(got, ": n7 is given twice"));
    free(text);
}

static void without_memory_nothing_is_kept(void **state)
{
    struct bp_option_text options;
    struct bp_option_fault fault;
    bp_status status = BP_ERR_MEMORY;
    size_t failures = 0;
    (void)state;
    for (; status != BP_OK; failures++) {
        failing.calls = 0;
        failing.fail_at = failures + 1;
        status = bp_option_text_parse(&options, "a=1 b=2 c=3", &allocator, &fault);
        assert_true(status == BP_OK || (status == BP_ERR_MEMORY && failing.live == 0 && options.count == 0));
    }
    assert_true(failures > 2); /* the pairs, and their order */
    bp_option_text_release(&options, &allocator);
}

/* ---- the nearest name */

static void the_nearest_name_is_found(void **state)
{
    static const char *const names[] = {"loss", "optimizer", "learning_rate", "l1",
                                        "l2",   "momentum",  "epochs",        "batch"};
    static const struct {
        const char *wanted, *nearest;
    } rows[] = {
        {"optimiser", "optimizer"},
        {"learningrate", "learning_rate"},
        {"learning_rate", "learning_rate"},
        {"epoch", "epochs"},
        {"lr", "l1"},
        {"los", "loss"},
        {"batchsize", NULL},
        {"mometnum", "momentum"},
        {"xyz", NULL},
        {"batches", "batch"},
        {"", NULL},
        {"olss", "loss"},
        {"epochs_epochs_epochs_epochs_epochs_epochs_epochs", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bp_nearest nearest = bp_nearest_begin(rows[i].wanted, strlen(rows[i].wanted));
        for (size_t k = 0; k < COUNT(names); k++)
            bp_nearest_try(&nearest, names[k]);
        const char *name = nearest.name ? nearest.name : "none";
        if (strcmp(name, rows[i].nearest ? rows[i].nearest : "none") != 0)
            fail_msg("the nearest to %s is %s", rows[i].wanted, name);
    }
}

static void names_that_are_too_long_are_not_compared(void **state)
{
    char longest[BP_NEAREST_MOST + 2];
    (void)state;
    memset(longest, 'a', sizeof(longest));
    longest[BP_NEAREST_MOST] = '\0';
    struct bp_nearest nearest = bp_nearest_begin(longest, BP_NEAREST_MOST);
    bp_nearest_try(&nearest, longest);
    assert_ptr_equal(nearest.name, longest);
    longest[BP_NEAREST_MOST] = 'a';
    longest[BP_NEAREST_MOST + 1] = '\0';
    nearest = bp_nearest_begin(longest, BP_NEAREST_MOST + 1);
    bp_nearest_try(&nearest, longest);
    assert_null(nearest.name);
    nearest = bp_nearest_begin(longest, BP_NEAREST_MOST);
    bp_nearest_try(&nearest, longest);
    assert_null(nearest.name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_text_is_read_as_the_grammar_says, begin, end),
        cmocka_unit_test_setup_teardown(what_is_written_is_read_as_the_same, begin, end),
        cmocka_unit_test_setup_teardown(only_what_needs_quotes_is_quoted, begin, end),
        cmocka_unit_test_setup_teardown(what_does_not_fit_is_counted_all_the_same, begin, end),
        cmocka_unit_test_setup_teardown(a_value_of_one_item_is_one_text, begin, end),
        cmocka_unit_test_setup_teardown(many_pairs_take_no_longer_than_they_should, begin, end),
        cmocka_unit_test_setup_teardown(without_memory_nothing_is_kept, begin, end),
        cmocka_unit_test(the_nearest_name_is_found),
        cmocka_unit_test(names_that_are_too_long_are_not_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
