/* SPDX-License-Identifier: MIT
 *
 * The thresholds of docs/doctor.md from both sides: courses of losses that are written into the record of a training,
 * columns, and units. */
#include <math.h>

#include "doctor_fixture.h"
#include "train/training.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define OUT(n, activation)                                                                                             \
    {                                                                                                                  \
        n, BP_ACT_##activation, 0, 0                                                                                   \
    }

enum { MOST_EPOCHS = 16, MOST_ROWS = 200 };

static const struct recipe plain = {{OUT(2, TANH), OUT(1, IDENTITY)}, 0, 0, 0.1, 2, 10, 0};

static struct patient patient_on(int32_t dtype, const struct recipe *recipe, bool valid)
{
    static const double x[] = {-1, 1}, target[] = {0, 0.5};
    return patient_of(dtype, recipe, data_with_target(x, 2, 1, target, 1),
                      valid ? data_with_target(x, 2, 1, target, 1) : NULL);
}

/* ---- courses */

static const double *no_losses;

/* The losses of epochs, ended by a NaN, and the finding for them. */
struct course {
    const char *name;
    double loss[MOST_EPOCHS];
    double gradient; /* of the last epoch */
    double epochs;   /* in all; 0 for 10 */
    int32_t shows;
};

#define END ((double)NAN)
#define HIGH BP_FINDING_RATE_HIGH
#define LOW BP_FINDING_RATE_LOW

static const struct course courses[] = {
    {"1.2 times the first", {1, 1, 1.2, END}, 0, 0, 0},
    {"above 1.2 times the first", {1, 1, 1.2001, END}, 0, 0, HIGH},
    {"two epochs", {1, 5, END}, 0, 0, 0},
    {"from 0", {0, 1, 5, END}, 0, 0, 0},
    {"from below 0", {-1, 1, 5, END}, 0, 0, 0},
    {"to below 0", {1, 1, -5, END}, 0, 0, 0},

    {"restless", {1, 0.904, 1, 0.904, 1, 0.904, 1, 0.904, 1, 0.904, END}, 0, 0, HIGH},
    {"less restless", {1, 0.906, 1, 0.906, 1, 0.906, 1, 0.906, 1, 0.906, END}, 0, 0, 0},
    {"restless for 9 epochs", {1, 0.8, 1, 0.8, 1, 0.8, 1, 0.8, 1, END}, 0, 0, 0},
    {"restless before the last 10", {2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, END}, 0, 0, 0},
    {"restless high up", {1, 0.3, 0.2501, 0.3, 0.2501, 0.3, 0.2501, 0.3, 0.2501, 0.3, 0.2501, END}, 0, 0, HIGH},
    {"restless low down", {1, 0.3, 0.2499, 0.3, 0.2499, 0.3, 0.2499, 0.3, 0.2499, 0.3, 0.2499, END}, 0, 0, 0},
    {"restless and no progress", {1, 0.8, 1, 0.8, 1, 0.721, 1, 0.8, 1, 0.8, END}, 0, 0, HIGH},
    {"restless and some progress", {1, 0.8, 1, 0.8, 1, 0.719, 1, 0.8, 1, 0.8, END}, 0, 0, 0},
    {"the fifth is early", {1, 0.8, 1, 0.8, 0.5, 0.9, 1, 0.8, 1, 0.8, END}, 0, 0, HIGH},
    {"the sixth is late", {1, 0.8, 1, 0.8, 1, 0.5, 1, 0.8, 1, 0.8, END}, 0, 0, 0},

    {"still", {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, END}, 0.0011, 0, LOW},
    {"still, and nothing to learn", {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, END}, 0.001, 0, 0},
    {"still for 9 epochs", {1, 1, 1, 1, 1, 1, 1, 1, 1, END}, 1, 0, 0},
    {"still, by little", {1, 1, 1, 1, 1, 1, 1, 1, 1, 1 - 0.9e-6, END}, 1, 0, LOW},
    {"rising by little", {1, 1, 1, 1, 1, 1, 1, 1, 1, 1 + 0.9e-6, END}, 1, 0, LOW},
    {"not still", {1, 1, 1, 1, 1, 1, 1, 1, 1, 1 - 1.1e-6, END}, 1, 0, 0},
    {"a large loss is still", {500, 500, 500, 500, 500, 500, 500, 500, 500, 500 - 4e-4, END}, 0.51, 0, LOW},
    {"a large loss is not still", {500, 500, 500, 500, 500, 500, 500, 500, 500, 500 - 6e-4, END}, 0.51, 0, 0},

    {"slow", {1, 0.98, 0.96, 0.94, 0.92, 0.9, 0.88, 0.86, 0.84, 0.8001, END}, 0, 0, LOW},
    {"not slow", {1, 0.98, 0.96, 0.94, 0.92, 0.9, 0.88, 0.86, 0.84, 0.7999, END}, 0, 0, 0},
    {"slow, and not halved at the end", {1, .98, .96, .94, .92, .9, .88, .86, .84, .82, END}, 0, 25, LOW},
    {"slow, but halved at the end", {1, .98, .96, .94, .92, .9, .88, .86, .84, .82, END}, 0, 27, 0},
    {"slow beyond the end", {1, .98, .96, .94, .92, .9, .88, .86, .84, .82, END}, 0, 5, LOW},
    {"slow, with one rise", {1, .98, .96, .94, .92, .9, .88, .881, .84, .82, END}, 0, 0, LOW},
    {"slow, with two rises", {1, .98, .981, .94, .92, .9, .88, .881, .84, .82, END}, 0, 0, 0},
    {"straight", {1, .975, .95, .925, .9, .89, .88, .87, .86, .8499, END}, 0, 0, LOW},
    {"not straight", {1, .975, .95, .925, .9, .89, .88, .87, .86, .8501, END}, 0, 0, 0},
    {"the middle of 11", {1, .98, .96, .94, .92, .9, .89, .88, .87, .86, .8499, END}, 0, 0, LOW},
    {"the middle of 11 as well", {1, .98, .96, .94, .92, .9, .89, .88, .87, .86, .8501, END}, 0, 0, 0},
};

