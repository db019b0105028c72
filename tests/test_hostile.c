/* SPDX-License-Identifier: MIT
 *
 * Names, texts and paths of an attacker, from tables, arrays and calls. They are kept byte for byte. But no sentence
 * and no description has a byte of theirs that a terminal or a log would obey, and none ends in half a character. */
#include "hostile_fixture.h"
#include "read_file.h"

#include <sys/stat.h>
#include <unistd.h>

/* ---- a net's own names */

static void a_description_has_no_byte_of_a_name_that_does_not_print(void **state)
{
    const struct any_layer layer = {2, BP_ACT_SOFTMAX, 0, 0};
    const double center[] = {1, 2}, factor[] = {3, 0};
    static char text[TEXT], plain[TEXT];
    bp_net *net = any_net(any_dtype(state), 2, &layer, 1, 1);
    any_ok(any_set_scaling(net, center, factor, NULL, NULL));
    FOR_NAMES(i)
    {
        const char *const names[] = {hostile[i].text, hostile[i].text}, *const others[] = {"a", "b"};
        any_ok(any_set_names(net, others, others, others));
        any_ok(bp_net_describe(net, plain, sizeof(plain), NULL));
        any_ok(any_set_names(net, names, names, names));
        assert_string_equal(bp_net_name(net, BP_TEXT_INPUT, 1), hostile[i].text);
        assert_string_equal(bp_net_name(net, BP_TEXT_OUTPUT, 1), hostile[i].text);
        assert_string_equal(bp_net_name(net, BP_TEXT_CLASS, 1), hostile[i].text);
        any_ok(bp_net_describe(net, text, sizeof(text), NULL));
        check_clean(text, true, __LINE__);
        assert_int_equal(count_lines(text), count_lines(plain));
    }
    bp_net_destroy(net);
}

/* ---- tables of text */

static size_t check_findings(bp_train *train)
{
    size_t findings = 0;
    assert_int_equal(bp_train_diagnose(train, &findings), BP_OK);
    for (size_t i = 0; i < findings; i++)
        SENTENCE(bp_train_finding_text(train, i));
    return findings;
}

static void findings_and_sentences_about_columns_are_clean(void **state)
{
    const int32_t dtype = any_dtype(state);
    FOR_NAMES(i)
    {
        bp_data *data = table_of(hostile[i].text);
        bp_net *net = regression(dtype, BP_ACT_SIGMOID);
        bp_train *train = NULL;
        double value;
        const size_t size = strlen(hostile[i].text);
        for (size_t k = 0; k < 2; k++) {
            assert_memory_equal(bp_data_name(data, BP_TEXT_INPUT, k), hostile[i].text, size);
            assert_int_equal(bp_data_name(data, BP_TEXT_INPUT, k)[size], 'a' + (int)k);
        }
        any_ok(bp_net_set(net, BP_OPT_RAW, 1));
        any_ok(bp_train_create(&train, net, data, NULL));
        assert_int_equal(check_findings(train), 3); /* scale, constant, range of the target */
        bp_train_destroy(train);
        const char *const names[] = {hostile[i == 0 ? 1 : 0].text, NULL};
        any_ok(any_set_names(net, names, names, NULL));
        REFUSED(bp_train_create(&train, net, data, NULL), bp_last_error());
        REFUSED(bp_net_evaluate(net, data, BP_METRIC_MSE, &value), bp_last_error());
        bp_net_destroy(net);
        bp_data_destroy(data);
    }
}

/* A column that cannot be scaled is named. */
static void a_column_without_a_scaling_is_named_clean(void **state)
{
    const int32_t dtype = any_dtype(state);
    FOR_NAMES(i)
    {
        for (int target = 0; target < 2; target++) {
            static char text[TEXT];
            bp_net *net = regression(dtype, BP_ACT_IDENTITY);
            bp_data *data = NULL;
            text[0] = '\0';
            put(text, hostile[i].text);
            strcat(text, ",b,");
            put(text, hostile[i].text);
            strcat(text, target ? "\n1,2,1e308\n2,3,-1e308\n" : "\n1e308,2,1\n-1e308,3,2\n");
            any_ok(load_csv(&data, text_file(text), "-1"));
            REFUSED(any_fit_scaling(net, data, BP_SCALE_STANDARD, BP_SCALE_STANDARD), bp_last_error());
            bp_data_destroy(data);
            bp_net_destroy(net);
        }
    }
}

