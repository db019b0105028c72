/* SPDX-License-Identifier: MIT
 *
 * The scaling of a net, fitted to a data set; with the names, what a net takes of columns. */
#include <float.h>
#include <math.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "base/quote.h"
#include "data/asked_net.h"
#include "data/data_set.h"

/* Rows that are read at a time. */
enum { BLOCK = 64 };

/* What is known of a column. */
struct column {
    double low, high, sum, mean, squares; /* squares: of x - mean */
    bool beyond;                          /* a number is not finite, or a sum would overflow: it cannot be scaled */
};

struct fit {
    const bp_data *data;
    enum bp_part_kind kind;
    size_t columns;
    struct column *column;   /* [columns] */
    double *x;               /* [BLOCK][columns] */
    double *center, *factor; /* [columns] */
    double most;             /* so many times the rows does not overflow */
    bool scales;
};

static void measure_range(const struct fit *fit, struct column *c, double x)
{
    if (!(fabs(x) <= fit->most)) {
        c->beyond = true;
        return;
    }
    c->low = x < c->low ? x : c->low;
    c->high = x > c->high ? x : c->high;
    c->sum += x;
}

static void measure_spread(const struct fit *fit, struct column *c, double x)
{
    (void)fit;
    if (!c->beyond)
        c->squares += (x - c->mean) * (x - c->mean);
}

/* Calls `take` for every number of every column, row after row. */
static void pass_over(const struct fit *fit, void (*take)(const struct fit *fit, struct column *column, double x))
{
    size_t row[BLOCK];
    for (size_t at = 0; at < fit->data->rows; at += BLOCK) {
        const size_t rows = fit->data->rows - at < BLOCK ? fit->data->rows - at : BLOCK;
        for (size_t i = 0; i < rows; i++)
            row[i] = at + i;
        bp_data_gather(fit->data, fit->kind, row, rows, BP_F64, fit->x);
        const double *x = fit->x;
        for (size_t i = 0; i < rows; i++)
            for (size_t column = 0; column < fit->columns; column++)
                take(fit, &fit->column[column], *x++);
    }
}

/* A column whose numbers differ in their last digits alone, as the net's type has them, carries no information. */
static bool is_constant(const struct column *c, double epsilon)
{
    return c->high - c->low <= 8 * epsilon * fmax(fabs(c->low), fabs(c->high));
}

static double largest_of_all(const struct fit *fit)
{
    double largest = 0;
    for (size_t i = 0; i < fit->columns; i++)
        largest = fmax(largest, fmax(fabs(fit->column[i].low), fabs(fit->column[i].high)));
    return largest;
}

static void choose(const struct fit *fit, int32_t scale, double epsilon)
{
    const double rows = (double)fit->data->rows, largest = largest_of_all(fit);
    for (size_t i = 0; i < fit->columns; i++) {
        const struct column *c = &fit->column[i];
        const bool constant = is_constant(c, epsilon), ranges = scale == BP_SCALE_RANGE;
        const bool shared = scale == BP_SCALE_LARGEST;
        fit->center[i] = shared ? 0 : ranges ? c->low + (c->high - c->low) / 2 : c->mean;
        if (shared ? largest == 0 : constant)
            fit->factor[i] = fit->kind == BP_PART_INPUTS ? 0 : 1;
        else
            fit->factor[i] = shared   ? bp_quotient(1, largest)
                             : ranges ? bp_quotient(2, c->high - c->low)
                                      : bp_quotient(1, sqrt(c->squares / rows));
    }
}

static bp_status check_finite(const struct fit *fit, const struct bp_call *call)
{
    for (size_t i = 0; i < fit->columns; i++) {
        const struct column *c = &fit->column[i];
        const bool target = fit->kind == BP_PART_TARGET;
        const char *name =
            target ? bp_data_name(fit->data, BP_TEXT_OUTPUT, i) : bp_data_name(fit->data, BP_TEXT_INPUT, i);
        if (c->beyond)
            return bp_fail(call, BP_ERR_NONFINITE,
                           "%s %zu%s%s has a number that is not finite, or is too large to be scaled",
                           target ? "target" : "input", i, name ? " " : "", name ? bp_quote_name(name).text : "");
    }
    return BP_OK;
}

static bp_status measure(const struct fit *fit, const struct bp_call *call)
{
    BP_TRY(bp_data_check_columns(fit->data, call, NULL, fit->data->rows));
    for (size_t i = 0; i < fit->columns; i++)
        fit->column[i] = (struct column){.low = (double)INFINITY, .high = -(double)INFINITY};
    pass_over(fit, measure_range);
    for (size_t i = 0; i < fit->columns; i++) {
        struct column *c = &fit->column[i];
        c->beyond = c->beyond || c->high / 2 - c->low / 2 > sqrt(fit->most) / 2;
        c->mean = c->sum / (double)fit->data->rows;
    }
    pass_over(fit, measure_spread);
    return check_finite(fit, call);
}

/* Fills in center and factor. `scales` says whether they change anything. */
static bp_status fit_columns(struct fit *fit, const struct bp_call *call, int32_t scale, double epsilon)
{
    BP_TRY(measure(fit, call));
    choose(fit, scale, epsilon);
    for (size_t i = 0; i < fit->columns; i++)
        fit->scales = fit->scales || fit->center[i] != 0 || fit->factor[i] != 1;
    return BP_OK;
}

