/* SPDX-License-Identifier: MIT
 *
 * What every kind of layer must do, whatever it computes. The tests visit the rows of nn/kinds.h, and try each kind as
 * the first layer and between two others. Kinds that draw random numbers get the rate 0, so that they are functions of
 * their inputs. */
#include <ctype.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "files_fixture.h"
#include "net/handle.h"
#include "net/net_options.h"
#include "sparse_fixture.h"

enum { INPUTS = 5, UNITS = 19, OUTPUTS = 3, ROWS = 8, MOST = 2000, WIDE = 160, WIDE_ROWS = 64 };

static double x[WIDE_ROWS * WIDE], target[WIDE_ROWS * OUTPUTS], one[MOST * 64], two[MOST * 64];

static int fill_data(void **state)
{
    uint64_t seed = 3;
    (void)state;
    any_fill(&seed, x, WIDE_ROWS * WIDE, -1, 1);
    any_fill(&seed, target, WIDE_ROWS * OUTPUTS, 0.1, 0.9);
    return 0;
}

static void append(bp_net *net, int32_t kind, size_t units)
{
    const struct bp_layer_kind *k = net->model.ops->kind_of(kind);
    double value = 0;
    if (k->options[0] != 0)
        assert_int_equal(bp_key_bounds(k->options[0], NULL, NULL, &value), BP_OK);
    any_ok(bp_net_append(BP_NET_CALL(net), net, kind, units, value));
}

/* Three layers, of which layer `at` is of the kind. All parameters are drawn. */
static bp_net *net_of(int32_t dtype, int32_t kind, size_t at, size_t inputs, size_t units)
{
    uint64_t seed = 7;
    bp_net *net = NULL;
    double random;
    any_ok(bp_net_create(&net, dtype, inputs));
    if (at == 0)
        append(net, kind, units);
    any_ok(bp_net_add_dense(net, units, BP_ACT_TANH));
    if (at == 1)
        append(net, kind, units);
    any_ok(bp_net_add_dense(net, OUTPUTS, BP_ACT_SIGMOID));
    any_ok(bp_net_init(net, 1));
    any_ok(bp_net_layer_get(net, at, BP_LAYER_RANDOM, &random));
    if (random != 0)
        any_ok(bp_net_layer_set(net, at, BP_LAYER_RATE, 0));
    double *parameters = any_buffer(any_parameters(net));
    any_fill(&seed, parameters, any_parameters(net), -0.5, 0.5);
    any_ok(any_set_parameters(net, parameters));
    free(parameters);
    return net;
}

/* The nets that most tests try: every kind, first and in the middle. */
struct walk {
    int32_t dtype, kind;
    size_t row, at;
    bp_net *net;
};

static bool next(struct walk *w)
{
    bp_net_destroy(w->net);
    w->kind = bp_key_at(BP_FAMILY_KIND, w->row / 2);
    w->at = w->row++ % 2;
    w->net = w->kind == 0 ? NULL : net_of(w->dtype, w->kind, w->at, INPUTS, UNITS);
    return w->net;
}

static void check_options(const struct bp_layer_kind *kind, const char *name)
{
    for (const int32_t *option = kind->options; *option != 0; option++) {
        double value;
        if (!bp_family_by_key(&bp_layer_options, *option) || *option == BP_LAYER_KIND || *option == BP_LAYER_RANDOM)
            fail_msg("%s lists %d, which is no option to list", name, (int)*option);
        for (const int32_t *other = kind->options; other < option; other++)
            if (*other == *option)
                fail_msg("%s lists %s twice", name, bp_key_name(*option));
        assert_int_equal(bp_key_bounds(*option, NULL, NULL, &value), BP_OK);
    }
}

static void every_kind_has_what_its_facts_ask_for(void **state)
{
    const struct bp_ops *ops = bp_ops_of(any_dtype(state));
    const struct bp_named *row;
    for (size_t i = 0; (row = bp_family_row(&bp_kinds, i)); i++) {
        const struct bp_layer_kind *kind = ops->kind_of(row->key);
        assert_non_null(kind);
        const struct bp_layer layer = {.kind = kind};
        check_options(kind, row->name);
        assert_true(!kind->columns || bp_layer_has(&layer, BP_LAYER_TRAIN_WEIGHTS));
        assert_true(!kind->biases || bp_layer_has(&layer, BP_LAYER_TRAIN_BIAS));
        assert_true(!kind->is_random || bp_layer_has(&layer, BP_LAYER_RATE));
        assert_true(!kind->chooses_units || kind->columns); /* a file has the units as rows of weights */
        assert_true(!kind->may_end || bp_layer_has(&layer, BP_LAYER_ACTIVATION));
        assert_true(!kind->takes_sparse || !kind->z_is_input); /* z would be sparse rows */
        assert_true(bp_layer_has(&layer, BP_LAYER_KIND) && bp_layer_has(&layer, BP_LAYER_RANDOM));
        assert_int_equal(bp_key_find(BP_FAMILY_KIND, row->name), row->key);
    }
    assert_null(ops->kind_of(0));
}

