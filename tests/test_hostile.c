/* SPDX-License-Identifier: MIT
 *
 * Names, texts and paths of somebody who means harm, through every door. They are kept byte for byte; but no sentence and no
 * description has a byte of theirs that a terminal or a log would obey, and none ends in half a character. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clean.h"
#include "files_fixture.h"
#include "readers_fixture.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { ROWS = 12, TEXT = 1 << 16 };

#define TEN(text) text text text text text text text text text text
#define LONG(text) TEN(text) TEN(text) TEN(text)

/* Controls of ASCII, of ISO 6429 as UTF-8 and as single bytes, of lines and of directions; what is no UTF-8; and texts that
 * are cut. The quoted forms of CSV files take all of them; JSON takes only those that are `plain`. */
static const struct hostile {
    const char *text;
    bool plain; /* UTF-8 without controls of ASCII */
} hostile[] = {
    {"\x1b[31mred", false},
    {"\x1b]0;title\x07", false},
    {"one\ntwo: all is well", false},
    {"a\tb\vc\fd\be", false},
    {"\x01", false},
    {"\x7f", true},
    {"\xc2\x9b"
     "31m",
     true},
    {"\xc2\x80\xc2\x85\xc2\x9f", true},
    {"\x9b"
     "31m",
     false},
    {"\xff\xfe\x80", false},
    {"\xc3", false},
    {"\xe2\x82", false},
    {"\xf0\x9f\x98", false},
    {"\xc0\x8a", false},
    {"\xed\xa0\x80", false},
    {"\xf4\x90\x80\x80", false},
    {"\xe2\x80\xa8\xe2\x80\xa9", true},
    {"\xe2\x80\xaa\xe2\x80\xab\xe2\x80\xac\xe2\x80\xad\xe2\x80\xae", true},
    {"\xe2\x81\xa6\xe2\x81\xa7\xe2\x81\xa8\xe2\x81\xa9", true},
    {"\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c", true},
    {"\xe2\x80\xae\x1b[2J\n\xc2\x9bm\xff", false},
    {LONG("\xc3\xa4"), true},
    {"x" LONG("\xc3\xa4"), true},
    {LONG("\xe2\x82\xac"), true},
    {"x" LONG("\xe2\x82\xac"), true},
    {"xy" LONG("\xe2\x82\xac"), true},
    {LONG("\xf0\x9f\x98\x80"), true},
    {"x" LONG("\xf0\x9f\x98\x80"), true},
    {"xy" LONG("\xf0\x9f\x98\x80"), true},
    {"xyz" LONG("\xf0\x9f\x98\x80"), true},
    {LONG("\x80"), false},
    {LONG("\x1b"), false},
};

#define FOR_HOSTILE(index) for (size_t index = 0; index < COUNT(hostile); index++)

/* Those that a column or a class may have as its name: UTF-8. */
static bool may_be_name(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    while (*at)
        if (clean_take(&at) == UINT32_MAX)
            return false;
    return true;
}

#define FOR_NAMES(index) FOR_HOSTILE(index) if (may_be_name(hostile[index].text))

static void check_clean(const char *text, bool lines, int line)
{
    const char *fault = clean_fault(text, lines);
    if (fault)
        fail_msg("line %d: byte %02x at %zu of \"%s\"", line, (unsigned)(unsigned char)*fault, (size_t)(fault - text),
                 text);
}

#define SENTENCE(text) check_clean((text), false, __LINE__)

/* A call that must fail, and its sentence. */
#define REFUSED(status, sentence)                                                                                      \
    do {                                                                                                               \
        assert_true((status) < 0);                                                                                     \
        SENTENCE(sentence);                                                                                            \
    } while (0)

static void fine(const bp_data *data, bp_status status)
{
    if (status != BP_OK)
        fail_msg("%d: %s", (int)status, bp_data_error(data));
}

/* ---- a net's own names */

