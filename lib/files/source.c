/* SPDX-License-Identifier: MIT */
#include "files/source.h"

#include <errno.h>
#include <string.h>

#include "base/platform_file.h"

/* Bytes of a stream read at once at most. */
enum { CHUNK = 1 << 18 };

struct bp_chunk {
    struct bp_chunk *next;
    size_t size;
    unsigned char bytes[]; /* as many as were asked for */
};

bp_status bp_source_open(struct bp_source *source, const struct bp_call *call)
{
    struct bp_file_status status;
    *source = (struct bp_source){.call = call, .file = bp_file_open(call->path, false)};
    if (source->file < 0 && errno == ELOOP)
        return bp_fail(call, BP_ERR_IO, "is a symbolic link: only regular files are read");
    if (source->file < 0)
        return bp_fail_errno(call, "cannot be opened");
    if (!bp_file_look(source->file, &status))
        return bp_fail_errno(call, "cannot be looked at");
    if (status.kind != BP_FILE_REGULAR)
        return bp_fail(call, BP_ERR_IO, "is %s: only regular files are read",
                       status.kind == BP_FILE_FOLDER ? "a folder" : "a device or a pipe");
    if (status.size > SIZE_MAX)
        return bp_fail(call, BP_ERR_SHAPE, "is too large for this machine");
    source->sized = true;
    source->size = (size_t)status.size;
    return BP_OK;
}

struct bp_source bp_source_memory(const struct bp_call *call, const void *bytes, size_t size)
{
    return (struct bp_source){.call = call, .memory = bytes, .file = -1, .sized = true, .size = size};
}

struct bp_source bp_source_stream(const struct bp_call *call, bp_read_fn *read, void *user)
{
    return (struct bp_source){.call = call, .read = read, .user = user, .file = -1};
}

static void drop_first(struct bp_source *source)
{
    struct bp_chunk *chunk = source->first;
    source->first = chunk->next;
    source->first_at = 0;
    if (!source->first)
        source->last = NULL;
    bp_memory_release(source->call->allocator, chunk);
}

void bp_source_close(struct bp_source *source)
{
    while (source->first)
        drop_first(source);
    if (source->file >= 0)
        bp_file_close(source->file);
    source->file = -1;
}

static bp_status fail_short(const struct bp_source *source, size_t got, size_t wanted)
{
    return bp_fail(source->call, BP_ERR_FORMAT, "ends after %zu bytes, where %zu more must follow", source->at + got,
                   wanted - got);
}

static int64_t call_host(const struct bp_source *source, void *bytes, size_t size)
{
    const struct bp_float_mode ours = bp_float_mode_get();
    bp_float_mode_set(&source->call->host->mode);
    const int64_t got = source->read(source->user, bytes, size);
    bp_float_mode_set(&ours);
    return got;
}

/* Up to `size` bytes from the stream into a new chunk. */
static bp_status read_chunk(struct bp_source *source, size_t size, size_t *got)
{
    const size_t wanted = size < CHUNK ? size : CHUNK;
    struct bp_chunk *chunk = bp_memory_allocate(source->call->allocator, 1, sizeof(*chunk) + wanted);
    if (!chunk)
        return bp_fail_memory(source->call);
    *(source->last ? &source->last->next : &source->first) = chunk;
    source->last = chunk;
    *got = 0;
    while (chunk->size < wanted) {
        const int64_t more = call_host(source, chunk->bytes + chunk->size, wanted - chunk->size);
        if (more == 0)
            break;
        if (more < 0 || (uint64_t)more > wanted - chunk->size)
            return bp_fail(source->call, BP_ERR_IO, "the caller's function could not read: it returned %lld",
                           (long long)more);
        chunk->size += (size_t)more;
    }
    *got = chunk->size;
    return BP_OK;
}

bp_status bp_source_hold(struct bp_source *source, size_t size)
{
    size_t held = 0, got = 0;
    if (source->sized)
        return size <= source->size - source->at ? BP_OK : fail_short(source, source->size - source->at, size);
    while (held < size) {
        BP_TRY(read_chunk(source, size - held, &got));
        if (got == 0)
            return fail_short(source, held, size);
        held += got;
    }
    return BP_OK;
}

/* The file was as long as it should when it was opened. */
static bp_status take_from_file(struct bp_source *source, unsigned char *to, size_t size)
{
    for (size_t taken = 0; taken < size;) {
        const size_t left = size - taken;
        const int64_t got = bp_file_read(source->file, to + taken, left);
        if (got < 0)
            return bp_fail_errno(source->call, "cannot be read");
        if (got == 0)
            return fail_short(source, taken, size);
        taken += (size_t)got;
    }
    return BP_OK;
}

static void take_from_chunks(struct bp_source *source, unsigned char *to, size_t size)
{
    while (size > 0) {
        const struct bp_chunk *chunk = source->first;
        size_t more = chunk->size - source->first_at;
        if (more > size)
            more = size;
        memcpy(to, chunk->bytes + source->first_at, more);
        source->first_at += more;
        to += more;
        size -= more;
        if (source->first_at == chunk->size)
            drop_first(source);
    }
}

bp_status bp_source_take(struct bp_source *source, void *bytes, size_t size)
{
    if (source->file >= 0)
        BP_TRY(take_from_file(source, bytes, size));
    else if (source->read)
        take_from_chunks(source, bytes, size);
    else
        memcpy(bytes, source->memory + source->at, size);
    source->at += size;
    return BP_OK;
}

bp_status bp_source_skip(struct bp_source *source, size_t size)
{
    unsigned char block[512];
    while (size > 0) {
        const size_t more = size < sizeof(block) ? size : sizeof(block);
        BP_TRY(bp_source_take(source, block, more));
        size -= more;
    }
    return BP_OK;
}
