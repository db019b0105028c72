/* SPDX-License-Identifier: MIT
 *
 * The steady state that the headers promise: the first forward, train or step for a number of rows makes its buffers;
 * after that no order of calls allocates. All ordered triples of the calls of an epoch are tried, with nets that copy
 * their input and nets that do not. */
#include "any.h"
#include "failing_allocator.h"
#include "sparse_fixture.h"

#include <locale.h>
#include <stdlib.h>

/* 512 inputs are a multiple of 2048 bytes in both number types: such rows are copied to another stride. */
enum { FEW = 3, CROWDED = 512, OUTPUTS = 2, ROWS = 5 };

/* ---- the calls */

struct subject {
    bp_net *net;
    bp_scratch *scratch;
    struct sparse_rows input; /* dense, and sparse */
    double target[ROWS * OUTPUTS], weights[ROWS], y[ROWS * OUTPUTS], *dx, loss;
    int32_t labels[ROWS];
    void *x_own, *target_own;                /* x and target in the net's type */
    bp_data *dense, *sparse, *sparse_labels; /* with target, with target and weights, and with labels */
    struct failing failing;
    size_t rows;
};

static bp_status forward(struct subject *s) { return any_forward(s->net, s->input.x, s->rows, s->y); }
static bp_status backward(struct subject *s) { return any_backward(s->net, s->target, s->rows, &s->loss); }
static bp_status backward_from(struct subject *s) { return any_backward_from(s->net, s->target, s->rows); }
static bp_status input_gradient(struct subject *s) { return any_input_gradient(s->net, s->dx); }
static bp_status step(struct subject *s) { return bp_net_step(s->net); }
static bp_status zero_gradient(struct subject *s) { return bp_net_zero_gradient(s->net); }
static bp_status train(struct subject *s) { return any_train(s->net, s->input.x, s->target, s->rows, &s->loss); }
static bp_status train_labels(struct subject *s)
{
    return any_train_labels(s->net, s->input.x, s->labels, s->rows, &s->loss);
}
static bp_status predict(struct subject *s) { return any_predict(s->net, s->input.x, s->rows, s->y, s->scratch); }
static bp_status loss(struct subject *s)
{
    return bp_net_loss_rows(s->net, s->dense, 0, s->rows, &s->loss, s->scratch);
}
static bp_status forward_rows(struct subject *s) { return bp_net_forward_rows(s->net, s->dense, 0, s->rows); }
static bp_status backward_rows(struct subject *s)
{
    return bp_net_backward_rows(s->net, s->dense, 0, s->rows, &s->loss);
}
static bp_status train_rows(struct subject *s) { return bp_net_train_rows(s->net, s->dense, 0, s->rows, &s->loss); }
static bp_status forward_sparse(struct subject *s) { return bp_net_forward_rows(s->net, s->sparse, 0, s->rows); }
static bp_status train_sparse(struct subject *s) { return bp_net_train_rows(s->net, s->sparse, 0, s->rows, &s->loss); }
static bp_status predict_sparse(struct subject *s)
{
    return any_type(s->net) == BP_F32
               ? bp_net_predict_rows_f32(s->net, s->sparse, 0, s->rows, (float *)s->y, s->scratch)
               : bp_net_predict_rows_f64(s->net, s->sparse, 0, s->rows, s->y, s->scratch);
}
static bp_status loss_sparse(struct subject *s)
{
    return bp_net_loss_rows(s->net, s->sparse_labels, 0, s->rows, &s->loss, s->scratch);
}

/* Which call's first success may make buffers; the calls of a kind share it. */
enum kind { NONE, FORWARD, TRAIN, STEP, FORWARD_SPARSE, TRAIN_SPARSE, KINDS };

static const struct call {
    const char *name;
    bp_status (*run)(struct subject *s);
    enum kind kind;
    bool dense, sparse; /* the nets among whose calls it is tried */
} calls[] = {
    {"forward", forward, FORWARD, true, false},
    {"backward", backward, NONE, true, true},
    {"backward_from", backward_from, NONE, true, true},
    {"input_gradient", input_gradient, NONE, true, true},
    {"step", step, STEP, true, true},
    {"zero_gradient", zero_gradient, NONE, true, true},
    {"train", train, TRAIN, true, false},
    {"train_labels", train_labels, TRAIN, true, false},
    {"predict", predict, NONE, true, false},
    {"loss", loss, NONE, true, false},
    {"forward_rows", forward_rows, FORWARD, true, false},
    {"backward_rows", backward_rows, NONE, true, false},
    {"train_rows", train_rows, TRAIN, true, false},
    {"forward_sparse", forward_sparse, FORWARD_SPARSE, false, true},
    {"train_sparse", train_sparse, TRAIN_SPARSE, false, true},
    {"predict_sparse", predict_sparse, NONE, false, true},
    {"loss_sparse", loss_sparse, NONE, false, true},
};

