/* SPDX-License-Identifier: MIT
 *
 * Reads MNIST's handwritten digits by the recipe of the guide: 100 units, Adam, and every other option at its
 * default. A tenth of the 60,000 images is kept for validation, and the training ends with the net that reads these
 * best. The 10,000 test images are for the accuracy at the end. */
#include <stdio.h>
#include <stdlib.h>

#include <bp/bp.h>

#include "arguments.h"

static const char usage[] =
    "usage: mnist FOLDER [--expect ACCURACY]\n"
    "FOLDER has MNIST's four files, train-images-idx3-ubyte and so on, all packed (.gz) or none.\n"
    "--expect: fail below this accuracy, from 0 to 1.\n";

static void need(bp_status status)
{
    if (status >= 0)
        return;
    fprintf(stderr, "mnist: %s\n", bp_last_error());
    exit(EXIT_FAILURE);
}

/* Loads FOLDER/NAME-images-idx3-ubyte and its labels, or their gzipped files if they exist. */
static bp_data *load(const char *folder, const char *name)
{
    char images[4096], options[4096];
    bp_data *data = NULL;
    snprintf(images, sizeof(images), "%s/%s-images-idx3-ubyte.gz", folder, name);
    FILE *packed = fopen(images, "rb");
    const char *ending = packed ? ".gz" : "";
    if (packed)
        fclose(packed);
    snprintf(images, sizeof(images), "%s/%s-images-idx3-ubyte%s", folder, name, ending);
    snprintf(options, sizeof(options), "labels_file=\"%s/%s-labels-idx1-ubyte%s\"", folder, name, ending);
    need(bp_data_load(&data, images, options));
    return data;
}

static bp_net *build(const bp_data *data)
{
    bp_net *net = NULL;
    need(bp_net_create(&net, BP_F32, bp_data_inputs(data)));
    need(bp_net_add_dense(net, 100, BP_ACT_RELU));
    need(bp_net_add_dense(net, bp_data_classes(data), BP_ACT_SOFTMAX));
    need(bp_net_set_text(net, "loss=cross_entropy optimizer=adam"));
    need(bp_net_init(net, 1));
    return net;
}

static int32_t report(bp_train *train, void *user)
{
    double epoch, loss, accuracy, seconds;
    (void)user;
    bp_train_record(train, 0, BP_RECORD_EPOCH, &epoch);
    bp_train_record(train, 0, BP_RECORD_LOSS, &loss);
    bp_train_record(train, 0, BP_RECORD_VALID_ACCURACY, &accuracy);
    bp_train_record(train, 0, BP_RECORD_SECONDS, &seconds);
    printf("epoch %2.0f: loss %.4f, %.2f %% of the watched images read right, %.1f s\n", epoch, loss, 100 * accuracy,
           seconds);
    fflush(stdout);
    return 0;
}

int main(int argc, char **argv)
{
    struct arguments arguments = {.usage = usage};
    bp_data *learn = NULL, *watch = NULL;
    bp_train *train = NULL;
    double best, accuracy;
    arguments_read(&arguments, argc, argv);
    bp_data *all = load(arguments.path, "train"), *test = load(arguments.path, "t10k");
    need(bp_data_split(all, 0.9, 1, &learn, &watch));
    bp_net *net = build(all);
    need(bp_train_create(&train, net, learn, watch));
    need(bp_train_run(train, report, NULL));
    need(bp_train_record(train, 0, BP_RECORD_BEST_EPOCH, &best));
    need(bp_net_evaluate(net, test, BP_METRIC_ACCURACY, &accuracy));
    printf("the net of epoch %.0f reads %.2f %% of the %zu test images right\n", best, 100 * accuracy,
           bp_data_rows(test));
    bp_train_destroy(train);
    bp_net_destroy(net);
    bp_data_destroy(watch);
    bp_data_destroy(learn);
    bp_data_destroy(test);
    bp_data_destroy(all);
    return accuracy < arguments.expect ? EXIT_FAILURE : EXIT_SUCCESS;
}
