/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "arguments_fixture.h"

uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ at[i]) * UINT64_C(0x100000001b3); /* FNV-1a */
    return hash;
}

static uint64_t hash_size(uint64_t hash, size_t size) { return hash_bytes(hash, &size, sizeof(size)); }

static uint64_t hash_settings(uint64_t hash, const bp_net *net)
{
    int32_t key;
    double value = 0;
    for (size_t i = 0; (key = bp_key_at(BP_FAMILY_NET_OPTION, i)) != 0; i++) {
        const bp_status status = bp_net_get(net, key, &value);
        hash = hash_bytes(hash_bytes(hash, &status, sizeof(status)), &value, sizeof(value));
    }
    for (size_t i = 0; (key = bp_key_at(BP_FAMILY_LAYER_OPTION, i)) != 0; i++)
        for (size_t layer = 0; layer < bp_net_layers(net); layer++) {
            const bp_status status = bp_net_layer_get(net, layer, key, &value);
            hash = hash_bytes(hash_bytes(hash, &status, sizeof(status)), &value, sizeof(value));
        }
    return hash;
}

/* An array of the net: its shape, and in both types the status and the numbers. */
static uint64_t hash_array(uint64_t hash, const bp_net *net, int32_t array, size_t layer)
{
    struct {
        struct numbers numbers;
        size_t rows, columns;
        bp_status status[4];
    } shown;
    memset(&shown, 0, sizeof(shown));
    shown.status[0] = bp_net_shape(net, array, layer, &shown.rows, &shown.columns);
    const size_t count = shown.rows * shown.columns;
    assert_true(count <= CAPACITY);
    shown.status[1] = bp_net_read_f32(net, array, layer, shown.numbers.f32, count);
    shown.status[2] = bp_net_read_f64(net, array, layer, shown.numbers.f64, count);
    return hash_bytes(hash, &shown, sizeof(shown));
}

static uint64_t hash_arrays(uint64_t hash, const bp_net *net)
{
    int32_t key;
    for (size_t i = 0; (key = bp_key_at(BP_FAMILY_ARRAY, i)) != 0; i++)
        for (size_t layer = 0; layer <= bp_net_layers(net); layer++)
            hash = hash_array(hash, net, key, layer);
    return hash;
}

/* The gradient of the inputs, by the function of the net's type. */
static uint64_t hash_input_gradient(uint64_t hash, struct fixture *f)
{
    struct numbers dx;
    memset(&dx, 0, sizeof(dx));
    const bp_status status =
        f->dtype == BP_F32 ? bp_net_input_gradient_f32(f->net, dx.f32) : bp_net_input_gradient_f64(f->net, dx.f64);
    return hash_bytes(hash_bytes(hash, &status, sizeof(status)), &dx, sizeof(dx));
}

static uint64_t hash_name(uint64_t hash, const char *name)
{
    return name ? hash_bytes(hash, name, strlen(name)) : hash_size(hash, 0);
}

/* Its options that are numbers, and its facts. */
static uint64_t hash_options(uint64_t hash, const bp_data *set)
{
    double value;
    int32_t key;
    for (size_t i = 0; (key = bp_key_at(BP_FAMILY_DATA_OPTION, i)) != 0; i++)
        if (bp_data_get(set, key, &value) == BP_OK)
            hash = hash_bytes(hash, &value, sizeof(value));
    return hash;
}

/* All that a data set shows; nothing of none. */
static uint64_t hash_set(uint64_t hash, const bp_data *set)
{
    struct {
        struct numbers x, target;
        double weights[CAPACITY];
        int32_t labels[CAPACITY];
        bp_status status[6];
    } shown;
    if (!set)
        return hash;
    const size_t rows = bp_data_rows(set), inputs = bp_data_inputs(set), outputs = bp_data_outputs(set);
    assert_true(rows * inputs <= CAPACITY && rows * outputs <= CAPACITY);
    memset(&shown, 0, sizeof(shown));
    shown.status[0] = bp_data_copy_inputs(set, 0, rows, BP_F32, shown.x.f32);
    shown.status[1] = bp_data_copy_inputs(set, 0, rows, BP_F64, shown.x.f64);
    shown.status[2] = bp_data_copy_target(set, 0, rows, BP_F32, shown.target.f32);
    shown.status[3] = bp_data_copy_target(set, 0, rows, BP_F64, shown.target.f64);
    shown.status[4] = bp_data_copy_labels(set, 0, rows, shown.labels);
    shown.status[5] = bp_data_copy_weights(set, 0, rows, shown.weights);
    hash = hash_bytes(hash_size(hash_size(hash_size(hash, rows), inputs), outputs), &shown, sizeof(shown));
    hash = hash_size(hash_size(hash, bp_data_classes(set)), bp_data_nonzeros(set, 0, rows));
    hash = hash_options(hash, set);
    for (size_t i = 0; i <= inputs || i <= outputs; i++) {
        hash = hash_name(hash_name(hash, bp_data_name(set, BP_TEXT_INPUT, i)), bp_data_name(set, BP_TEXT_OUTPUT, i));
        hash = hash_name(hash, bp_data_name(set, BP_TEXT_CLASS, i));
    }
    return hash;
}

