/* SPDX-License-Identifier: MIT
 *
 * Sparse rows give the bits of the same dense rows: forward, gradient, steps of every optimiser, prediction, loss. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sparse_fixture.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { ROWS = 12, INPUTS = 150, OUTPUTS = 3 };

/* Two equal nets, one for dense and one for sparse rows. */
struct pair {
    bp_net *dense, *sparse;
    struct sparse_rows rows;
    double target[ROWS * OUTPUTS];
    int32_t labels[ROWS];
    double weights[ROWS];
};

static const struct any_layer shallow[] = {{.units = OUTPUTS, .activation = BP_ACT_SIGMOID}};
static const struct any_layer deep[] = {{.units = 37, .activation = BP_ACT_RELU, .bias = BP_BIAS_SHARED},
                                        {.rate = 0.25},
                                        {.units = OUTPUTS, .activation = BP_ACT_SIGMOID}};
static const struct any_layer biasless[] = {{.units = 5, .activation = BP_ACT_IDENTITY, .bias = BP_BIAS_NONE},
                                            {.units = OUTPUTS, .activation = BP_ACT_SIGMOID, .bias = BP_BIAS_NONE}};
static const struct any_layer by_row[] = {{.units = 20, .activation = BP_ACT_SOFTMAX},
                                          {.units = OUTPUTS, .activation = BP_ACT_SIGMOID}};
#define SHAPE(layers)                                                                                                  \
    {                                                                                                                  \
#layers, layers, COUNT(layers)                                                                                 \
    }
static const struct {
    const char *name;
    const struct any_layer *layers;
    size_t count;
} shapes[] = {SHAPE(shallow), SHAPE(deep), SHAPE(biasless), SHAPE(by_row)};

static void begin(struct pair *p, int32_t dtype, size_t shape, double share)
{
    uint64_t seed = 7 + shape;
    sparse_make(&p->rows, seed, ROWS, INPUTS, share);
    p->dense = any_net(dtype, INPUTS, shapes[shape].layers, shapes[shape].count, 3);
    any_ok(bp_net_clone(&p->sparse, p->dense));
    any_fill(&seed, p->target, ROWS * OUTPUTS, 0.1, 0.9);
    for (size_t i = 0; i < ROWS; i++) {
        p->labels[i] = (int32_t)(i % OUTPUTS);
        p->weights[i] = 0.5 * (double)(i % 4);
    }
}

static void end(struct pair *p)
{
    bp_net_destroy(p->dense);
    bp_net_destroy(p->sparse);
    sparse_free(&p->rows);
}

static const double *x_from(const struct pair *p, size_t row) { return p->rows.x + row * INPUTS; }

/* ---- forward and backward */

static void forward_backward_and_input_gradient_are_those_of_dense_rows(void **state)
{
    static const double shares[] = {0, 0.05, 0.6};
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < COUNT(shapes) * COUNT(shares); i++) {
        struct pair p;
        double y[2][ROWS * OUTPUTS], dx[2][ROWS * INPUTS], loss[2];
        begin(&p, dtype, i % COUNT(shapes), shares[i / COUNT(shapes)]);
        any_ok(any_forward(p.dense, p.rows.x, ROWS, y[0]));
        any_ok(sparse_forward(p.sparse, &p.rows, 0, ROWS, y[1]));
        any_same_bits(y[0], y[1], (size_t)ROWS * OUTPUTS);
        any_ok(any_backward(p.dense, p.target, ROWS, &loss[0]));
        any_ok(any_backward(p.sparse, p.target, ROWS, &loss[1]));
        any_same_bits(&loss[0], &loss[1], 1);
        sparse_same_gradient(p.dense, p.sparse, shapes[i % COUNT(shapes)].name);
        any_ok(any_input_gradient(p.dense, dx[0]));
        any_ok(any_input_gradient(p.sparse, dx[1]));
        any_same_bits(dx[0], dx[1], (size_t)ROWS * INPUTS);
        end(&p);
    }
}

/* The net keeps the rows: the arrays of the caller may go, and also the tables that the library made of them. */
static void backward_needs_the_rows_no_more(void **state)
{
    struct pair p;
    begin(&p, any_dtype(state), 1, 0.2);
    any_ok(any_forward(p.dense, p.rows.x, ROWS, NULL));
    any_ok(sparse_forward(p.sparse, &p.rows, 0, ROWS, NULL));
    memset(p.rows.values, 0xff, (size_t)ROWS * INPUTS * sizeof(*p.rows.values));
    memset(p.rows.values_f32, 0xff, (size_t)ROWS * INPUTS * sizeof(*p.rows.values_f32));
    memset(p.rows.columns, 0xff, (size_t)ROWS * INPUTS * sizeof(*p.rows.columns));
    memset(p.rows.starts, 0xff, (ROWS + 1) * sizeof(*p.rows.starts));
    for (size_t i = 0; i < 2; i++) {
        any_ok(any_backward(p.dense, p.target, ROWS, NULL));
        any_ok(any_backward(p.sparse, p.target, ROWS, NULL));
    }
    sparse_same_gradient(p.dense, p.sparse, "the gradient of two backwards");
    end(&p);
}

