/* SPDX-License-Identifier: MIT
 *
 * The residuals of a net and their derivatives, as least squares get them: J^T r is the gradient of the net's own loss,
 * and J follows from its deltas and activations. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "any.h"
#include "train/methods/lm.h"
#include "train/symmetric.h"
#include "train/training.h"

enum { INPUTS = 3, ROWS = 70, MOST_LAYERS = 4 };

struct example {
    const char *name;
    struct any_layer layers[MOST_LAYERS];
    size_t count;
    int32_t loss;
    bool weights, frozen, labels;
};

static const struct example examples[] = {
    {"a bias each", {{5, BP_ACT_TANH, 0, 0}, {2, BP_ACT_IDENTITY, 0, 0}}, 2, BP_LOSS_SQUARED, false, false, false},
    {"shared and no bias",
     {{5, BP_ACT_SIGMOID, BP_BIAS_SHARED, 0}, {4, BP_ACT_GELU, BP_BIAS_NONE, 0}, {2, BP_ACT_TANH, BP_BIAS_SHARED, 0}},
     3,
     BP_LOSS_MSE,
     false,
     false,
     false},
    {"weights", {{4, BP_ACT_SOFTPLUS, 0, 0}, {3, BP_ACT_IDENTITY, 0, 0}}, 2, BP_LOSS_MSE, true, false, false},
    {"frozen",
     {{4, BP_ACT_TANH, 0, 0}, {5, BP_ACT_ELU, 0, 0}, {2, BP_ACT_IDENTITY, 0, 0}},
     3,
     BP_LOSS_SQUARED,
     true,
     true,
     false},
    {"dropout of rate 0",
     {{6, BP_ACT_SINE, 0, 0}, {0, 0, 0, 0.5}, {1, BP_ACT_IDENTITY, 0, 0}},
     3,
     BP_LOSS_SQUARED,
     false,
     false,
     false},
    {"softmax of labels", {{6, BP_ACT_TANH, 0, 0}, {3, BP_ACT_SOFTMAX, 0, 0}}, 2, BP_LOSS_SQUARED, true, false, true},
    {"one output of labels", {{3, BP_ACT_TANH, 0, 0}, {1, BP_ACT_SIGMOID, 0, 0}}, 2, BP_LOSS_MSE, false, false, true},
};

/* A net, its data, and a training after an epoch. */
struct trained {
    bp_net *net;
    bp_data *data;
    bp_train *train;
    double x[ROWS * INPUTS], target[ROWS * 3], weights[ROWS];
    int32_t labels[ROWS];
    size_t outputs;
};

static bp_net *net_of(int32_t dtype, const struct example *e)
{
    bp_net *net = any_net(dtype, INPUTS, e->layers, e->count, 1);
    for (size_t i = 0; i < e->count; i++)
        if (e->layers[i].rate != 0)
            any_ok(bp_net_layer_set(net, i, BP_LAYER_RATE, 0));
    if (e->frozen) {
        any_ok(bp_net_layer_set(net, 0, BP_LAYER_TRAIN_BIAS, 0));
        any_ok(bp_net_layer_set(net, 1, BP_LAYER_TRAIN_WEIGHTS, 0));
    }
    any_ok(bp_net_set(net, BP_OPT_LOSS, e->loss));
    return net;
}

static bp_data *data_of(struct trained *t, const struct example *e)
{
    bp_data *data = NULL;
    uint64_t seed = 5;
    any_fill(&seed, t->x, ROWS * INPUTS, -1, 1);
    any_fill(&seed, t->target, ROWS * t->outputs, -1, 1);
    any_fill(&seed, t->weights, ROWS, 0, 2);
    t->weights[3] = 0;
    for (size_t i = 0; i < ROWS; i++) {
        t->labels[i] = (int32_t)(i * i % (t->outputs > 1 ? t->outputs : 2));
        for (size_t k = 0; e->labels && k < t->outputs; k++)
            t->target[i * t->outputs + k] = t->outputs > 1 ? t->labels[i] == (int32_t)k : t->labels[i];
    }
    const size_t classes = t->outputs > 1 ? t->outputs : 2;
    assert_int_equal(e->labels ? any_labelled(&data, BP_F64, t->x, ROWS, INPUTS, t->labels, classes)
                               : any_data(&data, BP_F64, t->x, ROWS, INPUTS, t->target, t->outputs),
                     BP_OK);
    for (size_t i = 0; i < ROWS && !e->weights; i++)
        t->weights[i] = 1;
    if (e->weights)
        assert_int_equal(bp_data_set_weights(data, BP_F64, t->weights, BP_HOLD_COPY), BP_OK);
    return data;
}

