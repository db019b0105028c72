/* SPDX-License-Identifier: MIT
 *
 * Every public function with every wrong argument, in every wrong state, and of the wrong type: it returns the
 * status of the header, leaves a sentence, and changes nothing. The wrong arguments follow from bp-api.json and
 * arguments.txt. */
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arguments_values.h"
#include "failing_allocator.h"

/* Whether a function returned what it returns for a wrong argument. */
static bool refused(const struct call *call, union arg answer, bp_status status)
{
    switch (call->answer) {
    case ANSWERS_STATUS:
        return answer.integer == status;
    case ANSWERS_NUMBER:
        return answer.size == 0;
    case ANSWERS_NAME:
        return answer.text == NULL;
    case ANSWERS_TEXT:
        return answer.text != NULL;
    default:
        return true;
    }
}

/* The sentence names the function. */
static void expect_sentence(const struct call *call, const char *sentence)
{
    const size_t n = strlen(call->name);
    if (strncmp(sentence, call->name, n) != 0 || strncmp(sentence + n, ": ", 2) != 0 || strlen(sentence) < n + 10)
        complain("%s: its sentence is \"%s\"", call->name, sentence);
}

static void expect_refusal(struct fixture *f, const struct call *call, const union arg *args, bp_status status,
                           const char *what)
{
    const uint64_t before = fixture_fingerprint(f);
    const union arg answer = fixture_call(f, call, args);
    if (!refused(call, answer, status))
        complain("%s, %s: expected %d, got %d", call->name, what, (int)status, (int)answer.integer);
    if (call->answer == ANSWERS_STATUS) {
        expect_sentence(call, bp_last_error());
        if (!call_may_return(call, answer.integer))
            complain("%s, %s: its documentation has no status %d", call->name, what, (int)answer.integer);
    }
    if (fixture_fingerprint(f) != before)
        complain("%s, %s: the handle changed", call->name, what);
    if (fixture_made(f))
        complain("%s, %s: it gave a handle", call->name, what);
}

/* How many cases of each kind were tried. */
static struct {
    size_t wrong, null, good, state, type;
} tried;

/* The call with one wrong argument. */
static void try_wrong(struct fixture *f, const struct call *call, size_t parameter, union arg value, bp_status status,
                      const char *name)
{
    char what[96];
    union arg args[ARGUMENTS_MAX];
    snprintf(what, sizeof(what), "%s is %s", call->parameters[parameter].name, name);
    fixture_arguments(f, call, args);
    args[parameter] = value;
    host_mask(true); /* some are NaN or infinite */
    expect_refusal(f, call, args, status, what);
    host_unmask(true);
    tried.wrong++;
}

/* Is NULL wrong for this parameter? Of a pair it is wrong for the parameter whose good argument is not NULL. A query
 * returns 0 or NULL for it. A destroy function takes it and does nothing. */
static bool refuses_null(struct fixture *f, const struct call *call, size_t parameter)
{
    union arg args[ARGUMENTS_MAX];
    fixture_arguments(f, call, args);
    switch (call->parameters[parameter].null) {
    case NULL_REFUSED:
        return true;
    case NULL_ONE_OF:
    case NULL_TOGETHER:
        return args[parameter].data != NULL;
    case NULL_ALLOWED:
        return call->answer != ANSWERS_STATUS;
    default:
        return false;
    }
}

static void try_wrongs(struct fixture *f, const struct call *call)
{
    for (size_t parameter = 0; parameter < call->arguments; parameter++) {
        if (refuses_null(f, call, parameter))
            try_wrong(f, call, parameter, (union arg){.data = NULL}, BP_ERR_ARG, "null");
        for (size_t i = 0; i < wrong_count; i++)
            if (wrongs[i].role == call->parameters[parameter].role)
                try_wrong(f, call, parameter, wrong_value(f, call, i), wrongs[i].status, wrongs[i].name);
    }
}