/* A sum of gradients may be made of sparse and dense rows, in any order. A clone has the sum too. */
static void gradients_of_dense_and_sparse_rows_add_up(void **state)
{
    static const char *const orders[] = {"ss", "ds", "sd", "sds", "dsd", "ssd"};
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < COUNT(orders); i++) {
        struct pair p;
        begin(&p, dtype, 1, 0.1);
        for (size_t k = 0; orders[i][k]; k++) {
            any_ok(any_forward(p.dense, x_from(&p, 3 * k), 3, NULL));
            any_ok(orders[i][k] == 's' ? sparse_forward(p.sparse, &p.rows, 3 * k, 3, NULL)
                                       : any_forward(p.sparse, x_from(&p, 3 * k), 3, NULL));
            any_ok(any_backward(p.dense, p.target, 3, NULL));
            any_ok(any_backward(p.sparse, p.target, 3, NULL));
            sparse_same_gradient(p.dense, p.sparse, orders[i]);
        }
        bp_net *clone;
        any_ok(bp_net_clone(&clone, p.sparse));
        bp_net_destroy(p.sparse);
        p.sparse = clone;
        sparse_same_gradient(p.dense, p.sparse, "a clone's gradient");
        any_ok(bp_net_step(p.dense));
        any_ok(bp_net_step(p.sparse));
        sparse_same_parameters(p.dense, p.sparse, orders[i]);
        end(&p);
    }
}

/* A gradient that zero_gradient or a step has set to 0 does not come back, whether the next rows are dense or
 * sparse. */
static void a_new_gradient_starts_from_zero(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < 4; i++) {
        struct pair p;
        begin(&p, dtype, 2, 0.1);
        bp_net *const nets[] = {p.dense, p.sparse};
        for (size_t n = 0; n < 2; n++) {
            any_ok(sparse_forward(nets[n], &p.rows, 4, 4, NULL));
            any_ok(any_backward(nets[n], p.target, 4, NULL));
            any_ok(i % 2 ? bp_net_zero_gradient(nets[n]) : bp_net_step(nets[n]));
        }
        any_ok(any_forward(p.dense, x_from(&p, 1), 2, NULL));
        any_ok(i / 2 ? any_forward(p.sparse, x_from(&p, 1), 2, NULL) : sparse_forward(p.sparse, &p.rows, 1, 2, NULL));
        any_ok(any_backward(p.dense, p.target, 2, NULL));
        any_ok(any_backward(p.sparse, p.target, 2, NULL));
        sparse_same_gradient(p.dense, p.sparse, "the gradient after another");
        end(&p);
    }
}

/* ---- steps */

struct option {
    int32_t key;
    double value;
};

/* An optimiser with the other options of its step, ended by a key of 0. */
static const struct option steps[][4] = {
    {{BP_OPT_OPTIMIZER, BP_OPTIM_SGD}},
    {{BP_OPT_OPTIMIZER, BP_OPTIM_SGD}, {BP_OPT_CLIP_VALUE, 0.01}},
    {{BP_OPT_OPTIMIZER, BP_OPTIM_SGD}, {BP_OPT_CLIP_NORM, 0.05}},
    {{BP_OPT_OPTIMIZER, BP_OPTIM_SGD}, {BP_OPT_MOMENTUM, 0.9}},
    {{BP_OPT_OPTIMIZER, BP_OPTIM_SGD}, {BP_OPT_MOMENTUM, 0.9}, {BP_OPT_NESTEROV, 1}},
    {{BP_OPT_OPTIMIZER, BP_OPTIM_SGD}, {BP_OPT_WEIGHT_DECAY, 0.01}},
    {{BP_OPT_OPTIMIZER, BP_OPTIM_SGD}, {BP_OPT_L1, 0.01}},
    {{BP_OPT_OPTIMIZER, BP_OPTIM_SGD}, {BP_OPT_L2, 0.01}, {BP_OPT_CLIP_NORM, 0.05}},
    {{BP_OPT_OPTIMIZER, BP_OPTIM_ADAGRAD}},
    {{BP_OPT_OPTIMIZER, BP_OPTIM_ADAGRAD}, {BP_OPT_CLIP_NORM, 0.05}},
    {{BP_OPT_OPTIMIZER, BP_OPTIM_ADAGRAD}, {BP_OPT_L2, 0.01}},
    {{BP_OPT_OPTIMIZER, BP_OPTIM_RMSPROP}},
    {{BP_OPT_OPTIMIZER, BP_OPTIM_RMSPROP}, {BP_OPT_MOMENTUM, 0.5}},
    {{BP_OPT_OPTIMIZER, BP_OPTIM_ADAM}},
    {{BP_OPT_OPTIMIZER, BP_OPTIM_ADAMW}},
    {{BP_OPT_OPTIMIZER, BP_OPTIM_RPROP}},
};

