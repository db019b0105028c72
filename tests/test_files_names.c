/* SPDX-License-Identifier: MIT
 *
 * Names of columns and classes have one bound everywhere. A name that is accepted can be saved and loaded again. A name
 * that is longer, or no UTF-8, is refused where it comes in. */
#define _DEFAULT_SOURCE /* mkstemp */
#include "files_fixture.h"
#include "read_file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 10000, CAPACITY = MOST + 16 };

static char csv_path[] = "/tmp/bp-names-XXXXXX", net_path[64];

static int begin(void **state)
{
    (void)state;
    const int file = mkstemp(csv_path);
    snprintf(net_path, sizeof(net_path), "%s.net", csv_path);
    return file < 0 || close(file) != 0;
}

static int end(void **state)
{
    (void)state;
    remove(net_path);
    return remove(csv_path);
}

/* ---- names of any length */

/* `size` bytes that do not begin like a number, and that become escapes in a file. */
static const char *name_of(size_t size)
{
    static char name[CAPACITY];
    assert_true(size > 0 && size < CAPACITY);
    memset(name, '\x01', size);
    name[0] = 'n';
    name[size] = '\0';
    return name;
}

/* A table: head, the name, and tail. */
static void write_csv(const char *head, const char *name, const char *tail)
{
    FILE *file = fopen(csv_path, "wb");
    assert_non_null(file);
    assert_true(fputs(head, file) >= 0 && fputs(name, file) >= 0 && fputs(tail, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* ---- what was read is saved and loaded again */

static void same_name(const char *of_net, const char *of_data)
{
    if (of_data)
        assert_string_equal(of_net, of_data);
}

static void same_names(const bp_net *net, const bp_data *data)
{
    for (size_t i = 0; i < bp_net_inputs(net); i++)
        same_name(bp_net_name(net, BP_TEXT_INPUT, i), bp_data_name(data, BP_TEXT_INPUT, i));
    for (size_t i = 0; i < bp_data_classes(data); i++)
        same_name(bp_net_name(net, BP_TEXT_CLASS, i), bp_data_name(data, BP_TEXT_CLASS, i));
    for (size_t i = 0; bp_data_classes(data) == 0 && i < bp_net_outputs(net); i++)
        same_name(bp_net_name(net, BP_TEXT_OUTPUT, i), bp_data_name(data, BP_TEXT_OUTPUT, i));
}

/* By a training, as a file of the net and as a checkpoint. */
static void comes_back(const bp_data *data, int32_t dtype)
{
    const bool classes = bp_data_classes(data) > 0;
    const struct any_layer layer = {bp_data_outputs(data), classes ? BP_ACT_SOFTMAX : BP_ACT_IDENTITY, 0, 0};
    bp_net *net = any_net(dtype, bp_data_inputs(data), &layer, 1, 1), *loaded = NULL;
    bp_train *train = NULL, *resumed = NULL;
    any_ok(bp_net_set(net, BP_OPT_LOSS, classes ? BP_LOSS_CROSS_ENTROPY : BP_LOSS_SQUARED));
    assert_int_equal(bp_train_create(&train, net, data, NULL), BP_OK);
    assert_int_equal(bp_train_epoch(train), BP_OK);
    same_names(net, data);
    any_ok(bp_net_save(net, net_path));
    any_ok(bp_net_load(&loaded, net_path));
    same_names(loaded, data);
    bp_net_destroy(loaded);
    assert_int_equal(bp_train_save(train, net_path), BP_OK);
    any_ok(bp_net_load(&loaded, net_path));
    any_ok(bp_train_create(&resumed, loaded, data, NULL));
    any_ok(bp_train_load(resumed, net_path));
    same_names(loaded, data);
    bp_train_destroy(resumed);
    bp_train_destroy(train);
    bp_net_destroy(loaded);
    bp_net_destroy(net);
}

/* ---- tables of text */

/* The place of a name in a table, and the place that the sentence gives. The name of an input is `more` bytes
 * longer. */
static const struct table {
    const char *head, *tail, *targets, *place, *what;
    size_t more;
} tables[] = {
    {"", ",t\n1,2\n3,4\n", "2", ", line 1, column 1", "the name", 0},
    {"x,", "\n1,2\n3,4\n", "2", ", line 1, column 2", "the name", 0},
    {"\nx,", "\n1,a\n3,b\n", "2", ", line 2, column 2", "the name", 0},
    {"1,a\n2,", "\n3,b\n", "2", ", line 2, column 2", "the class", 0},
    {"c,t\na,1\n", ",2\nb,3\n", "t", ", line 3, column 1", "the input's name, NAME=TEXT,", 2},
    {"a,1\n", ",2\nb,3\n", "2", ", line 2, column 1", "the input's name, NAME=TEXT,", 2},
};

static void names_that_a_table_may_have_are_saved_and_loaded(void **state)
{
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        bp_data *data = NULL;
        write_csv(tables[i].head, name_of(MOST - tables[i].more), tables[i].tail);
        if (load_csv(&data, csv_path, tables[i].targets) != BP_OK)
            fail_msg("table %zu: %s", i, bp_last_error());
        comes_back(data, any_dtype(state));
        bp_data_destroy(data);
    }
}

static void refused(const struct table *table, const char *name, const char *problem)
{
    bp_data *data = NULL;
    write_csv(table->head, name, table->tail);
    const bp_status status = load_csv(&data, csv_path, table->targets);
    const char *sentence = bp_last_error(), *place = strstr(sentence, table->place), *end = sentence + strlen(sentence);
    const size_t size = strlen(table->what) + 1 + strlen(problem);
    if (status != BP_ERR_FORMAT || !place || strlen(sentence) < size || !strstr(end - size, table->what) ||
        !strstr(end - size, problem))
        fail_msg("%s: %d, %s", table->place, (int)status, sentence);
    bp_data_destroy(data);
}

static void longer_names_of_a_table_are_refused_by_line_and_column(void **state)
{
    static char longest[200000];
    (void)state;
    memset(longest, 'x', sizeof(longest) - 1);
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        refused(&tables[i], name_of(MOST + 1 - tables[i].more), "has more than 10000 bytes");
        refused(&tables[i], longest, "has more than 10000 bytes");
    }
}

static void names_of_a_table_that_are_not_utf_8_are_refused(void **state)
{
    static const char *const bad[] = {"K\xf6ln", "a\xe2\x82", "\xed\xa0\x80", "\xff"};
    (void)state;
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
        for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++) {
            struct table table = tables[i];
            table.what = tables[i].more > 0 ? "the text" : tables[i].what;
            refused(&table, bad[k], "is not UTF-8");
        }
}

