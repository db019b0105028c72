/* SPDX-License-Identifier: MIT
 *
 * The input is a checkpoint, for a training on rows like those of tests/checkpoint_fixture.c. Where it can be gone on with it is
 * saved to a file that makes the same one again, and goes on for two batches. */
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
    size_t size, taken;
};

static int32_t write_some(void *user, const void *bytes, size_t size)
{
    struct bytes *file = user;
    if (size > MOST_FILE - file->size)
        return 1;
    memcpy(file->bytes + file->size, bytes, size);
    file->size += size;
    return 0;
}

static int64_t read_some(void *user, void *bytes, size_t size)
{
    struct bytes *file = user;
    size = size < file->size - file->taken ? size : file->size - file->taken;
    memcpy(bytes, file->bytes + file->taken, size);
    file->taken += size;
    return (int64_t)size;
}

/* Memory of data sets, nets and trainings; beyond the most there is none. */
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

static bp_data *data_of(unsigned seed)
{
    const bp_allocator allocator = {sizeof(allocator), NULL, allocate, release};
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
    MUST(strncmp(sentence, "bp_train_resume_stream: ", 24) == 0 && strlen(sentence) > 30);
    MUST(clean_fault(sentence, false) == NULL);
}

/* Whether it could be saved: it may be too long. */
static bool save(const bp_train *train, struct bytes *file)
{
    file->size = file->taken = 0;
    const bp_status status = bp_train_save_stream(train, write_some, file);
    MUST(status == BP_OK || status == BP_ERR_IO || status == BP_ERR_MEMORY);
    return status == BP_OK;
}

static void check_training(bp_train *train, const bp_data *data, const bp_data *validation)
{
    static struct bytes first, second;
    bp_train *again = NULL;
    bp_net *net = NULL;
    if (!save(train, &first))
        return;
    const bp_status status = bp_train_resume_stream(&again, &net, read_some, &first, data, validation);
    MUST(status == BP_OK || status == BP_ERR_MEMORY);
    if (status == BP_OK && save(again, &second))
        MUST(first.size == second.size && memcmp(first.bytes, second.bytes, first.size) == 0);
    bp_train_destroy(again);
    bp_net_destroy(net);
}

/* A factor of 1.01 would take tens of thousands of steps to the greatest mu. */
static void go_on(bp_train *train)
{
    static struct bytes file;
    MUST(bp_train_set(train, BP_TRAIN_MU_INCREASE, 10) == BP_OK);
    const bp_status status = bp_train_batches(train, 2);
    if (status < BP_OK)
        MUST(strlen(bp_last_error()) > 10);
    (void)save(train, &file);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static bp_data *data[2];
    static struct bytes file;
    for (unsigned i = 0; i < 2 && !data[i]; i++)
        data[i] = data_of(i);
    const size_t before = now;
    for (int judged = 0; judged < 2; judged++) {
        bp_train *train = NULL;
        bp_net *net = NULL;
        file.size = file.taken = 0;
        if (write_some(&file, bytes, size) != 0)
            return 0;
        const bp_data *validation = judged ? data[1] : NULL;
        const bp_status status = bp_train_resume_stream(&train, &net, read_some, &file, data[0], validation);
        MUST((status == BP_OK) == (train != NULL) && (status == BP_OK) == (net != NULL));
        if (status != BP_OK)
            check_refusal(status, bp_last_error());
        else {
            check_training(train, data[0], validation);
            go_on(train);
        }
        bp_train_destroy(train);
        bp_net_destroy(net);
        MUST(now == before);
        if (status != BP_ERR_SHAPE) /* with other rows it would be the same */
            break;
    }
    return 0;
}