static void set(bp_net *net, const struct option *options)
{
    for (size_t i = 0; i < 4 && options[i].key; i++)
        any_ok(bp_net_set(net, options[i].key, options[i].value));
}

/* Batches of `batch` rows, twice over all rows, with target or labels, and perhaps weights. */
static void train_both(struct pair *p, size_t batch, size_t kind)
{
    for (size_t i = 0; i < 2 * ROWS / batch; i++) {
        const size_t row = i * batch % ROWS;
        const double *target = kind % 2 ? NULL : p->target, *weights = kind / 2 ? p->weights : NULL;
        const int32_t *labels = kind % 2 ? p->labels : NULL;
        double loss[2];
        if (kind == 0)
            any_ok(any_train(p->dense, x_from(p, row), target, batch, &loss[0]));
        else if (kind == 1)
            any_ok(any_train_labels(p->dense, x_from(p, row), labels, batch, &loss[0]));
        else
            any_ok(
                any_train_rows(p->dense, &(struct any_rows){batch, x_from(p, row), target, labels, weights}, &loss[0]));
        any_ok(sparse_train(p->sparse, &p->rows, row, batch, target, labels, weights, &loss[1]));
        any_same_bits(&loss[0], &loss[1], 1);
    }
}

static void every_optimiser_steps_as_with_dense_rows(void **state)
{
    static const size_t batches[] = {1, 3, ROWS};
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < COUNT(steps) * COUNT(batches); i++) {
        struct pair p;
        char what[64];
        const size_t step = i % COUNT(steps), batch = batches[i / COUNT(steps)];
        begin(&p, dtype, i % COUNT(shapes), 0.04);
        set(p.dense, steps[step]);
        set(p.sparse, steps[step]);
        train_both(&p, batch, i % 2);
        snprintf(what, sizeof(what), "steps %zu in batches of %zu", step, batch);
        sparse_same_parameters(p.dense, p.sparse, what);
        any_ok(any_train(p.dense, p.rows.x, p.target, ROWS, NULL)); /* the states are the same too */
        any_ok(any_train(p.sparse, p.rows.x, p.target, ROWS, NULL));
        sparse_same_parameters(p.dense, p.sparse, what);
        end(&p);
    }
}

static void forward_backward_and_step_are_train(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < COUNT(steps); i++) {
        struct pair p;
        begin(&p, dtype, 2, 0.05);
        set(p.dense, steps[i]);
        set(p.sparse, steps[i]);
        for (size_t row = 0; row < ROWS; row += 4) {
            any_ok(sparse_train(p.dense, &p.rows, row, 4, p.target, NULL, NULL, NULL));
            any_ok(sparse_forward(p.sparse, &p.rows, row, 4, NULL));
            any_ok(any_backward(p.sparse, p.target, 4, NULL));
            any_ok(bp_net_step(p.sparse));
        }
        sparse_same_parameters(p.dense, p.sparse, "train, and its three calls");
        end(&p);
    }
}

/* With numbers so large that a step is checked before it is made. */
static void checked_steps_are_those_of_dense_rows(void **state)
{
    static const struct option large[][4] = {
        {{BP_OPT_LEARNING_RATE, 0x1p12}},
        {{BP_OPT_LEARNING_RATE, 0x1p12}, {BP_OPT_OPTIMIZER, BP_OPTIM_ADAGRAD}},
        {{BP_OPT_LEARNING_RATE, 0x1p12}, {BP_OPT_OPTIMIZER, BP_OPTIM_ADAM}},
    };
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < COUNT(large); i++) {
        struct pair p;
        begin(&p, dtype, 0, 0.05);
        set(p.dense, large[i]);
        set(p.sparse, large[i]);
        train_both(&p, 3, 0);
        sparse_same_parameters(p.dense, p.sparse, "checked steps");
        end(&p);
    }
}

