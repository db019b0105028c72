/* SPDX-License-Identifier: MIT
 *
 * The rows of saving and loading; arguments_table.h tells how to add one. */
#include "arguments_table.h"

#include <stdio.h>
#include <string.h>

static union arg status(int32_t value) { return (union arg){.integer = value}; }

static int32_t write_nowhere(void *user, const void *bytes, size_t size)
{
    (void)user;
    (void)bytes;
    (void)size;
    return 0;
}

static int64_t read_bytes(void *user, void *bytes, size_t size)
{
    const unsigned char **at = user;
    memcpy(bytes, *at, size);
    *at += size;
    return (int64_t)size;
}

static union arg run_net_save(const union arg *a) { return status(bp_net_save(a[0].net, a[1].text)); }
static union arg run_net_save_memory(const union arg *a)
{
    return status(bp_net_save_memory(a[0].net, a[1].data, a[2].size, a[3].data));
}
static union arg run_net_save_stream(const union arg *a)
{
    return status(bp_net_save_stream(a[0].net, write_nowhere, NULL));
}
static union arg run_net_save_with(const union arg *a)
{
    return status(bp_net_save_with(a[0].net, a[1].text, a[2].integer));
}
static union arg run_net_save_memory_with(const union arg *a)
{
    return status(bp_net_save_memory_with(a[0].net, a[1].data, a[2].size, a[3].data, a[4].integer));
}
static union arg run_net_save_stream_with(const union arg *a)
{
    return status(bp_net_save_stream_with(a[0].net, write_nowhere, NULL, a[1].integer));
}
static union arg run_net_load(const union arg *a) { return status(bp_net_load(a[0].net_out, a[1].text)); }
static union arg run_net_load_with(const union arg *a)
{
    return status(bp_net_load_with(a[0].net_out, a[1].text, a[2].integer, a[3].allocator));
}
static union arg run_net_load_memory(const union arg *a)
{
    return status(bp_net_load_memory(a[0].net_out, a[1].data, a[2].size));
}
static union arg run_net_load_memory_with(const union arg *a)
{
    return status(bp_net_load_memory_with(a[0].net_out, a[1].data, a[2].size, a[3].integer, a[4].allocator));
}

/* The file's bytes are all that a load asks for; no bytes stand for no function. */
static union arg run_net_load_stream(const union arg *a)
{
    const unsigned char *at = a[1].data;
    return status(bp_net_load_stream(a[0].net_out, at ? read_bytes : NULL, &at));
}
static union arg run_net_load_stream_with(const union arg *a)
{
    const unsigned char *at = a[1].data;
    return status(bp_net_load_stream_with(a[0].net_out, at ? read_bytes : NULL, &at, a[2].integer, a[3].allocator));
}

static union arg run_net_load_weights(const union arg *a)
{
    return status(bp_net_load_weights(a[0].net, a[1].text, NULL));
}

static union arg run_train_save(const union arg *a) { return status(bp_train_save(a[0].train, a[1].text)); }
static union arg run_train_save_stream(const union arg *a)
{
    return status(bp_train_save_stream(a[0].train, write_nowhere, NULL));
}
static union arg run_train_resume(const union arg *a)
{
    return status(bp_train_resume(a[0].train_out, a[1].net_out, a[2].text, a[3].set, NULL));
}

/* Of a file; no path stands for no function. */
static int64_t read_file(void *user, void *bytes, size_t size)
{
    return user ? (int64_t)fread(bytes, 1, size, user) : -1;
}
static union arg run_train_resume_stream(const union arg *a)
{
    FILE *file = a[2].text ? fopen(a[2].text, "rb") : NULL;
    const union arg answer = status(
        bp_train_resume_stream(a[0].train_out, a[1].net_out, a[2].text ? read_file : NULL, file, a[3].set, NULL));
    if (file)
        fclose(file);
    return answer;
}

enum { TO_GO_ON_WITH = NEEDS_INPUTS | NEEDS_ANSWERS };

const struct call files_calls[] = {
    {"bp_net_save", "SN" FILES_PATH, NEEDS_INIT, run_net_save},
    {"bp_net_save_memory", "SN|`}", NEEDS_INIT, run_net_save_memory},
    {"bp_net_save_stream", "SN", NEEDS_INIT, run_net_save_stream},
    {"bp_net_save_with", "SN" FILES_PATH FILES_FLAGS, NEEDS_INIT | NEEDS_STEPPED, run_net_save_with},
    {"bp_net_save_memory_with", "SN|`}" FILES_FLAGS, NEEDS_INIT | NEEDS_STEPPED, run_net_save_memory_with},
    {"bp_net_save_stream_with", "SN" FILES_FLAGS, NEEDS_INIT | NEEDS_STEPPED, run_net_save_stream_with},
    {"bp_net_load", "S" FILES_NET FILES_MODEL, NEEDS_NOTHING, run_net_load},
    {"bp_net_load_with", "S" FILES_NET FILES_MODEL FILES_FLAGS "A", NEEDS_NOTHING, run_net_load_with},
    {"bp_net_load_memory", "S" FILES_NET FILES_BYTES FILES_SIZE, NEEDS_NOTHING, run_net_load_memory},
    {"bp_net_load_memory_with", "S" FILES_NET FILES_BYTES FILES_SIZE FILES_FLAGS "A", NEEDS_NOTHING,
     run_net_load_memory_with},
    {"bp_net_load_stream", "S" FILES_NET FILES_BYTES, NEEDS_NOTHING, run_net_load_stream},
    {"bp_net_load_stream_with", "S" FILES_NET FILES_BYTES FILES_FLAGS "A", NEEDS_NOTHING, run_net_load_stream_with},
    {"bp_net_load_weights", "SN" FILES_MODEL, NEEDS_INIT, run_net_load_weights},
    {"bp_train_save", "S1" FILES_PATH, NEEDS_TRAINING | NEEDS_STEPPED, run_train_save},
    {"bp_train_save_stream", "S1", NEEDS_TRAINING | NEEDS_STEPPED, run_train_save_stream},
    {"bp_train_resume", "S3H" FILES_CHECKPOINT "B", TO_GO_ON_WITH, run_train_resume},
    {"bp_train_resume_stream", "S3H" FILES_CHECKPOINT "B", TO_GO_ON_WITH, run_train_resume_stream},
    {NULL, NULL, NEEDS_NOTHING, NULL},
};
