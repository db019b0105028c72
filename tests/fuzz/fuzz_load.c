/* SPDX-License-Identifier: MIT
 *
 * The input is a model file. It is loaded as it is, or with the size of its header corrected, so that a change of the
 * header's length does not hide what is behind it; and from memory, or as weights for an existing net. Seeds, and a
 * file that is given alone, are loaded in all these ways; every later input in the way that its bytes choose. */
#define _XOPEN_SOURCE 700 /* ftruncate, pwrite */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../clean.h"
#include "fuzz.h"

enum { START = 8, MOST_MEMORY = 1 << 20 };

#ifdef __AFL_COMPILER /* AFL++ needs the same way for the same input */
enum { ALL_WAYS = 0 };
#else
enum { ALL_WAYS = 100 };
#endif

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}

#define MUST(what) must((what), #what)

static void check_refusal(bp_status status, const char *sentence)
{
    MUST(status == BP_ERR_FORMAT || status == BP_ERR_UNSUPPORTED || status == BP_ERR_NONFINITE ||
         status == BP_ERR_SHAPE);
    MUST(strlen(sentence) > 20);
    MUST(clean_fault(sentence, false) == NULL);
}

struct bytes {
    uint8_t *bytes;
    size_t size;
};

static struct bytes save(const bp_net *net)
{
    struct bytes file = {NULL, 0};
    MUST(bp_net_save_memory(net, NULL, 0, &file.size) == BP_OK);
    file.bytes = malloc(file.size);
    MUST(file.bytes != NULL);
    MUST(bp_net_save_memory(net, file.bytes, file.size, NULL) == BP_OK);
    return file;
}

static void predict(const bp_net *net)
{
    const size_t count = bp_net_inputs(net) + bp_net_outputs(net);
    double *wide = calloc(count, sizeof(*wide));
    double type = 0;
    MUST(wide != NULL && bp_net_get(net, BP_OPT_TYPE, &type) == BP_OK);
    if (type == BP_F64)
        MUST(bp_net_predict_f64(net, wide, 1, wide + bp_net_inputs(net), NULL) == BP_OK);
    else
        MUST(bp_net_predict_f32(net, (float *)wide, 1, (float *)wide + bp_net_inputs(net), NULL) == BP_OK);
    free(wide);
}

static void describe(const bp_net *net)
{
    size_t size = 0;
    MUST(bp_net_describe(net, NULL, 0, &size) == BP_OK);
    char *text = malloc(size);
    MUST(text != NULL);
    MUST(bp_net_describe(net, text, size, NULL) == BP_OK);
    MUST(clean_fault(text, true) == NULL);
    free(text);
}

/* What is loaded can be used, and saved and loaded again to the same bytes. */
static void check_net(const bp_net *net)
{
    bp_net *again = NULL;
    predict(net);
    describe(net);
    const struct bytes first = save(net);
    MUST(bp_net_load_memory(&again, first.bytes, first.size, NULL) == BP_OK);
    const struct bytes second = save(again);
    MUST(first.size == second.size && memcmp(first.bytes, second.bytes, first.size) == 0);
    bp_net_destroy(again);
    free(first.bytes);
    free(second.bytes);
}

/* Bytes that the library has allocated, and the most that it ever had. */
struct meter {
    size_t now, most;
};

static void *metered(void *user, size_t size)
{
    struct meter *meter = user;
    meter->now += size;
    meter->most = meter->now > meter->most ? meter->now : meter->most;
    return malloc(size);
}

static void unmetered(void *user, void *memory, size_t size)
{
    struct meter *meter = user;
    MUST(size <= meter->now);
    meter->now -= size;
    free(memory);
}

