/* SPDX-License-Identifier: MIT
 *
 * Files that have too much of something: the sentence names the option that allows more. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "readers_fixture.h"
#include "read_file.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Whatever reads the file of number 0 into the set. */
typedef bp_status read_fn(bp_data *data);

static bp_status read_class(bp_data *data) { return read_csv(data, path_of(0), "-1"); }
static bp_status read_svm(bp_data *data) { return read_libsvm(data, path_of(0), 0); }

static void refuses(struct set *set, read_fn *read, const char *function, const char *rest)
{
    errno = SENTINEL;
    set_refuses(set, BP_ERR_FORMAT, read(set->data), function, path_of(0), rest);
}

/* ---- classes and texts */

static void classes_have_a_bound(void **state)
{
    static const char csv[] = "1,a\n2,b\n3,c\n4,c\n", svm[] = "1 1:1\n2 1:1\n  3 1:1\n4 1:1\n2 1:1\n";
    struct set set;
    (void)state;
    (void)text_file(csv);
    set_begin(&set);
    assert_int_equal(bp_data_set(set.data, BP_DATA_MOST_CLASSES, 2), BP_OK);
    refuses(
        &set, read_class, "bp_data_next",
        ", line 3, column 2: there are more than 2 classes: is this column a class? BP_DATA_MOST_CLASSES allows more");
    (void)text_file(svm);
    refuses(&set, read_svm, "bp_data_next",
            ", line 3, column 3: there are more than 2 classes: BP_DATA_MOST_CLASSES allows more, and BP_DATA_NUMBERS "
            "makes "
            "the labels numbers");
    assert_int_equal(bp_data_set(set.data, BP_DATA_MOST_CLASSES, 4), BP_OK);
    assert_int_equal(read_svm(set.data), BP_OK);
    assert_int_equal(bp_data_classes(set.data), 4);
    assert_int_equal(bp_data_set(set.data, BP_DATA_MOST_CLASSES, 3), BP_OK);
    (void)text_file(csv);
    assert_int_equal(read_class(set.data), BP_OK);
    assert_int_equal(bp_data_classes(set.data), 3);
    set_end(&set);
}

/* Only the end of the file shows whether labels that are whole numbers are classes. */
static void labels_that_turn_out_to_be_numbers_have_no_bound(void **state)
{
    struct set set;
    (void)state;
    (void)text_file("1 1:1\n2 1:1\n3 1:1\n4 1:1\n0.5 1:1\n6 1:1\n");
    set_begin(&set);
    assert_int_equal(bp_data_set(set.data, BP_DATA_MOST_CLASSES, 2), BP_OK);
    assert_int_equal(read_svm(set.data), BP_OK);
    assert_int_equal(bp_data_classes(set.data), 0);
    assert_true(target_at(set.data, 3, 0) == 4 && target_at(set.data, 5, 0) == 6);
    (void)text_file("1 1:1\n2 1:1\n3 1:1\n");
    assert_int_equal(bp_data_set(set.data, BP_DATA_NUMBERS, 1), BP_OK);
    assert_int_equal(read_svm(set.data), BP_OK);
    set_end(&set);
}

static void labels_of_bytes_have_a_bound(void **state)
{
    static const unsigned char images[] = {0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 1, 1, 2},
                               labels[] = {0, 0, 8, 1, 0, 0, 0, 2, 4, 5};
    static const char header[] = "\x93NUMPY\1\0\x3a\0{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }\n\4\5";
    struct set set;
    (void)state;
    const char *inputs = file_of(1, images, sizeof(images)), *target = file_of(0, labels, sizeof(labels));
    set_begin(&set);
    assert_int_equal(bp_data_set(set.data, BP_DATA_MOST_CLASSES, 5), BP_OK);
    errno = SENTINEL;
    set_refuses(&set, BP_ERR_FORMAT, read_idx(set.data, inputs, target), "bp_data_next", target,
                ": label 1 is 5: it must be 0 to 4 (BP_DATA_MOST_CLASSES)");
    target = file_of(0, header, sizeof(header) - 1);
    set_refuses(&set, BP_ERR_FORMAT, read_npy(set.data, target, target), "bp_data_next", target,
                ", byte 69: a label is 5: it must be a whole number from 0 to 4 (BP_DATA_MOST_CLASSES)");
    assert_int_equal(bp_data_set(set.data, BP_DATA_MOST_CLASSES, 6), BP_OK);
    assert_int_equal(read_npy(set.data, target, target), BP_OK);
    assert_int_equal(bp_data_classes(set.data), 6);
    target = file_of(0, labels, sizeof(labels));
    assert_int_equal(read_idx(set.data, inputs, target), BP_OK);
    assert_int_equal(bp_data_classes(set.data), 6);
    set_end(&set);
}

static void texts_of_a_column_have_a_bound(void **state)
{
    struct set set;
    (void)state;
    (void)text_file("a,1\nb,2\na,3\nc,4\n");
    set_begin(&set);
    assert_int_equal(bp_data_set(set.data, BP_DATA_MOST_TEXTS, 2), BP_OK);
    refuses(
        &set, read_class, "bp_data_next",
        ", line 4, column 1: there are more than 2 different texts: should this column be an input? BP_DATA_MOST_TEXTS "
        "allows more");
    assert_int_equal(bp_data_set(set.data, BP_DATA_MOST_TEXTS, 3), BP_OK);
    assert_int_equal(read_class(set.data), BP_OK);
    assert_int_equal(bp_data_inputs(set.data), 3);
    set_end(&set);
}

/* ---- names of targets */

/* Every other column by its name: each is looked up in a table. */
static void many_targets_by_name_are_found(void **state)
{
    enum { COLUMNS = 3000, CAPACITY = 8 };
    static char text[2 * COLUMNS * CAPACITY], targets[COLUMNS * CAPACITY];
    struct set set;
    size_t used = 0, asked = 0;
    (void)state;
    for (int i = 0; i < COLUMNS; i++)
        used += (size_t)snprintf(text + used, CAPACITY, "%sc%d", i > 0 ? "," : "", i);
    for (int i = COLUMNS - 1; i > 0; i -= 2) /* the last first */
        asked += (size_t)snprintf(targets + asked, CAPACITY, "%sc%d", asked > 0 ? "," : "", i);
    for (int i = 0; i < COLUMNS; i++)
        used += (size_t)snprintf(text + used, CAPACITY, "%s%d", i > 0 ? "," : "\n", i);
    read_text(&set, text, targets);
    assert_int_equal(bp_data_outputs(set.data), COLUMNS / 2);
    for (size_t i = 0; i < COLUMNS / 2; i += 97) {
        char name[CAPACITY];
        snprintf(name, sizeof(name), "c%d", COLUMNS - 1 - 2 * (int)i);
        assert_string_equal(bp_data_name(set.data, BP_TEXT_OUTPUT, i), name);
    }
    assert_string_equal(bp_data_name(set.data, BP_TEXT_INPUT, 1), "c2");
    set_end(&set);
}

const struct CMUnitTest limit_tests[] = {
    cmocka_unit_test(classes_have_a_bound),
    cmocka_unit_test(labels_that_turn_out_to_be_numbers_have_no_bound),
    cmocka_unit_test(labels_of_bytes_have_a_bound),
    cmocka_unit_test(texts_of_a_column_have_a_bound),
    cmocka_unit_test(many_targets_by_name_are_found),
};
const size_t limit_test_count = COUNT(limit_tests);
