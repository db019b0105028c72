/* SPDX-License-Identifier: MIT
 *
 * The library is unloaded while a thread still runs that has a sentence of it: test_unload.c for Windows. usage:
 * test_unload DLL */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <bp/bp.h>

enum { ROUNDS = 300 }; /* more than the fibre-local slots of older systems */

static const char *path;

struct library {
    HMODULE module;
    __typeof__(bp_net_init) *init;
    __typeof__(bp_last_error) *last_error;
    HANDLE failed, gone;
};

static void find(HMODULE module, const char *name, void *function)
{
    const FARPROC found = GetProcAddress(module, name);
    assert_non_null(found);
    memcpy(function, &found, sizeof(found));
}

static void load(struct library *library)
{
    library->module = LoadLibraryA(path);
    assert_non_null(library->module);
    find(library->module, "bp_net_init", &library->init);
    find(library->module, "bp_last_error", &library->last_error);
}

static bool fails_with_a_sentence(const struct library *library)
{
    return library->init(NULL, 1) == BP_ERR_ARG && strcmp(library->last_error(), "bp_net_init: net is NULL") == 0;
}

static DWORD WINAPI fail_and_outlive(void *given)
{
    struct library *library = given;
    const bool right = fails_with_a_sentence(library);
    SetEvent(library->failed);
    WaitForSingleObject(library->gone, INFINITE);
    return right;
}

static void a_thread_ends_after_the_library_is_gone(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        struct library library = {.failed = CreateEventA(NULL, FALSE, FALSE, NULL),
                                  .gone = CreateEventA(NULL, FALSE, FALSE, NULL)};
        DWORD right = 0;
        load(&library);
        assert_string_equal(library.last_error(), "");
        assert_true(fails_with_a_sentence(&library));
        const HANDLE thread = CreateThread(NULL, 0, fail_and_outlive, &library, 0, NULL);
        assert_non_null(thread);
        WaitForSingleObject(library.failed, INFINITE);
        assert_true(FreeLibrary(library.module));
        assert_null(GetModuleHandleA(path));
        SetEvent(library.gone);
        WaitForSingleObject(thread, INFINITE);
        assert_true(GetExitCodeThread(thread, &right));
        assert_int_equal(right, 1);
        CloseHandle(thread);
        CloseHandle(library.failed);
        CloseHandle(library.gone);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_thread_ends_after_the_library_is_gone)};
    if (argc != 2)
        return 2;
    path = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
