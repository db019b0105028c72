/* SPDX-License-Identifier: MIT
 *
 * The input is a checkpoint, for a training on rows like those of tests/checkpoint_fixture.c. If it loads, the
 * training is saved, continued for two batches, and loaded again; then it saves the same bytes. If it does not load,
 * nothing has changed. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../clean.h"
#include "fuzz.h"

enum { ROWS = 90, INPUTS = 4, CLASSES = 3, MOST_MEMORY = 1 << 22, MOST_FILE = 1 << 16 };

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}

#define MUST(what) must((what), #what)

struct bytes {
    uint8_t bytes[MOST_FILE];
    size_t size;
};

/* Memory of data sets, nets and trainings, up to a limit. */
static size_t now;

static void *allocate(void *user, size_t size)
{
    (void)user;
    if (size > MOST_MEMORY - now)
        return NULL;
    now += size;
    return malloc(size);
}

static void release(void *user, void *memory, size_t size)
{
    (void)user;
    MUST(size <= now);
    now -= size;
    free(memory);
}

static const bp_allocator allocator = {sizeof(allocator), NULL, allocate, release};

static bp_data *data_of(unsigned seed)
{
    double x[ROWS * INPUTS];
    int32_t labels[ROWS];
    bp_data *data = NULL;
    for (unsigned i = 0; i < ROWS * INPUTS; i++)
        x[i] = (double)((i * 7 + seed) % 31) / 8;
    for (int32_t i = 0; i < ROWS; i++)
        labels[i] = i % 7 % CLASSES;
    MUST(bp_data_create(&data, &allocator) == BP_OK);
    MUST(bp_data_set_inputs(data, BP_F64, x, ROWS, INPUTS, 0, BP_HOLD_COPY) == BP_OK);
    MUST(bp_data_set_labels(data, BP_I32, labels, CLASSES, BP_HOLD_COPY) == BP_OK);
    return data;
}

static void check_refusal(bp_status status, const char *sentence)
{
    MUST(status == BP_ERR_FORMAT || status == BP_ERR_UNSUPPORTED || status == BP_ERR_NONFINITE ||
         status == BP_ERR_SHAPE || status == BP_ERR_STATE || status == BP_ERR_MEMORY);
    MUST(strncmp(sentence, "bp_", 3) == 0 && strlen(sentence) > 30);
    MUST(clean_fault(sentence, false) == NULL);
}

/* Whether it could be saved: the file may be too long. */
static bool save(const bp_train *train, struct bytes *file)
{
    const bp_status status = bp_train_save_memory(train, file->bytes, MOST_FILE, &file->size);
    MUST(status == BP_OK || status == BP_ERR_SHAPE || status == BP_ERR_MEMORY);
    return status == BP_OK;
}

static bool is_same(const struct bytes *a, const struct bytes *b)
{
    return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

/* A factor of 1.01 would take tens of thousands of steps to the greatest mu. */
static void train_on(bp_train *train)
{
    static struct bytes file;
    MUST(bp_train_set(train, BP_TRAIN_MU_INCREASE, 10) == BP_OK);
    const bp_status status = bp_train_batches(train, 2);
    if (status < BP_OK)
        MUST(strlen(bp_last_error()) > 10);
    (void)save(train, &file);
}

/* One that has loaded. */
static void check_training(bp_train *train)
{
    static struct bytes first, second;
    if (!save(train, &first))
        return;
    train_on(train);
    const bp_status status = bp_train_load_memory(train, first.bytes, first.size);
    MUST(status == BP_OK || status == BP_ERR_MEMORY);
    if (status == BP_OK && save(train, &second))
        MUST(is_same(&first, &second));
}

static bp_status load(bp_train *train, const struct bytes *file)
{
    static struct bytes before, after;
    const bool saved = save(train, &before);
    const bp_status status = bp_train_load_memory(train, file->bytes, file->size);
    if (status == BP_OK)
        check_training(train);
    else
        MUST(!saved || (save(train, &after) && is_same(&before, &after)) || now > MOST_MEMORY / 2);
    return status;
}

/* With the net of the same file. */
static bp_status try_file(const struct bytes *file, const bp_data *data, const bp_data *validation)
{
    bp_train *train = NULL;
    bp_net *net = NULL;
    bp_status status = bp_net_load_memory(&net, file->bytes, file->size, &allocator);
    if (status == BP_OK)
        status = bp_train_create(&train, net, data, validation);
    if (status == BP_OK)
        status = load(train, file);
    if (status == BP_OK)
        train_on(train);
    else
        check_refusal(status, bp_last_error());
    bp_train_destroy(train);
    bp_net_destroy(net);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static bp_data *data[2];
    static struct bytes file;
    for (unsigned i = 0; i < 2 && !data[i]; i++)
        data[i] = data_of(i);
    if (size > MOST_FILE)
        return 0;
    memcpy(file.bytes, bytes, size);
    file.size = size;
    const size_t before = now;
    if (try_file(&file, data[0], NULL) == BP_ERR_SHAPE) /* with other rows it would be the same */
        (void)try_file(&file, data[0], data[1]);
    MUST(now == before);
    return 0;
}