static size_t count_lines(const char *text)
{
    size_t lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

static void a_description_has_no_byte_of_a_name_that_does_not_print(void **state)
{
    const struct any_layer layer = {2, BP_ACT_SOFTMAX, 0, 0};
    const double center[] = {1, 2}, factor[] = {3, 0};
    static char text[TEXT], plain[TEXT];
    bp_net *net = any_net(any_dtype(state), 2, &layer, 1, 1);
    any_ok(net, bp_net_set_scaling(net, center, factor, NULL, NULL));
    FOR_NAMES(i)
    {
        const char *const names[] = {hostile[i].text, hostile[i].text}, *const others[] = {"a", "b"};
        any_ok(net, bp_net_set_names(net, others, others, others));
        any_ok(net, bp_net_describe(net, plain, sizeof(plain), NULL));
        any_ok(net, bp_net_set_names(net, names, names, names));
        assert_string_equal(bp_net_input_name(net, 1), hostile[i].text);
        assert_string_equal(bp_net_output_name(net, 1), hostile[i].text);
        assert_string_equal(bp_net_class_name(net, 1), hostile[i].text);
        any_ok(net, bp_net_describe(net, text, sizeof(text), NULL));
        check_clean(text, true, __LINE__);
        assert_int_equal(count_lines(text), count_lines(plain));
    }
    bp_net_destroy(net);
}

/* ---- tables of text */

/* A field in quotes. */
static void put(char *text, const char *field) { strcat(strcat(strcat(text, "\""), field), "\""); }

/* Two inputs, the second constant, and a target, all of the same name but for a letter behind it. */
static bp_data *table_of(const char *name)
{
    static char text[TEXT];
    bp_data *data = NULL;
    text[0] = '\0';
    for (int i = 0; i < 3; i++) {
        char field[TEXT / 8];
        snprintf(field, sizeof(field), "%s%c", name, 'a' + i);
        put(text, field);
        strcat(text, i < 2 ? "," : "\n");
    }
    for (int i = 0; i < ROWS; i++)
        snprintf(text + strlen(text), 64, "%d,5,%d\n", 1000000 * i, i);
    if (bp_data_load_csv(&data, text_file(text), "-1") != BP_OK)
        fail_msg("%s", bp_data_error(data));
    return data;
}

static bp_net *regression(int32_t dtype, int32_t activation)
{
    const struct any_layer layer = {1, activation, 0, 0};
    return any_net(dtype, 2, &layer, 1, 1);
}

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
            assert_memory_equal(bp_data_input_name(data, k), hostile[i].text, size);
            assert_int_equal(bp_data_input_name(data, k)[size], 'a' + (int)k);
        }
        any_ok(net, bp_net_set(net, BP_OPT_RAW, 1));
        fine(data, bp_train_create(&train, net, data, NULL));
        assert_int_equal(check_findings(train), 3); /* scale, constant, range of the target */
        bp_train_destroy(train);
        const char *const names[] = {hostile[i == 0 ? 1 : 0].text, NULL};
        any_ok(net, bp_net_set_names(net, names, names, NULL));
        REFUSED(bp_train_create(&train, net, data, NULL), bp_data_error(data));
        REFUSED(bp_net_evaluate(net, data, BP_METRIC_MSE, &value), bp_data_error(data));
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
            fine(data, bp_data_load_csv(&data, text_file(text), "-1"));
            REFUSED(bp_net_fit_scaling(net, data, BP_SCALE_STANDARD, BP_SCALE_STANDARD), bp_data_error(data));
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
        bp_data *data = NULL, *part = NULL;
        bp_train *train = NULL;
        size_t counts[4];
        bp_net *net = any_net(dtype, 1, &layer, 1, 1);
        any_ok(net, bp_net_set(net, BP_OPT_LOSS, BP_LOSS_CROSS_ENTROPY));
        text[0] = '\0';
        for (int row = 0; row < 4; row++) {
            snprintf(text + strlen(text), 16, "%d,", row);
            put(text, row % 2 ? "~~~" : hostile[i].text);
            strcat(text, "\n");
        }
        fine(data, bp_data_load_csv(&data, text_file(text), "class:2"));
        int32_t class = strcmp(bp_data_class_name(data, 0), "~~~") == 0;
        assert_string_equal(bp_data_class_name(data, class), hostile[i].text);
        fine(data, bp_data_select(data, of_one_class, COUNT(of_one_class), &part));
        fine(part, bp_train_create(&train, net, part, NULL));
        assert_true(check_findings(train) > 0);
        bp_train_destroy(train);
        const char *const names[] = {"another", "\x1b[31m\nother"};
        any_ok(net, bp_net_set_names(net, NULL, NULL, names));
        REFUSED(bp_net_confusion(net, data, counts), bp_data_error(data));
        bp_data_destroy(part);
        bp_data_destroy(data);
        bp_net_destroy(net);
    }
}

