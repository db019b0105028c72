/* SPDX-License-Identifier: MIT */
#ifndef BP_TESTS_KERNELS_TYPED_H
#define BP_TESTS_KERNELS_TYPED_H

#include <stdint.h>

/* How many numbers of a random panel, results and the guard around them, differ from the plain sum's by any bit. */
int panel_differences_f32(uint32_t cpu, uint32_t seed);
int panel_differences_f64(uint32_t cpu, uint32_t seed);

#endif
