/* SPDX-License-Identifier: MIT
 *
 * The bounds and first values of every option. Programs may rely on them, so a change of one must be made here too. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "any.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct option {
    int32_t key;
    double low, high, initial;
};

/* From the first member of its family to the last. */
#define MEMBERS 0, 0

static struct option filled(const struct option *row)
{
    struct option option = *row;
    const int32_t family = bp_key_members(row->key);
    if (bp_key_domain(row->key) == BP_DOMAIN_MEMBER) {
        option.low = bp_key_at(family, 0);
        for (size_t i = 0; bp_key_at(family, i) != 0; i++)
            option.high = bp_key_at(family, i);
        assert_true(option.low < option.high);
    }
    return option;
}

static const struct option of_nets[] = {
    {BP_OPT_LOSS, MEMBERS, BP_LOSS_SQUARED},
    {BP_OPT_OPTIMIZER, MEMBERS, BP_OPTIM_SGD},
    {BP_OPT_LEARNING_RATE, 0, 1e30, 0.01},
    {BP_OPT_MOMENTUM, 0, 1, 0},
    {BP_OPT_NESTEROV, 0, 1, 0},
    {BP_OPT_BETA1, 0, 0.999999, 0.9},
    {BP_OPT_BETA2, 0, 0.999999, 0.999},
    {BP_OPT_RHO, 0, 1, 0.99},
    {BP_OPT_EPSILON, 1e-16, 1, 1e-8},
    {BP_OPT_WEIGHT_DECAY, 0, 1, 0},
    {BP_OPT_L1, 0, 1, 0},
    {BP_OPT_L2, 0, 1, 0},
    {BP_OPT_DECAY_BIAS, 0, 1, 0},
    {BP_OPT_CLIP_VALUE, 0, 1e30, 0},
    {BP_OPT_CLIP_NORM, 0, 1e30, 0},
    {BP_OPT_HUBER_DELTA, 1e-6, 1e30, 1},
    {BP_OPT_QUANTILE, 0, 1, 0.5},
    {BP_OPT_LABEL_SMOOTHING, 0, 1, 0},
    {BP_OPT_THREADS, 0, 256, 1},
    {BP_OPT_ETA_PLUS, 1, 100, 1.2},
    {BP_OPT_ETA_MINUS, 0, 1, 0.5},
    {BP_OPT_STEP_MIN, 1e-30, 1e28, 1e-6},
    {BP_OPT_STEP_MAX, 1e-30, 1e28, 50},
    {BP_OPT_GROWTH, 1, 100, 1.75},
    {BP_OPT_SPIN, 0, 10000, 50},
    {BP_OPT_RAW, 0, 1, 0},
    {BP_OPT_SAVE_STATE, 0, 1, 0},
    {BP_OPT_GRADIENT_ROWS, 0, 0x1p53, 0},
    {BP_OPT_SCALE_INPUTS, BP_SCALE_AUTO, BP_SCALE_LARGEST, BP_SCALE_AUTO},
    {BP_OPT_SCALE_TARGETS, BP_SCALE_AUTO, BP_SCALE_LARGEST, BP_SCALE_AUTO},
    {BP_OPT_TYPE, MEMBERS, BP_F32},
    {BP_OPT_FRESH, 0, 1, 0},
    {BP_OPT_GRADIENT_NORM, 0, DBL_MAX, 0},
    {BP_OPT_NONFINITE_LAYER, -1, 0x1p53, -1},
    {BP_LAYER_ACTIVATION, MEMBERS, BP_ACT_IDENTITY},
    {BP_LAYER_BIAS, MEMBERS, BP_BIAS_UNIT},
    {BP_LAYER_TRAIN_WEIGHTS, 0, 1, 1},
    {BP_LAYER_TRAIN_BIAS, 0, 1, 1},
    {BP_LAYER_INIT, MEMBERS, BP_INIT_AUTO},
    {BP_LAYER_INIT_SCALE, -1e6, 1e6, 1},
    {BP_LAYER_BIAS_INIT, MEMBERS, BP_INIT_AUTO},
    {BP_LAYER_BIAS_INIT_SCALE, -1e6, 1e6, 1},
    {BP_LAYER_SLOPE, 0, 1000, 0.01},
    {BP_LAYER_RATE, 0, 0.99, 0.5},
    {BP_LAYER_KIND, MEMBERS, BP_KIND_DENSE},
    {BP_LAYER_UNITS, 1, 0x1p53, 1},
    {BP_LAYER_INPUTS, 1, 0x1p53, 1},
    {BP_LAYER_RANDOM, 0, 1, 0},
};

#define MANY 0x1p53

