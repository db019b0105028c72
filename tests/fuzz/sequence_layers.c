/* SPDX-License-Identifier: MIT
 *
 * The arrays of a net, read and written: of all keys, of layers that exist or not, and of right and wrong sizes. */
#include "sequence_calls.h"

static int32_t array_of(struct sequence *s)
{
    size_t arrays = 0;
    while (bp_key_at(BP_FAMILY_ARRAY, arrays) != 0)
        arrays++;
    return bp_key_at(BP_FAMILY_ARRAY, seq_pick(s, arrays, arrays + 1));
}

/* The layer is 0 where the array is of the whole net, or now and then another. */
static size_t layer_of(struct sequence *s, int32_t array)
{
    size_t rows, columns;
    const size_t layer = seq_layer(s);
    return bp_net_shape(s->net, array, layer, &rows, &columns) == BP_OK || seq_pick(s, 1, 2) == 1 ? layer : 0;
}

static size_t count_of(struct sequence *s, int32_t array, size_t layer)
{
    size_t rows = 0, columns = 0;
    const bp_status status = bp_net_shape(s->net, array, layer, &rows, &columns);
    const size_t count = rows * columns, wrong[] = {count, count + 1, count > 0 ? count - 1 : 2, 0};
    MUST(status == BP_OK || (rows == 0 && columns == 0));
    MUST((rows == 0) == (columns == 0));
    return wrong[seq_pick(s, 1, 4)];
}

static bp_status run_shape(struct sequence *s)
{
    size_t rows, columns;
    const int32_t array = array_of(s);
    const size_t layer = layer_of(s, array);
    return bp_net_shape(s->net, array, layer, seq_perhaps(s, &rows), seq_perhaps(s, &columns));
}

static bp_status run_read(struct sequence *s)
{
    const int32_t array = array_of(s);
    const size_t layer = layer_of(s, array), count = count_of(s, array, layer);
    return TYPED(s, bp_net_read, s->net, array, layer, seq_buffer(s, count), count);
}

/* A scaling may be written where there is none yet. */
static bp_status run_write(struct sequence *s)
{
    const int32_t array = array_of(s);
    const size_t layer = layer_of(s, array);
    const bool inputs = array == BP_ARRAY_INPUT_CENTER || array == BP_ARRAY_INPUT_FACTOR;
    const bool scaling = inputs || array == BP_ARRAY_TARGET_CENTER || array == BP_ARRAY_TARGET_FACTOR;
    const size_t columns = seq_count(1, inputs ? bp_net_inputs(s->net) : bp_net_outputs(s->net));
    const size_t count = scaling && seq_pick(s, 1, 2) == 0 ? columns : count_of(s, array, layer);
    return TYPED(s, bp_net_write, s->net, array, layer, seq_numbers(s, count), count);
}

enum { READ = ARG | SHAPE | STATE };

const struct seq_call seq_layer_calls[] = {
    {"bp_net_shape", run_shape, ARG, SEQ_KEEPS},
    {"bp_net_read", run_read, READ, SEQ_KEEPS},
    {"bp_net_read", run_read, READ, SEQ_KEEPS},
    {"bp_net_read", run_read, READ, SEQ_KEEPS},
    {"bp_net_write", run_write, READ | MEMORY | NONFINITE, SEQ_KEEPS},
    {"bp_net_write", run_write, READ | MEMORY | NONFINITE, SEQ_KEEPS},
    {"bp_net_write", run_write, READ | MEMORY | NONFINITE, SEQ_KEEPS},
    {NULL, NULL, 0, 0},
};