static void describe_gives_each_layer_a_line(void **state)
{
    struct walk w = {.dtype = any_dtype(state)};
    while (next(&w)) {
        char text[2000], begin[40];
        any_ok(bp_net_describe(w.net, text, sizeof(text), NULL));
        for (size_t layer = 0; layer < 3; layer++) {
            snprintf(begin, sizeof(begin), "\nlayer %zu: ", layer);
            const char *line = strstr(text, begin);
            assert_non_null(line);
            line += strlen(begin);
            assert_true(isprint((unsigned char)line[0]) && strchr(line, '\n'));
            assert_true(strcspn(line, "\n") < BP_LAYER_TEXT);
        }
    }
}

static double loss_at(bp_net *net, const double *at, const double *parameters)
{
    double loss;
    any_ok(any_set_parameters(net, parameters));
    any_ok(any_loss(net, at, target, ROWS, &loss, NULL));
    return loss;
}

/* The slope by a difference each way. */
static double slope(bp_net *net, double *at, double *parameters, double *moved)
{
    const double h = any_type(net) == BP_F64 ? 0x1p-18 : 0x1p-6, old = *moved;
    *moved = old + h;
    const double above = loss_at(net, at, parameters);
    *moved = old - h;
    const double below = loss_at(net, at, parameters);
    *moved = old;
    return (above - below) / (2 * h);
}

static void gradients_are_the_slopes_of_the_loss(void **state)
{
    struct walk w = {.dtype = any_dtype(state)};
    const double tolerance = w.dtype == BP_F64 ? 1e-8 : 1e-3;
    double at[ROWS * INPUTS], dx[ROWS * INPUTS];
    memcpy(at, x, sizeof(at));
    while (next(&w)) {
        const size_t n = any_parameters(w.net);
        assert_in_range(n, 1, MOST);
        any_ok(any_get_parameters(w.net, one));
        any_ok(any_forward(w.net, at, ROWS, NULL));
        any_ok(any_backward(w.net, target, ROWS, NULL));
        any_ok(any_get_gradient(w.net, two));
        any_ok(any_input_gradient(w.net, dx));
        for (size_t i = 0; i < n; i++)
            if (!(fabs(slope(w.net, at, one, &one[i]) - two[i]) < tolerance))
                fail_msg("%s as layer %zu: dW %zu is %g", bp_family_name(&bp_kinds, w.kind), w.at, i, two[i]);
        for (size_t i = 0; i < ROWS * INPUTS; i++)
            if (!(fabs(slope(w.net, at, one, &at[i]) * ROWS - dx[i]) < ROWS * tolerance))
                fail_msg("%s as layer %zu: dx %zu is %g", bp_family_name(&bp_kinds, w.kind), w.at, i, dx[i]);
    }
}

static void predict_gives_the_bits_of_forward(void **state)
{
    struct walk w = {.dtype = any_dtype(state)};
    while (next(&w)) {
        any_ok(any_forward(w.net, x, ROWS, one));
        any_ok(any_predict(w.net, x, ROWS, two, NULL));
        any_same_bits(one, two, ROWS * OUTPUTS);
    }
}

static const int32_t optimizers[] = {BP_OPTIM_SGD, BP_OPTIM_ADAM};

