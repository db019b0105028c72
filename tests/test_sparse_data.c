/* SPDX-License-Identifier: MIT
 *
 * Data sets of sparse rows: their rows, their parts; trainings and metrics on them give the bits of dense rows. */
#include <stdlib.h>
#include <string.h>

#include "failing_allocator.h"
#include "sparse_fixture.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { ROWS = 60, INPUTS = 90, CLASSES = 3 };

/* The same rows in two data sets; the sparse one has f32 or f64. */
struct sets {
    struct sparse_rows rows;
    bp_data *dense, *sparse;
};

static void set_sparse(bp_data *data, const struct sparse_rows *rows, int32_t type, int32_t hold)
{
    any_ok(type == BP_F32 ? bp_data_set_sparse(data, BP_F32, rows->values_f32, rows->columns, rows->starts, rows->rows,
                                               rows->inputs, hold)
                          : bp_data_set_sparse(data, BP_F64, rows->values, rows->columns, rows->starts, rows->rows,
                                               rows->inputs, hold));
}

static void begin(struct sets *s, int32_t type, int32_t hold)
{
    int32_t labels[ROWS];
    sparse_make(&s->rows, 4, ROWS, INPUTS, 0.1);
    for (size_t i = 0; i < ROWS; i++)
        labels[i] = (int32_t)((i + i / 7) % CLASSES);
    assert_int_equal(bp_data_create(&s->dense, NULL), BP_OK);
    assert_int_equal(bp_data_create(&s->sparse, NULL), BP_OK);
    any_ok(bp_data_set_inputs(s->dense, BP_F64, s->rows.x, ROWS, INPUTS, 0, BP_HOLD_COPY));
    set_sparse(s->sparse, &s->rows, type, hold);
    any_ok(bp_data_set_labels(s->dense, BP_I32, labels, CLASSES, BP_HOLD_COPY));
    any_ok(bp_data_set_labels(s->sparse, BP_I32, labels, CLASSES, BP_HOLD_COPY));
}

static void end(struct sets *s)
{
    bp_data_destroy(s->dense);
    bp_data_destroy(s->sparse);
    sparse_free(&s->rows);
}

static int32_t other(int32_t dtype) { return dtype == BP_F32 ? BP_F64 : BP_F32; }

/* ---- rows */

/* Both ways of copying rows out of a data set that shows these rows of the fixture. */
static void shows(const bp_data *data, const struct sparse_rows *rows, const size_t *row)
{
    const size_t count = bp_data_rows(data), nonzeros = bp_data_nonzeros(data, 0, count);
    double *x = any_buffer(count * INPUTS), *values = any_buffer(nonzeros);
    float *x_f32 = malloc(count * INPUTS * sizeof(*x_f32));
    int32_t *columns = malloc((nonzeros + 1) * sizeof(*columns));
    int64_t *starts = malloc((count + 1) * sizeof(*starts));
    assert_true(x_f32 && columns && starts);
    any_ok(bp_data_copy_inputs(data, 0, count, BP_F64, x));
    any_ok(bp_data_copy_inputs(data, 0, count, BP_F32, x_f32));
    any_ok(bp_data_copy_sparse(data, 0, count, BP_F64, values, columns, starts));
    assert_true(starts[0] == 0 && (size_t)starts[count] == nonzeros);
    for (size_t i = 0; i < count; i++) {
        const size_t first = (size_t)rows->starts[row[i]], n = (size_t)rows->starts[row[i] + 1] - first;
        any_same_bits(x + i * INPUTS, rows->x + row[i] * INPUTS, INPUTS);
        for (size_t k = 0; k < INPUTS; k++)
            assert_true((double)x_f32[i * INPUTS + k] == x[i * INPUTS + k]);
        assert_int_equal(starts[i + 1] - starts[i], n);
        assert_int_equal(bp_data_nonzeros(data, i, 1), n);
        any_same_bits(values + starts[i], rows->values + first, n);
        if (n > 0)
            assert_memory_equal(columns + starts[i], rows->columns + first, n * sizeof(*columns));
    }
    free(x);
    free(values);
    free(x_f32);
    free(columns);
    free(starts);
}

