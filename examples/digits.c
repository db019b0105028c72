/* SPDX-License-Identifier: MIT
 *
 * Reads handwritten digits of 8 by 8 pixels: trains on the first four fifths of them, and tells how well it reads the
 * last fifth, which it has never seen. */
#include <stdio.h>
#include <stdlib.h>

#include <bp/bp.h>

#include "arguments.h"
#include "samples.h"

enum { HIDDEN = 64, BATCH = 16, PROGRESS = 10, DRAWN = 4 };

static const float brightest = 16; /* pixels are 0 .. 16, the network gets 0 .. 1 */

/* The digits that no training has seen, and what the network says of them. */
struct held_out {
    const struct samples *digits;
    const size_t *order; /* [rows], where each stands among the digits */
    size_t rows;
    int32_t *said; /* [rows] */
};

static void check(bp_status status)
{
    if (status != BP_OK) {
        fprintf(stderr, "digits: %s\n", bp_last_error());
        exit(EXIT_FAILURE);
    }
}

static bp_net *build(size_t pixels, uint64_t seed)
{
    bp_net *net = NULL;

    check(bp_net_create(&net, BP_F32, pixels));
    check(bp_net_add_dense(net, HIDDEN, BP_ACT_RELU));
    check(bp_net_add(net, BP_KIND_DROPOUT, "rate=0.2"));
    check(bp_net_add_dense(net, CLASSES, BP_ACT_SOFTMAX));
    check(bp_net_set(net, BP_OPT_LOSS, BP_LOSS_CROSS_ENTROPY));
    check(bp_net_set(net, BP_OPT_OPTIMIZER, BP_OPTIM_ADAM));
    check(bp_net_init(net, seed));
    return net;
}

/* Trains once on each of the samples order[0 .. rows - 1], a batch at a time. Returns the mean loss. */
static double train_epoch(bp_net *net, const struct samples *digits, const size_t *order, size_t rows)
{
    float *x = allocate(BATCH * digits->pixels, sizeof *x);
    int32_t labels[BATCH];
    double sum = 0;

    for (size_t first = 0; first < rows; first += BATCH) {
        const size_t batch = rows - first < BATCH ? rows - first : BATCH;
        double loss = 0;
        samples_batch(digits, order + first, batch, brightest, x, labels);
        check(bp_net_train_labels_f32(net, x, labels, batch, &loss));
        sum += loss * (double)batch;
    }
    free(x);
    return sum / (double)rows;
}

static void predict(const bp_net *net, struct held_out *held_out)
{
    const size_t rows = held_out->rows;
    float *x = allocate(rows * held_out->digits->pixels, sizeof *x);
    float *y = allocate(rows * CLASSES, sizeof *y);
    int32_t *labels = allocate(rows, sizeof *labels);

    samples_batch(held_out->digits, held_out->order, rows, brightest, x, labels);
    check(bp_net_predict_f32(net, x, rows, y, NULL));
    for (size_t row = 0; row < rows; row++)
        held_out->said[row] = class_of(y + row * CLASSES);
    free(labels);
    free(y);
    free(x);
}

static int32_t label(const struct held_out *held_out, size_t row)
{
    return held_out->digits->labels.bytes[held_out->order[row]];
}

static double accuracy(const struct held_out *held_out)
{
    size_t right = 0;

    for (size_t row = 0; row < held_out->rows; row++)
        right += held_out->said[row] == label(held_out, row);
    return (double)right / (double)held_out->rows;
}

static void print_confusion(const struct held_out *held_out)
{
    int table[CLASSES][CLASSES] = {{0}};

    for (size_t row = 0; row < held_out->rows; row++)
        table[label(held_out, row)][held_out->said[row]]++;
    printf("\nWhat it said (across) of what it was shown (down):\n\n   ");
    for (int k = 0; k < CLASSES; k++)
        printf("%4d", k);
    for (int shown = 0; shown < CLASSES; shown++) {
        printf("\n%3d", shown);
        for (int k = 0; k < CLASSES; k++) {
            if (table[shown][k] == 0)
                printf("   .");
            else
                printf("%4d", table[shown][k]);
        }
    }
    printf("\n");
}

/* Draws images side by side, two characters to a pixel, which makes it about square. */
static void draw(const struct idx *images, const size_t *which, size_t count)
{
    static const char ink[] = " .:-=+*#%@"; /* ten steps for the pixels 0 .. 16 */

    for (size_t i = 0; i < images->height; i++) {
        for (size_t k = 0; k < count; k++) {
            const unsigned char *line = images->bytes + (which[k] * images->height + i) * images->width;
            for (size_t j = 0; j < images->width; j++) {
                const char dot = ink[line[j] < 16 ? line[j] * 10 / 17 : 9];
                printf("%c%c", dot, dot);
            }
            printf("    ");
        }
        printf("\n");
    }
}

static void print_mistakes(const struct held_out *held_out)
{
    const int across = 2 * (int)held_out->digits->images.width + 4;
    size_t wrong[DRAWN], count = 0;

    printf("\nSome of its mistakes:\n\n");
    for (size_t row = 0; row < held_out->rows && count < DRAWN; row++) {
        if (held_out->said[row] != label(held_out, row)) {
            char caption[32];
            snprintf(caption, sizeof caption, "said %d, is %d", (int)held_out->said[row], (int)label(held_out, row));
            printf("%-*s", across, caption);
            wrong[count++] = held_out->order[row];
        }
    }
    printf("\n");
    draw(&held_out->digits->images, wrong, count);
}

int main(int argc, char **argv)
{
    struct arguments arguments = {.folder = DIGITS_FOLDER, .seed = 1, .epochs = 80};
    struct samples digits;

    if (!arguments_read(&arguments, argc, argv) ||
        !samples_read(&digits, arguments.folder, "digits-images-idx3-ubyte", "digits-labels-idx1-ubyte"))
        return EXIT_FAILURE;

    const size_t held = digits.count / 5, training = digits.count - held;
    size_t *order = order_create(digits.count);
    struct held_out held_out = {&digits, order + training, held, allocate(held, sizeof(int32_t))};
    bp_net *net = build(digits.pixels, arguments.seed);
    uint64_t state = arguments.seed;

    for (size_t epoch = 1; epoch <= arguments.epochs; epoch++) {
        order_shuffle(order, training, &state);
        const double loss = train_epoch(net, &digits, order, training);
        predict(net, &held_out);
        if (epoch % PROGRESS == 0 || epoch == arguments.epochs)
            printf("epoch %3zu   training loss %.4f   held-out accuracy %.2f %%\n", epoch, loss,
                   100 * accuracy(&held_out));
    }
    print_confusion(&held_out);
    print_mistakes(&held_out);
    const double right = accuracy(&held_out);
    printf("\n%.2f %% of the %zu digits held out are read right.\n", 100 * right, held);

    bp_net_destroy(net);
    free(held_out.said);
    free(order);
    samples_free(&digits);
    return right < arguments.expect ? EXIT_FAILURE : EXIT_SUCCESS;
}
