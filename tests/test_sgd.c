/* SPDX-License-Identifier: MIT
 *
 * The step of plain gradient descent is one fused multiply-add, whichever kernel takes it: w = fma(-rate, g, w), and a
 * subnormal result becomes 0 (docs/numerics.md). Here it is written down without any kernel. */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "base/fma.h"
#include "sparse_fixture.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { STEPS = 3, MOST_PARAMETERS = 4000, TALL = 515 };

/* A kernel that takes the step, and a net and rows that lead to it. */
struct way {
    const char *name;
    size_t inputs, units, rows;
    bool sparse, parts; /* parts: forward, backward and step; else train */
    int32_t option;     /* and its value: a limit that no gradient reaches; 0 for none */
    double value;
};

static const struct way ways[] = {
    {"narrow", .inputs = 5, .units = 7, .rows = 1},
    {"narrow, in parts", .inputs = 5, .units = 7, .rows = 1, .parts = true},
    {"a row", .inputs = 70, .units = 40, .rows = 1},
    {"product", .inputs = 37, .units = 40, .rows = 3},
    {"product, in parts", .inputs = 37, .units = 40, .rows = 3, .parts = true},
    {"deeper than a block", .inputs = 9, .units = 20, .rows = TALL},
    {"deeper than a block, in parts", .inputs = 9, .units = 20, .rows = TALL, .parts = true},
    {"a sparse row", .inputs = 70, .units = 40, .rows = 1, .sparse = true},
    {"a sparse row, in parts", .inputs = 70, .units = 40, .rows = 1, .sparse = true, .parts = true},
    {"sparse rows", .inputs = 70, .units = 40, .rows = 3, .sparse = true},
    {"sparse rows, in parts", .inputs = 70, .units = 40, .rows = 3, .sparse = true, .parts = true},
    {"clipped by value", 37, 40, 3, false, false, BP_OPT_CLIP_VALUE, 1e6},
    {"clipped by norm", 37, 40, 3, false, false, BP_OPT_CLIP_NORM, 1e6},
    {"a sparse row, clipped by value", 70, 40, 1, true, false, BP_OPT_CLIP_VALUE, 1e6},
};

/* ---- the rule */

/* The sum of the gradient over the rows, divided by their number, is rounded before the step, whose result `fused` is
 * rounded once, and `apart` twice. */
struct results {
    double fused, apart;
};

static struct results step_f32(float w, float sum, float rate, double rows)
{
    const float mean = (float)(1 / rows), g = sum * mean, move = rate * g, fused = bp_fma_f32(-rate, g, w),
                apart = w - move;
    return (struct results){fabsf(fused) < FLT_MIN ? copysignf(0, fused) : fused,
                            fabsf(apart) < FLT_MIN ? copysignf(0, apart) : apart};
}

static struct results step_f64(double w, double sum, double rate, double rows)
{
    const double mean = 1 / rows, g = sum * mean, move = rate * g, fused = bp_fma_f64(-rate, g, w), apart = w - move;
    return (struct results){fabs(fused) < DBL_MIN ? copysign(0, fused) : fused,
                            fabs(apart) < DBL_MIN ? copysign(0, apart) : apart};
}

static struct results step_of(int32_t dtype, double w, double sum, double rate, size_t rows)
{
    return dtype == BP_F32 ? step_f32((float)w, (float)sum, (float)rate, (double)rows)
                           : step_f64(w, sum, rate, (double)rows);
}

static bool same(double a, double b) { return a == b && signbit(a) == signbit(b); }

/* Some parameters must show the rule: two roundings would have made them different. */
static void assert_step(const char *name, int32_t dtype, const bp_net *net, const double *before, const double *sum,
                        double rate, size_t rows)
{
    static double after[MOST_PARAMETERS];
    size_t different = 0;
    any_ok(any_get_parameters(net, after));
    for (size_t i = 0; i < any_parameters(net); i++) {
        const struct results wanted = step_of(dtype, before[i], sum[i], rate, rows);
        if (!same(after[i], wanted.fused))
            fail_msg("%s: parameter %zu was %a and is %a after the step, not %a", name, i, before[i], after[i],
                     wanted.fused);
        different += !same(wanted.fused, wanted.apart);
    }
    if (different == 0)
        fail_msg("%s: no parameter shows how often the step is rounded", name);
}

/* ---- the ways */

/* The gradient's sum over these rows, by a net that takes no step. */
static void sum_of(const bp_net *net, const double *x, const double *target, size_t rows, double *sum)
{
    bp_net *clone;
    any_ok(bp_net_clone(&clone, net));
    any_ok(any_forward(clone, x, rows, NULL));
    any_ok(any_backward(clone, target, rows, NULL));
    any_ok(bp_net_read_f64(clone, BP_ARRAY_GRADIENT_SUM, 0, sum, any_parameters(clone)));
    bp_net_destroy(clone);
}

