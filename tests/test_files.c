/* SPDX-License-Identifier: MIT
 *
 * Nets into files and out of them: what is kept, to the bit, by path and by memory; and what a failed load leaves. With
 * a number as argument it tries so many random nets: test_files 10000. test_files --corpus FOLDER writes the files of
 * tests/vectors/files, which is done once for each version of the format. */
#define _DEFAULT_SOURCE /* mkdtemp */
#include "failing_allocator.h"
#include "files_fixture.h"

#include <fcntl.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static size_t rounds = 150;

static void save_load_save_is_the_same_bytes(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (uint64_t seed = 0; seed < rounds; seed++) {
        bp_net *net = files_random_net(dtype, seed), *loaded = NULL;
        const struct file first = files_save(net);
        const bp_status status = bp_net_load_memory(&loaded, first.bytes, first.size, NULL);
        if (status != BP_OK)
            fail_msg("net %d: %s", (int)seed, bp_last_error());
        files_same_nets(net, loaded);
        const struct file second = files_save(loaded);
        assert_int_equal(first.size, second.size);
        assert_memory_equal(first.bytes, second.bytes, first.size);
        free(first.bytes);
        free(second.bytes);
        bp_net_destroy(net);
        bp_net_destroy(loaded);
    }
}

/* Dropout continues with the draws after those of the rows that it had seen. */
static void a_loaded_net_continues_with_the_same_bits(void **state)
{
    const int32_t dtype = any_dtype(state);
    double x[2 * 7], y[2][2 * 7];
    uint64_t seed = 5;
    bp_net *net = files_small_net(dtype), *loaded = NULL;
    any_fill(&seed, x, 2 * 7, -1, 1);
    any_ok(any_forward(net, x, 7, NULL));
    const struct file file = files_save(net);
    any_ok(bp_net_load_memory(&loaded, file.bytes, file.size, NULL));
    static const double target[2 * 7] = {1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0};
    for (int step = 0; step < 3; step++) {
        any_ok(any_train(net, x, target, 7, NULL));
        any_ok(any_train(loaded, x, target, 7, NULL));
    }
    any_ok(any_forward(net, x, 7, y[0]));
    any_ok(any_forward(loaded, x, 7, y[1]));
    any_same_bits(y[0], y[1], 2 * 7);
    free(file.bytes);
    bp_net_destroy(net);
    bp_net_destroy(loaded);
}

/* ---- path and memory */

/* A save to the path writes this file, and a load from it gives the net again. */
static void expect_path(const bp_net *net, struct file file)
{
    char folder[] = "/tmp/bp-files-XXXXXX", path[64];
    bp_net *loaded = NULL;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/net.safetensors", folder);
    any_ok(bp_net_save(net, path));
    FILE *stream = fopen(path, "rb");
    unsigned char *bytes = malloc(file.size + 1);
    assert_non_null(stream);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, file.size + 1, stream), file.size);
    assert_memory_equal(bytes, file.bytes, file.size);
    fclose(stream);
    free(bytes);
    any_ok(bp_net_load(&loaded, path));
    files_same_nets(net, loaded);
    bp_net_destroy(loaded);
    remove(path);
    assert_int_equal(rmdir(folder), 0);
}

static void a_path_has_the_same_bytes(void **state)
{
    bp_net *net = files_small_net(any_dtype(state));
    const struct file file = files_save(net);
    expect_path(net, file);
    free(file.bytes);
    bp_net_destroy(net);
}

static void a_path_may_be_a_name_alone(void **state)
{
    char folder[] = "/tmp/bp-files-XXXXXX";
    bp_net *net = files_small_net(any_dtype(state));
    const int before = open(".", O_RDONLY);
    assert_true(before >= 0);
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    any_ok(bp_net_save(net, "net.safetensors"));
    assert_int_equal(remove("net.safetensors"), 0);
    assert_int_equal(bp_net_save(net, ""), BP_ERR_IO);
    assert_int_equal(fchdir(before), 0);
    assert_int_equal(rmdir(folder), 0);
    close(before);
    bp_net_destroy(net);
}

