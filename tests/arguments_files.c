/* SPDX-License-Identifier: MIT
 *
 * The rows of saving and loading; arguments_table.h tells how to add one. */
#include "arguments_table.h"

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

const struct call files_calls[] = {
    {"bp_net_save", "SN" FILES_PATH, NEEDS_INIT, run_net_save},
    {"bp_net_save_memory", "SN|`}", NEEDS_INIT, run_net_save_memory},
    {"bp_net_save_stream", "SN", NEEDS_INIT, run_net_save_stream},
    {"bp_net_load", "S" FILES_NET FILES_MODEL, NEEDS_NOTHING, run_net_load},
    {"bp_net_load_with", "S" FILES_NET FILES_MODEL FILES_FLAGS "A", NEEDS_NOTHING, run_net_load_with},
    {"bp_net_load_memory", "S" FILES_NET FILES_BYTES FILES_SIZE, NEEDS_NOTHING, run_net_load_memory},
    {"bp_net_load_memory_with", "S" FILES_NET FILES_BYTES FILES_SIZE FILES_FLAGS "A", NEEDS_NOTHING,
     run_net_load_memory_with},
    {"bp_net_load_stream", "S" FILES_NET FILES_BYTES, NEEDS_NOTHING, run_net_load_stream},
    {"bp_net_load_stream_with", "S" FILES_NET FILES_BYTES FILES_FLAGS "A", NEEDS_NOTHING, run_net_load_stream_with},
    {"bp_net_load_weights", "SN" FILES_MODEL, NEEDS_INIT, run_net_load_weights},
    {NULL, NULL, NEEDS_NOTHING, NULL},
};
