/* SPDX-License-Identifier: MIT */
#include "train/methods/method.h"

#include <math.h>
#include <stddef.h>

#include "train/methods/objective.h"

static void tell_point(const bp_train *t, const struct bp_point *at, double *loss, double *norm)
{
    *loss = at->value;
    *norm = sqrt(bp_dot(at->gradient, at->gradient, bp_net_parameters(t->net)));
}

/* ---- BP_METHOD_LBFGS */

static bool make_lbfgs(bp_train *t, size_t n) { return bp_lbfgs_make(&t->allocator, &t->full.lbfgs, n); }

static bp_status begin_lbfgs(bp_train *t)
{
    const struct bp_objective objective = bp_objective_of(t);
    return bp_lbfgs_begin(&t->full.lbfgs, &objective);
}

static bp_status iterate_lbfgs(bp_train *t)
{
    const struct bp_objective objective = bp_objective_of(t);
    return bp_lbfgs_iterate(&t->full.lbfgs, &objective);
}

static void tell_lbfgs(const bp_train *t, double *loss, double *norm) { tell_point(t, &t->full.lbfgs.at, loss, norm); }

/* ---- BP_METHOD_SCG */

static bool make_scg(bp_train *t, size_t n) { return bp_scg_make(&t->allocator, &t->full.scg, n); }

static bp_status begin_scg(bp_train *t)
{
    const struct bp_objective objective = bp_objective_of(t);
    return bp_scg_begin(&t->full.scg, &objective);
}

static bp_status iterate_scg(bp_train *t)
{
    const struct bp_objective objective = bp_objective_of(t);
    return bp_scg_iterate(&t->full.scg, &objective);
}

static void tell_scg(const bp_train *t, double *loss, double *norm) { tell_point(t, &t->full.scg.at, loss, norm); }

/* ---- BP_METHOD_IRPROP_PLUS */

static double option(const bp_train *t, int32_t key)
{
    double value = 0;
    (void)bp_net_get(t->net, key, &value); /* which a key of the library's cannot fail */
    return value;
}

static struct bp_irprop_rules steps_of(const bp_train *t)
{
    return (struct bp_irprop_rules){.plus = option(t, BP_OPT_ETA_PLUS),
                                    .minus = option(t, BP_OPT_ETA_MINUS),
                                    .least = option(t, BP_OPT_STEP_MIN),
                                    .most = option(t, BP_OPT_STEP_MAX),
                                    .first = option(t, BP_OPT_LEARNING_RATE)};
}

static bool make_irprop(bp_train *t, size_t n) { return bp_irprop_make(&t->allocator, &t->full.irprop, n); }

static bp_status begin_irprop(bp_train *t)
{
    const struct bp_objective objective = bp_objective_of(t);
    const struct bp_irprop_rules rules = steps_of(t);
    return bp_irprop_begin(&t->full.irprop, &objective, &rules);
}

static bp_status iterate_irprop(bp_train *t)
{
    const struct bp_objective objective = bp_objective_of(t);
    const struct bp_irprop_rules rules = steps_of(t);
    return bp_irprop_iterate(&t->full.irprop, &objective, &rules);
}

static void tell_irprop(const bp_train *t, double *loss, double *norm)
{
    tell_point(t, &t->full.irprop.at, loss, norm);
}

/* ---- BP_METHOD_LM: half the sum of squares is rows times the loss, and so are the penalties */

static struct bp_lm_rules rules_of(const bp_train *t)
{
    return (struct bp_lm_rules){.first = t->set.mu,
                                .decrease = t->set.mu_decrease,
                                .increase = t->set.mu_increase,
                                .most = t->set.mu_max,
                                .lapack = t->set.lapack != 0};
}

static double rows_of(const bp_train *t) { return (double)bp_data_rows(t->data); }

static struct bp_lm_terms terms_of_loss(const bp_train *t)
{
    return (struct bp_lm_terms){.data = 1, .penalty = rows_of(t), .decay = t->full.decay};
}

static bool make_lm(bp_train *t, size_t n)
{
    return bp_lm_make(&t->allocator, &t->full.lm, n, t->full.residuals.count);
}

static bp_status stand_lm(bp_train *t, bool here)
{
    const struct bp_squares squares = bp_squares_of(t);
    return here ? bp_lm_look(&t->full.lm, &squares) : BP_OK;
}