/* As if the epochs had been trained. */
static void write_course(struct bp_train *train, const double *loss, const double *valid, double gradient)
{
    for (size_t i = 0; i < MOST_EPOCHS && !isnan(loss[i]); i++) {
        const bool last = i + 1 == MOST_EPOCHS || isnan(loss[i + 1]);
        const struct bp_train_epoch_record record = {.loss = loss[i],
                                                     .valid_loss = valid != no_losses ? valid[i] : (double)NAN,
                                                     .gradient = last ? gradient : 1};
        assert_true(bp_train_add_record(train, &record));
    }
}

static void each_course_shows_what_the_thresholds_say(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < COUNT(courses); i++) {
        const struct course *c = &courses[i];
        struct patient p = patient_on(dtype, &plain, false);
        any_ok(bp_train_set(p.train, BP_TRAIN_EPOCHS, c->epochs == 0 ? 10 : c->epochs));
        write_course(p.train, c->loss, no_losses, c->gradient);
        if (bp_train_warning(p.train) != c->shows)
            fail_msg("%s shows %d", c->name, (int)bp_train_warning(p.train));
        any_ok(bp_train_set(p.train, BP_TRAIN_METHOD, BP_METHOD_LBFGS));
        assert_int_equal(bp_train_warning(p.train), 0); /* which has no rate */
        end_patient(&p);
    }
}

/* ---- validation */

struct validation {
    const char *name;
    double valid[MOST_EPOCHS];
    double last; /* training loss of the last epoch; 1 before that */
    size_t best;
    int32_t shows;
};

#define OVER BP_FINDING_OVERFITTING

static const struct validation validations[] = {
    {"much above the best", {10, .5, .7501, .7501, .7501, .7501, .7501, END}, 0.9, 2, OVER},
    {"not much above the best", {10, .5, .7499, .7499, .7499, .7499, .7499, END}, 0.9, 2, 0},
    {"a tenth is lost", {1.5, .5, .6001, .6001, .6001, .6001, .6001, END}, 0.9, 2, OVER},
    {"less than a tenth is lost", {1.5, .5, .5999, .5999, .5999, .5999, .5999, END}, 0.9, 2, 0},
    {"a little above the best", {1, .5, .5501, .5501, .5501, .5501, .5501, END}, 0.9, 2, OVER},
    {"hardly above the best", {.9, .5, .5499, .5499, .5499, .5499, .5499, END}, 0.9, 2, 0},
    {"nothing was won", {.5, .6, .6, .6, .6, .6, END}, 0.9, 1, OVER},
    {"for 4 epochs", {10, .5, 9, 9, 9, 9, END}, 0.9, 2, 0},
    {"the fifth last was low", {10, .5, 9, .5, 9, 9, 9, 9, END}, 0.9, 2, 0},
    {"the sixth last was low", {10, .5, .5, 9, 9, 9, 9, 9, END}, 0.9, 2, OVER},
    {"the last is low", {10, .5, 9, 9, 9, 9, 9, .5, END}, 0.9, 2, 0},
    {"the training loss stays", {10, .5, 9, 9, 9, 9, 9, END}, 1, 2, 0},
    {"losses below 0", {1, -.5, 9, 9, 9, 9, 9, END}, 0.9, 2, 0},
    {"no best epoch", {10, .5, 9, 9, 9, 9, 9, END}, 0.9, 0, 0},
    {"the last is not finite", {1, 1, (double)INFINITY, END}, 0.9, 2, BP_FINDING_NONFINITE},
};

