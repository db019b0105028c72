/* SPDX-License-Identifier: MIT */
#ifndef BP_TESTS_CHECKASM_TYPED_H
#define BP_TESTS_CHECKASM_TYPED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The kernels of one number type as a list of cases. */
struct checkasm {
    size_t (*cases)(void);
    const char *(*name)(size_t at); /* valid until the next call */
    /* How many numbers differ between the kernels for these flags and the reference, which for the product is a
     * plain sum, on a random problem: results, and all around them. */
    size_t (*differences)(size_t at, uint32_t flags, uint32_t seed);
    /* Nanoseconds of a call on a problem of a usual size. */
    double (*nanoseconds)(size_t at, uint32_t flags);
    /* Whether a net gets the same function for its products with these flags as with the others. */
    bool (*same_product)(uint32_t flags, uint32_t others);
};

extern const struct checkasm checkasm_f32, checkasm_f64;

#endif
