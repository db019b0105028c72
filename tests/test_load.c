/* SPDX-License-Identifier: MIT
 *
 * bp_data_load(), bp_data_open() and bp_data_next(): the format of a file, the options that it takes, and what a data
 * set is before, between and after the calls. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "readers_fixture.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- which format a file has */

#define NPY "\x93NUMPY\1\0\x3c\0{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2), }\n\1\2\3\4"
#define IDX "\0\0\x08\2\0\0\0\2\0\0\0\2\1\2\3\4"
#define SVM "1 1:1 2:2\n2 1:3 2:4\n"
#define CSV "1,2\n3,4\n"
#define BYTES(text) text, sizeof(text) - 1

/* A folder of this test, so that a file may have any name. */
static char folder[64];

static const char *named_file(const char *name, const void *bytes, size_t size)
{
    static char path[128];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    return path;
}

/* Two rows of two numbers, 1 to 4, whatever the name says: the first bytes decide before the name. */
static void bytes_say_what_a_file_is(void **state)
{
    static const char *const names[] = {"a", "a.csv", "a.npy", "a.idx", "a.libsvm"};
    static const struct {
        const char *bytes;
        size_t size;
        double one; /* what a 1 is worth */
    } files[] = {{BYTES(NPY), 1}, {BYTES(IDX), 1.0 / 255}, {BYTES(SVM), 1}};
    (void)state;
    for (size_t i = 0; i < COUNT(files) * COUNT(names) * (1 + HAVE_ZLIB); i++) {
        unsigned char packed[256];
        const size_t f = i % COUNT(files), n = i / COUNT(files) % COUNT(names);
        const bool gzipped = i >= COUNT(files) * COUNT(names);
        bp_data *data = NULL;
        const size_t size = gzipped ? gzip_stored(files[f].bytes, files[f].size, packed) : files[f].size;
        const char *path = named_file(names[n], gzipped ? (const void *)packed : files[f].bytes, size);
        if (bp_data_load(&data, path, NULL) != BP_OK)
            fail_msg("%s", bp_last_error());
        assert_int_equal(bp_data_inputs(data), 2);
        assert_true(input_at(data, 1, 1) == 4 * files[f].one);
        bp_data_destroy(data);
        assert_int_equal(remove(path), 0);
    }
}

