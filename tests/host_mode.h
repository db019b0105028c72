/* SPDX-License-Identifier: MIT
 *
 * The floating-point mode of the host. Every public call of a test program goes through host_enter() and host_leave(), by the
 * wrappers that make_host_calls.py writes. With BP_TEST_HOST in the environment the library then runs in a mode that is not
 * the default, while the arithmetic of the test itself runs in the default one:
 *
 *   traps                         division by zero, invalid and overflow stop the program
 *   upward, downward, toward_zero the rounding mode
 *   flush                         subnormal numbers are zeros (x86-64: FTZ and DAZ) */
#ifndef BP_TESTS_HOST_MODE_H
#define BP_TESTS_HOST_MODE_H

#include <fenv.h>
#include <stdbool.h>

struct host_mode {
    bool changed;
    fenv_t before;
};

struct host_mode host_enter(void);
void host_leave(struct host_mode mode);

/* Whether calls run in a foreign mode now, with exceptions unmasked or not. */
bool host_is_foreign(void);

/* Where a test hands in NaN or infinity, or lets a number overflow: from one to the other no exception is unmasked, if
 * `where` is true. Other modes stay. */
void host_mask(bool where);
void host_unmask(bool where);

/* The same as setup and teardown of a whole test. */
int host_masked(void **state);
int host_again(void **state);

#define host_masked_test(test) cmocka_unit_test_setup_teardown(test, host_masked, host_again)

#endif