static void each_validation_shows_what_the_thresholds_say(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < COUNT(validations); i++) {
        const struct validation *v = &validations[i];
        double loss[MOST_EPOCHS];
        size_t epochs = 0;
        struct patient p = patient_on(dtype, &plain, true);
        while (!isnan(v->valid[epochs]))
            loss[epochs++] = 1;
        loss[epochs - 1] = v->last;
        loss[epochs] = END;
        write_course(p.train, loss, v->valid, 0);
        p.train->best_epoch = v->best;
        if (bp_train_warning(p.train) != v->shows)
            fail_msg("%s: shows %d", v->name, (int)bp_train_warning(p.train));
        end_patient(&p);
    }
}

/* ---- columns */

/* One input that is `first` in one row, and `other` and `-other + 2 mean` in turn in the others. */
struct column {
    const char *name;
    size_t rows;
    double first, other, mean;
    int32_t finding;
};

static const struct column columns[] = {
    {"of size 10", 4, 10, 10, 0, 0},
    {"above 10", 4, 10.01, 10.01, 0, BP_FINDING_INPUT_SCALE},
    {"of size 0.01", 4, 0.0101, 0.0101, 0, 0},
    {"below 0.01", 4, 0.0099, 0.0099, 0, BP_FINDING_INPUT_SCALE},
    {"small, but sparse", 110, 0.05, 0, 0, 0},
    {"small, and not so sparse", 90, 0.05, 0, 0, BP_FINDING_INPUT_SCALE},
    {"narrow", 4, 1.0099, 1.0099, 1, BP_FINDING_INPUT_SCALE},
    {"not so narrow", 4, 1.0101, 1.0101, 1, 0},
    {"narrow below 0", 4, -1.0099, -1.0099, -1, BP_FINDING_INPUT_SCALE},
    {"constant", 4, 1, 1, 1, BP_FINDING_INPUT_CONSTANT},
    {"all but constant", 4, 1, 1.5, 1.25, 0},
};

static void each_column_is_found_from_its_threshold_on(void **state)
{
    static const struct recipe linear = {{OUT(1, IDENTITY)}, 0, 0, 0.1, 2, 10, 0};
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < COUNT(columns); i++) {
        const struct column *c = &columns[i];
        double x[MOST_ROWS], target[MOST_ROWS] = {0};
        for (size_t row = 0; row < c->rows; row++)
            x[row] = row == 0 ? c->first : row % 2 ? 2 * c->mean - c->other : c->other;
        struct patient p = patient_of(dtype, &linear, data_with_target(x, c->rows, 1, target, 1), NULL);
        examine(&p);
        if (c->finding == 0 ? p.findings != 0 : find(&p, c->finding) != 0)
            fail_msg("a column %s: %zu findings", c->name, p.findings);
        end_patient(&p);
    }
}

static void a_target_is_found_from_its_threshold_on(void **state)
{
    static const struct {
        double target;
        bool found;
    } rows[] = {{1.0009, false}, {1.0011, true}, {-0.0009, false}, {-0.0011, true}, {0, false}, {1, false}};
    static const struct recipe sigmoid = {{OUT(2, TANH), OUT(1, SIGMOID)}, 0, 0, 0.1, 2, 10, 0};
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const double x[] = {-1, 1}, target[] = {0.5, rows[i].target};
        struct patient p = patient_of(dtype, &sigmoid, data_with_target(x, 2, 1, target, 1), NULL);
        examine(&p);
        assert_int_equal(find(&p, BP_FINDING_TARGET_RANGE) == 0, rows[i].found);
        assert_true(!rows[i].found || p.measure[0] == 0.5);
        end_patient(&p);
    }
}

