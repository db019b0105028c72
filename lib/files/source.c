/* SPDX-License-Identifier: MIT */
#include "files/source.h"

#include <errno.h>
#include <string.h>

#include "base/platform_file.h"

bp_status bp_source_open(struct bp_source *source, const struct bp_call *call)
{
    struct bp_file_status status;
    *source = (struct bp_source){.call = call, .file = bp_file_open(call->path, false)};
    if (source->file < 0 && errno == ELOOP)
        return bp_fail(call, BP_ERR_IO, "is a symbolic link: only regular files are read");
    if (source->file < 0)
        return bp_fail_errno(call, "cannot be opened");
    if (!bp_file_get_status(source->file, &status))
        return bp_fail_errno(call, "cannot be examined");
    if (status.kind != BP_FILE_REGULAR)
        return bp_fail(call, BP_ERR_IO, "is %s: only regular files are read",
                       status.kind == BP_FILE_FOLDER ? "a folder" : "a device or a pipe");
    if (status.size > SIZE_MAX)
        return bp_fail(call, BP_ERR_SHAPE, "is too large for this machine");
    source->size = (size_t)status.size;
    return BP_OK;
}

struct bp_source bp_source_memory(const struct bp_call *call, const void *bytes, size_t size)
{
    return (struct bp_source){.call = call, .memory = bytes, .file = -1, .size = size};
}

void bp_source_close(struct bp_source *source)
{
    if (source->file >= 0)
        bp_file_close(source->file);
    source->file = -1;
}

static bp_status fail_short(const struct bp_source *source, size_t got, size_t wanted)
{
    return bp_fail(source->call, BP_ERR_FORMAT, "ends after %s, but %zu more must follow",
                   bp_message_count(source->at + got, "byte").text, wanted - got);
}

bp_status bp_source_need(const struct bp_source *source, size_t size)
{
    const size_t left = source->size - source->at;
    return size <= left ? BP_OK : fail_short(source, left, size);
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

bp_status bp_source_take(struct bp_source *source, void *bytes, size_t size)
{
    if (source->file >= 0)
        BP_TRY(take_from_file(source, bytes, size));
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
