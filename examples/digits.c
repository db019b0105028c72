/* SPDX-License-Identifier: MIT
 *
 * Reads handwritten digits of 8 by 8 pixels from two IDX files, sets a fifth of them aside, and trains on the others
 * until the training stops by itself. Then it prints how well the best net reads the digits that it has not seen. */
#include <stdio.h>
#include <stdlib.h>

#include <bp/bp.h>

#include "arguments.h"

static const char usage[] =
    "usage: digits [FOLDER] [--expect ACCURACY]\n"
    "FOLDER has digits-images-idx3-ubyte and digits-labels-idx1-ubyte; libbp's own unless given.\n"
    "--expect: fail below this accuracy, from 0 to 1.\n";

enum { SIDE = 8, PIXELS = SIDE * SIDE, CLASSES = 10, DRAWN = 4 };

static void need(bp_status status)
{
    if (status >= 0)
        return;
    fprintf(stderr, "digits: %s\n", bp_last_error());
    exit(EXIT_FAILURE);
}

static bp_data *load(const char *folder)
{
    char images[4096], options[4096];
    bp_data *data = NULL;
    snprintf(images, sizeof(images), "%s/digits-images-idx3-ubyte", folder);
    snprintf(options, sizeof(options), "labels_file=\"%s/digits-labels-idx1-ubyte\"", folder);
    need(bp_data_load(&data, images, options));
    if (bp_data_inputs(data) == PIXELS && bp_data_classes(data) == CLASSES)
        return data;
    fprintf(stderr, "digits: %s: its images must have %d by %d pixels and be of %d digits\n", images, SIDE, SIDE,
            CLASSES);
    exit(EXIT_FAILURE);
}

static bp_net *build(void)
{
    bp_net *net = NULL;
    need(bp_net_create(&net, BP_F32, PIXELS));
    need(bp_net_add_dense(net, 100, BP_ACT_RELU));
    need(bp_net_add_dense(net, CLASSES, BP_ACT_SOFTMAX));
    need(bp_net_set_text(net, "loss=cross_entropy optimizer=adam"));
    need(bp_net_init(net, 1));
    return net;
}

/* Trains until the loss on the rows of `watch` stops falling. The net then has the parameters of the best epoch. */
static void train(bp_net *net, const bp_data *learn, const bp_data *watch)
{
    bp_train *training = NULL;
    double epochs, best;
    need(bp_train_create(&training, net, learn, watch));
    need(bp_train_set_text(training, "patience=20"));
    need(bp_train_run(training, NULL, NULL));
    need(bp_train_record(training, 0, BP_RECORD_EPOCH, &epochs));
    need(bp_train_record(training, 0, BP_RECORD_BEST_EPOCH, &best));
    printf("%.0f epochs, the best was number %.0f\n", epochs, best);
    bp_train_destroy(training);
}

static void print_confusion(const bp_net *net, const bp_data *unseen)
{
    size_t counts[CLASSES * CLASSES];
    need(bp_net_confusion(net, unseen, counts));
    printf("\nWhat it says (across) of what it is shown (down):\n\n   ");
    for (int digit = 0; digit < CLASSES; digit++)
        printf("%4d", digit);
    for (int shown = 0; shown < CLASSES; shown++) {
        printf("\n%3d", shown);
        for (int said = 0; said < CLASSES; said++)
            printf("%4zu", counts[shown * CLASSES + said]);
    }
    printf("\n");
}

/* Prints two characters for each pixel, so that it is about square. A pixel is a byte from 0 to 16, times 1/255. */
static void draw(const float *image)
{
    static const char ink[] = " .:-=+*#%@";
    for (int i = 0; i < PIXELS; i++) {
        const char dot = ink[(int)(255 * image[i] * 9 / 16 + 0.5F)];
        printf("%c%c%s", dot, dot, i % SIDE == SIDE - 1 ? "\n" : "");
    }
}

static int largest(const float *outputs)
{
    int best = 0;
    for (int k = 1; k < CLASSES; k++)
        best = outputs[k] > outputs[best] ? k : best;
    return best;
}

static void print_mistakes(const bp_net *net, const bp_data *unseen)
{
    float image[PIXELS], outputs[CLASSES];
    int32_t label;
    for (size_t row = 0, drawn = 0; row < bp_data_rows(unseen) && drawn < DRAWN; row++) {
        need(bp_data_copy_inputs(unseen, row, 1, BP_F32, image));
        need(bp_data_copy_labels(unseen, row, 1, &label));
        need(bp_net_predict_f32(net, image, 1, outputs, NULL));
        if (largest(outputs) == label)
            continue;
        printf("\nsays %d, is %d:\n", largest(outputs), (int)label);
        draw(image);
        drawn++;
    }
}

int main(int argc, char **argv)
{
    struct arguments arguments = {.usage = usage, .path = DIGITS_FOLDER};
    bp_data *others = NULL, *unseen = NULL, *learn = NULL, *watch = NULL;
    double accuracy;
    arguments_read(&arguments, argc, argv);
    bp_data *all = load(arguments.path);
    need(bp_data_split(all, 0.8, 1, &others, &unseen));
    need(bp_data_split(others, 0.9, 2, &learn, &watch));
    bp_net *net = build();
    train(net, learn, watch);
    print_confusion(net, unseen);
    print_mistakes(net, unseen);
    need(bp_net_evaluate(net, unseen, BP_METRIC_ACCURACY, &accuracy));
    printf("\n%.2f %% of the %zu digits held out are read right.\n", 100 * accuracy, bp_data_rows(unseen));
    bp_net_destroy(net);
    bp_data_destroy(watch);
    bp_data_destroy(learn);
    bp_data_destroy(unseen);
    bp_data_destroy(others);
    bp_data_destroy(all);
    return accuracy < arguments.expect ? EXIT_FAILURE : EXIT_SUCCESS;
}
