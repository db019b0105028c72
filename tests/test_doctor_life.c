/* SPDX-License-Identifier: MIT
 *
 * bp_train_diagnose() in the life of a training: it may be called at any time, and changes nothing. */
#include "doctor_fixture.h"
#include "readers_fixture.h"
#include "read_file.h"
#include "vectors/activations.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define OUT(n, activation)                                                                                             \
    {                                                                                                                  \
        n, BP_ACT_##activation, 0, 0                                                                                   \
    }

enum { ROWS = 50, INPUTS = 3, MOST_PARAMETERS = 128 };

static bp_data *some_data(uint64_t seed)
{
    double x[ROWS * INPUTS];
    int32_t labels[ROWS];
    any_fill(&seed, x, ROWS * INPUTS, -1, 1);
    for (size_t i = 0; i < ROWS; i++)
        labels[i] = x[i * INPUTS] > x[i * INPUTS + 1];
    return data_with_labels(x, ROWS, INPUTS, labels, 2);
}

/* ---- without a trace */

static const struct recipe with_dropout = {
    {OUT(8, TANH), {0, 0, 0, 0.3}, OUT(8, RELU), OUT(2, SOFTMAX)}, BP_LOSS_CROSS_ENTROPY, BP_OPTIM_ADAM, 0.05, 8, 6, 0};
static const struct recipe by_lbfgs = {
    {OUT(8, TANH), OUT(2, SOFTMAX)}, BP_LOSS_CROSS_ENTROPY, 0, 0, 8, 6, BP_METHOD_LBFGS};

static void a_training_continues_to_the_same_bits(void **state)
{
    static const struct recipe *const recipes[] = {&with_dropout, &by_lbfgs};
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < sizeof(recipes) / sizeof(recipes[0]); i++) {
        struct patient a = patient_of(dtype, recipes[i], some_data(3), some_data(4));
        struct patient b = patient_of(dtype, recipes[i], some_data(3), some_data(4));
        any_ok(bp_net_set(a.net, BP_OPT_RAW, 0));
        any_ok(bp_net_set(b.net, BP_OPT_RAW, 0));
        double of_a[MOST_PARAMETERS], of_b[MOST_PARAMETERS], before[8 * 8], after[8 * 8];
        bp_status status = BP_OK;
        while (status == BP_OK) {
            status = bp_train_batches(a.train, 1);
            examine(&b);
            assert_int_equal(bp_train_batches(b.train, 1), status);
            const size_t rows = any_rows(b.net);
            if (rows <= 8) { /* what the last forward cached stays too */
                any_ok(any_get_z(b.net, 0, before));
                examine(&b);
                any_ok(any_get_z(b.net, 0, after));
                any_same_bits(after, before, rows * 8);
            }
        }
        assert_int_equal(status, BP_DONE);
        assert_true(any_parameters(a.net) <= MOST_PARAMETERS);
        any_ok(any_get_parameters(a.net, of_a));
        any_ok(any_get_parameters(b.net, of_b));
        any_same_bits(of_a, of_b, any_parameters(a.net));
        end_patient(&a);
        end_patient(&b);
    }
}

/* ---- after a failure */

