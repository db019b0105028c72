/* SPDX-License-Identifier: MIT */
#include "train/full_batch.h"

#include <math.h>

#include "base/memory.h"
#include "data/asked_net.h"
#include "train/objective.h"
#include "train/train_families.h"

static const struct bp_method_row *row_of(const bp_train *t)
{
    return bp_family_by_key(&bp_methods, (int32_t)t->set.method);
}

const struct bp_method *bp_method_of(const bp_train *t) { return row_of(t)->method; }

void bp_full_batch_release(const bp_allocator *allocator, struct bp_full_batch *full)
{
    if (full->state)
        full->method->release(full->state, allocator);
    bp_memory_release(allocator, full->state);
    bp_memory_release(allocator, full->scaling);
    bp_memory_release(allocator, full->decay);
    bp_residuals_release(allocator, &full->residuals);
    *full = (struct bp_full_batch){0};
}

/* ---- what a method can be used for */

static double option(const bp_train *t, int32_t key)
{
    double value = 0;
    (void)bp_net_get(t->net, key, &value); /* which a key of the library's cannot fail */
    return value;
}

static bp_status check_squares(bp_train *t, const struct bp_call *call)
{
    const struct bp_method_row *row = row_of(t);
    const int32_t loss = (int32_t)option(t, BP_OPT_LOSS);
    const size_t trained = bp_residuals_trained(t);
    if (loss != BP_LOSS_SQUARED && loss != BP_LOSS_MSE)
        return bp_fail(call, BP_ERR_UNSUPPORTED,
                       "the loss is %s: the method %s needs a sum of squares, BP_LOSS_SQUARED or BP_LOSS_MSE",
                       bp_key_name(loss), row->named.name);
    if (trained > BP_MOST_TRAINED)
        return bp_fail(call, BP_ERR_UNSUPPORTED,
                       "%zu parameters are trained: the method %s takes %d at most, because of memory", trained,
                       row->named.name, (int)BP_MOST_TRAINED);
    if (row->method->regularises && option(t, BP_OPT_L2) + option(t, BP_OPT_WEIGHT_DECAY) != 0)
        return bp_fail(call, BP_ERR_UNSUPPORTED,
                       "BP_OPT_L2 and BP_OPT_WEIGHT_DECAY are %s together: the method %s finds a penalty by itself",
                       bp_message_number(option(t, BP_OPT_L2) + option(t, BP_OPT_WEIGHT_DECAY)).text, row->named.name);
    return BP_OK;
}

bp_status bp_full_batch_check(bp_train *t, const struct bp_call *call)
{
    const struct bp_method_row *row = row_of(t);
    double value;
    if (option(t, BP_OPT_L1) != 0)
        return bp_fail(call, BP_ERR_UNSUPPORTED, "BP_OPT_L1 is %s: the method %s needs a smooth loss",
                       bp_message_number(option(t, BP_OPT_L1)).text, row->named.name);
    for (size_t i = 0; i < bp_net_layers(t->net); i++)
        if (bp_net_layer_get(t->net, i, BP_LAYER_RANDOM, &value) == BP_OK && value != 0)
            return bp_fail(call, BP_ERR_UNSUPPORTED,
                           "layer %zu is dropout: the method %s needs a loss that is the same at each evaluation", i,
                           row->named.name);
    return row->method->residuals ? check_squares(t, call) : BP_OK;
}

/* ---- what a method is given */

/* Of a training's own settings, or of its net's. */
static double option_of(const void *training, int32_t key)
{
    const bp_train *t = training;
    const struct bp_option *own = bp_family_by_key(&bp_train_options, key);
    return own ? bp_option_value(&t->set, own) : option(t, key);
}

static struct bp_problem problem_of(bp_train *t)
{
    return (struct bp_problem){.n = bp_numbers_of_net(t->net, BP_ARRAY_PARAMETERS, 0),
                               .objective = bp_objective_of(t),
                               .squares = bp_squares_of(t),
                               .rows = (double)bp_data_rows(t->data),
                               .residuals = t->full.residuals.number,
                               .decay = t->full.decay,
                               .option = option_of,
                               .training = t};
}

/* ---- an iteration */

