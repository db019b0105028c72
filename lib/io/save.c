/* SPDX-License-Identifier: MIT
 *
 * A net into a file. The header is made twice: once to be counted, as its size comes before it, and once to be written. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "io/bytes.h"
#include "io/metadata.h"
#include "io/pieces.h"
#include "io/replace.h"
#include "io/sink.h"
#include "io/utf8.h"
#include "net/options.h"

/* The header begins where numbers may: a program that maps the file finds them aligned. */
enum { ALIGNMENT = 8 };

struct saving {
    struct bp_sink *sink;
    const bp_net *net;
    size_t members, payload; /* so far */
};

/* ---- the header's JSON */

static bool is_control(unsigned char c) { return c < ' ' || c == 0x7f; }

/* Bytes that need no escape. */
static size_t count_plain(const char *text)
{
    size_t size = 0;
    while (!is_control((unsigned char)text[size]) && text[size] != '"' && text[size] != '\\')
        size++;
    return size;
}

static void put_quoted(struct bp_sink *sink, const char *text)
{
    bp_sink_text(sink, "\"");
    while (*text) {
        char escape[8];
        const unsigned char c = (unsigned char)*text;
        const size_t plain = count_plain(text);
        bp_sink_put(sink, text, plain);
        text += plain;
        if (plain > 0)
            continue;
        snprintf(escape, sizeof(escape), is_control(c) ? "\\u%04x" : "\\%c", c);
        bp_sink_text(sink, escape);
        text++;
    }
    bp_sink_text(sink, "\"");
}

/* A name and its colon, after a comma where one must be. */
static void put_key(struct saving *s, const char *key)
{
    bp_sink_text(s->sink, s->members++ > 0 ? ",\"" : "\"");
    bp_sink_text(s->sink, key);
    bp_sink_text(s->sink, "\":");
}

static void put_text(struct saving *s, const char *key, const char *text)
{
    put_key(s, key);
    put_quoted(s->sink, text);
}

static void put_whole(struct saving *s, const char *key, uint64_t value)
{
    char text[32];
    snprintf(text, sizeof(text), "%" PRIu64, value);
    put_text(s, key, text);
}

/* By its name where it is of an enumeration. */
static void put_option(struct saving *s, const char *key, int32_t option, double value)
{
    const struct bp_names *members = bp_option_members(option);
    put_text(s, key, members ? bp_names_name(members, bp_key(value)) : bp_metadata_number(value).text);
}

static void put_options(struct saving *s)
{
    char key[BP_METADATA_KEY];
    int32_t option;
    double value;
    for (size_t i = 0; (option = bp_option_at(i)) != BP_ERR_ARG; i++) {
        snprintf(key, sizeof(key), BP_META_OPTION, bp_option_name(option));
        if (bp_option_kept(s->net, option, &value))
            put_option(s, key, option, value);
    }
}

static void put_layer(struct saving *s, size_t layer)
{
    char key[BP_METADATA_KEY];
    int32_t option;
    double value;
    const struct bp_layer *l = &s->net->model.layers[layer];
    snprintf(key, sizeof(key), BP_META_LAYER, layer, bp_option_name(BP_LAYER_KIND));
    put_option(s, key, BP_LAYER_KIND, l->set.kind);
    for (size_t i = 0; (option = bp_option_at(i)) != BP_ERR_ARG; i++) {
        snprintf(key, sizeof(key), BP_META_LAYER, layer, bp_option_name(option));
        if (bp_layer_option_kept(l, option, &value))
            put_option(s, key, option, value);
    }
}

static void put_scaling(struct saving *s, const char *of, const struct bp_scaling *scaling, size_t columns)
{
    char key[BP_METADATA_KEY];
    for (int factor = 0; scaling->center && factor < 2; factor++) {
        snprintf(key, sizeof(key), BP_META_SCALING, of, factor ? "factor" : "center");
        put_key(s, key);
        for (size_t i = 0; i < columns; i++) {
            bp_sink_text(s->sink, i > 0 ? " " : "\"");
            const double value = s->net->model.ops->number(factor ? scaling->factor : scaling->center, i);
            bp_sink_text(s->sink, bp_metadata_number(value).text);
        }
        bp_sink_text(s->sink, "\"");
    }
}

static void put_names(struct saving *s, size_t kind)
{
    char key[BP_METADATA_KEY];
    char **names = s->net->names[kind];
    for (size_t i = 0; names && i < bp_names_count(s->net, kind); i++) {
        snprintf(key, sizeof(key), BP_META_NAME, bp_metadata_kinds[kind], i);
        if (names[i])
            put_text(s, key, names[i]);
    }
}

