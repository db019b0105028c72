/* SPDX-License-Identifier: MIT */
#include "arguments_values.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Sparse where the life is to be so. */
const char *table_file(const struct fixture *f) { return f->life->has & NEEDS_SPARSE ? f->libsvm : f->csv; }

void *typed(struct fixture *f, struct numbers *numbers)
{
    return f->dtype == BP_F32 ? (void *)numbers->f32 : (void *)numbers->f64;
}

void *own_numbers(const struct call *call, struct numbers *numbers)
{
    return call_dtype(call) == BP_F32 ? (void *)numbers->f32 : (void *)numbers->f64;
}

const bp_allocator *allocator_of(const struct fixture *f)
{
    static const bp_allocator none;
    return f->allocator ? f->allocator : &none;
}

/* ---- handles to be destroyed */

bp_net *given_net(struct fixture *f)
{
    if (!f->net_given)
        assert_int_equal(bp_net_clone(&f->net_given, f->net), BP_OK);
    return f->net_given;
}

bp_scratch *given_scratch(struct fixture *f)
{
    if (!f->scratch_given && f->scratch)
        assert_int_equal(bp_scratch_create(&f->scratch_given, f->net), BP_OK);
    return f->scratch_given;
}

bp_data *given_set(struct fixture *f)
{
    if (!f->set_given) {
        assert_int_equal(bp_data_create(&f->set_given, f->allocator), BP_OK);
        assert_int_equal(bp_data_show(f->set_given, f->set, f->row_numbers, ROWS), BP_OK);
    }
    return f->set_given;
}

bp_train *given_train(struct fixture *f)
{
    if (!f->train_given)
        (void)bp_train_create(&f->train_given, f->net, f->set, NULL);
    return f->train_given;
}

/* ---- files */

/* The checkpoint of a training like that of the fixture, if it has one; else of a net and rows that are used for the
 * file alone. */
static void make_checkpoint(struct fixture *f)
{
    static const double x[INPUTS];
    static const int32_t label;
    bp_net *net = NULL;
    bp_train *train = NULL;
    bp_data *other = NULL;
    if (f->train)
        assert_int_equal(bp_net_clone(&net, f->net), BP_OK);
    else
        assert_int_equal(bp_net_load(&net, f->model), BP_OK);
    assert_int_equal(bp_net_zero_gradient(net), BP_OK);
    assert_int_equal(bp_data_create(&other, NULL), BP_OK);
    assert_int_equal(bp_data_set_inputs(other, BP_F64, x, 1, INPUTS, 0, BP_HOLD_COPY), BP_OK);
    assert_int_equal(bp_data_set_labels(other, BP_I32, &label, OUTPUTS, BP_HOLD_COPY), BP_OK);
    assert_int_equal(bp_train_create(&train, net, f->train ? f->set : other, f->train ? f->set : NULL), BP_OK);
    assert_int_equal(bp_train_save(train, f->checkpoint), BP_OK);
    FILE *stream = fopen(f->checkpoint, "rb");
    assert_non_null(stream);
    f->checkpoint_size = fread(f->checkpoint_bytes, 1, sizeof(f->checkpoint_bytes), stream);
    assert_true(f->checkpoint_size < sizeof(f->checkpoint_bytes));
    fclose(stream);
    bp_train_destroy(train);
    bp_data_destroy(other);
    bp_net_destroy(net);
    f->checkpoint_made = true;
}

const char *checkpoint_of(struct fixture *f)
{
    if (!f->checkpoint_made)
        make_checkpoint(f);
    return f->checkpoint;
}

const void *bytes_of_checkpoint(struct fixture *f)
{
    checkpoint_of(f);
    return f->checkpoint_bytes;
}

size_t size_of_checkpoint(struct fixture *f)
{
    checkpoint_of(f);
    return f->checkpoint_size;
}

void in_turn(void *user, size_t count, bp_task *task, void *context)
{
    (void)user;
    for (size_t i = 0; i < count; i++)
        task(context, i);
}

void fixture_arguments(struct fixture *f, const struct call *call, union arg *args)
{
    for (size_t i = 0; i < call->arguments; i++)
        args[i] = good_value(f, call, call->parameters[i].role);
}