static bool make_buffers(struct fit *fit, const bp_data *data, enum bp_part_kind kind)
{
    const bp_allocator *allocator = &data->allocator;
    size_t block;
    *fit = (struct fit){
        .data = data, .kind = kind, .columns = data->table->part[kind].columns, .most = DBL_MAX / (double)data->rows};
    if (!bp_size_multiply(BLOCK, fit->columns, &block))
        return false;
    fit->column = bp_memory_allocate(allocator, fit->columns, sizeof(*fit->column));
    fit->x = bp_memory_allocate(allocator, block, sizeof(*fit->x));
    fit->center = bp_memory_allocate(allocator, fit->columns, sizeof(*fit->center));
    fit->factor = bp_memory_allocate(allocator, fit->columns, sizeof(*fit->factor));
    return fit->column && fit->x && fit->center && fit->factor;
}

static void release(struct fit *fit)
{
    void *const buffers[] = {fit->column, fit->x, fit->center, fit->factor};
    for (size_t i = 0; fit->data && i < sizeof(buffers) / sizeof(buffers[0]); i++)
        bp_memory_release(&fit->data->allocator, buffers[i]);
}

/* BP_SCALE_AUTO, for this data set and this net. */
static int32_t inputs_by_themselves(const bp_data *data)
{
    const struct bp_part *inputs = &data->table->part[BP_PART_INPUTS];
    return inputs->starts ? BP_SCALE_NONE : inputs->type == BP_U8 ? BP_SCALE_LARGEST : BP_SCALE_STANDARD;
}

static int32_t targets_by_themselves(const bp_net *net)
{
    double activation = 0;
    (void)bp_net_layer_get(net, bp_net_layers(net) - 1, BP_LAYER_ACTIVATION, &activation);
    return (int32_t)activation == BP_ACT_IDENTITY ? BP_SCALE_STANDARD : BP_SCALE_NONE;
}

static bp_status store(const struct fit *of_inputs, const struct fit *of_targets, const struct bp_call *call,
                       bp_net *net)
{
    const struct fit *x = of_inputs, *t = of_targets;
    return bp_net_put_scaling(call, net,
                              &(struct bp_scaling_numbers){x->scales ? x->center : NULL, x->scales ? x->factor : NULL},
                              &(struct bp_scaling_numbers){t->scales ? t->center : NULL, t->scales ? t->factor : NULL});
}

bp_status bp_data_fit_scaling(const bp_data *data, const struct bp_call *call, bp_net *net)
{
    struct fit of_inputs = {0}, of_targets = {0};
    BP_TRY(bp_data_check_fit(data, call, net));
    const int32_t inputs = (int32_t)bp_option_of_net(net, BP_OPT_SCALE_INPUTS);
    const int32_t targets = (int32_t)bp_option_of_net(net, BP_OPT_SCALE_TARGETS);
    const double epsilon = bp_type_of_net(net) == BP_F32 ? (double)FLT_EPSILON : DBL_EPSILON;
    const int32_t of_x = inputs == BP_SCALE_AUTO ? inputs_by_themselves(data) : inputs;
    if (bp_data_is_sparse(data) && (of_x == BP_SCALE_STANDARD || of_x == BP_SCALE_RANGE))
        return bp_fail(call, BP_ERR_UNSUPPORTED,
                       "the inputs are sparse: only BP_SCALE_LARGEST and BP_SCALE_NONE keep zeros");
    const int32_t wanted = targets == BP_SCALE_AUTO ? targets_by_themselves(net) : targets;
    const int32_t of_t = data->table->part[BP_PART_TARGET].numbers ? wanted : BP_SCALE_NONE;
    const bool enough = (of_x == BP_SCALE_NONE || make_buffers(&of_inputs, data, BP_PART_INPUTS)) &&
                        (of_t == BP_SCALE_NONE || make_buffers(&of_targets, data, BP_PART_TARGET));
    bp_status status = enough ? BP_OK : bp_fail(call, BP_ERR_MEMORY, "no memory to fit a scaling");
    if (status == BP_OK && of_x != BP_SCALE_NONE)
        status = fit_columns(&of_inputs, call, of_x, epsilon);
    if (status == BP_OK && of_t != BP_SCALE_NONE)
        status = fit_columns(&of_targets, call, of_t, epsilon);
    of_inputs.data = data;
    if (status == BP_OK)
        status = store(&of_inputs, &of_targets, call, net);
    release(&of_inputs);
    release(&of_targets);
    return status;
}

/* Names first, as copies: then only the scaling can fail, and changes nothing when it does. */
bp_status bp_net_take_columns(bp_net *net, const bp_data *data)
{
    const struct bp_call *call = BP_CALL;
    struct bp_net_names names;
    BP_TRY(bp_need(call, data, "data"));
    BP_TRY(bp_data_make_names(data, call, net, false, &names));
    const bp_status status = bp_data_fit_scaling(data, call, net);
    bp_net_use_names(net, &names, status == BP_OK);
    return status;
}
