/* SPDX-License-Identifier: MIT
 *
 * The library's product without its multiplications: what is left reads the operands, in the order of the library's own
 * tiles and blocks. Compiled once for each instruction set. */
#include <stdlib.h>

#define bp_product_fill operands_fill /* the library has the other */
#include "kernels/kernels.h"
#include "kernels/sgd.h"
#include "kernels/vector.h"

#include "operands.h"
#include "timing.h"

BP_INLINE vec both_bits(vec a, vec b) { return vec_from_bits(vec_to_bits(a) ^ vec_to_bits(b)); }

/* In place of the multiplication of row m and vector n of a tile: each number of a row and each vector of b is used by
 * one XOR, where it is read. The headers above keep the multiplication. */
BP_INLINE vec use(size_t m, size_t n, vec am, vec line, vec sum)
{
    sum = n == 0 ? both_bits(sum, am) : sum;
    return m == 0 ? both_bits(sum, line) : sum;
}
#define vec_fma(am, line, sum) use(m, n, am, line, sum)
#include "kernels/product_tmpl.c"

/* All results at one place: it is the operands that are measured. */
static struct REAL(bp_product) without_results(const struct REAL(bp_product) *whole)
{
    static real place[BP_LANES];
    struct REAL(bp_product) p = *whole;
    p.start = p.c = place;
    p.start_row = p.start_panel = p.c_row = p.c_panel = 0;
    p.plain_sgd = false;
    return p;
}

static void as_they_lie(const struct REAL(bp_product) *whole)
{
    const struct REAL(bp_product) p = without_results(whole);
    product(&p);
}

/* An a that is packed, [tiles][depth][rows of a tile], and which one it is. */
struct piece {
    const real *a;
    size_t rows, depth, size;
    real *numbers;
};

enum { MOST_PIECES = 32 };

static struct piece pieces[MOST_PIECES];
static size_t pieces_held, pieces_most, piece_last;

/* From now on, nothing is packed, and so many pieces are kept for the products that follow. */
static void forget(size_t most)
{
    pieces_held = 0;
    pieces_most = most < MOST_PIECES ? most : MOST_PIECES;
    piece_last = 0;
}

static void release(void)
{
    for (size_t i = 0; i < MOST_PIECES; i++) {
        free(pieces[i].numbers);
        pieces[i] = (struct piece){0};
    }
}

/* A tile of a, as to[k * tall + m]. Where the numbers of a row are next to one another, a few of each row at a time. */
static void pack_rows(const struct REAL(bp_product) *p, size_t row, size_t tall, real *to)
{
    const size_t rows = p->rows - row < tall ? p->rows - row : tall;
    const real *a = p->a + row * p->a_row;
    if (p->a_row == 1) {
        for (size_t k = 0; k < p->depth; k++, a += p->a_step, to += tall)
            if (rows == MOST_ROWS)
                memcpy(to, a, MOST_ROWS * sizeof(real)); /* of a constant length */
            else
                for (size_t m = 0; m < rows; m++)
                    to[m] = a[m];
        return;
    }
    for (size_t k = 0; k < p->depth; k += BP_LANES)
        for (size_t m = 0; m < rows; m++)
            for (size_t i = k; i < k + BP_LANES && i < p->depth; i++)
                to[i * tall + m] = a[m * p->a_row + i * p->a_step];
}

static const real *packed_a(const struct REAL(bp_product) *p, size_t tall)
{
    for (size_t i = 0; i < pieces_held; i++)
        if (pieces[i].a == p->a && pieces[i].rows == p->rows && pieces[i].depth == p->depth)
            return pieces[i].numbers;
    piece_last = pieces_held < pieces_most ? pieces_held++ : (piece_last + 1) % pieces_most;
    struct piece *piece = &pieces[piece_last];
    const size_t count = (p->rows + tall - 1) / tall, size = count * tall * p->depth;
    if (size > piece->size) {
        free(piece->numbers);
        piece->numbers = need(malloc(size * sizeof(real)));
        piece->size = size;
    }
    piece->a = p->a;
    piece->rows = p->rows;
    piece->depth = p->depth;
    for (size_t tile = 0; tile < count; tile++)
        pack_rows(p, tile * tall, tall, piece->numbers + tile * tall * p->depth);
    return piece->numbers;
}

/* b as [depth][panels][lanes]; as it is, if it lies so. */
static const real *packed_b(const struct REAL(bp_product) *p)
{
    static real numbers[DEPTH * MOST_PANELS * BP_LANES];
    const size_t width = p->panels * BP_LANES;
    if (p->b_panel == BP_LANES && p->b_step == width)
        return p->b;
    for (size_t k = 0; k < p->depth; k++)
        for (size_t n = 0; n < p->panels; n++)
            memcpy(numbers + k * width + n * BP_LANES, p->b + k * p->b_step + n * p->b_panel, BP_LANES * sizeof(real));
    return numbers;
}

/* A block of depth of packed operands, as block() reads it; from tile to tile of a there are a_tile numbers. */
static void packed_block(struct REAL(bp_product) p, size_t tall, size_t a_tile)
{
    const size_t rows = p.rows;
    const real *a = p.a;
    for (size_t left = p.panels; left > 0; left -= p.panels) {
        p.panels = (size_t)1 << panels_log(tall, left);
        for (size_t row = 0; row < rows; row += tall) {
            p.rows = rows - row < tall ? rows - row : tall;
            p.a = a + row / tall * a_tile;
            product(&p);
        }
        p.b += p.panels * BP_LANES;
    }
}

/* As product(), with operands that are packed first. The time that it takes to pack them belongs to it. */
static void packed_first(const struct REAL(bp_product) *whole)
{
    const size_t tall = tile_rows(whole->rows);
    const real *a = packed_a(whole, tall);
    for (size_t k = 0; k < whole->depth; k += DEPTH) {
        struct REAL(bp_product) p = without_results(whole);
        p.depth = whole->depth - k < DEPTH ? whole->depth - k : DEPTH;
        p.b += k * p.b_step;
        p.b = packed_b(&p);
        p.b_step = p.panels * BP_LANES;
        p.b_panel = BP_LANES;
        p.a = a + k * tall;
        p.a_row = 1;
        p.a_step = tall;
        packed_block(p, tall, tall * whole->depth);
    }
}

enum { STEP = ACCUMULATORS / (MOST_ROWS * PANEL_VECTORS) * (MOST_ROWS * PANEL_VECTORS) };

const struct operands KERNEL(operands) = {
    .as_they_lie = as_they_lie,
    .packed_first = packed_first,
    .forget = forget,
    .release = release,
    .lanes = VEC_LANES,
    .multiplications = STEP,
};