static const struct option of_trainings[] = {
    {BP_TRAIN_EPOCHS, 0, MANY, 200},
    {BP_TRAIN_BATCH, 0, MANY, 32},
    {BP_TRAIN_SEED, 0, MANY, 0},
    {BP_TRAIN_SHUFFLE, 0, 1, 1},
    {BP_TRAIN_BALANCE, 0, 1, 0},
    {BP_TRAIN_METHOD, MEMBERS, BP_METHOD_STEPS},
    {BP_TRAIN_PATIENCE, 0, MANY, 6},
    {BP_TRAIN_RESTORE, 0, 1, 1},
    {BP_TRAIN_GOAL, -1e300, 1e300, -1e300},
    {BP_TRAIN_MIN_GRADIENT, 0, 1e300, 0},
    {BP_TRAIN_TIME, 0, 1e300, 0},
    {BP_TRAIN_SCHEDULE, MEMBERS, BP_SCHEDULE_CONSTANT},
    {BP_TRAIN_WARMUP, 0, MANY, 0},
    {BP_TRAIN_DECAY, 0, 1, 0.1},
    {BP_TRAIN_PERIOD, 1, MANY, 10},
    {BP_TRAIN_LEAST_RATE, 0, 1e30, 0},
    {BP_TRAIN_MOST_RATE, 0, 1e30, 0},
    {BP_TRAIN_MU, 1e-20, 1e300, 1e-3},
    {BP_TRAIN_MU_DECREASE, 0, 1, 0.1},
    {BP_TRAIN_MU_INCREASE, 1.01, 1e10, 10},
    {BP_TRAIN_MU_MAX, 1e-20, 1e300, 1e10},
    {BP_TRAIN_LAPACK, 0, HAVE_LAPACK, 0},
};

static const struct option of_data[] = {
    {BP_DATA_SEPARATOR, 0, 126, 0},
    {BP_DATA_HEADER, -1, 1, -1},
    {BP_DATA_MISSING, MEMBERS, BP_MISSING_REFUSE},
    {BP_DATA_CLASS, -1, 1, -1},
    {BP_DATA_NUMBERS, -1, 1, -1},
    {BP_DATA_BYTE, 0x1p-1022, DBL_MAX, 1},
    {BP_DATA_FORMAT, MEMBERS, BP_FORMAT_AUTO},
    {BP_DATA_WIDTH, 0, INT32_MAX, 0},
};

static void every_option_of_nets_is_as_the_table_says(void **state)
{
    size_t rows = 0, of_net = 0;
    int32_t key;
    (void)state;
    while (bp_key_at(BP_FAMILY_NET_OPTION, of_net) != 0)
        of_net++;
    for (size_t i = 0;
         (key = i < of_net ? bp_key_at(BP_FAMILY_NET_OPTION, i) : bp_key_at(BP_FAMILY_LAYER_OPTION, i - of_net)) != 0;
         i++) {
        double low, high, initial;
        assert_int_equal(bp_key_bounds(key, &low, &high, &initial), BP_OK);
        if (key == BP_OPT_BLAS) { /* it is there or not */
            assert_true(low == 0 && (high == 0 || high == 1) && initial == 0);
            continue;
        }
        const struct option *row = of_nets;
        while (row < of_nets + COUNT(of_nets) && row->key != key)
            row++;
        if (row == of_nets + COUNT(of_nets))
            fail_msg("no row of the table is of %s", bp_key_name(key));
        const struct option option = filled(row);
        if (low != option.low || high != option.high || initial != option.initial)
            fail_msg("%s is %.17g to %.17g and first %.17g", bp_key_name(key), low, high, initial);
        rows++;
    }
    assert_int_equal(rows, COUNT(of_nets));
}

/* The activations that have a slope, with the first value and the least. */
static const struct {
    int32_t activation;
    double initial, low;
} slopes[] = {{BP_ACT_LEAKY_RELU, 0.01, 0}, {BP_ACT_ELU, 1, 1e-3}, {BP_ACT_CELU, 1, 1e-3}, {BP_ACT_SOFTPLUS, 1, 1e-3}};

static void only_these_activations_have_a_slope(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; bp_key_at(BP_FAMILY_ACTIVATION, i) != 0; i++) {
        const struct any_layer layer = {2, bp_key_at(BP_FAMILY_ACTIVATION, i), 0, 0};
        bp_net *net = any_net(dtype, 1, &layer, 1, 1);
        double value;
        size_t k = 0;
        while (k < COUNT(slopes) && slopes[k].activation != layer.activation)
            k++;
        if (k == COUNT(slopes)) {
            assert_int_equal(bp_net_layer_set(net, 0, BP_LAYER_SLOPE, 1), BP_ERR_ARG);
        } else {
            any_ok(bp_net_layer_get(net, 0, BP_LAYER_SLOPE, &value));
            assert_true(value == slopes[k].initial);
            any_ok(bp_net_layer_set(net, 0, BP_LAYER_SLOPE, slopes[k].low));
            any_ok(bp_net_layer_set(net, 0, BP_LAYER_SLOPE, 1000));
            assert_int_equal(bp_net_layer_set(net, 0, BP_LAYER_SLOPE, nextafter(slopes[k].low, -1)), BP_ERR_ARG);
        }
        bp_net_destroy(net);
    }
}

