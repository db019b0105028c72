/* SPDX-License-Identifier: MIT */
#include "train/methods/full_batch.h"

#include <math.h>

#include "base/memory.h"
#include "train/methods/method.h"
#include "train/methods/objective.h"

void bp_full_batch_release(const bp_allocator *allocator, struct bp_full_batch *full)
{
    bp_memory_release(allocator, full->scaling);
    bp_memory_release(allocator, full->decay);
    bp_lbfgs_release(allocator, &full->lbfgs);
    bp_scg_release(allocator, &full->scg);
    bp_irprop_release(allocator, &full->irprop);
    bp_residuals_release(allocator, &full->residuals);
    bp_lm_release(allocator, &full->lm);
    bp_br_release(allocator, &full->br);
    *full = (struct bp_full_batch){0};
}

/* ---- what a method can be used for */

static double option(const bp_train *t, int32_t key)
{
    double value = 0;
    (void)bp_net_get(t->net, key, &value); /* which a key of the library's cannot fail */
    return value;
}

static bp_status check_squares(bp_train *t, const struct bp_call *call, const struct bp_method *method)
{
    const int32_t loss = (int32_t)option(t, BP_OPT_LOSS);
    const size_t trained = bp_residuals_trained(t);
    if (loss != BP_LOSS_SQUARED && loss != BP_LOSS_MSE)
        return bp_fail(call, BP_ERR_UNSUPPORTED,
                       "the loss is %s: the method %s needs a sum of squares, BP_LOSS_SQUARED or BP_LOSS_MSE",
                       bp_key_name(loss), method->named.name);
    if (trained > BP_MOST_TRAINED)
        return bp_fail(call, BP_ERR_UNSUPPORTED,
                       "%zu parameters are trained: the method %s takes %d at most, for want of memory", trained,
                       method->named.name, (int)BP_MOST_TRAINED);
    if (method->regularises && option(t, BP_OPT_L2) + option(t, BP_OPT_WEIGHT_DECAY) != 0)
        return bp_fail(call, BP_ERR_UNSUPPORTED,
                       "BP_OPT_L2 and BP_OPT_WEIGHT_DECAY are %s together: the method %s finds a penalty by itself",
                       bp_message_number(option(t, BP_OPT_L2) + option(t, BP_OPT_WEIGHT_DECAY)).text,
                       method->named.name);
    return BP_OK;
}

bp_status bp_full_batch_check(bp_train *t, const struct bp_call *call)
{
    const struct bp_method *method = bp_method_of(t);
    double value;
    if (option(t, BP_OPT_L1) != 0)
        return bp_fail(call, BP_ERR_UNSUPPORTED, "BP_OPT_L1 is %s: the method %s needs a smooth loss",
                       bp_message_number(option(t, BP_OPT_L1)).text, method->named.name);
    for (size_t i = 0; i < bp_net_layers(t->net); i++)
        if (bp_net_layer_get(t->net, i, BP_LAYER_RANDOM, &value) == BP_OK && value != 0)
            return bp_fail(call, BP_ERR_UNSUPPORTED,
                           "layer %zu drops out: the method %s needs a loss that is the same at each look", i,
                           method->named.name);
    return method->residuals ? check_squares(t, call, method) : BP_OK;
}

/* ---- an iteration */

static bp_status make(bp_train *t, const struct bp_method *method)
{
    struct bp_full_batch *full = &t->full;
    const size_t n = bp_net_parameters(t->net), trained = bp_residuals_trained(t);
    const size_t inputs = bp_net_inputs(t->net), outputs = bp_net_outputs(t->net);
    if (full->method == method->named.key && (full->trained == trained || !method->residuals))
        return BP_OK;
    bp_full_batch_release(&t->allocator, full);
    full->decay = bp_memory_allocate(&t->allocator, n, sizeof(*full->decay));
    full->scaling = bp_memory_allocate(&t->allocator, inputs > outputs ? inputs : outputs, 2 * sizeof(double));
    if (!full->decay || !full->scaling || (method->residuals && !bp_residuals_make(t, &full->residuals)) ||
        !method->make(t, n))
        return BP_ERR_MEMORY;
    full->method = method->named.key;
    full->trained = trained;
    return BP_OK;
}

/* From the net's parameters, unless it stands there. */
static bp_status begin(bp_train *t, const struct bp_method *method)
{
    struct bp_full_batch *full = &t->full;
    uint64_t print;
    BP_TRY(bp_objective_print(t, &print));
    if (full->begun && full->print == print)
        return BP_OK;
    full->begun = false;
    full->print = print;
    if (method->residuals) {
        BP_TRY(bp_residuals_count(t, &full->residuals));
        BP_TRY(bp_residuals_measure(t, &full->residuals));
    }
    BP_TRY(bp_objective_get(t, bp_method_point(t)->x));
    BP_TRY(method->begin(t));
    if (!isfinite(bp_method_point(t)->value))
        return BP_ERR_NONFINITE;
    full->begun = true;
    return BP_OK;
}

/* Only after a success is anything new accepted; the net's parameters are put back after everything else too. */
static bp_status iterate(bp_train *t, const struct bp_method *method)
{
    const bp_status status = method->iterate(t);
    BP_TRY(bp_objective_set(t, bp_method_point(t)->x));
    BP_TRY(bp_objective_print(t, &t->full.print));
    return status;
}

bp_status bp_full_batch_reserve(bp_train *t)
{
    BP_TRY(make(t, bp_method_of(t)));
    BP_TRY(bp_objective_prepare(t));
    return bp_inputs_reserve(&t->batch.x, t->net, t->batch.rows);
}

bool bp_full_batch_is_begun(const bp_train *t)
{
    const struct bp_method *method = bp_method_of(t);
    return t->full.begun && (!method->residuals || t->full.trained == bp_residuals_trained(t));
}

bp_status bp_full_batch_stand(bp_train *t)
{
    const struct bp_method *method = bp_method_of(t);
    uint64_t print;
    if (!method->residuals)
        return BP_OK;
    BP_TRY(bp_objective_print(t, &print));
    BP_TRY(bp_residuals_count(t, &t->full.residuals));
    return method->stand(t, print == t->full.print);
}

bp_status bp_full_batch_iterate(bp_train *t)
{
    const struct bp_method *method = bp_method_of(t);
    double loss;
    BP_TRY(make(t, method));
    BP_TRY(bp_objective_prepare(t));
    BP_TRY(begin(t, method));
    BP_TRY(iterate(t, method));
    method->tell(t, &loss, &t->gradient_norm);
    t->done = bp_data_rows(t->data);
    t->right = bp_method_point(t)->right;
    t->loss = loss * (double)t->done;
    return BP_OK;
}
