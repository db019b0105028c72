/* SPDX-License-Identifier: MIT */

/*
 * The gradient of every activation with every loss, bias mode and frozen part, against differences of the loss itself.
 */

#include "any.h"
#include "vectors/activations.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- a trial */

enum { INPUTS = 3, UNITS = 3, MAX_DEPTH = 4, MAX_ROWS = 64, MAX_PARAMETERS = MAX_DEPTH * UNITS * (INPUTS + 1) };
enum { FREEZE_NOTHING, FREEZE_WEIGHTS, FREEZE_BIAS, FREEZES };

struct trial {
    int32_t activation, loss, bias; /* loss 0: backward_from with a random dy in place of a loss */
    int freeze;                     /* FREEZE_*, in layer number % depth */
    size_t depth, rows;
    uint64_t number;
};

/* What is differentiated: the mean of the loss over the rows, or of dy y. */
struct objective {
    const struct trial *trial;
    bp_net *net;
    bp_scratch *scratch;
    double parameters[MAX_PARAMETERS], gradient[MAX_PARAMETERS];
    double x[MAX_ROWS * INPUTS], dx[MAX_ROWS * INPUTS], target[MAX_ROWS * UNITS]; /* target: dy without a loss */
};

static double value_of(const struct objective *o, size_t first, size_t rows)
{
    const double *x = o->x + first * INPUTS, *target = o->target + first * UNITS;
    double value = 0, y[MAX_ROWS * UNITS];
    if (o->trial->loss != 0) {
        any_ok(any_loss(o->net, x, target, rows, &value, o->scratch));
        return value;
    }
    any_ok(any_predict(o->net, x, rows, y, o->scratch));
    for (size_t i = 0; i < rows * UNITS; i++)
        value += target[i] * y[i];
    return value / (double)rows;
}

/*
 * The slope of the value of some rows with respect to *number, by the four-point formula. Its error is h^4 / 30 f^(5),
 * so h may be 1e-4, with which the rounding of the loss adds 1e-12. With two points and h = 1e-6 it would add 1e-10,
 * and a gradient of 1e-3 could not be checked to 1e-7.
 */
static double slope_of(struct objective *o, double *number, size_t first, size_t rows)
{
    static const double at[4] = {-2, -1, 1, 2}, weight[4] = {1, -8, 8, -1};
    const double h = 1e-4, here = *number;
    double sum = 0;
    for (size_t i = 0; i < 4; i++) {
        *number = here + at[i] * h;
        any_ok(any_set_parameters(o->net, o->parameters));
        sum += weight[i] * value_of(o, first, rows);
    }
    *number = here;
    any_ok(any_set_parameters(o->net, o->parameters));
    return sum / (12 * h);
}

/** The tested activation is first and last; smooth ones are between, in turn. */
static int32_t activation_at(const struct trial *trial, size_t layer)
{
    static const int32_t between[] = {BP_ACT_TANH, BP_ACT_SIGMOID, BP_ACT_SILU, BP_ACT_SOFTPLUS};
    return layer == 0 || layer + 1 == trial->depth ? trial->activation : between[(trial->number + layer) % 4];
}

static bool has_slope(int32_t activation)
{
    return activation == BP_ACT_LEAKY_RELU || activation == BP_ACT_ELU || activation == BP_ACT_CELU ||
           activation == BP_ACT_SOFTPLUS;
}

