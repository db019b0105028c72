/* SPDX-License-Identifier: MIT
 *
 * A net into a file. The header is made twice: once to be counted, as its size comes before it, and once to be
 * written. */
#include <stdio.h>
#include <string.h>

#include "files/bytes.h"
#include "files/model/pieces.h"
#include "files/replace.h"
#include "files/model/saving.h"
#include "net/net_options.h"

/* The header begins where numbers may: a program that maps the file finds them aligned. */
enum { ALIGNMENT = 8 };

/* ---- the header's JSON */

static void put_options(struct bp_saving *s)
{
    char key[BP_METADATA_KEY];
    const struct bp_option *option;
    double value;
    for (size_t i = 0; (option = bp_family_row(&bp_net_options, i)); i++) {
        snprintf(key, sizeof(key), BP_META_OPTION, option->named.name);
        if (bp_option_kept(s->net, option, &value))
            bp_save_option(s, key, option, value);
    }
}

static void put_layer(struct bp_saving *s, size_t layer)
{
    char key[BP_METADATA_KEY];
    const struct bp_option *option = bp_family_by_key(&bp_layer_options, BP_LAYER_KIND);
    double value;
    const struct bp_layer *l = &s->net->model.layers[layer];
    snprintf(key, sizeof(key), BP_META_LAYER, layer, option->named.name);
    bp_save_option(s, key, option, l->set.kind);
    for (size_t i = 0; (option = bp_family_row(&bp_layer_options, i)); i++) {
        snprintf(key, sizeof(key), BP_META_LAYER, layer, option->named.name);
        if (bp_layer_option_kept(l, option, &value))
            bp_save_option(s, key, option, value);
    }
}

static void put_scaling(struct bp_saving *s, const char *of, const struct bp_scaling *scaling, size_t columns)
{
    char key[BP_METADATA_KEY];
    for (size_t factor = 0; scaling->numbers && factor < 2; factor++) {
        snprintf(key, sizeof(key), BP_META_SCALING, of, factor ? "factor" : "center");
        bp_save_key(s, key);
        for (size_t i = 0; i < columns; i++) {
            bp_sink_text(s->sink, i > 0 ? " " : "\"");
            bp_sink_text(s->sink, bp_metadata_number(scaling->numbers[factor * columns + i]).text);
        }
        bp_sink_text(s->sink, "\"");
    }
}

static void put_names(struct bp_saving *s, size_t kind)
{
    char key[BP_METADATA_KEY];
    char **names = s->net->names[kind];
    for (size_t i = 0; names && i < bp_names_count(s->net, kind); i++) {
        snprintf(key, sizeof(key), BP_META_NAME, bp_metadata_kinds[kind], i);
        if (names[i])
            bp_save_text(s, key, names[i]);
    }
}

static void put_metadata(struct bp_saving *s)
{
    const struct bp_model *m = &s->net->model;
    bp_sink_text(s->sink, "{\"" BP_METADATA "\":{");
    bp_save_text(s, BP_META_FORMAT, BP_FORMAT_TEXT);
    bp_save_text(s, BP_META_VERSION, bp_version_string());
    bp_save_text(s, BP_META_DTYPE, m->ops->dtype == BP_F32 ? "f32" : "f64");
    bp_save_whole(s, BP_META_INPUTS, m->inputs);
    bp_save_whole(s, BP_META_LAYERS, m->count);
    bp_save_whole(s, BP_META_SEED, m->seed);
    bp_save_whole(s, BP_META_SAMPLES, m->samples);
    bp_save_whole(s, BP_META_FRESH, s->net->fresh);
    if (s->optimizer)
        bp_save_whole(s, BP_META_STEPS, m->steps);
    put_options(s);
    for (size_t i = 0; i < m->count; i++)
        put_layer(s, i);
    put_scaling(s, bp_metadata_kinds[BP_NAMES_OF_INPUTS], &m->of_inputs, m->inputs);
    put_scaling(s, bp_metadata_kinds[BP_NAMES_OF_OUTPUTS], &m->of_targets, bp_model_outputs(m));
    for (size_t kind = 0; kind < BP_NAME_KINDS; kind++)
        put_names(s, kind);
    if (s->train)
        bp_save_training(s);
    bp_sink_text(s->sink, "}");
}

