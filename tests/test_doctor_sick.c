/* SPDX-License-Identifier: MIT
 *
 * bp_train_diagnose() on a sick training for each finding, and on the same training when it is mended. */
#include "doctor_fixture.h"

#include <math.h>
#include <string.h>

enum { ROWS = 240, INPUTS = 3 };

/* Healthy rows, and what may be done to them. The label says whether the first two inputs have the same sign; the
 * target is their product, from -1 to 1. */
struct rows {
    double x[ROWS * INPUTS], target[ROWS];
    int32_t labels[ROWS];
};

static struct rows rows_of(uint64_t seed)
{
    struct rows r;
    for (size_t i = 0; i < ROWS; i++) {
        double *x = r.x + i * INPUTS;
        for (size_t k = 0; k < INPUTS; k++)
            x[k] = any_uniform(&seed, -1.5, 1.5);
        r.labels[i] = x[0] * x[1] > 0;
        r.target[i] = x[0] * x[1] / 2.25;
    }
    return r;
}

static void scale(struct rows *r, size_t column, double factor, double shift)
{
    for (size_t i = 0; i < ROWS; i++)
        r->x[i * INPUTS + column] = r->x[i * INPUTS + column] * factor + shift;
}

/* ---- sick data */

static void large(struct rows *r) { scale(r, 1, 300, 0); }
static void large_and_narrow(struct rows *r)
{
    scale(r, 2, 0.001, 4);
    scale(r, 0, 20, 0);
}
static void narrow(struct rows *r) { scale(r, 2, 0.001, 4); }
static void small(struct rows *r) { scale(r, 0, 1e-4, 0); }
static void constant(struct rows *r) { scale(r, 2, 0, 0.5); }
static void missing_input(struct rows *r) { r->x[7 * INPUTS + 1] = (double)NAN; }
static void missing_target(struct rows *r) { r->target[9] = (double)INFINITY; }
static void wide_target(struct rows *r)
{
    for (size_t i = 0; i < ROWS; i++)
        r->target[i] *= 3;
}
/* Few rows, with nothing to learn. */
static void by_chance(struct rows *r)
{
    uint64_t seed = 99;
    for (size_t i = 0; i < ROWS; i++)
        r->labels[i] = any_uniform(&seed, 0, 1) < 0.5;
}

/* ---- sick nets */

static void drown(struct patient *p)
{
    double bias[8];
    for (size_t i = 0; i < 8; i++)
        bias[i] = i < 6 ? -20 : 0;
    any_ok(any_set_bias(p->net, 0, bias));
}

static void saturate(struct patient *p)
{
    double weights[8 * INPUTS];
    any_ok(any_get_weights(p->net, 0, weights));
    for (size_t i = 0; i < 8 * INPUTS; i++)
        weights[i] *= i < 5 * INPUTS ? 1e4 : 1;
    any_ok(any_set_weights(p->net, 0, weights));
}

/* ---- the cases */

#define OUT(n, activation)                                                                                             \
    {                                                                                                                  \
        n, BP_ACT_##activation, 0, 0                                                                                   \
    }
#define SIGNS BP_LOSS_BINARY_CROSS_ENTROPY, BP_OPTIM_ADAM, 0.02, 16
#define DESCENT BP_LOSS_BINARY_CROSS_ENTROPY, BP_OPTIM_SGD

/* With labels or with a target; the number of rows for validation; and the rate that mends it, if one does. */
struct treatment {
    bool labels;
    size_t kept;
    struct recipe recipe;
    double mended_rate;
};

static const struct treatment untrained = {true, 0, {{OUT(8, TANH), OUT(1, SIGMOID)}, SIGNS, 0, 0}, 0};
static const struct treatment to_numbers = {false, 0, {{OUT(8, TANH), OUT(1, TANH)}, 0, 0, 0, 16, 0, 0}, 0};
static const struct treatment relu = {true, 0, {{OUT(8, RELU), OUT(1, SIGMOID)}, SIGNS, 3, 0}, 0};
static const struct treatment gelu = {true, 0, {{OUT(8, GELU), OUT(1, SIGMOID)}, SIGNS, 3, 0}, 0};
static const struct treatment tanh_units = {true, 0, {{OUT(8, TANH), OUT(1, SIGMOID)}, SIGNS, 3, 0}, 0};
static const struct treatment sigmoids = {true, 0, {{OUT(8, SIGMOID), OUT(1, SIGMOID)}, SIGNS, 3, 0}, 0};
static const struct treatment exploding = {
    false, 0, {{OUT(8, IDENTITY), OUT(1, IDENTITY)}, 0, 0, 1e6, 16, 20, 0}, 0.05};
