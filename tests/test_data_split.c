/* SPDX-License-Identifier: MIT
 *
 * Splits and folds of a data set: which rows their parts show, the same on every machine, what the parts share, and
 * that they may be destroyed in any order. */
#include "shown_fixture.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static bool is_weighted(const bp_data *data)
{
    double weighted;
    assert_int_equal(bp_data_get(data, BP_DATA_IS_WEIGHTED, &weighted), BP_OK);
    return weighted == 1;
}

/* The rows of the two parts of a split or a fold. */
struct parts {
    struct shown first, second;
};

enum how { SPLIT, SPLIT_BY_CLASS, FOLD }; /* SPLIT: of rows without labels */

static bp_data *make_for(enum how how, size_t rows) { return make(rows, how != SPLIT); }

static bp_status divide(const bp_data *data, enum how how, double fraction, size_t fold, uint64_t seed, bp_data **first,
                        bp_data **second)
{
    return how == FOLD ? bp_data_fold(data, (size_t)fraction, fold, seed, first, second)
                       : bp_data_split(data, fraction, seed, first, second);
}

static struct parts parts_of(const bp_data *data, enum how how, double fraction, size_t fold, uint64_t seed)
{
    bp_data *first = NULL, *second = NULL;
    if (divide(data, how, fraction, fold, seed, &first, &second) != BP_OK)
        fail_msg("%s", bp_last_error());
    const struct parts parts = {shown_by(first), shown_by(second)};
    bp_data_destroy(first);
    bp_data_destroy(second);
    return parts;
}

/* Each row is in one part, once. The rows of a part are in the order of the whole. */
static void expect_all_rows_once(const struct parts *parts, size_t rows)
{
    size_t first = 0, second = 0;
    assert_int_equal(parts->first.count + parts->second.count, rows);
    for (size_t row = 0; row < rows; row++) {
        const bool in_first = first < parts->first.count && parts->first.row[first] == row;
        const bool in_second = second < parts->second.count && parts->second.row[second] == row;
        assert_true(in_first != in_second);
        first += in_first;
        second += in_second;
    }
}

/* ---- splits */

static const size_t sizes[] = {2, 3, 7, 12, 101};
static const double fractions[] = {0.01, 0.2, 0.5, 0.65, 0.8, 0.99};

static void a_split_has_each_row_once_and_the_fraction_to_the_nearest_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        bp_data *data = make(sizes[i], false);
        for (size_t k = 0; k < COUNT(fractions); k++) {
            const double wanted = fractions[k] * (double)sizes[i];
            bp_data *first = NULL, *second = NULL;
            if (wanted > 0.5 && wanted < (double)sizes[i] - 0.5) {
                const struct parts parts = parts_of(data, SPLIT, fractions[k], 0, i);
                expect_all_rows_once(&parts, sizes[i]);
                assert_true((double)parts.first.count ==
                            ceil(wanted - 0.5)); /* the middle goes down: half of 3 are 1 */
            } else {
                assert_int_equal(bp_data_split(data, fractions[k], i, &first, &second), BP_ERR_SHAPE);
                assert_non_null(strstr(bp_last_error(), "a part would have no rows"));
                assert_true(!first && !second);
            }
        }
        bp_data_destroy(data);
    }
}

static void a_split_has_the_fraction_of_every_class(void **state)
{
    (void)state;
    bp_data *data = make(101, true);
    const struct shown all = shown_by(data);
    for (size_t k = 0; k < COUNT(fractions); k++)
        for (uint64_t seed = 0; seed < 20; seed++) {
            const struct parts parts = parts_of(data, SPLIT_BY_CLASS, fractions[k], 0, seed);
            expect_all_rows_once(&parts, 101);
            for (int c = 0; c < CLASSES; c++)
                assert_true(fabs((double)parts.first.of_class[c] - fractions[k] * (double)all.of_class[c]) <=
                            0.5 + 1e-9);
        }
    bp_data_destroy(data);
}

