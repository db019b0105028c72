/* SPDX-License-Identifier: MIT
 *
 * The first layer on sparse rows: the same chains of fused multiply-adds as nn/dense_tmpl.c makes of the same rows
 * written out, without those of zeros, which change no sum. There is one exception: -0 + 0 is 0. So where a sum ends as
 * -0, what was left out is looked at after all.
 *
 * A gradient of sparse rows is partial: its numbers are where their weights' are in any gradient, but only those of the
 * columns in model->touched are there, and the others are 0. */
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "nn/typed.h"

/* What the jobs of a pass need. */
struct pass {
    const struct bp_model *model;
    const struct bp_layer *layer;
    const struct bp_sparse *in;
    const real *factor; /* of the inputs; NULL: all 1 */
    size_t rows;
    const real *bias; /* forward: of the first panel, and from panel to panel */
    size_t bias_panel;
    struct REAL(bp_units) units;
    bool by_unit;                         /* the activation takes any part of the units */
    const real *delta;                    /* gradient: [rows][stride] */
    const struct REAL(bp_update) *update; /* the step that follows at once, if any */
    atomic_bool *negative;                /* a sum may be -0 */
};

static struct REAL(bp_sparse_row) row_of(const struct bp_sparse *sparse, size_t row)
{
    const size_t at = bp_sparse_start(sparse, row), n = bp_sparse_count(sparse, row);
    if (n == 0) /* there may be no arrays to point into */
        return (struct REAL(bp_sparse_row)){0, NULL, NULL};
    return (struct REAL(bp_sparse_row)){n, (const real *)sparse->values + at, sparse->columns + at};
}

static bool is_negative_zero(real x) { return x == 0 && signbit(x); }

static const real *factor_of(const struct bp_model *model)
{
    const struct bp_scaling *scaling = bp_model_scaling(model, &model->of_inputs);
    return scaling ? scaling->factor : NULL;
}

/* A number of a row as the network sees it. */
static real number_of(const struct pass *p, const struct REAL(bp_sparse_row) *row, size_t i)
{
    return p->factor ? row->values[i] * p->factor[row->columns[i]] : row->values[i];
}

/* Whether the product of a 0 that was left out with this number would be -0. */
static bool takes_away(const struct pass *p, size_t input, real number)
{
    return (signbit(number) != 0) != (p->factor && signbit(p->factor[input]));
}

/* Rows that are scaled go through a kernel some numbers at a time. */
enum { PIECE = 128 };

struct piece {
    struct REAL(bp_sparse_row) row;
    size_t next; /* number of the row to continue with */
    real values[PIECE];
};

/* The next numbers of a row; false if there are no more. */
static bool next_piece(const struct pass *p, const struct REAL(bp_sparse_row) *row, struct piece *piece)
{
    const size_t left = row->n - piece->next, n = p->factor && left > PIECE ? PIECE : left;
    if (n == 0)
        return false;
    piece->row = (struct REAL(bp_sparse_row)){n, row->values + piece->next, row->columns + piece->next};
    for (size_t i = 0; p->factor && i < n; i++)
        piece->values[i] = number_of(p, row, piece->next + i);
    if (p->factor)
        piece->row.values = piece->values;
    piece->next += n;
    return true;
}

static void run(const struct pass *pass, size_t threads, size_t most, bp_task_fn *task)
{
    const double nonzeros = (double)bp_sparse_nonzeros(pass->in, pass->rows);
    const size_t parts = bp_model_parts_of(threads, nonzeros * (double)(pass->layer->panels * BP_LANES));
    bp_model_run(pass->model, parts < most ? parts : most, task, (void *)pass);
}

/* ---- z = x W^T + b, a = f(z) */

/* As it is with the numbers that are 0 in the chain too: 0 once one of them meets a weight that is not negative. */
static real settled_z(const struct pass *p, const struct REAL(bp_sparse_row) *row, const real *w)
{
    size_t k = row->n;
    for (size_t input = p->layer->inputs; input-- > 0;) {
        const real weight = w[input * BP_LANES];
        if (k > 0 && (size_t)row->columns[k - 1] == input) {
            if (number_of(p, row, --k) != 0 && weight != 0)
                break; /* here it became -0 */
        } else if (!takes_away(p, input, weight)) {
            return 0;
        }
    }
    return (real)-0.0;
}

