/* SPDX-License-Identifier: MIT
 *
 * The input is a model file. It is loaded as it is, and once more with the size of its header put right, so that changes of
 * the header's length do not hide what is behind them; from memory, from a stream, and as weights for a net of its own. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

enum { START = 8, AT_ONCE = 100 };

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
         status == BP_ERR_SHAPE || status == BP_ERR_DTYPE);
    MUST(strlen(sentence) > 20);
    for (; *sentence; sentence++)
        MUST((unsigned char)*sentence >= ' ');
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
    MUST(wide != NULL);
    if (bp_net_dtype(net) == BP_F64)
        MUST(bp_net_predict_f64(net, wide, 1, wide + bp_net_inputs(net), NULL) == BP_OK);
    else
        MUST(bp_net_predict_f32(net, (float *)wide, 1, (float *)wide + bp_net_inputs(net), NULL) == BP_OK);
    free(wide);
}

/* What is loaded can be used, and saved and loaded again to the same bytes. */
static void check_net(const bp_net *net)
{
    bp_net *again = NULL;
    predict(net);
    const struct bytes first = save(net);
    MUST(bp_net_load_memory(&again, first.bytes, first.size) == BP_OK);
    const struct bytes second = save(again);
    MUST(first.size == second.size && memcmp(first.bytes, second.bytes, first.size) == 0);
    bp_net_destroy(again);
    free(first.bytes);
    free(second.bytes);
}

static int64_t read_some(void *user, void *bytes, size_t size)
{
    struct bytes *left = user;
    size = size < AT_ONCE ? size : AT_ONCE;
    size = size < left->size ? size : left->size;
    memcpy(bytes, left->bytes, size);
    left->bytes += size;
    left->size -= size;
    return (int64_t)size;
}

static void load(uint8_t *bytes, size_t size)
{
    bp_net *net = NULL, *streamed = NULL;
    const bp_status status = bp_net_load_memory(&net, bytes, size);
    if (status == BP_OK)
        check_net(net);
    else
        check_refusal(status, bp_net_error(net));
    struct bytes left = {bytes, size};
    const bp_status of_stream = bp_net_load_stream(&streamed, read_some, &left);
    MUST(of_stream == status || status == BP_ERR_FORMAT); /* a stream may go on, or tell of another fault first */
    if (of_stream != BP_OK)
        check_refusal(of_stream, bp_net_error(streamed));
    bp_net_destroy(streamed);
    bp_net_destroy(net);
}

/* A net as that of tests/vectors/files, which two of the seeds fit. */
static void load_weights(const uint8_t *bytes, size_t size)
{
    static char path[64];
    bp_net *net = NULL;
    if (!path[0])
        snprintf(path, sizeof(path), "%s/bp-fuzz-%ld", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp",
                 (long)getpid());
    const int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    MUST(file >= 0);
    MUST(write(file, bytes, size) == (ssize_t)size);
    close(file);
    MUST(bp_net_create(&net, BP_F32, 3) == BP_OK && bp_net_add_dense(net, 4, BP_ACT_TANH) == BP_OK);
    MUST(bp_net_add_dense(net, 3, BP_ACT_RELU) == BP_OK &&
         bp_net_layer_set(net, 1, BP_LAYER_BIAS, BP_BIAS_NONE) == BP_OK);
    MUST(bp_net_add_dense(net, 2, BP_ACT_TANH) == BP_OK && bp_net_init(net, 1) == BP_OK);
    MUST(bp_net_layer_set(net, 2, BP_LAYER_TRAIN_BIAS, 0) == BP_OK);
    static const char *const names[] = {"layers.0.weight", NULL, NULL, NULL, NULL, NULL};
    for (int named = 0; named < 2; named++) {
        const bp_status status = bp_net_load_weights(net, path, named ? names : NULL);
        if (status != BP_OK)
            check_refusal(status, bp_net_error(net));
    }
    predict(net);
    bp_net_destroy(net);
    remove(path);
}

/* The header ends with the last bracket. */
static void put_size_right(uint8_t *bytes, size_t size)
{
    size_t end = size;
    while (end > START && bytes[end - 1] != '}')
        end--;
    for (size_t i = 0, header = end - START; i < START; i++, header >>= 8)
        bytes[i] = (uint8_t)header;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size + 1);
    MUST(copy != NULL);
    memcpy(copy, bytes, size);
    load(copy, size);
    if (size > START) {
        put_size_right(copy, size);
        load(copy, size);
    }
    load_weights(copy, size);
    free(copy);
    return 0;
}
