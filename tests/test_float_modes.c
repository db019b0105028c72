/* SPDX-License-Identifier: MIT
 *
 * The floating-point mode of a host: threads compute in the mode of the call, files are read and written with the same
 * bits in every mode, and the mode of every thread stays. */
#define _POSIX_C_SOURCE 200809L
#include <fenv.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "any.h"
#include "read_file.h"

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

/* ---- the modes */

static void set_nearest(void) { fesetround(FE_TONEAREST); }
static void set_upward(void) { fesetround(FE_UPWARD); }
static void set_downward(void) { fesetround(FE_DOWNWARD); }
static void set_toward_zero(void) { fesetround(FE_TOWARDZERO); }

#if defined(__SSE2__)
static void set_flush(void) { _mm_setcsr(_mm_getcsr() | 0x8040); }
#elif defined(__aarch64__)
static void set_flush(void)
{
    uint64_t word;
    __asm__ volatile("mrs %0, fpcr" : "=r"(word));
    __asm__ volatile("msr fpcr, %0" : : "r"(word | UINT64_C(1) << 24));
}
#else
#define set_flush set_nearest
#endif

static const struct mode {
    const char *name;
    void (*set)(void);
} modes[] = {
    {"to nearest", set_nearest},      {"upward", set_upward}, {"downward", set_downward},
    {"toward zero", set_toward_zero}, {"flush", set_flush},
};

enum { MODES = sizeof(modes) / sizeof(modes[0]) };

/* ---- threads */

enum {
    INPUTS = 192,
    UNITS = 256,
    OUTPUTS = 64,
    ROWS = 256,
    PARAMETERS = INPUTS * UNITS + UNITS + UNITS * OUTPUTS + OUTPUTS
};

struct result {
    double y[ROWS * OUTPUTS], parameters[PARAMETERS], loss;
};

static double x[ROWS * INPUTS], target[ROWS * OUTPUTS];

/* Numbers whose products round, and many of which are subnormal in float. */
static void fill(void)
{
    for (size_t i = 0; i < ROWS * INPUTS; i++)
        x[i] = ((double)(i * 7919 % 1009) / 1009 - 0.5) * (i % 2 ? 1 : 1e-37);
    for (size_t i = 0; i < ROWS * OUTPUTS; i++)
        target[i] = (double)(i * 31 % 17) / 17;
}

/* The work of a host that lends threads: it runs the parts one after the other, in another mode. */
static void lend(void *user, size_t count, bp_task *task, void *context)
{
    fenv_t call;
    (void)user;
    fegetenv(&call);
    for (size_t i = count; i-- > 0;) {
        fesetround(i % 2 ? FE_DOWNWARD : FE_UPWARD);
        task(context, i);
        assert_int_equal(fegetround(), i % 2 ? FE_DOWNWARD : FE_UPWARD);
    }
    fesetenv(&call);
}

/* The workers are made in the default mode, and then the host changes its own. */
static void live(const struct mode *mode, int32_t dtype, size_t threads, bool lent, struct result *result)
{
    bp_net *net = NULL;
    fenv_t before;
    any_ok(bp_net_create(&net, dtype, INPUTS));
    any_ok(bp_net_add_dense(net, UNITS, BP_ACT_SIGMOID));
    any_ok(bp_net_add_dense(net, OUTPUTS, BP_ACT_TANH));
    any_ok(bp_net_set(net, BP_OPT_THREADS, (double)threads));
    if (lent)
        any_ok(bp_net_set_parallel_for(net, lend, NULL));
    any_ok(bp_net_init(net, 3));
    any_ok(any_forward(net, x, ROWS, NULL));
    fegetenv(&before);
    mode->set();
    const bp_status forward = any_forward(net, x, ROWS, result->y),
                    backward = any_backward(net, target, ROWS, &result->loss);
    const bp_status step = bp_net_step(net), train = any_train(net, x, target, ROWS, &result->loss);
    fesetenv(&before);
    any_ok(forward);
    any_ok(backward);
    any_ok(step);
    any_ok(train);
    any_ok(any_get_parameters(net, result->parameters));
    bp_net_destroy(net);
}

static void threads_compute_in_the_mode_of_the_call(void **state)
{
    static struct result alone, together;
    static const size_t counts[] = {2, 3, 7};
    fill();
    for (size_t m = 0; m < MODES; m++) {
        live(&modes[m], any_dtype(state), 1, false, &alone);
        for (size_t i = 0; i < 2 * sizeof(counts) / sizeof(counts[0]); i++) {
            const size_t threads = counts[i / 2];
            memset(&together, 0, sizeof(together));
            live(&modes[m], any_dtype(state), threads, i % 2, &together);
            if (memcmp(&alone, &together, sizeof(alone)) != 0)
                fail_msg("%s: %zu threads%s give other bits than one", modes[m].name, threads,
                         i % 2 ? " of the host" : "");
        }
    }
}