static void rows_come_out_dense_and_as_they_are_given(void **state)
{
    static const int32_t types[] = {BP_F32, BP_F64}, holds[] = {BP_HOLD_COPY, BP_HOLD_BORROW};
    size_t row[ROWS];
    (void)state;
    for (size_t i = 0; i < ROWS; i++)
        row[i] = i;
    for (size_t i = 0; i < 4; i++) {
        struct sets s;
        begin(&s, types[i % 2], holds[i / 2]);
        assert_int_equal(any_is_sparse(s.sparse), 1);
        assert_int_equal(any_is_sparse(s.dense), 0);
        assert_int_equal(bp_data_nonzeros(s.dense, 0, ROWS), 0);
        assert_int_equal(bp_data_nonzeros(s.sparse, 1, ROWS), 0);
        shows(s.sparse, &s.rows, row);
        end(&s);
    }
}

static void a_copy_needs_the_arrays_no_more(void **state)
{
    struct sets s;
    struct sparse_rows rows;
    size_t row[ROWS];
    (void)state;
    begin(&s, BP_F64, BP_HOLD_COPY);
    sparse_make(&rows, 4, ROWS, INPUTS, 0.1);
    memset(s.rows.values, 0xff, (size_t)ROWS * INPUTS * sizeof(double));
    memset(s.rows.columns, 0xff, (size_t)ROWS * INPUTS * sizeof(int32_t));
    memset(s.rows.starts, 0xff, (ROWS + 1) * sizeof(int64_t));
    for (size_t i = 0; i < ROWS; i++)
        row[i] = i;
    shows(s.sparse, &rows, row);
    sparse_free(&rows);
    end(&s);
}

/* The parts of a dense and of a sparse data set are the same rows. */
static void parts_show_the_rows_of_dense_parts(void **state)
{
    static const size_t chosen[] = {5, 0, 5, 59, 1};
    struct sets s;
    bp_data *parts[4];
    (void)state;
    begin(&s, BP_F32, BP_HOLD_COPY);
    bp_data *selected = any_view(s.sparse, chosen, COUNT(chosen));
    shows(selected, &s.rows, chosen);
    bp_data_destroy(selected);
    for (size_t i = 0; i < 2; i++) {
        bp_data *const sets[] = {s.dense, s.sparse};
        for (size_t k = 0; k < 2; k++)
            any_ok(i == 0 ? bp_data_split(sets[k], 0.3, 9, &parts[k], &parts[2 + k])
                          : bp_data_fold(sets[k], 4, 1, 9, &parts[k], &parts[2 + k]));
        for (size_t k = 0; k < 4; k += 2) {
            const size_t rows = bp_data_rows(parts[k]);
            double *x = any_buffer(2 * rows * INPUTS);
            assert_int_equal(bp_data_rows(parts[k + 1]), rows);
            any_ok(bp_data_copy_inputs(parts[k], 0, rows, BP_F64, x));
            any_ok(bp_data_copy_inputs(parts[k + 1], 0, rows, BP_F64, x + rows * INPUTS));
            any_same_bits(x, x + rows * INPUTS, rows * INPUTS);
            free(x);
        }
        for (size_t k = 0; k < 4; k++)
            bp_data_destroy(parts[k]);
    }
    end(&s);
}

static void malformed_rows_are_refused_and_change_nothing(void **state)
{
    struct sets s;
    struct sparse_rows bad;
    (void)state;
    begin(&s, BP_F64, BP_HOLD_COPY);
    sparse_make(&bad, 1, 3, 5, 1);
    bad.columns[bad.starts[1] + 2] = 1;
    assert_int_equal(bp_data_set_sparse(s.sparse, BP_F64, bad.values, bad.columns, bad.starts, 3, 5, BP_HOLD_COPY),
                     BP_ERR_ARG);
    assert_string_equal(bp_last_error(),
                        "bp_data_set_sparse: row 1, number 2: column 1 comes after column 1: they must ascend");
    assert_int_equal(bp_data_rows(s.sparse), ROWS);
    double value;
    int32_t column;
    int64_t starts[2];
    assert_int_equal(bp_data_copy_sparse(s.dense, 0, 1, BP_F64, &value, &column, starts), BP_ERR_STATE);
    sparse_free(&bad);
    end(&s);
}

