/* SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L
#include "arguments_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "arguments_values.h"

/* ---- lives */

enum {
    FILLED = NEEDS_INPUTS | NEEDS_ROW | NEEDS_ROWS,
    DATA = FILLED | NEEDS_LABELS | NEEDS_WEIGHTS | NEEDS_ALONE | NEEDS_TARGET_OR_LABELS,
    OPEN = NEEDS_OPEN | NEEDS_LAYER | NEEDS_LOSS | DATA,
    FIXED = NEEDS_LAYER | NEEDS_TOP | NEEDS_INIT | NEEDS_LOSS | DATA,
    STEPPED = FIXED | NEEDS_STEPPED,
    FRESH = NEEDS_FORWARD | NEEDS_CACHE,
    BACK = NEEDS_BACKWARD | NEEDS_DELTA,
    STALE = NEEDS_CACHE | NEEDS_DELTA /* z, activation and delta can be read, but not worked with */
};

#define LED_BY(...) ((const char *const[]){__VA_ARGS__, NULL})
#define INIT "bp_net_init"
#define FORWARD "bp_net_forward"
#define BACKWARD "bp_net_backward"
#define STEP "bp_net_step"
#define GRADIENT NEEDS_GRADIENT
#define READY (FIXED | FRESH | BACK | GRADIENT)
#define READY_BY INIT, FORWARD, BACKWARD

const struct life lives[] = {
    {"ready", READY, LED_BY(READY_BY), 0},
    {"building", OPEN | NEEDS_TOP, LED_BY(NULL), 0},
    {"empty", NEEDS_OPEN | NEEDS_LOSS | DATA, LED_BY(NULL), 0},
    {"dropout on top", OPEN, LED_BY(NULL), 0},
    {"initialised", STEPPED, LED_BY(INIT), 0},
    {"forwarded", STEPPED | FRESH, LED_BY(INIT, FORWARD), 0},
    {"forwarded twice", STEPPED | FRESH, LED_BY(INIT, FORWARD, FORWARD), 0},
    {"two backwards", READY, LED_BY(READY_BY, "bp_net_backward_labels"), 0},
    {"backward from dy", READY, LED_BY(INIT, FORWARD, "bp_net_backward_from"), 0},
    {"ready again", READY, LED_BY(READY_BY, STEP, FORWARD, BACKWARD), 0},
    {"forwarded again", FIXED | FRESH | GRADIENT, LED_BY(READY_BY, FORWARD), 0},
    {"gradient zeroed", STEPPED | FRESH | BACK, LED_BY(READY_BY, "bp_net_zero_gradient"), 0},
    {"predicted", READY, LED_BY(READY_BY, "bp_net_predict", "bp_net_loss_rows", "bp_net_predict_rows"), 0},
    {"stepped", STEPPED | STALE, LED_BY(READY_BY, STEP), 0},
    {"trained", STEPPED | STALE, LED_BY(INIT, "bp_net_train"), 0},
    {"trained with labels", STEPPED | STALE, LED_BY(INIT, "bp_net_train_labels"), 0},
    {"weights written", FIXED | STALE | GRADIENT, LED_BY(READY_BY, "bp_net_write"), 0},
    {"initialised again", STEPPED, LED_BY(READY_BY, INIT), 0},
    {"a clone", FIXED | GRADIENT, LED_BY(READY_BY, "bp_net_clone"), 0},
    {"a clone before init", OPEN | NEEDS_TOP, LED_BY("bp_net_clone"), 0},
    {"loss does not fit", READY & ~(unsigned)NEEDS_LOSS, LED_BY(READY_BY), BP_LOSS_CROSS_ENTROPY},
    {"no data", READY & ~(unsigned)DATA, LED_BY(READY_BY), 0},
    {"new inputs", (READY & ~(unsigned)DATA) | FILLED | NEEDS_ALONE, LED_BY(READY_BY, "bp_data_set_inputs"), 0},
    {"a target", (READY & ~(unsigned)NEEDS_LABELS) | NEEDS_TARGET, LED_BY(READY_BY, "bp_data_set_target"), 0},
    {"labels after a target", READY, LED_BY(READY_BY, "bp_data_set_target", "bp_data_set_labels"), 0},
    {"shared rows", READY & ~(unsigned)NEEDS_ALONE, LED_BY(READY_BY, "bp_data_split"), 0},
    {"some rows of another", READY & ~(unsigned)NEEDS_ALONE, LED_BY(READY_BY, "bp_data_show"), 0},
    {"an open file", READY | NEEDS_FILE, LED_BY(READY_BY, "bp_data_open"), 0},
    {"a CSV file", (READY & ~(unsigned)NEEDS_WEIGHTS) | NEEDS_FILE,
     LED_BY(READY_BY, "bp_data_set_text", "bp_data_open", "bp_data_next"), 0},
    {"sparse inputs", (READY & ~(unsigned)DATA) | FILLED | NEEDS_ALONE | NEEDS_SPARSE,
     LED_BY(READY_BY, "bp_data_set_sparse"), 0},
    {"a LIBSVM file", (READY & ~(unsigned)NEEDS_WEIGHTS) | NEEDS_SPARSE | NEEDS_FILE,
     LED_BY(READY_BY, "bp_data_open", "bp_data_next"), 0},
    {"rows forwarded", READY, LED_BY(INIT, "bp_net_forward_rows", "bp_net_backward_rows"), 0},
    {"trained on rows", STEPPED | STALE, LED_BY(INIT, "bp_net_train_rows"), 0},
    {"sparse rows forwarded", (READY & ~(unsigned)DATA) | FILLED | NEEDS_ALONE | NEEDS_SPARSE,
     LED_BY(INIT, "bp_data_set_sparse", "bp_net_forward_rows", BACKWARD), 0},
    {"trained on sparse rows",
     ((STEPPED & ~(unsigned)DATA) | FILLED | NEEDS_ALONE | NEEDS_SPARSE | NEEDS_LABELS | NEEDS_TARGET_OR_LABELS) |
         STALE,
     LED_BY(INIT, "bp_data_set_sparse", "bp_data_set_labels", "bp_net_train_rows"), 0},
    {"a training", (READY & ~(unsigned)NEEDS_ALONE) | NEEDS_TRAINING, LED_BY(READY_BY, "bp_train_create"), 0},
    {"a training whose loss does not fit", (READY & ~(unsigned)(NEEDS_ALONE | NEEDS_LOSS)) | NEEDS_TRAINING,
     LED_BY(READY_BY, "bp_train_create"), BP_LOSS_CROSS_ENTROPY},
    {"an epoch", (STEPPED & ~(unsigned)NEEDS_ALONE) | STALE | NEEDS_TRAINING | NEEDS_EPOCH,
     LED_BY(READY_BY, STEP, "bp_train_create", "bp_train_epoch"), 0},
    {"a training with findings", (READY & ~(unsigned)NEEDS_ALONE) | NEEDS_TRAINING | NEEDS_FINDING,
     LED_BY(READY_BY, "bp_train_create", "bp_train_diagnose"), 0},
};

