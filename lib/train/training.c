/* SPDX-License-Identifier: MIT
 *
 * A training's life, and the calls that drive it. */
#include "train/train_families.h"
#include "train/training.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/memory.h"
#include "data/asked_net.h"

/* ---- life */

/* A failure before there is a training. */
static bp_status check_data(const struct bp_call *call, const bp_train *train, const bp_data *given, const char *name)
{
    const size_t inputs = bp_net_inputs(train->net), outputs = bp_net_outputs(train->net);
    if (bp_data_rows(given) == 0)
        return bp_fail(call, BP_ERR_STATE, "%s has no rows", name);
    if (bp_data_outputs(given) == 0)
        return bp_fail(call, BP_ERR_STATE, "%s has neither target nor labels", name);
    if (bp_data_inputs(given) != inputs)
        return bp_fail(call, BP_ERR_SHAPE, "%s has %s, the net %zu", name,
                       bp_message_count(bp_data_inputs(given), "input").text, inputs);
    if ((bp_data_classes(given) > 0) != train->labels)
        return bp_fail(call, BP_ERR_STATE, "%s has %s, the data set has not", name,
                       train->labels ? "a target" : "labels");
    if (bp_data_outputs(given) != outputs && !(train->labels && outputs == 1 && bp_data_classes(given) == 2))
        return bp_fail(call, BP_ERR_SHAPE, "%s has %s%s, the net %s", name,
                       bp_message_count(bp_data_outputs(given), train->labels ? "class" : "number").text,
                       train->labels ? "" : " in a target", bp_message_count(outputs, "output").text);
    return bp_data_check_names(call, train->net, given);
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
        bp_data_gather(t->data, BP_PART_LABELS, &i, 1, BP_I32, &label);
        t->class_weights[label]++;
    }
    for (size_t i = 0; i < classes; i++)
        if (t->class_weights[i] > 0)
            t->class_weights[i] = (double)rows / ((double)classes * t->class_weights[i]);
    return true;
}

static bool make_buffers(bp_train *t)
{
    const size_t size = bp_type_size(bp_type_of_net(t->net));
    const size_t parameters = bp_numbers_of_net(t->net, BP_ARRAY_PARAMETERS, 0);
    t->order = bp_memory_allocate(&t->allocator, bp_data_rows(t->data), sizeof(*t->order));
    t->gradient = bp_memory_allocate(&t->allocator, parameters, size);
    if (!t->order || !t->gradient || (t->labels && !weigh_classes(t)))
        return false;
    if (!t->valid)
        return true;
    t->best = bp_memory_allocate(&t->allocator, parameters, size);
    return t->best && bp_batch_make(&t->allocator, &t->valid_batch, t->net, t->valid, BP_TRAIN_VALID_ROWS);
}

/* Of what borrowed arrays hold now the weights of the classes are made, and the buffers for rows of validation. */
static bp_status check_borrowed(const struct bp_call *call, const bp_train *t)
{
    BP_TRY(bp_data_check_labels(t->data, call));
    if (!t->valid)
        return BP_OK;
    const bp_status status = bp_data_check_starts(t->valid, call, NULL, t->valid->rows);
    return status == BP_OK ? BP_OK : bp_fail(call, status, "the validation data: %s", bp_error_reason());
}

static bp_status fill(const struct bp_call *call, bp_train *t, const bp_data *data, const bp_data *validation)
{
    const bp_status status = bp_scratch_create(&t->scratch, t->net); /* that the net is initialised */
    if (status != BP_OK)
        return bp_fail_within(call, status);
    t->labels = bp_data_classes(data) > 0;
    BP_TRY(check_data(call, t, data, "the data set"));
    if (validation)
        BP_TRY(check_data(call, t, validation, "the validation data"));
    t->data = bp_data_share(data);
    t->valid = validation ? bp_data_share(validation) : NULL;
    if (!t->data || (validation && !t->valid))
        return bp_fail(call, BP_ERR_MEMORY, "no memory for a training");
    BP_TRY(check_borrowed(call, t));
    return make_buffers(t) ? BP_OK : bp_fail(call, BP_ERR_MEMORY, "no memory for a training");
}

bp_status bp_train_create(bp_train **train, bp_net *net, const bp_data *data, const bp_data *validation)
{
    const struct bp_call *call = BP_CALL;
    if (train)
        *train = NULL;
    BP_TRY(bp_need(BP_CALL, data, "data"));
    BP_TRY(bp_need(call, train, "train"));
    BP_TRY(bp_need(call, net, "net"));
    bp_train *t = bp_memory_allocate(&data->allocator, 1, sizeof(*t));
    if (!t)
        return bp_fail(call, BP_ERR_MEMORY, "no memory for a training");
    t->allocator = data->allocator;
    t->net = net;
    t->rate = (double)NAN;
    bp_options_start(&bp_train_options, &t->set);
    bp_status status = fill(call, t, data, validation);
    if (status == BP_OK)
        status = bp_data_give_names(t->data, call, t->net);
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

/* The handles of trainings and nets stay where they are, and so do calls for a cancellation, which may come at any
 * moment. */
void bp_train_exchange(bp_train *a, bp_train *b)
{
    enum { SIZE = offsetof(struct bp_train, cancelled) };
    unsigned char bytes[SIZE];
    bp_net *const net_of_a = a->net, *const net_of_b = b->net;
    memcpy(bytes, a, SIZE);
    memcpy(a, b, SIZE);
    memcpy(b, bytes, SIZE);
    a->net = net_of_a;
    b->net = net_of_b;
}

/* ---- the calls */

bp_status bp_train_batches(bp_train *train, size_t batches)
{
    BP_TRY(bp_need(BP_CALL, train, "train"));
    return bp_train_go(train, BP_CALL, batches, SIZE_MAX);
}

bp_status bp_train_epoch(bp_train *train)
{
    BP_TRY(bp_need(BP_CALL, train, "train"));
    return bp_train_go(train, BP_CALL, SIZE_MAX, 1);
}

/* Ends the run for the callback, whose own last failure ends the sentence. */
static bp_status end_by_callback(bp_train *train, const struct bp_call *call, int32_t returned, uint64_t failures)
{
    struct bp_error_kept its;
    bp_error_keep(&its);
    const bool failed = its.failures != failures;
    bp_train_cancel(train);
    const bp_status status = bp_train_go(train, call, SIZE_MAX, 1);
    if (status != BP_ERR_CANCELLED)
        return status;
    return bp_fail(call, status, "the callback returned %d after epoch %zu%s%s", (int)returned,
                   bp_train_epochs_done(train), failed ? ": " : "", failed ? its.text : "");
}

bp_status bp_train_run(bp_train *train, bp_train_fn *each_epoch, void *user)
{
    const struct bp_call *call = BP_CALL;
    BP_TRY(bp_need(call, train, "train"));
    for (;;) {
        const bp_status status = bp_train_go(train, call, SIZE_MAX, 1);
        if (status != BP_OK)
            return status == BP_DONE ? BP_OK : status;
        const uint64_t failures = bp_error_count();
        const int32_t returned = each_epoch ? each_epoch(train, user) : 0;
        if (returned != 0)
            return end_by_callback(train, call, returned, failures);
    }
}

void bp_train_cancel(bp_train *train)
{
    if (train)
        atomic_store(&train->cancelled, true);
}