static void what_may_be_no_name_is_refused_clean(void **state)
{
    static const char *const rows[] = {"@,b\n1,2\n", "a,b\n1,@\n2,other\n"}, *const targets[] = {"-1", "class:2"};
    const struct any_layer layer = {1, BP_ACT_IDENTITY, 0, 0};
    bp_net *net = any_net(any_dtype(state), 1, &layer, 1, 1);
    size_t tried = 0;
    FOR_HOSTILE(i)
    {
        const char *const names[] = {hostile[i].text};
        if (may_be_name(hostile[i].text))
            continue;
        REFUSED(bp_net_set_names(net, names, NULL, NULL), bp_net_error(net));
        for (size_t k = 0; k < COUNT(rows); k++) {
            static char text[TEXT];
            bp_data *data = NULL;
            text[0] = '\0';
            for (const char *at = rows[k]; *at; at++)
                strncat(text, *at == '@' ? hostile[i].text : at, *at == '@' ? TEXT / 2 : 1);
            REFUSED(bp_data_load_csv(&data, text_file(text), targets[k]), bp_data_error(data));
            bp_data_destroy(data);
        }
        tried++;
    }
    assert_true(tried > 5);
    bp_net_destroy(net);
}

/* Files and targets that do not go, with the text in each place; "@" stands for it. */
static void texts_of_tables_are_told_clean(void **state)
{
    static const struct {
        const char *file, *targets;
    } rows[] = {
        {"a,b\n1,2\n@,3\n", "-1"},
        {"@,b\n1,2\nx,3\n", "-1"},
        {"@,b\n1,2\n?,3\n", NULL},
        {"@,@\n1,2\n", "@"},
        {"@,b,@\n1,2,3\n", "x"},
        {"@,b\n1,2\n", "class:@,b"},
        {"1,2\n", "@"},
        {"a,b\n1,2\n", "@"},
        {"a,b\n1,2\n", "\"@"},
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
                strncat(targets, *at == '@' ? hostile[i].text : at, *at == '@' ? TEXT / 2 : 1);
            const bp_status status = bp_data_load_csv(&data, text_file(text), rows[k].targets ? targets : NULL);
            if (status == BP_OK)
                fail_msg("row %zu is read", k);
            SENTENCE(bp_data_error(data));
            bp_data_destroy(data);
        }
    }
}

static void tokens_of_libsvm_files_are_told_clean(void **state)
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
            REFUSED(bp_data_load_libsvm(&data, text_file(text), 0), bp_data_error(data));
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

/* Every call that reads a path, which it must refuse. */
static void check_path(const char *path, bp_net *net, bp_data *data)
{
    bp_net *loaded = NULL;
    bp_train *resumed = NULL;
    REFUSED(bp_data_read_csv(data, path, NULL), bp_data_error(data));
    REFUSED(bp_data_read_idx(data, path, path), bp_data_error(data));
    REFUSED(bp_data_read_npy(data, path, path), bp_data_error(data));
    REFUSED(bp_data_read_npz(data, path, "x", "y"), bp_data_error(data));
    REFUSED(bp_data_read_libsvm(data, path, 0), bp_data_error(data));
    REFUSED(bp_net_load(&loaded, path), bp_net_error(loaded));
    bp_net_destroy(loaded);
    REFUSED(bp_net_load_weights(net, path, NULL), bp_net_error(net));
    REFUSED(bp_train_resume(&resumed, &loaded, path, data, NULL), bp_data_error(data));
}

static void paths_are_told_clean(void **state)
{
    const int32_t dtype = any_dtype(state);
    const char *const base = folder();
    bp_data *data = table_of("x");
    bp_net *net = regression(dtype, BP_ACT_IDENTITY);
    bp_train *train = NULL;
    fine(data, bp_train_create(&train, net, data, NULL));
    FOR_HOSTILE(i)
    {
        static char path[TEXT];
        snprintf(path, sizeof(path), "%s/%s", base, hostile[i].text);
        check_path(path, net, data); /* there is none */
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        fputs("\xff", file);
        fclose(file);
        check_path(path, net, data); /* there is one, of something else */
        assert_int_equal(unlink(path), 0);
        strcat(path, "/file");
        REFUSED(bp_net_save(net, path), bp_net_error(net)); /* its folder is missing */
        REFUSED(bp_train_save(train, path), bp_train_error(train));
        snprintf(path, sizeof(path), "%s/%s", base, hostile[i].text);
        assert_int_equal(mkdir(path, 0700), 0);
        REFUSED(bp_net_save(net, path), bp_net_error(net)); /* a folder */
        check_path(path, net, data);
        assert_int_equal(rmdir(path), 0);
    }
    bp_train_destroy(train);
    bp_net_destroy(net);
    bp_data_destroy(data);
    assert_int_equal(rmdir(base), 0);
}

