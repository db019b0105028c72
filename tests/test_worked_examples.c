/* SPDX-License-Identifier: MIT */

/*
 * The articles from which libbp started, as golden figures. Each figure was computed again in IEEE double before it was
 * written here. An f64 net must give it within 4 ulp, an f32 net within a relative 1e-6. If a figure cannot be as
 * exact, its test says why, and by how much it is bounded.
 */

#include "any.h"

#include <locale.h>
#include <math.h>
#include <string.h>

enum { MAX_PARAMETERS = 16, STEPS = 1000 };

static double tolerance(int32_t dtype, double figure)
{
    const double ulp = nextafter(fabs(figure), INFINITY) - fabs(figure);
    return dtype == BP_F64 ? 4 * ulp : 1e-6 * fabs(figure);
}

static void assert_figure(int32_t dtype, const char *what, double got, double figure)
{
    if (!(fabs(got - figure) <= tolerance(dtype, figure)))
        fail_msg("%s: %s is %.17g, the figure is %.17g", bp_key_name(dtype), what, got, figure);
}

/* ---- article 000 */

/* Three hidden weight rows, the shared hidden bias, two output weight rows, the shared output bias. */
static const double start_000[] = {0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.35, 0.4, 0.5, 0.6, 0.45, 0.55, 0.65, 0.65};

/* The places of w1 .. w12 of the article among the flat parameters: the article lists the output weights by hidden
 * unit. */
static const size_t place_000[12] = {0, 1, 2, 3, 4, 5, 7, 10, 8, 11, 9, 12};

struct step_000 {
    double target[2];
    double loss, dw7; /* 0: the article does not give it */
    double after[12]; /* w1 .. w12 */
};

static const struct step_000 steps_000[] = {
    {{0.01, 0.99},
     0.3918291766685041,
     0.07806387550033887,
     {0.0938660917985833, 0.13773218359716657, 0.19802721973428622, 0.24605443946857242, 0.2994533791079845,
      0.3489067582159689, 0.3609680622498306, 0.4533833089635062, 0.4581364640581681, 0.5536287533891512,
      0.5574476639638248, 0.653688458944847}},
    {{0, 1},
     0,
     0,
     {0.09386631682087375, 0.13773263364174748, 0.1980267403252208, 0.24605348065044158, 0.2994531447534454,
      0.34890628950689084, 0.3605250660434654, 0.4537782320399227, 0.4576613303938861, 0.5540523264259203,
      0.556964712705892, 0.6541190012244457}},
};

static bp_net *net_000(int32_t dtype)
{
    static const struct any_layer layers[] = {{3, BP_ACT_SIGMOID, BP_BIAS_SHARED, 0},
                                              {2, BP_ACT_SIGMOID, BP_BIAS_SHARED, 0}};
    bp_net *net = any_net(dtype, 2, layers, 2, 0);
    assert_int_equal(any_parameters(net), sizeof start_000 / sizeof *start_000);
    any_ok(any_set_parameters(net, start_000));
    for (size_t layer = 0; layer < 2; layer++)
        any_ok(bp_net_layer_set(net, layer, BP_LAYER_TRAIN_BIAS, 0));
    any_ok(bp_net_set(net, BP_OPT_LEARNING_RATE, 0.5));
    return net;
}

static void article_000_forward_gives_its_figures(void **state)
{
    static const double x[] = {5, 10};
    static const double hidden_out[] = {0.9129342275597286, 0.9791636554813196, 0.9952742873976046};
    static const double output[] = {0.8910896614765176, 0.9043299248500164};
    const int32_t dtype = any_dtype(state);
    bp_net *net = net_000(dtype);

    double y[2], a[3];
    any_ok(any_forward(net, x, 1, y));
    any_ok(any_get_activation(net, 0, a));
    for (size_t i = 0; i < 3; i++)
        assert_figure(dtype, "a hidden output", a[i], hidden_out[i]);
    for (size_t i = 0; i < 2; i++)
        assert_figure(dtype, "an output", y[i], output[i]);
    bp_net_destroy(net);
}

