/* SPDX-License-Identifier: MIT
 *
 * Saving, loading, and damage to what was saved. */
#include <stdio.h>
#include <string.h>

#include "sequence_calls.h"

/* How often a program may save, and how often its file is loaded again: these take longest. */
enum { MOST_SAVES = 2, MOST_CHECKS = 1 };

enum { MOST_DAMAGE = 8 };

bool seq_save(struct sequence *s, const bp_net *net, struct seq_file *file)
{
    s->budget.lifted = true;
    const bool saved = bp_net_save_memory(net, file->bytes, sizeof(file->bytes), &file->size) == BP_OK;
    s->budget.lifted = false;
    return saved;
}

bool seq_same(const struct seq_file *a, const struct seq_file *b)
{
    return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

/* A saved net loads, and a save of it has the same bytes. */
static void check_file(struct sequence *s, const struct seq_file *file)
{
    static struct seq_file again;
    bp_net *net = NULL;
    if (s->checks++ >= MOST_CHECKS)
        return;
    s->budget.lifted = true;
    MUST(bp_net_load_memory(&net, file->bytes, file->size, &s->allocator) == BP_OK);
    MUST(seq_save(s, net, &again) && seq_same(file, &again));
    bp_net_destroy(net);
}

/* ---- saving */

/* Counts the calls that save. */
static bp_status count(struct sequence *s, bp_status status)
{
    s->saves += status == BP_OK;
    return status;
}

/* What was saved is the program's file from now on. */
static bp_status take_file(struct sequence *s, bp_status status, const struct seq_file *file)
{
    if (count(s, status) != BP_OK)
        return status;
    memcpy(s->file.bytes, file->bytes, file->size);
    s->file.size = file->size;
    s->whole = true;
    check_file(s, file);
    return BP_OK;
}

static bp_status run_save_memory(struct sequence *s)
{
    static struct seq_file file;
    const size_t capacity = sizeof(file.bytes) >> 4 * seq_pick(s, 1, 3);
    void *bytes = seq_perhaps(s, file.bytes);
    size_t *size = seq_perhaps(s, &file.size);
    if (s->saves == MOST_SAVES)
        return BP_OK;
    const bp_status status = bp_net_save_memory(s->net, bytes, capacity, size);
    return bytes && size ? take_file(s, status, &file) : count(s, status);
}

static bp_status run_save(struct sequence *s)
{
    bp_net *net = NULL;
    const char *path = seq_other_path(s);
    if (s->saves == MOST_SAVES)
        return BP_OK;
    const bp_status status = count(s, bp_net_save(s->net, path));
    if (status != BP_OK)
        return status;
    static struct seq_file file, loaded;
    const bool fits = seq_save(s, s->net, &file);
    MUST(bp_net_load(&net, path) == BP_OK);
    MUST(seq_save(s, net, &loaded) == fits && (!fits || seq_same(&file, &loaded)));
    bp_net_destroy(net);
    return BP_OK;
}

/* Overwrites some bytes of the file by bytes of the program, or cuts off its end. */
static bp_status run_damage(struct sequence *s)
{
    const size_t high = seq_byte(s), at = high << 8 | seq_byte(s), count = seq_byte(s) % (MOST_DAMAGE + 1);
    if (s->file.size == 0)
        return BP_OK;
    const size_t from = at % s->file.size;
    s->whole = false;
    if (count == 0)
        s->file.size = from;
    for (size_t i = from; i < from + count && i < s->file.size; i++)
        s->file.bytes[i] = seq_byte(s);
    return BP_OK;
}

/* ---- loading */

/* An undamaged file loads. A net that loads can be saved and loaded again. */
static bp_status end(struct sequence *s, bp_net *net, bp_status status)
{
    static struct seq_file file;
    const bool refused = s->budget.refused || status == BP_ERR_ARG;
    MUST(!s->whole || status == BP_OK || refused);
    if (status == BP_OK && seq_save(s, net, &file)) {
        MUST(!s->whole || seq_same(&file, &s->file));
        check_file(s, &file);
    }
    return seq_keep(s, net, status);
}

static void *copy_of(struct sequence *s)
{
    void *bytes = seq_block(s, s->file.size, 1);
    return memcpy(bytes, s->file.bytes, s->file.size);
}

static bp_status run_load_memory(struct sequence *s)
{
    bp_allocator copy;
    bp_net *net = NULL;
    seq_drop(s);
    const bp_allocator *allocator = seq_allocator(s, &copy);
    bp_net **to = seq_perhaps(s, &net);
    const void *bytes = seq_perhaps(s, copy_of(s));
    const bp_status status = bp_net_load_memory(to, bytes, s->file.size, allocator); /* before `net` is read */
    return end(s, net, status);
}

static bp_status run_load(struct sequence *s)
{
    bp_net *net = NULL;
    seq_drop(s);
    bp_net **to = seq_perhaps(s, &net);
    const bp_status status = bp_net_load(to, seq_path(s));
    return status == BP_ERR_IO ? seq_keep(s, net, status) : end(s, net, status);
}

/* The name of each part of each layer, or another name where the program says so. */
static const char *const *tensors_of(struct sequence *s)
{
    static const char *const others[] = {NULL, "layers.0.weight", "layers.0.bias", "__metadata__", ""};
    enum { MOST = 64, CAPACITY = 24 };
    static char own[MOST][CAPACITY];
    const size_t parts = 2 * bp_net_layers(s->net);
    const char **names = seq_block(s, MOST, sizeof(*names));
    for (size_t i = 0; i < parts && i < MOST; i++) {
        snprintf(own[i], CAPACITY, "layers.%zu.%s", i / 2, i % 2 ? "bias" : "weight");
        size_t rows = 0, columns;
        (void)bp_net_shape(s->net, i % 2 ? BP_ARRAY_BIAS : BP_ARRAY_WEIGHTS, i / 2, &rows, &columns);
        const bool there = rows > 0;
        const size_t choice = seq_pick(s, 1, 6);
        names[i] = choice > 0 ? others[choice - 1] : there ? own[i] : NULL;
    }
    return parts <= MOST ? names : NULL;
}

static bp_status run_load_weights(struct sequence *s)
{
    const char *const *names = seq_byte(s) % 2 ? tensors_of(s) : NULL;
    return bp_net_load_weights(s->net, seq_path(s), names);
}

/* One of the next allocations fails. */
static bp_status run_fail(struct sequence *s)
{
    s->budget.fails_in = seq_byte(s) % 24;
    return BP_OK;
}

enum { SAVE = ARG | MEMORY | STATE | UNSUPPORTED, LOAD = ARG | FORMAT | MEMORY | NONFINITE | UNSUPPORTED };

const struct seq_call seq_file_calls[] = {
    {"bp_net_save_memory", run_save_memory, SAVE | SHAPE, SEQ_KEEPS},
    {"bp_net_save_memory", run_save_memory, SAVE | SHAPE, SEQ_KEEPS},
    {"bp_net_save", run_save, SAVE | IO, SEQ_KEEPS},
    {"", run_damage, 0, SEQ_KEEPS},
    {"bp_net_load_memory", run_load_memory, LOAD, SEQ_MAKES},
    {"bp_net_load_memory", run_load_memory, LOAD, SEQ_MAKES},
    {"bp_net_load", run_load, LOAD | IO, SEQ_MAKES},
    {"bp_net_load_weights", run_load_weights, LOAD | IO | SHAPE | STATE, SEQ_KEEPS},
    {"", run_fail, 0, SEQ_KEEPS},
    {NULL, NULL, 0, 0},
};
