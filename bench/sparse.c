/* SPDX-License-Identifier: MIT
 *
 * What an epoch of article 003 costs on sparse rows: against the bare arithmetic on their numbers, and against the same
 * rows written out. On a LIBSVM file of reviews, or rows made up in their likeness.
 * usage: sparse [FILE] [--quick] */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bp/bp.h>

#include "peer_sparse.h"
#include "timing.h"

enum { ROWS = 1800, INPUTS = 50920, NUMBERS = 340, HIDDEN = 10, REPEATS = 31, DENSE_ROWS = 60, BATCH = 32 };

struct rows {
    const bp_data *data;
    size_t count, inputs;
    float *values, *dense; /* dense: the first DENSE_ROWS of them */
    int32_t *columns;
    int64_t *starts;
    float *target;
};

static void check(bp_status status)
{
    if (status >= 0)
        return;
    fprintf(stderr, "sparse: %s\n", bp_last_error());
    exit(1);
}

/* ---- rows */

/* Counts of words, of which the first are the most frequent: the n-th has a share of about 1 / n. */
static bp_data *make_up(void)
{
    static float values[ROWS * NUMBERS];
    static int32_t columns[ROWS * NUMBERS];
    static int64_t starts[ROWS + 1];
    static int32_t labels[ROWS];
    uint64_t state = 1;
    size_t at = 0;
    bp_data *data = NULL;
    for (size_t row = 0; row < ROWS; row++) {
        const size_t first = at;
        starts[row] = (int64_t)at;
        labels[row] = (int32_t)(row % 2);
        for (int32_t last = -1; at - first < NUMBERS; at++) {
            state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            const double chance = (double)(state >> 11) * 0x1p-53, nth = (double)(at - first) + chance;
            const int32_t column = (int32_t)exp(log(INPUTS - NUMBERS) * nth / NUMBERS) - 1;
            columns[at] = last = column > last ? column : last + 1;
            values[at] = (float)(1 + (state >> 60));
        }
    }
    starts[ROWS] = (int64_t)at;
    check(bp_data_create(&data, NULL));
    check(bp_data_set_sparse(data, BP_F32, values, columns, starts, ROWS, INPUTS, BP_HOLD_BORROW));
    check(bp_data_set_labels(data, BP_I32, labels, 2, BP_HOLD_BORROW));
    return data;
}

static bp_data *read_file(const char *path)
{
    bp_data *data = NULL, *first = NULL;
    size_t row[ROWS];
    check(bp_data_load(&data, path, "format=libsvm"));
    const size_t rows = bp_data_rows(data) < ROWS ? bp_data_rows(data) : ROWS;
    for (size_t i = 0; i < rows; i++)
        row[i] = i;
    check(bp_data_create(&first, NULL));
    check(bp_data_show(first, data, row, rows));
    bp_data_destroy(data);
    return first;
}

static struct rows rows_of(const bp_data *data)
{
    struct rows r = {.data = data, .count = bp_data_rows(data), .inputs = bp_data_inputs(data)};
    const size_t numbers = bp_data_nonzeros(data, 0, r.count);
    r.values = need(malloc((numbers + 1) * sizeof(float)));
    r.columns = need(malloc((numbers + 1) * sizeof(int32_t)));
    r.starts = need(malloc((r.count + 1) * sizeof(int64_t)));
    r.dense = need(malloc(DENSE_ROWS * r.inputs * sizeof(float)));
    r.target = need(malloc(r.count * sizeof(float)));
    int32_t *labels = need(malloc(r.count * sizeof(int32_t)));
    check(bp_data_copy_sparse(data, 0, r.count, BP_F32, r.values, r.columns, r.starts));
    check(bp_data_copy_inputs(data, 0, DENSE_ROWS, BP_F32, r.dense));
    check(bp_data_copy_labels(data, 0, r.count, labels));
    for (size_t i = 0; i < r.count; i++)
        r.target[i] = (float)labels[i];
    free(labels);
    return r;
}

/* ---- what is measured */

struct work {
    const struct rows *rows;
    bp_net *net;
    bp_train *train;
    float *w;
};

static void bare(const struct work *work)
{
    bare_epoch(work->rows->values, work->rows->columns, work->rows->starts, work->rows->count, work->w);
}

static void train_sparse(const struct work *work, size_t batch)
{
    const struct rows *r = work->rows;
    for (size_t row = 0; row < r->count; row += batch) {
        const size_t some = r->count - row < batch ? r->count - row : batch;
        check(bp_net_train_rows(work->net, r->data, row, some, NULL));
    }
}

static void one_by_one(const struct work *work) { train_sparse(work, 1); }
static void in_batches(const struct work *work) { train_sparse(work, BATCH); }
static void by_bp_train(const struct work *work) { check(bp_train_epoch(work->train)); }

/* Some of the rows; the time is taken for all. */
static void dense(const struct work *work)
{
    for (size_t row = 0; row < DENSE_ROWS; row++)
        check(bp_net_train_f32(work->net, work->rows->dense + row * work->rows->inputs, work->rows->target + row, 1,
                               NULL));
}