static void check_step_000(int32_t dtype, const struct step_000 *step)
{
    static const double x[] = {5, 10};
    bp_net *net = net_000(dtype);
    double before[MAX_PARAMETERS], after[MAX_PARAMETERS], dw[6], loss;
    any_ok(any_get_parameters(net, before));

    any_ok(any_forward(net, x, 1, NULL));
    any_ok(any_backward(net, step->target, 1, &loss));
    any_ok(any_get_weight_gradient(net, 1, dw));
    if (step->loss != 0) {
        assert_figure(dtype, "E", loss, step->loss);
        assert_figure(dtype, "dE/dw7", dw[0], step->dw7);
    }
    any_ok(bp_net_step(net));
    any_ok(any_get_parameters(net, after));
    for (size_t i = 0; i < 12; i++)
        assert_figure(dtype, "a weight after the step", after[place_000[i]], step->after[i]);
    any_same_bits(&after[6], &before[6], 1); /* the biases are never trained */
    any_same_bits(&after[13], &before[13], 1);
    bp_net_destroy(net);
}

static void article_000_step_gives_its_figures(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < sizeof steps_000 / sizeof *steps_000; i++)
        check_step_000(dtype, &steps_000[i]);
}

/* ---- article 001 */

static const double x_001[] = {0.9, 0.1};
static const double target_001[] = {0.11, 0.89};

/* The article's matrices, transposed to a row for each unit: two hidden rows, two output rows. */
static const double ascending_001[] = {0.15, 0.25, 0.20, 0.30, 0.40, 0.50, 0.45, 0.55};
static const double halves_001[] = {0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5};

struct moment_001 {
    double loss;
    double output[2]; /* printed with 8 digits */
};

struct run_001 {
    const double *start;
    bool output_weights_trained;
    struct moment_001 first, last; /* at steps 0 and 999 */
};

static const struct run_001 runs_001[] = {
    {ascending_001,
     true,
     {0.16328681495493247, {0.6206057, 0.63337684}},
     {2.4942882582406807e-08, {0.11021332, 0.88993382}}},
    {ascending_001,
     false,
     {0.16328681495493247, {0.6206057, 0.63337684}},
     {0.15297212851298914, {0.55345726, 0.55940975}}},
    {halves_001,
     true,
     {0.17483390824781575, {0.65077768, 0.65077768}},
     {1.4454785140720433e-08, {0.11015449, 0.889929}}},
};

static bp_net *net_001(int32_t dtype, const double *start)
{
    static const struct any_layer layers[] = {{2, BP_ACT_SIGMOID, BP_BIAS_NONE, 0},
                                              {2, BP_ACT_SIGMOID, BP_BIAS_NONE, 0}};
    bp_net *net = any_net(dtype, 2, layers, 2, 0);
    any_ok(any_set_parameters(net, start));
    any_ok(bp_net_set(net, BP_OPT_LEARNING_RATE, 0.5));
    return net;
}

/*
 * How far a loss may be from its figure. The first loss is bounded like any figure. After 1000 steps the loss is the
 * square of a difference of two close numbers, 0.110213 and 0.11: the same steps with 200 bits end 2828 ulp from the
 * loss in the table, though no output differs by more than 6 ulp. So there the bound is the error of the loss for
 * outputs that are wrong by 8 ulp, and in f32 for outputs that are wrong by as much as the test below allows.
 */
static double loss_tolerance(int32_t dtype, const struct moment_001 *moment, bool is_last)
{
    double sum = tolerance(dtype, moment->loss);
    for (size_t i = 0; is_last && i < 2; i++)
        sum += fabs(moment->output[i] - target_001[i]) * 2 * tolerance(dtype, moment->output[i]);
    return sum;
}

