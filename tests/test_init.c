/* SPDX-License-Identifier: MIT */

/* What bp_net_init draws: distributions, orthogonality, and the same numbers everywhere. */

#include "any.h"
#include "vectors/activations.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { IN = 250, OUT = 400 }; /* of the layers whose moments are measured */

struct shape {
    size_t in, out;
};

/** A net of one identity layer with this initialiser and scale for its weights and for its biases; 0: AUTO. */
static bp_net *drawn(int32_t dtype, struct shape shape, const int32_t initializer[2], double scale, uint64_t seed)
{
    bp_net *net = NULL;
    any_ok(bp_net_create(&net, dtype, shape.in));
    any_ok(bp_net_add_dense(net, shape.out, BP_ACT_IDENTITY));
    for (int bias = 0; bias < 2; bias++) {
        const int32_t kind = initializer[bias] != 0 ? initializer[bias] : BP_INIT_AUTO;
        any_ok(bp_net_layer_set(net, 0, bias ? BP_LAYER_BIAS_INIT : BP_LAYER_INIT, kind));
        any_ok(bp_net_layer_set(net, 0, bias ? BP_LAYER_BIAS_INIT_SCALE : BP_LAYER_INIT_SCALE, scale));
    }
    any_ok(bp_net_init(net, seed));
    return net;
}

static double *weights_of(const bp_net *net)
{
    double *w = any_buffer(any_weights(net, 0));
    any_ok(any_get_weights(net, 0, w));
    return w;
}

static double *biases_of(const bp_net *net)
{
    double *b = any_buffer(any_biases(net, 0));
    any_ok(any_get_bias(net, 0, b));
    return b;
}

/* ---- distributions */

struct moments {
    int32_t initializer;
    bool is_uniform;
    double variance; /* with a scale of 1 */
};

static const struct moments random_ones[] = {
    {BP_INIT_UNIFORM, true, 1.0 / 3},
    {BP_INIT_NORMAL, false, 1},
    {BP_INIT_GLOROT_UNIFORM, true, 2.0 / (IN + OUT)},
    {BP_INIT_GLOROT_NORMAL, false, 2.0 / (IN + OUT)},
    {BP_INIT_HE_UNIFORM, true, 2.0 / IN},
    {BP_INIT_HE_NORMAL, false, 2.0 / IN},
    {BP_INIT_LECUN_UNIFORM, true, 1.0 / IN},
    {BP_INIT_LECUN_NORMAL, false, 1.0 / IN},
};

/** The mean of x^power, or of x_i x_(i+1) for power 0, of numbers divided by sd. */
static double moment(const double *values, size_t count, double sd, int power)
{
    double sum = 0;
    for (size_t i = 0; i + 1 < count; i++)
        sum += power == 0 ? values[i] * values[i + 1] / (sd * sd) : pow(values[i] / sd, power);
    return sum / (double)(count - 1);
}

static void assert_near(const char *what, double got, double wanted, double standard_error)
{
    if (!(fabs(got - wanted) <= 5 * standard_error))
        fail_msg("%s is %.9g, not %.9g +- 5 times %.3g", what, got, wanted, standard_error);
}

/*
 * Mean, variance, fourth moment and the correlation of neighbours, each within five standard errors, which a right
 * generator misses once in two million; and the greatest number, by which the tails of the two distributions differ.
 */
static void check_sample(const double *values, size_t count, bool is_uniform, double sd)
{
    const double root = sqrt((double)count), fourth = is_uniform ? 1.8 : 3;
    assert_near("the mean", moment(values, count, sd, 1), 0, 1 / root);
    assert_near("the variance", moment(values, count, sd, 2), 1, sqrt(fourth - 1) / root);
    assert_near("the fourth moment", moment(values, count, sd, 4), fourth, (is_uniform ? 2.4 : 9.8) / root);
    assert_near("the correlation", moment(values, count, sd, 0), 0, 1 / root);
    const double greatest = any_max_norm(values, count) / sd;
    if (is_uniform)
        assert_true(greatest <= sqrt(3) * (1 + 1e-7) && greatest > sqrt(3) * (1 - 20 / (double)count));
    else
        assert_true(greatest < 6.5 && greatest > (count > 10000 ? 3.7 : 2.7));
}

static void random_weights_have_the_documented_moments(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < COUNT(random_ones); i++) {
        const double scale = i % 2 == 0 ? 1 : 0.25;
        const int32_t initializer[2] = {random_ones[i].initializer, 0};
        bp_net *net = drawn(dtype, (struct shape){IN, OUT}, initializer, scale, 7 + i);
        double *w = weights_of(net);
        check_sample(w, IN * OUT, random_ones[i].is_uniform, scale * sqrt(random_ones[i].variance));
        free(w);
        bp_net_destroy(net);
    }
}

