/* SPDX-License-Identifier: MIT */
#include "metrics_fixture.h"

#include <math.h>
#include <stdlib.h>

bp_net *through(int32_t dtype, size_t width, int32_t activation, const bp_allocator *allocator)
{
    bp_net *net = NULL;
    double *w = any_buffer(width * width);
    for (size_t i = 0; i < width; i++)
        w[i * width + i] = 1;
    any_ok(allocator != NULL ? bp_net_create_with(&net, dtype, width, allocator) : bp_net_create(&net, dtype, width));
    any_ok(bp_net_add_dense(net, width, activation));
    any_ok(bp_net_layer_set(net, 0, BP_LAYER_BIAS, BP_BIAS_NONE));
    any_ok(bp_net_init(net, 0));
    any_ok(any_set_weights(net, 0, w));
    free(w);
    return net;
}

static void set_inputs(int32_t dtype, bp_data *data, const struct content *c)
{
    const size_t count = c->rows * c->inputs;
    if (dtype == BP_F64) {
        data_ok(data, bp_data_set_inputs(data, BP_F64, c->x, c->rows, c->inputs, 0, BP_HOLD_COPY));
        return;
    }
    float *x = malloc(count * sizeof *x);
    assert_non_null(x);
    for (size_t i = 0; i < count; i++)
        x[i] = (float)c->x[i];
    data_ok(data, bp_data_set_inputs(data, BP_F32, x, c->rows, c->inputs, 0, BP_HOLD_COPY));
    free(x);
}

bp_data *content_data(int32_t dtype, const struct content *c, const bp_allocator *allocator)
{
    bp_data *data = NULL;
    data_ok(data, bp_data_create(&data, allocator));
    set_inputs(dtype, data, c);
    if (c->target != NULL)
        data_ok(data, bp_data_set_target(data, BP_F64, c->target, c->outputs, 0, BP_HOLD_COPY));
    if (c->labels != NULL)
        data_ok(data, bp_data_set_labels(data, BP_I32, c->labels, c->classes, BP_HOLD_COPY));
    if (c->weights != NULL)
        data_ok(data, bp_data_set_weights(data, BP_F64, c->weights, BP_HOLD_COPY));
    return data;
}

double measure(const bp_net *net, const bp_data *data, int32_t metric)
{
    double value = NAN;
    data_ok(data, bp_net_evaluate(net, data, metric, &value));
    return value;
}

void assert_near(const char *what, double got, double expected, double bound)
{
    if (!(fabs(got - expected) <= bound * fmax(1, fabs(expected))))
        fail_msg("%s is %.17g, not %.17g", what, got, expected);
}

struct content many(uint64_t seed)
{
    static double x[ROWS * WIDTH], target[ROWS * WIDTH], weights[ROWS];
    static int32_t labels[ROWS];
    any_fill(&seed, x, ROWS * WIDTH, -2, 2);
    any_fill(&seed, target, ROWS * WIDTH, 0, 1);
    any_fill(&seed, weights, ROWS, 0, 2);
    for (size_t i = 0; i < ROWS; i++)
        labels[i] = (int32_t)any_uniform(&seed, 0, WIDTH);
    return (struct content){ROWS, WIDTH, x, target, WIDTH, labels, WIDTH, weights};
}

bool is_of_classes(int32_t metric)
{
    return (metric >= BP_METRIC_ACCURACY && metric <= BP_METRIC_F1) || metric == BP_METRIC_LOG_LOSS ||
           metric == BP_METRIC_AUC;
}