/* First lines of a table, or of LIBSVM. */
static void a_first_row_of_pairs_alone_is_libsvm(void **state)
{
    static const struct {
        const char *text;
        bool is_libsvm;
    } cases[] = {
        {"1 1:1\n", true},
        {"-1.5e3 1:.5 20:-2e4\r\n", true},
        {"+1 qid:3 1:1\n", true},
        {"1 qid 1:1\n", false},
        {"# a comment, 1\n\n \n1 3:1 # and more\n", true},
        {"1\t1:1", true},
        {"1\n", false},
        {"1 2 3\n", false},
        {"1 1:1 7 \n2 1:1 7\n", false},
        {"1 1:1,2\n", false},
        {"a 1:1\n", false},
        {"1,1:1\n", false},
        {"# only a comment", false},
        {"1 10:30h\n2 10:30h\n", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        bp_data *data = NULL;
        double sparse = 0;
        const char *path = named_file("rows", cases[i].text, strlen(cases[i].text));
        if (bp_data_load(&data, path, NULL) == BP_OK)
            sparse = bp_data_nonzeros(data, 0, 1) > 0;
        if ((sparse != 0) != cases[i].is_libsvm)
            fail_msg("text %zu is%s read as LIBSVM: %s", i, sparse != 0 ? "" : " not", bp_last_error());
        bp_data_destroy(data);
        assert_int_equal(remove(path), 0);
    }
}

/* If the first bytes show no format, because they are wrong or missing: each reader refuses the file with its own
 * sentence. */
static void else_the_name_says_it(void **state)
{
    static const struct {
        const char *name, *options, *bytes, *rest;
    } cases[] = {
        {"a.npy", NULL, "x", ", byte 0: does not begin as an .npy file does, with 93 4e 55 4d 50 59"},
        {"a.npz", "array=x", "x",
         ", array x: byte 1: ends without the directory of a ZIP archive, such as an .npz file"},
        {"a.idx", NULL, "x", ": ends after 1 byte, within the header of an IDX file"},
        {"t10k-images-idx3-ubyte", NULL, "x", ": ends after 1 byte, within the header of an IDX file"},
        {"A.LIBSVM", NULL, "1\n", ": has no index: set width=N for N inputs"},
        {"a.svm", NULL, "1\n", ": has no index: set width=N for N inputs"},
        {"a.svmlight.gz", NULL, "1\n", ": has no index: set width=N for N inputs"},
        {"a.csv", NULL, "", ": is empty"},
        {"a.tsv", NULL, "", ": is empty"},
        {"libsvm", NULL, "", ": is empty"},
        {".npy.txt", NULL, "", ": is empty"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char sentence[256];
        bp_data *data = NULL;
        const char *path = named_file(cases[i].name, cases[i].bytes, strlen(cases[i].bytes));
        assert_int_equal(bp_data_load(&data, path, cases[i].options), BP_ERR_FORMAT);
        assert_null(data);
        snprintf(sentence, sizeof(sentence), "bp_data_load: %s%s", path, cases[i].rest);
        assert_string_equal(bp_last_error(), sentence);
        assert_int_equal(remove(path), 0);
    }
}

static void an_option_says_it_before_bytes_and_name(void **state)
{
    static const struct {
        const char *options, *rest;
    } cases[] = {
        {"format=npy", ", byte 0: does not begin as an .npy file does, with 93 4e 55 4d 50 59"},
        {"format=npz array=x", ", array x: byte 8: ends without the directory of a ZIP archive, such as an .npz file"},
        {"format=idx", ": begins with the bytes 31 2c: an IDX file begins with 00 00"},
        {"format=libsvm", ", line 1, column 1: \"1,2\": a row has only one label"},
    };
    (void)state;
    const char *path = named_file("a.csv", BYTES(CSV));
    for (size_t i = 0; i < COUNT(cases); i++) {
        char sentence[256];
        bp_data *data = NULL;
        assert_int_equal(bp_data_load(&data, path, cases[i].options), BP_ERR_FORMAT);
        snprintf(sentence, sizeof(sentence), "bp_data_load: %s%s", path, cases[i].rest);
        assert_string_equal(bp_last_error(), sentence);
    }
    assert_int_equal(remove(path), 0);
}

/* A byte order mark is not part of the first name, in a packed file either. */
static void a_mark_is_passed_over_in_packed_files(void **state)
{
    static const char text[] = "\xef\xbb\xbf"
                               "a,b\n1,2\n";
    unsigned char packed[128];
    bp_data *data = NULL;
    (void)state;
    if (!HAVE_ZLIB) {
        print_message("skipped: built without zlib\n");
        skip();
    }
    const size_t size = gzip_stored(text, sizeof(text) - 1, packed);
    assert_int_equal(bp_data_load(&data, file_of(0, packed, size), "target=a"), BP_OK);
    assert_string_equal(bp_data_name(data, BP_TEXT_OUTPUT, 0), "a");
    bp_data_destroy(data);
}

/* ---- options */

/* Files of every format with the options that it takes. An option of another format is refused by its name. */
static void an_option_of_another_format_is_refused(void **state)
{
    static const struct {
        const char *format, *file, *own;
    } formats[] = {
        {"csv", "tiny.csv", "target"},
        {"libsvm", "tiny.libsvm", "width"},
        {"idx", "tiny-images-idx3-ubyte", "labels_file"},
        {"npy", "tiny.npy", "labels_file"},
        {"npz", "tiny.npz", "array"},
    };
    static const struct {
        const char *name, *value;
    } options[] = {{"target", "1"}, {"labels_file", "x"}, {"array", "x,y"}, {"width", "9"}};
    (void)state;
    for (size_t i = 0; i < COUNT(formats) * COUNT(options); i++) {
        const size_t f = i / COUNT(options), o = i % COUNT(options);
        char below[64], options_text[64], sentence[1200];
        bp_data *data = NULL;
        snprintf(below, sizeof(below), "tests/vectors/%s", formats[f].file);
        snprintf(options_text, sizeof(options_text), "%s=%s", options[o].name, options[o].value);
        const char *path = source_file(below);
        const bp_status status = bp_data_load(&data, path, options_text);
        snprintf(sentence, sizeof(sentence), "%s is set, which has no meaning in a file of format %s", options[o].name,
                 formats[f].format);
        if (strcmp(options[o].name, formats[f].own) != 0) {
            assert_int_equal(status, BP_ERR_UNSUPPORTED);
            assert_non_null(strstr(bp_last_error(), formats[f].file));
            assert_non_null(strstr(bp_last_error(), sentence));
        } else {
            assert_null(strstr(bp_last_error(), sentence));
        }
        bp_data_destroy(data);
    }
}

/* Other options that a format does not use are ignored. */
static void other_options_are_passed_over(void **state)
{
    bp_data *data = NULL;
    (void)state;
    assert_int_equal(bp_data_load(&data, source_file("tests/vectors/tiny.npz"),
                                  "array=x,y separator=';' header=yes numbers=yes missing=mean"),
                     BP_OK);
    bp_data_destroy(data);
}

static void texts_are_set_unset_and_given_back(void **state)
{
    static const struct {
        const char *set, *target, *array;
    } cases[] = {
        {"target=a,'b c',3..5", "target=a,'b c',3..5", NULL},
        {"array=x,\"y\"\"\"", "target=a,'b c',3..5", "array=x,\"y\"\"\""},
        {"target=", NULL, "array=x,\"y\"\"\""},
        {"array= target=\"\"", "target=\"\"", NULL},
        {"array='' target=..", "target=..", "array=''"},
    };
    struct set set;
    (void)state;
    set_begin(&set);
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[512];
        assert_int_equal(bp_data_set_text(set.data, cases[i].set), BP_OK);
        assert_int_equal(bp_data_get_text(set.data, text, sizeof(text), NULL), BP_OK);
        assert_true(cases[i].target ? strstr(text, cases[i].target) != NULL : strstr(text, "target=") == NULL);
        assert_true(cases[i].array ? strstr(text, cases[i].array) != NULL : strstr(text, "array=") == NULL);
        bp_data *other = NULL;
        char again[512];
        assert_int_equal(bp_data_create(&other, NULL), BP_OK);
        assert_int_equal(bp_data_set_text(other, text), BP_OK);
        assert_int_equal(bp_data_get_text(other, again, sizeof(again), NULL), BP_OK);
        assert_string_equal(again, text);
        bp_data_destroy(other);
    }
    set_end(&set);
}

/* All or nothing: a text that is refused behind a good one changes neither. */
static void a_refused_text_changes_no_text(void **state)
{
    static const struct {
        const char *set, *sentence;
    } cases[] = {
        {"target=b array=x,y,z", "bp_data_set_text: byte 9: array has 3 items: it takes 2 at most"},
        {"target=b labels_file=x,y", "bp_data_set_text: byte 9: labels_file has 2 items: it takes 1 at most"},
        {"target=b array=x,", "bp_data_set_text: byte 9: array: item 2 is empty"},
        {"target=b labels_file=,", "bp_data_set_text: byte 9: labels_file: item 1 is empty"},
        {"target=b width=x", "bp_data_set_text: byte 9: width is \"x\": it must be a number"},
        {"target=b format=arff",
         "bp_data_set_text: byte 9: format is \"arff\": it must be the name of one of its values"},
    };
    char before[512], after[512];
    struct set set;
    (void)state;
    set_begin(&set);
    assert_int_equal(bp_data_set_text(set.data, "target=a labels_file=l"), BP_OK);
    assert_int_equal(bp_data_get_text(set.data, before, sizeof(before), NULL), BP_OK);
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(bp_data_set_text(set.data, cases[i].set), BP_ERR_ARG);
        assert_int_equal(strncmp(bp_last_error(), cases[i].sentence, strlen(cases[i].sentence)), 0);
        assert_int_equal(bp_data_get_text(set.data, after, sizeof(after), NULL), BP_OK);
        assert_string_equal(before, after);
    }
    set_end(&set);
}