static void forward_row(const struct pass *p, size_t panel, size_t row)
{
    const struct REAL(bp_kernels) *kernels = REAL(bp_kernels_of)(p->model);
    const size_t inputs = p->layer->inputs, at = row * p->units.stride + panel * BP_LANES;
    const real *w = (const real *)p->model->parameters + p->layer->weights_at + panel * BP_LANES * inputs;
    const struct REAL(bp_sparse_row) numbers = row_of(p->in, row);
    real *z = (real *)p->units.z + at;
    memcpy(z, p->bias + panel * p->bias_panel, BP_LANES * sizeof(real));
    bool negative = true; /* a bias may be -0, where no number is */
    struct piece piece;
    for (piece.next = 0; next_piece(p, &numbers, &piece);)
        negative = kernels->sparse.sum(&piece.row, w, z);
    for (size_t lane = 0; negative && lane < BP_LANES; lane++)
        z[lane] = is_negative_zero(z[lane]) ? settled_z(p, &numbers, w + lane) : z[lane];
    if (!p->by_unit)
        return;
    struct REAL(bp_units) units = p->units;
    units.rows = 1;
    units.units = BP_LANES;
    units.z = z;
    units.a += at;
    kernels->forward[p->layer->activation](&units);
}

static void forward_part(void *context, size_t part, size_t parts)
{
    const struct pass *p = context;
    const size_t jobs = p->layer->panels * p->rows;
    for (size_t job = part * jobs / parts; job < (part + 1) * jobs / parts; job++)
        forward_row(p, job / p->rows, job % p->rows);
}

void REAL(bp_sparse_forward)(const struct bp_model *model, const struct bp_layer *layer, size_t threads,
                             const struct bp_sparse *in, const struct REAL(bp_units) *units)
{
    const real *bias = (const real *)model->parameters + layer->bias_at;
    const bool per_unit = layer->biases > 1;
    real level[BP_LANES]; /* the one bias for a whole panel, or zeros */
    for (size_t lane = 0; !per_unit && lane < BP_LANES; lane++)
        level[lane] = layer->bias_size > 0 ? *bias : 0;
    const struct pass pass = {
        .model = model,
        .layer = layer,
        .in = in,
        .factor = factor_of(model),
        .rows = units->rows,
        .bias = per_unit ? bias : level,
        .bias_panel = per_unit ? BP_LANES : 0,
        .units = *units,
        .by_unit = !bp_layer_by_row(layer),
    };
    run(&pass, threads, layer->panels * units->rows, forward_part);
    if (!pass.by_unit)
        REAL(bp_kernels_of)(model)->forward[layer->activation](units);
}

/* ---- the columns of a partial gradient */

enum { WORD = 64 };

static bool is_touched(const struct bp_model *model, size_t column)
{
    return model->touched[column / WORD] >> column % WORD & 1;
}

bool REAL(bp_sparse_is_touched)(const struct bp_model *model, size_t column) { return is_touched(model, column); }

void REAL(bp_sparse_forget)(struct bp_model *model)
{
    if (model->partial)
        memset(model->touched, 0, bp_touched_words(model->inputs) * sizeof(*model->touched));
    model->partial = model->negative = false;
}

static void clear_column(const struct bp_model *model, size_t column)
{
    const struct bp_layer *layer = &model->layers[0];
    real *g = (real *)model->gradient + layer->weights_at + column * BP_LANES;
    for (size_t panel = 0; panel < layer->panels; panel++)
        memset(g + panel * BP_LANES * layer->inputs, 0, BP_LANES * sizeof(real));
}

/* The columns of these rows, from 0 where they are new. */
static void touch(const struct bp_model *model, const struct bp_sparse *in, size_t rows)
{
    for (size_t at = bp_sparse_start(in, 0); at < bp_sparse_start(in, rows); at++) {
        const size_t column = (size_t)in->columns[at];
        const uint64_t bit = (uint64_t)1 << column % WORD;
        if (model->touched[column / WORD] & bit)
            continue;
        model->touched[column / WORD] |= bit;
        clear_column(model, column);
    }
}

void REAL(bp_sparse_spread)(struct bp_model *model)
{
    for (size_t column = 0; model->partial && column < model->inputs; column++)
        if (!is_touched(model, column))
            clear_column(model, column);
    REAL(bp_sparse_forget)(model);
}

/* Some touched columns, gathered: vectors of a panel side by side. */
enum { SOME = 64 };

struct some {
    size_t count, next; /* the column to continue from */
    size_t column[SOME];
};

