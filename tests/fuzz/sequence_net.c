/* SPDX-License-Identifier: MIT
 *
 * Life, layers, options and columns of a net. */
#include <stdio.h>
#include <string.h>

#include "sequence_calls.h"

/* ---- life */

void seq_drop(struct sequence *s)
{
    bp_net_destroy(s->net);
    s->net = s->nets[s->slot] = NULL;
}

bp_status seq_keep(struct sequence *s, bp_net *net, bp_status status)
{
    s->net = s->nets[s->slot] = net;
    return status;
}

int32_t seq_type(const bp_net *net)
{
    double type = 0;
    return net && bp_net_get(net, BP_OPT_TYPE, &type) == BP_OK ? (int32_t)type : 0;
}

static bp_status run_create(struct sequence *s)
{
    static const int32_t dtypes[] = {BP_F32, BP_F64, 0, 16, -1, INT32_MAX};
    bp_allocator copy;
    bp_net *net = NULL;
    seq_drop(s);
    const int32_t dtype = dtypes[seq_pick(s, 2, 6)];
    const size_t inputs = seq_size(s);
    const bp_allocator *allocator = seq_allocator(s, &copy);
    const bp_status status = bp_net_create_with(seq_perhaps(s, &net), dtype, inputs, allocator);
    MUST((status == BP_OK) == (net != NULL));
    return seq_keep(s, net, status);
}

static bp_status run_destroy(struct sequence *s)
{
    seq_drop(s);
    return BP_OK;
}

/* The clone is saved as the same bytes. */
static bp_status run_clone(struct sequence *s)
{
    static struct seq_file file, of_clone;
    bp_net *clone = NULL;
    const bp_status status = bp_net_clone(seq_perhaps(s, &clone), s->net);
    const size_t slot = (s->slot + 1) % SEQ_NETS;
    MUST((status == BP_OK) == (clone != NULL));
    if (status != BP_OK)
        return status;
    const bool saved = seq_save(s, s->net, &file);
    MUST(seq_save(s, clone, &of_clone) == saved && (!saved || seq_same(&file, &of_clone)));
    bp_net_destroy(s->nets[slot]);
    s->nets[slot] = clone;
    return BP_OK;
}

/* ---- layers and options */

static bp_status run_add_dense(struct sequence *s)
{
    const size_t units = seq_size(s);
    return bp_net_add_dense(s->net, units, BP_ACT_IDENTITY + 10 * (seq_byte(s) % 28));
}

/* Of any kind, or none, with up to two options and perhaps units. */
static bp_status run_add(struct sequence *s)
{
    char text[200] = "";
    const int32_t kind = BP_KIND_DENSE + 10 * (int32_t)seq_pick(s, 2, 3);
    if ((seq_pick(s, 1, 2) == 0) == (kind == BP_KIND_DENSE)) /* mostly right */
        snprintf(text, sizeof(text), "units=%zu ", seq_size(s));
    for (size_t i = seq_byte(s) % 3; i > 0; i--) {
        const size_t used = strlen(text);
        const int32_t key = seq_key(s, true);
        const double value = seq_value(s, key);
        const bool member = bp_key_members(key) != 0 && value > 0 && value < INT32_MAX;
        const char *const name = bp_key_name(key), *const word = member ? bp_key_name((int32_t)value) : NULL;
        char number[40];
        snprintf(number, sizeof(number), "%.17g", value);
        snprintf(text + used, sizeof(text) - used, "%s=%s ", name ? name : "none", word ? word : number);
    }
    return bp_net_add(s->net, kind, seq_perhaps(s, text));
}

static bp_status run_layer_set(struct sequence *s)
{
    const size_t layer = seq_layer(s);
    const int32_t key = seq_key(s, true);
    return bp_net_layer_set(s->net, layer, key, seq_value(s, key));
}

static bp_status run_layer_get(struct sequence *s)
{
    double value;
    const size_t layer = seq_layer(s);
    const int32_t key = seq_key(s, true);
    return bp_net_layer_get(s->net, layer, key, seq_perhaps(s, &value));
}

static bp_status run_init(struct sequence *s) { return bp_net_init(s->net, seq_byte(s)); }

static bp_status run_set(struct sequence *s)
{
    const int32_t key = seq_key(s, false);
    return bp_net_set(s->net, key, seq_value(s, key));
}

static bp_status run_get(struct sequence *s)
{
    double value;
    const int32_t key = seq_key(s, false);
    return bp_net_get(s->net, key, seq_perhaps(s, &value));
}

/* ---- columns */

static bp_status run_set_name(struct sequence *s)
{
    const char *const *name = seq_names(s, 1);
    const int32_t what = BP_TEXT_INPUT + 10 * (seq_byte(s) % 4); /* one of the four is none */
    return bp_net_set_name(s->net, what, seq_byte(s) % 8, name ? *name : NULL);
}

