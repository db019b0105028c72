/* SPDX-License-Identifier: MIT
 *
 * Problems at which back-propagation is known to fail, from each of 20 seeds. Only the method, the number of epochs and
 * unscaled targets of 0 and 1 are set. docs/guide.md describes the same trainings. */
#include <math.h>
#include <stdlib.h>

#include "trainers_fixture.h"

/* tanh below an identity, half squared error, 0 and 1 as numbers: what a user writes who knows nothing more. */
static struct training learner_of(const struct problem *p, size_t layers, size_t hidden, uint64_t seed)
{
    struct training t = {0};
    assert_int_equal(bp_net_create(&t.net, BP_F64, p->inputs), BP_OK);
    for (size_t i = 0; i < layers; i++)
        any_ok(bp_net_add_dense(t.net, hidden, BP_ACT_TANH));
    any_ok(bp_net_add_dense(t.net, 1, BP_ACT_IDENTITY));
    any_ok(bp_net_init(t.net, seed));
    double *target = any_buffer(p->rows);
    for (size_t i = 0; i < p->rows; i++)
        target[i] = p->labels[i];
    assert_int_equal(any_data(&t.data, BP_F64, p->x, p->rows, p->inputs, target, 1), BP_OK);
    any_ok(bp_train_create(&t.train, t.net, t.data, NULL));
    free(target);
    return t;
}

/* The share of rows whose output is on the label's side of 1/2. */
static double accuracy_of(const bp_net *net, const struct problem *p)
{
    double *y = any_buffer(p->rows), right = 0;
    any_ok(bp_net_predict_f64(net, p->x, p->rows, y, NULL));
    for (size_t i = 0; i < p->rows; i++)
        right += (y[i] >= 0.5) == (p->labels[i] == 1);
    free(y);
    return right / (double)p->rows;
}

/* From each seed all rows are right within so many epochs. */
static void learn(struct problem p, size_t layers, size_t hidden, double epochs)
{
    double most = 0, sum = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct training t = learner_of(&p, layers, hidden, seed);
        set(&t, BP_TRAIN_METHOD, BP_METHOD_LM);
        any_ok(bp_net_set(t.net, BP_OPT_SCALE_TARGETS, BP_SCALE_NONE));
        set(&t, BP_TRAIN_EPOCHS, epochs);
        while (bp_train_epoch(t.train) == BP_OK && accuracy_of(t.net, &p) < 1)
            continue;
        const double accuracy = accuracy_of(t.net, &p);
        if (accuracy != 1)
            fail_msg("%s, seed %d: %g are right after %g epochs", p.name, (int)seed, accuracy,
                     training_value(&t, BP_RECORD_EPOCH));
        most = fmax(most, training_value(&t, BP_RECORD_EPOCH));
        sum += training_value(&t, BP_RECORD_EPOCH);
        training_end(&t);
    }
    print_message("%s: 20 of 20, in %g epochs at most, %g in the mean\n", p.name, most, sum / 20);
    problem_free(&p);
}

static void xor_is_learned_from_every_seed(void **state)
{
    (void)state;
    any_need(BP_F64);
    learn(problem_xor(), 1, 4, 200);
}

static void parity_of_8_bits_is_learned_from_every_seed(void **state)
{
    (void)state;
    any_need(BP_F64);
    learn(problem_parity(), 1, 16, 200);
}

static void the_two_spirals_are_learned_from_every_seed(void **state)
{
    (void)state;
    any_need(BP_F64);
    learn(problem_spirals(), 2, 12, 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xor_is_learned_from_every_seed),
        cmocka_unit_test(parity_of_8_bits_is_learned_from_every_seed),
        cmocka_unit_test(the_two_spirals_are_learned_from_every_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
