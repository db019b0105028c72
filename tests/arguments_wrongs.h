/* SPDX-License-Identifier: MIT
 *
 * The wrong values for the letters of struct call, with what a function answers to each. */
#ifndef ARGUMENTS_WRONGS_H
#define ARGUMENTS_WRONGS_H

#include "arguments_fixture.h"

/** A wrong value for the parameters of some letters. */
struct wrong {
    const char *letters;
    union arg value;
    bp_status status;
};

extern const struct wrong wrongs[];
extern const size_t wrong_count;

/** NaN throughout, and allocators without a size or a function, which the test fills in. */
extern struct numbers with_nan;
extern bp_allocator no_size, no_allocate, no_release;

#endif