/* A NaN in one row of several thousand is found, because that batch is examined, and its place is reported. */
static void a_failure_is_reported_with_epoch_batch_row_and_layer(void **state)
{
    enum { MANY = 5000, BAD = 3333, OF_A_BATCH = 50 };
    static const struct recipe recipe = {{OUT(4, TANH), OUT(1, IDENTITY)}, 0, 0, 0.01, OF_A_BATCH, 3, 0};
    const int32_t dtype = any_dtype(state);
    double *x = any_buffer(MANY * INPUTS), target[MANY] = {0}, loss, warning;
    uint64_t seed = 1;
    bp_data *data = NULL;
    char text[64];
    any_fill(&seed, x, MANY * INPUTS, -1, 1);
    x[BAD * INPUTS + 2] = (double)NAN;
    assert_int_equal(bp_data_create(&data, NULL), BP_OK);
    assert_int_equal(bp_data_set_inputs(data, BP_F64, x, MANY, INPUTS, 0, BP_HOLD_BORROW), BP_OK);
    assert_int_equal(bp_data_set_target(data, BP_F64, target, 1, 0, BP_HOLD_BORROW), BP_OK);
    struct patient p = patient_of(dtype, &recipe, data, NULL);
    examine(&p); /* it is not among the rows that are examined */
    expect_healthy(&p, 0);
    any_ok(bp_train_set(p.train, BP_TRAIN_SHUFFLE, 0));
    assert_int_equal(bp_train_epoch(p.train), BP_ERR_NONFINITE);
    assert_int_equal(any_nonfinite_layer(p.net), 0);
    examine(&p);
    const size_t failure = find(&p, BP_FINDING_NONFINITE), input = find(&p, BP_FINDING_INPUT_NONFINITE);
    assert_true(failure == 0 && input < MOST_FINDINGS);
    assert_int_equal(p.place[failure], 0);
    assert_true(p.measure[failure] == 1 && p.place[input] == 2);
    snprintf(text, sizeof(text), "batch %d in epoch 1, from row %d", BAD / OF_A_BATCH + 1,
             BAD / OF_A_BATCH * OF_A_BATCH);
    assert_non_null(strstr(bp_train_finding_text(p.train, failure), text));
    assert_non_null(strstr(bp_train_finding_text(p.train, failure), "layer 0"));
    x[BAD * INPUTS + 2] = 0; /* mended; the epoch continues, and its record shows the failure */
    any_ok(bp_train_epoch(p.train));
    any_ok(bp_train_record(p.train, 0, BP_RECORD_WARNING, &warning));
    assert_true((int32_t)warning == BP_FINDING_NONFINITE);
    any_ok(bp_train_epoch(p.train));
    examine(&p);
    expect_healthy(&p, 0);
    any_ok(bp_train_record(p.train, 1, BP_RECORD_WARNING, &warning));
    assert_true((int32_t)warning == BP_FINDING_NONFINITE);
    any_ok(bp_train_record(p.train, 2, BP_RECORD_WARNING, &warning));
    assert_true(warning == 0);
    any_ok(bp_train_record(p.train, 0, BP_RECORD_LOSS, &loss));
    assert_true(isfinite(loss));
    end_patient(&p);
    free(x);
}

/* What the training will scale, or has scaled, is examined as the network sees it; a constant column stays constant.
 * A NaN anywhere keeps the training from its first step, and is found wherever it is. */
static void inputs_are_examined_as_the_network_sees_them(void **state)
{
    enum { MANY = 5000, BAD = 3333 };
    static const struct recipe recipe = {{OUT(4, TANH), OUT(1, IDENTITY)}, 0, 0, 0.01, 50, 2, 0};
    const int32_t dtype = any_dtype(state);
    double *x = any_buffer(MANY * INPUTS), *target = any_buffer(MANY);
    uint64_t seed = 1;
    any_fill(&seed, x, MANY * INPUTS, 500, 600);
    any_fill(&seed, target, MANY, 500, 600);
    for (size_t i = 0; i < MANY; i++)
        x[i * INPUTS + 1] = 7;
    struct patient raw = patient_of(dtype, &recipe, data_with_target(x, MANY, INPUTS, target, 1), NULL);
    examine(&raw);
    assert_true(find(&raw, BP_FINDING_INPUT_SCALE) < MOST_FINDINGS);
    end_patient(&raw);
    struct patient p = patient_of(dtype, &recipe, data_with_target(x, MANY, INPUTS, target, 1), NULL);
    any_ok(bp_net_set(p.net, BP_OPT_RAW, 0));
    for (int epoch = 0; epoch < 2; epoch++) {
        examine(&p);
        expect_healthy(&p, BP_FINDING_INPUT_CONSTANT);
        assert_int_equal(p.place[0], 1);
        assert_non_null(strstr(bp_train_finding_text(p.train, 0), "column 1 with 7"));
        assert_int_equal(any_scales_inputs(p.net), epoch > 0);
        any_ok(bp_train_epoch(p.train));
    }
    end_patient(&p);
    x[BAD * INPUTS + 2] = (double)NAN;
    struct patient bad = patient_of(dtype, &recipe, data_with_target(x, MANY, INPUTS, target, 1), NULL);
    any_ok(bp_net_set(bad.net, BP_OPT_RAW, 0));
    examine(&bad);
    const size_t at = find(&bad, BP_FINDING_INPUT_NONFINITE);
    assert_true(at < MOST_FINDINGS && bad.place[at] == 2 && bad.measure[at] == (double)(1.0 / MANY));
    end_patient(&bad);
    free(target);
    free(x);
}

