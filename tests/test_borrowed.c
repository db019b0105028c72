/* SPDX-License-Identifier: MIT
 *
 * Borrowed arrays that their owner changes after they were set. Each call that reads a label, a weight, a column or
 * a start from them refuses a wrong one, as training does, and reads nothing beyond an array; the sanitisers of CI
 * would see that. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "any.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { ROWS = 40, INPUTS = 6, CLASSES = 3, PER_ROW = 3, FIRST = 6, NUMBERS = FIRST + ROWS * PER_ROW };

/* The part of a data set that was changed, or that a call reads. */
enum { LABELS = 1, WEIGHTS = 2, COLUMNS = 4, VALUES = 8, STARTS = 16, SPARSE = COLUMNS | VALUES | STARTS };

/* The caller's arrays. Even rows have the columns 0, 1, 2, odd rows 3, 4, 5; the first FIRST numbers belong to no
 * row. */
struct arrays {
    double x[ROWS * INPUTS];
    int32_t labels[ROWS];
    double weights[ROWS];
    float values_f32[NUMBERS];
    double values[NUMBERS];
    int32_t columns[NUMBERS];
    int64_t starts[ROWS + 1];
};

static void fill(struct arrays *a)
{
    uint64_t seed = 1;
    any_fill(&seed, a->x, ROWS * INPUTS, -1, 1);
    any_fill(&seed, a->values, NUMBERS, -1, 1);
    for (size_t i = 0; i < NUMBERS; i++) {
        a->values_f32[i] = (float)a->values[i];
        a->columns[i] = (int32_t)(i % INPUTS);
    }
    for (size_t i = 0; i < ROWS; i++) {
        a->labels[i] = (int32_t)(i % CLASSES);
        a->weights[i] = 1;
        a->starts[i] = FIRST + (int64_t)i * PER_ROW;
    }
    a->starts[ROWS] = NUMBERS;
}

/* ---- what is changed */

static void label_below(struct arrays *a) { a->labels[7] = -1; }
static void label_one_above(struct arrays *a) { a->labels[7] = CLASSES; }
static void label_far_above(struct arrays *a) { a->labels[7] = 1000000000; }
static void label_far_below(struct arrays *a) { a->labels[7] = INT32_MIN; }
static void weight_nan(struct arrays *a) { a->weights[3] = (double)NAN; }
static void weight_below(struct arrays *a) { a->weights[3] = -1; }
static void weight_infinite(struct arrays *a) { a->weights[3] = (double)INFINITY; }
static void column_one_above(struct arrays *a) { a->columns[FIRST + 5 * PER_ROW + 2] = INPUTS; }
static void column_far_above(struct arrays *a) { a->columns[FIRST + 5 * PER_ROW + 2] = 1000000; }
static void column_below(struct arrays *a) { a->columns[FIRST + 5 * PER_ROW] = -1; }
static void column_far_below(struct arrays *a) { a->columns[FIRST + 5 * PER_ROW + 1] = INT32_MIN; }
static void columns_descend(struct arrays *a) { a->columns[FIRST + 5 * PER_ROW + 2] = 3; }
static void value_nan(struct arrays *a) { a->values_f32[FIRST + 16] = (float)(a->values[FIRST + 16] = (double)NAN); }
static void value_infinite(struct arrays *a)
{
    a->values_f32[FIRST + 16] = (float)(a->values[FIRST + 16] = (double)INFINITY);
}
static void starts_descend(struct arrays *a) { a->starts[5] = a->starts[6] + 5; }
static void start_beyond(struct arrays *a) { a->starts[5] = a->starts[6] = NUMBERS + 1; }
static void starts_run_away(struct arrays *a) { a->starts[ROWS] = (int64_t)1 << 30; }
static void starts_overflow(struct arrays *a) { a->starts[ROWS] = INT64_MAX; }
static void starts_wrap(struct arrays *a)
{
    for (size_t i = 0; i <= 5; i++)
        a->starts[i] = (int64_t)i - 6;
}
static void start_below_the_first(struct arrays *a) { a->starts[0] = FIRST - PER_ROW; }

