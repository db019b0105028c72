/* SPDX-License-Identifier: MIT
 *
 * The floating-point mode of the host. Every public call of a test program goes through host_enter() and host_leave(),
 * by the wrappers that make_host_calls.py writes. With BP_TEST_HOST in the environment the library then runs in a mode
 * that is not the default, while the arithmetic of the test itself runs in the default one:
 *
 *   traps                         division by zero, invalid and overflow stop the program
 *   upward, downward, toward_zero the rounding mode
 *   flush                         subnormal numbers are zeros (x86-64: FTZ and DAZ)
 *
 * In every mode the wrappers also see that bp_last_error() keeps its rules: host_judge(). */
#ifndef BP_TESTS_HOST_MODE_H
#define BP_TESTS_HOST_MODE_H

#include <fenv.h>
#include <stdint.h>
#include <stdbool.h>

enum { HOST_SENTENCE = 256 };

struct host_mode {
    bool changed;
    fenv_t before;
    unsigned failures; /* of this thread's calls so far */
    char said[HOST_SENTENCE];
};

struct host_mode host_enter(void);

/* Ends the program unless bp_last_error() follows its rules: after a failure it begins with the name of the function.
 * After anything else it is unchanged, unless a callback of the call has failed itself. */
void host_judge(const struct host_mode *before, const char *function, int32_t status);
void host_leave(struct host_mode mode);

/* Whether calls run in a foreign mode now, with exceptions unmasked or not. */
bool host_is_foreign(void);

/* For a test that passes NaN or infinity, or lets a number overflow: between the two calls no exception is unmasked,
 * if `where` is true. Other modes stay. */
void host_mask(bool where);
void host_unmask(bool where);

/* The same as setup and teardown of a whole test. */
int host_masked(void **state);
int host_again(void **state);

#define host_masked_test(test) cmocka_unit_test_setup_teardown(test, host_masked, host_again)

#endif