/* An examination before the first step does not decide whether the training will scale. */
static void an_examination_does_not_settle_the_scaling(void **state)
{
    static const struct recipe recipe = {{OUT(2, SOFTMAX)}, BP_LOSS_CROSS_ENTROPY, 0, 0.01, 50, 2, 0};
    const int32_t dtype = any_dtype(state);
    struct patient p = patient_of(dtype, &recipe, some_data(3), NULL);
    double parameters[2 * INPUTS + 2] = {0};
    any_ok(bp_net_set(p.net, BP_OPT_RAW, 0));
    examine(&p);
    any_ok(any_set_parameters(p.net, parameters)); /* now the net is not fresh */
    any_ok(bp_train_epoch(p.train));
    assert_int_equal(any_scales_inputs(p.net), 0);
    end_patient(&p);
}

/* The option names the same layer as the sentence of the net. If the target is wrong, there is no such layer. */
static void the_nonfinite_layer_can_be_asked_for(void **state)
{
    static const struct any_layer layers[] = {OUT(2, IDENTITY), OUT(1, EXP), OUT(1, IDENTITY)};
    const int32_t dtype = any_dtype(state);
    bp_net *net = any_net(dtype, 1, layers, 3, 1);
    const double one = 1, parameters[] = {1, 1, 0, 0, 1000, 1000, 0, 1, 0}, nan = (double)NAN;
    assert_int_equal(any_nonfinite_layer(net), -1);
    any_ok(any_set_parameters(net, parameters));
    assert_int_equal(any_train(net, &one, &one, 1, NULL), BP_ERR_NONFINITE);
    assert_int_equal(any_nonfinite_layer(net), 1);
    assert_non_null(strstr(bp_last_error(), "layer 1"));
    any_ok(bp_net_init(net, 1));
    any_ok(any_train(net, &one, &one, 1, NULL));
    assert_int_equal(any_nonfinite_layer(net), -1);
    assert_int_equal(any_train(net, &one, &nan, 1, NULL), BP_ERR_NONFINITE);
    assert_int_equal(any_nonfinite_layer(net), -1);
    any_ok(any_forward(net, &one, 1, NULL));
    assert_int_equal(any_backward_from(net, &nan, 1), BP_ERR_NONFINITE);
    assert_int_equal(any_nonfinite_layer(net), 2);
    bp_net_destroy(net);
}

/* ---- labels */

static void labels_that_are_no_class_and_classes_without_rows_are_reported(void **state)
{
    static const struct recipe recipe = {{OUT(4, TANH), OUT(4, SOFTMAX)}, BP_LOSS_CROSS_ENTROPY, 0, 0.1, 8, 2, 0};
    const int32_t dtype = any_dtype(state);
    double x[ROWS * INPUTS];
    int64_t labels[ROWS];
    uint64_t seed = 1;
    bp_data *data = NULL;
    any_fill(&seed, x, ROWS * INPUTS, -1, 1);
    for (size_t i = 0; i < ROWS; i++)
        labels[i] = (int64_t)(i % 3) + 1; /* from 1, as they should not be */
    assert_int_equal(bp_data_create(&data, NULL), BP_OK);
    assert_int_equal(bp_data_set_inputs(data, BP_F64, x, ROWS, INPUTS, 0, BP_HOLD_COPY), BP_OK);
    assert_int_equal(bp_data_set_labels(data, BP_I64, labels, 4, BP_HOLD_BORROW), BP_OK);
    struct patient p = patient_of(dtype, &recipe, data, NULL);
    examine(&p);
    const size_t unused = find(&p, BP_FINDING_CLASS_UNUSED);
    assert_true(p.findings == 1 && unused == 0 && p.place[0] == 0 && p.measure[0] == 0.25);
    labels[17] = 9;
    labels[40] = -1;
    labels[41] = ((int64_t)1 << 32) + 1; /* whose low half is a class */
    examine(&p);
    const size_t range = find(&p, BP_FINDING_LABEL_RANGE);
    assert_true(p.findings == 2 && range < 2 && p.place[range] == 17 && p.measure[range] == (double)(3.0 / ROWS));
    assert_non_null(strstr(bp_train_finding_text(p.train, range), "9 in row 17"));
    labels[17] = labels[40] = labels[41] = 1;
    examine(&p);
    assert_true(p.findings == 1);
    end_patient(&p);
}