static void every_allocation_may_fail(void **state)
{
    bool failed = true;
    (void)state;
    for (size_t n = 1; failed; n++) {
        struct failing failing = {0};
        const bp_allocator allocator = failing_allocator(&failing);
        struct sparse_rows rows;
        bp_data *data;
        sparse_make(&rows, 1, 3, 5, 0.5);
        assert_int_equal(bp_data_create(&data, &allocator), BP_OK);
        failing.calls = 0;
        failing.fail_at = n;
        const bp_status status =
            bp_data_set_sparse(data, BP_F64, rows.values, rows.columns, rows.starts, 3, 5, BP_HOLD_COPY);
        failed = failing.failures > 0;
        assert_int_equal(status, failed ? BP_ERR_MEMORY : BP_OK);
        assert_int_equal(bp_data_rows(data), failed ? 0 : 3);
        bp_data_destroy(data);
        assert_true(failing.live == 0 && failing.wrong == 0);
        sparse_free(&rows);
    }
}

/* Rows without a number are rows. */
static void all_may_be_zero(void **state)
{
    static const double zeros[6] = {0};
    static const struct any_layer layers[] = {{.units = 2, .activation = BP_ACT_SOFTMAX}};
    static const int32_t labels[] = {0, 1, 1};
    const int32_t dtype = any_dtype(state);
    struct sparse_rows rows;
    bp_data *data;
    bp_train *train;
    bp_net *net = any_net(dtype, 2, layers, 1, 1);
    double value;
    sparse_of(&rows, zeros, 3, 2);
    assert_int_equal(bp_data_create(&data, NULL), BP_OK);
    set_sparse(data, &rows, dtype, BP_HOLD_COPY);
    any_ok(bp_data_set_labels(data, BP_I32, labels, 2, BP_HOLD_COPY));
    any_ok(bp_net_set(net, BP_OPT_LOSS, BP_LOSS_CROSS_ENTROPY));
    any_ok(bp_train_create(&train, net, data, data));
    assert_int_equal(bp_train_set(train, BP_TRAIN_EPOCHS, 2), BP_OK);
    assert_int_equal(bp_train_run(train, NULL, NULL), BP_OK);
    any_ok(bp_net_evaluate(net, data, BP_METRIC_ACCURACY, &value));
    bp_train_destroy(train);
    bp_data_destroy(data);
    bp_net_destroy(net);
    sparse_free(&rows);
}

/* ---- training and metrics */

static const struct any_layer layers[] = {{.units = 6, .activation = BP_ACT_TANH},
                                          {.units = CLASSES, .activation = BP_ACT_SOFTMAX}};

struct training {
    int32_t method, optimizer;
    double batch, shuffle;
    int32_t scale;
};

/* The parameters and the last loss after a few epochs, with validation. */
static void train(int32_t dtype, const bp_data *data, const struct training *how, double *parameters, double *losses)
{
    bp_net *net = any_net(dtype, INPUTS, layers, 2, 2);
    bp_train *train;
    const bool squares = how->method == BP_METHOD_LM || how->method == BP_METHOD_BR;
    any_ok(bp_net_set(net, BP_OPT_LOSS, squares ? BP_LOSS_SQUARED : BP_LOSS_CROSS_ENTROPY));
    any_ok(bp_net_set(net, BP_OPT_OPTIMIZER, how->optimizer));
    any_ok(bp_train_create(&train, net, data, data));
    assert_int_equal(bp_train_set(train, BP_TRAIN_METHOD, how->method), BP_OK);
    assert_int_equal(bp_train_set(train, BP_TRAIN_BATCH, how->batch), BP_OK);
    assert_int_equal(bp_train_set(train, BP_TRAIN_SHUFFLE, how->shuffle), BP_OK);
    any_ok(bp_net_set(net, BP_OPT_SCALE_INPUTS, how->scale));
    for (size_t epoch = 0; epoch < 3; epoch++)
        if (bp_train_epoch(train) != BP_OK)
            fail_msg("%s", bp_last_error());
    size_t findings = 0;
    assert_int_equal(bp_train_diagnose(train, &findings), BP_OK);
    assert_int_equal(bp_train_record(train, 0, BP_RECORD_LOSS, &losses[0]), BP_OK);
    assert_int_equal(bp_train_record(train, 0, BP_RECORD_VALID_LOSS, &losses[1]), BP_OK);
    assert_int_equal(bp_train_record(train, 0, BP_RECORD_ACCURACY, &losses[2]), BP_OK);
    assert_int_equal(bp_train_record(train, 0, BP_RECORD_VALID_ACCURACY, &losses[3]), BP_OK);
    assert_int_equal(bp_train_record(train, 0, BP_RECORD_GRADIENT, &losses[4]), BP_OK);
    any_ok(any_get_parameters(net, parameters));
    any_ok(bp_net_evaluate(net, data, BP_METRIC_LOSS, &losses[5]));
    any_ok(bp_net_evaluate(net, data, BP_METRIC_AUC, &losses[6]));
    bp_train_destroy(train);
    bp_net_destroy(net);
}

