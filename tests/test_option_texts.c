/* SPDX-License-Identifier: MIT
 *
 * Options of nets, layers, data sets and trainings by text: what a text sets; what is refused, and at which byte; that
 * a refused text changes nothing; and that *_set_text() takes what *_get_text() writes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "any.h"
#include "failing_allocator.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const bp_allocator *allocator; /* NULL: malloc and free */

/* Three layers, the second of them dropout. */
static bp_net *net_of(bool initialised)
{
    bp_net *net = NULL;
    const int32_t type = dtype_built(BP_F32) ? BP_F32 : BP_F64;
    any_ok(allocator ? bp_net_create_with(&net, type, 2, allocator) : bp_net_create(&net, type, 2));
    any_ok(bp_net_add_dense(net, 4, BP_ACT_LEAKY_RELU));
    any_ok(any_add_dropout(net, 0.25));
    any_ok(bp_net_add_dense(net, 1, BP_ACT_IDENTITY));
    if (initialised)
        any_ok(bp_net_init(net, 1));
    return net;
}

static bp_data *data_of(void)
{
    static const double x[] = {1, 2, 3, 4}, t[] = {1, 2};
    bp_data *data = NULL;
    any_ok(bp_data_create(&data, allocator));
    any_ok(bp_data_set_inputs(data, BP_F64, x, 2, 2, 0, BP_HOLD_COPY));
    any_ok(bp_data_set_target(data, BP_F64, t, 1, 0, BP_HOLD_COPY));
    return data;
}

/* One of the three handles, with what it needs. */
enum which { NET, DATA, TRAIN };

struct handles {
    enum which which;
    bp_net *net;
    bp_data *data;
    bp_train *train;
};

static struct handles begin(enum which which, bool initialised)
{
    struct handles h = {.which = which, .net = net_of(initialised), .data = data_of()};
    if (initialised)
        any_ok(bp_train_create(&h.train, h.net, h.data, NULL));
    return h;
}

static void end(struct handles *h)
{
    bp_train_destroy(h->train);
    bp_data_destroy(h->data);
    bp_net_destroy(h->net);
}

static bp_status set_text(struct handles *h, const char *text)
{
    return h->which == NET    ? bp_net_set_text(h->net, text)
           : h->which == DATA ? bp_data_set_text(h->data, text)
                              : bp_train_set_text(h->train, text);
}

static bp_status get_text(const struct handles *h, char *text, size_t capacity, size_t *size)
{
    return h->which == NET    ? bp_net_get_text(h->net, text, capacity, size)
           : h->which == DATA ? bp_data_get_text(h->data, text, capacity, size)
                              : bp_train_get_text(h->train, text, capacity, size);
}

static const char *function_of(const struct handles *h)
{
    return h->which == NET ? "bp_net_set_text: " : h->which == DATA ? "bp_data_set_text: " : "bp_train_set_text: ";
}

static char *text_of(const struct handles *h)
{
    size_t size = 0;
    any_ok(get_text(h, NULL, 0, &size));
    char *text = malloc(size);
    assert_non_null(text);
    any_ok(get_text(h, text, size, NULL));
    assert_int_equal(strlen(text) + 1, size);
    return text;
}

/* ---- what is set */

/* The value of an option of the net, of this layer, of the data set or of the training. */
static double value_of(const struct handles *h, int32_t key, size_t layer)
{
    double value = NAN;
    switch (key / 1000 * 1000) {
    case BP_FAMILY_NET_OPTION:
        any_ok(bp_net_get(h->net, key, &value));
        break;
    case BP_FAMILY_LAYER_OPTION:
        any_ok(bp_net_layer_get(h->net, layer, key, &value));
        break;
    case BP_FAMILY_DATA_OPTION:
        any_ok(bp_data_get(h->data, key, &value));
        break;
    default:
        any_ok(bp_train_get(h->train, key, &value));
    }
    return value;
}