/* Facts are read like options. They are refused where they would be set, and no text has them. */
static void facts_can_only_be_read(void **state)
{
    static const struct {
        int32_t key;
        const char *text, *sentence;
    } facts[] = {
        {BP_OPT_TYPE, "type=f32", "bp_net_set: type can only be read"},
        {BP_OPT_FRESH, "fresh=no", "bp_net_set: fresh can only be read"},
        {BP_OPT_GRADIENT_NORM, "gradient_norm=1", "bp_net_set: gradient_norm can only be read"},
        {BP_OPT_NONFINITE_LAYER, "nonfinite_layer=1", "bp_net_set: nonfinite_layer can only be read"},
        {BP_OPT_GRADIENT_ROWS, "gradient_rows=1", NULL},
    };
    static const struct any_layer layer = {2, BP_ACT_TANH, 0, 0};
    const int32_t dtype = any_dtype(state);
    bp_net *net = any_net(dtype, 3, &layer, 1, 1);
    char text[4096];
    double value, after;
    any_ok(bp_net_get_text(net, text, sizeof text, NULL));
    for (size_t i = 0; i < COUNT(facts); i++) {
        any_ok(bp_net_get(net, facts[i].key, &value));
        if (facts[i].sentence) {
            assert_int_equal(bp_net_set(net, facts[i].key, value), BP_ERR_ARG);
            assert_string_equal(bp_last_error(), facts[i].sentence);
        }
        assert_int_equal(bp_net_set_text(net, facts[i].text), BP_ERR_ARG);
        assert_non_null(strstr(bp_last_error(), "cannot be set by a text"));
        assert_null(strstr(text, bp_key_name(facts[i].key)));
        any_ok(bp_net_get(net, facts[i].key, &after));
        assert_true(after == value);
    }
    bp_net_destroy(net);
}

static void facts_of_data_can_only_be_read(void **state)
{
    static const double x[] = {1, 2}, weights[] = {1, 1};
    static const int32_t columns[] = {0, 0};
    static const int64_t starts[] = {0, 1, 2};
    static const struct {
        int32_t key;
        const char *name;
    } facts[] = {{BP_DATA_IS_SPARSE, "is_sparse"}, {BP_DATA_IS_WEIGHTED, "is_weighted"}};
    bp_data *data = NULL;
    char text[1024], sentence[128];
    double low, high, initial, value;
    (void)state;
    any_ok(bp_data_create(&data, NULL));
    for (int round = 0; round < 3; round++) { /* empty, dense, and sparse with weights */
        if (round == 1)
            any_ok(bp_data_set_inputs(data, BP_F64, x, 2, 1, 0, BP_HOLD_COPY));
        if (round == 2) {
            any_ok(bp_data_set_sparse(data, BP_F64, x, columns, starts, 2, 1, BP_HOLD_COPY));
            any_ok(bp_data_set_weights(data, BP_F64, weights, BP_HOLD_COPY));
        }
        any_ok(bp_data_get_text(data, text, sizeof(text), NULL));
        for (size_t i = 0; i < COUNT(facts); i++) {
            any_ok(bp_key_bounds(facts[i].key, &low, &high, &initial));
            assert_true(low == 0 && high == 1 && initial == 0);
            assert_null(strstr(text, facts[i].name));
            assert_int_equal(bp_data_set(data, facts[i].key, 1), BP_ERR_ARG);
            snprintf(sentence, sizeof(sentence), "bp_data_set: %s can only be read", facts[i].name);
            assert_string_equal(bp_last_error(), sentence);
            snprintf(sentence, sizeof(sentence), "byte=2 %s=yes", facts[i].name);
            assert_int_equal(bp_data_set_text(data, sentence), BP_ERR_ARG);
            snprintf(sentence, sizeof(sentence), "bp_data_set_text: byte 7: %s cannot be set by a text", facts[i].name);
            assert_string_equal(bp_last_error(), sentence);
            any_ok(bp_data_get(data, facts[i].key, &value));
            assert_true(value == (round == 2));
        }
        any_ok(bp_data_get(data, BP_DATA_BYTE, &value));
        assert_true(value == 1);
    }
    bp_data_destroy(data);
}