const size_t life_count = sizeof(lives) / sizeof(lives[0]);

const struct life *life_for(const struct call *call)
{
    for (size_t i = 0; i < life_count; i++)
        if ((call->needs & ~lives[i].has) == 0)
            return &lives[i];
    fail_msg("%s needs what no life has", call->name);
    return NULL;
}

/* ---- the beginning */

static void fill(struct numbers *numbers, int factor, int modulus, double scale, double start)
{
    for (int i = 0; i < CAPACITY; i++) {
        numbers->f64[i] = start + scale * (i * factor % modulus);
        numbers->f32[i] = (float)numbers->f64[i];
    }
}

/* The allocator is given in a copy that is overwritten at once: the library must not keep a pointer to it. */
static bp_status create(struct fixture *f)
{
    bp_allocator copy;
    if (!f->allocator) {
        assert_int_equal(bp_data_create(&f->set, NULL), BP_OK);
        assert_int_equal(bp_data_create(&f->view, NULL), BP_OK);
        return bp_net_create(&f->net, f->dtype, INPUTS);
    }
    copy = *f->allocator;
    assert_int_equal(bp_data_create(&f->set, &copy), BP_OK);
    assert_int_equal(bp_data_create(&f->view, &copy), BP_OK);
    const bp_status status = bp_net_create_with(&f->net, f->dtype, INPUTS, &copy);
    memset(&copy, 0, sizeof(copy));
    return status;
}