/* Whether the step goes with the gradient or follows it, of one row or several. */
static void train_gives_the_bits_of_forward_backward_and_step(void **state)
{
    struct walk w = {.dtype = any_dtype(state)};
    while (next(&w))
        for (size_t o = 0; o < 2; o++)
            for (size_t rows = 1; rows <= ROWS; rows += ROWS - 1) {
                bp_net *other = NULL;
                any_ok(bp_net_set(w.net, BP_OPT_OPTIMIZER, optimizers[o]));
                any_ok(bp_net_clone(&other, w.net));
                for (size_t step = 0; step < 3; step++) {
                    any_ok(any_train(w.net, x, target, rows, NULL));
                    any_ok(any_forward(other, x, rows, NULL));
                    any_ok(any_backward(other, target, rows, NULL));
                    any_ok(bp_net_step(other));
                }
                any_ok(any_get_parameters(w.net, one));
                any_ok(any_get_parameters(other, two));
                any_same_bits(one, two, any_parameters(w.net));
                bp_net_destroy(other);
            }
}

static void a_batch_may_be_split(void **state)
{
    struct walk w = {.dtype = any_dtype(state)};
    while (next(&w)) {
        bp_net *other = NULL;
        any_ok(bp_net_clone(&other, w.net));
        any_ok(any_forward(w.net, x, ROWS, NULL));
        any_ok(any_backward(w.net, target, ROWS, NULL));
        for (size_t row = 0; row < ROWS; row += ROWS / 2) {
            any_ok(any_forward(other, x + row * INPUTS, ROWS / 2, NULL));
            any_ok(any_backward(other, target + row * OUTPUTS, ROWS / 2, NULL));
        }
        any_ok(any_get_gradient(w.net, one));
        any_ok(any_get_gradient(other, two));
        any_same_bits(one, two, any_parameters(w.net));
        bp_net_destroy(other);
    }
}

static void freeze(const struct walk *w)
{
    static const int32_t keys[] = {BP_LAYER_TRAIN_WEIGHTS, BP_LAYER_TRAIN_BIAS};
    for (size_t i = 0; i < 2; i++)
        if (bp_layer_has(&w->net->model.layers[w->at], keys[i]))
            any_ok(bp_net_layer_set(w->net, w->at, keys[i], 0));
}

/* All parameters of the layer into `values`; how many. */
static size_t parameters_of(const struct walk *w, double *values)
{
    const struct bp_layer *layer = &w->net->model.layers[w->at];
    const size_t weights = bp_layer_weights(layer), biases = bp_layer_biases(layer);
    assert_true(weights + biases <= MOST);
    if (weights > 0)
        any_ok(any_get_weights(w->net, w->at, values));
    if (biases > 0)
        any_ok(any_get_bias(w->net, w->at, values + weights));
    return weights + biases;
}

static void frozen_parameters_keep_their_bits(void **state)
{
    struct walk w = {.dtype = any_dtype(state)};
    while (next(&w)) {
        freeze(&w);
        (void)parameters_of(&w, one);
        any_ok(any_train(w.net, x, target, ROWS, NULL));
        any_same_bits(one, two, parameters_of(&w, two));
    }
}

/* They see the parameters as one vector, with the layer's in their place, frozen or not. */
static void methods_over_all_rows_take_every_kind(void **state)
{
    static const int32_t methods[] = {BP_METHOD_LBFGS, BP_METHOD_LM};
    struct walk w = {.dtype = any_dtype(state)};
    while (next(&w))
        for (size_t i = 0; i < 4; i++) {
            bp_data *data = NULL;
            bp_train *train = NULL;
            double before, after;
            any_ok(bp_net_set(w.net, BP_OPT_L2, 0x1p-10));
            any_ok(bp_net_set(w.net, BP_OPT_DECAY_BIAS, 1));
            if (i == 2)
                freeze(&w);
            (void)parameters_of(&w, one);
            any_ok(any_loss(w.net, x, target, ROWS, &before, NULL));
            assert_int_equal(any_data(&data, BP_F64, x, ROWS, INPUTS, target, OUTPUTS), BP_OK);
            assert_int_equal(bp_train_create(&train, w.net, data, NULL), BP_OK);
            assert_int_equal(bp_train_set(train, BP_TRAIN_METHOD, methods[i % 2]), BP_OK);
            assert_int_equal(bp_train_set(train, BP_TRAIN_EPOCHS, 3), BP_OK);
            const bp_status status = bp_train_run(train, NULL, NULL);
            if (status < 0)
                fail_msg("%s as layer %zu: %s", bp_family_name(&bp_kinds, w.kind), w.at, bp_last_error());
            any_ok(any_loss(w.net, x, target, ROWS, &after, NULL));
            assert_true(after < before);
            if (i >= 2)
                any_same_bits(one, two, parameters_of(&w, two));
            bp_train_destroy(train);
            bp_data_destroy(data);
        }
}

