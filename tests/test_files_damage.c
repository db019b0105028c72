/* SPDX-License-Identifier: MIT
 *
 * Good files, cut at every byte, and with a byte changed: an error with a sentence, or a net that can be used. With the
 * argument --all every byte of all of them takes every other value. */
#include "files_fixture.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

static bool all;

/* A net that was loaded is complete: it can be described, asked, run and saved. */
static void use(bp_net *net)
{
    const size_t inputs = bp_net_inputs(net), outputs = bp_net_outputs(net);
    size_t size;
    double *numbers = any_buffer(inputs + outputs);
    any_ok(bp_net_describe(net, NULL, 0, &size));
    host_mask(true); /* its parameters may be as large as numbers are */
    any_ok(any_predict(net, numbers, 1, numbers + inputs, NULL));
    any_ok(any_forward(net, numbers, 1, NULL));
    host_unmask(true);
    free(numbers);
    const struct file file = files_save(net);
    free(file.bytes);
}

static void check_sentence(const char *sentence)
{
    assert_true(strncmp(sentence, "bp_net_load_memory: ", 20) == 0 && strlen(sentence) > 30);
    for (; *sentence; sentence++)
        assert_true((unsigned char)*sentence >= ' ');
}

/* Returns whether it made a net. */
static bool try_bytes(const unsigned char *bytes, size_t size)
{
    bp_net *net = NULL;
    const bp_status status = bp_net_load_memory(&net, bytes, size, NULL);
    assert_true((net != NULL) == (status == BP_OK));
    if (status == BP_OK)
        use(net);
    else {
        assert_true(status == BP_ERR_FORMAT || status == BP_ERR_UNSUPPORTED || status == BP_ERR_NONFINITE ||
                    status == BP_ERR_UNSUPPORTED);
        check_sentence(bp_last_error());
    }
    bp_net_destroy(net);
    return status == BP_OK;
}

/* Files that differ in what they have: every version; the fewest and the most parts; files of other writers; a newer
 * version; random nets of 1 to 4 layers. None has more than 3 KB, so that all changes can be tried in minutes. */
static const struct seed {
    const char *file; /* a file of tests/vectors/files; NULL: the file of a random net, or of the small one */
    int32_t dtype;
    uint64_t chance; /* 0: the small one */
} seeds[] = {
    {"v1.0-f32.safetensors", BP_F32, 0},
    {"v1.0-f64.safetensors", BP_F64, 0},
    {"attacks/good.safetensors", BP_F32, 0},
    {"../../fuzz/load-seeds/columns", BP_F32, 0},
    {"../../fuzz/load-seeds/dropout", BP_F32, 0},
    {"../../fuzz/load-seeds/f64", BP_F64, 0},
    {"../../fuzz/load-seeds/least", BP_F32, 0},
    {"../../fuzz/load-seeds/newer", BP_F32, 0},
    {"../../fuzz/load-seeds/options", BP_F32, 0},
    {NULL, BP_F32, 0},
    {NULL, BP_F64, 0},
    {NULL, BP_F32, 20},
    {NULL, BP_F32, 2},
    {NULL, BP_F32, 5},
    {NULL, BP_F32, 8},
    {NULL, BP_F32, 15},
    {NULL, BP_F64, 9},
    {NULL, BP_F64, 10},
    {NULL, BP_F64, 16},
    {NULL, BP_F64, 17},
};

enum { SEEDS = sizeof(seeds) / sizeof(seeds[0]) };

static struct file file_of(const struct seed *seed)
{
    if (seed->file)
        return files_read(seed->file);
    bp_net *net = seed->chance > 0 ? files_random_net(seed->dtype, seed->chance) : files_small_net(seed->dtype);
    const struct file file = files_save(net);
    bp_net_destroy(net);
    return file;
}

/* In a block of its own size, so that a read beyond its end is seen. */
static void every_truncation_is_an_error(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < SEEDS; i++) {
        if (seeds[i].dtype != dtype)
            continue;
        const struct file file = file_of(&seeds[i]);
        assert_true(file.size < 6000); /* so that it takes seconds; compilers draw different nets */
        for (size_t size = 0; size < file.size; size++) {
            unsigned char *bytes = malloc(size > 0 ? size : 1);
            assert_non_null(bytes);
            memcpy(bytes, file.bytes, size);
            assert_false(try_bytes(bytes, size));
            free(bytes);
        }
        assert_true(try_bytes(file.bytes, file.size));
        free(file.bytes);
    }
}

/* What came of the changes. */
struct tally {
    size_t bytes, nets, errors;
};

/* With --all, every other value of each byte. Else one other value of every third byte: one bit or several change. */
static void try_changes(const struct file file, struct tally *tally)
{
    static const unsigned char some[] = {0x01, 0x80, 0x02, 0x7e};
    for (size_t at = 0; at < file.size; at += all ? 1 : 3) {
        const unsigned char good = file.bytes[at];
        for (unsigned change = 1; change < 256; change += all ? 1 : 255) {
            file.bytes[at] = good ^ (unsigned char)(all ? change : some[at / 3 % sizeof(some)]);
            if (try_bytes(file.bytes, file.size))
                tally->nets++;
            else
                tally->errors++;
        }
        file.bytes[at] = good;
    }
    tally->bytes += file.size;
}

static void every_changed_byte_is_an_error_or_a_net(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct tally whole = {0};
    size_t files = 0;
    for (size_t i = 0; i < SEEDS; i++) {
        struct tally tally = {0};
        if (seeds[i].dtype != dtype)
            continue;
        const struct file file = file_of(&seeds[i]);
        try_changes(file, &tally);
        assert_true(tally.nets > 0 && tally.errors > 0);
        free(file.bytes);
        whole.bytes += tally.bytes;
        whole.nets += tally.nets;
        whole.errors += tally.errors;
        files++;
    }
    print_message("%zu files of %zu bytes, %zu changes: %zu nets, %zu errors\n", files, whole.bytes,
                  whole.nets + whole.errors, whole.nets, whole.errors);
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(every_truncation_is_an_error),
        ANY_BOTH(every_changed_byte_is_an_error_or_a_net),
    };
    all = count > 1 && strcmp(arguments[1], "--all") == 0;
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
