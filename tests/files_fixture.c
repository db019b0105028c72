/* SPDX-License-Identifier: MIT */
#include "files_fixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- nets by chance */

static size_t draw(uint64_t *state, size_t low, size_t high)
{
    return low + (size_t)any_uniform(state, 0, (double)(high - low + 1));
}

/* A value that an option may have, or a value near it: the members of an enumeration are ten apart. */
static double draw_value(uint64_t *state, int32_t option)
{
    double low, high, initial;
    assert_int_equal(bp_key_bounds(option, &low, &high, &initial), BP_OK);
    if (high - low == 1 && low == 0 && initial == floor(initial) && draw(state, 0, 1))
        return (double)draw(state, 0, 1);
    if (low >= 1000 && high >= 1000)
        return low + 10 * (double)draw(state, 0, (size_t)(high - low) / 10);
    switch (draw(state, 0, 3)) {
    case 0:
        return low;
    case 1:
        return high;
    case 2:
        return fmax(low, fmin(high, any_uniform(state, -2, 2)));
    default:
        return low + (high - low) * any_uniform(state, 0, 1);
    }
}

static bool of_machine(int32_t option)
{
    return option == BP_OPT_THREADS || option == BP_OPT_SPIN || option == BP_OPT_BLAS;
}

/* What a layer refuses is not for it. */
static void set_options(uint64_t *state, bp_net *net, bool before_init)
{
    int32_t option;
    for (size_t i = 0; (option = any_option_at(i)) != 0; i++) {
        if (option == BP_LAYER_RANDOM || option == BP_OPT_SAVE_STATE) /* the nets by chance are older */
            continue;
        if (before_init)
            for (size_t layer = 0; layer < bp_net_layers(net); layer++)
                if (draw(state, 0, 1) && option != BP_LAYER_ACTIVATION)
                    (void)bp_net_layer_set(net, layer, option, draw_value(state, option));
        if (!before_init && !of_machine(option) && draw(state, 0, 1))
            (void)bp_net_set(net, option, draw_value(state, option));
    }
}

static void add_layers(uint64_t *state, bp_net *net)
{
    size_t activations = 0;
    while (bp_key_at(BP_FAMILY_ACTIVATION, activations) != 0)
        activations++;
    const size_t layers = draw(state, 1, 5);
    for (size_t i = 0; i < layers; i++)
        if (i + 1 < layers && draw(state, 0, 3) == 0)
            any_ok(any_add_dropout(net, any_uniform(state, 0, 0.99)));
        else
            any_ok(bp_net_add_dense(net, draw(state, 1, 20),
                                    bp_key_at(BP_FAMILY_ACTIVATION, draw(state, 0, activations - 1))));
}

static void fill_all(uint64_t *state, double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        values[i] = ldexp(any_uniform(state, 0.5, 1) * (draw(state, 0, 1) ? 1 : -1), (int)draw(state, 0, 40) - 20);
}

static void set_columns(uint64_t *state, bp_net *net)
{
    static const char *const names[] = {
        "length",           NULL, "", "a \"quoted\" \\ name", "\xc3\xa4\xe2\x82\xac", "tab\tand\x01\x7f",
        "\xf0\x9f\x90\xa7", "/"};
    enum { MOST = 24 };
    const char *inputs[MOST], *outputs[MOST], *classes[MOST];
    double numbers[4][MOST];
    for (size_t i = 0; i < MOST; i++) {
        inputs[i] = names[draw(state, 0, 7)];
        outputs[i] = names[draw(state, 0, 7)];
        classes[i] = names[draw(state, 0, 7)];
    }
    for (size_t i = 0; i < 4; i++)
        fill_all(state, numbers[i], MOST);
    const bool of_inputs = draw(state, 0, 1), of_targets = draw(state, 0, 1);
    any_ok(any_set_scaling(net, of_inputs ? numbers[0] : NULL, of_inputs ? numbers[1] : NULL,
                           of_targets ? numbers[2] : NULL, of_targets ? numbers[3] : NULL));
    if (draw(state, 0, 1))
        any_ok(any_set_names(net, inputs, draw(state, 0, 1) ? outputs : NULL, classes));
}

