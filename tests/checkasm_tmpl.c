/* SPDX-License-Identifier: MIT
 *
 * Every kernel of one number type on random problems: shapes of all remainders, rows that begin anywhere. A problem
 * is a block of memory that is filled at random and given to the reference and to the kernel under test; afterwards
 * the two blocks must be the same, byte for byte, so that nothing is written beside the results. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tgmath.h>
#include <time.h>

#include "base/fma.h"
#include "base/random.h"
#include "checkasm_typed.h"
#include "kernels/kernels.h"

enum {
    MOST_ROWS = 29,
    MOST_PANELS = 9,
    MOST_DEPTH = 560,
    GUARD = 3,
    CAPACITY = MOST_PANELS * MOST_DEPTH * (BP_LANES + 4)
};

/* Matrices and vectors lie in the buffers, `shift` numbers from their beginnings. */
struct problem {
    struct bp_random random;
    size_t which; /* of the kernels of one kind: its place in their table */
    size_t rows, units, panels, depth, stride, shift;
    bool flags[4];
    real parameter;
    double sum; /* a result that is no vector */
    real buffer[4][CAPACITY];
};

typedef struct REAL(bp_kernels) kernels_of;

static size_t up_to(struct problem *p, size_t most)
{
    return (size_t)(bp_random_uniform(&p->random) * (double)(most + 1));
}

/* Numbers of any order of magnitude, some of them 0, drawn once. A buffer is a part of them that begins anywhere. */
static void fill(struct problem *p, real *values)
{
    static real drawn[2 * CAPACITY];
    static bool is_drawn;
    for (size_t i = 0; !is_drawn && i < 2 * CAPACITY; i++) {
        const real value = (real)(2 * bp_random_uniform(&p->random) - 1);
        drawn[i] = ldexp(value * (real)(up_to(p, 9) > 0), (int)up_to(p, 16) - 8);
    }
    is_drawn = true;
    memcpy(values, drawn + up_to(p, CAPACITY - 1), CAPACITY * sizeof(real));
}

static void begin(struct problem *p, uint32_t seed, size_t which, bool usual)
{
    p->random = bp_random_start(0, 0, 7); /* for the pool, whoever comes first */
    fill(p, p->buffer[0]);
    p->random = bp_random_start(seed, (uint32_t)which, 7);
    p->which = which;
    p->rows = usual ? 24 : up_to(p, MOST_ROWS - 1) + 1;
    p->units = usual ? 8 * BP_LANES : up_to(p, MOST_PANELS * BP_LANES - 1) + 1;
    p->panels = (p->units + BP_LANES - 1) / BP_LANES;
    p->depth = usual ? 256 : up_to(p, up_to(p, 1) ? MOST_DEPTH - 1 : 12) + 1;
    p->stride = p->panels * BP_LANES + (usual ? BP_LANES : up_to(p, GUARD));
    p->shift = usual ? 0 : up_to(p, BP_LANES);
    for (size_t i = 0; i < 4; i++)
        p->flags[i] = usual ? i == 0 : up_to(p, 1);
    p->parameter = (real)(0.1 + bp_random_uniform(&p->random));
    p->sum = 0;
    for (size_t i = 0; i < 4; i++)
        fill(p, p->buffer[i]);
}

/* What is kept of x: a subnormal number becomes a zero of its sign. */
static real kept(real x) { return fpclassify(x) == FP_SUBNORMAL ? copysign((real)0, x) : x; }

static real *at(struct problem *p, size_t buffer) { return p->buffer[buffer] + p->shift; }

/* A kernel may write anything into the padding of whole vectors. */
static void forget_padding(struct problem *p, size_t buffer)
{
    for (size_t row = 0; row < p->rows; row++)
        for (size_t i = p->units; i < p->panels * BP_LANES; i++)
            at(p, buffer)[row * p->stride + i] = 0;
}

/* ---- the cases */

static struct REAL(bp_product) product_of(struct problem *p)
{
    const bool by_columns = p->flags[0] || p->which == 1, continues = p->flags[1], side_by_side = p->flags[2];
    const size_t b_step = side_by_side ? p->stride : BP_LANES, c_row = b_step;
    const size_t c_panel = side_by_side ? BP_LANES : p->rows * c_row + GUARD;
    return (struct REAL(bp_product)){
        .rows = p->rows,
        .panels = p->panels,
        .depth = p->depth,
        .a = at(p, 0),
        .a_row = by_columns ? 1 : p->depth + GUARD,
        .a_step = by_columns ? p->rows : 1,
        .b = at(p, 1),
        .b_step = b_step,
        .b_panel = side_by_side ? BP_LANES : p->depth * BP_LANES,
        .start = continues ? at(p, 3) : at(p, 2),
        .start_row = continues ? c_row : 0,
        .start_panel = continues     ? c_panel
                       : p->flags[3] ? BP_LANES
                                     : 0,
        .c = at(p, 3),
        .c_row = c_row,
        .c_panel = c_panel,
        .plain_sgd = p->depth <= BP_DESCENT_DEPTH && p->depth % 3 == 0,
        .rate = (real)0.3,
        .mean = (real)0.1,
    };
}