static void frozen_weights_stay_and_their_gradient_is_zero(void **state)
{
    struct pair p;
    begin(&p, any_dtype(state), 2, 0.1);
    any_ok(bp_net_layer_set(p.dense, 0, BP_LAYER_TRAIN_WEIGHTS, 0));
    any_ok(bp_net_layer_set(p.sparse, 0, BP_LAYER_TRAIN_WEIGHTS, 0));
    train_both(&p, 3, 0);
    sparse_same_parameters(p.dense, p.sparse, "parameters with frozen weights");
    any_ok(any_forward(p.dense, p.rows.x, 3, NULL));
    any_ok(sparse_forward(p.sparse, &p.rows, 0, 3, NULL));
    any_ok(any_backward(p.dense, p.target, 3, NULL));
    any_ok(any_backward(p.sparse, p.target, 3, NULL));
    sparse_same_gradient(p.dense, p.sparse, "the gradient with frozen weights");
    end(&p);
}

static void weights_of_rows_count(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t kind = 2; kind < 4; kind++) {
        struct pair p;
        begin(&p, dtype, 1, 0.1);
        train_both(&p, 4, kind);
        sparse_same_parameters(p.dense, p.sparse, "parameters after weighted rows");
        end(&p);
    }
}

/* ---- threads */

static void threads_change_no_bit(void **state)
{
    enum { WIDE_ROWS = 64, WIDE_INPUTS = 600, UNITS = 100 };
    static const struct any_layer layers[] = {{.units = UNITS, .activation = BP_ACT_TANH},
                                              {.units = 1, .activation = BP_ACT_SIGMOID}};
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < 3; i++) {
        struct pair p = {.dense = any_net(dtype, WIDE_INPUTS, layers, 2, 5)};
        uint64_t seed = 2;
        double *target = any_buffer(WIDE_ROWS);
        sparse_make(&p.rows, 9, WIDE_ROWS, WIDE_INPUTS, 0.3);
        any_fill(&seed, target, WIDE_ROWS, 0, 1);
        any_ok(bp_net_set(p.dense, BP_OPT_OPTIMIZER, i == 2 ? BP_OPTIM_ADAM : BP_OPTIM_SGD));
        any_ok(bp_net_clone(&p.sparse, p.dense));
        any_ok(bp_net_set(p.sparse, BP_OPT_THREADS, (double)(2 + i)));
        for (size_t step = 0; step < 3; step++) {
            any_ok(any_train(p.dense, p.rows.x, target, WIDE_ROWS, NULL));
            any_ok(sparse_train(p.sparse, &p.rows, 0, WIDE_ROWS, target, NULL, NULL, NULL));
        }
        sparse_same_parameters(p.dense, p.sparse, "parameters with threads");
        free(target);
        end(&p);
    }
}

/* ---- the evaluation pass */

static void prediction_and_loss_are_those_of_dense_rows(void **state)
{
    enum { MANY = 150 };
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < COUNT(shapes); i++) {
        bp_net *net = any_net(dtype, INPUTS, shapes[i].layers, shapes[i].count, 4);
        struct sparse_rows rows;
        uint64_t seed = 5;
        bp_scratch *scratch;
        double y[2][MANY * OUTPUTS], target[MANY * OUTPUTS], loss[2];
        sparse_make(&rows, 11, MANY, INPUTS, 0.1);
        any_fill(&seed, target, COUNT(target), 0, 1);
        any_ok(bp_scratch_create(&scratch, net));
        any_ok(any_predict(net, rows.x, MANY, y[0], scratch));
        any_ok(sparse_predict(net, &rows, 0, MANY, y[1], scratch));
        any_same_bits(y[0], y[1], COUNT(y[0]));
        any_ok(sparse_predict(net, &rows, 3, 7, y[1], NULL));
        any_same_bits(y[0] + (size_t)3 * OUTPUTS, y[1], 7 * OUTPUTS);
        any_ok(any_loss(net, rows.x, target, MANY, &loss[0], scratch));
        any_ok(sparse_loss(net, &rows, 0, MANY, target, NULL, NULL, &loss[1]));
        any_same_bits(&loss[0], &loss[1], 1);
        bp_scratch_destroy(scratch);
        sparse_free(&rows);
        bp_net_destroy(net);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(forward_backward_and_input_gradient_are_those_of_dense_rows),
        ANY_BOTH(backward_needs_the_rows_no_more),
        ANY_BOTH(gradients_of_dense_and_sparse_rows_add_up),
        ANY_BOTH(a_new_gradient_starts_from_zero),
        ANY_BOTH(every_optimiser_steps_as_with_dense_rows),
        ANY_BOTH(forward_backward_and_step_are_train),
        ANY_BOTH(checked_steps_are_those_of_dense_rows),
        ANY_BOTH(frozen_weights_stay_and_their_gradient_is_zero),
        ANY_BOTH(weights_of_rows_count),
        ANY_BOTH(threads_change_no_bit),
        ANY_BOTH(prediction_and_loss_are_those_of_dense_rows),
    };
    return cmocka_run_group_tests_name("sparse rows", tests, NULL, NULL);
}
