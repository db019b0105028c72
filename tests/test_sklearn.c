/* SPDX-License-Identifier: MIT
 *
 * As good as scikit-learn: a net of its default shape, with 100 ReLU units and Adam, and all else as bp_train has it,
 * against MLPClassifier and MLPRegressor with their defaults, on the same rows (tests/vectors/make_sklearn.py). With
 * --all also on MNIST and the reviews, which takes minutes. */
#include "vectors.h"
#include "read_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FOLDS = 5, MOST_SEEDS = 10, HIDDEN = 100, PATH_CAPACITY = 512 };

struct data_set {
    const char *name;
    const char *files[4]; /* under ../shared/data: the file of the rows, and, if the test rows are fixed, their file */
    bp_status (*read)(bp_data *data, const char *const *paths);
    bool regression, fixed;
    size_t train_rows; /* the number of first rows, if all are in one file; 0: see is_test() */
    bool watched;      /* a tenth of these is for validation, by which bp_train stops */
};

static bp_status read_classes(bp_data *data, const char *const *paths)
{
    return read_csv(data, paths[0], "-1 class=yes");
}

static bp_status read_numbers(bp_data *data, const char *const *paths) { return read_csv(data, paths[0], "-1"); }

static bp_status read_images(bp_data *data, const char *const *paths) { return read_idx(data, paths[0], paths[1]); }

static bp_status read_reviews(bp_data *data, const char *const *paths) { return read_libsvm(data, paths[0], 0); }

static const struct data_set quick_sets[] = {
    {"iris", {"tables/iris.csv"}, read_classes, false, false, 0, false},
    {"banknote", {"tables/banknote_authentication.csv"}, read_classes, false, false, 0, false},
    {"wine", {"tables/winequality-red.csv"}, read_numbers, true, false, 0, false},
    {"abalone", {"tables/abalone.csv"}, read_numbers, true, false, 0, false},
    {"digits",
     {"digits/digits-images-idx3-ubyte", "digits/digits-labels-idx1-ubyte"},
     read_images,
     false,
     false,
     0,
     false},
};

static const struct data_set large_sets[] = {
    {"mnist",
     {"mnist/train-images-idx3-ubyte.gz", "mnist/train-labels-idx1-ubyte.gz", "mnist/t10k-images-idx3-ubyte.gz",
      "mnist/t10k-labels-idx1-ubyte.gz"},
     read_images,
     false,
     true,
     0,
     false},
    {"polarity", {"polarity/reviews.libsvm.gz"}, read_reviews, false, true, 1800, true},
};

/* ---- the rows */

/* The test is skipped if the file is missing. */
static bp_data *load(const struct data_set *set, const char *const *files)
{
    char paths[2][PATH_CAPACITY];
    const char *const at[2] = {paths[0], paths[1]}, *root = getenv("BP_SOURCE_ROOT");
    bp_data *data = NULL;
    for (size_t i = 0; i < 2; i++)
        snprintf(paths[i], PATH_CAPACITY, "%s/../shared/data/%s", root ? root : ".", files[i] ? files[i] : "");
    FILE *file = fopen(paths[0], "rb");
    if (!file) {
        print_message("%s is not here\n", paths[0]);
        skip();
    }
    fclose(file);
    assert_int_equal(bp_data_create(&data, NULL), BP_OK);
    if (set->read(data, at) != BP_OK)
        fail_msg("%s", bp_last_error());
    return data;
}

static bool is_test(const struct data_set *set, size_t row, size_t seed)
{
    return set->train_rows > 0 ? row >= set->train_rows : row % FOLDS == seed;
}

static bp_data *select_rows(const struct data_set *set, const bp_data *all, size_t seed, bool test)
{
    const size_t rows = bp_data_rows(all);
    size_t *chosen = calloc(rows, sizeof(*chosen)), count = 0;
    assert_non_null(chosen);
    for (size_t i = 0; i < rows; i++)
        if (is_test(set, i, seed) == test)
            chosen[count++] = i;
    bp_data *selected = any_view(all, chosen, count);
    free(chosen);
    return selected;
}

/* ---- the training */

