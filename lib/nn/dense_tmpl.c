/* SPDX-License-Identifier: MIT
 *
 * The dense layer: forward, delta of its input, gradient. Each is a grid of results cut into blocks that stay in the
 * caches nearby: a block's products are made, then what follows from them - the activation, its derivative, the
 * optimiser's step - while they are still there. Threads share out the blocks, never a sum. */
#include <string.h>

#include "base/cache.h"
#include "base/memory.h"
#include "nn/typed.h"

typedef struct REAL(bp_product) product_of;

/* A block: this many panels wide, more of them where there are few rows, and this many rows high, fewer where threads
 * would stand idle. */
enum { GROUP = 2, GROUP_OF_FEW = 8, FEW_ROWS = 3, CHUNK = 192, GRADIENT_CHUNK = 96, SHORT_CHUNK = 24 };

/* Depth of a block of transposed weights, for GROUP panels. */
enum { TRANSPOSED = 256 };

enum { TRANSPOSED_SIZE = TRANSPOSED * GROUP * BP_LANES, TILE_SIZE = CHUNK * GROUP * BP_LANES };

/* A thread's own workspace. */
struct workspace {
    _Alignas(BP_ALIGNMENT) real transposed[TRANSPOSED_SIZE]; /* a block of weights, [units][panels][lanes] */
    real tile[TILE_SIZE]; /* results on their way: [rows][panels][lanes] or [panels][rows][lanes] */
    real *packed;         /* its part of work.packed; only for passes that pack, as a shared call writes nothing here */
    char apart[BP_APART]; /* from the next thread's */
};

size_t REAL(bp_dense_workspace_size)(void) { return sizeof(struct workspace); }

/* The grid of one pass, and what its jobs need. */
struct pass {
    const struct bp_model *model;
    const struct bp_layer *layer;
    void (*job)(const struct pass *pass, size_t panel, size_t panels, size_t row, size_t rows,
                struct workspace *workspace);
    size_t panels, group; /* of results, side by side */
    size_t rows, chunk;   /* of results, one below the other */
    bool packs;           /* gradient: the operands, into work.packed */
    size_t batch;
    const struct REAL(bp_matrix) *in;
    const real *bias; /* forward: of the first panel, and from panel to panel */
    size_t bias_panel;
    const real *delta;
    struct REAL(bp_units) units; /* forward, delta: what comes out, whole */
    REAL(bp_units_fn) *then;     /* what follows for each block of them; NULL: nothing */
    real *out;                   /* delta: a user's matrix instead, rows `out_row` apart */
    size_t out_row;
    const struct REAL(bp_update) *update; /* the step that follows the gradient at once, if any */
};

static const real zeros[BP_LANES];

static size_t in_steps(size_t count, size_t step) { return (count + step - 1) / step; }

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* ---- packing of a gradient's operands */

/* A tile reads a few inputs of each row of the batch. Each row is in another cache line, often in another page. If
 * enough tiles read the same inputs, it is faster to copy them first. The bounds were found by measurement. Deltas are
 * copied only if each row of them begins in another page, and the batch is not too long for their place. */
enum { PACKED_PANELS = 16, PACKED_BATCH = 96, LEAST_PACKED = 2 * BP_TALLEST, PAGE = 4096, DELTA_ROWS = 512 };
_Static_assert(CHUNK % BP_TALLEST == 0, "so that a chunk of packed inputs fits the tile");

/* Numbers that fit three quarters of the second-level cache. With half of that the deltas are packed twice as often: a
 * step of 512 x 2048 x 2048 took 1.1 times as long. */
static size_t held_numbers(void) { return bp_cache_size() / 4 * 3 / sizeof(real); }

/* How many inputs to pack at a time, in about equal chunks; 0: packing does not pay. */
static size_t packed_chunk(const struct bp_layer *layer, size_t parts, size_t batch)
{
    if (layer->panels < parts * PACKED_PANELS || batch < PACKED_BATCH || layer->inputs < LEAST_PACKED)
        return 0;
    const size_t most = least(held_numbers() / (batch + BP_LANES) / BP_TALLEST * BP_TALLEST, CHUNK);
    return most < LEAST_PACKED ? 0 : bp_round_up(in_steps(layer->inputs, in_steps(layer->inputs, most)), BP_TALLEST);
}