/* A number that is read as one has no name. */
static void a_number_may_be_longer_than_a_name(void **state)
{
    static char number[3 * MOST];
    bp_data *data = NULL;
    (void)state;
    memset(number, '0', sizeof(number) - 1);
    number[sizeof(number) - 2] = '7';
    write_csv("", number, ",1\n2,3\n");
    assert_int_equal(load_csv(&data, csv_path, NULL), BP_OK);
    assert_int_equal(bp_data_copy_inputs(data, 0, 1, BP_F64, (double[2]){0}), BP_OK);
    bp_data_destroy(data);
}

/* ---- names that the caller sets */

static bp_status set_name(bp_net *net, size_t kind, const char *name)
{
    const char *const names[] = {NULL, name};
    return any_set_names(net, kind == 0 ? names : NULL, kind == 1 ? names : NULL, kind == 2 ? names : NULL);
}

static const char *name_at(const bp_net *net, size_t kind)
{
    return kind == 0   ? bp_net_name(net, BP_TEXT_INPUT, 1)
           : kind == 1 ? bp_net_name(net, BP_TEXT_OUTPUT, 1)
                       : bp_net_name(net, BP_TEXT_CLASS, 1);
}

static void names_that_a_net_may_have_are_saved_and_loaded(void **state)
{
    const struct any_layer layer = {2, BP_ACT_SOFTMAX, 0, 0};
    for (size_t kind = 0; kind < 3; kind++) {
        bp_net *net = any_net(any_dtype(state), 2, &layer, 1, 1), *loaded = NULL;
        any_ok(set_name(net, kind, name_of(MOST)));
        const struct file file = files_save(net);
        any_ok(bp_net_load_memory(&loaded, file.bytes, file.size, NULL));
        assert_string_equal(name_at(loaded, kind), name_of(MOST));
        free(file.bytes);
        bp_net_destroy(loaded);
        bp_net_destroy(net);
    }
}

