/* SPDX-License-Identifier: MIT
 *
 * The library leaves its host alone: after the whole life of a net, with failures, errno, the floating-point mode, the
 * locale and the standard streams are as before. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fenv.h>
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "any.h"

enum { SENTINEL = 4711, ROWS = 3 };

/* Each step returns the first call that changed errno. */
#define KEEPS_ERRNO(call)                                                                                              \
    do {                                                                                                               \
        errno = SENTINEL;                                                                                              \
        (void)(call);                                                                                                  \
        if (errno != SENTINEL)                                                                                         \
            return #call;                                                                                              \
    } while (0)

/* Large numbers, for which exp and related functions of the C library report overflow and underflow. */
static const char *live(int32_t dtype, int32_t activation, const bp_allocator *none)
{
    const double x[ROWS] = {-1e4, 1e4, 0}, target[ROWS] = {0, 1, 0.5};
    double y[ROWS], loss;
    bp_net *net = NULL, *copy = NULL;
    KEEPS_ERRNO(bp_net_create(&net, dtype, 1));
    KEEPS_ERRNO(bp_net_create_with(&copy, dtype, 1, none));
    KEEPS_ERRNO(bp_net_add_dense(net, 2, activation));
    KEEPS_ERRNO(bp_net_add(net, BP_KIND_DROPOUT, "rate=0.5"));
    KEEPS_ERRNO(bp_net_add_dense(net, 1, BP_ACT_SIGMOID));
    KEEPS_ERRNO(bp_net_layer_set(net, 0, BP_LAYER_INIT, BP_INIT_NGUYEN_WIDROW));
    KEEPS_ERRNO(bp_net_layer_set(net, 2, BP_LAYER_INIT, BP_INIT_ORTHOGONAL));
    KEEPS_ERRNO(bp_net_set(net, BP_OPT_LOSS, BP_LOSS_BINARY_CROSS_ENTROPY));
    host_mask(true);
    KEEPS_ERRNO(bp_net_set(net, BP_OPT_LOSS, NAN));
    host_unmask(true);
    KEEPS_ERRNO(bp_net_init(net, 1));
    if (dtype == BP_F32) {
        const float narrow_x[ROWS] = {-1e4f, 1e4f, 0}, narrow_target[ROWS] = {0, 1, 0.5f};
        float narrow_y[ROWS];
        KEEPS_ERRNO(bp_net_forward_f32(net, narrow_x, ROWS, narrow_y));
        KEEPS_ERRNO(bp_net_backward_f32(net, narrow_target, ROWS, &loss));
        KEEPS_ERRNO(bp_net_backward_from_f32(net, narrow_x, ROWS));
        KEEPS_ERRNO(bp_net_step(net));
        KEEPS_ERRNO(bp_net_train_f32(net, narrow_x, narrow_target, ROWS, &loss));
        KEEPS_ERRNO(bp_net_predict_f32(net, narrow_x, ROWS, narrow_y, NULL));
    } else {
        KEEPS_ERRNO(bp_net_forward_f64(net, x, ROWS, y));
        KEEPS_ERRNO(bp_net_backward_f64(net, target, ROWS, &loss));
        KEEPS_ERRNO(bp_net_backward_from_f64(net, x, ROWS));
        KEEPS_ERRNO(bp_net_step(net));
        KEEPS_ERRNO(bp_net_train_f64(net, x, target, ROWS, &loss));
        KEEPS_ERRNO(bp_net_predict_f64(net, x, ROWS, y, NULL));
    }
    bp_data *data = NULL;
    KEEPS_ERRNO(bp_data_create(&data, NULL));
    KEEPS_ERRNO(bp_data_set_inputs(data, BP_F64, x, ROWS, 1, 0, BP_HOLD_COPY));
    KEEPS_ERRNO(bp_data_set_target(data, BP_F64, target, 1, 0, BP_HOLD_BORROW));
    KEEPS_ERRNO(bp_net_forward_rows(net, data, 0, ROWS));
    KEEPS_ERRNO(bp_net_backward_rows(net, data, 0, ROWS, &loss));
    KEEPS_ERRNO(bp_net_train_rows(net, data, 0, ROWS, &loss));
    KEEPS_ERRNO(bp_net_loss_rows(net, data, 0, ROWS, &loss, NULL));
    KEEPS_ERRNO(bp_data_destroy(data));
    KEEPS_ERRNO(bp_net_destroy(net));
    return NULL;
}