static void facts_are_those_of_the_net(void **state)
{
    static const struct any_layer layers[] = {{2, BP_ACT_TANH, 0, 0}, {0, 0, 0, 0.5}, {1, BP_ACT_IDENTITY, 0, 0}};
    const int32_t dtype = any_dtype(state);
    const double x[] = {1, 2, 3, 4, 5, 6}, target[] = {1, 2};
    double gradient[11], value, sum = 0;
    bp_net *net = any_net(dtype, 3, layers, COUNT(layers), 1);
    assert_int_equal(any_type(net), dtype);
    assert_int_equal(any_is_fresh(net), 1);
    assert_int_equal(any_nonfinite_layer(net), -1);
    assert_int_equal(any_units(net, 0), 2);
    assert_int_equal(any_units(net, 1), 2);
    any_ok(bp_net_layer_get(net, 2, BP_LAYER_INPUTS, &value));
    assert_true(value == 2);
    any_ok(any_get_gradient_norm(net, &value));
    assert_true(value == 0);
    any_ok(any_forward(net, x, 2, NULL));
    any_ok(any_backward(net, target, 2, NULL));
    any_ok(bp_net_get(net, BP_OPT_GRADIENT_ROWS, &value));
    assert_true(value == 2);
    any_ok(any_get_gradient(net, gradient));
    for (size_t i = 0; i < COUNT(gradient); i++)
        sum += gradient[i] * gradient[i];
    any_ok(any_get_gradient_norm(net, &value));
    assert_true(value == sqrt(sum) && value > 0);
    any_ok(bp_net_step(net));
    assert_int_equal(any_is_fresh(net), 0);
    bp_net_destroy(net);
}

/* The set and get of a handle. */
typedef bp_status set_fn(void *handle, int32_t key, double value);
typedef bp_status get_fn(const void *handle, int32_t key, double *value);

static bp_status set_train(void *handle, int32_t key, double value) { return bp_train_set(handle, key, value); }
static bp_status get_train(const void *handle, int32_t key, double *value) { return bp_train_get(handle, key, value); }
static bp_status set_data(void *handle, int32_t key, double value) { return bp_data_set(handle, key, value); }
static bp_status get_data(const void *handle, int32_t key, double *value) { return bp_data_get(handle, key, value); }

static void is_as_the_table_says(void *handle, const struct option *given, set_fn *set, get_fn *get)
{
    const struct option option = filled(given), *row = &option;
    const double good[] = {row->low, row->high, row->initial};
    const double bad[] = {nextafter(row->low, -HUGE_VAL), nextafter(row->high, HUGE_VAL), row->low - 1 - fabs(row->low),
                          row->high + 1 + fabs(row->high)};
    double value;
    assert_int_equal(get(handle, row->key, &value), BP_OK);
    if (value != row->initial)
        fail_msg("option %d is first %.17g, not %.17g", (int)row->key, value, row->initial);
    for (size_t i = 0; i < COUNT(bad); i++)
        if (set(handle, row->key, bad[i]) != BP_ERR_ARG)
            fail_msg("option %d may be %.17g", (int)row->key, bad[i]);
    for (size_t i = 0; i < COUNT(good); i++)
        if (set(handle, row->key, good[i]) != BP_OK || get(handle, row->key, &value) != BP_OK || value != good[i])
            fail_msg("option %d cannot be %.17g", (int)row->key, good[i]);
}

static void every_option_of_trainings_is_as_the_table_says(void **state)
{
    const int32_t dtype = any_dtype(state);
    const struct any_layer layer = {1, BP_ACT_IDENTITY, 0, 0};
    const double x = 1;
    bp_net *net = any_net(dtype, 1, &layer, 1, 1);
    bp_data *data = NULL;
    bp_train *train = NULL;
    assert_int_equal(any_data(&data, BP_F64, &x, 1, 1, &x, 1), BP_OK);
    assert_int_equal(bp_train_create(&train, net, data, NULL), BP_OK);
    for (size_t i = 0; i < COUNT(of_trainings); i++)
        is_as_the_table_says(train, &of_trainings[i], set_train, get_train);
    bp_train_destroy(train);
    bp_data_destroy(data);
    bp_net_destroy(net);
}

static void every_option_of_data_is_as_the_table_says(void **state)
{
    bp_data *data = NULL;
    (void)state;
    assert_int_equal(bp_data_create(&data, NULL), BP_OK);
    for (size_t i = 0; i < COUNT(of_data); i++)
        is_as_the_table_says(data, &of_data[i], set_data, get_data);
    bp_data_destroy(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_option_of_nets_is_as_the_table_says),
        ANY_BOTH(only_these_activations_have_a_slope),
        ANY_BOTH(facts_can_only_be_read),
        cmocka_unit_test(facts_of_data_can_only_be_read),
        ANY_BOTH(facts_are_those_of_the_net),
        ANY_BOTH(every_option_of_trainings_is_as_the_table_says),
        cmocka_unit_test(every_option_of_data_is_as_the_table_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
