/* SPDX-License-Identifier: MIT
 *
 * CSV files: columns of text among the inputs, and which columns are the target. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "readers_fixture.h"
#include "read_file.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { MOST_TEXTS = 1000, CAPACITY = 2048 };

static void begin(struct set *set, int32_t missing, int32_t header)
{
    set_begin(set);
    assert_int_equal(bp_data_set(set->data, BP_DATA_MISSING, missing), BP_OK);
    assert_int_equal(bp_data_set(set->data, BP_DATA_HEADER, header), BP_OK);
}

/* The names of the inputs with bars between them, a colon, and the rows in hundredths: "a=x|b: 100 50, 0 20". */
static const char *table_of(const bp_data *data)
{
    static char text[CAPACITY];
    size_t used = 0;
    for (size_t i = 0; i < bp_data_inputs(data); i++) {
        const char *name = bp_data_name(data, BP_TEXT_INPUT, i);
        used += (size_t)snprintf(text + used, CAPACITY - used, "%s%s", i > 0 ? "|" : "", name ? name : "-");
    }
    for (size_t row = 0; row < bp_data_rows(data); row++)
        for (size_t i = 0; i < bp_data_inputs(data); i++)
            used += (size_t)snprintf(text + used, CAPACITY - used, "%s%ld",
                                     i > 0     ? " "
                                     : row > 0 ? ", "
                                               : ": ",
                                     lround(100 * input_at(data, row, i)));
    assert_true(used < CAPACITY);
    return text;
}

struct reading {
    const char *text, *targets, *table;
};

static void reads(const struct reading *reading, int32_t missing, int32_t header)
{
    struct set set;
    begin(&set, missing, header);
    set_reads(&set, text_file(reading->text), reading->targets);
    assert_string_equal(table_of(set.data), reading->table);
    set_end(&set);
}

static void refuses(const char *text, const char *targets, int32_t missing, int32_t header, const char *rest)
{
    struct set set;
    const char *path = text_file(text);
    begin(&set, missing, header);
    errno = SENTINEL;
    set_refuses(&set, BP_ERR_FORMAT, read_csv(set.data, path, targets), "bp_data_next", path, rest);
    set_end(&set);
}

/* ---- what becomes of text */

