/* SPDX-License-Identifier: MIT
 *
 * The smallest complete program: a 2-4-1 network learns exclusive or. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bp/bp.h>

static const char usage[] = "usage: xor\n"
                            "It prints what the net says of each of the four cases, and the loss.\n";

/* Every call returns a status. Stops if it is a failure, and prints the sentence that says why. */
static void check(bp_status status)
{
    if (status != BP_OK) {
        fprintf(stderr, "xor: %s\n", bp_last_error());
        exit(EXIT_FAILURE);
    }
}

int main(int argc, char **argv)
{
    const float x[] = {0, 0, 0, 1, 1, 0, 1, 1}; /* a row for each of the four cases */
    const float target[] = {0, 1, 1, 0};
    float y[4];
    double loss = 0;
    bp_net *net = NULL;

    if (argc > 1) {
        const int help = strcmp(argv[1], "--help") == 0;
        fputs(usage, help ? stdout : stderr);
        return help ? EXIT_SUCCESS : EXIT_FAILURE;
    }

    check(bp_net_create(&net, BP_F32, 2));
    check(bp_net_add_dense(net, 4, BP_ACT_TANH));
    check(bp_net_add_dense(net, 1, BP_ACT_SIGMOID));
    check(bp_net_set(net, BP_OPT_LEARNING_RATE, 1.0));
    check(bp_net_init(net, 1)); /* the same seed gives the same first weights */

    for (int step = 0; step < 1000; step++)
        check(bp_net_train_f32(net, x, target, 4, &loss));

    check(bp_net_predict_f32(net, x, 4, y, NULL));
    for (int row = 0; row < 4; row++)
        printf("%g xor %g = %.3f\n", (double)x[2 * row], (double)x[2 * row + 1], (double)y[row]);
    printf("loss %.5f\n", loss);

    bp_net_destroy(net);
    return loss < 0.01 ? EXIT_SUCCESS : EXIT_FAILURE;
}
