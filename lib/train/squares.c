/* SPDX-License-Identifier: MIT */
#include "train/squares.h"

#include <math.h>

#include "base/memory.h"
#include "data/asked_net.h"
#include "train/objective.h"
#include "train/symmetric.h"

/* ---- which parameters are trained */

/* Of so many weights or biases of a layer all or none. */
static size_t trained_of(const bp_net *net, size_t layer, int32_t key, size_t count)
{
    double value = 0;
    if (count > 0) /* else the layer may lack the key */
        (void)bp_net_layer_get(net, layer, key, &value);
    return value != 0 ? count : 0;
}

/* Counts `count` parameters from `first` on, and lists them where there is a list. */
static void list(size_t *trained, size_t *listed, size_t first, size_t count)
{
    for (size_t i = 0; trained && i < count; i++)
        trained[*listed + i] = first + i;
    *listed += count;
}

/* Into `trained`, unless it is NULL; returns how many. */
static size_t list_trained(const bp_net *net, size_t *trained)
{
    size_t at = 0, listed = 0;
    for (size_t layer = 0; layer < bp_net_layers(net); layer++) {
        const size_t weights = bp_numbers_of_net(net, BP_ARRAY_WEIGHTS, layer),
                     biases = bp_numbers_of_net(net, BP_ARRAY_BIAS, layer);
        list(trained, &listed, at, trained_of(net, layer, BP_LAYER_TRAIN_WEIGHTS, weights));
        list(trained, &listed, at + weights, trained_of(net, layer, BP_LAYER_TRAIN_BIAS, biases));
        at += weights + biases;
    }
    return listed;
}

size_t bp_residuals_trained(const bp_train *t) { return list_trained(t->net, NULL); }

/* ---- buffers */

bool bp_residuals_make(const bp_train *t, struct bp_residuals *r)
{
    const bp_allocator *allocator = &t->allocator;
    const size_t outputs = bp_net_outputs(t->net), size = bp_type_size(bp_type_of_net(t->net));
    size_t workspace;
    *r =
        (struct bp_residuals){.n = bp_numbers_of_net(t->net, BP_ARRAY_PARAMETERS, 0), .count = bp_residuals_trained(t)};
    if (!bp_symmetric_workspace(r->count, &workspace))
        return false;
    r->trained = bp_memory_allocate(allocator, r->count > 0 ? r->count : 1, sizeof(*r->trained));
    r->rows = bp_memory_allocate(allocator, workspace, sizeof(*r->rows));
    r->of_row = bp_memory_allocate(allocator, BP_SYMMETRIC_ROWS, sizeof(*r->of_row));
    r->scale = bp_memory_allocate(allocator, outputs, sizeof(*r->scale));
    r->dy = bp_memory_allocate(allocator, outputs, size);
    r->trial = bp_memory_allocate(allocator, outputs, size);
    return r->trained && r->rows && r->of_row && r->scale && r->dy && r->trial;
}

void bp_residuals_release(const bp_allocator *allocator, struct bp_residuals *r)
{
    void *const buffers[] = {r->trained, r->rows, r->of_row, r->scale, r->dy, r->trial};
    for (size_t i = 0; i < sizeof(buffers) / sizeof(buffers[0]); i++)
        bp_memory_release(allocator, buffers[i]);
    *r = (struct bp_residuals){0};
}

/* ---- what is the same at every evaluation */

/* Takes the block of `some` rows that begins at `row`. */
static bp_status fill(bp_train *t, size_t row, size_t *some)
{
    const size_t left = bp_data_rows(t->data) - row;
    *some = left < t->batch.rows ? left : t->batch.rows;
    return bp_batch_fill(&t->batch, t->data, bp_train_class_weights(t), t->order + row, *some);
}

static double weight_of(const struct bp_batch *batch, size_t row)
{
    return batch->taken.weights ? batch->taken.weights[row] : 1;
}

static bp_status count_residuals(bp_train *t, struct bp_residuals *r)
{
    size_t some;
    r->number = 0;
    for (size_t row = 0; row < bp_data_rows(t->data); row += some) {
        BP_TRY(fill(t, row, &some));
        for (size_t i = 0; i < some; i++)
            r->number += weight_of(&t->batch, i) != 0 ? (double)t->batch.outputs : 0;
    }
    return BP_OK;
}

