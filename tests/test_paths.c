/* SPDX-License-Identifier: MIT
 *
 * Names of files on every system: UTF-8, a new file in the place of another, and names that are refused. */
#include "any.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#include <io.h>
#include <wchar.h>
#define remove_it(path, wide) (void)_wremove(wide)
#else
#define remove_it(path, wide) (void)remove(path)
#endif

/* Of two, three and four bytes in UTF-8; the last takes two units in UTF-16. */
static const char path[] = "bp-paths-\xc3\xa9-\xe6\xbc\xa2-\xf0\x9f\x98\x80.safetensors";

static void remove_file(void) { remove_it(path, L"bp-paths-\u00e9-\u6f22-\U0001F600.safetensors"); }

static bp_net *net_of(int32_t dtype, size_t units)
{
    const struct any_layer layer = {units, BP_ACT_TANH, 0, 0};
    return any_net(dtype, 3, &layer, 1, 5);
}

static void assert_holds(const char *at, size_t outputs)
{
    bp_net *net = NULL;
    any_ok(bp_net_load(&net, at));
    assert_int_equal(bp_net_outputs(net), outputs);
    bp_net_destroy(net);
}

static void a_name_in_utf_8_is_written_replaced_and_read(void **state)
{
    const int32_t dtype = any_dtype(state);
    char other[sizeof(path) + 2] = "./";
    strcat(other, path);
    for (size_t units = 1; units <= 3; units++) {
        bp_net *net = net_of(dtype, units);
        any_ok(bp_net_save(net, units % 2 ? path : other));
        bp_net_destroy(net);
        assert_holds(path, units);
        assert_holds(other, units);
    }
#ifdef _WIN32
    assert_int_equal(_waccess(L"bp-paths-\u00e9-\u6f22-\U0001F600.safetensors", 0), 0);
#endif
    remove_file();
    bp_net *net = NULL;
    assert_int_equal(bp_net_load(&net, path), BP_ERR_IO);
    assert_null(net);
}

static void what_is_no_file_is_refused(void **state)
{
    static const struct {
        const char *path, *save, *load; /* NULL: not tried */
    } rows[] = {
        {"bp-paths-there-is-none/net", "its folder cannot be opened", "No such file"},
        {"./", "is the name of a folder", "folder"},
        {".", "is a folder", "folder"},
        {"", "is the name of a folder", NULL},
#ifdef _WIN32
        {".\\", "is the name of a folder", "folder"},
        {"C:", "is the name of a folder", NULL},
        {"bp-paths-\xff.safetensors", "cannot be examined", "cannot be opened"}, /* is not UTF-8 */
        {"NUL", "a device or a pipe", NULL},
#endif
    };
    bp_net *net = net_of(any_dtype(state), 1), *loaded = NULL;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (bp_net_save(net, rows[i].path) != BP_ERR_IO || !strstr(bp_last_error(), rows[i].save))
            fail_msg("saved as \"%s\": %s", rows[i].path, bp_last_error());
        if (rows[i].load && (bp_net_load(&loaded, rows[i].path) != BP_ERR_IO || !strstr(bp_last_error(), rows[i].load)))
            fail_msg("loaded from \"%s\": %s", rows[i].path, bp_last_error());
        assert_null(loaded);
    }
    bp_net_destroy(net);
}

/* Another process reads the old file. */
static void a_file_that_is_read_is_replaced(void **state)
{
    const int32_t dtype = any_dtype(state);
    static const char at[] = "bp-paths-read.safetensors";
    bp_net *first = net_of(dtype, 1), *second = net_of(dtype, 2);
    unsigned char byte;
    any_ok(bp_net_save(first, at));
    FILE *file = fopen(at, "rb");
    assert_non_null(file);
    assert_int_equal(fread(&byte, 1, 1, file), 1);
    const bp_status status = bp_net_save(second, at);
    assert_int_equal(fclose(file), 0);
#ifdef _WIN32
    assert_int_equal(status, BP_ERR_IO); /* fopen() does not allow it there, and says nothing of replacing */
    assert_holds(at, 1);
    any_ok(bp_net_save(second, at));
#else
    any_ok(status);
#endif
    assert_holds(at, 2);
    assert_int_equal(remove(at), 0);
    bp_net_destroy(first);
    bp_net_destroy(second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(a_name_in_utf_8_is_written_replaced_and_read),
        ANY_BOTH(what_is_no_file_is_refused),
        ANY_BOTH(a_file_that_is_read_is_replaced),
    };
    remove_file();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