static void each_value_is_set_by_its_text(void **state)
{
    static const struct {
        enum which which;
        const char *text;
        int32_t key;
        double value;
        size_t layer;
    } rows[] = {
        {NET, "optimizer=adamw", BP_OPT_OPTIMIZER, BP_OPTIM_ADAMW, 0},
        {NET, "optimizer=\"adamw\"", BP_OPT_OPTIMIZER, BP_OPTIM_ADAMW, 0},
        {NET, "learning_rate=0.01", BP_OPT_LEARNING_RATE, 0.01, 0},
        {NET, "learning_rate=1e-2 # as usual\n", BP_OPT_LEARNING_RATE, 0.01, 0},
        {NET, "momentum=.5\nnesterov=yes", BP_OPT_NESTEROV, 1, 0},
        {NET, "nesterov=on", BP_OPT_NESTEROV, 1, 0},
        {NET, "nesterov=1", BP_OPT_NESTEROV, 1, 0},
        {NET, "nesterov=no", BP_OPT_NESTEROV, 0, 0},
        {NET, "nesterov=off", BP_OPT_NESTEROV, 0, 0},
        {NET, "nesterov=0", BP_OPT_NESTEROV, 0, 0},
        {NET, "threads=2", BP_OPT_THREADS, 2, 0},
        {NET, "spin=10000", BP_OPT_SPIN, 10000, 0},
        {NET, "layers.0.slope=0.5", BP_LAYER_SLOPE, 0.5, 0},
        {NET, "layers.00.slope=0.5", BP_LAYER_SLOPE, 0.5, 0},
        {NET, "layers.1.rate=0.5", BP_LAYER_RATE, 0.5, 1},
        {NET, "layers.2.train_bias=no", BP_LAYER_TRAIN_BIAS, 0, 2},
        {NET, "layers.2.bias=none", BP_LAYER_BIAS, BP_BIAS_NONE, 2},
        {NET, "layers.2.init=he_normal", BP_LAYER_INIT, BP_INIT_HE_NORMAL, 2},
        {NET, "layers.2.slope=2 layers.2.activation=elu", BP_LAYER_SLOPE, 2, 2}, /* in any order */
        {NET, "layers.0.slope=2 layers.0.activation=elu", BP_LAYER_SLOPE, 2, 0},
        {NET, "layers.0.activation=elu", BP_LAYER_SLOPE, 1, 0},
        {NET, "layers.0.activation=leaky_relu", BP_LAYER_ACTIVATION, BP_ACT_LEAKY_RELU, 0},
        {NET, "", BP_OPT_OPTIMIZER, BP_OPTIM_SGD, 0},
        {DATA, "separator=\";\"", BP_DATA_SEPARATOR, ';', 0},
        {DATA, "separator=;", BP_DATA_SEPARATOR, ';', 0},
        {DATA, "separator=\",\"", BP_DATA_SEPARATOR, ',', 0},
        {DATA, "separator='\t'", BP_DATA_SEPARATOR, '\t', 0},
        {DATA, "separator=auto", BP_DATA_SEPARATOR, 0, 0},
        {DATA, "header=yes", BP_DATA_HEADER, 1, 0},
        {DATA, "header=no", BP_DATA_HEADER, 0, 0},
        {DATA, "header=yes class=auto", BP_DATA_CLASS, -1, 0},
        {DATA, "missing=mean", BP_DATA_MISSING, BP_MISSING_MEAN, 0},
        {DATA, "most_record=9007199254740992", BP_DATA_MOST_RECORD, 0x1p53, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct handles h = begin(rows[i].which, false);
        any_ok(set_text(&h, rows[i].text));
        if (value_of(&h, rows[i].key, rows[i].layer) != rows[i].value)
            fail_msg("%s: %s is %g", rows[i].text, bp_key_name(rows[i].key), value_of(&h, rows[i].key, rows[i].layer));
        end(&h);
    }
}

static void a_text_of_a_training_is_of_its_net_too(void **state)
{
    struct handles h = begin(TRAIN, true);
    (void)state;
    any_ok(set_text(&h, "epochs=7 optimizer=adam # the net's\nlayers.0.slope=0.5 method=lbfgs shuffle=no"));
    assert_true(value_of(&h, BP_TRAIN_EPOCHS, 0) == 7);
    assert_true(value_of(&h, BP_TRAIN_METHOD, 0) == BP_METHOD_LBFGS);
    assert_true(value_of(&h, BP_TRAIN_SHUFFLE, 0) == 0);
    assert_true(value_of(&h, BP_OPT_OPTIMIZER, 0) == BP_OPTIM_ADAM);
    assert_true(value_of(&h, BP_LAYER_SLOPE, 0) == 0.5);
    end(&h);
}

/* ---- what is refused */

static void a_refused_text_says_where_and_changes_nothing(void **state)
{
    static const struct {
        enum which which;
        const char *text;
        bp_status status;
        const char *sentence; /* behind the function's name */
    } rows[] = {
        {NET, "nesterov=yes optimiser=adam", BP_ERR_ARG,
         "byte 13: there is no option optimiser here (did you mean optimizer?)"},
        {NET, "nesterov=yes xyzzy=1", BP_ERR_ARG, "byte 13: there is no option xyzzy here"},
        {NET, "nesterov=yes epochs=1", BP_ERR_ARG, "byte 13: there is no option epochs here"},
        {NET, "l1=0.5 optimizer=adm", BP_ERR_ARG,
         "byte 7: optimizer is \"adm\": it must be the name of one of its values (did you mean adam?)"},
        {NET, "l1=0.5 optimizer=zzzzzz", BP_ERR_ARG,
         "byte 7: optimizer is \"zzzzzz\": it must be the name of one of its values"},
        {NET, "l1=0.5 optimizer=3040", BP_ERR_ARG,
         "byte 7: optimizer is \"3040\": it must be the name of one of its values"},
        {NET, "l1=0.5 optimizer=adam,sgd", BP_ERR_ARG,
         "byte 7: optimizer is \"adam,sgd\": it takes a single short value"},
        {NET, "l1=0.5 l2=", BP_ERR_ARG, "byte 7: l2 is \"\": it must be a number"},
        {NET, "l1=0.5 l2='0.1'", BP_ERR_ARG, "byte 7: l2 is \"'0.1'\": it must be a number"},
        {NET, "l1=0.5 l2=nan", BP_ERR_ARG, "byte 7: l2 is \"nan\": it must be a number"},
        {NET, "l1=0.5 l2=1e999", BP_ERR_ARG, "byte 7: l2 is \"1e999\": it must be a number"},
        {NET, "l1=0.5 l2=2", BP_ERR_ARG, "byte 7: l2 is 2: it must be 0 to 1"},
        {NET, "l1=0.5 threads=1.5", BP_ERR_ARG, "byte 7: threads is 1.5: it must be a whole number"},
        {NET, "l1=0.5 nesterov=auto", BP_ERR_ARG, "byte 7: nesterov is \"auto\": it must be yes or no"},
        {NET, "l1=0.5 nesterov=true", BP_ERR_ARG, "byte 7: nesterov is \"true\": it must be yes or no"},
        {NET, "l1=0.5 nesterov=2", BP_ERR_ARG, "byte 7: nesterov is \"2\": it must be yes or no"},
        {NET, "l1=0.5 layers.0.slop=1", BP_ERR_ARG,
         "byte 7: there is no option layers.0.slop here (did you mean slope?)"},
        {NET, "l1=0.5 layers.0=1", BP_ERR_ARG, "byte 7: there is no option layers.0 here"},
        {NET, "l1=0.5 layers.x.bias=none", BP_ERR_ARG, "byte 7: there is no option layers.x.bias here"},
        {NET, "l1=0.5 layers.0.bias.unit=1", BP_ERR_ARG, "byte 7: there is no option layers.0.bias.unit here"},
        {NET, "l1=0.5 layers.3.bias=none", BP_ERR_ARG, "byte 7: there is no layer 3: the net has 3"},
        {NET, "l1=0.5 layers.99999999999999999999999.bias=none", BP_ERR_ARG, "byte 7: there is no layer "},
        {NET, "l1=0.5 layers.18446744073709551616.bias=none", BP_ERR_ARG, "byte 7: there is no layer "}, /* 2^64 */
        {NET, "l1=0.5 layers.4294967296.bias=none", BP_ERR_ARG, "byte 7: there is no layer "},
        {NET, "l1=0.5 layers.1.bias=none", BP_ERR_ARG, "byte 7: layer 1 is dropout: it has no bias"},
        {NET, "l1=0.5 layers.0.rate=0", BP_ERR_ARG, "byte 7: layer 0 is dense: it has no rate"},
        {NET, "l1=0.5 layers.0.kind=dropout", BP_ERR_ARG, "byte 7: kind can only be read"},
        {NET, "l1=0.5 layers.2.slope=1", BP_ERR_ARG, "byte 7: identity has no slope"},
        {NET, "l1=0.5 layers.0.bias_init=he_normal", BP_ERR_ARG, "byte 7: bias_init cannot be he_normal"},
        {NET, "l1=0.5 layers.0.activation=elu", BP_ERR_STATE, "byte 7: activation is fixed by bp_net_init"},
        {NET, "l1=0.5 layers.0.bias=none", BP_ERR_STATE, "byte 7: bias is fixed by bp_net_init"},
        {NET, "l1=0.5 l1=0.5", BP_ERR_FORMAT, "byte 7: l1 is given twice"},
        {NET, "l1=0.5 l2", BP_ERR_FORMAT, "byte 9: expected \"=\" after l2"},
        {NET, "l1=0.5 L2=1", BP_ERR_FORMAT, "byte 7: expected a name"},
        {NET, "l1=0.5 loss=\"mse", BP_ERR_FORMAT, "byte 12: this quote is not closed"},
        {NET, NULL, BP_ERR_ARG, "text is NULL"},
        {DATA, "header=no separator=ab", BP_ERR_ARG, "byte 10: separator is \"ab\": it must be a character or auto"},
        {DATA, "header=no separator=", BP_ERR_ARG, "byte 10: separator is \"\": it must be a character or auto"},
        {DATA, "header=no separator=x", BP_ERR_ARG, "byte 10: separator is 120, which is none of its values"},
        {DATA, "header=no class=maybe", BP_ERR_ARG, "byte 10: class is \"maybe\": it must be yes, no or auto"},
        {DATA, "header=no missing=men", BP_ERR_ARG,
         "byte 10: missing is \"men\": it must be the name of one of its values (did you mean mean?)"},
        {DATA, "header=no optimizer=sgd", BP_ERR_ARG, "byte 10: there is no option optimizer here"},
        {DATA, "header=no headers=yes", BP_ERR_ARG, "byte 10: there is no option headers here (did you mean header?)"},
        {DATA, "header=no header=no", BP_ERR_FORMAT, "byte 10: header is given twice"},
        {TRAIN, "l1=0.5 epochs=7 epoch=8", BP_ERR_ARG, "byte 16: there is no option epoch here (did you mean epochs?)"},
        {TRAIN, "l1=0.5 epochs=7 optimiser=sgd", BP_ERR_ARG,
         "byte 16: there is no option optimiser here (did you mean optimizer?)"},
        {TRAIN, "l1=0.5 epochs=7 optimizer=x", BP_ERR_ARG,
         "byte 16: optimizer is \"x\": it must be the name of one of its values"},
        {TRAIN, "l1=0.5 epochs=7 layers.9.init=zeros", BP_ERR_ARG, "byte 16: there is no layer 9: the net has 3"},
        {TRAIN, "l1=0.5 epochs=7 layers.init=zeros", BP_ERR_ARG, "byte 16: there is no option layers.init here"},
        {TRAIN, "l1=0.5 epochs=7 decay=2", BP_ERR_ARG, "byte 16: decay is 2: it must be 0 to 1"},
        {TRAIN, "l1=0.5 epochs=7 separator=x", BP_ERR_ARG, "byte 16: there is no option separator here"},
        {TRAIN, "l1=0.5 epochs=7 l1=0.25", BP_ERR_FORMAT, "byte 16: l1 is given twice"},
        {TRAIN, NULL, BP_ERR_ARG, "text is NULL"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct handles h = begin(rows[i].which, true), all = h;
        all.which = TRAIN; /* whose text is the net's too */
        char *before = text_of(&h), *all_before = text_of(&all);
        const bp_status status = set_text(&h, rows[i].text);
        const char *sentence = bp_last_error();
        if (status != rows[i].status || strncmp(sentence, function_of(&h), strlen(function_of(&h))) != 0 ||
            strncmp(sentence + strlen(function_of(&h)), rows[i].sentence, strlen(rows[i].sentence)) != 0)
            fail_msg("%s: %d, %s", rows[i].text, (int)status, sentence);
        if (!strstr(rows[i].sentence, "mean") && strstr(sentence, "did you mean"))
            fail_msg("%s: %s", rows[i].text, sentence);
        char *after = text_of(&h), *all_after = text_of(&all);
        assert_string_equal(after, before);
        assert_string_equal(all_after, all_before);
        free(before);
        free(all_before);
        free(after);
        free(all_after);
        end(&h);
    }
}

static void what_a_call_needs_must_be_there(void **state)
{
    size_t size;
    char text[8];
    (void)state;
    assert_int_equal(bp_net_set_text(NULL, ""), BP_ERR_ARG);
    assert_int_equal(bp_data_set_text(NULL, ""), BP_ERR_ARG);
    assert_int_equal(bp_train_set_text(NULL, ""), BP_ERR_ARG);
    assert_int_equal(bp_net_get_text(NULL, NULL, 0, &size), BP_ERR_ARG);
    assert_int_equal(bp_data_get_text(NULL, NULL, 0, &size), BP_ERR_ARG);
    assert_int_equal(bp_train_get_text(NULL, NULL, 0, &size), BP_ERR_ARG);
    for (enum which which = NET; which <= TRAIN; which++) {
        struct handles h = begin(which, true);
        assert_int_equal(get_text(&h, NULL, 0, NULL), BP_ERR_ARG);
        any_ok(get_text(&h, NULL, 0, &size));
        const size_t whole = size;
        size = 0;
        text[0] = '#';
        assert_int_equal(get_text(&h, text, sizeof(text), &size), BP_ERR_SHAPE);
        assert_true(size == whole && text[0] == '#');
        char *exact = malloc(whole);
        assert_non_null(exact);
        assert_int_equal(get_text(&h, exact, whole - 1, NULL), BP_ERR_SHAPE); /* its NUL needs room too */
        any_ok(get_text(&h, exact, whole, NULL));
        free(exact);
        end(&h);
    }
}

static void batch_and_method_stay_within_an_epoch(void **state)
{
    struct handles h = begin(TRAIN, true);
    (void)state;
    any_ok(set_text(&h, "batch=1"));
    any_ok(bp_train_batches(h.train, 1));
    assert_int_equal(set_text(&h, "l1=0.5 method=scg"), BP_ERR_STATE);
    assert_string_equal(bp_last_error(), "bp_train_set_text: byte 7: the method cannot change within an epoch");
    assert_int_equal(set_text(&h, "batch=2"), BP_ERR_STATE);
    assert_true(value_of(&h, BP_OPT_L1, 0) == 0);
    any_ok(set_text(&h, "batch=1 method=steps epochs=3"));
    end(&h);
}

/* ---- out and in again */

static double draw_value(uint64_t *seed, int32_t key)
{
    double low, high, initial;
    int32_t member;
    any_ok(bp_key_bounds(key, &low, &high, &initial));
    if (bp_key_members(key) != 0) {
        size_t count = 0;
        while (bp_key_at(bp_key_members(key), count) != 0)
            count++;
        member = bp_key_at(bp_key_members(key), (size_t)any_uniform(seed, 0, (double)count));
        return member;
    }
    const double value =
        any_uniform(seed, 0, 1) < 0.5 ? any_uniform(seed, low, high) : fmin(high, low + any_uniform(seed, 0, 3));
    return bp_key_domain(key) == BP_DOMAIN_REAL ? value : floor(value);
}

/* Items of quoted and bare parts, one for each option takes one. */
static void draw_text(bp_data *data, uint64_t *seed, const char *name)
{
    static const char *const items[] = {"", "x", "-1", "'a b'", "\"\"", "'it''s'\"5\"..", "3..'#'", "\"a,b\"c"};
    char text[64];
    snprintf(text, sizeof(text), "%s=%s", name, items[(size_t)any_uniform(seed, 0, COUNT(items))]);
    any_ok(bp_data_set_text(data, text));
}

static void draw_options(struct handles *h, uint64_t *seed)
{
    int32_t key;
    for (size_t i = 0; (key = any_option_at(i)) != 0; i++) {
        if (any_uniform(seed, 0, 1) < 0.5 && key != BP_OPT_THREADS)
            (void)bp_net_set(h->net, key, draw_value(seed, key));
        for (size_t layer = 0; layer < bp_net_layers(h->net); layer++)
            (void)bp_net_layer_set(h->net, layer, key, draw_value(seed, key));
    }
    for (size_t i = 0; (key = bp_key_at(BP_FAMILY_DATA_OPTION, i)) != 0; i++)
        if (bp_key_domain(key) == BP_DOMAIN_TEXT)
            draw_text(h->data, seed, bp_key_name(key));
        else
            (void)bp_data_set(h->data, key, draw_value(seed, key));
    for (size_t i = 0; h->train && (key = bp_key_at(BP_FAMILY_TRAIN_OPTION, i)) != 0; i++)
        any_ok(bp_train_set(h->train, key, draw_value(seed, key)));
}

static void what_one_gives_another_takes(void **state)
{
    uint64_t seed = 7;
    (void)state;
    for (int trial = 0; trial < 300; trial++) {
        const enum which which = (enum which)(trial % 3);
        const bool initialised = which == TRAIN;
        struct handles from = begin(which, initialised), to = begin(which, initialised);
        draw_options(&from, &seed);
        if (which == NET)
            draw_options(&to, &seed); /* what was there before does not show */
        char *text = text_of(&from);
        if (which == NET) /* options that follow the optimiser cannot be unset */
            any_ok(bp_net_set_text(from.net, "learning_rate=1 epsilon=1e-8 weight_decay=0"));
        free(text);
        text = text_of(&from);
        any_ok(set_text(&to, text));
        any_ok(set_text(&from, text)); /* and so does it itself */
        char *again = text_of(&to), *own = text_of(&from);
        assert_string_equal(again, text);
        assert_string_equal(own, text);
        free(text);
        free(again);
        free(own);
        end(&from);
        end(&to);
    }
}

static void a_text_reads_as_people_write_it(void **state)
{
    struct handles net = begin(NET, true), data = begin(DATA, false);
    (void)state;
    any_ok(set_text(&net, "optimizer=adam learning_rate=0.002 nesterov=1"));
    any_ok(set_text(&data, "separator=\",\" header=off"));
    char *of_net = text_of(&net), *of_data = text_of(&data);
    assert_non_null(strstr(of_net, "loss=squared optimizer=adam learning_rate=0.002 momentum=0 nesterov=yes"));
    assert_null(strstr(of_net, "epsilon"));
    assert_non_null(strstr(of_net, " layers.0.activation=leaky_relu layers.0.bias=unit"));
    assert_non_null(strstr(of_net, " layers.0.slope=0.01 layers.1.rate=0.25 layers.2.activation=identity"));
    assert_null(strstr(of_net, "layers.2.slope"));
    assert_null(strstr(of_net, "kind"));
    assert_non_null(strstr(of_data, "separator=\",\" header=no missing=refuse class=auto"));
    free(of_net);
    free(of_data);
    end(&net);
    end(&data);
}

/* ---- what follows from a change */

static void the_same_options_leave_the_net_as_it_is(void **state)
{
    struct handles h = begin(NET, true);
    const double x[] = {1, 2}, t = 1;
    const float x_f32[] = {1, 2}, t_f32 = 1;
    double rate = 0;
    (void)state;
    const bool f32 = dtype_built(BP_F32);
    any_ok(f32 ? bp_net_forward_f32(h.net, x_f32, 1, NULL) : bp_net_forward_f64(h.net, x, 1, NULL));
    char *text = text_of(&h);
    any_ok(set_text(&h, text));
    any_ok(f32 ? bp_net_backward_f32(h.net, &t_f32, 1, NULL) : bp_net_backward_f64(h.net, &t, 1, NULL));
    any_ok(set_text(&h, "layers.0.slope=0.5")); /* z and a were computed with another one */
    assert_int_equal(f32 ? bp_net_backward_f32(h.net, &t_f32, 1, NULL) : bp_net_backward_f64(h.net, &t, 1, NULL),
                     BP_ERR_STATE);
    any_ok(set_text(&h, "optimizer=adam"));
    any_ok(bp_net_get(h.net, BP_OPT_LEARNING_RATE, &rate));
    assert_true(rate == (double)0.001); /* it follows */
    free(text);
    end(&h);
}

/* ---- memory */

static void without_memory_nothing_changes(void **state)
{
    static const char *const texts[] = {"l1=0.5 layers.0.slope=2 threads=2", "header=no missing=drop",
                                        "epochs=7 l1=0.5 layers.0.slope=2 threads=2"};
    (void)state;
    for (enum which which = NET; which <= TRAIN; which++) {
        struct failing failing = {0};
        const bp_allocator limited = failing_allocator(&failing);
        allocator = &limited;
        struct handles h = begin(which, true);
        char *before = text_of(&h);
        bp_status status = BP_ERR_MEMORY;
        size_t failures = 0;
        for (; status != BP_OK; failures++) {
            failing.calls = 0;
            failing.fail_at = failures + 1;
            status = set_text(&h, texts[which]);
            failing.fail_at = 0;
            char *after = text_of(&h);
            assert_true(status == BP_OK || status == BP_ERR_MEMORY);
            if (status != BP_OK)
                assert_string_equal(after, before);
            free(after);
        }
        assert_true(failures > (which == DATA ? 1 : 4));
        free(before);
        end(&h);
        assert_true(failing.live == 0 && failing.wrong == 0);
        allocator = NULL;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_value_is_set_by_its_text),
        cmocka_unit_test(a_text_of_a_training_is_of_its_net_too),
        cmocka_unit_test(a_refused_text_says_where_and_changes_nothing),
        cmocka_unit_test(what_a_call_needs_must_be_there),
        cmocka_unit_test(batch_and_method_stay_within_an_epoch),
        cmocka_unit_test(what_one_gives_another_takes),
        cmocka_unit_test(a_text_reads_as_people_write_it),
        cmocka_unit_test(the_same_options_leave_the_net_as_it_is),
        cmocka_unit_test(without_memory_nothing_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