/* Each argument that may be NULL is NULL once, and the call succeeds. */
static void try_nulls(const struct call *call, int32_t dtype, const bp_allocator *allocator)
{
    for (size_t parameter = 0; parameter < call->arguments; parameter++) {
        union arg args[ARGUMENTS_MAX];
        struct fixture f;
        if (call->answer != ANSWERS_STATUS || call->parameters[parameter].null != NULL_ALLOWED)
            continue;
        fixture_begin(&f, dtype, life_for(call), allocator);
        fixture_arguments(&f, call, args);
        args[parameter].data = NULL;
        if (fixture_call(&f, call, args).integer != BP_OK)
            complain("%s: %s may not be NULL: %s", call->name, call->parameters[parameter].name, bp_last_error());
        fixture_end(&f);
        tried.null++;
    }
}

/* The fingerprint of a net that has had the same life without a wrong call, at the end of its next calls. */
static uint64_t continue_twin(const struct fixture *f)
{
    struct fixture twin;
    fixture_begin(&twin, f->dtype, f->life, f->allocator);
    const uint64_t fingerprint = fixture_continue(&twin);
    fixture_end(&twin);
    return fingerprint;
}

static void every_wrong_argument_is_refused(void **state)
{
    const int32_t dtype = *(const int32_t *)*state;
    struct failing failing = {0};
    const bp_allocator allocator = failing_allocator(&failing);
    const struct call *call;
    need_type(dtype);
    no_allocate = no_release = allocator;
    no_size = allocator;
    no_size.struct_size = 0;
    no_allocate.allocate = NULL;
    no_release.release = NULL;
    for (size_t i = 0; (call = call_at(i)); i++) {
        struct fixture f;
        if (!call_takes(call, dtype))
            continue;
        fixture_begin(&f, dtype, life_for(call), &allocator);
        try_wrongs(&f, call);
        if (f.life->has & NEEDS_INIT && fixture_continue(&f) != continue_twin(&f))
            complain("%s: after the refusals the net comes to other bits", call->name);
        fixture_end(&f);
        fixture_begin(&f, dtype, life_for(call), &allocator);
        const union arg answer = fixture_good_call(&f, call);
        tried.good++;
        if (call->answer == ANSWERS_STATUS && answer.integer != BP_OK)
            complain("%s: with good arguments: %s", call->name, bp_last_error());
        fixture_end(&f);
        try_nulls(call, dtype, &allocator);
    }
    no_complaints();
    assert_int_equal(failing.live, 0);
}

/* The status follows from what is missing. */
static bp_status status_of_missing(unsigned missing)
{
    if (missing == NEEDS_LOSS)
        return BP_ERR_UNSUPPORTED;
    if (missing & NEEDS_ROWS)
        return BP_ERR_SHAPE;
    const unsigned argument = NEEDS_LAYER | NEEDS_ROW | NEEDS_EPOCH | NEEDS_FINDING;
    return (missing & ~argument) == 0 || missing & NEEDS_TRAINING ? BP_ERR_ARG : BP_ERR_STATE;
}

static void every_wrong_state_is_refused(void **state)
{
    const int32_t dtype = *(const int32_t *)*state;
    const struct call *call;
    need_type(dtype);
    for (size_t i = 0; (call = call_at(i)); i++) {
        for (size_t k = 0; k < life_count; k++) {
            union arg args[ARGUMENTS_MAX];
            struct fixture f;
            const unsigned missing = call->needs & ~lives[k].has;
            if (missing == 0 || call->answer != ANSWERS_STATUS || !call_takes(call, dtype))
                continue;
            fixture_begin(&f, dtype, &lives[k], NULL);
            fixture_arguments(&f, call, args);
            expect_refusal(&f, call, args, status_of_missing(missing), lives[k].name);
            fixture_end(&f);
            tried.state++;
        }
    }
    no_complaints();
    assert_true(tried.state > 100);
}

