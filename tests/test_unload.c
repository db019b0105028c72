/* SPDX-License-Identifier: MIT
 *
 * A plug-in may bring the library and take it away: after a net with threads was trained and destroyed, the library is unloaded,
 * and the host forks and ends as if it had never been there. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <bp/bp.h>

enum { UNITS = 128, ROWS = 256, THREADS = 3 };

static const char *library;

/* The functions that the test calls, by the names of bp.h. */
struct functions {
    __typeof__(bp_net_create) *create;
    __typeof__(bp_net_add_dense) *add_dense;
    __typeof__(bp_net_init) *init;
    __typeof__(bp_net_set) *set;
    __typeof__(bp_net_train_f32) *train_f32;
    __typeof__(bp_net_train_f64) *train_f64;
    __typeof__(bp_net_destroy) *destroy;
};

static void find(void *loaded, const char *name, void *function)
{
    void *found = dlsym(loaded, name);
    assert_non_null(found);
    memcpy(function, &found, sizeof(found));
}

static struct functions find_all(void *loaded)
{
    struct functions f;
    find(loaded, "bp_net_create", &f.create);
    find(loaded, "bp_net_add_dense", &f.add_dense);
    find(loaded, "bp_net_init", &f.init);
    find(loaded, "bp_net_set", &f.set);
    find(loaded, "bp_net_train_f32", &f.train_f32);
    find(loaded, "bp_net_train_f64", &f.train_f64);
    find(loaded, "bp_net_destroy", &f.destroy);
    return f;
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

static void train_on_threads(const struct functions *f)
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
    (void)state;
    for (int i = 0; i < 3; i++) {
        void *loaded = dlopen(library, RTLD_NOW | RTLD_LOCAL);
        if (!loaded)
            fail_msg("%s", dlerror());
        const struct functions f = find_all(loaded);
        train_on_threads(&f);
        assert_int_equal(dlclose(loaded), 0);
#ifdef __GLIBC__ /* other C libraries may keep it */
        assert_null(dlopen(library, RTLD_NOW | RTLD_NOLOAD));
#endif
        const pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0)
            _exit(0);
        int status = 1;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_host_forks_after_the_library_is_gone)};
    library = count > 1 ? arguments[1] : "libbp.so";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
