/* SPDX-License-Identifier: MIT
 *
 * exp, log and related functions: within 2 units in the last place of the libm for the next wider type, exact at the
 * ends, and the same bits on every instruction set. The quick test takes 2^20 numbers spread over all bit patterns;
 * `--all`, or `--all sigmoid`, every float, and more doubles, on the best instruction set, a thread for each half. */
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cpu.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { BLOCK = 4096 };

/* ---- the instruction sets */

typedef void f32_fn(size_t function, size_t n, const float *x, float *y);
typedef void f64_fn(size_t function, size_t n, const double *x, double *y);

f32_fn elementary_generic_f32, elementary_avx2_f32, elementary_avx512_f32, elementary_neon_f32;
f64_fn elementary_generic_f64, elementary_avx2_f64, elementary_avx512_f64, elementary_neon_f64;

static const struct {
    uint32_t flags;
    f32_fn *f32;
    f64_fn *f64;
} isas[] = {
    {0, elementary_generic_f32, elementary_generic_f64},
#ifdef BP_HAVE_AVX2
    {BP_CPU_AVX2, elementary_avx2_f32, elementary_avx2_f64},
#endif
#ifdef BP_HAVE_AVX512
    {BP_CPU_AVX512, elementary_avx512_f32, elementary_avx512_f64},
#endif
#ifdef BP_HAVE_NEON
    {0, elementary_neon_f32, elementary_neon_f64},
#endif
};

static bool is_here(size_t isa) { return (isas[isa].flags & ~bp_cpu_flags()) == 0; }

static size_t best_isa(void)
{
    size_t best = 0;
    for (size_t i = 0; i < COUNT(isas); i++)
        best = is_here(i) ? i : best;
    return best;
}

/* ---- the functions */

static double sigmoid(double x) { return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)); }
static long double sigmoidl(long double x) { return x < 0 ? expl(x) / (1 + expl(x)) : 1 / (1 + expl(-x)); }
static double softplus(double x) { return (x < 0 ? 0 : x) + log1p(exp(-fabs(x))); }
static long double softplusl(long double x) { return (x < 0 ? 0 : x) + log1pl(expl(-fabsl(x))); }

static const struct {
    const char *name;
    double (*f64)(double x);
    long double (*wide)(long double x);
    double at_0, at_infinity, at_minus_infinity;
} functions[] = {
    {"exp", exp, expl, 1, INFINITY, 0},
    {"expm1", expm1, expm1l, 0, INFINITY, -1},
    {"log", log, logl, -INFINITY, INFINITY, NAN},
    {"log1p", log1p, log1pl, 0, INFINITY, NAN},
    {"tanh", tanh, tanhl, 0, 1, -1},
    {"sigmoid", sigmoid, sigmoidl, 0.5, 1, 0},
    {"softplus", softplus, softplusl, 0x1.62e42fefa39efp-1, INFINITY, 0},
    {"erf", erf, erfl, 0, 1, -1},
    {"erfc", erfc, erfcl, 1, 0, 2},
    {"sin", sin, sinl, 0, NAN, NAN},
    {"cos", cos, cosl, 1, NAN, NAN},
};

/* ---- errors, in units in the last place of the right result */

static double unit_f32(double value)
{
    int e;
    frexp(value, &e);
    return ldexp(1, e < -125 ? -149 : e - 24);
}

static double unit_f64(double value)
{
    int e;
    frexp(value, &e);
    return ldexp(1, e < -1021 ? -1074 : e - 53);
}

/* Both NaN, or both beyond the largest finite number, is right. */
static double error_f32(float got, double right)
{
    if (isnan(right) || isnan(got))
        return isnan(right) && isnan(got) ? 0 : INFINITY;
    if (isinf(got) || isinf((float)right))
        return got == (float)right ? 0 : INFINITY;
    return fabs((double)got - right) / unit_f32(right);
}

