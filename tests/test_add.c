/* SPDX-License-Identifier: MIT
 *
 * Layers that are added by their kind and a text of options. */
#include <stdlib.h>
#include <string.h>

#include "any.h"
#include "failing_allocator.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { MOST_TEXT = 4096 };

static bp_net *net_of(int32_t dtype)
{
    bp_net *net = NULL;
    any_ok(bp_net_create(&net, dtype, 3));
    return net;
}

/* The same text of options, and the same first parameters. */
static void a_dense_layer_is_the_same_by_either_function(void **state)
{
    const int32_t dtype = any_dtype(state);
    bp_net *nets[2] = {net_of(dtype), net_of(dtype)};
    char texts[2][MOST_TEXT];
    double parameters[2][15];
    any_ok(bp_net_add_dense(nets[0], 5, BP_ACT_LEAKY_RELU));
    any_ok(bp_net_layer_set(nets[0], 0, BP_LAYER_SLOPE, 0.25));
    any_ok(bp_net_layer_set(nets[0], 0, BP_LAYER_BIAS, BP_BIAS_NONE));
    any_ok(bp_net_layer_set(nets[0], 0, BP_LAYER_INIT, BP_INIT_UNIFORM));
    any_ok(bp_net_add(nets[1], BP_KIND_DENSE, "slope=0.25 bias=none init='uniform' units=5 activation=leaky_relu"));
    for (size_t i = 0; i < 2; i++) {
        any_ok(bp_net_init(nets[i], 9));
        any_ok(bp_net_get_text(nets[i], texts[i], MOST_TEXT, NULL));
        any_ok(any_get_parameters(nets[i], parameters[i]));
        bp_net_destroy(nets[i]);
    }
    assert_string_equal(texts[0], texts[1]);
    any_same_bits(parameters[0], parameters[1], 15);
}

static void what_the_text_leaves_out_has_its_first_value(void **state)
{
    bp_net *net = net_of(any_dtype(state));
    double value;
    any_ok(bp_net_add(net, BP_KIND_DENSE, "units=2"));
    any_ok(bp_net_layer_get(net, 0, BP_LAYER_ACTIVATION, &value));
    assert_true(value == BP_ACT_IDENTITY);
    any_ok(bp_net_add(net, BP_KIND_DROPOUT, NULL));
    any_ok(bp_net_layer_get(net, 1, BP_LAYER_RATE, &value));
    assert_true(value == 0.5);
    any_ok(bp_net_add(net, BP_KIND_DROPOUT, "# nothing"));
    any_ok(bp_net_layer_get(net, 2, BP_LAYER_UNITS, &value));
    assert_true(value == 2);
    bp_net_destroy(net);
}

static const struct {
    int32_t kind;
    const char *options;
    bp_status status;
    const char *sentence;
} refused[] = {
    {0, NULL, BP_ERR_ARG, "there is no kind of layer 0"},
    {BP_KIND_DROPOUT + 1, NULL, BP_ERR_ARG, "there is no kind of layer 17021"},
    {BP_KIND_DENSE, NULL, BP_ERR_SHAPE, "units is 0"},
    {BP_KIND_DENSE, "units=0", BP_ERR_ARG, "byte 0: units is 0"},
    {BP_KIND_DENSE, "units=1.5", BP_ERR_ARG, "units"},
    {BP_KIND_DENSE, "units=2 rate=0.5", BP_ERR_ARG, "byte 8: dense has no rate"},
    {BP_KIND_DENSE, "units=2 slope=0.5", BP_ERR_ARG, "byte 8: identity has no slope"},
    {BP_KIND_DENSE, "units=2 activation=tahn", BP_ERR_ARG, "tanh"},
    {BP_KIND_DENSE, "units=2 activaton=tanh", BP_ERR_ARG, "activation"},
    {BP_KIND_DENSE, "units=2 kind=dense", BP_ERR_ARG, "kind can only be read"},
    {BP_KIND_DENSE, "units=2 inputs=3", BP_ERR_ARG, "inputs can only be read"},
    {BP_KIND_DENSE, "units=2 bias_init=orthogonal", BP_ERR_ARG, "bias_init cannot be orthogonal"},
    {BP_KIND_DENSE, "units=2 units=2", BP_ERR_FORMAT, "units"},
    {BP_KIND_DENSE, "units", BP_ERR_FORMAT, "byte"},
    {BP_KIND_DENSE, "layers.0.units=2", BP_ERR_ARG, "layers.0.units"},
    {BP_KIND_DROPOUT, "rate=1", BP_ERR_ARG, "rate is 1"},
    {BP_KIND_DROPOUT, "units=3", BP_ERR_ARG, "dropout has as many units as inputs"},
    {BP_KIND_DROPOUT, "activation=tanh", BP_ERR_ARG, "dropout has no activation"},
};

static void a_text_that_is_refused_adds_no_layer(void **state)
{
    bp_net *net = net_of(any_dtype(state));
    any_ok(bp_net_add_dense(net, 4, BP_ACT_TANH));
    for (size_t i = 0; i < COUNT(refused); i++) {
        assert_int_equal(bp_net_add(net, refused[i].kind, refused[i].options), refused[i].status);
        if (!strstr(bp_last_error(), refused[i].sentence))
            fail_msg("\"%s\": %s", refused[i].options, bp_last_error());
        assert_int_equal(bp_net_layers(net), 1);
    }
    any_ok(bp_net_add(net, BP_KIND_DENSE, "units=1000000"));
    assert_int_equal(bp_net_add(net, BP_KIND_DENSE, "units=9e15"), BP_ERR_SHAPE);
    assert_int_equal(bp_net_layers(net), 2);
    bp_net_destroy(net);
    net = net_of(any_dtype(state));
    any_ok(bp_net_add_dense(net, 4, BP_ACT_TANH));
    any_ok(bp_net_init(net, 1));
    assert_int_equal(bp_net_add(net, BP_KIND_DENSE, "units=2 activation=tanh"), BP_ERR_STATE);
    assert_string_equal(bp_last_error(), "bp_net_add: bp_net_init has fixed the layers");
    assert_int_equal(bp_net_layers(net), 1);
    bp_net_destroy(net);
}

static void every_allocation_can_fail(void **state)
{
    const int32_t dtype = any_dtype(state);
    size_t failures = 0;
    for (bp_status status = BP_ERR_MEMORY; status != BP_OK; failures++) {
        struct failing failing = {0};
        const bp_allocator allocator = failing_allocator(&failing);
        bp_net *net = NULL;
        any_ok(bp_net_create_with(&net, dtype, 3, &allocator));
        failing.fail_at = failing.calls + failures + 1;
        status = bp_net_add(net, BP_KIND_DENSE, "units=4 activation=tanh");
        assert_true(status == BP_OK || status == BP_ERR_MEMORY);
        assert_int_equal(bp_net_layers(net), status == BP_OK);
        bp_net_destroy(net);
        assert_int_equal(failing.live + failing.wrong, 0);
    }
    assert_true(failures > 2); /* the pairs of the text, and the layer */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(a_dense_layer_is_the_same_by_either_function),
        ANY_BOTH(what_the_text_leaves_out_has_its_first_value),
        ANY_BOTH(a_text_that_is_refused_adds_no_layer),
        ANY_BOTH(every_allocation_can_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