/* Which 1: with a packed, in a block of the size that kernels.h says; p->sum is 1 if more was written. */
static void product(const kernels_of *k, struct problem *p)
{
    enum { MOST = (MOST_ROWS + BP_TALLEST - 1) / BP_TALLEST * BP_TALLEST * (MOST_DEPTH + BP_LANES) };
    static real packed[MOST + 1];
    const size_t room = (p->rows + BP_TALLEST - 1) / BP_TALLEST * BP_TALLEST * (p->depth + BP_LANES);
    struct REAL(bp_product) product = product_of(p);
    packed[room] = (real)0.7;
    if (p->which == 1) {
        k->pack(product.rows, product.depth, product.a, product.a_step, packed);
        product.a = packed;
        product.packed = true;
        product.a_row = product.a_step = SIZE_MAX; /* not read */
    }
    k->product(&product);
    p->sum = packed[room] != (real)0.7;
}

static void plain_product(const kernels_of *k, struct problem *problem)
{
    const struct REAL(bp_product) p = product_of(problem);
    (void)k;
    for (size_t m = 0; m < p.rows; m++) {
        for (size_t n = 0; n < p.panels * BP_LANES; n++) {
            const size_t panel = n / BP_LANES, lane = n % BP_LANES;
            real sum = p.start[m * p.start_row + panel * p.start_panel + lane];
            for (size_t i = 0; i < p.depth; i++)
                sum = REAL(bp_fma)(p.a[m * p.a_row + i * p.a_step], p.b[i * p.b_step + panel * p.b_panel + lane], sum);
            real *c = &p.c[m * p.c_row + panel * p.c_panel + lane];
            *c = p.plain_sgd ? kept(REAL(bp_fma)(-p.rate, sum * p.mean, *c)) : sum;
        }
    }
}

static void transpose(const kernels_of *k, struct problem *p)
{
    const size_t inputs = p->depth % (2 * BP_LANES) + 1;
    k->transpose(p->units, inputs, at(p, 0), inputs * BP_LANES, at(p, 3), inputs + (p->flags[0] ? GUARD : 0));
}

static void scale(const kernels_of *k, struct problem *p)
{
    k->scale(p->units, at(p, 0), at(p, 1), at(p, 2), at(p, 3));
}

static void plain_scale(const kernels_of *k, struct problem *p)
{
    (void)k;
    for (size_t i = 0; i < p->units; i++)
        at(p, 3)[i] = (at(p, 0)[i] - at(p, 1)[i]) * at(p, 2)[i];
}

static struct REAL(bp_units) units_of(struct problem *p)
{
    return (struct REAL(bp_units)){p->rows, p->units, p->stride, at(p, 0), at(p, 1), at(p, 3), p->parameter};
}

static void forward(const kernels_of *k, struct problem *p)
{
    const struct REAL(bp_units) units = units_of(p);
    k->forward[p->which](&units);
    forget_padding(p, 1);
}

static void backward(const kernels_of *k, struct problem *p)
{
    const struct REAL(bp_units) units = units_of(p);
    k->backward[p->which](&units);
    forget_padding(p, 3);
}

static void loss(const kernels_of *k, struct problem *p)
{
    const struct REAL(bp_loss_kernel) *kernel = &k->losses[p->which];
    const struct REAL(bp_loss_row) row = {p->units, at(p, 0), at(p, 1), at(p, 2), p->parameter, kernel->mean};
    for (size_t i = 0; i < p->units; i++)
        at(p, 1)[i] = fabs(at(p, 1)[i]) / 257 + (real)1e-3; /* what sigmoid, exp and softmax give */
    p->sum = kernel->value(&row);
    kernel->slopes(&row, at(p, 3));
    p->rows = 1;
    forget_padding(p, 3);
}

