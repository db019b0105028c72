/* SPDX-License-Identifier: MIT */
#include "arguments_table.h"

#include <string.h>

static union arg status(int32_t value) { return (union arg){.integer = value}; }
static union arg size(size_t value) { return (union arg){.size = value}; }
static union arg text(const char *value) { return (union arg){.text = value}; }

/* One caller for each function: all it does is to take the arguments out of the array. */

static union arg run_version(const union arg *a)
{
    (void)a;
    return size(bp_version());
}
static union arg run_version_string(const union arg *a)
{
    (void)a;
    return text(bp_version_string());
}
static union arg run_abi_version(const union arg *a)
{
    (void)a;
    return size(bp_abi_version());
}
static union arg run_build_info(const union arg *a)
{
    (void)a;
    return text(bp_build_info());
}
static union arg run_last_error(const union arg *a)
{
    (void)a;
    return text(bp_last_error());
}
static union arg run_status_string(const union arg *a) { return text(bp_status_string(a[0].integer)); }
static union arg run_net_create(const union arg *a)
{
    return status(bp_net_create(a[0].net_out, a[1].integer, a[2].size));
}
static union arg run_net_create_with(const union arg *a)
{
    return status(bp_net_create_with(a[0].net_out, a[1].integer, a[2].size, a[3].allocator));
}
static union arg run_net_clone(const union arg *a) { return status(bp_net_clone(a[0].net_out, a[1].net)); }
static union arg run_net_destroy(const union arg *a)
{
    bp_net_destroy(a[0].net);
    return (union arg){.size = 0};
}
static union arg run_net_add_dense(const union arg *a)
{
    return status(bp_net_add_dense(a[0].net, a[1].size, a[2].integer));
}
static union arg run_net_add_dropout(const union arg *a) { return status(bp_net_add_dropout(a[0].net, a[1].number)); }
static union arg run_net_layer_set(const union arg *a)
{
    return status(bp_net_layer_set(a[0].net, a[1].size, a[2].integer, a[3].number));
}
static union arg run_net_layer_get(const union arg *a)
{
    return status(bp_net_layer_get(a[0].net, a[1].size, a[2].integer, a[3].data));
}
static union arg run_net_init(const union arg *a) { return status(bp_net_init(a[0].net, a[1].seed)); }
static union arg run_net_inputs(const union arg *a) { return size(bp_net_inputs(a[0].net)); }
static union arg run_net_outputs(const union arg *a) { return size(bp_net_outputs(a[0].net)); }
static union arg run_net_layers(const union arg *a) { return size(bp_net_layers(a[0].net)); }
static union arg run_net_parameters(const union arg *a) { return size(bp_net_parameters(a[0].net)); }
static union arg run_net_layer_units(const union arg *a) { return size(bp_net_layer_units(a[0].net, a[1].size)); }
static union arg run_net_layer_weights(const union arg *a) { return size(bp_net_layer_weights(a[0].net, a[1].size)); }
static union arg run_net_layer_biases(const union arg *a) { return size(bp_net_layer_biases(a[0].net, a[1].size)); }
static union arg run_net_dtype(const union arg *a) { return size((size_t)bp_net_dtype(a[0].net)); }
static union arg run_net_set(const union arg *a) { return status(bp_net_set(a[0].net, a[1].integer, a[2].number)); }
static void in_turn(void *user, size_t count, bp_task *task, void *context)
{
    (void)user;
    for (size_t i = 0; i < count; i++)
        task(context, i);
}
static union arg run_net_set_parallel_for(const union arg *a)
{
    return status(bp_net_set_parallel_for(a[0].net, in_turn, NULL));
}
static union arg run_net_get(const union arg *a) { return status(bp_net_get(a[0].net, a[1].integer, a[2].data)); }
static union arg run_key_bounds(const union arg *a)
{
    return status(bp_key_bounds(a[0].integer, a[1].data, a[2].data, a[3].data));
}
static union arg run_key_name(const union arg *a) { return text(bp_key_name(a[0].integer)); }
static union arg run_key_help(const union arg *a) { return text(bp_key_help(a[0].integer)); }
static union arg run_key_find(const union arg *a) { return status(bp_key_find(a[0].integer, a[1].text)); }
static union arg run_key_at(const union arg *a) { return status(bp_key_at(a[0].integer, a[1].size)); }
static union arg run_key_domain(const union arg *a) { return status(bp_key_domain(a[0].integer)); }
static union arg run_key_members(const union arg *a) { return status(bp_key_members(a[0].integer)); }
static union arg run_net_reserve(const union arg *a) { return status(bp_net_reserve(a[0].net, a[1].size)); }
static union arg run_net_forward_f32(const union arg *a)
{
    return status(bp_net_forward_f32(a[0].net, a[1].data, a[2].size, a[3].data));
}
static union arg run_net_forward_f64(const union arg *a)
{
    return status(bp_net_forward_f64(a[0].net, a[1].data, a[2].size, a[3].data));
}
static union arg run_net_backward_f32(const union arg *a)
{
    return status(bp_net_backward_f32(a[0].net, a[1].data, a[2].size, a[3].data));
}
static union arg run_net_backward_f64(const union arg *a)
{
    return status(bp_net_backward_f64(a[0].net, a[1].data, a[2].size, a[3].data));
}
static union arg run_net_backward_labels(const union arg *a)
{
    return status(bp_net_backward_labels(a[0].net, a[1].data, a[2].size, a[3].data));
}
static union arg run_net_backward_from_f32(const union arg *a)
{
    return status(bp_net_backward_from_f32(a[0].net, a[1].data, a[2].size));
}
static union arg run_net_backward_from_f64(const union arg *a)
{
    return status(bp_net_backward_from_f64(a[0].net, a[1].data, a[2].size));
}
static union arg run_net_input_gradient_f32(const union arg *a)
{
    return status(bp_net_input_gradient_f32(a[0].net, a[1].data));
}
static union arg run_net_input_gradient_f64(const union arg *a)
{
    return status(bp_net_input_gradient_f64(a[0].net, a[1].data));
}
static union arg run_net_step(const union arg *a) { return status(bp_net_step(a[0].net)); }
static union arg run_net_zero_gradient(const union arg *a) { return status(bp_net_zero_gradient(a[0].net)); }
static union arg run_net_train_f32(const union arg *a)
{
    return status(bp_net_train_f32(a[0].net, a[1].data, a[2].data, a[3].size, a[4].data));
}
static union arg run_net_train_f64(const union arg *a)
{
    return status(bp_net_train_f64(a[0].net, a[1].data, a[2].data, a[3].size, a[4].data));
}
static union arg run_net_train_labels_f32(const union arg *a)
{
    return status(bp_net_train_labels_f32(a[0].net, a[1].data, a[2].data, a[3].size, a[4].data));
}
static union arg run_net_train_labels_f64(const union arg *a)
{
    return status(bp_net_train_labels_f64(a[0].net, a[1].data, a[2].data, a[3].size, a[4].data));
}
static union arg run_net_predict_f32(const union arg *a)
{
    return status(bp_net_predict_f32(a[0].net, a[1].data, a[2].size, a[3].data, a[4].scratch));
}
static union arg run_net_predict_f64(const union arg *a)
{
    return status(bp_net_predict_f64(a[0].net, a[1].data, a[2].size, a[3].data, a[4].scratch));
}
static union arg run_scratch_create(const union arg *a)
{
    return status(bp_scratch_create(a[0].scratch_out, a[1].net));
}
static union arg run_scratch_destroy(const union arg *a)
{
    bp_scratch_destroy(a[0].scratch);
    return (union arg){.size = 0};
}
static union arg run_net_loss_f32(const union arg *a)
{
    return status(bp_net_loss_f32(a[0].net, a[1].data, a[2].data, a[3].size, a[4].data, a[5].scratch));
}
static union arg run_net_loss_f64(const union arg *a)
{
    return status(bp_net_loss_f64(a[0].net, a[1].data, a[2].data, a[3].size, a[4].data, a[5].scratch));
}
static union arg run_net_loss_labels_f32(const union arg *a)
{
    return status(bp_net_loss_labels_f32(a[0].net, a[1].data, a[2].data, a[3].size, a[4].data, a[5].scratch));
}
static union arg run_net_loss_labels_f64(const union arg *a)
{
    return status(bp_net_loss_labels_f64(a[0].net, a[1].data, a[2].data, a[3].size, a[4].data, a[5].scratch));
}
static union arg run_net_get_weights_f32(const union arg *a)
{
    return status(bp_net_get_weights_f32(a[0].net, a[1].size, a[2].data));
}
static union arg run_net_get_weights_f64(const union arg *a)
{
    return status(bp_net_get_weights_f64(a[0].net, a[1].size, a[2].data));
}
static union arg run_net_set_weights_f32(const union arg *a)
{
    return status(bp_net_set_weights_f32(a[0].net, a[1].size, a[2].data));
}
static union arg run_net_set_weights_f64(const union arg *a)
{
    return status(bp_net_set_weights_f64(a[0].net, a[1].size, a[2].data));
}
static union arg run_net_get_bias_f32(const union arg *a)
{
    return status(bp_net_get_bias_f32(a[0].net, a[1].size, a[2].data));
}
static union arg run_net_get_bias_f64(const union arg *a)
{
    return status(bp_net_get_bias_f64(a[0].net, a[1].size, a[2].data));
}
static union arg run_net_set_bias_f32(const union arg *a)
{
    return status(bp_net_set_bias_f32(a[0].net, a[1].size, a[2].data));
}
static union arg run_net_set_bias_f64(const union arg *a)
{
    return status(bp_net_set_bias_f64(a[0].net, a[1].size, a[2].data));
}
static union arg run_net_get_weight_gradient_f32(const union arg *a)
{
    return status(bp_net_get_weight_gradient_f32(a[0].net, a[1].size, a[2].data));
}
static union arg run_net_get_weight_gradient_f64(const union arg *a)
{
    return status(bp_net_get_weight_gradient_f64(a[0].net, a[1].size, a[2].data));
}
static union arg run_net_get_bias_gradient_f32(const union arg *a)
{
    return status(bp_net_get_bias_gradient_f32(a[0].net, a[1].size, a[2].data));
}
static union arg run_net_get_bias_gradient_f64(const union arg *a)
{
    return status(bp_net_get_bias_gradient_f64(a[0].net, a[1].size, a[2].data));
}
static union arg run_net_get_parameters_f32(const union arg *a)
{
    return status(bp_net_get_parameters_f32(a[0].net, a[1].data));
}
static union arg run_net_get_parameters_f64(const union arg *a)
{
    return status(bp_net_get_parameters_f64(a[0].net, a[1].data));
}
static union arg run_net_set_parameters_f32(const union arg *a)
{
    return status(bp_net_set_parameters_f32(a[0].net, a[1].data));
}
static union arg run_net_set_parameters_f64(const union arg *a)
{
    return status(bp_net_set_parameters_f64(a[0].net, a[1].data));
}
static union arg run_net_get_gradient_f32(const union arg *a)
{
    return status(bp_net_get_gradient_f32(a[0].net, a[1].data));
}
static union arg run_net_get_gradient_norm(const union arg *a)
{
    return status(bp_net_get_gradient_norm(a[0].net, a[1].data));
}
static union arg run_net_get_gradient_f64(const union arg *a)
{
    return status(bp_net_get_gradient_f64(a[0].net, a[1].data));
}
static union arg run_net_nonfinite_layer(const union arg *a) { return size(bp_net_nonfinite_layer(a[0].net)); }
static union arg run_net_rows(const union arg *a) { return size(bp_net_rows(a[0].net)); }
static union arg run_net_get_z_f32(const union arg *a)
{
    return status(bp_net_get_z_f32(a[0].net, a[1].size, a[2].data));
}
static union arg run_net_get_z_f64(const union arg *a)
{
    return status(bp_net_get_z_f64(a[0].net, a[1].size, a[2].data));
}
static union arg run_net_get_activation_f32(const union arg *a)
{
    return status(bp_net_get_activation_f32(a[0].net, a[1].size, a[2].data));
}
static union arg run_net_get_activation_f64(const union arg *a)
{
    return status(bp_net_get_activation_f64(a[0].net, a[1].size, a[2].data));
}
static union arg run_net_get_delta_f32(const union arg *a)
{
    return status(bp_net_get_delta_f32(a[0].net, a[1].size, a[2].data));
}
static union arg run_net_get_delta_f64(const union arg *a)
{
    return status(bp_net_get_delta_f64(a[0].net, a[1].size, a[2].data));
}