static bp_status begin_lm(bp_train *t)
{
    const struct bp_squares squares = bp_squares_of(t);
    const struct bp_lm_rules rules = rules_of(t);
    return bp_lm_begin(&t->full.lm, &squares, &rules);
}

static bp_status iterate_lm(bp_train *t)
{
    const struct bp_squares squares = bp_squares_of(t);
    const struct bp_lm_rules rules = rules_of(t);
    const struct bp_lm_terms terms = terms_of_loss(t);
    return bp_lm_iterate(&t->full.lm, &squares, &terms, &rules);
}

static void tell_lm(const bp_train *t, double *loss, double *norm)
{
    const struct bp_lm_terms terms = terms_of_loss(t);
    const size_t n = bp_net_parameters(t->net);
    *loss = t->full.lm.at.value / rows_of(t) + bp_lm_decayed(&t->full.lm.at, &terms, n) / 2;
    *norm = bp_lm_gradient_norm(&t->full.lm, &terms, n) / rows_of(t);
}

/* ---- BP_METHOD_BR */

static bool make_br(bp_train *t, size_t n) { return make_lm(t, n) && bp_br_make(&t->allocator, &t->full.br, n); }

static bp_status stand_br(bp_train *t, bool here)
{
    const struct bp_squares squares = bp_squares_of(t);
    bp_br_mark(&t->full.br, &squares);
    return stand_lm(t, here);
}

static bp_status begin_br(bp_train *t)
{
    const struct bp_squares squares = bp_squares_of(t);
    const struct bp_lm_rules rules = rules_of(t);
    return bp_br_begin(&t->full.br, &t->full.lm, &squares, &rules);
}

static bp_status iterate_br(bp_train *t)
{
    const struct bp_squares squares = bp_squares_of(t);
    const struct bp_lm_rules rules = rules_of(t);
    return bp_br_iterate(&t->full.br, &t->full.lm, &squares, &rules, t->full.residuals.number);
}

/* The penalty is no part of the loss, which is the user's; the gradient is of F as it would be with a beta of 1. */
static void tell_br(const bp_train *t, double *loss, double *norm)
{
    const struct bp_lm_terms terms = bp_br_terms(&t->full.br);
    *loss = t->full.lm.at.value / rows_of(t);
    *norm = bp_lm_gradient_norm(&t->full.lm, &terms, bp_net_parameters(t->net)) / (rows_of(t) * terms.data);
}

/* ---- the table */

#define AT(method) offsetof(struct bp_full_batch, method.at)
#define OF_LOSS(method) make_##method, begin_##method, iterate_##method, NULL, tell_##method
#define OF_SQUARES(method) make_##method, begin_##method, iterate_##method, stand_##method, tell_##method

/* The first has no functions: its epochs are of batches and steps. */
static const struct bp_method rows[] = {
    {.named = {BP_METHOD_STEPS, "steps", "Batches, and a step of the optimiser after each"}},
    {{BP_METHOD_LBFGS, "lbfgs", "A quasi-Newton method with the memory of some steps"},
     AT(lbfgs),
     false,
     false,
     OF_LOSS(lbfgs)},
    {{BP_METHOD_SCG, "scg", "Scaled conjugate gradients"}, AT(scg), false, false, OF_LOSS(scg)},
    {{BP_METHOD_LM, "lm", "Levenberg-Marquardt, for squared errors and few parameters"},
     AT(lm),
     true,
     false,
     OF_SQUARES(lm)},
    {{BP_METHOD_BR, "br", "Bayesian regularisation, which finds its own penalty"}, AT(lm), true, true, OF_SQUARES(br)},
    {{BP_METHOD_IRPROP_PLUS, "irprop_plus", "A step size for each weight by the signs of its gradients"},
     AT(irprop),
     false,
     false,
     OF_LOSS(irprop)},
};
const struct bp_family bp_methods = BP_FAMILY(BP_FAMILY_METHOD, "method", "How a training lowers the loss", rows);

const struct bp_method *bp_method_of(const bp_train *train)
{
    const struct bp_method *method = bp_family_by_key(&bp_methods, (int32_t)train->set.method);
    return method->make ? method : NULL;
}

struct bp_point *bp_method_point(bp_train *train)
{
    return (struct bp_point *)(void *)((char *)&train->full + bp_method_of(train)->at);
}
