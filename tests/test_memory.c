/* SPDX-License-Identifier: MIT
 *
 * Memory: in every public function the n-th allocation fails, for every n, once and from then on. A steady state
 * allocates nothing. Sizes that overflow are refused. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arguments_fixture.h"
#include "failing_allocator.h"

enum { MOST_ALLOCATIONS = 300 };

/* Did the call fail because of memory? */
static bool is_memory_error(const struct call *call, union arg answer)
{
    return call->answer == ANSWERS_STATUS && answer.integer == BP_ERR_MEMORY;
}

/* One call with its n-th allocation failing. Returns whether any allocation failed. */
static bool fails_cleanly(const struct call *call, int32_t dtype, size_t n, bool from_then_on, uint64_t expected)
{
    struct failing failing = {0};
    const bp_allocator allocator = failing_allocator(&failing);
    struct fixture f;
    fixture_begin(&f, dtype, life_for(call), &allocator);
    union arg args[ARGUMENTS_MAX];
    fixture_arguments(&f, call, args);
    const uint64_t before = fixture_fingerprint(&f);
    const size_t live = failing.live;
    failing.calls = 0;
    failing.fail_at = n;
    failing.from_then_on = from_then_on;
    const union arg answer = fixture_call(&f, call, args);
    const bool failed = failing.failures > 0;
    failing.fail_at = 0;
    if (failed) {
        if (!is_memory_error(call, answer))
            complain("%s: allocation %zu failed and it returned %d", call->name, n, (int)answer.integer);
        if (fixture_made(&f))
            complain("%s: allocation %zu failed and it gave a handle", call->name, n);
        if (fixture_fingerprint(&f) != before)
            complain("%s: allocation %zu failed and the handle changed", call->name, n);
        /* vectors of state that are made later may stay, empty, and the buffer of the record of a training; nothing
         * else may */
        if (failing.live > live + (call_has(call, ROLE_TRAIN) ? 3 : 2))
            complain("%s: allocation %zu failed and %zu blocks more are out", call->name, n, failing.live - live);
        const union arg again = fixture_good_call(&f, call);
        if (call->answer == ANSWERS_STATUS && again.integer != BP_OK)
            complain("%s: after allocation %zu failed it cannot be called again", call->name, n);
        if (fixture_fingerprint(&f) != expected)
            complain("%s: after allocation %zu failed, another result", call->name, n);
    }
    fixture_end(&f);
    if (failing.live != 0 || failing.wrong != 0)
        complain("%s: %zu blocks leaked, %zu released wrongly", call->name, failing.live, failing.wrong);
    return failed;
}

/* The fingerprint after a call in which nothing fails. */
static uint64_t after_good_call(const struct call *call, int32_t dtype)
{
    struct failing failing = {0};
    const bp_allocator allocator = failing_allocator(&failing);
    struct fixture f;
    fixture_begin(&f, dtype, life_for(call), &allocator);
    fixture_good_call(&f, call);
    const uint64_t fingerprint = fixture_fingerprint(&f);
    fixture_end(&f);
    return fingerprint;
}

static void every_allocation_of_every_function_fails_cleanly(void **state)
{
    const int32_t dtype = *(const int32_t *)*state;
    const struct call *call;
    size_t allocating = 0;
    need_type(dtype);
    for (size_t i = 0; (call = call_at(i)); i++) {
        if (!call_takes(call, dtype))
            continue;
        const uint64_t expected = after_good_call(call, dtype);
        for (int from_then_on = 0; from_then_on < 2; from_then_on++) {
            size_t n = 1;
            while (n < MOST_ALLOCATIONS && fails_cleanly(call, dtype, n, from_then_on, expected))
                n++;
            assert_true(n < MOST_ALLOCATIONS);
            allocating += n > 1;
        }
    }
    no_complaints();
    /* create_with, clone, init, predict, three losses (or one and that of labels), scratch_create: twice each at
     * least */
    assert_true(allocating >= 2 * 6);
}