static void from_memory(struct bytes file)
{
    struct meter meter = {0, 0};
    const bp_allocator allocator = {sizeof(allocator), &meter, metered, unmetered};
    bp_net *net = NULL;
    const bp_status status = bp_net_load_memory(&net, file.bytes, file.size, &allocator);
    MUST(meter.most <= file.size + MOST_MEMORY);
    if (status == BP_OK)
        check_net(net);
    else
        check_refusal(status, bp_last_error());
    bp_net_destroy(net);
    MUST(meter.now == 0);
}

static char path[256];

static void remove_file(void) { (void)remove(path); }

/* The path of a file that has these bytes now. The reader follows no link, so this is not the path of a descriptor. */
static const char *path_of(struct bytes content)
{
    static int file;
    if (!path[0]) {
        const char *folder = getenv("TMPDIR");
        snprintf(path, sizeof(path), "%s/bp-fuzz-%ld", folder ? folder : "/tmp", (long)getpid());
        file = open(path, O_RDWR | O_CREAT, 0600);
        MUST(file >= 0 && atexit(remove_file) == 0);
    }
    MUST(ftruncate(file, 0) == 0 && pwrite(file, content.bytes, content.size, 0) == (ssize_t)content.size);
    return path;
}

/* A net as that of tests/vectors/files, which two of the seeds fit. */
static bp_net *own_net(void)
{
    bp_net *net = NULL;
    MUST(bp_net_create(&net, BP_F32, 3) == BP_OK && bp_net_add_dense(net, 4, BP_ACT_TANH) == BP_OK);
    MUST(bp_net_add_dense(net, 3, BP_ACT_RELU) == BP_OK &&
         bp_net_layer_set(net, 1, BP_LAYER_BIAS, BP_BIAS_NONE) == BP_OK);
    MUST(bp_net_add_dense(net, 2, BP_ACT_TANH) == BP_OK && bp_net_init(net, 1) == BP_OK);
    MUST(bp_net_layer_set(net, 2, BP_LAYER_TRAIN_BIAS, 0) == BP_OK);
    return net;
}

static void as_weights(struct bytes file)
{
    static const char *const names[] = {"layers.0.weight", NULL, NULL, NULL, NULL, NULL};
    const char *at = path_of(file);
    bp_net *net = own_net();
    for (int named = 0; named < 2; named++) {
        const bp_status status = bp_net_load_weights(net, at, named ? names : NULL);
        if (status != BP_OK)
            check_refusal(status, bp_last_error());
    }
    predict(net);
    bp_net_destroy(net);
}

/* The header ends with the last bracket. */
static void put_size_right(struct bytes file)
{
    size_t end = file.size;
    if (end < START)
        return;
    while (end > START && file.bytes[end - 1] != '}')
        end--;
    for (size_t i = 0, header = end - START; i < START; i++, header >>= 8)
        file.bytes[i] = (uint8_t)header;
}

/* A row that is in the table several times is chosen more often. */
static const struct {
    bool right;
    void (*run)(struct bytes file);
} ways[] = {
    {false, from_memory}, {true, from_memory}, {true, from_memory},
    {true, from_memory},  {true, as_weights},  {false, as_weights},
};

enum { WAYS = sizeof(ways) / sizeof(ways[0]) };

/* FNV-1a (Fowler, Noll, Vo, 1991). */
static uint32_t hash_of(const uint8_t *bytes, size_t size)
{
    uint32_t hash = UINT32_C(2166136261);
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * UINT32_C(16777619);
    return hash ^ hash >> 16;
}

static void go(size_t way, const uint8_t *bytes, size_t size)
{
    const struct bytes copy = {malloc(size), size};
    MUST(copy.bytes != NULL);
    memcpy(copy.bytes, bytes, size);
    if (ways[way].right)
        put_size_right(copy);
    ways[way].run(copy);
    free(copy.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static int inputs;
    if (inputs >= ALL_WAYS) {
        go(hash_of(bytes, size) % WAYS, bytes, size);
        return 0;
    }
    inputs++;
    for (size_t way = 0; way < WAYS; way++)
        go(way, bytes, size);
    return 0;
}