/* One linear unit: the loss rises without chaos, so that this does not depend on the last bits or on the seed. */
static const struct treatment too_fast = {false, 0, {{OUT(1, IDENTITY)}, 0, 0, 2, 16, 20, 0}, 0.2};
static const struct treatment too_slow = {true, 0, {{OUT(8, TANH), OUT(1, SIGMOID)}, DESCENT, 1e-4, 16, 30, 0}, 0.5};
static const struct treatment still = {true, 0, {{OUT(8, TANH), OUT(1, SIGMOID)}, DESCENT, 1e-12, 16, 12, 0}, 0.5};
static const struct treatment by_heart = {true, 80, {{OUT(32, TANH), OUT(32, TANH), OUT(1, SIGMOID)}, SIGNS, 60, 0}, 0};

enum { ANYWHERE = 1000 };

/* The finding, its place, the bounds of its measure, and a word of its sentence. */
static const struct sickness {
    const char *name;
    int32_t finding;
    size_t place;
    double low, high;
    const char *says;
    const struct treatment *treatment;
    void (*spoil_rows)(struct rows *rows);
    void (*spoil_net)(struct patient *patient);
} sicknesses[] = {
    {"large", BP_FINDING_INPUT_SCALE, 1, 200, 300, "column 1", &untrained, large, NULL},
    {"large and narrow", BP_FINDING_INPUT_SCALE, 0, 10, 20, "2 of 3", &untrained, large_and_narrow, NULL},
    {"narrow", BP_FINDING_INPUT_SCALE, 2, 3.9, 4.1, "varies little", &untrained, narrow, NULL},
    {"small", BP_FINDING_INPUT_SCALE, 0, 5e-5, 2e-4, "small", &untrained, small, NULL},
    {"constant", BP_FINDING_INPUT_CONSTANT, 2, 1.0 / 3, 1.0 / 3, "1 of 3", &untrained, constant, NULL},
    {"NaN", BP_FINDING_INPUT_NONFINITE, 1, 1.0 / ROWS, 1.0 / ROWS, "inputs", &untrained, missing_input, NULL},
    {"infinite", BP_FINDING_TARGET_NONFINITE, 0, 1.0 / ROWS, 1.0 / ROWS, "target", &to_numbers, missing_target, NULL},
    {"beyond tanh", BP_FINDING_TARGET_RANGE, 0, 0.1, 0.9, "tanh", &to_numbers, wide_target, NULL},
    {"dead", BP_FINDING_DEAD_UNITS, 0, 0.75, 0.75, "layer 0", &relu, NULL, drown},
    {"dead GELU", BP_FINDING_DEAD_UNITS, 0, 0.75, 0.75, "gelu", &gelu, NULL, drown},
    {"saturated", BP_FINDING_SATURATED_UNITS, 0, 0.625, 0.625, "layer 0", &tanh_units, NULL, saturate},
    {"saturated sigmoids", BP_FINDING_SATURATED_UNITS, 0, 0.625, 0.625, "sigmoid", &sigmoids, NULL, saturate},
    {"exploding", BP_FINDING_NONFINITE, 1, 1, 4, "layer 1", &exploding, NULL, NULL},
    {"too fast", BP_FINDING_RATE_HIGH, 20, 2, 20, "rises", &too_fast, NULL, NULL},
    {"too slow", BP_FINDING_RATE_LOW, 30, 0.9, 1, "too low", &too_slow, NULL, NULL},
    {"still", BP_FINDING_RATE_LOW, 12, 1 - 1e-6, 1 + 1e-6, "too low", &still, NULL, NULL},
    {"by heart", BP_FINDING_OVERFITTING, ANYWHERE, 1.1, 1e9, "overfits", &by_heart, by_chance, NULL},
};