static void classes_are_named_clean(void **state)
{
    const int32_t dtype = any_dtype(state);
    const struct any_layer layer = {2, BP_ACT_SOFTMAX, 0, 0};
    const size_t of_one_class[] = {1, 3};
    FOR_NAMES(i)
    {
        static char text[TEXT];
        bp_data *data = NULL;
        bp_train *train = NULL;
        size_t counts[4];
        bp_net *net = any_net(dtype, 1, &layer, 1, 1);
        any_ok(bp_net_set(net, BP_OPT_LOSS, BP_LOSS_CROSS_ENTROPY));
        text[0] = '\0';
        for (int row = 0; row < 4; row++) {
            snprintf(text + strlen(text), 16, "%d,", row);
            put(text, row % 2 ? "~~~" : hostile[i].text);
            strcat(text, "\n");
        }
        any_ok(load_csv(&data, text_file(text), "2 class=yes"));
        size_t class = strcmp(bp_data_name(data, BP_TEXT_CLASS, 0), "~~~") == 0;
        assert_string_equal(bp_data_name(data, BP_TEXT_CLASS, class), hostile[i].text);
        bp_data *part = any_view(data, of_one_class, COUNT(of_one_class));
        any_ok(bp_train_create(&train, net, part, NULL));
        assert_true(check_findings(train) > 0);
        bp_train_destroy(train);
        const char *const names[] = {"another", "\x1b[31m\nother"};
        any_ok(any_set_names(net, NULL, NULL, names));
        REFUSED(bp_net_confusion(net, data, counts), bp_last_error());
        bp_data_destroy(part);
        bp_data_destroy(data);
        bp_net_destroy(net);
    }
}

static void what_may_be_no_name_is_refused_clean(void **state)
{
    static const char *const rows[] = {"@,b\n1,2\n", "a,b\n1,@\n2,other\n"}, *const targets[] = {"-1", "2 class=yes"};
    const struct any_layer layer = {1, BP_ACT_IDENTITY, 0, 0};
    bp_net *net = any_net(any_dtype(state), 1, &layer, 1, 1);
    size_t tried = 0;
    FOR_HOSTILE(i)
    {
        const char *const names[] = {hostile[i].text};
        if (may_be_name(hostile[i].text))
            continue;
        REFUSED(any_set_names(net, names, NULL, NULL), bp_last_error());
        for (size_t k = 0; k < COUNT(rows); k++) {
            static char text[TEXT];
            bp_data *data = NULL;
            text[0] = '\0';
            for (const char *at = rows[k]; *at; at++)
                strncat(text, *at == '@' ? hostile[i].text : at, *at == '@' ? TEXT / 2 : 1);
            REFUSED(load_csv(&data, text_file(text), targets[k]), bp_last_error());
            bp_data_destroy(data);
        }
        tried++;
    }
    assert_true(tried > 5);
    bp_net_destroy(net);
}

/* Files and targets that are refused, with the text in each place; "@" stands for the text. */
static void texts_of_tables_are_quoted_clean(void **state)
{
    static const struct {
        const char *file, *targets;
    } rows[] = {
        {"a,b\n1,2\n@,3\n", "-1"},
        {"@,b\n1,2\nx,3\n", "-1"},
        {"@,b\n1,2\n?,3\n", NULL},
        {"@,@\n1,2\n", "@"},
        {"@,b,@\n1,2,3\n", "x"},
        {"@,b\n1,2\n", "@,b class=yes"},
        {"1,2\n", "@"},
        {"a,b\n1,2\n", "@"},
        {"a,b\n1,2\n", "@\""},
        {"@,1\n2,1\n3,1\n", NULL},
        {"@,b\n1,\"2\n", "-1"},
        {"@,b\n1,2\n\"3\"x,3\n", "-1"},
        {"@,b\n1,2\n1e999,3\n", NULL},
        {"a,b\n1,2\n@e9,3\n", NULL},
        {"@,b\n,1\n,2\n", NULL},
        {"@,b\n1,2\n", "1,2"},
        {"@,b\n1,2,3\n", NULL},
        {"@,b\n1,x\n2,\"1,5\"\n\"1,5\",4\n", NULL},
    };
    (void)state;
    FOR_HOSTILE(i)
    {
        for (size_t k = 0; k < COUNT(rows); k++) {
            static char text[TEXT], targets[TEXT];
            bp_data *data = NULL;
            text[0] = targets[0] = '\0';
            for (const char *at = rows[k].file; *at; at++)
                if (*at == '@')
                    put(text, hostile[i].text);
                else
                    strncat(text, at, 1);
            for (const char *at = rows[k].targets ? rows[k].targets : ""; *at; at++)
                if (*at == '@')
                    put(targets, hostile[i].text); /* an option text has the quotes of a table */
                else
                    strncat(targets, at, 1);
            const bp_status status = load_csv(&data, text_file(text), rows[k].targets ? targets : NULL);
            if (status == BP_OK)
                fail_msg("row %zu is read", k);
            SENTENCE(bp_last_error());
            bp_data_destroy(data);
        }
    }
}

static void tokens_of_libsvm_files_are_quoted_clean(void **state)
{
    static const char *const rows[] = {"@ 1:1\n", "1 @:1\n", "1 1:@\n", "1 @\n", "1 1:1 @1:2\n", "1@ 1:2\n"};
    (void)state;
    FOR_HOSTILE(i)
    {
        for (size_t k = 0; k < COUNT(rows); k++) {
            static char text[TEXT];
            bp_data *data = NULL;
            text[0] = '\0';
            for (const char *at = rows[k]; *at; at++)
                strncat(text, *at == '@' ? hostile[i].text : at, *at == '@' ? TEXT / 2 : 1);
            REFUSED(load_libsvm(&data, text_file(text), 0), bp_last_error());
            bp_data_destroy(data);
        }
    }
}

