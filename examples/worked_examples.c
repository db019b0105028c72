/* SPDX-License-Identifier: MIT
 *
 * The worked examples that libbp was tested against from the start: for each figure, what it should be, what libbp
 * computes, and the difference. docs/derivation.md explains each of them. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bp/bp.h>

static const char usage[] = "usage: worked_examples\n"
                            "It prints each figure of the worked examples, and fails if libbp computes another.\n";

static bool all_agree = true;

static void check(bp_status status)
{
    if (status != BP_OK) {
        fprintf(stderr, "worked_examples: %s\n", bp_last_error());
        exit(EXIT_FAILURE);
    }
}

static void title(const char *text)
{
    printf("\n%s\n%-18s %22s %22s %11s\n", text, "", "expected", "libbp", "difference");
}

static void compare(const char *name, double expected, double computed, double tolerance)
{
    const double difference = computed - expected;
    const bool agrees = fabs(difference) <= tolerance;

    printf("%-18s %22.17g %22.17g %11.1e%s\n", name, expected, computed, difference, agrees ? "" : "  WRONG");
    all_agree = all_agree && agrees;
}

/* For figures given to the last digit: the order of operations may change them by 4 units in the last place. */
static void compare_digits(const char *name, double expected, double computed)
{
    const double size = fabs(expected);

    compare(name, expected, computed, 4 * (nextafter(size, INFINITY) - size));
}

/* A net with one hidden layer, half squared error and learning rate 0.5, whose biases, if any, are not trained. */
static bp_net *build(size_t inputs, size_t hidden, int32_t activation, size_t outputs, int32_t bias)
{
    bp_net *net = NULL;

    check(bp_net_create(&net, BP_F64, inputs));
    check(bp_net_add_dense(net, hidden, activation));
    check(bp_net_add_dense(net, outputs, BP_ACT_SIGMOID));
    for (size_t layer = 0; layer < 2; layer++) {
        check(bp_net_layer_set(net, layer, BP_LAYER_BIAS, bias));
        check(bp_net_layer_set(net, layer, BP_LAYER_TRAIN_BIAS, 0));
    }
    check(bp_net_set(net, BP_OPT_LOSS, BP_LOSS_SQUARED));
    check(bp_net_set(net, BP_OPT_LEARNING_RATE, 0.5));
    check(bp_net_init(net, 1));
    return net;
}

/* ------------------------------------------------------- 000: 2-3-2 units, one bias value for all units of a layer */

static const double x_000[2] = {5, 10};

static bp_net *build_000(void)
{
    const double hidden[3][2] = {{0.1, 0.15}, {0.2, 0.25}, {0.3, 0.35}}, hidden_bias = 0.35;
    const double output[2][3] = {{0.4, 0.5, 0.6}, {0.45, 0.55, 0.65}}, output_bias = 0.65;
    bp_net *net = build(2, 3, BP_ACT_SIGMOID, 2, BP_BIAS_SHARED);

    check(bp_net_write_f64(net, BP_ARRAY_WEIGHTS, 0, hidden[0], 6));
    check(bp_net_write_f64(net, BP_ARRAY_BIAS, 0, &hidden_bias, 1));
    check(bp_net_write_f64(net, BP_ARRAY_WEIGHTS, 1, output[0], 6));
    check(bp_net_write_f64(net, BP_ARRAY_BIAS, 1, &output_bias, 1));
    return net;
}