bool type_built(int32_t dtype)
{
    bp_net *net = NULL;
    const bp_status status = bp_net_create(&net, dtype, INPUTS);
    bp_net_destroy(net);
    return status != BP_ERR_UNSUPPORTED;
}

void need_type(int32_t dtype)
{
    if (type_built(dtype))
        return;
    print_message("this library was built without %s\n", bp_key_name(dtype));
    skip();
}

static void add_layers(bp_net *net, const struct life *life)
{
    if (!(life->has & NEEDS_LAYER))
        return;
    assert_int_equal(bp_net_add_dense(net, 4, BP_ACT_TANH), BP_OK);
    assert_int_equal(bp_net_add(net, BP_KIND_DROPOUT, "rate=0.25"), BP_OK);
    if (!(life->has & NEEDS_TOP))
        return;
    assert_int_equal(bp_net_add_dense(net, 3, BP_ACT_RELU), BP_OK);
    assert_int_equal(bp_net_add_dense(net, OUTPUTS, BP_ACT_SIGMOID), BP_OK);
    assert_int_equal(bp_net_layer_set(net, BIASLESS_LAYER, BP_LAYER_BIAS, BP_BIAS_NONE), BP_OK);
    assert_int_equal(bp_net_layer_set(net, LAYERS - 1, BP_LAYER_BIAS, BP_BIAS_SHARED), BP_OK);
}

static void fill_set(struct fixture *f)
{
    for (int i = 0; i < CAPACITY; i++)
        f->bytes[i] = (uint8_t)(i * 37 % 256);
    for (int i = 0; i < ROWS; i++) {
        f->weights[i] = 0.25 * i;
        f->row_numbers[i] = (size_t)(i * i % ROWS); /* 0, 1, 4, 4, 1 */
    }
    for (size_t i = 0; i < ROWS; i++) { /* 0, 1 and 2 numbers in a row, in columns 0 and 1 */
        f->starts[i + 1] = f->starts[i] + (int64_t)(i % 3);
        for (size_t k = 0; k < i % 3; k++)
            f->columns[(size_t)f->starts[i] + k] = (int32_t)k;
    }
    if (!(f->life->has & NEEDS_INPUTS))
        return;
    assert_int_equal(bp_data_set_inputs(f->set, f->dtype, typed(f, &f->x), ROWS, INPUTS, 0, BP_HOLD_COPY), BP_OK);
    assert_int_equal(bp_data_set_labels(f->set, BP_I32, f->labels, OUTPUTS, BP_HOLD_COPY), BP_OK);
    assert_int_equal(bp_data_set_weights(f->set, BP_F64, f->weights, BP_HOLD_COPY), BP_OK);
}

/* Makes a call that must succeed. After a clone, the life continues with the copy. After a split, it continues with
 * the data set that was split, while one of the parts is there. After bp_data_show(), it continues with the data set
 * that shows the rows. */
static void lead(struct fixture *f, const char *name)
{
    const struct call *call = call_find(name, f->dtype);
    assert_non_null(call);
    if (fixture_good_call(f, call).integer != BP_OK)
        fail_msg("%s, on the way to the life \"%s\": %s", call->name, f->life->name, bp_last_error());
    if (f->net_out) {
        bp_net_destroy(f->net);
        f->net = f->net_out;
        f->net_out = NULL;
    }
    if (f->set_out[1]) {
        f->set_sharing = f->set_out[0];
        bp_data_destroy(f->set_out[1]);
    }
    if (bp_data_rows(f->view) > 0) {
        bp_data_destroy(f->set);
        f->set = f->view;
        assert_int_equal(bp_data_create(&f->view, f->allocator), BP_OK);
    }
    f->set_out[0] = f->set_out[1] = NULL;
    if (f->train_out) {
        f->train = f->train_out;
        f->train_out = NULL;
        assert_int_equal(bp_train_set(f->train, BP_TRAIN_EPOCHS, 3), BP_OK);
    }
}

static void find_files(struct fixture *f)
{
    const char *root = getenv("BP_SOURCE_ROOT");
    snprintf(f->csv, sizeof(f->csv), "%s/tests/vectors/tiny.csv", root ? root : ".");
    snprintf(f->libsvm, sizeof(f->libsvm), "%s/tests/vectors/tiny.libsvm", root ? root : ".");
}