/* What a split is read into has the options of what was split. */
static void a_part_has_the_texts_of_the_whole(void **state)
{
    struct set set;
    bp_data *first = NULL, *second = NULL;
    char text[512];
    (void)state;
    set_begin(&set);
    assert_int_equal(bp_data_set_text(set.data, "target=2"), BP_OK);
    assert_int_equal(bp_data_open(set.data, text_file("1,2\n3,4\n")), BP_OK);
    assert_int_equal(bp_data_next(set.data, 0), BP_OK);
    assert_int_equal(bp_data_split(set.data, 0.5, 1, &first, &second), BP_OK);
    assert_int_equal(bp_data_get_text(first, text, sizeof(text), NULL), BP_OK);
    assert_non_null(strstr(text, "target=2"));
    assert_int_equal(bp_data_next(first, 0), BP_ERR_STATE); /* the file is not the part's */
    bp_data_destroy(first);
    bp_data_destroy(second);
    set_end(&set);
}

/* ---- open and next */

static void next_reads_once_and_is_done(void **state)
{
    struct set set;
    (void)state;
    set_begin(&set);
    assert_int_equal(bp_data_next(set.data, 0), BP_ERR_STATE);
    assert_string_equal(bp_last_error(), "bp_data_next: no file is open: bp_data_open() comes first");
    set_is_unchanged(&set);
    char *path = strdup(text_file("1,2\n3,4\n"));
    assert_non_null(path);
    assert_int_equal(bp_data_open(set.data, path), BP_OK);
    memset(path, 'x', strlen(path)); /* the library has a copy */
    free(path);
    set_is_unchanged(&set);
    assert_int_equal(bp_data_next(set.data, 1), BP_ERR_UNSUPPORTED);
    assert_string_equal(bp_last_error(), "bp_data_next: rows is 1: only 0 is possible, which reads the whole file");
    set_is_unchanged(&set);
    assert_int_equal(bp_data_next(set.data, 0), BP_OK);
    assert_int_equal(bp_data_rows(set.data), 2);
    for (int i = 0; i < 2; i++)
        assert_int_equal(bp_data_next(set.data, 0), BP_DONE);
    assert_int_equal(bp_data_rows(set.data), 2);
    assert_string_equal(bp_last_error(), "bp_data_next: rows is 1: only 0 is possible, which reads the whole file");
    assert_int_equal(bp_data_open(set.data, text_file("5,6,7\n")), BP_OK);
    assert_int_equal(bp_data_next(set.data, 0), BP_OK);
    assert_int_equal(bp_data_inputs(set.data), 3);
    set_end(&set);
}

