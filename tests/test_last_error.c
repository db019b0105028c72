/* SPDX-License-Identifier: MIT
 *
 * bp_last_error() of a library that is loaded by dlopen(). Every test program checks at every call that success,
 * queries and destroying leave the sentence alone, and that the sentence of a failure begins with the name of the
 * function: host_judge() of host_mode.h. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <bp/bp.h>

static __typeof__(bp_net_create) *create;
static __typeof__(bp_net_destroy) *destroy;
static __typeof__(bp_last_error) *last_error;
static __typeof__(bp_status_string) *status_string;
static __typeof__(bp_build_info) *build_info;

/* ---- memory that fails: with export_dynamic the library takes this one, unless a sanitiser has brought its own */

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITISED
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITISED
#endif

static _Thread_local bool no_memory;
static _Thread_local unsigned refused;

#ifndef SANITISED
void *calloc(size_t count, size_t size)
{
    if (no_memory || (size > 0 && count > SIZE_MAX / size)) {
        refused++;
        errno = ENOMEM;
        return NULL;
    }
    void *memory = malloc(count * size);
    return memory ? memset(memory, 0, count * size) : NULL;
}
#endif

static void find(void *loaded, const char *name, void *function)
{
    void *found = dlsym(loaded, name);
    assert_non_null(found);
    memcpy(function, &found, sizeof(found));
}

/* ---- each test in a thread of its own, which has no sentence yet */

struct outcome {
    bool right;
    char said[512];
};

static bool says(struct outcome *outcome, const char *expected)
{
    snprintf(outcome->said, sizeof(outcome->said), "\"%s\" where \"%s\" was expected", last_error(), expected);
    return strcmp(last_error(), expected) == 0;
}

static void in_a_thread(void *work(void *))
{
    struct outcome outcome = {0};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, work, &outcome), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    if (!outcome.right)
        fail_msg("%s", outcome.said);
}

static void *fail_and_succeed(void *context)
{
    struct outcome *o = context;
    const int32_t type = strstr(build_info(), " f32") ? BP_F32 : BP_F64;
    bp_net *net = NULL;
    o->right = says(o, "") && create(NULL, type, 1) == BP_ERR_ARG && says(o, "bp_net_create: net is NULL") &&
               create(&net, type, 0) == BP_ERR_SHAPE && net == NULL &&
               says(o, "bp_net_create: inputs is 0: at least 1 is needed");
    o->right =
        o->right && create(&net, type, 1) == BP_OK && says(o, "bp_net_create: inputs is 0: at least 1 is needed");
    destroy(net);
    return NULL;
}

static void the_last_failure_is_reported(void **state)
{
    (void)state;
    in_a_thread(fail_and_succeed);
}

static void a_thread_without_failures_has_no_sentence(void **state)
{
    (void)state;
    assert_int_equal(create(NULL, BP_F32, 1), BP_ERR_ARG);
    in_a_thread(fail_and_succeed); /* which begins with none */
    assert_string_equal(last_error(), "bp_net_create: net is NULL");
}

static void *fail_without_memory(void *context)
{
    struct outcome *o = context;
    no_memory = true;
    errno = 0;
    const bp_status status = create(NULL, BP_F32, 1);
    no_memory = false;
    o->right = status == BP_ERR_ARG && errno == 0 && says(o, status_string(BP_ERR_ARG)) && refused > 0 &&
               create(NULL, BP_F32, 1) == BP_ERR_ARG && says(o, "bp_net_create: net is NULL");
    no_memory = true; /* from here on there is memory for a sentence */
    o->right =
        o->right && create(&(bp_net *){NULL}, -1, 1) == BP_ERR_UNSUPPORTED && strstr(last_error(), "dtype is -1");
    no_memory = false;
    return NULL;
}

static void without_memory_the_status_is_the_sentence(void **state)
{
    (void)state;
#ifdef SANITISED
    print_message("a sanitiser brings its own calloc(): not tried\n");
    skip();
#endif
    in_a_thread(fail_without_memory);
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_memory_the_status_is_the_sentence), /* first: there is no key yet */
        cmocka_unit_test(the_last_failure_is_reported),
        cmocka_unit_test(a_thread_without_failures_has_no_sentence),
    };
    void *loaded = count == 2 ? dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    if (!loaded) {
        fprintf(stderr, "usage: test_last_error LIBRARY: %s\n", count == 2 ? dlerror() : "one argument is needed");
        return 1;
    }
    find(loaded, "bp_net_create", &create);
    find(loaded, "bp_net_destroy", &destroy);
    find(loaded, "bp_last_error", &last_error);
    find(loaded, "bp_status_string", &status_string);
    find(loaded, "bp_build_info", &build_info);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
