/* SPDX-License-Identifier: MIT
 *
 * What bp_build_info() makes of BP_CPU, which the library reads once: tests/meson.build runs this once for each
 * word. The argument says whether the word must be refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <bp/bp.h>

static bool must_refuse;

static void a_word_that_names_no_kernels_is_refused_in_a_sentence(void **state)
{
    const char *info = bp_build_info();
    (void)state;
    assert_true((strstr(info, "; BP_CPU is ignored: its value is not one of these kernels") != NULL) == must_refuse);
    assert_ptr_equal(bp_build_info(), info);
}

/* All kernels of the processor stay allowed: the newest of those that were built in is used, never one that was not. */
static void the_active_kernels_are_among_those_built_in(void **state)
{
    const char *info = bp_build_info(), *active = strstr(info, "; active: ") + strlen("; active: ");
    const char *kernels = strstr(info, "; kernels: ") + strlen("; kernels: ");
    char name[16] = "";
    (void)state;
    memcpy(name, active, strcspn(active, ";") < sizeof(name) ? strcspn(active, ";") : 0);
    assert_int_not_equal(name[0], 0);
    assert_true(strstr(kernels, name) < strstr(kernels, "; active: "));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_word_that_names_no_kernels_is_refused_in_a_sentence),
        cmocka_unit_test(the_active_kernels_are_among_those_built_in),
    };
    must_refuse = argc == 2 && strcmp(argv[1], "refused") == 0;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