static const struct change {
    const char *name;
    int part;
    void (*make)(struct arrays *arrays);
    const char *words; /* of the sentence */
} changes[] = {
    {"a label is -1", LABELS, label_below, "labels[7] is -1: it must be 0 to 2"},
    {"a label is the number of classes", LABELS, label_one_above, "labels[7] is 3: it must be 0 to 2"},
    {"a label is 1000000000", LABELS, label_far_above, "labels[7] is 1000000000: it must be 0 to 2"},
    {"a label is INT32_MIN", LABELS, label_far_below, "labels[7] is -2147483648: it must be 0 to 2"},
    {"a weight is NaN", WEIGHTS, weight_nan, "weights[3] is nan: it must be finite and at least 0"},
    {"a weight is -1", WEIGHTS, weight_below, "weights[3] is -1: it must be finite and at least 0"},
    {"a weight is infinite", WEIGHTS, weight_infinite, "weights[3] is inf: it must be finite and at least 0"},
    {"a column is the number of inputs", COLUMNS, column_one_above,
     ", number 2: the column is 6, and the inputs are 0 to 5"},
    {"a column is 1000000", COLUMNS, column_far_above, ", number 2: the column is 1000000, and the inputs are 0 to 5"},
    {"a column is -1", COLUMNS, column_below, ", number 0: the column is -1, and the inputs are 0 to 5"},
    {"a column is INT32_MIN", COLUMNS, column_far_below,
     ", number 1: the column is -2147483648, and the inputs are 0 to 5"},
    {"columns descend", COLUMNS, columns_descend, ", number 2: column 3 comes after column 4: they must ascend"},
    {"a value is NaN", VALUES, value_nan, ", number 1: the value is nan: it must be finite"},
    {"a value is infinite", VALUES, value_infinite, ", number 1: the value is inf: it must be finite"},
    {"starts descend", STARTS, starts_descend, "must ascend"},
    {"a start is beyond the arrays", STARTS, start_beyond, "starts must "},
    {"the last start is 2^30", STARTS, starts_run_away,
     "row 39 starts at 123 and ends at 1073741824: starts must be 6 to 126"},
    {"the last start is INT64_MAX", STARTS, starts_overflow, "row 39 starts at 123 and ends at "},
    {"starts are below 0", STARTS, starts_wrap, "starts must "},
    {"a start is below the first", STARTS, start_below_the_first, "starts at 3 and ends at 9: starts must be 6 to 126"},
};

/* ---- the calls that read */

/* A data set on the arrays, what is trained on it, and what a call found. */
struct scene {
    struct arrays arrays;
    bp_data *whole, *data; /* data: `whole`, or some of its rows */
    bp_net *net;
    bp_train *train;
    const char *sentence;
    int32_t metric; /* the metric to measure, or by which cross-validation judges */
};

typedef bp_status call_fn(struct scene *s);

static bp_status with_sentence(struct scene *s, bp_status status)
{
    s->sentence = bp_last_error();
    return status;
}

static bp_status create(struct scene *s)
{
    bp_train *train;
    const bp_status status = bp_train_create(&train, s->net, s->data, s->data);
    bp_train_destroy(train);
    return with_sentence(s, status);
}

/* Some options cannot be set again within an epoch. */
static void set(bp_train *train, int32_t key, double value)
{
    double old;
    assert_int_equal(bp_train_get(train, key, &old), BP_OK);
    assert_true(old == value || bp_train_set(train, key, value) == BP_OK);
}

static bp_status run(struct scene *s)
{
    set(s->train, BP_TRAIN_EPOCHS, 3);
    return with_sentence(s, bp_train_run(s->train, NULL, NULL));
}

static bp_status run_by(struct scene *s, int32_t method)
{
    set(s->train, BP_TRAIN_METHOD, method);
    return run(s);
}