static bp_net *net_of(size_t inputs, int32_t optimizer)
{
    bp_net *net = NULL;
    check(bp_net_create(&net, BP_F32, inputs));
    bp_net_add_dense(net, HIDDEN, BP_ACT_IDENTITY);
    bp_net_add_dense(net, 1, BP_ACT_SIGMOID);
    for (size_t layer = 0; layer < 2; layer++)
        bp_net_layer_set(net, layer, BP_LAYER_BIAS, BP_BIAS_NONE);
    bp_net_set(net, BP_OPT_OPTIMIZER, optimizer);
    bp_net_set(net, BP_OPT_LEARNING_RATE, 0.001);
    check(bp_net_init(net, 1));
    return net;
}

enum { BARE, ONE, MANY, TRAIN, ADAM, DENSE, WORKS };

static const struct {
    const char *what;
    void (*epoch)(const struct work *work);
    double rows; /* that an epoch of it has; 0: all */
} works_of[WORKS] = {
    [BARE] = {"the arithmetic on the numbers alone", bare, 0},
    [ONE] = {"bp_net_train_rows, a row at a time", one_by_one, 0},
    [MANY] = {"the same in batches of 32", in_batches, 0},
    [TRAIN] = {"bp_train_epoch, a row at a time", by_bp_train, 0},
    [ADAM] = {"Adam, in batches of 32", in_batches, 0},
    [DENSE] = {"bp_net_train_f32 of the rows written out, a row at a time", dense, DENSE_ROWS},
};

/* The median over the rounds of how many times the one's time is the other's. */
static double times_median(size_t rounds, const double *times, const double *others)
{
    double ratios[REPEATS];
    for (size_t i = 0; i < rounds; i++)
        ratios[i] = times[i] / others[i];
    return median(ratios, rounds);
}

static void row(const char *what, double figure, int at_least, double bound)
{
    const int met = at_least ? figure >= bound : figure <= bound;
    printf("| %s | %s %g x | %.3g x | %s |\n", what, at_least ? ">=" : "<=", bound, figure, met ? "pass" : "SHORT");
}

int main(int argc, char **argv)
{
    const int quick = argc > 1 && strcmp(argv[argc - 1], "--quick") == 0;
    bp_data *data = argc - quick > 1 ? read_file(argv[1]) : make_up();
    const struct rows rows = rows_of(data);
    const size_t rounds = quick ? 1 : REPEATS;
    double times[WORKS][REPEATS];
    struct work works[WORKS];
    run_on_one_cpu();
    for (size_t i = 0; i < WORKS; i++) {
        works[i] = (struct work){.rows = &rows, .net = net_of(rows.inputs, i == ADAM ? BP_OPTIM_ADAM : BP_OPTIM_SGD)};
        works[i].w = i == BARE ? need(aligned_alloc(64, rows.inputs * BARE_UNITS * sizeof(float))) : NULL;
        if (i == BARE)
            memset(works[i].w, 0, rows.inputs * BARE_UNITS * sizeof(float));
        if (i == TRAIN) {
            check(bp_train_create(&works[i].train, works[i].net, data, NULL));
            bp_train_set(works[i].train, BP_TRAIN_BATCH, 1);
        }
    }
    for (size_t repeat = 0; repeat < rounds; repeat++)
        for (size_t i = 0; i < WORKS; i++) {
            works_of[i].epoch(&works[i]); /* into the caches */
            const double start = worked();
            works_of[i].epoch(&works[i]);
            times[i][repeat] = (worked() - start) * (works_of[i].rows > 0 ? (double)rows.count / works_of[i].rows : 1);
        }
    printf("%zu rows, %zu inputs, %.1f numbers a row\n\n| an epoch | ms | times the bare arithmetic |\n| --- | --- | "
           "--- |\n",
           rows.count, rows.inputs, (double)rows.starts[rows.count] / (double)rows.count);
    for (size_t i = 0; i < WORKS; i++) {
        double sorted[REPEATS];
        memcpy(sorted, times[i], sizeof(sorted));
        printf("| %s | %.3f | %.3g |\n", works_of[i].what, 1e3 * median(sorted, rounds),
               times_median(rounds, times[i], times[BARE]));
    }
    printf("\n| what | asked | measured | |\n| --- | --- | --- | --- |\n");
    row("an epoch of sparse rows, over the bare arithmetic", times_median(rounds, times[ONE], times[BARE]), 0, 3);
    row("the rows written out, over the sparse ones", times_median(rounds, times[DENSE], times[ONE]), 1, 50);
    for (size_t i = 0; i < WORKS; i++) {
        bp_train_destroy(works[i].train);
        bp_net_destroy(works[i].net);
        free(works[i].w);
    }
    void *const blocks[] = {rows.values, rows.dense, rows.columns, rows.starts, rows.target};
    for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
        free(blocks[i]);
    bp_data_destroy(data);
    return 0;
}
