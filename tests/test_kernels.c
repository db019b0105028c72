/* SPDX-License-Identifier: MIT
 *
 * The kernels of every instruction set against a plain sum, to the bit: one chain of fused multiply-adds per result,
 * ascending, whatever the shape; and nothing written beside the results. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cpu.h"
#include "base/random.h"
#include "kernels_typed.h"

#include <bp/bp.h>

static const uint32_t levels[] = {0, BP_CPU_AVX2, BP_CPU_AVX2 | BP_CPU_AVX512};

static void philox_gives_the_published_vectors(void **state)
{
    /* The known-answer vectors of the paper's Random123 library. */
    static const struct {
        uint64_t seed;
        struct bp_random_block counter, expected;
    } vectors[] = {
        {0, {{0, 0, 0, 0}}, {{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}}},
        {UINT64_MAX,
         {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}},
         {{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}}},
        {0x299f31d0a4093822,
         {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}},
         {{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        const struct bp_random_block got = bp_random_block(vectors[i].seed, vectors[i].counter);
        assert_memory_equal(&got, &vectors[i].expected, sizeof(got));
    }
}

static void the_normal_quantile_gives_the_tabulated_values(void **state)
{
    /* scipy.special.ndtri of scipy 1.10 */
    static const double rows[][2] = {{0.5, 0},
                                     {0.6, 0.2533471031357997},
                                     {0.975, 1.959963984540054},
                                     {0.1, -1.2815515655446004},
                                     {1e-10, -6.361340902404056},
                                     {1e-15, -7.941345326170997}};
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_true(fabs(bp_random_normal_quantile(rows[i][0]) - rows[i][1]) <= 4e-15 * (1 + fabs(rows[i][1])));
}

static void every_instruction_set_gives_the_bits_of_the_plain_sum(void **state)
{
    (void)state;
    const uint32_t found = bp_cpu_flags();
    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
        if (levels[i] & ~found) {
            print_message("this CPU has not all of flags %u: skipped\n", (unsigned)levels[i]);
            continue;
        }
        for (uint32_t seed = 0; seed < 300; seed++) {
#ifdef BP_HAVE_F32
            assert_int_equal(panel_differences_f32(levels[i], seed), 0);
#endif
#ifdef BP_HAVE_F64
            assert_int_equal(panel_differences_f64(levels[i], seed), 0);
#endif
        }
    }
}

/* 50 steps of a net with every kind of layer, on the kernels of one level; the parameters' bytes. */
static void train_on(uint32_t level, int32_t dtype, unsigned char *bytes, size_t size)
{
    double x[12 * 19], target[12 * 5];
    bp_net *net;
    bp_cpu_limit(level);
    for (size_t i = 0; i < sizeof(x) / sizeof(x[0]); i++)
        x[i] = (double)(i * 37 % 23) / 23 - 0.5;
    for (size_t i = 0; i < sizeof(target) / sizeof(target[0]); i++)
        target[i] = i % 5 == i / 5 % 5;
    float narrow_x[12 * 19], narrow_target[12 * 5];
    for (size_t i = 0; i < sizeof(x) / sizeof(x[0]); i++)
        narrow_x[i] = (float)x[i];
    for (size_t i = 0; i < sizeof(target) / sizeof(target[0]); i++)
        narrow_target[i] = (float)target[i];
    assert_int_equal(bp_net_create(&net, dtype, 19), BP_OK);
    assert_int_equal(bp_net_add_dense(net, 33, BP_ACT_GELU), BP_OK);
    assert_int_equal(bp_net_add_dropout(net, 0.2), BP_OK);
    assert_int_equal(bp_net_add_dense(net, 7, BP_ACT_TANH), BP_OK);
    assert_int_equal(bp_net_add_dense(net, 5, BP_ACT_SOFTMAX), BP_OK);
    bp_net_set(net, BP_OPT_LOSS, BP_LOSS_CROSS_ENTROPY);
    bp_net_set(net, BP_OPT_OPTIMIZER, BP_OPTIM_ADAM);
    bp_net_set(net, BP_OPT_CLIP_NORM, 1);
    assert_int_equal(bp_net_init(net, 3), BP_OK);
    for (int step = 0; step < 50; step++)
        assert_int_equal(dtype == BP_F32 ? bp_net_train_f32(net, narrow_x, narrow_target, 12, NULL)
                                         : bp_net_train_f64(net, x, target, 12, NULL),
                         BP_OK);
    const size_t count = bp_net_parameters(net);
    assert_true(count * sizeof(double) <= size);
    memset(bytes, 0, size);
    assert_int_equal(dtype == BP_F32 ? bp_net_get_parameters_f32(net, (float *)(void *)bytes)
                                     : bp_net_get_parameters_f64(net, (double *)(void *)bytes),
                     BP_OK);
    bp_net_destroy(net);
    bp_cpu_limit(UINT32_MAX);
}

static void training_gives_the_same_bits_on_every_instruction_set(void **state)
{
    static const int32_t types[] = {
#ifdef BP_HAVE_F32
        BP_F32,
#endif
#ifdef BP_HAVE_F64
        BP_F64,
#endif
    };
    static double reference[1200], other[1200];
    (void)state;
    const uint32_t found = bp_cpu_flags();
    for (size_t t = 0; t < sizeof(types) / sizeof(types[0]); t++) {
        train_on(0, types[t], (unsigned char *)reference, sizeof(reference));
        for (size_t i = 1; i < sizeof(levels) / sizeof(levels[0]); i++) {
            if (levels[i] & ~found)
                continue;
            train_on(levels[i], types[t], (unsigned char *)other, sizeof(other));
            assert_memory_equal(reference, other, sizeof(reference));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(philox_gives_the_published_vectors),
        cmocka_unit_test(the_normal_quantile_gives_the_tabulated_values),
        cmocka_unit_test(every_instruction_set_gives_the_bits_of_the_plain_sum),
        cmocka_unit_test(training_gives_the_same_bits_on_every_instruction_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
