/* SPDX-License-Identifier: MIT
 *
 * What layers hold, in and out. */
#include "sequence_calls.h"

static size_t of_rows(const struct sequence *s, size_t layer)
{
    return bp_net_rows(s->net) * bp_net_layer_units(s->net, layer);
}

static bp_status run_get_weights(struct sequence *s)
{
    const size_t layer = seq_layer(s);
    return TYPED(s, bp_net_get_weights, s->net, layer, seq_room(s, bp_net_layer_weights(s->net, layer)));
}

static bp_status run_set_weights(struct sequence *s)
{
    const size_t layer = seq_layer(s);
    return TYPED(s, bp_net_set_weights, s->net, layer, seq_numbers(s, bp_net_layer_weights(s->net, layer)));
}

static bp_status run_get_bias(struct sequence *s)
{
    const size_t layer = seq_layer(s);
    return TYPED(s, bp_net_get_bias, s->net, layer, seq_room(s, bp_net_layer_biases(s->net, layer)));
}

static bp_status run_set_bias(struct sequence *s)
{
    const size_t layer = seq_layer(s);
    return TYPED(s, bp_net_set_bias, s->net, layer, seq_numbers(s, bp_net_layer_biases(s->net, layer)));
}

static bp_status run_get_weight_gradient(struct sequence *s)
{
    const size_t layer = seq_layer(s);
    return TYPED(s, bp_net_get_weight_gradient, s->net, layer, seq_room(s, bp_net_layer_weights(s->net, layer)));
}

static bp_status run_get_bias_gradient(struct sequence *s)
{
    const size_t layer = seq_layer(s);
    return TYPED(s, bp_net_get_bias_gradient, s->net, layer, seq_room(s, bp_net_layer_biases(s->net, layer)));
}

static bp_status run_get_parameters(struct sequence *s)
{
    return TYPED(s, bp_net_get_parameters, s->net, seq_room(s, bp_net_parameters(s->net)));
}

static bp_status run_set_parameters(struct sequence *s)
{
    return TYPED(s, bp_net_set_parameters, s->net, seq_numbers(s, bp_net_parameters(s->net)));
}

static bp_status run_get_gradient(struct sequence *s)
{
    return TYPED(s, bp_net_get_gradient, s->net, seq_room(s, bp_net_parameters(s->net)));
}

static bp_status run_get_gradient_norm(struct sequence *s)
{
    double norm;
    return bp_net_get_gradient_norm(s->net, seq_perhaps(s, &norm));
}

static bp_status run_get_z(struct sequence *s)
{
    const size_t layer = seq_layer(s);
    return TYPED(s, bp_net_get_z, s->net, layer, seq_room(s, of_rows(s, layer)));
}

static bp_status run_get_activation(struct sequence *s)
{
    const size_t layer = seq_layer(s);
    return TYPED(s, bp_net_get_activation, s->net, layer, seq_room(s, of_rows(s, layer)));
}

static bp_status run_get_delta(struct sequence *s)
{
    const size_t layer = seq_layer(s);
    return TYPED(s, bp_net_get_delta, s->net, layer, seq_room(s, of_rows(s, layer)));
}

enum { GET = ARG | DTYPE | STATE, SET = GET | NONFINITE };

const struct seq_call seq_layer_calls[] = {
    {"bp_net_get_weights", run_get_weights, GET, SEQ_KEEPS},
    {"bp_net_set_weights", run_set_weights, SET, SEQ_KEEPS},
    {"bp_net_get_bias", run_get_bias, GET, SEQ_KEEPS},
    {"bp_net_set_bias", run_set_bias, SET, SEQ_KEEPS},
    {"bp_net_get_weight_gradient", run_get_weight_gradient, GET, SEQ_KEEPS},
    {"bp_net_get_bias_gradient", run_get_bias_gradient, GET, SEQ_KEEPS},
    {"bp_net_get_parameters", run_get_parameters, GET, SEQ_KEEPS},
    {"bp_net_set_parameters", run_set_parameters, SET, SEQ_KEEPS},
    {"bp_net_get_gradient", run_get_gradient, GET, SEQ_KEEPS},
    {"bp_net_get_gradient_norm", run_get_gradient_norm, ARG | STATE, SEQ_KEEPS},
    {"bp_net_get_z", run_get_z, GET, SEQ_KEEPS},
    {"bp_net_get_activation", run_get_activation, GET, SEQ_KEEPS},
    {"bp_net_get_delta", run_get_delta, GET, SEQ_KEEPS},
    {NULL, NULL, 0, 0},
};