/** Every second trial has options that are not the first ones. */
static void set_options(bp_net *net, const struct trial *trial)
{
    const bool odd = trial->number / 2 % 2 == 1;
    for (size_t l = 0; odd && l < trial->depth; l++)
        if (has_slope(activation_at(trial, l)))
            any_ok(bp_net_layer_set(net, l, BP_LAYER_SLOPE, 0.75));
    any_ok(bp_net_set(net, BP_OPT_LOSS, trial->loss != 0 ? trial->loss : BP_LOSS_SQUARED));
    any_ok(bp_net_set(net, BP_OPT_HUBER_DELTA, odd ? 0.5 : 1));
    any_ok(bp_net_set(net, BP_OPT_QUANTILE, odd ? 0.75 : 0.5));
    any_ok(bp_net_set(net, BP_OPT_LABEL_SMOOTHING, odd ? 0.125 : 0));
    const int32_t frozen = trial->freeze == FREEZE_WEIGHTS ? BP_LAYER_TRAIN_WEIGHTS : BP_LAYER_TRAIN_BIAS;
    if (trial->freeze != FREEZE_NOTHING)
        any_ok(bp_net_layer_set(net, (size_t)(trial->number % trial->depth), frozen, 0));
}

static double distance_to_kink(int32_t activation, double z)
{
    double distance = INFINITY;
    for (size_t i = 0; i < COUNT(kinks); i++)
        if (kinks[i].activation == activation)
            distance = fmin(distance, fabs(z - kinks[i].z));
    return distance;
}

/** Whether no z of this row crosses a kink when a number moves by 2e-4: that changes z by far less than 1e-2. */
static bool is_smooth_at(const struct objective *o, const double *x, double y[UNITS])
{
    double z[UNITS], distance = INFINITY;
    any_ok(any_forward(o->net, x, 1, y));
    for (size_t l = 0; l < o->trial->depth; l++) {
        any_ok(any_get_z(o->net, l, z));
        for (size_t i = 0; i < UNITS; i++)
            distance = fmin(distance, distance_to_kink(activation_at(o->trial, l), z[i]));
    }
    return distance > 1e-2;
}

static double draw_target(int32_t loss, uint64_t *state)
{
    switch (loss) {
    case BP_LOSS_BINARY_CROSS_ENTROPY:
    case BP_LOSS_CROSS_ENTROPY: /* soft targets, whose sum need not be 1 */
        return any_uniform(state, 0.05, 0.95);
    case BP_LOSS_POISSON:
        return any_uniform(state, 0, 3);
    default:
        return any_uniform(state, -1.5, 1.5);
    }
}

/** A target for the output y. It is drawn again while |y - target| is 0 or Huber's delta, where losses have kinks. */
static double smooth_target(const struct objective *o, double y, uint64_t *state)
{
    for (;;) {
        const double target = draw_target(o->trial->loss, state), e = fabs(y - target);
        if (e > 1e-2 && fabs(e - 0.5) > 1e-2 && fabs(e - 1) > 1e-2)
            return target;
    }
}

/** False if these parameters have a kink wherever the inputs are, as a dead ReLU below another has. */
static bool draw_row(struct objective *o, size_t row, uint64_t *state)
{
    double *x = o->x + row * INPUTS, y[UNITS];
    int tries = 0;
    do {
        if (tries++ == 100)
            return false;
        for (size_t i = 0; i < INPUTS; i++)
            x[i] = any_uniform(state, -1, 1);
    } while (!is_smooth_at(o, x, y));
    for (size_t i = 0; i < UNITS; i++)
        o->target[row * UNITS + i] = smooth_target(o, y[i], state);
    return true;
}

static bool draw_parameters_and_rows(struct objective *o, uint64_t *state)
{
    any_fill(state, o->parameters, any_parameters(o->net), -0.9, 0.9);
    any_ok(any_set_parameters(o->net, o->parameters));
    for (size_t row = 0; row < o->trial->rows; row++)
        if (!draw_row(o, row, state))
            return false;
    return true;
}

static struct objective *objective_of(const struct trial *trial)
{
    struct any_layer layers[MAX_DEPTH];
    for (size_t l = 0; l < trial->depth; l++)
        layers[l] = (struct any_layer){UNITS, activation_at(trial, l), trial->bias, 0};
    struct objective *o = calloc(1, sizeof *o);
    assert_non_null(o);
    o->trial = trial;
    o->net = any_net(BP_F64, INPUTS, layers, trial->depth, trial->number);
    set_options(o->net, trial);
    any_ok(bp_scratch_create(&o->scratch, o->net));