static bool packs_deltas(const struct bp_layer *layer, size_t batch)
{
    return layer->stride * sizeof(real) >= PAGE && batch <= DELTA_ROWS;
}

/* The numbers of what is packed: of the inputs, and after them, from a whole line on, of the deltas. */
static size_t packed_inputs(size_t chunk, size_t batch) { return bp_round_up(chunk * (batch + BP_LANES), BP_LANES); }

static size_t packed_size(const struct bp_layer *layer, size_t chunk, size_t batch)
{
    return packed_inputs(chunk, batch) + (chunk > 0 && packs_deltas(layer, batch) ? GROUP * BP_LANES * batch : 0);
}

/* As much as a batch of so many rows or fewer needs, with one thread or several: a smaller batch may need more than a
 * larger one, and reserved memory must be enough for it. */
static size_t most_packed(const struct bp_layer *layer, size_t batch)
{
    if (layer->weights_size == 0 || layer->panels < PACKED_PANELS || batch < PACKED_BATCH)
        return 0;
    const size_t chunk = least(bp_round_up(layer->inputs, BP_TALLEST), CHUNK), rows = least(batch, DELTA_ROWS);
    const size_t inputs = bp_round_up(least(chunk * (batch + BP_LANES), held_numbers()), BP_LANES);
    return inputs + (packs_deltas(layer, rows) ? GROUP * BP_LANES * rows : 0);
}

size_t REAL(bp_dense_packed_size)(const struct bp_model *model, size_t batch)
{
    size_t most = 0;
    for (size_t i = 0; i < model->count; i++) {
        const size_t size = most_packed(&model->layers[i], batch);
        most = size > most ? size : most;
    }
    return most == 0 ? 0 : most + BP_APART / sizeof(real); /* from the next thread's */
}

static void pack_inputs(const struct pass *p, size_t row, size_t rows, real *packed)
{
    REAL(bp_kernels_of)(p->model)->pack(rows, p->batch, p->in->at + row, p->in->stride, packed);
}

/* As [batch][panels][lanes]. It asks for rows to come, since processors do not look ahead from page to page. */
static void pack_deltas(const struct pass *p, size_t panel, size_t panels, real *packed)
{
    enum { AHEAD = 16 };
    const size_t stride = p->layer->stride;
    for (size_t row = 0; row < p->batch; row++) {
        for (size_t i = panel; i < panel + panels; i++, packed += BP_LANES) {
            BP_FETCH_READ(p->delta + least(row + AHEAD, p->batch - 1) * stride + i * BP_LANES);
            memcpy(packed, p->delta + row * stride + i * BP_LANES, BP_LANES * sizeof(real));
        }
    }
}

/* ---- the blocks of a pass, and the threads */

/* Whether the parts are about equal if each takes some of the jobs. */
static bool is_fair(size_t jobs, size_t parts) { return 10 * in_steps(jobs, parts) * parts <= 11 * jobs; }

/* Whether each part takes some groups from top to bottom. Then each thread's weights, which it alone reads and steps,
 * stay in its own cache from one pass to the next. */
static bool share_groups(const struct pass *p, size_t parts) { return is_fair(in_steps(p->panels, p->group), parts); }

/* Else blocks are so high, down to SHORT_CHUNK, that the parts are about equal if each takes some of them. */
static size_t fair_chunk(const struct pass *p, size_t parts)
{
    const size_t groups = in_steps(p->panels, p->group);
    size_t chunk = p->chunk;
    for (size_t chunks = in_steps(p->rows, chunk); chunk > SHORT_CHUNK; chunks++) {
        chunk = least(p->chunk, bp_round_up(in_steps(p->rows, chunks), BP_TALLEST));
        if (is_fair(groups * in_steps(p->rows, chunk), parts))
            break;
    }
    return chunk;
}

/* One part of the blocks, from left to right and then down. */
static void do_part(void *context, size_t part, size_t parts)
{
    const struct pass *p = context;
    struct workspace *workspace = (struct workspace *)p->model->workspaces + part;
    const size_t groups = in_steps(p->panels, p->group), chunks = in_steps(p->rows, p->chunk);
    const bool by_group = share_groups(p, parts);
    const size_t left = by_group ? part * groups / parts : 0, right = by_group ? (part + 1) * groups / parts : groups;
    const size_t across = right - left, jobs = across * chunks;
    const size_t start = by_group ? 0 : part * jobs / parts, end = by_group ? jobs : (part + 1) * jobs / parts;
    if (p->packs)
        workspace->packed = (real *)p->model->work.packed + part * p->model->work.packed_size;
    for (size_t job = start; job < end; job++) {
        const size_t panel = (left + job % across) * p->group, row = job / across * p->chunk;
        const size_t rows = least(p->chunk, p->rows - row);
        if (p->packs && (job == start || job % across == 0))
            pack_inputs(p, row, rows, workspace->packed);
        p->job(p, panel, least(p->group, p->panels - panel), row, rows, workspace);
    }
}