static void take(bp_net *net, const struct way *way, const struct sparse_rows *s, size_t row, const double *target)
{
    const double *x = s->x + row * way->inputs;
    if (!way->parts && way->sparse) {
        any_ok(sparse_train(net, s, row, way->rows, target, NULL, NULL, NULL));
    } else if (!way->parts) {
        any_ok(any_train(net, x, target, way->rows, NULL));
    } else {
        any_ok(way->sparse ? sparse_forward(net, s, row, way->rows, NULL) : any_forward(net, x, way->rows, NULL));
        any_ok(any_backward(net, target, way->rows, NULL));
        any_ok(bp_net_step(net));
    }
}

static void check_way(int32_t dtype, const struct way *way)
{
    enum { OUTPUTS = 3 };
    static double before[MOST_PARAMETERS], sum[MOST_PARAMETERS];
    const double rate = 3.3;
    const struct any_layer layers[] = {{way->units, BP_ACT_TANH, 0, 0}, {OUTPUTS, BP_ACT_SIGMOID, 0, 0}};
    bp_net *net = any_net(dtype, way->inputs, layers, COUNT(layers), 4);
    double *target = any_buffer(way->rows * OUTPUTS);
    struct sparse_rows rows;
    uint64_t seed = 6;
    assert_true(any_parameters(net) <= MOST_PARAMETERS);
    sparse_make(&rows, 2, way->rows + STEPS, way->inputs, 0.4);
    any_fill(&seed, target, way->rows * OUTPUTS, 0, 1);
    any_ok(bp_net_set(net, BP_OPT_LEARNING_RATE, rate));
    if (way->option != 0)
        any_ok(bp_net_set(net, way->option, way->value));
    for (size_t row = 0; row < STEPS; row++) {
        any_ok(any_get_parameters(net, before));
        sum_of(net, rows.x + (row + 1) * way->inputs, target, way->rows, sum);
        take(net, way, &rows, row + 1, target);
        assert_step(way->name, dtype, net, before, sum, rate, way->rows);
    }
    sparse_free(&rows);
    free(target);
    bp_net_destroy(net);
}

static void every_way_takes_the_step_in_one_rounding(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < COUNT(ways); i++)
        check_way(dtype, &ways[i]);
}

/* ---- zeros */

/* A weight at 0 or -0 keeps its bits where the gradient is 0. Where rate g is below the least subnormal number, so that
 * it would round to 0, the weight still moves: to the zero of the sign that the exact result has. */
static void check_zeros(int32_t dtype, const struct way *way)
{
    enum { OUTPUTS = 2, MOST_INPUTS = 70 };
    const double least = dtype == BP_F32 ? (double)FLT_MIN : DBL_MIN, rate = 0x1p-60;
    double target[4] = {least, -least, least, -least};
    const struct any_layer layer = {OUTPUTS, BP_ACT_IDENTITY, 0, 0};
    double before[OUTPUTS * (MOST_INPUTS + 1)], sum[OUTPUTS * (MOST_INPUTS + 1)], x[2 * MOST_INPUTS] = {0};
    struct sparse_rows rows;
    bp_net *net = any_net(dtype, way->inputs, &layer, 1, 1);
    for (size_t i = 0; i < way->inputs; i++) {
        x[i] = i % 4 == 1 ? 1 : i % 4 == 2 ? -1 : 0;
        x[way->inputs + i] = i % 8 == 2 ? -1 : 0;
    }
    sparse_of(&rows, x, 2, way->inputs);
    assert_true(way->inputs <= MOST_INPUTS);
    for (size_t i = 0; i < any_parameters(net); i++)
        before[i] = i % 3 == 0 ? -0.0 : 0.0;
    any_ok(bp_net_set(net, BP_OPT_LEARNING_RATE, rate));
    any_ok(any_set_parameters(net, before));
    for (size_t i = 0; i < STEPS; i++) {
        any_ok(any_get_parameters(net, before));
        sum_of(net, x, target, way->rows, sum);
        take(net, way, &rows, 0, target);
        assert_step(way->name, dtype, net, before, sum, rate, way->rows);
        for (size_t k = 0; k < COUNT(target); k++) /* the next step makes 0 of what became -0 */
            target[k] = -target[k];
    }
    sparse_free(&rows);
    bp_net_destroy(net);
}

static void zeros_have_the_sign_of_the_exact_step(void **state)
{
    static const struct way of_zeros[] = {
        {"narrow", .inputs = 5, .rows = 1},
        {"narrow, in parts", .inputs = 5, .rows = 1, .parts = true},
        {"a row", .inputs = 70, .rows = 1},
        {"product", .inputs = 70, .rows = 2},
        {"product, in parts", .inputs = 70, .rows = 2, .parts = true},
        {"a sparse row", .inputs = 70, .rows = 1, .sparse = true},
        {"a sparse row, in parts", .inputs = 70, .rows = 1, .sparse = true, .parts = true},
        {"sparse rows", .inputs = 70, .rows = 2, .sparse = true},
        {"sparse rows, in parts", .inputs = 70, .rows = 2, .sparse = true, .parts = true},
    };
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < COUNT(of_zeros); i++)
        check_zeros(dtype, &of_zeros[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(every_way_takes_the_step_in_one_rounding),
        ANY_BOTH(zeros_have_the_sign_of_the_exact_step),
    };
    return cmocka_run_group_tests_name("plain gradient descent", tests, NULL, NULL);
}