static bp_status run_lbfgs(struct scene *s) { return run_by(s, BP_METHOD_LBFGS); }
static bp_status run_scg(struct scene *s) { return run_by(s, BP_METHOD_SCG); }
static bp_status run_irprop(struct scene *s) { return run_by(s, BP_METHOD_IRPROP_PLUS); }

static bp_status run_squares(struct scene *s, int32_t method)
{
    any_ok(bp_net_set(s->net, BP_OPT_LOSS, BP_LOSS_SQUARED));
    return run_by(s, method);
}

static bp_status run_lm(struct scene *s) { return run_squares(s, BP_METHOD_LM); }
static bp_status run_br(struct scene *s) { return run_squares(s, BP_METHOD_BR); }

static bp_status run_balanced(struct scene *s)
{
    set(s->train, BP_TRAIN_BALANCE, 1);
    return run(s);
}

static bp_status run_row_by_row(struct scene *s)
{
    set(s->train, BP_TRAIN_BATCH, 1);
    return run(s);
}

static bp_status run_unshuffled(struct scene *s)
{
    set(s->train, BP_TRAIN_SHUFFLE, 0);
    return run(s);
}

static bp_status cross_validate(struct scene *s)
{
    double values[3];
    s->metric = BP_METRIC_F1;
    set(s->train, BP_TRAIN_EPOCHS, 1);
    return with_sentence(s, bp_train_cross_validate(s->train, 3, 1, BP_METRIC_F1, values));
}

static bp_status diagnose(struct scene *s)
{
    size_t findings;
    return with_sentence(s, bp_train_diagnose(s->train, &findings));
}

static bp_status evaluate(struct scene *s)
{
    double value;
    return with_sentence(s, bp_net_evaluate(s->net, s->data, s->metric, &value));
}

static bp_status confusion(struct scene *s)
{
    size_t counts[CLASSES * CLASSES];
    return with_sentence(s, bp_net_confusion(s->net, s->data, counts));
}

static bp_status fit_largest(struct scene *s)
{
    return with_sentence(s, any_fit_scaling(s->net, s->data, BP_SCALE_LARGEST, BP_SCALE_NONE));
}

static bp_status fold(struct scene *s)
{
    bp_data *parts[2];
    const bp_status status = bp_data_fold(s->data, 3, 0, 1, &parts[0], &parts[1]);
    bp_data_destroy(parts[0]);
    bp_data_destroy(parts[1]);
    return with_sentence(s, status);
}

static bp_status split(struct scene *s)
{
    bp_data *parts[2];
    const bp_status status = bp_data_split(s->data, 0.5, 1, &parts[0], &parts[1]);
    bp_data_destroy(parts[0]);
    bp_data_destroy(parts[1]);
    return with_sentence(s, status);
}

static bp_status copy_f32(struct scene *s)
{
    float x[ROWS * INPUTS];
    return with_sentence(s, bp_data_copy_inputs(s->data, 0, bp_data_rows(s->data), BP_F32, x));
}

static bp_status copy_f64(struct scene *s)
{
    double x[ROWS * INPUTS];
    return with_sentence(s, bp_data_copy_inputs(s->data, 0, bp_data_rows(s->data), BP_F64, x));
}

/* The arrays have room for as many numbers as the data set says now. */
static bp_status copy_sparse(struct scene *s)
{
    static float values[2 * NUMBERS];
    static int32_t columns[2 * NUMBERS];
    int64_t starts[ROWS + 1];
    assert_in_range(bp_data_nonzeros(s->data, 0, bp_data_rows(s->data)), 0, 2 * NUMBERS);
    return with_sentence(s, bp_data_copy_sparse(s->data, 0, bp_data_rows(s->data), BP_F32, values, columns, starts));
}

static bp_status copy_labels_and_weights(struct scene *s)
{
    int32_t labels[ROWS];
    double weights[ROWS];
    const bp_status status = bp_data_copy_labels(s->data, 0, bp_data_rows(s->data), labels);
    return with_sentence(s,
                         status == BP_OK ? bp_data_copy_weights(s->data, 0, bp_data_rows(s->data), weights) : status);
}

