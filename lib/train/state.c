/* SPDX-License-Identifier: MIT */
#include "train/state.h"

#include <math.h>

#include "base/memory.h"
#include "train/train_families.h"
#include "train/methods/method.h"

#define AT(member) offsetof(struct bp_train, member)

/* Whose a number or vector is: every training's; that of every method which has begun, or of the point where it stands; or
 * of one method. Of that point AT_POINT tells where it lies. */
enum { OF_ALL = 0, OF_METHODS = 1, OF_POINT = 2 };

#define AT_POINT(member) offsetof(struct bp_point, member)

static bool is_there(const bp_train *t, int32_t owner)
{
    if (owner == OF_ALL)
        return true;
    return bp_full_batch_is_begun(t) && (owner == OF_METHODS || owner == OF_POINT || owner == (int32_t)t->set.method);
}

static char *place_of(bp_train *t, int32_t owner, size_t at)
{
    return (owner == OF_POINT ? (char *)bp_method_point(t) : (char *)t) + at;
}

/* ---- numbers */

static const struct number {
    const char *name;
    enum bp_state_kind kind;
    size_t at;
    int32_t owner;
} numbers[] = {
    {"done", BP_STATE_SIZE, AT(done), OF_ALL},
    {"right", BP_STATE_SIZE, AT(right), OF_ALL},
    {"loss", BP_STATE_NUMBER, AT(loss), OF_ALL},
    {"gradient_norm", BP_STATE_NUMBER, AT(gradient_norm), OF_ALL},
    {"seconds", BP_STATE_NUMBER, AT(seconds), OF_ALL},
    {"seconds_before", BP_STATE_NUMBER, AT(seconds_before), OF_ALL},
    {"order.seed", BP_STATE_NUMBER, AT(order_seed), OF_ALL},
    {"order.shuffle", BP_STATE_NUMBER, AT(order_shuffle), OF_ALL},
    {"rate", BP_STATE_NUMBER, AT(rate), OF_ALL},
    {"scheduled", BP_STATE_SWITCH, AT(scheduled), OF_ALL},
    {"scaling", BP_STATE_KEY, AT(scaling), OF_ALL},
    {"least_loss", BP_STATE_NUMBER, AT(least_loss), OF_ALL},
    {"plateau_rate", BP_STATE_NUMBER, AT(plateau_rate), OF_ALL},
    {"flat_epochs", BP_STATE_SIZE, AT(flat_epochs), OF_ALL},
    {"best_epoch", BP_STATE_SIZE, AT(best_epoch), OF_ALL},
    {"best_loss", BP_STATE_NUMBER, AT(best_loss), OF_ALL},
    {"stop", BP_STATE_KEY, AT(stop), OF_ALL},
    {"failure.epoch", BP_STATE_SIZE, AT(failure.epoch), OF_ALL},
    {"failure.batch", BP_STATE_SIZE, AT(failure.batch), OF_ALL},
    {"failure.row", BP_STATE_SIZE, AT(failure.row), OF_ALL},
    {"failure.layer", BP_STATE_SIZE, AT(failure.layer), OF_ALL},
    {"method.print", BP_STATE_WIDE, AT(full.print), OF_METHODS},
    {"point.value", BP_STATE_NUMBER, AT_POINT(value), OF_POINT},
    {"point.right", BP_STATE_SIZE, AT_POINT(right), OF_POINT},
    {"lbfgs.pairs", BP_STATE_SIZE, AT(full.lbfgs.pairs), BP_METHOD_LBFGS},
    {"lbfgs.next", BP_STATE_SIZE, AT(full.lbfgs.next), BP_METHOD_LBFGS},
    {"scg.lambda", BP_STATE_NUMBER, AT(full.scg.lambda), BP_METHOD_SCG},
    {"scg.raised", BP_STATE_NUMBER, AT(full.scg.raised), BP_METHOD_SCG},
    {"scg.delta", BP_STATE_NUMBER, AT(full.scg.delta), BP_METHOD_SCG},
    {"scg.success", BP_STATE_SWITCH, AT(full.scg.success), BP_METHOD_SCG},
    {"scg.fresh", BP_STATE_SWITCH, AT(full.scg.fresh), BP_METHOD_SCG},
    {"scg.iterations", BP_STATE_SIZE, AT(full.scg.iterations), BP_METHOD_SCG},
    {"irprop.last_value", BP_STATE_NUMBER, AT(full.irprop.last_value), BP_METHOD_IRPROP_PLUS},
    {"squares.mu", BP_STATE_NUMBER, AT(full.lm.mu), BP_METHOD_LM},
    {"squares.mu", BP_STATE_NUMBER, AT(full.lm.mu), BP_METHOD_BR},
    {"br.alpha", BP_STATE_NUMBER, AT(full.br.alpha), BP_METHOD_BR},
    {"br.beta", BP_STATE_NUMBER, AT(full.br.beta), BP_METHOD_BR},
    {"br.gamma", BP_STATE_NUMBER, AT(full.br.gamma), BP_METHOD_BR},
};