static void every_text_is_an_input(void **state)
{
    static const struct reading cases[] = {
        {"M,1\nF,2\nM,3\n", NULL, "1=F|1=M|2: 0 100 100, 100 0 200, 0 100 300"},
        {"1,M\n2,F\n3,M\n", "1", "2=F|2=M: 0 100, 100 0, 0 100"},
        {"k,m,M\n2,x,a\n3,y,b\n", NULL, "k|m=x|m=y|M=a|M=b: 200 100 0 100 0, 300 0 100 0 100"},
        {"m,k,m\nx,2,y\ny,3,y\n", "k", "m=x|m=y|m=y: 100 0 100, 0 100 100"},
        {"x,2,z\nx,3,y\n", "-1", "1=x|2: 100 200, 100 300"},
        {"k,,\n1,x,2\n", NULL, "k|2=x|3: 100 100 200"},
        {"k\n\"a, b\"\n\"c\nd\"\n a\n", NULL, "k=a|k=a, b|k=c\nd: 0 100 0, 0 0 100, 100 0 0"},
        {"1,NA x\n2,n\n", NULL, "1|2=NA x|2=n: 100 100 0, 200 0 100"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        reads(&cases[i], BP_MISSING_REFUSE, -1);
}

/* Not the order of the classes, in which numbers are ordered by value. */
static void the_order_is_that_of_bytes(void **state)
{
    struct set set;
    (void)state;
    reads(&(struct reading){"k\nb\n9\n10\nB\n\xc3\xa9\n-1\n", NULL,
                            "k=-1|k=10|k=9|k=B|k=b|k=\xc3\xa9: 0 0 0 0 100 0, 0 0 100 0 0 0, 0 100 0 0 0 0, "
                            "0 0 0 100 0 0, 0 0 0 0 0 100, 100 0 0 0 0 0"},
          BP_MISSING_REFUSE, -1);
    read_text(&set, "a,b\nx,x\n10,10\n9,9\n", "b");
    assert_string_equal(table_of(set.data), "a=10|a=9|a=x: 0 0 100, 100 0 0, 0 100 0");
    assert_string_equal(bp_data_name(set.data, BP_TEXT_CLASS, 0), "9");
    assert_int_equal(label_at(set.data, 0), 2);
    set_end(&set);
}

/* texts-encoded.csv is texts.csv as scikit-learn encodes it: the same names, and the same numbers except the last
 * bits of means. */
static void inputs_are_those_of_scikit_learn(void **state)
{
    struct set set, encoded;
    (void)state;
    begin(&set, BP_MISSING_MEAN, -1);
    set_reads(&set, source_file("tests/vectors/texts.csv"), "rings");
    begin(&encoded, BP_MISSING_REFUSE, -1);
    set_reads(&encoded, source_file("tests/vectors/texts-encoded.csv"), NULL);
    const size_t inputs = bp_data_inputs(encoded.data), rows = bp_data_rows(encoded.data);
    assert_int_equal(bp_data_inputs(set.data), inputs);
    assert_int_equal(bp_data_rows(set.data), rows);
    assert_int_equal(bp_data_outputs(set.data), 1);
    for (size_t i = 0; i < inputs; i++) {
        assert_string_equal(bp_data_name(set.data, BP_TEXT_INPUT, i), bp_data_name(encoded.data, BP_TEXT_INPUT, i));
        for (size_t row = 0; row < rows; row++)
            assert_true(fabs(input_at(set.data, row, i) - input_at(encoded.data, row, i)) < 1e-15);
    }
    assert_true(target_at(set.data, 0, 0) == 2);
    set_end(&set);
    set_end(&encoded);
}

/* ---- missing values */

static void a_missing_text_goes_by_the_policy(void **state)
{
    static const struct {
        int32_t missing;
        struct reading reading;
    } cases[] = {
        {BP_MISSING_DROP, {"k,x\na,1\n?,2\nb,\na,3\n", NULL, "k=a|x: 100 100, 100 300"}}, /* nobody is left to be b */
        {BP_MISSING_DROP, {"k,x\na,\n5,2\n6,3\n", NULL, "k=5|k=6|x: 100 0 200, 0 100 300"}},
        {BP_MISSING_DROP, {"k,x\na,1\n?,2\nb,3\n", NULL, "k=a|k=b|x: 100 0 100, 0 100 300"}}, /* b is there */
        {BP_MISSING_MEAN,
         {"k,x\na,1\n,2\na,3\nb,4\na,\n", NULL, "k=a|k=b|x: 100 0 100, 75 25 200, 100 0 300, 0 100 400, 100 0 250"}},
        {BP_MISSING_MEAN, {"k,x\nNA,1\nnull,2\nb,3\n", NULL, "k=b|x: 100 100, 100 200, 100 300"}},
        {BP_MISSING_MEAN, {"k,x\na,?\nb,2\nNA,3\n", "x", "k=b: 100, 100"}},
        {BP_MISSING_MEAN, {"k,x\n?,1\n2,2\n4,3\n", NULL, "k|x: 300 100, 200 200, 400 300"}},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        reads(&cases[i].reading, cases[i].missing, -1);
    refuses("k,x\na,1\nNA,2\n", NULL, BP_MISSING_REFUSE, -1,
            ", line 3, column 1 (k): the value is missing (\"NA\"): set BP_DATA_MISSING to drop the row or take the "
            "mean");
    refuses("k,x\na,?\n,2\n", "x", BP_MISSING_MEAN, -1,
            ", column 1 (k): every value is missing: the column has no mean");
}

/* ---- what is refused */

static void text_after_a_number_is_refused(void **state)
{
    (void)state;
    refuses("k,x\n1,1\n\n2,a\n", NULL, BP_MISSING_REFUSE, -1,
            ", line 4, column 2 (x): \"a\" is no number: the first value of the column is a number");
    refuses("k,x\n?,1\n2,1\nb,1\n", NULL, BP_MISSING_MEAN, -1,
            ", line 4, column 1 (k): \"b\" is no number: the first value of the column is a number");
    refuses("1,5;2\n1,7;3\n", NULL, BP_MISSING_REFUSE, -1,
            ", line 1, column 1: \"1,5\" is no number: it needs a decimal point");
    refuses("2;1,5\n3;1,7\n", "2", BP_MISSING_REFUSE, -1,
            ", line 1, column 2: \"1,5\" is no number: it needs a decimal point");
}

/* A line of names with a number among them is not found to be one; what it would do to the columns is. */
static void a_name_is_no_text(void **state)
{
    static const char text[] = "2019,a\n\n1,3\n2,4\n";
    (void)state;
    refuses(
        text, NULL, BP_MISSING_REFUSE, -1,
        ", line 1, column 2: \"a\" is followed by numbers only: if it is a name, set BP_DATA_HEADER to 1, else to 0");
    refuses(
        "\n\n1,inf\n1,?\n2,4\n", NULL, BP_MISSING_MEAN, -1,
        ", line 3, column 2: \"inf\" is followed by numbers only: if it is a name, set BP_DATA_HEADER to 1, else to "
        "0");
    reads(&(struct reading){text, NULL, "2019|a: 100 300, 200 400"}, BP_MISSING_REFUSE, 1);
    reads(&(struct reading){text, NULL, "1|2=3|2=4|2=a: 201900 0 0 100, 100 100 0 0, 200 0 100 0"}, BP_MISSING_REFUSE,
          0);
    reads(&(struct reading){"1,a\n2,4\n3,a\n", NULL, "1|2=4|2=a: 100 0 100, 200 100 0, 300 0 100"}, BP_MISSING_REFUSE,
          -1);
    reads(&(struct reading){"1,a\n", NULL, "1|2=a: 100 100"}, BP_MISSING_REFUSE, -1);
    reads(&(struct reading){"1,a\n2,?\n", NULL, "1|2=a: 100 100, 200 100"}, BP_MISSING_MEAN, -1);
}

/* The bound holds for each of two columns: so many texts are accepted, one more in one column is refused. */
static void there_is_a_most_of_texts(void **state)
{
    enum { LINE = 32 };
    static char text[(MOST_TEXTS + 2) * LINE];
    struct set set;
    size_t used = (size_t)snprintf(text, LINE, "k,name,l\n");
    (void)state;
    for (int i = 0; i < MOST_TEXTS; i++)
        used += (size_t)snprintf(text + used, LINE, "%d,n%d,l%d\n", i, i * 7 % MOST_TEXTS, i);
    read_text(&set, text, "k");
    assert_int_equal(bp_data_inputs(set.data), 2 * MOST_TEXTS);
    assert_string_equal(bp_data_name(set.data, BP_TEXT_INPUT, 2), "name=n10");
    assert_string_equal(bp_data_name(set.data, BP_TEXT_INPUT, MOST_TEXTS + 3), "l=l100");
    assert_true(input_at(set.data, MOST_TEXTS - 1, 0) == 0 && input_at(set.data, 0, MOST_TEXTS) == 1);
    set_end(&set);
    snprintf(text + used, LINE, "0,more,l0\n");
    refuses(text, "k", BP_MISSING_REFUSE, -1,
            ", line 1002, column 2 (name): there are more than 1000 different texts: should this column be an input? "
            "BP_DATA_MOST_TEXTS allows more");
    used = (size_t)snprintf(text, LINE, "2019,a\n");
    for (int i = 0; i <= MOST_TEXTS; i++)
        used += (size_t)snprintf(text + used, LINE, "1,%d\n", i);
    refuses(
        text, NULL, BP_MISSING_REFUSE, -1,
        ", line 1, column 2: \"a\" is followed by numbers only: if it is a name, set BP_DATA_HEADER to 1, else to 0");
    read_text(&set, text, "2"); /* classes have no such bound */
    assert_int_equal(bp_data_classes(set.data), MOST_TEXTS + 2);
    set_end(&set);
}

/* ---- cut off */

static void a_table_with_text_may_end_anywhere(void **state)
{
    static const char whole[] = "\xef\xbb\xbfk,\"m \"\"1\"\"\",x\r\n\"a\nb\",c,1\r\n\r\nd,c,-2\r\nd,\"e,f\",3\r\n";
    (void)state;
    for (size_t size = 0; size < sizeof(whole); size++) {
        struct set set;
        const char *path = file_of(0, whole, size);
        set_begin(&set);
        errno = SENTINEL;
        const bp_status status = read_csv(set.data, path, "x");
        assert_int_equal(errno, SENTINEL);
        if (status == BP_OK) {
            assert_in_range(bp_data_rows(set.data), 1, 3);
            assert_true(input_at(set.data, 0, 0) == 1 && target_at(set.data, 0, 0) == 1);
            for (size_t row = 0; row < bp_data_rows(set.data); row++) {
                double sum = 0;
                for (size_t i = 0; i < bp_data_inputs(set.data); i++)
                    sum += input_at(set.data, row, i);
                assert_true(sum == 2); /* one text of each column */
            }
        } else {
            if (status != BP_ERR_FORMAT && status != BP_ERR_ARG)
                fail_msg("of %zu bytes: %d", size, (int)status);
            set_is_unchanged(&set);
        }
        set_end(&set);
    }
}

/* ---- ranges of columns */

/* Columns a to d, and one whose name has points and a blank. */
static void targets_may_be_ranges(void **state)
{
    static const struct {
        const char *target, *outputs; /* by their first letters */
    } cases[] = {
        {"2..3", "bc"},         {"b..c", "bc"},      {"-2..", "de"},        {"..2", "ab"},
        {"3..3", "c"},          {"-3..-2,a", "cda"}, {"a..'d'", "abcd"},    {"'b'..c", "bc"},
        {"'b'..'c',-1", "bce"}, {"\"e..f g\"", "e"}, {"d..'e..f g'", "de"},
    };
    static const struct {
        const char *target, *rest;
    } refused[] = {
        {"..", ": target \"..\" leaves none of the 5 columns for the inputs"},
        {"3..2", ": target: the range from column 3 to column 2 is empty"},
        {"1..6", ": target: there is no column 6: they are 1 to 5, or -1 to -5"},
        {"0..2", ": target: there is no column 0: they are 1 to 5, or -1 to -5"},
        {"a..x", ": target: no column is called \"x\": the first of 5 is \"a\", the last is \"e..f g\""},
        {"1..3,2", ", column 2 (b): target names this column twice"},
        {"a..b..c", ": target: no column is called \"b..c\": the first of 5 is \"a\", the last is \"e..f g\""},
        {"e..f", ": target: no column is called \"e\": the first of 5 is \"a\", the last is \"e..f g\""},
    };
    const char *path = text_file("a,b,c,d,e..f g\n1,2,3,4,5\n");
    char text[64];
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        bp_data *data = NULL;
        snprintf(text, sizeof(text), "target=%s", cases[i].target);
        if (bp_data_load(&data, path, text) != BP_OK)
            fail_msg("%s", bp_last_error());
        assert_int_equal(bp_data_outputs(data), strlen(cases[i].outputs));
        for (size_t k = 0; cases[i].outputs[k]; k++)
            assert_int_equal(bp_data_name(data, BP_TEXT_OUTPUT, k)[0], cases[i].outputs[k]);
        bp_data_destroy(data);
    }
    for (size_t i = 0; i < COUNT(refused); i++) {
        struct set set;
        set_begin(&set);
        snprintf(text, sizeof(text), "target=%s", refused[i].target);
        assert_int_equal(bp_data_set_text(set.data, text), BP_OK);
        assert_int_equal(bp_data_open(set.data, path), BP_OK);
        errno = SENTINEL;
        set_refuses(&set, BP_ERR_ARG, bp_data_next(set.data, 0), "bp_data_next", path, refused[i].rest);
        set_end(&set);
    }
}

static void a_class_is_as_the_option_says(void **state)
{
    static const struct {
        const char *text, *options;
        size_t classes; /* 0: numbers */
    } cases[] = {
        {"1,5\n2,6\n", "target=2", 0}, {"1,5\n2,6\n", "target=2 class=yes", 2}, {"1,5\n2,6\n", "target=2 class=no", 0},
        {"1,a\n2,b\n", "target=2", 2}, {"1,a\n2,b\n", "target=2 class=yes", 2}, {"1,5\n2,6\n", "class=yes", 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        bp_data *data = NULL;
        if (bp_data_load(&data, text_file(cases[i].text), cases[i].options) != BP_OK)
            fail_msg("%s", bp_last_error());
        assert_int_equal(bp_data_classes(data), cases[i].classes);
        bp_data_destroy(data);
    }
    struct set set;
    const char *path = text_file("1,a\n2,b\n");
    set_begin(&set);
    assert_int_equal(bp_data_set_text(set.data, "target=2 class=no"), BP_OK);
    assert_int_equal(bp_data_open(set.data, path), BP_OK);
    errno = SENTINEL;
    set_refuses(&set, BP_ERR_FORMAT, bp_data_next(set.data, 0), "bp_data_next", path,
                ", line 1, column 2: \"a\" is no number: class=yes makes the target a class");
    set_end(&set);
}

const struct CMUnitTest csv_text_tests[] = {
    cmocka_unit_test(targets_may_be_ranges),
    cmocka_unit_test(a_class_is_as_the_option_says),
    cmocka_unit_test(every_text_is_an_input),
    cmocka_unit_test(the_order_is_that_of_bytes),
    cmocka_unit_test(inputs_are_those_of_scikit_learn),
    cmocka_unit_test(a_missing_text_goes_by_the_policy),
    cmocka_unit_test(text_after_a_number_is_refused),
    cmocka_unit_test(a_name_is_no_text),
    cmocka_unit_test(there_is_a_most_of_texts),
    cmocka_unit_test(a_table_with_text_may_end_anywhere),
};
const size_t csv_text_test_count = COUNT(csv_text_tests);