static double error_f64(double got, long double right)
{
    if (isnan(right) || isnan(got))
        return isnan(right) && isnan(got) ? 0 : INFINITY;
    if (isinf(got) || isinf((double)right))
        return got == (double)right ? 0 : INFINITY;
    return (double)fabsl((long double)got - right) / unit_f64((double)right);
}

struct worst {
    double error, at;
};

static void keep(struct worst *worst, double error, double at)
{
    if (!(error <= worst->error))
        *worst = (struct worst){error, at};
}

/* The floats whose bits are first, first + step, ... for `blocks` blocks. */
static struct worst worst_f32(size_t isa, size_t function, uint32_t first, uint32_t step, size_t blocks)
{
    struct worst worst = {0, 0};
    float x[BLOCK], y[BLOCK];
    for (; blocks > 0; blocks--) {
        for (size_t i = 0; i < BLOCK; i++, first += step)
            memcpy(&x[i], &first, sizeof(first));
        isas[isa].f32(function, BLOCK, x, y);
        for (size_t i = 0; i < BLOCK; i++)
            keep(&worst, error_f32(y[i], functions[function].f64((double)x[i])), (double)x[i]);
    }
    return worst;
}

/* Doubles of all bit patterns, and in turn with them doubles between -`span` and `span`. */
static double number(uint64_t *state, size_t i, double span)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    const uint64_t bits = *state ^ *state >> 29;
    double x;
    if (i % 2)
        return span * ((double)(int64_t)bits * 0x1p-63);
    memcpy(&x, &bits, sizeof(x));
    return x;
}

static struct worst worst_f64(size_t isa, size_t function, uint64_t seed, size_t blocks)
{
    static const double spans[] = {1, 4, 30, 800};
    struct worst worst = {0, 0};
    double x[BLOCK], y[BLOCK];
    for (; blocks > 0; blocks--) {
        for (size_t i = 0; i < BLOCK; i++)
            x[i] = number(&seed, i, spans[blocks % COUNT(spans)]);
        isas[isa].f64(function, BLOCK, x, y);
        for (size_t i = 0; i < BLOCK; i++)
            keep(&worst, error_f64(y[i], functions[function].wide((long double)x[i])), x[i]);
    }
    return worst;
}

static void assert_small(const char *type, size_t function, struct worst worst)
{
    if (!(worst.error <= 2))
        fail_msg("%s %s is off by %.3f units in the last place at %a", type, functions[function].name, worst.error,
                 worst.at);
}

static void errors_are_within_two_units_in_the_last_place(void **state)
{
    (void)state;
    for (size_t f = 0; f < COUNT(functions); f++) {
        assert_small("f32", f, worst_f32(best_isa(), f, 5, 4093, 256));
        assert_small("f64", f, worst_f64(best_isa(), f, f, 128));
    }
}

static void every_instruction_set_gives_the_same_bits(void **state)
{
    (void)state;
    float x[BLOCK], y[2][BLOCK];
    double wide_x[BLOCK], wide_y[2][BLOCK];
    uint32_t bits = 1;
    uint64_t seed = 1;
    for (size_t block = 0; block < 32; block++) {
        for (size_t i = 0; i < BLOCK; i++) {
            const double value = number(&seed, i, 100);
            bits += 32771;
            memcpy(&x[i], &bits, sizeof(bits));
            x[i] = isnan(x[i]) ? 0 : x[i]; /* the CPU decides which NaN follows from NaN */
            wide_x[i] = isnan(value) ? 0 : value;
        }
        for (size_t f = 0; f < COUNT(functions); f++)
            for (size_t isa = 1; isa < COUNT(isas); isa++) {
                if (!is_here(isa))
                    continue;
                isas[0].f32(f, BLOCK, x, y[0]);
                isas[isa].f32(f, BLOCK, x, y[1]);
                isas[0].f64(f, BLOCK, wide_x, wide_y[0]);
                isas[isa].f64(f, BLOCK, wide_x, wide_y[1]);
                for (size_t i = 0; i < BLOCK; i++) {
                    const bool same = isnan(y[0][i]) ? isnan(y[1][i]) : memcmp(&y[0][i], &y[1][i], sizeof(float)) == 0;
                    const bool wide_same = isnan(wide_y[0][i])
                                               ? isnan(wide_y[1][i])
                                               : memcmp(&wide_y[0][i], &wide_y[1][i], sizeof(double)) == 0;
                    if (!same || !wide_same)
                        fail_msg("%s, instruction set %zu: %a or %a", functions[f].name, isa, (double)x[i], wide_x[i]);
                }
            }
    }
}