static void gradient_000(void)
{
    const double target[2] = {0.01, 0.99};
    double hidden[3], output[2], loss, dw[2][3];
    bp_net *net = build_000();

    check(bp_net_forward_f64(net, x_000, 1, output));
    check(bp_net_backward_f64(net, target, 1, &loss));
    check(bp_net_read_f64(net, BP_ARRAY_ACTIVATION, 0, hidden, 3));
    check(bp_net_read_f64(net, BP_ARRAY_WEIGHT_GRADIENT, 1, dw[0], 6));

    title("000: forward and backward, target (0.01, 0.99)");
    compare_digits("hidden 1", 0.9129342275597286, hidden[0]);
    compare_digits("hidden 2", 0.9791636554813196, hidden[1]);
    compare_digits("hidden 3", 0.9952742873976046, hidden[2]);
    compare_digits("output 1", 0.8910896614765176, output[0]);
    compare_digits("output 2", 0.9043299248500164, output[1]);
    compare_digits("loss", 0.3918291766685041, loss);
    compare_digits("dloss/dw7", 0.07806387550033887, dw[0][0]);
    bp_net_destroy(net);
}

static void step_000(const char *text, const double target[2], const double expected[12])
{
    double hidden[3][2], output[2][3];
    char name[16];
    bp_net *net = build_000();

    check(bp_net_train_f64(net, x_000, target, 1, NULL));
    check(bp_net_read_f64(net, BP_ARRAY_WEIGHTS, 0, hidden[0], 6));
    check(bp_net_read_f64(net, BP_ARRAY_WEIGHTS, 1, output[0], 6));

    title(text);
    for (int i = 0; i < 12; i++) { /* the article numbers the weights of the output layer by input */
        const double weight = i < 6 ? hidden[i / 2][i % 2] : output[i % 2][(i - 6) / 2];
        snprintf(name, sizeof name, "w%d", i + 1);
        compare_digits(name, expected[i], weight);
    }
    bp_net_destroy(net);
}

static void article_000(void)
{
    const double near_target[2] = {0.01, 0.99}, far_target[2] = {0, 1};
    const double near_weights[12] = {0.0938660917985833, 0.13773218359716657, 0.19802721973428622, 0.24605443946857242,
                                     0.2994533791079845, 0.3489067582159689,  0.3609680622498306,  0.4533833089635062,
                                     0.4581364640581681, 0.5536287533891512,  0.5574476639638248,  0.653688458944847};
    const double far_weights[12] = {0.09386631682087375, 0.13773263364174748, 0.1980267403252208, 0.24605348065044158,
                                    0.2994531447534454,  0.34890628950689084, 0.3605250660434654, 0.4537782320399227,
                                    0.4576613303938861,  0.5540523264259203,  0.556964712705892,  0.6541190012244457};

    gradient_000();
    step_000("000: weights after one step, target (0.01, 0.99)", near_target, near_weights);
    step_000("000: weights after one step, target (0, 1)", far_target, far_weights);
}

/* --------------------------------------------------------------------------- 001: 2-2-2 units, no bias, 1000 steps */

struct run_001 {
    const char *title;
    double hidden[2][2], output[2][2]; /* the first weights, a row per unit */
    int train_output;
    double expected[2][3]; /* of steps 0 and 999: loss, output 1, output 2 */
};

static const struct run_001 runs_001[] = {
    {"001: both layers are trained",
     {{0.15, 0.25}, {0.20, 0.30}},
     {{0.40, 0.50}, {0.45, 0.55}},
     1,
     {{0.16328681495493247, 0.6206057013288266, 0.6333768372099627},
      {2.4942882582406807e-08, 0.11021332040302412, 0.8899338171410527}}},
    {"001: the output layer is frozen",
     {{0.15, 0.25}, {0.20, 0.30}},
     {{0.40, 0.50}, {0.45, 0.55}},
     0,
     {{0.16328681495493247, 0.6206057013288266, 0.6333768372099627},
      {0.15297212851298914, 0.5534572620604341, 0.5594097494603906}}},
    {"001: every first weight is 0.5",
     {{0.5, 0.5}, {0.5, 0.5}},
     {{0.5, 0.5}, {0.5, 0.5}},
     1,
     {{0.17483390824781575, 0.6507776782147005, 0.6507776782147005},
      {1.4454785140720433e-08, 0.11015449310336974, 0.889928996821954}}},
};