/* Runs the jobs, with blocks up to `chunk` rows high. */
static void run(struct pass *pass, size_t threads, size_t chunk)
{
    pass->group = pass->rows <= FEW_ROWS ? GROUP_OF_FEW : GROUP;
    pass->chunk = chunk;
    if (!pass->packs && pass->rows <= chunk && pass->panels <= pass->group) {
        pass->job(pass, 0, pass->panels, 0, pass->rows, pass->model->workspaces);
        return;
    }
    const size_t parts = bp_model_parts(threads, pass->layer, pass->batch);
    if (!share_groups(pass, parts))
        pass->chunk = fair_chunk(pass, parts);
    bp_model_run(pass->model, parts, do_part, pass);
}

/* The block's part of the units that come out. */
static struct REAL(bp_units) units_at(const struct pass *p, size_t panel, size_t panels, size_t row, size_t rows)
{
    struct REAL(bp_units) units = p->units;
    const size_t at = row * units.stride + panel * BP_LANES;
    units.rows = rows;
    units.units = panels * BP_LANES;
    units.z += at;
    units.a += at;
    if (units.delta)
        units.delta += at;
    return units;
}

/* ---- z = in W^T + b, a = f(z) */

static void forward_job(const struct pass *p, size_t panel, size_t panels, size_t row, size_t rows,
                        struct workspace *workspace)
{
    const size_t inputs = p->layer->inputs;
    struct REAL(bp_units) units = units_at(p, panel, panels, row, rows);
    (void)workspace;
    REAL(bp_plan_of)(p->model)->product(&(product_of){
        .rows = rows,
        .panels = panels,
        .depth = inputs,
        .a = p->in->at + row * p->in->stride,
        .a_row = p->in->stride,
        .a_step = 1,
        .b = (const real *)p->model->parameters + p->layer->weights_at + panel * BP_LANES * inputs,
        .b_step = BP_LANES,
        .b_panel = BP_LANES * inputs,
        .start = p->bias + panel * p->bias_panel,
        .start_row = 0,
        .start_panel = p->bias_panel,
        .c = (real *)units.z,
        .c_row = units.stride,
        .c_panel = BP_LANES,
    });
    if (p->then)
        p->then(&units);
}

void REAL(bp_dense_forward)(const struct bp_model *model, const struct bp_layer *layer, size_t threads,
                            const struct REAL(bp_matrix) *in, const struct REAL(bp_units) *units)
{
    const real *bias = (const real *)model->parameters + layer->bias_at;
    const bool per_unit = layer->biases > 1, by_row = bp_layer_by_row(layer);
    REAL(bp_units_fn) *activate = REAL(bp_kernels_of)(model)->forward[layer->activation];
    real level[BP_LANES]; /* the one bias for a whole panel, or zeros */
    for (size_t lane = 0; !per_unit && lane < BP_LANES; lane++)
        level[lane] = layer->bias_size > 0 ? *bias : 0;
    struct pass pass = {
        .model = model,
        .layer = layer,
        .job = forward_job,
        .panels = layer->panels,
        .rows = units->rows,
        .batch = units->rows,
        .in = in,
        .bias = per_unit ? bias : level,
        .bias_panel = per_unit ? BP_LANES : 0,
        .units = *units,
        .then = by_row ? NULL : activate,
    };
    run(&pass, threads, CHUNK);
    if (by_row)
        activate(units);
}

/* ---- delta_{l-1} = delta_l W_l */

/* The weights of `units` units for the inputs of some panels transposed, [units][panels][lanes], zeros where there is
 * no such input. */