static void training_and_metrics_are_those_of_dense_rows(void **state)
{
    static const struct training ways[] = {
        {BP_METHOD_STEPS, BP_OPTIM_SGD, 1, 1, BP_SCALE_NONE},
        {BP_METHOD_STEPS, BP_OPTIM_SGD, 7, 0, BP_SCALE_LARGEST},
        {BP_METHOD_STEPS, BP_OPTIM_ADAM, 16, 1, BP_SCALE_NONE},
        {BP_METHOD_STEPS, BP_OPTIM_ADAGRAD, 0, 1, BP_SCALE_NONE},
        {BP_METHOD_LBFGS, BP_OPTIM_SGD, 32, 1, BP_SCALE_NONE},
        {BP_METHOD_SCG, BP_OPTIM_SGD, 32, 1, BP_SCALE_LARGEST},
        {BP_METHOD_IRPROP_PLUS, BP_OPTIM_SGD, 32, 1, BP_SCALE_NONE},
        {BP_METHOD_LM, BP_OPTIM_SGD, 32, 1, BP_SCALE_LARGEST},
        {BP_METHOD_BR, BP_OPTIM_SGD, 32, 1, BP_SCALE_NONE},
    };
    enum { PARAMETERS = 6 * (INPUTS + 1) + CLASSES * 7, FIGURES = 7 };
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < 2 * COUNT(ways); i++) {
        struct sets s;
        double parameters[2][PARAMETERS], figures[2][FIGURES];
        begin(&s, i % 2 ? dtype : other(dtype), BP_HOLD_BORROW);
        train(dtype, s.dense, &ways[i / 2], parameters[0], figures[0]);
        train(dtype, s.sparse, &ways[i / 2], parameters[1], figures[1]);
        any_same_bits(parameters[0], parameters[1], PARAMETERS);
        any_same_bits(figures[0], figures[1], FIGURES);
        end(&s);
    }
}

/* A scaling that moves 0 is refused, and a sparse data set does not get it automatically. */
static void scales_leave_zeros_as_they_are(void **state)
{
    static const int32_t scales[] = {BP_SCALE_STANDARD, BP_SCALE_RANGE};
    const int32_t dtype = any_dtype(state);
    bp_net *net = any_net(dtype, INPUTS, layers, 2, 2);
    struct sets s;
    begin(&s, dtype, BP_HOLD_COPY);
    for (size_t i = 0; i < COUNT(scales); i++) {
        assert_int_equal(any_fit_scaling(net, s.sparse, scales[i], BP_SCALE_NONE), BP_ERR_UNSUPPORTED);
        assert_string_equal(
            bp_last_error(),
            "bp_net_take_columns: the inputs are sparse: only BP_SCALE_LARGEST and BP_SCALE_NONE keep zeros");
    }
    any_ok(any_fit_scaling(net, s.sparse, BP_SCALE_AUTO, BP_SCALE_AUTO));
    assert_int_equal(any_scales_inputs(net), 0);
    any_ok(any_fit_scaling(net, s.sparse, BP_SCALE_LARGEST, BP_SCALE_AUTO));
    assert_int_equal(any_scales_inputs(net), 1);
    bp_net_destroy(net);
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_out_dense_and_as_they_are_given),
        cmocka_unit_test(a_copy_needs_the_arrays_no_more),
        cmocka_unit_test(parts_show_the_rows_of_dense_parts),
        cmocka_unit_test(malformed_rows_are_refused_and_change_nothing),
        cmocka_unit_test(every_allocation_may_fail),
        ANY_BOTH(all_may_be_zero),
        ANY_BOTH(training_and_metrics_are_those_of_dense_rows),
        ANY_BOTH(scales_leave_zeros_as_they_are),
    };
    return cmocka_run_group_tests_name("data sets of sparse rows", tests, NULL, NULL);
}