/* `raw`: without a scaling of the columns, which the training otherwise fits to the data. */
static struct trained trained_of(int32_t dtype, const struct example *e, int raw)
{
    struct trained t = {.net = net_of(dtype, e)};
    any_ok(bp_net_set(t.net, BP_OPT_RAW, raw));
    t.outputs = bp_net_outputs(t.net);
    t.data = data_of(&t, e);
    assert_int_equal(bp_train_create(&t.train, t.net, t.data, NULL), BP_OK);
    assert_int_equal(bp_train_set(t.train, BP_TRAIN_METHOD, BP_METHOD_LM), BP_OK);
    if (bp_train_epoch(t.train) != BP_OK)
        fail_msg("%s: %s", e->name, bp_last_error());
    return t;
}

static void trained_end(struct trained *t)
{
    bp_train_destroy(t->train);
    bp_data_destroy(t->data);
    bp_net_destroy(t->net);
}

/* ---- J^T r */

/* What the method lm keeps. */
static const struct bp_lm *lm_of(const struct trained *t) { return t->train->full.state; }

static void the_gradient_is_that_of_the_nets_own_loss(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
        struct trained t = trained_of(dtype, &examples[i], 0);
        const size_t n = any_parameters(t.net);
        double *expected = any_buffer(n), loss, recorded;
        assert_true(any_scales_inputs(t.net) == 1);
        any_ok(any_forward(t.net, t.x, ROWS, NULL));
        any_ok(any_backward_rows(t.net, &(struct any_rows){ROWS, t.x, t.target, NULL, t.weights}, &loss));
        any_ok(any_get_gradient(t.net, expected));
        for (size_t k = 0; k < n; k++)
            expected[k] *= ROWS;
        const double off = any_relative_difference(lm_of(&t)->at.gradient, expected, n, 0);
        if (!(off <= (dtype == BP_F32 ? 2e-5 : 1e-12)))
            fail_msg("%s: J^T r is off by %g of the gradient", examples[i].name, off);
        assert_int_equal(bp_train_record(t.train, 0, BP_RECORD_LOSS, &recorded), BP_OK);
        assert_true(fabs(recorded / loss - 1) <= (dtype == BP_F32 ? 1e-5 : 1e-13));
        free(expected);
        trained_end(&t);
    }
}

/* For small and for large outputs at which the loss is asked for its factor. */
static void the_factor_of_a_residual_does_not_depend_on_the_output(void **state)
{
    static const double outputs[] = {0, 1e-40, 1e-30, 1e-12, 0.5, 1, 3, 1e12, -1e-30, -1e12};
    const int32_t dtype = any_dtype(state);
    const struct any_layer layer = {1, BP_ACT_IDENTITY, 0, 0};
    const double x[2] = {1, 2}, target[2] = {0.5, 0.25};
    for (size_t i = 0; i < sizeof(outputs) / sizeof(outputs[0]); i++) {
        struct trained t = {.net = any_net(dtype, 1, &layer, 1, 1)};
        any_ok(bp_net_set(t.net, BP_OPT_RAW, 1));
        any_ok(any_set_parameters(t.net, (double[]){0, outputs[i]}));
        assert_int_equal(any_data(&t.data, BP_F64, x, 2, 1, target, 1), BP_OK);
        assert_int_equal(bp_train_create(&t.train, t.net, t.data, NULL), BP_OK);
        assert_int_equal(bp_train_set(t.train, BP_TRAIN_METHOD, BP_METHOD_LM), BP_OK);
        if (bp_train_epoch(t.train) != BP_OK)
            fail_msg("from %g: %s", outputs[i], bp_last_error());
        const double factor = t.train->full.residuals.scale[0];
        if (!(fabs(factor - 1) <= (dtype == BP_F32 ? 1e-6 : 1e-14)))
            fail_msg("at %g the factor is %.17g", outputs[i], factor);
        trained_end(&t);
    }
}

