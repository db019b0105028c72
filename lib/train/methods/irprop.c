/* SPDX-License-Identifier: MIT */
#include "train/methods/irprop.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/try.h"
#include "train/methods/methods.h"

bool bp_irprop_make(const bp_allocator *allocator, struct bp_irprop *r, size_t n)
{
    *r = (struct bp_irprop){.workspace = bp_memory_allocate(allocator, n, 7 * sizeof(double))};
    if (!r->workspace)
        return false;
    r->at = bp_point_in(r->workspace, n);
    r->trial = bp_point_in(r->workspace + 2 * n, n);
    r->last_x = r->workspace + 4 * n;
    r->slope = r->workspace + 5 * n;
    r->size = r->workspace + 6 * n;
    return true;
}

void bp_irprop_release(const bp_allocator *allocator, struct bp_irprop *r)
{
    bp_memory_release(allocator, r->workspace);
    *r = (struct bp_irprop){0};
}

static double within(const struct bp_irprop_rules *rules, double size)
{
    size = size > rules->least ? size : rules->least;
    return size < rules->most ? size : rules->most;
}

bp_status bp_irprop_begin(struct bp_irprop *r, const struct bp_objective *objective,
                          const struct bp_irprop_rules *rules)
{
    BP_TRY(objective->evaluate(objective->context, &r->at));
    r->last_value = r->at.value;
    for (size_t i = 0; i < objective->n; i++) {
        r->last_x[i] = r->at.x[i];
        r->slope[i] = 0;
        r->size[i] = within(rules, rules->first);
    }
    return BP_OK;
}

static int sign(double number) { return (number > 0) - (number < 0); }

/* Whether the sign of a slope stayed, 1, or turned, -1; 0 where there is none to compare with. No product of small
 * slopes is lost. */
static int turn(const struct bp_irprop *r, size_t i) { return sign(r->at.gradient[i]) * sign(r->slope[i]); }

static double next_size(const struct bp_irprop *r, const struct bp_irprop_rules *rules, size_t i)
{
    const int stays = turn(r, i);
    return within(rules, stays > 0 ? r->size[i] * rules->plus : stays < 0 ? r->size[i] * rules->minus : r->size[i]);
}

/* Where a number goes: back, or nowhere, after a turn; else down its slope. A number without slope keeps even a -0. */
static double next_x(const struct bp_irprop *r, const struct bp_irprop_rules *rules, size_t i)
{
    const int down = -sign(r->at.gradient[i]);
    if (turn(r, i) < 0)
        return r->at.value > r->last_value ? r->last_x[i] : r->at.x[i];
    return down != 0 ? r->at.x[i] + down * next_size(r, rules, i) : r->at.x[i];
}

/* As after every sign has changed, except that the point stays. */
static void shorten(struct bp_irprop *r, const struct bp_irprop_rules *rules, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        r->size[i] = within(rules, r->size[i] * rules->minus);
        r->slope[i] = 0;
    }
}

static void accept(struct bp_irprop *r, const struct bp_irprop_rules *rules, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const double size = next_size(r, rules, i);
        r->slope[i] = turn(r, i) < 0 ? 0 : r->at.gradient[i];
        r->size[i] = size;
    }
    memcpy(r->last_x, r->at.x, n * sizeof(*r->last_x));
    r->last_value = r->at.value;
    bp_point_swap(&r->at, &r->trial);
}

/* Whether the next iteration would not be the same once more. */
static bool can_differ(const struct bp_irprop *r, const struct bp_irprop_rules *rules, bool finite, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const double size = finite ? next_size(r, rules, i) : within(rules, r->size[i] * rules->minus);
        const bool settled = finite ? turn(r, i) > 0 : r->slope[i] == 0;
        if (r->at.gradient[i] != 0 && (size != r->size[i] || !settled))
            return true;
    }
    return false;
}

static bool has_moved(const struct bp_irprop *r, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (r->trial.x[i] != r->at.x[i])
            return true;
    return false;
}

bp_status bp_irprop_iterate(struct bp_irprop *r, const struct bp_objective *objective,
                            const struct bp_irprop_rules *rules)
{
    const size_t n = objective->n;
    for (size_t i = 0; i < n; i++)
        r->trial.x[i] = next_x(r, rules, i);
    BP_TRY(objective->evaluate(objective->context, &r->trial));
    const bool finite = isfinite(r->trial.value), stays = !finite || !has_moved(r, n);
    if (stays && !can_differ(r, rules, finite, n))
        return BP_DONE;
    if (finite)
        accept(r, rules, n);
    else
        shorten(r, rules, n);
    return BP_OK;
}

/* ---- the method */

_Static_assert(offsetof(struct bp_irprop, at) == 0, "a state begins with its point");

static bool make(void *state, const bp_allocator *allocator, const struct bp_problem *problem)
{
    return bp_irprop_make(allocator, state, problem->n);
}

static void release(void *state, const bp_allocator *allocator) { bp_irprop_release(allocator, state); }

static struct bp_irprop_rules rules_of(const struct bp_problem *problem)
{
    return (struct bp_irprop_rules){.plus = bp_problem_option(problem, BP_OPT_ETA_PLUS),
                                    .minus = bp_problem_option(problem, BP_OPT_ETA_MINUS),
                                    .least = bp_problem_option(problem, BP_OPT_STEP_MIN),
                                    .most = bp_problem_option(problem, BP_OPT_STEP_MAX),
                                    .first = bp_problem_option(problem, BP_OPT_LEARNING_RATE)};
}

static bp_status begin(void *state, const struct bp_problem *problem)
{
    const struct bp_irprop_rules rules = rules_of(problem);
    return bp_irprop_begin(state, &problem->objective, &rules);
}

static bp_status iterate(void *state, const struct bp_problem *problem)
{
    const struct bp_irprop_rules rules = rules_of(problem);
    return bp_irprop_iterate(state, &problem->objective, &rules);
}

static void report(const void *state, const struct bp_problem *problem, double *loss, double *norm)
{
    bp_point_report(&((const struct bp_irprop *)state)->at, problem->n, loss, norm);
}

#define AT(member) offsetof(struct bp_irprop, member)

static const struct bp_number_row numbers[] = {{"irprop.last_value", BP_STATE_NUMBER, AT(last_value), 0}};

static const struct bp_vector_row vectors[] = {
    {"irprop.last_x", AT(last_x), 0, 1},
    {"irprop.slope", AT(slope), 0, 1},
    {"irprop.size", AT(size), 0, 1},
};

const struct bp_method bp_method_irprop_plus = {
    .size = sizeof(struct bp_irprop),
    .make = make,
    .release = release,
    .begin = begin,
    .iterate = iterate,
    .report = report,
    BP_NUMBER_ROWS(numbers),
    BP_VECTOR_ROWS(vectors),
};
