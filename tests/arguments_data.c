/* SPDX-License-Identifier: MIT
 *
 * The rows of the data sets; arguments_table.h tells how to add one. */
#include "arguments_table.h"

static union arg status(int32_t value) { return (union arg){.integer = value}; }
static union arg size(size_t value) { return (union arg){.size = value}; }
static union arg text(const char *value) { return (union arg){.text = value}; }

static union arg run_data_create(const union arg *a) { return status(bp_data_create(a[0].set_out, a[1].allocator)); }
static union arg run_data_destroy(const union arg *a)
{
    bp_data_destroy(a[0].set);
    return (union arg){.size = 0};
}
static union arg run_data_set_inputs_f32(const union arg *a)
{
    return status(bp_data_set_inputs_f32(a[0].set, a[1].data, a[2].size, a[3].size, a[4].integer));
}
static union arg run_data_set_inputs_f64(const union arg *a)
{
    return status(bp_data_set_inputs_f64(a[0].set, a[1].data, a[2].size, a[3].size, a[4].integer));
}
static union arg run_data_set_inputs_u8(const union arg *a)
{
    return status(bp_data_set_inputs_u8(a[0].set, a[1].data, a[2].size, a[3].size, a[4].number, a[5].integer));
}
static union arg run_data_set_target_f32(const union arg *a)
{
    return status(bp_data_set_target_f32(a[0].set, a[1].data, a[2].size, a[3].integer));
}
static union arg run_data_set_target_f64(const union arg *a)
{
    return status(bp_data_set_target_f64(a[0].set, a[1].data, a[2].size, a[3].integer));
}
static union arg run_data_set_labels(const union arg *a)
{
    return status(bp_data_set_labels(a[0].set, a[1].data, a[2].size, a[3].integer));
}
static union arg run_data_set_weights(const union arg *a)
{
    return status(bp_data_set_weights(a[0].set, a[1].data, a[2].integer));
}
static union arg run_data_create_f32(const union arg *a)
{
    return status(bp_data_create_f32(a[0].set_out, a[1].data, a[2].size, a[3].size, a[4].data, a[5].size));
}
static union arg run_data_create_f64(const union arg *a)
{
    return status(bp_data_create_f64(a[0].set_out, a[1].data, a[2].size, a[3].size, a[4].data, a[5].size));
}
static union arg run_data_create_labels_f32(const union arg *a)
{
    return status(bp_data_create_labels_f32(a[0].set_out, a[1].data, a[2].size, a[3].size, a[4].data, a[5].size));
}
static union arg run_data_create_labels_f64(const union arg *a)
{
    return status(bp_data_create_labels_f64(a[0].set_out, a[1].data, a[2].size, a[3].size, a[4].data, a[5].size));
}
static union arg run_data_rows(const union arg *a) { return size(bp_data_rows(a[0].set)); }
static union arg run_data_inputs(const union arg *a) { return size(bp_data_inputs(a[0].set)); }
static union arg run_data_outputs(const union arg *a) { return size(bp_data_outputs(a[0].set)); }
static union arg run_data_classes(const union arg *a) { return size(bp_data_classes(a[0].set)); }
static union arg run_data_weighted(const union arg *a) { return size((size_t)bp_data_weighted(a[0].set)); }
static union arg run_data_get_inputs_f32(const union arg *a)
{
    return status(bp_data_get_inputs_f32(a[0].set, a[1].size, a[2].size, a[3].data));
}
static union arg run_data_get_inputs_f64(const union arg *a)
{
    return status(bp_data_get_inputs_f64(a[0].set, a[1].size, a[2].size, a[3].data));
}
static union arg run_data_get_target_f32(const union arg *a)
{
    return status(bp_data_get_target_f32(a[0].set, a[1].size, a[2].size, a[3].data));
}
static union arg run_data_get_target_f64(const union arg *a)
{
    return status(bp_data_get_target_f64(a[0].set, a[1].size, a[2].size, a[3].data));
}
static union arg run_data_get_labels(const union arg *a)
{
    return status(bp_data_get_labels(a[0].set, a[1].size, a[2].size, a[3].data));
}
static union arg run_data_get_weights(const union arg *a)
{
    return status(bp_data_get_weights(a[0].set, a[1].size, a[2].size, a[3].data));
}
static union arg run_data_input_name(const union arg *a) { return text(bp_data_input_name(a[0].set, a[1].size)); }
static union arg run_data_output_name(const union arg *a) { return text(bp_data_output_name(a[0].set, a[1].size)); }
static union arg run_data_class_name(const union arg *a) { return text(bp_data_class_name(a[0].set, a[1].integer)); }
static union arg run_data_split(const union arg *a)
{
    return status(bp_data_split(a[0].set, a[1].number, a[2].seed, a[3].set_out, a[4].set_out));
}
static union arg run_data_split_by_class(const union arg *a)
{
    return status(bp_data_split_by_class(a[0].set, a[1].number, a[2].seed, a[3].set_out, a[4].set_out));
}
static union arg run_data_fold(const union arg *a)
{
    return status(bp_data_fold(a[0].set, a[1].size, a[2].size, a[3].seed, a[4].set_out, a[5].set_out));
}
static union arg run_data_select(const union arg *a)
{
    return status(bp_data_select(a[0].set, a[1].data, a[2].size, a[3].set_out));
}