static const struct call {
    const char *name;
    call_fn *make;
    int refuses; /* changes of which parts, with BP_ERR_ARG */
    int finds;   /* which with BP_ERR_NONFINITE */
} calls[] = {
    {"bp_train_create", create, LABELS | STARTS, 0},
    {"bp_train_run", run, LABELS | WEIGHTS | SPARSE, 0},
    {"bp_train_run, L-BFGS", run_lbfgs, LABELS | WEIGHTS | SPARSE, 0},
    {"bp_train_run, SCG", run_scg, LABELS | WEIGHTS | SPARSE, 0},
    {"bp_train_run, iRPROP+", run_irprop, LABELS | WEIGHTS | SPARSE, 0},
    {"bp_train_run, LM", run_lm, LABELS | WEIGHTS | SPARSE, 0},
    {"bp_train_run, BR", run_br, LABELS | WEIGHTS | SPARSE, 0},
    {"bp_train_run, balanced", run_balanced, LABELS | WEIGHTS | SPARSE, 0},
    {"bp_train_run, row by row", run_row_by_row, LABELS | WEIGHTS | SPARSE, 0},
    {"bp_train_run, in order", run_unshuffled, LABELS | WEIGHTS | SPARSE, 0},
    {"bp_train_cross_validate", cross_validate, LABELS | WEIGHTS | SPARSE, 0},
    {"bp_train_diagnose", diagnose, SPARSE, 0}, /* of labels it has a finding */
    {"bp_net_confusion", confusion, LABELS | WEIGHTS | SPARSE, 0},
    {"bp_net_take_columns", fit_largest, COLUMNS | STARTS, VALUES},
    {"bp_data_fold", fold, LABELS, 0},
    {"bp_data_split", split, LABELS, 0},
    {"bp_data_copy_inputs, f32", copy_f32, COLUMNS | STARTS, 0},
    {"bp_data_copy_inputs, f64", copy_f64, COLUMNS | STARTS, 0},
    {"bp_data_copy_sparse", copy_sparse, COLUMNS | STARTS, 0},
    {"bp_data_copy_labels and _weights", copy_labels_and_weights, LABELS | WEIGHTS, 0},
};

/* ---- the table */

/* How the arrays are set, and which rows are shown. */
struct way {
    bool sparse, some; /* some: rows of another data set, in another order and place */
    int32_t dtype;     /* of sparse values */
};

static const struct way ways[] = {{false, false, BP_F64}, {true, false, BP_F32}, {true, false, BP_F64},
                                  {true, true, BP_F32},   {true, true, BP_F64},  {false, true, BP_F64}};

static const size_t chosen[] = {39, 7, 5, 4, 3, 2, 1, 0, 20, 21, 22, 23};

static void set_inputs(bp_data *data, struct arrays *a, const struct way *way)
{
    if (!way->sparse)
        any_ok(bp_data_set_inputs(data, BP_F64, a->x, ROWS, INPUTS, 0, BP_HOLD_BORROW));
    else if (way->dtype == BP_F32)
        any_ok(bp_data_set_sparse(data, BP_F32, a->values_f32, a->columns, a->starts, ROWS, INPUTS, BP_HOLD_BORROW));
    else
        any_ok(bp_data_set_sparse(data, BP_F64, a->values, a->columns, a->starts, ROWS, INPUTS, BP_HOLD_BORROW));
}