/* A panel that is larger than a piece, layers of several pieces with a shorter last one, and a layer without a bias
 * whose numbers end the file. */
static void large_layers_are_kept_to_the_last_number(void **state)
{
    static const struct any_layer layers[] = {{37, BP_ACT_TANH, 0, 0},
                                              {700, BP_ACT_TANH, 0, 0},
                                              {301, BP_ACT_TANH, BP_BIAS_SHARED, 0},
                                              {1100, BP_ACT_IDENTITY, BP_BIAS_NONE, 0}};
    bp_net *net = any_net(any_dtype(state), 5003, layers, 4, 1), *loaded = NULL;
    const size_t count = any_parameters(net);
    double *numbers = any_buffer(count);
    uint64_t seed = 1;
    any_fill(&seed, numbers, count, -1, 1);
    any_ok(any_set_parameters(net, numbers));
    const struct file file = files_save(net);
    expect_path(net, file);
    any_ok(bp_net_load_memory(&loaded, file.bytes, file.size, NULL));
    files_same_nets(net, loaded);
    bp_net_destroy(loaded);
    (void)files_put_number(file.bytes + file.size - (any_type(net) == BP_F32 ? 4 : 8), any_type(net), (double)NAN);
    assert_int_equal(bp_net_load_memory(&loaded, file.bytes, file.size, NULL), BP_ERR_NONFINITE);
    assert_non_null(strstr(bp_last_error(), "tensor \"layers.3.weight\": number 331099 is "));
    bp_net_destroy(loaded);
    free(numbers);
    free(file.bytes);
    bp_net_destroy(net);
}

static void memory_must_be_large_enough(void **state)
{
    bp_net *net = files_small_net(any_dtype(state));
    const struct file file = files_save(net);
    size_t size = 0;
    unsigned char byte = 0xa5;
    assert_int_equal(bp_net_save_memory(net, &byte, 1, &size), BP_ERR_SHAPE);
    assert_int_equal(size, file.size);
    assert_int_equal(byte, 0xa5);
    assert_int_equal(bp_net_save_memory(net, NULL, 0, NULL), BP_ERR_ARG);
    assert_int_equal(file.bytes[0] % 8, 0); /* the size of the header, so that the numbers begin where doubles may */
    free(file.bytes);
    bp_net_destroy(net);
}

static void the_longest_name_comes_back(void **state)
{
    bp_net *net = files_small_net(any_dtype(state)), *loaded = NULL;
    char large[10001];
    memset(large, '\x01', 10000); /* an escape each */
    large[10000] = '\0';
    const char *const names[] = {large, large};
    any_ok(any_set_names(net, names, NULL, NULL));
    const struct file file = files_save(net);
    any_ok(bp_net_load_memory(&loaded, file.bytes, file.size, NULL));
    assert_string_equal(bp_net_name(loaded, BP_TEXT_INPUT, 1), large);
    free(file.bytes);
    bp_net_destroy(net);
    bp_net_destroy(loaded);
}

/* ---- what a failed load leaves */

static void a_failed_load_leaves_a_sentence_and_no_net(void **state)
{
    bp_net *net = any_net(any_dtype(state), 1, (const struct any_layer[]){{1, BP_ACT_TANH, 0, 0}}, 1, 1), *old = net;
    assert_int_equal(bp_net_load_memory(&net, "no net", 6, NULL), BP_ERR_FORMAT);
    assert_null(net);
    assert_non_null(strstr(bp_last_error(), "bp_net_load_memory: ends after 6 bytes"));
    bp_net_destroy(old);
}