    uint64_t state = trial->number;
    assert_true(any_parameters(o->net) <= MAX_PARAMETERS);
    int tries = 0;
    while (!draw_parameters_and_rows(o, &state))
        assert_true(tries++ < 1000);
    return o;
}

static void backward(struct objective *o)
{
    double loss;
    any_ok(any_forward(o->net, o->x, o->trial->rows, NULL));
    if (o->trial->loss == 0) {
        any_ok(any_backward_from(o->net, o->target, o->trial->rows));
    } else {
        any_ok(any_backward(o->net, o->target, o->trial->rows, &loss));
        assert_true(fabs(loss - value_of(o, 0, o->trial->rows)) <= 1e-14 * fmax(1, fabs(loss)));
    }
    any_ok(any_get_gradient(o->net, o->gradient));
    any_ok(any_input_gradient(o->net, o->dx));
}

/** The frozen numbers among the parameters: *count of them, from the returned place. */
static size_t frozen_part(const struct objective *o, size_t *count)
{
    const size_t layer = (size_t)(o->trial->number % o->trial->depth);
    const size_t weights = any_weights(o->net, layer), biases = any_biases(o->net, layer);
    size_t at = 0;
    for (size_t l = 0; l < layer; l++)
        at += any_weights(o->net, l) + any_biases(o->net, l);
    *count = o->trial->freeze == FREEZE_NOTHING ? 0 : o->trial->freeze == FREEZE_WEIGHTS ? weights : biases;
    return o->trial->freeze == FREEZE_BIAS ? at + weights : at;
}

/*
 * |gradient - difference| / (|gradient| + |difference|) in the greatest norm. A sum of norms below 1e-3 is replaced by
 * 1e-3: a gradient that is really 0, such as that of a step function, would otherwise be compared with the rounding of
 * the loss.
 */
static void compare(const struct trial *trial, const char *what, const double *gradient, const double *slopes,
                    size_t count)
{
    const double scale = fmax(any_max_norm(gradient, count) + any_max_norm(slopes, count), 1e-3);
    const double error = any_relative_difference(gradient, slopes, count, scale);
    if (!(error <= 1e-7))
        fail_msg("%s, loss %s, bias mode %d, freeze %d, depth %zu, rows %zu: the gradient of the %s is off by %.3g",
                 bp_key_name(trial->activation), trial->loss != 0 ? bp_key_name(trial->loss) : "from dy",
                 (int)trial->bias, trial->freeze, trial->depth, trial->rows, what, error);
}

static void check_parameters(struct objective *o)
{
    double slopes[MAX_PARAMETERS] = {0};
    size_t frozen;
    const size_t count = any_parameters(o->net), at = frozen_part(o, &frozen);
    for (size_t i = 0; i < count; i++) {
        if (i < at || i >= at + frozen)
            slopes[i] = slope_of(o, &o->parameters[i], 0, o->trial->rows);
        else
            assert_true(o->gradient[i] == 0);
    }
    compare(o->trial, "parameters", o->gradient, slopes, count);
}

/** The first and the last row: each has the slope of its own loss, not divided by the rows. */
static void check_inputs(struct objective *o)
{
    for (size_t k = 0; k < 2; k++) {
        const size_t row = k * (o->trial->rows - 1);
        double slopes[INPUTS];
        for (size_t i = 0; i < INPUTS; i++)
            slopes[i] = slope_of(o, &o->x[row * INPUTS + i], row, 1);
        compare(o->trial, "inputs", o->dx + row * INPUTS, slopes, INPUTS);
    }
}