/* Memory is by rows, then: INT32_MAX classes would need 17 GB. */
static void classes_without_rows_change_nothing_and_need_no_memory(void **state)
{
    enum { ROWS = 12 };
    static const size_t classes[] = {CLASSES, ROWS, ROWS + 1, INT32_MAX};
    int32_t labels[ROWS];
    (void)state;
    for (size_t row = 0; row < ROWS; row++)
        labels[row] = class_of(row);
    for (size_t how = 0; how < 2; how++) {
        struct parts first;
        for (size_t i = 0; i < COUNT(classes); i++) {
            bp_data *data = make(ROWS, false);
            assert_int_equal(bp_data_set_labels(data, BP_I32, labels, classes[i], BP_HOLD_COPY), BP_OK);
            const struct parts parts = parts_of(data, how == 0 ? SPLIT_BY_CLASS : FOLD, how == 0 ? 0.5 : 3, 0, 7);
            expect_all_rows_once(&parts, ROWS);
            if (i == 0)
                first = parts;
            assert_true(same_rows(&parts.first, &first.first) && same_rows(&parts.second, &first.second));
            bp_data_destroy(data);
        }
    }
}

static void a_seed_draws_its_own_rows_every_time(void **state)
{
    (void)state;
    for (int how = SPLIT; how <= FOLD; how++) {
        bp_data *data = make_for((enum how)how, 101);
        const double fraction = how == FOLD ? 4 : 0.5;
        for (unsigned bit = 0; bit < 64; bit++) {
            const struct parts a = parts_of(data, (enum how)how, fraction, 1, 7);
            const struct parts b = parts_of(data, (enum how)how, fraction, 1, 7);
            const struct parts c = parts_of(data, (enum how)how, fraction, 1, 7 ^ UINT64_C(1) << bit);
            assert_true(same_rows(&a.first, &b.first) && same_rows(&a.second, &b.second));
            assert_false(same_rows(&a.first, &c.first));
        }
        bp_data_destroy(data);
    }
}

/* Within 5 standard deviations of a binomial distribution. */
static void every_row_is_as_likely_as_every_other(void **state)
{
    enum { SEEDS = 1000 };
    static const struct {
        size_t rows;
        double fraction;
    } splits[] = {{2, 0.5}, {3, 1 / 3.}, {20, 0.25}};
    (void)state;
    for (size_t k = 0; k < COUNT(splits); k++) {
        const double p = splits[k].fraction;
        size_t drawn[MOST] = {0};
        bp_data *data = make(splits[k].rows, false);
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            const struct parts parts = parts_of(data, SPLIT, p, 0, seed);
            for (size_t i = 0; i < parts.first.count; i++)
                drawn[parts.first.row[i]]++;
        }
        for (size_t i = 0; i < splits[k].rows; i++)
            assert_true(fabs((double)drawn[i] - p * SEEDS) < 5 * sqrt(p * (1 - p) * SEEDS));
        bp_data_destroy(data);
    }
}

/* Of 12 rows. They are promised: they depend only on the seed, on Philox4x32-10, and on the order of the draws. */
static void these_are_the_rows_of_seed_42(void **state)
{
    static const struct {
        enum how how;
        double fraction;
        size_t fold, count, row[12];
    } golden[] = {
        {SPLIT, 0.5, 0, 6, {0, 1, 4, 7, 8, 9}},
        {SPLIT, 0.8, 0, 10, {0, 1, 2, 4, 5, 6, 7, 8, 9, 10}},
        {SPLIT_BY_CLASS, 0.5, 0, 6, {0, 2, 7, 9, 10, 11}},
        {FOLD, 3, 0, 8, {1, 2, 3, 4, 5, 6, 7, 10}},
        {FOLD, 3, 1, 8, {0, 1, 2, 5, 8, 9, 10, 11}},
        {FOLD, 3, 2, 8, {0, 3, 4, 6, 7, 8, 9, 11}},
    };
    bp_data *data[2] = {make(12, false), make(12, true)};
    (void)state;
    for (size_t i = 0; i < COUNT(golden); i++) {
        const bp_data *whole = data[golden[i].how != SPLIT];
        const struct parts parts = parts_of(whole, golden[i].how, golden[i].fraction, golden[i].fold, 42);
        struct shown expected = {.count = golden[i].count};
        memcpy(expected.row, golden[i].row, sizeof(golden[i].row));
        if (!same_rows(&parts.first, &expected)) {
            for (size_t k = 0; k < parts.first.count; k++)
                printf("%zu, ", parts.first.row[k]);
            fail_msg("are the rows of line %zu", i);
        }
    }
    bp_data_destroy(data[0]);
    bp_data_destroy(data[1]);
}

