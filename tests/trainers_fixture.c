/* SPDX-License-Identifier: MIT */
#include "trainers_fixture.h"

#include <math.h>
#include <stdlib.h>

/* ---- problems */

static struct problem bits(const char *name, size_t inputs, size_t hidden)
{
    struct problem p = {name, inputs, (size_t)1 << inputs, 1, hidden, BP_LOSS_BINARY_CROSS_ENTROPY, NULL, NULL};
    p.x = any_buffer(p.rows * inputs);
    p.labels = calloc(p.rows, sizeof(*p.labels));
    assert_non_null(p.labels);
    for (size_t row = 0; row < p.rows; row++)
        for (size_t i = 0; i < inputs; i++) {
            p.x[row * inputs + i] = (row >> i & 1) != 0 ? 1 : -1;
            p.labels[row] ^= (int32_t)(row >> i & 1);
        }
    return p;
}

struct problem problem_xor(void) { return bits("xor", 2, 4); }
struct problem problem_parity(void) { return bits("parity", 8, 16); }

struct problem problem_spirals(void)
{
    enum { POINTS = 97 };
    struct problem p = {"spirals", 2, 2 * POINTS, 2, 24, BP_LOSS_BINARY_CROSS_ENTROPY, NULL, NULL};
    p.x = any_buffer(p.rows * 2);
    p.labels = calloc(p.rows, sizeof(*p.labels));
    assert_non_null(p.labels);
    for (size_t row = 0; row < p.rows; row++) {
        const double i = (double)(row / 2), angle = i * 3.14159265358979323846 / 16, radius = (104 - i) / 104;
        const double side = row % 2 != 0 ? -1 : 1;
        p.x[2 * row] = (float)(side * radius * sin(angle));
        p.x[2 * row + 1] = (float)(side * radius * cos(angle));
        p.labels[row] = row % 2;
    }
    return p;
}

struct problem problem_repeated(struct problem once, size_t times)
{
    struct problem p = once;
    p.rows *= times;
    p.x = any_buffer(p.rows * p.inputs);
    p.labels = calloc(p.rows, sizeof(*p.labels));
    assert_non_null(p.labels);
    for (size_t i = 0; i < p.rows * p.inputs; i++)
        p.x[i] = once.x[i % (once.rows * p.inputs)];
    for (size_t i = 0; i < p.rows; i++)
        p.labels[i] = once.labels[i % once.rows];
    problem_free(&once);
    return p;
}

void problem_free(struct problem *p)
{
    free(p->x);
    free(p->labels);
}

/* ---- trainings */

#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        const bp_status status_of_try = (call);                                                                        \
        if (status_of_try != BP_OK)                                                                                    \
            return status_of_try;                                                                                      \
    } while (0)

static bp_status make_net(bp_net **net, int32_t dtype, const struct problem *p, int32_t loss, uint64_t seed,
                          const bp_allocator *allocator)
{
    TRY(allocator ? bp_net_create_with(net, dtype, p->inputs, allocator) : bp_net_create(net, dtype, p->inputs));
    for (size_t i = 0; i < p->hidden_layers; i++)
        TRY(bp_net_add_dense(*net, p->hidden, BP_ACT_TANH));
    for (size_t i = 0; p->hidden_layers > 1 && i < p->hidden_layers; i++)
        TRY(bp_net_layer_set(*net, i, BP_LAYER_INIT, BP_INIT_NGUYEN_WIDROW));
    TRY(bp_net_add_dense(*net, 1, BP_ACT_SIGMOID));
    TRY(bp_net_set(*net, BP_OPT_LOSS, loss));
    return bp_net_init(*net, seed);
}

static bool is_of_squares(int32_t method) { return method == BP_METHOD_LM || method == BP_METHOD_BR; }

bp_status training_make(struct training *t, int32_t dtype, const struct problem *p, int32_t method, uint64_t seed,
                        const bp_allocator *allocator)
{
    *t = (struct training){0};
    TRY(make_net(&t->net, dtype, p, is_of_squares(method) ? BP_LOSS_SQUARED : p->loss, seed, allocator));
    TRY(bp_net_set(t->net, BP_OPT_RAW, 1)); /* test_scaling_fit.c tests that */
    TRY(bp_data_create(&t->data, allocator));
    TRY(bp_data_set_inputs(t->data, BP_F64, p->x, p->rows, p->inputs, 0, BP_HOLD_COPY));
    TRY(bp_data_set_labels(t->data, BP_I32, p->labels, 2, BP_HOLD_COPY));
    TRY(bp_train_create(&t->train, t->net, t->data, NULL));
    return bp_train_set(t->train, BP_TRAIN_METHOD, method);
}

int32_t method_after(int32_t method)
{
    static const int32_t methods[] = {BP_METHOD_LBFGS, BP_METHOD_SCG, BP_METHOD_IRPROP_PLUS,
                                      BP_METHOD_LM,    BP_METHOD_BR,  0};
    size_t i = 0;
    while (methods[i] != method)
        i++;
    return methods[i + 1];
}

struct training training_by(int32_t dtype, const struct problem *p, int32_t method, uint64_t seed)
{
    struct training t;
    assert_int_equal(training_make(&t, dtype, p, method, seed, NULL), BP_OK);
    return t;
}

void training_end(struct training *t)
{
    bp_train_destroy(t->train);
    bp_data_destroy(t->data);
    bp_net_destroy(t->net);
}

double training_value(const struct training *t, int32_t key)
{
    double value;
    any_ok(any_ask(t->train, key, &value));
    return value;
}

void set(const struct training *t, int32_t key, double value) { any_ok(bp_train_set(t->train, key, value)); }

double *parameters_of(const bp_net *net)
{
    double *flat = any_buffer(any_parameters(net));
    any_ok(any_get_parameters(net, flat));
    return flat;
}
