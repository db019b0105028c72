/* SPDX-License-Identifier: MIT
 *
 * Products that only read their operands: bench/operands_tmpl.c makes them for each instruction set. */
#ifndef BP_BENCH_OPERANDS_H
#define BP_BENCH_OPERANDS_H

#include "kernels/kernels.h"

struct operands {
    void (*as_they_lie)(const struct REAL(bp_product) *product);
    /* Packs a and b before it reads them. An a that was packed is used again as long as it is kept. */
    void (*packed_first)(const struct REAL(bp_product) *product);
    /* Begins again with nothing packed; from then on up to so many are kept. */
    void (*forget)(size_t most);
    void (*release)(void);
    size_t lanes;           /* of a vector */
    size_t multiplications; /* of vectors, that a step of a whole tile has */
};

extern const struct operands operands_generic_f32, operands_avx2_f32, operands_avx512_f32, operands_neon_f32;

#endif