/* Of a target that is off in one output alone, by d, the loss is c d^2 / 2: so c is right whatever stands between the
 * outputs and the loss. */
static bp_status measure_scale(bp_train *t, struct bp_residuals *r, size_t output)
{
    const struct bp_batch *b = &t->batch;
    double loss;
    for (size_t i = 0; i < b->outputs; i++)
        bp_number_put(b->dtype, r->trial, i, bp_number_at(b->dtype, b->y, i));
    const double y = bp_number_at(b->dtype, b->y, output);
    bp_number_put(b->dtype, r->trial, output, y + (fabs(y) > 1 ? fabs(y) : 1));
    const double d = bp_number_at(b->dtype, r->trial, output) - y;
    BP_TRY(bp_batch_loss_of_row(b, t->net, r->trial, &loss, t->scratch));
    r->scale[output] = sqrt(2 * loss / (d * d));
    return BP_OK;
}

bp_status bp_residuals_count(bp_train *t, struct bp_residuals *r)
{
    list_trained(t->net, r->trained);
    return count_residuals(t, r);
}

bp_status bp_residuals_measure(bp_train *t, struct bp_residuals *r)
{
    size_t some;
    BP_TRY(fill(t, 0, &some));
    BP_TRY(bp_batch_predict(&t->batch, t->net, 1, t->scratch));
    for (size_t output = 0; output < t->batch.outputs; output++)
        BP_TRY(measure_scale(t, r, output));
    return BP_OK;
}

/* ---- the residuals at a point */

/* r = sqrt(c w) (y - t) of row `row` of the batch, whose outputs are row `of` of y. */
static double residual(const bp_train *t, size_t row, size_t of, size_t output)
{
    const struct bp_batch *b = &t->batch;
    const size_t k = b->outputs;
    const double y = bp_number_at(b->dtype, b->y, of * k + output);
    const double target = b->taken.target ? bp_number_at(b->dtype, b->taken.target, row * k + output)
                          : k == 1        ? (double)b->taken.labels[row]
                                          : (double)((size_t)b->taken.labels[row] == output);
    return t->full.residuals.scale[output] * sqrt(weight_of(b, row)) * (y - target);
}

/* Into the net and back: as it has rounded them. */
static bp_status take(bp_train *t, struct bp_point *at)
{
    if (atomic_load(&t->cancelled))
        return BP_ERR_CANCELLED;
    BP_TRY(bp_objective_set(t, at->x));
    return bp_objective_get(t, at->x);
}

static bp_status add_squares(bp_train *t, struct bp_point *at)
{
    double sum = 0;
    size_t some;
    at->right = 0;
    for (size_t row = 0; row < bp_data_rows(t->data); row += some) {
        BP_TRY(fill(t, row, &some));
        BP_TRY(bp_batch_predict(&t->batch, t->net, some, t->scratch));
        for (size_t i = 0; i < some; i++)
            for (size_t output = 0; output < t->batch.outputs; output++) {
                const double r = residual(t, i, i, output);
                sum += r * r;
            }
        at->right += t->labels ? bp_batch_right(&t->batch, some) : 0;
    }
    at->value = isfinite(sum) ? sum / 2 : (double)INFINITY;
    return BP_OK;
}

/* A step to where no number is finite is no error, but one to step back from. */
static bp_status step_back(bp_status status, struct bp_point *at)
{
    if (status != BP_ERR_NONFINITE)
        return status;
    at->value = (double)INFINITY;
    return BP_OK;
}

static bp_status evaluate(void *context, struct bp_point *at)
{
    bp_train *t = context;
    bp_status status = take(t, at);
    if (status == BP_OK)
        status = add_squares(t, at);
    return step_back(status, at);
}

/* ---- and their derivatives */

