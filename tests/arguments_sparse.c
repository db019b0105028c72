/* SPDX-License-Identifier: MIT
 *
 * The rows of what takes sparse rows; arguments_table.h tells how to add one. */
#include "arguments_table.h"

static union arg status(int32_t value) { return (union arg){.integer = value}; }
static union arg size(size_t value) { return (union arg){.size = value}; }

static union arg run_net_reserve_sparse(const union arg *a)
{
    return status(bp_net_reserve_sparse(a[0].net, a[1].size, a[2].size));
}
static union arg run_net_forward_sparse_f32(const union arg *a)
{
    return status(bp_net_forward_sparse_f32(a[0].net, a[1].data, a[2].data, a[3].data, a[4].size, a[5].data));
}
static union arg run_net_forward_sparse_f64(const union arg *a)
{
    return status(bp_net_forward_sparse_f64(a[0].net, a[1].data, a[2].data, a[3].data, a[4].size, a[5].data));
}
static union arg run_net_train_sparse_f32(const union arg *a)
{
    return status(bp_net_train_sparse_f32(a[0].net, a[1].data, a[2].data, a[3].data, a[4].data, a[5].data, a[6].data,
                                          a[7].size, a[8].data));
}
static union arg run_net_train_sparse_f64(const union arg *a)
{
    return status(bp_net_train_sparse_f64(a[0].net, a[1].data, a[2].data, a[3].data, a[4].data, a[5].data, a[6].data,
                                          a[7].size, a[8].data));
}
static union arg run_net_predict_sparse_f32(const union arg *a)
{
    return status(
        bp_net_predict_sparse_f32(a[0].net, a[1].data, a[2].data, a[3].data, a[4].size, a[5].data, a[6].scratch));
}
static union arg run_net_predict_sparse_f64(const union arg *a)
{
    return status(
        bp_net_predict_sparse_f64(a[0].net, a[1].data, a[2].data, a[3].data, a[4].size, a[5].data, a[6].scratch));
}
static union arg run_net_loss_sparse_f32(const union arg *a)
{
    return status(bp_net_loss_sparse_f32(a[0].net, a[1].data, a[2].data, a[3].data, a[4].data, a[5].data, a[6].data,
                                         a[7].size, a[8].data, a[9].scratch));
}
static union arg run_net_loss_sparse_f64(const union arg *a)
{
    return status(bp_net_loss_sparse_f64(a[0].net, a[1].data, a[2].data, a[3].data, a[4].data, a[5].data, a[6].data,
                                         a[7].size, a[8].data, a[9].scratch));
}
static union arg run_data_set_inputs_sparse_f32(const union arg *a)
{
    return status(
        bp_data_set_inputs_sparse_f32(a[0].set, a[1].data, a[2].data, a[3].data, a[4].size, a[5].size, a[6].integer));
}
static union arg run_data_set_inputs_sparse_f64(const union arg *a)
{
    return status(
        bp_data_set_inputs_sparse_f64(a[0].set, a[1].data, a[2].data, a[3].data, a[4].size, a[5].size, a[6].integer));
}
static union arg run_data_get_sparse_f32(const union arg *a)
{
    return status(bp_data_get_sparse_f32(a[0].set, a[1].size, a[2].size, a[3].data, a[4].data, a[5].data));
}
static union arg run_data_get_sparse_f64(const union arg *a)
{
    return status(bp_data_get_sparse_f64(a[0].set, a[1].size, a[2].size, a[3].data, a[4].data, a[5].data));
}
static union arg run_data_sparse(const union arg *a) { return size((size_t)bp_data_sparse(a[0].set)); }
static union arg run_data_nonzeros(const union arg *a)
{
    return size(bp_data_nonzeros(a[0].set, a[1].size, a[2].size));
}
static union arg run_data_read_libsvm(const union arg *a)
{
    return status(bp_data_read_libsvm(a[0].set, a[1].text, a[2].size));
}
static union arg run_data_load_libsvm(const union arg *a)
{
    return status(bp_data_load_libsvm(a[0].set_out, a[1].text, a[2].size));
}

const struct call sparse_calls[] = {
    {"bp_net_reserve_sparse", "SNr9", NEEDS_INIT, run_net_reserve_sparse},
    {"bp_net_forward_sparse_f32", "SNx-)rY", NEEDS_INIT, run_net_forward_sparse_f32},
    {"bp_net_forward_sparse_f64", "SNx-)rY", NEEDS_INIT, run_net_forward_sparse_f64},
    {"bp_net_train_sparse_f32", "SNx-)T~'rD", NEEDS_INIT | NEEDS_LOSS, run_net_train_sparse_f32},
    {"bp_net_train_sparse_f64", "SNx-)T~'rD", NEEDS_INIT | NEEDS_LOSS, run_net_train_sparse_f64},
    {"bp_net_predict_sparse_f32", "SNx-)ryc", NEEDS_INIT, run_net_predict_sparse_f32},
    {"bp_net_predict_sparse_f64", "SNx-)ryc", NEEDS_INIT, run_net_predict_sparse_f64},
    {"bp_net_loss_sparse_f32", "SNx-)T~'rdc", NEEDS_INIT | NEEDS_LOSS, run_net_loss_sparse_f32},
    {"bp_net_loss_sparse_f64", "SNx-)T~'rdc", NEEDS_INIT | NEEDS_LOSS, run_net_loss_sparse_f64},
    {"bp_data_set_inputs_sparse_f32", "SBx-)ruJ", NEEDS_NOTHING, run_data_set_inputs_sparse_f32},
    {"bp_data_set_inputs_sparse_f64", "SBx-)ruJ", NEEDS_NOTHING, run_data_set_inputs_sparse_f64},
    {"bp_data_get_sparse_f32", "SB[]y{\"", NEEDS_SPARSE, run_data_get_sparse_f32},
    {"bp_data_get_sparse_f64", "SB[]y{\"", NEEDS_SPARSE, run_data_get_sparse_f64},
    {"bp_data_sparse", "zB", NEEDS_NOTHING, run_data_sparse},
    {"bp_data_nonzeros", "zB[]", NEEDS_NOTHING, run_data_nonzeros},
    {"bp_data_read_libsvm", "SB\\^", NEEDS_NOTHING, run_data_read_libsvm},
    {"bp_data_load_libsvm", "SE\\^", NEEDS_NOTHING, run_data_load_libsvm},
    {NULL, NULL, NEEDS_NOTHING, NULL},
};