static void random_biases_have_the_documented_moments(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < 2; i++) {
        const int32_t initializer[2] = {BP_INIT_ZEROS, random_ones[i].initializer};
        bp_net *net = drawn(dtype, (struct shape){1, 5000}, initializer, 0.5, 11);
        double *b = biases_of(net);
        check_sample(b, 5000, random_ones[i].is_uniform, 0.5 * sqrt(random_ones[i].variance));
        free(b);
        bp_net_destroy(net);
    }
}

static void zeros_and_constants_fill_weights_and_biases(void **state)
{
    const int32_t dtype = any_dtype(state), kinds[][2] = {{BP_INIT_ZEROS, BP_INIT_CONSTANT},
                                                          {BP_INIT_CONSTANT, BP_INIT_ZEROS},
                                                          {BP_INIT_CONSTANT, BP_INIT_AUTO}};
    for (size_t k = 0; k < COUNT(kinds); k++) {
        bp_net *net = drawn(dtype, (struct shape){5, 19}, kinds[k], 0.375, 3);
        double *w = weights_of(net), *b = biases_of(net);
        for (size_t i = 0; i < 5 * 19; i++)
            assert_true(w[i] == (kinds[k][0] == BP_INIT_CONSTANT ? 0.375 : 0));
        for (size_t i = 0; i < 19; i++)
            assert_true(b[i] == (kinds[k][1] == BP_INIT_CONSTANT ? 0.375 : 0));
        free(w);
        free(b);
        bp_net_destroy(net);
    }
}

/** The numbers of the first row times those of the second, `step` apart. */
static double product(const double *first, const double *second, size_t count, size_t step)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += first[i * step] * second[i * step];
    return sum;
}

/** How far the rows (or the columns, if there are more rows) are from `scale` times orthonormal ones. */
static double check_orthogonal(int32_t dtype, struct shape shape, double scale, uint64_t seed)
{
    static const int32_t orthogonal[2] = {BP_INIT_ORTHOGONAL, 0};
    const bool by_rows = shape.out <= shape.in;
    const size_t vectors = by_rows ? shape.out : shape.in, length = by_rows ? shape.in : shape.out;
    const size_t apart = by_rows ? shape.in : 1, step = by_rows ? 1 : shape.in;
    bp_net *net = drawn(dtype, shape, orthogonal, scale, seed);
    double *w = weights_of(net), worst = 0;
    for (size_t i = 0; i < vectors; i++)
        for (size_t k = 0; k <= i; k++)
            worst =
                fmax(worst, fabs(product(w + i * apart, w + k * apart, length, step) - (i == k ? scale * scale : 0)));
    free(w);
    bp_net_destroy(net);
    return worst;
}

/* Among many seeds, some small matrices are nearly singular: then one pass of Gram-Schmidt is not enough. */
static void orthogonal_rows_or_columns_are_orthonormal_times_the_scale(void **state)
{
    static const struct shape shapes[] = {{40, 25}, {25, 40}, {30, 30}, {1, 6}, {6, 1}, {1, 1}, {2, 33}};
    const int32_t dtype = any_dtype(state);
    const double bound = dtype == BP_F64 ? 1e-14 : 1e-6;
    for (size_t i = 0; i < COUNT(shapes); i++)
        assert_true(check_orthogonal(dtype, shapes[i], 1.5, i) <= bound);
    for (uint64_t seed = 0; seed < 300; seed++)
        assert_true(check_orthogonal(dtype, (struct shape){3, 3}, 1, seed) <= bound);
}

static void nguyen_widrow_rows_have_the_norm_and_biases_lie_within_it(void **state)
{
    static const struct shape shapes[] = {{1, 40}, {2, 3}, {3, 60}, {50, 20}, {4, 1}};
    static const int32_t nguyen_widrow[2] = {BP_INIT_NGUYEN_WIDROW, 0};
    const int32_t dtype = any_dtype(state);
    for (size_t k = 0; k < COUNT(shapes); k++) {
        const size_t in = shapes[k].in, out = shapes[k].out;
        const double scale = 0.5, norm = 0.7 * scale * pow((double)out, 1 / (double)in);
        bp_net *net = drawn(dtype, shapes[k], nguyen_widrow, scale, k);
        double *w = weights_of(net), *b = biases_of(net);
        for (size_t unit = 0; unit < out; unit++) {
            const double length = sqrt(product(w + unit * in, w + unit * in, in, 1));
            assert_true(fabs(length - norm) <= (dtype == BP_F64 ? 1e-13 : 1e-6) * norm);
        }
        assert_true(any_max_norm(b, out) <= norm * (1 + 1e-7));
        assert_true(any_max_norm(b, out) > (out > 10 ? 0.75 : 0) * norm);
        free(w);
        free(b);
        bp_net_destroy(net);
    }
}