enum { NUMBERS = sizeof(numbers) / sizeof(numbers[0]) };

bool bp_state_next_number(bp_train *t, size_t *index, struct bp_state_number *number)
{
    while (*index < NUMBERS && !is_there(t, numbers[*index].owner))
        ++*index;
    if (*index == NUMBERS)
        return false;
    const struct number *row = &numbers[(*index)++];
    *number = (struct bp_state_number){.name = row->name, .kind = row->kind, .at = place_of(t, row->owner, row->at)};
    return true;
}

/* SIZE_MAX stands for nothing on every machine. */
uint64_t bp_state_whole(const struct bp_state_number *number)
{
    switch (number->kind) {
    case BP_STATE_SIZE:
        return *(const size_t *)number->at == SIZE_MAX ? UINT64_MAX : *(const size_t *)number->at;
    case BP_STATE_WIDE:
        return *(const uint64_t *)number->at;
    case BP_STATE_SWITCH:
        return *(const bool *)number->at;
    default:
        return (uint64_t) * (const int32_t *)number->at;
    }
}

bool bp_state_put_whole(const struct bp_state_number *number, uint64_t value)
{
    switch (number->kind) {
    case BP_STATE_SIZE:
        *(size_t *)number->at = value == UINT64_MAX ? SIZE_MAX : (size_t)value;
        return value <= SIZE_MAX || value == UINT64_MAX;
    case BP_STATE_WIDE:
        *(uint64_t *)number->at = value;
        return true;
    case BP_STATE_SWITCH:
        *(bool *)number->at = value != 0;
        return value <= 1;
    default:
        *(int32_t *)number->at = (int32_t)(value & INT32_MAX);
        return value <= INT32_MAX;
    }
}

/* ---- vectors */

/* How long one is, in double: a number for each parameter, each output, each of L-BFGS' pairs, or for each parameter in
 * each of these. */
enum length { PARAMETERS, OUTPUTS, PAIRS, PARAMETERS_OF_PAIRS };

/* Where `inside`, the vector lies there, a number in each pair; else a pointer to it does. */
static const struct vector {
    const char *name;
    size_t at;
    bool inside;
    enum length length;
    int32_t owner;
} vectors[] = {
    {"point.x", AT_POINT(x), false, PARAMETERS, OF_POINT},
    {"point.gradient", AT_POINT(gradient), false, PARAMETERS, OF_POINT},
    {"lbfgs.s", AT(full.lbfgs.pair[0].s), false, PARAMETERS_OF_PAIRS, BP_METHOD_LBFGS},
    {"lbfgs.y", AT(full.lbfgs.pair[0].y), false, PARAMETERS_OF_PAIRS, BP_METHOD_LBFGS},
    {"lbfgs.product", AT(full.lbfgs.pair[0].product), true, PAIRS, BP_METHOD_LBFGS},
    {"scg.direction", AT(full.scg.direction), false, PARAMETERS, BP_METHOD_SCG},
    {"irprop.last_x", AT(full.irprop.last_x), false, PARAMETERS, BP_METHOD_IRPROP_PLUS},
    {"irprop.slope", AT(full.irprop.slope), false, PARAMETERS, BP_METHOD_IRPROP_PLUS},
    {"irprop.size", AT(full.irprop.size), false, PARAMETERS, BP_METHOD_IRPROP_PLUS},
    {"squares.scale", AT(full.residuals.scale), false, OUTPUTS, BP_METHOD_LM},
    {"squares.scale", AT(full.residuals.scale), false, OUTPUTS, BP_METHOD_BR},
};

enum { VECTORS = sizeof(vectors) / sizeof(vectors[0]) };

static struct bp_state_vector vector_of(bp_train *t, const struct vector *row)
{
    const size_t parameters = bp_net_parameters(t->net);
    const size_t lengths[] = {[PARAMETERS] = parameters,
                              [OUTPUTS] = bp_net_outputs(t->net),
                              [PAIRS] = BP_LBFGS_PAIRS,
                              [PARAMETERS_OF_PAIRS] = parameters * BP_LBFGS_PAIRS}; /* it is there: no overflow */
    char *at = place_of(t, row->owner, row->at);
    return (struct bp_state_vector){
        .name = row->name,
        .at = row->inside ? at : *(char **)(void *)at,
        .stride = row->inside ? sizeof(t->full.lbfgs.pair[0]) : sizeof(double),
        .count = lengths[row->length],
        .dtype = BP_F64,
    };
}

