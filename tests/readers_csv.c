/* SPDX-License-Identifier: MIT
 *
 * CSV files on what it should read. */
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "readers_fixture.h"
#include "read_file.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- fields and lines */

/* Two rows of two numbers, however they are written. */
static void all_of_these_are_one_table(void **state)
{
    static const char *const texts[] = {
        "1,2\n3,4\n",
        "1,2\n3,4",
        "1,2\r\n3,4\r\n",
        "1,2\r3,4\r",
        "1,2\r\n3,4\r",
        "\xef\xbb\xbf 1,2\n3,4\n",
        " \n   \n1,2\n3,4\n",
        "\n\n1,2\n\n\r\n   \n3,4\n\n",
        "\"1\",\"2\"\n\"3\",\"4\"\n",
        " 1 ,  2 \n\t3\t, \"4\" \n",
        "1;2\n3;4\n",
        "1\t2\n3\t4\n",
        "1|2\n3|4\n",
        "1 2\n3 4\n",
        "  1   2  \n\t3 \t 4\n",
        "\"1\" 2 \n3 \"4\"",
        "a,b\n1,2\n3,4\n",
        "\"a,b\";\"c\nd\"\n1;2\n3;4\n",
        "a b\tc;d\n1\t2\n3\t4\n",
        ",b\n1,2\n3,4\n",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct set set;
        read_text(&set, texts[i], NULL);
        assert_int_equal(bp_data_rows(set.data), 2);
        assert_int_equal(bp_data_inputs(set.data), 2);
        assert_int_equal(bp_data_outputs(set.data), 0);
        for (size_t k = 0; k < 4; k++)
            if (input_at(set.data, k / 2, k % 2) != (double)k + 1)
                fail_msg("text %zu, number %zu is %g", i, k, input_at(set.data, k / 2, k % 2));
        set_end(&set);
    }
}

static void quoted_fields_hold_anything(void **state)
{
    static const char *const expected[] = {"a \"b\", c", "d\ne", "f", "g\nh", "  i  ", "j\"k"};
    static const char text[] = "1,\"a \"\"b\"\", c\"\n2,\"d\ne\"\n3,f\n4,\"g\r\nh\"\n5,\"  i  \"\n6,j\"k\n";
    struct set set;
    (void)state;
    read_text(&set, text, "2");
    assert_int_equal(bp_data_classes(set.data), COUNT(expected));
    for (size_t i = 0; i < COUNT(expected); i++)
        assert_string_equal(bp_data_name(set.data, BP_TEXT_CLASS, (size_t)label_at(set.data, i)), expected[i]);
    set_end(&set);
}

/* Every piece of syntax across the end of the reader's buffer, whose size divides 32 KiB. */
static void the_buffer_ends_anywhere(void **state)
{
    enum { PAD = 1 << 15 };
    static const char table[] = "ab,\"c \"\"d\"\"\"\r\n1.25,\"x\r\ny\"\r\n-3e1,z\r\n";
    static char text[PAD + sizeof(table)];
    (void)state;
    for (size_t before = 0; before <= sizeof(table); before++) {
        struct set set;
        memset(text, '\n', PAD);
        memcpy(text + PAD - before, table, sizeof(table));
        set_begin(&set);
        set_reads(&set, file_of(0, text, PAD - before + sizeof(table) - 1), "'c \"d\"'");
        assert_int_equal(bp_data_rows(set.data), 2);
        assert_string_equal(bp_data_name(set.data, BP_TEXT_INPUT, 0), "ab");
        assert_true(input_at(set.data, 0, 0) == 1.25 && input_at(set.data, 1, 0) == -30);
        assert_string_equal(bp_data_name(set.data, BP_TEXT_CLASS, (size_t)label_at(set.data, 0)), "x\ny");
        assert_string_equal(bp_data_name(set.data, BP_TEXT_CLASS, (size_t)label_at(set.data, 1)), "z");
        set_end(&set);
    }
}

/* ---- header, names and targets */