static void a_failed_next_may_be_tried_again(void **state)
{
    struct set set;
    (void)state;
    set_begin(&set);
    const char *path = text_file("1,2\n?,4\n");
    assert_int_equal(bp_data_open(set.data, "/nowhere"), BP_OK);
    assert_int_equal(bp_data_open(set.data, path), BP_OK); /* in its place */
    for (int i = 0; i < 2; i++) {
        assert_int_equal(bp_data_next(set.data, 0), BP_ERR_FORMAT);
        set_is_unchanged(&set);
    }
    assert_int_equal(bp_data_set_text(set.data, "missing=drop"), BP_OK);
    assert_int_equal(bp_data_next(set.data, 0), BP_OK);
    assert_int_equal(bp_data_rows(set.data), 1);
    set_end(&set);
}

static void a_failed_load_gives_nothing(void **state)
{
    static const struct {
        const char *path, *options, *sentence;
        bp_status status;
    } cases[] = {
        {NULL, NULL, "bp_data_load: path is NULL", BP_ERR_ARG},
        {"/nowhere", NULL, "bp_data_load: /nowhere: cannot be opened: No such file or directory", BP_ERR_IO},
        {"/", "format=npz array=x", "bp_data_load: /: is a folder: only regular files are read", BP_ERR_IO},
        {"/nowhere", "target", "bp_data_load: byte 6: expected \"=\" after target", BP_ERR_FORMAT},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        bp_data *data = (bp_data *)(void *)&data;
        assert_int_equal(bp_data_load(&data, cases[i].path, cases[i].options), cases[i].status);
        assert_null(data);
        assert_string_equal(bp_last_error(), cases[i].sentence);
    }
    assert_int_equal(bp_data_load(NULL, "/nowhere", NULL), BP_ERR_ARG);
}