enum { CALLS = sizeof(calls) / sizeof(calls[0]) };

/* ---- the nets */

static const struct shape {
    const char *name;
    size_t inputs, rows;
    bool dropout, scaled, sparse; /* the first layer is; the inputs are; it takes sparse rows */
    int32_t optimizer;
} shapes[] = {
    {"plain", FEW, ROWS, false, false, true, BP_OPTIM_SGD},
    {"plain, Adam", FEW, ROWS, false, false, true, BP_OPTIM_ADAM},
    {"one row", FEW, 1, false, false, true, BP_OPTIM_ADAM},
    {"rows too close in the cache", CROWDED, ROWS, false, false, true, BP_OPTIM_RPROP},
    {"dropout first", FEW, ROWS, true, false, false, BP_OPTIM_ADAM},
    {"scaled", FEW, ROWS, false, true, true, BP_OPTIM_ADAGRAD},
};

enum { SHAPES = sizeof(shapes) / sizeof(shapes[0]) };

/* Numbers in the net's type. */
static void *own(int32_t dtype, const double *from, size_t count)
{
    double *to = any_buffer(count);
    for (size_t i = 0; i < count; i++)
        if (dtype == BP_F32)
            ((float *)(void *)to)[i] = (float)from[i];
        else
            to[i] = from[i];
    return to;
}

static void make_data(struct subject *s, int32_t dtype, size_t inputs)
{
    s->x_own = own(dtype, s->input.x, ROWS * inputs);
    s->target_own = own(dtype, s->target, ROWS * OUTPUTS);
    s->sparse = sparse_data(s->net, &s->input);
    s->sparse_labels = sparse_data(s->net, &s->input);
    any_ok(bp_data_create(&s->dense, NULL));
    any_ok(bp_data_set_inputs(s->dense, dtype, s->x_own, ROWS, inputs, 0, BP_HOLD_BORROW));
    any_ok(bp_data_set_target(s->dense, dtype, s->target_own, OUTPUTS, 0, BP_HOLD_BORROW));
    any_ok(bp_data_set_target(s->sparse, dtype, s->target_own, OUTPUTS, 0, BP_HOLD_BORROW));
    any_ok(bp_data_set_weights(s->sparse, BP_F64, s->weights, BP_HOLD_BORROW));
    any_ok(bp_data_set_labels(s->sparse_labels, BP_I32, s->labels, OUTPUTS, BP_HOLD_BORROW));
}

static void begin(struct subject *s, const struct shape *shape, int32_t dtype)
{
    const bp_allocator allocator = failing_allocator(&s->failing);
    uint64_t seed = 1;
    double center[CROWDED] = {0}, factor[CROWDED];
    *s = (struct subject){.rows = shape->rows};
    sparse_make(&s->input, 1, ROWS, shape->inputs, 0.4);
    s->dx = any_buffer(ROWS * shape->inputs);
    any_fill(&seed, s->target, ROWS * OUTPUTS, 0, 1);
    for (size_t i = 0; i < ROWS; i++) {
        s->weights[i] = 1 + (double)i;
        s->labels[i] = (int32_t)(i % OUTPUTS);
    }
    any_ok(bp_net_create_with(&s->net, dtype, shape->inputs, &allocator));
    if (shape->dropout)
        any_ok(any_add_dropout(s->net, 0.5));
    any_ok(bp_net_add_dense(s->net, 4, BP_ACT_TANH));
    any_ok(bp_net_add_dense(s->net, OUTPUTS, BP_ACT_SIGMOID));
    any_ok(bp_net_set(s->net, BP_OPT_OPTIMIZER, shape->optimizer));
    any_ok(bp_net_init(s->net, 1));
    for (size_t i = 0; i < shape->inputs; i++)
        factor[i] = 0.5;
    if (shape->scaled)
        any_ok(any_set_scaling(s->net, center, factor, NULL, NULL));
    any_ok(bp_scratch_create(&s->scratch, s->net));
    make_data(s, dtype, shape->inputs);
}

static void end(struct subject *s)
{
    bp_scratch_destroy(s->scratch);
    bp_net_destroy(s->net);
    bp_data_destroy(s->dense);
    bp_data_destroy(s->sparse);
    bp_data_destroy(s->sparse_labels);
    sparse_free(&s->input);
    free(s->dx);
    free(s->x_own);
    free(s->target_own);
    assert_int_equal(s->failing.live + s->failing.wrong, 0);
}

/* ---- the promise */

