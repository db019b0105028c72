/* SPDX-License-Identifier: MIT
 *
 * When a step with sparse rows goes over all weights of the first layer, as the promise of bp_data_set_sparse() has it:
 * once after these were written, and neither after init nor after any other parameter was written. */
#include "any.h"
#include "net/handle.h"

enum { INPUTS = 3, UNITS = 2 };

static const double zeros[UNITS * INPUTS];

static bp_net *two_layers(void **state)
{
    const struct any_layer layers[] = {{UNITS, BP_ACT_TANH, 0, 0}, {UNITS, BP_ACT_IDENTITY, 0, 0}};
    return any_net(any_dtype(state), INPUTS, layers, 2, 1);
}

static void init_leaves_columns_out(void **state)
{
    bp_net *net = two_layers(state);
    assert_true(net->model.first_is_normal);
    any_ok(any_set_weights(net, 0, zeros));
    assert_false(net->model.first_is_normal);
    any_ok(bp_net_init(net, 2));
    assert_true(net->model.first_is_normal);
    bp_net_destroy(net);
}

static void other_parameters_leave_columns_out(void **state)
{
    bp_net *net = two_layers(state);
    any_ok(any_set_bias(net, 0, zeros));
    any_ok(any_set_weights(net, 1, zeros));
    any_ok(any_set_bias(net, 1, zeros));
    assert_true(net->model.first_is_normal);
    bp_net_destroy(net);
}

static void one_step_after_a_write_goes_over_all(void **state)
{
    const double values[] = {1}, target[UNITS] = {0};
    const int32_t columns[] = {1};
    const int64_t starts[] = {0, 1};
    bp_net *net = two_layers(state);
    bp_data *data = NULL;
    any_ok(bp_data_create(&data, NULL));
    any_ok(bp_data_set_sparse(data, BP_F64, values, columns, starts, 1, INPUTS, BP_HOLD_COPY));
    any_ok(bp_data_set_target(data, BP_F64, target, UNITS, 0, BP_HOLD_COPY));
    any_ok(any_set_weights(net, 0, zeros));
    any_ok(bp_net_train_rows(net, data, 0, 1, NULL));
    assert_true(net->model.first_is_normal);
    bp_data_destroy(data);
    bp_net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(init_leaves_columns_out),
        ANY_BOTH(other_parameters_leave_columns_out),
        ANY_BOTH(one_step_after_a_write_goes_over_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