/* ---- AUTO */

static void auto_follows_the_activation_and_leaves_biases_zero(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < COUNT(facts); i++) {
        const struct any_layer layer = {7, facts[i].activation, BP_BIAS_UNIT, 0};
        const int32_t named[2] = {facts[i].init, BP_INIT_ZEROS};
        bp_net *net = any_net(dtype, 3, &layer, 1, 5), *same = drawn(dtype, (struct shape){3, 7}, named, 1, 5);
        double all[28], wanted[28];
        any_ok(any_get_parameters(net, all));
        any_ok(any_get_parameters(same, wanted));
        any_same_bits(all, wanted, 28);
        bp_net_destroy(net);
        bp_net_destroy(same);
    }
}

static void biases_take_auto_zeros_constant_uniform_and_normal_only(void **state)
{
    const int32_t dtype = any_dtype(state);
    const struct any_layer layer = {2, BP_ACT_TANH, BP_BIAS_UNIT, 0};
    size_t initializers = 0;
    bp_net *net = any_net(dtype, 2, &layer, 1, 1);
    for (; bp_key_at(BP_FAMILY_INITIALIZER, initializers) != 0; initializers++) {
        const int32_t kind = bp_key_at(BP_FAMILY_INITIALIZER, initializers);
        const bool taken = kind == BP_INIT_AUTO || kind == BP_INIT_ZEROS || kind == BP_INIT_CONSTANT ||
                           kind == BP_INIT_UNIFORM || kind == BP_INIT_NORMAL;
        assert_int_equal(bp_net_layer_set(net, 0, BP_LAYER_INIT, kind), BP_OK);
        assert_int_equal(bp_net_layer_set(net, 0, BP_LAYER_BIAS_INIT, kind), taken ? BP_OK : BP_ERR_ARG);
    }
    /* With AUTO, ZEROS, CONSTANT, ORTHOGONAL and NGUYEN_WIDROW, which tests above check, there are no others. */
    assert_int_equal(initializers, COUNT(random_ones) + 5);
    bp_net_destroy(net);
}

/* ---- same numbers */

static const struct any_layer twins[] = {{6, BP_ACT_TANH, 0, 0}, {6, BP_ACT_TANH, 0, 0}};

/** How many numbers of two nets of twins differ. */
static size_t different(const bp_net *a, const bp_net *b)
{
    double p[84], q[84];
    size_t count = 0;
    any_ok(any_get_parameters(a, p));
    any_ok(any_get_parameters(b, q));
    for (size_t i = 0; i < 84; i++)
        count += p[i] != q[i];
    return count;
}

static void the_seed_and_the_layer_decide_the_numbers(void **state)
{
    const int32_t dtype = any_dtype(state);
    bp_net *net = any_net(dtype, 6, twins, 2, 42), *same = any_net(dtype, 6, twins, 2, 42);
    assert_int_equal(different(net, same), 0);
    static const uint64_t seeds[] = {0, 43, UINT64_C(42) << 32, UINT64_MAX};
    for (size_t i = 0; i < COUNT(seeds); i++) {
        any_ok(bp_net_init(same, seeds[i]));
        assert_int_equal(different(net, same), 72); /* all but the biases, which are 0 */
    }
    double first[36], second[36];
    any_ok(any_get_weights(net, 0, first));
    any_ok(any_get_weights(net, 1, second));
    for (size_t i = 0; i < 36; i++)
        assert_true(first[i] != second[i]);
    bp_net_destroy(net);
    bp_net_destroy(same);
}

static void an_f32_net_draws_the_numbers_of_an_f64_net_rounded(void **state)
{
    (void)state;
    any_need(BP_F32);
    any_need(BP_F64);
    for (size_t i = 0; bp_key_at(BP_FAMILY_INITIALIZER, i) != 0; i++) {
        const int32_t kinds[2] = {bp_key_at(BP_FAMILY_INITIALIZER, i), i % 2 == 0 ? BP_INIT_NORMAL : BP_INIT_UNIFORM};
        bp_net *wide = drawn(BP_F64, (struct shape){9, 13}, kinds, 0.3, 17);
        bp_net *narrow = drawn(BP_F32, (struct shape){9, 13}, kinds, 0.3, 17);
        double exact[130], rounded[130];
        any_ok(any_get_parameters(wide, exact));
        any_ok(any_get_parameters(narrow, rounded));
        for (size_t k = 0; k < 130; k++) {
            const volatile float once = (float)exact[k]; /* else gcc 12 -O3 leaves out the last two of 130 */
            exact[k] = once;
        }
        any_same_bits(rounded, exact, 130);
        bp_net_destroy(wide);
        bp_net_destroy(narrow);
    }
}