/* The place of the lowest bit that is set; one is. */
static size_t lowest(uint64_t word)
{
#if defined(__GNUC__)
    return (size_t)__builtin_ctzll(word);
#else
    size_t bit = 0;
    while (!(word >> bit & 1))
        bit++;
    return bit;
#endif
}

size_t REAL(bp_sparse_next)(const struct bp_model *model, size_t column)
{
    while (column < model->inputs) {
        const uint64_t word = model->touched[column / WORD] >> column % WORD;
        if (word != 0)
            return column + lowest(word);
        column += WORD - column % WORD;
    }
    return model->inputs;
}

/* The touched columns from some->next on, ascending; false if there are no more. */
static bool next_touched(const struct bp_model *model, struct some *some)
{
    for (some->count = 0; some->count < SOME; some->count++, some->next++) {
        some->next = REAL(bp_sparse_next)(model, some->next);
        if (some->next == model->inputs)
            break;
        some->column[some->count] = some->next;
    }
    return some->count > 0;
}

static void gather(const struct some *some, const real *panel, real *tile)
{
    for (size_t i = 0; i < some->count; i++)
        memcpy(tile + i * BP_LANES, panel + some->column[i] * BP_LANES, BP_LANES * sizeof(real));
}

static void scatter(const struct some *some, const real *tile, real *panel)
{
    for (size_t i = 0; i < some->count; i++)
        memcpy(panel + some->column[i] * BP_LANES, tile + i * BP_LANES, BP_LANES * sizeof(real));
}

/* The step on these columns of a panel, which begins `at` after the segment does. */
static void step_some(const struct bp_model *model, const struct REAL(bp_update) *whole, const struct some *some,
                      size_t at)
{
    real w[SOME * BP_LANES], g[SOME * BP_LANES], v[SOME * BP_LANES];
    struct REAL(bp_update) update = *whole;
    update.n = some->count * BP_LANES;
    gather(some, whole->w + at, w);
    gather(some, whole->g + at, g);
    if (whole->v)
        gather(some, whole->v + at, v);
    update.w = w;
    update.g = g;
    update.v = whole->v ? v : NULL;
    REAL(bp_plan_of)(model)->step(&update);
    scatter(some, w, whole->w + at);
    if (whole->v)
        scatter(some, v, whole->v + at);
}

void REAL(bp_sparse_step)(const struct bp_model *model, const struct REAL(bp_update) *update)
{
    const struct bp_layer *layer = &model->layers[0];
    for (struct some some = {0}; next_touched(model, &some);)
        for (size_t panel = 0; panel < layer->panels; panel++)
            step_some(model, update, &some, panel * BP_LANES * layer->inputs);
}

double REAL(bp_sparse_sum_of_squares)(const struct bp_model *model, const struct REAL(bp_update) *whole, double start)
{
    const struct bp_layer *layer = &model->layers[0];
    real g[SOME * BP_LANES];
    double sum = start;
    for (size_t panel = 0; panel < layer->panels; panel++)
        for (struct some some = {0}; next_touched(model, &some);) {
            struct REAL(bp_update) update = *whole;
            gather(&some, whole->g + panel * BP_LANES * layer->inputs, g);
            update.n = some.count * BP_LANES;
            update.g = g;
            sum = REAL(bp_kernels_of)(model)->sum_of_squares(&update, sum);
        }
    return sum;
}

/* ---- dW += delta^T x, or the step with it */

static const int32_t *find(const struct REAL(bp_sparse_row) *row, size_t column)
{
    size_t low = 0, high = row->n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if ((size_t)row->columns[middle] < column)
            low = middle + 1;
        else
            high = middle;
    }
    return low < row->n && (size_t)row->columns[low] == column ? row->columns + low : NULL;
}

/* As settled_z(), for the chain over the rows; `delta` is the unit's in the first row. */
static real settled_gradient(const struct pass *p, const real *delta, size_t column)
{
    for (size_t i = p->rows; i-- > 0;) {
        const struct REAL(bp_sparse_row) row = row_of(p->in, i);
        const real d = delta[i * p->layer->stride];
        const int32_t *at = find(&row, column);
        if (at && number_of(p, &row, (size_t)(at - row.columns)) != 0 && d != 0)
            break;
        if (!at && !takes_away(p, column, d))
            return 0;
    }
    return (real)-0.0;
}

