/* SPDX-License-Identifier: MIT
 *
 * Recognises three kinds of iris by the lengths and widths of their leaves: it reads a CSV file, splits the rows,
 * trains until the training stops by itself, and prints how often each kind was predicted for each kind. */
#include <stdio.h>
#include <stdlib.h>

#include <bp/bp.h>

#include "arguments.h"

static const char usage[] = "usage: iris [FILE] [--expect ACCURACY]\n"
                            "FILE is a CSV file, whose last column is the class; libbp's own unless given.\n"
                            "--expect: fail below this accuracy, from 0 to 1.\n";

/* Stops if a call failed, and prints the sentence that says why. */
static void need(bp_status status)
{
    if (status >= 0)
        return;
    fprintf(stderr, "iris: %s\n", bp_last_error());
    exit(1);
}

static bp_net *net_for(const bp_data *data)
{
    bp_net *net = NULL;
    need(bp_net_create(&net, BP_F32, bp_data_inputs(data)));
    need(bp_net_add_dense(net, 16, BP_ACT_TANH));
    need(bp_net_add_dense(net, bp_data_classes(data), BP_ACT_SOFTMAX));
    need(bp_net_set(net, BP_OPT_LOSS, BP_LOSS_CROSS_ENTROPY));
    need(bp_net_set(net, BP_OPT_OPTIMIZER, BP_OPTIM_ADAM));
    need(bp_net_set(net, BP_OPT_LEARNING_RATE, 0.01));
    need(bp_net_init(net, 1));
    return net;
}

static int32_t print_epoch(bp_train *train, void *user)
{
    double epoch, loss, valid, accuracy;
    (void)user;
    bp_train_record(train, 0, BP_RECORD_EPOCH, &epoch);
    bp_train_record(train, 0, BP_RECORD_LOSS, &loss);
    bp_train_record(train, 0, BP_RECORD_VALID_LOSS, &valid);
    bp_train_record(train, 0, BP_RECORD_VALID_ACCURACY, &accuracy);
    if ((int)epoch % 10 == 0)
        printf("epoch %3.0f: loss %.4f, on the others %.4f, %.1f %% right\n", epoch, loss, valid, 100 * accuracy);
    return 0;
}

/* Prints a row for each true kind, with a column for each predicted kind. */
static void print_confusion(const bp_net *net, const bp_data *data)
{
    const size_t classes = bp_data_classes(data);
    size_t *counts = calloc(classes * classes, sizeof(*counts));
    need(counts ? BP_OK : BP_ERR_MEMORY);
    need(bp_net_confusion(net, data, counts));
    for (size_t truth = 0; truth < classes; truth++) {
        printf("%16s", bp_data_name(data, BP_TEXT_CLASS, truth));
        for (size_t taken = 0; taken < classes; taken++)
            printf(" %3zu", counts[truth * classes + taken]);
        printf("\n");
    }
    free(counts);
}

/* Prints the findings of the doctor, if there are any. */
static void print_findings(bp_train *train)
{
    size_t findings;
    need(bp_train_diagnose(train, &findings));
    for (size_t i = 0; i < findings; i++)
        printf("%s\n", bp_train_finding_text(train, i));
}

int main(int argc, char **argv)
{
    struct arguments arguments = {.usage = usage, .path = IRIS_FILE, .expect = 0.9};
    bp_data *data = NULL, *learn = NULL, *judge = NULL;
    bp_train *train = NULL;
    double accuracy, epoch;
    arguments_read(&arguments, argc, argv);
    need(bp_data_load(&data, arguments.path, "target=-1"));
    need(bp_data_split(data, 0.7, 1, &learn, &judge));
    bp_net *net = net_for(data);
    need(bp_train_create(&train, net, learn, judge));
    need(bp_train_set(train, BP_TRAIN_BATCH, 16));
    need(bp_train_set(train, BP_TRAIN_PATIENCE, 20));
    need(bp_train_run(train, print_epoch, NULL));
    need(bp_train_record(train, 0, BP_RECORD_BEST_EPOCH, &epoch));
    need(bp_net_evaluate(net, judge, BP_METRIC_ACCURACY, &accuracy));
    printf("the net of epoch %.0f has %.1f %% of %zu unseen flowers right\n", epoch, 100 * accuracy,
           bp_data_rows(judge));
    print_confusion(net, judge);
    print_findings(train);
    bp_train_destroy(train);
    bp_net_destroy(net);
    bp_data_destroy(judge);
    bp_data_destroy(learn);
    bp_data_destroy(data);
    return accuracy >= arguments.expect ? EXIT_SUCCESS : EXIT_FAILURE;
}