static void begin(struct scene *s, int32_t dtype, const struct way *way)
{
    static const struct any_layer layers[] = {{.units = 4, .activation = BP_ACT_TANH},
                                              {.units = CLASSES, .activation = BP_ACT_SOFTMAX}};
    memset(s, 0, sizeof(*s));
    fill(&s->arrays);
    assert_int_equal(bp_data_create(&s->whole, NULL), BP_OK);
    set_inputs(s->whole, &s->arrays, way);
    any_ok(bp_data_set_labels(s->whole, BP_I32, s->arrays.labels, CLASSES, BP_HOLD_BORROW));
    any_ok(bp_data_set_weights(s->whole, BP_F64, s->arrays.weights, BP_HOLD_BORROW));
    s->data = s->whole;
    if (way->some)
        s->data = any_view(s->whole, chosen, COUNT(chosen));
    s->net = any_net(dtype, INPUTS, layers, 2, 1);
    any_ok(bp_net_set(s->net, BP_OPT_LOSS, BP_LOSS_CROSS_ENTROPY));
    any_ok(bp_train_create(&s->train, s->net, s->data, s->data));
}

static void end(struct scene *s)
{
    bp_train_destroy(s->train);
    bp_net_destroy(s->net);
    if (s->data != s->whole)
        bp_data_destroy(s->data);
    bp_data_destroy(s->whole);
}

/* Whether a change can be seen when the arrays are set in this way. */
static bool shows(const struct way *way, int part) { return way->sparse || !(part & SPARSE); }

/* With the changed arrays the call refuses. With the old arrays again it does its work. */
static void check(int32_t dtype, const struct way *way, const struct call *call, int32_t metric,
                  const struct change *change)
{
    struct scene s;
    begin(&s, dtype, way);
    s.metric = metric;
    const struct arrays before = s.arrays;
    const int part = shows(way, change->part) ? change->part : 0;
    const bp_status wanted = part & call->refuses ? BP_ERR_ARG : part & call->finds ? BP_ERR_NONFINITE : BP_OK;
    const bool unfit = call->make == copy_sparse && !way->sparse;
    change->make(&s.arrays);
    const bp_status status = call->make(&s);
    if (unfit)
        assert_int_equal(status, BP_ERR_STATE);
    else if (status != wanted)
        fail_msg("%s, %s%s: %s (%s): %d, and it should be %d", call->name, way->sparse ? "sparse" : "dense",
                 way->some ? ", some rows" : "", change->name, bp_key_name(metric), (int)status, (int)wanted);
    else if (wanted == BP_ERR_ARG && !strstr(s.sentence, change->words))
        fail_msg("%s: %s: \"%s\" has not the words \"%s\"", call->name, change->name, s.sentence, change->words);
    s.arrays = before;
    if (!unfit && call->make(&s) != BP_OK)
        fail_msg("%s: %s: not well again: %s", call->name, change->name, s.sentence);
    end(&s);
}

static void every_call_refuses_what_it_takes_from_changed_arrays(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t w = 0; w < COUNT(ways); w++)
        for (size_t i = 0; i < COUNT(calls); i++)
            for (size_t k = 0; k < COUNT(changes); k++)
                check(dtype, &ways[w], &calls[i], BP_METRIC_LOSS, &changes[k]);
}

/* Top 5 needs five classes. */
static void every_metric_refuses_changed_arrays(void **state)
{
    static const struct call call = {"bp_net_evaluate", evaluate, LABELS | WEIGHTS | SPARSE, 0};
    const int32_t dtype = any_dtype(state);
    for (size_t w = 0; w < COUNT(ways); w++)
        for (size_t i = 0; bp_key_at(BP_FAMILY_METRIC, i) != 0; i++)
            for (size_t k = 0; bp_key_at(BP_FAMILY_METRIC, i) != BP_METRIC_TOP_5 && k < COUNT(changes); k++)
                check(dtype, &ways[w], &call, bp_key_at(BP_FAMILY_METRIC, i), &changes[k]);
}