/* ---- paths */

static const char *folder(void)
{
    static char path[64];
    snprintf(path, sizeof(path), "hostile-%ld", (long)getpid());
    (void)mkdir(path, 0700);
    return path;
}

/* Every call that reads from a path; it must be refused. */
static void check_path(const char *path, bp_net *net, bp_train *train, bp_data *data)
{
    bp_net *loaded = NULL;
    REFUSED(read_csv(data, path, NULL), bp_last_error());
    REFUSED(read_idx(data, path, path), bp_last_error());
    REFUSED(read_npy(data, path, path), bp_last_error());
    REFUSED(read_npz(data, path, "x", "y"), bp_last_error());
    REFUSED(read_libsvm(data, path, 0), bp_last_error());
    REFUSED(bp_net_load(&loaded, path), bp_last_error());
    bp_net_destroy(loaded);
    REFUSED(bp_net_load_weights(net, path, NULL), bp_last_error());
    REFUSED(bp_train_load(train, path), bp_last_error());
}

static void paths_are_quoted_clean(void **state)
{
    const int32_t dtype = any_dtype(state);
    const char *const base = folder();
    bp_data *data = table_of("x");
    bp_net *net = regression(dtype, BP_ACT_IDENTITY);
    bp_train *train = NULL;
    any_ok(bp_train_create(&train, net, data, NULL));
    FOR_HOSTILE(i)
    {
        static char path[TEXT];
        snprintf(path, sizeof(path), "%s/%s", base, hostile[i].text);
        check_path(path, net, train, data); /* there is none */
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        fputs("\xff", file);
        fclose(file);
        check_path(path, net, train, data); /* there is one, of something else */
        assert_int_equal(unlink(path), 0);
        strcat(path, "/file");
        REFUSED(bp_net_save(net, path), bp_last_error()); /* its folder is missing */
        REFUSED(bp_train_save(train, path), bp_last_error());
        snprintf(path, sizeof(path), "%s/%s", base, hostile[i].text);
        assert_int_equal(mkdir(path, 0700), 0);
        REFUSED(bp_net_save(net, path), bp_last_error()); /* a folder */
        check_path(path, net, train, data);
        assert_int_equal(rmdir(path), 0);
    }
    bp_train_destroy(train);
    bp_net_destroy(net);
    bp_data_destroy(data);
    assert_int_equal(rmdir(base), 0);
}

/* ---- NumPy's files */

static void texts_of_arrays_are_quoted_clean(void **state)
{
    static const char *const rows[] = {
        "{'@': '<f8', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '@', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '<f8', 'fortran_order': @, 'shape': (1,), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': @, }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }@",
        "@",
    };
    (void)state;
    FOR_HOSTILE(i)
    {
        for (size_t k = 0; k < COUNT(rows); k++) {
            static char text[TEXT];
            bp_data *data = NULL;
            memcpy(text, "\x93NUMPY\1\0@@", 11);
            for (const char *at = rows[k]; *at; at++)
                strncat(text + 10, *at == '@' ? hostile[i].text : at, *at == '@' ? TEXT / 2 : 1);
            const size_t size = strlen(text + 10);
            text[8] = (char)(size & 0xff);
            text[9] = (char)(size >> 8);
            REFUSED(load_npy(&data, file_of(0, text, 10 + size), NULL), bp_last_error());
            bp_data_destroy(data);
        }
    }
}

/* An empty archive, and then an archive without a member of the name. */
static void members_of_archives_are_quoted_clean(void **state)
{
    static const char empty[22] = "PK\5\6";
    (void)state;
    FOR_HOSTILE(i)
    {
        bp_data *data = NULL;
        REFUSED(load_npz(&data, file_of(0, empty, sizeof(empty)), hostile[i].text, hostile[i].text), bp_last_error());
        assert_non_null(strstr(bp_last_error(), ", array "));
        bp_data_destroy(data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(a_description_has_no_byte_of_a_name_that_does_not_print),
        ANY_BOTH(findings_and_sentences_about_columns_are_clean),
        ANY_BOTH(a_column_without_a_scaling_is_named_clean),
        ANY_BOTH(classes_are_named_clean),
        ANY_BOTH(what_may_be_no_name_is_refused_clean),
        cmocka_unit_test(texts_of_tables_are_quoted_clean),
        cmocka_unit_test(tokens_of_libsvm_files_are_quoted_clean),
        ANY_BOTH(paths_are_quoted_clean),
        cmocka_unit_test(texts_of_arrays_are_quoted_clean),
        cmocka_unit_test(members_of_archives_are_quoted_clean),
    };
    return cmocka_run_group_tests_name("hostile names", tests, NULL, NULL);
}
