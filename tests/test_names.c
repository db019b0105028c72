/* SPDX-License-Identifier: MIT
 *
 * The names of columns and classes, which stay with the net and are compared with those of data; and how a net
 * describes itself. */
#define _POSIX_C_SOURCE 200809L
#include "any.h"
#include "host_mode.h"
#include "read_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bp_train *train_of(bp_net *net, const bp_data *data)
{
    bp_train *train = NULL;
    if (bp_train_create(&train, net, data, NULL) != BP_OK)
        fail_msg("%s", bp_last_error());
    return train;
}

static bp_data *flowers(const char *file)
{
    char path[512];
    const char *root = getenv("BP_SOURCE_ROOT");
    bp_data *data = NULL;
    snprintf(path, sizeof(path), "%s/%s", root ? root : ".", file);
    if (load_csv(&data, path, "-1 class=yes") != BP_OK)
        fail_msg("%s", bp_last_error());
    return data;
}

/* An input x of two rows, which are of the classes a and b. */
static bp_data *flowers_of(double first, double second)
{
    char path[] = "/tmp/bp-names-XXXXXX";
    bp_data *data = NULL;
    const int file = mkstemp(path);
    FILE *stream = file < 0 ? NULL : fdopen(file, "w");
    assert_non_null(stream);
    fprintf(stream, "x,kind\n%g,a\n%g,b\n", first, second);
    assert_int_equal(fclose(stream), 0);
    any_ok(bp_data_load(&data, path, "format=csv target=kind"));
    remove(path);
    return data;
}

static void names_travel_and_are_compared(void **state)
{
    const struct any_layer layer = {2, BP_ACT_SOFTMAX, 0, 0};
    bp_data *data = flowers("tests/vectors/tiny.csv");
    const size_t inputs = bp_data_inputs(data);
    bp_net *net = any_net(any_dtype(state), inputs, &layer, 1, 1), *copy = NULL;
    any_ok(bp_net_set(net, BP_OPT_LOSS, BP_LOSS_CROSS_ENTROPY));
    bp_train *train = train_of(net, data);
    bp_train_destroy(train);
    any_ok(bp_net_clone(&copy, net));
    bp_net_destroy(net);
    for (size_t i = 0; i < inputs; i++)
        assert_string_equal(bp_net_name(copy, BP_TEXT_INPUT, i), bp_data_name(data, BP_TEXT_INPUT, i));
    for (size_t i = 0; i < 2; i++)
        assert_string_equal(bp_net_name(copy, BP_TEXT_CLASS, i), bp_data_name(data, BP_TEXT_CLASS, i));
    assert_null(bp_net_name(copy, BP_TEXT_OUTPUT, 0)); /* an output is a class, not the column of the classes */
    assert_null(bp_net_name(copy, BP_TEXT_INPUT, inputs));
    assert_null(bp_net_name(copy, BP_TEXT_CLASS, 2));
    const char *const classes[2] = {NULL, "another"};
    double accuracy;
    any_ok(bp_net_evaluate(copy, data, BP_METRIC_ACCURACY, &accuracy));
    any_ok(any_set_names(copy, NULL, NULL, classes));
    assert_int_equal(bp_net_evaluate(copy, data, BP_METRIC_ACCURACY, &accuracy), BP_ERR_SHAPE);
    assert_non_null(strstr(bp_last_error(), "class 1 is "));
    assert_int_equal(bp_net_forward_rows(copy, data, 0, 1), BP_ERR_SHAPE);
    assert_non_null(strstr(bp_last_error(), "bp_net_forward_rows: class 1 is "));
    assert_int_equal(bp_net_loss_rows(copy, data, 0, 1, &accuracy, NULL), BP_ERR_SHAPE);
    assert_int_equal(bp_train_create(&train, copy, data, NULL), BP_ERR_SHAPE);
    assert_null(bp_net_name(copy, BP_TEXT_CLASS, 0));
    assert_non_null(bp_net_name(copy, BP_TEXT_INPUT, 0)); /* they stayed */
    bp_data_destroy(data);
    bp_net_destroy(copy);
}

