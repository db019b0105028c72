/* SPDX-License-Identifier: MIT
 *
 * The product: a tile of results stays in registers while the sum runs down the depth, an outer product of a column of
 * a and a row of b at each step. */
#include <string.h>

#include "kernels/kernels.h"
#include "kernels/sgd.h"
#include "kernels/vector.h"

/* A tile has up to ACCUMULATORS vectors of results, which leaves registers for a row of b and a number of a: as many
 * rows as fit, up to MOST_ROWS, and with few rows several panels side by side, so that there are always chains enough
 * to hide the latency of a fused multiply-add. */
enum {
    ACCUMULATORS = VEC_REGISTERS * 3 / 4,
    FITTING_ROWS = ACCUMULATORS / PANEL_VECTORS,
    MOST_ROWS = FITTING_ROWS < BP_TALLEST ? FITTING_ROWS : BP_TALLEST,
    MOST_PANELS = 8
};
_Static_assert(BP_TALLEST % MOST_ROWS == 0, "so that what is packed fits where kernels.h says");

/* From this depth on a tile asks for the place of its results at once, for the caches to bring it meanwhile. */
enum { WORTH_FETCHING = 64 };

/* Depth of a block: this much of two panels, 32 KiB, stays in the caches nearby over all rows. */
enum { DEPTH = BP_DESCENT_DEPTH };

/* The result of the tile at `row`, of which `a` is the first; `rows` and `panels` are constants at each call, so that
 * the loops unroll and the sums live in registers. */
BP_INLINE void tile(const size_t rows, const size_t panels, const struct REAL(bp_product) *p, size_t row, const real *a)
{
    const size_t vectors = panels * PANEL_VECTORS;
    if (rows * vectors > ACCUMULATORS)
        return; /* never called: keeps such a case from being compiled */
    const size_t depth = p->depth, a_row = p->a_row, a_step = p->a_step, b_step = p->b_step, b_panel = p->b_panel;
    const real *b = p->b, *start = p->start + row * p->start_row;
    real *c = p->c + row * p->c_row;
    vec sum[ACCUMULATORS];
    for (size_t m = 0; depth >= WORTH_FETCHING && m < rows; m++)
        for (size_t n = 0; n < panels; n++)
            BP_FETCH(c + m * p->c_row + n * p->c_panel);
    BP_UNROLL
    for (size_t m = 0; m < rows; m++)
        BP_UNROLL
    for (size_t n = 0; n < vectors; n++)
        sum[m * vectors + n] =
            vec_load(start + m * p->start_row + n / PANEL_VECTORS * p->start_panel + n % PANEL_VECTORS * VEC_LANES);
    for (size_t k = 0; k < depth; k++, a += a_step, b += b_step) {
        vec line[MOST_PANELS * PANEL_VECTORS];
        BP_UNROLL
        for (size_t n = 0; n < vectors; n++)
            line[n] = vec_load(b + n / PANEL_VECTORS * b_panel + n % PANEL_VECTORS * VEC_LANES);
        BP_UNROLL
        for (size_t m = 0; m < rows; m++) {
            const vec am = vec_all(a[m * a_row]);
            BP_UNROLL
            for (size_t n = 0; n < vectors; n++)
                sum[m * vectors + n] = vec_fma(am, line[n], sum[m * vectors + n]);
        }
    }
    const bool plain_sgd = p->plain_sgd; /* copies, which no store can change, so that they stay in registers */
    const vec minus_rate = sgd_minus_rate(p->rate), mean = vec_all(p->mean);
    BP_UNROLL
    for (size_t m = 0; m < rows; m++) {
        BP_UNROLL
        for (size_t n = 0; n < vectors; n++) {
            real *to = c + m * p->c_row + n / PANEL_VECTORS * p->c_panel + n % PANEL_VECTORS * VEC_LANES;
            vec result = sum[m * vectors + n];
            if (plain_sgd) {
                const vec g = result * mean; /* also rounded where C computes in a wider type */
                result = vec_kept(sgd_step(vec_load(to), minus_rate, g));
            }
            vec_store(to, result);
        }
    }
}

typedef void tile_fn(const struct REAL(bp_product) *p, size_t row, const real *a);

#define TILE(rows, panels)                                                                                             \
    static void tile_##rows##_##panels(const struct REAL(bp_product) *p, size_t row, const real *a)                    \
    {                                                                                                                  \
        tile(rows, panels, p, row, a);                                                                                 \
    }
#define TILES(rows) TILE(rows, 1) TILE(rows, 2) TILE(rows, 4) TILE(rows, 8)
#define ROW_OF_TILES(rows)                                                                                             \
    {                                                                                                                  \
        tile_##rows##_1, tile_##rows##_2, tile_##rows##_4, tile_##rows##_8                                             \
    }

TILES(1)
TILES(2)
TILES(3)
TILES(4)
TILES(5)
TILES(6)
TILES(7)
TILES(8)
TILES(9)
TILES(10)
TILES(11)
TILES(12)

/* By rows less one, and the logarithm of panels. */
static tile_fn *const tiles[12][4] = {
    ROW_OF_TILES(1), ROW_OF_TILES(2), ROW_OF_TILES(3), ROW_OF_TILES(4),  ROW_OF_TILES(5),  ROW_OF_TILES(6),
    ROW_OF_TILES(7), ROW_OF_TILES(8), ROW_OF_TILES(9), ROW_OF_TILES(10), ROW_OF_TILES(11), ROW_OF_TILES(12),
};

/* The logarithm of how many of the panels left a tile of so many rows takes. */
static size_t panels_log(size_t rows, size_t left)
{
    size_t log = 0;
    while (log < 3 && (rows * PANEL_VECTORS << (log + 1)) <= ACCUMULATORS && (size_t)2 << log <= left)
        log++;
    return log;
}

