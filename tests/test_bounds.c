/* SPDX-License-Identifier: MIT
 *
 * The bound by which a step knows that it is safe: no number of the gradient is above it, and it is at most 4 times the
 * largest number that the gradient can have. */
#include <math.h>

#include "net/handle.h"
#include "sparse_fixture.h"

enum { ROWS = 100, INPUTS = 3, MOST_UNITS = 20, MOST = 2 * (INPUTS + 1) * MOST_UNITS };

/* Inputs that are all `x` on a net of one layer, and slopes that are all `dy`: each number of the gradient is a sum
 * of equal terms, `largest` that of the largest. */
struct example {
    const char *name;
    size_t units, rows;
    int32_t bias;
    double x, dy, factor; /* of a scaling; 0: there is none */
    bool sparse, frozen;  /* its weights */
    double largest;
};

static const struct example examples[] = {
    {"inputs above 1", 2, ROWS, BP_BIAS_UNIT, 1024, 8, 0, false, false, ROWS * 1024 * 8.0},
    {"inputs below 1", 1, ROWS, BP_BIAS_UNIT, 0x1p-10, 8, 0, false, false, ROWS * 8.0},
    {"a shared bias", MOST_UNITS, ROWS, BP_BIAS_SHARED, 0x1p-10, -8, 0, false, false, MOST_UNITS *ROWS * 8.0},
    {"no bias", MOST_UNITS, 1, BP_BIAS_NONE, 1024, 0x1p-10, 0, false, false, 1},
    {"a scaling", 1, 7, BP_BIAS_UNIT, 2, 8, 512, false, false, 7 * 1024 * 8.0},
    {"sparse rows", 1, ROWS, BP_BIAS_UNIT, -1024, 8, 0, true, false, ROWS * 1024 * 8.0},
    {"sparse rows with a scaling", 1, ROWS, BP_BIAS_UNIT, 2, -8, 512, true, false, ROWS * 1024 * 8.0},
    {"frozen weights", 1, ROWS, BP_BIAS_UNIT, 0x1p-10, 8, 0, false, true, ROWS * 8.0},
};

static double largest_gradient(const bp_net *net)
{
    double gradient[MOST];
    assert_in_range(any_parameters(net), 1, MOST);
    any_ok(any_get_gradient(net, gradient));
    return any_max_norm(gradient, any_parameters(net)) * (double)net->model.gradient_rows;
}

static bp_net *net_of(int32_t dtype, const struct example *e)
{
    const struct any_layer layer = {e->units, BP_ACT_IDENTITY, e->bias, 0};
    const double center[INPUTS] = {0}, factor[INPUTS] = {1, e->factor, -1};
    bp_net *net = any_net(dtype, INPUTS, &layer, 1, 1);
    if (e->factor != 0)
        any_ok(any_set_scaling(net, center, factor, NULL, NULL));
    any_ok(bp_net_layer_set(net, 0, BP_LAYER_TRAIN_WEIGHTS, !e->frozen));
    return net;
}

static void add_gradient(bp_net *net, const struct example *e)
{
    double x[ROWS * INPUTS], dy[ROWS * MOST_UNITS];
    struct sparse_rows sparse;
    for (size_t i = 0; i < ROWS * INPUTS; i++)
        x[i] = e->x;
    for (size_t i = 0; i < ROWS * MOST_UNITS; i++)
        dy[i] = e->dy;
    sparse_of(&sparse, x, ROWS, INPUTS);
    any_ok(e->sparse ? sparse_forward(net, &sparse, 0, e->rows, NULL) : any_forward(net, x, e->rows, NULL));
    any_ok(any_backward_from(net, dy, e->rows));
    sparse_free(&sparse);
}

static void no_number_of_a_gradient_is_above_its_bound(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
        const struct example *e = &examples[i];
        bp_net *net = net_of(dtype, e);
        for (int times = 1; times <= 3; times++) { /* one sum on top of the other */
            add_gradient(net, e);
            const double bound = net->model.gradient_bound, largest = largest_gradient(net);
            if (!(fabs(largest / (e->largest * times) - 1) <= 1e-6))
                fail_msg("%s: the gradient is %g, not %g", e->name, largest, e->largest * times);
            if (!(bound >= largest && bound <= 4 * MOST_UNITS * largest))
                fail_msg("%s: the bound is %g, the gradient %g", e->name, bound, largest);
        }
        bp_net_destroy(net);
    }
}

/* Weights that make the deltas or the activations of one layer the largest. */
static void the_bound_is_of_all_layers(void **state)
{
    static const double weights[][3] = {{1, 1, 1}, {1e6, 1, 1}, {1, 1, 1e6}, {1, 1e6, 1e-6}, {1e-6, 1e6, 1}};
    static const struct any_layer layers[] = {
        {1, BP_ACT_IDENTITY, 0, 0}, {1, BP_ACT_IDENTITY, 0, 0}, {0, 0, 0, 0.5}, {1, BP_ACT_IDENTITY, 0, 0}};
    const int32_t dtype = any_dtype(state);
    const double x[2] = {-3, 2}, dy[2] = {5, -4};
    for (size_t i = 0; i < sizeof(weights) / sizeof(weights[0]); i++) {
        bp_net *net = any_net(dtype, 1, layers, 4, 1);
        any_ok(bp_net_layer_set(net, 2, BP_LAYER_RATE, 0));
        for (size_t k = 0; k < 3; k++)
            any_ok(any_set_weights(net, k == 2 ? 3 : k, &weights[i][k]));
        any_ok(any_forward(net, x, 2, NULL));
        any_ok(any_backward_from(net, dy, 2));
        const double largest = largest_gradient(net), bound = net->model.gradient_bound;
        assert_true(bound >= largest && bound <= 10 * largest);
        bp_net_destroy(net);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(no_number_of_a_gradient_is_above_its_bound),
        ANY_BOTH(the_bound_is_of_all_layers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
