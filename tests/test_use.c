/* SPDX-License-Identifier: MIT
 *
 * The interface of nets in use: programs and loops as a reader of the documentation would write them. Each runs on a
 * few rows, and its numbers are compared with those of another way. */
#include "use_fixture.h"

#include <math.h>
#include <string.h>

#include "failing_allocator.h"
#include "host_mode.h"
#include "sparse_fixture.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- create, forward, backward, step */

static void heart(float y[4])
{
    const float x[] = {0, 0, 0, 1, 1, 0, 1, 1}, target[] = {0, 1, 1, 0};
    bp_net *net;
    need(bp_net_create(&net, BP_F32, 2));
    need(bp_net_add_dense(net, 4, BP_ACT_TANH));
    need(bp_net_add(net, BP_KIND_DROPOUT, "rate=0.1"));
    need(bp_net_add_dense(net, 1, BP_ACT_SIGMOID));
    need(bp_net_set_text(net, "optimizer=adam learning_rate=0.05 loss=binary_cross_entropy layers.0.bias=shared"));
    need(bp_net_init(net, 1));
    for (int epoch = 0; epoch < 500; epoch++) {
        need(bp_net_forward_f32(net, x, 4, NULL));
        need(bp_net_backward_f32(net, target, 4, NULL));
        need(bp_net_step(net));
    }
    need(bp_net_predict_f32(net, x, 4, y, NULL));
    bp_net_destroy(net);
}

static void xor_is_learned(void **state)
{
    float y[4];
    (void)state;
    any_need(BP_F32);
    heart(y);
    for (int i = 0; i < 4; i++)
        assert_int_equal(y[i] > 0.5F, i == 1 || i == 2);
}

/* ---- online learning: batches as they come, nothing allocated after the first, no copy by the data set */

struct batch {
    const double *x; /* [rows][INPUTS + 1]: the target in the last column */
    const float *importance;
    size_t rows;
};

enum { INPUTS = 3, BATCHES = 6, MOST_ROWS = 8, BAD_BATCH = 2 };

/* The batches of a host: of fewer and fewer rows. One has a number that is not finite. */
static struct {
    double x[BATCHES][MOST_ROWS * (INPUTS + 1)];
    float importance[BATCHES][MOST_ROWS];
    size_t next, rows[BATCHES], left_out;
    struct failing memory;
    size_t calls[BATCHES + 1]; /* for memory, before each batch */
} stream;

static void stream_begin(void)
{
    uint64_t random = 5;
    memset(&stream, 0, sizeof(stream));
    for (size_t k = 0; k < BATCHES; k++) {
        stream.rows[k] = MOST_ROWS - k;
        any_fill(&random, stream.x[k], COUNT(stream.x[k]), -1, 1);
        for (size_t i = 0; i < MOST_ROWS; i++)
            stream.importance[k][i] = 0.25F * (float)(i % 5);
    }
    stream.x[BAD_BATCH][INPUTS + 2] = (double)NAN;
}

static int next_batch(struct batch *batch)
{
    stream.calls[stream.next] = stream.memory.calls;
    if (stream.next == BATCHES)
        return 0;
    *batch = (struct batch){stream.x[stream.next], stream.importance[stream.next], stream.rows[stream.next]};
    stream.next++;
    return 1;
}

static void online(bp_net *net)
{
    struct batch b;
    double loss;
    bp_data *data;
    need(bp_data_create(&data, NULL));
    need(bp_net_reserve(net, MOST_ROWS, 0));
    while (next_batch(&b)) {
        need(bp_data_set_inputs(data, BP_F64, b.x, b.rows, INPUTS, INPUTS + 1, BP_HOLD_BORROW));
        need(bp_data_set_target(data, BP_F64, b.x + INPUTS, 1, INPUTS + 1, BP_HOLD_BORROW));
        need(bp_data_set_weights(data, BP_F32, b.importance, BP_HOLD_BORROW));
        const bp_status status = bp_net_train_rows(net, data, 0, b.rows, &loss);
        if (status == BP_ERR_NONFINITE)
            stream.left_out++; /* the parameters are as before */
        else
            need(status);
    }
    bp_data_destroy(data);
}

static bp_net *regression_net(int32_t dtype, const bp_allocator *allocator)
{
    bp_net *net;
    need(allocator ? bp_net_create_with(&net, dtype, INPUTS, allocator) : bp_net_create(&net, dtype, INPUTS));
    need(bp_net_add_dense(net, 5, BP_ACT_TANH));
    need(bp_net_add_dense(net, 1, BP_ACT_IDENTITY));
    need(bp_net_init(net, 3));
    return net;
}