/* ---- files */

enum { CSV_ROWS = 400, SAVED = 1 << 16 };

static char path[] = "/tmp/bp-float-modes-XXXXXX";

static void write_csv(void)
{
    uint64_t seed = UINT64_C(88172645463325252);
    const int file = mkstemp(path);
    assert_true(file >= 0);
    FILE *csv = fdopen(file, "w");
    assert_non_null(csv);
    for (int i = 0; i < CSV_ROWS; i++) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        const double fraction = (double)(seed >> 11) * 0x1p-53;
        fprintf(csv, "%.10g,%.17g,%.5g,%.17g\n", fraction * 1e3, fraction * 1e-300, fraction, fraction * 1e-310);
    }
    assert_int_equal(fclose(csv), 0);
}

struct files {
    double rows[CSV_ROWS * 4], rate, decay, center[3], factor[3];
    char saved[SAVED];
    size_t size;
    bp_status read, save, load;
};

static void use_files(const struct mode *mode, int32_t dtype, struct files *files)
{
    const double center[3] = {0.1, 1.0 / 3, 2e-310}, factor[3] = {1e-5, 0.7, 3};
    bp_net *net = NULL, *loaded = NULL;
    bp_data *data = NULL;
    fenv_t before;
    assert_int_equal(bp_data_create(&data, NULL), BP_OK);
    any_ok(bp_net_create(&net, dtype, 3));
    any_ok(bp_net_add_dense(net, 4, BP_ACT_TANH));
    any_ok(bp_net_set(net, BP_OPT_LEARNING_RATE, 0.003));
    any_ok(bp_net_set(net, BP_OPT_WEIGHT_DECAY, 0.1));
    any_ok(bp_net_init(net, 7));
    if (dtype == BP_F64)
        any_ok(any_set_scaling(net, center, factor, NULL, NULL));
    fegetenv(&before);
    mode->set();
    const int rounding = fegetround();
    files->read = read_csv(data, path, NULL);
    files->save = bp_net_save_memory(net, files->saved, sizeof(files->saved), &files->size);
    files->load = bp_net_load_memory(&loaded, files->saved, files->size, NULL);
    const bool kept = fegetround() == rounding;
    fesetenv(&before);
    assert_true(kept);
    assert_int_equal(files->read, BP_OK);
    assert_int_equal(files->save, BP_OK);
    assert_int_equal(files->load, BP_OK);
    any_ok(bp_net_get(loaded, BP_OPT_LEARNING_RATE, &files->rate));
    any_ok(bp_net_get(loaded, BP_OPT_WEIGHT_DECAY, &files->decay));
    assert_true(files->rate == 0.003 && files->decay == 0.1);
    if (dtype == BP_F64) {
        any_ok(any_get_input_scaling(loaded, files->center, files->factor));
        assert_memory_equal(files->center, center, sizeof(center));
        assert_memory_equal(files->factor, factor, sizeof(factor));
    }
    assert_int_equal(bp_data_copy_inputs(data, 0, CSV_ROWS, BP_F64, files->rows), BP_OK);
    bp_net_destroy(loaded);
    bp_net_destroy(net);
    bp_data_destroy(data);
}

static void files_have_the_same_bits_in_every_mode(void **state)
{
    static struct files nearest, other;
    const int32_t dtype = any_dtype(state);
    write_csv();
    use_files(&modes[0], dtype, &nearest);
    for (size_t m = 1; m < MODES; m++) {
        memset(&other, 0, sizeof(other));
        use_files(&modes[m], dtype, &other);
        if (memcmp(&nearest, &other, sizeof(nearest)) != 0)
            fail_msg("%s: a file gives or gets other bits", modes[m].name);
    }
    unlink(path);
    memcpy(path + strlen(path) - 6, "XXXXXX", 6);
}

static void sentences_have_the_same_digits_in_every_mode(void **state)
{
    bp_net *net = NULL;
    any_ok(bp_net_create(&net, any_dtype(state), 1));
    for (size_t m = 0; m < MODES; m++) {
        fenv_t before;
        fegetenv(&before);
        modes[m].set();
        const bp_status status = bp_net_set(net, BP_OPT_MOMENTUM, 1.1);
        fesetenv(&before);
        assert_int_equal(status, BP_ERR_ARG);
        assert_non_null(strstr(bp_last_error(), "momentum is 1.1: "));
    }
    bp_net_destroy(net);
}

int main(void)
{
    if (host_is_foreign()) {
        print_message("skipped: it sets modes itself, and BP_TEST_HOST is set\n");
        return 0;
    }
    const struct CMUnitTest tests[] = {
        ANY_BOTH(threads_compute_in_the_mode_of_the_call),
        ANY_BOTH(files_have_the_same_bits_in_every_mode),
        ANY_BOTH(sentences_have_the_same_digits_in_every_mode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