/* Whatever of them was made before, what is left is the data set alone. */
static void parts_that_find_no_memory_leave_nothing(void **state)
{
    (void)state;
    for (enum how how = SPLIT; how <= FOLD; how++) {
        bp_data *data = make_for(how, 12), *first = NULL, *second = NULL;
        const size_t live = failing.live;
        bp_status status = BP_ERR_MEMORY;
        size_t at = 0;
        while (status != BP_OK) {
            failing.fail_at = failing.calls + ++at;
            status = divide(data, how, how == FOLD ? 3 : 0.5, 0, 1, &first, &second);
            assert_true(status == BP_OK || (status == BP_ERR_MEMORY && !first && !second && failing.live == live));
        }
        assert_true(at > 4);
        failing.fail_at = 0;
        bp_data_destroy(first);
        bp_data_destroy(second);
        bp_data_destroy(data);
    }
}

/* ---- folds */

static bool differ_by_1(size_t a, size_t b) { return a <= b + 1 && b <= a + 1; }

static void expect_folds(size_t rows, size_t folds, bool labelled)
{
    size_t held[MOST] = {0};
    struct shown first = {0};
    bp_data *data = make(rows, labelled);
    for (size_t fold = 0; fold < folds; fold++) {
        const struct parts parts = parts_of(data, FOLD, (double)folds, fold, 3);
        expect_all_rows_once(&parts, rows);
        for (size_t i = 0; i < parts.second.count; i++)
            held[parts.second.row[i]]++;
        if (fold == 0)
            first = parts.second;
        assert_true(differ_by_1(parts.second.count, first.count));
        for (int c = 0; labelled && c < CLASSES; c++)
            assert_true(differ_by_1(parts.second.of_class[c], first.of_class[c]));
    }
    for (size_t row = 0; row < rows; row++)
        assert_int_equal(held[row], 1);
    bp_data_destroy(data);
}

/* Also if there are more folds than rows of a class, down to folds of one row. */
static void each_row_is_held_out_once_and_folds_are_alike(void **state)
{
    static const size_t folds[] = {2, 3, 5, 12, 101};
    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++)
        for (size_t k = 0; k < COUNT(folds); k++)
            for (int labelled = 0; labelled < 2 && folds[k] <= sizes[i]; labelled++)
                expect_folds(sizes[i], folds[k], labelled);
}

/* ---- what parts share */

static void target_and_weights_go_with_their_rows(void **state)
{
    double target[24], weights[12];
    bp_data *data = make(12, false), *parts[2] = {NULL, NULL};
    (void)state;
    for (int i = 0; i < 12; i++) {
        target[2 * i] = i + 0.25;
        target[2 * i + 1] = i + 0.5;
        weights[i] = 2 * i;
    }
    assert_int_equal(bp_data_set_target(data, BP_F64, target, 2, 0, BP_HOLD_BORROW), BP_OK);
    assert_int_equal(bp_data_set_weights(data, BP_F64, weights, BP_HOLD_COPY), BP_OK);
    assert_int_equal(bp_data_split(data, 0.5, 1, &parts[0], &parts[1]), BP_OK);
    bp_data_destroy(data);
    for (int part = 0; part < 2; part++) {
        const struct shown s = shown_by(parts[part]);
        assert_int_equal(bp_data_outputs(parts[part]), 2);
        assert_true(is_weighted(parts[part]));
        for (size_t i = 0; i < s.count; i++) {
            double of_row[2], weight;
            assert_int_equal(bp_data_copy_target(parts[part], i, 1, BP_F64, of_row), BP_OK);
            assert_memory_equal(of_row, &target[2 * s.row[i]], sizeof(of_row));
            assert_int_equal(bp_data_copy_weights(parts[part], i, 1, &weight), BP_OK);
            assert_true(weight == weights[s.row[i]]);
        }
        bp_data_destroy(parts[part]);
    }
}

/* Whole and parts are destroyed in every order. Those that are left still show their rows, and at the end all memory
 * is released. */
