/* SPDX-License-Identifier: MIT
 *
 * Trainings from files of all versions of the format continue, on every machine. test_checkpoint_versions --corpus
 * FOLDER writes the files of tests/vectors/files, and test_checkpoint_versions --seeds FOLDER those of
 * tests/fuzz/resume-seeds. */
#include <string.h>

#include "checkpoint_fixture.h"

static const size_t to_the_end = SIZE_MAX;

/* With dropout, Adam and validation data, saved in its second epoch. */
static struct course corpus_course(int32_t dtype)
{
    const struct kind *kind = kinds;
    while (strcmp(kind->name, "dropout") != 0)
        kind++;
    return checkpoint_begin(kind, dtype);
}

/* Files of version 1.0 have scalings in the net's type, which are the same bits to the network. */
static void round_scaling(bp_net *net)
{
    for (int32_t array = BP_ARRAY_INPUT_CENTER; any_type(net) == BP_F32 && array <= BP_ARRAY_TARGET_FACTOR;
         array += 10) {
        float numbers[64];
        const size_t count = any_numbers(net, array, 0);
        assert_true(count <= 64);
        any_ok(bp_net_read_f32(net, array, 0, numbers, count));
        any_ok(bp_net_write_f32(net, array, 0, numbers, count));
    }
}

static void trainings_of_every_version_continue(void **state)
{
    static const char *const versions[] = {"1.0"};
    const int32_t dtype = any_dtype(state);
    struct course whole = corpus_course(dtype);
    checkpoint_go(&whole, to_the_end);
    round_scaling(whole.net);
    for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
        struct course parted = corpus_course(dtype);
        char name[64];
        snprintf(name, sizeof(name), "v%s-training-%s.safetensors", versions[i], bp_key_name(dtype));
        any_ok(bp_train_load(parted.train, files_path(name)));
        checkpoint_go(&parted, to_the_end);
        checkpoint_same(&parted, &whole);
        checkpoint_end(&parted);
    }
    checkpoint_end(&whole);
}

/* One training of each kind, for tests/fuzz/resume-seeds. */
static int write_seeds(const char *folder)
{
    bp_status status = BP_OK;
    for (const struct kind *kind = kinds; kind->name && status == BP_OK; kind++) {
        struct course course = checkpoint_begin(kind, BP_F32);
        char path[4096];
        checkpoint_go(&course, 5);
        snprintf(path, sizeof(path), "%s/%s", folder, kind->name);
        for (char *at = path + strlen(folder) + 1; *at; at++)
            *at = *at == ' ' ? '-' : *at;
        status = bp_train_save(course.train, path);
        checkpoint_end(&course);
    }
    return status == BP_OK ? 0 : 1;
}

static int write_corpus(const char *folder)
{
    const int32_t dtypes[] = {BP_F32, BP_F64};
    bp_status status = BP_OK;
    for (size_t i = 0; i < 2 && status == BP_OK; i++) {
        char path[4096];
        struct course course = corpus_course(dtypes[i]);
        checkpoint_go(&course, 5);
        snprintf(path, sizeof(path), "%s/v1.0-training-%s.safetensors", folder, bp_key_name(dtypes[i]));
        status = bp_train_save(course.train, path);
        checkpoint_end(&course);
    }
    return status == BP_OK ? 0 : 1;
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(trainings_of_every_version_continue),
    };
    if (count > 2)
        return strcmp(arguments[1], "--seeds") == 0 ? write_seeds(arguments[2]) : write_corpus(arguments[2]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