static void transpose_weights(const struct pass *p, size_t unit, size_t units, size_t panel, size_t panels,
                              real *transposed)
{
    const struct bp_layer *layer = p->layer;
    const size_t input = panel * BP_LANES, inputs = least(panels * BP_LANES, layer->inputs - input);
    const real *weights = (const real *)p->model->parameters + layer->weights_at;
    if (inputs < panels * BP_LANES)
        memset(transposed, 0, units * panels * BP_LANES * sizeof(real));
    REAL(bp_kernels_of)(p->model)->transpose(units, inputs, weights + unit * layer->inputs + input * BP_LANES,
                                             BP_LANES * layer->inputs, transposed, panels * BP_LANES);
}

/* delta W for a block of inputs, into c, block after block of the units. */
static void delta_product(const struct pass *p, size_t panel, size_t panels, size_t row, size_t rows,
                          struct workspace *workspace, real *c, size_t c_row)
{
    const size_t units = p->layer->units, depth = TRANSPOSED * GROUP / panels / BP_LANES * BP_LANES;
    for (size_t unit = 0; unit < units; unit += depth) {
        const size_t some = least(depth, units - unit);
        transpose_weights(p, unit, some, panel, panels, workspace->transposed);
        REAL(bp_plan_of)(p->model)->product(&(product_of){
            .rows = rows,
            .panels = panels,
            .depth = some,
            .a = p->delta + row * p->layer->stride + unit,
            .a_row = p->layer->stride,
            .a_step = 1,
            .b = workspace->transposed,
            .b_step = panels * BP_LANES,
            .b_panel = BP_LANES,
            .start = unit == 0 ? zeros : c,
            .start_row = unit == 0 ? 0 : c_row,
            .start_panel = unit == 0 ? 0 : BP_LANES,
            .c = c,
            .c_row = c_row,
            .c_panel = BP_LANES,
        });
    }
}

static void delta_job(const struct pass *p, size_t panel, size_t panels, size_t row, size_t rows,
                      struct workspace *workspace)
{
    struct REAL(bp_units) units = units_at(p, panel, panels, row, rows);
    delta_product(p, panel, panels, row, rows, workspace, units.delta, units.stride);
    if (p->then)
        p->then(&units);
}

/* The last panel of a user's matrix ends where its rows do. */
static void out_job(const struct pass *p, size_t panel, size_t panels, size_t row, size_t rows,
                    struct workspace *workspace)
{
    const size_t width = panels * BP_LANES, input = panel * BP_LANES;
    const size_t inputs = least(width, p->layer->inputs - input);
    delta_product(p, panel, panels, row, rows, workspace, workspace->tile, width);
    for (size_t i = 0; i < rows; i++)
        memcpy(p->out + (row + i) * p->out_row + input, workspace->tile + i * width, inputs * sizeof(real));
}

void REAL(bp_dense_delta_below)(const struct bp_model *model, const struct bp_layer *layer, const real *delta,
                                const struct REAL(bp_units) *below, REAL(bp_units_fn) *block)
{
    struct pass pass = {
        .model = model,
        .layer = layer,
        .job = delta_job,
        .panels = in_steps(layer->inputs, BP_LANES),
        .rows = below->rows,
        .batch = below->rows,
        .delta = delta,
        .units = *below,
        .then = block,
    };
    run(&pass, model->threads, below->rows); /* all rows of a block share the transposed weights */
}

void REAL(bp_dense_input_gradient)(const struct bp_model *model, const struct bp_layer *layer, size_t rows,
                                   const real *delta, real *out, size_t out_row)
{
    struct pass pass = {
        .model = model,
        .layer = layer,
        .job = out_job,
        .panels = in_steps(layer->inputs, BP_LANES),
        .rows = rows,
        .batch = rows,
        .delta = delta,
        .out = out,
        .out_row = out_row,
    };
    run(&pass, model->threads, CHUNK);
}

/* ---- dW += delta^T in, db += the sum of delta over the rows; or the optimiser's step with them */

/* The step on numbers that begin `at` after the segment does. */
static void update_at(const struct pass *p, size_t at, size_t n, const real *g)
{
    struct REAL(bp_update) update = *p->update;
    update.n = n;
    update.g = g;
    update.w += at;
    if (update.v)
        update.v += at;
    if (update.u)
        update.u += at;
    REAL(bp_plan_of)(p->model)->step(&update);
}

/* Whether the product can take the step itself: plain gradient descent, in one block of the depth, and no CBLAS. */
static bool takes_plain_sgd(const struct pass *p)
{
    const struct REAL(bp_plan) *plan = REAL(bp_plan_of)(p->model);
    return p->update && plan->plain_sgd && p->batch <= BP_DESCENT_DEPTH;
}