static void a_header_is_found(void **state)
{
    static const struct {
        const char *text;
        int header;
        size_t rows;
        const char *name;
    } cases[] = {
        {"a,b\n1,2\n", -1, 1, "a"},         {"1,2\n3,4\n", -1, 2, NULL}, {"a,2\n3,4\n", 1, 1, "a"},
        {"2019,2020\n3,4\n", 1, 1, "2019"}, {"1,2\n3,4\n", 0, 2, NULL},  {"NA,b\n1,2\n", -1, 1, "NA"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct set set;
        set_begin(&set);
        assert_int_equal(bp_data_set(set.data, BP_DATA_HEADER, cases[i].header), BP_OK);
        set_reads(&set, text_file(cases[i].text), NULL);
        assert_int_equal(bp_data_rows(set.data), cases[i].rows);
        if (cases[i].name)
            assert_string_equal(bp_data_name(set.data, BP_TEXT_INPUT, 0), cases[i].name);
        else
            assert_null(bp_data_name(set.data, BP_TEXT_INPUT, 0));
        set_end(&set);
    }
}

/* Columns a to d, with the targets given in every way: the inputs are the other columns, and the target has its own
 * order. */
static void targets_by_number_and_name(void **state)
{
    static const struct {
        const char *targets, *inputs, *outputs;
    } cases[] = {
        {NULL, "abcd", ""},  {"1", "bcd", "a"},        {"4", "abc", "d"},     {"-1", "abc", "d"},
        {"-4", "bcd", "a"},  {"b", "acd", "b"},        {"2,4", "ac", "bd"},   {"4,2", "ac", "db"},
        {"d,a", "bc", "da"}, {"\"b\",-1", "ac", "bd"}, {"c,1,2", "d", "cab"}, {"01", "bcd", "a"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct set set;
        read_text(&set, "a,b,c,d\n1,2,3,4\n", cases[i].targets);
        assert_int_equal(bp_data_inputs(set.data), strlen(cases[i].inputs));
        assert_int_equal(bp_data_outputs(set.data), strlen(cases[i].outputs));
        for (size_t k = 0; cases[i].inputs[k]; k++) {
            assert_int_equal(bp_data_name(set.data, BP_TEXT_INPUT, k)[0], cases[i].inputs[k]);
            assert_true(input_at(set.data, 0, k) == cases[i].inputs[k] - 'a' + 1);
        }
        for (size_t k = 0; cases[i].outputs[k]; k++) {
            assert_int_equal(bp_data_name(set.data, BP_TEXT_OUTPUT, k)[0], cases[i].outputs[k]);
            assert_true(target_at(set.data, 0, k) == cases[i].outputs[k] - 'a' + 1);
        }
        assert_int_equal(bp_data_classes(set.data), 0);
        set_end(&set);
    }
}

/* Column k holds k. */
static void a_target_may_have_a_number_of_several_digits(void **state)
{
    enum { COLUMNS = 123 };
    static const struct {
        const char *targets;
        double first, second; /* 0: there is none */
    } cases[] = {{"12", 12, 0},       {"-12", COLUMNS - 11, 0}, {"123", 123, 0}, {"-123", 1, 0},
                 {"10,109", 10, 109}, {"-1,0022", 123, 22},     {"99", 99, 0}};
    char text[8 * COLUMNS] = "";
    (void)state;
    for (int k = 1; k <= COLUMNS; k++)
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "%d%s", k, k < COLUMNS ? "," : "\n");
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct set set;
        read_text(&set, text, cases[i].targets);
        assert_int_equal(bp_data_outputs(set.data), cases[i].second != 0 ? 2 : 1);
        assert_true(target_at(set.data, 0, 0) == cases[i].first);
        assert_true(cases[i].second == 0 || target_at(set.data, 0, 1) == cases[i].second);
        set_end(&set);
    }
}

