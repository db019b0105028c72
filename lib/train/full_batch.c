/* SPDX-License-Identifier: MIT */
#include "train/full_batch.h"

#include <math.h>

#include "base/memory.h"
#include "train/objective.h"

void bp_full_batch_release(const bp_allocator *allocator, struct bp_full_batch *full)
{
    bp_memory_release(allocator, full->decay);
    bp_lbfgs_release(allocator, &full->lbfgs);
    bp_scg_release(allocator, &full->scg);
    bp_irprop_release(allocator, &full->irprop);
    *full = (struct bp_full_batch){0};
}

static int32_t method(const bp_train *t) { return (int32_t)t->set.method; }

static const char *name_of(const bp_train *t)
{
    return method(t) == BP_METHOD_LBFGS ? "BP_METHOD_LBFGS"
           : method(t) == BP_METHOD_SCG ? "BP_METHOD_SCG"
                                        : "BP_METHOD_IRPROP_PLUS";
}

bp_status bp_full_batch_check(bp_train *t, const char *function)
{
    double value;
    BP_TRY(bp_net_get(t->net, BP_OPT_L1, &value));
    if (value != 0)
        return bp_train_fail(t, function, BP_ERR_UNSUPPORTED, "BP_OPT_L1 is %s: %s needs a smooth loss",
                             bp_message_number(value).text, name_of(t));
    for (size_t i = 0; i < bp_net_layers(t->net); i++)
        if (bp_net_layer_get(t->net, i, BP_LAYER_KIND, &value) == BP_OK && (int32_t)value == BP_KIND_DROPOUT &&
            bp_net_layer_get(t->net, i, BP_LAYER_RATE, &value) == BP_OK && value != 0)
            return bp_train_fail(t, function, BP_ERR_UNSUPPORTED,
                                 "layer %zu drops out: %s needs a loss that is the same at each look", i, name_of(t));
    return BP_OK;
}

/* Room for the method. */
static bool make_method(bp_train *t, size_t n)
{
    struct bp_full_batch *full = &t->full;
    return method(t) == BP_METHOD_LBFGS ? bp_lbfgs_make(&t->allocator, &full->lbfgs, n)
           : method(t) == BP_METHOD_SCG ? bp_scg_make(&t->allocator, &full->scg, n)
                                        : bp_irprop_make(&t->allocator, &full->irprop, n);
}

static double option(const bp_train *t, int32_t key)
{
    double value = 0;
    (void)bp_net_get(t->net, key, &value); /* which a key of the library's cannot fail */
    return value;
}

static struct bp_irprop_rules rules_of(const bp_train *t)
{
    return (struct bp_irprop_rules){.plus = option(t, BP_OPT_ETA_PLUS),
                                    .minus = option(t, BP_OPT_ETA_MINUS),
                                    .least = option(t, BP_OPT_STEP_MIN),
                                    .most = option(t, BP_OPT_STEP_MAX),
                                    .first = option(t, BP_OPT_LEARNING_RATE)};
}

static bp_status begin_method(bp_train *t, const struct bp_objective *objective)
{
    struct bp_full_batch *full = &t->full;
    const struct bp_irprop_rules rules = rules_of(t);
    return method(t) == BP_METHOD_LBFGS ? bp_lbfgs_begin(&full->lbfgs, objective)
           : method(t) == BP_METHOD_SCG ? bp_scg_begin(&full->scg, objective)
                                        : bp_irprop_begin(&full->irprop, objective, &rules);
}

static bp_status iterate_method(bp_train *t, const struct bp_objective *objective)
{
    struct bp_full_batch *full = &t->full;
    const struct bp_irprop_rules rules = rules_of(t);
    return method(t) == BP_METHOD_LBFGS ? bp_lbfgs_iterate(&full->lbfgs, objective)
           : method(t) == BP_METHOD_SCG ? bp_scg_iterate(&full->scg, objective)
                                        : bp_irprop_iterate(&full->irprop, objective, &rules);
}

static bp_status make(bp_train *t)
{
    struct bp_full_batch *full = &t->full;
    const size_t n = bp_net_parameters(t->net);
    if (full->method == method(t))
        return BP_OK;
    bp_full_batch_release(&t->allocator, full);
    full->decay = bp_memory_allocate(&t->allocator, n, sizeof(*full->decay));
    if (!full->decay || !make_method(t, n))
        return BP_ERR_MEMORY;
    full->method = method(t);
    return BP_OK;
}

static struct bp_point *here(bp_train *t)
{
    return method(t) == BP_METHOD_LBFGS ? &t->full.lbfgs.at
           : method(t) == BP_METHOD_SCG ? &t->full.scg.at
                                        : &t->full.irprop.at;
}

/* From the net's parameters, unless it stands there. */
static bp_status begin(bp_train *t, const struct bp_objective *objective)
{
    struct bp_full_batch *full = &t->full;
    uint64_t print;
    BP_TRY(bp_objective_print(t, &print));
    if (full->begun && full->print == print)
        return BP_OK;
    full->begun = false;
    full->print = print;
    BP_TRY(bp_objective_get(t, here(t)->x));
    BP_TRY(begin_method(t, objective));
    if (!isfinite(here(t)->value))
        return BP_ERR_NONFINITE;
    full->begun = true;
    return BP_OK;
}

/* Only after a success is anything new accepted; the net's parameters are put back after everything else too. */
static bp_status iterate(bp_train *t, const struct bp_objective *objective)
{
    struct bp_full_batch *full = &t->full;
    const bp_status status = iterate_method(t, objective);
    BP_TRY(bp_objective_set(t, here(t)->x));
    BP_TRY(bp_objective_print(t, &full->print));
    return status;
}

bp_status bp_full_batch_reserve(bp_train *t)
{
    BP_TRY(make(t));
    BP_TRY(bp_objective_prepare(t));
    return bp_net_reserve(t->net, t->batch.rows);
}

bp_status bp_full_batch_iterate(bp_train *t)
{
    const size_t rows = bp_data_rows(t->data);
    BP_TRY(make(t));
    BP_TRY(bp_objective_prepare(t));
    const struct bp_objective objective = bp_objective_of(t);
    BP_TRY(begin(t, &objective));
    BP_TRY(iterate(t, &objective));
    const struct bp_point *at = here(t);
    t->done = rows;
    t->right = at->right;
    t->loss = at->value * (double)rows;
    t->gradient_norm = sqrt(bp_dot(at->gradient, at->gradient, objective.n));
    return BP_OK;
}
