/* SPDX-License-Identifier: MIT
 *
 * The rows of scalings, names and the description; arguments_table.h tells how to add one. */
#include "arguments_table.h"

static union arg status(int32_t value) { return (union arg){.integer = value}; }
static union arg text(const char *value) { return (union arg){.text = value}; }
static union arg size(int32_t value) { return (union arg){.size = (size_t)value}; }

static union arg run_net_set_scaling(const union arg *a)
{
    return status(bp_net_set_scaling(a[0].net, a[1].data, a[2].data, a[3].data, a[4].data));
}
static union arg run_net_get_input_scaling(const union arg *a)
{
    return status(bp_net_get_input_scaling(a[0].net, a[1].data, a[2].data));
}
static union arg run_net_get_target_scaling(const union arg *a)
{
    return status(bp_net_get_target_scaling(a[0].net, a[1].data, a[2].data));
}
static union arg run_net_scales_inputs(const union arg *a) { return size(bp_net_scales_inputs(a[0].net)); }
static union arg run_net_scales_targets(const union arg *a) { return size(bp_net_scales_targets(a[0].net)); }
static union arg run_net_is_fresh(const union arg *a) { return size(bp_net_is_fresh(a[0].net)); }
static union arg run_net_set_name(const union arg *a)
{
    return status(bp_net_set_name(a[0].net, a[1].integer, a[2].size, a[3].text));
}
static union arg run_net_name(const union arg *a) { return text(bp_net_name(a[0].net, a[1].integer, a[2].size)); }
static union arg run_net_describe(const union arg *a)
{
    return status(bp_net_describe(a[0].net, a[1].data, a[2].size, a[3].data));
}
static union arg run_net_set_text(const union arg *a) { return status(bp_net_set_text(a[0].net, a[1].text)); }
static union arg run_net_get_text(const union arg *a)
{
    return status(bp_net_get_text(a[0].net, a[1].data, a[2].size, a[3].data));
}
static union arg run_net_fit_scaling(const union arg *a)
{
    return status(bp_net_fit_scaling(a[0].net, a[1].set, a[2].integer, a[3].integer));
}
static union arg run_net_take_names(const union arg *a) { return status(bp_net_take_names(a[0].net, a[1].set)); }

const struct call columns_calls[] = {
    {"bp_net_set_scaling", "SN$$$$", NEEDS_INIT, run_net_set_scaling},
    {"bp_net_get_input_scaling", "SN&&", NEEDS_INIT, run_net_get_input_scaling},
    {"bp_net_get_target_scaling", "SN&&", NEEDS_INIT, run_net_get_target_scaling},
    {"bp_net_scales_inputs", "zN", NEEDS_NOTHING, run_net_scales_inputs},
    {"bp_net_scales_targets", "zN", NEEDS_NOTHING, run_net_scales_targets},
    {"bp_net_is_fresh", "zN", NEEDS_NOTHING, run_net_is_fresh},
    {"bp_net_set_name", "SNX><", NEEDS_INIT, run_net_set_name},
    {"bp_net_name", "cNX>", NEEDS_NOTHING, run_net_name},
    {"bp_net_describe", "SN|`}", NEEDS_NOTHING, run_net_describe},
    {"bp_net_set_text", "SN" KEYS_TEXT, NEEDS_NOTHING, run_net_set_text},
    {"bp_net_get_text", "SN|`}", NEEDS_NOTHING, run_net_get_text},
    {"bp_net_fit_scaling", "S=B??", NEEDS_INIT | NEEDS_INPUTS, run_net_fit_scaling},
    {"bp_net_take_names", "S=B", NEEDS_INIT | NEEDS_INPUTS, run_net_take_names},
    {NULL, NULL, NEEDS_NOTHING, NULL},
};