bp_net *files_random_net(int32_t dtype, uint64_t seed)
{
    uint64_t state = seed * 7 + 1;
    bp_net *net;
    any_ok(bp_net_create(&net, dtype, draw(&state, 1, 9)));
    add_layers(&state, net);
    set_options(&state, net, true);
    any_ok(bp_net_init(net, seed << 33 ^ seed));
    set_options(&state, net, false);
    if (draw(&state, 0, 3) > 0)
        set_columns(&state, net);
    double *numbers = any_buffer(any_parameters(net) + 9);
    fill_all(&state, numbers, any_parameters(net) + 9);
    if (draw(&state, 0, 1)) { /* rows count for dropout */
        host_mask(true);      /* any activation may overflow */
        any_ok(any_forward(net, numbers, 1, NULL));
        host_unmask(true);
    }
    if (draw(&state, 0, 1))
        any_ok(any_set_parameters(net, numbers));
    free(numbers);
    return net;
}

bp_net *files_small_net(int32_t dtype)
{
    static const struct any_layer layers[] = {
        {3, BP_ACT_LEAKY_RELU, BP_BIAS_SHARED, 0}, {0, 0, 0, 0.25}, {2, BP_ACT_SOFTMAX, 0, 0}};
    static const char *const inputs[] = {"a\"b", "\xc3\xa4"}, *const classes[] = {"no", "yes"};
    static const double center[] = {1, -0.5}, factor[] = {0.25, 3};
    bp_net *net = any_net(dtype, 2, layers, 3, 1);
    any_ok(bp_net_set(net, BP_OPT_LOSS, BP_LOSS_CROSS_ENTROPY));
    any_ok(any_set_scaling(net, center, factor, NULL, NULL));
    any_ok(any_set_names(net, inputs, NULL, classes));
    return net;
}

bp_net *files_corpus_net(int32_t dtype)
{
    static const struct any_layer layers[] = {{4, BP_ACT_TANH, 0, 0},
                                              {0, 0, 0, 0.25},
                                              {3, BP_ACT_RELU, BP_BIAS_NONE, 0},
                                              {2, BP_ACT_SIGMOID, BP_BIAS_SHARED, 0}};
    double center[] = {0.5, -1, 1e-3}, factor[] = {2, 0, 1e10}, of_targets[] = {0.1, 100};
    static const char *const inputs[] = {"length", NULL, "\xc3\xa4"}, *const outputs[] = {NULL, "y"};
    bp_net *net = any_net(dtype, 3, layers, 4, 1);
    any_ok(bp_net_set(net, BP_OPT_OPTIMIZER, BP_OPTIM_ADAM));
    any_ok(bp_net_set(net, BP_OPT_WEIGHT_DECAY, 1e-4));
    if (dtype == BP_F32) { /* files of version 1.0 have scalings in the net's type */
        center[2] = (float)center[2];
        of_targets[0] = (float)of_targets[0];
    }
    any_ok(any_set_scaling(net, center, factor, center, of_targets));
    any_ok(any_set_names(net, inputs, outputs, NULL));
    return net;
}

/* ---- files */

const char *files_path(const char *name)
{
    static char path[4096];
    const char *root = getenv("BP_SOURCE_ROOT");
    snprintf(path, sizeof(path), "%s/tests/vectors/files/%s", root ? root : ".", name);
    return path;
}

static struct file file_of_size(size_t size)
{
    struct file file = {malloc(size ? size : 1), size};
    if (!file.bytes)
        fail_msg("no memory for %zu bytes", size);
    return file;
}

struct file files_read(const char *name)
{
    FILE *stream = fopen(files_path(name), "rb");
    if (!stream || fseek(stream, 0, SEEK_END) != 0)
        fail_msg("%s cannot be read", files_path(name));
    const size_t size = (size_t)ftell(stream);
    struct file file = file_of_size(size + 1);
    rewind(stream);
    file.size = fread(file.bytes, 1, size, stream);
    file.bytes[file.size] = '\0';
    fclose(stream);
    return file;
}

struct file files_save(const bp_net *net)
{
    size_t size = 0;
    any_ok(bp_net_save_memory(net, NULL, 0, &size));
    struct file file = file_of_size(size);
    any_ok(bp_net_save_memory(net, file.bytes, size, NULL));
    return file;
}

struct file files_save_state(const bp_net *net)
{
    bp_net *copy = NULL;
    any_ok(bp_net_clone(&copy, net));
    any_ok(bp_net_set(copy, BP_OPT_SAVE_STATE, 1));
    const struct file file = files_save(copy);
    bp_net_destroy(copy);
    return file;
}

static void put_little(unsigned char *bytes, size_t size, uint64_t whole)
{
    for (size_t i = 0; i < size; i++, whole >>= 8)
        bytes[i] = (unsigned char)whole;
}

size_t files_put_number(unsigned char *bytes, int32_t dtype, double value)
{
    const float narrow = (float)value;
    uint32_t bits;
    uint64_t wide;
    memcpy(&bits, &narrow, sizeof(bits));
    memcpy(&wide, &value, sizeof(wide));
    const size_t size = dtype == BP_F32 ? sizeof(narrow) : sizeof(value);
    put_little(bytes, size, dtype == BP_F32 ? bits : wide);
    return size;
}