/* A call in a wrong order fails, as backward before any forward or of other rows; it does not count as a first call. */
static void run(struct subject *s, const struct call *call, bool reserved, bool done[KINDS], const char *sequence)
{
    s->failing.calls = 0;
    const bp_status status = call->run(s);
    const bool may = !reserved && call->kind != NONE && !done[call->kind];
    if (status != BP_OK && status != BP_ERR_STATE && status != BP_ERR_SHAPE)
        fail_msg("%s: %s: %s", sequence, call->name, bp_last_error());
    if (s->failing.calls > 0 && !may)
        fail_msg("%s: %s allocates %zu blocks", sequence, call->name, s->failing.calls);
    done[call->kind] = done[call->kind] || status == BP_OK;
}

/* Three calls, twice in this order, then the last one first. Returns how many blocks they allocated. */
static void try_triple(const struct shape *shape, int32_t dtype, const struct call *const triple[3], bool reserved)
{
    static const size_t order[] = {0, 1, 2, 0, 1, 2, 2, 1, 0};
    struct subject s;
    bool done[KINDS] = {false};
    char sequence[160];
    snprintf(sequence, sizeof(sequence), "%s: %s, %s, %s", shape->name, triple[0]->name, triple[1]->name,
             triple[2]->name);
    begin(&s, shape, dtype);
    if (reserved && triple[0]->sparse)
        any_ok(bp_net_reserve(s.net, s.rows, 1 + (size_t)(s.input.starts[s.rows] - s.input.starts[0])));
    if (reserved && triple[0]->dense)
        any_ok(bp_net_reserve(s.net, s.rows, 0));
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
        run(&s, triple[order[i]], reserved, done, sequence);
    end(&s);
}

/* Returns how many triples there were. */
static size_t try_triples(const struct shape *shape, int32_t dtype, bool sparse, bool reserved)
{
    size_t tried = 0;
    for (size_t i = 0; i < (size_t)CALLS * CALLS * CALLS; i++) {
        const struct call *const triple[3] = {&calls[i % CALLS], &calls[i / CALLS % CALLS], &calls[i / CALLS / CALLS]};
        bool these = true;
        for (size_t k = 0; k < 3; k++)
            these = these && (sparse ? triple[k]->sparse : triple[k]->dense);
        if (!these)
            continue;
        try_triple(shape, dtype, triple, reserved);
        tried++;
    }
    return tried;
}

static void no_order_of_calls_allocates_after_the_first_of_each(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < SHAPES; i++) {
        assert_int_equal(try_triples(&shapes[i], dtype, false, false), 13 * 13 * 13);
        if (shapes[i].sparse)
            assert_int_equal(try_triples(&shapes[i], dtype, true, false), 9 * 9 * 9);
    }
}

static void no_order_of_calls_allocates_after_reserve(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < SHAPES; i++) {
        try_triples(&shapes[i], dtype, false, true);
        if (shapes[i].sparse)
            try_triples(&shapes[i], dtype, true, true);
    }
}

/* After one call of each kind, dense and sparse calls in turn, with any number of rows up to the first one. */
static void fewer_rows_and_other_input_allocate_nothing(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < SHAPES; i++) {
        struct subject s;
        bool done[KINDS] = {false};
        uint64_t chance = 1;
        begin(&s, &shapes[i], dtype);
        for (size_t k = 0; k < 1000 + CALLS; k++) {
            const size_t which = k < CALLS ? k : (size_t)any_uniform(&chance, 0, CALLS);
            s.rows = k < CALLS ? shapes[i].rows : (size_t)any_uniform(&chance, 1, (double)shapes[i].rows + 1);
            if (calls[which].dense || shapes[i].sparse)
                run(&s, &calls[which], false, done, shapes[i].name);
        }
        end(&s);
    }
}

/* What the first calls allocate, in the order in which a program makes them: for such input train needs no copy, but
 * forward does. */
static void the_first_call_of_a_kind_makes_its_own_buffers(void **state)
{
    struct subject s;
    begin(&s, &shapes[1], any_dtype(state));
    s.failing.calls = 0;
    any_ok(train(&s));
    assert_int_equal(s.failing.calls, 2 + 3); /* Adam's state; z, a and delta */
    any_ok(forward(&s));
    assert_int_equal(s.failing.calls, 2 + 3 + 1); /* x */
    any_ok(backward(&s));
    any_ok(step(&s));
    assert_int_equal(s.failing.calls, 2 + 3 + 1);
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(no_order_of_calls_allocates_after_the_first_of_each),
        ANY_BOTH(no_order_of_calls_allocates_after_reserve),
        ANY_BOTH(fewer_rows_and_other_input_allocate_nothing),
        ANY_BOTH(the_first_call_of_a_kind_makes_its_own_buffers),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