/* ---- NumPy's files */

static void texts_of_arrays_are_told_clean(void **state)
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
            REFUSED(bp_data_load_npy(&data, file_of(0, text, 10 + size), NULL), bp_data_error(data));
            bp_data_destroy(data);
        }
    }
}

/* An archive of nothing, and then one that has no member of the name. */
static void members_of_archives_are_told_clean(void **state)
{
    static const char empty[22] = "PK\5\6";
    (void)state;
    FOR_HOSTILE(i)
    {
        bp_data *data = NULL;
        REFUSED(bp_data_load_npz(&data, file_of(0, empty, sizeof(empty)), hostile[i].text, hostile[i].text),
                bp_data_error(data));
        assert_non_null(strstr(bp_data_error(data), ", array "));
        bp_data_destroy(data);
    }
}

/* ---- files of nets */

#define META                                                                                                           \
    "\"bp.format\":\"1.0\",\"bp.dtype\":\"f32\",\"bp.inputs\":\"2\",\"bp.layers\":\"1\",\"bp.layer.0.kind\":"          \
    "\"dense\",\"bp.layer.0.activation\":\"sigmoid\""
#define TENSORS                                                                                                        \
    "\"layers.0.weight\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]},\"layers.0.bias\":{\"dtype\":"     \
    "\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}"
#define SCALING(of, part, numbers) "\"bp." of ".scaling." part "\":\"" numbers "\""
#define TENSOR(name, dtype, shape, from, to)                                                                           \
    "\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":[" from "," to "]}"

enum { PAYLOAD = 12 };

/* "@" stands for the text, in values that may have escapes with these. */
static struct file file_with(const char *header, const char *text)
{
    static char whole[TEXT];
    size_t size = 0;
    for (const char *at = header; *at; at++)
        for (const char *c = *at == '@' ? text : at; *c && (*at == '@' || c == at); c++)
            size += (size_t)((unsigned char)*c < ' ' && *at == '@'
                                 ? snprintf(whole + size, 8, "\\u%04x", (unsigned)(unsigned char)*c)
                                 : snprintf(whole + size, 8, "%c", *c));
    return files_of_header(whole, PAYLOAD);
}