/* The results are weights: `row` counts inputs. */
static void gradient_job(const struct pass *p, size_t panel, size_t panels, size_t row, size_t rows,
                         struct workspace *workspace)
{
    const size_t inputs = p->layer->inputs, at = (panel * inputs + row) * BP_LANES;
    const bool fused = p->update, plain_sgd = takes_plain_sgd(p), fresh = fused || p->model->gradient_rows == 0;
    real *parameters = plain_sgd ? p->model->parameters : p->model->gradient;
    real *dw = fused && !plain_sgd ? workspace->tile : parameters + p->layer->weights_at + at;
    const size_t dw_panel = (fused && !plain_sgd ? rows : inputs) * BP_LANES;
    real *deltas = NULL;
    if (p->packs && packs_deltas(p->layer, p->batch)) {
        deltas = workspace->packed + packed_inputs(p->chunk, p->batch);
        pack_deltas(p, panel, panels, deltas);
    }
    REAL(bp_plan_of)(p->model)->product(&(product_of){
        .rows = rows,
        .panels = panels,
        .depth = p->batch,
        .a = p->packs ? workspace->packed : p->in->at + row,
        .a_row = 1,
        .a_step = p->in->stride,
        .packed = p->packs,
        .b = deltas ? deltas : p->delta + panel * BP_LANES,
        .b_step = deltas ? panels * BP_LANES : p->layer->stride,
        .b_panel = BP_LANES,
        .start = fresh ? zeros : dw,
        .start_row = fresh ? 0 : BP_LANES,
        .start_panel = fresh ? 0 : dw_panel,
        .c = dw,
        .c_row = BP_LANES,
        .c_panel = dw_panel,
        .plain_sgd = plain_sgd,
        .rate = plain_sgd ? p->update->rate : 0,
        .mean = plain_sgd ? p->update->mean : 0,
    });
    for (size_t i = 0; fused && !plain_sgd && i < panels; i++)
        update_at(p, at + i * inputs * BP_LANES, rows * BP_LANES, dw + i * dw_panel);
}

void REAL(bp_dense_gradient)(const struct bp_model *model, const struct bp_layer *layer, size_t rows,
                             const struct REAL(bp_matrix) *in, const real *delta, const struct REAL(bp_update) *update)
{
    struct pass pass = {
        .model = model,
        .layer = layer,
        .job = gradient_job,
        .panels = layer->panels,
        .rows = layer->inputs,
        .batch = rows,
        .in = in,
        .delta = delta,
        .update = update,
    };
    const struct REAL(bp_plan) *plan = REAL(bp_plan_of)(model);
    const size_t chunk = packed_chunk(layer, bp_model_parts(model->threads, layer, rows), rows);
    pass.packs = chunk > 0 && packed_size(layer, chunk, rows) <= model->work.packed_size &&
                 plan->product == plan->kernels.product; /* not a CBLAS's */
    run(&pass, model->threads, pass.packs ? chunk : GRADIENT_CHUNK);
}

/* For a shared bias over the units of each row too. */
static void shared_bias_gradient(const struct bp_layer *layer, size_t rows, const real *delta, real *db)
{
    for (size_t row = 0; row < rows; row++)
        for (size_t unit = 0; unit < layer->units; unit++)
            *db += delta[row * layer->stride + unit];
}

void REAL(bp_dense_bias_gradient)(const struct bp_model *model, const struct bp_layer *layer, size_t rows,
                                  const real *delta, const struct REAL(bp_update) *update)
{
    const struct pass pass = {.model = model, .layer = layer, .update = update};
    real *tile = ((struct workspace *)model->workspaces)->tile;
    for (size_t at = 0; at < layer->bias_size; at += TILE_SIZE) {
        const size_t some = least(TILE_SIZE, layer->bias_size - at);
        real *db = update ? tile : (real *)model->gradient + layer->bias_at + at;
        if (update || model->gradient_rows == 0)
            memset(db, 0, some * sizeof(real));
        const struct REAL(bp_units) units = {
            .rows = rows, .units = some, .stride = layer->stride, .delta = (real *)delta + at};
        if (layer->biases > 1)
            REAL(bp_kernels_of)(model)->sum_rows(&units, db);
        else
            shared_bias_gradient(layer, rows, delta, db);
        if (update)
            update_at(&pass, at, some, db);
    }
}