/* ---- units: 10 of them, of which some are flat at `z` for all rows but some, where they are at 0 */

struct flatness {
    const char *name;
    int32_t activation;
    double z;
    size_t flat, steep_rows; /* of 20 */
    int32_t finding;
};

static const struct flatness flatnesses[] = {
    {"4 dead", BP_ACT_RELU, -1, 4, 0, BP_FINDING_DEAD_UNITS},
    {"3 dead", BP_ACT_RELU, -1, 3, 0, 0},
    {"4 that live in a row", BP_ACT_RELU, -1, 4, 1, 0},
    {"5 saturated", BP_ACT_TANH, 10, 5, 0, BP_FINDING_SATURATED_UNITS},
    {"4 saturated", BP_ACT_TANH, -10, 4, 0, 0},
    {"5 saturated except in a row", BP_ACT_TANH, -10, 5, 1, BP_FINDING_SATURATED_UNITS},
    {"5 saturated except in two rows", BP_ACT_TANH, 10, 5, 2, 0},
    {"slopes of less than a hundredth", BP_ACT_TANH, 3.01, 5, 0, BP_FINDING_SATURATED_UNITS},
    {"slopes of more than a hundredth", BP_ACT_TANH, 2.98, 5, 0, 0},
    {"sigmoids of less than a hundredth", BP_ACT_SIGMOID, 6.01, 5, 0, BP_FINDING_SATURATED_UNITS},
    {"sigmoids of more than a hundredth", BP_ACT_SIGMOID, 5.97, 5, 0, 0},
};

/* z = bias + weight x; x is 1 in the steep rows and 0 or -1 elsewhere, where a steep z is above 0 for all units. */
static void set_units(bp_net *net, const struct flatness *f)
{
    double weights[10] = {0}, bias[10];
    for (size_t i = 0; i < 10; i++) {
        bias[i] = i < f->flat ? f->z : 0.25;
        weights[i] = i < f->flat && f->steep_rows > 0 ? 0.25 - f->z : 0;
    }
    any_ok(any_set_weights(net, 0, weights));
    any_ok(any_set_bias(net, 0, bias));
}

static void units_are_found_from_their_threshold_on(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < COUNT(flatnesses); i++) {
        const struct flatness *f = &flatnesses[i];
        const struct recipe recipe = {{{10, f->activation, 0, 0}, OUT(1, IDENTITY)}, 0, 0, 0.1, 2, 10, 0};
        double x[20], target[20] = {0};
        for (size_t row = 0; row < 20; row++)
            x[row] = row < f->steep_rows ? 1 : row == 19 && f->steep_rows == 0 ? -1 : 0;
        struct patient p = patient_of(dtype, &recipe, data_with_target(x, 20, 1, target, 1), NULL);
        set_units(p.net, f);
        examine(&p);
        const bool found = p.findings == 1 && p.kind[0] == f->finding && p.measure[0] == (double)f->flat / 10;
        if (f->finding == 0 ? p.findings != 0 : !found)
            fail_msg("%s: %zu findings", f->name, p.findings);
        end_patient(&p);
    }
}

/* 5 saturated units are a result where the loss has fallen below a quarter. */
static void what_has_learned_may_be_saturated(void **state)
{
    static const double lasts[] = {0.2499, 0.2501};
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < COUNT(lasts); i++) {
        static const struct recipe recipe = {{OUT(10, TANH), OUT(1, IDENTITY)}, 0, 0, 0.1, 2, 10, 0};
        const double loss[] = {1, lasts[i], END};
        struct patient p = patient_on(dtype, &recipe, false);
        set_units(p.net, &(struct flatness){.z = 10, .flat = 5});
        write_course(p.train, loss, no_losses, 0);
        examine(&p);
        assert_int_equal(p.findings, i);
        end_patient(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(each_course_shows_what_the_thresholds_say),  ANY_BOTH(each_validation_shows_what_the_thresholds_say),
        ANY_BOTH(each_column_is_found_from_its_threshold_on), ANY_BOTH(a_target_is_found_from_its_threshold_on),
        ANY_BOTH(units_are_found_from_their_threshold_on),    ANY_BOTH(what_has_learned_may_be_saturated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
