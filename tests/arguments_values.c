/* SPDX-License-Identifier: MIT
 *
 * A good value for every letter of struct call. */
#include "arguments_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

const struct array_format array_formats[FORMATS] = {
    {"_npy", {"tiny.npy", "tiny-labels.npy"}},
    {"_npz", {"tiny.npz", "tiny.npz"}},
    {"_idx", {"tiny-images-idx3-ubyte", "tiny-labels-idx1-ubyte"}},
};

/* The files of arrays for a function, by the end of its name. */
static size_t format_of(const struct call *call)
{
    size_t i = 0;
    while (i + 1 < FORMATS && !strstr(call->name, array_formats[i].suffix))
        i++;
    return i;
}

static void *typed(struct fixture *f, struct numbers *numbers)
{
    return f->dtype == BP_F32 ? (void *)numbers->f32 : (void *)numbers->f64;
}

/* A good value for every letter of struct call. */
static void good_values(struct fixture *f, union arg *good)
{
    good['N'].net = f->net;
    good['G'].net = f->net_given;
    good['H'].net_out = &f->net_out;
    good['A'].allocator = f->allocator;
    good['c'].scratch = f->scratch;
    good['g'].scratch = f->scratch_given;
    good['h'].scratch_out = &f->scratch_out;
    good['n'].integer = f->dtype;
    good['u'].size = OUTPUTS;
    good['a'].integer = BP_ACT_SIGMOID;
    good['f'].integer = BP_LOSS_MAE;
    good['o'].integer = BP_OPTIM_ADAGRAD;
    good['j'].integer = BP_INIT_CONSTANT;
    good['p'].number = 0.25;
    good['w'].text = "mse";
    good[(unsigned char)*KEYS_KEY].integer = BP_LOSS_MSE;
    good[(unsigned char)*KEYS_FAMILY].integer = BP_FAMILY_LOSS;
    good['i'].size = 1;
    good['s'].integer = BP_ERR_ARG;
    good['S'].seed = 7;
    good['l'].size = good['b'].size = good['m'].size = 0;
    good['k'].integer = BP_LAYER_INIT_SCALE;
    good['K'].integer = BP_OPT_BETA1;
    good['q'].integer = BP_OPT_LOSS;
    good['v'].number = good['V'].number = 0.5;
    good['x'].data = typed(f, &f->x);
    good['t'].data = good['T'].data = typed(f, &f->target);
    good['L'].data = f->labels;
    good['W'].data = typed(f, &f->values);
    good['y'].data = good['Y'].data = typed(f, &f->y);
    good['r'].size = good['R'].size = ROWS;
}

/* And for those of data sets. */
static void good_values_of_data(struct fixture *f, union arg *good)
{
    good['B'].set = f->set;
    good['Z'].set = f->set_given;
    good['M'].allocator = f->allocator;
    good['U'].data = f->bytes;
    good['z'].data = typed(f, &f->target);
    good['P'].data = f->weights;
    good['C'].size = OUTPUTS;
    good['X'].integer = 0;
    good['J'].integer = BP_HOLD_COPY;
    good['*'].number = 0.5;
    good['['].size = FIRST_ROW;
    good[']'].size = SOME_ROWS;
    good['@'].data = f->row_numbers;
    good['#'].size = ROWS;
    good['Q'].data = &f->held;
    good['%'].number = 0.5;
    good['F'].size = FOLDS;
    good['I'].size = FOLDS - 1;
    good['('].integer = BP_DATA_HEADER;
    good['_'].number = 1;
    good['/'].text = f->csv;
    good[','].text = "class:-1";
    good['.'].text = "x";
    good['+'].text = "y";
}

/* Of sparse rows. */
static void good_values_of_sparse_rows(struct fixture *f, union arg *good)
{
    good['-'].data = f->columns;
    good[')'].data = f->starts;
    good['\''].data = f->weights;
    good['"'].data = f->starts_out;
    good['\\'].text = f->libsvm;
    good['^'].size = INPUTS;
}

/* Of the net's columns. */
static void good_values_of_columns(struct fixture *f, union arg *good)
{
    static const double factors[INPUTS] = {0.5, 2, -1};
    static const char *const names[INPUTS] = {"length", NULL, "width"};
    good['$'].data = (void *)factors;
    good['&'].data = f->y.f64;
    good['<'].data = (void *)names;
    good['>'].size = INPUTS - 1;
    good['?'].integer = BP_SCALE_RANGE;
    good['|'].data = f->text;
    good['`'].size = sizeof(f->text);
    good['}'].data = f->counts;
}

