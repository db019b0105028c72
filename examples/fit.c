/* SPDX-License-Identifier: MIT
 *
 * Fits a curve to noisy points by a 1-5-1 net and Levenberg-Marquardt, which needs no learning rate and no patience. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <bp/bp.h>

#include "arguments.h"

static const char usage[] = "usage: fit [--expect RMS]\n"
                            "--expect: fail if the curve is further than this from the one without noise.\n";

enum { POINTS = 80, LINES = 11 };

/* Stops if a call failed, and prints the sentence that says why. */
static void need(bp_status status)
{
    if (status >= 0)
        return;
    fprintf(stderr, "fit: %s\n", bp_last_error());
    exit(EXIT_FAILURE);
}

static double truth(double x) { return sin(3 * x) * exp(-x * x / 2); }

/* A number that is nearly normal: the sum of 12 uniform numbers from a fixed sequence. */
static double noise(void)
{
    static uint32_t state = 1;
    double sum = -6;
    for (int i = 0; i < 12; i++) {
        state = state * 1664525 + 1013904223;
        sum += state / 4294967296.0;
    }
    return 0.05 * sum;
}

static bp_data *points(void)
{
    double x[POINTS], y[POINTS];
    bp_data *data = NULL;
    for (int i = 0; i < POINTS; i++) {
        x[i] = 4.0 * i / (POINTS - 1) - 2;
        y[i] = truth(x[i]) + noise();
    }
    need(bp_data_create(&data, NULL));
    need(bp_data_set_inputs(data, BP_F64, x, POINTS, 1, 0, BP_HOLD_COPY));
    need(bp_data_set_target(data, BP_F64, y, 1, 0, BP_HOLD_COPY));
    return data;
}

static int32_t print_epoch(bp_train *train, void *user)
{
    double epoch, loss, gradient;
    (void)user;
    bp_train_record(train, 0, BP_RECORD_EPOCH, &epoch);
    bp_train_record(train, 0, BP_RECORD_LOSS, &loss);
    bp_train_record(train, 0, BP_RECORD_GRADIENT, &gradient);
    if (epoch <= 5 || (int)epoch % 25 == 0)
        printf("epoch %3.0f: loss %.6f, gradient %.1e\n", epoch, loss, gradient);
    return 0;
}

/* Prints the curve; returns the root mean square error. */
static double print_curve(const bp_net *net)
{
    double sum = 0;
    printf("\n    x    curve      net\n");
    for (int i = 0; i < LINES; i++) {
        const double x = 4.0 * i / (LINES - 1) - 2;
        double y;
        need(bp_net_predict_f64(net, &x, 1, &y, NULL));
        printf("%5.1f %8.4f %8.4f\n", x, truth(x), y);
        sum += (y - truth(x)) * (y - truth(x));
    }
    return sqrt(sum / LINES);
}

int main(int argc, char **argv)
{
    struct arguments arguments = {.usage = usage, .path = "", .expect = (double)INFINITY};
    arguments_read(&arguments, argc, argv);
    if (*arguments.path) {
        fprintf(stderr, "fit reads no file\n%s", usage);
        return EXIT_FAILURE;
    }
    bp_data *data = points();
    bp_net *net = NULL;
    bp_train *train = NULL;
    need(bp_net_create(&net, BP_F64, 1));
    need(bp_net_add_dense(net, 5, BP_ACT_TANH));
    need(bp_net_add_dense(net, 1, BP_ACT_IDENTITY));
    need(bp_net_init(net, 1));
    need(bp_train_create(&train, net, data, NULL));
    need(bp_train_set(train, BP_TRAIN_METHOD, BP_METHOD_LM));
    need(bp_train_run(train, print_epoch, NULL));
    const double rms = print_curve(net);
    printf("\n%.4f off in the root mean square, from points that are 0.05 off\n", rms);
    bp_train_destroy(train);
    bp_net_destroy(net);
    bp_data_destroy(data);
    return rms <= arguments.expect ? EXIT_SUCCESS : EXIT_FAILURE;
}
