/* SPDX-License-Identifier: MIT */
#include "train/state.h"

#include <math.h>

#include "base/memory.h"
#include "data/asked_net.h"
#include "train/train_families.h"
#include "train/train_families.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* ---- numbers */

#define AT(member) offsetof(struct bp_train, member)

/* Of every training. */
static const struct bp_number_row numbers[] = {
    {"done", BP_STATE_SIZE, AT(done), 0},
    {"right", BP_STATE_SIZE, AT(right), 0},
    {"loss", BP_STATE_NUMBER, AT(loss), 0},
    {"gradient_norm", BP_STATE_NUMBER, AT(gradient_norm), 0},
    {"seconds", BP_STATE_NUMBER, AT(seconds), 0},
    {"seconds_before", BP_STATE_NUMBER, AT(seconds_before), 0},
    {"order.seed", BP_STATE_NUMBER, AT(order_seed), 0},
    {"order.shuffle", BP_STATE_NUMBER, AT(order_shuffle), 0},
    {"rate", BP_STATE_NUMBER, AT(rate), 0},
    {"scheduled", BP_STATE_SWITCH, AT(scheduled), 0},
    {"scaling", BP_STATE_KEY, AT(scaling), 0},
    {"least_loss", BP_STATE_NUMBER, AT(least_loss), 0},
    {"plateau_rate", BP_STATE_NUMBER, AT(plateau_rate), 0},
    {"flat_epochs", BP_STATE_SIZE, AT(flat_epochs), 0},
    {"best_epoch", BP_STATE_SIZE, AT(best_epoch), 0},
    {"best_loss", BP_STATE_NUMBER, AT(best_loss), 0},
    {"stop", BP_STATE_KEY, AT(stop), 0},
    {"failure.epoch", BP_STATE_SIZE, AT(failure.epoch), 0},
    {"failure.batch", BP_STATE_SIZE, AT(failure.batch), 0},
    {"failure.row", BP_STATE_SIZE, AT(failure.row), 0},
    {"failure.layer", BP_STATE_SIZE, AT(failure.layer), 0},
};

/* Of every training whose method has begun, and of the point where it stands. Then come the method's own. */
static const struct bp_number_row numbers_of_begun[] = {{"method.print", BP_STATE_WIDE, AT(full.fingerprint), 0}};

static const struct bp_number_row numbers_of_point[] = {
    {"point.value", BP_STATE_NUMBER, offsetof(struct bp_point, value), 0},
    {"point.right", BP_STATE_SIZE, offsetof(struct bp_point, right), 0},
};

/* What has begun, else NULL. */
static const struct bp_method *begun_method(const bp_train *t)
{
    return bp_full_batch_is_begun(t) ? t->full.method : NULL;
}

bool bp_state_next_number(bp_train *t, size_t *index, struct bp_state_number *number)
{
    const struct bp_method *method = begun_method(t);
    const struct {
        const struct bp_number_row *rows;
        size_t count;
        void *base;
    } tables[] = {
        {numbers, COUNT(numbers), t},
        {numbers_of_begun, method ? COUNT(numbers_of_begun) : 0, t},
        {numbers_of_point, method ? COUNT(numbers_of_point) : 0, t->full.state},
        {method ? method->numbers : NULL, method ? method->number_count : 0, t->full.state},
    };
    size_t row = *index;
    for (size_t i = 0; i < COUNT(tables); row -= tables[i++].count)
        if (row < tables[i].count) {
            const struct bp_number_row *found = &tables[i].rows[row];
            ++*index;
            *number = (struct bp_state_number){found->name, found->kind, (char *)tables[i].base + found->at};
            return true;
        }
    return false;
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

static const struct bp_vector_row vectors_of_point[] = {
    {"point.x", offsetof(struct bp_point, x), 0, 1},
    {"point.gradient", offsetof(struct bp_point, gradient), 0, 1},
};

/* Of the state of a method that has begun: no size overflows. */
static struct bp_state_vector vector_of(const bp_train *t, const struct bp_vector_row *row)
{
    char *at = (char *)t->full.state + row->at;
    return (struct bp_state_vector){
        .name = row->name,
        .at = row->stride > 0 ? at : *(char **)(void *)at,
        .stride = row->stride > 0 ? row->stride : sizeof(double),
        .count = row->stride > 0 ? row->length : row->length * bp_numbers_of_net(t->net, BP_ARRAY_PARAMETERS, 0),
        .dtype = BP_F64,
    };
}

static struct bp_state_vector scale_of(const bp_train *t)
{
    return (struct bp_state_vector){.name = "squares.scale",
                                    .at = (char *)t->full.residuals.scale,
                                    .stride = sizeof(double),
                                    .count = bp_net_outputs(t->net),
                                    .dtype = BP_F64};
}

/* What a method that has begun stands on: its point, its own vectors, and the scale of residuals. False past the
 * last. */
static bool method_vector_at(const bp_train *t, size_t row, struct bp_state_vector *vector)
{
    const struct bp_method *method = begun_method(t);
    if (!method)
        return false;
    if (row < COUNT(vectors_of_point))
        *vector = vector_of(t, &vectors_of_point[row]);
    else if (row - COUNT(vectors_of_point) < method->vector_count)
        *vector = vector_of(t, &method->vectors[row - COUNT(vectors_of_point)]);
    else if (row - COUNT(vectors_of_point) == method->vector_count && method->residuals)
        *vector = scale_of(t);
    else
        return false;
    return true;
}

static struct bp_state_vector best_of(const bp_train *t)
{
    const int32_t dtype = bp_type_of_net(t->net);
    return (struct bp_state_vector){.name = "best",
                                    .at = t->best,
                                    .stride = bp_type_size(dtype),
                                    .count = t->best_epoch > 0 ? bp_numbers_of_net(t->net, BP_ARRAY_PARAMETERS, 0) : 0,
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
    return method_vector_at(t, index - 1 - columns, vector);
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
    const bool steps = bp_train_takes_steps(t);
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
    };
    for (size_t i = 0; i < COUNT(rules); i++)
        if (!rules[i].holds)
            return rules[i].name;
    return t->full.begun && t->full.method->fault ? t->full.method->fault(t->full.state) : NULL;
}

bp_status bp_state_settle(bp_train *t)
{
    const bool entered = t->done > 0 || t->failure.epoch > bp_train_epochs_done(t); /* whose rows the doctor asks for */
    if (t->full.begun) {
        const bp_status status = bp_full_batch_restore(t);
        if (status == BP_ERR_MEMORY)
            return status;
        t->full.begun =
            status == BP_OK && isfinite(bp_full_batch_point(&t->full)->value); /* else it begins again, and says why */
    }
    return bp_train_takes_steps(t) && entered ? bp_train_enter_epoch(t) : BP_OK;
}
