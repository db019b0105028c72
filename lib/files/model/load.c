/* SPDX-License-Identifier: MIT */
#include "files/model/load.h"

#include <math.h>
#include <string.h>

#include "files/bytes.h"
#include "files/model/pieces.h"
#include "nn/optimizer.h"

/* "1.0": newer minor versions only add, so that what is known may be read. */
static bp_status load_version(struct bp_loading *l)
{
    char text[BP_METADATA_TEXT] = "";
    bool there;
    uint64_t *part = &l->major;
    BP_TRY(bp_metadata_text(&l->file, BP_META_FORMAT, text, &there));
    if (!there)
        return bp_fail(l->call, BP_ERR_FORMAT,
                       "is no model file of libbp: " BP_META_FORMAT " is missing; bp_net_load_weights reads others");
    size_t digits = 0;
    bool good = true;
    for (const char *at = text; good && *at; at++) {
        const bool dot = *at == '.' && part == &l->major && digits > 0;
        good = dot || (*at >= '0' && *at <= '9' && digits < 9);
        if (good && !dot)
            *part = *part * 10 + (uint64_t)(*at - '0');
        digits = dot ? 0 : digits + 1;
        part = dot ? &l->minor : part;
    }
    if (!good || part == &l->major || digits == 0)
        return bp_fail(l->call, BP_ERR_FORMAT, BP_META_FORMAT " is \"%s\": it must be two numbers, as in 1.0",
                       bp_quote_text(text).text);
    if (l->major != BP_FORMAT_MAJOR)
        return bp_fail(l->call, BP_ERR_UNSUPPORTED, "is of format %s: this libbp, %s, reads 1",
                       bp_quote_text(text).text, bp_version_string());
    return BP_OK;
}

/* Names that begin with "bp." are the format's; those of a newer minor version are passed over. */
static bp_status check_names(const struct bp_loading *l)
{
    struct bp_json_member member;
    if (l->minor > BP_FORMAT_MINOR)
        return BP_OK;
    const char *at = l->file.metadata.text; /* there, as the version is */
    while (bp_json_next(&at, &member)) {
        const bool passed = !l->training && bp_load_begins(&member, BP_META_TRAIN);
        if (bp_load_begins(&member, BP_META_PREFIX) && !passed && !bp_json_was_used(&l->file.metadata, &member))
            return bp_fail(l->call, BP_ERR_FORMAT, "its metadata have \"%s\", which format %s does not know",
                           bp_json_quote(&member).text, BP_FORMAT_TEXT);
    }
    return BP_OK;
}

/* What bp_net_init() and training leave beside parameters and options. */
static bp_status load_state(const struct bp_loading *l, uint64_t *fresh)
{
    char version[BP_METADATA_TEXT];
    bool there;
    struct bp_model *m = &l->net->model;
    BP_TRY(bp_metadata_text(&l->file, BP_META_VERSION, version, &there)); /* shown to people */
    BP_TRY(bp_metadata_whole(&l->file, BP_META_SEED, &m->seed, &there));
    BP_TRY(bp_metadata_whole(&l->file, BP_META_SAMPLES, &m->samples, &there));
    BP_TRY(bp_metadata_whole(&l->file, BP_META_FRESH, fresh, &there));
    return *fresh > 1 ? bp_fail(l->call, BP_ERR_FORMAT, BP_META_FRESH " is neither 0 nor 1") : BP_OK;
}

/* A root will be taken of each. */
static bp_status check_squares(const struct bp_loading *l, const struct bp_json_member *member,
                               const struct bp_piece *piece, const void *numbers)
{
    for (size_t i = 0; i < piece->count; i++) {
        const double square = l->net->model.ops->number(numbers, i);
        if (square < 0)
            return bp_fail(l->call, BP_ERR_FORMAT, "tensor \"%s\": number %zu is %s: a square cannot be negative",
                           bp_json_quote(member).text, piece->at + i, bp_message_number(square).text);
    }
    return BP_OK;
}