static void a_failure_of_no_layer_has_the_place_after_the_last(void **state)
{
    static const struct recipe recipe = {{OUT(1, TANH), OUT(1, IDENTITY)}, 0, 0, 0, 2, 1, 0};
    const double x[] = {0, 1}, target[] = {0, (double)INFINITY};
    struct patient p = patient_of(any_dtype(state), &recipe, data_with_target(x, 2, 1, target, 1), NULL);
    assert_int_equal(bp_train_epoch(p.train), BP_ERR_NONFINITE);
    examine(&p);
    const size_t at = find(&p, BP_FINDING_NONFINITE);
    assert_true(at < MOST_FINDINGS && p.place[at] == bp_net_layers(p.net));
    end_patient(&p);
}

/* ---- activations */

/* Is a target of this number beyond the output? Two outputs, so that softmax has something to choose. */
static bool is_beyond(int32_t dtype, int32_t activation, double number)
{
    const struct recipe recipe = {{{2, activation, 0, 0}}, 0, 0, 0, 1, 1, 0};
    const double x[] = {0.5, -0.5}, target[] = {0.5, 0.5, number, 0.5};
    struct patient p = patient_of(dtype, &recipe, data_with_target(x, 2, 1, target, 2), NULL);
    examine(&p);
    const size_t at = find(&p, BP_FINDING_TARGET_RANGE);
    if (at < MOST_FINDINGS)
        assert_true(p.place[at] == 0 && p.measure[at] == 0.25);
    end_patient(&p);
    return at < MOST_FINDINGS;
}

static void targets_beyond_what_the_output_gives_are_reported(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < COUNT(facts); i++) {
        const int32_t activation = facts[i].activation;
        const double low = isinf(facts[i].low) ? -1e9 : facts[i].low, high = isinf(facts[i].high) ? 1e9 : facts[i].high;
        if (is_beyond(dtype, activation, low) || is_beyond(dtype, activation, high))
            fail_msg("%s reaches %g and %g", bp_key_name(activation), low, high);
        if (isfinite(facts[i].low) && !is_beyond(dtype, activation, low - 0.01))
            fail_msg("%s ends at %g", bp_key_name(activation), low);
        if (isfinite(facts[i].high) && !is_beyond(dtype, activation, high + 0.01))
            fail_msg("%s ends at %g", bp_key_name(activation), high);
    }
}

/* The finding for hidden units far below 0, far above it, and in turn on either side; 0: none. */
static const struct {
    int32_t activation, below, above, by_turns;
} ends[] = {
    {BP_ACT_SIGMOID, BP_FINDING_SATURATED_UNITS, BP_FINDING_SATURATED_UNITS, BP_FINDING_SATURATED_UNITS},
    {BP_ACT_TANH, BP_FINDING_SATURATED_UNITS, BP_FINDING_SATURATED_UNITS, BP_FINDING_SATURATED_UNITS},
    {BP_ACT_SOFTSIGN, BP_FINDING_SATURATED_UNITS, BP_FINDING_SATURATED_UNITS, BP_FINDING_SATURATED_UNITS},
    {BP_ACT_HARD_SIGMOID, BP_FINDING_SATURATED_UNITS, BP_FINDING_SATURATED_UNITS, BP_FINDING_SATURATED_UNITS},
    {BP_ACT_RELU, BP_FINDING_DEAD_UNITS, 0, 0},
    {BP_ACT_ELU, BP_FINDING_DEAD_UNITS, 0, 0},
    {BP_ACT_SILU, BP_FINDING_DEAD_UNITS, 0, 0},
    {BP_ACT_SOFTPLUS, BP_FINDING_DEAD_UNITS, 0, 0},
    {BP_ACT_LEAKY_RELU, 0, 0, 0},
    {BP_ACT_IDENTITY, 0, 0, 0},
    {BP_ACT_SINE, 0, 0, 0},
    {BP_ACT_GAUSSIAN, BP_FINDING_DEAD_UNITS, BP_FINDING_DEAD_UNITS, BP_FINDING_DEAD_UNITS},
    {BP_ACT_TRIANGULAR, BP_FINDING_DEAD_UNITS, BP_FINDING_DEAD_UNITS, BP_FINDING_DEAD_UNITS},
    {BP_ACT_STEP, BP_FINDING_DEAD_UNITS, BP_FINDING_DEAD_UNITS, BP_FINDING_DEAD_UNITS},
};