/* The parameters, and of the optimiser's state what there is. */
static const void *arena_of(const struct bp_saving *s, size_t arena)
{
    const struct bp_model *m = &s->net->model;
    if (arena == 0)
        return m->parameters;
    return s->optimizer && m->steps > 0 ? m->state[arena - 1] : NULL; /* before a step it is all 0 */
}

static void put_arena(struct bp_saving *s, size_t arena)
{
    const struct bp_model *m = &s->net->model;
    for (size_t i = 0; i < m->count; i++) {
        char key[BP_METADATA_KEY];
        const struct bp_layer *layer = &m->layers[i];
        bp_metadata_tensor(key, arena, i, false);
        if (bp_layer_weights(layer) > 0)
            bp_save_tensor(s, key, m->ops->dtype, layer->units, layer->columns);
        bp_metadata_tensor(key, arena, i, true);
        if (bp_layer_biases(layer) > 0)
            bp_save_tensor(s, key, m->ops->dtype, bp_layer_biases(layer), 0);
    }
}

static void put_header(struct bp_saving *s)
{
    put_metadata(s);
    for (size_t arena = 0; arena < BP_FILE_ARENAS; arena++)
        if (arena_of(s, arena))
            put_arena(s, arena);
    if (s->train)
        bp_save_training_tensors(s);
    bp_sink_text(s->sink, "}");
    while (s->sink->taken % ALIGNMENT != 0)
        bp_sink_text(s->sink, " ");
}

/* ---- what is to be saved, and how large that is */

struct job {
    struct bp_call call;
    const bp_net *net;
    const bp_train *train;
    bool optimizer;
    size_t header, whole;
};

static struct bp_saving saving_of(const struct job *job, struct bp_sink *sink)
{
    return (struct bp_saving){
        .call = &job->call, .sink = sink, .net = job->net, .train = job->train, .optimizer = job->optimizer};
}

static bp_status measure(struct job *job)
{
    struct bp_sink sink = bp_sink_count(&job->call);
    struct bp_saving s = saving_of(job, &sink);
    put_header(&s);
    if (sink.taken > BP_SAFETENSORS_MOST_HEADER || s.members > BP_JSON_MOST_MEMBERS)
        return bp_fail(&job->call, BP_ERR_UNSUPPORTED, "a file's header cannot hold %s with all names",
                       bp_message_count(s.net->model.count, "layer").text);
    job->header = sink.taken;
    job->whole = BP_BYTES_U64 + sink.taken + s.payload; /* all of it is in memory with more than that */
    return BP_OK;
}

/* ---- writing */

/* Of an arena, layer by layer, by way of `numbers`, which can hold the greatest. */
static void put_numbers(struct bp_saving *s, const void *arena, void *numbers)
{
    const struct bp_model *m = &s->net->model;
    for (size_t i = 0; i < 2 * m->count; i++) {
        struct bp_piece piece = {.at = 0};
        while (s->sink->status == BP_OK && bp_piece_next(m, &m->layers[i / 2], i % 2, &piece)) {
            m->ops->read(m, arena, &piece.layer, i % 2, 1, m->ops->dtype, numbers);
            bp_bytes_order(numbers, piece.count, m->ops->size);
            bp_sink_put(s->sink, numbers, piece.count * m->ops->size);
        }
    }
}

static bp_status put_payload(struct bp_saving *s)
{
    const struct bp_model *m = &s->net->model;
    void *numbers = bp_memory_allocate(s->call->allocator, bp_piece_largest(m), m->ops->size);
    if (!numbers)
        return bp_fail_memory(s->call);
    for (size_t arena = 0; arena < BP_FILE_ARENAS; arena++)
        if (arena_of(s, arena))
            put_numbers(s, arena_of(s, arena), numbers);
    bp_memory_release(s->call->allocator, numbers);
    if (s->train)
        bp_save_training_numbers(s);
    return bp_sink_end(s->sink);
}