static void model_files_are_refused_in_clean_sentences(void **state)
{
    static const char *const headers[] = {
        /* keys */
        "{\"__metadata__\":{" META ",\"bp.@\":\"1\"}," TENSORS "}",
        "{\"__metadata__\":{" META ",\"@\":\"1\",\"@\":\"2\"}," TENSORS "}",
        "{\"__metadata__\":{" META ",\"@\":{}}," TENSORS "}",
        "{\"__metadata__\":{" META ",\"bp.option.@\":\"1\"}," TENSORS "}",
        "{\"__metadata__\":{" META "}," TENSORS "," TENSOR("@", "F32", "[1]", "12", "16") "}",
        "{\"__metadata__\":{" META "},\"@\":{}}",
        "{\"__metadata__\":{" META "},\"@\":1}",
        "{\"__metadata__\":{" META "}," TENSOR("@", "F16", "[1]", "0", "4") "}",
        "{\"__metadata__\":{" META "}," TENSOR("@", "F32", "[0]", "0", "0") "}",
        "{\"__metadata__\":{" META "}," TENSOR("@", "F32", "[2]", "0", "4") "}",
        "{\"__metadata__\":{" META "}," TENSOR("@", "F32", "[99999999999,99999999999]", "0", "4") "}",
        "{\"__metadata__\":{" META "}," TENSOR("@", "F32", "[1]", "4", "8") "}",
        "{\"__metadata__\":{" META "},\"@\":{\"dtype\":\"F32\",\"shape\":{},\"data_offsets\":[0,4]}}",
        "{\"__metadata__\":{" META "},\"@\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4]}}",
        "{\"__metadata__\":{" META "},\"x\":{\"@\":1,\"@\":2}}",
        "{\"__metadata__\":{" META "},\"layers.0.weight\":{\"dtype\":\"@\",\"shape\":[1,2],\"data_offsets\":[0,8]}}",
    };
    static const char *const values[] = {
        "\"bp.format\":\"@\"",
        "\"bp.format\":\"1.0\",\"bp.dtype\":\"@\"",
        "\"bp.format\":\"1.0\",\"bp.dtype\":\"f32\",\"bp.inputs\":\"@\"",
        "\"bp.format\":\"1.0\",\"bp.dtype\":\"f32\",\"bp.inputs\":\"2\",\"bp.layers\":\"@\"",
        "\"bp.format\":\"1.0\",\"bp.dtype\":\"f32\",\"bp.inputs\":\"2\",\"bp.layers\":\"1\",\"bp.layer.0.kind\":\"@\"",
        "\"bp.format\":\"1.0\",\"bp.dtype\":\"f32\",\"bp.inputs\":\"2\",\"bp.layers\":\"1\",\"bp.layer.0.kind\":"
        "\"dense\",\"bp.layer.0.activation\":\"@\"",
        META ",\"bp.layer.0.bias\":\"@\"",
        META ",\"bp.layer.0.slope\":\"@\",\"bp.layer.0.train_bias\":\"@\"",
        META ",\"bp.option.loss\":\"@\"",
        META ",\"bp.option.learning_rate\":\"@\"",
        META ",\"bp.seed\":\"@\"",
        META ",\"bp.samples\":\"@\"",
        META ",\"bp.fresh\":\"@\"",
        META ",\"bp.optimizer.steps\":\"@\"",
        META "," SCALING("input", "center", "@"),
        META "," SCALING("input", "center", "1 @") "," SCALING("input", "factor", "1 1"),
    };
    size_t refused = 0;
    (void)state;
    files_need_loading();
    FOR_HOSTILE(i)
    {
        for (size_t k = 0; k < COUNT(headers) + COUNT(values); k++) {
            static char header[TEXT];
            char sentence[512];
            const bool value = k >= COUNT(headers);
            if (value)
                snprintf(header, sizeof(header), "{\"__metadata__\":{%s}," TENSORS "}", values[k - COUNT(headers)]);
            struct file file = file_with(value ? header : headers[k], hostile[i].text);
            const bp_status status = files_try(file, sentence, sizeof(sentence));
            if (status == BP_OK)
                fail_msg("header %zu is loaded", k);
            SENTENCE(sentence);
            refused += hostile[i].plain && !strstr(sentence, "UTF-8") && !strstr(sentence, "escape");
            free(file.bytes);
        }
    }
    assert_true(refused > 300); /* not all for one reason */
}

/* What loads is told as it is kept, and saved as it came. */
static void names_from_model_files_are_described_clean(void **state)
{
    static char text[TEXT];
    (void)state;
    any_need(BP_F32);
    files_need_loading();
    FOR_HOSTILE(i)
    {
        struct file file = file_with("{\"__metadata__\":{" META ",\"bp.input.0.name\":\"@\",\"bp.output.0.name\":\"@\","
                                     "\"bp.class.1.name\":\"@\"}," TENSORS "}",
                                     hostile[i].text);
        bp_net *net = NULL;
        if (bp_net_load_memory(&net, file.bytes, file.size) == BP_OK) {
            assert_string_equal(bp_net_input_name(net, 0), hostile[i].text);
            any_ok(net, bp_net_describe(net, text, sizeof(text), NULL));
            check_clean(text, true, __LINE__);
            assert_int_equal(count_lines(text), 6);
        } else {
            SENTENCE(bp_net_error(net));
        }
        bp_net_destroy(net);
        free(file.bytes);
    }
}