/* A training of a clone over all rows. */
struct course {
    bp_net *net;
    bp_data *data;
    bp_train *train;
};

static struct course course_of(const bp_net *net)
{
    struct course c = {0};
    any_ok(bp_net_clone(&c.net, net));
    any_ok(any_data(&c.data, BP_F64, x, ROWS, INPUTS, target, OUTPUTS));
    any_ok(bp_train_create(&c.train, c.net, c.data, NULL));
    any_ok(bp_train_set(c.train, BP_TRAIN_METHOD, BP_METHOD_LBFGS));
    return c;
}

static void two_epochs(const struct course *c)
{
    for (int epoch = 0; epoch < 2; epoch++)
        any_ok(bp_train_epoch(c->train));
}

static void end_course(struct course *c)
{
    bp_train_destroy(c->train);
    bp_data_destroy(c->data);
    bp_net_destroy(c->net);
}

/* Another value that the option may have now; false if there is none. */
static bool change_option(bp_net *net, size_t layer, int32_t key)
{
    double old;
    if (bp_net_layer_get(net, layer, key, &old) != BP_OK)
        return false;
    const double others[] = {old + 1, old - 1, old + 10, old - 10};
    for (size_t i = 0; i < 4; i++)
        if (bp_net_layer_set(net, layer, key, others[i]) == BP_OK)
            return true;
    return false;
}

/* From here on `b` must be as `a`: the method begins again with the changed option, or the change does not matter. */
static bool try_option(const struct walk *w, int32_t key)
{
    const bool of_init = bp_option_by_key(key)->rules & BP_OPTION_OF_INIT;
    struct course a = course_of(w->net), b = course_of(w->net);
    two_epochs(&a);
    any_ok(any_predict(a.net, x, ROWS, one, NULL));
    const bool changed = change_option(a.net, w->at, key);
    if (changed) {
        any_ok(any_predict(a.net, x, ROWS, two, NULL));
        if (of_init) {
            any_same_bits(one, two, ROWS * OUTPUTS);
            two_epochs(&b);
        } else {
            any_ok(any_get_parameters(a.net, one));
            any_ok(any_set_parameters(b.net, one));
            assert_true(change_option(b.net, w->at, key));
        }
        two_epochs(&a);
        two_epochs(&b);
        any_ok(any_get_parameters(a.net, one));
        any_ok(any_get_parameters(b.net, two));
        any_same_bits(one, two, any_parameters(a.net));
    }
    end_course(&a);
    end_course(&b);
    return changed;
}

/* Between two epochs: in the table of options, so that those of a new kind are seen too. */
static void a_method_over_all_rows_begins_again_when_an_option_changes(void **state)
{
    struct walk w = {.dtype = any_dtype(state)};
    size_t changed = 0;
    int32_t key;
    while (next(&w))
        for (size_t i = 0; (key = bp_key_at(BP_FAMILY_LAYER_OPTION, i)) != 0; i++)
            changed += try_option(&w, key);
    assert_true(changed >= 12); /* six of a dense layer, in two places */
}

static void any_number_of_threads_gives_the_same_bits(void **state)
{
    const int32_t dtype = any_dtype(state);
    const struct bp_named *row;
    for (size_t i = 0; (row = bp_family_row(&bp_kinds, i)); i++) {
        bp_net *net[2];
        double *got[2];
        for (size_t k = 0; k < 2; k++) {
            net[k] = net_of(dtype, row->key, 1, WIDE, WIDE);
            got[k] = any_buffer(any_parameters(net[k]));
            any_ok(bp_net_set(net[k], BP_OPT_THREADS, k == 0 ? 1 : 3));
            any_ok(any_train(net[k], x, target, WIDE_ROWS, NULL));
            any_ok(any_get_parameters(net[k], got[k]));
        }
        any_same_bits(got[0], got[1], any_parameters(net[0]));
        for (size_t k = 0; k < 2; k++) {
            free(got[k]);
            bp_net_destroy(net[k]);
        }
    }
}