const struct call net_calls[] = {
    {"bp_version", "u", NEEDS_NOTHING, run_version},
    {"bp_version_string", "e", NEEDS_NOTHING, run_version_string},
    {"bp_abi_version", "u", NEEDS_NOTHING, run_abi_version},
    {"bp_build_info", "e", NEEDS_NOTHING, run_build_info},
    {"bp_last_error", "e", NEEDS_NOTHING, run_last_error},
    {"bp_status_string", "es", NEEDS_NOTHING, run_status_string},
    {"bp_net_create", "SHnu", NEEDS_NOTHING, run_net_create},
    {"bp_net_create_with", "SHnuA", NEEDS_NOTHING, run_net_create_with},
    {"bp_net_clone", "SHN", NEEDS_NOTHING, run_net_clone},
    {"bp_net_destroy", "vG", NEEDS_NOTHING, run_net_destroy},
    {"bp_net_add_dense", "SNua", NEEDS_OPEN, run_net_add_dense},
    {"bp_net_add_dropout", "SNp", NEEDS_OPEN, run_net_add_dropout},
    {"bp_net_layer_set", "SNlkv", NEEDS_LAYER, run_net_layer_set},
    {"bp_net_layer_get", "SNlkd", NEEDS_LAYER, run_net_layer_get},
    {"bp_net_init", "SNS", NEEDS_TOP, run_net_init},
    {"bp_net_inputs", "zN", NEEDS_NOTHING, run_net_inputs},
    {"bp_net_outputs", "zN", NEEDS_NOTHING, run_net_outputs},
    {"bp_net_layers", "zN", NEEDS_NOTHING, run_net_layers},
    {"bp_net_parameters", "zN", NEEDS_NOTHING, run_net_parameters},
    {"bp_net_layer_units", "zNm", NEEDS_NOTHING, run_net_layer_units},
    {"bp_net_layer_weights", "zNl", NEEDS_NOTHING, run_net_layer_weights},
    {"bp_net_layer_biases", "zNb", NEEDS_NOTHING, run_net_layer_biases},
    {"bp_net_dtype", "zN", NEEDS_NOTHING, run_net_dtype},
    {"bp_net_set", "SNKV", NEEDS_NOTHING, run_net_set},
    {"bp_net_set_parallel_for", "SN", NEEDS_NOTHING, run_net_set_parallel_for},
    {"bp_net_get", "SNKd", NEEDS_NOTHING, run_net_get},
    {"bp_key_bounds", "SqDDD", NEEDS_NOTHING, run_key_bounds},
    {"bp_key_name", "c" KEYS_KEY, NEEDS_NOTHING, run_key_name},
    {"bp_key_help", "c" KEYS_KEY, NEEDS_NOTHING, run_key_help},
    {"bp_key_find", "i" KEYS_FAMILY "w", NEEDS_NOTHING, run_key_find},
    {"bp_key_at", "i" KEYS_FAMILY "i", NEEDS_NOTHING, run_key_at},
    {"bp_key_domain", "iq", NEEDS_NOTHING, run_key_domain},
    {"bp_key_members", "iq", NEEDS_NOTHING, run_key_members},
    {"bp_net_reserve", "SNr", NEEDS_INIT, run_net_reserve},
    {"bp_net_forward_f32", "SNxrY", NEEDS_INIT, run_net_forward_f32},
    {"bp_net_forward_f64", "SNxrY", NEEDS_INIT, run_net_forward_f64},
    {"bp_net_backward_f32", "SNtRD", NEEDS_FORWARD | NEEDS_LOSS, run_net_backward_f32},
    {"bp_net_backward_f64", "SNtRD", NEEDS_FORWARD | NEEDS_LOSS, run_net_backward_f64},
    {"bp_net_backward_labels", "SNLRD", NEEDS_FORWARD | NEEDS_LOSS, run_net_backward_labels},
    {"bp_net_backward_from_f32", "SNtR", NEEDS_FORWARD, run_net_backward_from_f32},
    {"bp_net_backward_from_f64", "SNtR", NEEDS_FORWARD, run_net_backward_from_f64},
    {"bp_net_input_gradient_f32", "SNy", NEEDS_BACKWARD, run_net_input_gradient_f32},
    {"bp_net_input_gradient_f64", "SNy", NEEDS_BACKWARD, run_net_input_gradient_f64},
    {"bp_net_step", "SN", NEEDS_GRADIENT, run_net_step},
    {"bp_net_zero_gradient", "SN", NEEDS_INIT, run_net_zero_gradient},
    {"bp_net_train_f32", "SNxTrD", NEEDS_INIT | NEEDS_LOSS, run_net_train_f32},
    {"bp_net_train_f64", "SNxTrD", NEEDS_INIT | NEEDS_LOSS, run_net_train_f64},
    {"bp_net_train_labels_f32", "SNxLrD", NEEDS_INIT | NEEDS_LOSS, run_net_train_labels_f32},
    {"bp_net_train_labels_f64", "SNxLrD", NEEDS_INIT | NEEDS_LOSS, run_net_train_labels_f64},
    {"bp_net_predict_f32", "SNxryc", NEEDS_INIT, run_net_predict_f32},
    {"bp_net_predict_f64", "SNxryc", NEEDS_INIT, run_net_predict_f64},
    {"bp_scratch_create", "ShN", NEEDS_INIT, run_scratch_create},
    {"bp_scratch_destroy", "vg", NEEDS_NOTHING, run_scratch_destroy},
    {"bp_net_loss_f32", "SNxTrdc", NEEDS_INIT | NEEDS_LOSS, run_net_loss_f32},
    {"bp_net_loss_f64", "SNxTrdc", NEEDS_INIT | NEEDS_LOSS, run_net_loss_f64},
    {"bp_net_loss_labels_f32", "SNxLrdc", NEEDS_INIT | NEEDS_LOSS, run_net_loss_labels_f32},
    {"bp_net_loss_labels_f64", "SNxLrdc", NEEDS_INIT | NEEDS_LOSS, run_net_loss_labels_f64},
    {"bp_net_get_weights_f32", "SNly", NEEDS_INIT, run_net_get_weights_f32},
    {"bp_net_get_weights_f64", "SNly", NEEDS_INIT, run_net_get_weights_f64},
    {"bp_net_set_weights_f32", "SNlW", NEEDS_INIT, run_net_set_weights_f32},
    {"bp_net_set_weights_f64", "SNlW", NEEDS_INIT, run_net_set_weights_f64},
    {"bp_net_get_bias_f32", "SNby", NEEDS_INIT, run_net_get_bias_f32},
    {"bp_net_get_bias_f64", "SNby", NEEDS_INIT, run_net_get_bias_f64},
    {"bp_net_set_bias_f32", "SNbW", NEEDS_INIT, run_net_set_bias_f32},
    {"bp_net_set_bias_f64", "SNbW", NEEDS_INIT, run_net_set_bias_f64},
    {"bp_net_get_weight_gradient_f32", "SNly", NEEDS_INIT, run_net_get_weight_gradient_f32},
    {"bp_net_get_weight_gradient_f64", "SNly", NEEDS_INIT, run_net_get_weight_gradient_f64},
    {"bp_net_get_bias_gradient_f32", "SNby", NEEDS_INIT, run_net_get_bias_gradient_f32},
    {"bp_net_get_bias_gradient_f64", "SNby", NEEDS_INIT, run_net_get_bias_gradient_f64},
    {"bp_net_get_parameters_f32", "SNy", NEEDS_INIT, run_net_get_parameters_f32},
    {"bp_net_get_parameters_f64", "SNy", NEEDS_INIT, run_net_get_parameters_f64},
    {"bp_net_set_parameters_f32", "SNW", NEEDS_INIT, run_net_set_parameters_f32},
    {"bp_net_set_parameters_f64", "SNW", NEEDS_INIT, run_net_set_parameters_f64},
    {"bp_net_get_gradient_f32", "SNy", NEEDS_INIT, run_net_get_gradient_f32},
    {"bp_net_get_gradient_f64", "SNy", NEEDS_INIT, run_net_get_gradient_f64},
    {"bp_net_get_gradient_norm", "SNd", NEEDS_INIT, run_net_get_gradient_norm},
    {"bp_net_nonfinite_layer", "zN", NEEDS_NOTHING, run_net_nonfinite_layer},
    {"bp_net_rows", "zN", NEEDS_NOTHING, run_net_rows},
    {"bp_net_get_z_f32", "SNmy", NEEDS_CACHE, run_net_get_z_f32},
    {"bp_net_get_z_f64", "SNmy", NEEDS_CACHE, run_net_get_z_f64},
    {"bp_net_get_activation_f32", "SNmy", NEEDS_CACHE, run_net_get_activation_f32},
    {"bp_net_get_activation_f64", "SNmy", NEEDS_CACHE, run_net_get_activation_f64},
    {"bp_net_get_delta_f32", "SNmy", NEEDS_DELTA, run_net_get_delta_f32},
    {"bp_net_get_delta_f64", "SNmy", NEEDS_DELTA, run_net_get_delta_f64},
    {NULL, NULL, NEEDS_NOTHING, NULL},
};