static bp_status put_file(const struct job *job, struct bp_sink *sink)
{
    unsigned char size[BP_BYTES_U64];
    struct bp_saving s = saving_of(job, sink);
    bp_bytes_put_u64(size, job->header);
    bp_sink_put(sink, size, sizeof(size)); /* of ALIGNMENT bytes, so that both passes pad alike */
    put_header(&s);
    return put_payload(&s);
}

static bp_status put_in(void *context, int file)
{
    const struct job *job = context;
    struct bp_sink sink = bp_sink_file(&job->call, file);
    return put_file(job, &sink);
}

/* ---- the calls: each begins a job, and says where it goes */

static bp_status check_gradient(const struct job *job)
{
    const unsigned long long rows = job->net->model.gradient_rows;
    if (job->optimizer && rows > 0)
        return bp_fail(&job->call, BP_ERR_STATE,
                       "the gradient of %s waits for bp_net_step or bp_net_zero_gradient: a file cannot hold it",
                       bp_message_count(rows, "row").text);
    return BP_OK;
}

static bp_status begin_net(struct job *job, const struct bp_call *call)
{
    BP_TRY(bp_check_net(call));
    BP_TRY(bp_check_initialised(call));
    *job = (struct job){
        .call = bp_file_call(call), .net = call->net, .optimizer = call->net->model.settings.save_state != 0};
    return check_gradient(job);
}

static bp_status begin_training(struct job *job, const char *function, const bp_train *train)
{
    BP_TRY(bp_need(&(struct bp_call){.function = function}, train, "train"));
    *job = (struct job){.call = {.function = function, .allocator = &train->allocator},
                        .net = train->net,
                        .train = train,
                        .optimizer = true};
    return check_gradient(job);
}

static bp_status to_path(struct job *job, const char *path)
{
    if (!path)
        return bp_fail(&job->call, BP_ERR_ARG, "path is NULL");
    job->call.path = path;
    const struct bp_host host = bp_host_enter();
    bp_status status = measure(job);
    if (status == BP_OK)
        status = bp_replace(&job->call, put_in, job);
    bp_host_leave(&host);
    return status;
}

static bp_status put_in_memory(struct job *job, void *bytes, size_t capacity, size_t *size)
{
    BP_TRY(measure(job));
    if (size)
        *size = job->whole;
    if (!bytes)
        return BP_OK;
    if (capacity < job->whole)
        return bp_fail(&job->call, BP_ERR_SHAPE, "capacity is %zu: the file takes %zu bytes", capacity, job->whole);
    struct bp_sink sink = bp_sink_memory(&job->call, bytes);
    return put_file(job, &sink);
}

static bp_status to_memory(struct job *job, void *bytes, size_t capacity, size_t *size)
{
    if (!bytes && !size)
        return bp_fail(&job->call, BP_ERR_ARG, "bytes and size are NULL: one must be given");
    const struct bp_host host = bp_host_enter();
    const bp_status status = put_in_memory(job, bytes, capacity, size);
    bp_host_leave(&host);
    return status;
}

bp_status bp_net_save(const bp_net *net, const char *path)
{
    struct job job;
    BP_TRY(begin_net(&job, BP_NET_CALL(net)));
    return to_path(&job, path);
}

bp_status bp_net_save_memory(const bp_net *net, void *bytes, size_t capacity, size_t *size)
{
    struct job job;
    BP_TRY(begin_net(&job, BP_NET_CALL(net)));
    return to_memory(&job, bytes, capacity, size);
}

bp_status bp_train_save(const bp_train *train, const char *path)
{
    struct job job;
    BP_TRY(begin_training(&job, __func__, train));
    return to_path(&job, path);
}

bp_status bp_train_save_memory(const bp_train *train, void *bytes, size_t capacity, size_t *size)
{
    struct job job;
    BP_TRY(begin_training(&job, __func__, train));
    return to_memory(&job, bytes, capacity, size);
}