/* A training with a hidden unit that has these two values of z. */
static struct patient unit_of(int32_t dtype, int32_t activation, double one, double other)
{
    const struct recipe recipe = {{{1, activation, 0, 0}, OUT(1, IDENTITY)}, 0, 0, 0, 1, 1, 0};
    const double x[] = {0, 1}, target[] = {0, 1}, weight = other - one;
    struct patient p = patient_of(dtype, &recipe, data_with_target(x, 2, 1, target, 1), NULL);
    any_ok(any_set_weights(p.net, 0, &weight));
    any_ok(any_set_bias(p.net, 0, &one));
    return p;
}

/* The finding for it; 0: none. */
static int32_t said_of(int32_t dtype, int32_t activation, double one, double other)
{
    struct patient p = unit_of(dtype, activation, one, other);
    examine(&p);
    const int32_t said = p.findings > 0 ? p.kind[0] : 0;
    assert_true(p.findings <= 1 && (said == 0 || (p.place[0] == 0 && p.measure[0] == 1)));
    end_patient(&p);
    return said;
}

static void units_at_the_flat_ends_of_their_activation_are_reported(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        const int32_t activation = ends[i].activation;
        if (said_of(dtype, activation, -40, -30) != ends[i].below)
            fail_msg("%s below", bp_key_name(activation));
        if (said_of(dtype, activation, 40, 30) != ends[i].above)
            fail_msg("%s above", bp_key_name(activation));
        if (said_of(dtype, activation, 40, -40) != ends[i].by_turns)
            fail_msg("%s by turns", bp_key_name(activation));
        if (activation != BP_ACT_STEP && said_of(dtype, activation, -0.5, 0.5) != 0)
            fail_msg("%s between", bp_key_name(activation));
    }
}

static void a_leaky_relu_of_slope_0_dies_like_a_relu(void **state)
{
    struct patient p = unit_of(any_dtype(state), BP_ACT_LEAKY_RELU, -40, -30);
    any_ok(bp_net_layer_set(p.net, 0, BP_LAYER_SLOPE, 0));
    examine(&p);
    assert_true(p.findings == 1 && p.kind[0] == BP_FINDING_DEAD_UNITS && p.place[0] == 0 && p.measure[0] == 1);
    end_patient(&p);
}

/* In the last layer a slope must be exactly 0: a flat unit may still learn because of its loss. */
static void an_output_is_dead_only_without_any_slope(void **state)
{
    static const int32_t activations[] = {BP_ACT_SOFTPLUS, BP_ACT_RELU};
    const int32_t dtype = any_dtype(state);
    const double x[] = {0, 1}, target[] = {0, 1}, parameters[] = {1, -12};
    for (size_t i = 0; i < 2; i++) {
        const struct recipe recipe = {{{1, activations[i], 0, 0}}, 0, 0, 0, 1, 1, 0};
        struct patient p = patient_of(dtype, &recipe, data_with_target(x, 2, 1, target, 1), NULL);
        any_ok(any_set_parameters(p.net, parameters));
        examine(&p);
        assert_int_equal(find(&p, BP_FINDING_DEAD_UNITS), i == 0 ? MOST_FINDINGS : 0);
        end_patient(&p);
    }
}