static void a_name_may_look_like_anything_in_quotes(void **state)
{
    struct set set;
    (void)state;
    set_begin(&set);
    assert_int_equal(bp_data_set(set.data, BP_DATA_HEADER, 1), BP_OK);
    set_reads(&set, text_file("2,\"a,b\",class:x,d\n1,2,3,4\n"), "\"a,b\",\"2\",\"class:x\"");
    assert_int_equal(bp_data_inputs(set.data), 1);
    assert_true(target_at(set.data, 0, 0) == 2 && target_at(set.data, 0, 1) == 1 && target_at(set.data, 0, 2) == 3);
    assert_string_equal(bp_data_name(set.data, BP_TEXT_OUTPUT, 0), "a,b");
    set_end(&set);
}

/* The order of the labels is that of the names, not that of the rows. */
static void classes_are_in_order(void **state)
{
    static const struct {
        const char *text, *targets, *names[5];
    } cases[] = {
        {"1,red\n2,blue\n3,red\n4,green\n", "2", {"blue", "green", "red"}},
        {"1,10\n2,9\n3,-1\n4,9\n", "2 class=yes", {"-1", "9", "10"}},
        {"1,x\n2,10\n3,9\n4,(B)\n", "-1", {"9", "10", "(B)", "x"}},
        {"q,kind\n1,1\n2,1.0\n3,1\n4,0.5\n", "kind class=yes", {"0.5", "1", "1.0"}},
        {"1,only\n2,only\n3,only\n4,only\n", "2", {"only"}},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct set set;
        size_t count = 0;
        read_text(&set, cases[i].text, cases[i].targets);
        for (; cases[i].names[count]; count++)
            assert_string_equal(bp_data_name(set.data, BP_TEXT_CLASS, count), cases[i].names[count]);
        assert_null(bp_data_name(set.data, BP_TEXT_CLASS, count));
        assert_int_equal(bp_data_classes(set.data), count < 2 ? 2 : count);
        assert_int_equal(bp_data_outputs(set.data), count < 2 ? 2 : count);
        const char *at = cases[i].text;
        for (size_t row = 0; row < 4; row++) { /* the text behind the last comma of each line is the label's name */
            const char *name = NULL;
            do {
                const char *end = strchr(at, '\n');
                name = strchr(at, ',') + 1;
                at = end + 1;
            } while (strncmp(name, "kind", 4) == 0);
            const char *got = bp_data_name(set.data, BP_TEXT_CLASS, (size_t)label_at(set.data, row));
            assert_true(strncmp(name, got, strlen(got)) == 0 && name[strlen(got)] == '\n');
        }
        set_end(&set);
    }
}

static void many_classes_stay_distinct(void **state)
{
    enum { CLASSES = 5000, CAPACITY = 20 };
    static char text[2 * CLASSES * CAPACITY];
    struct set set;
    size_t used = 0;
    (void)state;
    for (int i = 0; i < 2 * CLASSES; i++)
        used += (size_t)snprintf(text + used, CAPACITY, "%d,c%04d\n", i, i * 7 % CLASSES);
    read_text(&set, text, "2");
    assert_int_equal(bp_data_classes(set.data), CLASSES);
    for (int i = 0; i < 2 * CLASSES; i += 13)
        assert_int_equal(label_at(set.data, (size_t)i), i * 7 % CLASSES);
    set_end(&set);
}

/* ---- missing values */

static void missing_values_go_by_the_policy(void **state)
{
    static const char text[] = "x,y,t\n1,10,a\n?,20,b\n3, NA ,a\n5,\"\",b\nnan,Null,c\n9,60,\n";
    struct set set;
    (void)state;
    set_begin(&set);
    assert_int_equal(bp_data_set(set.data, BP_DATA_MISSING, BP_MISSING_DROP), BP_OK);
    set_reads(&set, text_file(text), "t");
    assert_int_equal(bp_data_rows(set.data), 1);
    assert_true(input_at(set.data, 0, 0) == 1 && input_at(set.data, 0, 1) == 10);
    assert_string_equal(bp_data_name(set.data, BP_TEXT_CLASS, 0), "a");
    assert_null(bp_data_name(set.data, BP_TEXT_CLASS, 1)); /* no row of b is left */
    set_end(&set);

    set_begin(&set);
    assert_int_equal(bp_data_set(set.data, BP_DATA_MISSING, BP_MISSING_MEAN), BP_OK);
    set_reads(&set, text_file(text), "t");
    assert_int_equal(bp_data_rows(set.data), 5);
    assert_int_equal(bp_data_classes(set.data), 3);
    assert_true(fabs(input_at(set.data, 1, 0) - 3) < 1e-14 && fabs(input_at(set.data, 4, 0) - 3) < 1e-14);
    assert_true(fabs(input_at(set.data, 2, 1) - 15) < 1e-14 && input_at(set.data, 1, 1) == 20);
    set_end(&set);
}