/*
 * N(0, 1) of seed 42: weights and biases of two layers with dropout between. An independent program, of Philox4x32-10
 * and the inverse normal distribution in 120 bits, came to the same numbers within 2 ulp. A platform that
 * draws others breaks the promise of bp_net_init.
 */
static void seed_42_draws_the_golden_numbers(void **state)
{
    static const double golden[19] = {
        -0x1.42dc65ce0ff81p-4, -0x1.a3f4a5b3e5025p-2, -0x1.caca1d20ed483p-2, -0x1.d61412d6e26acp-4,
        0x1.a1a8bc2f2eb53p-2,  0x1.805c509d131d3p-1,  0x1.c447f0807783ep-2,  -0x1.3b29da9b3fb77p-2,
        0x1.fb285d987d0e1p-1,  -0x1.70b601e951133p-1, -0x1.16290af19a376p-1, -0x1.be62593bdf655p+0,
        -0x1.24f0c571f777ap+0, 0x1.1dbf95f4a6142p-1,  0x1.316dbba6bd6f1p+1,  0x1.4cc33a007b06ep-1,
        -0x1.d11dbb6dd50e5p-1, -0x1.6720edd12cd1dp+0, -0x1.d702650740a0ep-3};
    const int32_t dtype = any_dtype(state);
    bp_net *net = NULL;
    any_ok(bp_net_create(&net, dtype, 4));
    any_ok(bp_net_add_dense(net, 3, BP_ACT_TANH));
    any_ok(any_add_dropout(net, 0.5));
    any_ok(bp_net_add_dense(net, 1, BP_ACT_TANH));
    for (size_t layer = 0; layer < 3; layer += 2) {
        any_ok(bp_net_layer_set(net, layer, BP_LAYER_INIT, BP_INIT_NORMAL));
        any_ok(bp_net_layer_set(net, layer, BP_LAYER_BIAS_INIT, BP_INIT_NORMAL));
    }
    any_ok(bp_net_init(net, 42));
    double drawn_now[19], wanted[19];
    any_ok(any_get_parameters(net, drawn_now));
    for (size_t i = 0; i < 19; i++)
        wanted[i] = dtype == BP_F64 ? golden[i] : (float)golden[i];
    any_same_bits(drawn_now, wanted, 19);
    bp_net_destroy(net);
}

/* ---- a second init */

static const struct any_layer with_dropout[] = {{5, BP_ACT_TANH, 0, 0}, {0, 0, 0, 0.4}, {2, BP_ACT_SIGMOID, 0, 0}};

static void use(bp_net *net, double *parameters)
{
    static const double x[] = {0.5, -1, 2, 0.25, 1, -0.5}, target[] = {0, 1, 1, 0};
    for (int step = 0; step < 3; step++)
        any_ok(any_train(net, x, target, 2, NULL));
    any_ok(any_get_parameters(net, parameters));
    any_ok(any_forward(net, x, 2, NULL));
    any_ok(any_backward(net, target, 2, NULL));
}

/** Parameters, the optimiser's state, the gradient and the row count of dropout. */
static void a_second_init_starts_afresh(void **state)
{
    const int32_t dtype = any_dtype(state);
    bp_net *net = any_net(dtype, 3, with_dropout, 3, 1);
    double first[32], second[32], gradient[32];
    assert_int_equal(any_parameters(net), 32);
    any_ok(bp_net_set(net, BP_OPT_OPTIMIZER, BP_OPTIM_ADAM));
    use(net, first);
    any_ok(bp_net_init(net, 1));
    any_ok(any_get_gradient(net, gradient));
    for (size_t i = 0; i < 32; i++)
        assert_true(gradient[i] == 0);
    assert_int_equal(bp_net_step(net), BP_ERR_STATE);
    assert_int_equal(any_rows(net), 0);
    use(net, second);
    any_same_bits(first, second, 32);
    bp_net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(random_weights_have_the_documented_moments),
        ANY_BOTH(random_biases_have_the_documented_moments),
        ANY_BOTH(zeros_and_constants_fill_weights_and_biases),
        ANY_BOTH(orthogonal_rows_or_columns_are_orthonormal_times_the_scale),
        ANY_BOTH(nguyen_widrow_rows_have_the_norm_and_biases_lie_within_it),
        ANY_BOTH(auto_follows_the_activation_and_leaves_biases_zero),
        ANY_BOTH(biases_take_auto_zeros_constant_uniform_and_normal_only),
        ANY_BOTH(the_seed_and_the_layer_decide_the_numbers),
        cmocka_unit_test(an_f32_net_draws_the_numbers_of_an_f64_net_rounded),
        ANY_BOTH(seed_42_draws_the_golden_numbers),
        ANY_BOTH(a_second_init_starts_afresh),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
