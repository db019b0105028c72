/* SPDX-License-Identifier: MIT
 *
 * Batches so large, in nets so wide, that the gradient packs its operands: the memory for that, and the same bits as
 * without. */
#include <stdlib.h>

#include "any.h"
#include "failing_allocator.h"

enum { INPUTS = 40, UNITS = 1024, OUTPUTS = 3, ROWS = 96, MOST_ROWS = 600, MOST_ALLOCATIONS = 40 };

static double x[MOST_ROWS * INPUTS], target[MOST_ROWS * OUTPUTS];

static int fill(void **state)
{
    uint64_t seed = 5;
    (void)state;
    any_fill(&seed, x, MOST_ROWS * INPUTS, -1, 1);
    any_fill(&seed, target, MOST_ROWS * OUTPUTS, -1, 1);
    return 0;
}

static bp_net *net_of(int32_t dtype, struct failing *failing)
{
    const bp_allocator allocator = failing_allocator(failing);
    bp_net *net;
    any_ok(bp_net_create_with(&net, dtype, INPUTS, &allocator));
    any_ok(bp_net_add_dense(net, UNITS, BP_ACT_TANH));
    any_ok(bp_net_add_dense(net, OUTPUTS, BP_ACT_IDENTITY));
    any_ok(bp_net_init(net, 1));
    return net;
}

static void end(bp_net *net, const struct failing *failing)
{
    bp_net_destroy(net);
    assert_int_equal(failing->live, 0);
    assert_int_equal(failing->wrong, 0);
}

/* The gradient of all rows, in batches of so many. */
static double *gradient_of(bp_net *net, size_t batch)
{
    double *gradient = malloc(any_parameters(net) * sizeof(double));
    assert_non_null(gradient);
    for (size_t row = 0; row < ROWS; row += batch) {
        any_ok(any_forward(net, x + row * INPUTS, batch, NULL));
        any_ok(any_backward(net, target + row * OUTPUTS, batch, NULL));
    }
    any_ok(any_get_gradient(net, gradient));
    return gradient;
}

static void small_batches_that_do_not_pack_give_the_same_gradient(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct failing failing[2] = {0};
    bp_net *net[2] = {net_of(dtype, &failing[0]), net_of(dtype, &failing[1])};
    double *gradient[2] = {gradient_of(net[0], ROWS), gradient_of(net[1], ROWS / 2)};
    any_same_bits(gradient[0], gradient[1], any_parameters(net[0]));
    for (size_t i = 0; i < 2; i++) {
        free(gradient[i]);
        end(net[i], &failing[i]);
    }
}

/* Each thread packs for itself, so more threads need more memory, which may not be there. */
static void threads_set_between_forward_and_backward_do_their_part(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct failing failing = {0}, plain_failing = {0};
    bp_net *net = net_of(dtype, &failing), *plain = net_of(dtype, &plain_failing);
    double *expected = gradient_of(plain, ROWS), *gradient = malloc(any_parameters(net) * sizeof(double));
    assert_non_null(gradient);
    for (int threads = 3; threads >= 1; threads--) {
        any_ok(bp_net_zero_gradient(net));
        any_ok(any_forward(net, x, ROWS, NULL));
        for (size_t n = 1, refused = 1; refused; n++) {
            failing.fail_at = failing.calls + n;
            refused = bp_net_set(net, BP_OPT_THREADS, threads) != BP_OK;
            assert_int_equal(refused, failing.calls >= failing.fail_at);
        }
        failing.fail_at = 0;
        any_ok(any_backward(net, target, ROWS, NULL));
        any_ok(any_get_gradient(net, gradient));
        any_same_bits(gradient, expected, any_parameters(net));
    }
    free(expected);
    free(gradient);
    end(net, &failing);
    end(plain, &plain_failing);
}

static void a_first_batch_without_memory_changes_nothing(void **state)
{
    const int32_t dtype = any_dtype(state);
    size_t n = 0;
    for (bool failed = true; failed; n++) {
        struct failing failing = {0};
        bp_net *net = net_of(dtype, &failing);
        failing.fail_at = failing.calls + n + 1;
        const bp_status status = any_train(net, x, target, ROWS, NULL);
        failed = failing.failures > 0;
        assert_int_equal(status, failed ? BP_ERR_MEMORY : BP_OK);
        any_ok(any_train(net, x, target, ROWS, NULL));
        const size_t calls = failing.calls;
        any_ok(any_train(net, x, target, ROWS, NULL));
        assert_int_equal(failing.calls, calls);
        end(net, &failing);
    }
    assert_in_range(n, 5, MOST_ALLOCATIONS); /* z, a, delta and what is packed, at least; the last time none failed */
}