/** With decay every parameter moves in a step, except the frozen ones, which keep their bits. */
static void check_step(struct objective *o)
{
    double after[MAX_PARAMETERS];
    size_t optimizers = 0, frozen;
    const size_t at = frozen_part(o, &frozen);
    while (bp_key_at(BP_FAMILY_OPTIMIZER, optimizers) != 0)
        optimizers++;
    any_ok(
        bp_net_set(o->net, BP_OPT_OPTIMIZER, bp_key_at(BP_FAMILY_OPTIMIZER, (size_t)(o->trial->number % optimizers))));
    any_ok(bp_net_set(o->net, BP_OPT_WEIGHT_DECAY, 0.1));
    any_ok(bp_net_set(o->net, BP_OPT_DECAY_BIAS, 1));
    backward(o); /* the differences have written parameters, and then a step needs a forward */
    any_ok(bp_net_step(o->net));
    any_ok(any_get_parameters(o->net, after));
    any_same_bits(&after[at], &o->parameters[at], frozen);
    for (size_t i = 0; i < any_parameters(o->net); i++)
        assert_true((i >= at && i < at + frozen) || after[i] != o->parameters[i]);
}

static void run_trial(const struct trial *trial)
{
    struct objective *o = objective_of(trial);
    backward(o);
    check_parameters(o);
    check_inputs(o);
    check_step(o);
    bp_scratch_destroy(o->scratch);
    bp_net_destroy(o->net);
    free(o);
}

/* ---- the sweep */

/** What the last column of bp.h's losses says. */
static bool goes_with(int32_t loss, int32_t activation, size_t outputs)
{
    const bool in_0_1 = activation == BP_ACT_SIGMOID || activation == BP_ACT_ELLIOTT || activation == BP_ACT_SOFTMAX;
    if (outputs == 1 && (activation == BP_ACT_SOFTMAX || activation == BP_ACT_LOG_SOFTMAX))
        return false;
    switch (loss) {
    case BP_LOSS_BINARY_CROSS_ENTROPY:
        return in_0_1;
    case BP_LOSS_CROSS_ENTROPY:
        return activation == BP_ACT_SOFTMAX || activation == BP_ACT_LOG_SOFTMAX;
    case BP_LOSS_POISSON:
        return in_0_1 || activation == BP_ACT_EXP || activation == BP_ACT_SOFTPLUS;
    default:
        return activation != BP_ACT_LOG_SOFTMAX;
    }
}

/** Every bias mode and frozen part, on every depth and batch size. */
static void sweep(int32_t activation, int32_t loss)
{
    static const int32_t biases[] = {BP_BIAS_NONE, BP_BIAS_UNIT, BP_BIAS_SHARED};
    static const size_t rows[] = {1, 2, 7, 64};
    static uint64_t number = 0;
    for (size_t i = 0; i < COUNT(biases) * FREEZES; i++) {
        for (size_t shape = 0; shape < MAX_DEPTH * COUNT(rows); shape++) {
            const struct trial trial = {
                activation,      loss,    biases[i / FREEZES], (int)(i % FREEZES), shape / 4 % 4 + 1,
                rows[shape % 4], ++number};
            run_trial(&trial);
        }
    }
}

static void every_activation_with_every_loss_has_the_gradient_of_differences(void **state)
{
    (void)state;
    any_need(BP_F64);
    for (size_t k = 0; bp_key_at(BP_FAMILY_LOSS, k) != 0; k++)
        for (size_t i = 0; bp_key_at(BP_FAMILY_ACTIVATION, i) != 0; i++)
            if (goes_with(bp_key_at(BP_FAMILY_LOSS, k), bp_key_at(BP_FAMILY_ACTIVATION, i), UNITS))
                sweep(bp_key_at(BP_FAMILY_ACTIVATION, i), bp_key_at(BP_FAMILY_LOSS, k));
}

static void backward_from_gives_the_transposed_jacobian_times_dy(void **state)
{
    (void)state;
    any_need(BP_F64);
    for (size_t i = 0; bp_key_at(BP_FAMILY_ACTIVATION, i) != 0; i++)
        sweep(bp_key_at(BP_FAMILY_ACTIVATION, i), 0);
}