enum { FILLED = NEEDS_INPUTS | NEEDS_ALONE };

const struct call data_calls[] = {
    {"bp_data_create", "SOM", NEEDS_NOTHING, run_data_create},
    {"bp_data_destroy", "vZ", NEEDS_NOTHING, run_data_destroy},
    {"bp_data_set_inputs_f32", "SBxruJ", NEEDS_NOTHING, run_data_set_inputs_f32},
    {"bp_data_set_inputs_f64", "SBxruJ", NEEDS_NOTHING, run_data_set_inputs_f64},
    {"bp_data_set_inputs_u8", "SBUru*J", NEEDS_NOTHING, run_data_set_inputs_u8},
    {"bp_data_set_target_f32", "SBtuJ", FILLED, run_data_set_target_f32},
    {"bp_data_set_target_f64", "SBtuJ", FILLED, run_data_set_target_f64},
    {"bp_data_set_labels", "SBLCJ", FILLED, run_data_set_labels},
    {"bp_data_set_weights", "SBPJ", FILLED, run_data_set_weights},
    {"bp_data_create_f32", "SExruzu", NEEDS_NOTHING, run_data_create_f32},
    {"bp_data_create_f64", "SExruzu", NEEDS_NOTHING, run_data_create_f64},
    {"bp_data_create_labels_f32", "SExruLC", NEEDS_NOTHING, run_data_create_labels_f32},
    {"bp_data_create_labels_f64", "SExruLC", NEEDS_NOTHING, run_data_create_labels_f64},
    {"bp_data_rows", "zB", NEEDS_NOTHING, run_data_rows},
    {"bp_data_inputs", "zB", NEEDS_NOTHING, run_data_inputs},
    {"bp_data_outputs", "zB", NEEDS_NOTHING, run_data_outputs},
    {"bp_data_classes", "zB", NEEDS_NOTHING, run_data_classes},
    {"bp_data_weighted", "zB", NEEDS_NOTHING, run_data_weighted},
    {"bp_data_get_inputs_f32", "SB[]y", NEEDS_INPUTS, run_data_get_inputs_f32},
    {"bp_data_get_inputs_f64", "SB[]y", NEEDS_INPUTS, run_data_get_inputs_f64},
    {"bp_data_get_target_f32", "SB[]y", NEEDS_TARGET, run_data_get_target_f32},
    {"bp_data_get_target_f64", "SB[]y", NEEDS_TARGET, run_data_get_target_f64},
    {"bp_data_get_labels", "SB[]Q", NEEDS_LABELS, run_data_get_labels},
    {"bp_data_get_weights", "SB[]Q", NEEDS_WEIGHTS, run_data_get_weights},
    {"bp_data_input_name", "cBi", NEEDS_NOTHING, run_data_input_name},
    {"bp_data_output_name", "cBi", NEEDS_NOTHING, run_data_output_name},
    {"bp_data_class_name", "cBX", NEEDS_NOTHING, run_data_class_name},
    {"bp_data_split", "SB%SOO", NEEDS_ROWS, run_data_split},
    {"bp_data_split_by_class", "SB%SOO", NEEDS_ROWS | NEEDS_LABELS, run_data_split_by_class},
    {"bp_data_fold", "SBFISOO", NEEDS_ROWS, run_data_fold},
    {"bp_data_select", "SB@#O", NEEDS_ROW, run_data_select},
    {NULL, NULL, NEEDS_NOTHING, NULL},
};