static bool make_parts(bp_train *t)
{
    struct bp_full_batch *full = &t->full;
    const size_t n = bp_numbers_of_net(t->net, BP_ARRAY_PARAMETERS, 0), inputs = bp_net_inputs(t->net),
                 outputs = bp_net_outputs(t->net);
    full->decay = bp_memory_allocate(&t->allocator, n, sizeof(*full->decay));
    full->scaling = bp_memory_allocate(&t->allocator, inputs > outputs ? inputs : outputs, 2 * sizeof(double));
    if (!full->decay || !full->scaling || (full->method->residuals && !bp_residuals_make(t, &full->residuals)))
        return false;
    full->state = bp_memory_allocate(&t->allocator, 1, full->method->size);
    const struct bp_problem problem = problem_of(t);
    return full->state && full->method->make(full->state, &t->allocator, &problem);
}

static bp_status make(bp_train *t)
{
    const struct bp_method *method = bp_method_of(t);
    const size_t trained = bp_residuals_trained(t);
    if (t->full.method == method && (t->full.trained == trained || !method->residuals))
        return BP_OK;
    bp_full_batch_release(&t->allocator, &t->full);
    t->full.method = method;
    t->full.trained = trained;
    if (make_parts(t))
        return BP_OK;
    bp_full_batch_release(&t->allocator, &t->full);
    return BP_ERR_MEMORY;
}

/* From the net's parameters, unless it stands there. */
static bp_status begin(bp_train *t)
{
    struct bp_full_batch *full = &t->full;
    struct bp_point *at = bp_full_batch_point(full);
    uint64_t fingerprint;
    BP_TRY(bp_objective_fingerprint(t, &fingerprint));
    if (full->begun && full->fingerprint == fingerprint)
        return BP_OK;
    full->begun = false;
    full->fingerprint = fingerprint;
    if (full->method->residuals) {
        BP_TRY(bp_residuals_count(t, &full->residuals));
        BP_TRY(bp_residuals_measure(t, &full->residuals));
    }
    const struct bp_problem problem = problem_of(t);
    BP_TRY(bp_objective_get(t, at->x));
    BP_TRY(full->method->begin(full->state, &problem));
    if (!isfinite(at->value))
        return BP_ERR_NONFINITE;
    full->begun = true;
    return BP_OK;
}

/* Only after a success is anything new accepted; the net's parameters are put back after everything else too. */
static bp_status iterate(bp_train *t)
{
    const struct bp_problem problem = problem_of(t);
    const bp_status status = t->full.method->iterate(t->full.state, &problem);
    BP_TRY(bp_objective_set(t, bp_full_batch_point(&t->full)->x));
    BP_TRY(bp_objective_fingerprint(t, &t->full.fingerprint));
    return status;
}

static void report(bp_train *t)
{
    const struct bp_problem problem = problem_of(t);
    double loss;
    t->full.method->report(t->full.state, &problem, &loss, &t->gradient_norm);
    t->done = bp_data_rows(t->data);
    t->right = bp_full_batch_point(&t->full)->right;
    t->loss = loss * (double)t->done;
}

bp_status bp_full_batch_reserve(bp_train *t)
{
    BP_TRY(make(t));
    BP_TRY(bp_objective_prepare(t));
    return bp_batch_reserve(&t->batch, t->net);
}

bool bp_full_batch_is_begun(const bp_train *t)
{
    return t->full.begun && (!t->full.method->residuals || t->full.trained == bp_residuals_trained(t));
}

bp_status bp_full_batch_restore(bp_train *t)
{
    uint64_t fingerprint;
    if (!t->full.method->residuals)
        return BP_OK;
    BP_TRY(bp_objective_fingerprint(t, &fingerprint));
    BP_TRY(bp_residuals_count(t, &t->full.residuals));
    const struct bp_problem problem = problem_of(t);
    return t->full.method->restore(t->full.state, &problem, fingerprint == t->full.fingerprint);
}

bp_status bp_full_batch_iterate(bp_train *t)
{
    BP_TRY(make(t));
    BP_TRY(bp_objective_prepare(t));
    BP_TRY(begin(t));
    BP_TRY(iterate(t));
    report(t);
    return BP_OK;
}

double bp_full_batch_record(const bp_train *t, int32_t key)
{
    const struct bp_method *method = t->full.begun ? t->full.method : NULL;
    for (size_t i = 0; method && i < method->number_count; i++)
        if (method->numbers[i].record == key)
            return *(const double *)(const void *)((const char *)t->full.state + method->numbers[i].at);
    return (double)NAN;
}