static void train_on_packed_batch(bp_net *net, size_t k, bool weighted)
{
    double x[MOST_ROWS * INPUTS], target[MOST_ROWS], weights[MOST_ROWS];
    for (size_t i = 0; i < stream.rows[k]; i++) {
        memcpy(x + i * INPUTS, &stream.x[k][i * (INPUTS + 1)], INPUTS * sizeof(*x));
        target[i] = stream.x[k][i * (INPUTS + 1) + INPUTS];
        weights[i] = (double)stream.importance[k][i];
    }
    const struct any_rows rows = {
        .rows = stream.rows[k], .x = x, .target = target, .weights = weighted ? weights : NULL};
    any_ok(any_train_rows(net, &rows, NULL));
}

static void batches_that_stream_in_train_as_packed_ones_do(void **state)
{
    const int32_t dtype = any_dtype(state);
    stream_begin();
    const bp_allocator allocator = failing_allocator(&stream.memory);
    bp_net *net = regression_net(dtype, &allocator), *packed = regression_net(dtype, &allocator);
    bp_net *plain = regression_net(dtype, &allocator); /* which does not know how important rows are */
    online(net);
    assert_int_equal(stream.left_out, 1);
    assert_int_equal(stream.calls[BATCHES], stream.calls[1]); /* as much as after the first */
    for (size_t k = 0; k < BATCHES; k++)
        if (k != BAD_BATCH) {
            train_on_packed_batch(packed, k, true);
            train_on_packed_batch(plain, k, false);
        }
    sparse_same_parameters(packed, net, "packed");
    for (size_t layer = 0; layer < 2; layer++) {
        double w[2][INPUTS * 5];
        any_ok(any_get_weights(net, layer, w[0]));
        any_ok(any_get_weights(plain, layer, w[1]));
        assert_true(any_relative_difference(w[0], w[1], any_weights(net, layer), 0) > 1e-4);
    }
    bp_net_destroy(net);
    bp_net_destroy(packed);
    bp_net_destroy(plain);
    assert_int_equal(stream.memory.live, 0);
}

/* ---- a net as a part of something larger: a gradient in, a gradient out */

enum { PARTS = 2, WIDE = 3 }; /* y and x of a row */

static const float up[2 * PARTS] = {1, -2, 4, 0.5F}; /* dLoss/dy of each row */
static float down[2 * WIDE];                         /* dLoss/dx */

static void rest_of_the_graph(const float *y, float *dy, size_t rows)
{
    (void)y;
    memcpy(dy, up, rows * PARTS * sizeof(*dy));
}

static void earlier_part(const float *dx, size_t rows) { memcpy(down, dx, rows * WIDE * sizeof(*dx)); }

static void embedded(bp_net *net, const float *x, float *y, float *dy, float *dx, size_t rows)
{
    need(bp_net_forward_f32(net, x, rows, y));
    rest_of_the_graph(y, dy, rows);
    need(bp_net_backward_from_f32(net, dy, rows));
    need(bp_net_input_gradient_f32(net, dx));
    earlier_part(dx, rows);
    need(bp_net_step(net));
}

/* One layer of identities, whose numbers are small enough to be exact. */
static void gradients_pass_through_a_net(void **state)
{
    static const float x[2 * WIDE] = {1, 2, 3, -1, 0.5F, 4}, w[PARTS * WIDE] = {1, -1, 2, 0.5F, 3, -2};
    float y[2 * PARTS], dy[2 * PARTS], dx[2 * WIDE], after[PARTS * WIDE];
    bp_net *net;
    (void)state;
    any_need(BP_F32);
    need(bp_net_create(&net, BP_F32, WIDE));
    need(bp_net_add_dense(net, PARTS, BP_ACT_IDENTITY));
    need(bp_net_set_text(net, "learning_rate=0.5"));
    need(bp_net_init(net, 1));
    need(bp_net_write_f32(net, BP_ARRAY_WEIGHTS, 0, w, PARTS * WIDE));
    embedded(net, x, y, dy, dx, 2);
    need(bp_net_read_f32(net, BP_ARRAY_WEIGHTS, 0, after, PARTS * WIDE));
    for (size_t i = 0; i < WIDE; i++) {
        for (size_t row = 0; row < 2; row++)
            assert_true(down[row * WIDE + i] == up[row * PARTS] * w[i] + up[row * PARTS + 1] * w[WIDE + i]);
        for (size_t unit = 0; unit < PARTS; unit++) {
            const float mean = (up[unit] * x[i] + up[PARTS + unit] * x[WIDE + i]) / 2;
            assert_true(after[unit * WIDE + i] == w[unit * WIDE + i] - 0.5F * mean);
        }
    }
    bp_net_destroy(net);
}

/* ---- the host's own sum over machines and its own optimiser, without a hook */

/* Another machine has the same numbers. */
static void all_reduce(float *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        numbers[i] *= 2;
}

static void by_hand(bp_net *net, float *flat, float *gradient) /* gradient: one number longer, for the count of rows */
{
    size_t one, count;
    double rows;
    need(bp_net_shape(net, BP_ARRAY_PARAMETERS, 0, &one, &count));
    need(bp_net_read_f32(net, BP_ARRAY_GRADIENT_SUM, 0, gradient, count));
    need(bp_net_get(net, BP_OPT_GRADIENT_ROWS, &rows));
    gradient[count] = (float)rows;
    all_reduce(gradient, count + 1);
    need(bp_net_read_f32(net, BP_ARRAY_PARAMETERS, 0, flat, count));
    for (size_t i = 0; i < count; i++)
        flat[i] -= 0.01F * gradient[i] / gradient[count];
    need(bp_net_write_f32(net, BP_ARRAY_PARAMETERS, 0, flat, count));
    need(bp_net_zero_gradient(net));
}

