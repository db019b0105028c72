/* SPDX-License-Identifier: MIT
 *
 * A net on rows of a data set gives the bits of the same rows as packed arrays of its own type, whatever their type,
 * stride and order are. Rows that do not fit are refused. Memory is kept, not allocated again. */
#include <stdlib.h>
#include <string.h>

#include "any.h"
#include "failing_allocator.h"

enum { ROWS = 70, INPUTS = 3, OUTPUTS = 2, WIDE = INPUTS + OUTPUTS + 1, PARAMETERS = 3 * 4 + 4 + 4 * 2 + 2 };

static const struct any_layer layers[] = {{4, BP_ACT_TANH, 0, 0}, {OUTPUTS, BP_ACT_SOFTMAX, 0, 0}};

static bp_net *net_on(int32_t dtype, const bp_allocator *allocator)
{
    bp_net *net = NULL;
    any_ok(allocator ? bp_net_create_with(&net, dtype, INPUTS, allocator) : bp_net_create(&net, dtype, INPUTS));
    for (size_t i = 0; i < 2; i++)
        any_ok(bp_net_add_dense(net, layers[i].units, layers[i].activation));
    any_ok(bp_net_init(net, 1));
    return net;
}

/* The same rows in every type: whole numbers, which every type can hold. */
struct table {
    double f64[ROWS * WIDE];
    float f32[ROWS * WIDE];
    int64_t i64[ROWS * WIDE];
    int32_t i32[ROWS * WIDE];
    uint8_t u8[ROWS * WIDE];
    double x[ROWS * INPUTS], target[ROWS * OUTPUTS], weights[ROWS];
    int32_t labels[ROWS];
};

static void fill(struct table *t)
{
    for (size_t i = 0; i < ROWS * WIDE; i++) {
        const int number = (int)(i * 7 % 5);
        t->f64[i] = number;
        t->f32[i] = (float)number;
        t->i64[i] = number;
        t->i32[i] = number;
        t->u8[i] = (uint8_t)number;
    }
    for (size_t row = 0; row < ROWS; row++) {
        for (size_t i = 0; i < INPUTS; i++)
            t->x[row * INPUTS + i] = t->f64[row * WIDE + i];
        for (size_t i = 0; i < OUTPUTS; i++)
            t->target[row * OUTPUTS + i] = t->f64[row * WIDE + INPUTS + i];
        t->weights[row] = (double)(row % 3);
        t->labels[row] = (int32_t)(row % OUTPUTS);
    }
}

enum { TYPES = 5 };

static const int32_t types[TYPES] = {BP_F32, BP_F64, BP_U8, BP_I32, BP_I64};

/* Columns 0 to 2 of the table as inputs, and the next two as target. */
static bp_data *columns_of(const struct table *t, int32_t type)
{
    const void *const arrays[TYPES] = {t->f32, t->f64, t->u8, t->i32, t->i64};
    static const size_t sizes[TYPES] = {sizeof(float), sizeof(double), 1, sizeof(int32_t), sizeof(int64_t)};
    bp_data *data = NULL;
    size_t k = 0;
    while (types[k] != type)
        k++;
    any_ok(bp_data_create(&data, NULL));
    any_ok(bp_data_set_inputs(data, type, arrays[k], ROWS, INPUTS, WIDE, BP_HOLD_BORROW));
    any_ok(bp_data_set_target(data, type, (const char *)arrays[k] + INPUTS * sizes[k], OUTPUTS, WIDE, BP_HOLD_BORROW));
    return data;
}

static void same_parameters(const bp_net *a, const bp_net *b)
{
    double of_a[PARAMETERS], of_b[PARAMETERS];
    any_ok(any_get_parameters(a, of_a));
    any_ok(any_get_parameters(b, of_b));
    any_same_bits(of_a, of_b, PARAMETERS);
}

static bp_status predict(const bp_net *net, const bp_data *data, size_t first, size_t rows, double *y)
{
    float y_f32[ROWS * OUTPUTS];
    if (any_type(net) == BP_F64)
        return bp_net_predict_rows_f64(net, data, first, rows, y, NULL);
    const bp_status status = bp_net_predict_rows_f32(net, data, first, rows, y_f32, NULL);
    for (size_t i = 0; status == BP_OK && i < rows * OUTPUTS; i++)
        y[i] = y_f32[i];
    return status;
}