static void tensors_of_other_programs_are_named_clean(void **state)
{
    static const char *const headers[] = {
        "{" TENSOR("@", "F32", "[1,2]", "0", "8") "}",
        "{" TENSOR("@", "F32", "[1,2]", "0", "8") "," TENSOR("b", "F32", "[1]", "8", "12") "}",
        "{" TENSOR("@.bias", "F32", "[1]", "0", "4") "," TENSOR("@.weight", "F32", "[2,1]", "4", "12") "}",
        "{" TENSOR("@.bias", "F64", "[1]", "0", "8") "," TENSOR("@.weight", "F32", "[1]", "8", "12") "}",
    };
    const struct any_layer unbiased = {1, BP_ACT_IDENTITY, BP_BIAS_NONE, 0};
    const int32_t dtype = any_dtype(state);
    bp_net *net = regression(dtype, BP_ACT_IDENTITY), *bare = any_net(dtype, 2, &unbiased, 1, 1);
    files_need_loading();
    FOR_HOSTILE(i)
    {
        for (size_t k = 0; k < COUNT(headers); k++) {
            struct file file = file_with(headers[k], hostile[i].text);
            const char *const path = file_of(0, file.bytes, file.size);
            const char *const names[] = {hostile[i].text, hostile[i].text}, *const none[] = {"\x1b[31mnone", NULL},
                              *const bias[] = {NULL, hostile[i].text};
            if (bp_net_load_weights(net, path, NULL) != BP_OK)
                SENTENCE(bp_net_error(net));
            if (bp_net_load_weights(net, path, names) != BP_OK)
                SENTENCE(bp_net_error(net));
            REFUSED(bp_net_load_weights(net, path, none), bp_net_error(net));
            REFUSED(bp_net_load_weights(bare, path, bias), bp_net_error(bare));
            free(file.bytes);
        }
    }
    bp_net_destroy(net);
    bp_net_destroy(bare);
}

/* ---- checkpoints */

struct bytes {
    struct file file;
    size_t at;
};

static int32_t append(void *user, const void *bytes, size_t size)
{
    struct file *file = user;
    unsigned char *more = realloc(file->bytes, file->size + size);
    assert_non_null(more);
    memcpy(more + file->size, bytes, size);
    file->bytes = more;
    file->size += size;
    return 0;
}

static int64_t give(void *user, void *bytes, size_t size)
{
    struct bytes *b = user;
    const size_t left = b->file.size - b->at, some = size < left ? size : left;
    memcpy(bytes, b->file.bytes + b->at, some);
    b->at += some;
    return (int64_t)some;
}

static void checkpoints_are_refused_in_clean_sentences(void **state)
{
    static const char *const keys[] = {"\"bp.train.rows\":\"", "\"bp.train.begun\":\"", "\"bp.train.option.epochs\":\"",
                                       "\"bp.train.state.done\":\"", "\"bp.train.state.loss\":\""};
    const int32_t dtype = any_dtype(state);
    files_need_loading();
    bp_data *data = table_of("x");
    bp_net *net = regression(dtype, BP_ACT_IDENTITY);
    bp_train *train = NULL;
    fine(data, bp_train_create(&train, net, data, NULL));
    FOR_HOSTILE(i)
    {
        for (size_t k = 0; k < COUNT(keys) && hostile[i].plain; k++) {
            static char changed[TEXT];
            struct file saved = {NULL, 0};
            bp_net *other = NULL;
            bp_train *resumed = NULL;
            assert_int_equal(bp_train_save_stream(train, append, &saved), BP_OK);
            snprintf(changed, sizeof(changed), "%s%s", keys[k], hostile[i].text);
            struct bytes bytes = {.file = files_edit(saved, keys[k], changed)};
            REFUSED(bp_train_resume_stream(&resumed, &other, give, &bytes, data, NULL), bp_data_error(data));
            assert_non_null(strstr(bp_data_error(data), "bp.train."));
            free(saved.bytes);
            free(bytes.file.bytes);
        }
    }
    bp_train_destroy(train);
    bp_net_destroy(net);
    bp_data_destroy(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(a_description_has_no_byte_of_a_name_that_does_not_print),
        ANY_BOTH(findings_and_sentences_about_columns_are_clean),
        ANY_BOTH(a_column_without_a_scaling_is_named_clean),
        ANY_BOTH(classes_are_named_clean),
        ANY_BOTH(what_may_be_no_name_is_refused_clean),
        cmocka_unit_test(texts_of_tables_are_told_clean),
        cmocka_unit_test(tokens_of_libsvm_files_are_told_clean),
        ANY_BOTH(paths_are_told_clean),
        cmocka_unit_test(texts_of_arrays_are_told_clean),
        cmocka_unit_test(members_of_archives_are_told_clean),
        cmocka_unit_test(model_files_are_refused_in_clean_sentences),
        cmocka_unit_test(names_from_model_files_are_described_clean),
        ANY_BOTH(tensors_of_other_programs_are_named_clean),
        ANY_BOTH(checkpoints_are_refused_in_clean_sentences),
    };
    return cmocka_run_group_tests_name("hostile names", tests, NULL, NULL);
}