static void check_pair(int32_t dtype, int32_t loss, int32_t activation, size_t outputs)
{
    static const double x[] = {1}, target[] = {0, 1};
    const struct any_layer layer = {outputs, activation, 0, 0};
    const bool refused = !goes_with(loss, activation, outputs);
    bp_net *net = any_net(dtype, 1, &layer, 1, 1);
    double value;
    any_ok(bp_net_set(net, BP_OPT_LOSS, loss));
    assert_true((any_loss(net, x, target, 1, &value, NULL) == BP_ERR_UNSUPPORTED) == refused);
    assert_true((any_train(net, x, target, 1, &value) == BP_ERR_UNSUPPORTED) == refused);
    any_ok(any_forward(net, x, 1, NULL));
    assert_true((any_backward(net, target, 1, &value) == BP_ERR_UNSUPPORTED) == refused);
    bp_net_destroy(net);
}

static void pairs_are_refused_just_where_the_header_says(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t k = 0; bp_key_at(BP_FAMILY_LOSS, k) != 0; k++)
        for (size_t i = 0; bp_key_at(BP_FAMILY_ACTIVATION, i) != 0; i++)
            for (size_t outputs = 1; outputs <= 2; outputs++)
                check_pair(dtype, bp_key_at(BP_FAMILY_LOSS, k), bp_key_at(BP_FAMILY_ACTIVATION, i), outputs);
}

/* What a step or bp_net_zero_gradient() has set to 0 is neither read nor added to, whatever it was and whatever is
 * trained now. */
static void a_gradient_let_go_of_is_zero_and_stays_so_in_a_frozen_layer(void **state)
{
    const struct any_layer layers[] = {{5, BP_ACT_TANH, 0, 0}, {3, BP_ACT_IDENTITY, 0, 0}};
    const double x[2 * 4] = {1, -2, 3, 4, 5, -6, 7, 8}, target[2 * 3] = {1, 0, 1, 0, 1, 0}, zeros[5 * 4 + 5] = {0};
    bp_net *net = any_net(any_dtype(state), 4, layers, 2, 1);
    double g[5 * 4 + 5 + 3 * 5 + 3], w[5 * 4], b[5];
    for (size_t round = 0; round < 2; round++) {
        any_ok(any_forward(net, x, 2, NULL));
        any_ok(any_backward(net, target, 2, NULL));
        any_ok(round == 0 ? bp_net_step(net) : bp_net_zero_gradient(net));
        any_ok(any_get_gradient(net, g));
        any_same_bits(g, zeros, 5 * 4 + 5);
        any_ok(bp_net_layer_set(net, 0, BP_LAYER_TRAIN_WEIGHTS, 0));
        any_ok(bp_net_layer_set(net, 0, BP_LAYER_TRAIN_BIAS, 0));
        any_ok(any_forward(net, x, 2, NULL));
        any_ok(any_backward(net, target, 2, NULL));
        any_ok(any_get_weight_gradient(net, 0, w));
        any_ok(any_get_bias_gradient(net, 0, b));
        any_same_bits(w, zeros, 5 * 4);
        any_same_bits(b, zeros, 5);
        any_ok(bp_net_step(net));
        any_ok(bp_net_layer_set(net, 0, BP_LAYER_TRAIN_WEIGHTS, 1));
        any_ok(bp_net_layer_set(net, 0, BP_LAYER_TRAIN_BIAS, 1));
    }
    bp_net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_activation_with_every_loss_has_the_gradient_of_differences),
        cmocka_unit_test(backward_from_gives_the_transposed_jacobian_times_dy),
        ANY_BOTH(pairs_are_refused_just_where_the_header_says),
        ANY_BOTH(a_gradient_let_go_of_is_zero_and_stays_so_in_a_frozen_layer),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