static void the_ends_are_right(void **state)
{
    (void)state;
    const double ends[] = {0, -0.0, INFINITY, -INFINITY, NAN};
    for (size_t isa = 0; isa < COUNT(isas); isa++)
        for (size_t f = 0; is_here(isa) && f < COUNT(functions); f++) {
            const double right[] = {functions[f].at_0, functions[f].at_0 == 0 ? -0.0 : functions[f].at_0,
                                    functions[f].at_infinity, functions[f].at_minus_infinity, NAN};
            float x[16] = {0}, y[16];
            double wide_x[16] = {0}, wide_y[16];
            for (size_t i = 0; i < COUNT(ends); i++)
                x[i] = (float)(wide_x[i] = ends[i]);
            isas[isa].f32(f, 16, x, y);
            isas[isa].f64(f, 16, wide_x, wide_y);
            for (size_t i = 0; i < COUNT(ends); i++) {
                const float f32_right = (float)right[i];
                if (isnan(right[i])
                        ? !isnan(y[i]) || !isnan(wide_y[i])
                        : memcmp(&y[i], &f32_right, sizeof(float)) || memcmp(&wide_y[i], &right[i], sizeof(double)))
                    fail_msg("%s, instruction set %zu, at %g: %a and %a", functions[f].name, isa, ends[i], (double)y[i],
                             wide_y[i]);
            }
        }
}

/* ---- every float */

struct half {
    pthread_t thread;
    size_t function;
    uint32_t first;
    struct worst f32, f64;
};

static void *search_half(void *argument)
{
    struct half *half = argument;
    half->f32 = worst_f32(best_isa(), half->function, half->first, 1, (UINT32_C(1) << 31) / BLOCK);
    half->f64 = worst_f64(best_isa(), half->function, half->first + 77, 8192);
    return NULL;
}

/* Of one function, or of all. */
static int search_all(const char *name)
{
    bool good = true;
    for (size_t f = 0; f < COUNT(functions); f++) {
        if (name && strcmp(name, functions[f].name) != 0)
            continue;
        struct half halves[] = {{.function = f}, {.function = f, .first = UINT32_C(1) << 31}};
        for (size_t i = 0; i < 2; i++)
            if (pthread_create(&halves[i].thread, NULL, search_half, &halves[i]) != 0)
                return 1;
        for (size_t i = 0; i < 2; i++)
            pthread_join(halves[i].thread, NULL);
        keep(&halves[0].f32, halves[1].f32.error, halves[1].f32.at);
        keep(&halves[0].f64, halves[1].f64.error, halves[1].f64.at);
        printf("%-8s f32 %.3f at %-16a f64 %.3f at %a\n", functions[f].name, halves[0].f32.error, halves[0].f32.at,
               halves[0].f64.error, halves[0].f64.at);
        fflush(stdout);
        good = good && halves[0].f32.error <= 2 && halves[0].f64.error <= 2;
    }
    return good ? 0 : 1;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_are_within_two_units_in_the_last_place),
        cmocka_unit_test(every_instruction_set_gives_the_same_bits),
        cmocka_unit_test(the_ends_are_right),
    };
    if (argc > 1 && strcmp(argv[1], "--all") == 0)
        return search_all(argc > 2 ? argv[2] : NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
