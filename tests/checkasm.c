/* SPDX-License-Identifier: MIT
 *
 * Every kernel of every instruction set against the reference, to the bit, on random problems; `--bench` times them, in
 * nanoseconds: the reference, then each level that the CPU has. */
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
#include "checkasm_typed.h"

#include <bp/bp.h>

enum { SEEDS = 25 };

/* The types that are built. */
static const struct {
    const char *name;
    const struct checkasm *kernels;
} types[] = {
#ifdef BP_HAVE_F32
    {"f32", &checkasm_f32},
#endif
#ifdef BP_HAVE_F64
    {"f64", &checkasm_f64},
#endif
};

enum { TYPES = sizeof(types) / sizeof(types[0]) };

/* The next of the library's levels, from *i on, that this CPU has; NULL when there is none left. */
static const struct bp_cpu_level *next_level(size_t *i)
{
    const struct bp_cpu_level *level;
    while ((level = bp_cpu_level((*i)++)) != NULL && level->flags & ~bp_cpu_flags())
        print_message("this CPU has no %s: skipped\n", level->name);
    return level;
}

/* A level whose rung is missing from the ladder would run, and test, the kernels of the one before. */
static void every_level_has_kernels_of_its_own_and_a_name(void **state)
{
    const struct bp_cpu_level *level, *below = bp_cpu_level(0);
    (void)state;
    assert_int_equal(below->flags, 0);
    for (size_t i = 1; (level = next_level(&i)) != NULL; below = level) {
        for (size_t t = 0; t < TYPES; t++)
            assert_false(types[t].kernels->same_product(level->flags, below->flags));
        assert_string_not_equal(level->name, below->name);
    }
}

static void the_build_info_names_the_level_in_force(void **state)
{
    const struct bp_cpu_level *level;
    (void)state;
    for (size_t i = 0; (level = next_level(&i)) != NULL;) {
        bp_cpu_limit(level->flags);
        assert_ptr_equal(bp_cpu_active(), level);
        assert_string_equal(strstr(bp_build_info(), "active: ") + strlen("active: "), level->name);
        bp_cpu_limit(UINT32_MAX);
    }
}

static void every_kernel_of_every_level_gives_the_bits_of_the_reference(void **state)
{
    const struct bp_cpu_level *level;
    (void)state;
    for (size_t i = 0; (level = next_level(&i)) != NULL;)
        for (size_t t = 0; t < TYPES; t++)
            for (size_t k = 0; k < types[t].kernels->cases(); k++)
                for (uint32_t seed = 0; seed < SEEDS; seed++) {
                    const size_t differences = types[t].kernels->differences(k, level->flags, seed);
                    if (differences > 0)
                        fail_msg("%s %s, %s, seed %u: %zu numbers differ", types[t].name, types[t].kernels->name(k),
                                 level->name, (unsigned)seed, differences);
                }
}

/* Nanoseconds of every kernel on every level, in columns. */
static int bench(void)
{
    const struct bp_cpu_level *level;
    for (size_t t = 0; t < TYPES; t++) {
        for (size_t k = 0; k < types[t].kernels->cases(); k++) {
            printf("%s %-16s", types[t].name, types[t].kernels->name(k));
            for (size_t i = 0; (level = next_level(&i)) != NULL;)
                printf(" %10.0f", types[t].kernels->nanoseconds(k, level->flags));
            putchar('\n');
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_level_has_kernels_of_its_own_and_a_name),
        cmocka_unit_test(the_build_info_names_the_level_in_force),
        cmocka_unit_test(every_kernel_of_every_level_gives_the_bits_of_the_reference),
    };
    if (argc > 1 && strcmp(argv[1], "--bench") == 0)
        return bench();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