static struct bp_state_vector best_of(const bp_train *t)
{
    const int32_t dtype = bp_net_dtype(t->net);
    return (struct bp_state_vector){.name = "best",
                                    .at = t->best,
                                    .stride = bp_type_size(dtype),
                                    .count = t->best_epoch > 0 ? bp_net_parameters(t->net) : 0,
                                    .dtype = dtype,
                                    .weights = true};
}

static struct bp_state_vector column_of(const bp_train *t, const char *name, size_t offset)
{
    return (struct bp_state_vector){.name = name,
                                    .at = (char *)t->record.bytes + offset,
                                    .stride = sizeof(struct bp_train_epoch_record),
                                    .count = bp_train_epochs_done(t),
                                    .dtype = BP_F64};
}

/* The best parameters; the record's columns; what methods have. */
static bool vector_at(bp_train *t, size_t index, struct bp_state_vector *vector)
{
    size_t columns = 0, offset = 0;
    const char *name = index > 0 ? bp_train_column_name(index - 1, &offset) : NULL;
    *vector = (struct bp_state_vector){0};
    if (index == 0)
        *vector = best_of(t);
    else if (name && t->record.bytes)
        *vector = column_of(t, name, offset);
    if (index == 0 || name)
        return true;
    while (bp_train_column_name(columns, &offset))
        columns++;
    const size_t row = index - 1 - columns;
    if (row < VECTORS && is_there(t, vectors[row].owner))
        *vector = vector_of(t, &vectors[row]);
    return row < VECTORS;
}

bool bp_state_next_vector(bp_train *t, size_t *index, struct bp_state_vector *vector)
{
    while (vector_at(t, (*index)++, vector))
        if (vector->count > 0)
            return true;
    return false;
}

/* ---- into a training */

bp_status bp_state_begin(bp_train *t)
{
    if (bp_train_takes_steps(t) || (bp_method_of(t)->residuals && bp_residuals_trained(t) > BP_MOST_TRAINED))
        return BP_ERR_STATE;
    BP_TRY(bp_full_batch_reserve(t));
    t->full.begun = true;
    return BP_OK;
}

static bool is_rate(double rate)
{
    double low = 0, high = 0;
    (void)bp_key_bounds(BP_OPT_LEARNING_RATE, &low, &high, NULL);
    return rate >= low && rate <= high;
}

static bool is_stop(int32_t stop) { return stop == BP_STOP_NONE || bp_family_by_key(&bp_stops, stop); }

const char *bp_state_fault(const bp_train *t, size_t epochs)
{
    const size_t rows = bp_data_rows(t->data);
    const bool steps = bp_train_takes_steps(t), squares = t->full.begun && bp_method_of(t)->residuals;
    const struct {
        const char *name;
        bool holds;
    } rules[] = {
        {"done", t->done <= rows && (steps || t->done == 0 || t->done == rows)},
        {"right", t->right <= t->done},
        {"order.seed", t->order_seed >= 0 && t->order_seed <= 0x1p53},
        {"rate", is_rate(t->rate) || (isnan(t->rate) && !t->scheduled)},
        {"scaling", t->scaling <= BP_SCALING_DONE},
        {"best_epoch", t->best_epoch <= epochs + (t->done == rows) && (t->best_epoch == 0 || t->valid)},
        {"stop", is_stop(t->stop)},
        {"failure.row", t->failure.row <= rows},
        {"failure.layer", t->failure.layer <= bp_net_layers(t->net)},
        {"lbfgs.pairs", t->full.lbfgs.pairs <= BP_LBFGS_PAIRS},
        {"lbfgs.next", t->full.lbfgs.next < BP_LBFGS_PAIRS},
        {"squares.mu", !squares || t->full.lm.mu >= BP_LM_LEAST_MU},
    };
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
        if (!rules[i].holds)
            return rules[i].name;
    return NULL;
}

bp_status bp_state_settle(bp_train *t)
{
    const bool entered = t->done > 0 || t->failure.epoch > bp_train_epochs_done(t); /* whose rows the doctor asks for */
    if (t->full.begun) {
        const bp_status status = bp_full_batch_stand(t);
        if (status == BP_ERR_MEMORY)
            return status;
        t->full.begun = status == BP_OK && isfinite(bp_method_point(t)->value); /* else it begins anew, and says why */
    }
    return bp_train_takes_steps(t) && entered ? bp_train_enter_epoch(t) : BP_OK;
}