static void parts_of_parts_outlive_the_whole(void **state)
{
    static const int orders[][5] = {{0, 1, 2, 3, 4}, {4, 3, 2, 1, 0}, {1, 3, 0, 4, 2}, {2, 0, 4, 1, 3}};
    (void)state;
    for (size_t i = 0; i < COUNT(orders); i++) {
        bp_data *sets[5] = {make(101, true)};
        struct shown before[5];
        assert_int_equal(bp_data_split(sets[0], 0.6, i, &sets[1], &sets[2]), BP_OK);
        assert_int_equal(bp_data_fold(sets[1], 4, 2, i, &sets[3], &sets[4]), BP_OK);
        for (int k = 0; k < 5; k++)
            before[k] = shown_by(sets[k]);
        assert_int_equal(before[3].count + before[4].count, before[1].count);
        for (int gone = 0; gone < 5; gone++) {
            bp_data_destroy(sets[orders[i][gone]]);
            for (int k = gone + 1; k < 5; k++) {
                const struct shown now = shown_by(sets[orders[i][k]]);
                assert_true(same_rows(&now, &before[orders[i][k]]));
            }
        }
        assert_int_equal(failing.live, 0);
    }
}

/* A target for one data set would be a target for all that share its rows. */
static void shared_rows_take_nothing_but_new_inputs(void **state)
{
    static const double weights[12] = {1};
    const float x = 5;
    bp_data *data = make(12, true), *first = NULL, *second = NULL;
    (void)state;
    assert_int_equal(bp_data_split(data, 0.5, 1, &first, &second), BP_OK);
    assert_int_equal(bp_data_set_weights(data, BP_F64, weights, BP_HOLD_COPY), BP_ERR_STATE);
    assert_non_null(strstr(bp_last_error(), "another data set or a training still uses these rows"));
    assert_int_equal(bp_data_set_weights(first, BP_F64, weights, BP_HOLD_COPY), BP_ERR_STATE);
    assert_non_null(strstr(bp_last_error(), "shows rows of another"));
    const struct shown before = shown_by(second);
    assert_int_equal(bp_data_set_inputs(first, BP_F32, &x, 1, 1, 0, BP_HOLD_COPY), BP_OK);
    assert_int_equal(bp_data_set_weights(first, BP_F64, weights, BP_HOLD_COPY), BP_OK);
    assert_int_equal(shown_by(first).row[0], 5);
    const struct shown after = shown_by(second);
    assert_true(same_rows(&before, &after));
    assert_false(is_weighted(second));
    bp_data_destroy(first);
    bp_data_destroy(second);
    assert_int_equal(bp_data_set_weights(data, BP_F64, weights, BP_HOLD_COPY), BP_OK);
    bp_data_destroy(data);
}

static void two_parts_need_two_places_and_two_rows(void **state)
{
    (void)state;
    for (int how = SPLIT; how <= FOLD; how++) {
        bp_data *data = make_for((enum how)how, 12), *single = make_for((enum how)how, 1), *first = NULL,
                *second = NULL;
        const double fraction = how == FOLD ? 2 : 0.5;
        assert_int_equal(divide(data, (enum how)how, fraction, 0, 1, &first, &first), BP_ERR_ARG);
        assert_non_null(strstr(bp_last_error(), "are the same"));
        assert_int_equal(divide(single, (enum how)how, fraction, 0, 1, &first, &second), BP_ERR_SHAPE);
        assert_non_null(strstr(bp_last_error(), "at least 2 rows are needed: the data set has 1"));
        assert_true(!first && !second);
        bp_data_destroy(data);
        bp_data_destroy(single);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_split_has_each_row_once_and_the_fraction_to_the_nearest_row),
        TEST(a_split_has_the_fraction_of_every_class),
        TEST(classes_without_rows_change_nothing_and_need_no_memory),
        TEST(a_seed_draws_its_own_rows_every_time),
        TEST(every_row_is_as_likely_as_every_other),
        TEST(these_are_the_rows_of_seed_42),
        TEST(parts_that_find_no_memory_leave_nothing),
        TEST(each_row_is_held_out_once_and_folds_are_alike),
        TEST(target_and_weights_go_with_their_rows),
        TEST(parts_of_parts_outlive_the_whole),
        TEST(shared_rows_take_nothing_but_new_inputs),
        TEST(two_parts_need_two_places_and_two_rows),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