static bp_net *net_for(const struct data_set *set, const bp_data *data, uint64_t seed)
{
    const struct any_layer layers[] = {
        {HIDDEN, BP_ACT_RELU, 0, 0}, {bp_data_outputs(data), set->regression ? BP_ACT_IDENTITY : BP_ACT_SOFTMAX, 0, 0}};
    bp_net *net = any_net(BP_F32, bp_data_inputs(data), layers, 2, seed);
    any_ok(bp_net_set(net, BP_OPT_LOSS, set->regression ? BP_LOSS_SQUARED : BP_LOSS_CROSS_ENTROPY));
    any_ok(bp_net_set(net, BP_OPT_OPTIMIZER, BP_OPTIM_ADAM));
    return net;
}

/* Accuracy, or the root of the mean squared error. */
static double score(const struct data_set *set, const bp_data *data, const bp_data *test, uint64_t seed)
{
    bp_net *net = net_for(set, data, seed);
    bp_train *train = NULL;
    bp_data *rows = NULL, *watch = NULL;
    double value = 0;
    if (set->watched)
        assert_int_equal(bp_data_split(data, 0.9, seed, &rows, &watch), BP_OK);
    assert_int_equal(bp_train_create(&train, net, rows ? rows : data, watch), BP_OK);
    bp_data_destroy(rows);
    bp_data_destroy(watch);
    assert_int_equal(bp_train_set(train, BP_TRAIN_SEED, (double)seed), BP_OK);
    if (bp_train_run(train, NULL, NULL) != BP_OK)
        fail_msg("%s", bp_last_error());
    if (bp_net_evaluate(net, test, set->regression ? BP_METRIC_MSE : BP_METRIC_ACCURACY, &value) != BP_OK)
        fail_msg("%s", bp_last_error());
    bp_train_destroy(train);
    bp_net_destroy(net);
    return set->regression ? sqrt(value) : value;
}

/* Mean and standard deviation over the seeds. */
struct spread {
    double mean, deviation;
};

static struct spread spread_of(const double *values, size_t count)
{
    struct spread spread = {0, 0};
    for (size_t i = 0; i < count; i++)
        spread.mean += values[i] / (double)count;
    for (size_t i = 0; i < count; i++)
        spread.deviation += pow(values[i] - spread.mean, 2) / (double)count;
    spread.deviation = sqrt(spread.deviation);
    return spread;
}

/* Not worse by more than the standard deviation of such a difference. */
static void compare(const struct data_set *set, const double *scores, const struct vector *theirs)
{
    const struct spread ours = spread_of(scores, theirs->count), other = spread_of(theirs->values, theirs->count);
    const double worse = set->regression ? ours.mean - other.mean : other.mean - ours.mean;
    print_message("%-10s %7.4f +- %.4f, scikit-learn %7.4f +- %.4f\n", set->name, ours.mean, ours.deviation, other.mean,
                  other.deviation);
    assert_true(worse <= hypot(ours.deviation, other.deviation));
}

/* With as many seeds as scikit-learn had. */
static void as_good_as_sklearn(void **state)
{
    const struct data_set *set = *state;
    const struct vector *theirs = vectors_need(set->name, "scores");
    double scores[MOST_SEEDS];
    any_need(BP_F32);
    assert_true(theirs->count >= FOLDS && theirs->count <= (set->fixed ? MOST_SEEDS : FOLDS));
    bp_data *all = load(set, set->files), *held = set->fixed && set->files[2] ? load(set, set->files + 2) : NULL;
    for (size_t seed = 0; seed < theirs->count; seed++) {
        bp_data *data = held ? all : select_rows(set, all, seed, false);
        bp_data *test = held ? held : select_rows(set, all, seed, true);
        scores[seed] = score(set, data, test, seed);
        if (!held) {
            bp_data_destroy(data);
            bp_data_destroy(test);
        }
    }
    bp_data_destroy(held);
    bp_data_destroy(all);
    compare(set, scores, theirs);
}

#define TEST(set)                                                                                                      \
    {                                                                                                                  \
        (set)->name, as_good_as_sklearn, NULL, NULL, (void *)(set)                                                     \
    }

int main(int count, char **arguments)
{
    const bool all = count > 1 && strcmp(arguments[1], "--all") == 0;
    const struct CMUnitTest quick[] = {TEST(quick_sets), TEST(quick_sets + 1), TEST(quick_sets + 2),
                                       TEST(quick_sets + 3), TEST(quick_sets + 4)};
    const struct CMUnitTest large[] = {TEST(large_sets), TEST(large_sets + 1)};
    if (vectors_read("sklearn.txt") != 0)
        return 1;
    const int failed = all ? cmocka_run_group_tests(large, NULL, NULL) : 0;
    return failed + cmocka_run_group_tests(quick, NULL, vectors_free);
}
