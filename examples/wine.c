/* SPDX-License-Identifier: MIT
 *
 * A regression: predicts the mark that tasters give a red wine, from the values that a laboratory measures. The columns
 * and the marks differ much in size. The net scales them: it takes numbers as they are in the file, and predicts
 * marks. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <bp/bp.h>

#include "arguments.h"

static const char usage[] = "usage: wine [FILE] [--expect R2]\n"
                            "FILE is a CSV file with a column called quality; libbp's own unless given.\n"
                            "--expect: fail below this coefficient of determination.\n";

/* Stops if a call failed, and prints the sentence that says why. */
static void need(bp_status status)
{
    if (status >= 0)
        return;
    fprintf(stderr, "wine: %s\n", bp_last_error());
    exit(1);
}

static bp_net *net_for(const bp_data *data)
{
    bp_net *net = NULL;
    need(bp_net_create(&net, BP_F32, bp_data_inputs(data)));
    need(bp_net_add_dense(net, 24, BP_ACT_TANH));
    need(bp_net_add_dense(net, 1, BP_ACT_IDENTITY));
    need(bp_net_set(net, BP_OPT_OPTIMIZER, BP_OPTIM_ADAM));
    need(bp_net_set(net, BP_OPT_LEARNING_RATE, 0.005));
    need(bp_net_init(net, 1));
    return net;
}

/* Trains until the loss on the rows of `watch` stops falling. */
static void train(bp_net *net, const bp_data *learn, const bp_data *watch)
{
    bp_train *training = NULL;
    double epochs, best;
    need(bp_train_create(&training, net, learn, watch));
    need(bp_train_set(training, BP_TRAIN_PATIENCE, 20));
    need(bp_train_run(training, NULL, NULL));
    need(bp_train_record(training, 0, BP_RECORD_EPOCH, &epochs));
    need(bp_train_record(training, 0, BP_RECORD_BEST_EPOCH, &best));
    printf("%.0f epochs, the best was number %.0f\n\n", epochs, best);
    bp_train_destroy(training);
}

static void describe(const bp_net *net)
{
    size_t size;
    need(bp_net_describe(net, NULL, 0, &size));
    char *text = malloc(size);
    need(text ? BP_OK : BP_ERR_MEMORY);
    need(bp_net_describe(net, text, size, NULL));
    printf("%s\n", text);
    free(text);
}

static double measure(const bp_net *net, const bp_data *data, int32_t metric)
{
    double value;
    need(bp_net_evaluate(net, data, metric, &value));
    return value;
}

/* Prints the predictions for the first wines, whose inputs are the numbers of the file. */
static void taste(const bp_net *net, const bp_data *data)
{
    enum { WINES = 5, MOST = 32 };
    float x[WINES * MOST], mark[WINES], predicted[WINES];
    if (bp_data_inputs(data) > MOST || bp_data_rows(data) < WINES)
        return;
    need(bp_data_copy_inputs(data, 0, WINES, BP_F32, x));
    need(bp_data_copy_target(data, 0, WINES, BP_F32, mark));
    need(bp_net_predict_f32(net, x, WINES, predicted, NULL));
    for (size_t i = 0; i < WINES; i++)
        printf("tasters %.0f, net %.2f\n", (double)mark[i], (double)predicted[i]);
}

int main(int argc, char **argv)
{
    struct arguments arguments = {.usage = usage, .path = WINE_FILE, .expect = 0.3};
    bp_data *data = NULL, *others = NULL, *judge = NULL, *learn = NULL, *watch = NULL;
    arguments_read(&arguments, argc, argv);
    need(bp_data_load(&data, arguments.path, "target=quality"));
    need(bp_data_split(data, 0.8, 1, &others, &judge));
    need(bp_data_split(others, 0.85, 2, &learn, &watch));
    bp_net *net = net_for(data);
    train(net, learn, watch);
    describe(net);
    taste(net, judge);
    const double r2 = measure(net, judge, BP_METRIC_R2);
    printf("of %zu wines it has not seen: off by %.2f marks in the mean, root mean square %.2f, R2 %.2f\n",
           bp_data_rows(judge), measure(net, judge, BP_METRIC_MAE), sqrt(measure(net, judge, BP_METRIC_MSE)), r2);
    bp_net_destroy(net);
    bp_data_destroy(watch);
    bp_data_destroy(learn);
    bp_data_destroy(judge);
    bp_data_destroy(others);
    bp_data_destroy(data);
    return r2 >= arguments.expect ? EXIT_SUCCESS : EXIT_FAILURE;
}