static uint64_t hash_findings(uint64_t hash, const bp_train *train)
{
    struct {
        double measure;
        size_t place;
        int32_t kind, status;
    } found = {0};
    for (size_t i = 0; found.status == BP_OK; i++) {
        found.status = bp_train_finding(train, i, &found.kind, &found.place, &found.measure);
        hash = hash_name(hash_bytes(hash, &found, sizeof(found)), bp_train_finding_text(train, i));
    }
    return hash;
}

/* What the net knows of the user's columns. */
static uint64_t hash_columns(uint64_t hash, const bp_net *net)
{
    for (size_t i = 0; i < INPUTS; i++) {
        hash = hash_name(hash_name(hash, bp_net_name(net, BP_TEXT_INPUT, i)), bp_net_name(net, BP_TEXT_OUTPUT, i));
        hash = hash_name(hash, bp_net_name(net, BP_TEXT_CLASS, i));
    }
    return hash;
}

/* All that can be asked of a training but the seconds. */
static uint64_t hash_training(uint64_t hash, const bp_train *train)
{
    double value = 0, epochs = 0;
    if (!train)
        return hash;
    bp_train_record(train, 0, BP_RECORD_EPOCH, &epochs);
    int32_t key;
    for (size_t i = 0; (key = bp_key_at(BP_FAMILY_TRAIN_OPTION, i)) != 0; i++) {
        const bp_status status = bp_train_get(train, key, &value);
        hash = hash_bytes(hash_bytes(hash, &status, sizeof(status)), &value, sizeof(value));
    }
    for (size_t i = 0; (key = bp_key_at(BP_FAMILY_RECORD, i)) != 0; i++) {
        if (key == BP_RECORD_SECONDS)
            continue;
        const bp_status status = bp_train_record(train, 0, key, &value);
        hash = hash_bytes(hash_bytes(hash, &status, sizeof(status)), &value, sizeof(value));
        for (size_t epoch = 1; (double)epoch <= epochs; epoch++)
            if (bp_train_record(train, epoch, key, &value) == BP_OK)
                hash = hash_bytes(hash, &value, sizeof(value));
    }
    return hash_findings(hash, train);
}

uint64_t fixture_fingerprint(struct fixture *f)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    hash = hash_size(hash_size(hash, bp_net_layers(f->net)), bp_net_outputs(f->net));
    hash = hash_columns(hash_settings(hash, f->net), f->net);
    hash = hash_input_gradient(hash_arrays(hash, f->net), f);
    hash = hash_set(hash_set(hash_set(hash, f->set), f->set_out[0]), f->set_out[1]);
    hash = hash_set(hash, f->view);
    return hash_training(hash, f->train);
}

uint64_t fixture_continue(struct fixture *f)
{
    static const char *const next[] = {"bp_net_forward", "bp_net_backward", "bp_net_step",
                                       "bp_net_train",   "bp_net_train",    "bp_net_predict"};
    for (size_t i = 0; i < sizeof(next) / sizeof(next[0]); i++) {
        const union arg answer = fixture_good_call(f, call_find(next[i], f->dtype));
        if (answer.integer != BP_OK)
            fail_msg("%s, to continue: %s", next[i], bp_last_error());
    }
    return hash_bytes(fixture_fingerprint(f), &f->y, sizeof(f->y));
}

static int complaints;

void complain(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    complaints++;
}

void no_complaints(void)
{
    const int count = complaints;
    complaints = 0;
    assert_int_equal(count, 0);
}
