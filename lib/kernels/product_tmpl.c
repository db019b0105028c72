/* SPDX-License-Identifier: MIT
 *
 * The product of a panel: a tile of ROWS x BP_LANES results stays in registers while the sum runs down the depth. */
#include <tgmath.h>

#include "kernels/kernels.h"

/* Rows of a tile: as many as the registers hold with a vector of b and a number of a beside them. */
#if defined(__AVX512F__)
#define ROWS 12
#else
#define ROWS 6
#endif

/* Depth of a block: this much of b, 16 KiB in f32 and f64 alike, stays in the first-level cache over all tiles. */
enum { DEPTH = 256 };

/* One tile of whole vectors: `rows` is a constant at each call, so that the loops over rows and lanes unroll into vector
 * registers. */
BP_INLINE void tile(const size_t rows, const struct REAL(bp_panel) *p)
{
    real sum[ROWS][BP_LANES];
    const size_t depth = p->depth, a_row = p->a_row, a_step = p->a_step, b_step = p->b_step;
    const real *restrict a = p->a, *restrict b = p->b;
    for (size_t m = 0; m < rows; m++)
        for (size_t n = 0; n < BP_LANES; n++)
            sum[m][n] = p->start[m * p->start_row + n];
    for (size_t k = 0; k < depth; k++, a += a_step, b += b_step) {
        BP_UNROLL
        for (size_t m = 0; m < rows; m++) {
            const real am = a[m * a_row];
            for (size_t n = 0; n < BP_LANES; n++)
                sum[m][n] = fma(am, b[n], sum[m][n]);
        }
    }
    for (size_t m = 0; m < rows; m++)
        for (size_t n = 0; n < BP_LANES; n++)
            p->c[m * p->c_row + n] = sum[m][n];
}

/* A tile of up to ROWS rows, with a constant for each case. */
static void tile_of(size_t rows, const struct REAL(bp_panel) *p)
{
    switch (rows) {
    case 1:
        tile(1, p);
        break;
    case 2:
        tile(2, p);
        break;
    case 3:
        tile(3, p);
        break;
    case 4:
        tile(4, p);
        break;
    case 5:
        tile(5, p);
        break;
    case 6:
        tile(6, p);
        break;
#if ROWS > 6
    case 7:
        tile(7, p);
        break;
    case 8:
        tile(8, p);
        break;
    case 9:
        tile(9, p);
        break;
    case 10:
        tile(10, p);
        break;
    case 11:
        tile(11, p);
        break;
    case 12:
        tile(12, p);
        break;
#endif
    }
}

/* A tile of fewer columns than a vector has: start and c may end there, so the vectors stand in a buffer meanwhile. */
static void narrow_tile_of(size_t rows, const struct REAL(bp_panel) *p)
{
    real buffer[ROWS][BP_LANES] = {{0}};
    for (size_t m = 0; m < rows; m++)
        for (size_t n = 0; n < p->columns; n++)
            buffer[m][n] = p->start[m * p->start_row + n];
    struct REAL(bp_panel) whole = *p;
    whole.start = whole.c = buffer[0];
    whole.start_row = whole.c_row = BP_LANES;
    tile_of(rows, &whole);
    for (size_t m = 0; m < rows; m++)
        for (size_t n = 0; n < p->columns; n++)
            p->c[m * p->c_row + n] = buffer[m][n];
}

/* All rows of one block of the depth. */
static void block(struct REAL(bp_panel) p)
{
    for (size_t left = p.rows; left > 0;) {
        const size_t rows = left < ROWS ? left : ROWS;
        if (p.columns == BP_LANES)
            tile_of(rows, &p);
        else
            narrow_tile_of(rows, &p);
        p.a += rows * p.a_row;
        p.start += rows * p.start_row;
        p.c += rows * p.c_row;
        left -= rows;
    }
}

static void panel(const struct REAL(bp_panel) *whole)
{
    struct REAL(bp_panel) p = *whole;
    for (size_t left = whole->depth; left > DEPTH; left -= DEPTH) {
        p.depth = DEPTH;
        block(p);
        p.a += DEPTH * p.a_step;
        p.b += DEPTH * p.b_step;
        p.start = p.c; /* the chain goes on from where the block before left it */
        p.start_row = p.c_row;
        p.depth = left - DEPTH;
    }
    block(p);
}

void KERNEL(bp_product_fill)(struct REAL(bp_kernels) *kernels) { kernels->panel = panel; }