static void other_names_are_not_set(void **state)
{
    static const char *const words[] = {"input", "output", "class"};
    static const char *const bad[] = {"\xff", "\xc3", "\xc0\x80", "\xed\xa0\x80", "a\xe2\x82", "\xf4\x90\x80\x80"};
    const struct any_layer layer = {2, BP_ACT_SOFTMAX, 0, 0};
    char sentence[80];
    for (size_t kind = 0; kind < 3; kind++) {
        bp_net *net = any_net(any_dtype(state), 2, &layer, 1, 1);
        any_ok(set_name(net, kind, "kept"));
        assert_int_equal(set_name(net, kind, name_of(MOST + 1)), BP_ERR_ARG);
        snprintf(sentence, sizeof(sentence), "bp_net_set_name: the name of %s 1 has more than 10000 bytes",
                 words[kind]);
        assert_string_equal(bp_last_error(), sentence);
        for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
            assert_int_equal(set_name(net, kind, bad[i]), BP_ERR_ARG);
            snprintf(sentence, sizeof(sentence), "bp_net_set_name: the name of %s 1 is not UTF-8", words[kind]);
            assert_string_equal(bp_last_error(), sentence);
        }
        assert_string_equal(name_at(net, kind), "kept");
        bp_net_destroy(net);
    }
}

/* ---- names in a file */

static void longer_names_in_a_file_are_refused(void **state)
{
    static char key[CAPACITY + 64], longer[CAPACITY + 64];
    const struct any_layer layer = {2, BP_ACT_SOFTMAX, 0, 0};
    for (size_t kind = 0; kind < 3; kind++) {
        bp_net *net = any_net(any_dtype(state), 2, &layer, 1, 1);
        char sentence[256], plain[MOST + 1];
        memset(plain, 'n', MOST);
        plain[MOST] = '\0';
        any_ok(set_name(net, kind, plain));
        struct file file = files_save(net);
        unsigned char *whole = file.bytes;
        snprintf(key, sizeof(key), "\"%s\"", plain);
        snprintf(longer, sizeof(longer), "\"%sn\"", plain);
        file = files_edit(file, key, longer);
        free(whole);
        assert_int_equal(files_try(file, sentence, sizeof(sentence)), BP_ERR_FORMAT);
        assert_non_null(strstr(sentence, kind == 0   ? "\"bp.input.1.name\""
                                         : kind == 1 ? "\"bp.output.1.name\""
                                                     : "\"bp.class.1.name\""));
        assert_non_null(strstr(sentence, "has more than 10000 bytes"));
        free(file.bytes);
        bp_net_destroy(net);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(names_that_a_table_may_have_are_saved_and_loaded),
        cmocka_unit_test(longer_names_of_a_table_are_refused_by_line_and_column),
        cmocka_unit_test(names_of_a_table_that_are_not_utf_8_are_refused),
        cmocka_unit_test(a_number_may_be_longer_than_a_name),
        ANY_BOTH(names_that_a_net_may_have_are_saved_and_loaded),
        ANY_BOTH(other_names_are_not_set),
        ANY_BOTH(longer_names_in_a_file_are_refused),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