static void weights_that_are_not_finite_are_refused(void **state)
{
    const int32_t dtype = any_dtype(state);
    static const double values[] = {(double)INFINITY, -(double)INFINITY, (double)NAN};
    for (size_t i = 0; i < 3; i++) {
        struct failing failing = {0};
        const bp_allocator allocator = failing_allocator(&failing);
        bp_net *net = files_small_net(dtype), *loaded = NULL;
        const struct file file = files_save(net);
        (void)files_put_number(file.bytes + file.size - (dtype == BP_F32 ? 4 : 8), dtype, values[i]);
        assert_int_equal(bp_net_load_memory(&loaded, file.bytes, file.size, &allocator), BP_ERR_NONFINITE);
        assert_non_null(strstr(bp_last_error(), "tensor \"layers.2.bias\": number 1 is "));
        assert_null(loaded);
        assert_int_equal(failing.live + failing.wrong, 0);
        free(file.bytes);
        bp_net_destroy(net);
    }
}

/* ---- files of all versions */

static struct file read_file(const char *path)
{
    enum { MOST = 1 << 16 };
    struct file file = {malloc(MOST), 0};
    FILE *stream = fopen(path, "rb");
    assert_non_null(stream);
    assert_non_null(file.bytes);
    file.size = fread(file.bytes, 1, MOST, stream);
    fclose(stream);
    return file;
}

/* Whatever the host. The header has grown by options since. */
static void the_numbers_of_the_corpus_are_written(void **state)
{
    const int32_t dtype = any_dtype(state);
    char name[64];
    snprintf(name, sizeof(name), "v1.0-%s.safetensors", bp_key_name(dtype));
    bp_net *net = files_corpus_net(dtype);
    const size_t numbers = any_parameters(net) * (dtype == BP_F32 ? sizeof(float) : sizeof(double));
    const struct file kept = read_file(files_path(name)), file = files_save(net);
    assert_memory_equal(file.bytes + file.size - numbers, kept.bytes + kept.size - numbers, numbers);
    free(file.bytes);
    free(kept.bytes);
    bp_net_destroy(net);
}

static void files_of_every_version_load(void **state)
{
    static const char *const versions[] = {"1.0"};
    const int32_t dtype = any_dtype(state);
    bp_net *net = files_corpus_net(dtype);
    for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
        char name[64];
        bp_net *loaded = NULL;
        snprintf(name, sizeof(name), "v%s-%s.safetensors", versions[i], bp_key_name(dtype));
        any_ok(bp_net_load(&loaded, files_path(name)));
        files_same_nets(net, loaded);
        bp_net_destroy(loaded);
    }
    bp_net_destroy(net);
}

static int write_corpus(const char *folder)
{
    const int32_t dtypes[] = {BP_F32, BP_F64};
    for (size_t i = 0; i < 2; i++) {
        char path[4096];
        bp_net *net = files_corpus_net(dtypes[i]);
        snprintf(path, sizeof(path), "%s/v1.0-%s.safetensors", folder, bp_key_name(dtypes[i]));
        if (bp_net_save(net, path) != BP_OK) {
            fprintf(stderr, "%s\n", bp_last_error());
            return 1;
        }
        bp_net_destroy(net);
    }
    return 0;
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(save_load_save_is_the_same_bytes),
        ANY_BOTH(a_loaded_net_continues_with_the_same_bits),
        ANY_BOTH(a_path_has_the_same_bytes),
        ANY_BOTH(a_path_may_be_a_name_alone),
        ANY_BOTH(large_layers_are_kept_to_the_last_number),
        ANY_BOTH(memory_must_be_large_enough),
        ANY_BOTH(the_longest_name_comes_back),
        ANY_BOTH(a_failed_load_leaves_a_sentence_and_no_net),
        ANY_BOTH(files_of_every_version_load),
        ANY_BOTH(the_numbers_of_the_corpus_are_written),
        ANY_BOTH(weights_that_are_not_finite_are_refused),
    };
    if (count > 2)
        return write_corpus(arguments[2]);
    if (count > 1)
        rounds = (size_t)strtoul(arguments[1], NULL, 10);
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