static void settle(const struct pass *p, size_t panel, real *dw)
{
    for (size_t column = 0; column < p->layer->inputs; column++)
        for (size_t lane = 0; lane < BP_LANES && (!p->model->partial || is_touched(p->model, column)); lane++) {
            real *g = dw + column * BP_LANES + lane;
            if (is_negative_zero(*g))
                *g = settled_gradient(p, p->delta + panel * BP_LANES + lane, column);
        }
}

/* A gradient that was dense before may have any number at -0. */
static void gradient_panel(const struct pass *p, size_t panel)
{
    const struct REAL(bp_kernels) *kernels = REAL(bp_kernels_of)(p->model);
    real *dw = (real *)p->model->gradient + p->layer->weights_at + panel * BP_LANES * p->layer->inputs;
    bool negative = p->model->negative || !p->model->partial;
    struct piece piece;
    for (size_t i = 0; i < p->rows; i++) {
        const struct REAL(bp_sparse_row) row = row_of(p->in, i);
        for (piece.next = 0; next_piece(p, &row, &piece);)
            negative |= kernels->sparse.add(&piece.row, p->delta + i * p->layer->stride + panel * BP_LANES, dw);
    }
    if (negative) {
        settle(p, panel, dw);
        atomic_store(p->negative, true);
    }
}

static void gradient_part(void *context, size_t part, size_t parts)
{
    const struct pass *p = context;
    const size_t panels = p->layer->panels;
    for (size_t panel = part * panels / parts; panel < (part + 1) * panels / parts; panel++)
        gradient_panel(p, panel);
}

static void descend_part(void *context, size_t part, size_t parts)
{
    const struct pass *p = context;
    const size_t panels = p->layer->panels;
    const struct REAL(bp_sparse_row) row = row_of(p->in, 0);
    struct piece piece;
    for (size_t panel = part * panels / parts; panel < (part + 1) * panels / parts; panel++)
        for (piece.next = 0; next_piece(p, &row, &piece);)
            REAL(bp_kernels_of)(p->model)->sparse.plain_sgd(&piece.row, p->delta + panel * BP_LANES, p->update->rate,
                                                            p->update->mean,
                                                            p->update->w + panel * BP_LANES * p->layer->inputs);
}

/* A step may leave out what is not touched where the optimiser makes nothing of a gradient of 0. But the step on a
 * number that the caller gave turns it into 0 if it is subnormal, so the first step is over all. */
bool REAL(bp_sparse_is_enough)(const struct bp_model *model)
{
    return REAL(bp_plan_of)(model)->lean && model->first_is_normal;
}

/* The step of the first layer's weights, where the gradient is partial. */
static void step(struct bp_model *model, const struct REAL(bp_update) *update)
{
    if (REAL(bp_sparse_is_enough)(model)) {
        REAL(bp_sparse_step)(model, update);
        return;
    }
    REAL(bp_sparse_spread)(model);
    REAL(bp_plan_of)(model)->step(update);
    model->first_is_normal = true;
}

void REAL(bp_sparse_gradient)(struct bp_model *model, size_t rows, const struct bp_sparse *in, const real *delta,
                              const struct REAL(bp_update) *update)
{
    atomic_bool negative;
    atomic_init(&negative, false);
    const struct pass pass = {
        .model = model,
        .layer = &model->layers[0],
        .in = in,
        .factor = factor_of(model),
        .rows = rows,
        .delta = delta,
        .update = update,
        .negative = &negative,
    };
    if (update && rows == 1 && REAL(bp_plan_of)(model)->plain_sgd && model->first_is_normal) {
        run(&pass, model->threads, pass.layer->panels, descend_part);
        return;
    }
    model->partial = model->partial || update;
    if (model->partial)
        touch(model, pass.in, rows);
    run(&pass, model->threads, pass.layer->panels, gradient_part);
    model->negative = atomic_load(&negative);
    if (update)
        step(model, update);
}

/* 0 times infinity is none: with a delta that is not finite, no number of its unit's gradient is. */
void REAL(bp_sparse_spoil)(struct bp_model *model, size_t rows, const real *delta)
{
    const struct bp_layer *layer = &model->layers[0];
    real *dw = (real *)model->gradient + layer->weights_at;
    REAL(bp_sparse_spread)(model);
    for (size_t row = 0; row < rows; row++)
        for (size_t unit = 0; unit < layer->units; unit++) {
            const real d = delta[row * layer->stride + unit];
            real *g = dw + unit / BP_LANES * BP_LANES * layer->inputs + unit % BP_LANES;
            for (size_t input = 0; !isfinite(d) && input < layer->inputs; input++)
                g[input * BP_LANES] += d * 0;
        }
}