static const struct call *const tables[] = {net_calls,   columns_calls, data_calls,
                                            files_calls, sparse_calls,  train_calls};

const struct call *call_at(size_t i)
{
    for (size_t table = 0; table < sizeof(tables) / sizeof(tables[0]); table++)
        for (const struct call *call = tables[table]; call->name; call++)
            if (i-- == 0)
                return call;
    return NULL;
}

static bool ends_in(const char *name, const char *suffix)
{
    const size_t n = strlen(name), m = strlen(suffix);
    return n >= m && strcmp(name + n - m, suffix) == 0;
}

/* The length of a name without _f32 or _f64. */
static size_t stem(const struct call *call) { return strlen(call->name) - (call_dtype(call) ? strlen("_f32") : 0); }

int32_t call_dtype(const struct call *call)
{
    if (ends_in(call->name, "_f32"))
        return BP_F32;
    return ends_in(call->name, "_f64") ? BP_F64 : 0;
}

bool call_takes(const struct call *call, int32_t dtype) { return call_dtype(call) == 0 || call_dtype(call) == dtype; }

const struct call *call_find(const char *name, int32_t dtype)
{
    const struct call *call;
    for (size_t i = 0; (call = call_at(i)); i++)
        if (call_takes(call, dtype) && stem(call) == strlen(name) && strncmp(call->name, name, strlen(name)) == 0)
            return call;
    return NULL;
}

bool call_has(const struct call *call, char letter) { return strchr(call->kinds + 1, letter); }

size_t call_arguments(const struct call *call) { return strlen(call->kinds) - 1; }