static struct REAL(bp_update) update_of(struct problem *p)
{
    const bool plain = p->flags[0];
    for (size_t i = 0; i < CAPACITY; i++)
        p->buffer[2][i] = fabs(p->buffer[2][i]); /* sums of squares */
    return (struct REAL(bp_update)){
        .n = p->panels * BP_LANES,
        .w = at(p, 0),
        .g = at(p, 1),
        .v = p->flags[1] || p->which != BP_INDEX(BP_OPTIM_SGD) ? at(p, 2) : NULL,
        .u = p->flags[2] || p->which > BP_INDEX(BP_OPTIM_RMSPROP) ? at(p, 3) : NULL,
        .mean = (real)0.1,
        .clip_value = plain ? (real)INFINITY : p->parameter,
        .clip_scale = plain ? 1 : (real)0.75,
        .l1 = plain ? 0 : (real)0.01,
        .decay = plain ? 0 : (real)0.02,
        .rate = (real)0.3,
        .momentum = (real)0.9,
        .nesterov = p->flags[3],
        .rho = (real)0.99,
        .epsilon = (real)1e-8,
        .beta1 = (real)0.9,
        .beta2 = (real)0.999,
        .corrected_rate = (real)0.7,
        .corrected_root = (real)3.1,
        .shrink = plain ? 1 : (real)0.99,
        .eta_plus = (real)1.2,
        .eta_minus = (real)0.5,
        .step_min = (real)0.01,
        .step_max = 50,
        .growth = (real)1.75,
        .growth_share = (real)(1.75 / 2.75),
    };
}

static void update(const kernels_of *k, struct problem *p)
{
    const struct REAL(bp_update) u = update_of(p);
    k->update[p->which](&u);
}

static void sum_of_squares(const kernels_of *k, struct problem *p)
{
    const struct REAL(bp_update) u = update_of(p);
    p->sum = k->sum_of_squares(&u, 0.5);
}

static void largest(const kernels_of *k, struct problem *p)
{
    if (p->flags[0] && p->flags[1])
        at(p, 0)[p->units - 1] = p->flags[2] ? (real)NAN : -(real)INFINITY;
    p->sum = (double)k->largest(p->panels * BP_LANES, at(p, 0));
}

static void sum_rows(const kernels_of *k, struct problem *p)
{
    struct REAL(bp_units) units = units_of(p);
    units.units = p->panels * BP_LANES;
    k->sum_rows(&units, at(p, 0));
}

/* A row with numbers in some columns only, against a panel. */
static struct REAL(bp_sparse_row) sparse_row_of(struct problem *p)
{
    static int32_t columns[MOST_DEPTH];
    size_t n = 0;
    for (size_t column = 0; column < p->depth; column++)
        if (up_to(p, 2) == 0)
            columns[n++] = (int32_t)column;
    return (struct REAL(bp_sparse_row)){n, at(p, 0), columns};
}

/* Its numbers from the smallest on, for sums that fall to -0. */
static void shrink(struct problem *p, real *values, size_t n)
{
    for (size_t i = 0; p->flags[0] && i < n; i++)
        values[i] = values[i] * (sizeof(real) == 4 ? (real)0x1p-149 : (real)0x1p-1074);
}

static void sparse(const kernels_of *k, struct problem *p)
{
    const struct REAL(bp_sparse_row) row = sparse_row_of(p);
    shrink(p, at(p, 0), row.n);
    if (p->which == 0)
        p->sum = k->sparse.sum(&row, at(p, 1), at(p, 2));
    else if (p->which == 1)
        p->sum = k->sparse.add(&row, at(p, 2), at(p, 1));
    else
        k->sparse.plain_sgd(&row, at(p, 2), (real)0.3, (real)0.1, at(p, 1));
}

static bool is_negative_zero(real x) { return x == 0 && signbit(x); }

static void plain_sparse(const kernels_of *k, struct problem *p)
{
    const struct REAL(bp_sparse_row) row = sparse_row_of(p);
    bool negative = false;
    (void)k;
    shrink(p, at(p, 0), row.n);
    for (size_t lane = 0; lane < BP_LANES; lane++) {
        real *unit = at(p, 2) + lane;
        for (size_t i = 0; i < row.n; i++) {
            real *w = at(p, 1) + (size_t)row.columns[i] * BP_LANES + lane;
            if (p->which == 0)
                *unit = REAL(bp_fma)(row.values[i], *w, *unit);
            else if (p->which == 1)
                *w = REAL(bp_fma)(row.values[i], *unit, *w);
            else
                *w = kept(REAL(bp_fma)(-(real)0.3, REAL(bp_fma)(row.values[i], *unit, (real)0) * (real)0.1, *w));
            negative |= p->which == 1 && is_negative_zero(*w);
        }
        negative |= p->which == 0 && is_negative_zero(*unit);
    }
    p->sum = negative;
}