static void check_moment_001(int32_t dtype, const struct moment_001 *moment, bool is_last, double loss,
                             const double output[2])
{
    if (!(fabs(loss - moment->loss) <= loss_tolerance(dtype, moment, is_last)))
        fail_msg("%s: the loss is %.17g, the figure is %.17g", bp_key_name(dtype), loss, moment->loss);
    for (size_t i = 0; i < 2; i++) {
        const double half_a_digit = 0.5e-8 + tolerance(dtype, moment->output[i]);
        if (!(fabs(output[i] - moment->output[i]) <= half_a_digit))
            fail_msg("%s: an output is %.17g, the figure is %.8g", bp_key_name(dtype), output[i], moment->output[i]);
    }
}

static void check_run_001(int32_t dtype, const struct run_001 *run)
{
    bp_net *net = net_001(dtype, run->start);
    double output[2], before[4], after[4], loss;
    any_ok(any_get_weights(net, 1, before));
    any_ok(bp_net_layer_set(net, 1, BP_LAYER_TRAIN_WEIGHTS, run->output_weights_trained));
    for (int step = 0; step < STEPS; step++) {
        any_ok(any_train(net, x_001, target_001, 1, &loss));
        any_ok(any_get_activation(net, 1, output));
        if (step == 0)
            check_moment_001(dtype, &run->first, false, loss, output);
    }
    check_moment_001(dtype, &run->last, true, loss, output);
    any_ok(any_get_weights(net, 1, after));
    assert_true((memcmp(before, after, sizeof before) != 0) == run->output_weights_trained);
    bp_net_destroy(net);
}

static void article_001_gives_its_figures_at_steps_0_and_999(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < sizeof runs_001 / sizeof *runs_001; i++)
        check_run_001(dtype, &runs_001[i]);
}

/* The numbers of the article: w_o[hidden][output] is its weight_2; h and o are the outputs of the two layers. */
struct article_001 {
    double w_o[2][2], h[2], o[2];
};

/* Its first program uses weight_2[k][j] for the way from output k back to hidden unit j: the wrong way round. */
static double article_first_program(const struct article_001 *a, size_t unit, size_t input)
{
    double sum = 0;
    for (size_t k = 0; k < 2; k++)
        sum += (a->o[k] - target_001[k]) * a->o[k] * (1 - a->o[k]) * a->w_o[k][unit];
    return sum * a->h[unit] * (1 - a->h[unit]) * x_001[input];
}

/* Its second program does the same, and multiplies by o h (1 - h) with the index of the output where o (1 - o) is
 * right. */
static double article_second_program(const struct article_001 *a, size_t unit, size_t input)
{
    double sum = 0;
    for (size_t k = 0; k < 2; k++)
        sum += (a->o[k] - target_001[k]) * a->o[k] * a->h[k] * (1 - a->h[k]) * a->w_o[k][unit];
    return sum * x_001[input];
}

static void central_differences_001(bp_net *net, const double *start, double slope[8])
{
    const double eps = 1e-6;
    for (size_t i = 0; i < 8; i++) {
        double moved[8], loss[2];
        for (int side = 0; side < 2; side++) {
            memcpy(moved, start, sizeof moved);
            moved[i] += side == 0 ? -eps : eps;
            any_ok(any_set_parameters(net, moved));
            any_ok(any_loss(net, x_001, target_001, 1, &loss[side], NULL));
        }
        slope[i] = (loss[1] - loss[0]) / (2 * eps);
    }
    any_ok(any_set_parameters(net, start));
}

static void check_formula_001(const double *start, double (*formula)(const struct article_001 *, size_t, size_t))
{
    bp_net *net = net_001(BP_F64, start);
    double slope[8], gradient[8], theirs[4];
    central_differences_001(net, start, slope);
    struct article_001 article = {{{start[4], start[6]}, {start[5], start[7]}}, {0}, {0}};
    any_ok(any_forward(net, x_001, 1, article.o));
    any_ok(any_get_activation(net, 0, article.h));
    any_ok(any_backward(net, target_001, 1, NULL));
    any_ok(any_get_gradient(net, gradient));
    for (size_t i = 0; i < 4; i++)
        theirs[i] = formula(&article, i / 2, i % 2);

    assert_true(any_relative_difference(gradient, slope, 8, 0) <= 1e-7);
    assert_true(any_relative_difference(theirs, slope, 4, 0) > 0.01);
    assert_true(any_max_norm(&slope[4], 4) > 0.01); /* the first program does not change these: it takes 0 */
    bp_net_destroy(net);
}