static void the_wrong_number_type_is_refused(void **state)
{
    const int32_t dtype = *(const int32_t *)*state;
    need_type(dtype);
    const struct call *call;
    struct fixture f;
    fixture_begin(&f, dtype, &lives[0], NULL);
    for (size_t i = 0; (call = call_at(i)); i++) {
        union arg args[ARGUMENTS_MAX];
        if (call_dtype(call) == 0 || call_takes(call, dtype) || !call_has(call, ROLE_NET)) /* a data set has no type */
            continue;
        fixture_arguments(&f, call, args);
        expect_refusal(&f, call, args, BP_ERR_UNSUPPORTED, "the wrong type");
        tried.type++;
    }
    fixture_end(&f);
    no_complaints();
}

static void keys_fixed_by_init_are_refused_after_it(void **state)
{
    const int32_t dtype = *(const int32_t *)*state;
    struct fixture f;
    need_type(dtype);
    fixture_begin(&f, dtype, &lives[0], NULL);
    assert_int_equal(bp_net_layer_set(f.net, 0, BP_LAYER_BIAS, BP_BIAS_NONE), BP_ERR_STATE);
    assert_int_equal(bp_net_layer_set(f.net, 0, BP_LAYER_ACTIVATION, BP_ACT_RELU), BP_ERR_STATE);
    assert_int_equal(bp_net_layer_set(f.net, 0, BP_LAYER_KIND, BP_KIND_DENSE), BP_ERR_ARG);
    assert_int_equal(bp_net_layer_set(f.net, DROPOUT_LAYER, BP_LAYER_BIAS, BP_BIAS_NONE), BP_ERR_ARG);
    assert_int_equal(bp_net_layer_set(f.net, 0, BP_LAYER_SLOPE, 0.5), BP_ERR_ARG); /* tanh has none */
    assert_int_equal(bp_net_layer_set(f.net, 0, BP_LAYER_BIAS_INIT, BP_INIT_HE_NORMAL), BP_ERR_ARG);
    fixture_end(&f);
}

/* An option takes its bounds and its first value, refuses what lies beyond, and fractions where it must be whole. */
static void every_option_keeps_its_bounds(void **state)
{
    const int32_t dtype = *(const int32_t *)*state;
    int32_t key;
    struct fixture f;
    need_type(dtype);
    fixture_begin(&f, dtype, &lives[1], NULL);
    for (size_t i = 0; (key = bp_key_at(BP_FAMILY_NET_OPTION, i)) != 0; i++) {
        double low, high, initial, value;
        assert_int_equal(bp_key_bounds(key, &low, &high, &initial), BP_OK);
        assert_int_equal(bp_key_bounds(key, NULL, NULL, NULL), BP_OK);
        assert_true(low <= initial && initial <= high);
        assert_int_equal(bp_key_find(BP_FAMILY_NET_OPTION, bp_key_name(key)), key);
        if (key >= BP_OPT_GRADIENT_ROWS) /* facts: tests/test_options.c */
            continue;
        const double good[] = {low, high, initial};
        for (size_t k = 0; k < sizeof(good) / sizeof(good[0]); k++) {
            assert_int_equal(bp_net_set(f.net, key, good[k]), BP_OK);
            assert_int_equal(bp_net_get(f.net, key, &value), BP_OK);
            assert_true(value == good[k]);
        }
        assert_int_equal(bp_net_set(f.net, key, nextafter(low, -INFINITY)), BP_ERR_ARG);
        assert_int_equal(bp_net_set(f.net, key, nextafter(high, INFINITY)), BP_ERR_ARG);
    }
    static const int32_t whole[] = {BP_OPT_LOSS,       BP_OPT_OPTIMIZER, BP_OPT_NESTEROV,
                                    BP_OPT_DECAY_BIAS, BP_OPT_THREADS,   BP_OPT_SPIN};
    for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
        double low;
        bp_key_bounds(whole[i], &low, NULL, NULL);
        assert_int_equal(bp_net_set(f.net, whole[i], low + 0.5), BP_ERR_ARG);
    }
    fixture_end(&f);
}