static bp_status load_piece(const struct bp_loading *l, const struct bp_json_member *member, size_t arena, bool bias,
                            const struct bp_piece *piece, void *numbers)
{
    const struct bp_model *m = &l->net->model;
    BP_TRY(bp_source_take(l->file.source, numbers, piece->count * m->ops->size));
    bp_bytes_order(numbers, piece->count, m->ops->size);
    const size_t bad = m->ops->first_nonfinite(numbers, piece->count);
    if (bad < piece->count)
        return bp_fail(l->call, BP_ERR_NONFINITE, "tensor \"%s\": number %zu is %s", bp_json_quote(member).text,
                       piece->at + bad, bp_message_number(m->ops->number(numbers, bad)).text);
    if (arena == 1 && bp_optimizer_of(bp_key(m->settings.optimizer))->squares)
        BP_TRY(check_squares(l, member, piece, numbers));
    m->ops->write(arena == 0 ? m->parameters : m->state[arena - 1], &piece->layer, bias, m->ops->dtype, numbers);
    return BP_OK;
}

static size_t digits(const char **at)
{
    size_t number = 0;
    for (; **at != '.'; (*at)++)
        number = number * 10 + (size_t)(**at - '0');
    ++*at;
    return number;
}

/* Which numbers, of a tensor's name that was found as bp_metadata_tensor() makes it. */
static void find_place(const struct bp_json_member *member, size_t *arena, size_t *layer, bool *bias)
{
    const char *at = strchr(member->key, '.') + 1;
    *arena = 0;
    if (bp_load_begins(member, "optimizer.")) {
        *arena = 1 + digits(&at);
        at = strchr(at, '.') + 1;
    }
    *layer = digits(&at);
    *bias = *at == 'b';
}

/* In the order in which they lie. `numbers` can hold the greatest piece. */
static bp_status load_tensors(const struct bp_loading *l, void *numbers)
{
    const struct bp_model *m = &l->net->model;
    const char *at = l->file.text;
    struct bp_json_member member;
    struct bp_tensor tensor;
    size_t arena, layer;
    bool bias;
    while (bp_safetensors_next(&l->file, &at, &member)) {
        BP_TRY(bp_safetensors_tensor(&l->file, &member, &tensor));
        if (!bp_json_was_used(&l->file.tensors, &member))
            BP_TRY(bp_source_skip(l->file.source, tensor.bytes));
        else if (bp_load_begins(&member, BP_TENSOR_TRAIN_PREFIX))
            BP_TRY(l->training->vector(l, &member));
        else {
            find_place(&member, &arena, &layer, &bias);
            struct bp_piece piece = {.at = 0};
            while (bp_piece_next(m, &m->layers[layer], bias, &piece))
                BP_TRY(load_piece(l, &member, arena, bias, &piece, numbers));
        }
    }
    return BP_OK;
}

static bp_status load_parameters(const struct bp_loading *l)
{
    const struct bp_model *m = &l->net->model;
    void *numbers = bp_memory_allocate(l->call->allocator, bp_piece_largest(m), m->ops->size);
    if (!numbers)
        return bp_fail_memory(l->call);
    const bp_status status = load_tensors(l, numbers);
    bp_memory_release(l->call->allocator, numbers);
    return status;
}

/* Buffers for what the file has of it. */
static bp_status make_state(const struct bp_loading *l)
{
    struct bp_model *m = &l->net->model;
    for (size_t arena = 1; arena < BP_FILE_ARENAS; arena++) {
        if (!bp_load_has_arena(l, arena))
            continue;
        m->state[arena - 1] = bp_memory_allocate(l->call->allocator, m->arena_size, m->ops->size);
        if (!m->state[arena - 1])
            return bp_fail_memory(l->call);
    }
    m->steps = l->steps;
    bp_net_settle(l->net);
    return BP_OK;
}