/* The first forward, train or step of a life allocates. Each must survive a failure. */
static void first_calls_fail_cleanly(void **state)
{
    static const char *const names[] = {"bp_net_forward", "bp_net_train", "bp_net_train_labels"};
    const int32_t dtype = *(const int32_t *)*state;
    need_type(dtype);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct call first = *call_find(names[i], dtype);
        for (int from_then_on = 0; from_then_on < 2; from_then_on++) {
            size_t n = 1;
            for (bool failed = true; failed && n < MOST_ALLOCATIONS; n++) {
                struct failing failing = {0};
                const bp_allocator allocator = failing_allocator(&failing);
                struct fixture f;
                fixture_begin(&f, dtype, life_for(call_find("bp_net_predict", dtype)), &allocator);
                bp_net_destroy(f.net);
                bp_scratch_destroy(f.scratch);
                f.scratch = NULL;
                assert_int_equal(bp_net_create_with(&f.net, dtype, INPUTS, &allocator), BP_OK);
                assert_int_equal(bp_net_add_dense(f.net, OUTPUTS, BP_ACT_SIGMOID), BP_OK);
                assert_int_equal(bp_net_set(f.net, BP_OPT_OPTIMIZER, BP_OPTIM_ADAM), BP_OK);
                assert_int_equal(bp_net_init(f.net, 1), BP_OK);
                const uint64_t before = fixture_fingerprint(&f);
                failing.calls = failing.failures = 0;
                failing.fail_at = n;
                failing.from_then_on = from_then_on;
                const union arg answer = fixture_good_call(&f, &first);
                failing.fail_at = 0;
                failed = failing.failures > 0;
                assert_int_equal(answer.integer, failed ? BP_ERR_MEMORY : BP_OK);
                if (failed)
                    assert_true(fixture_fingerprint(&f) == before);
                assert_int_equal(fixture_good_call(&f, &first).integer, BP_OK);
                fixture_end(&f);
                assert_int_equal(failing.live, 0);
                assert_int_equal(failing.wrong, 0);
            }
            assert_true(n > 5); /* x, z, a, delta at least */
        }
    }
}

static const struct life *life_named(const char *name)
{
    size_t i = 0;
    while (strcmp(lives[i].name, name) != 0)
        i++;
    return &lives[i];
}

/* A state is steady after a first training call, or after bp_net_reserve() in its place. */
static void a_steady_state_allocates_nothing(void **state)
{
    static const char *const names[] = {
        "bp_net_forward",      "bp_net_backward", "bp_net_input_gradient", "bp_net_step",          "bp_net_train",
        "bp_net_train_labels", "bp_net_predict",  "bp_net_forward_rows",   "bp_net_backward_rows", "bp_net_train_rows"};
    const int32_t dtype = *(const int32_t *)*state;
    int32_t optimizer;
    need_type(dtype);
    for (size_t i = 0; (optimizer = bp_key_at(BP_FAMILY_OPTIMIZER, i / 2)) != 0; i++) {
        struct failing failing = {0};
        const bp_allocator allocator = failing_allocator(&failing);
        struct fixture f;
        fixture_begin(&f, dtype, i % 2 ? life_named("initialised") : &lives[0], &allocator);
        assert_int_equal(bp_net_set(f.net, BP_OPT_OPTIMIZER, optimizer), BP_OK);
        assert_int_equal(bp_net_set(f.net, BP_OPT_MOMENTUM, 0.5), BP_OK);
        assert_int_equal(fixture_good_call(&f, call_find(i % 2 ? "bp_net_reserve" : "bp_net_train", dtype)).integer,
                         BP_OK);
        failing.calls = 0;
        for (int round = 0; round < 3; round++)
            for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++)
                assert_int_equal(fixture_good_call(&f, call_find(names[k], dtype)).integer, BP_OK);
        assert_int_equal(failing.calls, 0);
        fixture_end(&f);
        assert_int_equal(failing.live, 0);
    }
}

static void sizes_that_overflow_are_refused(void **state)
{
    const int32_t dtype = *(const int32_t *)*state;
    struct failing failing = {0};
    const bp_allocator allocator = failing_allocator(&failing);
    bp_net *net = NULL;
    need_type(dtype);
    static const size_t inputs[] = {SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / 8};
    for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++)
        assert_int_equal(bp_net_create_with(&net, dtype, inputs[i], &allocator), BP_ERR_SHAPE);
    assert_int_equal(bp_net_create_with(&net, dtype, 1000, &allocator), BP_OK);
    static const size_t units[] = {SIZE_MAX, SIZE_MAX - 3, SIZE_MAX / 2, SIZE_MAX / 4000};
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        assert_int_equal(bp_net_add_dense(net, units[i], BP_ACT_TANH), BP_ERR_SHAPE);
#if SIZE_MAX > UINT32_MAX /* with 32 bits, the allocator has as much as can be counted */
    assert_int_equal(bp_net_add_dense(net, (size_t)1 << 40, BP_ACT_TANH), BP_OK);
    assert_int_equal(bp_net_init(net, 1), BP_ERR_MEMORY); /* it fits a size, but the allocator does not have it */
    assert_int_equal(bp_net_layers(net), 1);
#endif
    bp_net_destroy(net);
    assert_int_equal(failing.live, 0);
}

int main(void)
{
    static int32_t f32 = BP_F32, f64 = BP_F64;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(every_allocation_of_every_function_fails_cleanly, &f32),
        cmocka_unit_test_prestate(every_allocation_of_every_function_fails_cleanly, &f64),
        cmocka_unit_test_prestate(first_calls_fail_cleanly, &f32),
        cmocka_unit_test_prestate(first_calls_fail_cleanly, &f64),
        cmocka_unit_test_prestate(a_steady_state_allocates_nothing, &f32),
        cmocka_unit_test_prestate(a_steady_state_allocates_nothing, &f64),
        cmocka_unit_test_prestate(sizes_that_overflow_are_refused, &f32),
        cmocka_unit_test_prestate(sizes_that_overflow_are_refused, &f64),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
