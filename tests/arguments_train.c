/* SPDX-License-Identifier: MIT
 *
 * The rows of weights, metrics, files of data and training; arguments_table.h tells how to add one. */
#include "arguments_table.h"

static union arg status(int32_t value) { return (union arg){.integer = value}; }
static union arg text(const char *value) { return (union arg){.text = value}; }

static union arg run_net_backward_weighted_f32(const union arg *a)
{
    return status(bp_net_backward_weighted_f32(a[0].net, a[1].data, a[2].data, a[3].data, a[4].size, a[5].data));
}
static union arg run_net_backward_weighted_f64(const union arg *a)
{
    return status(bp_net_backward_weighted_f64(a[0].net, a[1].data, a[2].data, a[3].data, a[4].size, a[5].data));
}
static union arg run_net_train_weighted_f32(const union arg *a)
{
    return status(
        bp_net_train_weighted_f32(a[0].net, a[1].data, a[2].data, a[3].data, a[4].data, a[5].size, a[6].data));
}
static union arg run_net_train_weighted_f64(const union arg *a)
{
    return status(
        bp_net_train_weighted_f64(a[0].net, a[1].data, a[2].data, a[3].data, a[4].data, a[5].size, a[6].data));
}
static union arg run_net_loss_weighted_f32(const union arg *a)
{
    return status(bp_net_loss_weighted_f32(a[0].net, a[1].data, a[2].data, a[3].data, a[4].data, a[5].size, a[6].data,
                                           a[7].scratch));
}
static union arg run_net_loss_weighted_f64(const union arg *a)
{
    return status(bp_net_loss_weighted_f64(a[0].net, a[1].data, a[2].data, a[3].data, a[4].data, a[5].size, a[6].data,
                                           a[7].scratch));
}

static union arg run_net_evaluate(const union arg *a)
{
    return status(bp_net_evaluate(a[0].net, a[1].set, a[2].integer, a[3].data));
}
static union arg run_net_confusion(const union arg *a)
{
    return status(bp_net_confusion(a[0].net, a[1].set, a[2].data));
}

static union arg run_data_set(const union arg *a) { return status(bp_data_set(a[0].set, a[1].integer, a[2].number)); }
static union arg run_data_get(const union arg *a) { return status(bp_data_get(a[0].set, a[1].integer, a[2].data)); }
static union arg run_data_read_csv(const union arg *a)
{
    return status(bp_data_read_csv(a[0].set, a[1].text, a[2].text));
}
static union arg run_data_load_csv(const union arg *a)
{
    return status(bp_data_load_csv(a[0].set_out, a[1].text, a[2].text));
}
static union arg run_data_read_idx(const union arg *a)
{
    return status(bp_data_read_idx(a[0].set, a[1].text, a[2].text));
}
static union arg run_data_load_idx(const union arg *a)
{
    return status(bp_data_load_idx(a[0].set_out, a[1].text, a[2].text));
}
static union arg run_data_read_npy(const union arg *a)
{
    return status(bp_data_read_npy(a[0].set, a[1].text, a[2].text));
}
static union arg run_data_load_npy(const union arg *a)
{
    return status(bp_data_load_npy(a[0].set_out, a[1].text, a[2].text));
}
static union arg run_data_read_npz(const union arg *a)
{
    return status(bp_data_read_npz(a[0].set, a[1].text, a[2].text, a[3].text));
}
static union arg run_data_load_npz(const union arg *a)
{
    return status(bp_data_load_npz(a[0].set_out, a[1].text, a[2].text, a[3].text));
}

static union arg run_train_create(const union arg *a)
{
    return status(bp_train_create(a[0].train_out, a[1].net, a[2].set, a[3].set));
}
static union arg run_train_destroy(const union arg *a)
{
    bp_train_destroy(a[0].train);
    return (union arg){.size = 0};
}
static union arg run_train_set(const union arg *a)
{
    return status(bp_train_set(a[0].train, a[1].integer, a[2].number));
}
static union arg run_train_get(const union arg *a) { return status(bp_train_get(a[0].train, a[1].integer, a[2].data)); }
static union arg run_train_record(const union arg *a)
{
    return status(bp_train_record(a[0].train, a[1].size, a[2].integer, a[3].data));
}
static union arg run_train_epoch(const union arg *a) { return status(bp_train_epoch(a[0].train)); }
static union arg run_train_batches(const union arg *a) { return status(bp_train_batches(a[0].train, a[1].size)); }
static union arg run_train_run(const union arg *a) { return status(bp_train_run(a[0].train, NULL, NULL)); }
static union arg run_train_cross_validate(const union arg *a)
{
    return status(bp_train_cross_validate(a[0].train, a[1].size, a[2].seed, a[3].integer, a[4].data));
}
static union arg run_train_cancel(const union arg *a)
{
    bp_train_cancel(a[0].train);
    return (union arg){.size = 0};
}
static union arg run_train_diagnose(const union arg *a) { return status(bp_train_diagnose(a[0].train, a[1].data)); }
static union arg run_train_finding(const union arg *a)
{
    return status(bp_train_finding(a[0].train, a[1].size, a[2].data, a[3].data, a[4].data));
}
static union arg run_train_finding_text(const union arg *a)
{
    return text(bp_train_finding_text(a[0].train, a[1].size));
}