static void names_that_the_net_has_stay(void **state)
{
    const struct any_layer layer = {2, BP_ACT_SOFTMAX, 0, 0};
    bp_data *data = flowers("tests/vectors/tiny.csv");
    bp_net *net = any_net(any_dtype(state), bp_data_inputs(data), &layer, 1, 1);
    const char *const names[] = {"zero", "one"};
    any_ok(any_set_names(net, NULL, names, NULL));
    any_ok(bp_net_set_name(net, BP_TEXT_INPUT, 0, bp_data_name(data, BP_TEXT_INPUT, 0)));
    bp_train *train = train_of(net, data);
    assert_null(bp_net_name(net, BP_TEXT_INPUT, 1)); /* of inputs it had one */
    assert_string_equal(bp_net_name(net, BP_TEXT_OUTPUT, 1), "one");
    assert_string_equal(bp_net_name(net, BP_TEXT_CLASS, 1),
                        bp_data_name(data, BP_TEXT_CLASS, 1)); /* of these it had none */
    bp_train_destroy(train);
    bp_data_destroy(data);
    bp_net_destroy(net);
}

static void a_net_describes_itself(void **state)
{
    static const char *const expected = "f64 net of 2 inputs, 1 output and 17 parameters\n"
                                        "layer 0: 4 units, tanh\n"
                                        "layer 1: dropout of 0.25\n"
                                        "layer 2: 1 unit, sigmoid, one bias for all, weights frozen\n"
                                        "input 0 a rather long name of a column, with a comma: (x - 0.5) * 2\n"
                                        "input 1: constant, ignored\n"
                                        "class 0 no\n"
                                        "class 1 yes\n"
                                        "raw: columns are not scaled\n"
                                        "loss binary_cross_entropy, optimizer adam, learning rate 0.001\n";
    const struct any_layer layers[] = {{4, BP_ACT_TANH, 0, 0}, {0, 0, 0, 0.25}, {1, BP_ACT_SIGMOID, BP_BIAS_SHARED, 0}};
    const char *const inputs[] = {"a rather long name of a column, with a comma", NULL};
    const char *const classes[] = {"no", "yes"};
    const double center[] = {0.5, 7}, factor[] = {2, 0};
    char text[1024];
    size_t size = 0;
    (void)state;
    any_need(BP_F64);
    bp_net *net = any_net(BP_F64, 2, layers, 3, 1);
    any_ok(bp_net_layer_set(net, 2, BP_LAYER_TRAIN_WEIGHTS, 0));
    any_ok(bp_net_set(net, BP_OPT_LOSS, BP_LOSS_BINARY_CROSS_ENTROPY));
    any_ok(bp_net_set(net, BP_OPT_OPTIMIZER, BP_OPTIM_ADAM));
    any_ok(any_set_scaling(net, center, factor, NULL, NULL));
    any_ok(any_set_names(net, inputs, NULL, classes));
    any_ok(bp_net_set(net, BP_OPT_RAW, 1));
    any_ok(bp_net_describe(net, NULL, 0, &size));
    assert_int_equal(size, strlen(expected) + 1);
    text[0] = '#';
    assert_int_equal(bp_net_describe(net, text, size - 1, NULL), BP_ERR_SHAPE);
    assert_int_equal(text[0], '#');
    any_ok(bp_net_describe(net, text, size, NULL));
    assert_string_equal(text, expected);
    bp_net_destroy(net);
}

static void a_class_without_a_name_hides_none_after_it(void **state)
{
    const struct any_layer layer = {3, BP_ACT_SOFTMAX, 0, 0};
    const char *const classes[] = {NULL, "b", NULL};
    char text[256];
    bp_net *net = any_net(any_dtype(state), 2, &layer, 1, 1);
    any_ok(any_set_names(net, NULL, NULL, classes));
    any_ok(bp_net_describe(net, text, sizeof(text), NULL));
    assert_non_null(strstr(text, "\nclass 1 b\nloss"));
    bp_net_destroy(net);
}