/* Every call on rows 1 to 68, compared with packed arrays of the net's own type. */
static void rows_of_every_type_are_those_of_packed_arrays(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct table t;
    fill(&t);
    for (size_t type = 0; type < TYPES; type++)
        for (int scaled = 0; scaled < 2; scaled++) {
            static const double center[INPUTS] = {1, 2, 0.5}, factor[INPUTS] = {0.1, -3, 0.3};
            bp_data *data = columns_of(&t, types[type]);
            bp_net *net = net_on(dtype, NULL), *other = net_on(dtype, NULL);
            const size_t rows = ROWS - 2;
            const double *x = t.x + INPUTS, *target = t.target + OUTPUTS;
            double loss[2], y[2][ROWS * OUTPUTS];
            if (scaled) {
                any_ok(any_set_scaling(net, center, factor, NULL, NULL));
                any_ok(any_set_scaling(other, center, factor, NULL, NULL));
            }
            any_ok(bp_net_forward_rows(net, data, 1, rows));
            any_ok(bp_net_backward_rows(net, data, 1, rows, &loss[0]));
            any_ok(any_forward(other, x, rows, NULL));
            any_ok(any_backward(other, target, rows, &loss[1]));
            any_same_bits(&loss[0], &loss[1], 1);
            any_ok(bp_net_step(net));
            any_ok(bp_net_step(other));
            same_parameters(net, other);
            any_ok(bp_net_train_rows(net, data, 1, rows, &loss[0]));
            any_ok(any_train(other, x, target, rows, &loss[1]));
            any_same_bits(&loss[0], &loss[1], 1);
            same_parameters(net, other);
            any_ok(predict(net, data, 1, rows, y[0]));
            any_ok(any_predict(other, x, rows, y[1], NULL));
            any_same_bits(y[0], y[1], rows * OUTPUTS);
            any_ok(bp_net_loss_rows(net, data, 1, rows, &loss[0], NULL));
            any_ok(any_train(other, x, target, rows, &loss[1])); /* its loss is that of before the step */
            any_same_bits(&loss[0], &loss[1], 1);
            bp_net_destroy(net);
            bp_net_destroy(other);
            bp_data_destroy(data);
        }
}

/* Rows of a view, in any order, some of them twice. */
static void rows_of_a_view_are_those_it_shows(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct table t;
    size_t row[ROWS];
    double x[ROWS * INPUTS], target[ROWS * OUTPUTS], loss[2];
    fill(&t);
    bp_data *data = columns_of(&t, BP_F64);
    bp_net *net = net_on(dtype, NULL), *other = net_on(dtype, NULL);
    for (size_t i = 0; i < ROWS; i++) {
        row[i] = i * i % ROWS;
        memcpy(x + i * INPUTS, t.x + row[i] * INPUTS, INPUTS * sizeof(*x));
        memcpy(target + i * OUTPUTS, t.target + row[i] * OUTPUTS, OUTPUTS * sizeof(*target));
    }
    bp_data *view = any_view(data, row, ROWS);
    any_ok(bp_net_train_rows(net, view, 2, ROWS - 2, &loss[0]));
    any_ok(any_train(other, x + 2 * INPUTS, target + 2 * OUTPUTS, ROWS - 2, &loss[1]));
    any_same_bits(&loss[0], &loss[1], 1);
    same_parameters(net, other);
    bp_data_destroy(view);
    bp_data_destroy(data);
    bp_net_destroy(net);
    bp_net_destroy(other);
}

/* After the first batch of a size, further batches of the data set allocate nothing, whatever must be copied or
 * converted. */
static void no_later_batch_allocates(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct failing failing = {0};
    const bp_allocator allocator = failing_allocator(&failing);
    struct table t;
    fill(&t);
    bp_data *data = NULL, *view = NULL;
    bp_net *net = net_on(dtype, &allocator);
    bp_scratch *scratch = NULL;
    double loss;
    any_ok(bp_scratch_create(&scratch, net));
    any_ok(bp_data_create(&data, &allocator));
    for (int round = 0; round < 6; round++) {
        const size_t rows = (size_t)(ROWS - round);
        const size_t calls = failing.calls;
        any_ok(bp_data_set_inputs(data, BP_I64, t.i64, rows, INPUTS, WIDE, BP_HOLD_BORROW));
        any_ok(bp_data_set_labels(data, BP_I32, t.labels, OUTPUTS, BP_HOLD_BORROW));
        any_ok(bp_data_set_weights(data, BP_F64, t.weights, BP_HOLD_BORROW));
        any_ok(bp_net_train_rows(net, data, 0, rows, &loss));
        any_ok(bp_net_forward_rows(net, data, 0, rows));
        any_ok(bp_net_backward_rows(net, data, 0, rows, &loss));
        any_ok(bp_net_step(net));
        any_ok(bp_net_loss_rows(net, data, 0, rows, &loss, scratch));
        if (round > 0)
            assert_int_equal(failing.calls, calls);
    }
    bp_data_destroy(view);
    bp_data_destroy(data);
    bp_scratch_destroy(scratch);
    bp_net_destroy(net);
    assert_int_equal(failing.live + failing.wrong, 0);
}