typedef void run_fn(const kernels_of *kernels, struct problem *problem);

static const struct {
    const char *name;
    run_fn *run, *reference; /* of the reference's kernels, unless it is another function */
    size_t count;            /* kernels of the kind; 0: as many as the family has keys, or as there are losses */
    int32_t family;
} kinds[] = {
    {"product", product, plain_product, 2, 0}, /* 1: packed */
    {"transpose", transpose, transpose, 1, 0},
    {"scale", scale, plain_scale, 1, 0},
    {"forward", forward, forward, 0, BP_FAMILY_ACTIVATION},
    {"backward", backward, backward, 0, BP_FAMILY_ACTIVATION},
    {"loss", loss, loss, 0, 0},
    {"update", update, update, 0, BP_FAMILY_OPTIMIZER},
    {"sum_of_squares", sum_of_squares, sum_of_squares, 1, 0},
    {"largest", largest, largest, 1, 0},
    {"sum_rows", sum_rows, sum_rows, 1, 0},
    {"sparse", sparse, plain_sparse, 3, 0},
};

/* Kernels of a kind, which follow from the tables. */
static size_t count_of(size_t kind)
{
    kernels_of kernels;
    size_t count = 0;
    if (kinds[kind].count > 0)
        return kinds[kind].count;
    while (kinds[kind].family && bp_key_at(kinds[kind].family, count) != 0)
        count++;
    REAL(bp_kernels_choose)(&kernels, 0);
    while (!kinds[kind].family && kernels.losses[count].value)
        count++;
    return count;
}

static size_t cases(void)
{
    size_t sum = 0;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        sum += count_of(i);
    return sum;
}

/* The kind of a case, and which of its kernels. */
static size_t kind_of(size_t index, size_t *which)
{
    size_t kind = 0;
    for (; index >= count_of(kind); kind++)
        index -= count_of(kind);
    *which = kinds[kind].family ? (size_t)BP_INDEX(bp_key_at(kinds[kind].family, index)) : index;
    return kind;
}

static const char *name(size_t index)
{
    static char text[40];
    size_t which;
    const size_t kind = kind_of(index, &which);
    snprintf(text, sizeof(text), kinds[kind].count != 1 ? "%s %zu" : "%s", kinds[kind].name, which);
    return text;
}

static struct problem blocks[2];

static size_t differences(size_t index, uint32_t flags, uint32_t seed)
{
    const uint32_t levels[] = {0, flags};
    size_t which, count = 0;
    const size_t kind = kind_of(index, &which);
    run_fn *const runs[] = {kinds[kind].reference, kinds[kind].run};
    for (size_t i = 0; i < 2; i++) {
        kernels_of kernels;
        REAL(bp_kernels_choose)(&kernels, levels[i]);
        begin(&blocks[i], seed, which, false);
        runs[i](&kernels, &blocks[i]);
    }
    count += memcmp(&blocks[0].sum, &blocks[1].sum, sizeof(double)) != 0;
    const bool different = memcmp(blocks[0].buffer, blocks[1].buffer, sizeof(blocks[0].buffer)) != 0;
    for (size_t i = 0; i < 4; i++)
        for (size_t k = 0; different && k < CAPACITY; k++)
            count += memcmp(&blocks[0].buffer[i][k], &blocks[1].buffer[i][k], sizeof(real)) != 0;
    return count;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e9 * (double)t.tv_sec + (double)t.tv_nsec;
}

static double nanoseconds(size_t index, uint32_t flags)
{
    size_t which;
    run_fn *run = kinds[kind_of(index, &which)].run;
    kernels_of kernels;
    double best = INFINITY;
    REAL(bp_kernels_choose)(&kernels, flags);
    begin(&blocks[0], 1, which, true);
    for (int repeat = 0; repeat < 9; repeat++) {
        const double start = now();
        run(&kernels, &blocks[0]);
        best = fmin(best, now() - start);
    }
    return best;
}

static bool same_product(uint32_t flags, uint32_t others)
{
    kernels_of kernels[2];
    REAL(bp_kernels_choose)(&kernels[0], flags);
    REAL(bp_kernels_choose)(&kernels[1], others);
    return kernels[0].product == kernels[1].product;
}

const struct checkasm REAL(checkasm) = {cases, name, differences, nanoseconds, same_product};
