/* SPDX-License-Identifier: MIT
 *
 * A training's life, and the calls that drive it. */
#include "train/train.h"

#include <math.h>
#include <stdarg.h>

#include "base/memory.h"

bp_status bp_train_fail(bp_train *train, const char *function, bp_status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    bp_message_write(&train->messages, false, status, function, format, arguments);
    va_end(arguments);
    return status;
}

bp_status bp_train_fail_shared(const bp_train *train, const char *function, bp_status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    /* a const handle is const to the user; its messages are made for several threads */
    bp_message_write(&((bp_train *)train)->messages, true, status, function, format, arguments);
    va_end(arguments);
    return status;
}

const char *bp_train_error(const bp_train *train)
{
    return train ? bp_message_read(&train->messages) : "the training is NULL";
}

/* ---- life */

static bp_status check_data(bp_train *train, const bp_data *data, const char *name)
{
    const char *function = "bp_train_create";
    const size_t inputs = bp_net_inputs(train->net), outputs = bp_net_outputs(train->net);
    if (bp_data_rows(data) == 0)
        return bp_train_fail(train, function, BP_ERR_SHAPE, "%s has no rows", name);
    if (bp_data_inputs(data) != inputs)
        return bp_train_fail(train, function, BP_ERR_SHAPE, "%s has %zu inputs, the net %zu", name,
                             bp_data_inputs(data), inputs);
    if (bp_data_outputs(data) == 0)
        return bp_train_fail(train, function, BP_ERR_STATE, "%s has neither target nor labels", name);
    if ((bp_data_classes(data) > 0) != train->labels)
        return bp_train_fail(train, function, BP_ERR_STATE, "%s has %s, the other has not", name,
                             train->labels ? "a target" : "labels");
    if (bp_data_outputs(data) != outputs && !(train->labels && outputs == 1 && bp_data_classes(data) == 2))
        return bp_train_fail(train, function, BP_ERR_SHAPE, "%s has %zu %s, the net %zu outputs", name,
                             bp_data_outputs(data), train->labels ? "classes" : "numbers in a target", outputs);
    return BP_OK;
}

/* rows / (classes x rows of the class), as scikit-learn's 'balanced'; 0 for one that does not occur. */
static bool weigh_classes(bp_train *t)
{
    const size_t rows = bp_data_rows(t->data), classes = bp_data_classes(t->data);
    t->class_weights = bp_memory_allocate(&t->allocator, classes, sizeof(*t->class_weights));
    if (!t->class_weights)
        return false;
    for (size_t i = 0; i < rows; i++) {
        int32_t label = 0;
        bp_data_gather(t->data, BP_PART_LABELS, &i, 1, BP_DATA_I32, &label);
        t->class_weights[label]++;
    }
    for (size_t i = 0; i < classes; i++)
        if (t->class_weights[i] > 0)
            t->class_weights[i] = (double)rows / ((double)classes * t->class_weights[i]);
    return true;
}

static bool make_rooms(bp_train *t)
{
    const size_t size = bp_net_dtype(t->net) == BP_F32 ? sizeof(float) : sizeof(double);
    const size_t parameters = bp_net_parameters(t->net);
    t->order = bp_memory_allocate(&t->allocator, bp_data_rows(t->data), sizeof(*t->order));
    t->gradient = bp_memory_allocate(&t->allocator, parameters, size);
    if (!t->order || !t->gradient || (t->labels && !weigh_classes(t)))
        return false;
    if (!t->valid)
        return true;
    t->best = bp_memory_allocate(&t->allocator, parameters, size);
    return t->best && bp_batch_make(&t->allocator, &t->valid_batch, t->net, BP_TRAIN_VALID_ROWS) &&
           bp_scratch_create(&t->scratch, t->net) == BP_OK;
}

static bp_status fill(bp_train *t, const bp_data *data, const bp_data *validation)
{
    t->labels = bp_data_classes(data) > 0;
    BP_DATA_TRY(check_data(t, data, "the data"));
    if (validation)
        BP_DATA_TRY(check_data(t, validation, "the validation data"));
    t->data = bp_data_share(data);
    t->valid = validation ? bp_data_share(validation) : NULL;
    if (!t->data || (validation && !t->valid) || !make_rooms(t))
        return bp_train_fail(t, "bp_train_create", BP_ERR_MEMORY, "no memory for the training");
    return BP_OK;
}

bp_status bp_train_create(bp_train **train, bp_net *net, const bp_data *data, const bp_data *validation)
{
    if (!train)
        return BP_ERR_ARG;
    *train = NULL;
    if (!net || !data)
        return BP_ERR_ARG;
    if (bp_net_parameters(net) == 0)
        return BP_ERR_STATE;
    bp_train *t = bp_memory_allocate(&data->allocator, 1, sizeof(*t));
    if (!t)
        return BP_ERR_MEMORY;
    t->allocator = data->allocator;
    t->net = net;
    t->rate = (double)NAN;
    bp_train_start_settings(&t->set);
    *train = t;
    return fill(t, data, validation);
}

void bp_train_destroy(bp_train *train)
{
    if (!train)
        return;
    const bp_allocator allocator = train->allocator;
    bp_data_destroy(train->data);
    bp_data_destroy(train->valid);
    bp_scratch_destroy(train->scratch);
    bp_batch_release(&allocator, &train->batch);
    bp_batch_release(&allocator, &train->valid_batch);
    bp_buffer_release(&allocator, &train->record);
    bp_memory_release(&allocator, train->gradient);
    bp_memory_release(&allocator, train->best);
    bp_memory_release(&allocator, train->order);
    bp_memory_release(&allocator, train->class_weights);
    bp_memory_release(&allocator, train);
}

/* ---- the calls */

bp_status bp_train_batches(bp_train *train, size_t batches)
{
    return train ? bp_train_go(train, __func__, batches, SIZE_MAX) : BP_ERR_ARG;
}

bp_status bp_train_epoch(bp_train *train) { return train ? bp_train_go(train, __func__, SIZE_MAX, 1) : BP_ERR_ARG; }

bp_status bp_train_run(bp_train *train, bp_train_fn *each_epoch, void *user)
{
    bp_status status;
    if (!train)
        return BP_ERR_ARG;
    while ((status = bp_train_go(train, __func__, SIZE_MAX, 1)) == BP_OK)
        if (each_epoch && each_epoch(train, user) != 0)
            bp_train_cancel(train);
    return status == BP_DONE ? BP_OK : status;
}

void bp_train_cancel(bp_train *train)
{
    if (train)
        atomic_store(&train->cancelled, true);
}