static void put_metadata(struct saving *s)
{
    const struct bp_model *m = &s->net->model;
    bp_sink_text(s->sink, "{\"" BP_METADATA "\":{");
    put_text(s, BP_META_FORMAT, BP_FORMAT_TEXT);
    put_text(s, BP_META_VERSION, bp_version_string());
    put_text(s, BP_META_DTYPE, m->ops->dtype == BP_F32 ? "f32" : "f64");
    put_whole(s, BP_META_INPUTS, m->inputs);
    put_whole(s, BP_META_LAYERS, m->count);
    put_whole(s, BP_META_SEED, m->seed);
    put_whole(s, BP_META_SAMPLES, m->samples);
    put_whole(s, BP_META_FRESH, s->net->fresh);
    put_options(s);
    for (size_t i = 0; i < m->count; i++)
        put_layer(s, i);
    put_scaling(s, bp_metadata_kinds[BP_NAMES_OF_INPUTS], &m->of_inputs, m->inputs);
    put_scaling(s, bp_metadata_kinds[BP_NAMES_OF_OUTPUTS], &m->of_targets, bp_model_outputs(m));
    for (size_t kind = 0; kind < BP_NAMES_OF; kind++)
        put_names(s, kind);
    bp_sink_text(s->sink, "}");
}

/* [units][inputs], or [units] where inputs is 0. */
static void put_tensor(struct saving *s, const char *key, size_t units, size_t inputs)
{
    char text[160], more[32] = "";
    const size_t size = s->net->model.ops->size, bytes = units * (inputs > 0 ? inputs : 1) * size;
    if (inputs > 0)
        snprintf(more, sizeof(more), ",%zu", inputs);
    snprintf(text, sizeof(text), "{\"dtype\":\"F%zu\",\"shape\":[%zu%s],\"data_offsets\":[%zu,%zu]}", 8 * size, units,
             more, s->payload, s->payload + bytes);
    put_key(s, key);
    bp_sink_text(s->sink, text);
    s->payload += bytes;
}

static void put_header(struct saving *s)
{
    const struct bp_model *m = &s->net->model;
    put_metadata(s);
    for (size_t i = 0; i < m->count; i++) {
        char key[BP_METADATA_KEY];
        const struct bp_layer *layer = &m->layers[i];
        snprintf(key, sizeof(key), BP_TENSOR_WEIGHT, i);
        if (bp_layer_weights(layer) > 0)
            put_tensor(s, key, layer->units, layer->inputs);
        snprintf(key, sizeof(key), BP_TENSOR_BIAS, i);
        if (bp_layer_biases(layer) > 0)
            put_tensor(s, key, bp_layer_biases(layer), 0);
    }
    bp_sink_text(s->sink, "}");
    while (s->sink->taken % ALIGNMENT != 0)
        bp_sink_text(s->sink, " ");
}

/* ---- what a file cannot hold */

static bp_status check_name(const struct bp_io *io, const char *kind, size_t index, const char *name)
{
    const unsigned char *text = (const unsigned char *)name;
    size_t size = strlen(name);
    if (size > BP_JSON_MOST_TEXT / 6 - 1) /* as escapes at the worst */
        return bp_io_fail(io, BP_ERR_UNSUPPORTED, "the name of %s %zu is %zu bytes long: a file holds %d", kind, index,
                          size, BP_JSON_MOST_TEXT / 6 - 1);
    while (size > 0) {
        const size_t character = bp_utf8_character(text, size);
        if (character == 0)
            return bp_io_fail(io, BP_ERR_UNSUPPORTED, "the name of %s %zu is not UTF-8: a file cannot hold it", kind,
                              index);
        text += character;
        size -= character;
    }
    return BP_OK;
}

static bp_status check_names(const struct bp_io *io, const bp_net *net)
{
    for (size_t kind = 0; kind < BP_NAMES_OF; kind++)
        for (size_t i = 0; net->names[kind] && i < bp_names_count(net, kind); i++)
            if (net->names[kind][i])
                BP_TRY(check_name(io, bp_metadata_kinds[kind], i, net->names[kind][i]));
    return BP_OK;
}

