/* SPDX-License-Identifier: MIT
 *
 * No memory within jansson, which takes its own and not the allocator's: each of its allocations fails in turn, alone and
 * with all after it. */
#include "failing_allocator.h"
#include "files_fixture.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#if HAVE_JANSSON

#include <jansson.h>

/* Its functions are the process's, so that no library may set them; here there is nobody else. */
static struct {
    size_t calls, fail_at; /* from 1; 0: none */
    bool from_then_on;
    size_t failures, live; /* blocks */
} parser;

enum { FRONT = 64 }; /* keeps malloc's alignment behind the size */

static void *parser_allocate(size_t size)
{
    parser.calls++;
    if (parser.fail_at > 0 &&
        (parser.calls == parser.fail_at || (parser.from_then_on && parser.calls > parser.fail_at))) {
        parser.failures++;
        return NULL;
    }
    char *start = malloc(FRONT + size);
    if (!start)
        return NULL;
    memcpy(start, &size, sizeof(size));
    memset(start + FRONT, 0xa5, size);
    parser.live++;
    return start + FRONT;
}

static void parser_release(void *memory)
{
    size_t size;
    if (!memory)
        return;
    memcpy(&size, (char *)memory - FRONT, sizeof(size));
    memset(memory, 0x5a, size);
    parser.live--;
    free((char *)memory - FRONT);
}

static int begin(void **state)
{
    (void)state;
    json_set_alloc_funcs(parser_allocate, parser_release);
    return 0;
}

static int end(void **state)
{
    (void)state;
    json_set_alloc_funcs(malloc, free);
    return 0;
}

/* ------------------------------------------------------------------------------------------------------------- ways to load */

/* A file with something of everything, in the folder and in memory. */
static const char *name;
static struct file file;

static int64_t read_file(void *user, void *bytes, size_t size)
{
    size_t *at = user;
    size = size < file.size - *at ? size : file.size - *at;
    memcpy(bytes, file.bytes + *at, size);
    *at += size;
    return (int64_t)size;
}

static char said[256];

/* Keeps the sentence, for what follows may fail too. */
static bp_status keep(bp_status status)
{
    snprintf(said, sizeof(said), "%s", bp_last_error());
    return status;
}

static bp_status by_path(bp_net **net, const bp_allocator *allocator)
{
    return keep(bp_net_load_with(net, files_path(name), 0, allocator));
}

static bp_status from_memory(bp_net **net, const bp_allocator *allocator)
{
    return keep(bp_net_load_memory_with(net, file.bytes, file.size, 0, allocator));
}

static bp_status from_stream(bp_net **net, const bp_allocator *allocator)
{
    size_t at = 0;
    return keep(bp_net_load_stream_with(net, read_file, &at, 0, allocator));
}

/* Into a net that has been made without failures, and that stays as it was. */
static bp_status as_weights(bp_net **net, const bp_allocator *allocator)
{
    const size_t fail_at = parser.fail_at;
    bp_net *before = NULL;
    parser.fail_at = 0;
    any_ok(from_memory(net, allocator));
    any_ok(bp_net_clone(&before, *net));
    parser.fail_at = fail_at;
    parser.calls = 0;
    const bp_status status = keep(bp_net_load_weights(*net, files_path(name), NULL));
    bp_net *after = NULL;
    any_ok(bp_net_clone(&after, *net));
    if (status != BP_OK)
        files_same_nets(before, after);
    bp_net_destroy(before);
    bp_net_destroy(after);
    return status;
}

static bp_status (*const ways[])(bp_net **net, const bp_allocator *allocator) = {by_path, from_memory, from_stream,
                                                                                 as_weights};

/* Returns whether an allocation failed. */
static bool fails_cleanly(size_t way, size_t fail_at, bool from_then_on)
{
    struct failing failing = {0};
    const bp_allocator allocator = failing_allocator(&failing);
    bp_net *net = NULL;
    memset(&parser, 0, sizeof(parser));
    parser.fail_at = fail_at;
    parser.from_then_on = from_then_on;
    const bp_status status = ways[way](&net, &allocator);
    const bool failed = parser.failures > 0;
    if (status != (failed ? BP_ERR_MEMORY : BP_OK) || (failed && !strstr(said, ": out of memory")))
        fail_msg("way %zu, allocation %zu: %d, %s", way, fail_at, (int)status, said);
    bp_net_destroy(net);
    assert_int_equal(parser.live, 0);
    assert_int_equal(failing.live + failing.wrong, 0);
    return failed;
}

static void each_allocation_within_jansson_fails(void **state)
{
    const int32_t dtype = any_dtype(state);
    name = dtype == BP_F32 ? "v1.0-f32.safetensors" : "v1.0-f64.safetensors";
    file = files_read(name);
    for (size_t way = 0; way < sizeof(ways) / sizeof(ways[0]); way++)
        for (int from_then_on = 0; from_then_on < 2; from_then_on++) {
            size_t tried = 1;
            while (fails_cleanly(way, tried, from_then_on))
                tried++;
            assert_true(tried > 40);
        }
    free(file.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(each_allocation_within_jansson_fails),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, begin, end);
}

#else

static void without_jansson_there_is_nothing_to_fail(void **state)
{
    (void)state;
    files_need_loading();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(without_jansson_there_is_nothing_to_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