static void some_options_follow_the_optimizer_until_they_are_set(void **state)
{
    static const struct {
        int32_t optimizer;
        double learning_rate, epsilon, weight_decay;
    } rows[] = {
        {BP_OPTIM_SGD, 0.01, 1e-8, 0},       {BP_OPTIM_ADAGRAD, 0.01, 1e-10, 0},  {BP_OPTIM_RMSPROP, 0.01, 1e-8, 0},
        {BP_OPTIM_ADAM, 0.001, 1e-8, 0},     {BP_OPTIM_ADAMW, 0.001, 1e-8, 0.01}, {BP_OPTIM_RPROP, 0.01, 1e-8, 0},
        {BP_OPTIM_QUICKPROP, 0.01, 1e-8, 0},
    };
    const int32_t dtype = *(const int32_t *)*state;
    double value;
    struct fixture f;
    need_type(dtype);
    fixture_begin(&f, dtype, &lives[1], NULL);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(bp_net_set(f.net, BP_OPT_OPTIMIZER, rows[i].optimizer), BP_OK);
        assert_int_equal(bp_net_get(f.net, BP_OPT_LEARNING_RATE, &value), BP_OK);
        assert_true(value == rows[i].learning_rate);
        assert_int_equal(bp_net_get(f.net, BP_OPT_EPSILON, &value), BP_OK);
        assert_true(value == rows[i].epsilon);
        assert_int_equal(bp_net_get(f.net, BP_OPT_WEIGHT_DECAY, &value), BP_OK);
        assert_true(value == rows[i].weight_decay);
    }
    assert_int_equal(bp_net_set(f.net, BP_OPT_LEARNING_RATE, 0.5), BP_OK);
    assert_int_equal(bp_net_set(f.net, BP_OPT_OPTIMIZER, BP_OPTIM_SGD), BP_OK);
    assert_int_equal(bp_net_get(f.net, BP_OPT_LEARNING_RATE, &value), BP_OK);
    assert_true(value == 0.5);
    fixture_end(&f);
}

/* lib/bp.map names each row, and each row is named there. */
static void every_exported_name_has_a_row(void **state)
{
    const char *root = getenv("BP_SOURCE_ROOT");
    char path[4096], line[256], name[256];
    const struct call *call;
    size_t found = 0;
    (void)state;
    snprintf(path, sizeof(path), "%s/lib/bp.map", root ? root : ".");
    FILE *map = fopen(path, "r");
    assert_non_null(map);
    while (fgets(line, sizeof(line), map)) {
        bool row = false;
        if (sscanf(line, " bp_%250[a-z0-9_];", name) != 1)
            continue;
        for (size_t i = 0; (call = call_at(i)); i++)
            row = row || strcmp(call->name + strlen("bp_"), name) == 0;
        if (!row)
            complain("bp_%s is not among the calls", name);
        found++;
    }
    fclose(map);
    no_complaints();
    assert_null(call_at(found));
    assert_non_null(call_at(found - 1));
}

#define BOTH(test) cmocka_unit_test_prestate(test, &f32), cmocka_unit_test_prestate(test, &f64)

int main(void)
{
    static int32_t f32 = BP_F32, f64 = BP_F64;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_exported_name_has_a_row),
        BOTH(every_wrong_argument_is_refused),
        BOTH(every_wrong_state_is_refused),
        BOTH(the_wrong_number_type_is_refused),
        BOTH(keys_fixed_by_init_are_refused_after_it),
        BOTH(every_option_keeps_its_bounds),
        BOTH(some_options_follow_the_optimizer_until_they_are_set),
    };
    setlocale(LC_ALL, "");
    for (size_t i = 0; i < CAPACITY; i++) {
        with_nan.f32[i] = NAN;
        with_nan.f64[i] = NAN;
    }
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    print_message(
        "cases: %zu wrong arguments, %zu optional ones NULL, %zu good calls, %zu wrong states, %zu wrong types\n",
        tried.wrong, tried.null, tried.good, tried.state, tried.type);
    return failed;
}