/* With the optimiser's state. */
static void a_file_keeps_all_of_it(void **state)
{
    struct walk w = {.dtype = any_dtype(state)};
    while (next(&w)) {
        bp_net *loaded = NULL;
        any_ok(bp_net_set(w.net, BP_OPT_OPTIMIZER, BP_OPTIM_ADAM));
        any_ok(any_train(w.net, x, target, ROWS, NULL));
        any_ok(bp_net_set(w.net, BP_OPT_SAVE_STATE, 1));
        const struct file file = files_save(w.net);
        any_ok(bp_net_load_memory(&loaded, file.bytes, file.size, NULL));
        files_same_nets(w.net, loaded);
        any_ok(any_train(w.net, x, target, ROWS, NULL));
        any_ok(any_train(loaded, x, target, ROWS, NULL));
        files_same_nets(w.net, loaded);
        bp_net_destroy(loaded);
        free(file.bytes);
    }
}

/* As a first layer the kind takes sparse rows, with the bits of the same dense rows, or refuses them by its name. */
static void sparse_rows_are_taken_or_refused(void **state)
{
    struct walk w = {.dtype = any_dtype(state)};
    struct sparse_rows rows;
    sparse_make(&rows, 5, ROWS, INPUTS, 0.5);
    while (next(&w)) {
        const char *name = bp_layer_kind_name(&w.net->model.layers[w.at]);
        char sentence[100];
        if (w.at == 0 && !w.net->model.layers[0].kind->takes_sparse) {
            snprintf(sentence, sizeof(sentence), "layer 0 is %s: sparse rows", name);
            assert_int_equal(sparse_forward(w.net, &rows, 0, ROWS, one), BP_ERR_UNSUPPORTED);
            assert_non_null(strstr(bp_last_error(), sentence));
            continue;
        }
        any_ok(any_forward(w.net, rows.x, ROWS, one));
        any_ok(sparse_forward(w.net, &rows, 0, ROWS, two));
        any_same_bits(one, two, ROWS * OUTPUTS);
        any_ok(sparse_predict(w.net, &rows, 0, ROWS, two, NULL));
        any_same_bits(one, two, ROWS * OUTPUTS);
    }
    sparse_free(&rows);
}

/* And the next layer reads what this layer gave. */
static void z_of_the_kind_is_what_it_read_where_it_says_so(void **state)
{
    struct walk w = {.dtype = any_dtype(state)};
    while (next(&w)) {
        const size_t inputs = w.net->model.layers[w.at].inputs;
        any_ok(any_train(w.net, x, target, ROWS, NULL)); /* which does not keep x for itself */
        if (!w.net->model.layers[w.at].kind->z_is_input)
            continue;
        any_ok(any_get_z(w.net, w.at, one));
        if (w.at > 0)
            any_ok(any_get_activation(w.net, w.at - 1, two));
        any_same_bits(one, w.at > 0 ? two : x, ROWS * inputs);
    }
}

/* The last layer of a net must have an activation that a loss can use. */
static void only_some_kinds_may_end_a_net(void **state)
{
    const int32_t dtype = any_dtype(state);
    const struct bp_named *row;
    for (size_t i = 0; (row = bp_family_row(&bp_kinds, i)); i++) {
        bp_net *net = NULL;
        char sentence[100];
        any_ok(bp_net_create(&net, dtype, INPUTS));
        append(net, row->key, OUTPUTS);
        const bool may = net->model.ops->kind_of(row->key)->may_end;
        assert_int_equal(bp_net_init(net, 1), may ? BP_OK : BP_ERR_STATE);
        snprintf(sentence, sizeof(sentence), "bp_net_init: the last layer is %s: add a dense layer after it",
                 row->name);
        if (!may)
            assert_string_equal(bp_last_error(), sentence);
        bp_net_destroy(net);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(every_kind_has_what_its_facts_ask_for),
        ANY_BOTH(describe_gives_each_layer_a_line),
        ANY_BOTH(gradients_are_the_slopes_of_the_loss),
        ANY_BOTH(predict_gives_the_bits_of_forward),
        ANY_BOTH(train_gives_the_bits_of_forward_backward_and_step),
        ANY_BOTH(a_batch_may_be_split),
        ANY_BOTH(frozen_parameters_keep_their_bits),
        ANY_BOTH(methods_over_all_rows_take_every_kind),
        ANY_BOTH(a_method_over_all_rows_begins_again_when_an_option_changes),
        ANY_BOTH(any_number_of_threads_gives_the_same_bits),
        ANY_BOTH(a_file_keeps_all_of_it),
        ANY_BOTH(sparse_rows_are_taken_or_refused),
        ANY_BOTH(z_of_the_kind_is_what_it_read_where_it_says_so),
        ANY_BOTH(only_some_kinds_may_end_a_net),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, fill_data, NULL);
}