static void the_mean_of_large_numbers_is_finite(void **state)
{
    struct set set;
    (void)state;
    set_begin(&set);
    assert_int_equal(bp_data_set(set.data, BP_DATA_MISSING, BP_MISSING_MEAN), BP_OK);
    set_reads(&set, text_file("1.5e308,1\n1.5e308,2\n,3\n"), "2");
    assert_true(fabs(input_at(set.data, 2, 0) / 1.5e308 - 1) < 1e-15);
    assert_true(target_at(set.data, 2, 0) == 3);
    set_end(&set);
}

/* The first value decides. A row that is dropped because of its target does not count. */
static void the_first_value_decides_whether_it_is_a_class(void **state)
{
    struct set set;
    (void)state;
    set_begin(&set);
    assert_int_equal(bp_data_set(set.data, BP_DATA_MISSING, BP_MISSING_MEAN), BP_OK);
    set_reads(&set, text_file("1,?\n2,x\n3,y\n"), "2");
    assert_int_equal(bp_data_rows(set.data), 2);
    assert_int_equal(bp_data_classes(set.data), 2);
    set_reads(&set, text_file("1,?\n2,0.5\n3,1\n"), "2");
    assert_int_equal(bp_data_classes(set.data), 0);
    assert_true(target_at(set.data, 0, 0) == 0.5);
    set_end(&set);
}

/* ---- tables of the world */

struct table {
    const char *name, *targets;
    size_t rows, inputs, classes;
    double first_sum, last_sum; /* of the first and last column of inputs */
    const char *first_class;
    size_t of_first_class;
};

static const struct table tables[] = {
    {"iris", "-1", 150, 4, 3, 876.5, 179.8, "Iris-setosa", 50},
    {"abalone", "1", 4177, 8, 3, 2188.715, 41493, "F", 1307},
    {"abalone", "-1", 4177, 10, 0, 1307, 997.5965, NULL, 0},
    {"winequality-red", "12 class=yes", 1599, 11, 6, 13303.1, 16666.35, "3", 10},
    {"winequality-red", "-1", 1599, 11, 0, 13303.1, 16666.35, NULL, 0},
    {"banknote_authentication", "-1 class=yes", 1372, 4, 2, 595.0847727, -1634.9527455, "0", 762},
};

static void known_tables_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(tables); i++) {
        const struct table *t = &tables[i];
        char below[128];
        struct set set;
        double first = 0, last = 0;
        size_t of_first_class = 0;
        snprintf(below, sizeof(below), "../shared/data/tables/%s.csv", t->name);
        const char *path = source_file(below);
        set_begin(&set);
        set_reads(&set, path, t->targets);
        assert_int_equal(bp_data_rows(set.data), t->rows);
        assert_int_equal(bp_data_inputs(set.data), t->inputs);
        assert_int_equal(bp_data_classes(set.data), t->classes);
        for (size_t row = 0; row < t->rows; row++) {
            first += input_at(set.data, row, 0);
            last += input_at(set.data, row, t->inputs - 1);
            of_first_class += t->classes > 0 && label_at(set.data, row) == 0;
        }
        assert_true(fabs(first - t->first_sum) < 1e-8 && fabs(last - t->last_sum) < 1e-8);
        assert_int_equal(of_first_class, t->of_first_class);
        if (t->first_class)
            assert_string_equal(bp_data_name(set.data, BP_TEXT_CLASS, 0), t->first_class);
        set_end(&set);
    }
}