static bp_status run_describe(struct sequence *s)
{
    size_t size = 0;
    if (seq_byte(s) % 2 && bp_net_describe(s->net, NULL, 0, &size) == BP_OK)
        size -= seq_byte(s) % 2;
    return bp_net_describe(s->net, seq_perhaps(s, seq_block(s, size, 1)), size, seq_perhaps(s, &size));
}

/* Up to three options of the net or of layers, each with a value that it may have, or not. */
static bp_status run_set_text(struct sequence *s)
{
    char text[400] = "";
    for (size_t i = seq_byte(s) % 4; i > 0; i--) {
        const bool of_layer = seq_byte(s) % 2;
        const size_t layer = of_layer ? seq_layer(s) : 0, used = strlen(text);
        const int32_t key = seq_key(s, of_layer);
        const double value = seq_value(s, key);
        const bool member = bp_key_members(key) != 0 && value > 0 && value < INT32_MAX;
        const char *const name = bp_key_name(key), *const word = member ? bp_key_name((int32_t)value) : NULL;
        char prefix[40] = "", number[40];
        if (of_layer)
            snprintf(prefix, sizeof(prefix), "layers.%zu.", layer);
        snprintf(number, sizeof(number), "%.17g", value);
        snprintf(text + used, sizeof(text) - used, "%s%s=%s ", prefix, name ? name : "none", word ? word : number);
    }
    return bp_net_set_text(s->net, seq_perhaps(s, text));
}

static bp_status run_get_text(struct sequence *s)
{
    size_t size = 0;
    if (seq_byte(s) % 2 && bp_net_get_text(s->net, NULL, 0, &size) == BP_OK)
        size -= seq_byte(s) % 2;
    return bp_net_get_text(s->net, seq_perhaps(s, seq_block(s, size, 1)), size, seq_perhaps(s, &size));
}

/* Queries that take anything: they return 0 or NULL where there is nothing. */
static bp_status run_ask(struct sequence *s)
{
    const size_t index = seq_size(s) - 1;
    const bool none = seq_type(s->net) == 0;
    double layer = -1;
    MUST(!none || bp_net_inputs(s->net) + bp_net_outputs(s->net) + bp_net_layers(s->net) == 0);
    MUST(!bp_net_name(s->net, BP_TEXT_INPUT, index) || index < bp_net_inputs(s->net));
    MUST(!bp_net_name(s->net, BP_TEXT_OUTPUT, index) || index < bp_net_outputs(s->net));
    MUST(!bp_net_name(s->net, BP_TEXT_CLASS, index) || !none);
    MUST(bp_net_get(s->net, BP_OPT_NONFINITE_LAYER, &layer) == BP_OK || none);
    MUST(layer == -1 || layer < (double)bp_net_layers(s->net));
    return BP_OK;
}

const struct seq_call seq_net_calls[] = {
    {"bp_net_create", run_create, ARG | MEMORY | SHAPE | UNSUPPORTED, SEQ_MAKES},
    {"bp_net_destroy", run_destroy, 0, SEQ_MAKES},
    {"bp_net_clone", run_clone, ARG | MEMORY, SEQ_KEEPS},
    {"bp_net_add_dense", run_add_dense, ARG | MEMORY | SHAPE | STATE, SEQ_KEEPS},
    {"bp_net_add_dense", run_add_dense, ARG | MEMORY | SHAPE | STATE, SEQ_KEEPS},
    {"bp_net_add", run_add, ARG | FORMAT | MEMORY | SHAPE | STATE, SEQ_KEEPS},
    {"bp_net_layer_set", run_layer_set, ARG | STATE, SEQ_KEEPS},
    {"bp_net_layer_set", run_layer_set, ARG | STATE, SEQ_KEEPS},
    {"bp_net_layer_get", run_layer_get, ARG, SEQ_KEEPS},
    {"bp_net_init", run_init, MEMORY | SHAPE | STATE, SEQ_KEEPS},
    {"bp_net_init", run_init, MEMORY | SHAPE | STATE, SEQ_KEEPS},
    {"bp_net_set", run_set, ARG | MEMORY | STATE, SEQ_KEEPS},
    {"bp_net_set", run_set, ARG | MEMORY | STATE, SEQ_KEEPS},
    {"bp_net_get", run_get, ARG, SEQ_KEEPS},
    {"bp_net_set_name", run_set_name, ARG | MEMORY | STATE, SEQ_KEEPS},
    {"bp_net_describe", run_describe, ARG | SHAPE, SEQ_KEEPS},
    {"bp_net_set_text", run_set_text, ARG | MEMORY | STATE | FORMAT, SEQ_KEEPS},
    {"bp_net_get_text", run_get_text, ARG | SHAPE, SEQ_KEEPS},
    {"bp_net_inputs", run_ask, 0, SEQ_KEEPS},
    {NULL, NULL, 0, 0},
};
