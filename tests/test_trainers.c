/* SPDX-License-Identifier: MIT
 *
 * L-BFGS and SCG as methods of a training: the least loss that SciPy finds, the course of the algorithm of Moller in
 * NumPy, and what they learn. */
#include <math.h>

#include "trainers_fixture.h"
#include "vectors.h"

/* ---- against SciPy and NumPy */

/* A net with the parameters of the case: tanh below an identity for a course, else one layer for labels. */
static bp_net *net_of(const char *name, int32_t dtype)
{
    const struct vector *units = vectors_need(name, "units");
    const bool labels = vectors_find(name, "labels") != NULL;
    const size_t last = units->count - 1, rows = vectors_need(name, labels ? "labels" : "target")->count;
    struct any_layer layers[4] = {{0, 0, 0, 0}};
    for (size_t i = 0; i <= last; i++) {
        const int32_t top = !labels ? BP_ACT_IDENTITY : units->values[last] == 1 ? BP_ACT_SIGMOID : BP_ACT_SOFTMAX;
        layers[i] = (struct any_layer){(size_t)units->values[i], i < last ? BP_ACT_TANH : top, 0, 0};
    }
    const size_t samples = labels ? rows : rows / (size_t)units->values[last];
    bp_net *net = any_net(dtype, vectors_need(name, "x")->count / samples, layers, last + 1, 1);
    any_ok(bp_net_set(net, BP_OPT_L2, vectors_need(name, "l2")->values[0]));
    any_ok(bp_net_set(net, BP_OPT_DECAY_BIAS, vectors_need(name, "decay_bias")->values[0]));
    if (labels)
        any_ok(bp_net_set(net, BP_OPT_LOSS,
                          units->values[last] == 1 ? BP_LOSS_BINARY_CROSS_ENTROPY : BP_LOSS_CROSS_ENTROPY));
    assert_int_equal(any_parameters(net), vectors_need(name, "start")->count);
    any_ok(any_set_parameters(net, vectors_need(name, "start")->values));
    return net;
}

static bp_data *data_of(const char *name, const bp_net *net)
{
    const struct vector *x = vectors_need(name, "x"), *target = vectors_find(name, "target");
    const size_t inputs = bp_net_inputs(net), outputs = bp_net_outputs(net), rows = x->count / inputs;
    bp_data *data = NULL;
    if (target != NULL) {
        assert_int_equal(any_data(&data, BP_F64, x->values, rows, inputs, target->values, outputs), BP_OK);
        return data;
    }
    int32_t labels[200];
    assert_true(rows <= 200);
    for (size_t i = 0; i < rows; i++)
        labels[i] = (int32_t)vectors_need(name, "labels")->values[i];
    assert_int_equal(any_labelled(&data, BP_F64, x->values, rows, inputs, labels, outputs == 1 ? 2 : outputs), BP_OK);
    return data;
}

static struct training case_of(const char *name, int32_t dtype, int32_t method)
{
    struct training t = {.net = net_of(name, dtype)};
    t.data = data_of(name, t.net);
    any_ok(bp_train_create(&t.train, t.net, t.data, NULL));
    set(&t, BP_TRAIN_METHOD, method);
    return t;
}

static void check_least(int32_t dtype, const char *name)
{
    const double least = vectors_need(name, "least")->values[0];
    for (int32_t method = BP_METHOD_LBFGS; method <= BP_METHOD_SCG; method += 10) {
        struct training t = case_of(name, dtype, method);
        any_ok(bp_train_run(t.train, NULL, NULL));
        const double off = training_value(&t, BP_RECORD_LOSS) / least - 1;
        if (!(fabs(off) <= 1e-6))
            fail_msg("%s, method %d: the loss is %g of the least too high", name, (int)method, off);
        training_end(&t);
    }
}

static void a_convex_loss_comes_down_to_scipys_least(void **state)
{
    vectors_each("convex", "least", any_dtype(state), check_least);
}

static void check_course(int32_t dtype, const char *name)
{
    const struct vector *course = vectors_need(name, "course");
    struct training t = case_of(name, dtype, BP_METHOD_SCG);
    double failures = 0, before = course->values[0];
    for (size_t epoch = 1; epoch < course->count; epoch++) {
        any_ok(bp_train_epoch(t.train));
        const double loss = training_value(&t, BP_RECORD_LOSS), off = loss / course->values[epoch] - 1;
        if (!(fabs(off) <= 1e-8))
            fail_msg("%s: after iteration %zu the loss is off by %g of it", name, epoch, off);
        failures += loss == before;
        before = loss;
    }
    assert_true(failures == vectors_need(name, "failures")->values[0]);
    training_end(&t);
}

static void scg_takes_the_course_of_mollers_paper(void **state)
{
    (void)state;
    any_need(BP_F64);
    vectors_each("scg", "course", BP_F64, check_course);
}

/* ---- what they learn */

/* From each of 20 seeds all rows have the right answer within so many epochs. */
static void learn(int32_t dtype, struct problem p, int32_t method, double l2, double epochs)
{
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct training t = training_by(dtype, &p, method, seed);
        any_ok(bp_net_set(t.net, BP_OPT_L2, l2));
        set(&t, BP_TRAIN_EPOCHS, epochs);
        while (bp_train_epoch(t.train) == BP_OK && training_value(&t, BP_RECORD_ACCURACY) < 1)
            continue;
        if (training_value(&t, BP_RECORD_ACCURACY) != 1)
            fail_msg("%s, method %d, seed %d: loss %g", p.name, (int)method, (int)seed,
                     training_value(&t, BP_RECORD_LOSS));
        training_end(&t);
    }
    problem_free(&p);
}

static void xor_is_learned_from_every_seed(void **state)
{
    learn(any_dtype(state), problem_xor(), BP_METHOD_LBFGS, 0, 20);
    learn(any_dtype(state), problem_xor(), BP_METHOD_SCG, 0, 40);
}

static void spirals_are_learned_from_every_seed(void **state)
{
    learn(any_dtype(state), problem_spirals(), BP_METHOD_LBFGS, 1e-4, 700);
    learn(any_dtype(state), problem_spirals(), BP_METHOD_SCG, 1e-4, 700);
}

/* Here L-BFGS quickly comes to a local minimum: 17 of 20. */
static void parity_is_learned_by_scg_from_every_seed(void **state)
{
    (void)state;
    any_need(BP_F64);
    learn(BP_F64, problem_parity(), BP_METHOD_SCG, 1e-4, 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(a_convex_loss_comes_down_to_scipys_least),
        cmocka_unit_test(scg_takes_the_course_of_mollers_paper),
        ANY_BOTH(xor_is_learned_from_every_seed),
        ANY_BOTH(spirals_are_learned_from_every_seed),
        cmocka_unit_test(parity_is_learned_by_scg_from_every_seed),
    };
    if (vectors_read("trainers.txt") != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, vectors_free);
}