/* ---- paths of a second file */

static void the_second_file_may_have_any_name(void **state)
{
    static const char labels[] = "\0\0\x08\1\0\0\0\2\0\1";
    char path[128], options[256];
    struct set set;
    (void)state;
    snprintf(path, sizeof(path), "%s", named_file("its \"labels\", all", BYTES(labels)));
    snprintf(options, sizeof(options), "labels_file='%s'", path);
    set_begin(&set);
    assert_int_equal(bp_data_set_text(set.data, options), BP_OK);
    assert_int_equal(bp_data_open(set.data, named_file("images", BYTES(IDX))), BP_OK);
    assert_int_equal(bp_data_next(set.data, 0), BP_OK);
    assert_int_equal(label_at(set.data, 1), 1);
    set_end(&set);
    assert_int_equal(remove(path), 0);
    assert_int_equal(remove(named_file("images", BYTES(IDX))), 0);
}

/* ---- without memory */

/* bp_data_set_text() with its n-th allocation failing: everything is as it was. */
static bool fails_cleanly(size_t n)
{
    char before[512], after[512];
    struct set set;
    set_begin(&set);
    assert_int_equal(bp_data_set_text(set.data, "target=a,b labels_file=l"), BP_OK);
    assert_int_equal(bp_data_get_text(set.data, before, sizeof(before), NULL), BP_OK);
    set.failing.calls = 0;
    set.failing.fail_at = n;
    const bp_status status = bp_data_set_text(set.data, "target=c array=x,y labels_file=");
    const bp_status opened = status == BP_OK ? bp_data_open(set.data, "file") : status;
    const bool failed = set.failing.failures > 0;
    set.failing.fail_at = 0;
    assert_int_equal(opened, failed ? BP_ERR_MEMORY : BP_OK);
    assert_int_equal(bp_data_get_text(set.data, after, sizeof(after), NULL), BP_OK);
    assert_int_equal(strcmp(before, after) == 0, status != BP_OK);
    set_end(&set);
    return failed;
}

static void each_allocation_of_a_text_fails(void **state)
{
    size_t n = 1;
    (void)state;
    while (fails_cleanly(n))
        n++;
    assert_in_range(n, 6, 20);
}

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/bp-load-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_say_what_a_file_is),
        cmocka_unit_test(a_first_row_of_pairs_alone_is_libsvm),
        cmocka_unit_test(else_the_name_says_it),
        cmocka_unit_test(an_option_says_it_before_bytes_and_name),
        cmocka_unit_test(a_mark_is_passed_over_in_packed_files),
        cmocka_unit_test(an_option_of_another_format_is_refused),
        cmocka_unit_test(other_options_are_passed_over),
        cmocka_unit_test(texts_are_set_unset_and_given_back),
        cmocka_unit_test(a_refused_text_changes_no_text),
        cmocka_unit_test(a_part_has_the_texts_of_the_whole),
        cmocka_unit_test(next_reads_once_and_is_done),
        cmocka_unit_test(a_failed_next_may_be_tried_again),
        cmocka_unit_test(a_failed_load_gives_nothing),
        cmocka_unit_test(the_second_file_may_have_any_name),
        cmocka_unit_test(each_allocation_of_a_text_fails),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