/* A unit that is alive only by the factor of dropout is dead. */
static void nothing_is_dropped_out_in_an_examination(void **state)
{
    static const struct recipe recipe = {
        {OUT(1, IDENTITY), {0, 0, 0, 0.5}, OUT(1, RELU), OUT(1, IDENTITY)}, 0, 0, 0, 1, 1, 0};
    const int32_t dtype = any_dtype(state);
    const double parameters[] = {1, 0, 1, -1.5, 1, 0};
    double x[ROWS], target[ROWS] = {0};
    for (size_t i = 0; i < ROWS; i++)
        x[i] = 0.8 + 0.2 * (double)(i % 2);
    struct patient p = patient_of(dtype, &recipe, data_with_target(x, ROWS, 1, target, 1), NULL);
    any_ok(any_set_parameters(p.net, parameters));
    examine(&p);
    assert_true(p.findings == 1 && p.kind[0] == BP_FINDING_DEAD_UNITS && p.place[0] == 2 && p.measure[0] == 1);
    end_patient(&p);
}

/* ---- names and texts */

static void a_finding_has_a_name_and_a_warning_is_one(void **state)
{
    (void)state;
    size_t count = 0;
    for (int32_t kind; (kind = bp_key_at(BP_FAMILY_FINDING, count)) != 0; count++) {
        assert_int_equal(bp_key_find(BP_FAMILY_FINDING, bp_key_name(kind)), kind);
        assert_int_equal(kind, BP_FINDING_NONFINITE + 10 * (int32_t)count);
    }
    assert_int_equal(count, 13);
    assert_null(bp_key_name(BP_FINDING_OVERFITTING + 10));
}

/* A column for every order of the same three numbers: none is constant. */
static void the_order_of_rows_does_not_matter(void **state)
{
    static const double x[3 * 6] = {-1, -1, 0, 0, 1, 1, 0, 1, -1, 1, -1, 0, 1, 0, 1, -1, 0, -1};
    static const struct recipe recipe = {{OUT(4, TANH), OUT(2, SOFTMAX)}, BP_LOSS_CROSS_ENTROPY, 0, 0.01, 3, 3, 0};
    static const int32_t labels[3] = {0, 1, 0};
    struct patient p = patient_of(any_dtype(state), &recipe, data_with_labels(x, 3, 6, labels, 2), NULL);
    examine(&p);
    expect_healthy(&p, 0);
    end_patient(&p);
}

static void a_text_names_the_column(void **state)
{
    static const struct recipe recipe = {{OUT(1, IDENTITY)}, 0, 0, 0, 8, 2, 0};
    const int32_t dtype = any_dtype(state);
    const char *path = text_file("width,year,price\n0.5,1999,1\n-0.5,2002,-1\n0.25,2010,1\n-0.25,2001,0\n");
    bp_data *data = NULL;
    assert_int_equal(load_csv(&data, path, "-1"), BP_OK);
    struct patient p = patient_of(dtype, &recipe, data, NULL);
    examine(&p);
    assert_true(p.findings == 1 && p.kind[0] == BP_FINDING_INPUT_SCALE && p.place[0] == 1);
    assert_non_null(strstr(bp_train_finding_text(p.train, 0), "column 1 (year)"));
    end_patient(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(a_training_continues_to_the_same_bits),
        ANY_BOTH_MASKED(a_failure_is_reported_with_epoch_batch_row_and_layer),
        ANY_BOTH_MASKED(a_failure_of_no_layer_has_the_place_after_the_last),
        ANY_BOTH_MASKED(inputs_are_examined_as_the_network_sees_them),
        ANY_BOTH(an_examination_does_not_settle_the_scaling),
        ANY_BOTH_MASKED(the_nonfinite_layer_can_be_asked_for),
        ANY_BOTH(labels_that_are_no_class_and_classes_without_rows_are_reported),
        ANY_BOTH_MASKED(targets_beyond_what_the_output_gives_are_reported),
        ANY_BOTH(units_at_the_flat_ends_of_their_activation_are_reported),
        ANY_BOTH(a_leaky_relu_of_slope_0_dies_like_a_relu),
        ANY_BOTH(an_output_is_dead_only_without_any_slope),
        ANY_BOTH(nothing_is_dropped_out_in_an_examination),
        cmocka_unit_test(a_finding_has_a_name_and_a_warning_is_one),
        ANY_BOTH(the_order_of_rows_does_not_matter),
        ANY_BOTH(a_text_names_the_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