static size_t header_of(struct file file)
{
    size_t size = 0;
    for (int i = FILES_START - 1; i >= 0; i--)
        size = size << 8 | file.bytes[i];
    return size;
}

static void put_header_size(struct file file, size_t size) { put_little(file.bytes, FILES_START, size); }

struct file files_edit(struct file file, const char *old, const char *new)
{
    const size_t header = header_of(file), from = strlen(old), to = strlen(new);
    size_t at = FILES_START;
    while (at + from <= FILES_START + header && memcmp(file.bytes + at, old, from) != 0)
        at++;
    if (at + from > FILES_START + header)
        fail_msg("the header has no %s", old);
    struct file edited = file_of_size(file.size - from + to);
    memcpy(edited.bytes, file.bytes, at);
    memcpy(edited.bytes + at, new, to);
    memcpy(edited.bytes + at + to, file.bytes + at + from, file.size - at - from);
    put_header_size(edited, header - from + to);
    return edited;
}

struct file files_of_header(const char *header, size_t payload)
{
    const size_t size = strlen(header);
    struct file file = file_of_size(FILES_START + size + payload);
    put_header_size(file, size);
    memcpy(file.bytes + FILES_START, header, size);
    memset(file.bytes + FILES_START + size, 0, payload);
    return file;
}

bp_status files_try(struct file file, char *sentence, size_t capacity)
{
    bp_net *net = NULL;
    const bp_status status = bp_net_load_memory(&net, file.bytes, file.size, NULL);
    snprintf(sentence, capacity, "%s", bp_last_error());
    bp_net_destroy(net);
    return status;
}

/* ---- comparison */

static void same_text(const char *a, const char *b)
{
    assert_int_equal(!a, !b);
    if (a)
        assert_string_equal(a, b);
}

static void same_options(const bp_net *a, const bp_net *b)
{
    int32_t option;
    for (size_t i = 0; (option = any_option_at(i)) != 0; i++) {
        double x = 0, y = 0;
        if (!of_machine(option)) {
            assert_int_equal(bp_net_get(a, option, &x), bp_net_get(b, option, &y));
            assert_true(x == y);
        }
        for (size_t layer = 0; layer < bp_net_layers(a); layer++) {
            assert_int_equal(bp_net_layer_get(a, layer, option, &x), bp_net_layer_get(b, layer, option, &y));
            assert_true(x == y);
        }
    }
}

static void same_columns(const bp_net *a, const bp_net *b)
{
    const size_t inputs = bp_net_inputs(a), outputs = bp_net_outputs(a), most = inputs > outputs ? inputs : outputs;
    double *x = any_buffer(8 * most), *y = x + 4 * most;
    any_ok(any_get_input_scaling(a, x, x + most));
    any_ok(any_get_target_scaling(a, x + 2 * most, x + 3 * most));
    any_ok(any_get_input_scaling(b, y, y + most));
    any_ok(any_get_target_scaling(b, y + 2 * most, y + 3 * most));
    any_same_bits(x, y, 4 * most);
    free(x);
    assert_int_equal(any_scales_inputs(a), any_scales_inputs(b));
    assert_int_equal(any_scales_targets(a), any_scales_targets(b));
    for (size_t i = 0; i <= most; i++) {
        same_text(bp_net_name(a, BP_TEXT_INPUT, i), bp_net_name(b, BP_TEXT_INPUT, i));
        same_text(bp_net_name(a, BP_TEXT_OUTPUT, i), bp_net_name(b, BP_TEXT_OUTPUT, i));
        same_text(bp_net_name(a, BP_TEXT_CLASS, i), bp_net_name(b, BP_TEXT_CLASS, i));
    }
}

void files_same_nets(const bp_net *a, const bp_net *b)
{
    const size_t count = any_parameters(a);
    assert_int_equal(any_type(a), any_type(b));
    assert_int_equal(bp_net_inputs(a), bp_net_inputs(b));
    assert_int_equal(bp_net_layers(a), bp_net_layers(b));
    assert_int_equal(count, any_parameters(b));
    assert_int_equal(any_is_fresh(a), any_is_fresh(b));
    double *x = any_buffer(2 * count), *y = x + count;
    any_ok(any_get_parameters(a, x));
    any_ok(any_get_parameters(b, y));
    any_same_bits(x, y, count);
    free(x);
    same_options(a, b);
    same_columns(a, b);
}