/* Of weights, metrics and training. */
static void good_values_of_training(struct fixture *f, union arg *good)
{
    good['~'].data = NULL;
    good['!'].integer = BP_METRIC_ACCURACY;
    good['{'].data = f->counts;
    good['='].net = f->net;
    good['1'].train = f->train;
    good['2'].train = f->train_given;
    good['3'].train_out = &f->train_out;
    good['0'].set = f->set;
    good['4'].integer = BP_TRAIN_PERIOD;
    good['5'].number = 5;
    good['6'].integer = BP_TRAIN_EPOCHS;
    good['7'].size = 1;
    good['8'].integer = BP_RECORD_LOSS;
    good['9'].size = 2;
}

/* Of files. */
static void good_values_of_files(struct fixture *f, union arg *good)
{
    good[(unsigned char)*FILES_PATH].text = f->saved;
    good[(unsigned char)*FILES_NET].net_out = &f->net_out;
    good[(unsigned char)*FILES_MODEL].text = f->model;
    good[(unsigned char)*FILES_FLAGS].integer = BP_LOAD_NONFINITE;
    good[(unsigned char)*FILES_BYTES].data = f->model_bytes;
    good[(unsigned char)*FILES_SIZE].size = f->model_size;
    good[(unsigned char)*FILES_CHECKPOINT].text = f->checkpoint;
}

/* Of the model's net on the data set; where that is not for training, on a row of its own. */
static void make_checkpoint(struct fixture *f)
{
    static const double x[INPUTS];
    static const int32_t label;
    bp_net *net = NULL;
    bp_train *train = NULL;
    bp_data *other = NULL;
    assert_int_equal(bp_net_load(&net, f->model), BP_OK);
    assert_int_equal(bp_data_create_labels_f64(&other, x, 1, INPUTS, &label, OUTPUTS), BP_OK);
    if (bp_train_create(&train, net, f->set, NULL) != BP_OK)
        assert_int_equal(bp_train_create(&train, net, other, NULL), BP_OK);
    assert_int_equal(bp_train_save(train, f->checkpoint), BP_OK);
    bp_train_destroy(train);
    bp_data_destroy(other);
    bp_net_destroy(net);
    f->checkpoint_made = true;
}

void fixture_arguments(struct fixture *f, const struct call *call, union arg *args)
{
    static const bp_allocator no_allocator;
    union arg good[128];
    memset(good, 0, sizeof(good));
    if (call_has(call, 'G') && !f->net_given)
        assert_int_equal(bp_net_clone(&f->net_given, f->net), BP_OK);
    if (call_has(call, 'g') && !f->scratch_given && f->scratch)
        assert_int_equal(bp_scratch_create(&f->scratch_given, f->net), BP_OK);
    if (call_has(call, 'Z') && !f->set_given)
        assert_int_equal(bp_data_select(f->set, f->row_numbers, ROWS, &f->set_given), BP_OK);
    if (call_has(call, '2') && !f->train_given)
        (void)bp_train_create(&f->train_given, f->net, f->set, NULL);
    if (call_has(call, *FILES_CHECKPOINT) && !f->checkpoint_made)
        make_checkpoint(f);
    good_values(f, good);
    good_values_of_training(f, good);
    good_values_of_columns(f, good);
    good_values_of_data(f, good);
    good_values_of_sparse_rows(f, good);
    good_values_of_files(f, good);
    size_t doubles = 0, sets = 0;
    for (size_t i = 0; i < call_arguments(call); i++) {
        const char letter = call->kinds[1 + i];
        args[i] = good[(unsigned char)letter];
        if (letter == 'd' || letter == 'D')
            args[i].data = &f->doubles[doubles++];
        if (letter == 'O' || letter == 'E')
            args[i].set_out = &f->set_out[sets++];
        if (letter == 'i' && call_has(call, '1'))
            args[i].size = 0; /* there may be one finding alone */
        if (letter == ';' || letter == ':')
            args[i].text = f->files[format_of(call)][letter == ':'];
        if (letter == 'A' && !args[i].allocator)
            args[i].allocator = &no_allocator;
    }
}