/* ---- the data set around it */

static void other_data_sets_keep_their_rows(void **state)
{
    struct set set;
    bp_data *first, *second;
    (void)state;
    read_text(&set, "1,2\n3,4\n", NULL);
    assert_int_equal(bp_data_split(set.data, 0.5, 1, &first, &second), BP_OK);
    set_reads(&set, text_file("a\n5\n"), NULL);
    assert_int_equal(bp_data_rows(set.data), 1);
    assert_int_equal(bp_data_inputs(first), 2);
    assert_true(input_at(first, 0, 0) + input_at(second, 0, 0) == 4);
    bp_data_destroy(first);
    bp_data_destroy(second);
    set_end(&set);
}

static void a_failed_load_leaves_a_sentence_and_no_data_set(void **state)
{
    bp_data *data = NULL;
    char sentence[128];
    (void)state;
    const char *path = text_file("1,2\n3,x\n");
    assert_int_equal(load_csv(&data, path, "1"), BP_ERR_FORMAT);
    assert_null(data);
    snprintf(sentence, sizeof(sentence), "bp_data_load: %s, line 2, column 2: \"x\" is no number: %s", path,
             "the first value of the column is a number");
    assert_string_equal(bp_last_error(), sentence);
    assert_int_equal(load_csv(NULL, path, "1"), BP_ERR_ARG);
    assert_int_equal(load_csv(&data, text_file("1,2\n3,4\n"), "1"), BP_OK);
    assert_int_equal(bp_data_rows(data), 2);
    bp_data_destroy(data);
}

static void options_have_bounds(void **state)
{
    static const struct {
        int32_t key;
        double value;
        const char *sentence;
    } cases[] = {
        {BP_DATA_SEPARATOR, 127, "separator is 127: it must be 0 to 126"},
        {BP_DATA_SEPARATOR, -1, "separator is -1: it must be 0 to 126"},
        {BP_DATA_SEPARATOR, 44.5, "separator is 44.5: it must be a whole number"},
        {BP_DATA_SEPARATOR, NAN, "separator is nan: it must be 0 to 126"},
        {BP_DATA_SEPARATOR, '"', "separator is 34, which is none of its values"},
        {BP_DATA_SEPARATOR, '.', "separator is 46, which is none of its values"},
        {BP_DATA_SEPARATOR, '7', "separator is 55, which is none of its values"},
        {BP_DATA_SEPARATOR, 'e', "separator is 101, which is none of its values"},
        {BP_DATA_SEPARATOR, '\n', "separator is 10, which is none of its values"},
        {BP_DATA_HEADER, 2, "header is 2: it must be -1 to 1"},
        {BP_DATA_MISSING, BP_MISSING_REFUSE + 1, "missing is 18011, which is none of its values"},
        {BP_DATA_MISSING, 0, "missing is 0: it must be 18010 to 18030"},
        {BP_DATA_MOST_TEXTS, 0, "most_texts is 0: it must be 1 to 2.14748365e+09"},
        {BP_DATA_MOST_RECORD, 0, "most_record is 0: it must be 1 to 9.00719925e+15"},
        {BP_DATA_MOST_RECORD, 0x1p54, "most_record is 1.80143985e+16: it must be 1 to 9.00719925e+15"},
        {BP_DATA_MOST_RATIO, 0.5, "most_ratio is 0.5: it must be 1 to 2.14748365e+09"},
        {BP_DATA_MOST_CLASSES, 1, "most_classes is 1: it must be 2 to 2.14748365e+09"},
        {BP_DATA_MOST_CLASSES, 2147483648.0, "most_classes is 2.14748365e+09: it must be 2 to 2.14748365e+09"},
        {BP_DATA_IS_SPARSE, 0, "is_sparse can only be read"},
        {BP_DATA_IS_WEIGHTED, 1, "is_weighted can only be read"},
        {BP_FAMILY_DATA_OPTION, 0, "a data set has no option 8000"},
    };
    static const struct {
        int32_t key;
        double initial;
    } options[] = {
        {BP_DATA_SEPARATOR, 0},
        {BP_DATA_HEADER, -1},
        {BP_DATA_MISSING, BP_MISSING_REFUSE},
        {BP_DATA_CLASS, -1},
        {BP_DATA_NUMBERS, -1},
        {BP_DATA_MOST_TEXTS, 1000},
        {BP_DATA_MOST_CLASSES, 1000000},
        {BP_DATA_MOST_RECORD, 16777216},
        {BP_DATA_MOST_RATIO, 100},
        {BP_DATA_IS_SPARSE, 0},
        {BP_DATA_IS_WEIGHTED, 0},
    };
    bp_data *data = NULL;
    double value = 0;
    (void)state;
    assert_int_equal(bp_data_create(&data, NULL), BP_OK);
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(bp_data_set(data, cases[i].key, cases[i].value), BP_ERR_ARG);
        assert_string_equal(bp_last_error() + strlen("bp_data_set: "), cases[i].sentence);
    }
    for (size_t i = 0; i < COUNT(options); i++) {
        assert_int_equal(bp_data_get(data, options[i].key, &value), BP_OK);
        assert_true(value == options[i].initial);
    }
    assert_int_equal(bp_data_set(data, BP_DATA_SEPARATOR, ';'), BP_OK);
    assert_int_equal(bp_data_get(data, BP_DATA_SEPARATOR, &value), BP_OK);
    assert_true(value == ';');
    assert_int_equal(bp_data_get(data, BP_FAMILY_DATA_OPTION, &value), BP_ERR_ARG);
    assert_int_equal(bp_data_get(data, BP_DATA_HEADER, NULL), BP_ERR_ARG);
    assert_int_equal(bp_data_get(NULL, BP_DATA_HEADER, &value), BP_ERR_ARG);
    assert_int_equal(bp_data_set(NULL, BP_DATA_HEADER, 1), BP_ERR_ARG);
    bp_data_destroy(data);
}

