/* SPDX-License-Identifier: MIT
 *
 * The recipe of article 002 (docs/derivation.md) on MNIST: 784-30-10 units, sigmoid, half squared error, batches of 10,
 * learning rate 3, 30 epochs, first weights and biases from N(0, 1), pixels divided by 256, the first 50,000 images to
 * train on, the 10,000 test images to be judged by. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <bp/bp.h>

#include "arguments.h"
#include "samples.h"

enum { HIDDEN = 30, BATCH = 10, TRAINING = 50000 };

static const float unit = 256;

static void check(bp_status status)
{
    if (status != BP_OK) {
        fprintf(stderr, "mnist: %s\n", bp_last_error());
        exit(EXIT_FAILURE);
    }
}

static void add_layer(bp_net *net, size_t units)
{
    const size_t layer = bp_net_layers(net);

    check(bp_net_add_dense(net, units, BP_ACT_SIGMOID));
    check(bp_net_layer_set(net, layer, BP_LAYER_INIT, BP_INIT_NORMAL));
    check(bp_net_layer_set(net, layer, BP_LAYER_BIAS_INIT, BP_INIT_NORMAL));
}

static bp_net *build(size_t pixels, uint64_t seed)
{
    bp_net *net = NULL;

    check(bp_net_create(&net, BP_F32, pixels));
    add_layer(net, HIDDEN);
    add_layer(net, CLASSES);
    check(bp_net_set(net, BP_OPT_LOSS, BP_LOSS_SQUARED));
    check(bp_net_set(net, BP_OPT_LEARNING_RATE, 3.0));
    check(bp_net_init(net, seed));
    return net;
}

/* Trains once on each of the samples order[0 .. rows - 1], a batch at a time. */
static void train_epoch(bp_net *net, const struct samples *samples, const size_t *order, size_t rows)
{
    float *x = allocate(BATCH * samples->pixels, sizeof *x);
    int32_t labels[BATCH];

    for (size_t first = 0; first < rows; first += BATCH) {
        const size_t batch = rows - first < BATCH ? rows - first : BATCH;
        samples_batch(samples, order + first, batch, unit, x, labels);
        check(bp_net_train_labels_f32(net, x, labels, batch, NULL));
    }
    free(x);
}

/* The share of the samples that the network reads right. */
static double accuracy(const bp_net *net, const struct samples *samples)
{
    const size_t rows = samples->count;
    size_t *order = order_create(rows);
    float *x = allocate(rows * samples->pixels, sizeof *x);
    float *y = allocate(rows * CLASSES, sizeof *y);
    int32_t *labels = allocate(rows, sizeof *labels);
    size_t right = 0;

    samples_batch(samples, order, rows, unit, x, labels);
    check(bp_net_predict_f32(net, x, rows, y, NULL));
    for (size_t row = 0; row < rows; row++)
        right += class_of(y + row * CLASSES) == labels[row];
    free(labels);
    free(y);
    free(x);
    free(order);
    return (double)right / (double)rows;
}

static double seconds(void)
{
    struct timespec now;

    timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int main(int argc, char **argv)
{
    struct arguments arguments = {.seed = 1, .epochs = 30};
    struct samples train, test;

    if (!arguments_read(&arguments, argc, argv) ||
        !samples_read(&train, arguments.folder, "train-images-idx3-ubyte", "train-labels-idx1-ubyte") ||
        !samples_read(&test, arguments.folder, "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"))
        return EXIT_FAILURE;

    const size_t rows = train.count < TRAINING ? train.count : TRAINING;
    size_t *order = order_create(rows);
    bp_net *net = build(train.pixels, arguments.seed);
    uint64_t state = arguments.seed;
    double right = 0, spent = 0;

    for (size_t epoch = 1; epoch <= arguments.epochs; epoch++) {
        order_shuffle(order, rows, &state);
        const double begin = seconds();
        train_epoch(net, &train, order, rows);
        spent += seconds() - begin;
        right = accuracy(net, &test);
        printf("epoch %2zu   accuracy %.2f %%\n", epoch, 100 * right);
        fflush(stdout);
    }
    printf("\n%.2f %% of the %zu test images are read right; trained on %.0f samples a second.\n", 100 * right,
           test.count, (double)(rows * arguments.epochs) / spent);

    bp_net_destroy(net);
    free(order);
    samples_free(&test);
    samples_free(&train);
    return right < arguments.expect ? EXIT_FAILURE : EXIT_SUCCESS;
}