/* Also if the arrays change between two epochs, or only those of the validation data. */
static void a_training_under_way_refuses_changed_arrays(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t w = 0; w < COUNT(ways); w++)
        for (size_t k = 0; k < 2 * COUNT(changes); k++) {
            const struct change *change = &changes[k / 2];
            struct scene s, valid;
            begin(&s, dtype, &ways[w]);
            begin(&valid, dtype, &ways[w]);
            if (k % 2) {
                bp_train_destroy(s.train);
                any_ok(bp_train_create(&s.train, s.net, s.data, valid.data));
            }
            assert_int_equal(bp_train_epoch(s.train), BP_OK);
            change->make(k % 2 ? &valid.arrays : &s.arrays);
            const bp_status status = bp_train_epoch(s.train);
            assert_int_equal(status, shows(&ways[w], change->part) ? BP_ERR_ARG : BP_OK);
            if (status != BP_OK && !strstr(bp_last_error(), change->words))
                fail_msg("%s: \"%s\"", change->name, bp_last_error());
            end(&valid);
            end(&s);
        }
}

/* A row that also takes the numbers of the next one is a valid row, but memory was allocated for shorter ones. */
static void rows_that_grew_since_their_memory_was_allocated_are_refused(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t w = 0; w < COUNT(ways); w++) {
        struct scene s;
        if (!ways[w].sparse || ways[w].dtype == dtype) /* these go through as they lie */
            continue;
        begin(&s, dtype, &ways[w]);
        assert_int_equal(bp_train_set(s.train, BP_TRAIN_BATCH, 1), BP_OK);
        assert_int_equal(bp_train_epoch(s.train), BP_OK);
        s.arrays.starts[5] = s.arrays.starts[6];
        assert_int_equal(bp_train_epoch(s.train), BP_ERR_ARG);
        assert_non_null(strstr(bp_last_error(), "the rows have 6 numbers: there is room for 3"));
        end(&s);
    }
}

/* Also if each of them alone would fit. */
static void rows_that_grew_are_counted_together(void **state)
{
    static const size_t both[] = {4, 6};
    const int32_t dtype = any_dtype(state);
    const struct way way = {true, false, dtype == BP_F32 ? BP_F64 : BP_F32};
    struct scene s;
    begin(&s, dtype, &way);
    bp_data *two = any_view(s.whole, both, COUNT(both));
    bp_train_destroy(s.train);
    any_ok(bp_train_create(&s.train, s.net, two, NULL));
    assert_int_equal(bp_train_epoch(s.train), BP_OK);
    s.arrays.starts[5] = s.arrays.starts[6];
    assert_int_equal(bp_train_epoch(s.train), BP_ERR_ARG);
    assert_non_null(strstr(bp_last_error(), "the rows have 9 numbers: there is room for 6"));
    bp_data_destroy(two);
    end(&s);
}

/* Its low half alone would be a label like others. */
static void a_label_beyond_32_bits_is_refused(void **state)
{
    static const double x[3] = {1, 2, 3};
    int64_t labels[3] = {0, 1, 2};
    int32_t copies[3];
    bp_data *data = NULL;
    (void)state;
    any_ok(bp_data_create(&data, NULL));
    any_ok(bp_data_set_inputs(data, BP_F64, x, 3, 1, 0, BP_HOLD_BORROW));
    any_ok(bp_data_set_labels(data, BP_I64, labels, CLASSES, BP_HOLD_BORROW));
    labels[1] = ((int64_t)1 << 32) + 1;
    assert_int_equal(bp_data_copy_labels(data, 0, 3, copies), BP_ERR_ARG);
    assert_string_equal(bp_last_error(), "bp_data_copy_labels: labels[1] is 4294967297: it must be 0 to 2");
    bp_data_destroy(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH_MASKED(every_call_refuses_what_it_takes_from_changed_arrays),
        ANY_BOTH_MASKED(every_metric_refuses_changed_arrays),
        ANY_BOTH_MASKED(a_training_under_way_refuses_changed_arrays),
        ANY_BOTH(rows_that_grew_since_their_memory_was_allocated_are_refused),
        ANY_BOTH(rows_that_grew_are_counted_together),
        cmocka_unit_test(a_label_beyond_32_bits_is_refused),
    };
    return cmocka_run_group_tests_name("borrowed arrays that are changed", tests, NULL, NULL);
}