static void *no_memory(void *user, size_t size)
{
    (void)user;
    (void)size;
    return NULL;
}

static void no_release(void *user, void *memory, size_t size)
{
    (void)user;
    (void)memory;
    (void)size;
}

static void live_with_every_activation(int32_t dtype)
{
    const bp_allocator none = {sizeof(none), NULL, no_memory, no_release};
    for (size_t i = 0; bp_key_at(BP_FAMILY_ACTIVATION, i) != 0; i++) {
        const bool overflows = bp_key_at(BP_FAMILY_ACTIVATION, i) == BP_ACT_EXP;
        host_mask(overflows);
        const char *changed = live(dtype, bp_key_at(BP_FAMILY_ACTIVATION, i), &none);
        host_unmask(overflows);
        if (changed)
            fail_msg("%s with %s changes errno", changed, bp_key_name(bp_key_at(BP_FAMILY_ACTIVATION, i)));
    }
}

static void errno_stays(void **state) { live_with_every_activation(any_dtype(state)); }

static void the_rounding_mode_stays_and_the_locale(void **state)
{
    const int32_t dtype = any_dtype(state);
    char before[4096]; /* a name for every category, where they differ */
    snprintf(before, sizeof(before), "%s", setlocale(LC_ALL, NULL));
    const int rounding = fegetround();
    live_with_every_activation(dtype);
    assert_int_equal(fegetround(), rounding);
    assert_string_equal(setlocale(LC_ALL, NULL), before);
    volatile double tiny = 0x1p-1022; /* subnormals are neither flushed nor taken for 0 */
    assert_true(tiny / 2 > 0);
}

/* If the locale writes a comma, as in CI, the sentence still has a point. */
static void a_sentence_has_a_decimal_point(void **state)
{
    bp_net *net = NULL;
    any_ok(bp_net_create(&net, any_dtype(state), 1));
    assert_int_equal(bp_net_set(net, BP_OPT_LEARNING_RATE, -0.25), BP_ERR_ARG);
    assert_non_null(strstr(bp_last_error(), "learning_rate is -0.25: it must be 0 to 1e+30"));
    bp_net_destroy(net);
}

static void nothing_is_printed(void **state)
{
    const int32_t dtype = any_dtype(state);
    int ends[2];
    char byte;
    fflush(NULL);
    assert_int_equal(pipe(ends), 0);
    const int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO);
    assert_true(dup2(ends[1], STDOUT_FILENO) >= 0 && dup2(ends[1], STDERR_FILENO) >= 0);
    close(ends[1]);
    live_with_every_activation(dtype);
    fflush(NULL);
    assert_true(dup2(out, STDOUT_FILENO) >= 0 && dup2(err, STDERR_FILENO) >= 0);
    close(out);
    close(err);
    assert_int_equal(read(ends[0], &byte, 1), 0);
    close(ends[0]);
}

#define BOTH(test)                                                                                                     \
    {#test "_f32", test, NULL, NULL, &f32}, { #test "_f64", test, NULL, NULL, &f64 }

int main(void)
{
    static int32_t f32 = BP_F32, f64 = BP_F64;
    const struct CMUnitTest tests[] = {
        BOTH(errno_stays),
        BOTH(the_rounding_mode_stays_and_the_locale),
        BOTH(a_sentence_has_a_decimal_point),
        BOTH(nothing_is_printed),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