/* Rows of a tile, so that all have about as many. */
static size_t tile_rows(size_t rows)
{
    if (rows <= MOST_ROWS)
        return rows;
    const size_t count = (rows + MOST_ROWS - 1) / MOST_ROWS;
    return (rows + count - 1) / count;
}

/* From tile to tile of a packed a: a line or two more than it needs, so that tiles of any depth begin in different sets
 * of the caches. */
static size_t packed_tile(size_t tall, size_t depth) { return tall * depth + BP_LANES; }

/* Rows of one block of the depth, in tiles up to so many rows: for each few panels all rows, for which their part of b
 * stays in the cache. `a_tile` is from tile to tile of a. */
static void block_rows(struct REAL(bp_product) p, size_t first, size_t end, size_t tall, size_t a_tile)
{
    for (size_t left = p.panels; left > 0;) {
        const size_t log = panels_log(tall, left);
        const real *a = p.a;
        for (size_t row = first; row < end; row += tall, a += a_tile) {
            const size_t rows = end - row < tall ? end - row : tall;
            tiles[rows - 1][log](&p, row, a);
        }
        left -= (size_t)1 << log;
        p.b += p.b_panel << log;
        p.start += p.start_panel << log;
        p.c += p.c_panel << log;
    }
}

/* A shorter last tile takes more panels at once than the others, if it would otherwise have too few chains. */
static void block(const struct REAL(bp_product) *p, size_t a_tile)
{
    const size_t tall = tile_rows(p->rows), whole = p->rows / tall * tall, rest = p->rows - whole;
    if (rest == 0 || panels_log(rest, p->panels) == panels_log(tall, p->panels)) {
        block_rows(*p, 0, p->rows, tall, a_tile);
        return;
    }
    struct REAL(bp_product) last = *p;
    last.a += whole / tall * a_tile;
    block_rows(*p, 0, whole, tall, a_tile);
    block_rows(last, whole, p->rows, rest, a_tile);
}

static void product(const struct REAL(bp_product) *whole)
{
    struct REAL(bp_product) p = *whole;
    const size_t tall = tile_rows(p.rows), a_tile = p.packed ? packed_tile(tall, p.depth) : tall * p.a_row;
    if (p.packed) {
        p.a_row = 1;
        p.a_step = tall;
    }
    for (size_t left = whole->depth; left > DEPTH; left -= DEPTH) {
        p.depth = DEPTH;
        block(&p, a_tile);
        p.a += DEPTH * p.a_step;
        p.b += DEPTH * p.b_step;
        p.start = p.c; /* the chain continues where the block before left it */
        p.start_row = p.c_row;
        p.start_panel = p.c_panel;
        p.depth = left - DEPTH;
    }
    block(&p, a_tile);
}

/* Row after row of `from`, as the memory has it. */
static void pack(size_t rows, size_t depth, const real *from, size_t from_step, real *to)
{
    const size_t tall = tile_rows(rows);
    for (size_t k = 0; k < depth; k++, from += from_step) {
        real *piece = to + k * tall;
        for (size_t row = 0; row < rows; row += tall, piece += packed_tile(tall, depth)) {
            if (tall == MOST_ROWS && row + tall <= rows)
                memcpy(piece, from + row, MOST_ROWS * sizeof(real)); /* of a constant length */
            else
                for (size_t i = 0; i < tall && row + i < rows; i++)
                    piece[i] = from[row + i];
        }
    }
}

/* A square of VEC_LANES units and inputs transposed: each round zips the first half of the rows with the second, which
 * turns the bits of a number's place around by one. */
BP_INLINE void turn(vec rows[VEC_LANES])
{
    vec zipped[VEC_LANES];
    BP_UNROLL
    for (size_t round = 1; round < VEC_LANES; round *= 2) {
        BP_UNROLL
        for (size_t i = 0; 2 * i + 1 < VEC_LANES; i++) {
            zipped[2 * i] = vec_zip_low(rows[i], rows[i + VEC_LANES / 2]);
            zipped[2 * i + 1] = vec_zip_high(rows[i], rows[i + VEC_LANES / 2]);
        }
        BP_UNROLL
        for (size_t i = 0; i < VEC_LANES; i++)
            rows[i] = zipped[i];
    }
}

/* A panel of BP_LANES units: whole squares, then the inputs left over one by one. */
static void transpose_panel(size_t units, size_t inputs, const real *from, real *to, size_t to_step)
{
    const size_t whole = inputs - inputs % VEC_LANES;
    for (size_t unit = 0; unit < units; unit += VEC_LANES) {
        for (size_t input = 0; input < whole; input += VEC_LANES) {
            vec rows[VEC_LANES];
            for (size_t i = 0; i < VEC_LANES; i++)
                rows[i] = vec_load(from + (input + i) * BP_LANES + unit);
            turn(rows);
            for (size_t i = 0; i < VEC_LANES && unit + i < units; i++)
                vec_store(to + (unit + i) * to_step + input, rows[i]);
        }
    }
    for (size_t unit = 0; unit < units; unit++)
        for (size_t input = whole; input < inputs; input++)
            to[unit * to_step + input] = from[input * BP_LANES + unit];
}

static void transpose(size_t units, size_t inputs, const real *from, size_t from_panel, real *to, size_t to_step)
{
    for (size_t unit = 0; unit < units; unit += BP_LANES) {
        const size_t some = units - unit < BP_LANES ? units - unit : BP_LANES;
        transpose_panel(some, inputs, from + unit / BP_LANES * from_panel, to + unit * to_step, to_step);
    }
}

void KERNEL(bp_product_fill)(struct REAL(bp_kernels) *kernels)
{
    kernels->product = product;
    kernels->pack = pack;
    kernels->transpose = transpose;
}
