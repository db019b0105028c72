/* SPDX-License-Identifier: MIT
 *
 * A training's life, and the calls that drive it. */
#include "train/train_families.h"
#include "train/training.h"

#include <math.h>

#include "base/memory.h"

const char *bp_train_error(const bp_train *train)
{
    return train ? bp_message_read(&train->messages) : "the training is NULL";
}

/* ---- life */

/* A failure before there is a training to tell of it: the data set does. */
#define FAIL(status, ...) bp_data_fail_shared(told, "bp_train_create", status, __VA_ARGS__)

/* `given` is the data set, or the validation data; `told` the data set. */
static bp_status check_data(const bp_train *train, const bp_data *told, const bp_data *given)
{
    const char *name = given == told ? "the data set" : "the validation data";
    const size_t inputs = bp_net_inputs(train->net), outputs = bp_net_outputs(train->net);
    if (bp_data_rows(given) == 0)
        return FAIL(BP_ERR_STATE, "%s has no rows", name);
    if (bp_data_outputs(given) == 0)
        return FAIL(BP_ERR_STATE, "%s has neither target nor labels", name);
    if (bp_data_inputs(given) != inputs)
        return FAIL(BP_ERR_SHAPE, "%s has %zu inputs, the net %zu", name, bp_data_inputs(given), inputs);
    if ((bp_data_classes(given) > 0) != train->labels)
        return FAIL(BP_ERR_STATE, "%s has %s, the data set has not", name, train->labels ? "a target" : "labels");
    if (bp_data_outputs(given) != outputs && !(train->labels && outputs == 1 && bp_data_classes(given) == 2))
        return FAIL(BP_ERR_SHAPE, "%s has %zu %s, the net %zu outputs", name, bp_data_outputs(given),
                    train->labels ? "classes" : "numbers in a target", outputs);
    return bp_data_check_names(told, "bp_train_create", train->net, given);
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
    return t->best && bp_batch_make(&t->allocator, &t->valid_batch, t->net, t->valid, BP_TRAIN_VALID_ROWS);
}

/* Of what borrowed arrays hold now the weights of the classes are made, and room for rows of validation. */
static bp_status check_borrowed(const bp_train *t, const bp_data *told)
{
    BP_TRY(bp_data_check_labels(told, "bp_train_create"));
    if (!t->valid)
        return BP_OK;
    const bp_status status = bp_data_check_starts(t->valid, "the validation data", NULL, t->valid->rows, SIZE_MAX);
    return status == BP_OK ? BP_OK : FAIL(status, "%s", bp_data_error(t->valid));
}

static bp_status fill(bp_train *t, const bp_data *told, const bp_data *validation)
{
    const bp_status status = bp_scratch_create(&t->scratch, t->net); /* that the net is initialised */
    if (status != BP_OK)
        return FAIL(status, "%s", bp_net_error(t->net));
    t->labels = bp_data_classes(told) > 0;
    BP_TRY(check_data(t, told, told));
    if (validation)
        BP_TRY(check_data(t, told, validation));
    t->data = bp_data_share(told);
    t->valid = validation ? bp_data_share(validation) : NULL;
    if (!t->data || (validation && !t->valid))
        return FAIL(BP_ERR_MEMORY, "no memory for it");
    BP_TRY(check_borrowed(t, told));
    return make_rooms(t) ? BP_OK : FAIL(BP_ERR_MEMORY, "no memory for it");
}

bp_status bp_train_create(bp_train **train, bp_net *net, const bp_data *data, const bp_data *validation)
{
    const bp_data *told = data;
    if (train)
        *train = NULL;
    if (!data)
        return BP_ERR_ARG;
    if (!train || !net)
        return FAIL(BP_ERR_ARG, "%s is NULL", train ? "net" : "train");
    bp_train *t = bp_memory_allocate(&data->allocator, 1, sizeof(*t));
    if (!t)
        return FAIL(BP_ERR_MEMORY, "no memory for it");
    t->allocator = data->allocator;
    t->net = net;
    t->rate = (double)NAN;
    bp_options_start(&bp_train_options, &t->set);
    bp_status status = fill(t, data, validation);
    if (status == BP_OK && bp_train_take_names(t) != BP_OK)
        status = FAIL(BP_ERR_MEMORY, "no memory for it");
    if (status == BP_OK)
        *train = t;
    else
        bp_train_destroy(t);
    return status;
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
    bp_full_batch_release(&allocator, &train->full);
    bp_buffer_release(&allocator, &train->record);
    bp_buffer_release(&allocator, &train->findings);
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