enum { JUDGED = NEEDS_INIT | NEEDS_INPUTS | NEEDS_ANSWERS };

const struct call train_calls[] = {
    {"bp_net_backward_weighted_f32", "SNt~PRD", NEEDS_FORWARD | NEEDS_LOSS, run_net_backward_weighted_f32},
    {"bp_net_backward_weighted_f64", "SNt~PRD", NEEDS_FORWARD | NEEDS_LOSS, run_net_backward_weighted_f64},
    {"bp_net_train_weighted_f32", "SNxT~PrD", NEEDS_INIT | NEEDS_LOSS, run_net_train_weighted_f32},
    {"bp_net_train_weighted_f64", "SNxT~PrD", NEEDS_INIT | NEEDS_LOSS, run_net_train_weighted_f64},
    {"bp_net_loss_weighted_f32", "SNxT~Prdc", NEEDS_INIT | NEEDS_LOSS, run_net_loss_weighted_f32},
    {"bp_net_loss_weighted_f64", "SNxT~Prdc", NEEDS_INIT | NEEDS_LOSS, run_net_loss_weighted_f64},
    {"bp_net_evaluate", "S=B!d", JUDGED, run_net_evaluate},
    {"bp_net_confusion", "S=B{", JUDGED, run_net_confusion},
    {"bp_data_set", "SB(_", NEEDS_NOTHING, run_data_set},
    {"bp_data_get", "SB(d", NEEDS_NOTHING, run_data_get},
    {"bp_data_read_csv", "SB/,", NEEDS_NOTHING, run_data_read_csv},
    {"bp_data_load_csv", "SE/,", NEEDS_NOTHING, run_data_load_csv},
    {"bp_data_read_idx", "SB;:", NEEDS_NOTHING, run_data_read_idx},
    {"bp_data_load_idx", "SE;:", NEEDS_NOTHING, run_data_load_idx},
    {"bp_data_read_npy", "SB;:", NEEDS_NOTHING, run_data_read_npy},
    {"bp_data_load_npy", "SE;:", NEEDS_NOTHING, run_data_load_npy},
    {"bp_data_read_npz", "SB;.+", NEEDS_NOTHING, run_data_read_npz},
    {"bp_data_load_npz", "SE;.+", NEEDS_NOTHING, run_data_load_npz},
    {"bp_train_create", "S3=B0", JUDGED, run_train_create},
    {"bp_train_destroy", "v2", NEEDS_NOTHING, run_train_destroy},
    {"bp_train_set", "S145", NEEDS_TRAINING, run_train_set},
    {"bp_train_get", "S16d", NEEDS_TRAINING, run_train_get},
    {"bp_train_record", "S178d", NEEDS_TRAINING | NEEDS_EPOCH, run_train_record},
    {"bp_train_epoch", "S1", NEEDS_TRAINING | NEEDS_LOSS, run_train_epoch},
    {"bp_train_batches", "S19", NEEDS_TRAINING | NEEDS_LOSS, run_train_batches},
    {"bp_train_run", "S1", NEEDS_TRAINING | NEEDS_LOSS, run_train_run},
    {"bp_train_cross_validate", "S1FS!d", NEEDS_TRAINING | NEEDS_LOSS, run_train_cross_validate},
    {"bp_train_cancel", "v1", NEEDS_NOTHING, run_train_cancel},
    {"bp_train_diagnose", "S1{", NEEDS_TRAINING, run_train_diagnose},
    {"bp_train_finding", "S1iQ{d", NEEDS_TRAINING | NEEDS_FINDING, run_train_finding},
    {"bp_train_finding_text", "c1i", NEEDS_TRAINING | NEEDS_FINDING, run_train_finding_text},
    {NULL, NULL, NEEDS_NOTHING, NULL},
};