static void a_step_by_hand_is_the_step_of_the_net(void **state)
{
    enum { PARAMETERS = (INPUTS + 1) * 5 + 5 + 1 };
    static const double x[2 * INPUTS] = {0.5, -1, 0.25, 1, 0.75, -0.5}, target[2] = {1, -1};
    float flat[PARAMETERS], gradient[PARAMETERS + 1];
    double by_net[PARAMETERS], ours[PARAMETERS], rows;
    (void)state;
    any_need(BP_F32);
    bp_net *net = regression_net(BP_F32, NULL), *other = regression_net(BP_F32, NULL);
    assert_int_equal(any_parameters(net), PARAMETERS);
    for (int k = 0; k < 2; k++) {
        bp_net *each = k == 0 ? net : other;
        any_ok(any_forward(each, x, 2, NULL));
        any_ok(any_backward(each, target, 2, NULL));
    }
    by_hand(net, flat, gradient);
    need(bp_net_step(other)); /* SGD at 0.01, as by hand */
    any_ok(any_get_parameters(net, ours));
    any_ok(any_get_parameters(other, by_net));
    assert_true(any_relative_difference(ours, by_net, PARAMETERS, 1) < 1e-7);
    need(bp_net_get(net, BP_OPT_GRADIENT_ROWS, &rows));
    assert_true(rows == 0 && gradient[PARAMETERS] == 4);
    bp_net_destroy(net);
    bp_net_destroy(other);
}

/* ---- sparse rows that stream, with labels */

struct sparse {
    const float *values;
    const int32_t *columns;
    const int64_t *starts; /* [rows + 1] */
    const int64_t *labels;
    size_t rows;
};

enum { WIDTH = 6 };

static const float values[] = {1, -0.5F, 2, 0.25F, 3, -1, 0.75F};
static const int32_t columns[] = {0, 4, 1, 2, 5, 3, 5};
static const int64_t starts[] = {0, 2, 2, 5, 7}, labels[] = {2, 0, 1, 2};
static size_t next_row;

/* One row, then the next two, and then the last. */
static int next_sparse(struct sparse *batch)
{
    if (next_row == COUNT(labels))
        return 0;
    *batch = (struct sparse){values, columns, starts + next_row, labels + next_row, next_row == 1 ? 2 : 1};
    next_row += batch->rows;
    return 1;
}

static void sparse_stream(bp_net *net, size_t inputs, size_t classes)
{
    struct sparse b;
    bp_data *data;
    need(bp_data_create(&data, NULL));
    need(bp_net_reserve(net, 2, 8));
    while (next_sparse(&b)) {
        need(bp_data_set_sparse(data, BP_F32, b.values, b.columns, b.starts, b.rows, inputs, BP_HOLD_BORROW));
        need(bp_data_set_labels(data, BP_I64, b.labels, classes, BP_HOLD_BORROW));
        need(bp_net_train_rows(net, data, 0, b.rows, NULL));
    }
    bp_data_destroy(data);
}

static void sparse_rows_that_stream_in_train_as_dense_ones_do(void **state)
{
    const int32_t dtype = any_dtype(state);
    bp_net *net = class_net(dtype, WIDTH), *dense = class_net(dtype, WIDTH);
    double x[COUNT(labels) * WIDTH] = {0};
    int32_t narrow[COUNT(labels)];
    for (size_t row = 0; row < COUNT(labels); row++) {
        narrow[row] = (int32_t)labels[row];
        for (int64_t at = starts[row]; at < starts[row + 1]; at++)
            x[row * WIDTH + (size_t)columns[at]] = (double)values[at];
    }
    next_row = 0;
    sparse_stream(net, WIDTH, CLASSES);
    any_ok(any_train_labels(dense, x, narrow, 1, NULL));
    any_ok(any_train_labels(dense, x + WIDTH, narrow + 1, 2, NULL));
    any_ok(any_train_labels(dense, x + 3 * WIDTH, narrow + 3, 1, NULL));
    sparse_same_parameters(dense, net, "dense");
    bp_net_destroy(net);
    bp_net_destroy(dense);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xor_is_learned),
        ANY_BOTH_MASKED(batches_that_stream_in_train_as_packed_ones_do),
        cmocka_unit_test(gradients_pass_through_a_net),
        cmocka_unit_test(a_step_by_hand_is_the_step_of_the_net),
        ANY_BOTH(sparse_rows_that_stream_in_train_as_dense_ones_do),
    };
    return cmocka_run_group_tests_name("the interface in use", tests, NULL, NULL);
}