/* Also for fewer rows, which may need more: of 8,200 rows nothing is packed, and of 600 no deltas. */
static void reserve_makes_the_memory_for_packing(void **state)
{
    static const struct {
        size_t reserved, rows;
    } batches[] = {{ROWS, ROWS}, {600, 512}, {8200, 96}, {8200, 512}};
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < sizeof(batches) / sizeof(batches[0]); i++) {
        struct failing failing = {0};
        bp_net *net = net_of(dtype, &failing);
        any_ok(bp_net_reserve(net, batches[i].reserved, 0));
        const size_t calls = failing.calls;
        any_ok(any_train(net, x, target, batches[i].rows, NULL));
        assert_int_equal(failing.calls, calls);
        end(net, &failing);
    }
}

/* More memory for packing alone leaves what the forward computed. */
static void reserve_for_no_more_rows_keeps_the_forward(void **state)
{
    struct failing failing = {0};
    bp_net *net = net_of(any_dtype(state), &failing);
    any_ok(any_forward(net, x, 600, NULL));
    any_ok(bp_net_reserve(net, 512, 0));
    any_ok(any_backward(net, target, 600, NULL));
    end(net, &failing);
}

/* A net that has no layer to pack for. */
static void layers_without_weights_need_no_memory_for_packing(void **state)
{
    const int32_t dtype = any_dtype(state);
    size_t bytes[2];
    for (int wide = 0; wide < 2; wide++) {
        struct failing failing = {0};
        const bp_allocator allocator = failing_allocator(&failing);
        bp_net *net;
        any_ok(bp_net_create_with(&net, dtype, wide ? 784 : 8, &allocator));
        any_ok(any_add_dropout(net, 0.5));
        any_ok(bp_net_add_dense(net, OUTPUTS, BP_ACT_IDENTITY));
        any_ok(bp_net_init(net, 1));
        const size_t before = failing.calls;
        any_ok(bp_net_reserve(net, 512, 0));
        bytes[wide] = failing.calls - before;
        end(net, &failing);
    }
    assert_int_equal(bytes[0], bytes[1]);
}

/* A training that a file continues within an epoch takes the place of one that has never run. */
static void a_loaded_training_allocates_nothing_in_its_batches(void **state)
{
    const int32_t dtype = any_dtype(state);
    struct failing failing[2] = {0};
    bp_net *net[2] = {net_of(dtype, &failing[0]), net_of(dtype, &failing[1])};
    bp_train *train[2];
    bp_data *data;
    any_ok(any_data(&data, BP_F64, x, MOST_ROWS, INPUTS, target, OUTPUTS));
    for (size_t i = 0; i < 2; i++) {
        any_ok(bp_net_set(net[i], BP_OPT_THREADS, 1 + (double)i));
        any_ok(bp_train_create(&train[i], net[i], data, NULL));
        any_ok(bp_train_set(train[i], BP_TRAIN_BATCH, 256));
    }
    any_ok(bp_train_batches(train[0], 1));
    size_t size;
    any_ok(bp_train_save_memory(train[0], NULL, 0, &size));
    void *bytes = malloc(size);
    assert_non_null(bytes);
    any_ok(bp_train_save_memory(train[0], bytes, size, &size));
    any_ok(bp_train_load_memory(train[1], bytes, size));
    const size_t calls = failing[1].calls;
    any_ok(bp_train_batches(train[1], 1));
    assert_int_equal(failing[1].calls, calls);
    free(bytes);
    for (size_t i = 0; i < 2; i++) {
        bp_train_destroy(train[i]);
        end(net[i], &failing[i]);
    }
    bp_data_destroy(data);
}

/* Parameters and gradient, z, a, delta and x of the batch, 2 MiB, and 1 MiB for each further thread. */
static void memory_keeps_to_the_formula(void **state)
{
    enum { MIB = 1 << 20, PADDING = 64 };
    const int32_t dtype = any_dtype(state);
    const size_t size = dtype == BP_F32 ? sizeof(float) : sizeof(double);
    for (size_t threads = 1; threads <= 4; threads++) {
        struct failing failing = {0};
        bp_net *net = net_of(dtype, &failing);
        any_ok(bp_net_set(net, BP_OPT_THREADS, (double)threads));
        any_ok(any_train(net, x, target, ROWS, NULL));
        const size_t parameters = any_parameters(net), row = 3 * (UNITS + OUTPUTS + 2 * PADDING) + INPUTS + PADDING;
        assert_true(failing.peak <= (2 * parameters + ROWS * row) * size + (threads + 1) * MIB);
        end(net, &failing);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(small_batches_that_do_not_pack_give_the_same_gradient),
        ANY_BOTH(threads_set_between_forward_and_backward_do_their_part),
        ANY_BOTH(a_first_batch_without_memory_changes_nothing),
        ANY_BOTH(reserve_makes_the_memory_for_packing),
        ANY_BOTH(reserve_for_no_more_rows_keeps_the_forward),
        ANY_BOTH(layers_without_weights_need_no_memory_for_packing),
        ANY_BOTH(a_loaded_training_allocates_nothing_in_its_batches),
        ANY_BOTH(memory_keeps_to_the_formula),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}