/* Beyond 2^104 steps are to be tried before they are made: see nn/optimizer_tmpl.c. */
static bool has_grown(const struct bp_loading *l)
{
    const struct bp_model *m = &l->net->model;
    bool grown = false;
    for (size_t i = 0; i < BP_MODEL_STATES; i++)
        for (size_t k = 0; m->state[i] && k < m->arena_size && !grown; k++)
            grown = fabs(m->ops->number(m->state[i], k)) > 0x1p104;
    return grown;
}

static bp_status lay_out(const struct bp_loading *l)
{
    const struct bp_call inner = {.function = l->call->function, .net = l->net};
    const bp_status status = bp_net_lay_out(&inner, l->net, 0, false);
    if (status != BP_OK)
        return bp_load_fail(l, status, "its layers");
    return make_state(l);
}

bp_status bp_load_all(struct bp_loading *l, struct bp_source *source)
{
    uint64_t fresh = 0;
    BP_TRY(bp_safetensors_open(&l->file, l->call, source));
    BP_TRY(load_version(l));
    BP_TRY(bp_load_layers(l));
    BP_TRY(lay_out(l));
    BP_TRY(load_state(l, &fresh));
    BP_TRY(bp_load_columns(l));
    if (l->training)
        BP_TRY(l->training->begin(l));
    BP_TRY(check_names(l));
    BP_TRY(load_parameters(l));
    l->net->model.check_finite = has_grown(l);
    l->net->fresh = fresh == 1;
    bp_float_mode_set(&l->call->host->mode); /* what follows rounds as the net's next calls will */
    bp_net_settle(l->net);
    return l->training ? l->training->settle(l) : BP_OK;
}

/* A load under way: what its parts point to. */
struct loader {
    struct bp_call call;
    bp_allocator allocator;
    struct bp_host host;
};

/* Everything that a load can be given wrongly. */
static bp_status begin(struct loader *loader, bp_net **net, const char *function, const void *from, const char *name,
                       const bp_allocator *allocator)
{
    *loader = (struct loader){.call = {.function = function}};
    if (net)
        *net = NULL;
    BP_TRY(bp_need(&loader->call, net, "net"));
    BP_TRY(bp_check_allocator(&loader->call, allocator));
    loader->allocator = *allocator;
    loader->call.allocator = &loader->allocator;
    loader->call.host = &loader->host;
    BP_TRY(bp_need(&loader->call, from, name));
    loader->host = bp_host_enter();
    return BP_OK;
}

static bp_status finish(struct loader *loader, struct bp_source *source, bp_status status, bp_net **net)
{
    struct bp_loading loading = {.call = &loader->call, .file = {.call = &loader->call}};
    if (status == BP_OK)
        status = bp_load_all(&loading, source);
    bp_safetensors_close(&loading.file);
    bp_source_close(source);
    if (status == BP_OK)
        *net = loading.net;
    else
        bp_net_destroy(loading.net);
    bp_host_leave(&loader->host);
    return status;
}

bp_status bp_load_path(bp_net **net, const char *function, const char *path, const bp_allocator *allocator)
{
    struct loader loader;
    struct bp_source source;
    BP_TRY(begin(&loader, net, function, path, "path", allocator));
    loader.call.path = path;
    const bp_status status = bp_source_open(&source, &loader.call);
    return finish(&loader, &source, status, net);
}

bp_status bp_net_load(bp_net **net, const char *path) { return bp_load_path(net, __func__, path, &bp_memory_malloc); }

bp_status bp_net_load_memory(bp_net **net, const void *bytes, size_t size, const bp_allocator *allocator)
{
    struct loader loader;
    BP_TRY(begin(&loader, net, __func__, bytes, "bytes", allocator ? allocator : &bp_memory_malloc));
    struct bp_source source = bp_source_memory(&loader.call, bytes, size);
    return finish(&loader, &source, BP_OK, net);
}