/* ---- J^T J */

/* Adds the part of a layer to a row of J: delta times the input of the layer, and delta, or its sum for a shared
 * bias. */
static double *outer(double *j, const double *delta, const double *in, size_t units, size_t inputs, size_t biases)
{
    for (size_t u = 0; u < units; u++)
        for (size_t i = 0; i < inputs; i++)
            *j++ = delta[u] * in[i];
    for (size_t u = 0; u < units; u++)
        j[biases > 1 || units == biases ? u : 0] += biases > 0 ? delta[u] : 0;
    return j + biases;
}

/* The row of J for output k of row `row`, after a backward of all rows. */
static void row_of_jacobian(const struct trained *t, size_t row, double *j)
{
    double delta[ROWS * 8], in[ROWS * 8];
    size_t inputs = INPUTS;
    memcpy(in, t->x, sizeof(t->x));
    for (size_t layer = 0; layer < bp_net_layers(t->net); layer++) {
        const size_t units = any_units(t->net, layer);
        any_ok(any_get_delta(t->net, layer, delta));
        if (any_weights(t->net, layer) > 0)
            j = outer(j, delta + row * units, in + row * inputs, units, inputs, any_biases(t->net, layer));
        any_ok(any_get_activation(t->net, layer, in));
        inputs = units;
    }
}

/* J^T J by parameters of the whole net: [n][n]. */
static double *normal_of(struct trained *t)
{
    const size_t n = any_parameters(t->net);
    double *normal = any_buffer(n * n), *j = any_buffer(n + 8), dy[ROWS * 3], loss;
    any_ok(bp_net_get(t->net, BP_OPT_LOSS, &loss));
    const double c = (int32_t)loss == BP_LOSS_MSE ? 2 / (double)t->outputs : 1;
    any_ok(any_forward(t->net, t->x, ROWS, NULL));
    for (size_t k = 0; k < t->outputs; k++) {
        for (size_t i = 0; i < ROWS * t->outputs; i++)
            dy[i] = i % t->outputs == k;
        any_ok(any_backward_from(t->net, dy, ROWS));
        for (size_t row = 0; row < ROWS; row++) {
            memset(j, 0, n * sizeof(*j));
            row_of_jacobian(t, row, j);
            for (size_t a = 0; a < n; a++)
                for (size_t b = 0; b < n; b++)
                    normal[a * n + b] += c * t->weights[row] * j[a] * j[b];
        }
    }
    free(j);
    return normal;
}

static void the_normal_matrix_is_of_outer_products_of_delta_and_activation(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t e = 0; e < sizeof(examples) / sizeof(examples[0]); e++) {
        struct trained t = trained_of(dtype, &examples[e], 1);
        const struct bp_residuals *r = &t.train->full.residuals;
        const size_t n = any_parameters(t.net), stride = bp_symmetric_stride(r->count);
        double *normal = normal_of(&t);
        const double most = any_max_norm(normal, n * n);
        assert_true(examples[e].frozen ? r->count == n - 4 - 20 : r->count == n);
        for (size_t i = 0; i < r->count; i++)
            for (size_t j = i; j < r->count; j++) {
                const double off = lm_of(&t)->normal[i * stride + j] - normal[r->trained[i] * n + r->trained[j]];
                if (!(fabs(off) <= (dtype == BP_F32 ? 1e-6 : 1e-14) * most * 10))
                    fail_msg("%s: (%zu, %zu) is off by %g of %g", examples[e].name, i, j, off, most);
            }
        free(normal);
        trained_end(&t);
    }
}

static void residuals_of_rows_that_weigh_nothing_are_not_counted(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t e = 0; e < sizeof(examples) / sizeof(examples[0]); e++) {
        struct trained t = trained_of(dtype, &examples[e], 1);
        const double rows = examples[e].weights ? ROWS - 1 : ROWS;
        assert_true(t.train->full.residuals.number == rows * (double)t.outputs);
        trained_end(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(the_gradient_is_that_of_the_nets_own_loss),
        ANY_BOTH(the_factor_of_a_residual_does_not_depend_on_the_output),
        ANY_BOTH(the_normal_matrix_is_of_outer_products_of_delta_and_activation),
        ANY_BOTH(residuals_of_rows_that_weigh_nothing_are_not_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