static void compare_001(int step, const double expected[3], double loss, const double y[2])
{
    const double computed[3] = {loss, y[0], y[1]};
    const char *names[3] = {"loss", "output 1", "output 2"};

    for (int i = 0; i < 3; i++) {
        char name[32];
        snprintf(name, sizeof name, "step %3d %s", step, names[i]);
        compare(name, expected[i], computed[i], 1e-9 * expected[i]);
    }
}

static void article_001(const struct run_001 *run)
{
    const double x[2] = {0.9, 0.1}, target[2] = {0.11, 0.89};
    double y[2], loss;
    bp_net *net = build(2, 2, BP_ACT_SIGMOID, 2, BP_BIAS_NONE);

    check(bp_net_write_f64(net, BP_ARRAY_WEIGHTS, 0, run->hidden[0], 4));
    check(bp_net_write_f64(net, BP_ARRAY_WEIGHTS, 1, run->output[0], 4));
    check(bp_net_layer_set(net, 1, BP_LAYER_TRAIN_WEIGHTS, run->train_output));

    title(run->title);
    for (int step = 0; step < 1000; step++) {
        check(bp_net_forward_f64(net, x, 1, y));
        check(bp_net_backward_f64(net, target, 1, &loss));
        check(bp_net_step(net));
        if (step == 0 || step == 999)
            compare_001(step, run->expected[step == 999], loss, y);
    }
    bp_net_destroy(net);
}

/* --------------------- 003: word counts, an identity layer that starts at zero, no bias; small enough to do by hand */

static void article_003(void)
{
    const double x[4] = {1, 0, 2, 3}, target = 1; /* how often each of four words occurs in a good review */
    const double hidden[2][4] = {{0}}, output[2] = {0.8, -0.6};
    double y, dw[2][4], after[2];
    bp_net *net = build(4, 2, BP_ACT_IDENTITY, 1, BP_BIAS_NONE);

    check(bp_net_write_f64(net, BP_ARRAY_WEIGHTS, 0, hidden[0], 8));
    check(bp_net_write_f64(net, BP_ARRAY_WEIGHTS, 1, output, 2));
    check(bp_net_forward_f64(net, x, 1, &y));
    check(bp_net_backward_f64(net, &target, 1, NULL));
    check(bp_net_read_f64(net, BP_ARRAY_WEIGHT_GRADIENT, 0, dw[0], 8));
    check(bp_net_step(net));
    check(bp_net_read_f64(net, BP_ARRAY_WEIGHTS, 1, after, 2));

    /* delta of the output is (0.5 - 1) 0.5 (1 - 0.5) = -0.125; those of the hidden units are -0.125 times 0.8 and -0.6,
     * because the identity's derivative is 1. Times x they give the gradient. */
    title("003: word counts (1, 0, 2, 3), worked out by hand");
    compare_digits("output", 0.5, y);
    for (int word = 0; word < 4; word++) {
        char name[32];
        snprintf(name, sizeof name, "dloss/dw1 word %d", word + 1);
        compare_digits(name, -0.1 * x[word], dw[0][word]);
        snprintf(name, sizeof name, "dloss/dw2 word %d", word + 1);
        compare_digits(name, 0.075 * x[word], dw[1][word]);
    }
    compare_digits("output weight 1", 0.8, after[0]); /* unchanged, because the hidden units were 0 */
    compare_digits("output weight 2", -0.6, after[1]);
    bp_net_destroy(net);
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        const bool help = strcmp(argv[1], "--help") == 0;
        fputs(usage, help ? stdout : stderr);
        return help ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    article_000();
    for (size_t i = 0; i < sizeof runs_001 / sizeof *runs_001; i++)
        article_001(&runs_001[i]);
    article_003();
    printf("\n%s\n", all_agree ? "All figures agree." : "Some figures DISAGREE.");
    return all_agree ? EXIT_SUCCESS : EXIT_FAILURE;
}