/* Before init there is no memory for them yet, and none may be looked for. */
static void as_many_inputs_as_can_be_are_described_at_once(void **state)
{
    char text[256];
    bp_net *net = NULL;
    any_ok(bp_net_create(&net, any_dtype(state), SIZE_MAX / 1024));
    any_ok(bp_net_describe(net, text, sizeof(text), NULL));
    assert_non_null(strstr(text, " inputs, "));
    bp_net_destroy(net);
}

/* A net that has names already takes those of the data, and a scaling by its options, even if it was trained. */
static void a_net_takes_names_and_scaling_together(void **state)
{
    const int32_t dtype = any_dtype(state);
    static const int32_t scales[] = {BP_SCALE_AUTO, BP_SCALE_NONE, BP_SCALE_RANGE, BP_SCALE_LARGEST};
    for (size_t i = 0; i < sizeof(scales) / sizeof(scales[0]); i++) {
        size_t rows, columns;
        bp_data *data = NULL;
        bp_net *net = any_net(dtype, 1, (const struct any_layer[]){{2, BP_ACT_SOFTMAX, 0, 0}}, 1, 1);
        any_ok(bp_data_create(&data, NULL));
        any_ok(bp_data_set_inputs(data, BP_F64, (const double[]){3, 5}, 2, 1, 0, BP_HOLD_COPY));
        any_ok(bp_net_set_name(net, BP_TEXT_INPUT, 0, "before"));
        any_ok(bp_net_set(net, BP_OPT_SCALE_INPUTS, scales[i]));
        any_ok(bp_net_take_columns(net, data));
        assert_string_equal(bp_net_name(net, BP_TEXT_INPUT, 0), "before"); /* the data have none */
        bp_data_destroy(data);
        data = flowers_of((double)i, 7);
        any_ok(bp_net_take_columns(net, data));
        assert_string_equal(bp_net_name(net, BP_TEXT_INPUT, 0), "x");
        assert_string_equal(bp_net_name(net, BP_TEXT_CLASS, 1), "b");
        any_ok(bp_net_shape(net, BP_ARRAY_INPUT_CENTER, 0, &rows, &columns));
        assert_int_equal(rows * columns, scales[i] != BP_SCALE_NONE);
        bp_data_destroy(data);
        bp_net_destroy(net);
    }
}

/* What does not fit changes neither. */
static void a_refused_net_keeps_names_and_scaling(void **state)
{
    size_t rows, columns;
    bp_data *data = flowers_of(1e308, -1e308); /* whose range is too large */
    bp_net *net = any_net(any_dtype(state), 1, (const struct any_layer[]){{2, BP_ACT_SOFTMAX, 0, 0}}, 1, 1);
    any_ok(bp_net_set_name(net, BP_TEXT_INPUT, 0, "before"));
    assert_int_equal(bp_net_take_columns(net, data), BP_ERR_NONFINITE);
    assert_int_equal(strncmp(bp_last_error(), "bp_net_take_columns: input 0 ", 29), 0);
    assert_string_equal(bp_net_name(net, BP_TEXT_INPUT, 0), "before");
    assert_null(bp_net_name(net, BP_TEXT_CLASS, 0));
    any_ok(bp_net_shape(net, BP_ARRAY_INPUT_CENTER, 0, &rows, &columns));
    assert_int_equal(rows, 0);
    bp_data_destroy(data);
    bp_net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(names_travel_and_are_compared),
        ANY_BOTH(names_that_the_net_has_stay),
        cmocka_unit_test(a_net_describes_itself),
        ANY_BOTH(a_class_without_a_name_hides_none_after_it),
        ANY_BOTH(as_many_inputs_as_can_be_are_described_at_once),
        ANY_BOTH(a_net_takes_names_and_scaling_together),
        ANY_BOTH_MASKED(a_refused_net_keeps_names_and_scaling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