static void refused(bp_status status, bp_status expected, const char *words)
{
    assert_int_equal(status, expected);
    if (!strstr(bp_last_error(), words))
        fail_msg("\"%s\" says nothing of \"%s\"", bp_last_error(), words);
}

static void what_does_not_fit_is_refused(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct table t;
    double loss, y[ROWS * OUTPUTS];
    fill(&t);
    bp_data *data = NULL;
    bp_net *net = net_on(dtype, NULL);
    any_ok(bp_data_create(&data, NULL));
    refused(bp_net_train_rows(net, data, 0, 1, &loss), BP_ERR_STATE, "no rows");
    any_ok(bp_data_set_inputs(data, BP_F64, t.x, ROWS, INPUTS - 1, 0, BP_HOLD_BORROW));
    refused(bp_net_forward_rows(net, data, 0, 1), BP_ERR_SHAPE, "2 inputs, the net 3");
    refused(predict(net, data, 0, 1, y), BP_ERR_SHAPE, "2 inputs, the net 3");
    any_ok(bp_data_set_inputs(data, BP_F64, t.x, ROWS, INPUTS, 0, BP_HOLD_BORROW));
    refused(bp_net_train_rows(net, data, 0, 1, &loss), BP_ERR_STATE, "no target and no labels");
    refused(bp_net_loss_rows(net, data, 0, 1, &loss, NULL), BP_ERR_STATE, "no target and no labels");
    any_ok(bp_data_set_target(data, BP_F64, t.target, 1, 0, BP_HOLD_BORROW));
    refused(bp_net_train_rows(net, data, 0, 1, &loss), BP_ERR_SHAPE, "1 number in a target, the net 2 outputs");
    any_ok(bp_data_set_labels(data, BP_I32, t.labels, OUTPUTS + 1, BP_HOLD_BORROW));
    refused(bp_net_loss_rows(net, data, 0, 1, &loss, NULL), BP_ERR_SHAPE, "labels are of 3 classes");
    any_ok(bp_data_set_labels(data, BP_I32, t.labels, OUTPUTS, BP_HOLD_BORROW));
    refused(bp_net_train_rows(net, data, 1, ROWS, &loss), BP_ERR_ARG, "70 rows from row 1 on: the data set has 70");
    any_ok(bp_net_train_rows(net, data, 1, ROWS - 1, &loss));
    bp_data_destroy(data);
    bp_net_destroy(net);
}

/* Without memory for the copy nothing has changed. The call succeeds when there is memory again. */
static void a_copy_without_memory_changes_nothing(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct failing failing = {0};
    const bp_allocator allocator = failing_allocator(&failing);
    struct table t;
    fill(&t);
    bp_data *data = columns_of(&t, BP_I32);
    bp_net *net = net_on(dtype, &allocator), *other = net_on(dtype, NULL);
    double loss;
    size_t refusals = 0;
    for (failing.fail_at = failing.calls + 1; bp_net_train_rows(net, data, 0, ROWS, &loss) != BP_OK; refusals++) {
        same_parameters(net, other);
        failing.fail_at = failing.calls + refusals + 2;
    }
    assert_true(refusals >= 3);
    bp_data_destroy(data);
    bp_net_destroy(net);
    bp_net_destroy(other);
    assert_int_equal(failing.live + failing.wrong, 0);
}

/* A scratch grows by the allocator that it was made with, whatever net it serves. */
static void a_scratch_of_another_net_keeps_its_own_allocator(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct failing failing = {0};
    const bp_allocator allocator = failing_allocator(&failing);
    struct table t;
    fill(&t);
    bp_data *data = columns_of(&t, BP_I32);
    bp_net *maker = net_on(dtype, &allocator), *net = net_on(dtype, NULL);
    bp_scratch *scratch = NULL;
    double loss[2];
    any_ok(bp_scratch_create(&scratch, maker));
    bp_net_destroy(maker);
    const size_t calls = failing.calls;
    any_ok(bp_net_loss_rows(net, data, 0, ROWS, &loss[0], scratch));
    any_ok(bp_net_loss_rows(net, data, 0, ROWS, &loss[1], NULL));
    any_same_bits(&loss[0], &loss[1], 1);
    assert_true(failing.calls > calls);
    bp_data_destroy(data);
    bp_net_destroy(net);
    bp_scratch_destroy(scratch);
    assert_int_equal(failing.live + failing.wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(rows_of_every_type_are_those_of_packed_arrays),
        ANY_BOTH(rows_of_a_view_are_those_it_shows),
        ANY_BOTH(no_later_batch_allocates),
        ANY_BOTH(what_does_not_fit_is_refused),
        ANY_BOTH(a_copy_without_memory_changes_nothing),
        ANY_BOTH(a_scratch_of_another_net_keeps_its_own_allocator),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
