/* SPDX-License-Identifier: MIT
 *
 * The random numbers against published values. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(philox_gives_the_published_vectors),
        cmocka_unit_test(the_normal_quantile_gives_the_tabulated_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
