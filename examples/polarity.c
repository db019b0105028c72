/* SPDX-License-Identifier: MIT
 *
 * The network of article 003 (docs/derivation.md) on movie reviews as word counts, 50,920 for each review, of which
 * nearly all are 0: a hidden layer of 10 with identity, a sigmoid output, no biases, hidden weights from 0, output
 * weights from N(0, 1), half squared error, one review at a time. The reviews are sparse rows, so an epoch takes only
 * a few milliseconds: its time depends only on the words that occur.
 *
 * It trains on all rows of a LIBSVM file except the last 200, which measure the accuracy. */
#include <stdio.h>
#include <stdlib.h>

#include <bp/bp.h>

#include "arguments.h"

enum { HIDDEN = 10, TEST_ROWS = 200, EPOCHS = 40 };

static const char usage[] = "usage: polarity FILE [--expect ACCURACY]\n"
                            "FILE is of reviews in two classes, in the LIBSVM format, plain or gzipped.\n"
                            "--expect: fail below this accuracy, from 0 to 1.\n";

static void need(bp_status status)
{
    if (status >= 0)
        return;
    fprintf(stderr, "polarity: %s\n", bp_last_error());
    exit(EXIT_FAILURE);
}

static bp_net *build(size_t words)
{
    bp_net *net = NULL;

    need(bp_net_create(&net, BP_F32, words));
    need(bp_net_add_dense(net, HIDDEN, BP_ACT_IDENTITY));
    need(bp_net_layer_set(net, 0, BP_LAYER_BIAS, BP_BIAS_NONE));
    need(bp_net_layer_set(net, 0, BP_LAYER_INIT, BP_INIT_ZEROS));
    need(bp_net_add_dense(net, 1, BP_ACT_SIGMOID));
    need(bp_net_layer_set(net, 1, BP_LAYER_BIAS, BP_BIAS_NONE));
    need(bp_net_layer_set(net, 1, BP_LAYER_INIT, BP_INIT_NORMAL));
    need(bp_net_set(net, BP_OPT_LOSS, BP_LOSS_SQUARED));
    need(bp_net_set(net, BP_OPT_LEARNING_RATE, 0.0001));
    need(bp_net_init(net, 1));
    return net;
}

/* A new data set of the rows first to first + count - 1. */
static bp_data *rows_of(const bp_data *data, size_t first, size_t count)
{
    size_t *rows = malloc(count * sizeof *rows);
    bp_data *some = NULL;

    if (!rows) {
        fprintf(stderr, "polarity: no memory\n");
        exit(EXIT_FAILURE);
    }
    for (size_t i = 0; i < count; i++)
        rows[i] = first + i;
    need(bp_data_create(&some, NULL));
    need(bp_data_show(some, data, rows, count));
    free(rows);
    return some;
}

int main(int argc, char **argv)
{
    struct arguments arguments = {.usage = usage};
    bp_data *all = NULL;
    bp_train *training = NULL;
    double right = 0, loss = 0, seconds = 0;

    arguments_read(&arguments, argc, argv);
    need(bp_data_load(&all, arguments.path, "format=libsvm"));
    const size_t rows = bp_data_rows(all);
    if (rows <= TEST_ROWS || bp_data_classes(all) != 2) {
        fprintf(stderr, "polarity: %s: it must have more than %d rows, of two classes\n", arguments.path, TEST_ROWS);
        return EXIT_FAILURE;
    }
    bp_data *train = rows_of(all, 0, rows - TEST_ROWS), *test = rows_of(all, rows - TEST_ROWS, TEST_ROWS);
    bp_net *net = build(bp_data_inputs(all));
    printf("%zu rows of %zu words, %.0f of which occur in a review\n", rows, bp_data_inputs(all),
           (double)bp_data_nonzeros(all, 0, rows) / (double)rows);

    need(bp_train_create(&training, net, train, NULL));
    bp_train_set(training, BP_TRAIN_BATCH, 1);
    for (size_t epoch = 1; epoch <= EPOCHS; epoch++) {
        need(bp_train_epoch(training));
        bp_train_record(training, 0, BP_RECORD_LOSS, &loss);
        bp_train_record(training, 0, BP_RECORD_SECONDS, &seconds);
        need(bp_net_evaluate(net, test, BP_METRIC_ACCURACY, &right));
        printf("epoch %2zu   loss %.4f   %.1f ms   accuracy on the last %d: %.1f %%\n", epoch, loss, 1e3 * seconds,
               TEST_ROWS, 100 * right);
    }

    bp_train_destroy(training);
    bp_net_destroy(net);
    bp_data_destroy(test);
    bp_data_destroy(train);
    bp_data_destroy(all);
    return right < arguments.expect ? EXIT_FAILURE : EXIT_SUCCESS;
}