static void article_001_takes_a_gradient_that_central_differences_refute(void **state)
{
    (void)state;
    any_need(BP_F64);
    check_formula_001(ascending_001, article_first_program);
    check_formula_001(ascending_001, article_second_program);
    check_formula_001(halves_001, article_second_program); /* equal weights hide the transposition, not the rest */
}

/* ---- article 003 */

enum { WORDS = 6, HIDDEN = 2 };

/* The inputs are word counts; an identity layer starts at 0, then comes one sigmoid. All numbers of the first step
 * are exact in binary. */
static bp_net *net_003(int32_t dtype, const double output_weights[HIDDEN])
{
    bp_net *net = NULL;
    any_ok(bp_net_create(&net, dtype, WORDS));
    any_ok(bp_net_add_dense(net, HIDDEN, BP_ACT_IDENTITY));
    any_ok(bp_net_add_dense(net, 1, BP_ACT_SIGMOID));
    for (size_t layer = 0; layer < 2; layer++)
        any_ok(bp_net_layer_set(net, layer, BP_LAYER_BIAS, BP_BIAS_NONE));
    any_ok(bp_net_layer_set(net, 0, BP_LAYER_INIT, BP_INIT_ZEROS));
    any_ok(bp_net_layer_set(net, 1, BP_LAYER_INIT, BP_INIT_NORMAL));
    any_ok(bp_net_init(net, 1));
    any_ok(any_set_weights(net, 1, output_weights));
    any_ok(bp_net_set(net, BP_OPT_LEARNING_RATE, 0.5));
    return net;
}

static void article_003_first_step_is_what_hand_and_paper_give(void **state)
{
    static const double counts[WORDS] = {2, 0, 1, 0, 0, 3}, target[] = {1}, out[HIDDEN] = {0.5, -0.25};
    const int32_t dtype = any_dtype(state);
    bp_net *net = net_003(dtype, out);

    /* z = 0, so o = 1/2 and delta = (o - t) o (1 - o) = -1/8; the hidden layer only multiplies it by w. */
    double y, loss, gradient[HIDDEN * WORDS + HIDDEN], expected[HIDDEN * WORDS + HIDDEN] = {0};
    for (size_t i = 0; i < HIDDEN * WORDS; i++)
        expected[i] = -0.125 * out[i / WORDS] * counts[i % WORDS];
    any_ok(any_forward(net, counts, 1, &y));
    any_ok(any_backward(net, target, 1, &loss));
    any_ok(any_get_gradient(net, gradient));
    assert_true(y == 0.5);
    assert_true(loss == 0.125);
    for (size_t i = 0; i < HIDDEN * WORDS + HIDDEN; i++)
        assert_true(gradient[i] == expected[i]);

    /* hidden = lr/8 |counts|^2 out = 7/8 out after the step, so z = 7/8 |out|^2. */
    any_ok(bp_net_step(net));
    any_ok(any_predict(net, counts, 1, &y, NULL));
    assert_figure(dtype, "the output after one step", y, 1 / (1 + exp(-0.875 * (0.25 + 0.0625))));
    bp_net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(article_000_forward_gives_its_figures),
        ANY_BOTH(article_000_step_gives_its_figures),
        ANY_BOTH(article_001_gives_its_figures_at_steps_0_and_999),
        cmocka_unit_test(article_001_takes_a_gradient_that_central_differences_refute),
        ANY_BOTH(article_003_first_step_is_what_hand_and_paper_give),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
