/* SPDX-License-Identifier: MIT
 *
 * A plug-in may load the library and unload it: a net with threads is trained and destroyed, the library is unloaded,
 * and the host forks and ends as if the library had never been there. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "plugin.h"

enum { UNITS = 128, ROWS = 256, THREADS = 3 };

/* What is loaded: the shared library, which stays (docs/abi.md), and the plug-in, which is unloaded. */
static const char *library, *plug_in;

static void find(void *loaded, const char *name, void *function)
{
    void *found = dlsym(loaded, name);
    assert_non_null(found);
    memcpy(function, &found, sizeof(found));
}

static struct plugin find_all(void *loaded)
{
    struct plugin f;
    find(loaded, "bp_net_create", &f.create);
    find(loaded, "bp_net_add_dense", &f.add_dense);
    find(loaded, "bp_net_init", &f.init);
    find(loaded, "bp_net_set", &f.set);
    find(loaded, "bp_net_train_f32", &f.train_f32);
    find(loaded, "bp_net_train_f64", &f.train_f64);
    find(loaded, "bp_net_destroy", &f.destroy);
    find(loaded, "bp_last_error", &f.last_error);
    return f;
}

static void *load(const char *path, struct plugin *functions)
{
    void *loaded = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    plugin_fn *table;
    if (!loaded)
        fail_msg("%s", dlerror());
    if (path == library)
        *functions = find_all(loaded);
    else {
        find(loaded, "plugin", &table);
        *functions = table();
    }
    return loaded;
}

static void unload(const char *path, void *loaded)
{
    assert_int_equal(dlclose(loaded), 0);
#ifdef __GLIBC__ /* other C libraries may keep either */
    assert_int_equal(dlopen(path, RTLD_NOW | RTLD_NOLOAD) != NULL, path == library);
#else
    (void)path;
#endif
}

static size_t threads_of_this_process(void)
{
    DIR *entries = opendir("/proc/self/task");
    const struct dirent *entry;
    size_t count = 0;
    assert_non_null(entries);
    while ((entry = readdir(entries)))
        count += entry->d_name[0] != '.';
    closedir(entries);
    return count;
}

static void train_on_threads(const struct plugin *f)
{
    bp_net *net;
    const bp_status made = f->create(&net, BP_F32, UNITS);
    if (made != BP_OK)
        assert_int_equal(f->create(&net, BP_F64, UNITS), BP_OK);
    void *x = calloc((size_t)ROWS * UNITS, sizeof(double));
    assert_non_null(x);
    assert_int_equal(f->add_dense(net, UNITS, BP_ACT_TANH), BP_OK);
    assert_int_equal(f->set(net, BP_OPT_THREADS, THREADS), BP_OK);
    assert_int_equal(f->init(net, 1), BP_OK);
    const size_t before = threads_of_this_process();
    assert_int_equal(made == BP_OK ? f->train_f32(net, x, x, ROWS, NULL) : f->train_f64(net, x, x, ROWS, NULL), BP_OK);
    assert_int_equal(threads_of_this_process(), before + THREADS - 1); /* else the test shows nothing */
    f->destroy(net);
    free(x);
}

static void the_host_forks_after_the_library_is_gone(void **state)
{
    const char *path = *(const char **)*state;
    for (int i = 0; i < 3; i++) {
        struct plugin f;
        void *loaded = load(path, &f);
        train_on_threads(&f);
        unload(path, loaded);
        const pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0)
            _exit(0);
        int status = 1;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
}

/* A thread whose call fails, and which ends after the library was unloaded. */
struct failing {
    struct plugin f;
    pthread_barrier_t failed, gone;
    bool right; /* its status and sentence */
};

/* It exists only under the sanitiser of leaks. If a thread still runs when the plug-in is unloaded, its sentence
 * stays allocated, as lib/base/last_error.c says. */
extern void __lsan_disable(void) __attribute__((weak));
extern void __lsan_enable(void) __attribute__((weak));

static void *fail_and_wait(void *argument)
{
    struct failing *failing = argument;
    if (__lsan_disable)
        __lsan_disable();
    const bp_status status = failing->f.create(NULL, BP_F32, 1);
    if (__lsan_enable)
        __lsan_enable();
    failing->right = status == BP_ERR_ARG && strcmp(failing->f.last_error(), "bp_net_create: net is NULL") == 0;
    pthread_barrier_wait(&failing->failed);
    pthread_barrier_wait(&failing->gone);
    return NULL;
}

static void a_thread_with_a_sentence_ends_after_the_library_is_gone(void **state)
{
    const char *path = *(const char **)*state;
    struct failing failing;
    pthread_t thread;
    void *loaded = load(path, &failing.f);
    assert_int_equal(pthread_barrier_init(&failing.failed, NULL, 2), 0);
    assert_int_equal(pthread_barrier_init(&failing.gone, NULL, 2), 0);
    assert_int_equal(pthread_create(&thread, NULL, fail_and_wait, &failing), 0);
    pthread_barrier_wait(&failing.failed);
    assert_int_equal(failing.f.create(NULL, BP_F32, 1), BP_ERR_ARG); /* a sentence of the thread that unloads, too */
    unload(path, loaded);
    pthread_barrier_wait(&failing.gone);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_true(failing.right);
    pthread_barrier_destroy(&failing.failed);
    pthread_barrier_destroy(&failing.gone);
}

#define BOTH(test)                                                                                                     \
    {#test "_shared", test, NULL, NULL, &library}, { #test "_plug_in", test, NULL, NULL, &plug_in }

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        BOTH(the_host_forks_after_the_library_is_gone),
        BOTH(a_thread_with_a_sentence_ends_after_the_library_is_gone),
    };
    if (count != 3) {
        fputs("usage: test_unload LIBRARY PLUG_IN\n", stderr);
        return 1;
    }
    library = arguments[1];
    plug_in = arguments[2];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