/* The model file's net is the fixture's. */
static void find_model(struct fixture *f)
{
    const char *root = getenv("BP_SOURCE_ROOT");
    snprintf(f->saved, sizeof(f->saved), "/tmp/bp-arguments-%ld", (long)getpid());
    snprintf(f->checkpoint, sizeof(f->checkpoint), "/tmp/bp-checkpoint-%ld", (long)getpid());
    snprintf(f->model, sizeof(f->model), "%s/tests/vectors/files/v1.0-%s.safetensors", root ? root : ".",
             bp_key_name(f->dtype));
    FILE *stream = fopen(f->model, "rb");
    assert_non_null(stream);
    f->model_size = fread(f->model_bytes, 1, sizeof(f->model_bytes), stream);
    fclose(stream);
}

void fixture_begin(struct fixture *f, int32_t dtype, const struct life *life, const bp_allocator *allocator)
{
    memset(f, 0, sizeof(*f));
    f->dtype = dtype;
    f->life = life;
    f->allocator = allocator;
    find_files(f);
    find_model(f);
    fill(&f->x, 7, life->has & NEEDS_FINDING ? INPUTS : 11, 0.15, -0.6); /* constant columns are a finding */
    fill(&f->target, 5, 7, 0.125, 0.125);
    fill(&f->values, 3, 13, 0.0625, -0.375);
    for (int i = 0; i < ROWS; i++)
        f->labels[i] = i % OUTPUTS;
    assert_int_equal(create(f), BP_OK);
    assert_int_equal(bp_net_set(f->net, BP_OPT_OPTIMIZER, BP_OPTIM_ADAM), BP_OK);
    add_layers(f->net, life);
    fill_set(f);
    for (const char *const *name = life->led_by; *name; name++)
        lead(f, *name);
    if (life->loss != 0)
        assert_int_equal(bp_net_set(f->net, BP_OPT_LOSS, life->loss), BP_OK);
    if (life->has & NEEDS_INIT)
        assert_int_equal(bp_scratch_create(&f->scratch, f->net), BP_OK);
}

static void forget_made(struct fixture *f)
{
    bp_net_destroy(f->net_out);
    bp_scratch_destroy(f->scratch_out);
    bp_data_destroy(f->set_out[0]);
    bp_data_destroy(f->set_out[1]);
    bp_train_destroy(f->train_out);
    f->net_out = NULL;
    f->train_out = NULL;
    f->scratch_out = NULL;
    f->set_out[0] = f->set_out[1] = NULL;
}

void fixture_end(struct fixture *f)
{
    forget_made(f);
    bp_train_destroy(f->train_given);
    bp_train_destroy(f->train);
    bp_net_destroy(f->net_given);
    bp_scratch_destroy(f->scratch_given);
    bp_scratch_destroy(f->scratch);
    bp_net_destroy(f->net);
    bp_data_destroy(f->set_given);
    bp_data_destroy(f->set_sharing);
    bp_data_destroy(f->view);
    bp_data_destroy(f->set);
    remove(f->saved);
    remove(f->checkpoint);
}

/* ---- calls */

union arg fixture_call(struct fixture *f, const struct call *call, const union arg *args)
{
    const union arg answer = call->run(args);
    for (size_t i = 0; i < call->arguments; i++) {
        const enum role role = call->parameters[i].role;
        if (role == ROLE_NET_TO_DESTROY && args[i].data)
            f->net_given = NULL;
        if (role == ROLE_SCRATCH_TO_DESTROY && args[i].data)
            f->scratch_given = NULL;
        if (role == ROLE_DATA_TO_DESTROY && args[i].data)
            f->set_given = NULL;
        if (role == ROLE_TRAIN_TO_DESTROY && args[i].data)
            f->train_given = NULL;
    }
    return answer;
}

union arg fixture_good_call(struct fixture *f, const struct call *call)
{
    union arg args[ARGUMENTS_MAX];
    fixture_arguments(f, call, args);
    return fixture_call(f, call, args);
}

bool fixture_made(const struct fixture *f)
{
    return f->net_out || f->scratch_out || f->set_out[0] || f->set_out[1] || f->train_out;
}
