/* SPDX-License-Identifier: MIT
 *
 * Good files, cut at every byte, and with every byte changed: an error with a sentence, or a net that can be used. With the
 * argument --all every byte takes every other value. */
#include "files_fixture.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

static bool all;

/* A net that was loaded is whole: it can be described, asked, run and saved. */
static void use(bp_net *net)
{
    const size_t inputs = bp_net_inputs(net), outputs = bp_net_outputs(net);
    size_t size;
    double *numbers = any_room(inputs + outputs);
    any_ok(net, bp_net_describe(net, NULL, 0, &size));
    any_ok(net, any_predict(net, numbers, 1, numbers + inputs, NULL));
    any_ok(net, any_forward(net, numbers, 1, NULL));
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
    const bp_status status = bp_net_load_memory(&net, bytes, size);
    assert_non_null(net);
    if (status == BP_OK)
        use(net);
    else {
        assert_true(status == BP_ERR_FORMAT || status == BP_ERR_UNSUPPORTED || status == BP_ERR_NONFINITE ||
                    status == BP_ERR_DTYPE);
        check_sentence(bp_net_error(net));
    }
    bp_net_destroy(net);
    return status == BP_OK;
}

/* In a block of its own size, so that a look beyond it shows. */
static void every_truncation_is_an_error(void **state)
{
    bp_net *net = files_small_net(any_dtype(state));
    const struct file file = files_save(net);
    files_need_loading();
    for (size_t size = 0; size < file.size; size++) {
        unsigned char *bytes = malloc(size > 0 ? size : 1);
        assert_non_null(bytes);
        memcpy(bytes, file.bytes, size);
        assert_false(try_bytes(bytes, size));
        free(bytes);
    }
    assert_true(try_bytes(file.bytes, file.size));
    free(file.bytes);
    bp_net_destroy(net);
}

static void try_changes(const struct file file, size_t step)
{
    static const unsigned char some[] = {0x01, 0x80, 0x02, 0x7e};
    size_t nets = 0, errors = 0;
    for (size_t at = 0; at < file.size; at++) {
        const unsigned char good = file.bytes[at];
        for (size_t i = all ? 1 : at % step; i < (all ? 256 : sizeof(some)); i += all ? 1 : step) {
            file.bytes[at] = good ^ (unsigned char)(all ? i : some[i]);
            const bool made = try_bytes(file.bytes, file.size);
            nets += made;
            errors += !made;
        }
        file.bytes[at] = good;
    }
    assert_true(nets > 0 && errors > 0);
}

static void every_changed_byte_is_an_error_or_a_net(void **state)
{
    bp_net *net = files_small_net(any_dtype(state));
    files_need_loading();
    const struct file file = files_save(net);
    try_changes(file, 2);
    free(file.bytes);
    bp_net_destroy(net);
}

/* Files of which each has something else. */
static void every_changed_byte_of_many_files(void **state)
{
    const int32_t dtype = any_dtype(state);
    const size_t files = all ? 20 : 1;
    files_need_loading();
    for (size_t seed = 0; seed < files; seed++) {
        bp_net *net = files_random_net(dtype, seed);
        const struct file file = files_save(net);
        try_changes(file, 4);
        free(file.bytes);
        bp_net_destroy(net);
    }
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(every_truncation_is_an_error),
        ANY_BOTH(every_changed_byte_is_an_error_or_a_net),
        ANY_BOTH(every_changed_byte_of_many_files),
    };
    all = count > 1 && strcmp(arguments[1], "--all") == 0;
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