static bp_data *data_of(const struct sickness *s, struct rows r, size_t from, size_t rows)
{
    return s->treatment->labels ? data_with_labels(r.x + from * INPUTS, rows, INPUTS, r.labels + from, 2)
                                : data_with_target(r.x + from * INPUTS, rows, INPUTS, r.target + from, 1);
}

/* The training, run to its last epoch or to its failure, and examined. */
static struct patient patient_with(int32_t dtype, const struct sickness *s, bool sick)
{
    struct rows r = rows_of(5);
    struct recipe recipe = s->treatment->recipe;
    if (sick && s->spoil_rows)
        s->spoil_rows(&r);
    const size_t kept = s->treatment->kept;
    if (!sick && s->treatment->mended_rate != 0)
        recipe.rate = s->treatment->mended_rate;
    bp_data *valid = kept > 0 ? data_of(s, r, 0, kept) : NULL;
    struct patient p = patient_of(dtype, &recipe, data_of(s, r, kept, ROWS - kept), valid);
    any_ok(bp_train_set(p.train, BP_TRAIN_PATIENCE, 0));
    if (sick && s->spoil_net)
        s->spoil_net(&p);
    const bp_status status = bp_train_run(p.train, NULL, NULL);
    assert_int_equal(status, sick && s->finding == BP_FINDING_NONFINITE ? BP_ERR_NONFINITE : BP_OK);
    examine(&p);
    return p;
}

static void expect_sick(const struct patient *p, const struct sickness *s)
{
    const size_t i = find(p, s->finding);
    if (i == MOST_FINDINGS)
        fail_msg("%s: not found", s->name);
    if (s->place != ANYWHERE && p->place[i] != s->place)
        fail_msg("%s: found in place %zu", s->name, p->place[i]);
    if (!(p->measure[i] >= s->low && p->measure[i] <= s->high))
        fail_msg("%s: measure %g", s->name, p->measure[i]);
    if (!strstr(bp_train_finding_text(p->train, i), s->says))
        fail_msg("%s: \"%s\"", s->name, bp_train_finding_text(p->train, i));
}

static bool is_not_finite(const struct sickness *s)
{
    return s->finding == BP_FINDING_NONFINITE || s->finding == BP_FINDING_INPUT_NONFINITE ||
           s->finding == BP_FINDING_TARGET_NONFINITE;
}

static void a_sick_training_has_its_finding_and_a_mended_one_has_none(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < sizeof(sicknesses) / sizeof(sicknesses[0]); i++) {
        host_mask(is_not_finite(&sicknesses[i]));
        struct patient sick = patient_with(dtype, &sicknesses[i], true);
        host_unmask(is_not_finite(&sicknesses[i]));
        struct patient mended = patient_with(dtype, &sicknesses[i], false);
        expect_sick(&sick, &sicknesses[i]);
        expect_healthy(&mended, 0);
        end_patient(&sick);
        end_patient(&mended);
    }
}

/* If both losses rise, the rate is too high, and this is not overfitting. */
static void overfitting_takes_a_training_loss_that_falls(void **state)
{
    const int32_t dtype = any_dtype(state);
    const struct rows r = rows_of(5);
    bp_data *learn = data_with_labels(r.x, ROWS / 2, INPUTS, r.labels, 2);
    bp_data *judge = data_with_labels(r.x + ROWS / 2 * INPUTS, ROWS / 2, INPUTS, r.labels + ROWS / 2, 2);
    struct patient p = patient_of(dtype, &tanh_units.recipe, learn, judge);
    any_ok(bp_train_set(p.train, BP_TRAIN_PATIENCE, 0));
    any_ok(bp_train_set(p.train, BP_TRAIN_EPOCHS, 18));
    for (int epoch = 0; epoch < 18; epoch++) {
        if (epoch == 10)
            any_ok(bp_net_set(p.net, BP_OPT_LEARNING_RATE, 20));
        any_ok(bp_train_epoch(p.train));
    }
    examine(&p);
    assert_true(find(&p, BP_FINDING_RATE_HIGH) < MOST_FINDINGS);
    assert_int_equal(find(&p, BP_FINDING_OVERFITTING), MOST_FINDINGS);
    end_patient(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(a_sick_training_has_its_finding_and_a_mended_one_has_none),
        ANY_BOTH(overfitting_takes_a_training_loss_that_falls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