/* The header's size, and that of the whole file. */
static bp_status measure(const struct bp_io *io, size_t *header, size_t *whole)
{
    struct bp_sink sink = bp_sink_count(io);
    struct saving s = {.sink = &sink, .net = io->call->net};
    BP_TRY(check_names(io, s.net));
    put_header(&s);
    if (sink.taken > BP_SAFETENSORS_MOST_HEADER || s.members > BP_JSON_MOST_MEMBERS)
        return bp_io_fail(io, BP_ERR_UNSUPPORTED, "%zu layers and their names are more than a file's header holds",
                          s.net->model.count);
    *header = sink.taken;
    *whole = BP_BYTES_U64 + sink.taken + s.payload; /* the net is in memory with more than that */
    return BP_OK;
}

/* ---- writing */

static bp_status put_numbers(struct bp_sink *sink, const bp_net *net)
{
    const struct bp_model *m = &net->model;
    void *numbers = bp_memory_allocate(sink->io->allocator, bp_piece_room(m), m->ops->size);
    if (!numbers)
        return bp_io_no_memory(sink->io);
    for (size_t i = 0; i < 2 * m->count; i++) {
        struct bp_piece piece = {.at = 0};
        while (sink->status == BP_OK && bp_piece_next(m, &m->layers[i / 2], i % 2, &piece)) {
            m->ops->read(m, m->parameters, &piece.layer, i % 2, 1, numbers);
            bp_bytes_order(numbers, piece.count, m->ops->size);
            bp_sink_put(sink, numbers, piece.count * m->ops->size);
        }
    }
    bp_memory_release(sink->io->allocator, numbers);
    return bp_sink_end(sink);
}

static bp_status put_net(struct bp_sink *sink, size_t header)
{
    unsigned char size[BP_BYTES_U64];
    struct saving s = {.sink = sink, .net = sink->io->call->net};
    bp_bytes_put_u64(size, header);
    bp_sink_put(sink, size, sizeof(size)); /* of ALIGNMENT bytes, so that both passes pad alike */
    put_header(&s);
    return put_numbers(sink, s.net);
}

static bp_status check(const struct bp_call *call)
{
    BP_TRY(bp_check_net(call));
    return bp_check_initialised(call);
}

/* The call's own view of the net's allocator; the handle is there. */
static struct bp_io io_of(const struct bp_call *call, const char *path)
{
    return (struct bp_io){.call = call, .allocator = &call->net->allocator, .path = path};
}

bp_status bp_net_save_memory(const bp_net *net, void *bytes, size_t capacity, size_t *size)
{
    const struct bp_call *call = BP_SHARED(net);
    size_t header, whole;
    BP_TRY(check(call));
    if (!bytes && !size)
        return bp_fail(call, BP_ERR_ARG, "bytes and size are NULL: one must be given");
    const struct bp_io io = io_of(call, NULL);
    BP_TRY(measure(&io, &header, &whole));
    if (size)
        *size = whole;
    if (!bytes)
        return BP_OK;
    if (capacity < whole)
        return bp_fail(call, BP_ERR_SHAPE, "capacity is %zu: the file takes %zu bytes", capacity, whole);
    struct bp_sink sink = bp_sink_memory(&io, bytes);
    return put_net(&sink, header);
}

bp_status bp_net_save_stream(const bp_net *net, bp_write_fn *write, void *user)
{
    const struct bp_call *call = BP_SHARED(net);
    size_t header, whole;
    BP_TRY(check(call));
    if (!write)
        return bp_fail(call, BP_ERR_ARG, "write is NULL");
    const struct bp_io io = io_of(call, NULL);
    BP_TRY(measure(&io, &header, &whole));
    struct bp_sink sink = bp_sink_stream(&io, write, user);
    return put_net(&sink, header);
}

static bp_status replace(const struct bp_io *io, size_t header)
{
    struct bp_replacement replacement;
    bp_status status = bp_replace_begin(&replacement, io);
    if (status == BP_OK) {
        struct bp_sink sink = bp_sink_file(io, replacement.file);
        status = put_net(&sink, header);
    }
    if (status == BP_OK)
        status = bp_replace_finish(&replacement);
    bp_replace_abandon(&replacement);
    return status;
}

bp_status bp_net_save(const bp_net *net, const char *path)
{
    const struct bp_call *call = BP_SHARED(net);
    size_t header, whole;
    BP_TRY(check(call));
    BP_TRY(bp_check_pointer(call, path, "path"));
    const struct bp_io io = io_of(call, path);
    BP_TRY(measure(&io, &header, &whole));
    const int host = errno; /* is not ours to change */
    const bp_status status = replace(&io, header);
    errno = host;
    return status;
}