/* A separator that is set is the only one, and the parts of a split keep the options. */
static void a_separator_may_be_set(void **state)
{
    struct set set;
    (void)state;
    set_begin(&set);
    assert_int_equal(bp_data_set(set.data, BP_DATA_SEPARATOR, ':'), BP_OK);
    set_reads(&set, text_file("1:a;b\n2:c,d\n"), "2");
    assert_string_equal(bp_data_name(set.data, BP_TEXT_CLASS, 0), "a;b");
    assert_string_equal(bp_data_name(set.data, BP_TEXT_CLASS, 1), "c,d");
    assert_int_equal(bp_data_set(set.data, BP_DATA_SEPARATOR, ' '), BP_OK);
    set_reads(&set, text_file("1\t\t2  \n3 \t 4\n"), "2");
    assert_true(input_at(set.data, 1, 0) == 3 && target_at(set.data, 1, 0) == 4);
    set_end(&set);
}

const struct CMUnitTest csv_tests[] = {
    cmocka_unit_test(all_of_these_are_one_table),
    cmocka_unit_test(quoted_fields_hold_anything),
    cmocka_unit_test(the_buffer_ends_anywhere),
    cmocka_unit_test(a_header_is_found),
    cmocka_unit_test(targets_by_number_and_name),
    cmocka_unit_test(a_target_may_have_a_number_of_several_digits),
    cmocka_unit_test(a_name_may_look_like_anything_in_quotes),
    cmocka_unit_test(classes_are_in_order),
    cmocka_unit_test(many_classes_stay_distinct),
    cmocka_unit_test(missing_values_go_by_the_policy),
    cmocka_unit_test(the_mean_of_large_numbers_is_finite),
    cmocka_unit_test(the_first_value_decides_whether_it_is_a_class),
    cmocka_unit_test(known_tables_are_read),
    cmocka_unit_test(other_data_sets_keep_their_rows),
    cmocka_unit_test(a_failed_load_leaves_a_sentence_and_no_data_set),
    host_masked_test(options_have_bounds),
    cmocka_unit_test(a_separator_may_be_set),
};
const size_t csv_test_count = COUNT(csv_tests);