/* Row `at` of `rows` in the workspace: the gradient of one output for one row of the data, which is the net's own. */
static bp_status differentiate(bp_train *t, size_t row, size_t output, size_t rows, size_t at)
{
    struct bp_residuals *r = &t->full.residuals;
    const struct bp_batch *b = &t->batch;
    const double scale = r->scale[output] * sqrt(weight_of(b, row));
    BP_TRY(bp_net_zero_gradient(t->net));
    bp_number_put(b->dtype, r->dy, output, 1);
    const bp_status status = bp_batch_backward_from(b, t->net, r->dy, 1);
    bp_number_put(b->dtype, r->dy, output, 0);
    BP_TRY(status);
    BP_TRY(bp_batch_get_gradient(t->net, t->gradient));
    for (size_t i = 0; i < r->count; i++)
        r->rows[bp_symmetric_place(rows, at, i)] = scale * bp_number_at(b->dtype, t->gradient, r->trained[i]);
    r->of_row[at] = residual(t, row, 0, output);
    return BP_OK;
}

/* Adds the workspace's rows to J^T J and J^T r. */
static void add_rows(struct bp_residuals *r, size_t rows, struct bp_point *at, double *jj)
{
    for (size_t i = r->count; i < bp_symmetric_stride(r->count); i++)
        for (size_t row = 0; row < rows; row++)
            r->rows[bp_symmetric_place(rows, row, i)] = 0;
    bp_symmetric_add(jj, r->count, r->rows, rows);
    for (size_t i = 0; i < r->count; i++)
        for (size_t row = 0; row < rows; row++)
            at->gradient[r->trained[i]] += r->rows[bp_symmetric_place(rows, row, i)] * r->of_row[row];
}

/* The rows of J are those of the data, an output after the other; `left` are still to come. */
static bp_status add_derivatives(bp_train *t, struct bp_point *at, double *jj)
{
    const size_t outputs = t->batch.outputs;
    size_t filled = 0, some, left = bp_data_rows(t->data) * outputs;
    for (size_t row = 0; row < bp_data_rows(t->data); row += some) {
        BP_TRY(fill(t, row, &some));
        for (size_t i = 0; i < some; i++) {
            BP_TRY(bp_batch_forward_row(&t->batch, t->net, i));
            for (size_t output = 0; output < outputs; output++) {
                const size_t rows = left < BP_SYMMETRIC_ROWS ? left : BP_SYMMETRIC_ROWS;
                BP_TRY(differentiate(t, i, output, rows, filled));
                if (++filled < rows)
                    continue;
                add_rows(&t->full.residuals, rows, at, jj);
                left -= rows;
                filled = 0;
            }
        }
    }
    return BP_OK;
}

/* The others of J^T J are no greater than those of its diagonal. */
static bool is_finite(const struct bp_residuals *r, const struct bp_point *at, const double *jj)
{
    const size_t stride = bp_symmetric_stride(r->count);
    double all = 0;
    for (size_t i = 0; i < r->count; i++)
        all += (at->gradient[r->trained[i]] + jj[i * stride + i]) * 0; /* NaN as soon as one is not finite */
    return all == 0;
}

static bp_status derive(bp_train *t, struct bp_point *at, double *jj)
{
    const struct bp_residuals *r = &t->full.residuals;
    const size_t stride = bp_symmetric_stride(r->count);
    for (size_t i = 0; i < stride * stride; i++)
        jj[i] = 0;
    for (size_t i = 0; i < r->n; i++)
        at->gradient[i] = 0;
    BP_TRY(add_derivatives(t, at, jj));
    return is_finite(r, at, jj) ? BP_OK : BP_ERR_NONFINITE;
}

static bp_status evaluate_jacobian(void *context, struct bp_point *at, double *jj)
{
    bp_train *t = context;
    BP_TRY(evaluate(t, at));
    if (!isfinite(at->value))
        return BP_OK;
    const bp_status status = derive(t, at, jj);
    (void)bp_net_zero_gradient(t->net); /* nothing is left for a step */
    return step_back(status, at);
}

struct bp_squares bp_squares_of(bp_train *t)
{
    const struct bp_residuals *r = &t->full.residuals;
    return (struct bp_squares){.n = r->n,
                               .count = r->count,
                               .trained = r->trained,
                               .workspace = r->rows,
                               .evaluate = evaluate,
                               .evaluate_jacobian = evaluate_jacobian,
                               .context = t};
}
